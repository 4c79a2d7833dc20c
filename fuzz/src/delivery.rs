//! Whatever Slack delivers, or somebody in its name: it is read without panic, twice in the same way, and known again
//! by the same key.

use adapter_slack::inbound::{BotIdentity, Delivered, Kind, key, read};
use incident_core::text::Limits;
use serde_json::Value;

/// Reads the bytes as everything that Slack delivers, and makes requests of it.
///
/// # Panics
/// If two readings differ, if a request has another key than its delivery, or if it holds a title beyond its limits.
pub fn check(bytes: &[u8]) {
    let Ok(payload) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let bot = BotIdentity { user: "U0DESKBOT".to_owned(), bot: Some("B0DESKBOT".to_owned()) };
    for kind in [Kind::SlashCommands, Kind::Interactive, Kind::EventsApi] {
        let delivered = Delivered { kind, payload: payload.clone() };
        let asked = read(&bot, &delivered, 0xF2E5);
        assert_eq!(read(&bot, &delivered, 0xF2E5), asked);
        let Some(asked) = asked else { continue };
        assert_eq!(Some(&asked.request.key), key(&delivered).as_ref());
        assert_eq!(asked.request.fresh, 0xF2E5);
        if let Some(title) = &asked.request.chat_title {
            assert_eq!(title.within(Limits::NAME), Ok(()), "{title:?}");
        }
    }
}
