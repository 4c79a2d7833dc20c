//! People who are mentioned, and so told by their platform.

use super::fixture::{assert_reads, line, message, seen, sent, standing};
use super::world::{ChatWorld, Telling};
use crate::ids::Identity;
use crate::ports::Profile;
use crate::view::{Mention, Message, Span};

fn mention(profile: &Profile) -> Mention {
    Mention {
        identity: Some(profile.identity.clone()),
        handle: profile.handle.clone(),
        ..Mention::named(profile.name.as_str())
    }
}

/// Lists whom the platform has told, whichever message did it.
fn told(world: &dyn ChatWorld) -> Vec<Identity> {
    let mut told: Vec<Identity> = world.shown(&world.chat()).into_iter().flat_map(|seen| seen.told).collect();
    told.sort();
    told.dedup();
    told
}

fn sorted(people: &[Profile]) -> Vec<Identity> {
    let mut ids: Vec<Identity> = people.iter().map(|profile| profile.identity.clone()).collect();
    ids.sort();
    ids
}

/// Whoever has a handle is told.
pub async fn somebody_with_a_handle_is_told(world: &dyn Telling) {
    let ann = world.person("Ann", Some("ann_of_the_night"));
    world.person("Bob", Some("bob_of_the_day"));
    let called = sent(world, &Message { mentions: vec![mention(&ann)], ..message("Help!") }).await;
    assert_eq!(seen(world, &called).told, [ann.identity]);
    assert_reads(&seen(world, &called).text, &["Help!"]);
}

/// Whoever has no handle is told too, by their account, and others read the name.
pub async fn somebody_without_a_handle_is_told(world: &dyn Telling) {
    let ann = world.person("Ann Other", None);
    world.person("Bob", None);
    let called = sent(world, &Message { mentions: vec![mention(&ann)], ..message("Help!") }).await;
    assert_eq!(seen(world, &called).told, [ann.identity]);
    assert_reads(&seen(world, &called).text, &["Help!", "Ann Other"]);
}

/// A question speaks to somebody in the middle of a sentence.
pub async fn somebody_may_be_told_within_a_line(world: &dyn Telling) {
    let ann = world.person("Ann Other", None);
    let lines = vec![vec![Span::Mention(mention(&ann)), Span::Plain(", what was the cause?".to_owned())]];
    let asked = sent(world, &Message { lines, asks: true, ..message("") }).await;
    assert_eq!(seen(world, &asked).told, [ann.identity]);
    assert_reads(&seen(world, &asked).text, &["Ann Other, what was the cause?"]);
}

/// Names are text that people choose, too.
pub async fn a_name_that_looks_like_markup_appears_as_itself(world: &dyn Telling) {
    let name = "A <b>B</b> & *C* _D_ [E](F)";
    let ann = world.person(name, None);
    let called = sent(world, &Message { mentions: vec![mention(&ann)], ..message("Help!") }).await;
    assert_eq!(seen(world, &called).told, [ann.identity]);
    assert_reads(&seen(world, &called).text, &["Help!", name]);
}

/// However many a platform tells at once, everybody is told; what is remembered of the message stands there.
pub async fn everybody_is_told(world: &dyn Telling) {
    let handle = |n: u32| format!("manager_number_{n}");
    let people: Vec<Profile> = (0..23)
        .map(|n| world.person(&format!("Manager {n}"), Some(handle(n)).filter(|_| n % 2 == 0).as_deref()))
        .collect();
    let mentions = people.iter().map(mention).collect();
    let called = sent(world, &Message { mentions, ..message("Help!") }).await;
    assert_eq!(told(world), sorted(&people));
    assert_eq!(standing(world, &world.chat()).first(), Some(&called), "what people answer is the first");
}

/// However much is said, whoever it is said to is told.
pub async fn a_long_message_tells_people_all_the_same(world: &dyn Telling) {
    let people = [world.person("Ann Other", None), world.person("Bob", Some("bob_of_the_day"))];
    for lines in [vec![line(&"tyre ".repeat(4_000))], vec![line(&"tyre ".repeat(20)); 2_000]] {
        let mentions = people.iter().map(mention).collect();
        let called = sent(world, &Message { lines, mentions, ..message("") }).await;
        let mut told = seen(world, &called).told;
        told.sort();
        assert_eq!(told, sorted(&people));
    }
}

/// Whoever was called an hour ago is called again, and nothing of the first call is taken for the second.
pub async fn everybody_is_told_as_often_as_it_is_asked_for(world: &dyn Telling) {
    let people: Vec<Profile> = (0..23).map(|n| world.person(&format!("Manager {n}"), None)).collect();
    let page = Message { mentions: people.iter().map(mention).collect(), ..message("Help!") };
    let first = sent(world, &page).await;
    let in_one = standing(world, &world.chat()).len();
    let second = sent(world, &page).await;
    let now = standing(world, &world.chat());
    assert_eq!((now.len(), now.first(), now.get(in_one)), (2 * in_one, Some(&first), Some(&second)));
}

/// Somebody whose account is not known is named; nobody else is told instead.
pub async fn somebody_unknown_is_named_and_nobody_is_told(world: &dyn Telling) {
    world.person("Ann", None);
    let called = sent(world, &Message { mentions: vec![Mention::named("Ann")], ..message("Help!") }).await;
    assert_eq!(seen(world, &called).told, []);
    assert_reads(&seen(world, &called).text, &["Help!", "Ann"]);
}
