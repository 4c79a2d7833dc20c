//! What questions and commits cost in a large database, compared with a small one. All incidents of both are
//! open and wait for something: the worst case, since what is over is in fewer indexes.

use std::sync::Arc;
use std::time::Instant;

use incident_core::incident::{Lane, StateKind};
use incident_core::ports::{ClaimOrder, Commit, Listing, Page, Store};
use tokio::runtime::Runtime;

use crate::measure::median;
use crate::work;

/// How many incidents the small database has.
pub(crate) const SMALL: usize = 1_000;
/// How often each thing is done in each database.
const TIMES: usize = 200;
/// How many incidents are due; all others are later.
pub(crate) const DUE: u16 = 20;

/// A database with so many incidents, the first of which are due and all later ones are not.
pub(crate) struct Filled {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) incidents: usize,
}

/// A database with what is to be done in it, prepared beforehand.
struct Subject {
    store: Arc<dyn Store>,
    incidents: usize,
    commits: Vec<Commit>,
}

impl Subject {
    fn new(Filled { store, incidents }: Filled) -> Self {
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
                assert_eq!(due.len(), usize::from(DUE));
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

/// Prints what each thing takes in both databases, the small and the large one.
pub(crate) fn print(runtime: &Runtime, filled: [Filled; 2]) {
    let sizes = filled.each_ref().map(|filled| filled.incidents);
    let mut subjects = filled.map(Subject::new);
    println!("with {} and {} incidents                   us       us    ratio   goal", sizes[0], sizes[1]);
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
