//! Notices of incidents and announcements to groups: messages that are sent once.

use super::card::{CardSource, closed};
use super::people::People;
use super::{Action, Arg, Button, ButtonCode, Line, Locale, Mention, Message, Phrase, Span};
use crate::ids::ChatRef;
use crate::incident::{Audience, Level, Notice, Prompt};
use crate::policy::Role;
use crate::ports::Callout;
use crate::roster::{AdmissionNews, Announcement, Grantee, Group, Right};
use crate::text::Text;

/// Writes a notice of an incident. `answer` is the assistant's answer, where that is what is owed.
pub fn notice(source: &CardSource<'_>, group: &Group, notice: &Notice, answer: Option<&str>) -> Message {
    let say = |phrase, args: &[(&str, Arg)]| source.say(phrase, args);
    let person = |id| Arg::from(Span::Mention(source.people.mention(source.locale, id)));
    let escalated = source.filed.incident.level > Level::FIRST;
    let line = match notice {
        Notice::Summon { audience: Audience::Person(_) } => say(Phrase::NoticeSummonPerson, &[]),
        Notice::Summon { .. } if escalated => say(Phrase::NoticeSummonEscalated, &[]),
        Notice::Summon { .. } => say(Phrase::NoticeSummon, &[]),
        Notice::Unclaimed { minutes, .. } => {
            let phrase = if escalated { Phrase::NoticeUnclaimedEscalated } else { Phrase::NoticeUnclaimed };
            say(phrase, &[("minutes", u64::from(*minutes).into())])
        }
        Notice::Unrouted { minutes } => {
            say(Phrase::NoticeUnrouted, &[("minutes", u64::from(*minutes).into())])
        }
        Notice::Ask { prompt: Prompt::Summary, person: id, again } => {
            let phrase = if *again { Phrase::NoticeAskSummaryAgain } else { Phrase::NoticeAskSummary };
            say(phrase, &[("person", person(*id))])
        }
        Notice::Resolved => say(Phrase::NoticeResolved, &[]),
        Notice::Closed { reason } => {
            say(Phrase::NoticeClosed, &[("reason", source.locale.text(closed(*reason)).into())])
        }
        Notice::SummaryMissing => say(Phrase::NoticeSummaryMissing, &[]),
        Notice::Breached { .. } => say(Phrase::NoticeBreached, &[]),
        Notice::Exhausted => say(Phrase::NoticeExhausted, &[]),
        Notice::ReporterWrote { .. } => say(Phrase::NoticeReporterWrote, &[]),
        Notice::Answer => vec![Span::written(answer.unwrap_or_default())],
        Notice::StillNeeded { person: id } => say(Phrase::NoticeStillNeeded, &[("person", person(*id))]),
        Notice::ClaimEnded { person: id } => say(Phrase::NoticeClaimEnded, &[("person", person(*id))]),
    };
    let mut lines = vec![line];
    let template = source.roster.settings.groups.get(&group.id).and_then(|own| own.summary_template.as_ref());
    if let (Notice::Ask { prompt: Prompt::Summary, .. }, Some(template)) = (notice, template) {
        lines.push(source.locale.line(Phrase::NoticeTemplate, &[]));
        lines.extend(template.as_str().lines().map(|line| vec![Span::Plain(line.to_owned())]));
    }
    Message {
        lines,
        mentions: mentions(source, group, notice),
        buttons: buttons(source, notice),
        offers: Vec::new(),
        asks: matches!(notice, Notice::Ask { .. }),
    }
}

/// Lists everybody whom a notice must be able to name, so that they can be looked up first.
pub fn named(
    source: &crate::incident::Incident,
    group: &Group,
    notice: &Notice,
) -> Vec<crate::ids::PersonId> {
    let mut ids = People::of(source);
    match notice {
        Notice::Ask { person, .. } | Notice::StillNeeded { person } | Notice::ClaimEnded { person } => {
            ids.push(*person)
        }
        Notice::Summon { .. }
        | Notice::Unclaimed { .. }
        | Notice::Unrouted { .. }
        | Notice::Resolved
        | Notice::Closed { .. }
        | Notice::SummaryMissing
        | Notice::Breached { .. }
        | Notice::Exhausted
        | Notice::ReporterWrote { .. }
        | Notice::Answer => {}
    }
    ids.extend(group.grants.iter().filter_map(|grant| match &grant.to {
        Grantee::Person(person) => Some(*person),
        Grantee::Handle(_) | Grantee::Circle(_) => None,
    }));
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn mentions(source: &CardSource<'_>, group: &Group, notice: &Notice) -> Vec<Mention> {
    let audience = match notice {
        Notice::Summon { audience } | Notice::Breached { audience } | Notice::ReporterWrote { audience } => {
            *audience
        }
        Notice::Unclaimed { audience, .. } if source.filed.incident.level > Level::FIRST => *audience,
        Notice::Exhausted => Audience::Role(Role::Manager),
        Notice::Unclaimed { .. }
        | Notice::Unrouted { .. }
        | Notice::Ask { .. }
        | Notice::Resolved
        | Notice::Closed { .. }
        | Notice::SummaryMissing
        | Notice::Answer
        | Notice::StillNeeded { .. }
        | Notice::ClaimEnded { .. } => return Vec::new(),
    };
    let of = |grantee: &Grantee| source.people.grantee(source.locale, grantee);
    match audience {
        Audience::Role(role) => group.holders(role).map(of).collect(),
        Audience::Person(person) => vec![source.people.mention(source.locale, person)],
        Audience::Assignees => {
            source.filed.incident.assignees().map(|id| source.people.mention(source.locale, id)).collect()
        }
        Audience::Team => {
            let team = source.filed.incident.team.and_then(|team| source.roster.teams.get(&team));
            team.map(|team| team.members.iter().map(of).collect()).unwrap_or_default()
        }
    }
}

fn buttons(source: &CardSource<'_>, notice: &Notice) -> Vec<Vec<Button>> {
    let incident = &source.filed.incident;
    let button = |action, label| Button {
        label: source.locale.text(label),
        code: ButtonCode { action, incident: incident.id, seen: incident.version },
    };
    match notice {
        Notice::StillNeeded { .. } => {
            let keep = button(Action::KeepOpen, Phrase::ButtonKeepOpen);
            let close = button(Action::Close, Phrase::ButtonClose);
            let closable = source.policy.rules().reporter_closes;
            vec![if closable { vec![keep, close] } else { vec![keep] }]
        }
        Notice::Summon { .. }
        | Notice::Unclaimed { .. }
        | Notice::Unrouted { .. }
        | Notice::Ask { .. }
        | Notice::Resolved
        | Notice::Closed { .. }
        | Notice::SummaryMissing
        | Notice::Breached { .. }
        | Notice::Exhausted
        | Notice::ReporterWrote { .. }
        | Notice::Answer
        | Notice::ClaimEnded { .. } => Vec::new(),
    }
}

/// Writes what a group is told about itself.
pub fn announcement(locale: &Locale, people: &People, announcement: &Announcement) -> Message {
    let shown = |grantee: &Grantee| Arg::from(people.grantee(locale, grantee).shown());
    let line = match announcement {
        Announcement::Managers { managers } => {
            let names: Vec<String> =
                managers.iter().map(|manager| people.grantee(locale, manager).shown()).collect();
            locale.line(Phrase::AnnounceManagers, &[("people", vec![Span::Plain(names.join(", "))].into())])
        }
        Announcement::Granted { role, to } => locale.line(granted(*role, to), &[("person", shown(to))]),
        Announcement::Revoked { role, from } => {
            let phrase = match role {
                Role::Responder => Phrase::AnnounceRevokedResponder,
                Role::Reporter | Role::Manager | Role::Admin | Role::PlatformAdmin => {
                    Phrase::AnnounceRevokedOther
                }
            };
            locale.line(phrase, &[("person", shown(from))])
        }
        Announcement::NotHeld { from, .. } => {
            locale.line(Phrase::AnnounceNotHeld, &[("person", shown(from))])
        }
        Announcement::RightMissing { right: Right::Pin } => locale.line(Phrase::AnnounceRightPin, &[]),
        Announcement::RightMissing { right: Right::Room } => locale.line(Phrase::AnnounceRightRoom, &[]),
        Announcement::RightMissing { right: Right::Log } => locale.line(Phrase::AnnounceRightLog, &[]),
        Announcement::Panel => locale.line(Phrase::AnnouncePanel, &[]),
        Announcement::RightMissing { right: Right::Write } => locale.line(Phrase::AnnounceRightWrite, &[]),
        Announcement::Language => locale.line(Phrase::AnnounceLanguage, &[]),
        Announcement::Linked { chat, title } => locale.line(Phrase::AnnounceLinked, &titled(chat, title)),
        Announcement::Unlinked { chat, title } => locale.line(Phrase::AnnounceUnlinked, &titled(chat, title)),
        Announcement::Code { code } => locale.line(Phrase::LinkMeCode, &[("code", code.shown().into())]),
        Announcement::Invitation { company, code } => {
            locale.line(Phrase::LinkCode, &[("code", code.shown_in(*company).into())])
        }
        Announcement::Admission { news } => super::admission::line(locale, news),
    };
    let asks = matches!(announcement, Announcement::Admission { news: AdmissionNews::Asked });
    let begin = Button { label: locale.text(Phrase::ButtonReport), code: ButtonCode::REPORT };
    let buttons = if *announcement == Announcement::Panel { vec![vec![begin]] } else { Vec::new() };
    Message { lines: vec![line], mentions: Vec::new(), buttons, offers: Vec::new(), asks }
}

fn titled(chat: &ChatRef, title: &Text) -> [(&'static str, Arg); 2] {
    [("title", title.as_str().into()), ("platform", chat.platform.title().into())]
}

const fn granted(role: Role, to: &Grantee) -> Phrase {
    match (role, to) {
        (Role::Reporter, _) => Phrase::AnnounceGrantedReporter,
        (Role::Responder, Grantee::Person(_) | Grantee::Circle(_)) => Phrase::AnnounceGrantedResponder,
        (Role::Responder, Grantee::Handle(_)) => Phrase::AnnounceGrantedResponderHandle,
        (Role::Manager, _) => Phrase::AnnounceGrantedManager,
        (Role::Admin | Role::PlatformAdmin, _) => Phrase::AnnounceGrantedOther,
    }
}

/// Writes what a person is told who is called.
pub fn callout(source: &CardSource<'_>, person: crate::ports::Person, attempt: u8) -> Callout {
    let text = source.filed.incident.description.as_str();
    let summary = source.say(Phrase::PagerCallout, &[("text", text.into())]);
    Callout { person, number: source.filed.number, attempt, summary }
}

impl CardSource<'_> {
    /// Says a phrase that may speak of the incident's number.
    pub(super) fn say(&self, phrase: Phrase, args: &[(&str, Arg)]) -> Line {
        let mut args = args.to_vec();
        args.push(("number", self.filed.number.to_string().into()));
        self.locale.line(phrase, &args)
    }
}
