//! Exhaustive search: everything that three people, the assistant, the desk and the clock can do to two
//! incidents under a policy, in every order, to a depth.
//!
//! ```
//! use incident_core::policy::{Policy, Preset};
//! use incident_core::testkit::search::Search;
//!
//! let found = Search::under(Policy::preset(Preset::TwoTier)).to_depth(2).run()?;
//! println!("{found}");
//! # Ok::<(), Box<incident_core::testkit::prove::Counterexample>>(())
//! ```
//!
//! # What is searched
//!
//! From nothing, breadth first, every turn is one of these: one of the people, the assistant or the desk asks
//! any [command](super::explore::commands) of either incident; time goes on to the next deadline of the two, and
//! the desk wakes what is due; or the desk is down for a month, and nobody looks. It is the real
//! [`step`] that answers; nothing of it is modelled. In every state that is found,
//!
//! - all [invariants](super::invariants) hold, and of every answer a property of your own, if you give one;
//! - a look before the deadline finds nothing;
//! - every request that led there, delivered again with the version it was made for, is refused if it turned
//!   the incident, and else answered as if it had come for the first time;
//! - the quota of a reporter refuses what is too much, and nothing else;
//! - the incident can still come to an end.
//!
//! # Two incidents, once each
//!
//! `step` sees one incident at a time. What two of them share is the clock, the people, the quota of who
//! reports, and the keys of requests. So the states of one incident are found once, by asking; those of two are
//! pairs of their numbers, joined by what is shared: the same time passes for both, and the second report
//! knows of the first. A thousand states of one make half a million pairs at hardly any cost. Which keys were
//! applied is no part of a state: a store answers a known key without asking anybody, which its
//! [suite](crate::store_conformance) shows. What is searched is the worse case, in which all keys are forgotten.
//!
//! # What makes two states one
//!
//! An incident grows a journal and versions with every turn, so no state would ever come again. Two are one
//! state here if they agree in everything that decides what may still happen: state, level, team, who holds it,
//! and how long ago that was from which a wait of the policy counts. That this leaves out nothing that matters
//! is checked while searching: one in fifty of those that arrive at a known state is asked everything, and
//! must get the answers that the first one got.
//!
//! # Why not stateright
//!
//! A model checker asks for the model in its own terms, brings a web server for looking at it, and keeps whole
//! states. What is needed here is a loop over a queue; what takes thought is what makes two states one, and
//! that a checker would leave to us. And a counterexample should be the test that a reader can paste:
//! [`Counterexample`] is given/when/then.
//!
//! [`step`]: crate::incident::step

mod checks;
mod face;
mod lives;
mod pairs;

use std::collections::BTreeSet;
use std::fmt;

use self::lives::Lives;
use self::pairs::Pairs;
use super::invariants::Held;
use super::prove::Counterexample;
use super::story::Moment;
use super::{cast, explore};
use crate::ids::PersonId;
use crate::incident::{Command, Incident, StateKind};
use crate::policy::{Actor, Member, Policy};

/// A search to be made.
#[derive(Debug, Clone)]
pub struct Search {
    policy: Policy,
    people: Vec<Member>,
    depth: usize,
    property: Option<fn(&Moment<'_>) -> Held>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How many turns were searched.
    pub depth: usize,
    /// How many states of two incidents there are.
    pub pairs: usize,
    /// How many states of one incident they are made of.
    pub states: usize,
    /// After how many turns nothing new was found, if it came to that: more turns would find no more.
    pub complete: Option<usize>,
    /// How often `step` was asked.
    pub asked: u64,
    /// How many arrivals at a known state were compared with the first.
    pub compared: usize,
    /// Which states of the machine were reached.
    pub kinds: BTreeSet<StateKind>,
    /// The names of all facts that happened.
    pub facts: BTreeSet<String>,
    /// The names of all rejections that were given.
    pub rejections: BTreeSet<String>,
}

impl Search {
    /// Searches a policy with a driver, a responder (of a team, if there are teams) and a manager, four turns
    /// deep.
    pub fn under(policy: Policy) -> Self {
        let responder = if policy.rules().teams { cast::TIM } else { cast::ANN };
        let people = [cast::DRIVER, responder, cast::MIA].map(cast::member).to_vec();
        Self { policy, people, depth: 4, property: None }
    }

    /// Searches with these people instead.
    #[must_use]
    pub fn with(mut self, people: impl IntoIterator<Item = Member>) -> Self {
        self.people = people.into_iter().collect();
        self
    }

    /// Searches so many turns deep.
    #[must_use]
    pub const fn to_depth(mut self, turns: usize) -> Self {
        self.depth = turns;
        self
    }

    /// Requires a property of one's own of every answer, besides the invariants of every state.
    #[must_use]
    pub const fn requiring(mut self, property: fn(&Moment<'_>) -> Held) -> Self {
        self.property = Some(property);
        self
    }

    /// Searches.
    ///
    /// # Errors
    /// Shows the shortest way to what breaks something.
    pub fn run(&self) -> Result<Found, Box<Counterexample>> {
        let mut lives = Lives::begin(self);
        let pairs = Pairs::explore(self, &mut lives)?;
        lives.all_can_end()?;
        Ok(Found {
            depth: self.depth,
            pairs: pairs.known.len(),
            states: lives.all.len(),
            complete: pairs.complete,
            asked: lives.seen.asked,
            compared: lives.seen.compared,
            kinds: lives.seen.states,
            facts: lives.seen.facts,
            rejections: lives.seen.rejections,
        })
    }

    /// Everything that may be asked, by everybody who is here.
    fn asked(&self, incident: Option<&Incident>) -> impl Iterator<Item = (Actor, Command)> {
        let mut commands = explore::commands(incident);
        commands.retain(|command| named(command).is_none_or(|person| self.is_here(person)));
        let people = self.people.iter().cloned().map(Actor::Person);
        let actors: Vec<Actor> = people.chain([Actor::Assistant, Actor::System]).collect();
        commands
            .into_iter()
            .flat_map(move |command| actors.clone().into_iter().map(move |actor| (actor, command.clone())))
    }

    fn is_here(&self, person: PersonId) -> bool {
        self.people.iter().any(|member| member.id == person)
    }
}

/// Whom a command names.
fn named(command: &Command) -> Option<PersonId> {
    match command {
        Command::Assign { to } | Command::Reassign { to, .. } | Command::PageOutcome { target: to, .. } => {
            Some(to.id)
        }
        Command::RevokeClaim { person, .. }
        | Command::RoleLost { person }
        | Command::MemberLeft { person }
        | Command::EraseSubject { person } => Some(*person),
        Command::Create { .. }
        | Command::Route { .. }
        | Command::Triage { .. }
        | Command::TriageFailed { .. }
        | Command::Acknowledge
        | Command::Release
        | Command::Escalate
        | Command::Deescalate { .. }
        | Command::Transfer { .. }
        | Command::Hold { .. }
        | Command::Resume
        | Command::RequestResolve
        | Command::Resolve { .. }
        | Command::SubmitSummary { .. }
        | Command::CancelResolve
        | Command::AmendSummary { .. }
        | Command::Cancel { .. }
        | Command::Close { .. }
        | Command::MarkDuplicate { .. }
        | Command::Confirm
        | Command::Reopen { .. }
        | Command::KeepOpen
        | Command::ReporterReply { .. }
        | Command::SetPriority { .. }
        | Command::SetSeverity { .. }
        | Command::Tag { .. }
        | Command::Untag { .. }
        | Command::EditDescription { .. }
        | Command::AddNote { .. }
        | Command::Attach { .. }
        | Command::OverrideState { .. }
        | Command::RepairSurface
        | Command::Archive
        | Command::ChannelMigrated
        | Command::ChannelLost
        | Command::Wake => None,
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { depth, pairs, states, asked, compared, .. } = self;
        write!(f, "{pairs} states of two incidents, made of {states} of one, within {depth} turns")?;
        if let Some(turns) = self.complete {
            write!(f, " (all there are: nothing new after {turns})")?;
        }
        write!(f, "; step was asked {asked} times, {compared} arrivals were compared")
    }
}
