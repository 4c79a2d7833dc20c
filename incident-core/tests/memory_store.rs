//! The reference store keeps the promises of every store, and the list of those promises is complete.

use incident_core::memory::MemoryStore;

async fn fresh() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

incident_core::store_conformance!(fresh, futures::executor::block_on);
