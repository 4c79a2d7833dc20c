//! The numbers that people use: by company and year, never twice.

use super::fixture::{Office, START, Works, at};
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
