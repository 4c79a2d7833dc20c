//! Long polling.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::{Answered, Params, Refusal};
use crate::testkit::{Shared, World};

/// The longest a poll waits, whatever it asks for.
const LONGEST_POLL: u64 = 50;

pub(super) async fn get(shared: &Arc<Shared>, params: &Params) -> Answered {
    let limit = usize::try_from(params.integer("limit").unwrap_or(100)).unwrap_or(100).clamp(1, 100);
    let seconds = params.integer("timeout").and_then(|given| u64::try_from(given).ok()).unwrap_or(0);
    let mine = shared.change(|world| begin(world, params))?;
    let ready = shared.until_mut(|world| {
        if world.updates.poll != mine {
            return Some(Err(superseded(world)));
        }
        let now = world.now();
        let batch = world.updates.batch(limit, now);
        (!batch.is_empty()).then(|| Ok(format!("[{}]", batch.join(","))))
    });
    let patience = Duration::from_secs(seconds.min(LONGEST_POLL));
    tokio::time::timeout(patience, ready).await.unwrap_or_else(|_| Ok("[]".to_owned()))
}

/// Starts a poll, which ends any other, and returns its number.
fn begin(world: &mut World, params: &Params) -> Result<u64, Refusal> {
    if !world.webhook.url.is_empty() {
        return Err(Refusal::conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ));
    }
    set_allowed(world, params);
    world.updates.poll += 1;
    world.updates.confirm(params.integer("offset").unwrap_or(0));
    Ok(world.updates.poll)
}

fn superseded(world: &World) -> Refusal {
    if world.webhook.url.is_empty() {
        Refusal::conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    } else {
        Refusal::conflict("terminated by setWebhook request")
    }
}

/// Remembers the wanted kinds of updates, if the call names any; an empty list restores the default.
pub(super) fn set_allowed(world: &mut World, params: &Params) {
    if let Some(Value::Array(kinds)) = params.structure("allowed_updates") {
        world.updates.allowed = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
}
