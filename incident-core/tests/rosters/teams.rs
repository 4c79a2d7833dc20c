//! Teams, and what a company sets for itself.

use incident_core::incident::Rejection;
use incident_core::roster::{Announcement, Setting};

use super::*;

#[test]
fn teams_have_names_of_their_own_and_members() {
    let team = TeamId::new(1);
    let add = |name: &str| RosterCommand::AddTeam { name: text(name), restricted: true };
    let join = |member| RosterCommand::JoinTeam { team, member };
    let leave = |member| RosterCommand::LeaveTeam { team, member };
    let teamed = grouped().after(add("Tyres"));
    teamed.refused(actor(ADA), add("tyres"), no_change());
    teamed.refused(actor(MIA), add("Engines"), Rejection::NotAuthorized);
    let engines = RosterFact::TeamAdded { team: TeamId::new(2), name: text("Engines"), restricted: true };
    assert_eq!(teamed.then(actor(ADA), add("Engines")), (vec![engines], vec![]));
    let joined = vec![RosterFact::TeamJoined { team, member: person(TIM) }];
    assert_eq!(teamed.then(actor(ADA), join(person(TIM))), (joined, vec![]));
    let with_tim = teamed.clone().after(join(person(TIM)));
    assert_eq!(with_tim.then(actor(ADA), join(person(TIM))), (vec![], vec![]));
    assert_eq!(
        with_tim.then(actor(ADA), leave(person(TIM))),
        (
            vec![RosterFact::TeamLeft { team, member: person(TIM) }],
            vec![RosterEffect::EndClaims { group: GROUP, person: TIM }]
        )
    );
    assert_eq!(teamed.then(actor(ADA), leave(person(TIM))), (vec![], vec![]));
    for command in [join(person(TIM)), leave(person(TIM))] {
        grouped().refused(actor(ADA), command.clone(), Rejection::Unknown);
        teamed.refused(actor(MIA), command, Rejection::NotAuthorized);
    }
}

#[test]
fn settings_change_the_policy_of_this_company_alone() {
    let set = |setting| RosterCommand::Set { setting };
    let minute = Duration::from_secs(60);
    let base = Policy::preset(Preset::TwoTier);
    let changed = grouped()
        .after(set(Setting::SelfRegistration(Some(true))))
        .after(set(Setting::UnclaimedNudge(Some(3 * minute))))
        .after(set(Setting::EscalationNudge(Some(4 * minute))))
        .after(set(Setting::Locale(Some(text("de")))));
    let policy = changed.roster().policy(&base);
    let nudge = |level: usize| policy.rules().levels[level].nudge.map(|nudge| nudge.after);
    assert!(policy.rules().self_registration);
    assert_eq!((nudge(0), nudge(1)), (Some(3 * minute), Some(4 * minute)));
    assert_eq!(changed.roster().settings.locale, Some(text("de")));
    assert_eq!(grouped().roster().policy(&base), base);
    let back =
        changed.clone().after(set(Setting::UnclaimedNudge(None))).after(set(Setting::SelfRegistration(None)));
    assert_eq!(back.roster().policy(&base).rules().levels[0], base.rules().levels[0]);
    assert_eq!(changed.then(actor(ADA), set(Setting::SelfRegistration(Some(true)))), (vec![], vec![]));
    changed.refused(actor(MIA), set(Setting::SelfRegistration(None)), Rejection::NotAuthorized);
    for nothing in [Duration::ZERO, Duration::from_nanos(999)] {
        grouped().refused(actor(ADA), set(Setting::UnclaimedNudge(Some(nothing))), unreachable());
        grouped().refused(actor(ADA), set(Setting::EscalationNudge(Some(nothing))), unreachable());
    }
}

#[test]
fn a_group_has_a_language_of_its_own_and_its_cards_are_drawn_again_in_it() {
    let own = |group, locale: Option<&str>| Setting::GroupLocale { group, locale: locale.map(text) };
    let speaks = |group, locale| RosterCommand::Set { setting: own(group, locale) };
    let told = || RosterEffect::Tell { group: GROUP, announcement: Announcement::Language };
    let company = grouped().after(RosterCommand::Set { setting: Setting::Locale(Some(text("es"))) });
    assert_eq!(company.roster().locale(GROUP), Some(&text("es")));
    let chosen = speaks(GROUP, Some("ru"));
    let refresh = RosterEffect::Refresh { group: GROUP };
    let fact = RosterFact::SettingChanged { setting: own(GROUP, Some("ru")) };
    assert_eq!(company.then(actor(ADA), chosen.clone()), (vec![fact], vec![refresh, told()]));
    let russian = company.after(chosen.clone());
    assert_eq!(russian.roster().locale(GROUP), Some(&text("ru")));
    assert_eq!(russian.then(actor(ADA), chosen.clone()), (vec![], vec![told()]), "somebody asked");
    russian.refused(actor(MIA), chosen, Rejection::NotAuthorized);
    let nowhere = GroupId::from_u128(99);
    russian.refused(actor(ADA), speaks(nowhere, Some("ru")), Rejection::Unknown);
    let back = russian.after(speaks(GROUP, None));
    assert_eq!(back.roster().locale(GROUP), Some(&text("es")));
    assert_eq!(back.roster().settings.group_locales.len(), 0);
}
