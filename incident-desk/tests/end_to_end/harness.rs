//! What every test of the real binary needs: the binary itself, a team of people, and an audit at the end.

mod audit;
mod crowd;
mod desk;
mod ledger;
mod server;
mod team;
mod upheaval;

use std::time::Duration;

pub(crate) use audit::Allow;
pub(crate) use crowd::{Crowd, STORIES, TRY_AGAIN};
pub(crate) use desk::{Desk, PATIENCE, free_port};
pub(crate) use ledger::{Entry, Ledger};
pub(crate) use server::{PASSWORD, Server};
pub(crate) use team::{Card, Team};
pub(crate) use upheaval::{TAKEN_OVER, answered, last_asked, left_behind, settled, told};

/// How often something is looked at that cannot say when it changes.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until something outside the simulated Telegram is so: a file, a database, a process.
pub(crate) async fn eventually<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, condition).await
}

/// Waits for something that may take longer than other things.
pub(crate) async fn within<T>(limit: Duration, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = condition() {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    match tokio::time::timeout(limit, looking).await {
        Ok(found) => found,
        Err(_) => panic!("waited {limit:?} in vain for {what}"),
    }
}
