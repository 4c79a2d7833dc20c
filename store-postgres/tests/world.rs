//! The whole desk on a database, in worlds where everything fails but the database.

use std::sync::Arc;

use incident_core::testkit::World;
use store_postgres::testkit::Database;
use tokio::runtime::Runtime;

#[test]
fn a_desk_on_a_database_keeps_every_promise_in_bad_weather() {
    let runtime = Runtime::new().expect("a runtime starts");
    let _entered = runtime.enter();
    for seed in 0..4 {
        let database = runtime.block_on(Database::new());
        let store = runtime.block_on(database.open());
        let world = World::new(seed).with_steps(150).with_store(Arc::new(store));
        let tale = world.run().unwrap_or_else(|failure| panic!("{failure}"));
        assert!(tale.figures().commits > 0, "{tale}");
    }
}

#[test]
fn a_database_and_a_memory_tell_the_same_tale() {
    let runtime = Runtime::new().expect("a runtime starts");
    let _entered = runtime.enter();
    let database = runtime.block_on(Database::new());
    let store = runtime.block_on(database.open());
    let in_database = World::new(3).with_steps(150).with_store(Arc::new(store)).run();
    let in_memory = World::new(3).with_steps(150).run();
    assert_eq!(in_database, in_memory);
}
