//! Which incident a command means: by its number, as people say it, or by replying to a message about it.

use crate::desk::answers::ANSWERED;
use crate::desk::handle::Scene;
use crate::desk::request::{Ask, Named};
use crate::desk::rooms::Viewer;
use crate::desk::{Desk, HandleError};
use crate::ids::{IncidentId, Number};
use crate::ports::Filed;

/// What follows a command, or what is left of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// As it was typed, trimmed.
    pub(super) text: &'a str,
    /// The same in words, with accounts where the platform names them.
    pub(super) named: &'a [Named],
}

impl<'a> Words<'a> {
    /// Parts the first word from the others; the first is empty where there is none.
    pub(super) fn part(self) -> (&'a str, Self) {
        let (first, text) = self.text.split_once(char::is_whitespace).unwrap_or((self.text, ""));
        let named = match self.named.split_first() {
            Some((Named::Word(word), others)) if word == first => others,
            Some(_) | None => self.named,
        };
        (first, Self { text: text.trim(), named })
    }

    /// Returns the one word there is.
    pub(super) fn only(self) -> Option<&'a str> {
        let (first, rest) = self.part();
        (!first.is_empty() && rest.text.is_empty()).then_some(first)
    }
}

/// An incident as a command names it, not yet looked for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Numbered(Number),
    Replied(IncidentId),
}

impl Desk {
    /// Finds what a command names, and what else it says.
    ///
    /// In a reply to a message about an incident, a first word of digits belongs to what else is said: `/note 2
    /// tyres` is about tyres. A number written out, or with `#`, names another incident even there.
    pub(super) async fn target<'a>(
        &self,
        scene: &Scene<'a>,
    ) -> Result<Option<(Target, Words<'a>)>, HandleError> {
        let Ask::Command { text, named, about, .. } = &scene.request.ask else {
            return Ok(None);
        };
        let words = Words { text: text.trim(), named };
        let replied = match about {
            Some(message) => {
                self.known(scene.company, message, &ANSWERED).await?.map(|posted| posted.incident)
            }
            None => scene.room,
        };
        let (first, rest) = words.part();
        let number = Number::said(first, scene.now.year()).ok();
        let bare = first.bytes().all(|byte| byte.is_ascii_digit());
        Ok(match (replied, number) {
            (Some(incident), Some(_)) if bare => Some((Target::Replied(incident), words)),
            (Some(incident), None) => Some((Target::Replied(incident), words)),
            (Some(_) | None, Some(number)) => Some((Target::Numbered(number), rest)),
            (None, None) => None,
        })
    }

    /// Loads what was named, if it is an incident of this group that who asks may see.
    pub(super) async fn filed(
        &self,
        scene: &mut Scene<'_>,
        target: Target,
    ) -> Result<Option<Filed>, HandleError> {
        let viewer = self.viewer(scene).await?;
        self.filed_for(scene, &viewer, target).await
    }

    /// The same, by what it was found out before who asks.
    pub(super) async fn filed_for(
        &self,
        scene: &Scene<'_>,
        viewer: &Viewer,
        target: Target,
    ) -> Result<Option<Filed>, HandleError> {
        let incident = match target {
            Target::Numbered(number) => self.store.find(scene.company, number).await?,
            Target::Replied(incident) => Some(incident),
        };
        let filed = match incident {
            Some(incident) => self.store.load(scene.company, incident).await?,
            None => None,
        };
        let known = filed.filter(|filed| filed.incident.group == scene.group.id);
        Ok(known.filter(|filed| viewer.sees(&scene.policy, &filed.incident)))
    }
}
