//! A process that is killed takes nothing with it that it had acknowledged. The test starts its own program
//! again as a child that commits as fast as it can, and kills it in the middle.

mod office;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use incident_core::incident::fold;
use incident_core::ports::{RequestKey, Store};
use incident_core::testkit::conformance::fixture::{Office, Works, origin};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const DATABASE: &str = "STORE_SQLITE_DATABASE";
const WRITERS: u32 = 8;

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Options::default()).expect("the database opens")
}

fn key(n: u32, version: u32) -> String {
    format!("telegram:1:{n}-{version}")
}

/// Commits notes to one incident for ever, and says so after each.
async fn commit_for_ever(store: Arc<SqliteStore>, n: u32) {
    let office = match store.roster(office::again(&*store, n).company).await.works() {
        Some(_) => office::again(&*store, n),
        None => Office::open(&*store, n).await,
    };
    let mut incident = match office.load(1).await {
        Some(filed) => filed.incident,
        None => office.file(1, 0).await.incident,
    };
    loop {
        let next = incident.version.next().get();
        let commit = office.notes(&incident, "still going", i64::from(next));
        incident = office.commit(commit.answering(origin(&key(n, next), "noted"))).await.incident;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "acknowledged {n} {}", incident.version).expect("the parent reads");
    }
}

#[test]
#[ignore = "the other test starts it, and kills it"]
fn a_child_commits_until_it_is_killed() {
    let path = PathBuf::from(std::env::var_os(DATABASE).expect("the other test names the database"));
    let store = Arc::new(open(&path));
    Runtime::new().unwrap().block_on(async {
        let mut writers = tokio::task::JoinSet::new();
        for n in 1..=WRITERS {
            writers.spawn(commit_for_ever(Arc::clone(&store), n));
        }
        writers.join_all().await;
    });
}

/// Lets a child commit until it has acknowledged so many commits, kills it, and returns the last version that
/// it acknowledged of each incident.
fn kill_after(path: &Path, acknowledgements: usize) -> BTreeMap<u32, u32> {
    let mut child = Command::new(std::env::current_exe().expect("a test is a program"))
        .args(["--exact", "a_child_commits_until_it_is_killed", "--ignored", "--nocapture"])
        .env(DATABASE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts");
    let stdout = child.stdout.take().expect("it was piped");
    let mut lines = BufReader::new(stdout).lines().map(|line| line.expect("the child writes text"));
    let mut last = BTreeMap::new();
    let mut note = |line: String| {
        let Some((n, version)) = line.strip_prefix("acknowledged ").and_then(|rest| rest.split_once(' '))
        else {
            return false;
        };
        let (Ok(n), Ok(version)) = (n.parse(), version.parse()) else {
            return false;
        };
        last.insert(n, version);
        true
    };
    let mut seen = 0;
    while seen < acknowledgements {
        seen += usize::from(note(lines.next().expect("the child goes on")));
    }
    child.kill().expect("the child runs");
    child.wait().expect("the child was killed");
    for line in lines {
        // The last line may be half a line, and then says less than is true.
        note(line);
    }
    last
}

#[test]
fn whatever_was_acknowledged_survives_a_kill() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("incidents.db");
    for acknowledgements in [1, 40, 333, 90, 512] {
        let acknowledged = kill_after(&path, acknowledgements);
        let store = open(&path);
        Runtime::new().unwrap().block_on(check(&store, &acknowledged));
    }
}

async fn check(store: &SqliteStore, acknowledged: &BTreeMap<u32, u32>) {
    assert!(!acknowledged.is_empty());
    for (&n, &version) in acknowledged {
        let office = office::again(store, n);
        let incident = office.load(1).await.expect("it was filed").incident;
        assert!(incident.version.get() >= version, "{} is less than {version}", incident.version);
        let history = store.history(office.company, incident.id).await.works();
        assert_eq!(fold(incident.id, &history).as_ref(), Some(&incident));
        for version in 2..=incident.version.get() {
            let answered = store.applied(&RequestKey::new(key(n, version))).await.works();
            assert_eq!(answered.map(|answered| answered.answer).as_deref(), Some("noted"));
        }
    }
}
