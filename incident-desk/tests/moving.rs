//! Everything arrives whichever way a database moves, wherever it is interrupted; and nothing is mixed.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use incident_core::ids::{Identity, Platform, TeamId};
use incident_core::incident::{Command, Effect, Lane, Tag};
use incident_core::policy::Role;
use incident_core::ports::{
    Audit, Delivered, Inbox, Keep, PostedKind, Profile, Recall, Remark, RequestKey, RoomBook, Row, Rows,
    Store, StoreError, TABLES, Table, Unfinished,
};
use incident_core::roster::{Grantee, Right, RosterCommand, Setting, Week};
use incident_core::testkit::conformance::fixture::{
    Office, abandoned, at, claim, claimed, done_with, handle, mirror, notice, origin, retry, settle, text,
};
use incident_core::testkit::conformance::mirror::links;
use incident_core::testkit::conformance::rooms::room;
use incident_core::text::Text;
use incident_desk::export::export;
use incident_desk::moving::{Move, MoveError, Sum};
use incident_desk::verify::verify;
use store_postgres::testkit::Database;
use store_postgres::{OpenError, PostgresStore};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// What people may write and are called: right to left, joined, out of the ordinary.
const ODD: [&str; 5] = [
    "\u{202E}evil\u{202C} مرحبا, {\"a\": \"\\u0000\"}",
    "👩‍🔧🏳️‍🌈 e\u{301} \u{1F1E9}\u{1F1EA} \u{10FFFF}",
    "a\tb\nc\u{7}'; DROP TABLE events; --",
    "\"quoted\" <b>&amp;</b> \\ \\n %s $1 ?1",
    "ÄÖÜßŁ ǆ İ ﬁ 你好 ไทย",
];

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory for the test"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self, name: &str) -> SqliteStore {
        SqliteStore::open(&self.path(name), Options::default()).expect("it opens")
    }
}

/// Fills every table, and some of them with more rows than are copied at once.
async fn populate(store: &SqliteStore) {
    for index in 1..=3 {
        let office = Office::open(store, index).await;
        administer(&office).await;
        live(&office).await;
        owe(store, &office).await;
        talk(store, &office).await;
    }
}

async fn talk(store: &SqliteStore, office: &Office<'_>) {
    for (number, words) in ODD.iter().enumerate() {
        let account = Identity::new(Platform::Telegram, format!("odd-{number}"));
        let message = office.message(&number.to_string());
        let remark = Remark { message, account, at: at(3), text: text(words) };
        let keep = Keep { most: 100, since: at(0) };
        store.remark(office.company, &remark, keep).await.expect("it is kept");
    }
    let (key, body) = (RequestKey::new(format!("slack:{}", office.index)), "{}".to_owned());
    let delivered = Delivered { key, platform: Platform::Slack, at: at(4), body };
    store.keep(&[delivered], at(9)).await.expect("it is kept");
    store.keep_room(office.company, &room(1, &office.index.to_string())).await.expect("it is kept");
}

async fn administer(office: &Office<'_>) {
    let group = office.group;
    let (ann, carl) = (Grantee::Person(office.ann), Grantee::Handle(handle("carl")));
    let schedule = |team, week: &str| {
        let (who, week) =
            (Grantee::Handle(handle("carl")), Some(Week::read(week).expect("it is a schedule")));
        RosterCommand::SetSchedule { group, team, who, week }
    };
    let mut commands = vec![
        RosterCommand::Grant { group, role: Role::Responder, to: ann.clone() },
        RosterCommand::Grant { group, role: Role::Manager, to: Grantee::Person(office.ben) },
        RosterCommand::ReportRight { group, right: Right::Pin, held: false },
        RosterCommand::AddTeam { name: text(ODD[0]), restricted: true },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: ann },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: carl },
        RosterCommand::Set { setting: Setting::SelfRegistration(Some(true)) },
        schedule(Some(TeamId::new(1)), "fri-mon 22:00-06:30"),
        schedule(None, "daily 0-24"),
        RosterCommand::BeginShifts { until: at(1), begun: Vec::new() },
    ];
    let handles = (0..if office.index == 1 { 600 } else { 3 }).map(|number| format!("helper_{number}"));
    commands.extend(handles.map(|name| {
        let to = Grantee::Handle(handle(&name));
        RosterCommand::Grant { group, role: Role::Responder, to }
    }));
    commands.extend(links(group, &mirror(&format!("M{}", office.index)), 1));
    office.administers(commands, 1).await;
    for (number, name) in ODD.iter().enumerate() {
        let identity = Identity::new(Platform::Telegram, format!("odd-{number}"));
        let profile = Profile { identity, handle: None, name: text(name), locale: Some(text("de")) };
        office.store.identify(office.company, &profile, at(2)).await.expect("somebody new");
        let renamed = Profile { name: text(&format!("{name} the second")), ..profile };
        office.store.identify(office.company, &renamed, at(3)).await.expect("somebody renamed");
    }
}

/// Incidents in several states, one with the words of somebody who was erased, one with a long journal.
async fn live(office: &Office<'_>) {
    let mut incident = office.file(1, 0).await.incident;
    for (secs, person, command) in [
        (60, office.ann, Command::Acknowledge),
        (70, office.ann, Command::Escalate),
        (80, office.ben, Command::Acknowledge),
        (90, office.ben, Command::Tag { tag: Tag::new("lights").expect("a short word") }),
        (100, office.ben, Command::RequestResolve),
        (110, office.ben, Command::SubmitSummary { summary: text("changed the bulb") }),
        (120, office.driver, Command::EraseSubject { person: office.driver }),
    ] {
        incident = office.commit(office.asks(&incident, person, command, secs)).await.incident;
    }
    let mut incident = office.file(2, 10).await.incident;
    let notes = if office.index == 1 { 520 } else { 7 };
    for (secs, words) in (20..20 + notes).zip(ODD.iter().cycle()) {
        let key = format!("telegram:1:{}:{secs}", office.index);
        let note = office.notes(&incident, words, secs).answering(origin(&key, words));
        incident = office.commit(note).await.incident;
    }
}

/// Something delivered, something abandoned, something to be tried again in a chat that is left alone, and what waits.
async fn owe(store: &dyn Store, office: &Office<'_>) {
    let now = 1_000 * i64::from(office.index);
    office.owes(3, vec![notice(1), notice(2), notice(3), Effect::ShowCard], now).await;
    office.owes(4, vec![notice(4), notice(5)], now).await;
    for lane in [Lane::Page, Lane::Notice] {
        while let Some(next) = claim(store, lane, now).await {
            let settlement = if next.effect % 3 == 0 { abandoned() } else { retry(1_000_000, None) };
            settle(store, &next, settlement, now).await;
        }
    }
    let card = claimed(store, Lane::Card, now).await;
    let posted = office.posted(3, &office.message("7"), PostedKind::Card { pinned: true });
    settle(store, &card, done_with(posted), now).await;
    let card = claimed(store, Lane::Card, now).await;
    settle(store, &card, retry(1_000_000, Some(1_000_000)), now).await;
}

async fn told(store: &dyn Store) -> String {
    let mut out = Vec::new();
    export(store, &mut out).await.expect("it can be read");
    String::from_utf8(out).expect("an export is text")
}

async fn differences(store: &dyn Store, audit: &dyn Audit) -> String {
    let mut out = Vec::new();
    verify(store, Some(audit), &mut out, &mut |_| {}).await.expect("it can be read");
    String::from_utf8(out).expect("lines are text")
}

async fn sums(rows: &dyn Rows) -> Vec<(&'static str, Sum)> {
    let mut sums = Vec::new();
    for table in &TABLES {
        sums.push((table.name, Sum::of(rows, table).await.expect("it can be read")));
    }
    sums
}

async fn moved(from: &dyn Rows, source: &str, to: &dyn Rows) -> Result<(), MoveError> {
    let moving = Move { from, source, to };
    moving.copy(&mut |_| {}).await?;
    moving.finish().await
}

#[tokio::test]
async fn everything_comes_back_from_a_server_as_it_went_there() {
    let (files, database) = (Files::new(), Database::blank().await);
    let store = files.open("here.db");
    populate(&store).await;
    let (before, rows) = (told(&store).await, sums(&store).await);
    let empty: Vec<&str> = rows.iter().filter(|(_, sum)| sum.rows == 0).map(|(table, _)| *table).collect();
    assert_eq!(empty, [""; 0], "every table has rows");
    assert!(rows.iter().filter(|(_, sum)| sum.rows > 500).count() >= 3, "{rows:?}");
    let last = store.last_effect().await.expect("it can be read");

    PostgresStore::migrate(database.url(), &store_postgres::Options::default()).await.expect("it migrates");
    let server = database.open().await;
    moved(&store, "here", &server).await.expect("it is copied");
    assert_eq!(sums(&server).await, rows);
    assert_eq!(told(&server).await, before);
    assert_eq!(differences(&server, &server).await, "");
    assert_eq!(server.last_effect().await.expect("it can be read"), last);

    let back = files.open("back.db");
    moved(&server, "there", &back).await.expect("it is copied");
    assert_eq!((told(&back).await, sums(&back).await), (before, rows));
    assert_eq!(differences(&back, &back).await, "");
    assert_eq!(back.last_effect().await.expect("it can be read"), last);

    // Life goes on: what comes next gets the next number, there and here.
    for store in [&server as &dyn Store, &back] {
        let office = Office::open(store, 9).await;
        office.owes(1, vec![notice(9)], 90_000).await;
    }
    let ids = |sums: Vec<(&str, Sum)>| {
        sums.into_iter().find(|(table, _)| *table == "effects").map(|(_, sum)| sum.rows)
    };
    assert_eq!(ids(sums(&server).await), ids(sums(&back).await));
    let there = server.last_effect().await.expect("it can be read");
    assert!(there > last);
    assert_eq!(back.last_effect().await.expect("it can be read"), there);
}

/// A database that fails at every write: once before it, the next time after it, and then not.
struct Failing<'a> {
    rows: &'a dyn Rows,
    writes: AtomicU32,
}

fn cut() -> StoreError {
    StoreError { operation: "write rows", temporary: true, source: "the way was cut".into() }
}

#[async_trait]
impl Rows for Failing<'_> {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        self.rows.count(table).await
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<Row>,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        self.rows.read(table, after, limit).await
    }

    async fn last_effect(&self) -> Result<i64, StoreError> {
        self.rows.last_effect().await
    }

    async fn unfinished(&self) -> Result<Option<Unfinished>, StoreError> {
        self.rows.unfinished().await
    }

    async fn begin(&self, copy: &Unfinished) -> Result<(), StoreError> {
        self.rows.begin(copy).await
    }

    async fn write(
        &self,
        table: &'static Table,
        rows: Vec<Row>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        match self.writes.fetch_add(1, Ordering::Relaxed) % 2 {
            0 => Err(cut()),
            _ => {
                self.rows.write(table, rows.clone(), from, to).await?;
                // As after a lost answer: the same is asked again.
                self.rows.write(table, rows, from, to).await?;
                Err(cut())
            }
        }
    }

    async fn finish(&self, last_effect: i64) -> Result<(), StoreError> {
        self.rows.finish(last_effect).await
    }
}

/// Copies with an interruption before and after every single write; returns how many there were.
async fn moved_in_pieces(from: &dyn Rows, to: &dyn Rows) -> u32 {
    let failing = Failing { rows: to, writes: AtomicU32::new(0) };
    let moving = Move { from, source: "here", to: &failing };
    let mut interruptions = 0;
    while let Err(error) = moving.copy(&mut |_| {}).await {
        assert!(matches!(&error, MoveError::Store(error) if error.temporary), "{error}");
        interruptions += 1;
    }
    moving.finish().await.expect("it is finished");
    interruptions
}

#[tokio::test]
async fn interrupted_anywhere_it_goes_on_where_it_was() {
    let (files, database) = (Files::new(), Database::blank().await);
    let store = files.open("here.db");
    populate(&store).await;
    let rows = sums(&store).await;
    PostgresStore::migrate(database.url(), &store_postgres::Options::default()).await.expect("it migrates");
    let server = database.open().await;
    let interruptions = moved_in_pieces(&store, &server).await;
    assert!(interruptions > 2 * 19, "{interruptions}");
    assert_eq!(sums(&server).await, rows);
    let back = files.open("back.db");
    assert_eq!(moved_in_pieces(&server, &back).await, interruptions);
    assert_eq!(sums(&back).await, rows);
}

#[tokio::test]
async fn what_is_not_complete_opens_for_the_copy_alone() {
    let (files, database) = (Files::new(), Database::blank().await);
    let options = store_postgres::Options::default;
    PostgresStore::migrate(database.url(), &options()).await.expect("it migrates");
    let server = database.open().await;
    let mark = Unfinished { source: "sqlite:/old.db".to_owned(), position: "here".to_owned() };
    server.begin(&mark).await.expect("it is marked");
    let error = PostgresStore::connect(database.url(), options()).await.expect_err("it is not complete");
    assert!(
        matches!(&error, OpenError::Unfinished { source_name, .. } if *source_name == mark.source),
        "{error}"
    );
    let target = PostgresStore::connect_target(database.url(), options()).await.expect("it opens for a copy");
    assert_eq!(target.unfinished().await.expect("it can be read"), Some(mark.clone()));
    target.finish(0).await.expect("it is finished");
    PostgresStore::connect(database.url(), options()).await.expect("it is complete");

    let path = files.path("new.db");
    files.open("new.db").begin(&mark).await.expect("it is marked");
    for error in [
        SqliteStore::open(&path, Options::default()).expect_err("it is not complete"),
        SqliteStore::open_read_only(&path, Options::default()).expect_err("it is not complete"),
        SqliteStore::open_source(&path, Options::default()).expect_err("it is not complete"),
    ] {
        let named = |error: &store_sqlite::OpenError| matches!(error, store_sqlite::OpenError::Unfinished { source_name, .. } if *source_name == mark.source);
        assert!(named(&error), "{error}");
    }
    let target = SqliteStore::open_target(&path, Options::default()).expect("it opens for a copy");
    target.finish(0).await.expect("it is finished");
    drop(target);
    files.open("new.db");
}

#[tokio::test]
async fn what_is_not_the_beginning_of_this_copy_is_refused() {
    let files = Files::new();
    let (store, other) = (files.open("here.db"), files.open("other.db"));
    Office::open(&store, 1).await;
    Office::open(&other, 2).await;
    let error = moved(&store, "here", &other).await.expect_err("it has rows");
    assert!(matches!(error, MoveError::NotEmpty("companies")), "{error}");

    let target = files.open("target.db");
    let position = r#"{"table":"people","after":[]}"#;
    let mark = Unfinished { source: "elsewhere".to_owned(), position: position.to_owned() };
    target.begin(&mark).await.expect("it is marked");
    let error = moved(&store, "here", &target).await.expect_err("it is of another");
    assert!(matches!(&error, MoveError::OtherSource(source) if source == "elsewhere"), "{error}");
    let error = target.write(&TABLES[0], Vec::new(), "nowhere", "somewhere").await;
    assert!(error.expect_err("it is not there").to_string().contains("another copy is under way"));
}

#[tokio::test]
async fn a_source_that_changes_in_between_is_noticed() {
    let files = Files::new();
    let (store, target) = (files.open("here.db"), files.open("there.db"));
    let office = Office::open(&store, 1).await;
    let incident = office.file(1, 0).await.incident;
    let moving = Move { from: &store, source: "here", to: &target };
    moving.copy(&mut |_| {}).await.expect("it is copied");
    // The desk was started once more before the copy was finished.
    office.commit(office.asks(&incident, office.ann, Command::Acknowledge, 10)).await;
    let error = moving.copy(&mut |_| {}).await.expect_err("it has changed");
    assert!(
        matches!(error, MoveError::Changed { table: "incidents", source_rows: 1, target_rows: 1 }),
        "{error}"
    );
}

#[tokio::test]
async fn a_character_that_a_server_cannot_keep_is_named_with_its_place() {
    let (files, database) = (Files::new(), Database::blank().await);
    let store = files.open("here.db");
    let office = Office::open(&store, 1).await;
    let identity = Identity::new(Platform::Telegram, "42");
    let name = Text::new("no\0body", incident_core::text::Limits::NAME).expect("it is short");
    let profile = Profile { identity, handle: None, name, locale: None };
    store.identify(office.company, &profile, at(1)).await.expect("a file keeps it");
    PostgresStore::migrate(database.url(), &store_postgres::Options::default()).await.expect("it migrates");
    let server = database.open().await;
    let error = moved(&store, "here", &server).await.expect_err("it cannot be kept").to_string();
    let place =
        format!("the character U+0000, which is in table people, column name, row {} 4", office.company);
    assert!(error.contains(&place) && !error.contains("body"), "{error}");
    let people = TABLES.iter().find(|table| table.name == "people").expect("it is there");
    let sum = Sum::of(&store, people).await.expect("it can be read");
    assert_eq!((sum.rows, sum.unkept), (4, 1));
}
