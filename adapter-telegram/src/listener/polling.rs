//! Long polling that confirms late.
//!
//! While nothing is in work, a poll waits for news at Telegram's. While something is, polls come back at once
//! with what is unfinished and what is new, so they are paced here, and what is known already is skipped.

use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use incident_core::adapter::Backoff;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use teloxide::payloads::DeleteWebhook;
use teloxide::types::AllowedUpdate;
use tokio::task::JoinSet;

use super::intake::{Intake, What, id_of};
use super::lanes::{End, Lanes, Patience};
use super::ledger::{Ledger, SHOWN};
use super::start::{self, WANTED};
use super::{ListenError, Listener, SHUTDOWN_LIMIT, Shutdown};
use crate::failure::CallError;
use crate::messenger::{Body, Telegram};

/// How long Telegram holds back an answer without news, in seconds.
const POLL_SECONDS: u32 = 25;
/// How much longer the answer may take before the connection counts as lost.
const POLL_GRACE: Duration = Duration::from_secs(10);
/// How long what is in work may take to finish before Telegram is asked for more beside it.
const FIRST_BREATH: Duration = Duration::from_millis(20);
/// The same, when asking brought nothing new again and again.
const LONGEST_BREATH: Duration = Duration::from_millis(250);
/// How long the last confirmation may take.
const LAST_CALL_LIMIT: Duration = Duration::from_secs(3);

/// Polls until the end.
pub(super) async fn run(listener: Listener, mut shutdown: Shutdown) -> Result<(), ListenError> {
    let telegram = listener.telegram.clone();
    let starting = async { tokio::join!(start::introduce(&telegram), remove_webhook(&telegram)).0 };
    let bot = tokio::select! {
        biased;
        () = &mut shutdown => return Ok(()),
        bot = starting => bot?,
    };
    tracing::info!(bot = %bot.id, username = bot.username, "polling for updates");
    let mut menus = JoinSet::new();
    menus.spawn(start::register_menus(telegram.clone()));
    let mut poller = Poller {
        intake: listener.intake(bot),
        lanes: listener.lanes(),
        on_poll: Arc::clone(&listener.on_poll),
        telegram,
        ledger: Ledger::default(),
        in_work: FuturesUnordered::new(),
        asked: None,
        breath: Backoff::new(FIRST_BREATH, LONGEST_BREATH),
        trouble: start::patience(),
        refusals: 0,
    };
    let result = tokio::select! {
        biased;
        () = shutdown => Ok(()),
        error = poller.poll() => Err(error),
    };
    poller.close().await;
    result
}

/// Polling is refused while a webhook is set.
async fn remove_webhook(telegram: &Telegram) {
    if let Err(error) = telegram.call(&DeleteWebhook::new()).await.map(drop::<IgnoredAny>) {
        tracing::warn!(%error, "a webhook that may be set could not be removed");
    }
}

struct Poller {
    intake: Intake,
    lanes: Lanes,
    on_poll: Arc<dyn Fn() + Send + Sync>,
    telegram: Telegram,
    ledger: Ledger,
    in_work: FuturesUnordered<BoxFuture<'static, (u32, End)>>,
    /// The last offset that Telegram was given.
    asked: Option<u32>,
    breath: Backoff,
    trouble: Backoff,
    refusals: u32,
}

#[derive(Serialize)]
struct Poll {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<u32>,
    limit: usize,
    timeout: u32,
    allowed_updates: [AllowedUpdate; 4],
}

impl Poller {
    /// Polls for ever; returns only if that has become pointless. It may be dropped at any point.
    async fn poll(&mut self) -> ListenError {
        loop {
            if let Err(error) = self.round().await {
                return error;
            }
        }
    }

    async fn round(&mut self) -> Result<(), ListenError> {
        self.let_work_end().await;
        match self.fetch().await {
            Ok(updates) => {
                (self.on_poll)();
                self.trouble.reset();
                self.refusals = 0;
                self.take(updates);
                Ok(())
            }
            Err(error) => self.endure(&error).await,
        }
    }

    /// Gives what is in work a moment to finish, so that the next poll can confirm it.
    async fn let_work_end(&mut self) {
        let moment = tokio::time::sleep(self.breath.upcoming());
        tokio::pin!(moment);
        while self.ledger.in_work() > 0 {
            tokio::select! {
                Some((id, end)) = self.in_work.next() => self.note(id, end),
                () = &mut moment => break,
            }
        }
    }

    fn note(&mut self, id: u32, end: End) {
        match end {
            End::Done => self.ledger.finish(id),
            End::Failed => self.ledger.lose(id),
        }
    }

    async fn fetch(&mut self) -> Result<Vec<Value>, CallError> {
        let busy = self.ledger.in_work() > 0;
        let confirmed = self.ledger.offset();
        // Telegram shows a single update to who asks for the same twice within half a second. What lies below
        // is confirmed already, so asking for one less confirms nothing new.
        let again = busy && self.asked == Some(confirmed);
        let offset = if again { confirmed.saturating_sub(1) } else { confirmed };
        let poll = Poll {
            offset: (offset > 0).then_some(offset),
            limit: SHOWN,
            timeout: if busy { 0 } else { POLL_SECONDS },
            allowed_updates: WANTED,
        };
        let updates =
            ask(&self.telegram, &poll, Duration::from_secs(POLL_SECONDS.into()) + POLL_GRACE).await?;
        self.asked = Some(offset);
        self.ledger.confirmed(confirmed);
        Ok(updates)
    }

    /// Takes in what is new.
    fn take(&mut self, updates: Vec<Value>) {
        let mut news = false;
        for raw in updates {
            let Some(id) = id_of(&raw) else {
                tracing::warn!("an update without an id was left");
                continue;
            };
            if self.ledger.take(id) {
                news = true;
                self.begin(id, raw);
            }
        }
        if news {
            self.breath.reset();
        } else {
            self.breath.pause();
        }
    }

    fn begin(&mut self, id: u32, raw: Value) {
        match self.intake.read(raw) {
            What::Nothing => self.ledger.finish(id),
            What::Answer(to) => {
                self.lanes.answer(&to);
                self.ledger.finish(id);
            }
            What::Work(work) => {
                let ended = self.lanes.submit(work, Patience::UntilDone);
                self.in_work.push(ended.map(move |end| (id, end.unwrap_or(End::Failed))).boxed());
            }
        }
    }

    /// Waits until polling may succeed again.
    async fn endure(&mut self, error: &CallError) -> Result<(), ListenError> {
        metrics::counter!("telegram_poll_errors_total", "kind" => error.kind()).increment(1);
        self.refusals = if error.is_unauthorised() { self.refusals + 1 } else { 0 };
        if self.refusals >= start::MOST_REFUSALS {
            return Err(ListenError::Unauthorised { reason: error.to_string() });
        }
        if error.is_conflict() {
            tracing::error!(
                %error,
                "somebody else receives this bot's updates: another process polls with the same token, or set a \
                 webhook; end one of the two"
            );
            remove_webhook(&self.telegram).await;
        }
        start::wait(&mut self.trouble, error, "getUpdates").await;
        Ok(())
    }

    /// Ends the work under way and confirms it.
    async fn close(&mut self) {
        if tokio::time::timeout(SHUTDOWN_LIMIT, self.lanes.close()).await.is_err() {
            tracing::warn!("some updates are not finished in time; they will be delivered again");
        }
        while let Some(Some((id, end))) = self.in_work.next().now_or_never() {
            self.note(id, end);
        }
        let offset = self.ledger.offset();
        let asked = self.asked.unwrap_or(0);
        if offset == asked || self.refusals > 0 {
            return;
        }
        let poll = Poll { offset: Some(offset), limit: 1, timeout: 0, allowed_updates: WANTED };
        if let Err(error) = ask(&self.telegram, &poll, LAST_CALL_LIMIT).await {
            tracing::warn!(%error, "what was handled last could not be confirmed; it will be delivered again");
        }
    }
}

async fn ask(telegram: &Telegram, poll: &Poll, limit: Duration) -> Result<Vec<Value>, CallError> {
    let body = serde_json::to_vec(poll).expect("numbers and words can be written as JSON");
    telegram.call_with("getUpdates", Body::Json(body), limit).await
}
