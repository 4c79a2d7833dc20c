//! The edition with two tiers.

use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::incident::{Command, Ending, Input, Level, StateKind, step};
use incident_core::policy::{Actor, Member, Policy, Preset, Role};
use incident_core::ports::{Store, Surface, Tenancy};
use incident_core::roster::{Grantee, GroupStatus, RosterCommand, RosterInput};
use incident_desk::import::Imported;
use rusqlite::Connection;

use crate::old_files::{TWO_TIER, TWO_TIER_ROWS};
use crate::{NOW, Place, stints};

const GROUP: i64 = -1_001;
const ALL: Imported = Imported { incidents: 6, known: 0, left_out: 1 };

#[tokio::test]
async fn a_group_is_here_with_its_people_and_roles() {
    let place = Place::new();
    let (imported, lines) = place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS]), Preset::TwoTier).await;
    assert_eq!(imported, ALL, "{lines:#?}");
    let Tenancy { company, group } = place.tenancy(GROUP).await;
    let roster = place.roster(company).await;
    assert_eq!((roster.name.as_str(), roster.groups.len()), ("Night shift", 1));
    let group = &roster.groups[&group];
    assert_eq!(group.status, GroupStatus::Active);
    let (mia, ann) = (place.user(company, 30).await, place.user(company, 20).await);
    let managers: Vec<&Grantee> = group.holders(Role::Manager).collect();
    let is_max = |grantee: &&Grantee| matches!(grantee, Grantee::Handle(handle) if handle.name() == "max");
    assert_eq!(managers.len(), 2, "{managers:?}");
    assert!(managers.contains(&&Grantee::Person(mia)) && managers.iter().any(is_max), "{managers:?}");
    assert_eq!(group.holders(Role::Responder).collect::<Vec<_>>(), [&Grantee::Person(ann)]);
    let people = place.store.people(company, &[ann]).await.expect("it can be read");
    assert_eq!(people[0].profile.handle.as_ref().map(|handle| handle.name()), Some("ann"));
    assert_ne!(place.tenancy(-1_002).await.company, company, "another group is another company");
}

#[tokio::test]
async fn an_incident_brings_the_history_that_its_columns_tell() {
    let place = Place::new();
    place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS]), Preset::TwoTier).await;
    let company = place.tenancy(GROUP).await.company;
    let incident = place.numbered(company, 1).await;
    let (driver, ann, mia) =
        (place.user(company, 10).await, place.user(company, 20).await, place.user(company, 30).await);
    let expected = [
        format!("2025-03-01T10:00:00.000001Z {driver} created"),
        format!("2025-03-01T10:05:00Z {ann} acknowledged"),
        format!("2025-03-01T10:10:00Z {ann} escalated"),
        format!("2025-03-01T10:15:00Z {mia} acknowledged"),
        format!("2025-03-01T11:00:00Z {mia} resolution_requested"),
        format!("2025-03-01T11:05:00Z {mia} resolved"),
    ];
    assert_eq!(place.journal(&incident).await, expected);
    assert_eq!(stints(&incident), [(ann, Some(Ending::Escalated)), (mia, Some(Ending::ResolvedSelf))]);
    let outcome = incident.outcome().expect("it was resolved");
    assert_eq!(
        (outcome.by, outcome.summary.as_ref().map(|text| text.as_str())),
        (mia, Some("changed the tyre"))
    );
    let mut live = Vec::new();
    for seq in 2..=5 {
        let incident = place.numbered(company, seq).await;
        live.push((incident.state.kind(), incident.level, incident.assignees().collect::<Vec<_>>()));
    }
    let expected = [
        (StateKind::Open, Level::FIRST, vec![]),
        (StateKind::Acknowledged, Level::FIRST, vec![ann]),
        (StateKind::Open, Level::SECOND, vec![]),
        (StateKind::PendingSummary, Level::FIRST, vec![ann]),
    ];
    assert_eq!(live, expected);
}

#[tokio::test]
async fn every_number_is_listed_and_what_is_left_out_is_named() {
    let place = Place::new();
    let (_, lines) = place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS]), Preset::TwoTier).await;
    let expected = [
        "company Night shift: new",
        "group Night shift (-1001): new; managers: @mia, @max; dispatchers: @ann",
        "company Day shift: new",
        "group Day shift (-1002): new; managers: none; dispatchers: none",
        "! it has no managers: name them with /configure_managers",
        "TKT-2025-0001 keeps its number: resolved at level 2, reported 2025-03-01T10:00:00.000001Z",
        "TKT-2025-0002 keeps its number: open, reported 2025-03-02T10:00:00Z",
        "TKT-2025-0003 keeps its number: acknowledged, reported 2025-03-03T10:00:00Z",
        "TKT-2025-0004 keeps its number: open at level 2, reported 2025-03-04T10:00:00Z",
        "TKT-2025-0005 keeps its number: pending_summary, reported 2025-03-05T10:00:00Z",
        "TKT-2025-0007 is now TKT-2025-0001: open, reported 2025-03-06T10:00:00Z",
        "! TKT-2025-0007: its description has 2 characters, too few: [imported] is written before it",
        "! TKT-2025-0008 is left out: it is said to be resolved, and what is told of it ends as open",
    ];
    let sorted = |mut lines: Vec<String>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(lines), sorted(expected.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn nobody_is_told_of_the_past_and_the_cards_of_old_become_ours() {
    let place = Place::new();
    place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS]), Preset::TwoTier).await;
    let outlook = place.store.outlook(NOW).await.expect("it can be read");
    assert_eq!((outlook.owed, outlook.deliver_at), (5, Some(NOW)), "a card for each that lives");
    let company = place.tenancy(GROUP).await.company;
    let chat = ChatRef::new(Platform::Telegram, GROUP.to_string());
    let card = |incident: &incident_core::incident::Incident| {
        let id = incident.id;
        let store = &place.store;
        async move { store.surfaces(company, id).await.expect("it can be read") }
    };
    let open = card(&place.numbered(company, 2).await).await;
    assert_eq!(open, [Surface { message: MessageRef::new(chat, "72"), pinned: true }]);
    assert_eq!(card(&place.numbered(company, 1).await).await, []);
}

#[tokio::test]
async fn a_second_import_changes_nothing_whatever_zone_it_assumes() {
    let place = Place::new();
    let old = place.file(&[TWO_TIER, TWO_TIER_ROWS]);
    place.imports_from(&old, Preset::TwoTier, (&[], 120)).await;
    let company = place.tenancy(GROUP).await.company;
    let created = place.numbered(company, 2).await.clocks.created_at;
    assert_eq!(created.to_string(), "2025-03-02T08:00:00Z");
    let before = place.exported().await;
    for offset in [120, 0] {
        let (imported, _) = place.imports_from(&old, Preset::TwoTier, (&[], offset)).await;
        assert_eq!(imported, Imported { incidents: 0, known: 6, left_out: 1 });
        assert_eq!(place.exported().await, before);
    }
}

#[tokio::test]
async fn an_import_of_one_group_is_continued_by_an_import_of_all() {
    let [parts, whole] = [Place::new(), Place::new()];
    let old = parts.file(&[TWO_TIER, TWO_TIER_ROWS]);
    let (imported, _) = parts.imports_from(&old, Preset::TwoTier, (&[-1_002], 0)).await;
    assert_eq!(imported, Imported { incidents: 1, known: 0, left_out: 1 });
    let (imported, _) = parts.imports(&old, Preset::TwoTier).await;
    assert_eq!(imported, Imported { incidents: 5, known: 1, left_out: 1 });
    whole.imports(&old, Preset::TwoTier).await;
    assert_eq!(parts.exported().await, whole.exported().await);
}

#[tokio::test]
async fn roles_that_were_withdrawn_since_are_not_given_again() {
    let place = Place::new();
    let old = place.file(&[TWO_TIER, TWO_TIER_ROWS]);
    place.imports(&old, Preset::TwoTier).await;
    let Tenancy { company, group } = place.tenancy(GROUP).await;
    let from = Grantee::Person(place.user(company, 20).await);
    let commands = vec![RosterCommand::Revoke { group, role: Role::Responder, from }];
    let input = RosterInput { company, at: NOW, actor: Actor::System, commands };
    let roster = place.roster(company).await;
    let policy = Policy::preset(Preset::TwoTier);
    let step = incident_core::roster::step(&policy, Some(&roster), &input).expect("the desk may");
    let commit = incident_core::ports::RosterCommit::new(roster.version, step, NOW);
    place.store.commit_roster(commit).await.expect("it is written");
    let (_, lines) = place.imports(&old, Preset::TwoTier).await;
    assert!(
        lines.contains(&"group Night shift (-1001): known to this desk, its roles stay".to_owned()),
        "{lines:#?}"
    );
    assert_eq!(place.roster(company).await.groups[&group].holders(Role::Responder).count(), 0);
}

#[tokio::test]
async fn the_story_of_an_imported_incident_goes_on() {
    let place = Place::new();
    place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS]), Preset::TwoTier).await;
    let Tenancy { company, group } = place.tenancy(GROUP).await;
    let (roster, incident) = (place.roster(company).await, place.numbered(company, 4).await);
    let mia = place.user(company, 30).await;
    let mia = Actor::Person(Member::new(mia, roster.standing(group, mia)));
    let input = Input::new(incident.id, NOW, mia, Command::Acknowledge);
    let step =
        step(&Policy::preset(Preset::TwoTier), Some(&incident), &input).expect("managers claim escalations");
    assert_eq!(step.incident.state.kind(), StateKind::Acknowledged);
}

#[tokio::test]
async fn nothing_happens_after_the_import_whatever_the_clock_on_the_wall_said() {
    let place = Place::new();
    let row =
        "UPDATE incidents SET t_claimed_tier1 = '2026-01-05T03:00:00' WHERE incident_id = 'TKT-2025-0003'";
    let (_, lines) = place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS, row]), Preset::TwoTier).await;
    let line = "! TKT-2025-0003: 2026-01-05T03:00:00Z lies ahead: it counts as now; see --utc-offset";
    assert!(lines.contains(&line.to_owned()), "{lines:#?}");
    let company = place.tenancy(GROUP).await.company;
    assert_eq!(place.numbered(company, 3).await.clocks.updated_at, NOW);
}

#[tokio::test]
async fn of_two_people_with_one_handle_the_second_goes_without() {
    let place = Place::new();
    let rows = "INSERT INTO users VALUES (50, '@Ann', 'Dispatcher');
        UPDATE groups SET dispatcher_user_ids = '[20, 50]' WHERE group_id = -1001";
    let (_, lines) = place.imports(&place.file(&[TWO_TIER, TWO_TIER_ROWS, rows]), Preset::TwoTier).await;
    assert!(lines.contains(&"! user 50: somebody else has the handle @ann now".to_owned()), "{lines:#?}");
    let company = place.tenancy(GROUP).await.company;
    let both = [place.user(company, 20).await, place.user(company, 50).await];
    let people = place.store.people(company, &both).await.expect("it can be read");
    let handles = people.iter().map(|person| person.profile.handle.as_ref().map(|handle| handle.name()));
    assert_eq!(handles.collect::<Vec<_>>(), [Some("ann"), None]);
}

#[tokio::test]
async fn incidents_without_a_number_are_counted_and_keep_nothing_else_back() {
    let place = Place::new();
    let nameless = "INSERT INTO incidents (group_id, status, created_by_id, description, t_created)
        VALUES (-1001, 'Unclaimed', 10, 'nobody counted me', '2025-03-08T10:00:00')";
    let file = place.file(&[TWO_TIER, TWO_TIER_ROWS, nameless, nameless]);
    let (imported, lines) = place.imports(&file, Preset::TwoTier).await;
    assert_eq!(imported, Imported { left_out: ALL.left_out + 2, ..ALL });
    assert!(lines.contains(&"! incidents without a number: 2 are left out".to_owned()), "{lines:#?}");
}

/// What an import leaves behind that dies when it has written an incident and not yet its card; what the other company
/// is owed is older.
const HALF: &str = "
    DELETE FROM messages WHERE message = '72';
    UPDATE effects SET attempt = 1, lease_until = since + 60000000
        WHERE incident = (SELECT id FROM incidents WHERE year = 2025 AND seq = 2);
    UPDATE effects SET id = id + 1000 WHERE company = (SELECT company FROM incidents WHERE year = 2025 AND seq = 2)";

#[tokio::test]
async fn an_import_that_died_before_it_had_the_card_of_old_gets_it_the_next_time() {
    let place = Place::new();
    let old = place.file(&[TWO_TIER, TWO_TIER_ROWS]);
    place.imports(&old, Preset::TwoTier).await;
    let db = Connection::open(place.path("desk.db")).expect("it opens");
    db.execute_batch(HALF).expect("the rows are there");
    let company = place.tenancy(GROUP).await.company;
    let id = place.numbered(company, 2).await.id;
    assert_eq!(place.store.surfaces(company, id).await.expect("it can be read"), []);
    place.imports(&old, Preset::TwoTier).await;
    let message = MessageRef::new(ChatRef::new(Platform::Telegram, GROUP.to_string()), "72");
    let cards = place.store.surfaces(company, id).await.expect("it can be read");
    assert_eq!(cards, [Surface { message, pinned: true }]);
    let outlook = place.store.outlook(NOW).await.expect("it can be read");
    assert_eq!((outlook.owed, outlook.deliver_at), (5, Some(NOW)), "a card for each that lives");
}
