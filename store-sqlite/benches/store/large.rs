//! What questions and commits cost in a large database, compared with a small one. All incidents of both are
//! open and wait for something: the worst case, since what is over is in fewer indexes.

use std::path::Path;
use std::time::Instant;

use incident_core::incident::{Lane, StateKind};
use incident_core::ports::{ClaimOrder, Commit, Listing, Page, Store};
use rusqlite::{Connection, params};
use store_sqlite::{Options, SqliteStore, Synchronous};
use tokio::runtime::Runtime;

use crate::{median, work};

const SMALL: usize = 1_000;
/// How often each thing is done in each database.
const TIMES: usize = 200;
/// How many incidents are due; all others are later.
const DUE: i64 = 20;

/// A database with what is to be done in it, prepared beforehand.
struct Subject {
    store: SqliteStore,
    incidents: usize,
    commits: Vec<Commit>,
}

impl Subject {
    fn new(runtime: &Runtime, path: &Path, incidents: usize) -> Self {
        drop(runtime.block_on(work::filed(crate::open(path), 0..1)));
        fill(path, incidents).expect("the incidents are written");
        // Waiting for the disk takes equally long in both, and would hide the difference.
        let options = Options { synchronous: Synchronous::Normal, ..Options::default() };
        let store = SqliteStore::open(path, options).expect("the database opens");
        let mut subject = Self { store, incidents, commits: Vec::new() };
        let mut commits: Vec<Commit> = (0..TIMES).map(|n| work::claim(subject.pick(n))).collect();
        commits.iter_mut().for_each(|commit| commit.lease_until = None);
        subject.commits = commits;
        subject
    }

    /// Returns the `n`-th of some incidents from all over the database.
    const fn pick(&self, n: usize) -> usize {
        n * 7_919 % self.incidents
    }

    async fn run(&mut self, job: Job, n: usize) {
        let company = work::COMPANY;
        let (now, lease_until) = (work::at(3_600), work::at(3_660));
        match job {
            Job::Press => {
                let commit = self.commits.pop().expect("there is one each time");
                self.store.commit(commit).await.expect("the claim is written");
            }
            Job::Claim => {
                let order = ClaimOrder { lane: Lane::Card, now, lease_until };
                assert!(self.store.claim(order).await.expect("effects are readable").is_some());
            }
            Job::Due => {
                let due = self.store.due(work::at(0), 100).await.expect("wakes are readable");
                assert_eq!(due.len(), DUE as usize);
            }
            Job::Load => {
                let id = work::id(self.pick(n));
                assert!(self.store.load(company, id).await.expect("it is readable").is_some());
            }
            Job::List => {
                let listing = Listing { states: vec![StateKind::Open], ..Listing::default() };
                let page = Page { after: Some(work::id(self.pick(n))), limit: 20 };
                self.store.list(company, &listing, page).await.expect("they are readable");
            }
            Job::Outlook => assert!(self.store.outlook(now).await.expect("it is readable").wake_at.is_some()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Job {
    Press,
    Claim,
    Due,
    Load,
    List,
    Outlook,
}

const JOBS: [(Job, &str, &str); 6] = [
    (Job::Due, "what is due, found", "1.5"),
    (Job::Press, "a press of Claim, committed", "1.5"),
    (Job::Claim, "the next effect, claimed", "1.5"),
    (Job::Load, "an incident, loaded", ""),
    (Job::List, "a page of open incidents, listed", ""),
    (Job::Outlook, "the outlook", ""),
];

/// Prints what each thing takes in both databases.
pub(crate) fn print(runtime: &Runtime, directory: &Path, incidents: usize) {
    let mut subjects = [("small", SMALL), ("large", incidents)]
        .map(|(name, incidents)| Subject::new(runtime, &directory.join(format!("{name}.db")), incidents));
    println!("with {SMALL} and {incidents} incidents                   us       us    ratio   goal");
    for (job, name, goal) in JOBS {
        let mut times: [Vec<f64>; 2] = Default::default();
        for n in 0..TIMES {
            for (subject, times) in subjects.iter_mut().zip(&mut times) {
                let started = Instant::now();
                runtime.block_on(subject.run(job, n));
                times.push(started.elapsed().as_secs_f64() * 1e6);
            }
        }
        let [small, large] = times.map(median);
        println!("  {name:<38} {small:>8.1} {large:>8.1} {:>8.2} {goal:>6}", large / small);
    }
}

/// Copies the incident of a database and its journal, each copy with an id, number and wake of its own.
fn fill(path: &Path, incidents: usize) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY")?;
    let transaction = connection.transaction()?;
    let mut insert_incident = transaction.prepare(
        "INSERT INTO incidents
         SELECT company, ?2, year, ?3, group_id, ?3 % 500, created_at, version, wake_at + ?4, state, level,
            team, cycle, priority, severity, resolver, close_reason, updated_at, active_at, cycle_at,
            routed_at, first_ack_at, ack_at, escalated_at, escalation_ack_at, resolution_requested_at,
            resolved_at, closed_at, held_us, replace(state_json, ?1, ?2)
         FROM incidents WHERE rowid = 1",
    )?;
    let mut insert_event = transaction.prepare(
        "INSERT INTO events SELECT company, ?2, seq, at, actor, person, type, request, body
         FROM events WHERE company = ?3 AND incident = ?1",
    )?;
    let (company, template) = (work::COMPANY.to_string(), work::id(0).to_string());
    let incidents = u32::try_from(incidents).expect("numbers of incidents are that short");
    for n in 1..incidents {
        let id = work::id(n as usize).to_string();
        insert_incident.execute(params![template, id, n + 1, n])?;
        insert_event.execute([&template, &id, &company])?;
    }
    drop((insert_incident, insert_event));
    transaction.execute(
        "UPDATE incidents SET wake_at = ?1 + rowid - 20 WHERE rowid <= 20",
        [work::at(0).as_micros()],
    )?;
    transaction.execute("UPDATE counters SET last = ?1 WHERE counter LIKE 'TKT-%'", [incidents])?;
    transaction.commit()
}
