//! What people wrote a moment before they reported: a report made of it needs no words of its own.
//!
//! The desk keeps what is said in a group for as long as it may become part of a report, and no longer. How much of it
//! a platform shows is the platform's affair.

use std::time::Duration;

use super::Desk;
use super::commands::without_command;
use super::handle::Scene;
use super::request::{Quoted, Request, Sender};
use crate::ids::{Identity, MessageRef};
use crate::ports::{Author, Keep, Remark, StoreError};
use crate::roster::GroupStatus;
use crate::text::{Limits, Text};
use crate::time::Timestamp;

/// How many remarks of a chat are kept at most, whoever made them.
const KEPT: u32 = 100;
/// How much of one remark is kept, in characters.
const LONGEST: Limits = Limits { min: 1, max: Limits::DESCRIPTION.max };

/// How much of what somebody wrote becomes part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Context {
    /// Their last so many messages.
    pub messages: u8,
    /// None that is older.
    pub within: Duration,
}

impl Context {
    fn since(self, now: Timestamp) -> Timestamp {
        let within = i64::try_from(self.within.as_micros()).unwrap_or(i64::MAX);
        Timestamp::from_micros(now.as_micros().saturating_sub(within))
    }
}

impl Desk {
    /// Keeps what somebody said in a group that works.
    pub(super) async fn overhear(
        &self,
        request: &Request,
        (message, text): (&MessageRef, &str),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (Some((recall, _)), Some(context), Sender::Person(profile)) =
            (&self.recall, self.context(), &request.from)
        else {
            return Ok(());
        };
        let cut: String = text.trim().chars().take(LONGEST.max).collect();
        let (Ok(text), Some(tenancy)) = (Text::new(&cut, LONGEST), self.store.tenancy(&request.chat).await?)
        else {
            return Ok(());
        };
        let roster = self.store.roster(tenancy.company).await?;
        let group = roster.as_ref().and_then(|roster| roster.groups.get(&tenancy.group));
        if group.is_none_or(|group| group.status != GroupStatus::Active) {
            return Ok(());
        }
        let account = profile.identity.clone();
        let remark = Remark { message: message.clone(), account, at: now, text };
        recall.remark(tenancy.company, &remark, Keep { most: KEPT, since: context.since(now) }).await
    }

    /// What a report says that has no words of its own: those that it answers, with what the same person wrote about
    /// that time; without an answer, what the reporter wrote last.
    pub(super) async fn in_context(
        &self,
        scene: &Scene<'_>,
        quoted: Option<&Quoted>,
    ) -> Result<String, StoreError> {
        let author = quoted.map_or(Some(&scene.profile.identity), |quoted| quoted.by.as_ref());
        let said = match author {
            Some(author) => self.said_lately(scene, author).await?,
            None => Vec::new(),
        };
        let Some(quoted) = quoted else {
            return Ok(joined(said.into_iter().map(|remark| remark.text.to_string()).collect(), 0));
        };
        let answered = said.iter().position(|remark| quoted.message.as_ref() == Some(&remark.message));
        let mut words: Vec<String> = said.into_iter().map(|remark| remark.text.to_string()).collect();
        if answered.is_none() {
            // It is older than all that is kept; there is room for as many as ever.
            if words.len() >= self.context().map_or(0, |context| usize::from(context.messages)) {
                words.drain(..words.len().min(1));
            }
            words.insert(0, without_command(&quoted.text).to_owned());
        }
        Ok(joined(words, answered.unwrap_or(0)))
    }

    async fn said_lately(&self, scene: &Scene<'_>, account: &Identity) -> Result<Vec<Remark>, StoreError> {
        let (Some((recall, _)), Some(context)) = (&self.recall, self.context()) else {
            return Ok(Vec::new());
        };
        let author = Author { chat: scene.chat().clone(), account: account.clone() };
        let since = context.since(scene.now);
        recall.remarks(scene.company, &author, since, u32::from(context.messages)).await
    }

    fn context(&self) -> Option<Context> {
        self.recall.as_ref().and_then(|(_, context)| *context)
    }

    /// Forgets what was said too long ago to become part of a report; all of it, if none ever does. Returns how much
    /// that was.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forget_remarks(&self) -> Result<u64, StoreError> {
        let Some((recall, context)) = &self.recall else {
            return Ok(0);
        };
        let before = context.map_or(Timestamp::MAX, |context| context.since(self.clock.now()));
        recall.forget_remarks(before).await
    }
}

/// Joins what was said, as much as a report may say: rather the newer of it, and the one that was answered in any case.
fn joined(mut words: Vec<String>, mut answered: usize) -> String {
    let length =
        |words: &[String]| words.iter().map(|said| said.chars().count() + 1).sum::<usize>().saturating_sub(1);
    while words.len() > 1 && length(&words) > Limits::DESCRIPTION.max {
        if answered == 0 {
            words.remove(1);
        } else {
            words.remove(0);
            answered -= 1;
        }
    }
    words.retain(|said| !said.is_empty());
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_answered_is_said_and_as_much_of_the_rest_as_there_is_room_for() {
        let long = |letter: &str| letter.repeat(1_400);
        let said =
            |letters: &str| letters.chars().map(|letter| long(&letter.to_string())).collect::<Vec<_>>();
        let two = |one: &str, other: &str| format!("{}\n{}", long(one), long(other));
        assert_eq!(joined(said("abcd"), 3), two("c", "d"));
        assert_eq!(joined(said("abcd"), 0), two("a", "d"));
        assert_eq!(joined(said("abcd"), 1), two("b", "d"));
        assert_eq!(joined(vec!["x".repeat(4_000)], 0).len(), 4_000, "one alone is left to be refused");
        assert_eq!(joined(vec!["a".into(), String::new(), "b".into()], 1), "a\nb");
        assert_eq!(joined(Vec::new(), 0), "");
    }
}
