//! What was stored once can be read for ever. `stored_events` holds a file for each release, with one of
//! everything that could be in a journal then; every one of them must still load and fold to the same state.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::time::Duration;

use incident_core::ids::{ChatRef, Circle, CompanyId, GroupId, Handle, PersonId, Platform, TeamId};
use incident_core::incident::{
    Attachment, By, CloseReason, Event, Fact, HoldReason, Incident, Level, PageOutcome, Priority, Severity,
    SlaKind, StateKind, Tag, fold,
};
use incident_core::policy::Role;
use incident_core::roster::{
    self, AdmissionFact, Code, Grantee, Landmark, LinkFact, Offer, OwnSetting, ReportLimit, Right, Roster,
    RosterEvent, RosterFact, Saying, Setting, Sign, Week, WeekStart, With, ZoneName,
};
use incident_core::testkit::cast::{
    ANN, BOB, COMPANY, DRIVER, ENGINES, GROUP, INCIDENT, MIA, START, TYRES, text,
};
use incident_core::text::Text;
use incident_core::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Every release that stored something new, newest last.
const RELEASES: [(&str, &str); 1] = [("0.1.0", include_str!("stored_events/0.1.0.json"))];

/// Run with `BLESS=1` in the environment to write the newest file instead of comparing it: only before its
/// release.
const BLESS: Option<&str> = option_env!("BLESS");

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Stored {
    journal: Vec<Event>,
    incident: Incident,
    roster_journal: Vec<RosterEvent>,
    roster: Roster,
}

fn everything() -> Stored {
    let journal: Vec<Event> = facts().into_iter().zip(0..).map(|(fact, nth)| event(fact, nth)).collect();
    let roster_journal: Vec<RosterEvent> = roster_facts()
        .into_iter()
        .zip(0..)
        .map(|(fact, nth)| RosterEvent { at: START + Duration::from_secs(nth), by: By::System, fact })
        .collect();
    Stored {
        incident: fold(INCIDENT, &journal).expect("it begins with a report"),
        journal,
        roster: roster::fold(COMPANY, &roster_journal).expect("it begins with a company"),
        roster_journal,
    }
}

fn event(fact: Fact, nth: u64) -> Event {
    let by = [By::Person(DRIVER), By::Assistant, By::System, By::Person(ANN)][nth as usize % 4];
    Event { at: START + Duration::from_secs(nth), by, fact }
}

fn facts() -> Vec<Fact> {
    let beginning = [
        Fact::Created {
            company: COMPANY,
            group: GROUP,
            topic: Some(text("trucks")),
            reporter: DRIVER,
            description: text("A tyre is flat"),
            priority: Priority::Normal,
            triage: true,
            cycle: 1,
        },
        Fact::AttachmentAdded { attachment: attachment() },
        Fact::Triaged { severity: severity(30), escalate: false },
        Fact::AutoAnswered { answer: text("Have you tried pumping?") },
        Fact::ReporterReplied { text: text("Yes") },
        Fact::Resumed,
        Fact::TriageFailed { reason: text("the assistant is away") },
        Fact::Routed { team: Some(TYRES), by_timer: false },
        Fact::ReminderSent { count: 1 },
        Fact::Assigned { person: ANN },
        Fact::Acknowledged { person: ANN, first: true },
        Fact::Joined { person: BOB },
        Fact::Released { person: BOB },
        Fact::Held { reason: HoldReason::External },
    ];
    let middle = [
        Fact::Resumed,
        Fact::Reassigned { from: ANN, to: BOB },
        Fact::Unassigned,
        Fact::Acknowledged { person: BOB, first: false },
        Fact::ClaimRevoked { person: BOB, reason: text("left the group") },
        Fact::Escalated { to: Level::SECOND, by_timer: true, clears: false },
        Fact::SlaBreached { kind: SlaKind::Response },
        Fact::PageRequested { position: 0, target: MIA, attempt: 1 },
        Fact::PageAttempted { target: MIA, attempt: 1, outcome: PageOutcome::Failed },
        Fact::EscalationExhausted,
        Fact::Deescalated { to: Level::FIRST },
        Fact::Transferred { to: ENGINES },
        Fact::PriorityChanged { priority: Priority::Urgent },
        Fact::SeverityChanged { severity: severity(90) },
        Fact::Tagged { tag: tag("brakes") },
        Fact::Tagged { tag: tag("tyres") },
        Fact::Untagged { tag: tag("tyres") },
        Fact::DescriptionEdited { description: text("Two tyres are flat") },
        Fact::NoteAdded { text: text("On my way"), internal: true },
        Fact::IdleWarned,
        Fact::Touched,
    ];
    let end = [
        Fact::Acknowledged { person: MIA, first: false },
        Fact::ResolutionRequested { resolver: MIA },
        Fact::SummaryTimedOut,
        Fact::ResolutionCancelled,
        Fact::Resolved { resolver: MIA, summary: Some(text("Both changed")) },
        Fact::SummaryAmended { summary: text("Both changed, and the brakes") },
        Fact::Closed { reason: CloseReason::Confirmed, note: None },
        Fact::Reopened { reason: text("Flat again") },
        Fact::StateOverridden { target: StateKind::Closed, reason: text("It is another one") },
        Fact::SurfaceReposted,
        Fact::ChannelMigrated,
        Fact::ChannelSuspended,
        Fact::SubjectErased { person: DRIVER },
        Fact::Archived,
    ];
    beginning.into_iter().chain(middle).chain(end).collect()
}

fn roster_facts() -> Vec<RosterFact> {
    let group = GROUP;
    let chat = |chat: &str| ChatRef::new(Platform::Telegram, chat);
    let handle = Handle::parse(Platform::Telegram, "@Ann").expect("it is a handle");
    let ann = || Grantee::Handle(handle.clone());
    let bob = || Grantee::Person(BOB);
    let ops = || Grantee::Circle(Circle::new(Platform::Slack, "S012", "ops").expect("it is one"));
    let own = |own| Setting::Own { group, own };
    let other = GroupId::from_u128(77);
    let beginning = vec![
        RosterFact::CompanyFounded { name: text("Acme Haulage") },
        RosterFact::GroupAdded { group, chat: chat("-1"), title: text("Night shift"), active: false },
        RosterFact::GroupActivated { group },
        RosterFact::RoleGranted { group, role: Role::Manager, to: ann() },
        RosterFact::RoleGranted { group, role: Role::Responder, to: bob() },
        RosterFact::RoleGranted { group, role: Role::Responder, to: ops() },
        RosterFact::RoleRevoked { group, role: Role::Responder, from: bob() },
        RosterFact::TeamAdded { team: TeamId::new(1), name: text("Tyres"), restricted: true },
        RosterFact::TeamJoined { team: TeamId::new(1), member: ann() },
        RosterFact::TeamJoined { team: TeamId::new(1), member: bob() },
        RosterFact::TeamLeft { team: TeamId::new(1), member: bob() },
        RosterFact::HandleBound { handle: handle.clone(), person: PersonId::new(2) },
        RosterFact::ChatMigrated { group, to: chat("-1001") },
        RosterFact::RightChanged { group, right: Right::Pin, held: false },
        RosterFact::ScheduleSet { group, team: Some(TeamId::new(1)), who: bob(), week: week("mon-fri 22-6") },
        RosterFact::ScheduleSet { group, team: None, who: ann(), week: week("daily 07:00-19:00") },
        RosterFact::ScheduleSet { group, team: None, who: bob(), week: week("sun 9-13") },
        RosterFact::ScheduleCleared { group, team: None, who: bob() },
        RosterFact::ShiftsBegan { until: START },
    ];
    let after = vec![
        RosterFact::SettingRestored { setting: own(OwnSetting::EscalationReminder(None)) },
        RosterFact::Admission { group, fact: AdmissionFact::Asked },
        RosterFact::Admission {
            group,
            fact: AdmissionFact::Requested { name: text("Acme"), by: PersonId::new(2) },
        },
        RosterFact::Admission { group, fact: AdmissionFact::Told },
        RosterFact::Admission { group, fact: AdmissionFact::Left },
        RosterFact::Admission { group, fact: AdmissionFact::Denied },
        RosterFact::Admission { group, fact: AdmissionFact::Alone },
        RosterFact::CompanyRoleGranted { role: Role::Manager, to: ann() },
        RosterFact::CompanyRoleGranted { role: Role::Responder, to: bob() },
        RosterFact::CompanyRoleRevoked { role: Role::Responder, from: bob() },
    ];
    let end = vec![
        RosterFact::GroupSuspended { group },
        RosterFact::GroupWithdrawn { group },
        RosterFact::GroupAdded { group: other, chat: chat("-2"), title: text("Day shift"), active: false },
        RosterFact::Admission {
            group: other,
            fact: AdmissionFact::Into { company: CompanyId::from_u128(7) },
        },
    ];
    [beginning, settings_changed(), after, links_made(), end].concat()
}

fn settings_changed() -> Vec<RosterFact> {
    let group = GROUP;
    let set = |setting| RosterFact::SettingChanged { setting };
    let own = |own| Setting::Own { group, own };
    vec![
        set(Setting::SelfRegistration(Some(true))),
        set(Setting::UnclaimedNudge(Some(Duration::from_secs(90)))),
        set(Setting::EscalationNudge(None)),
        set(Setting::Locale(Some(text("en")))),
        set(Setting::GroupLocale { group, locale: Some(text("nl")) }),
        set(own(OwnSetting::Timezone(ZoneName::find("Europe/Amsterdam")))),
        set(own(OwnSetting::WeekStart(Some(WeekStart::Sunday)))),
        set(own(OwnSetting::UnclaimedReminder(Some(Duration::from_secs(120))))),
        set(own(OwnSetting::EscalationReminder(Some(Duration::from_secs(180))))),
        set(own(OwnSetting::ReportsPerHour(Some(ReportLimit::PerHour(7))))),
        set(own(OwnSetting::ReportsPerHourGroup(Some(ReportLimit::Off)))),
        set(own(OwnSetting::TeamReminder(Some(Duration::from_secs(240))))),
        set(own(OwnSetting::DefaultTeam(Some(TeamId::new(1))))),
        set(own(OwnSetting::Landmark { landmark: Landmark::Log, name: "S012".parse().ok() })),
        set(own(OwnSetting::IdleWarningDays(Some(3)))),
        set(own(OwnSetting::AutoCloseDays(Some(9)))),
        set(own(OwnSetting::SummaryTemplate(Some(text("Cause? Remedy?"))))),
        set(own(OwnSetting::Emoji { sign: Sign::OnHold, emoji: "🛑".parse().ok() })),
        set(own(OwnSetting::Words { saying: Saying::ButtonClaim, words: "Take it".parse().ok() })),
    ]
}

fn links_made() -> Vec<RosterFact> {
    let group = GROUP;
    let chat = |chat: &str| ChatRef::new(Platform::Telegram, chat);
    vec![
        linking(LinkFact::Offered {
            offer: Offer {
                code: Code::read("0123456789").expect("a code"),
                with: With::Group(group),
                until: Timestamp::from_secs(1_772_440_000),
            },
        }),
        linking(LinkFact::ChatLinked { group, chat: chat("-9"), title: text("Ops") }),
        linking(LinkFact::RightChanged { group, chat: chat("-9"), right: Right::Pin, held: false }),
        linking(LinkFact::ChatMoved { group, from: chat("-9"), to: chat("-10") }),
        linking(LinkFact::ChatLinked { group, chat: chat("-11"), title: text("Night") }),
        linking(LinkFact::ChatLeft { group, chat: chat("-11") }),
        linking(LinkFact::PersonLinked { person: PersonId::new(9), to: PersonId::new(1) }),
        linking(LinkFact::Spent { with: With::Group(group) }),
        linking(LinkFact::PersonParted { person: PersonId::new(9) }),
    ]
}

const fn linking(fact: LinkFact) -> RosterFact {
    RosterFact::Linking { fact }
}

fn week(text: &str) -> Week {
    Week::read(text).expect("it is a schedule")
}

fn attachment() -> Attachment {
    Attachment {
        reference: text("file-1"),
        kind: text("photo"),
        name: Some(text("tyre.jpg")),
        size: Some(1_024),
    }
}

fn severity(hundredths: u8) -> Severity {
    Severity::new(hundredths).expect("it is at most 100")
}

fn tag(word: &str) -> Tag {
    Tag::new(word).expect("it is a tag")
}

/// Names the variants of an enum that is stored with a tag, from what serde says about an unknown one.
fn variants<T: DeserializeOwned + Debug>() -> BTreeSet<String> {
    let error = serde_json::from_str::<T>(r#"{"type":"?"}"#).expect_err("there is no such variant");
    error.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn names<T: Serialize>(facts: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    let stored = facts.into_iter().map(|fact| serde_json::to_value(fact).expect("it can be stored"));
    stored.map(|fact| fact["type"].as_str().expect("it is stored with its name").to_owned()).collect()
}

#[test]
fn the_files_speak_of_every_fact_there_is() {
    let Stored { journal, roster_journal, .. } = everything();
    assert_eq!(names(journal.iter().map(|event| &event.fact)), variants::<Fact>());
    assert_eq!(names(roster_journal.iter().map(|event| &event.fact)), variants::<RosterFact>());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test writes the file that it compares")]
fn this_release_stores_what_its_file_says() {
    let (release, committed) = RELEASES[RELEASES.len() - 1];
    let stored = serde_json::to_string_pretty(&everything()).expect("it can be stored") + "\n";
    if BLESS.is_some() {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored_events").join(format!("{release}.json"));
        fs::write(path, &stored).expect("the file can be written");
        return;
    }
    assert!(
        committed == stored,
        "what is stored changed: a new release needs a new file, see {release}.json"
    );
}

#[test]
fn what_every_release_stored_still_loads_and_folds() {
    for (release, committed) in RELEASES {
        let stored: Stored =
            serde_json::from_str(committed).unwrap_or_else(|error| panic!("{release}: {error}"));
        assert_eq!(fold(INCIDENT, &stored.journal), Some(stored.incident), "{release}");
        assert_eq!(roster::fold(COMPANY, &stored.roster_journal), Some(stored.roster), "{release}");
    }
}

#[test]
fn what_an_erased_person_wrote_is_nowhere_in_a_rewritten_journal() {
    let mut journal = everything().journal;
    let secret = "only the driver knew";
    for event in &mut journal {
        if let Fact::Created { description, .. } | Fact::ReporterReplied { text: description } =
            &mut event.fact
        {
            *description = text(secret);
            event.by = By::Person(DRIVER);
        }
        event.erase(DRIVER, DRIVER);
    }
    let Fact::Created { description, .. } = &journal[0].fact else { panic!("it begins with a report") };
    assert_eq!(*description, Text::erased());
    assert!(!serde_json::to_string(&journal).expect("it can be stored").contains(secret));
}
