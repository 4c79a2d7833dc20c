//! The rules of an incident inside a program that has its own database, its own chat and its own idea of time.
//!
//! There is one function to call, [`step`]: it takes the incident as it is and what somebody asks, and returns
//! the incident as it will be, what happened, and when to look again. It awaits nothing and reads no clock, so a
//! whole evening passes here in a moment.
//!
//! `cargo run -p examples --example embed_the_core`

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::time::Duration;

use incident_core::ids::{CompanyId, GroupId, IncidentId, PersonId};
use incident_core::incident::{
    Command, Effect, Event, Incident, Input, Notice, Priority, Rejection, Report, fold, step,
};
use incident_core::policy::{Actor, Member, Policy, Preset, Role};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;

const DRIVER: PersonId = PersonId::new(1);
const DISPATCHER: PersonId = PersonId::new(2);
const COLLEAGUE: PersonId = PersonId::new(3);
const MANAGER: PersonId = PersonId::new(4);

/// What the program keeps of one incident. A real one keeps it in its database, in one transaction.
struct Kept {
    id: IncidentId,
    policy: Policy,
    now: Timestamp,
    incident: Option<Incident>,
    journal: Vec<Event>,
    wake_at: Option<Timestamp>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut kept = Kept {
        id: IncidentId::from_u128(1),
        policy: Policy::preset(Preset::TwoTier),
        now: Timestamp::from_secs(1_772_474_400),
        incident: None,
        journal: Vec::new(),
        wake_at: None,
    };
    let report = report("truck 12 has a flat tyre\nat the north gate")?;
    let summary = Text::new("changed the tyre, a nail in the yard", Limits::SUMMARY)?;

    println!("A driver reports, and nobody reacts.");
    kept.ask(DRIVER, Role::Reporter, Command::Create { report })?;
    kept.wait(Duration::from_secs(12 * 60))?;

    println!(
        "Two dispatchers press Claim in the same second. The tyre turns out to be the manager's affair."
    );
    kept.ask(DISPATCHER, Role::Responder, Command::Acknowledge)?;
    let refused = kept.ask(COLLEAGUE, Role::Responder, Command::Acknowledge);
    assert_eq!(refused, Err(Rejection::AlreadyAcknowledged { by: DISPATCHER }));
    kept.ask(DISPATCHER, Role::Responder, Command::Escalate)?;

    println!("The manager takes it and says how it ended.");
    kept.ask(MANAGER, Role::Manager, Command::Acknowledge)?;
    kept.ask(MANAGER, Role::Manager, Command::RequestResolve)?;
    kept.ask(MANAGER, Role::Manager, Command::SubmitSummary { summary })?;

    let replayed = fold(kept.id, &kept.journal);
    assert_eq!(replayed, kept.incident, "the state is the fold of its journal");
    println!("{} events, and folding them gives the same incident again.", kept.journal.len());
    Ok(())
}

impl Kept {
    /// Lets a person ask for something, and keeps what follows from it.
    fn ask(&mut self, who: PersonId, role: Role, command: Command) -> Result<(), Rejection> {
        let asked = self.decide(Actor::Person(Member::new(who, role)), command);
        if let Err(refusal) = &asked {
            println!("  {} person {who} is refused: {refusal}", self.now);
        }
        asked
    }

    /// Lets time pass, and looks at the incident whenever it said it should be looked at.
    fn wait(&mut self, time: Duration) -> Result<(), Rejection> {
        let end = self.now + time;
        while let Some(due) = self.wake_at.filter(|due| *due <= end) {
            self.now = due;
            self.decide(Actor::System, Command::Wake)?;
        }
        self.now = end;
        Ok(())
    }

    fn decide(&mut self, actor: Actor, command: Command) -> Result<(), Rejection> {
        let input = Input::new(self.id, self.now, actor, command);
        let step = step(&self.policy, self.incident.as_ref(), &input)?;
        for event in &step.events {
            println!("  {} {:?}", event.at, event.fact);
        }
        for effect in &step.effects {
            println!("      owed: {}", owed(effect));
        }
        self.journal.extend(step.events);
        self.incident = Some(step.incident);
        self.wake_at = step.wake_at;
        Ok(())
    }
}

/// Says what the program would have to do for an effect.
fn owed(effect: &Effect) -> String {
    match effect {
        Effect::ShowCard => "make the card show what is true now".to_owned(),
        Effect::PinCard => "pin the card again".to_owned(),
        Effect::Say { notice: Notice::Unclaimed { minutes, .. } } => {
            format!("remind the dispatchers: unclaimed for {minutes} minutes")
        }
        Effect::Say { notice } => format!("say once: {notice:?}"),
        Effect::Ring { target, .. } => format!("call person {target}"),
        Effect::Log { event } => format!("write a line about event {event} into the log, if there is one"),
        other => format!("{other:?}"),
    }
}

fn report(description: &str) -> Result<Report, Box<dyn std::error::Error>> {
    Ok(Report {
        company: CompanyId::from_u128(1),
        group: GroupId::from_u128(1),
        group_active: true,
        topic: None,
        description: Text::new(description, Limits::DESCRIPTION)?,
        attachments: Vec::new(),
        priority: Priority::Normal,
        recent: Vec::new(),
        recent_here: Vec::new(),
    })
}
