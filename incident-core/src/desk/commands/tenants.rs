//! What administrators of the installation say: which companies there are, and which groups belong to them. They may
//! say so in a group or to the desk alone, and are of no company themselves.

use crate::desk::admission::Judge;
use crate::desk::change::RosterOrder;
use crate::desk::request::{Ask, ChatKind, Request};
use crate::desk::{Desk, HandleError};
use crate::ids::{CompanyId, GroupId};
use crate::incident::Rejection;
use crate::policy::{Act, Actor, Member, Role};
use crate::ports::{Origin, Profile, Tenancy};
use crate::roster::{Roster, RosterCommand};
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::{AdmissionVerdict, CommandWord, Governing, Reply, Said};

/// How much of what names no company is quoted.
const QUOTED: usize = 64;

/// A command of an administrator of the installation.
struct Decree<'a> {
    request: &'a Request,
    profile: &'a Profile,
    tenancy: Option<Tenancy>,
    now: Timestamp,
}

impl<'a> Decree<'a> {
    const fn judge(&self) -> Judge<'a> {
        Judge { request: self.request, profile: self.profile, now: self.now }
    }
}

impl Desk {
    /// Answers a command about companies and groups.
    pub(in crate::desk) async fn govern(
        &self,
        tenancy: Option<Tenancy>,
        request: &Request,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<Reply, HandleError> {
        let Ask::Command { word, text, .. } = &request.ask else {
            return Ok(self.plainly(request, Said::Nothing));
        };
        if !self.platform_admins.contains(&profile.identity) {
            return Ok(self.unauthorised(profile, Act::Onboard));
        }
        let decree = Decree { request, profile, tenancy, now };
        let said = match word.governing() {
            None => Said::Nothing,
            Some(Governing::AddCompany) => self.add_company(&decree, text).await?,
            Some(Governing::AddGroup) => self.add_group(&decree, text).await?,
            Some(Governing::ListGroups) => {
                let mut rosters = self.rosters().await?;
                rosters.retain(|roster| !roster.is_provisional() || !roster.groups.is_empty());
                Said::Tenants(rosters)
            }
            Some(Governing::SuspendGroup) => {
                let withdraw = |group| RosterCommand::Withdraw { group };
                self.switch(&decree, withdraw, Said::GroupSuspended).await?
            }
            Some(Governing::ActivateGroup) => match self.applicant(tenancy).await? {
                Some(applicant) => self.judge(&applicant, AdmissionVerdict::Alone, &decree.judge()).await?,
                None => {
                    let activate = |group| RosterCommand::Activate { group };
                    self.switch(&decree, activate, Said::GroupActivated).await?
                }
            },
        };
        Ok(self.plainly(request, said))
    }

    async fn add_company(&self, decree: &Decree<'_>, text: &str) -> Result<Said, HandleError> {
        if text.trim().is_empty() {
            return Ok(Said::Usage(CommandWord::AddCompany));
        }
        let name = match Text::new(text, Limits::NAME) {
            Ok(name) => name,
            Err(error) => return Ok(Said::Refused(error.into())),
        };
        let founded = Said::CompanyFounded(name.to_string());
        if self.store.applied(&decree.request.key).await?.is_some() {
            return Ok(founded);
        }
        if !self.named_companies(name.as_str()).await?.is_empty() {
            return Ok(Said::CompanyExists(name.to_string()));
        }
        let company = CompanyId::from_u128(decree.request.fresh);
        self.decree(decree, company, RosterCommand::Found { name }, founded).await
    }

    async fn add_group(&self, decree: &Decree<'_>, text: &str) -> Result<Said, HandleError> {
        let request = decree.request;
        if request.chat_kind != ChatKind::Group {
            return Ok(Said::OnlyInGroups);
        }
        if text.trim().is_empty() {
            return Ok(Said::Usage(CommandWord::AddGroup));
        }
        let quoted = || text.trim().chars().take(QUOTED).collect();
        let mut named = self.named_companies(text).await?;
        let roster = match (named.pop(), named.as_slice()) {
            (None, _) => return Ok(Said::NoSuchCompany(quoted())),
            (Some(roster), []) => roster,
            (Some(last), others) => {
                let ids = others.iter().chain([&last]).map(|roster| roster.company.to_string()).collect();
                return Ok(Said::SeveralCompanies { name: quoted(), ids });
            }
        };
        if let Some(applicant) = self.applicant(decree.tenancy).await? {
            return self.judge(&applicant, AdmissionVerdict::Into(roster.company), &decree.judge()).await;
        }
        let added = Said::GroupAdded(roster.name.to_string());
        if decree.tenancy.is_some() {
            let repeated = self.store.applied(&request.key).await?.is_some();
            return Ok(if repeated { added } else { Said::GroupTaken });
        }
        let (group, chat) = (GroupId::from_u128(request.fresh), request.chat.clone());
        let title = request.title();
        let add = RosterCommand::AddGroup { group, chat, title, active: true };
        self.decree(decree, roster.company, add, added).await
    }

    async fn switch(
        &self,
        decree: &Decree<'_>,
        command: impl FnOnce(GroupId) -> RosterCommand,
        done: Said,
    ) -> Result<Said, HandleError> {
        match decree.tenancy {
            Some(Tenancy { company, group, .. }) => self.decree(decree, company, command(group), done).await,
            None if decree.request.chat_kind == ChatKind::Group => {
                Ok(Said::Refused(Rejection::TenantInactive))
            }
            None => Ok(Said::OnlyInGroups),
        }
    }

    async fn decree(
        &self,
        decree: &Decree<'_>,
        company: CompanyId,
        command: RosterCommand,
        done: Said,
    ) -> Result<Said, HandleError> {
        let person = self.store.identify(company, decree.profile, decree.now).await?;
        let actor = Actor::Person(Member::new(person, Role::PlatformAdmin));
        let origin = Some(Origin { key: decree.request.key.clone(), answer: "tenants".to_owned() });
        let order = RosterOrder { company, actor, commands: vec![command], origin };
        Ok(match self.change_roster(order, decree.now).await? {
            Ok(_) => done,
            Err(rejection) => Said::Refused(rejection),
        })
    }

    /// Finds companies by their name or id: an id names one, a name may be that of several. There are few, and
    /// administrators ask seldom.
    pub(in crate::desk) async fn named_companies(&self, text: &str) -> Result<Vec<Roster>, HandleError> {
        let wanted = text.trim().to_lowercase();
        let mut rosters = self.rosters().await?;
        rosters.retain(|roster| {
            !roster.is_provisional()
                && (roster.name.as_str().to_lowercase() == wanted
                    || roster.company.to_string().to_lowercase() == wanted)
        });
        Ok(rosters)
    }

    pub(in crate::desk) async fn rosters(&self) -> Result<Vec<Roster>, HandleError> {
        let mut rosters = Vec::new();
        for company in self.store.companies().await? {
            rosters.extend(self.store.roster(company).await?);
        }
        Ok(rosters)
    }
}
