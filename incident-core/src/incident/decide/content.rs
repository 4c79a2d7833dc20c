//! What it is about: description, priority, severity, tags, notes, files.

use super::{Case, Verdict};
use crate::incident::command::Attachment;
use crate::incident::event::Fact;
use crate::incident::rejection::Invalid;
use crate::incident::state::{Priority, Severity, Tag};
use crate::policy::Act;
use crate::text::{Limits, Text};

/// The most files that an incident may have.
pub(super) const MOST_ATTACHMENTS: usize = 100;
/// The most tags that an incident may have.
const MOST_TAGS: usize = 20;

impl Case<'_> {
    pub(super) fn set_priority(&self, priority: Priority) -> Verdict {
        self.not_over()?;
        self.allow(Act::Classify)?;
        Self::changes(self.incident.priority != priority)?;
        Ok(vec![Fact::PriorityChanged { priority }])
    }

    pub(super) fn set_severity(&self, severity: Severity) -> Verdict {
        self.not_over()?;
        self.allow(Act::Classify)?;
        Self::changes(self.incident.severity != Some(severity))?;
        Ok(vec![Fact::SeverityChanged { severity }])
    }

    pub(super) fn tag(&self, tag: &Tag) -> Verdict {
        self.not_over()?;
        self.allow(Act::Classify)?;
        Self::changes(!self.incident.tags.contains(tag))?;
        if self.incident.tags.len() >= MOST_TAGS {
            return Err(Invalid::TooMany.into());
        }
        Ok(vec![Fact::Tagged { tag: tag.clone() }])
    }

    pub(super) fn untag(&self, tag: &Tag) -> Verdict {
        self.not_over()?;
        self.allow(Act::Classify)?;
        Self::changes(self.incident.tags.contains(tag))?;
        Ok(vec![Fact::Untagged { tag: tag.clone() }])
    }

    pub(super) fn edit_description(&self, description: &Text) -> Verdict {
        self.not_over()?;
        self.allow(Act::Edit)?;
        description.within(Limits::DESCRIPTION)?;
        Self::changes(self.incident.description != *description)?;
        Ok(vec![Fact::DescriptionEdited { description: description.clone() }])
    }

    pub(super) fn add_note(&self, text: &Text, internal: bool) -> Verdict {
        self.allow(Act::Annotate)?;
        text.within(Limits::NOTE)?;
        Ok(vec![Fact::NoteAdded { text: text.clone(), internal }])
    }

    pub(super) fn attach(&self, attachment: &Attachment) -> Verdict {
        self.allow(Act::Annotate)?;
        if usize::from(self.incident.attachments) >= MOST_ATTACHMENTS {
            return Err(Invalid::TooMany.into());
        }
        Ok(vec![Fact::AttachmentAdded { attachment: attachment.clone() }])
    }
}
