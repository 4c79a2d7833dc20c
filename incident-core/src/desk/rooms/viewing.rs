//! Who may look an incident up: everybody in the chat in which it stands, or, where it has a room, those concerned.

use crate::desk::handle::Scene;
use crate::desk::{Desk, HandleError};
use crate::incident::Incident;
use crate::policy::{Act, Actor, Policy};

/// Somebody who looks incidents up.
pub(in crate::desk) struct Viewer {
    /// Who they are, where not everybody sees everything.
    actor: Option<Actor>,
}

impl Viewer {
    pub(in crate::desk) fn sees(&self, policy: &Policy, incident: &Incident) -> bool {
        self.actor.as_ref().is_none_or(|actor| policy.may(actor, Act::View, Some(incident)))
    }
}

impl Desk {
    /// Says who asks, as far as what they may see depends on it. An administrator of the chat sees all rooms anyway.
    pub(in crate::desk) async fn viewer(&self, scene: &mut Scene<'_>) -> Result<Viewer, HandleError> {
        if self.lodging(&scene.policy, &scene.group.chat).is_none() {
            return Ok(Viewer { actor: None });
        }
        let actor = match self.actor_for(scene, Act::View, None).await? {
            Some(actor) => actor,
            None => self.actor(scene).await?,
        };
        Ok(Viewer { actor: Some(actor) })
    }

    /// The same of somebody known.
    pub(in crate::desk) fn viewer_as(&self, scene: &Scene<'_>, actor: &Actor) -> Viewer {
        let lodges = self.lodging(&scene.policy, &scene.group.chat).is_some();
        Viewer { actor: lodges.then(|| actor.clone()) }
    }
}
