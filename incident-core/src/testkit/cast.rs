//! The people of the tests, the group they work in, and the incident it is about. One of each standing, so
//! that a rule can be put to everybody whom it may concern.

use crate::ids::{ChatRef, CompanyId, GroupId, Identity, IncidentId, Number, PersonId, Platform, TeamId};
use crate::incident::{Command, Incident, Priority, Report, TeamChoice};
use crate::policy::{Actor, Member, Policy, Preset, Role, Roles, Standing};
use crate::ports::{Filed, Person, Profile};
use crate::roster::{self, Grantee, Roster, RosterCommand, RosterInput};
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::People;

/// The company.
pub const COMPANY: CompanyId = CompanyId::from_u128(1);
/// Its group.
pub const GROUP: GroupId = GroupId::from_u128(2);
/// The incident.
pub const INCIDENT: IncidentId = IncidentId::from_u128(3);
/// When it all begins: 2026-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp::from_secs(1_767_225_600);

/// Reports.
pub const DRIVER: PersonId = PersonId::new(1);
/// Responds.
pub const ANN: PersonId = PersonId::new(2);
/// Responds as well.
pub const BOB: PersonId = PersonId::new(3);
/// Manages.
pub const MIA: PersonId = PersonId::new(4);
/// Manages as well.
pub const MAX: PersonId = PersonId::new(5);
/// Administers the chat.
pub const ADA: PersonId = PersonId::new(6);
/// Runs the installation.
pub const PIA: PersonId = PersonId::new(7);
/// Belongs to [`TYRES`].
pub const TIM: PersonId = PersonId::new(8);
/// Belongs to [`TYRES`] as well.
pub const TOM: PersonId = PersonId::new(9);
/// Belongs to [`ENGINES`].
pub const EVA: PersonId = PersonId::new(10);
/// Has no standing at all.
pub const SAM: PersonId = PersonId::new(11);

/// Everybody.
pub const EVERYBODY: [PersonId; 11] = [DRIVER, ANN, BOB, MIA, MAX, ADA, PIA, TIM, TOM, EVA, SAM];

/// A team that anybody may choose.
pub const TYRES: TeamId = TeamId::new(1);
/// A team that only members of teams and managers may choose.
pub const ENGINES: TeamId = TeamId::new(2);

/// Returns a team as it is chosen.
pub fn choice(team: TeamId) -> TeamChoice {
    TeamChoice { team, restricted: team == ENGINES }
}

/// Returns one of [`EVERYBODY`] with their standing; others have none.
pub fn member(person: PersonId) -> Member {
    let role = match person {
        DRIVER => Some(Role::Reporter),
        ANN | BOB => Some(Role::Responder),
        MIA | MAX => Some(Role::Manager),
        ADA => Some(Role::Admin),
        PIA => Some(Role::PlatformAdmin),
        _ => None,
    };
    let teams = match person {
        TIM | TOM => vec![TYRES],
        EVA => vec![ENGINES],
        _ => Vec::new(),
    };
    Member::new(person, Standing { roles: role.map_or(Roles::NONE, Roles::from), teams })
}

/// Returns one of [`EVERYBODY`] as somebody who asks.
pub fn actor(person: PersonId) -> Actor {
    Actor::Person(member(person))
}

/// Lists whoever may ask for something: everybody, the assistant, the desk itself.
pub fn actors() -> Vec<Actor> {
    EVERYBODY.into_iter().map(actor).chain([Actor::Assistant, Actor::System]).collect()
}

/// Makes a text as a note may be.
///
/// # Panics
/// If it is empty or too long.
pub fn text(words: &str) -> Text {
    Text::new(words, Limits::NOTE).expect("the texts of tests are within limits")
}

/// Makes a report in the group.
///
/// # Panics
/// If the description is empty or too long for a note; whether it will do for a report is for the machine.
pub fn report(description: &str) -> Command {
    Command::Create {
        report: Report {
            company: COMPANY,
            group: GROUP,
            group_active: true,
            topic: None,
            description: text(description),
            attachments: Vec::new(),
            priority: Priority::Normal,
            recent: Vec::new(),
            recent_here: Vec::new(),
        },
    }
}

/// Returns the company with its group, its teams, and everybody in their place.
///
/// # Panics
/// Never: the roster accepts what is asked of it here.
pub fn roster() -> Roster {
    let somebody = Grantee::Person;
    let mut commands = vec![
        RosterCommand::Found { name: text("Acme Haulage") },
        RosterCommand::AddGroup {
            group: GROUP,
            chat: ChatRef::new(Platform::Sandbox, "1"),
            title: text("Night shift"),
            active: true,
        },
        RosterCommand::AddTeam { name: text("Tyres"), restricted: false },
        RosterCommand::AddTeam { name: text("Engines"), restricted: true },
    ];
    for person in EVERYBODY {
        let standing = member(person).standing;
        let to = somebody(person);
        let granted = standing.roles.iter().filter(|role| !matches!(role, Role::Admin | Role::PlatformAdmin));
        commands.extend(granted.map(|role| RosterCommand::Grant { group: GROUP, role, to: to.clone() }));
        commands.extend(
            standing.teams.iter().map(|team| RosterCommand::JoinTeam { team: *team, member: to.clone() }),
        );
    }
    let input = RosterInput { company: COMPANY, at: START, actor: Actor::System, commands };
    roster::step(&Policy::preset(Preset::TwoTier), None, &input)
        .expect("the desk itself may do all this")
        .roster
}

/// Returns the names behind the ids of [`EVERYBODY`].
pub fn people() -> People {
    let names = ["Driver", "Ann", "Bob", "Mia", "Max", "Ada", "Pia", "Tim", "Tom", "Eva", "Sam"];
    People::new(EVERYBODY.into_iter().zip(names).map(|(id, name)| Person {
        id,
        profile: Profile {
            identity: Identity::new(Platform::Sandbox, name.to_lowercase()),
            handle: None,
            name: text(name),
            locale: None,
        },
    }))
}

/// Files an incident under a number.
pub fn filed(incident: &Incident) -> Filed {
    Filed { number: Number { year: 2026, seq: 1 }, incident: incident.clone() }
}
