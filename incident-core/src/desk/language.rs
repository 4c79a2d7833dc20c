//! The command that chooses the language of a group, so that drivers and dispatchers of one company need not share one.

use super::handle::{Answer, Scene};
use super::request::Ask;
use super::{Desk, HandleError};
use crate::roster::{RosterCommand, Setting};
use crate::text::{Limits, Text};
use crate::view::{CommandWord, Said};

impl Desk {
    /// Sets the language of the group to one that there are words for.
    pub(super) async fn language(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let locale = self.phrasebook.find(text.trim()).and_then(|tag| Text::new(tag, Limits::NAME).ok());
        let Some(locale) = locale else {
            return Ok(Answer::of(Said::Usage(CommandWord::Language)));
        };
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let setting = Setting::GroupLocale { group: scene.group.id, locale: Some(locale) };
        self.roster_answer(scene, actor, vec![RosterCommand::Set { setting }]).await
    }
}
