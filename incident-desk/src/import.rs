//! Taking over what another bot has kept.
//!
//! Everything goes through the machine and the port that the desk itself uses: a roster commit for each company, one
//! commit for each incident, with its whole journal. So an import is not all or nothing but resumable: a desk with a
//! million incidents needs no transaction that locks it for an hour, whatever was taken over is complete in itself,
//! and since ids follow from what is imported, a second run continues the first and changes nothing after that.

mod house;
pub mod old;
pub mod raisedash;
pub mod retell;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::time::Duration;

use incident_core::ids::{ChatRef, CompanyId, GroupId, IncidentId, MessageRef, TeamId, Version};
use incident_core::incident::{Effect, Incident, Lane, Step, next_wake};
use incident_core::policy::Policy;
use incident_core::ports::{
    Address, ClaimOrder, Commit, CommitError, Filed, Origin, Posted, PostedKind, RequestKey, Settlement,
    Store, StoreError,
};
use incident_core::time::Timestamp;

use self::house::{Mover, Placed, chat_of};
use self::old::{Tale, UserId};
use self::raisedash::{FileError, RaisedashFile};
use self::retell::{Setting, Told, retell, stands};

/// How long the first drawing of a card is ours.
const LEASE: Duration = Duration::from_secs(60);

/// How long a card waits that was claimed and is of no use.
const MOMENT: Duration = Duration::from_secs(1);

/// Why an import stopped. What was taken over before is complete; started again, it goes on from there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The database refused a commit.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The rules of this desk refuse something that cannot be left out.
    #[error("refused: {0}")]
    Refused(String),
    /// The lines could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many incidents were taken over.
    pub incidents: u64,
    /// How many were there already.
    pub known: u64,
    /// How many were left out.
    pub left_out: u64,
}

/// How to import.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The rules of this desk.
    pub policy: &'a Policy,
    /// Only these groups, by their Telegram ids; all if empty.
    pub chats: BTreeSet<i64>,
    /// The present instant.
    pub now: Timestamp,
}

/// Takes over a file, and writes a line for everything that is new here, was left out, or was not understood; the
/// latter two begin with an exclamation mark.
///
/// # Errors
/// Each [`ImportError`] says what failed; what was taken over before stays.
pub async fn import(
    store: &dyn Store,
    file: &RaisedashFile,
    plan: &Plan<'_>,
    out: &mut dyn Write,
) -> Result<Imported, ImportError> {
    let house = file.house(&plan.chats)?;
    for remark in &house.remarks {
        writeln!(out, "! {remark}")?;
    }
    let mover = Mover { store, policy: plan.policy, house: &house, now: plan.now };
    let placed = mover.place().await?;
    for line in &placed.lines {
        writeln!(out, "{line}")?;
    }
    let mut importer = Importer { mover, placed, plan, imported: Imported::default() };
    let nameless = file.nameless()?;
    if nameless > 0 {
        importer.imported.left_out += nameless;
        writeln!(out, "! incidents without a number: {nameless} are left out")?;
    }
    for number in file.numbers()? {
        let tale = file.tale(&number)?;
        importer.incident(&number, tale, out).await?;
    }
    Ok(importer.imported)
}

struct Importer<'a> {
    mover: Mover<'a>,
    placed: Placed,
    plan: &'a Plan<'a>,
    imported: Imported,
}

impl Importer<'_> {
    async fn incident(
        &mut self,
        number: &str,
        tale: Result<Tale, String>,
        out: &mut dyn Write,
    ) -> Result<(), ImportError> {
        let tale = match tale {
            Ok(tale) => tale,
            Err(why) => return self.leave_out(number, &why, out),
        };
        if !self.plan.chats.is_empty() && !self.plan.chats.contains(&tale.chat) {
            return Ok(());
        }
        let Some((company, group)) = self.placed.groups.get(&tale.chat).copied() else {
            return self.leave_out(number, &format!("its group {} is not taken over", tale.chat), out);
        };
        let key = format!("{} {} {}", tale.chat, tale.number, tale.written.as_micros());
        let id = IncidentId::from_u128(mint("raisedash incident", &key, tale.written));
        if let Some(Filed { incident, .. }) = self.mover.store.load(company, id).await? {
            self.imported.known += 1;
            if !self.adopt(&tale, &incident).await? {
                writeln!(
                    out,
                    "! {number}: the message of old is not its card yet: import again in a minute"
                )?;
            }
            return Ok(());
        }
        let told = match self.tell(&tale, (company, group, id), out).await? {
            Ok(told) => told,
            Err(why) => return self.leave_out(number, &why, out),
        };
        let line = format!("{}, reported {}", stands(&told.incident), tale.at);
        let remarks: Vec<String> = tale.remarks.iter().chain(&told.remarks).cloned().collect();
        let given = self.commit(&tale, told).await?;
        let kept = if given == number { "keeps its number".to_owned() } else { format!("is now {given}") };
        writeln!(out, "{number} {kept}: {line}")?;
        for remark in remarks {
            writeln!(out, "! {number}: {remark}")?;
        }
        self.imported.incidents += 1;
        Ok(())
    }

    fn leave_out(&mut self, number: &str, why: &str, out: &mut dyn Write) -> Result<(), ImportError> {
        self.imported.left_out += 1;
        Ok(writeln!(out, "! {number} is left out: {why}")?)
    }

    async fn tell(
        &self,
        tale: &Tale,
        (company, group, incident): (CompanyId, GroupId, IncidentId),
        out: &mut dyn Write,
    ) -> Result<Result<Told, String>, ImportError> {
        let users: BTreeSet<UserId> =
            tale.deeds.iter().filter_map(|deed| deed.by).chain([tale.reporter]).collect();
        let (mut people, mut lines) = (BTreeMap::new(), Vec::new());
        for user in users {
            let seen = tale.reporter_handle.as_deref().filter(|_| user == tale.reporter);
            people.insert(user, self.mover.person(company, user, seen, &mut lines).await?);
        }
        for line in lines {
            writeln!(out, "{line}")?;
        }
        let none: BTreeMap<i64, TeamId> = BTreeMap::new();
        let setting = Setting {
            incident,
            company,
            group,
            people: &people,
            teams: self.placed.teams.get(&company).unwrap_or(&none),
            has_teams: self.plan.policy.rules().teams,
            now: self.plan.now,
        };
        Ok(retell(tale, &setting))
    }

    /// Writes an incident with its journal in one transaction; returns its number.
    ///
    /// Nobody is told what happened long ago. Only what is not over needs a card: the message of old becomes it, if
    /// it is known, and is drawn anew; where it cannot be edited any more, the desk posts another.
    async fn commit(&self, tale: &Tale, told: Told) -> Result<String, ImportError> {
        let (store, now) = (self.mover.store, self.plan.now);
        let Told { incident, events, .. } = told;
        let company = incident.company;
        let roster = self.placed.rosters.get(&company);
        let chat = self.chat(tale, &incident);
        let card = self.card_of_old(tale, &incident);
        let policy =
            roster.map_or_else(|| self.plan.policy.clone(), |roster| roster.policy(self.plan.policy));
        let wake_at = next_wake(&policy, &incident);
        let (id, live) = (incident.id, !incident.state.is_terminal());
        let effects = if live { vec![Effect::ShowCard] } else { Vec::new() };
        let key = format!("raisedash:{}:{}", tale.chat, tale.number);
        let origin = Origin { key: RequestKey::new(key), answer: "imported".to_owned() };
        let step = Step { incident, events, effects, wake_at };
        let mut commit = Commit::new(Version::NONE, step, chat.clone(), now).answering(origin);
        if card.is_some() {
            commit = commit.claiming(now + LEASE);
        }
        let committed = store.commit(commit).await?;
        if let (Some(message), Some(claim)) = (card, committed.claims.first()) {
            let done = Settlement::Done { posted: Some(posted(message, id)), gone: Vec::new() };
            store.settle(claim, done, now).await?;
            store.owe_card(company, id, &Address::own(chat.clone()), now).await?;
        }
        Ok(committed.number.to_string())
    }

    /// Makes the message of old the card of an incident that was taken over by an import which died before it could.
    /// Nobody delivers meanwhile. Whichever card is claimed to say so is owed on; false if none can be.
    async fn adopt(&self, tale: &Tale, incident: &Incident) -> Result<bool, ImportError> {
        let (store, now) = (self.mover.store, self.plan.now);
        let Some(message) = self.card_of_old(tale, incident) else {
            return Ok(true);
        };
        if !store.surfaces(incident.company, incident.id).await?.is_empty() {
            return Ok(true);
        }
        store.release_leases().await?;
        let order = ClaimOrder { lane: Lane::Card, now, lease_until: now + LEASE };
        while let Some(claim) = store.claim(order).await? {
            // A message is kept for the company of the claim.
            let fits = claim.company == incident.company;
            let retry = Settlement::Retry {
                not_before: if fits { now } else { now + MOMENT },
                park_chat_until: None,
                reason: "claimed by an import".to_owned(),
                posted: fits.then(|| posted(message.clone(), incident.id)),
                gone: Vec::new(),
            };
            store.settle(&claim, retry, now).await?;
            if fits {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the chat that an incident is shown in by now.
    fn chat(&self, tale: &Tale, incident: &Incident) -> ChatRef {
        let roster = self.placed.rosters.get(&incident.company);
        let group = roster.and_then(|roster| roster.groups.get(&incident.group));
        group.map_or_else(|| chat_of(tale.chat), |group| group.chat.clone())
    }

    /// Returns the message of old that becomes the card: if the incident is not over, and its group is where it was.
    fn card_of_old(&self, tale: &Tale, incident: &Incident) -> Option<MessageRef> {
        let chat = self.chat(tale, incident);
        let stays = !incident.state.is_terminal() && chat == chat_of(tale.chat);
        tale.card.filter(|_| stays).map(|message| MessageRef::new(chat, message.to_string()))
    }
}

fn posted(message: MessageRef, incident: IncidentId) -> Posted {
    Posted { message, incident, kind: PostedKind::Card { pinned: true } }
}

/// Makes an id that is the same whenever the same is imported: the millisecond, so that ids are in the order of
/// what they name, and a hash (FNV-1a) of what it is.
fn mint(kind: &str, key: &str, at: Timestamp) -> u128 {
    const START: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = kind.bytes().chain([0]).chain(key.bytes());
    let hash = bytes.fold(START, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    let millis = u128::try_from(at.as_micros() / 1_000).unwrap_or(0);
    (millis & 0xffff_ffff_ffff) << 80 | hash >> 48
}
