//! What people see of an incident as it goes its way, word by word.

use std::time::Duration;

use incident_core::ids::{Identity, PersonId, Platform};
use incident_core::incident::{Command, HoldReason, Incident, Priority, Tag};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Person, Profile};
use incident_core::testkit::cast::{self, ANN, BOB, DRIVER, ENGINES, MIA, TIM, TYRES, text};
use incident_core::testkit::{Given, given};
use incident_core::view::{Card, CardSource, Line, People, Phrasebook, Span, card};

fn drawn(given: &Given) -> Card {
    drawn_with(given.policy(), given.incident(), &cast::people())
}

fn drawn_with(policy: &Policy, incident: &Incident, people: &People) -> Card {
    let (book, roster, filed) = (Phrasebook::new(), cast::roster(), cast::filed(incident));
    card(&CardSource { filed: &filed, roster: &roster, policy, people, locale: book.locale(None) })
}

fn words(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

/// The card as text: its lines, then its buttons in brackets, a row a line.
fn seen(card: &Card) -> String {
    let lines = [&card.title].into_iter().chain(card.sections.iter().map(|section| &section.line)).map(words);
    let rows = card.buttons.iter().map(|row| {
        let labels: Vec<String> = row.iter().map(|button| format!("[{}]", button.label)).collect();
        labels.join(" ")
    });
    lines.chain(rows).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn shows(given: &Given, expected: &str) {
    assert_eq!(seen(&drawn(given)), expected.trim_start_matches('\n'));
}

fn reported(preset: Preset) -> Given {
    given(Policy::preset(preset)).asked(DRIVER, cast::report("A tyre is flat"))
}

#[test]
fn the_card_of_two_tiers_tells_the_whole_way() {
    let open = reported(Preset::TwoTier);
    shows(
        &open,
        "
🚨 NEW INCIDENT: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: 🔥 UNCLAIMED
[✅ Claim]",
    );
    let claimed = open.asked(ANN, Command::Acknowledge);
    shows(
        &claimed,
        "
🛠️ IN PROGRESS: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: Claimed
Handled by: Ann
[❌ Leave]
[⬆️ Escalate] [🏁 Resolve]",
    );
    let escalated = claimed.asked(ANN, Command::Escalate);
    shows(
        &escalated,
        "
🆘 ESCALATED: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: 🔥 Awaiting a manager
[🛡️ Claim escalation]",
    );
    let managed = escalated.asked(MIA, Command::Acknowledge);
    shows(
        &managed,
        "
🛠️ IN PROGRESS: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: Claimed by a manager
Handled by: Mia
[❌ Leave]
[⬇️ Back to level 1] [🏁 Resolve]",
    );
    let promised = managed.asked(MIA, Command::RequestResolve);
    shows(
        &promised,
        "
⌛ AWAITING SUMMARY: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: Done, summary outstanding
Handled by: Mia
Waiting for Mia to reply with a summary
[↩️ Back to work]",
    );
    let resolved = promised.clone().asked(MIA, Command::SubmitSummary { summary: text("Changed it") });
    shows(
        &resolved,
        "
✅ RESOLVED: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: Resolved
Resolved by: Mia
Summary: Changed it",
    );
    assert!(drawn(&promised).pinned && !drawn(&resolved).pinned);
}

#[test]
fn where_several_may_hold_it_they_join_and_stay() {
    let shared =
        reported(Preset::TwoTierShared).asked(ANN, Command::Acknowledge).asked(BOB, Command::Acknowledge);
    shows(
        &shared,
        "
🛠️ IN PROGRESS: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: Claimed
Handled by: Ann, Bob
[➕ Join] [❌ Leave]
[⬆️ Escalate] [🏁 Resolve]",
    );
    shows(
        &shared.asked(ANN, Command::Escalate),
        "
🆘 ESCALATED: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: 🔥 Awaiting a manager
Also involved: Ann, Bob
[🛡️ Claim escalation] [❌ Leave]",
    );
}

#[test]
fn the_card_of_departments_lets_the_team_be_chosen() {
    let triage = reported(Preset::Departments);
    shows(
        &triage,
        "
🚨 NEW INCIDENT: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Status: 🗂️ Choose a team
[Tyres] [🔒 Engines]",
    );
    let routed = triage.asked(DRIVER, Command::Route { to: cast::choice(TYRES) });
    let claimed = routed.asked(TIM, Command::Acknowledge);
    shows(
        &claimed.asked(TIM, Command::Transfer { to: cast::choice(ENGINES) }),
        "
🚨 NEW INCIDENT: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Team: Engines
Status: 🔥 UNCLAIMED
[✅ Claim] [🔀 Transfer]",
    );
}

#[test]
fn the_card_says_what_else_there_is_to_know() {
    let tag = |word| Command::Tag { tag: Tag::new(word).expect("it is a tag") };
    let known = reported(Preset::Tickets).after([
        (ANN, Command::SetPriority { priority: Priority::Urgent }),
        (ANN, tag("tyres")),
        (ANN, tag("brakes")),
        (MIA, Command::Assign { to: cast::member(BOB) }),
    ]);
    shows(
        &known,
        "
🚨 NEW INCIDENT: TKT-2026-0001
Reported by: Driver
Issue: A tyre is flat
Priority: urgent
Tags: brakes, tyres
Status: 🔥 UNCLAIMED
Asked to take it: Bob
[✅ Claim]
[⏳ Wait for reporter] [⬆️ Escalate] [🔒 Close]",
    );
    let held = known.asked(ANN, Command::Hold { reason: HoldReason::Reporter });
    let seen = seen(&drawn(&held));
    assert!(seen.starts_with("⏸️ ON HOLD: TKT-2026-0001\n"), "{seen}");
    assert!(seen.ends_with("Status: Waiting for the reporter\n[▶️ Resume]"), "{seen}");
}

#[test]
fn of_a_crowd_the_first_are_named_and_the_rest_counted() {
    let crowd: Vec<PersonId> = (100..110).map(PersonId::new).collect();
    let names = People::new(crowd.iter().map(|id| Person {
        id: *id,
        profile: Profile {
            identity: Identity::new(Platform::Sandbox, id.to_string()),
            handle: None,
            name: text(&format!("N{id}")),
            locale: None,
        },
    }));
    let book = Phrasebook::new();
    let named =
        |count: usize| names.names(book.locale(None), crowd[..count].to_vec()).map(|line| words(&line));
    assert_eq!(named(0), None);
    assert_eq!(named(8).as_deref(), Some("N100, N101, N102, N103, N104, N105, N106, N107"));
    assert_eq!(named(10).as_deref(), Some("N100, N101, N102, N103, N104, N105, N106, N107 and 2 more"));
}

#[test]
fn names_and_reports_neither_hide_nor_overflow() {
    let given = given(Policy::preset(Preset::TwoTier))
        .asked(DRIVER, cast::report("flat \u{202E}tyre<b>\n@everyone"))
        .later(Duration::from_secs(1));
    let long = People::new([Person {
        id: DRIVER,
        profile: Profile {
            identity: Identity::new(Platform::Sandbox, "1"),
            handle: None,
            name: text(&"Ж".repeat(100)),
            locale: None,
        },
    }]);
    let card = drawn_with(given.policy(), given.incident(), &long);
    assert_eq!(words(&card.sections[0].line), format!("Reported by: {}…", "Ж".repeat(47)));
    assert_eq!(words(&card.sections[1].line), "Issue: flat ⟨U+202E⟩tyre<b>\n@everyone");
    assert!(card.sections[1].elastic && !card.sections[0].elastic);
}
