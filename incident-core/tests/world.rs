//! The whole desk, simulated: a thousand small worlds of every kind, and some of each preset.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use futures::executor::block_on;
use incident_core::ids::{CompanyId, Identity, Platform};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Profile, Store as _};
use incident_core::testkit::{Failure, Figures, Tale, World};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;

/// How many worlds are run; `INCIDENT_WORLDS=10000 cargo test -p incident-core --test world` runs ten times as many.
const WORLDS: Option<&str> = option_env!("INCIDENT_WORLDS");

type Ended = Result<Tale, Box<Failure>>;

/// Runs worlds on all processors; returns how they ended, in the order of the seeds.
fn told(seeds: Range<u64>, world: impl Fn(u64) -> World + Sync) -> Vec<Ended> {
    let next = AtomicU64::new(seeds.start);
    let ended = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds.end) {
            let end = world(seed).run();
            ended.lock().expect("no world panics").insert(seed, end);
        }
    };
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    ended.into_inner().expect("no world panics").into_values().collect()
}

/// Returns what happened in worlds of which none may be broken.
#[track_caller]
fn sound(ended: Vec<Ended>) -> Vec<Tale> {
    let failures: Vec<_> = ended.iter().filter_map(|end| end.as_ref().err()).collect();
    let list: Vec<_> = failures.iter().map(|failure| (failure.seed, failure.broken.invariant)).collect();
    let first = failures.first().map(ToString::to_string).unwrap_or_default();
    assert!(failures.is_empty(), "{} worlds are broken: {list:?}\n\n{first}", failures.len());
    ended.into_iter().flatten().collect()
}

#[test]
fn a_thousand_worlds_keep_every_promise() {
    let count = WORLDS.map_or(1_000, |count| count.parse().expect("INCIDENT_WORLDS is a number"));
    let tales = sound(told(0..count, World::new));
    let sum =
        |figure: fn(Figures) -> u32| tales.iter().map(|tale| u64::from(figure(tale.figures()))).sum::<u64>();
    // A simulation in which nothing happens finds nothing.
    let least = [
        (sum(|figures| figures.commits), 15 * count),
        (sum(|figures| figures.conflicts), count / 2),
        (sum(|figures| figures.deliveries), 30 * count),
        (sum(|figures| figures.faults), 5 * count),
        (sum(|figures| figures.doubles), count / 8),
    ];
    assert!(least.iter().all(|(happened, wanted)| happened >= wanted), "{least:?}");
}

/// Requires that worlds which were broken once keep every promise.
fn keep_every_promise(seeds: &[u64]) {
    seeds.iter().for_each(|seed| drop(sound(told(*seed..seed + 1, World::new))));
}

/// The store had settled, and the answer was lost; asked again it said "late", and the desk took away the very card
/// or message that it had just sent.
#[test]
fn what_was_settled_without_an_answer_stays_where_it_is() {
    keep_every_promise(&[40, 87, 280]);
}

/// Whoever only pinned a card, and was too late to write that down, took away the card.
#[test]
fn who_pins_too_late_takes_nothing_away() {
    keep_every_promise(&[98, 138]);
}

#[test]
fn a_store_that_is_not_empty_is_refused() {
    let store = Arc::new(MemoryStore::new());
    let broken = |seed| {
        let run = World::new(seed).with_steps(0).with_store(Arc::<MemoryStore>::clone(&store)).run();
        run.err().map(|failure| failure.broken.invariant)
    };
    assert_eq!([broken(1), broken(2)], [None, Some("a world can be set up")]);
    let company = CompanyId::from_u128(1);
    let stranger = Profile {
        identity: Identity::new(Platform::Sandbox, "stranger"),
        handle: None,
        name: Text::new("stranger", Limits::NAME).expect("it is short"),
        locale: None,
    };
    let store = Arc::new(MemoryStore::new());
    block_on(store.identify(company, &stranger, Timestamp::MIN)).expect("it works");
    let failure = World::new(1).with_store(store).run().expect_err("somebody is there already");
    assert!(failure.to_string().contains("the store is not empty"), "{failure}");
}

#[test]
fn every_preset_keeps_its_promises() {
    for preset in Preset::ALL {
        sound(told(1_000_000..1_000_020, |seed| World::new(seed).with_policy(Policy::preset(preset))));
    }
}

#[test]
fn groups_that_live_in_two_chats_keep_every_promise_in_both() {
    let count = WORLDS.map_or(300, |count| count.parse().expect("INCIDENT_WORLDS is a number"));
    let tales = sound(told(0..count, |seed| World::new(seed).linked()));
    let deliveries: u64 = tales.iter().map(|tale| u64::from(tale.figures().deliveries)).sum();
    assert!(deliveries >= 40 * count, "{deliveries}");
}

#[test]
fn the_same_seed_tells_the_same_tale() {
    let tell =
        |seed| World::new(seed).run().map(|tale| tale.to_string()).map_err(|failure| failure.to_string());
    for seed in [1, 2, 3, 4] {
        assert_eq!(tell(seed), tell(seed));
    }
    assert_ne!(tell(1), tell(2));
}
