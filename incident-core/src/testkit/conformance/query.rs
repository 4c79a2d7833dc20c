//! Questions about incidents: what is found, in which order, and what nobody else finds.

use super::fixture::{MOMENT, Office, Works, at, text};
use crate::ids::{GroupId, IncidentId, Number, PersonId};
use crate::incident::{Command, StateKind, Tag};
use crate::ports::{Commit, Filed, Listing, Page, Store};
use crate::time::Timestamp;

/// A number leads to its incident, and to nothing where there is none.
pub async fn an_incident_is_found_by_its_number(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (first, second) = (office.file(7, 0).await, office.file(3, 0).await);
    let Number { year, seq } = second.number;
    let found = [
        (first.number, Some(office.id(7))),
        (second.number, Some(office.id(3))),
        (Number { year, seq: seq + 1 }, None),
        (Number { year: year + 1, seq }, None),
    ];
    for (number, incident) in found {
        assert_eq!(store.find(office.company, number).await.works(), incident, "{number}");
    }
}

/// Six incidents in all kinds of states, two of them in a second group.
async fn six(office: &Office<'_>) -> Vec<Filed> {
    let mut filed = Vec::new();
    for n in [4, 2, 6, 1, 5, 3] {
        filed.push(office.file(n, i64::from(n)).await);
    }
    filed.sort_by_key(|filed| filed.incident.id);
    let does = async |index: usize, person, command| {
        let before = office.load(index as u32 + 1).await.expect("it was filed").incident;
        office.commit(office.asks(&before, person, command, 100)).await
    };
    filed[1] = does(1, office.ann, Command::Acknowledge).await;
    does(2, office.ann, Command::Acknowledge).await;
    filed[2] = does(2, office.ann, Command::Escalate).await;
    does(3, office.ann, Command::Acknowledge).await;
    filed[3] = does(3, office.ann, Command::Resolve { summary: Some(text("a new fuse")) }).await;
    filed[4] = does(4, office.driver, Command::Cancel { reason: text("found it") }).await;
    filed
}

async fn listed(office: &Office<'_>, listing: Listing) -> Vec<Filed> {
    office.list(&listing).await
}

fn pick(all: &[Filed], indices: &[usize]) -> Vec<Filed> {
    indices.iter().map(|index| all[*index].clone()).collect()
}

/// Without a filter everything is listed, in the order of ids and as it is now.
pub async fn a_list_is_in_the_order_of_ids(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(listed(&office, Listing::default()).await, []);
    let all = six(&office).await;
    assert_eq!(listed(&office, Listing::default()).await, all);
}

/// A list may be restricted to some states, to one person, to one group, and to all of these.
pub async fn a_list_shows_what_was_asked_for(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let mut all = six(&office).await;
    let elsewhere = GroupId::from_u128(77);
    let chat = super::fixture::chat("-77");
    office.administers(vec![office.add_group(elsewhere, &chat)], 200).await;
    let there = Office { group: elsewhere, chat, ..office.clone() };
    all.push(there.file(7, 201).await);

    let states = |states: &[StateKind]| Listing { states: states.to_vec(), ..Listing::default() };
    let cases = [
        (states(&[StateKind::Open]), vec![0, 2, 5, 6]),
        (states(&[StateKind::Acknowledged]), vec![1]),
        (states(&[StateKind::Resolved, StateKind::Closed]), vec![3, 4]),
        (states(&[StateKind::Triage]), vec![]),
        (states(&StateKind::ALL), vec![0, 1, 2, 3, 4, 5, 6]),
        (Listing { group: Some(elsewhere), ..Listing::default() }, vec![6]),
        (Listing { group: Some(office.group), ..Listing::default() }, vec![0, 1, 2, 3, 4, 5]),
        (Listing { group: Some(GroupId::from_u128(78)), ..Listing::default() }, vec![]),
        (Listing { assignee: Some(office.ann), ..Listing::default() }, vec![1, 2]),
        (Listing { assignee: Some(office.ben), ..Listing::default() }, vec![]),
        (Listing { assignee: Some(office.ann), ..states(&[StateKind::Open]) }, vec![2]),
        (Listing { group: Some(elsewhere), ..states(&[StateKind::Closed]) }, vec![]),
    ];
    for (listing, expected) in cases {
        assert_eq!(listed(&office, listing.clone()).await, pick(&all, &expected), "{listing:?}");
    }
}

/// A list may be restricted to a tag, by itself and with everything else; a tag of another company is none.
pub async fn a_list_shows_what_has_a_tag(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let brakes = Tag::new("brakes").expect("a short word");
    let tagged = async |office: &Office<'_>, n, secs| {
        let incident = office.file(n, secs).await.incident;
        let command = Command::Tag { tag: brakes.clone() };
        office.commit(office.asks(&incident, office.ann, command, secs)).await
    };
    let open = tagged(&office, 1, 1).await;
    office.file(2, 2).await;
    let held = tagged(&office, 3, 3).await.incident;
    let held = office.commit(office.asks(&held, office.ann, Command::Acknowledge, 4)).await;
    let over = tagged(&office, 5, 5).await.incident;
    let close = Command::Close { reason: crate::incident::CloseReason::Duplicate };
    let over = office.commit(office.asks(&over, office.ben, close, 6)).await;
    let untagged = tagged(&office, 7, 7).await.incident;
    office.commit(office.asks(&untagged, office.ann, Command::Untag { tag: brakes.clone() }, 8)).await;
    tagged(&other, 9, 9).await;
    let by = |tag: &Tag| Listing { tag: Some(tag.clone()), ..Listing::default() };
    let live = StateKind::ALL.into_iter().filter(|state| !state.is_terminal()).collect();
    let group = Some(office.group);
    assert_eq!(listed(&office, by(&brakes)).await, [open.clone(), held.clone(), over]);
    assert_eq!(listed(&office, Listing { states: live, group, ..by(&brakes) }).await, [open, held.clone()]);
    assert_eq!(listed(&office, Listing { assignee: Some(office.ann), ..by(&brakes) }).await, [held]);
    assert_eq!(listed(&office, by(&Tag::new("brake").expect("a short word"))).await, []);
}

/// Where a list is restricted in several ways, all of them count: each of these incidents fails one alone.
pub async fn filters_of_a_list_hold_together(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let elsewhere = GroupId::from_u128(77);
    let chat = super::fixture::chat("-77");
    office.administers(vec![office.add_group(elsewhere, &chat)], 0).await;
    let there = Office { group: elsewhere, chat, ..office.clone() };
    let takes = async |office: &Office<'_>, n| {
        let reported = office.file(n, 1).await.incident;
        office.commit(office.asks(&reported, office.ann, Command::Acknowledge, 2)).await
    };
    let wanted = takes(&office, 1).await;
    let asked = office.file(2, 1).await.incident;
    let asked = office.commit(office.asks(&asked, office.ben, Command::Escalate, 2)).await.incident;
    office.commit(office.asks(&asked, office.ben, Command::Acknowledge, 3)).await;
    takes(&there, 3).await;
    let escalated = takes(&office, 4).await.incident;
    office.commit(office.asks(&escalated, office.ann, Command::Escalate, 3)).await;
    office.file(5, 1).await;

    let all = Listing {
        group: Some(office.group),
        states: vec![StateKind::Acknowledged, StateKind::Closed],
        assignee: Some(office.ann),
        tag: None,
    };
    assert_eq!(listed(&office, all.clone()).await, [wanted]);
    assert_eq!(listed(&office, Listing { group: Some(GroupId::from_u128(78)), ..all }).await, []);
}

/// Pages follow one another without gap or overlap, and filters count before pages do.
pub async fn pages_join_to_the_whole_list(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    six(&office).await;
    let open = Listing { states: vec![StateKind::Open], ..Listing::default() };
    for listing in [Listing::default(), open] {
        let all = listed(&office, listing.clone()).await;
        for limit in 1..=7 {
            assert_eq!(page_by_page(&office, &listing, limit).await, all, "{limit} at a time");
        }
    }
}

async fn page_by_page(office: &Office<'_>, listing: &Listing, limit: u32) -> Vec<Filed> {
    let mut joined: Vec<Filed> = Vec::new();
    loop {
        let after = joined.last().map(|filed| filed.incident.id);
        let page = office.store.list(office.company, listing, Page { after, limit }).await.works();
        assert!(page.len() <= limit as usize && joined.len() <= 7, "pages repeat themselves or are too long");
        if page.is_empty() {
            return joined;
        }
        joined.extend(page);
    }
}

/// A page begins after an id, whether or not anything has that id; nothing fits on a page of no length.
pub async fn a_page_begins_after_any_id(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for n in [2, 4, 6] {
        office.file(n, 0).await;
    }
    let page = async |after, limit| {
        let page = Page { after, limit };
        let filed = store.list(office.company, &Listing::default(), page).await.works();
        filed.into_iter().map(|filed| filed.incident.id).collect::<Vec<_>>()
    };
    assert_eq!(page(Some(office.id(3)), 9).await, [office.id(4), office.id(6)]);
    assert_eq!(page(Some(office.id(1)), 1).await, [office.id(2)]);
    assert_eq!(page(Some(office.id(6)), 9).await, []);
    assert_eq!(page(Some(IncidentId::from_u128(u128::MAX)), 9).await, []);
    assert_eq!(page(None, 0).await, []);
}

/// The reports of a person, for quotas: the newest first, so many and no older.
pub async fn reports_are_newest_first(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for (n, secs) in [(1, 20), (2, 10), (3, 30)] {
        office.file(n, secs).await;
    }
    let mut others = office.report(4, 25);
    others.incident.reporter = office.ann;
    office.commit(Commit { effects: Vec::new(), ..others }).await;

    let reports = async |reporter: PersonId, since: Timestamp, limit: u32| {
        store.reports(office.company, reporter, since, limit).await.works()
    };
    assert_eq!(reports(office.driver, at(0), 9).await, [at(30), at(20), at(10)]);
    assert_eq!(reports(office.driver, at(20), 9).await, [at(30), at(20)]);
    assert_eq!(reports(office.driver, at(20) + MOMENT, 9).await, [at(30)]);
    assert_eq!(reports(office.driver, at(0), 2).await, [at(30), at(20)]);
    assert_eq!(reports(office.driver, at(31), 9).await, []);
    assert_eq!(reports(office.ben, at(0), 9).await, []);
}

/// What a person does later does not make the report any younger.
pub async fn a_report_keeps_its_instant(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 10).await;
    office.commit(office.notes(&filed.incident, "still dark", 50)).await;
    assert_eq!(store.reports(office.company, office.driver, at(0), 9).await.works(), [at(10)]);
}

/// Every incident of a group is counted, however it stands, and no other.
pub async fn a_group_counts_all_it_ever_had(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let count = async |office: &Office<'_>, group| store.count_reported(office.company, group).await.works();
    assert_eq!(count(&one, one.group).await, 0);
    let filed = one.file(1, 0).await.incident;
    one.file(2, 1).await;
    two.file(3, 2).await;
    let cancel = Command::Cancel { reason: text("it solved itself") };
    one.commit(one.asks(&filed, one.driver, cancel, 3)).await;
    assert_eq!([count(&one, one.group).await, count(&two, two.group).await], [2, 1]);
    assert_eq!(count(&one, two.group).await, 0);
}

/// Two companies with the same people, numbers and words see nothing of each other by any query.
pub async fn companies_see_nothing_of_each_others_incidents(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let (mine, theirs) = (one.file(1, 10).await, two.file(1, 20).await);
    assert_eq!(mine.number, theirs.number);
    let claimed = two.asks(&theirs.incident, two.ann, Command::Acknowledge, 21);
    let theirs = two.commit(claimed).await;

    assert_eq!(store.load(one.company, two.id(1)).await.works(), None);
    assert_eq!(store.history(one.company, two.id(1)).await.works(), []);
    assert_eq!(store.find(one.company, mine.number).await.works(), Some(one.id(1)));
    assert_eq!(store.find(two.company, mine.number).await.works(), Some(two.id(1)));
    assert_eq!(listed(&one, Listing::default()).await, [mine]);
    assert_eq!(listed(&two, Listing::default()).await, [theirs]);
    assert_eq!(listed(&one, Listing { group: Some(two.group), ..Listing::default() }).await, []);
    assert_eq!(listed(&one, Listing { assignee: Some(one.ann), ..Listing::default() }).await, []);
    assert_eq!(store.reports(one.company, one.driver, at(0), 9).await.works(), [at(10)]);
}
