//! Things as the Rust expressions that make them, so that what a test prints can be pasted into another one.
//! The expressions need what [`prelude`](super::prelude) brings into scope, and nothing else.

use std::time::Duration;

use super::cast;
use crate::ids::{CompanyId, GroupId, Number, PersonId, TeamId, Version};
use crate::incident::{
    Attachment, CloseReason, Command, Finding, HoldReason, Invalid, Level, PageOutcome, Priority, Rejection,
    Report, Severity, StateKind, Tag, TeamChoice,
};
use crate::policy::{
    AckMode, Actor, Anchor, AutoAnswer, Eligible, Hourly, IdleRule, Initial, LateReply, LevelRule, Member,
    Nudge, Paging, Patience, Policy, Preset, Quota, Role, Roles, RouteRule, Rules, Sla, Standing, Summary,
    SummaryEnd, SummaryRule, TriageRule,
};
use crate::text::{Text, TextError};
use crate::time::Timestamp;

/// Something that can be written as the expression that makes it.
pub trait InRust {
    /// Returns the expression.
    fn in_rust(&self) -> String;
}

impl<T: InRust> InRust for Option<T> {
    fn in_rust(&self) -> String {
        self.as_ref().map_or_else(|| "None".to_owned(), |thing| format!("Some({})", thing.in_rust()))
    }
}

impl<T: InRust> InRust for Vec<T> {
    fn in_rust(&self) -> String {
        format!("vec![{}]", self.iter().map(T::in_rust).collect::<Vec<_>>().join(", "))
    }
}

fn whole(name: &str, fields: &[(&str, String)]) -> String {
    if fields.is_empty() {
        return name.to_owned();
    }
    let fields: Vec<String> = fields.iter().map(|(field, value)| format!("{field}: {value}")).collect();
    format!("{name} {{ {} }}", fields.join(", "))
}

macro_rules! literals {
    ($($type:ident),*) => {$(
        impl InRust for $type {
            fn in_rust(&self) -> String {
                format!("{self:?}")
            }
        }
    )*};
}

literals!(bool, i16, u8, u16, u32, u64);

/// Enums whose variants carry nothing.
macro_rules! units {
    ($($type:ident),*) => {$(
        impl InRust for $type {
            fn in_rust(&self) -> String {
                format!(concat!(stringify!($type), "::{:?}"), self)
            }
        }
    )*};
}

units!(
    AckMode,
    Anchor,
    AutoAnswer,
    CloseReason,
    HoldReason,
    Initial,
    LateReply,
    PageOutcome,
    Preset,
    Priority,
    Role,
    StateKind,
    Summary,
    SummaryEnd
);

macro_rules! structs {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl InRust for $type {
            fn in_rust(&self) -> String {
                let Self { $($field),* } = self;
                whole(stringify!($type), &[$((stringify!($field), $field.in_rust())),*])
            }
        }
    )*};
}

structs! {
    Attachment { reference, kind, name, size }
    Finding { replies, severity, escalate, answer }
    Hourly { person, group }
    IdleRule { warn, close }
    LevelRule { eligible, nudge, paging, summon }
    Nudge { after, times, then_escalate }
    Number { year, seq }
    Paging { chain, tries, gap }
    Quota { count, within }
    Report { company, group, group_active, topic, description, attachments, priority, recent, recent_here }
    RouteRule { after, default_team }
    Patience { low, high, urgent }
    Sla { response, resolve, anchor }
    Standing { roles, teams }
    SummaryRule { after, reminders, then }
    TriageRule { answers, threshold, rounds, feedback, default_team, escalate_to }
}

macro_rules! variants {
    ($type:ident { $($variant:ident $({ $($field:ident),* })?,)* }) => {
        fn spelled(it: &$type) -> String {
            match it {
                $($type::$variant $({ $($field),* })? => whole(
                    concat!(stringify!($type), "::", stringify!($variant)),
                    &[$($((stringify!($field), $field.in_rust())),*)?],
                ),)*
            }
        }
    };
}

mod command {
    use super::{Command, InRust, whole};

    variants!(Command {
        Create { report }, Route { to }, Triage { finding }, TriageFailed { reason }, Acknowledge, Release,
        Assign { to }, Reassign { from, to }, RevokeClaim { person, reason }, Escalate, Deescalate { to },
        Transfer { to }, Hold { reason }, Resume, RequestResolve, Resolve { summary },
        SubmitSummary { summary }, CancelResolve, AmendSummary { summary }, Cancel { reason },
        Close { reason }, MarkDuplicate { of }, Confirm, Reopen { reason }, KeepOpen, ReporterReply { text },
        SetPriority { priority }, SetSeverity { severity }, Tag { tag }, Untag { tag },
        EditDescription { description }, AddNote { text, internal }, Attach { attachment },
        OverrideState { target, reason }, RepairSurface, Archive, RoleLost { person },
        MemberLeft { person }, ChannelMigrated, ChannelLost, EraseSubject { person },
        PageOutcome { target, attempt, outcome }, Wake,
    });

    impl InRust for Command {
        fn in_rust(&self) -> String {
            if let Self::Create { report } = self
                && *self == super::cast::report(report.description.as_str())
            {
                return format!("report({:?})", report.description.as_str());
            }
            spelled(self)
        }
    }
}

mod rejection {
    use super::{InRust, Rejection, whole};

    variants!(Rejection {
        NotAuthorized, WrongState { state }, AlreadyAcknowledged { by }, AlreadyAssignee, NotAssignee,
        NotEligible, ClosingOut { resolver }, InvalidInput { reason }, RateLimited { retry_after_secs },
        Unknown, TenantInactive, Stale, TooLate,
    });

    impl InRust for Rejection {
        fn in_rust(&self) -> String {
            spelled(self)
        }
    }
}

impl InRust for Invalid {
    fn in_rust(&self) -> String {
        match self {
            Self::Text(TextError::TooShort { min }) => {
                format!("Invalid::Text(TextError::TooShort {{ min: {min} }})")
            }
            Self::Text(TextError::TooLong { max }) => {
                format!("Invalid::Text(TextError::TooLong {{ max: {max} }})")
            }
            Self::NoSummary | Self::NoChange | Self::NoSuchLevel | Self::Unreachable | Self::TooMany => {
                format!("Invalid::{self:?}")
            }
        }
    }
}

impl InRust for Eligible {
    fn in_rust(&self) -> String {
        match self {
            Self::Roles(roles) => format!("Eligible::Roles({})", roles.in_rust()),
            Self::Team => "Eligible::Team".to_owned(),
        }
    }
}

impl InRust for Roles {
    fn in_rust(&self) -> String {
        self.iter()
            .fold("Roles::NONE".to_owned(), |so_far, role| format!("{so_far}.with({})", role.in_rust()))
    }
}

impl InRust for PersonId {
    fn in_rust(&self) -> String {
        let names = ["DRIVER", "ANN", "BOB", "MIA", "MAX", "ADA", "PIA", "TIM", "TOM", "EVA", "SAM"];
        let known = cast::EVERYBODY.iter().position(|id| id == self);
        known.map_or_else(|| format!("PersonId::new({self})"), |at| names[at].to_owned())
    }
}

impl InRust for TeamId {
    fn in_rust(&self) -> String {
        match *self {
            cast::TYRES => "TYRES".to_owned(),
            cast::ENGINES => "ENGINES".to_owned(),
            other => format!("TeamId::new({other})"),
        }
    }
}

impl InRust for CompanyId {
    fn in_rust(&self) -> String {
        if *self == cast::COMPANY {
            "COMPANY".to_owned()
        } else {
            format!("CompanyId::from_u128({})", self.as_u128())
        }
    }
}

impl InRust for GroupId {
    fn in_rust(&self) -> String {
        if *self == cast::GROUP {
            "GROUP".to_owned()
        } else {
            format!("GroupId::from_u128({})", self.as_u128())
        }
    }
}

impl InRust for Member {
    fn in_rust(&self) -> String {
        let id = self.id.in_rust();
        if *self == cast::member(self.id) {
            return format!("member({id})");
        }
        format!("Member::new({id}, {})", self.standing.in_rust())
    }
}

impl InRust for Actor {
    fn in_rust(&self) -> String {
        match self {
            Self::Person(member) if *member == cast::member(member.id) => member.id.in_rust(),
            Self::Person(member) => format!("Actor::Person({})", member.in_rust()),
            Self::Assistant => "Actor::Assistant".to_owned(),
            Self::System => "Actor::System".to_owned(),
        }
    }
}

impl InRust for TeamChoice {
    fn in_rust(&self) -> String {
        let Self { team, restricted } = self;
        if *self == cast::choice(*team) {
            return format!("choice({})", team.in_rust());
        }
        whole("TeamChoice", &[("team", team.in_rust()), ("restricted", restricted.in_rust())])
    }
}

impl InRust for Text {
    fn in_rust(&self) -> String {
        format!("text({:?})", self.as_str())
    }
}

impl InRust for Tag {
    fn in_rust(&self) -> String {
        format!("Tag::new({:?}).unwrap()", self.as_str())
    }
}

impl InRust for Level {
    fn in_rust(&self) -> String {
        match *self {
            Self::FIRST => "Level::FIRST".to_owned(),
            Self::SECOND => "Level::SECOND".to_owned(),
            other => format!("Level::new({other}).unwrap()"),
        }
    }
}

impl InRust for Severity {
    fn in_rust(&self) -> String {
        format!("Severity::new({}).unwrap()", self.get())
    }
}

impl InRust for Version {
    fn in_rust(&self) -> String {
        format!("Version::new({})", self.get())
    }
}

impl InRust for Duration {
    fn in_rust(&self) -> String {
        if *self == Self::MAX {
            return "Duration::MAX".to_owned();
        }
        match (self.as_secs(), self.subsec_nanos()) {
            (secs, 0) => format!("Duration::from_secs({secs})"),
            (0, nanos) if nanos % 1_000 == 0 => format!("Duration::from_micros({})", nanos / 1_000),
            (secs, nanos) => format!("Duration::new({secs}, {nanos})"),
        }
    }
}

impl InRust for Timestamp {
    fn in_rust(&self) -> String {
        if *self == cast::START {
            return "START".to_owned();
        }
        if *self > cast::START && *self < Self::MAX {
            return format!("START + {}", self.since(cast::START).in_rust());
        }
        format!("Timestamp::from_micros({})", self.as_micros())
    }
}

macro_rules! differences {
    ($rules:ident, $base:ident: $($field:ident)*) => {{
        let Rules { $($field),* } = $rules;
        let all = [$((stringify!($field), $field.in_rust(), *$field != $base.$field)),*];
        all.into_iter().filter(|(.., differs)| *differs).map(|(name, value, _)| format!("{name}: {value}")).collect()
    }};
}

impl InRust for Rules {
    /// Says in what the rules differ from the preset that they resemble most.
    fn in_rust(&self) -> String {
        let from = |preset: Preset| -> (usize, Preset, Vec<String>) {
            let base = Self::from(preset);
            let differences: Vec<String> = differences!(self, base:
                preset initial reporter_routes route triage levels patience teams ack_mode self_registration
                escalation_clears_assignees eligible_escalates resolve_at_current_level resolve_unclaimed
                summary summary_wait summary_by_others reports hourly sla idle close_after reopen_window late_reply
                reporter_closes override_state rooms);
            (differences.len(), base.preset, differences)
        };
        let closest = Preset::ALL.into_iter().map(from).min_by_key(|(count, ..)| *count);
        let (_, preset, mut differences) = closest.expect("there are presets");
        if differences.is_empty() {
            return format!("Rules::from({})", preset.in_rust());
        }
        differences.push(format!("..Rules::from({})", preset.in_rust()));
        format!("Rules {{ {} }}", differences.join(", "))
    }
}

impl InRust for Policy {
    fn in_rust(&self) -> String {
        let rules = self.rules();
        let preset = Preset::ALL.into_iter().find(|preset| *rules == Rules::from(*preset));
        preset.map_or_else(
            || format!("Policy::new({}).unwrap()", rules.in_rust()),
            |preset| format!("Policy::preset({})", preset.in_rust()),
        )
    }
}
