//! Everything that a test of rules names, and everything that a story needs which is pasted as a test:
//! `use incident_core::testkit::prelude::*;`

pub use std::time::Duration;

pub use super::cast::{
    ADA, ANN, BOB, COMPANY, DRIVER, ENGINES, EVA, EVERYBODY, GROUP, INCIDENT, MAX, MIA, PIA, SAM, START, TIM,
    TOM, TYRES, actor, choice, member, report, text,
};
pub use super::invariants::{Broken, Held, check};
pub use super::{Given, Moment, Story, When, given};
pub use crate::ids::{CompanyId, GroupId, IncidentId, Number, PersonId, TeamId, Version};
pub use crate::incident::{
    Attachment, Audience, CloseReason, Command, Effect, Fact, Finding, HoldReason, Incident, Input, Invalid,
    Level, Notice, PageOutcome, Priority, Prompt, Rejection, Report, Severity, State, StateKind, Step, Tag,
    TeamChoice,
};
pub use crate::policy::{
    AckMode, Actor, Anchor, AutoAnswer, Eligible, Hourly, IdleRule, Initial, LateReply, LevelRule, Member,
    Nudge, Paging, Policy, Preset, Quota, Role, Roles, RouteRule, Rules, Sla, Standing, Summary, SummaryEnd,
    SummaryRule, TriageRule,
};
pub use crate::text::{Limits, Text, TextError};
pub use crate::time::Timestamp;
