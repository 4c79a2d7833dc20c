//! Figures: what a company's incidents of some days amount to, computed in one pass and without I/O.
//!
//! # One denominator
//!
//! Every count, share, time and sum here is about the same incidents, the **counted** ones: those that were
//! *reported* within the [`Window`], but for those that were closed as cancelled or as duplicates. Cancelled and
//! duplicate ones are told apart as [`Figures::left_out`], and appear nowhere else. A share is a part of all counted
//! incidents, unless its column says of which day or of whose claims: one that nobody ever claimed is among those that were not claimed in time as soon as its time is
//! over, and one whose time still runs is among the undecided ([`Promise`]).
//!
//! # Which times
//!
//! Times are those of the present cycle: reopening begins all of them anew. Each is measured between instants of one
//! incident that cannot be in the wrong order ([`Case`]), so none is negative. A mean or percentile of a time is over
//! those counted incidents that have it, and says how many they are ([`Summary`]). What an incident is like is what it
//! is like now, however long ago the window was: reports on a window grow more complete with time.
//!
//! # Cost
//!
//! A [`Tally`] takes one [`Case`] at a time and keeps four bytes for each time it has seen, at most six times a case,
//! besides what grows with people, teams, groups, tags and days only. One that compares takes the days before as well.

mod ageing;
mod case;
mod escalation;
mod headline;
mod origin;
mod outcome;
mod pairs;
mod promise;
mod summary;
mod tags;
mod tally;
mod window;

pub use ageing::{Ageing, Backlog};
pub use case::Case;
pub use escalation::{Escalations, Resolution};
pub use headline::Headline;
pub use origin::ReporterFigures;
pub use outcome::{Day, Figures, PersonFigures, TeamFigures, Times, Waiting};
pub use promise::{Promise, Targets, Verdict};
pub use summary::{Sample, Summary};
pub use tags::TagFigures;
pub use tally::Tally;
pub use window::{Date, Period, Weekday, Window, WindowError, Zone};
