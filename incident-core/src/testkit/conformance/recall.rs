//! What is kept of what people wrote: the newest, by whoever wrote it, and not for long. A suite of its own, since not
//! every [`Store`] has [`Recall`]; each store that does calls these from its tests.

use super::fixture::{MOMENT, Office, Works, at, chat, profile, text};
use crate::ids::{ChatRef, MessageRef};
use crate::ports::{Author, Keep, Recall, Remark, Store};
use crate::time::Timestamp;

/// Everything.
const ALL: Keep = Keep { most: 1_000, since: Timestamp::MIN };

fn says(room: &ChatRef, message: u32, who: &str, secs: i64) -> Remark {
    Remark {
        message: MessageRef::new(room.clone(), message.to_string()),
        account: profile(who).identity,
        at: at(secs),
        text: text(&format!("remark {message}\nof {who}: 'it'; -- \u{1F6DE}")),
    }
}

fn by(room: &ChatRef, who: &str) -> Author {
    Author { chat: room.clone(), account: profile(who).identity }
}

async fn kept(office: &Office<'_>, recall: &dyn Recall, who: &str) -> Vec<Remark> {
    let author = by(&office.chat, who);
    recall.remarks(office.company, &author, Timestamp::MIN, 1_000).await.works()
}

/// What somebody wrote comes back as it was, their own and of that chat only, in order.
pub async fn remarks_of_an_author_come_back_in_order<S: Store + Recall>(store: &S) {
    let office = Office::open(store, 1).await;
    let elsewhere = chat("-77");
    let own =
        [says(&office.chat, 10, "dan", 1), says(&office.chat, 9, "dan", 2), says(&office.chat, 11, "dan", 2)];
    // Ids are words: of the same instant, 11 comes before 9.
    let order = [own[0].clone(), own[2].clone(), own[1].clone()];
    for remark in own.iter().rev().chain([&says(&office.chat, 12, "eve", 1), &says(&elsewhere, 13, "dan", 1)])
    {
        store.remark(office.company, remark, ALL).await.works();
    }
    assert_eq!(kept(&office, store, "dan").await, order);
    let since = |since, limit| {
        let (author, company) = (by(&office.chat, "dan"), office.company);
        async move { store.remarks(company, &author, since, limit).await.works() }
    };
    assert_eq!(since(at(1), 2).await, order[1..]);
    assert_eq!(since(at(1) + MOMENT, 9).await, order[1..]);
    assert_eq!(since(at(2), 1).await, order[2..]);
    assert_eq!(since(at(2) + MOMENT, 9).await, []);
    assert_eq!(since(at(1), 0).await, []);
}

/// A chat keeps so many remarks, whoever wrote them, and none that are too old; other chats keep their own.
pub async fn a_chat_keeps_the_newest_remarks_and_no_others<S: Store + Recall>(store: &S) {
    let office = Office::open(store, 1).await;
    let elsewhere = chat("-77");
    store.remark(office.company, &says(&elsewhere, 1, "dan", 0), ALL).await.works();
    let most = Keep { most: 3, since: at(2) };
    for n in 1..=5 {
        let who = if n % 2 == 0 { "eve" } else { "dan" };
        store.remark(office.company, &says(&office.chat, n, who, i64::from(n)), most).await.works();
    }
    assert_eq!(kept(&office, store, "dan").await, [3, 5].map(|n| says(&office.chat, n, "dan", i64::from(n))));
    assert_eq!(kept(&office, store, "eve").await, [says(&office.chat, 4, "eve", 4)]);
    let aged = Keep { most: 3, since: at(5) };
    store.remark(office.company, &says(&office.chat, 6, "eve", 6), aged).await.works();
    assert_eq!(kept(&office, store, "dan").await, [says(&office.chat, 5, "dan", 5)]);
    assert_eq!(kept(&office, store, "eve").await, [says(&office.chat, 6, "eve", 6)]);
    let there = store.remarks(office.company, &by(&elsewhere, "dan"), Timestamp::MIN, 9).await.works();
    assert_eq!(there, [says(&elsewhere, 1, "dan", 0)]);
}

/// A platform that delivers twice changes nothing.
pub async fn a_remark_is_kept_once<S: Store + Recall>(store: &S) {
    let office = Office::open(store, 1).await;
    let first = says(&office.chat, 1, "dan", 1);
    let again = Remark { at: at(9), text: text("something else"), ..first.clone() };
    store.remark(office.company, &first, ALL).await.works();
    store.remark(office.company, &again, ALL).await.works();
    assert_eq!(kept(&office, store, "dan").await, [first]);
}

/// What is old is forgotten although nobody writes there any more.
pub async fn remarks_are_forgotten_by_age<S: Store + Recall>(store: &S) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    for office in [&one, &two] {
        for n in 1..=2 {
            store.remark(office.company, &says(&office.chat, n, "dan", i64::from(n)), ALL).await.works();
        }
    }
    assert_eq!(store.forget_remarks(at(1)).await.works(), 0);
    assert_eq!(store.forget_remarks(at(2)).await.works(), 2);
    assert_eq!(kept(&one, store, "dan").await, [says(&one.chat, 2, "dan", 2)]);
    assert_eq!(kept(&two, store, "dan").await, [says(&two.chat, 2, "dan", 2)]);
    assert_eq!(store.forget_remarks(at(100)).await.works(), 2);
}

/// No company sees another's, even in a chat of the same address.
pub async fn companies_see_nothing_of_each_others_remarks<S: Store + Recall>(store: &S) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    store.remark(one.company, &says(&one.chat, 1, "dan", 1), ALL).await.works();
    let theirs = store.remarks(two.company, &by(&one.chat, "dan"), Timestamp::MIN, 9).await.works();
    assert_eq!(theirs, []);
    let few = Keep { most: 1, since: Timestamp::MIN };
    store.remark(two.company, &says(&one.chat, 2, "dan", 2), few).await.works();
    assert_eq!(kept(&one, store, "dan").await, [says(&one.chat, 1, "dan", 1)]);
}
