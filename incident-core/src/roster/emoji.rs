//! The emojis that a group has chosen for its cards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Roster;
use crate::ids::GroupId;

/// What an emoji stands for on a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Nobody has claimed it.
    New,
    /// Somebody works on it.
    Claimed,
    /// It waits for a manager.
    Escalated,
    /// Its clocks are stopped.
    OnHold,
    /// Its summary is outstanding.
    Summary,
    /// It is resolved.
    Resolved,
    /// It is closed.
    Closed,
    /// It is urgent.
    Urgent,
    /// It is of high priority.
    High,
    /// It is of low priority.
    Low,
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::New,
        Self::Claimed,
        Self::Escalated,
        Self::OnHold,
        Self::Summary,
        Self::Resolved,
        Self::Closed,
        Self::Urgent,
        Self::High,
        Self::Low,
    ];

    /// Returns the name of its setting.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "emoji_new",
            Self::Claimed => "emoji_claimed",
            Self::Escalated => "emoji_escalated",
            Self::OnHold => "emoji_on_hold",
            Self::Summary => "emoji_summary",
            Self::Resolved => "emoji_resolved",
            Self::Closed => "emoji_closed",
            Self::Urgent => "emoji_urgent",
            Self::High => "emoji_high",
            Self::Low => "emoji_low",
        }
    }
}

/// One emoji, which may be made of several characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Emoji(String);

/// A text that is not one emoji.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not one emoji")]
pub struct NotOneEmoji;

impl FromStr for Emoji {
    type Err = NotOneEmoji;

    fn from_str(text: &str) -> Result<Self, NotOneEmoji> {
        let chars: Vec<char> = text.chars().collect();
        // Families and flags of regions are the longest there are.
        let one = chars.len() <= 16
            && (is_flag(&chars) || is_keycap(&chars) || chars.split(|c| *c == JOINER).all(is_part));
        if one { Ok(Self(text.to_owned())) } else { Err(NotOneEmoji) }
    }
}

impl fmt::Display for Emoji {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const JOINER: char = '\u{200D}';
const AS_EMOJI: char = '\u{FE0F}';

/// Two letters that name a country.
fn is_flag(chars: &[char]) -> bool {
    chars.len() == 2 && chars.iter().all(|c| ('\u{1F1E6}'..='\u{1F1FF}').contains(c))
}

/// A digit on a key.
fn is_keycap(chars: &[char]) -> bool {
    matches!(chars, ['0'..='9' | '#' | '*', AS_EMOJI, '\u{20E3}'])
}

/// A picture, perhaps said to be one, perhaps with a skin colour.
fn is_part(chars: &[char]) -> bool {
    let colour = |c: char| ('\u{1F3FB}'..='\u{1F3FF}').contains(&c);
    match chars {
        [picture] | [picture, AS_EMOJI] => is_picture(*picture),
        [picture, extra] => is_picture(*picture) && colour(*extra),
        _ => false,
    }
}

/// Tells whether a character is a picture by itself, as the Unicode Standard has it.
fn is_picture(c: char) -> bool {
    let code = u32::from(c);
    PICTURES.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

const PICTURES: [(u32, u32); 55] = [
    (0x203C, 0x203C),
    (0x2049, 0x2049),
    (0x2122, 0x2122),
    (0x2139, 0x2139),
    (0x2194, 0x2199),
    (0x21A9, 0x21AA),
    (0x231A, 0x231B),
    (0x2328, 0x2328),
    (0x23CF, 0x23CF),
    (0x23E9, 0x23F3),
    (0x23F8, 0x23FA),
    (0x24C2, 0x24C2),
    (0x25AA, 0x25AB),
    (0x25B6, 0x25B6),
    (0x25C0, 0x25C0),
    (0x25FB, 0x25FE),
    (0x2600, 0x2604),
    (0x260E, 0x2615),
    (0x2618, 0x261D),
    (0x2620, 0x2642),
    (0x2648, 0x2653),
    (0x265F, 0x2668),
    (0x267B, 0x267F),
    (0x2692, 0x269C),
    (0x26A0, 0x26AB),
    (0x26B0, 0x26B1),
    (0x26BD, 0x26D4),
    (0x26E9, 0x26FD),
    (0x2702, 0x2716),
    (0x271D, 0x2728),
    (0x2733, 0x2734),
    (0x2744, 0x2747),
    (0x274C, 0x2757),
    (0x2763, 0x2764),
    (0x2795, 0x2797),
    (0x27A1, 0x27A1),
    (0x27B0, 0x27BF),
    (0x2934, 0x2935),
    (0x2B05, 0x2B07),
    (0x2B1B, 0x2B1C),
    (0x2B50, 0x2B55),
    (0x3030, 0x303D),
    (0x3297, 0x3299),
    (0x1F004, 0x1F004),
    (0x1F0CF, 0x1F0CF),
    (0x1F170, 0x1F171),
    (0x1F17E, 0x1F17F),
    (0x1F18E, 0x1F19A),
    (0x1F201, 0x1F251),
    (0x1F300, 0x1F3FA),
    (0x1F400, 0x1F64F),
    (0x1F680, 0x1F6FF),
    (0x1F7E0, 0x1F7F0),
    (0x1F90C, 0x1F9FF),
    (0x1FA70, 0x1FAFF),
];

impl Roster {
    /// Returns the emoji that a group has chosen for something.
    pub fn emoji(&self, group: GroupId, sign: Sign) -> Option<&Emoji> {
        self.settings.groups.get(&group)?.emojis.get(&sign)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_emoji_is_one_and_nothing_else_is() {
        for one in ["🔥", "🛠️", "✅", "⏸️", "☎", "👍🏽", "👩‍🚒", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇳🇱", "7️⃣", "🪤"]
        {
            assert_eq!(one.parse::<Emoji>().map(|emoji| emoji.to_string()), Ok(one.to_owned()), "{one}");
        }
        for other in [
            "",
            " ",
            "a",
            "7",
            "#",
            "!",
            "🔥🔥",
            "🔥a",
            "a🔥",
            "🇳",
            "🇳🇱🇪",
            "\u{200D}",
            "🔥\u{200D}",
            "\u{FE0F}",
            "👍🏽🏽",
            "\u{202E}🔥",
            "🔥\u{202E}",
            "<b>",
            "&",
            "é",
            "中",
            "\u{E000}",
        ] {
            assert_eq!(other.parse::<Emoji>(), Err(NotOneEmoji), "{other:?}");
        }
    }
}
