//! A week of work with a clock of its own, and the report on it: right to the second, by hand.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command as Process, Output};

use incident_core::figures::{Period, Weekday, Window, Zone};
use incident_core::incident::{CloseReason, Command, Tag};
use incident_core::policy::{Actor, Policy, Preset};
use incident_core::ports::{Profile, RosterCommit, Store};
use incident_core::roster::{
    Calendar, OwnSetting, RosterCommand, RosterInput, Setting, WeekStart, ZoneName, step,
};
use incident_core::testkit::conformance::fixture::{Office, at, profile, text};
use incident_core::text::{Limits, Text};
use incident_core::view::Phrasebook;
use incident_desk::report::{Question, Report, calendar, csv, html, report};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// What somebody may call themselves: markup, a formula, quotes, and a turn of direction.
const NAME: &str = "=1+1<script>alert(\"x\")</script>, \u{202e}Ann";

/// Monday at eight in the morning, UTC, is second 0.
const TUESDAY: i64 = 86_400;

async fn live(office: &Office<'_>, n: u32, reported: i64, acts: &[(i64, bool, Command)]) {
    let mut incident = office.file(n, reported).await.incident;
    for (secs, manager, command) in acts {
        let who = if *manager { office.ben } else { office.ann };
        incident = office.commit(office.asks(&incident, who, command.clone(), *secs)).await.incident;
    }
}

/// Five incidents of a week, and one of the week before.
async fn week(store: &SqliteStore) {
    let mut office = Office::open(store, 1).await;
    office.policy = Policy::preset(Preset::TwoTier);
    let (take, ask, up) = (Command::Acknowledge, Command::RequestResolve, Command::Escalate);
    let summary = || Command::SubmitSummary { summary: text("changed the bulb") };
    let tag = || Command::Tag { tag: Tag::new("lights").expect("it is a tag") };
    // Claimed after 90 s, resolved after 690 s.
    live(
        &office,
        1,
        0,
        &[(50, true, tag()), (90, false, take.clone()), (600, false, ask.clone()), (690, false, summary())],
    )
    .await;
    // Claimed after 700 s, too late; escalated at 1000, claimed above 300 s later, resolved after 2000 s.
    live(
        &office,
        2,
        100,
        &[
            (700, true, tag()),
            (800, false, take.clone()),
            (1_000, false, up),
            (1_300, true, take.clone()),
            (2_000, true, ask.clone()),
            (2_100, true, summary()),
        ],
    )
    .await;
    // Never claimed.
    live(&office, 3, 200, &[]).await;
    // Does not count.
    live(&office, 4, 300, &[(400, true, Command::Close { reason: CloseReason::Duplicate })]).await;
    // On Tuesday: claimed after 60 s, given back, claimed again, resolved after 720 s.
    live(
        &office,
        5,
        TUESDAY,
        &[
            (TUESDAY + 60, false, take.clone()),
            (TUESDAY + 120, false, Command::Release),
            (TUESDAY + 600, false, take),
            (TUESDAY + 660, false, ask),
            (TUESDAY + 720, false, summary()),
        ],
    )
    .await;
    // On the Sunday before, a minute before midnight in Amsterdam.
    live(&office, 6, -9 * 3_600 - 60, &[]).await;
    let renamed = Profile { name: Text::new(NAME, Limits::NAME).expect("a short name"), ..profile("ann") };
    store.identify(office.company, &renamed, at(TUESDAY)).await.expect("she is known");
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(TempDir::new().expect("a directory for the test"))
    }

    fn database(&self) -> std::path::PathBuf {
        self.0.path().join("incidents.db")
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.database(), Options::default()).expect("it opens")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut program = Process::new(env!("CARGO_BIN_EXE_incident-desk"));
        program.env_clear().env("DATABASE_URL", format!("sqlite:{}", self.database().display()));
        program.current_dir(self.0.path()).args(arguments).output().expect("the program starts")
    }
}

async fn asked(store: &SqliteStore, group: Option<&str>) -> anyhow::Result<Report> {
    let zone: Zone = "Europe/Amsterdam".parse()?;
    let window = Window::of(Period::Week, "2026-03-04".parse()?, &zone, Weekday::Monday)?;
    let policy = Policy::preset(Preset::TwoTier);
    let company = Some("Hauliers");
    let asked = Question { company, group, window: &window, policy: &policy, now: at(2 * TUESDAY) };
    report(store, store, &asked).await
}

/// Reads values by table, row and column, where no field is quoted.
fn values(csv: &str) -> BTreeMap<(String, String, String), String> {
    let plain = csv.split("\r\n").skip(1).filter(|line| !line.is_empty() && !line.contains('"'));
    let read = |line: &str| {
        let fields: Vec<String> = line.split(',').map(str::to_owned).collect();
        let [table, row, column, value] = fields.try_into().expect("each line has four fields");
        ((table, row, column), value)
    };
    plain.map(read).collect()
}

/// What the tables beside the totals say of that week; nothing where a table has no such value.
const RECIPES: [(&str, &str, &str, &str); 28] = [
    ("groups", "Night shift", "People who reported", "1"),
    // Of the Sunday before, nothing was claimed.
    ("change", "Reported", "These days", "4"),
    ("change", "Reported", "Before", "1"),
    ("change", "Reported", "Change", "3"),
    ("change", "Resolved", "Change", "0.750000"),
    ("change", "Claimed in time", "Change", "0.500000"),
    ("change", "Median to first claim", "These days", "90"),
    ("change", "Median to first claim", "Before", ""),
    ("resolution", "With an escalation", "Resolved", "1"),
    ("resolution", "With an escalation", "p50", "2000"),
    ("resolution", "With an escalation", "In time", ""),
    ("resolution", "Without an escalation", "Incidents", "3"),
    ("resolution", "Without an escalation", "Mean", "705"),
    ("escalations", "Claimed above after an escalation", "Incidents", "1"),
    ("escalations", "Wait for a claim above", "Incidents", "0"),
    ("escalations", "Resolved after an escalation", "Share", "0.250000"),
    ("holders", "Nobody", "Incidents", "1"),
    ("holders", "One person", "Incidents", "2"),
    ("holders", "Two people", "Share", "0.250000"),
    ("reporters", "driver", "Incidents", "4"),
    ("reporters", "driver", "Last report", "2026-03-03 09:00"),
    ("tags", "#lights", "Incidents", "2"),
    ("tags", "#lights", "A higher level was asked", "1"),
    // 90 and 700, 690 and 2000 seconds.
    ("tags", "#lights", "Mean to claim", "395"),
    ("tags", "#lights", "Mean to resolve", "1345"),
    ("tags", "Without a tag", "Resolved", "1"),
    ("ageing", "1 to 3 days", "Nobody has them", "1"),
    ("ageing", "3 to 7 days", "Incidents", "0"),
];

#[tokio::test]
async fn a_week_is_right_to_the_second() {
    let place = Place::new();
    let store = place.open();
    week(&store).await;
    let told = csv(&asked(&store, None).await.expect("it is answered"));
    let values = values(&told);
    let expected = [
        ("report", "about", "", "Hauliers"),
        ("report", "first day", "", "2026-03-02"),
        ("report", "last day", "", "2026-03-08"),
        ("report", "as of", "", "2026-03-04T08:00:00Z"),
        ("totals", "Reported", "Incidents", "4"),
        ("totals", "Claimed", "Share", "0.750000"),
        ("totals", "A higher level was asked", "Incidents", "1"),
        ("totals", "Resolved", "Incidents", "3"),
        ("totals", "Resolved at the first level", "Share", "0.500000"),
        ("totals", "Not over yet", "Incidents", "1"),
        ("totals", "Held by several people", "Incidents", "1"),
        ("totals", "Left out: cancelled or duplicates", "Incidents", "1"),
        // 90, 700 and 60 seconds.
        ("times", "Report to first claim (MTTA)", "Mean", "283.333333"),
        ("times", "Report to first claim (MTTA)", "p50", "90"),
        ("times", "Report to first claim (MTTA)", "p90", "700"),
        ("times", "Escalation to claim above", "Incidents", "1"),
        ("times", "Escalation to claim above", "Mean", "300"),
        // 690, 2000 and 720 seconds.
        ("times", "Report to resolution (MTTR)", "Mean", "1136.666666"),
        ("times", "Report to resolution (MTTR)", "p50", "720"),
        ("times", "Report to resolution (MTTR)", "Longest", "2000"),
        ("promises", "Claimed", "Within", "600"),
        ("promises", "Claimed", "In time", "2"),
        ("promises", "Claimed", "Share late", "0.500000"),
        ("promises", "Claimed above after an escalation", "In time", "1"),
        ("promises", "Claimed above after an escalation", "Neither", "3"),
        ("days", "2026-03-02", "Reported", "3"),
        ("days", "2026-03-02", "Resolved since", "2"),
        ("days", "2026-03-03", "Reported", "1"),
        ("days", "2026-03-08", "Reported", "0"),
        // Eight in the morning, UTC, is nine in Amsterdam.
        ("hours", "09", "monday", "3"),
        ("hours", "09", "tuesday", "1"),
        ("hours", "08", "monday", "0"),
        ("states", "open", "Incidents", "1"),
        // From 1300 to 2100.
        ("people", "ben", "Resolved", "1"),
        ("people", "ben", "Active", "800"),
        ("groups", "Night shift", "Incidents", "4"),
        ("waiting", "TKT-2026-0003", "Reported", "2026-03-02 09:03"),
        ("waiting", "TKT-2026-0003", "Age", "172600"),
    ];
    for &(table, row, column, value) in expected.iter().chain(&RECIPES) {
        let key = (table.to_owned(), row.to_owned(), column.to_owned());
        let found = values.get(&key).map(String::as_str).unwrap_or_default();
        assert_eq!(found, value, "{key:?} in\n{told}");
    }
    assert_eq!(values.keys().filter(|(table, ..)| table == "waiting").count(), 3);
    let ann = "people,\"'=1+1<script>alert(\"\"x\"\")</script>, ⟨U+202E⟩Ann\",";
    let dispatcher = ann.replacen("people", "dispatchers", 1);
    for value in
        ["Claims at the first level,4", "A higher level was asked,1", "Share of these claims,0.250000"]
    {
        assert!(told.contains(&format!("\r\n{dispatcher}{value}\r\n")), "{value} in\n{told}");
    }
    // 600, 200, 60 and 120 seconds.
    let hers: Vec<&str> = told.split("\r\n").filter_map(|line| line.strip_prefix(ann)).collect();
    assert_eq!(hers.len(), 7, "{told}");
    for value in ["Resolved,2", "Claims,4", "Given back,1", "Passed on,1", "Active,980"] {
        assert!(hers.contains(&value), "{value}: {hers:?}");
    }
}

#[tokio::test]
async fn a_page_holds_everything_and_refers_to_nothing() {
    let place = Place::new();
    let store = place.open();
    week(&store).await;
    let book = Phrasebook::new();
    let told = asked(&store, Some("Night shift")).await.expect("it is answered");
    let page = html(&told, book.locale(None));
    for word in [
        "<title>Hauliers: Night shift, 2026-03-02 to 2026-03-08</title>",
        "=1+1&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;",
        "0:04:43",
        "0:18:56",
        "<td>75.0 %</td>",
        "<svg role=\"img\"",
        "prefers-color-scheme: dark",
        "default-src 'none'",
    ] {
        assert!(page.contains(word), "{word} in\n{page}");
    }
    for word in ["<script", "http:", "https:", "src=", "href=", "url(", "@import", "\u{202e}"] {
        assert!(!page.contains(word), "{word} in\n{page}");
    }
    for word in [
        "<h2>Against the days before</h2>\n<p>Before: 2026-02-23 to 2026-03-01.",
        "<td>+3</td>",
        "<td>+75.0 pp</td>",
    ] {
        assert!(page.contains(word), "{word} in\n{page}");
    }
    assert_eq!(page.matches("<section").count(), page.matches("</section>").count());
    for (tag, lang, words) in
        [("nl-BE", "nl", "Dag voor dag"), ("ru", "ru", "По дням"), ("es", "es", "Día a día")]
    {
        let page = html(&told, book.locale(Some(tag)));
        assert!(page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(words), "{page}");
        assert!(page.contains("0:18:56") && !page.contains("Day by day"), "{page}");
    }
}

#[tokio::test]
async fn only_what_exists_can_be_reported_on() {
    let place = Place::new();
    let store = place.open();
    Office::open(&store, 1).await;
    Office::open(&store, 2).await;
    let said = async |group| asked(&store, group).await.map(drop).unwrap_err().to_string();
    assert!(said(None).await.starts_with("several companies could be meant"), "{}", said(None).await);
}

#[tokio::test]
async fn a_report_has_the_calendar_of_its_group_or_of_the_installation() {
    let place = Place::new();
    let store = place.open();
    week(&store).await;
    let company = store.companies().await.expect("it answers")[0];
    let roster = store.roster(company).await.expect("it answers").expect("it is there");
    let (group, title) =
        roster.groups.values().map(|group| (group.id, group.title.clone())).next().expect("it is there");
    let set = |own| RosterCommand::Set { setting: Setting::Own { group, own } };
    let input = RosterInput {
        company,
        at: at(2 * TUESDAY),
        actor: Actor::System,
        commands: vec![
            set(OwnSetting::Timezone(ZoneName::find("Asia/Tokyo"))),
            set(OwnSetting::WeekStart(Some(WeekStart::Sunday))),
        ],
    };
    let step = step(&Policy::preset(Preset::TwoTier), Some(&roster), &input).expect("it may");
    let commit = RosterCommit::new(roster.version, step, at(2 * TUESDAY));
    store.commit_roster(commit).await.expect("it is written");
    let base =
        Calendar { zone: "America/New_York".parse().expect("it is a zone"), week_start: Weekday::Saturday };
    let told =
        async |group| calendar(&store, (Some("Hauliers"), group), &base).await.expect("it is answered");
    assert_eq!(told(None).await, base);
    let own = Calendar { zone: "Asia/Tokyo".parse().expect("it is a zone"), week_start: Weekday::Sunday };
    assert_eq!(told(Some(title.as_str())).await, own);
    drop(store);
    let output = place.run(&[
        "report",
        "--period",
        "week",
        "--at",
        "2026-03-04",
        "--group",
        title.as_str(),
        "--company",
        "Hauliers",
        "--format",
        "csv",
    ]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("Asia/Tokyo") && text.contains("2026-03-01"), "{text}");
}

#[tokio::test]
async fn the_program_writes_what_the_library_tells() {
    let place = Place::new();
    let store = place.open();
    week(&store).await;
    let told = csv(&asked(&store, None).await.expect("it is answered"));
    let arguments = ["report", "--period", "week", "--at", "2026-03-04", "--zone", "Europe/Amsterdam"];
    let csv =
        [&arguments[..], &["--company", "Hauliers", "--format", "csv", "--output", "week.csv"]].concat();
    let output = place.run(&csv);
    assert!(output.status.success() && output.stdout.is_empty(), "{output:?}");
    let written = std::fs::read_to_string(place.0.path().join("week.csv")).expect("it was written");
    // What is still under way depends on when it is looked at, and nothing else does.
    let settled = |text: &str| -> Vec<String> {
        let moving =
            |line: &&str| line.contains("as of") || line.contains(",Age,") || line.starts_with("ageing,");
        text.split("\r\n").filter(|line| !moving(line)).map(str::to_owned).collect()
    };
    assert_eq!(settled(&written), settled(&told));
    let again = place.run(&csv);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("never overwritten"), "{again:?}");
    let page = place.run(&arguments);
    assert!(page.status.success() && page.stdout.starts_with(b"<!DOCTYPE html>"), "{page:?}");
    let unknown = place.run(&[&arguments[..], &["--company", "Nobody"]].concat());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("the companies: Hauliers ("), "{unknown:?}");
    let group = place.run(&[&arguments[..], &["--group", "Day shift"]].concat());
    assert!(String::from_utf8_lossy(&group.stderr).contains("no group of Hauliers"), "{group:?}");
    assert_eq!(place.run(&["report", "--period", "year"]).status.code(), Some(2));
    assert!(Path::new(&place.database()).exists());
}
