//! Who may do what: one function, asked by the incident machine and the roster alike, and by nobody else.

use serde::{Deserialize, Serialize};

use super::{Eligible, Policy};
use crate::ids::{PersonId, TeamId};
use crate::incident::{By, Incident, Level, State};

/// A standing that a person may hold in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May report; the driver of the trucking desk. Anybody may report where nobody is registered.
    Reporter,
    /// Takes incidents at the first level; the dispatcher.
    Responder,
    /// Takes escalated incidents and corrects mistakes; the operations manager.
    Manager,
    /// Administers the chat, as the platform says; grants roles.
    Admin,
    /// Runs the installation, as its configuration says.
    PlatformAdmin,
}

impl Role {
    /// All roles, in their order.
    pub const ALL: [Self; 5] =
        [Self::Reporter, Self::Responder, Self::Manager, Self::Admin, Self::PlatformAdmin];

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(u8);

impl Roles {
    /// No role at all.
    pub const NONE: Self = Self(0);

    /// Adds a role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | role.bit())
    }

    /// Adds the roles of another set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Tells whether the set holds a role.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// Tells whether two sets share a role.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Lists the roles.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self::NONE.with(role)
    }
}

/// What a person is in the group at hand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The roles held there.
    pub roles: Roles,
    /// The teams belonged to.
    pub teams: Vec<TeamId>,
}

impl From<Role> for Standing {
    fn from(role: Role) -> Self {
        Self { roles: role.into(), teams: Vec::new() }
    }
}

/// A person together with what they are in the group at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub id: PersonId,
    /// What they are there.
    pub standing: Standing,
}

impl Member {
    /// Puts the two together.
    pub fn new(id: PersonId, standing: impl Into<Standing>) -> Self {
        Self { id, standing: standing.into() }
    }
}

/// Who asks for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person.
    Person(Member),
    /// The AI that proposes; it is judged like anybody else.
    Assistant,
    /// The desk itself: timers, repairs, what the platform reports.
    System,
}

impl Actor {
    /// Returns what the journal keeps of the actor.
    pub const fn by(&self) -> By {
        match self {
            Self::Person(member) => By::Person(member.id),
            Self::Assistant => By::Assistant,
            Self::System => By::System,
        }
    }

    /// Returns the person, if it is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(member) => Some(member.id),
            Self::Assistant | Self::System => None,
        }
    }
}

/// Everything that needs permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Report an incident.
    Report,
    /// Look it up, with what was said and sent in it.
    View,
    /// Choose the team of a new incident.
    Route,
    /// Deliver findings about a new incident.
    Triage,
    /// Claim at a level.
    Acknowledge(Level),
    /// Ask a person to take it.
    Assign,
    /// Hand it from one holder to another.
    Reassign,
    /// End somebody else's claim.
    Revoke,
    /// Ask the next level.
    Escalate,
    /// Give it back to a lower level.
    Deescalate,
    /// Move it to another team.
    Transfer,
    /// Stop or restart the clocks.
    Hold,
    /// Say that it is done.
    Resolve,
    /// Write the promised summary.
    Summarise,
    /// Withdraw the promise of a summary.
    Withdraw,
    /// Correct a summary afterwards.
    Amend,
    /// Take a report back.
    Cancel,
    /// End it from above.
    Close,
    /// Agree that it is solved.
    Confirm,
    /// Open it again.
    Reopen,
    /// Say that it still matters, or add what the reporter has to say.
    Answer,
    /// Set priority, severity and tags.
    Classify,
    /// Correct the description.
    Edit,
    /// Add notes and attachments.
    Annotate,
    /// Put it into any state.
    Override,
    /// Draw its card anew, and pin it.
    Repair,
    /// Archive it.
    Tend,
    /// Erase a person's words.
    Erase,
    /// Say what the platform did: pages answered, chats moved, people gone.
    Observe,
    /// Found a company, or activate or suspend a group.
    Onboard,
    /// Grant and withdraw roles, manage teams, change settings.
    Administer,
    /// Register oneself as a reporter.
    Register,
    /// See the figures of a group.
    Survey,
}

impl Policy {
    /// Tells whether the actor may do this to the incident; `None` where there is none yet.
    ///
    /// This is the only place that knows. It says nothing about states: whether an act makes sense now is
    /// for the machine to judge.
    pub fn may(&self, actor: &Actor, act: Act, incident: Option<&Incident>) -> bool {
        match actor {
            Actor::System => system_may(act),
            Actor::Assistant => assistant_may(act),
            Actor::Person(member) => match incident {
                Some(incident) => self.person_may(member, act, incident),
                None => newcomer_may(member, act),
            },
        }
    }

    /// Tells whether a person may claim at a level of the incident.
    pub fn eligible(&self, standing: &Standing, level: Level, incident: &Incident) -> bool {
        match &self.level(level).eligible {
            Eligible::Roles(roles) => standing.roles.meets(*roles),
            Eligible::Team => incident.team.is_some_and(|team| standing.teams.contains(&team)),
        }
    }

    fn person_may(&self, member: &Member, act: Act, incident: &Incident) -> bool {
        let rules = self.rules();
        let has = |role| member.standing.roles.has(role);
        let manager = has(Role::Manager);
        let admin = has(Role::Admin) || has(Role::PlatformAdmin);
        let reporter = incident.reporter == member.id;
        let holder = incident.holds(member.id);
        let owner = incident.holds_at(member.id, incident.level);
        let eligible = self.eligible(&member.standing, incident.level, incident);
        let responder = eligible || has(Role::Responder) || manager;
        match act {
            Act::Report | Act::Register => true,
            // What has a room is for those concerned alone; all else stands in the chat.
            Act::View => !rules.rooms || reporter || holder || responder || admin,
            Act::Route => (reporter && rules.reporter_routes) || has(Role::Responder) || manager,
            Act::Acknowledge(level) => self.eligible(&member.standing, level, incident),
            Act::Assign | Act::Reassign => manager || owner,
            Act::Revoke => manager || admin,
            Act::Escalate => manager || owner || (rules.eligible_escalates && eligible),
            Act::Deescalate => manager || owner,
            Act::Transfer => manager || owner || eligible,
            Act::Hold => owner || eligible || manager,
            Act::Resolve => {
                let at_level = if rules.resolve_at_current_level { owner } else { holder };
                at_level || (rules.resolve_unclaimed && eligible && !incident.state.is_acknowledged())
            }
            Act::Summarise => match &incident.state {
                State::PendingSummary(pending) => {
                    pending.resolver == member.id || (rules.summary_by_others && (holder || manager))
                }
                State::Triage(_)
                | State::Open(_)
                | State::Acknowledged { .. }
                | State::OnHold(_)
                | State::Resolved(_)
                | State::Closed { .. } => false,
            },
            Act::Withdraw | Act::Amend => manager || incident.resolver() == Some(member.id),
            Act::Cancel => reporter || manager,
            Act::Close => manager || admin || (reporter && rules.reporter_closes),
            Act::Confirm => reporter || manager || admin,
            Act::Reopen | Act::Edit | Act::Annotate | Act::Answer => reporter || responder || holder,
            Act::Classify => responder || holder,
            Act::Override => admin && rules.override_state,
            Act::Repair => responder || admin,
            Act::Tend => admin || manager || (rules.rooms && responder),
            Act::Erase => has(Role::PlatformAdmin),
            Act::Triage | Act::Observe => false,
            Act::Onboard | Act::Administer | Act::Survey => newcomer_may(member, act),
        }
    }
}

fn system_may(act: Act) -> bool {
    matches!(
        act,
        Act::Triage
            | Act::Revoke
            | Act::Repair
            | Act::Tend
            | Act::Observe
            | Act::Erase
            | Act::Onboard
            | Act::Administer
    )
}

fn assistant_may(act: Act) -> bool {
    matches!(act, Act::Triage | Act::Route | Act::Classify)
}

fn newcomer_may(member: &Member, act: Act) -> bool {
    let has = |role| member.standing.roles.has(role);
    match act {
        Act::Report | Act::Register => true,
        Act::Administer => has(Role::Admin) || has(Role::PlatformAdmin),
        Act::Onboard | Act::Erase => has(Role::PlatformAdmin),
        Act::Survey => {
            [Role::Responder, Role::Manager, Role::Admin, Role::PlatformAdmin].into_iter().any(has)
        }
        Act::View
        | Act::Route
        | Act::Triage
        | Act::Acknowledge(_)
        | Act::Assign
        | Act::Reassign
        | Act::Revoke
        | Act::Escalate
        | Act::Deescalate
        | Act::Transfer
        | Act::Hold
        | Act::Resolve
        | Act::Summarise
        | Act::Withdraw
        | Act::Amend
        | Act::Cancel
        | Act::Close
        | Act::Confirm
        | Act::Reopen
        | Act::Answer
        | Act::Classify
        | Act::Edit
        | Act::Annotate
        | Act::Override
        | Act::Repair
        | Act::Tend
        | Act::Observe => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Preset;

    #[test]
    fn a_set_holds_the_roles_it_was_given_and_no_others() {
        for role in Role::ALL {
            assert_eq!(Roles::from(role).iter().collect::<Vec<_>>(), [role]);
            assert!(!Roles::NONE.has(role) && !Roles::NONE.with(role).meets(Roles::NONE));
        }
        let both = Roles::from(Role::Manager).with(Role::Reporter);
        assert_eq!(both.iter().collect::<Vec<_>>(), [Role::Reporter, Role::Manager]);
        assert!(both.meets(Role::Manager.into()) && !both.meets(Role::Admin.into()));
    }

    #[test]
    fn installations_and_groups_have_their_own_administrators() {
        let policy = Policy::preset(Preset::TwoTier);
        let may =
            |role: Role, act| policy.may(&Actor::Person(Member::new(PersonId::new(1), role)), act, None);
        for (act, allowed) in [
            (Act::Onboard, vec![Role::PlatformAdmin]),
            (Act::Administer, vec![Role::Admin, Role::PlatformAdmin]),
            (Act::Erase, vec![Role::PlatformAdmin]),
            (Act::Report, Role::ALL.to_vec()),
            (Act::Register, Role::ALL.to_vec()),
            (Act::Override, vec![]),
            (Act::Survey, vec![Role::Responder, Role::Manager, Role::Admin, Role::PlatformAdmin]),
            (Act::Observe, vec![]),
        ] {
            assert_eq!(
                Role::ALL.into_iter().filter(|role| may(*role, act)).collect::<Vec<_>>(),
                allowed,
                "{act:?}"
            );
        }
    }

    #[test]
    fn an_incident_makes_nobody_an_administrator() {
        use crate::testkit::cast::{self, ADA, DRIVER, MIA, PIA};
        let open = crate::testkit::given(Policy::preset(Preset::TwoTier))
            .asked(DRIVER, cast::report("A tyre is flat"));
        let may = |person, act| open.policy().may(&cast::actor(person), act, Some(open.incident()));
        assert_eq!(
            [DRIVER, MIA, ADA, PIA].map(|person| may(person, Act::Administer)),
            [false, false, true, true]
        );
        assert_eq!(
            [DRIVER, MIA, ADA, PIA].map(|person| may(person, Act::Onboard)),
            [false, false, false, true]
        );
    }
}
