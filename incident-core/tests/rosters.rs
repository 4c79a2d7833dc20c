//! What may be asked of a roster, by whom, and what follows.

#[path = "rosters/teams.rs"]
mod teams;

use std::time::Duration;

use incident_core::ids::{ChatRef, CompanyId, GroupId, Handle, PersonId, Platform, TeamId, Version};
use incident_core::incident::{By, Invalid, Rejection};
use incident_core::policy::{Actor, Policy, Preset, Role};
use incident_core::roster::{
    Announcement, Grantee, GroupStatus, Right, Roster, RosterCommand, RosterEffect, RosterEvent, RosterFact,
    RosterInput, RosterStep, fold, step,
};
use incident_core::testkit::cast::{
    ADA, ANN, BOB, COMPANY, DRIVER, GROUP, MIA, PIA, SAM, START, TIM, actor, text,
};

const ELSEWHERE: GroupId = GroupId::from_u128(77);

/// A roster with everything that happened to it.
#[derive(Clone)]
struct Story {
    roster: Option<Roster>,
    journal: Vec<RosterEvent>,
}

impl Story {
    fn ask(&self, who: Actor, commands: Vec<RosterCommand>) -> Result<RosterStep, Rejection> {
        let policy = Policy::preset(Preset::TwoTier);
        step(
            &policy,
            self.roster.as_ref(),
            &RosterInput { company: COMPANY, at: START, actor: who, commands },
        )
    }

    #[track_caller]
    fn after(mut self, command: RosterCommand) -> Self {
        let step = self.ask(Actor::System, vec![command]).expect("the desk itself may do this");
        self.journal.extend(step.events);
        assert_eq!(fold(COMPANY, &self.journal).as_ref(), Some(&step.roster));
        self.roster = Some(step.roster);
        self
    }

    /// Asks for one thing and returns what happened and what is owed.
    #[track_caller]
    fn then(&self, who: Actor, command: RosterCommand) -> (Vec<RosterFact>, Vec<RosterEffect>) {
        let step = self.ask(who, vec![command]).expect("it is accepted");
        (step.events.into_iter().map(|event| event.fact).collect(), step.effects)
    }

    #[track_caller]
    fn refused(&self, who: Actor, command: RosterCommand, rejection: Rejection) {
        assert_eq!(self.ask(who, vec![command]), Err(rejection));
    }

    fn roster(&self) -> &Roster {
        self.roster.as_ref().expect("it was founded")
    }
}

fn nothing() -> Story {
    Story { roster: None, journal: Vec::new() }
}

fn founded() -> Story {
    nothing().after(RosterCommand::Found { name: text("Acme") })
}

fn grouped() -> Story {
    founded().after(add_group(GROUP, "-1", true))
}

fn add_group(group: GroupId, address: &str, active: bool) -> RosterCommand {
    RosterCommand::AddGroup { group, chat: chat(address), title: text("Night shift"), active }
}

fn chat(address: &str) -> ChatRef {
    ChatRef::new(Platform::Telegram, address)
}

fn person(id: PersonId) -> Grantee {
    Grantee::Person(id)
}

fn handle() -> Handle {
    Handle::parse(Platform::Telegram, "@newcomer").expect("it is a handle")
}

fn grant(role: Role, to: Grantee) -> RosterCommand {
    RosterCommand::Grant { group: GROUP, role, to }
}

fn revoke(role: Role, from: Grantee) -> RosterCommand {
    RosterCommand::Revoke { group: GROUP, role, from }
}

fn managers(managers: Vec<Grantee>) -> RosterCommand {
    RosterCommand::ConfigureManagers { group: GROUP, managers }
}

fn tell(announcement: Announcement) -> RosterEffect {
    RosterEffect::Tell { group: GROUP, announcement }
}

fn no_change() -> Rejection {
    Rejection::InvalidInput { reason: Invalid::NoChange }
}

fn unreachable() -> Rejection {
    Rejection::InvalidInput { reason: Invalid::Unreachable }
}

#[test]
fn an_administrator_founds_a_company_once() {
    let found = || RosterCommand::Found { name: text("Acme") };
    for who in [actor(ADA), actor(PIA), Actor::System] {
        assert_eq!(
            nothing().then(who, found()),
            (vec![RosterFact::CompanyFounded { name: text("Acme") }], vec![])
        );
    }
    for who in [actor(MIA), actor(SAM), Actor::Assistant] {
        nothing().refused(who, found(), Rejection::NotAuthorized);
    }
    founded().refused(actor(ADA), found(), no_change());
    nothing().refused(actor(ADA), add_group(GROUP, "-1", true), Rejection::Unknown);
}

#[test]
fn a_group_works_at_once_or_waits_for_approval() {
    let waiting = founded().after(add_group(GROUP, "-1", false));
    assert_eq!(grouped().roster().groups[&GROUP].status, GroupStatus::Active);
    assert_eq!(waiting.roster().groups[&GROUP].status, GroupStatus::Pending);
    let activate = RosterCommand::Activate { group: GROUP };
    assert_eq!(
        waiting.then(actor(PIA), activate.clone()),
        (vec![RosterFact::GroupActivated { group: GROUP }], vec![RosterEffect::Redraw { group: GROUP }])
    );
    waiting.refused(actor(ADA), activate.clone(), Rejection::NotAuthorized);
    let approved = waiting.after(activate.clone());
    assert_eq!(approved.roster().groups[&GROUP].status, GroupStatus::Active);
    assert_eq!(grouped().then(actor(PIA), activate), (vec![], vec![]));
    grouped().refused(actor(ADA), add_group(GROUP, "-2", true), no_change());
    grouped().refused(actor(ADA), add_group(ELSEWHERE, "-1", true), no_change());
    grouped().refused(actor(SAM), add_group(ELSEWHERE, "-2", true), Rejection::NotAuthorized);
    founded().refused(actor(PIA), RosterCommand::Activate { group: GROUP }, Rejection::Unknown);
}

#[test]
fn a_suspended_group_s_incidents_hear_of_it_and_are_drawn_anew_when_it_works_again() {
    let suspend = || RosterCommand::Suspend { group: GROUP };
    let suspended =
        (vec![RosterFact::GroupSuspended { group: GROUP }], vec![RosterEffect::Abandon { group: GROUP }]);
    assert_eq!(grouped().then(actor(PIA), suspend()), suspended);
    grouped().refused(actor(ADA), suspend(), Rejection::NotAuthorized);
    let gone = grouped().after(suspend());
    assert_eq!(gone.then(Actor::System, suspend()), (vec![], vec![]));
    assert_eq!(
        gone.then(Actor::System, RosterCommand::Activate { group: GROUP }),
        (vec![RosterFact::GroupActivated { group: GROUP }], vec![RosterEffect::Redraw { group: GROUP }])
    );
}

#[test]
fn a_withdrawn_group_waits_for_approval_whether_the_bot_is_there_or_not() {
    let withdraw = || RosterCommand::Withdraw { group: GROUP };
    let withdrawn =
        (vec![RosterFact::GroupWithdrawn { group: GROUP }], vec![RosterEffect::Abandon { group: GROUP }]);
    assert_eq!(grouped().then(actor(PIA), withdraw()), withdrawn);
    grouped().refused(actor(ADA), withdraw(), Rejection::NotAuthorized);
    let waiting = grouped().after(withdraw());
    assert_eq!(waiting.roster().groups[&GROUP].status, GroupStatus::Pending);
    for again in [withdraw(), RosterCommand::Suspend { group: GROUP }] {
        assert_eq!(waiting.then(Actor::System, again), (vec![], vec![]));
    }
    assert_eq!(
        waiting.then(actor(PIA), RosterCommand::Activate { group: GROUP }),
        (vec![RosterFact::GroupActivated { group: GROUP }], vec![RosterEffect::Redraw { group: GROUP }])
    );
}

#[test]
fn those_not_named_are_managers_no_more() {
    let configured = grouped().after(managers(vec![person(MIA), Grantee::Handle(handle())]));
    assert!(
        configured.roster().groups[&GROUP].is_configured()
            && !grouped().roster().groups[&GROUP].is_configured()
    );
    let (facts, effects) =
        configured.then(actor(ADA), managers(vec![person(BOB), Grantee::Handle(handle())]));
    assert_eq!(
        facts,
        [
            RosterFact::RoleRevoked { group: GROUP, role: Role::Manager, from: person(MIA) },
            RosterFact::RoleGranted { group: GROUP, role: Role::Manager, to: person(BOB) },
        ]
    );
    let now = vec![person(BOB), Grantee::Handle(handle())];
    assert_eq!(
        effects,
        [
            RosterEffect::EndClaims { group: GROUP, person: MIA },
            tell(Announcement::Managers { managers: now }),
        ]
    );
    configured.refused(actor(ADA), managers(vec![]), no_change());
    configured.refused(actor(MIA), managers(vec![person(SAM)]), Rejection::NotAuthorized);
    founded().refused(actor(ADA), managers(vec![person(MIA)]), Rejection::Unknown);
}

#[test]
fn roles_are_granted_and_taken_by_administrators() {
    let granted = vec![RosterFact::RoleGranted { group: GROUP, role: Role::Responder, to: person(ANN) }];
    let told = |announcement| vec![tell(announcement)];
    let grant_ann = || grant(Role::Responder, person(ANN));
    let welcome = Announcement::Granted { role: Role::Responder, to: person(ANN) };
    assert_eq!(grouped().then(actor(ADA), grant_ann()), (granted, told(welcome.clone())));
    for who in [ANN, MIA, SAM] {
        grouped().refused(actor(who), grant_ann(), Rejection::NotAuthorized);
    }
    let with_ann = grouped().after(grant_ann());
    assert_eq!(with_ann.then(actor(ADA), grant_ann()), (vec![], told(welcome)));
    assert!(with_ann.roster().standing(GROUP, ANN).roles.has(Role::Responder));
    let farewell = tell(Announcement::Revoked { role: Role::Responder, from: person(ANN) });
    assert_eq!(
        with_ann.then(actor(ADA), revoke(Role::Responder, person(ANN))),
        (
            vec![RosterFact::RoleRevoked { group: GROUP, role: Role::Responder, from: person(ANN) }],
            vec![RosterEffect::EndClaims { group: GROUP, person: ANN }, farewell]
        )
    );
    let not_held = tell(Announcement::NotHeld { role: Role::Responder, from: person(ANN) });
    assert_eq!(grouped().then(actor(ADA), revoke(Role::Responder, person(ANN))), (vec![], vec![not_held]));
    with_ann.refused(actor(ANN), revoke(Role::Responder, person(ANN)), Rejection::NotAuthorized);
    founded().refused(actor(ADA), grant_ann(), Rejection::Unknown);
    founded().refused(actor(ADA), revoke(Role::Responder, person(ANN)), Rejection::Unknown);
}

#[test]
fn taking_away_a_role_that_holds_nothing_ends_no_claim() {
    let reporter = grouped().after(grant(Role::Reporter, person(DRIVER)));
    let (_, effects) = reporter.then(actor(ADA), revoke(Role::Reporter, person(DRIVER)));
    assert_eq!(effects, [tell(Announcement::Revoked { role: Role::Reporter, from: person(DRIVER) })]);
    let unseen = grouped().after(grant(Role::Manager, Grantee::Handle(handle())));
    let (_, effects) = unseen.then(actor(ADA), revoke(Role::Manager, Grantee::Handle(handle())));
    assert_eq!(effects.len(), 1);
}

#[test]
fn nobody_is_made_an_administrator_here() {
    for role in [Role::Admin, Role::PlatformAdmin] {
        for who in [actor(ADA), actor(PIA), Actor::System] {
            grouped().refused(who, grant(role, person(ADA)), unreachable());
        }
    }
}

#[test]
fn anybody_registers_themselves_as_a_reporter_and_nobody_else() {
    let register = |who| grant(Role::Reporter, person(who));
    assert_eq!(grouped().then(actor(SAM), register(SAM)).0.len(), 1);
    grouped().refused(actor(SAM), register(DRIVER), Rejection::NotAuthorized);
    grouped().refused(actor(SAM), grant(Role::Responder, person(SAM)), Rejection::NotAuthorized);
    grouped().refused(actor(SAM), grant(Role::Reporter, Grantee::Handle(handle())), Rejection::NotAuthorized);
}

#[test]
fn what_was_granted_to_a_handle_belongs_to_its_owner_once_they_appear() {
    let bind = || RosterCommand::Bind { handle: handle(), person: ANN };
    let unseen = grouped()
        .after(grant(Role::Responder, Grantee::Handle(handle())))
        .after(RosterCommand::AddTeam { name: text("Tyres"), restricted: false })
        .after(RosterCommand::JoinTeam { team: TeamId::new(1), member: Grantee::Handle(handle()) });
    assert!(unseen.roster().awaits(&handle()));
    let in_a_team = grouped()
        .after(RosterCommand::AddTeam { name: text("Tyres"), restricted: false })
        .after(RosterCommand::JoinTeam { team: TeamId::new(1), member: Grantee::Handle(handle()) });
    assert!(in_a_team.roster().awaits(&handle()) && !grouped().roster().awaits(&handle()));
    let bound = vec![RosterFact::HandleBound { handle: handle(), person: ANN }];
    assert_eq!(unseen.then(Actor::System, bind()), (bound, vec![]));
    let known = unseen.clone().after(bind());
    let standing = known.roster().standing(GROUP, ANN);
    assert!(standing.roles.has(Role::Responder));
    assert_eq!(standing.teams, [TeamId::new(1)]);
    assert!(!known.roster().awaits(&handle()));
    assert_eq!(known.then(Actor::System, bind()), (vec![], vec![]));
    unseen.refused(actor(ANN), bind(), Rejection::NotAuthorized);
}

#[test]
fn a_chat_moves_and_its_cards_with_it() {
    let to = || chat("-1001");
    let migrate = || RosterCommand::MigrateChat { group: GROUP, to: to() };
    assert_eq!(
        grouped().then(Actor::System, migrate()),
        (
            vec![RosterFact::ChatMigrated { group: GROUP, to: to() }],
            vec![RosterEffect::Redraw { group: GROUP }]
        )
    );
    let moved = grouped().after(migrate());
    assert_eq!(moved.roster().group_in(&to()).map(|group| group.id), Some(GROUP));
    assert_eq!(moved.roster().group_in(&chat("-1")), None);
    assert_eq!(moved.then(Actor::System, migrate()), (vec![], vec![]));
    grouped().refused(actor(SAM), migrate(), Rejection::NotAuthorized);
    founded().refused(Actor::System, migrate(), Rejection::Unknown);
}

#[test]
fn a_missing_right_is_told_once() {
    let report = |right, held| RosterCommand::ReportRight { group: GROUP, right, held };
    let lost = grouped().then(Actor::System, report(Right::Pin, false));
    let changed = |right, held| vec![RosterFact::RightChanged { group: GROUP, right, held }];
    let told = vec![tell(Announcement::RightMissing { right: Right::Pin })];
    assert_eq!(lost, (changed(Right::Pin, false), told));
    let without = grouped().after(report(Right::Pin, false));
    assert_eq!(without.then(Actor::System, report(Right::Pin, false)), (vec![], vec![]));
    let refresh = vec![RosterEffect::Refresh { group: GROUP }];
    assert_eq!(without.then(Actor::System, report(Right::Pin, true)), (changed(Right::Pin, true), refresh));
    assert_eq!(grouped().then(Actor::System, report(Right::Pin, true)), (vec![], vec![]));
    assert_eq!(
        grouped().then(Actor::System, report(Right::Write, false)),
        (changed(Right::Write, false), vec![])
    );
    grouped().refused(actor(SAM), report(Right::Pin, false), Rejection::NotAuthorized);
    founded().refused(Actor::System, report(Right::Pin, false), Rejection::Unknown);
}

#[test]
fn several_commands_are_accepted_together_or_not_at_all() {
    let twice = grouped().ask(
        actor(ADA),
        vec![
            grant(Role::Responder, person(ANN)),
            RosterCommand::AddTeam { name: text("Tyres"), restricted: false },
        ],
    );
    let twice = twice.expect("both are accepted");
    assert_eq!((twice.events.len(), twice.roster.version), (2, Version::new(4)));
    assert_eq!(twice.events[0].by, By::Person(ADA));
    let one_is_not = vec![grant(Role::Responder, person(ANN)), RosterCommand::Activate { group: GROUP }];
    assert_eq!(grouped().ask(actor(ADA), one_is_not), Err(Rejection::NotAuthorized));
    assert_eq!(nothing().ask(actor(ADA), vec![]), Err(Rejection::Unknown));
}

#[test]
fn one_company_s_commands_do_nothing_to_another() {
    let policy = Policy::preset(Preset::TwoTier);
    let other = CompanyId::from_u128(99);
    let grouped = grouped();
    let commands = vec![grant(Role::Responder, person(ANN))];
    let input = RosterInput { company: other, at: START, actor: actor(ADA), commands };
    assert_eq!(step(&policy, grouped.roster.as_ref(), &input), Err(Rejection::Unknown));
    assert_eq!(grouped.roster().standing(ELSEWHERE, ANN).roles, incident_core::policy::Roles::NONE);
}

#[test]
fn time_only_moves_forward_for_rosters_too() {
    let policy = Policy::preset(Preset::TwoTier);
    let late = START + Duration::from_secs(100);
    let ask = |roster: Option<&Roster>, at, commands| {
        step(&policy, roster, &RosterInput { company: COMPANY, at, actor: Actor::System, commands })
            .expect("the desk itself may do this")
    };
    let founded = ask(None, late, vec![RosterCommand::Found { name: text("Acme") }]);
    let grouped = ask(Some(&founded.roster), START, vec![add_group(GROUP, "-1", true)]);
    assert_eq!((grouped.events[0].at, grouped.roster.updated_at), (late, late));
}
