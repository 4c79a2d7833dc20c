//! How a group is admitted where the administrators of the installation decide: the bot asks it for the name of its
//! company, they are asked in their chats with the bot, and one of them presses a button or types a command. Until
//! then the group is told once that it waits.

use super::change::RosterOrder;
use super::handle::{Answer, Scene};
use super::request::{Ask, ChatKind, Request};
use super::{Desk, HandleError, Onboarding};
use crate::ids::{ChatRef, CompanyId, GroupId, Identity};
use crate::incident::{Invalid, Rejection};
use crate::policy::{Act, Actor, Member, Role};
use crate::ports::{DeliveryError, Origin, Place, Profile, RequestKey, StoreError, Tenancy};
use crate::roster::{AdmissionOrder, GroupStatus, Roster, RosterCommand, Went};
use crate::text::{Limits, Text};
use crate::time::Timestamp;
use crate::view::{AdmissionCode, AdmissionVerdict, CommandWord, Reply, Said, consultation};

/// How long the name of a company is.
const COMPANY: Limits = Limits { min: 2, max: Limits::NAME.max };

/// Somebody who decides, with the request by which they do.
pub(super) struct Judge<'a> {
    pub(super) request: &'a Request,
    pub(super) profile: &'a Profile,
    pub(super) now: Timestamp,
}

impl Desk {
    /// Tells whether a request says that the bot was added to a chat that must be admitted.
    pub(super) fn is_applicant(&self, tenancy: Option<Tenancy>, request: &Request) -> bool {
        tenancy.is_none()
            && self.onboarding == Onboarding::Approval
            && request.chat_kind == ChatKind::Group
            && matches!(request.ask, Ask::BotPresent { .. })
    }

    /// Asks a chat that no company has for the name of its company, and keeps its request from then on.
    pub(super) async fn apply(&self, request: &Request, now: Timestamp) -> Result<(), HandleError> {
        let (company, group) = (CompanyId::from_u128(request.fresh), GroupId::from_u128(request.fresh));
        let (chat, title) = (request.chat.clone(), request.title());
        let commands = vec![
            RosterCommand::Found { name: title.clone() },
            RosterCommand::AddGroup { group, chat, title, active: false },
            RosterCommand::Admission { group, order: AdmissionOrder::Ask },
        ];
        let origin = Some(Origin { key: request.key.clone(), answer: "applied".to_owned() });
        let order = RosterOrder { company, actor: Actor::System, commands, origin };
        match self.change_roster(order, now).await {
            // Another process was told so as well, and was faster: the chat is a group already.
            Err(HandleError::Store(StoreError { temporary: false, .. })) | Ok(Ok(_) | Err(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What is done for a group that waits: a reply to the question for a name is taken, anything else is refused, once.
    pub(super) async fn waiting(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        match &scene.request.ask {
            Ask::Answer { text, .. } if scene.roster.is_provisional() => self.name_company(scene, text).await,
            Ask::Thread { text, .. } if scene.roster.is_provisional() => self.name_company(scene, text).await,
            Ask::Command { .. } | Ask::Press { .. } | Ask::Form { .. } | Ask::Report { .. } => {
                self.refuse_once(scene).await
            }
            Ask::Answer { .. }
            | Ask::Thread { .. }
            | Ask::Remark { .. }
            | Ask::Album { .. }
            | Ask::ChatMoved { .. }
            | Ask::BotRemoved
            | Ask::BotPresent { .. }
            | Ask::MemberLeft { .. } => Ok(Answer::of(Said::Nothing)),
        }
    }

    async fn name_company(&self, scene: &mut Scene<'_>, text: &str) -> Result<Answer, HandleError> {
        let name = match Text::new(text, COMPANY) {
            Ok(name) => name,
            Err(error) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let Some(by) = actor.person() else {
            return Ok(Answer::of(Said::Nothing));
        };
        let consult = self.platform_admins.iter().map(alone).collect();
        let order = AdmissionOrder::Request { name, by, consult, at: scene.now };
        let command = RosterCommand::Admission { group: scene.group.id, order };
        let answer = self.roster_answer(scene, actor, vec![command]).await?;
        let known = Said::Refused(Rejection::InvalidInput { reason: Invalid::NoChange });
        if let Said::Refused(Rejection::RateLimited { retry_after_secs }) = answer.said {
            return Ok(Answer::of(Said::AdmissionLimited { hours: retry_after_secs.div_ceil(3_600) }));
        }
        if answer.said != known {
            return Ok(answer);
        }
        let repeated = self.store.applied(&scene.request.key).await?.is_some();
        let denied = scene.roster.admission(scene.group.id).is_some_and(|admission| admission.denied);
        Ok(Answer::of(match (repeated, denied) {
            (true, _) => Said::Rostered,
            (false, true) => Said::AdmissionDenied,
            (false, false) => Said::AdmissionKnown,
        }))
    }

    async fn refuse_once(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let told = scene.roster.admission(scene.group.id).is_some_and(|admission| admission.told);
        if told && self.store.applied(&scene.request.key).await?.is_none() {
            return Ok(Answer::of(Said::Nothing));
        }
        let command = RosterCommand::Admission { group: scene.group.id, order: AdmissionOrder::Tell };
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "waits".to_owned() });
        let order =
            RosterOrder { company: scene.company, actor: Actor::System, commands: vec![command], origin };
        if let Err(rejection) = self.change_roster(order, scene.now).await? {
            return Ok(Answer::of(Said::Refused(rejection)));
        }
        let word =
            if scene.roster.is_provisional() { CommandWord::AddGroup } else { CommandWord::ActivateGroup };
        Ok(Answer::of(Said::NeedsApproval(word)))
    }

    /// A press on a question about a group that wants to be admitted.
    pub(super) async fn judge_press(
        &self,
        code: AdmissionCode,
        judge: &Judge<'_>,
    ) -> Result<Reply, HandleError> {
        if !self.platform_admins.contains(&judge.profile.identity) {
            return Ok(self.unauthorised(judge.profile, Act::Onboard));
        }
        let said = match self.store.roster(code.applicant).await? {
            None => Said::UnknownButton,
            Some(applicant) => self.judge(&applicant, code.verdict, judge).await?,
        };
        Ok(self.plainly(judge.request, said))
    }

    /// Decides about the group whose request a company keeps.
    pub(super) async fn judge(
        &self,
        applicant: &Roster,
        verdict: AdmissionVerdict,
        judge: &Judge<'_>,
    ) -> Result<Said, HandleError> {
        let Some((group, admission)) = applicant.settings.admissions.iter().next() else {
            return self.decided_before(judge, applicant).await;
        };
        let name = admission.name.as_ref().unwrap_or(&applicant.name).to_string();
        let (order, said) = match verdict {
            AdmissionVerdict::Into(company) => {
                return self.judge_into(applicant, *group, company, judge).await;
            }
            AdmissionVerdict::Alone => {
                if !self.named_companies(&name).await?.is_empty() {
                    return Ok(Said::CompanyExists(name));
                }
                (AdmissionOrder::Alone, Said::GroupAdmitted(name))
            }
            AdmissionVerdict::Deny => (AdmissionOrder::Deny, Said::GroupDenied),
        };
        let command = RosterCommand::Admission { group: *group, order };
        let decided = self.rule(applicant.company, vec![command], judge, judge.request.key.clone()).await?;
        Ok(match decided {
            Ok(_) => said,
            Err(Rejection::TooLate) => Said::AdmissionDecided,
            Err(rejection) => Said::Refused(rejection),
        })
    }

    /// The group leaves the company that kept its request and comes to another one: two commits, since no commit is of
    /// two companies. The request is not done before both are, and each may be repeated.
    async fn judge_into(
        &self,
        applicant: &Roster,
        group: GroupId,
        company: CompanyId,
        judge: &Judge<'_>,
    ) -> Result<Said, HandleError> {
        let Some(target) = self.store.roster(company).await?.filter(|target| !target.is_provisional()) else {
            return Ok(Said::UnknownButton);
        };
        let leave = RosterCommand::Admission { group, order: AdmissionOrder::Into { company } };
        let key = RequestKey::new(format!("{}:leave", judge.request.key.as_str()));
        let left = match self.rule(applicant.company, vec![leave], judge, key).await? {
            Ok(_) => self.store.roster(applicant.company).await?,
            Err(Rejection::TooLate) => return Ok(Said::AdmissionDecided),
            Err(rejection) => return Ok(Said::Refused(rejection)),
        };
        let went = left.and_then(|left| left.admission(group).and_then(|admission| admission.went.clone()));
        let Some(Went { chat, title, .. }) = went.filter(|went| went.company == company) else {
            return Ok(Said::AdmissionDecided);
        };
        let group = GroupId::from_u128(judge.request.fresh);
        let come = vec![
            RosterCommand::AddGroup { group, chat, title, active: true },
            RosterCommand::Admission { group, order: AdmissionOrder::Welcome },
        ];
        let came = self.rule(company, come, judge, judge.request.key.clone()).await?;
        let known = Rejection::InvalidInput { reason: Invalid::NoChange };
        Ok(match came {
            Err(rejection) if rejection != known => Said::Refused(rejection),
            Ok(_) | Err(_) => Said::GroupAdmitted(target.name.to_string()),
        })
    }

    /// Carries out commands of somebody who decides.
    async fn rule(
        &self,
        company: CompanyId,
        commands: Vec<RosterCommand>,
        judge: &Judge<'_>,
        key: RequestKey,
    ) -> Result<Result<Roster, Rejection>, HandleError> {
        let person = self.store.identify(company, judge.profile, judge.now).await?;
        let actor = Actor::Person(Member::new(person, Role::PlatformAdmin));
        let origin = Some(Origin { key, answer: "admission".to_owned() });
        self.change_roster(RosterOrder { company, actor, commands, origin }, judge.now).await
    }

    /// Whoever repeats the request that decided hears what was decided.
    async fn decided_before(&self, judge: &Judge<'_>, roster: &Roster) -> Result<Said, HandleError> {
        let repeated = self.store.applied(&judge.request.key).await?.is_some();
        Ok(if repeated { Said::GroupAdmitted(roster.name.to_string()) } else { Said::AdmissionDecided })
    }

    /// Returns the company that keeps the request of a chat, if the chat waits to be admitted.
    pub(super) async fn applicant(&self, tenancy: Option<Tenancy>) -> Result<Option<Roster>, StoreError> {
        let Some(Tenancy { company, group }) = tenancy else {
            return Ok(None);
        };
        let roster = self.store.roster(company).await?.filter(Roster::is_provisional);
        let waits = |roster: &Roster| {
            roster.groups.get(&group).is_some_and(|group| group.status == GroupStatus::Pending)
        };
        Ok(roster.filter(waits))
    }

    /// Asks somebody who decides about a group, unless that was decided meanwhile.
    pub(super) async fn consult(
        &self,
        roster: &Roster,
        group: GroupId,
        to: &ChatRef,
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let waiting = roster.groups.get(&group).filter(|group| group.status == GroupStatus::Pending);
        let (Some(group), Some(admission)) = (waiting, roster.admission(group)) else {
            return Ok(Ok(()));
        };
        let Some(messenger) = self.messengers.get(&to.platform) else {
            let reason = format!("no messenger serves {}", to.platform);
            return Ok(Err(DeliveryError::Permanent { reason }));
        };
        let companies = self.rosters().await?;
        let companies: Vec<Roster> = companies.into_iter().filter(|known| !known.is_provisional()).collect();
        let ids: Vec<_> = admission.by.into_iter().collect();
        let people = self.people(roster, to.platform, &ids).await?;
        let about = ((group, admission), (roster.company, companies.as_slice()));
        let message = consultation(self.words(to.platform, None), &people, about.0, about.1);
        let place = Place { chat: to.clone(), topic: None, reply_to: None };
        Ok(match messenger.send(&place, &message).await {
            Ok(_) => Ok(()),
            Err(error @ DeliveryError::Temporary { .. }) => Err(error),
            // Whoever never wrote to the bot cannot be asked, and nobody else waits for that.
            Err(error) => Err(DeliveryError::Permanent { reason: error.to_string() }),
        })
    }
}

/// The chat with somebody alone has the number of their account.
pub(super) fn alone(who: &Identity) -> ChatRef {
    ChatRef::new(who.platform, std::sync::Arc::clone(&who.user))
}
