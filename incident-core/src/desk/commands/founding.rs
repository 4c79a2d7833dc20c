//! Chats that no company has yet: whoever may, makes them a group by naming its managers.

use super::naming::{Nobody, named};
use crate::desk::change::RosterOrder;
use crate::desk::request::{Ask, Request};
use crate::desk::{Desk, HandleError, Onboarding};
use crate::ids::{CompanyId, GroupId};
use crate::incident::Rejection;
use crate::policy::{Act, Actor, Member, Role};
use crate::ports::{Origin, Profile};
use crate::roster::RosterCommand;
use crate::time::Timestamp;
use crate::view::{About, CommandWord, People, Reply, Said, say};

impl Desk {
    /// A chat that no company has: an administrator can make it a group by naming its managers.
    pub(in crate::desk) async fn in_unknown_chat(
        &self,
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let said = match &request.ask {
            Ask::Command { word: CommandWord::ConfigureManagers, .. } => {
                return self.found(request, profile, now).await;
            }
            Ask::Command { .. } | Ask::Report { .. } => self.not_founded(),
            Ask::Press { .. } | Ask::Form { .. } => Said::UnknownButton,
            Ask::Answer { .. }
            | Ask::Thread { .. }
            | Ask::Remark { .. }
            | Ask::Album { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => Said::Nothing,
        };
        Ok(self.plainly(request, said))
    }

    fn not_founded(&self) -> Said {
        match self.onboarding {
            Onboarding::Open => Said::Refused(Rejection::TenantInactive),
            Onboarding::Approval => Said::NeedsApproval(CommandWord::AddGroup),
        }
    }

    /// Founds a company of one group, at the word of whoever may let a group work.
    async fn found(
        &self,
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let platform_admin = self.platform_admins.contains(&profile.identity);
        match (platform_admin, self.onboarding) {
            (true, _) => {}
            (false, Onboarding::Approval) => return Ok(self.plainly(request, self.not_founded())),
            (false, Onboarding::Open) => match self.is_admin(request, &profile.identity).await {
                Some(true) => {}
                Some(false) => return Ok(self.unauthorised(profile, Act::Administer)),
                None => return Ok(self.plainly(request, Said::TryAgain)),
            },
        }
        let (company, group) = (CompanyId::from_u128(request.fresh), GroupId::from_u128(request.fresh));
        match named(request) {
            Ok(_) => {}
            Err(Nobody::Missing) => {
                return Ok(self.plainly(request, Said::Usage(CommandWord::ConfigureManagers)));
            }
            Err(Nobody::Bad(text)) => return Ok(self.plainly(request, Said::BadHandle(text))),
        }
        let managers = self.grantees((company, None), None, request, now).await?;
        let person = self.store.identify(company, profile, now).await?;
        let name = request.title();
        let commands = vec![
            RosterCommand::Found { name: name.clone() },
            RosterCommand::AddGroup { group, chat: request.chat.clone(), title: name, active: true },
            RosterCommand::ConfigureManagers { group, managers },
        ];
        let actor = Actor::Person(Member::new(person, Role::Admin));
        let origin = Some(Origin { key: request.key.clone(), answer: "roster".to_owned() });
        let order = RosterOrder { company, actor, commands, origin };
        let said = match self.change_roster(order, now).await? {
            Ok(_) => Said::Rostered,
            Err(rejection) => Said::Refused(rejection),
        };
        Ok(self.plainly(request, said))
    }

    pub(in crate::desk) fn unauthorised(&self, profile: &Profile, act: Act) -> Reply {
        let locale = self.words(profile.identity.platform, profile.locale.as_ref());
        let about = About { filed: None, people: &People::default(), act: Some(act), locale };
        say(&about, Said::Refused(Rejection::NotAuthorized))
    }
}
