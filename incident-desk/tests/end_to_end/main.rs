//! The real binary from end to end: a process with a database file, against a Bot API server that behaves as
//! Telegram does, faults included.
//!
//! Every test tells a story and then has it audited: the journal is the state, nothing is owed, every card
//! shows what is so, no credential was logged.

mod admission;
mod chaos;
mod commands;
mod crashes;
mod database_faults;
mod endurance;
mod files;
mod harness;
mod imported;
mod lost_answers;
mod lost_chats;
mod mirrored;
mod moving;
mod neighbours;
mod operators;
mod places;
mod platforms;
mod presses;
mod process;
mod refusals;
mod reminders;
mod replicas;
mod reports;
mod restore;
mod roles;
mod servers;
mod settings;
mod story;
mod tickets;
mod updates;
mod webhook;
mod week;
