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
    let (mine, patience) = match shared.change(|world| begin(world, params, limit))? {
        Begun::Done(batch) => return Ok(batch),
        Begun::Waits { poll, patience } => (poll, patience),
    };
    let ready = shared.until_mut(|world| {
        if world.updates.poll != mine || std::mem::take(&mut world.updates.stolen) {
            return Some(Err(superseded(world)));
        }
        let now = world.now();
        let batch = world.updates.batch(limit, now);
        (!batch.is_empty()).then(|| Ok(format!("[{}]", batch.join(","))))
    });
    tokio::time::timeout(patience, ready).await.unwrap_or_else(|_| Ok("[]".to_owned()))
}

enum Begun {
    Done(String),
    Waits { poll: u64, patience: Duration },
}

/// Confirms and answers at once if it can; a poll that has to wait ends any other.
fn begin(world: &mut World, params: &Params, limit: usize) -> Result<Begun, Refusal> {
    if !world.webhook.url.is_empty() {
        return Err(Refusal::conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ));
    }
    set_allowed(world, params);
    let (offset, now) = (params.integer("offset").unwrap_or(0), world.now());
    let asked = params.integer("timeout").and_then(|given| u64::try_from(given).ok()).unwrap_or(0);
    let seconds = world.updates.paced(offset, asked.min(LONGEST_POLL), now);
    world.updates.confirm(offset);
    let batch = world.updates.batch(limit, now);
    if seconds == 0 || !batch.is_empty() {
        return Ok(Begun::Done(format!("[{}]", batch.join(","))));
    }
    world.updates.poll += 1;
    Ok(Begun::Waits { poll: world.updates.poll, patience: Duration::from_secs(seconds) })
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
