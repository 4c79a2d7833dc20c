//! Commits that come at once share a statement, and so a round trip and a wait for the disk.
//!
//! A few statements may be under way; whoever finds fewer writes at once and by itself, so that a lone caller waits
//! for nobody. The others queue, and when a statement ends, everything that has queued goes into the next. If it
//! fails, nothing of it was written, and each writes again by itself: hardly any commit fails, so none pays for a
//! savepoint.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::PgConnection;
use sqlx::Row;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::error::{Fate, Fault};
use crate::pool::Pool;

/// How many statements that commit may be under way.
const STATEMENTS: usize = 4;
/// The most commits that share a statement: bounds how long the first of them waits for the last.
const BATCH: usize = 64;

/// The function is called for one draft after the other, since nothing asks for another order.
const WRITE: &str = "SELECT position, commit_incident(draft::jsonb)::text AS outcome
    FROM unnest($1::text[]) WITH ORDINALITY AS drafts (draft, position)";

/// What was committed since the store was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// How many statements that commit incidents were sent.
    pub statements: u64,
    /// How many commits they held.
    pub commits: u64,
}

/// What the database said of a commit, or what became of it.
pub(crate) type Answer = oneshot::Receiver<Result<String, Fate>>;

/// Whose turn it is to write.
pub(crate) enum Turn {
    /// The caller's own; the next may write when the place is dropped.
    Now(Place),
    /// Somebody else writes it along, and answers.
    Shared(Answer),
}

/// A commit that waits for a statement to join.
struct Job {
    /// Statements lock rows in this order, so that no two wait for each other.
    order: String,
    body: String,
    reply: oneshot::Sender<Result<String, Fate>>,
}

#[derive(Default)]
struct Waiting {
    under_way: usize,
    queue: VecDeque<Job>,
}

/// The commits under way.
pub(crate) struct Batches {
    pool: Arc<Pool>,
    runtime: Handle,
    waiting: Mutex<Waiting>,
    statements: AtomicU64,
    commits: AtomicU64,
}

impl Batches {
    /// Must be called within a runtime, which must last as long.
    pub(crate) fn new(pool: Arc<Pool>) -> Arc<Self> {
        let (runtime, waiting) = (Handle::current(), Mutex::default());
        let (statements, commits) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { pool, runtime, waiting, statements, commits })
    }

    pub(crate) fn written(&self) -> Written {
        let (statements, commits) = (&self.statements, &self.commits);
        Written { statements: statements.load(Ordering::Relaxed), commits: commits.load(Ordering::Relaxed) }
    }

    /// Lets a commit be written as soon as may be.
    pub(crate) fn enter(self: &Arc<Self>, order: String, body: &str) -> Turn {
        let mut waiting = self.lock();
        if waiting.under_way < STATEMENTS {
            waiting.under_way += 1;
            self.count(1);
            return Turn::Now(Place(Arc::clone(self)));
        }
        let (reply, answer) = oneshot::channel();
        waiting.queue.push_back(Job { order, body: body.to_owned(), reply });
        Turn::Shared(answer)
    }

    fn count(&self, commits: usize) {
        self.statements.fetch_add(1, Ordering::Relaxed);
        self.commits.fetch_add(commits as u64, Ordering::Relaxed);
    }

    /// Takes what has queued, as much as one statement may hold.
    fn take(waiting: &mut Waiting) -> Vec<Job> {
        let some = waiting.queue.len().min(BATCH);
        let mut jobs: Vec<Job> = waiting.queue.drain(..some).collect();
        jobs.sort_by(|one, other| one.order.cmp(&other.order));
        jobs
    }

    /// Writes some commits, and then what has queued meanwhile, until nothing has.
    async fn write_all(place: Place, mut jobs: Vec<Job>) {
        while !jobs.is_empty() {
            place.0.count(jobs.len());
            place.0.write(jobs).await;
            jobs = Self::take(&mut place.0.lock());
        }
    }

    async fn write(&self, mut jobs: Vec<Job>) {
        let bodies: Vec<String> = jobs.iter_mut().map(|job| std::mem::take(&mut job.body)).collect();
        let tries = self.pool.tries("commit incidents together");
        let outcomes = match tries.connect().await {
            Ok(mut lease) => {
                let written = tries.within(write(&mut lease, &bodies)).await;
                match &written {
                    Ok(_) => lease.keep(),
                    Err(fault) if fault.is_doubtful() => lease.close_on_drop(),
                    Err(_) => {}
                }
                written.map_err(|fault| fault.fate())
            }
            Err(_) => Err(Fate::Undone),
        };
        let mut outcomes = outcomes.map(Vec::into_iter);
        for job in jobs {
            let outcome = match &mut outcomes {
                Ok(outcomes) => outcomes.next().ok_or(Fate::Unknown),
                Err(fate) => Err(*fate),
            };
            if job.reply.send(outcome).is_err() {
                tracing::trace!("a caller did not wait for its answer");
            }
        }
    }

    /// A panic leaves no job half done: they are only put in and taken out.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes commits in the order of their bodies; returns what the database said of each.
async fn write(db: &mut PgConnection, bodies: &[String]) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query(WRITE).bind(bodies).fetch_all(db).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in &rows {
        outcomes.push((row.try_get::<i64, _>("position")?, row.try_get("outcome")?));
    }
    outcomes.sort_unstable();
    Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
}

/// The right to have a statement under way. Dropping it passes it on to what has queued.
pub(crate) struct Place(Arc<Batches>);

impl Drop for Place {
    fn drop(&mut self) {
        let jobs = {
            let mut waiting = self.0.lock();
            let jobs = Batches::take(&mut waiting);
            waiting.under_way -= usize::from(jobs.is_empty());
            jobs
        };
        // A runtime that ends drops the task at once, and this place with it; those who wait are told.
        if !jobs.is_empty() {
            let next = Self(Arc::clone(&self.0));
            self.0.runtime.spawn(Batches::write_all(next, jobs));
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgConnectOptions;

    use super::*;
    use crate::open::Options;

    fn job(order: String) -> Job {
        Job { order, body: String::new(), reply: oneshot::channel().0 }
    }

    #[test]
    fn a_statement_takes_what_came_first_in_the_order_of_its_locks() {
        let queue = (0..70).rev().map(|number| job(format!("{number:02}"))).collect();
        let mut waiting = Waiting { under_way: 0, queue };
        let orders = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.order).collect::<Vec<_>>();
        let numbers =
            |range: std::ops::Range<u32>| range.map(|number| format!("{number:02}")).collect::<Vec<_>>();
        assert_eq!(orders(Batches::take(&mut waiting)), numbers(6..70));
        assert_eq!(orders(Batches::take(&mut waiting)), numbers(0..6));
        assert_eq!(orders(Batches::take(&mut waiting)), numbers(0..0));
    }

    #[tokio::test]
    async fn what_finds_no_place_is_answered_by_whoever_leaves_one() {
        // No server is there: what is written in turn fails at once.
        let to = PgConnectOptions::new_without_pgpass().socket("/nowhere");
        let batches = Batches::new(Arc::new(Pool::new(to, &Options::default())));
        let enter = || batches.enter(String::new(), "");
        let mut places: Vec<Place> = (0..STATEMENTS)
            .map(|under_way| match enter() {
                Turn::Now(place) => place,
                Turn::Shared(_) => panic!("{under_way} are under way"),
            })
            .collect();
        let Turn::Shared(answer) = enter() else { panic!("enough are under way") };
        assert_eq!(batches.written(), Written { statements: 4, commits: 4 });
        drop(places.pop());
        let answer = answer.await.expect("somebody answers");
        assert!(matches!(answer, Err(Fate::Undone)), "nothing was written");
        assert_eq!(batches.written(), Written { statements: 5, commits: 5 });
        assert_eq!(batches.lock().under_way, STATEMENTS - 1);
        places.clear();
        assert_eq!(batches.lock().under_way, 0);
    }
}
