//! Files that a group is owed: reports, whose figures wait in the outbox, and files that are to be shown again.

use std::time::Duration;

use super::fixture::{Office, Works, at, claimed, done, settle, text};
use crate::figures::{
    Figures, Period, PersonFigures, Tally, Targets, TeamFigures, Waiting, Weekday, Window, Zone,
};
use crate::ids::{IncidentId, Number, PersonId, TeamId};
use crate::incident::{CloseReason, Lane, StateKind};
use crate::ports::{Owed, RosterCommit, Store};
use crate::report::Form;
use crate::roster::{RosterEffect, RosterStep};

/// What a report tells comes out as it went in, in the order of the files; so does which file is to be shown.
pub async fn what_files_a_group_is_owed_is_kept_whole(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let before = office.roster().await;
    let group = office.group;
    let topic = Some(text("17"));
    let figures = Box::new(figures(&office));
    let report = |form| RosterEffect::SendReport {
        group,
        chat: None,
        topic: topic.clone(),
        form,
        figures: figures.clone(),
    };
    let incident = IncidentId::from_u128(9);
    let shown = RosterEffect::SendFile { group, chat: None, topic: None, incident, file: 3 };
    let effects = vec![report(Form::Html), report(Form::Csv), shown];
    let step = RosterStep { roster: before.clone(), events: Vec::new(), effects: effects.clone() };
    store.commit_roster(RosterCommit::new(before.version, step, at(5))).await.works();
    for (effect, secs) in effects.into_iter().zip(6..) {
        let next = claimed(store, Lane::Notice, secs).await;
        assert_eq!((next.owed.clone(), next.chat.clone()), (Owed::Roster { effect }, office.chat.clone()));
        settle(store, &next, done(), secs).await;
    }
    assert_eq!(office.roster().await, before);
}

/// Figures with something in every part of them, as of a zone that is not UTC.
fn figures(office: &Office<'_>) -> Figures {
    let zone: Zone = "Europe/Amsterdam".parse().expect("there is such a zone");
    let window =
        Window::of(Period::Week, zone.date(at(0)), &zone, Weekday::Sunday).expect("it is in the calendar");
    let targets = Targets::from(&office.policy);
    let mut figures = Tally::new(window, targets, at(5)).finish();
    let (person, other) = (PersonId::new(7), PersonId::new(1));
    let active = Duration::from_micros(1_500_001);
    figures.people =
        [person, other].map(|id| (id, PersonFigures { active, ..PersonFigures::default() })).into();
    let team = TeamFigures { counted: 2, ..TeamFigures::default() };
    figures.teams = [(None, TeamFigures::default()), (Some(TeamId::new(3)), team)].into();
    figures.groups = [(office.group, u64::MAX >> 1)].into();
    figures.states = StateKind::ALL.map(|state| (state, 1)).into();
    figures.closed = [(CloseReason::Idle, 4)].into();
    figures.hours[6][23] = 5;
    let number = Number { year: 2026, seq: 12 };
    let id = IncidentId::from_u128(9);
    figures.waiting = vec![Waiting { since: at(1), id, number, state: StateKind::OnHold }];
    figures
}
