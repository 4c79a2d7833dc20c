//! The immediate answer: a toast for a press, a reply to a command. It is given after the commit and out of
//! its way; if it is lost, the card still says what is true.
//!
//! Replies into one chat are sent one after another, in the order of what they answer, and not while Telegram
//! wants the chat to be left alone. A toast is no message: it goes at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use incident_core::ids::ChatRef;
use incident_core::ports::{DeliveryError, Place};
use incident_core::view::Reply;
use serde::de::IgnoredAny;
use teloxide::payloads::AnswerCallbackQuery;
use teloxide::types::CallbackQueryId;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::failure::{CallError, classify};
use crate::messenger::Telegram;
use crate::outbound::{self, Drawing, Toast};

/// How many answers may wait; further ones are left out, for the work must not wait for them.
const MOST_WAITING: usize = 4_096;
/// How many answers may be on their way at once.
const AT_ONCE: usize = 256;
/// How long somebody is kept waiting for an answer to a command when Telegram asks for patience.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long after a lost answer to a press it is tried again.
const SOON: Duration = Duration::from_millis(500);

/// Where an answer goes.
#[derive(Debug, Clone)]
pub(super) enum ReplyTo {
    /// To whoever pressed a button; where there is more to say than a toast can, below its message.
    Press(CallbackQueryId, Option<Place>),
    /// Into a chat.
    Message(Place),
    /// There is nobody to answer.
    Nobody,
}

/// Gives answers.
#[derive(Debug)]
pub(super) struct Answers {
    sender: Sender,
    room: Arc<Semaphore>,
    /// For each chat, what ends when the last answer into it is given.
    last: Mutex<HashMap<ChatRef, oneshot::Receiver<()>>>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Debug, Clone)]
struct Sender {
    telegram: Telegram,
    at_once: Arc<Semaphore>,
}

enum Answer {
    Toast(CallbackQueryId, Toast),
    Message(Place, Drawing),
}

impl Answers {
    pub(super) fn new(telegram: Telegram) -> Self {
        Self {
            sender: Sender { telegram, at_once: Arc::new(Semaphore::new(AT_ONCE)) },
            room: Arc::new(Semaphore::new(MOST_WAITING)),
            last: Mutex::default(),
            tasks: Mutex::new(JoinSet::new()),
        }
    }

    /// Answers in a task of its own; without a reply, only a press is, so that its spinner stops.
    pub(super) fn give(&self, to: &ReplyTo, reply: Option<&Reply>) {
        answers(to, reply).into_iter().for_each(|answer| self.queue(answer));
    }

    fn queue(&self, answer: Answer) {
        let Ok(room) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::warn!("an answer is left out: too many others wait to be given");
            return;
        };
        let sender = self.sender.clone();
        let given = Instant::now();
        let turn = self.turn(&answer);
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            let (before, _turn) = turn;
            if let Some(before) = before {
                // It sends nothing; it is dropped when the answer before is given, or lost.
                drop(before.await);
            }
            sender.send(answer, given).await;
            drop(room);
        });
    }

    /// Stops the spinner of a press that means nothing, unless there is more important to do.
    pub(super) fn give_if_idle(&self, to: &ReplyTo) {
        if self.sender.at_once.available_permits() > 0 {
            self.give(to, None);
        } else {
            tracing::debug!("a press that means nothing stays without an answer");
        }
    }

    /// Queues a message behind the last one into its chat: what to wait for, and what others wait for.
    fn turn(&self, answer: &Answer) -> (Option<oneshot::Receiver<()>>, Option<oneshot::Sender<()>>) {
        let Answer::Message(place, _) = answer else { return (None, None) };
        let (turn, ended) = oneshot::channel();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|_, ended| ended.try_recv() == Err(TryRecvError::Empty));
        (last.insert(place.chat.clone(), ended), Some(turn))
    }

    /// Waits until the answers under way are given.
    pub(super) async fn finish(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks());
        while tasks.join_next().await.is_some() {}
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answers(to: &ReplyTo, reply: Option<&Reply>) -> Vec<Answer> {
    let message = |place: &Place| {
        let drawing = reply.and_then(outbound::answer)?;
        Some(Answer::Message(place.clone(), drawing))
    };
    let asks = reply.is_some_and(|reply| !reply.buttons.is_empty());
    match to {
        // A toast has no buttons.
        ReplyTo::Press(query, Some(place)) if asks => {
            std::iter::once(Answer::Toast(query.clone(), nothing())).chain(message(place)).collect()
        }
        ReplyTo::Press(query, _) => {
            vec![Answer::Toast(query.clone(), reply.map_or_else(nothing, outbound::toast))]
        }
        ReplyTo::Message(place) => message(place).into_iter().collect(),
        ReplyTo::Nobody => Vec::new(),
    }
}

const fn nothing() -> Toast {
    Toast { text: String::new(), alert: false }
}

impl Sender {
    async fn send(&self, answer: Answer, given: Instant) {
        match answer {
            Answer::Toast(query, toast) => {
                let _permit = self.at_once.acquire().await;
                show(&self.telegram, query, toast).await;
            }
            Answer::Message(place, drawing) => self.write(&place, &drawing, given + LONGEST_WAIT).await,
        }
    }

    /// Waits while Telegram wants a chat to be left alone, unless that is too long.
    async fn leave_alone(&self, place: &Place, latest: Instant) -> Result<(), DeliveryError> {
        while let Some(until) = self.telegram.flooded_until(&place.chat.chat) {
            if until > latest {
                let reason = "Telegram wants the chat to be left alone for too long".to_owned();
                return Err(DeliveryError::Temporary { reason, retry_after: None });
            }
            tokio::time::sleep_until(until).await;
        }
        Ok(())
    }

    /// Writes into a chat when it may be written to, and once more if that was too early.
    async fn write(&self, place: &Place, drawing: &Drawing, latest: Instant) {
        let once = async || {
            self.leave_alone(place, latest).await?;
            let _permit = self.at_once.acquire().await;
            self.telegram.put(place, drawing).await
        };
        let result = match once().await {
            Err(DeliveryError::Temporary { retry_after: Some(_), .. }) => once().await,
            result => result,
        };
        if let Err(error) = result {
            tracing::warn!(chat = %place.chat, %error, "an answer could not be sent");
        }
    }
}

/// Answering a press twice does no harm, so what is lost is tried once more, while the person still waits.
async fn show(telegram: &Telegram, query: CallbackQueryId, toast: Toast) {
    let mut payload = AnswerCallbackQuery::new(query);
    if !toast.text.is_empty() {
        payload.text = Some(toast.text);
        payload.show_alert = Some(toast.alert);
    }
    let once = async || telegram.call(&payload).await.map(drop::<IgnoredAny>);
    let result = match once().await {
        Err(error) if is_temporary(&error) => {
            tokio::time::sleep(error.retry_after().unwrap_or(SOON).min(LONGEST_WAIT)).await;
            once().await
        }
        result => result,
    };
    if let Err(error) = result {
        // Presses can be answered for some minutes and once; after a restart both may have passed.
        tracing::debug!(%error, "a press stays without its answer");
    }
}

fn is_temporary(error: &CallError) -> bool {
    matches!(classify(error), Some(DeliveryError::Temporary { .. }))
}
