//! What a platform would know about people, said beforehand.

use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;

use crate::ids::{ChatRef, Circle, Identity};
use crate::ports::{Directory, DirectoryError};

#[derive(Debug, Default)]
struct Known {
    admins: BTreeSet<(ChatRef, Identity)>,
    belonging: Vec<(Identity, Circle)>,
    silent: bool,
    questions: u32,
}

/// A directory that knows what it was told.
#[derive(Debug, Default)]
pub struct FixedDirectory(Mutex<Known>);

impl FixedDirectory {
    /// Makes a directory in which nobody administers anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an account an administrator of a chat.
    pub fn promote(&self, chat: &ChatRef, who: &Identity) {
        self.known(|known| known.admins.insert((chat.clone(), who.clone())));
    }

    /// Makes an account an administrator no more.
    pub fn demote(&self, chat: &ChatRef, who: &Identity) {
        self.known(|known| known.admins.remove(&(chat.clone(), who.clone())));
    }

    /// Makes an account belong to a circle.
    pub fn enrol(&self, who: &Identity, circle: &Circle) {
        self.known(|known| known.belonging.push((who.clone(), circle.clone())));
    }

    /// Makes an account belong to no circle any more.
    pub fn expel(&self, who: &Identity) {
        self.known(|known| known.belonging.retain(|(account, _)| account != who));
    }

    /// Makes every question fail, or no longer.
    pub fn silence(&self, silent: bool) {
        self.known(|known| known.silent = silent);
    }

    /// Returns how often it was asked.
    pub fn questions(&self) -> u32 {
        self.known(|known| known.questions)
    }

    fn known<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        change(&mut self.0.lock().expect("nothing panics while it holds the directory"))
    }
}

#[async_trait]
impl Directory for FixedDirectory {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        self.known(|known| {
            known.questions += 1;
            if known.silent {
                return Err(DirectoryError { reason: "the test said so".into() });
            }
            Ok(known.admins.contains(&(chat.clone(), who.clone())))
        })
    }

    async fn circles(
        &self,
        _chat: &ChatRef,
        who: &Identity,
        among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        self.known(|known| {
            known.questions += 1;
            if known.silent {
                return Err(DirectoryError { reason: "the test said so".into() });
            }
            let theirs = known.belonging.iter().filter(|(account, _)| account == who);
            let asked = theirs.filter(|(_, circle)| among.iter().any(|one| one.is_same(circle)));
            Ok(asked.map(|(_, circle)| circle.clone()).collect())
        })
    }
}
