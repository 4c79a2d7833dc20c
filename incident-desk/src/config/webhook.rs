//! The webhook: three keys that are set together, and a URL that Telegram has to reach.

use std::net::SocketAddr;

use secrecy::{ExposeSecret, SecretString};

use super::{
    keys::Key,
    reading::{Field, Reading},
    url::HttpUrl,
    values,
};

/// Holds everything needed to receive updates by webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// The URL that Telegram is told, without a trailing slash.
    pub url: String,
    /// The address this process listens on.
    pub addr: SocketAddr,
    /// What Telegram sends along to prove that it is Telegram.
    pub secret: SecretString,
}

// The ports on which Telegram's own servers deliver updates.
const WEBHOOK_PORTS: [u16; 4] = [443, 80, 88, 8443];

const SAFE_SECRET: usize = 16;

/// Reads the three keys of the webhook, which belong together.
pub(super) fn read(reading: &mut Reading, api_url: &HttpUrl) -> Option<Webhook> {
    let url = reading.optional(Field(Key::TelegramWebhookUrl, HttpUrl::parse));
    let addr = reading.optional(Field(Key::TelegramWebhookAddr, values::address));
    let secret = reading.optional(Field(Key::TelegramWebhookSecret, values::webhook_secret));
    let all = [Key::TelegramWebhookUrl, Key::TelegramWebhookAddr, Key::TelegramWebhookSecret];
    let (set, missing): (Vec<_>, Vec<_>) = all.into_iter().partition(|key| reading.is_set(*key));
    if let (Some(first), false) = (set.first(), missing.is_empty()) {
        let missing: Vec<_> = missing.into_iter().map(Key::name).collect();
        reading
            .refuse(*first, format!("is of no use without {}; set all three or none", missing.join(" and ")));
    }
    if let Some(url) = &url
        && let Some(wrong) = unreachable(url, api_url)
    {
        reading.refuse(Key::TelegramWebhookUrl, wrong);
    }
    if secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < SAFE_SECRET) {
        reading
            .hint("TELEGRAM_WEBHOOK_SECRET is short; whoever guesses it can speak to the desk as Telegram");
    }
    Some(Webhook { url: url?.text, addr: addr?, secret: secret? })
}

/// Says why Telegram's own servers would not deliver to a URL; a server of one's own delivers anywhere.
fn unreachable(url: &HttpUrl, api_url: &HttpUrl) -> Option<&'static str> {
    if !api_url.is_telegrams_own() {
        None
    } else if !url.https {
        Some("is not https; http works only with a Bot API server of your own in TELEGRAM_API_URL")
    } else if url.is_loopback() {
        Some("can be reached from this machine only, and Telegram's servers are elsewhere")
    } else if !WEBHOOK_PORTS.contains(&url.port) {
        Some("has a port on which Telegram does not deliver; allowed: 443, 80, 88 and 8443")
    } else {
        None
    }
}
