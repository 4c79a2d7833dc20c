//! The immediate answer: a toast for a press, a reply to a command. It is given after the commit and out of
//! its way; if it is lost, the card still says what is true.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use incident_core::ports::{DeliveryError, Place};
use incident_core::view::Reply;
use serde::de::IgnoredAny;
use teloxide::payloads::AnswerCallbackQuery;
use teloxide::types::CallbackQueryId;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::failure::{CallError, classify};
use crate::messenger::Telegram;
use crate::outbound::{self, Drawing, Toast};

/// How many answers may be on their way beside the work; more are given before the chat goes on.
const AT_ONCE: usize = 256;
/// How long somebody is kept waiting for an answer to a command when Telegram asks for patience.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long after a lost answer to a press it is tried again.
const SOON: Duration = Duration::from_millis(500);

/// Where an answer goes.
#[derive(Debug, Clone)]
pub(super) enum ReplyTo {
    /// To whoever pressed a button.
    Press(CallbackQueryId),
    /// Into a chat.
    Message(Place),
    /// There is nobody to answer.
    Nobody,
}

/// Gives answers.
#[derive(Debug)]
pub(super) struct Answers {
    telegram: Telegram,
    permits: Arc<Semaphore>,
    tasks: Mutex<JoinSet<()>>,
}

enum Answer {
    Toast(CallbackQueryId, Toast),
    Message(Place, Drawing),
}

impl Answers {
    pub(super) fn new(telegram: Telegram) -> Self {
        Self { telegram, permits: Arc::new(Semaphore::new(AT_ONCE)), tasks: Mutex::new(JoinSet::new()) }
    }

    /// Answers; without a reply, only a press is, so that its spinner stops.
    pub(super) async fn give(&self, to: &ReplyTo, reply: Option<&Reply>) {
        let Some(answer) = answer(to, reply) else { return };
        if let Some(answer) = self.send_beside(answer) {
            send(&self.telegram, answer).await;
        }
    }

    /// Stops the spinner of a press that means nothing, unless there is more important to do.
    pub(super) fn give_if_idle(&self, to: &ReplyTo) {
        if answer(to, None).and_then(|answer| self.send_beside(answer)).is_some() {
            tracing::debug!("a press that means nothing stays without an answer");
        }
    }

    /// Sends an answer in a task of its own; gives it back if there are too many of them.
    fn send_beside(&self, answer: Answer) -> Option<Answer> {
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else { return Some(answer) };
        let telegram = self.telegram.clone();
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            send(&telegram, answer).await;
            drop(permit);
        });
        None
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

fn answer(to: &ReplyTo, reply: Option<&Reply>) -> Option<Answer> {
    match to {
        ReplyTo::Press(query) => {
            let nothing = Toast { text: String::new(), alert: false };
            Some(Answer::Toast(query.clone(), reply.map_or(nothing, outbound::toast)))
        }
        ReplyTo::Message(place) => {
            reply.and_then(outbound::answer).map(|drawing| Answer::Message(place.clone(), drawing))
        }
        ReplyTo::Nobody => None,
    }
}

async fn send(telegram: &Telegram, answer: Answer) {
    match answer {
        Answer::Toast(query, toast) => show(telegram, query, toast).await,
        Answer::Message(place, drawing) => write(telegram, &place, &drawing).await,
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

async fn write(telegram: &Telegram, place: &Place, drawing: &Drawing) {
    let result = match telegram.put(place, drawing).await {
        Err(DeliveryError::Temporary { retry_after: Some(wait), .. }) if wait <= LONGEST_WAIT => {
            tokio::time::sleep(wait).await;
            telegram.put(place, drawing).await
        }
        result => result,
    };
    if let Err(error) = result {
        tracing::warn!(chat = %place.chat, %error, "an answer could not be sent");
    }
}
