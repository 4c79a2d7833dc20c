//! Who somebody is, asked of Slack and remembered for a minute: whether they administer the workspace, what they are
//! called, what language they read, and to which user groups they belong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::ids::{ChatRef, Circle, Identity, Platform};
use incident_core::ports::{Directory, DirectoryError, Profile};
use incident_core::text::{Limits, Text};
use serde_json::Value;
use tokio::time::Instant;

use super::{Method, Slack};
use crate::failure::CallError;

/// How long it is remembered what somebody is.
const YES_FOR: Duration = Duration::from_secs(60);
/// How long it is remembered that somebody is no administrator: shortly, for they may be asking to be made one.
const NO_FOR: Duration = Duration::from_secs(5);
/// How long a question may take. Requests wait for the answer.
const ASK_LIMIT: Duration = Duration::from_secs(2);
/// How long it is still believed who belongs to a user group while Slack does not answer.
const BELIEVED_FOR: Duration = Duration::from_secs(15 * 60);
/// How many people are remembered, and how many user groups.
const MOST: usize = 4_096;

/// Who belongs to a user group.
type Members = Arc<BTreeSet<String>>;

/// What Slack says about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Whether they administer the workspace, or own it.
    pub(crate) admin: bool,
    /// Whether it is a bot's, or a workflow's.
    pub(crate) bot: bool,
    /// What the desk is told of them.
    pub(crate) profile: Profile,
}

/// Answers that are fresh enough to be given again.
#[derive(Debug, Default)]
pub(crate) struct Known {
    accounts: BTreeMap<Arc<str>, (Account, Instant)>,
    groups: BTreeMap<Arc<str>, (Members, Instant)>,
}

impl Known {
    /// Returns what is known, as far as an answer about their rights may be old.
    fn get(&self, user: &str, now: Instant, about_rights: bool) -> Option<Account> {
        let (account, at) = self.accounts.get(user)?;
        let fresh_for = if about_rights && !account.admin { NO_FOR } else { YES_FOR };
        (now < *at + fresh_for).then(|| account.clone())
    }

    fn put(&mut self, user: &str, account: Account, now: Instant) {
        if self.accounts.len() >= MOST {
            self.accounts.retain(|_, (_, at)| now < *at + YES_FOR);
        }
        if self.accounts.len() >= MOST {
            self.accounts.clear();
        }
        self.accounts.insert(user.into(), (account, now));
    }

    /// Returns who belonged to a user group at most so long ago.
    fn group(&self, id: &str, now: Instant, fresh_for: Duration) -> Option<Members> {
        let (members, at) = self.groups.get(id)?;
        (now < *at + fresh_for).then(|| Arc::clone(members))
    }

    fn put_group(&mut self, id: &str, members: Members, now: Instant) {
        if self.groups.len() >= MOST {
            self.groups.clear();
        }
        self.groups.insert(id.into(), (members, now));
    }
}

impl Slack {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells who somebody is; an answer about their name may be a minute old.
    pub(crate) async fn account(&self, user: &str) -> Result<Account, CallError> {
        self.looked_up(user, false).await
    }

    /// Tells who belongs to a user group; an answer may be a minute old, and older while Slack gives none.
    async fn members(&self, group: &str) -> Result<Members, CallError> {
        let known = self.known().group(group, Instant::now(), YES_FOR);
        if let Some(members) = known {
            return Ok(members);
        }
        let asked = self.ask(Method::UserGroupMembers, &[("usergroup", group)], ASK_LIMIT).await;
        let members = match asked {
            Ok(answer) => members_in(&answer),
            // It is there no more.
            Err(error) if error.is_one_of(&["no_such_subteam", "subteam_not_found"]) => BTreeSet::new(),
            Err(error) => {
                let believed = self.known().group(group, Instant::now(), BELIEVED_FOR);
                return believed.ok_or(error);
            }
        };
        let members = Arc::new(members);
        self.known().put_group(group, Arc::clone(&members), Instant::now());
        Ok(members)
    }

    async fn looked_up(&self, user: &str, about_rights: bool) -> Result<Account, CallError> {
        let known = self.known().get(user, Instant::now(), about_rights);
        if let Some(account) = known {
            return Ok(account);
        }
        let about = [("user", user), ("include_locale", "true")];
        let answer = match self.ask(Method::UserInfo, &about, ASK_LIMIT).await {
            // Asking does no harm, so a question that was lost is put once more.
            Err(CallError::Unreadable { .. } | CallError::Unreachable { .. }) => {
                self.ask(Method::UserInfo, &about, ASK_LIMIT).await
            }
            result => result,
        };
        let account = account(user, &answer?["user"]);
        self.known().put(user, account.clone(), Instant::now());
        Ok(account)
    }
}

fn members_in(answer: &Value) -> BTreeSet<String> {
    let users = answer["users"].as_array().map(Vec::as_slice).unwrap_or_default();
    users.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Understands what Slack says about somebody. Names may be empty, and everything else missing.
fn account(user: &str, said: &Value) -> Account {
    let names =
        [&said["profile"]["display_name"], &said["profile"]["real_name"], &said["real_name"], &said["name"]];
    let name = names.into_iter().find_map(|name| text(name.as_str()?));
    let locale = said["locale"].as_str().and_then(text);
    let identity = Identity::new(Platform::Slack, user);
    let is = |field: &str| said[field].as_bool().unwrap_or(false);
    Account {
        admin: is("is_admin") || is("is_owner") || is("is_primary_owner"),
        bot: is("is_bot") || user == "USLACKBOT",
        profile: Profile {
            identity,
            handle: None,
            name: name.or_else(|| text(user)).unwrap_or_else(Text::erased),
            locale,
        },
    }
}

fn text(value: &str) -> Option<Text> {
    let cut: String = value.trim().chars().take(Limits::NAME.max).collect();
    Text::new(&cut, Limits::NAME).ok()
}

#[async_trait]
impl Directory for Slack {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        if chat.platform != Platform::Slack || who.platform != Platform::Slack {
            return Err(DirectoryError { reason: "no such person on Slack".to_owned() });
        }
        match self.looked_up(&who.user, true).await {
            Ok(account) => Ok(account.admin),
            Err(error) if error.is_one_of(&["user_not_found", "user_not_visible"]) => Ok(false),
            Err(error) => Err(DirectoryError { reason: error.to_string() }),
        }
    }

    async fn circles(
        &self,
        _chat: &ChatRef,
        who: &Identity,
        among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        let mut theirs = Vec::new();
        for circle in among.iter().filter(|circle| circle.platform() == Platform::Slack) {
            match self.members(circle.id()).await {
                Ok(members) if members.contains(&*who.user) => theirs.push(circle.clone()),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "Slack does not say who belongs to a user group");
                    return Err(DirectoryError { reason: error.to_string() });
                }
            }
        }
        Ok(theirs)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ann(admin: bool) -> Account {
        account("U1", &json!({"name": "ann", "is_admin": admin}))
    }

    #[test]
    fn an_administrator_is_remembered_for_a_minute_and_others_for_seconds() {
        let mut known = Known::default();
        let now = Instant::now();
        let least = Duration::from_millis(1);
        known.put("U1", ann(true), now);
        assert_eq!(known.get("U1", now + YES_FOR - least, true), Some(ann(true)));
        assert_eq!(known.get("U1", now + YES_FOR, true), None);
        known.put("U1", ann(false), now);
        assert_eq!(known.get("U1", now + NO_FOR - least, true), Some(ann(false)));
        assert_eq!(known.get("U1", now + NO_FOR, true), None);
        assert_eq!(known.get("U1", now + NO_FOR, false), Some(ann(false)), "a name lasts longer");
    }

    #[test]
    fn who_belongs_to_a_group_is_remembered_for_a_minute_and_believed_for_longer() {
        let mut known = Known::default();
        let (now, least) = (Instant::now(), Duration::from_millis(1));
        let members = Arc::new(members_in(&json!({"users": ["U1", 7, "U2"]})));
        assert_eq!(*members, BTreeSet::from(["U1".to_owned(), "U2".to_owned()]));
        known.put_group("S1", Arc::clone(&members), now);
        assert_eq!(known.group("S1", now + YES_FOR - least, YES_FOR), Some(Arc::clone(&members)));
        assert_eq!(known.group("S1", now + YES_FOR, YES_FOR), None);
        assert_eq!(known.group("S1", now + BELIEVED_FOR - least, BELIEVED_FOR), Some(members));
        assert_eq!(
            (known.group("S1", now + BELIEVED_FOR, BELIEVED_FOR), known.group("S2", now, YES_FOR)),
            (None, None)
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut known = Known::default();
        let now = Instant::now();
        for user in 0..2 * MOST {
            known.put(&format!("U{user}"), ann(false), now);
            assert!(known.accounts.len() <= MOST);
        }
    }

    #[test]
    fn somebody_is_called_what_they_want_to_be_called() {
        let name = |said: Value| account("U1", &said).profile.name.to_string();
        let whole = json!({"name": "ann", "real_name": "Ann Other",
            "profile": {"display_name": "annie", "real_name": "Ann O."}});
        assert_eq!(name(whole), "annie");
        assert_eq!(
            name(json!({"name": "ann", "profile": {"display_name": "", "real_name": "Ann O."}})),
            "Ann O."
        );
        assert_eq!(name(json!({"name": "ann", "real_name": " "})), "ann");
        assert_eq!(name(json!(null)), "U1");
    }

    #[test]
    fn owners_are_administrators_and_slacks_own_account_is_a_bot() {
        let of = |user: &str, said: Value| {
            let account = account(user, &said);
            (account.admin, account.bot)
        };
        assert_eq!(of("U1", json!({"is_owner": true})), (true, false));
        assert_eq!(of("U1", json!({"is_admin": null, "is_bot": true})), (false, true));
        assert_eq!(of("USLACKBOT", json!({"is_bot": false})), (false, true));
    }
}
