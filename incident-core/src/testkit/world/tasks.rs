//! The unfinished work: requests being handled, workers delivering, somebody looking at what is due.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::books::{ANSWERED, Beat, TaskId};
use super::run::Run;
use crate::desk::{Ask, Delivery, DeliveryEnd, HandleError, Request, WakeRound};
use crate::incident::Lane;
use crate::ports::StoreError;
use crate::testkit::invariants::{Broken, Held, must};
use crate::view::Reply;

/// Work that goes on a piece at a time.
pub(super) struct Task {
    pub(super) work: Work,
    /// Whether things went wrong in the world when it began.
    stormy: bool,
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

/// A task that ended.
pub(super) struct Ended {
    id: TaskId,
    work: Work,
    stormy: bool,
    pub(super) outcome: Outcome,
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
        self.books.with(|books| books.begun(id));
        self.tasks.insert(id, Task { work, stormy: !self.weather.calm, future });
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
    pub(super) fn poll(&mut self, id: TaskId) -> Option<Ended> {
        let task = self.tasks.get_mut(&id)?;
        self.books.with(|books| (books.task, books.beat) = (id, books.beat + 1));
        let polled = task.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.books.with(|books| books.task = 0);
        match polled {
            Poll::Ready(outcome) => {
                self.books.with(|books| {
                    books.judge(books.loops_were_told(id));
                    books.left(id, false);
                });
                let Task { work, stormy, .. } = self.tasks.remove(&id)?;
                Some(Ended { id, work, stormy, outcome })
            }
            Poll::Pending => None,
        }
    }

    /// Completes a task.
    pub(super) fn complete(&mut self, id: TaskId) -> Result<Outcome, Broken> {
        const LONG: u32 = 20_000;
        for _ in 0..LONG {
            if let Some(ended) = self.poll(id) {
                self.ended(&ended)?;
                return Ok(ended.outcome);
            }
        }
        Err(Broken { invariant: "whatever begins ends", how: format!("task {id} never does") })
    }

    /// A task dies where it stands, with what it holds.
    pub(super) fn kill(&mut self, id: TaskId) {
        let Some(task) = self.tasks.remove(&id) else {
            return;
        };
        self.books.with(|books| books.left(id, true));
        if let Work::Update { number, .. } = task.work {
            self.updates[number].under_way -= 1;
        }
    }

    /// Takes note of how a task ended. What began in calm weather succeeds; only that a chat has moved, or that a
    /// group is suspended, is found out by trying.
    pub(super) fn ended(&mut self, ended: &Ended) -> Held {
        let Ended { stormy, outcome, .. } = ended;
        match outcome {
            Outcome::Answered(answer) => self.answered(ended, answer),
            Outcome::Delivered(Ok(Some(Delivery { end, claim }))) => {
                let excused = match end {
                    DeliveryEnd::Done | DeliveryEnd::Overtaken => true,
                    DeliveryEnd::Retried { .. } => {
                        *stormy || self.books.with(|books| books.chats.chat(&claim.chat).moved_to.is_some())
                    }
                    // Judged when it was settled.
                    DeliveryEnd::Abandoned { .. } => true,
                    DeliveryEnd::Late | DeliveryEnd::Failed(_) => *stormy,
                };
                must(excused, "in calm weather every delivery succeeds", || {
                    format!("{:?}: {end:?}", claim.owed)
                })
            }
            Outcome::Woken(Ok(WakeRound { failed, .. })) => {
                must(failed.is_empty() || *stormy, "in calm weather every wake succeeds", || {
                    format!("{failed:?}")
                })
            }
            Outcome::Delivered(Err(error)) | Outcome::Woken(Err(error)) | Outcome::Rearmed(Err(error)) => {
                must(*stormy, "in calm weather the store answers", || error.to_string())
            }
            Outcome::Delivered(Ok(None)) | Outcome::Retired(_) | Outcome::Rearmed(Ok(_)) => Ok(()),
        }
    }

    fn answered(&mut self, ended: &Ended, answer: &Result<Reply, HandleError>) -> Held {
        let Ended { id, work: Work::Update { number, applied }, stormy, .. } = *ended else {
            return Ok(());
        };
        self.updates[number].under_way -= 1;
        let began = self.books.with(|books| books.doing(id).began);
        let reply = match answer {
            Ok(reply) => reply,
            Err(HandleError::Unsettled) => return self.may_be_unsettled(number, began),
            Err(HandleError::Contended) => {
                return must(false, "nobody is outrun for ever", || format!("({})", number + 1));
            }
            Err(HandleError::Store(error)) => {
                let how = || format!("({}): {error}", number + 1);
                return must(stormy, "in calm weather the store answers", how);
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
        let house = self.house_in(&request.chat);
        let excused = house.is_none_or(|house| match said {
            "suspended" => {
                let group = (house.company, house.group);
                self.books.with(|books| books.rosters.was_suspended_since(group, began))
            }
            "try_again" => stormy,
            _ => false,
        });
        let accepted = matches!(said, "done" | "reported" | "rostered" | "nothing");
        must(!applied || accepted || excused, "what was accepted is answered as accepted", || {
            format!("({}) is answered {said} {text}", number + 1)
        })
    }

    /// Whoever answers a message is put off only while some message is on its way to that chat, or was sent there by
    /// somebody who may still write it down.
    fn may_be_unsettled(&self, number: usize, began: Beat) -> Held {
        let Ask::Answer { to, .. } = &self.updates[number].request.ask else {
            return must(false, "only an answer is put off", || format!("({})", number + 1));
        };
        let sending = self.books.with(|books| {
            books.was_sending_since(began, &to.chat)
                || ANSWERED.iter().any(|lane| books.dues.is_claimed(&to.chat, *lane))
        });
        must(sending, "an answer is put off while its question may be on its way", || {
            format!("({}), and nothing is on its way to {}", number + 1, to.chat)
        })
    }
}
