//! What a move to another database relies on: the rows as they are, page by page, and the mark on what is not
//! complete. Every store with tables runs it.

use incident_core::ids::TeamId;
use incident_core::incident::{Command, Effect, Lane, Tag};
use incident_core::policy::Role;
use incident_core::ports::{Cell, PostedKind, Profile, Row, Rows, Store, TABLES, Table, Unfinished};
use incident_core::roster::{Grantee, Right, RosterCommand, Setting};
use incident_core::testkit::conformance::fixture::{
    Office, Works, at, claim, claimed, done, done_with, handle, notice, origin, profile, retry, settle, text,
};

/// A store for whose rows there is a way in and out.
pub(crate) trait Place {
    type Store: Store + Rows;

    /// Returns a place with nothing in it, where effects have never been numbered.
    async fn new() -> Self;

    fn store(&self) -> &Self::Store;
}

/// Makes a test of each promise.
macro_rules! moves {
    ($place:ty) => {
        moves! { $place:
            rows_are_counted_and_read_as_they_are
            pages_join_to_the_whole_table
            what_is_empty_counts_as_the_least_value_of_a_key
            a_copy_holds_every_row
            what_is_written_again_is_there_once
            what_stands_elsewhere_is_refused
            effects_are_numbered_after_the_last_one_of_the_source
        }
    };
    ($place:ty: $($test:ident)*) => {
        $(#[tokio::test]
        async fn $test() {
            suite::$test::<$place>().await;
        })*
    };
}

/// How many rows [`populate`] leaves in each table.
const COUNTS: [(&str, u64); 25] = [
    ("companies", 1),
    ("settings", 1),
    ("groups", 1),
    ("mirrors", 0),
    ("refused_rights", 1),
    ("grants", 3),
    ("teams", 1),
    ("team_members", 2),
    ("schedules", 0),
    ("roster_events", 10),
    ("people", 3),
    ("renamings", 1),
    ("identities", 3),
    ("incidents", 2),
    ("tags", 1),
    ("assignments", 1),
    ("events", 5),
    ("counters", 2),
    ("requests", 1),
    ("effects", 1),
    ("parks", 1),
    ("messages", 1),
    ("remarks", 0),
    ("inbox", 0),
    ("rooms", 0),
];

/// Leaves rows in every table.
async fn populate(store: &dyn Store) -> Office<'_> {
    let office = Office::open(store, 1).await;
    let group = office.group;
    let (ann, carl) = (Grantee::Person(office.ann), Grantee::Handle(handle("carl")));
    let grant = |role, to: &Grantee| RosterCommand::Grant { group, role, to: to.clone() };
    let commands = vec![
        grant(Role::Responder, &ann),
        grant(Role::Responder, &carl),
        grant(Role::Manager, &carl),
        RosterCommand::ReportRight { group, right: Right::Pin, held: false },
        RosterCommand::AddTeam { name: text("Workshop"), restricted: true },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: ann },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: carl },
        RosterCommand::Set { setting: Setting::SelfRegistration(Some(true)) },
    ];
    office.administers(commands, 1).await;
    let incident = office.file(1, 10).await.incident;
    let mut claims = office.asks(&incident, office.ann, Command::Acknowledge, 20);
    claims.effects.clear();
    let incident = office.commit(claims).await.incident;
    let renamed = Profile { name: text("Ann Stone"), ..profile("ann") };
    store.identify(office.company, &renamed, at(25)).await.works();
    let tag = Command::Tag { tag: Tag::new("lights").expect("a short word") };
    let mut tagged = office.asks(&incident, office.ann, tag, 30).answering(origin("telegram:1:1", "tagged"));
    tagged.effects.clear();
    office.commit(tagged).await;
    for lane in [Lane::Page, Lane::Notice, Lane::Upkeep] {
        while let Some(said) = claim(store, lane, 35).await {
            settle(store, &said, done(), 35).await;
        }
    }
    // A card was posted; a notice waits, in a chat that is left alone.
    office.owes(2, vec![Effect::ShowCard], 40).await;
    let card = claimed(store, Lane::Card, 80).await;
    let posted = office.posted(2, &office.message("7"), PostedKind::Card { pinned: true });
    settle(store, &card, done_with(posted), 81).await;
    office.owes(2, vec![notice(1)], 81).await;
    let said = claimed(store, Lane::Notice, 81).await;
    settle(store, &said, retry(90, Some(90)), 82).await;
    office
}

async fn whole(rows: &dyn Rows, table: &'static Table) -> Vec<Row> {
    rows.read(table, None, 1_000).await.works()
}

fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).expect("there is one")
}

fn words(words: &str) -> Cell {
    Cell::Text(words.to_owned())
}

pub(crate) async fn rows_are_counted_and_read_as_they_are<P: Place>() {
    let place = P::new().await;
    let rows = place.store();
    for table in &TABLES {
        assert_eq!(
            (rows.count(table).await.works(), whole(rows, table).await),
            (0, vec![]),
            "{}",
            table.name
        );
    }
    let office = populate(rows).await;
    let mut counts = Vec::new();
    for table in &TABLES {
        counts.push((table.name, rows.count(table).await.works()));
        assert_eq!(whole(rows, table).await.len() as u64, rows.count(table).await.works(), "{}", table.name);
    }
    assert_eq!(counts, COUNTS);
    let company = words(&office.company.to_string());
    let team = vec![company.clone(), Cell::Number(1), words("Workshop"), Cell::Flag(true)];
    assert_eq!(whole(rows, table("teams")).await, [team]);
    let card = words(&office.id(2).to_string());
    let (chat, nothing) = (words("telegram:-1001"), Cell::Nothing);
    let card =
        vec![company, chat, words("7"), card, words("card"), Cell::Flag(true), nothing.clone(), nothing];
    assert_eq!(whole(rows, table("messages")).await, [card]);
}

pub(crate) async fn pages_join_to_the_whole_table<P: Place>() {
    let place = P::new().await;
    let rows = place.store();
    populate(rows).await;
    for table in &TABLES {
        let (mut joined, mut after) = (Vec::new(), None);
        loop {
            let page = rows.read(table, after, 2).await.works();
            assert!(page.len() <= 2 && joined.len() < 100, "{}", table.name);
            let Some(last) = page.last() else { break };
            after = Some(table.key_of(last));
            joined.extend(page);
        }
        assert_eq!(joined, whole(rows, table).await, "{}", table.name);
    }
}

pub(crate) async fn what_is_empty_counts_as_the_least_value_of_a_key<P: Place>() {
    let place = P::new().await;
    let office = populate(place.store()).await;
    let (company, group) = (words(&office.company.to_string()), words(&office.group.to_string()));
    let (ann, nothing) = (Cell::Number(office.ann.get().into()), Cell::Nothing);
    let carl = words("telegram:carl");
    let grant = |role, person: &Cell, handle: &Cell| {
        vec![company.clone(), group.clone(), words(role), person.clone(), handle.clone()]
    };
    let grants = [
        grant("manager", &nothing, &carl),
        grant("responder", &nothing, &carl),
        grant("responder", &ann, &nothing),
    ];
    let listed = table("grants");
    assert_eq!(whole(place.store(), listed).await, grants);
    let after = Some(listed.key_of(&grants[1]));
    assert_eq!(place.store().read(listed, after, 9).await.works(), grants[2..]);
}

fn mark(position: &str) -> Unfinished {
    Unfinished { source: "the old one".to_owned(), position: position.to_owned() }
}

pub(crate) async fn a_copy_holds_every_row<P: Place>() {
    let (from, to) = (P::new().await, P::new().await);
    let (source, target) = (from.store(), to.store());
    let office = populate(source).await;
    assert_eq!(target.unfinished().await.works(), None);
    target.begin(&mark("")).await.works();
    let mut position = String::new();
    for table in &TABLES {
        for rows in whole(source, table).await.chunks(2) {
            let next = format!("{position}.");
            target.write(table, rows.to_vec(), &position, &next).await.works();
            position = next;
            assert_eq!(target.unfinished().await.works(), Some(mark(&position)));
        }
    }
    target.finish(source.last_effect().await.works()).await.works();
    assert_eq!(target.unfinished().await.works(), None);
    for table in &TABLES {
        assert_eq!(whole(target, table).await, whole(source, table).await, "{}", table.name);
    }
    let there = Office { store: target, ..office.clone() };
    assert_eq!((there.load(1).await, there.roster().await), (office.load(1).await, office.roster().await));
}

pub(crate) async fn what_is_written_again_is_there_once<P: Place>() {
    let place = P::new().await;
    let (store, parks) = (place.store(), table("parks"));
    store.begin(&mark("here")).await.works();
    let rows = vec![vec![words("telegram:-1"), Cell::Number(7)], vec![words("telegram:-2"), Cell::Number(8)]];
    for _ in 0..2 {
        store.write(parks, rows.clone(), "here", "there").await.works();
        assert_eq!(whole(store, parks).await, rows);
        assert_eq!(store.unfinished().await.works(), Some(mark("there")));
    }
    store.finish(0).await.works();
}

pub(crate) async fn what_stands_elsewhere_is_refused<P: Place>() {
    let place = P::new().await;
    let (store, parks) = (place.store(), table("parks"));
    store.begin(&mark("here")).await.works();
    let rows = vec![vec![words("telegram:-1"), Cell::Number(7)]];
    let refused = store.write(parks, rows, "nowhere", "somewhere").await.expect_err("it is not there");
    assert_eq!(
        (refused.to_string().as_str(), refused.temporary),
        ("failed to write rows: the mark of the copy is elsewhere: another copy is under way", false)
    );
    assert_eq!(whole(store, parks).await, [] as [Row; 0]);
    assert_eq!(store.unfinished().await.works(), Some(mark("here")));
    store.finish(0).await.works();
}

pub(crate) async fn effects_are_numbered_after_the_last_one_of_the_source<P: Place>() {
    for last in [0, 500] {
        let place = P::new().await;
        let store = place.store();
        assert_eq!(store.last_effect().await.works(), 0);
        store.finish(last).await.works();
        assert_eq!(store.last_effect().await.works(), last);
        let office = Office::open(store, 1).await;
        office.owes(1, vec![notice(1), notice(2)], 0).await;
        for number in 1..=2 {
            let claim = claimed(store, Lane::Notice, 1).await;
            assert_eq!(claim.effect, last.unsigned_abs() + number);
            settle(store, &claim, done(), 1).await;
        }
        assert_eq!(store.last_effect().await.works(), last + 2);
    }
}
