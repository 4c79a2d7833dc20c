//! Who administers a channel, reckoned from the permissions of their roles and remembered for a minute.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::ids::{ChatRef, Circle, Identity, Platform};
use incident_core::ports::{Directory, DirectoryError};
use serde::Deserialize;
use serenity::model::permissions::Permissions;
use tokio::time::Instant;

use super::guild::{Guild, Member};
use super::spot::channel;
use super::{Call, Discord};
use crate::failure::CallError;

/// How long it is remembered that somebody is an administrator.
const YES_FOR: Duration = Duration::from_secs(60);
/// How long it is remembered that somebody is none: shortly, for they may be asking to be made one.
const NO_FOR: Duration = Duration::from_secs(5);
/// How long a question may take; whoever asks waits for the answer.
const ASK_LIMIT: Duration = Duration::from_secs(2);
/// How many answers are remembered, and how many channels.
const MOST: usize = 4_096;

/// Answers that are fresh enough to be given again, and which guild a channel belongs to.
#[derive(Debug, Default)]
pub(super) struct Known {
    answers: BTreeMap<(u64, u64), (bool, Instant)>,
    guilds: BTreeMap<u64, String>,
    roles: BTreeMap<(u64, u64), (Vec<String>, Instant)>,
}

impl Known {
    fn get(&self, key: (u64, u64), now: Instant) -> Option<bool> {
        let (admin, until) = self.answers.get(&key)?;
        (now < *until).then_some(*admin)
    }

    fn put(&mut self, key: (u64, u64), admin: bool, now: Instant) {
        if self.answers.len() >= MOST {
            self.answers.retain(|_, (_, until)| now < *until);
        }
        if self.answers.len() >= MOST {
            self.answers.clear();
        }
        self.answers.insert(key, (admin, now + if admin { YES_FOR } else { NO_FOR }));
    }

    fn roles(&self, key: (u64, u64), now: Instant) -> Option<&[String]> {
        let (roles, until) = self.roles.get(&key)?;
        (now < *until).then_some(roles)
    }

    fn put_roles(&mut self, key: (u64, u64), roles: Vec<String>, now: Instant) {
        if self.roles.len() >= MOST {
            self.roles.retain(|_, (_, until)| now < *until);
        }
        if self.roles.len() >= MOST {
            self.roles.clear();
        }
        self.roles.insert(key, (roles, now + NO_FOR));
    }

    fn belongs(&mut self, channel: u64, guild: &str) {
        if self.guilds.len() >= MOST {
            self.guilds.clear();
        }
        self.guilds.insert(channel, guild.to_owned());
    }
}

/// Tells whether permissions are those of an administrator: whoever may change the server may arrange its desk.
pub(crate) fn administers(permissions: &str) -> bool {
    may_administer(permissions.parse().unwrap_or_default())
}

fn may_administer(bits: u64) -> bool {
    Permissions::from_bits_retain(bits).intersects(Permissions::ADMINISTRATOR | Permissions::MANAGE_GUILD)
}

#[derive(Deserialize)]
struct Channel {
    guild_id: Option<String>,
}

impl Discord {
    /// Remembers what an interaction said about whoever caused it.
    pub(crate) fn note_standing(&self, channel: u64, user: u64, permissions: &str) {
        self.known().put((channel, user), administers(permissions), Instant::now());
    }

    /// Remembers for some seconds which roles an interaction said that somebody has.
    pub(crate) fn note_roles(&self, channel: u64, user: u64, roles: Vec<String>) {
        self.known().put_roles((channel, user), roles, Instant::now());
    }

    pub(super) async fn roles_of(&self, channel: u64, user: u64) -> Result<Vec<String>, CallError> {
        let Some(guild) = self.guild_of(channel).await? else { return Ok(Vec::new()) };
        match self.call::<Member>(Call::get(&format!("guilds/{guild}/members/{user}"))).await {
            Ok(member) => Ok(member.roles),
            Err(error) if error.is_about_stranger() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn guild_of(&self, channel: u64) -> Result<Option<String>, CallError> {
        if let Some(guild) = self.known().guilds.get(&channel) {
            return Ok(Some(guild.clone()));
        }
        let found: Channel = self.call(Call::get(&format!("channels/{channel}"))).await?;
        if let Some(guild) = &found.guild_id {
            self.known().belongs(channel, guild);
        }
        Ok(found.guild_id)
    }

    async fn standing(&self, channel: u64, user: u64) -> Result<bool, CallError> {
        let Some(guild) = self.guild_of(channel).await? else { return Ok(false) };
        let guild: Guild = self.call(Call::get(&format!("guilds/{guild}"))).await?;
        if guild.owner_id.as_ref().is_some_and(|owner| *owner == user.to_string()) {
            return Ok(true);
        }
        let member: Member = match self.call(Call::get(&format!("guilds/{}/members/{user}", guild.id))).await
        {
            Err(error) if error.is_about_stranger() => return Ok(false),
            result => result?,
        };
        Ok(may_administer(guild.permissions(&member)))
    }
}

#[async_trait]
impl Directory for Discord {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        let (channel, user) = asked(chat, who)?;
        if let Some(admin) = self.known().get((channel, user), Instant::now()) {
            return Ok(admin);
        }
        let asked = tokio::time::timeout(ASK_LIMIT, self.standing(channel, user)).await;
        let admin = match asked {
            Ok(result) => result.map_err(|error| DirectoryError { reason: error.to_string() })?,
            Err(_) => return Err(DirectoryError { reason: "Discord takes too long".to_owned() }),
        };
        self.known().put((channel, user), admin, Instant::now());
        Ok(admin)
    }

    async fn circles(
        &self,
        chat: &ChatRef,
        who: &Identity,
        among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        let (channel, user) = asked(chat, who)?;
        let known = self.known().roles((channel, user), Instant::now()).map(<[String]>::to_vec);
        let roles = match known {
            Some(roles) => roles,
            None => {
                let found = tokio::time::timeout(ASK_LIMIT, self.roles_of(channel, user)).await;
                let found =
                    found.map_err(|_| DirectoryError { reason: "Discord takes too long".to_owned() })?;
                let roles = found.map_err(|error| DirectoryError { reason: error.to_string() })?;
                self.known().put_roles((channel, user), roles.clone(), Instant::now());
                roles
            }
        };
        let theirs = |circle: &&Circle| {
            circle.platform() == Platform::Discord && roles.iter().any(|role| role == circle.id())
        };
        Ok(among.iter().filter(theirs).cloned().collect())
    }
}

/// Says which channel and which person is asked about.
fn asked(chat: &ChatRef, who: &Identity) -> Result<(u64, u64), DirectoryError> {
    let unknown = |what: &str| DirectoryError { reason: format!("no such {what} on Discord") };
    let channel = channel(chat).map_err(|_| unknown("channel"))?;
    let ours = who.platform == Platform::Discord;
    let user = who.user.parse().ok().filter(|_| ours).ok_or_else(|| unknown("person"))?;
    Ok((channel, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: (u64, u64) = (5, 7);

    #[test]
    fn an_administrator_is_remembered_for_a_minute_and_others_for_seconds() {
        let mut known = Known::default();
        let now = Instant::now();
        known.put(ANN, true, now);
        assert_eq!(known.get(ANN, now + YES_FOR - Duration::from_millis(1)), Some(true));
        assert_eq!(known.get(ANN, now + YES_FOR), None);
        known.put(ANN, false, now);
        assert_eq!(known.get(ANN, now + NO_FOR - Duration::from_millis(1)), Some(false));
        assert_eq!(known.get(ANN, now + NO_FOR), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut known, now) = (Known::default(), Instant::now());
        for number in 0..2 * MOST as u64 {
            known.put((5, number), true, now);
            known.belongs(number, "1");
            assert!(known.answers.len() <= MOST && known.guilds.len() <= MOST);
        }
    }

    #[test]
    fn whoever_may_change_the_server_administers_it() {
        assert!(administers("8") && administers("32") && administers("2251799813685280"));
        assert!(!administers("2048") && !administers("") && !administers("none"));
    }
}
