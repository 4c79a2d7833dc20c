//! What a test reads, waits for and breaks.

use std::time::Duration;

use super::chat::Message;
use super::fault::{Fault, Limits};
use super::webhook::Delivery;
use super::{Answer, BotApi, Call, Menu, World};

/// How long a condition may take to come true.
const DEADLINE: Duration = Duration::from_secs(30);

/// Waiting.
impl BotApi {
    /// Waits until the condition gives something; it is looked at after every change of the world.
    ///
    /// # Panics
    /// After 30 seconds, with `what` was waited for, all chats and the last calls.
    pub async fn wait_until<T>(&self, condition: impl FnMut(&World) -> Option<T>, what: &str) -> T {
        self.wait_at_most(DEADLINE, condition, what).await
    }

    /// Waits like `wait_until`, with a deadline of the test's own.
    ///
    /// # Panics
    /// When the deadline has passed.
    pub async fn wait_at_most<T>(
        &self,
        deadline: Duration,
        condition: impl FnMut(&World) -> Option<T>,
        what: &str,
    ) -> T {
        match tokio::time::timeout(deadline, self.inner.shared.until(condition)).await {
            Ok(found) => found,
            Err(_) => panic!("waited {deadline:?} in vain for {what}\n{}", self.read(World::dump)),
        }
    }

    /// Waits for the answer to a press.
    ///
    /// # Panics
    /// After 30 seconds.
    pub async fn wait_answer(&self, query: &str) -> Answer {
        self.wait_until(|world| world.answer_of(query).cloned(), &format!("an answer to press {query}")).await
    }

    /// Waits until the newest message of the bot with these words is there.
    ///
    /// # Panics
    /// After 30 seconds.
    pub async fn wait_said(&self, chat: i64, words: &str) -> Message {
        self.wait_until(|world| world.said(chat, words).cloned(), &format!("{words:?} in chat {chat}")).await
    }

    /// Waits until the bot has confirmed every update.
    ///
    /// # Panics
    /// After 30 seconds.
    pub async fn wait_confirmed(&self) {
        self.wait_until(|world| (world.unconfirmed() == 0).then_some(()), "all updates to be confirmed")
            .await;
    }
}

/// Reading, with owned results; see [`World`] for each.
impl BotApi {
    /// Lists the messages of a chat that are still there.
    pub fn messages(&self, chat: i64) -> Vec<Message> {
        self.read(|world| world.messages(chat).cloned().collect())
    }

    /// Returns one message, deleted or not.
    pub fn message(&self, chat: i64, id: i64) -> Option<Message> {
        self.read(|world| world.message(chat, id).cloned())
    }

    /// Lists the pinned messages in the order of pinning.
    pub fn pinned(&self, chat: i64) -> Vec<Message> {
        self.read(|world| world.pinned(chat).into_iter().cloned().collect())
    }

    /// Lists the answers to presses in the order they were given.
    pub fn answers(&self) -> Vec<Answer> {
        self.read(|world| world.answers().to_vec())
    }

    /// Returns the answer to one press.
    pub fn answer_of(&self, query: &str) -> Option<Answer> {
        self.read(|world| world.answer_of(query).cloned())
    }

    /// Lists the calls of the bot in the order they arrived.
    pub fn calls(&self) -> Vec<Call> {
        self.read(|world| world.calls().to_vec())
    }

    /// Counts the calls of a method that arrived, failed ones included.
    pub fn count(&self, method: &str) -> usize {
        self.read(|world| world.count(method))
    }

    /// Counts the updates the bot has not confirmed yet.
    pub fn unconfirmed(&self) -> usize {
        self.read(World::unconfirmed)
    }

    /// Lists the command menu (name, description) of a language, `""` being the default one.
    pub fn commands(&self, language: &str) -> Vec<(String, String)> {
        self.read(|world| world.commands(language))
    }

    /// Lists every command menu set.
    pub fn menus(&self) -> Vec<Menu> {
        self.read(World::menus)
    }

    /// Tells a chat as text.
    pub fn transcript(&self, chat: i64) -> String {
        self.read(|world| world.transcript(chat))
    }

    /// Lists the attempts to deliver updates to the webhook.
    pub fn webhook_log(&self) -> Vec<Delivery> {
        self.read(|world| world.webhook_log().to_vec())
    }
}

/// Breaking things.
impl BotApi {
    /// Queues a fault for the next call of a method (`*` for any); several are used up in order.
    pub fn fail_next(&self, method: &str, fault: Fault) {
        self.act(|world| world.traffic.fail_next(method, fault));
    }

    /// Tells whether a fault queued for this method has not been used yet.
    pub fn still_to_fail(&self, method: &str) -> bool {
        self.read(|world| world.traffic.has_queued(method))
    }

    /// Makes calls of every method fail at random; the same seed fails the same calls in the order they
    /// arrive. A probability of 0.03 fails three in a hundred.
    pub fn faults(&self, seed: u64, probability: f64, kinds: &[Fault]) {
        self.faults_in(&[], seed, probability, kinds);
    }

    /// Makes only calls of the named methods fail at random; no names mean all.
    pub fn faults_in(&self, methods: &[&str], seed: u64, probability: f64, kinds: &[Fault]) {
        self.act(|world| world.traffic.randomly(seed, probability, kinds, methods));
    }

    /// Ends all faults, limits, slowness and hangs.
    pub fn calm(&self) {
        self.act(|world| world.traffic.calm());
    }

    /// Enforces flood limits from now on.
    pub fn enforce_limits(&self, limits: Limits) {
        self.act(|world| world.traffic.limit(Some(limits)));
    }

    /// Makes every call about a chat, though carried out at once, be answered this late; zero ends it.
    pub fn slow(&self, chat: i64, delay: Duration) {
        self.act(|world| world.traffic.slow(chat, delay));
    }

    /// Lets every hanging call go on.
    pub fn release_hangs(&self) {
        self.act(|world| world.traffic.released += 1);
    }

    /// Makes a poll that repeats the last offset within three seconds wait for three, as Telegram does to
    /// clients that poll in a hurry; off at first, since it is slow.
    pub fn pace_polls(&self, on: bool) {
        self.act(|world| world.updates.pacing = on);
    }

    /// Moves Telegram's clock ahead: dates of messages, age of presses and updates.
    pub fn advance(&self, time: Duration) {
        self.act(|world| world.clock_ahead += time);
    }
}
