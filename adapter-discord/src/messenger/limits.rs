//! What Discord has said about how often it may be asked: by headers before a call is one too many, and by refusing
//! one that was, or everything for a while.
//!
//! What it says when it refuses a message is for whoever sends it: the desk parks the chat. It parks none for a room.

use std::time::Duration;

use incident_core::adapter::Quiet;
use reqwest::header::HeaderMap;
use tokio::time::Instant;

/// When what may be asked again.
#[derive(Debug, Default)]
pub(super) struct Limits {
    everything: Quiet<(), Instant>,
    routes: Quiet<String, Instant>,
}

impl Limits {
    /// Returns how long a route is to be left alone, if it is.
    pub(super) fn wait(&self, route: &str, now: Instant) -> Option<Duration> {
        let until = self.routes.until(route, now).max(self.everything.until(&(), now))?;
        Some(until.duration_since(now))
    }

    /// Remembers that a route has no call left for so long.
    pub(super) fn exhausted(&mut self, route: &str, wait: Duration, now: Instant) {
        self.routes.note(route.to_owned(), wait, now);
    }

    /// Remembers that everything is to be left alone for so long.
    pub(super) fn all_exhausted(&mut self, wait: Duration, now: Instant) {
        self.everything.note((), wait, now);
    }
}

/// Reads from the headers of an answer how long the route is to be left alone, if no call is left.
pub(super) fn spent(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let remaining: u64 = text("x-ratelimit-remaining")?.parse().ok()?;
    let wait = seconds(text("x-ratelimit-reset-after")?)?;
    (remaining == 0).then_some(wait)
}

/// Reads how long to wait from a refusal's header.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    seconds(headers.get("retry-after")?.to_str().ok()?)
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}

/// Names the limit that a call counts against: the method and the path, but for the numbers that make no difference.
pub(super) fn route(method: &str, path: &str) -> String {
    let mut major = false;
    let segments = path.split('/').map(|segment| {
        let kept = major || !segment.bytes().all(|b| b.is_ascii_digit());
        major = matches!(segment, "channels" | "guilds" | "webhooks");
        if kept { segment } else { "-" }
    });
    format!("{method} {}", segments.collect::<Vec<_>>().join("/"))
}

/// Tells whether a route is about messages.
pub(super) fn is_message(route: &str) -> bool {
    route.contains("/messages")
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_route_is_left_alone_by_itself_and_everything_with_it() {
        let (mut limits, now) = (Limits::default(), Instant::now());
        limits.exhausted("a", 3 * SECOND, now);
        assert_eq!((limits.wait("a", now + SECOND), limits.wait("b", now)), (Some(2 * SECOND), None));
        assert_eq!(limits.wait("a", now + 3 * SECOND), None);
        limits.all_exhausted(2 * SECOND, now);
        limits.all_exhausted(SECOND, now);
        assert_eq!((limits.wait("a", now), limits.wait("b", now)), (Some(3 * SECOND), Some(2 * SECOND)));
    }

    #[test]
    fn channels_are_told_apart_and_their_messages_are_not() {
        assert_eq!(route("PATCH", "channels/12/messages/34"), "PATCH channels/12/messages/-");
        assert_eq!(route("PUT", "channels/12/messages/pins/34"), "PUT channels/12/messages/pins/-");
        assert_eq!(route("GET", "guilds/1/members/2"), "GET guilds/1/members/-");
    }

    #[test]
    fn headers_say_when_a_route_has_no_call_left() {
        let headers = |remaining: &'static str| {
            let header = |name: &'static str, value: &'static str| {
                (HeaderName::from_static(name), HeaderValue::from_static(value))
            };
            [header("x-ratelimit-remaining", remaining), header("x-ratelimit-reset-after", "1.5")]
                .into_iter()
                .collect::<HeaderMap>()
        };
        assert_eq!(spent(&headers("0")), Some(Duration::from_millis(1_500)));
        assert_eq!(spent(&headers("1")), None);
        assert_eq!(spent(&HeaderMap::new()), None);
    }
}
