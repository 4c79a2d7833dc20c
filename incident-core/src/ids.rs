//! Names for things. One newtype per id, so that a person can never be passed for a company.
//!
//! The core never mints an id: long ids (128 bits, written as 26 characters of Crockford's base 32, the
//! [ULID](https://github.com/ulid/spec) form) come in with a request, [`PersonId`] from the store that first
//! saw the person, [`TeamId`] from the position of the team in its company.

mod circle;
mod number;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use circle::{Circle, InvalidCircle};
pub use number::{InvalidNumber, Number};

/// Says that a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 26 characters of Crockford base 32")]
pub struct InvalidId;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn encode(value: u128) -> [u8; 26] {
    let mut text = [b'0'; 26];
    let mut rest = value;
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    text
}

/// What each byte is worth; [`u8::MAX`] if it is no letter of the alphabet.
const WORTH: [u8; 256] = {
    let mut worth = [u8::MAX; 256];
    let mut digit = 0;
    while digit < ALPHABET.len() {
        worth[ALPHABET[digit] as usize] = digit as u8;
        digit += 1;
    }
    worth
};

fn decode(text: &str) -> Result<u128, InvalidId> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return Err(InvalidId);
    }
    // Reports read millions: twelve letters at a time fit a word, and all are judged at the end.
    let (mut value, mut all) = (0_u128, 0_u8);
    for letters in text.as_bytes().chunks(12) {
        let mut part = 0_u64;
        for letter in letters {
            let digit = WORTH[usize::from(*letter)];
            part = part << 5 | u64::from(digit & 31);
            all |= digit;
        }
        value = value << (5 * letters.len()) | u128::from(part);
    }
    if all < 32 { Ok(value) } else { Err(InvalidId) }
}

macro_rules! long_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// Wraps 128 bits minted elsewhere; a UUIDv7 or ULID keeps rows in the order of their creation.
            pub const fn from_u128(value: u128) -> Self {
                Self(value)
            }

            /// Returns the 128 bits.
            pub const fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let text = encode(self.0);
                f.pad(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                decode(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

long_id! {
    /// Identifies a company: the tenant, the border that no query crosses.
    CompanyId
}
long_id! {
    /// Identifies a group: a chat where incidents live.
    GroupId
}
long_id! {
    /// Identifies an incident. People see its [`Number`] instead.
    IncidentId
}

macro_rules! short_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// Wraps the number.
            pub const fn new(value: $inner) -> Self {
                Self(value)
            }

            /// Returns the number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

short_id! {
    /// Identifies a person within one company. It says nothing about who that is: names and platform
    /// accounts stand apart, so that forgetting a person leaves the journal countable.
    PersonId(u32)
}
short_id! {
    /// Identifies a team by its position in the company, counted from 1.
    TeamId(u16)
}
short_id! {
    /// Counts the events of one incident or roster; the state after the n-th event has version n.
    Version(u32)
}

impl Version {
    /// The version before anything happened.
    pub const NONE: Self = Self(0);

    /// Returns the version after one more event.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// A chat platform, or something that behaves like one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Telegram groups, through the Bot API.
    Telegram,
    /// Slack channels.
    Slack,
    /// Discord channels.
    Discord,
    /// The chat in a terminal that `incident-desk sandbox` opens, and any chat of an embedder's own.
    Sandbox,
}

impl Platform {
    /// All platforms, in their order.
    pub const ALL: [Self; 4] = [Self::Telegram, Self::Slack, Self::Discord, Self::Sandbox];

    /// Returns the word used in stored rows and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Sandbox => "sandbox",
        }
    }

    /// Returns what people call it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Telegram => "Telegram",
            Self::Slack => "Slack",
            Self::Discord => "Discord",
            Self::Sandbox => "Sandbox",
        }
    }

    /// Tells whether people there are known by a handle that anybody may type. Elsewhere they are chosen from what is
    /// offered, and a handle that is typed is nobody's.
    pub const fn has_handles(self) -> bool {
        match self {
            Self::Telegram | Self::Sandbox => true,
            Self::Slack | Self::Discord => false,
        }
    }

    /// Finds the platform by its word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.as_str() == word)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A chat on a platform, named as that platform names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChatRef {
    /// Where the chat is.
    pub platform: Platform,
    /// The platform's own id, as text.
    pub chat: Arc<str>,
}

impl ChatRef {
    /// Names a chat.
    pub fn new(platform: Platform, chat: impl Into<Arc<str>>) -> Self {
        Self { platform, chat: chat.into() }
    }
}

impl fmt::Display for ChatRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.chat)
    }
}

/// A message in a chat, named as its platform names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The chat that holds the message.
    pub chat: ChatRef,
    /// The platform's own id within that chat, as text.
    pub message: Arc<str>,
}

impl MessageRef {
    /// Names a message.
    pub fn new(chat: ChatRef, message: impl Into<Arc<str>>) -> Self {
        Self { chat, message: message.into() }
    }
}

/// A person's account on a platform. Accounts decide who somebody is; handles only display.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// Where the account is.
    pub platform: Platform,
    /// The platform's own user id, as text.
    pub user: Arc<str>,
}

impl Identity {
    /// Names an account.
    pub fn new(platform: Platform, user: impl Into<Arc<str>>) -> Self {
        Self { platform, user: user.into() }
    }
}

/// A handle such as `@ann`, kept in lower case and without the `@`: handles are compared without case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Handle {
    platform: Platform,
    name: Arc<str>,
}

impl Handle {
    /// Reads a handle, with or without its `@`.
    ///
    /// # Errors
    /// Refuses what no platform would accept: nothing, more than 64 characters, white space or `@` inside.
    pub fn parse(platform: Platform, text: &str) -> Result<Self, InvalidHandle> {
        let name = text.trim().trim_start_matches('@');
        let fits = !name.is_empty() && name.chars().count() <= 64;
        if !fits || name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@') {
            return Err(InvalidHandle);
        }
        Ok(Self { platform, name: name.to_lowercase().into() })
    }

    /// Returns the platform on which the handle means something.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// Returns the handle without its `@`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Says that a text cannot be anybody's handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a handle")]
pub struct InvalidHandle;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_survives_being_written_and_read() {
        for value in [0, 1, 31, 32, u128::MAX / 3, u128::MAX] {
            let id = IncidentId::from_u128(value);
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in
            ["", "0", "81234567890123456789012345", "0000000000000000000000000U", "é000000000000000000000000"]
        {
            assert_eq!(text.parse::<IncidentId>(), Err(InvalidId), "{text}");
        }
    }

    #[test]
    fn handles_are_compared_without_case_and_at_sign() {
        let handle = |text| Handle::parse(Platform::Telegram, text);
        assert_eq!(handle("@Ann"), handle("ann"));
        for text in ["", "@", "a b", "a@b", &"x".repeat(65)] {
            assert_eq!(handle(text), Err(InvalidHandle), "{text}");
        }
    }
}
