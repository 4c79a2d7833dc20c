//! Which messages are ours, and what they are.

use std::collections::BTreeMap;

use crate::ids::{ChatRef, CompanyId, IncidentId, MessageRef};
use crate::ports::{Posted, PostedKind, Surface};

#[derive(Default)]
pub(super) struct Messages(BTreeMap<(CompanyId, MessageRef), Posted>);

impl Messages {
    pub(super) fn get(&self, company: CompanyId, message: &MessageRef) -> Option<Posted> {
        self.0.get(&(company, message.clone())).cloned()
    }

    pub(super) fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Vec<Surface> {
        self.0
            .iter()
            .filter(|((owner, _), posted)| *owner == company && posted.incident == incident)
            .filter_map(|(_, posted)| match posted.kind {
                PostedKind::Card { pinned } => Some(Surface { message: posted.message.clone(), pinned }),
                PostedKind::Prompt { .. } | PostedKind::Notice => None,
            })
            .collect()
    }

    pub(super) fn keep(&mut self, company: CompanyId, posted: Posted) {
        if is_card(&posted) {
            let (incident, chat) = (posted.incident, posted.message.chat.clone());
            self.0.retain(|(owner, message), old| {
                *owner != company || old.incident != incident || message.chat != chat || !is_card(old)
            });
        }
        self.0.insert((company, posted.message.clone()), posted);
    }

    pub(super) fn forget(&mut self, company: CompanyId, gone: &[MessageRef]) {
        for message in gone {
            self.0.remove(&(company, message.clone()));
        }
    }

    pub(super) fn forget_chat(&mut self, company: CompanyId, chat: &ChatRef) {
        self.0.retain(|(owner, message), _| *owner != company || message.chat != *chat);
    }
}

const fn is_card(posted: &Posted) -> bool {
    match posted.kind {
        PostedKind::Card { .. } => true,
        PostedKind::Prompt { .. } | PostedKind::Notice => false,
    }
}
