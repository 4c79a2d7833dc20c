//! Whether a request is Slack's.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How old a request may be, and how far ahead Slack's clock.
const MOST_AGE: Duration = Duration::from_secs(5 * 60);

/// Tells whether a request was signed with the secret not long ago. The comparison takes the same time whatever is
/// wrong. `now` is in seconds since 1970.
pub(super) fn is_valid(
    secret: &SecretString,
    (timestamp, signature): (&str, &str),
    body: &[u8],
    now: u64,
) -> bool {
    let fresh = timestamp.parse::<u64>().is_ok_and(|at| at.abs_diff(now) <= MOST_AGE.as_secs());
    let Some(given) = signature.strip_prefix("v0=").and_then(bytes) else { return false };
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("a key may have any length");
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac.verify_slice(&given).is_ok() && fresh
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    (digits.len().is_multiple_of(2)).then(|| digits.chunks(2).map(pair).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example in Slack's documentation of signatures.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const AT: &str = "1531420618";
    const NOW: u64 = 1_531_420_618;
    const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    fn valid(secret: &str, at: &str, signature: &str, now: u64) -> bool {
        is_valid(&SecretString::from(secret), (at, signature), BODY.as_bytes(), now)
    }

    #[test]
    fn what_slack_signed_is_slacks() {
        assert!(valid(SECRET, AT, SIGNATURE, NOW));
        assert!(valid(SECRET, AT, SIGNATURE, NOW + 300) && valid(SECRET, AT, SIGNATURE, NOW - 300));
    }

    #[test]
    fn what_is_old_or_was_changed_is_not() {
        assert!(!valid(SECRET, AT, SIGNATURE, NOW + 301));
        assert!(!valid(SECRET, AT, SIGNATURE, NOW - 301));
        assert!(!valid("another secret", AT, SIGNATURE, NOW));
        assert!(!valid(SECRET, "1531420619", SIGNATURE, NOW));
        assert!(!valid(SECRET, "soon", SIGNATURE, NOW));
        let short = &SIGNATURE[..SIGNATURE.len() - 2];
        for signature in ["", "v0=", short, &SIGNATURE.replacen("v0", "v1", 1), "v0=zz", "v0=é"] {
            assert!(!valid(SECRET, AT, signature, NOW), "{signature}");
        }
        let changed = format!("{BODY}x");
        assert!(!is_valid(&SecretString::from(SECRET), (AT, SIGNATURE), changed.as_bytes(), NOW));
    }
}
