//! `import raisedash`: what two editions of the replaced bot kept is here afterwards, with its times, its people and
//! its history; and what cannot be taken over is named.

mod departments;
mod files;
mod old_files;
mod two_tier;

use std::path::{Path, PathBuf};

use incident_core::ids::{ChatRef, CompanyId, Identity, Number, PersonId, Platform};
use incident_core::incident::{By, Ending, Event, Incident};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Filed, Listing, Page, Store, Tenancy};
use incident_core::roster::Roster;
use incident_core::time::Timestamp;
use incident_desk::export::export;
use incident_desk::import::raisedash::RaisedashFile;
use incident_desk::import::{Imported, Plan, import};
use incident_desk::verify::verify;
use rusqlite::Connection;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// 2026-01-05T00:00:00Z, after everything that happened.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_767_571_200);

/// A desk, and a directory for files of old.
pub(crate) struct Place {
    directory: TempDir,
    pub(crate) store: SqliteStore,
}

impl Place {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().expect("a directory for the test");
        let path = directory.path().join("desk.db");
        let store = SqliteStore::open(&path, Options::default()).expect("it opens");
        Self { directory, store }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn file(&self, batches: &[&str]) -> PathBuf {
        let path = self.path("old.db");
        let db = Connection::open(&path).expect("it opens");
        for batch in batches {
            db.execute_batch(batch).unwrap_or_else(|error| panic!("{batch}: {error}"));
        }
        path
    }

    pub(crate) async fn imports(&self, path: &Path, preset: Preset) -> (Imported, Vec<String>) {
        self.imports_from(path, preset, (&[], 0)).await
    }

    pub(crate) async fn imports_from(
        &self,
        path: &Path,
        preset: Preset,
        (chats, utc_offset): (&[i64], i32),
    ) -> (Imported, Vec<String>) {
        let file = RaisedashFile::open(path, utc_offset).expect("it is one of the bot's files");
        let policy = Policy::preset(preset);
        let plan = Plan { policy: &policy, chats: chats.iter().copied().collect(), now: NOW };
        let mut out = Vec::new();
        let imported = import(&self.store, &file, &plan, &mut out).await.expect("it can be imported");
        self.assert_in_order().await;
        let out = String::from_utf8(out).expect("lines are text");
        (imported, out.lines().map(str::to_owned).collect())
    }

    async fn assert_in_order(&self) {
        let mut out = Vec::new();
        let seen = verify(&self.store, Some(&self.store), &mut out, &mut |_| {}).await;
        assert_eq!(seen.expect("it can be read").differences, 0, "{}", String::from_utf8_lossy(&out));
    }

    pub(crate) async fn exported(&self) -> String {
        let mut out = Vec::new();
        export(&self.store, &mut out).await.expect("it can be read");
        String::from_utf8(out).expect("an export is text")
    }

    pub(crate) async fn tenancy(&self, chat: i64) -> Tenancy {
        let chat = ChatRef::new(Platform::Telegram, chat.to_string());
        self.store.tenancy(&chat).await.expect("it can be read").expect("the group is here")
    }

    pub(crate) async fn roster(&self, company: CompanyId) -> Roster {
        self.store.roster(company).await.expect("it can be read").expect("the company is here")
    }

    pub(crate) async fn numbered(&self, company: CompanyId, seq: u32) -> Incident {
        let page = Page { after: None, limit: 100 };
        let all = self.store.list(company, &Listing::default(), page).await.expect("it can be read");
        let number = Number { year: 2025, seq };
        let found = all.into_iter().find(|filed: &Filed| filed.number == number);
        found.unwrap_or_else(|| panic!("{number} was given out")).incident
    }

    /// Shows a journal: when, by whom, what.
    pub(crate) async fn journal(&self, incident: &Incident) -> Vec<String> {
        let journal = self.store.history(incident.company, incident.id).await.expect("it can be read");
        journal.iter().map(shown).collect()
    }

    pub(crate) async fn user(&self, company: CompanyId, user: i64) -> PersonId {
        let account = Identity::new(Platform::Telegram, user.to_string());
        self.store.by_account(company, &account).await.expect("it can be read").expect("the user is here")
    }
}

fn shown(event: &Event) -> String {
    let fact = serde_json::to_value(&event.fact).expect("facts are JSON");
    let by = match event.by {
        By::Person(person) => person.to_string(),
        By::Assistant => "assistant".to_owned(),
        By::System => "desk".to_owned(),
    };
    format!("{} {by} {}", event.at, fact["type"].as_str().expect("facts have types"))
}

/// Says who held an incident, and why that ended.
pub(crate) fn stints(incident: &Incident) -> Vec<(PersonId, Option<Ending>)> {
    incident.stints.iter().map(|stint| (stint.person, stint.until.map(|(_, ending)| ending))).collect()
}
