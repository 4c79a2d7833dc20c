//! What must hold whatever bytes come in: from a chat, from a button, from a database, from a configuration.
//!
//! Each module has one function `check` that takes bytes and panics if a promise is broken. Nothing else about
//! it is special, so the same function serves twice: `cargo fuzz`, which must be installed, calls it from
//! `fuzz_targets/` and searches for days; and `cargo test`, which needs nothing, calls it with the inputs in
//! `corpus/` and some thousands derived from them, always the same ones.
//!
//! The binaries are behind the feature `libfuzzer` and the rest is an ordinary member of the workspace: the
//! checks are compiled, linted and run with everything else, and cannot rot between two searches.

mod blocks;
pub mod button;
mod bytes;
pub mod card;
pub mod config;
pub mod delivery;
pub mod gateway;
mod markup;
pub mod mutation;
pub mod stored;
pub mod story;
pub mod update;

/// Something that is fed with bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// What it is called: its module, its binary and its directory of inputs.
    pub name: &'static str,
    /// Panics if the bytes break a promise.
    pub check: fn(&[u8]),
    /// Where more inputs are, from the root of the repository, that other tests keep for themselves.
    pub more_inputs: Option<&'static str>,
}

/// Lists all targets.
pub const TARGETS: [Target; 8] = [
    Target { name: "button", check: button::check, more_inputs: None },
    Target { name: "card", check: card::check, more_inputs: None },
    Target { name: "config", check: config::check, more_inputs: None },
    Target { name: "delivery", check: delivery::check, more_inputs: None },
    Target { name: "gateway", check: gateway::check, more_inputs: None },
    Target { name: "stored", check: stored::check, more_inputs: Some("incident-core/tests/stored_events") },
    Target { name: "story", check: story::check, more_inputs: None },
    Target { name: "update", check: update::check, more_inputs: Some("adapter-telegram/tests/updates") },
];
