//! The unfinished work: requests being handled, workers delivering, somebody looking at what is due.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::books::TaskId;
use super::run::Run;
use crate::desk::{Delivery, DeliveryEnd, HandleError, Request, WakeRound};
use crate::incident::Lane;
use crate::ports::StoreError;
use crate::testkit::invariants::{Broken, Held, must};
use crate::view::Reply;

/// Work that goes on a piece at a time.
pub(super) struct Task {
    pub(super) work: Work,
    future: Pin<Box<dyn Future<Output = Outcome> + Send>>,
}

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Handles an update; whether it had been applied when that began.
    Update { number: usize, applied: bool },
    /// Delivers one thing that is owed.
    Deliver(Lane),
    /// Looks at what is due.
    Wake,
    /// Takes away cards that others took the place of.
    Orphans,
    /// Computes all wakes anew, as at a start.
    Rearm,
}

/// What came of it.
pub(super) enum Outcome {
    Answered(Result<Reply, HandleError>),
    Delivered(Result<Option<Delivery>, StoreError>),
    Woken(Result<WakeRound, StoreError>),
    Retired(usize),
    Rearmed(Result<usize, StoreError>),
}

/// An update, as the platform keeps it.
pub(super) struct Update {
    pub(super) request: Request,
    /// By how many tasks it is being handled.
    pub(super) under_way: u32,
    /// Whether the platform was told that it was handled.
    pub(super) confirmed: bool,
}

impl Run {
    pub(super) fn enqueue(&mut self, request: Request) {
        self.updates.push(Update { request, under_way: 0, confirmed: false });
    }

    pub(super) fn start(&mut self, work: Work) -> TaskId {
        let id = self.next_task;
        self.next_task += 1;
        let desk = Arc::clone(&self.desk);
        let books = Arc::clone(&self.books);
        let future: Pin<Box<dyn Future<Output = Outcome> + Send>> = match work {
            Work::Update { number, .. } => {
                self.updates[number].under_way += 1;
                let request = self.updates[number].request.clone();
                Box::pin(async move { Outcome::Answered(desk.handle(request).await) })
            }
            Work::Deliver(lane) => Box::pin(async move {
                Outcome::Delivered(match desk.next_owed(lane).await {
                    Ok(Some(claim)) => {
                        books.with(|books| books.begin_delivery(&claim));
                        Ok(Some(desk.carry_out(claim).await))
                    }
                    Ok(None) => Ok(None),
                    Err(error) => Err(error),
                })
            }),
            Work::Wake => Box::pin(async move { Outcome::Woken(desk.wake_due(10).await) }),
            Work::Orphans => Box::pin(async move { Outcome::Retired(desk.retire_orphans().await) }),
            Work::Rearm => Box::pin(async move { Outcome::Rearmed(desk.rearm().await) }),
        };
        self.tasks.insert(id, Task { work, future });
        id
    }

    /// Begins to handle an update.
    pub(super) fn handle(&mut self, number: usize) -> TaskId {
        let key = &self.updates[number].request.key;
        let applied = self.books.with(|books| books.applied.contains(key));
        if self.updates[number].confirmed || self.updates[number].under_way > 0 {
            self.books.with(|books| books.say(format!("  ↻ ({}) is delivered again", number + 1)));
        }
        self.start(Work::Update { number, applied })
    }

    /// Goes on with a task; tells what came of it, if it ended.
    pub(super) fn poll(&mut self, id: TaskId) -> Option<(Work, Outcome)> {
        let task = self.tasks.get_mut(&id)?;
        self.books.with(|books| books.task = id);
        let polled = task.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.books.with(|books| books.task = 0);
        match polled {
            Poll::Ready(outcome) => {
                self.books.with(|books| books.judge(books.loops_were_told(id)));
                self.tasks.remove(&id).map(|task| (task.work, outcome))
            }
            Poll::Pending => None,
        }
    }

    /// Completes a task.
    pub(super) fn complete(&mut self, id: TaskId) -> Result<Outcome, Broken> {
        const LONG: u32 = 20_000;
        for _ in 0..LONG {
            if let Some((work, outcome)) = self.poll(id) {
                self.ended(work, &outcome)?;
                return Ok(outcome);
            }
        }
        Err(Broken { invariant: "whatever begins ends", how: format!("task {id} never does") })
    }

    /// A task dies where it stands, with what it holds.
    pub(super) fn kill(&mut self, id: TaskId) {
        let Some(task) = self.tasks.remove(&id) else {
            return;
        };
        self.books.with(|books| books.excuse(id));
        if let Work::Update { number, .. } = task.work {
            self.updates[number].under_way -= 1;
        }
    }

    /// Takes note of how a task ended.
    pub(super) fn ended(&mut self, work: Work, outcome: &Outcome) -> Held {
        let calm = self.weather.calm;
        match outcome {
            Outcome::Answered(answer) => self.answered(work, answer),
            Outcome::Delivered(Ok(Some(Delivery { end, claim }))) => match end {
                DeliveryEnd::Done | DeliveryEnd::Overtaken => Ok(()),
                DeliveryEnd::Retried { .. }
                | DeliveryEnd::Abandoned { .. }
                | DeliveryEnd::Late
                | DeliveryEnd::Failed(_) => must(!calm, "in calm weather every delivery succeeds", || {
                    format!("{:?}: {end:?}", claim.owed)
                }),
            },
            Outcome::Woken(Ok(WakeRound { failed, .. })) => {
                must(failed.is_empty() || !calm, "in calm weather every wake succeeds", || {
                    format!("{failed:?}")
                })
            }
            Outcome::Delivered(Err(error)) | Outcome::Woken(Err(error)) | Outcome::Rearmed(Err(error)) => {
                must(!calm, "in calm weather the store answers", || error.to_string())
            }
            Outcome::Delivered(Ok(None)) | Outcome::Retired(_) | Outcome::Rearmed(Ok(_)) => Ok(()),
        }
    }

    fn answered(&mut self, work: Work, answer: &Result<Reply, HandleError>) -> Held {
        let Work::Update { number, applied } = work else {
            return Ok(());
        };
        self.updates[number].under_way -= 1;
        let reply = match answer {
            Ok(reply) => reply,
            Err(HandleError::Unsettled) => return Ok(()),
            Err(HandleError::Contended) => {
                return must(false, "nobody is outrun for ever", || format!("({})", number + 1));
            }
            Err(HandleError::Store(error)) => {
                let how = || format!("({}): {error}", number + 1);
                return must(!self.weather.calm, "in calm weather the store answers", how);
            }
        };
        self.updates[number].confirmed = true;
        let said = reply.said.as_str();
        let text: String = reply.text().replace('\n', " ").chars().take(120).collect();
        self.books.with(|books| {
            books.tale.figures.requests += 1;
            books.say(format!("  ({}) is answered: {said} {text}", number + 1));
        });
        // What a chat is told that was suspended or moved meanwhile is another matter.
        let request = &self.updates[number].request;
        let moved = !self.houses.iter().any(|house| house.chat == request.chat);
        let excused = moved || matches!(said, "suspended" | "try_again");
        let accepted = matches!(said, "done" | "reported" | "rostered" | "nothing");
        must(!applied || accepted || excused, "what was accepted is answered as accepted", || {
            format!("({}) is answered {said} {text}", number + 1)
        })
    }
}
