//! What a button does, and the code that says so in at most 64 bytes: the tightest
//! limit that any platform has.
//!
//! A code carries the incident and the version it was drawn for. Anybody may forge one; it grants nothing,
//! because every press is judged by the machine.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::ids::{IncidentId, PersonId, TeamId, Version};

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Claim it, or join.
    Claim,
    /// Give one's claim back.
    Release,
    /// Ask the next level.
    Escalate,
    /// Give it back to the level below.
    Deescalate,
    /// Say that it is done.
    Resolve,
    /// Withdraw the promise of a summary.
    CancelResolve,
    /// Start the clocks again.
    Resume,
    /// Agree that it is solved.
    Confirm,
    /// Say that it still matters.
    KeepOpen,
    /// Open it again.
    Reopen,
    /// Close it.
    Close,
    /// Choose the responsible team.
    Route(TeamId),
    /// Move it to another team.
    Transfer(TeamId),
    /// Ask a person to take it.
    Assign(PersonId),
    /// Ask a person to take it from its holder.
    Reassign(PersonId),
    /// Ask which team it should move to.
    ChooseTeam,
    /// Take a choice back.
    Back,
    /// Ask who should take it.
    ChoosePerson,
    /// Ask for words to be noted.
    Comment,
    /// Wait for its reporter.
    Hold,
    /// Take its room away and keep what was said in it.
    Archive,
    /// Report something; this one is about no incident.
    Report,
}

/// A pressed or drawn button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ButtonCode {
    /// What it does.
    pub action: Action,
    /// To which incident.
    pub incident: IncidentId,
    /// The version it was drawn for.
    pub seen: Version,
}

impl ButtonCode {
    /// The button by which something is reported, whatever it stands on.
    pub const REPORT: Self =
        Self { action: Action::Report, incident: IncidentId::from_u128(0), seen: Version::NONE };
}

/// Says that a text is no button of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a button of this desk")]
pub struct InvalidCode;

impl Action {
    const fn letter(self) -> char {
        match self {
            Self::Claim => 'c',
            Self::Release => 'l',
            Self::Escalate => 'e',
            Self::Deescalate => 'd',
            Self::Resolve => 'r',
            Self::CancelResolve => 'b',
            Self::Resume => 'u',
            Self::Confirm => 'k',
            Self::KeepOpen => 'o',
            Self::Reopen => 'a',
            Self::Close => 'x',
            Self::Route(_) => 't',
            Self::Transfer(_) => 'm',
            Self::Assign(_) => 'p',
            Self::Reassign(_) => 'h',
            Self::ChooseTeam => 'v',
            Self::Back => 'q',
            Self::ChoosePerson => 's',
            Self::Comment => 'n',
            Self::Hold => 'w',
            Self::Archive => 'y',
            Self::Report => 'i',
        }
    }

    const fn argument(self) -> Option<u32> {
        match self {
            Self::Route(team) | Self::Transfer(team) => Some(team.get() as u32),
            Self::Assign(person) | Self::Reassign(person) => Some(person.get()),
            Self::Claim
            | Self::Release
            | Self::Escalate
            | Self::Deescalate
            | Self::Resolve
            | Self::CancelResolve
            | Self::Resume
            | Self::Confirm
            | Self::KeepOpen
            | Self::Reopen
            | Self::Close
            | Self::ChooseTeam
            | Self::Back
            | Self::ChoosePerson
            | Self::Comment
            | Self::Hold
            | Self::Archive
            | Self::Report => None,
        }
    }

    /// Tells whether it stands on a choice that somebody asked for, not on a card.
    pub(crate) const fn is_choice(self) -> bool {
        matches!(self, Self::Transfer(_) | Self::Assign(_) | Self::Reassign(_) | Self::Back)
    }

    fn read(letter: &str, argument: Option<u32>) -> Result<Self, InvalidCode> {
        let team = || argument.and_then(|team| u16::try_from(team).ok()).map(TeamId::new).ok_or(InvalidCode);
        let action = match letter {
            "c" => Self::Claim,
            "l" => Self::Release,
            "e" => Self::Escalate,
            "d" => Self::Deescalate,
            "r" => Self::Resolve,
            "b" => Self::CancelResolve,
            "u" => Self::Resume,
            "k" => Self::Confirm,
            "o" => Self::KeepOpen,
            "a" => Self::Reopen,
            "x" => Self::Close,
            "t" => Self::Route(team()?),
            "m" => Self::Transfer(team()?),
            "p" => Self::Assign(PersonId::new(argument.ok_or(InvalidCode)?)),
            "h" => Self::Reassign(PersonId::new(argument.ok_or(InvalidCode)?)),
            "v" => Self::ChooseTeam,
            "q" => Self::Back,
            "s" => Self::ChoosePerson,
            "n" => Self::Comment,
            "w" => Self::Hold,
            "y" => Self::Archive,
            "i" => Self::Report,
            _ => return Err(InvalidCode),
        };
        if action.argument().is_none() && argument.is_some() {
            return Err(InvalidCode);
        }
        Ok(action)
    }
}

impl fmt::Display for ButtonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.action.letter(), self.incident, self.seen)?;
        match self.action.argument() {
            Some(argument) => write!(f, ".{argument}"),
            None => Ok(()),
        }
    }
}

impl FromStr for ButtonCode {
    type Err = InvalidCode;

    fn from_str(code: &str) -> Result<Self, InvalidCode> {
        let number = |text: &str| {
            let canonical =
                text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
            text.parse::<u32>().ok().filter(|_| canonical).ok_or(InvalidCode)
        };
        let mut parts = code.split('.');
        let (Some(letter), Some(incident), Some(seen)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(InvalidCode);
        };
        let argument = parts.next().map(number).transpose()?;
        if parts.next().is_some() {
            return Err(InvalidCode);
        }
        Ok(Self {
            action: Action::read(letter, argument)?,
            incident: incident.parse().map_err(|_| InvalidCode)?,
            seen: Version::new(number(seen)?),
        })
    }
}

impl Serialize for ButtonCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ButtonCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: [Action; 22] = [
        Action::Claim,
        Action::Release,
        Action::Escalate,
        Action::Deescalate,
        Action::Resolve,
        Action::CancelResolve,
        Action::Resume,
        Action::Confirm,
        Action::KeepOpen,
        Action::Reopen,
        Action::Close,
        Action::Route(TeamId::new(u16::MAX)),
        Action::Transfer(TeamId::new(u16::MAX)),
        Action::Assign(PersonId::new(u32::MAX)),
        Action::Reassign(PersonId::new(u32::MAX)),
        Action::ChooseTeam,
        Action::Back,
        Action::ChoosePerson,
        Action::Comment,
        Action::Hold,
        Action::Archive,
        Action::Report,
    ];

    #[test]
    fn every_code_reads_back_and_fits_into_64_bytes() {
        for action in EVERY {
            let incident = IncidentId::from_u128(u128::MAX);
            let code = ButtonCode { action, incident, seen: Version::new(u32::MAX) };
            assert!(code.to_string().len() <= 64, "{code}");
            assert_eq!(code.to_string().parse(), Ok(code));
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let id = IncidentId::from_u128(7);
        let forged = [
            String::new(),
            "c".into(),
            format!("c.{id}"),
            format!("z.{id}.1"),
            format!("c.{id}.01"),
            format!("c.{id}.+1"),
            format!("c.{id}.1.2"),
            format!("t.{id}.1"),
            format!("h.{id}.1"),
            format!("v.{id}.1.2"),
            format!("t.{id}.1.65536"),
            format!("t.{id}.1.2.3"),
            format!("c.{id}.4294967296"),
            "claim_t1:TKT-2026-0001".into(),
        ];
        for code in forged {
            assert_eq!(code.parse::<ButtonCode>(), Err(InvalidCode), "{code}");
        }
    }
}
