//! The whole desk on a database, in worlds where everything fails but the database.

use std::sync::Arc;

use incident_core::testkit::World;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;

#[test]
fn a_desk_on_a_database_keeps_every_promise_in_bad_weather() {
    let runtime = Runtime::new().expect("a runtime starts");
    let _entered = runtime.enter();
    for seed in 0..12 {
        let directory = TempDir::new().expect("a directory for the test");
        let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default())
            .expect("a new database opens");
        let world = World::new(seed).with_steps(150).with_store(Arc::new(store));
        let tale = world.run().unwrap_or_else(|failure| panic!("{failure}"));
        assert!(tale.figures().commits > 0, "{tale}");
    }
}

#[test]
fn a_database_and_a_memory_tell_the_same_tale() {
    let runtime = Runtime::new().expect("a runtime starts");
    let _entered = runtime.enter();
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default())
        .expect("a new database opens");
    let on_disk = World::new(3).with_steps(150).with_store(Arc::new(store)).run();
    let in_memory = World::new(3).with_steps(150).run();
    assert_eq!(on_disk, in_memory);
}
