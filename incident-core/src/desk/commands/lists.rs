//! What people look up: what is open, what is theirs, what happened, which files there are.

use crate::desk::handle::{Answer, Scene};
use crate::desk::{Desk, HandleError};
use crate::ids::PersonId;
use crate::incident::{Event, Fact, Incident, Rejection, StateKind, Tag};
use crate::ports::{Filed, Listing, Page};
use crate::roster::RosterEffect;
use crate::view::{CommandWord, HistoryPage, Said};

/// How many incidents a list shows.
const SHOWN: usize = 15;
/// How many files are listed and sent again at once: as many as a platform takes without being flooded.
const FILES: usize = 10;
/// How many incidents are read at once.
const BATCH: u32 = 200;
/// How many are read at most to find the most urgent ones: more than any group can work on.
const MOST_READ: usize = 2_000;
/// How many lines of a history are shown at once.
const LINES: usize = 15;

impl Desk {
    /// What is open in the group, with a tag if one is named, or what the asker holds.
    pub(super) async fn listed(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        let mine = word == CommandWord::Mine;
        let mut words = scene.request.typed().split_whitespace();
        let (tag, more) = (words.next().map(Tag::new), words.next());
        let (Ok(tag), false, None) = (tag.transpose(), mine && !scene.request.typed().is_empty(), more)
        else {
            return Ok(Answer::of(Said::Usage(word)));
        };
        let assignee = self.store.by_account(scene.company, &scene.profile.identity).await?;
        let assignee = assignee.map(|person| scene.roster.who(person));
        let mut filed = match assignee {
            None if mine => Vec::new(),
            None => self.live(scene, None, tag).await?,
            Some(person) => self.live(scene, Some(person).filter(|_| mine), tag).await?,
        };
        let viewer = self.viewer(scene).await?;
        filed.retain(|filed| viewer.sees(&scene.policy, &filed.incident));
        filed.sort_by_key(|filed| urgency(&filed.incident));
        let more = filed.len().saturating_sub(SHOWN);
        filed.truncate(SHOWN);
        Ok(Answer::of(Said::Listed { filed, mine, more: more as u64 }))
    }

    /// Reads what is not over in the group. An index of such incidents answers, so what is over costs nothing.
    async fn live(
        &self,
        scene: &Scene<'_>,
        assignee: Option<PersonId>,
        tag: Option<Tag>,
    ) -> Result<Vec<Filed>, HandleError> {
        let states = StateKind::ALL.into_iter().filter(|state| !state.is_terminal()).collect();
        let listing = Listing { group: Some(scene.group.id), states, assignee, tag };
        let mut filed: Vec<Filed> = Vec::new();
        while filed.len() < MOST_READ {
            let after = filed.last().map(|filed| filed.incident.id);
            let batch = self.store.list(scene.company, &listing, Page { after, limit: BATCH }).await?;
            let last = batch.len() < BATCH as usize;
            filed.extend(batch);
            if last {
                break;
            }
        }
        Ok(filed)
    }

    /// What happened to an incident, the latest page first.
    pub(super) async fn history(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let usage = || Answer::of(Said::Usage(CommandWord::History));
        let Some((target, words)) = self.target(scene).await? else {
            return Ok(usage());
        };
        let page = match words.text {
            "" => Some(1),
            text => text.parse::<u16>().ok().filter(|page| *page > 0),
        };
        let Some(page) = page.map(usize::from) else {
            return Ok(usage());
        };
        let Some(filed) = self.filed(scene, target).await? else {
            return Ok(Answer::of(Said::Refused(Rejection::Unknown)));
        };
        let journal = self.store.history(scene.company, filed.incident.id).await?;
        let pages = journal.len().div_ceil(LINES).max(1);
        let page = page.min(pages);
        let end = journal.len() - (page - 1) * LINES;
        let events = journal[end.saturating_sub(LINES)..end].to_vec();
        let teams = scene.roster.teams.values().map(|team| (team.id, team.name.clone())).collect();
        let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
        let history = HistoryPage { events, teams, page: page as u64, pages: pages as u64, zone };
        Ok(Answer::about(Said::History(history), Some(filed)))
    }

    /// What the desk does, with how much it has done here.
    pub(super) async fn welcome(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let total = self.store.count_reported(scene.company, scene.group.id).await?;
        Ok(Answer::of(Said::Welcome { total }))
    }

    /// Which files came with an incident; those that are listed are sent again.
    pub(super) async fn files(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Some((target, words)) = self.target(scene).await? else {
            return Ok(Answer::of(Said::Usage(CommandWord::Files)));
        };
        if !words.text.is_empty() {
            return Ok(Answer::of(Said::Usage(CommandWord::Files)));
        }
        let Some(filed) = self.filed(scene, target).await? else {
            return Ok(Answer::of(Said::Refused(Rejection::Unknown)));
        };
        let journal = self.store.history(scene.company, filed.incident.id).await?;
        let added = journal.into_iter().filter(|event| matches!(event.fact, Fact::AttachmentAdded { .. }));
        let mut files: Vec<Event> = added.collect();
        let more = files.len().saturating_sub(FILES);
        files.drain(..more);
        let (group, topic, chat) = (scene.group.id, &scene.request.topic, scene.mirror());
        let again = (more..more + files.len()).map(|file| {
            let (topic, incident) = (topic.clone(), filed.incident.id);
            let file = u32::try_from(file).unwrap_or(u32::MAX);
            RosterEffect::SendFile { group, chat: chat.clone(), topic, incident, file }
        });
        // What has a room keeps its files there: sent again they would stand where everybody sees them.
        let again: Vec<RosterEffect> = if self.lodging(&scene.policy, &scene.group.chat).is_some() {
            Vec::new()
        } else {
            again.collect()
        };
        let sent = !again.is_empty();
        if sent {
            self.owe_group(scene, again).await?;
        }
        let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
        Ok(Answer::about(Said::Files { files, sent, more: more as u64, zone }, Some(filed)))
    }
}

/// The order of lists: the most urgent first, then the highest level, then whoever has waited longest.
fn urgency(incident: &Incident) -> impl Ord + use<> {
    use std::cmp::Reverse;
    (Reverse(incident.priority), Reverse(incident.level), incident.clocks.cycle_at, incident.id)
}
