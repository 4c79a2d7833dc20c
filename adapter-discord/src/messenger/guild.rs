//! What Discord tells of a guild: whose it is, and what roles let their members do.

use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Guild {
    pub(super) id: String,
    pub(super) owner_id: Option<String>,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Role {
    id: String,
    permissions: String,
}

#[derive(Deserialize)]
pub(super) struct Member {
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

impl Guild {
    /// Unites the permissions of a member's roles; the one that everybody has is named as the guild is.
    pub(super) fn permissions(&self, member: &Member) -> u64 {
        let has = |role: &&Role| role.id == self.id || member.roles.contains(&role.id);
        let bits = self.roles.iter().filter(has).filter_map(|role| role.permissions.parse::<u64>().ok());
        bits.fold(0, |all, one| all | one)
    }
}
