//! What happens at once. These tests call the store from several threads; with a store that works one call
//! after the other they still prove that nothing is decided outside its transactions.

use std::collections::BTreeSet;

use super::fixture::{Office, Run, Works, at_once, claim, done, notice, origin, outlook, settle, text, wait};
use crate::incident::Lane;
use crate::ports::{CommitError, Settled, Store};
use crate::roster::RosterCommand;

const THREADS: usize = 8;

/// Of several who decided upon the same version, exactly one is written.
pub fn of_those_who_commit_at_once_one_wins(store: &dyn Store, run: Run<'_>) {
    let office = wait(run, Office::open(store, 1));
    let mut version = wait(run, office.file(1, 0)).incident.version;
    for round in 1..=10 {
        let before = wait(run, office.load(1)).expect("it was filed").incident;
        let results = at_once(run, THREADS, |thread| {
            let commit = office.notes(&before, &format!("from thread {thread}"), round);
            async move { store.commit(commit).await }
        });
        let won = results.iter().filter(|result| result.is_ok()).count();
        let lost =
            results.iter().filter(|result| matches!(result, Err(CommitError::Conflict { .. }))).count();
        assert_eq!((won, lost), (1, THREADS - 1));
        version = version.next();
    }
    let journal = wait(run, store.history(office.company, office.id(1))).works();
    assert_eq!(wait(run, office.load(1)).map(|filed| filed.incident.version), Some(version));
    assert_eq!(journal.len() as u32, version.get());
}

/// Numbers may leave gaps; they are never given twice.
pub fn no_number_is_given_twice(store: &dyn Store, run: Run<'_>) {
    const EACH: u32 = 8;
    let office = wait(run, Office::open(store, 1));
    let filed = at_once(run, THREADS, |thread| {
        let office = &office;
        async move {
            let mut numbers = Vec::new();
            for n in 0..EACH {
                numbers.push(office.file(1 + thread as u32 * EACH + n, 0).await.number);
            }
            numbers
        }
    });
    let numbers: BTreeSet<_> = filed.into_iter().flatten().collect();
    assert_eq!(numbers.len(), THREADS * EACH as usize);
    let found = numbers.iter().map(|number| wait(run, store.find(office.company, *number)).works());
    let found: BTreeSet<_> = found.flatten().collect();
    assert_eq!(found, (1..=THREADS as u32 * EACH).map(|n| office.id(n)).collect());
}

/// A request that is delivered several times at once is applied once, and every other delivery is told so.
pub fn a_request_delivered_at_once_is_applied_once(store: &dyn Store, run: Run<'_>) {
    let office = wait(run, Office::open(store, 1));
    for round in 0..8 {
        let key = format!("telegram:7:{round}");
        let first = 1 + round * THREADS as u32;
        let results = at_once(run, THREADS, |thread| {
            let report = office.report(first + thread as u32, 0).answering(origin(&key, "filed"));
            async move { store.commit(report).await }
        });
        let told =
            |result: &Result<_, CommitError>| matches!(result, Err(CommitError::AlreadyApplied { .. }));
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(|result| told(result)).count(), THREADS - 1);
        let filed = (first..).take(THREADS).filter(|n| wait(run, office.load(*n)).is_some()).count();
        assert_eq!(filed, 1);
    }
}

/// No effect is held by two workers, and none is forgotten.
pub fn an_effect_is_claimed_by_one_worker(store: &dyn Store, run: Run<'_>) {
    const OFFICES: u32 = 24;
    for index in 1..=OFFICES {
        let office = wait(run, Office::open(store, index));
        wait(run, office.owes(1, vec![notice(index)], 0));
    }
    let claimed = at_once(run, THREADS, |_| async {
        let mut mine = Vec::new();
        while let Some(claim) = claim(store, Lane::Notice, 1).await {
            mine.push((claim.effect, claim.attempt));
        }
        mine
    });
    let mut all: Vec<_> = claimed.into_iter().flatten().collect();
    all.sort_unstable();
    let distinct: BTreeSet<_> = all.iter().map(|(effect, _)| *effect).collect();
    assert_eq!((all.len(), distinct.len()), (OFFICES as usize, OFFICES as usize), "{all:?}");
    assert!(all.iter().all(|(_, attempt)| *attempt == 1), "{all:?}");
}

/// Whoever settles a claim at once with others is the only one for whom it counted.
pub fn a_claim_is_settled_once(store: &dyn Store, run: Run<'_>) {
    let office = wait(run, Office::open(store, 1));
    for round in 0..8 {
        wait(run, office.owes(1, vec![notice(round)], 0));
        let claim = wait(run, claim(store, Lane::Notice, 1)).expect("it is owed");
        let settled = at_once(run, THREADS, |_| settle(store, &claim, done(), 2));
        assert_eq!(settled.iter().filter(|settled| **settled == Settled::Yes).count(), 1);
    }
    assert_eq!(wait(run, outlook(store, 3)).owed, 0);
}

/// An account that is seen several times at once is one person, and every account is one of its own.
pub fn an_account_is_registered_once(store: &dyn Store, run: Run<'_>) {
    let office = wait(run, Office::open(store, 1));
    let seen = at_once(run, THREADS, |_| {
        let office = &office;
        async move {
            let mut ids = Vec::new();
            for name in ["eve", "sue", "kim", "lee"] {
                let profile = super::fixture::profile(name);
                ids.push(store.identify(office.company, &profile, super::fixture::at(1)).await.works());
            }
            ids
        }
    });
    let distinct: BTreeSet<_> = seen.iter().flatten().collect();
    assert_eq!(distinct.len(), 4, "{seen:?}");
    assert!(seen.iter().all(|ids| *ids == seen[0]), "{seen:?}");
}

/// A chat that several companies want at once becomes one company's.
pub fn a_chat_that_several_want_becomes_one_groups(store: &dyn Store, run: Run<'_>) {
    let offices: Vec<_> = (1..=THREADS as u32).map(|index| wait(run, Office::open(store, index))).collect();
    let wanted = super::fixture::chat("-500");
    let rosters: Vec<_> = offices.iter().map(|office| wait(run, office.roster())).collect();
    let results = at_once(run, THREADS, |thread| {
        let (office, roster) = (&offices[thread], &rosters[thread]);
        let group = crate::ids::GroupId::from_u128(9_000 + thread as u128);
        let name = RosterCommand::AddTeam { name: text("Night"), restricted: false };
        let commit = office.roster_commit(Some(roster), vec![name, office.add_group(group, &wanted)], 1);
        async move { store.commit_roster(commit).await }
    });
    let winner = results.iter().position(Result::is_ok).expect("one of them gets it");
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let tenancy = wait(run, store.tenancy(&wanted)).works();
    assert_eq!(tenancy.map(|tenancy| tenancy.company), Some(offices[winner].company));
    for (office, before) in
        offices.iter().zip(&rosters).filter(|(office, _)| office.index != offices[winner].index)
    {
        assert_eq!(&wait(run, office.roster()), before);
    }
}
