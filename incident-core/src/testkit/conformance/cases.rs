//! What figures are made of: the columns of a store tell the same as its states. A suite of its own, since not every
//! [`Store`] has [`Cases`]; each store that does calls these from its tests.

use super::fixture::{Office, Works, at, text};
use crate::figures::Case;
use crate::ids::{GroupId, TeamId};
use crate::incident::{CloseReason, Command, HoldReason, Incident, Tag};
use crate::policy::{Policy, Preset};
use crate::ports::{CaseMark, Cases, Listing, Scope, Store};

async fn does(office: &Office<'_>, incident: Incident, acts: &[(i64, Command)]) -> Incident {
    let mut incident = incident;
    for (secs, command) in acts {
        incident = office.commit(office.asks(&incident, office.ben, command.clone(), *secs)).await.incident;
    }
    incident
}

fn tagged(word: &str) -> Command {
    Command::Tag { tag: Tag::new(word).expect("it is a tag") }
}

/// Lets incidents live in many ways: resolved, opened again, escalated, on hold, promised, closed, of a team, untouched;
/// some with tags, of which one is taken back.
async fn lives(office: &Office<'_>) {
    let (take, ask, up) = (Command::Acknowledge, Command::RequestResolve, Command::Escalate);
    let summary = || Command::SubmitSummary { summary: text("changed the bulb") };
    let reopen = || Command::Reopen { reason: text("dark again") };
    let resolved = office.file(1, 10).await.incident;
    let resolved = does(office, resolved, &[(15, tagged("tyres")), (16, tagged("brakes"))]).await;
    does(office, resolved, &[(20, up.clone()), (30, take.clone()), (40, ask.clone()), (50, summary())]).await;
    let again = office.file(2, 11).await.incident;
    let first = [(21, up.clone()), (31, take.clone()), (41, ask.clone()), (51, summary()), (61, reopen())];
    does(office, again, &first).await;
    let held = office.file(3, 12).await.incident;
    let hold = Command::Hold { reason: HoldReason::External };
    let acts = [(20, up.clone()), (22, take.clone()), (32, hold.clone()), (42, Command::Resume), (52, hold)];
    does(office, held, &acts).await;
    let promised = office.file(4, 13).await.incident;
    does(office, promised, &[(21, up), (23, take), (33, ask)]).await;
    let closed = office.file(5, 14).await.incident;
    let untag = Command::Untag { tag: Tag::new("brakes").expect("it is a tag") };
    let closed = does(office, closed, &[(20, tagged("äpfel")), (21, tagged("brakes")), (22, untag)]).await;
    does(office, closed, &[(24, Command::Close { reason: CloseReason::Duplicate })]).await;
    let mut routed = office.report(6, 15);
    routed.effects.clear();
    routed.incident.team = Some(TeamId::new(7));
    routed.incident.clocks.routed_at = Some(at(15));
    office.commit(routed).await;
    office.file(9, 16).await;
    office.file(8, 16).await;
}

/// Opens an office whose incidents can be put on hold.
async fn open<S: Store>(store: &S, index: u32) -> Office<'_> {
    let mut office = Office::open(store, index).await;
    office.policy = Policy::preset(Preset::TwoTier);
    office
}

fn everything(office: &Office<'_>) -> Scope {
    Scope { company: office.company, group: None, from: at(0), until: at(1_000) }
}

async fn told(office: &Office<'_>) -> Vec<Case> {
    let mut cases: Vec<Case> = office.list(&Listing::default()).await.iter().map(Case::from).collect();
    cases.sort_unstable_by_key(|case| (case.created_at, case.id));
    cases
}

/// Every column of every kind of life tells what the state beside it says, in the order of the reports.
pub async fn cases_are_what_the_states_say<S: Store + Cases>(store: &S) {
    let office = open(store, 1).await;
    assert_eq!(store.cases(&everything(&office), None, 100).await.works(), []);
    lives(&office).await;
    let cases = store.cases(&everything(&office), None, 100).await.works();
    assert_eq!(cases, told(&office).await);
    assert_eq!(cases.len(), 8);
}

/// Pages of any length join to the whole list.
pub async fn pages_of_cases_join_to_the_whole_list<S: Store + Cases>(store: &S) {
    let office = open(store, 1).await;
    lives(&office).await;
    let all = told(&office).await;
    for limit in 1..=9 {
        let mut joined: Vec<Case> = Vec::new();
        loop {
            let after: Option<CaseMark> = joined.last().map(|case| (case.created_at, case.id));
            let page = store.cases(&everything(&office), after, limit).await.works();
            assert!(page.len() <= limit as usize && joined.len() <= all.len(), "{limit} at a time");
            if page.is_empty() {
                break;
            }
            joined.extend(page);
        }
        assert_eq!(joined, all, "{limit} at a time");
    }
}

/// A scope holds exactly what was reported in its time, its group and its company.
pub async fn cases_of_a_scope_are_those_and_no_others<S: Store + Cases>(store: &S) {
    let (office, other) = (open(store, 1).await, open(store, 2).await);
    lives(&office).await;
    other.file(1, 12).await;
    let elsewhere = GroupId::from_u128(77);
    let chat = super::fixture::chat("-77");
    office.administers(vec![office.add_group(elsewhere, &chat)], 200).await;
    let there = Office { group: elsewhere, chat, ..office.clone() };
    there.file(7, 13).await;
    let seqs = async |scope: Scope| {
        let cases = store.cases(&scope, None, 100).await.works();
        cases.into_iter().map(|case| case.number.seq).collect::<Vec<_>>()
    };
    let all = everything(&office);
    assert_eq!(seqs(Scope { from: at(12), until: at(14), ..all }).await, [3, 4, 9]);
    assert_eq!(seqs(Scope { from: at(12), until: at(12), ..all }).await, [0_u32; 0]);
    assert_eq!(seqs(Scope { group: Some(elsewhere), ..all }).await, [9]);
    assert_eq!(seqs(Scope { group: Some(office.group), from: at(13), ..all }).await, [4, 5, 6, 8, 7]);
    assert_eq!(seqs(Scope { group: Some(other.group), ..all }).await, [0_u32; 0]);
    assert_eq!(seqs(everything(&other)).await, [1]);
}
