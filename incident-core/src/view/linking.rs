//! What is said about chats linked with groups, and accounts linked with people.

use super::{About, Line, Phrase, ReplyTone};
use crate::ids::{CompanyId, Number, Platform};
use crate::roster::Code;

/// An answer about linking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkReply {
    /// In the other chat, this code makes it one of the group's.
    ChatCode(CompanyId, Code),
    /// From the other account, this code makes it one of the asker's.
    AccountCode(Code),
    /// The code was sent to the asker alone.
    CodeSent,
    /// The code is unknown, was used, or is too old.
    BadCode,
    /// The chat is a group already, or one of a group's.
    ChatTaken,
    /// The group lives in as many chats as it may.
    TooMany,
    /// Incidents of the group have a room each: another chat would show nothing.
    InRooms,
    /// The group lives in one chat only.
    NotLinked,
    /// The account is another one of this person's from now on, who is called so on their own platform.
    Linked(String, Platform),
    /// It is a person of its own again, or nobody else's account is theirs any more.
    Parted,
    /// It was linked with no other.
    Alone,
    /// It was theirs before.
    Same,
    /// The account has something to do with an incident that is not over.
    Busy(Number),
}

impl LinkReply {
    pub(super) const fn tone(&self) -> ReplyTone {
        match self {
            Self::ChatCode(..)
            | Self::AccountCode(_)
            | Self::CodeSent
            | Self::Linked(..)
            | Self::Parted
            | Self::Same => ReplyTone::Quiet,
            Self::BadCode
            | Self::ChatTaken
            | Self::TooMany
            | Self::InRooms
            | Self::NotLinked
            | Self::Alone
            | Self::Busy(_) => ReplyTone::Alert,
        }
    }

    pub(super) fn lines(&self, about: &About<'_>) -> Vec<Line> {
        let line = match self {
            Self::ChatCode(company, code) => {
                about.phrase(Phrase::LinkCode, &[("code", code.shown_in(*company).into())])
            }
            Self::AccountCode(code) => about.phrase(Phrase::LinkMeCode, &[("code", code.shown().into())]),
            Self::CodeSent => about.phrase(Phrase::LinkCodeSent, &[]),
            Self::BadCode => about.phrase(Phrase::LinkBadCode, &[]),
            Self::ChatTaken => about.phrase(Phrase::LinkChatTaken, &[]),
            Self::TooMany => about.phrase(Phrase::LinkTooMany, &[]),
            Self::InRooms => about.phrase(Phrase::LinkInRooms, &[]),
            Self::NotLinked => about.phrase(Phrase::LinkNotLinked, &[]),
            Self::Linked(name, platform) => {
                let person = format!("{name} ({})", platform.title());
                about.phrase(Phrase::LinkMeDone, &[("person", person.into())])
            }
            Self::Parted => about.phrase(Phrase::LinkMeParted, &[]),
            Self::Alone => about.phrase(Phrase::LinkMeAlone, &[]),
            Self::Same => about.phrase(Phrase::LinkMeSame, &[]),
            Self::Busy(number) => about.phrase(Phrase::LinkMeBusy, &[("number", number.to_string().into())]),
        };
        vec![line]
    }
}
