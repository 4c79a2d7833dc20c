//! People: who is behind an account or a handle, and what is known of them.

use super::fixture::{Office, Works, at, handle, profile, text};
use crate::ids::{Handle, Identity, PersonId, Platform};
use crate::ports::{Called, Person, Profile, RENAMINGS_KEPT, Renaming, Store};

async fn known(office: &Office<'_>, id: PersonId) -> Option<Profile> {
    let mut people = office.store.people(office.company, &[id]).await.works();
    people.pop().map(|person| person.profile)
}

async fn sees(office: &Office<'_>, profile: &Profile) -> PersonId {
    office.store.identify(office.company, profile, at(5)).await.works()
}

async fn owner(office: &Office<'_>, name: &str) -> Option<PersonId> {
    office.store.by_handle(office.company, &handle(name)).await.works()
}

fn with_handle(name: &str, own: Option<&str>) -> Profile {
    Profile { handle: own.map(handle), ..profile(name) }
}

/// An account gets the next number of its company the first time it is seen, and keeps it.
pub async fn an_account_is_registered_at_first_sight(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!([office.driver, office.ann, office.ben], [1, 2, 3].map(PersonId::new));
    let (eve, sue) = (sees(&office, &profile("eve")).await, sees(&office, &profile("sue")).await);
    assert_eq!([eve, sue], [4, 5].map(PersonId::new));
    assert_eq!(sees(&office, &profile("eve")).await, eve);
    assert_eq!(known(&office, eve).await, Some(profile("eve")));
}

/// Accounts decide who somebody is: handle and name may be the same, the platform another.
pub async fn accounts_decide_who_somebody_is(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let eve = sees(&office, &profile("eve")).await;
    let twin = Profile { identity: Identity::new(Platform::Telegram, "eve2"), ..profile("eve") };
    let slack = Profile { identity: Identity::new(Platform::Slack, "eve"), ..profile("eve") };
    let ids = [eve, sees(&office, &twin).await, sees(&office, &slack).await];
    assert_eq!(ids, [4, 5, 6].map(PersonId::new));
}

/// What was last said about a person is known, and no longer what was said before.
pub async fn what_changed_about_a_person_is_remembered(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let first = profile("eve");
    let eve = sees(&office, &first).await;
    let renamed = Profile { name: text("Eve Stone"), ..first.clone() };
    let speaking = Profile { locale: Some(text("pl")), ..renamed.clone() };
    let moved = Profile { handle: Some(handle("stone")), ..speaking.clone() };
    let silent = Profile { handle: None, locale: None, ..moved.clone() };
    for now in [renamed, speaking, moved, silent, first] {
        assert_eq!(sees(&office, &now).await, eve);
        assert_eq!(known(&office, eve).await, Some(now));
    }
}

fn renaming(secs: i64, from: &Profile, to: &Profile) -> Renaming {
    Renaming { at: at(secs), from: Called::from(from), to: Called::from(to) }
}

async fn renamings(office: &Office<'_>, person: PersonId) -> Vec<Renaming> {
    office.store.renamings(office.company, person).await.works()
}

/// What a person was called before is kept with the instant at which that ended, oldest first; being seen as before, or
/// in another language, leaves nothing. Whoever loses a handle is called otherwise, too.
pub async fn what_somebody_was_called_before_is_kept(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let first = profile("eve");
    let renamed = Profile { name: text("Eve Stone"), ..first.clone() };
    let speaking = Profile { locale: Some(text("pl")), ..renamed.clone() };
    let moved = Profile { handle: Some(handle("stone")), ..speaking.clone() };
    let eve = sees(&office, &first).await;
    assert_eq!(renamings(&office, eve).await, []);
    for (secs, now) in [(6, &first), (7, &renamed), (8, &speaking), (9, &moved)] {
        store.identify(office.company, now, at(secs)).await.works();
    }
    let mut expected = vec![renaming(7, &first, &renamed), renaming(9, &speaking, &moved)];
    assert_eq!(renamings(&office, eve).await, expected);
    store.identify(office.company, &with_handle("sue", Some("stone")), at(10)).await.works();
    expected.push(renaming(10, &moved, &Profile { handle: None, ..moved.clone() }));
    assert_eq!(renamings(&office, eve).await, expected);
}

/// Of what somebody was called before the latest hundred times are kept, of each company by itself; they are forgotten
/// where that is asked for, and nobody else's are.
pub async fn the_latest_hundred_renamings_are_kept_until_they_are_forgotten(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let named = |n: i64| Profile { name: text(&format!("Eve {n}")), ..profile("eve") };
    let eve = sees(&one, &named(0)).await;
    for n in 1..=i64::from(RENAMINGS_KEPT) + 2 {
        store.identify(one.company, &named(n), at(n)).await.works();
    }
    let kept = renamings(&one, eve).await;
    assert_eq!(kept.len(), RENAMINGS_KEPT as usize);
    assert_eq!(kept.first(), Some(&renaming(3, &named(2), &named(3))));
    assert_eq!(renamings(&two, eve).await, []);
    let ann = Profile { name: text("Renamed"), ..profile("ann") };
    store.identify(one.company, &ann, at(7)).await.works();
    assert_eq!(store.forget_renamings(two.company, eve).await.works(), 0);
    assert_eq!(store.forget_renamings(one.company, eve).await.works(), u64::from(RENAMINGS_KEPT));
    assert_eq!(renamings(&one, eve).await, []);
    assert_eq!(renamings(&one, one.ann).await, [renaming(7, &profile("ann"), &ann)]);
    store.identify(one.company, &named(1), at(200)).await.works();
    assert_eq!(renamings(&one, eve).await, [renaming(200, &named(i64::from(RENAMINGS_KEPT) + 2), &named(1))]);
}

/// People come in the order asked for; strangers are left out.
pub async fn people_come_in_the_order_asked_for(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let ids = [office.ben, PersonId::new(99), office.driver, PersonId::new(0), office.ann];
    let people = store.people(office.company, &ids).await.works();
    let person = |id, name: &str| Person { id, profile: profile(name) };
    assert_eq!(
        people,
        [person(office.ben, "ben"), person(office.driver, "driver"), person(office.ann, "ann")]
    );
    assert_eq!(store.people(office.company, &[]).await.works(), []);
}

/// An account that was seen leads to its person; one of another platform is another one.
pub async fn an_account_leads_to_its_person(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let owner = async |account: &Identity| store.by_account(office.company, account).await.works();
    let ann = profile("ann").identity;
    assert_eq!(owner(&ann).await, Some(office.ann));
    assert_eq!(owner(&profile("eve").identity).await, None);
    assert_eq!(owner(&Identity::new(Platform::Slack, ann.user)).await, None);
}

/// A handle leads to its owner, on its own platform and in whatever case.
pub async fn a_handle_leads_to_its_owner(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(owner(&office, "@Ann").await, Some(office.ann));
    assert_eq!(owner(&office, "an").await, None);
    let elsewhere = Handle::parse(Platform::Slack, "ann").expect("it is a handle");
    assert_eq!(store.by_handle(office.company, &elsewhere).await.works(), None);
}

/// A handle that moved to another account leads there, and back if it comes back; whoever lost it is known
/// without it.
pub async fn a_handle_belongs_to_whom_it_was_last_seen_with(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let eve = sees(&office, &with_handle("eve", Some("night"))).await;
    let sue = sees(&office, &with_handle("sue", Some("night"))).await;
    assert_eq!(owner(&office, "night").await, Some(sue));
    assert_eq!(known(&office, eve).await, Some(with_handle("eve", None)));
    sees(&office, &with_handle("eve", Some("night"))).await;
    assert_eq!(owner(&office, "night").await, Some(eve));
    assert_eq!(known(&office, sue).await, Some(with_handle("sue", None)));
}

/// A handle that its owner gave up leads nowhere, not even to whom it belonged before.
pub async fn a_handle_that_was_given_up_leads_nowhere(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    sees(&office, &with_handle("eve", Some("night"))).await;
    let sue = sees(&office, &with_handle("sue", Some("night"))).await;
    sees(&office, &with_handle("sue", Some("day"))).await;
    assert_eq!((owner(&office, "night").await, owner(&office, "day").await), (None, Some(sue)));
    sees(&office, &with_handle("sue", None)).await;
    assert_eq!(owner(&office, "day").await, None);
}

/// Whoever lost a handle and takes another one loses that handle to nobody, and takes nobody else's with it.
pub async fn losing_a_handle_costs_nobody_else_theirs(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let eve = sees(&office, &with_handle("eve", Some("night"))).await;
    let sue = sees(&office, &with_handle("sue", Some("night"))).await;
    sees(&office, &with_handle("eve", Some("day"))).await;
    assert_eq!((owner(&office, "night").await, owner(&office, "day").await), (Some(sue), Some(eve)));
}

/// The same account is another person in another company, and what one company knows of it the other does not.
pub async fn every_company_knows_its_own_people(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let eve = sees(&two, &profile("eve")).await;
    assert_eq!(known(&one, eve).await, None);
    assert_eq!(owner(&one, "eve").await, None);
    sees(&one, &profile("sue")).await;
    assert_eq!(sees(&one, &profile("eve")).await, PersonId::new(5));
    assert_eq!(owner(&one, "eve").await, Some(PersonId::new(5)));
    assert_eq!(owner(&two, "eve").await, Some(eve));
    sees(&one, &Profile { name: text("Renamed"), ..profile("ann") }).await;
    assert_eq!(known(&two, two.ann).await, Some(profile("ann")));
    sees(&one, &with_handle("kim", Some("ann"))).await;
    assert_eq!(owner(&two, "ann").await, Some(two.ann));
    assert_eq!(known(&two, two.ann).await, Some(profile("ann")));
}
