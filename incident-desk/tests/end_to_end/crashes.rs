//! `kill -9` at random moments, and nothing is lost, doubled, or forgotten.

use std::collections::BTreeSet;
use std::time::Duration;

use adapter_telegram::testkit::{BotApi, World};
use futures::future::join_all;

use crate::chaos::retire_orphans;
use crate::harness::{Crowd, Desk, Entry, Ledger, STORIES, Team};

const KILLS: usize = 20;
const GROUPS: usize = 8;
const INCIDENTS_EACH: usize = 25;
const SEED: u64 = 0x1DE5_C0FF_EE00;
/// How long the whole story may take.
const BUDGET: Duration = Duration::from_secs(90);

/// The splitmix64 generator: small, and the same everywhere.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Kills and starts the desk again and again.
async fn assail(desk: &mut Desk, dice: &mut Dice) {
    for _ in 0..KILLS {
        desk.polling().await;
        tokio::time::sleep(Duration::from_millis(20 + dice.below(900))).await;
        desk.crash().await;
    }
}

/// Counts the messages with some words about an incident: known ones, and ones whose answer was lost.
fn said(
    world: &World,
    chat: i64,
    known: &BTreeSet<(i64, i64)>,
    entry: &Entry,
    words: &str,
) -> (usize, usize) {
    let about = |text: &str| text.contains(&entry.number) && text.contains(words);
    let ids: Vec<i64> =
        world.messages(chat).filter(|message| about(&message.text)).map(|message| message.id).collect();
    let recorded = ids.iter().filter(|id| known.contains(&(chat, **id))).count();
    (recorded, ids.len() - recorded)
}

/// What was said about incidents, beside what was due.
#[derive(Default)]
pub(crate) struct Words {
    /// Messages whose answer died with the process; each was sent again.
    pub(crate) lost: usize,
    /// Pages that are missing. Where one process does it all, none may be; of several, one may take over a page
    /// so late that it was answered before.
    pub(crate) unpaged: usize,
    /// Questions and reminders that are missing: they may have been overtaken before they could be sent.
    pub(crate) missing: usize,
}

impl Words {
    /// Checks what was said about one incident.
    fn audit(&mut self, world: &World, chat: i64, known: &BTreeSet<(i64, i64)>, entry: &Entry) {
        let mut count = |words| {
            let (recorded, lost) = said(world, chat, known, entry, words);
            self.lost += lost;
            recorded
        };
        assert_eq!(count("has been marked as resolved"), 1, "{} was not told resolved once", entry.number);
        let paged = count("requires manager attention");
        let escalated = entry.count("escalated");
        assert!(paged <= escalated, "{} paged {paged} times of {escalated}", entry.number);
        self.unpaged += escalated - paged;
        let asked = count("please reply to this message");
        let reminded = count("has been unclaimed for") + count("has been awaiting a manager");
        let due = ["resolution_requested", "reminder_sent"].map(|fact| entry.count(fact));
        for (said, due) in [asked, reminded].into_iter().zip(due) {
            assert!(said <= due, "{} was told {said} times of {due}", entry.number);
            self.missing += due - said;
        }
    }
}

/// At most one reminder for each time an incident waited to be claimed.
fn audit_reminders(entry: &Entry) {
    let mut sent = 0;
    for fact in entry.facts() {
        match fact.as_str() {
            "reminder_sent" => sent += 1,
            "created" | "unassigned" | "escalated" | "deescalated" | "resolution_requested" => sent = 0,
            _ => {}
        }
        assert!(sent <= 1, "{} was brought up twice: {:?}", entry.number, entry.facts());
    }
}

/// Checks that every life became the journal that it should, and that people were told what was due.
pub(crate) fn judge(crowds: &[Crowd], ledger: &Ledger, api: &BotApi, known: &BTreeSet<(i64, i64)>) -> Words {
    let mut words = Words::default();
    for crowd in crowds {
        for life in &crowd.lives {
            let number = life.number.as_ref().expect("it was posted");
            let mine = |entry: &&Entry| entry.incident.description.as_str() == life.description;
            let entry = ledger.incidents.iter().find(mine).unwrap_or_else(|| panic!("{number} is lost"));
            assert_eq!(&entry.number, number);
            assert!(life.is_told_by(entry), "{:?} became {:?}", life.steps, entry.facts());
            audit_reminders(entry);
            api.read(|world| words.audit(world, crowd.team.chat, known, entry));
        }
    }
    words
}

/// Gathers teams, each with a number of incidents to live through.
pub(crate) async fn gather(api: &BotApi, groups: usize, incidents: usize, dice: &mut Dice) -> Vec<Crowd> {
    let mut crowds = Vec::new();
    for group in 0..groups {
        let team = Team::working_as(api, &format!("_{group}")).await;
        let mut crowd = Crowd::new(team, 6);
        for number in 0..incidents {
            let story = STORIES[usize::try_from(dice.below(STORIES.len() as u64)).expect("a small number")];
            crowd.expect(format!("problem {number} of group {group}."), story);
        }
        crowds.push(crowd);
    }
    crowds
}

#[tokio::test]
async fn killed_twenty_times_in_a_story_of_two_hundred_incidents_it_loses_and_doubles_nothing() {
    let mut desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "3s").with("LOG_LEVEL", "info").start();
    let mut dice = Dice(SEED);
    let mut crowds = gather(&desk.api, GROUPS, INCIDENTS_EACH, &mut dice).await;
    let teams: Vec<Team> = crowds.iter().map(|crowd| crowd.team.clone()).collect();
    let begun = tokio::time::Instant::now();
    let story =
        async { tokio::join!(join_all(crowds.iter_mut().map(Crowd::live)), assail(&mut desk, &mut dice)) };
    let lived = tokio::time::timeout(BUDGET, story).await;
    let stuck: Vec<String> = crowds.iter().flat_map(Crowd::unfinished).collect();
    assert!(lived.is_ok(), "{} incidents are not through: {stuck:#?}", stuck.len());
    eprintln!("{KILLS} kills, 200 incidents: {:?}", begun.elapsed());
    desk.quiet().await;
    let orphans = retire_orphans(&desk, &teams[0]).await;
    let known = desk.sent();
    let api = desk.api.clone();
    let overtaken = desk.log().lines().filter(|line| line.contains("overtaken")).count();
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), GROUPS * INCIDENTS_EACH, "every report is an incident, once");
    let Words { lost, unpaged, missing } = judge(&crowds, &ledger, &api, &known);
    assert_eq!(unpaged, 0, "pages are missing");
    eprintln!(
        "{orphans} orphaned cards, {lost} notices said twice because their answer died with the process, \
         {missing} of {overtaken} overtaken before they could be said"
    );
    // A kill can strike at most one card and one notice of each chat between its sending and its noting.
    assert!(orphans <= KILLS * GROUPS && lost <= KILLS * GROUPS);
    // What is missing was overtaken; a kill can strike before that is in the log.
    let noted = overtaken..=overtaken + KILLS;
    assert!(noted.contains(&missing), "{missing} are missing, {overtaken} were overtaken");
}
