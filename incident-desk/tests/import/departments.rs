//! The edition with departments.

use incident_core::ids::TeamId;
use incident_core::incident::{CloseReason, Ending, State, StateKind};
use incident_core::policy::{Preset, Role};
use incident_core::ports::Tenancy;
use incident_core::roster::Grantee;
use incident_desk::import::Imported;

use crate::old_files::{DEPARTMENT_ROWS, DEPARTMENTS};
use crate::{Place, stints};

const GROUP: i64 = -2_001;

async fn imported(preset: Preset) -> (Place, Vec<String>) {
    let place = Place::new();
    let (imported, lines) = place.imports(&place.file(&[DEPARTMENTS, DEPARTMENT_ROWS]), preset).await;
    assert_eq!(imported, Imported { incidents: 5, known: 0, left_out: 0 }, "{lines:#?}");
    (place, lines)
}

#[tokio::test]
async fn departments_become_teams_and_their_members_can_claim() {
    for (preset, responders) in [(Preset::TwoTier, vec![20, 21, 22]), (Preset::Departments, vec![])] {
        let (place, _) = imported(preset).await;
        let Tenancy { company, group } = place.tenancy(GROUP).await;
        let roster = place.roster(company).await;
        let mut teams = Vec::new();
        for team in roster.teams.values() {
            teams.push((team.name.as_str(), team.restricted, team.members.len()));
        }
        assert_eq!(teams, [("Tyres", false, 2), ("Engines", true, 1)]);
        let mut expected = Vec::new();
        for user in responders {
            expected.push(Grantee::Person(place.user(company, user).await));
        }
        let held: Vec<Grantee> = roster.groups[&group].holders(Role::Responder).cloned().collect();
        assert_eq!(held, expected, "{preset:?}");
        let mia = Grantee::Person(place.user(company, 30).await);
        assert_eq!(roster.groups[&group].holders(Role::Manager).collect::<Vec<_>>(), [&mia]);
    }
}

/// Whose hours are which: one of a department, one that makes no sense, one of a department that is gone.
const SCHEDULES: &str = r#"
    CREATE TABLE group_members (group_id INTEGER, department_id INTEGER, user_id INTEGER, schedule TEXT, added_at TEXT);
    INSERT INTO group_members VALUES
        (-2001, 1, 20, '[{"day":0,"enabled":true,"start_minute":1320,"end_minute":360},
                         {"day":1,"enabled":false,"start_minute":0,"end_minute":60}]', ''),
        (-2001, 1, 21, 'whenever', ''),
        (-2001, 9, 22, '[{"day":6,"enabled":true,"start_minute":0,"end_minute":1440}]', ''),
        (-2002, 1, 20, '[{"day":6,"enabled":true,"start_minute":0,"end_minute":1440}]', '');"#;

#[tokio::test]
async fn schedules_of_members_are_taken_over() {
    for (preset, expected) in [
        (Preset::Departments, vec![(20, Some(1), "mon 22:00-06:00")]),
        (Preset::TwoTier, vec![(20, None, "mon 22:00-06:00"), (22, None, "sun 00:00-24:00")]),
    ] {
        let place = Place::new();
        let (_, lines) = place.imports(&place.file(&[DEPARTMENTS, DEPARTMENT_ROWS, SCHEDULES]), preset).await;
        let Tenancy { company, group } = place.tenancy(GROUP).await;
        let mut known = Vec::new();
        for (user, team, week) in expected {
            let who = Grantee::Person(place.user(company, user).await);
            known.push((group, team.map(TeamId::new), who, week.to_owned()));
        }
        let roster = place.roster(company).await;
        let kept = roster.schedules.iter();
        let kept: Vec<_> =
            kept.map(|own| (own.group, own.team, own.who.clone(), own.week.to_string())).collect();
        assert_eq!(kept, known, "{preset:?}");
        let strange = "! the schedule of user 21 in Yard was not understood".to_owned();
        assert!(lines.contains(&strange), "{lines:#?}");
        let gone = lines
            .iter()
            .any(|line| line.contains("user 22: is on duty for a department that does not exist"));
        assert_eq!(gone, preset == Preset::Departments, "{lines:#?}");
    }
}

#[tokio::test]
async fn an_incident_that_moved_brings_all_its_stations() {
    let (place, _) = imported(Preset::TwoTier).await;
    let company = place.tenancy(GROUP).await.company;
    let incident = place.numbered(company, 1).await;
    let (dan, tim, eva) =
        (place.user(company, 10).await, place.user(company, 20).await, place.user(company, 22).await);
    let expected = [
        format!("2025-06-01T10:00:00Z {dan} created"),
        format!("2025-06-01T10:02:00Z {dan} routed"),
        format!("2025-06-01T10:05:00Z {tim} acknowledged"),
        format!("2025-06-01T10:20:00Z {tim} transferred"),
        format!("2025-06-01T10:25:00Z {eva} acknowledged"),
        format!("2025-06-01T11:00:00Z {eva} resolution_requested"),
        format!("2025-06-01T11:05:00Z {eva} resolved"),
    ];
    assert_eq!(place.journal(&incident).await, expected);
    assert_eq!(stints(&incident), [(tim, Some(Ending::Transferred)), (eva, Some(Ending::ResolvedSelf))]);
}

#[tokio::test]
async fn one_that_timed_out_was_closed_then_and_by_nobody() {
    let (place, _) = imported(Preset::TwoTier).await;
    let company = place.tenancy(GROUP).await.company;
    let incident = place.numbered(company, 2).await;
    let journal = place.journal(&incident).await;
    let expected = ["2025-06-02T10:41:00Z desk summary_timed_out", "2025-06-02T10:41:00Z desk closed"];
    assert_eq!(journal[journal.len() - 2..], expected, "{journal:#?}");
    assert!(matches!(incident.state, State::Closed { reason: CloseReason::NoSummary, outcome: None, .. }));
}

#[tokio::test]
async fn one_that_waits_for_a_department_waits_for_everybody_where_there_are_none() {
    for (preset, kind, last) in [
        (Preset::Departments, StateKind::Triage, "2025-06-03T10:00:00Z"),
        (Preset::TwoTier, StateKind::Open, "2026-01-05T00:00:00Z"),
    ] {
        let (place, _) = imported(preset).await;
        let incident = place.numbered(place.tenancy(GROUP).await.company, 3).await;
        assert_eq!((incident.state.kind(), incident.clocks.updated_at.to_string().as_str()), (kind, last));
        assert_eq!(incident.team, None);
    }
}

#[tokio::test]
async fn one_from_before_there_were_departments_is_told_from_its_claims() {
    let (place, lines) = imported(Preset::TwoTier).await;
    let company = place.tenancy(GROUP).await.company;
    let incident = place.numbered(company, 4).await;
    let (dan, tim, other) =
        (place.user(company, 10).await, place.user(company, 20).await, place.user(company, 21).await);
    let expected = [
        format!("2025-05-04T08:00:00Z {dan} created"),
        format!("2025-05-04T09:00:00Z {tim} acknowledged"),
        format!("2025-05-04T09:05:00Z {tim} note_added"),
        format!("2025-05-04T09:10:00Z {other} joined"),
        format!("2025-05-04T09:30:00Z {tim} released"),
    ];
    assert_eq!(place.journal(&incident).await, expected);
    assert_eq!(incident.assignees().collect::<Vec<_>>(), [other]);
    assert!(lines.contains(&"! 0004: its event \"escalate\" is kept as a note".to_owned()), "{lines:#?}");
}

#[tokio::test]
async fn what_is_not_taken_over_is_named() {
    let (_, lines) = imported(Preset::TwoTier).await;
    let expected = [
        "! 1 rows of company_access_keys are not taken over: there is no dashboard to log in to",
        "! the group Strangers (-2002) belongs to no company: it is left out",
        "! 0003: nobody had chosen a department: it waits for everybody now",
        "! 0004: its event \"escalate\" is kept as a note",
    ];
    let remarks: Vec<&String> = lines.iter().filter(|line| line.starts_with('!')).collect();
    assert_eq!(remarks, expected.each_ref());
    for line in [
        "! 1 rows of company_access_keys are not taken over: there is no dashboard to log in to",
        "group Yard (-2001): new; managers: @mia; dispatchers: @tim, user 21, @eva",
        "! the group Strangers (-2002) belongs to no company: it is left out",
        "0005 is now TKT-2025-0005: acknowledged, reported 2025-06-05T10:00:00Z",
    ] {
        assert!(lines.contains(&line.to_owned()), "{line} in {lines:#?}");
    }
}
