//! The numbers that people use: by company and year, never twice.

use super::fixture::{Office, Run, START, Works, at, at_once, wait};
use crate::ids::Number;
use crate::ports::{Commit, Store};

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;
/// The first second of 2027, counted from the beginning of the tests.
const NEW_YEAR: i64 = 1_798_761_600 - START;

/// The first is 1, and every filing takes the next.
pub async fn numbers_count_up_from_one(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for seq in 1..=3 {
        assert_eq!(office.file(seq, 0).await.number, Number { year: 2026, seq });
    }
}

/// A number is given once: later commits answer with it, and it stays with its incident.
pub async fn an_incident_keeps_its_number(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    office.file(2, 0).await;
    let later = office.commit(office.notes(&filed.incident, "next year", NEW_YEAR)).await;
    assert_eq!(later.number, filed.number);
    assert_eq!(office.load(1).await, Some(later));
}

/// Companies do not share a counter: nobody can tell from a number how busy the others are.
pub async fn every_company_counts_for_itself(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    one.file(1, 0).await;
    assert_eq!(two.file(1, 0).await.number, Number { year: 2026, seq: 1 });
    assert_eq!(one.file(2, 0).await.number, Number { year: 2026, seq: 2 });
}

/// Every year begins with 1, and a straggler of the old year goes on where that one ended.
pub async fn every_year_begins_with_one(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let number = |year, seq| Number { year, seq };
    assert_eq!(office.file(1, 0).await.number, number(2026, 1));
    assert_eq!(office.file(2, NEW_YEAR - 1).await.number, number(2026, 2));
    assert_eq!(office.file(3, NEW_YEAR).await.number, number(2027, 1));
    assert_eq!(office.file(4, NEW_YEAR - 1).await.number, number(2026, 3));
    assert_eq!(office.file(5, NEW_YEAR + 364 * SECONDS_OF_A_DAY).await.number, number(2027, 2));
}

/// The year is that of the report, even if the commit came later.
pub async fn the_year_is_that_of_the_report(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let late = Commit { at: at(NEW_YEAR + 1), ..office.report(1, NEW_YEAR - 1) };
    assert_eq!(office.commit(late).await.number, Number { year: 2026, seq: 1 });
}

/// Ids do not decide numbers: the order of filing does.
pub async fn numbers_follow_the_order_of_filing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for (n, seq) in [(9, 1), (3, 2), (6, 3)] {
        assert_eq!(office.file(n, 0).await.number.seq, seq);
    }
}

/// A filing that conflicted leaves no incident under the number it may have taken.
pub async fn a_refused_filing_takes_nobodys_number(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let first = office.file(1, 0).await;
    assert!(store.commit(office.report(1, 1)).await.is_err());
    let second = office.file(2, 2).await;
    assert!(second.number > first.number);
    assert_eq!(store.find(office.company, second.number).await.works(), Some(office.id(2)));
    assert_eq!(store.find(office.company, first.number).await.works(), Some(office.id(1)));
}

/// Four digits are how numbers are written, not how many there are: after 9999 comes 10000, which is written,
/// read and found like any other, and is larger.
pub fn numbers_go_on_beyond_four_digits(store: &dyn Store, run: Run<'_>) {
    const THREADS: u32 = 32;
    // Gaps are allowed; a store that never gets there is not waited for.
    const MOST: u32 = 10_400;
    let office = wait(run, Office::open(store, 1));
    let office = &office;
    let filed = at_once(run, THREADS as usize, |thread| async move {
        let mut filed = Vec::new();
        for n in (thread as u32..MOST).step_by(THREADS as usize) {
            let number = office.file(n, 0).await.number;
            filed.push((number, office.id(n)));
            if number.seq > 10_000 {
                break;
            }
        }
        filed
    });
    let mut filed = filed.concat();
    filed.sort_unstable();
    assert!(filed.windows(2).all(|pair| pair[0].0 < pair[1].0), "a number was given twice");
    let large: Vec<_> = filed.into_iter().filter(|(number, _)| number.seq > 9_998).collect();
    let written: Vec<String> = large.iter().map(|(number, _)| number.to_string()).collect();
    assert!(written.iter().any(|number| number.len() == "TKT-2026-10000".len()), "{written:?}");
    for ((number, incident), written) in large.into_iter().zip(written) {
        assert_eq!(written.parse(), Ok(number));
        assert_eq!(wait(run, store.find(office.company, number)).works(), Some(incident), "{number}");
        let loaded = wait(run, store.load(office.company, incident)).works();
        assert_eq!(loaded.map(|filed| filed.number), Some(number));
    }
}
