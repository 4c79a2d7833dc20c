//! Every kind of situation that a policy can lead to, found by trying everything on everything. Grids and
//! diagrams are made of what is found here, so that they show the machine and not somebody's idea of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use super::cast;
use crate::incident::{
    Attachment, CloseReason, Command, Finding, HoldReason, Incident, Input, Level, PageOutcome, Priority,
    Rejection, Severity, State, StateKind, Step, Tag, next_wake, step,
};
use crate::policy::{Actor, Policy};

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
fn kind_of(incident: &Incident) -> (StateKind, String) {
    let mut essence = incident.clone();
    essence.clocks.held = Duration::ZERO;
    let detail = match &essence.state {
        State::Triage(triage) => format!("{}", triage.nudges),
        State::Open(waiting) => {
            let calls = waiting.calls.map(|calls| (calls.position, calls.attempt, calls.exhausted));
            format!("{} {} {calls:?}", waiting.nudges, waiting.expected.is_some())
        }
        State::Acknowledged { .. } => String::new(),
        State::OnHold(hold) => format!("{:?} {:?}", hold.reason, hold.resume_to),
        State::PendingSummary(pending) => format!("{}", pending.reminders),
        State::Resolved(outcome) => format!("{}", outcome.summary.is_some()),
        State::Closed { reason, outcome, .. } => format!("{reason:?} {}", outcome.is_some()),
    };
    let holders = (incident.assignees().count().min(2), incident.participants().count().min(1));
    let counts = (incident.cycle.0.min(2), incident.answers.min(2), incident.replies.min(1));
    let marks = (incident.idle_warned_at.is_some(), incident.archived, &incident.breached);
    (
        incident.state.kind(),
        format!("{} {:?} {holders:?} {counts:?} {marks:?} {detail}", incident.level, incident.team),
    )
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
    commands.push(Command::Reassign { from: Some(cast::ANN), to: cast::member(cast::BOB) });
    commands.extend([Level::FIRST, Level::SECOND].map(|to| Command::Deescalate { to }));
    commands.extend(
        [HoldReason::Reporter, HoldReason::External, HoldReason::Answered]
            .map(|reason| Command::Hold { reason }),
    );
    commands.extend(CLOSING.map(|reason| Command::Close { reason }));
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

/// Finds every way there is under a policy, with the commands that lead along it. A wake that changes the
/// state is called `wake`. What leaves an incident where it is, is left out.
pub fn ways(policy: &Policy) -> Ways {
    let mut ways = Ways::new();
    explore(policy, |tried| {
        let Ok(step) = &tried.result else {
            return;
        };
        let from = tried.before.as_ref().map(|incident| Place::of(policy, incident));
        let to = Place::of(policy, &step.incident);
        let turned = step.incident.turned == step.incident.version
            || tried.before.as_ref().is_none_or(|before| before.turned != step.incident.turned);
        if from != Some(to) || turned {
            ways.entry((from, to)).or_default().insert(name_of(&tried.input.command));
        }
    });
    ways
}
