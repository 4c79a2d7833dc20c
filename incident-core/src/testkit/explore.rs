//! Every kind of situation that a policy can lead to, found by trying everything on everything. Grids and
//! diagrams are made of what is found here, so that they show the machine and not somebody's idea of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::cast;
use crate::incident::{
    Attachment, CloseReason, Command, Finding, HoldReason, Incident, Input, Level, PageOutcome, Priority,
    Rejection, Report, Severity, State, StateKind, Step, Tag, next_wake, step,
};
use crate::policy::{
    AckMode, Actor, Anchor, AutoAnswer, Eligible, IdleRule, LateReply, LevelRule, Nudge, Paging, Policy,
    Preset, Role, Roles, RouteRule, Rules, Sla, SummaryEnd, SummaryRule, TriageRule,
};

/// What was tried, and what came of it.
#[derive(Debug)]
pub struct Tried {
    /// The situation, `None` where nothing was reported yet.
    pub before: Option<Incident>,
    /// What was asked.
    pub input: Input,
    /// What followed.
    pub result: Result<Step, Rejection>,
}

/// Tries every command by everybody in every kind of situation reachable under a policy, `visit`ing each.
///
/// Two situations are of one kind if they differ only in who exactly holds the incident, in times and in
/// texts. Time passes by a second from one command to the next, and to the next deadline for a wake.
pub fn explore(policy: &Policy, mut visit: impl FnMut(&Tried)) {
    let mut known = BTreeSet::new();
    let mut open = VecDeque::from([None]);
    while let Some(before) = open.pop_front() {
        for input in questions(policy, before.as_ref()) {
            let result = step(policy, before.as_ref(), &input);
            if let Ok(step) = &result
                && known.insert(kind_of(&step.incident))
            {
                open.push_back(Some(step.incident.clone()));
            }
            visit(&Tried { before: before.clone(), input, result });
        }
    }
}

/// What makes one kind of situation differ from another.
fn kind_of(incident: &Incident) -> String {
    let detail = match &incident.state {
        State::Triage(triage) => format!("triage {}", triage.nudges),
        State::Open(waiting) => {
            let calls = waiting.calls.map(|calls| (calls.position, calls.attempt, calls.exhausted));
            format!("open {} {} {calls:?}", waiting.nudges, waiting.expected.is_some())
        }
        State::Acknowledged { .. } => "acknowledged".to_owned(),
        State::OnHold(hold) => format!("on hold {:?} {:?}", hold.reason, hold.resume_to),
        State::PendingSummary(pending) => format!("pending {}", pending.reminders),
        State::Resolved(outcome) => format!("resolved {}", outcome.summary.is_some()),
        State::Closed { reason, outcome, .. } => format!("closed {reason:?} {}", outcome.is_some()),
    };
    let Incident { level, team, .. } = incident;
    let holders = (incident.assignees().count().min(2), incident.participants().count().min(1));
    let so_far = (incident.answers.min(1), incident.idle_warned_at.is_some());
    format!("{detail} {level} {team:?} {holders:?} {so_far:?}")
}

/// Everything that anybody could ask in a situation.
pub fn questions(policy: &Policy, incident: Option<&Incident>) -> Vec<Input> {
    let now = incident.map_or(cast::START, |incident| incident.clocks.updated_at + Duration::from_secs(1));
    let mut inputs = Vec::new();
    for command in commands(incident) {
        for actor in cast::actors() {
            inputs.push(Input::new(cast::INCIDENT, now, actor, command.clone()));
        }
    }
    if let Some(due) = incident.and_then(|incident| next_wake(policy, incident)) {
        inputs.push(Input::new(cast::INCIDENT, due.max(now), Actor::System, Command::Wake));
    }
    inputs
}

/// At least one of every command, with arguments that fit the incident, and some that do not.
pub fn commands(incident: Option<&Incident>) -> Vec<Command> {
    let (ann, mia) = (cast::member(cast::ANN), cast::member(cast::MIA));
    let text = cast::text("because the test said so");
    let replies = incident.map_or(0, |incident| incident.replies);
    let mut commands = vec![
        cast::report("A tyre is flat"),
        Command::TriageFailed { reason: text.clone() },
        Command::Acknowledge,
        Command::Release,
        Command::Escalate,
        Command::Resume,
        Command::RequestResolve,
        Command::Resolve { summary: None },
        Command::Resolve { summary: Some(text.clone()) },
        Command::SubmitSummary { summary: text.clone() },
        Command::CancelResolve,
        Command::AmendSummary { summary: text.clone() },
        Command::Cancel { reason: text.clone() },
        Command::Confirm,
        Command::Reopen { reason: text.clone() },
        Command::KeepOpen,
        Command::ReporterReply { text: text.clone() },
        Command::EditDescription { description: cast::text("Two tyres are flat") },
        Command::AddNote { text: text.clone(), internal: true },
        Command::Attach { attachment: attachment() },
        Command::RepairSurface,
        Command::Archive,
        Command::ChannelMigrated,
        Command::ChannelLost,
        Command::Wake,
    ];
    if incident.is_none() {
        commands.extend(reports_too_many());
    }
    commands.extend([cast::TYRES, cast::ENGINES].map(|team| Command::Route { to: cast::choice(team) }));
    commands.extend([cast::TYRES, cast::ENGINES].map(|team| Command::Transfer { to: cast::choice(team) }));
    commands.extend([20, 90].map(|severity| Command::Triage { finding: finding(replies, severity) }));
    for person in cast::EVERYBODY {
        commands.push(Command::Assign { to: cast::member(person) });
        commands.push(Command::Reassign { from: None, to: cast::member(person) });
        commands.push(Command::RevokeClaim { person, reason: text.clone() });
        commands.push(Command::RoleLost { person });
        commands.push(Command::MemberLeft { person });
        commands.push(Command::EraseSubject { person });
    }
    let from = incident.and_then(|incident| incident.assignees().next());
    commands.extend([cast::BOB, cast::TOM].map(|to| Command::Reassign { from, to: cast::member(to) }));
    commands.extend([Level::FIRST, Level::SECOND].map(|to| Command::Deescalate { to }));
    commands.extend(
        [HoldReason::Reporter, HoldReason::External, HoldReason::Answered]
            .map(|reason| Command::Hold { reason }),
    );
    commands.extend(CLOSING.map(|reason| Command::Close { reason }));
    commands.push(Command::MarkDuplicate { of: crate::ids::Number { year: 2026, seq: 3 } });
    commands.extend([Priority::Low, Priority::Urgent].map(|priority| Command::SetPriority { priority }));
    commands.extend(Severity::new(42).map(|severity| Command::SetSeverity { severity }));
    commands.extend(tag().map(|tag| Command::Tag { tag }));
    commands.extend(tag().map(|tag| Command::Untag { tag }));
    commands.extend(StateKind::ALL.map(|target| Command::OverrideState { target, reason: text.clone() }));
    for outcome in [PageOutcome::Delivered, PageOutcome::Failed, PageOutcome::Confirmed] {
        commands.extend([&ann, &mia].map(|target| Command::PageOutcome {
            target: target.clone(),
            attempt: 1,
            outcome,
        }));
    }
    commands
}

const CLOSING: [CloseReason; 7] = [
    CloseReason::Confirmed,
    CloseReason::Cancelled,
    CloseReason::NoSummary,
    CloseReason::Idle,
    CloseReason::Admin,
    CloseReason::Answered,
    CloseReason::Duplicate,
];

/// Reports in a group that does not work, and by somebody who has just made many others.
fn reports_too_many() -> Vec<Command> {
    let Command::Create { report } = cast::report("A tyre is flat") else {
        return Vec::new();
    };
    let inactive = Report { group_active: false, ..report.clone() };
    let again = Report { recent: vec![cast::START; 10], ..report };
    [inactive, again].map(|report| Command::Create { report }).to_vec()
}

fn attachment() -> Attachment {
    Attachment { reference: cast::text("file-1"), kind: cast::text("photo"), name: None, size: Some(1_024) }
}

fn finding(replies: u32, severity: u8) -> Finding {
    let severity = Severity::new(severity).expect("it is at most 100");
    Finding { replies, severity, escalate: false, answer: Some(cast::text("Have you tried turning it off?")) }
}

fn tag() -> Option<Tag> {
    Tag::new("brakes").ok()
}

/// Lists the presets and two more policies that allow everything that may be allowed, so that together they
/// lead into every kind of situation.
///
/// # Panics
/// Never: the two are policies.
pub fn policies() -> Vec<Policy> {
    let free = [
        (AckMode::Exclusive, LateReply::Journal, SummaryEnd::Reopen),
        (AckMode::Shared, LateReply::Reopen, SummaryEnd::Close),
    ];
    let free = free.map(|(ack_mode, late_reply, then)| {
        let rules = Rules { ack_mode, late_reply, ..everything_allowed(then) };
        Policy::new(rules).expect("nothing in these rules contradicts the rest")
    });
    Preset::ALL.map(Policy::preset).into_iter().chain(free).collect()
}

fn everything_allowed(then: SummaryEnd) -> Rules {
    let hour = Duration::from_secs(3_600);
    let nudge = Some(Nudge { after: hour, times: 1, then_escalate: true });
    let paging = Some(Paging { chain: vec![cast::ANN, cast::MIA], tries: 1, gap: hour / 60 });
    let staff = Eligible::Roles(Roles::from(Role::Responder).with(Role::Manager));
    let support = Rules::from(Preset::Support);
    Rules {
        reporter_routes: true,
        route: Some(RouteRule { after: hour, default_team: Some(cast::TYRES) }),
        triage: support.triage.map(|rule| TriageRule { answers: AutoAnswer::Send, rounds: 1, ..rule }),
        levels: vec![
            LevelRule {
                eligible: Eligible::Roles(Role::Responder.into()),
                nudge,
                paging: None,
                summon: true,
            },
            LevelRule { eligible: staff, nudge, paging, summon: true },
        ],
        teams: true,
        escalation_clears_assignees: false,
        summary_wait: Some(SummaryRule { after: hour, reminders: 1, then }),
        summary_by_others: true,
        sla: Sla { response: Some(hour / 2), resolve: Some(4 * hour), anchor: Anchor::Routed },
        idle: Some(IdleRule { warn: 100 * hour, close: 200 * hour }),
        close_after: Some(24 * hour),
        reporter_closes: true,
        override_state: true,
        ..support
    }
}

/// Returns the name of a command without its arguments, as it is stored.
///
/// # Panics
/// Never: a command is stored as an object with its name in it.
pub fn name_of(command: &Command) -> String {
    let stored = serde_json::to_value(command).expect("a command can be stored");
    stored["command"].as_str().expect("a command is stored with its name").to_owned()
}

/// What leads from where to where, under a policy: `None` where nothing was reported yet.
pub type Ways = BTreeMap<(Option<Place>, Place), BTreeSet<String>>;

/// A state, with the level where that matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The state.
    pub state: StateKind,
    /// The level, where the incident waits or is worked on and there are several.
    pub level: Option<Level>,
}

impl Place {
    /// Returns where an incident is.
    pub fn of(policy: &Policy, incident: &Incident) -> Self {
        let state = incident.state.kind();
        let rung =
            matches!(state, StateKind::Open | StateKind::Acknowledged) && policy.last_level() > Level::FIRST;
        Self { state, level: rung.then_some(incident.level) }
    }
}

/// Finds every way there is under a policy, with the commands that lead along it; a timer's is `wake`. What
/// leaves an incident where it is, is left out.
pub fn ways(policy: &Policy) -> Ways {
    let mut ways = Ways::new();
    explore(policy, |tried| {
        let Ok(step) = &tried.result else {
            return;
        };
        let from = tried.before.as_ref().map(|incident| Place::of(policy, incident));
        let to = Place::of(policy, &step.incident);
        let turned = tried.before.as_ref().is_none_or(|before| before.turned != step.incident.turned);
        if from != Some(to) || turned {
            ways.entry((from, to)).or_default().insert(name_of(&tried.input.command));
        }
    });
    ways
}
