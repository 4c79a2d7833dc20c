//! Setting, removing and inspecting the webhook.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::updates::set_allowed;
use super::{Params, Refusal};
use crate::testkit::World;

pub(super) fn set(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let url = params.text("url").unwrap_or_default().to_owned();
    if !url.is_empty() && reqwest::Url::parse(&url).is_err() {
        return Err(Refusal::bad_request("bad webhook: invalid URL specified"));
    }
    let now = Instant::now();
    let too_soon = |last: Instant| now.duration_since(last) < Duration::from_secs(1);
    if !url.is_empty() && world.webhook.set_at.replace(now).is_some_and(too_soon) {
        return Err(Refusal::flood(1));
    }
    let secret = params.text("secret_token").unwrap_or_default().to_owned();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if secret.len() > 256 || !secret.bytes().all(plain) {
        return Err(Refusal::bad_request("secret token contains unallowed characters"));
    }
    set_allowed(world, params);
    if params.flag("drop_pending_updates") {
        world.updates.clear();
    }
    world.updates.poll += 1;
    world.webhook.set(url, secret);
    Ok(json!(true))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Value {
    if params.flag("drop_pending_updates") {
        world.updates.clear();
    }
    world.webhook.set(String::new(), String::new());
    json!(true)
}

pub(super) fn info(world: &World) -> Value {
    let mut info = json!({
        "url": world.webhook.url,
        "has_custom_certificate": false,
        "pending_update_count": world.updates.len(),
    });
    if !world.updates.allowed.is_empty() {
        info["allowed_updates"] = json!(world.updates.allowed);
    }
    if let Some((date, message)) = &world.webhook.last_error {
        info["last_error_date"] = (*date).into();
        info["last_error_message"] = message.as_str().into();
    }
    info
}
