//! Whatever Discord's gateway tells, one event after the other: it is read without panic, twice in the same way, and a
//! request names the event that it comes from.

use adapter_discord::inbound::{Deed, Guilds, Scene, changes, interaction, message};
use incident_core::desk::Request;
use incident_core::text::Limits;
use serde_json::Value;

const FRESH: u128 = 0xF2E5;

/// Reads the bytes as events of the gateway, and makes requests of them.
///
/// # Panics
/// If two readings differ, or a request holds a title beyond its limits or another id than it was given.
pub fn check(bytes: &[u8]) {
    let Ok(Value::Array(events)) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    let mut guilds = Guilds::default();
    for event in &events {
        let (kind, data) = (event["t"].as_str().unwrap_or_default(), &event["d"]);
        let scene = Scene { bot: 1, telling: "session:1", guilds: &guilds };
        let read = interaction(&scene, data, FRESH);
        assert_eq!(interaction(&scene, data, FRESH), read);
        let said = message(&scene, data, FRESH);
        assert_eq!(message(&scene, data, FRESH), said);
        let changed = changes(&scene, kind, data, || FRESH);
        assert_eq!(changes(&scene, kind, data, || FRESH), changed);
        let deed = read.and_then(|interaction| asked(interaction.deed));
        deed.iter().chain(&said).chain(&changed).for_each(sound);
        drop(guilds.learn(kind, data));
    }
}

fn asked(deed: Deed) -> Option<Request> {
    match deed {
        Deed::Command(request)
        | Deed::Begin(request)
        | Deed::Press(request)
        | Deed::Form { request, .. }
        | Deed::Complete { request, .. } => Some(request),
        Deed::Unknown { .. } => None,
    }
}

fn sound(request: &Request) {
    assert_eq!(request.fresh, FRESH);
    assert!(request.key.as_str().starts_with("discord:1:"), "{:?}", request.key);
    if let Some(title) = &request.chat_title {
        assert_eq!(title.within(Limits::NAME), Ok(()), "{title:?}");
    }
}
