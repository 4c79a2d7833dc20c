//! Incident workflows as a pure state machine, and the ports that connect it to chats and databases.
//!
//! Somebody reports that something is wrong; others claim it, escalate it, resolve it, and say how. Who may do
//! what, what happens when nobody does anything, and what people must be told, is decided by one function:
//! [`step`](incident::step). It takes the incident as it is and what is asked, and returns the incident as it
//! will be, what happened, what the world is owed for it, and when to look again. It reads no clock, awaits
//! nothing, and calls nobody, so a whole evening can be told here in a few lines:
//!
//! ```
//! use std::time::Duration;
//!
//! use incident_core::ids::{CompanyId, GroupId, IncidentId, PersonId};
//! use incident_core::incident::{
//!     Command, Effect, Fact, Incident, Input, Notice, Priority, Rejection, Report, StateKind, Step, fold, step,
//! };
//! use incident_core::policy::{Actor, Member, Policy, Preset, Role};
//! use incident_core::text::{Limits, Text};
//! use incident_core::time::Timestamp;
//!
//! let policy = Policy::preset(Preset::TwoTier); // dispatchers first, managers on escalation
//! let id = IncidentId::from_u128(1); // a real one is minted by whoever asks
//! let dan = Actor::Person(Member::new(PersonId::new(1), Role::Reporter));
//! let ann = Actor::Person(Member::new(PersonId::new(2), Role::Responder));
//! let bob = Actor::Person(Member::new(PersonId::new(3), Role::Responder));
//! let mia = Actor::Person(Member::new(PersonId::new(4), Role::Manager));
//!
//! let eight = Timestamp::from_secs(1_772_474_400);
//! let minutes = |count: u64| Duration::from_secs(60 * count);
//! let mut journal = Vec::new(); // a real one is kept in a database, with the state, in one transaction
//! let mut ask = |now: Option<&Incident>, at, actor: &Actor, command| -> Result<Step, Rejection> {
//!     let step = step(&policy, now, &Input::new(id, at, actor.clone(), command))?;
//!     journal.extend(step.events.clone());
//!     Ok(step)
//! };
//!
//! // Dan reports. A card must be shown, and somebody should look again in ten minutes.
//! let report = Report {
//!     company: CompanyId::from_u128(1),
//!     group: GroupId::from_u128(1),
//!     group_active: true,
//!     topic: None,
//!     description: Text::new("truck 12 has a flat tyre", Limits::DESCRIPTION)?,
//!     attachments: Vec::new(),
//!     priority: Priority::Normal,
//!     recent: Vec::new(),
//!     recent_here: Vec::new(),
//! };
//! let reported = ask(None, eight, &dan, Command::Create { report })?;
//! assert_eq!(reported.effects, [Effect::ShowCard]);
//! assert_eq!(reported.wake_at, Some(eight + minutes(10)));
//!
//! // Nobody reacts. Whoever looks at the incident then finds that a reminder is due; a second look finds none.
//! let due = reported.wake_at.expect("nobody has claimed it");
//! let reminded = ask(Some(&reported.incident), due, &Actor::System, Command::Wake)?;
//! let told = |effect: &Effect| matches!(effect, Effect::Say { notice: Notice::Unclaimed { minutes: 10, .. } });
//! assert!(reminded.effects.iter().any(told));
//! assert_eq!(reminded.wake_at, None);
//!
//! // Ann claims it, and Bob, in the same second, is told who was faster.
//! let at = eight + minutes(12);
//! let claimed = ask(Some(&reminded.incident), at, &ann, Command::Acknowledge)?;
//! let refused = ask(Some(&claimed.incident), at, &bob, Command::Acknowledge);
//! assert_eq!(refused, Err(Rejection::AlreadyAcknowledged { by: PersonId::new(2) }));
//!
//! // It is more than Ann can do alone: she asks the next level, where Mia claims it.
//! let at = eight + minutes(20);
//! let escalated = ask(Some(&claimed.incident), at, &ann, Command::Escalate)?;
//! assert_eq!(escalated.incident.state.kind(), StateKind::Open);
//! let managed = ask(Some(&escalated.incident), at + minutes(1), &mia, Command::Acknowledge)?;
//!
//! // Mia is done, and is asked for a summary. That is what resolves it.
//! let promised = ask(Some(&managed.incident), at + minutes(40), &mia, Command::RequestResolve)?;
//! assert!(promised.effects.iter().any(|effect| matches!(effect, Effect::Say { notice: Notice::Ask { .. } })));
//! let summary = Text::new("changed the tyre, a nail in the yard", Limits::SUMMARY)?;
//! let at = at + minutes(42);
//! let resolved = ask(Some(&promised.incident), at, &mia, Command::SubmitSummary { summary })?;
//! assert_eq!(resolved.incident.state.kind(), StateKind::Resolved);
//!
//! // What happened is all there is: folding it gives the same incident again.
//! assert!(matches!(journal[1].fact, Fact::ReminderSent { count: 1 }));
//! assert_eq!(fold(id, &journal), Some(resolved.incident));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Four ideas carry it. A **state** ([`incident::State`]) holds exactly what is true in it. A **command** may be
//! refused, with a typed answer meant for whoever asked ([`incident::Rejection`]). **Deadlines** are computed
//! from the state ([`incident::next_wake`]) and never scheduled, so none can be lost or outlive its reason.
//! **Effects** say what must become true, not what to send: a card that is drawn late shows what is true by
//! then. What differs between one desk and another (levels, teams, waits, who may do what) is a
//! [`policy`], and several come ready made.
//!
//! # What this crate does not do
//!
//! It stores nothing, sends nothing and waits for nothing: that is for whoever implements its [`ports`]. It
//! mints no ids and tells no time: both come in as arguments. It knows no platform and no markup: what people
//! see ([`view`]) is made of typed pieces that an adapter escapes. It believes nobody about who they are: a
//! caller says what standing a person has, as its [`roster`] and the platform know it. And it starts no loop:
//! the [`desk`] does one bounded round whenever it is told to.
//!
//! # Where to go next
//!
//! - *Embed the rules*: the story above is the whole interface; [`incident`] has the rest of the machine.
//! - *Use a desk of your own chats and your own database*: implement [`ports::Messenger`] and [`ports::Store`]
//!   (or take [`memory::MemoryStore`] to begin with) and give them to a [`desk::Desk`].
//! - *Change the rules*: start from a preset's [`policy::Rules`], change what differs, and let
//!   [`policy::Policy::new`] check that it makes sense.
//! - *Test what you did*: the feature `testkit` brings the stories, invariants and suites that this crate and
//!   its stores are tested with.
//!
#![doc = include_str!("../docs/state-diagram.md")]

pub mod adapter;
pub mod desk;
pub mod figures;
pub mod ids;
pub mod incident;
pub mod memory;
pub mod policy;
pub mod ports;
pub mod report;
pub mod roster;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod text;
pub mod time;
pub mod view;
