//! Every transition of the machine once, as given/when/then, named by its number in the transition table; and
//! beside each, who is refused it and why.

#[path = "rules/calls.rs"]
mod calls;
#[path = "rules/endings.rs"]
mod endings;
#[path = "rules/ownership.rs"]
mod ownership;
#[path = "rules/routing.rs"]
mod routing;
#[path = "rules/talk.rs"]
mod talk;
#[path = "rules/timers.rs"]
mod timers;
#[path = "rules/upkeep.rs"]
mod upkeep;

use std::time::Duration;

use incident_core::ids::{PersonId, Version};
use incident_core::incident::{
    Audience, By, Command, Effect, Fact, Finding, HoldReason, Invalid, Level, Notice, Priority, Prompt,
    Rejection, Severity, StateKind,
};
use incident_core::policy::{Actor, AutoAnswer, Policy, Preset, Rules, TriageRule};
use incident_core::testkit::cast::{self, ANN, DRIVER, MIA, TIM, TYRES};
use incident_core::testkit::{Given, given};
use incident_core::text::Text;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

fn two_tier() -> Policy {
    Policy::preset(Preset::TwoTier)
}

fn shared() -> Policy {
    Policy::preset(Preset::TwoTierShared)
}

fn departments() -> Policy {
    Policy::preset(Preset::Departments)
}

fn support() -> Policy {
    Policy::preset(Preset::Support)
}

fn tickets() -> Policy {
    Policy::preset(Preset::Tickets)
}

/// A preset with a difference.
fn but(preset: Preset, change: impl FnOnce(&mut Rules)) -> Policy {
    let mut rules = Rules::from(preset);
    change(&mut rules);
    Policy::new(rules).expect("the difference makes sense")
}

/// Support whose assistant may answer by itself.
fn answering() -> Policy {
    but(Preset::Support, |rules| {
        rules.triage = rules.triage.map(|rule| TriageRule { answers: AutoAnswer::Send, ..rule });
    })
}

fn reported(policy: Policy) -> Given {
    given(policy).asked(DRIVER, cast::report("A tyre is flat"))
}

/// Reported and claimed by Ann.
fn claimed(policy: Policy) -> Given {
    reported(policy).asked(ANN, Command::Acknowledge)
}

/// Reported, claimed by Ann, escalated, and claimed by Mia.
fn escalated(policy: Policy) -> Given {
    claimed(policy).after([(ANN, Command::Escalate), (MIA, Command::Acknowledge)])
}

/// Reported to [`TYRES`], and claimed there by Tim.
fn at_tyres() -> Given {
    routed().asked(TIM, Command::Acknowledge)
}

fn routed() -> Given {
    reported(departments()).asked(DRIVER, Command::Route { to: cast::choice(TYRES) })
}

/// Claimed by Ann, who has promised the summary.
fn promised(policy: Policy) -> Given {
    claimed(policy).asked(ANN, Command::RequestResolve)
}

fn resolved(policy: Policy) -> Given {
    promised(policy).asked(ANN, Command::SubmitSummary { summary: words() })
}

fn held(given: Given, who: PersonId) -> Given {
    given.asked(who, Command::Hold { reason: HoldReason::External })
}

/// Answered by the assistant, whose answer awaits the reporter's verdict.
fn answered() -> Given {
    reported(answering()).asked(Actor::Assistant, found(20, 0))
}

fn found(severity: u8, replies: u32) -> Command {
    let severity = Severity::new(severity).expect("it is at most 100");
    Command::Triage { finding: Finding { replies, severity, escalate: false, answer: Some(words()) } }
}

fn triaged(severity: u8, escalate: bool) -> Fact {
    Fact::Triaged { severity: Severity::new(severity).expect("it is at most 100"), escalate }
}

fn words() -> Text {
    cast::text("as it should be")
}

fn level(number: u8) -> Level {
    Level::new(number).expect("there is such a level")
}

fn wrong(state: StateKind) -> Rejection {
    Rejection::WrongState { state }
}

fn invalid(reason: Invalid) -> Rejection {
    Rejection::InvalidInput { reason }
}

fn say(notice: Notice) -> Effect {
    Effect::Say { notice }
}

/// A line in the log for the event that led to a version.
fn line(version: u32) -> Effect {
    Effect::Log { event: Version::new(version) }
}

fn summon(audience: Audience) -> Effect {
    say(Notice::Summon { audience })
}

fn ask(person: PersonId, again: bool) -> Effect {
    say(Notice::Ask { prompt: Prompt::Summary, person, again })
}

fn acknowledged(person: PersonId, first: bool) -> Fact {
    Fact::Acknowledged { person, first }
}

fn to_level(number: u8, by_timer: bool, clears: bool) -> Fact {
    Fact::Escalated { to: level(number), by_timer, clears }
}

fn created(triage: bool) -> Fact {
    Fact::Created {
        company: cast::COMPANY,
        group: cast::GROUP,
        topic: None,
        reporter: DRIVER,
        description: cast::text("A tyre is flat"),
        priority: Priority::Normal,
        triage,
        cycle: 1,
    }
}
