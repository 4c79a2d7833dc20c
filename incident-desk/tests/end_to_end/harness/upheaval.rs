//! What stories in which everything goes wrong have in common: what a desk is seen to have done by then, and what it
//! must have left behind in the end.

use std::time::Duration;

use super::{Desk, Entry, Ledger, within};

/// How long it may take until what a dead process left is taken over: a lease has to end first.
pub(crate) const TAKEN_OVER: Duration = Duration::from_secs(120);

/// Counts what has happened to incidents.
pub(crate) fn told(desk: &Desk) -> i64 {
    desk.query("SELECT count(*) FROM events")
}

/// Returns when the last of what is kept was asked, in microseconds; what was said is fetched again by every new process.
pub(crate) fn last_asked(desk: &Desk) -> i64 {
    desk.query("SELECT coalesce(max(at), 0) FROM inbox WHERE key NOT LIKE '%:message:%'")
}

/// Waits until everything is shown; what failed several times is tried again ever later.
pub(crate) async fn settled(desk: &Desk) {
    within(TAKEN_OVER, "nothing to be owed", || (desk.owed() == 0).then_some(())).await;
}

/// Waits until everything that was asked is done.
pub(crate) async fn answered(desk: &Desk) {
    let left = || (desk.query("SELECT count(*) FROM inbox") == 0).then_some(());
    within(TAKEN_OVER, "nothing to be left of what was asked", left).await;
}

/// Stops a desk, has the binary itself judge what is left, and returns the only incident.
pub(crate) async fn left_behind(mut desk: Desk) -> Entry {
    desk.stop().await;
    let mut ledger = Ledger::of(&desk).await;
    ledger.audit_journals();
    let verified = desk.run(&["verify"]).await;
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    desk.assert_no_secret();
    let entry = ledger.incidents.pop().expect("an incident");
    assert_eq!(ledger.incidents.len(), 0, "there is one incident");
    entry
}
