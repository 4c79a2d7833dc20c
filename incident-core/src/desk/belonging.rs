//! What somebody is in a group, by what was granted to them and to the circles of people that they belong to. Only the
//! platform knows who belongs to a circle, and it is asked only where a circle was granted anything.

use super::handle::Scene;
use super::{Desk, HandleError};
use crate::ids::{ChatRef, Circle, CompanyId, GroupId, PersonId};
use crate::policy::{Member, Standing};
use crate::roster::{Chats, Roster};

impl Desk {
    /// Returns somebody together with what they are in the group at hand.
    pub(super) async fn member(&self, scene: &Scene<'_>, person: PersonId) -> Result<Member, HandleError> {
        let at = (&scene.roster, scene.group.id, &scene.request.chat);
        let standing = self.standing(scene.company, at, person).await?;
        Ok(Member { id: person, standing })
    }

    /// Returns what somebody is in a group. While a platform does not say who belongs to a circle, nobody does.
    pub(super) async fn standing(
        &self,
        company: CompanyId,
        (roster, group, chat): (&Roster, GroupId, &ChatRef),
        person: PersonId,
    ) -> Result<Standing, HandleError> {
        let circles = roster.circles(group);
        if circles.is_empty() {
            return Ok(roster.standing(group, person));
        }
        let known_as: Vec<PersonId> = roster.known_as(person).collect();
        let known = self.store.people(company, &known_as).await?;
        let chats = roster.chats(group);
        let mut own = Vec::new();
        for account in known.iter().map(|person| &person.profile.identity) {
            let theirs = |circle: &&Circle| circle.platform() == account.platform;
            let among: Vec<Circle> = circles.iter().filter(theirs).cloned().collect();
            let (Some(directory), false) = (self.directories.get(&account.platform), among.is_empty()) else {
                continue;
            };
            let there = |chat: &&ChatRef| chat.platform == account.platform;
            let mut asked: Vec<&ChatRef> = chats.iter().flat_map(Chats::all).filter(there).collect();
            if asked.is_empty() {
                asked.push(chat);
            }
            for chat in asked {
                own.extend(directory.circles(chat, account, &among).await.unwrap_or_default());
            }
        }
        Ok(roster.standing_among(group, person, &own))
    }
}
