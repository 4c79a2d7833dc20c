//! Albums: several files that were sent at once and arrive one by one, with words on one of them.
//!
//! What arrives after the words belongs to the incident that they made, which the store knows by their request. What
//! arrives before them is kept here for a while, in memory: whatever a crash takes can be sent again by replying to the
//! card, and nobody is told that it was kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::handle::{Answer, Scene};
use super::{Desk, HandleError};
use crate::incident::Attachment;
use crate::ports::RequestKey;
use crate::view::{Done, Said};

/// How many albums are remembered that nobody has said anything about.
const MOST: usize = 64;
/// How many files are kept of each; platforms allow ten.
const FILES: usize = 10;

/// Files whose words have not come yet.
#[derive(Debug, Default)]
pub(super) struct Albums(Mutex<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    files: BTreeMap<RequestKey, Vec<Attachment>>,
    order: VecDeque<RequestKey>,
}

impl Albums {
    fn keep(&self, of: &RequestKey, attachments: &[Attachment]) {
        let mut waiting = self.waiting();
        if !waiting.files.contains_key(of) {
            waiting.order.push_back(of.clone());
            if waiting.order.len() > MOST
                && let Some(oldest) = waiting.order.pop_front()
            {
                waiting.files.remove(&oldest);
            }
        }
        let files = waiting.files.entry(of.clone()).or_default();
        // What is delivered twice is one file.
        let new = attachments.iter().filter(|file| !files.contains(file)).cloned().collect::<Vec<_>>();
        files.extend(new);
        files.truncate(FILES);
    }

    /// Returns what came before the words of a request. It stays: the request may be delivered again.
    pub(super) fn before(&self, of: &RequestKey) -> Vec<Attachment> {
        self.waiting().files.get(of).cloned().unwrap_or_default()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// Adds files to the incident that the words of their album made, or keeps them until the words come.
    pub(super) async fn gathered(
        &self,
        scene: &mut Scene<'_>,
        of: &RequestKey,
        attachments: &[Attachment],
    ) -> Result<Answer, HandleError> {
        let made = self.store.applied(of).await?.and_then(|answered| answered.incident);
        let Some((incident, _)) = made else {
            self.albums.keep(of, attachments);
            return Ok(Answer::of(Said::Nothing));
        };
        for (nth, attachment) in attachments.iter().enumerate() {
            let answer = self.attach(scene, incident, attachment, nth).await?;
            // The card counts the files; nobody needs to be told of each. Why one was not taken is worth telling.
            if answer.said != Said::Done(Done::Attached) {
                return Ok(answer);
            }
        }
        Ok(Answer::of(Said::Nothing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Limits, Text};

    fn file(name: usize) -> Attachment {
        let text = |words: &str| Text::new(words, Limits::NAME).expect("a short text");
        Attachment { reference: text(&format!("file {name}")), kind: text("photo"), name: None, size: None }
    }

    #[test]
    fn what_waits_is_bounded_and_counts_once() {
        let albums = Albums::default();
        for album in 0..3 * MOST {
            let key = RequestKey::new(format!("album {album}"));
            for number in (0..2 * FILES).chain(0..2) {
                albums.keep(&key, &[file(number)]);
            }
            assert_eq!(albums.before(&key), (0..FILES).map(file).collect::<Vec<_>>());
        }
        let waiting = albums.waiting();
        assert_eq!((waiting.files.len(), waiting.order.len()), (MOST, MOST));
    }
}
