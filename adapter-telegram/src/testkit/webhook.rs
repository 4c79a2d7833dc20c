//! Delivery of updates to the bot's webhook: in order within a chat, repeated until accepted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::updates::Update;
use super::{Shared, World};

/// The pause after the first refusal of an update; doubled with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// How long the bot may take to answer one delivery.
const PATIENCE: Duration = Duration::from_secs(60);

/// One attempt to deliver an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The update's id; attempts at the same update share it.
    pub update_id: i64,
    /// The status the bot answered with, or nothing if it could not be reached.
    pub status: Option<u16>,
}

/// Where updates go, and how that went.
#[derive(Debug, Default)]
pub(super) struct Webhook {
    /// The bot's address; empty while it polls.
    pub(super) url: String,
    secret: String,
    /// Counts the changes of address, so that deliveries to an old one stop.
    generation: u64,
    /// Chats (or persons, for presses) with a delivery under way.
    busy: Vec<String>,
    pub(super) last_error: Option<(i64, String)>,
    /// When an address was last set; Telegram takes one a second.
    pub(super) set_at: Option<Instant>,
    pub(super) log: Vec<Delivery>,
}

impl Webhook {
    pub(super) fn set(&mut self, url: String, secret: String) {
        self.url = url;
        self.secret = secret;
        self.generation += 1;
        self.busy.clear();
        self.last_error = None;
    }

    /// Deliveries under way ended with the server that made them.
    pub(super) fn forget_busy(&mut self) {
        self.generation += 1;
        self.busy.clear();
    }
}

#[derive(Clone)]
struct Target {
    url: String,
    secret: String,
    generation: u64,
}

/// Delivers updates for as long as the server runs.
pub(super) async fn deliver(shared: Arc<Shared>) {
    let mut client = None;
    let mut tasks = tokio::task::JoinSet::new();
    loop {
        let (target, updates) = shared.until_mut(due).await;
        let client = client.get_or_insert_with(client_without_proxy);
        for update in updates {
            tasks.spawn(attempt(Arc::clone(&shared), client.clone(), target.clone(), update));
        }
        while tasks.try_join_next().is_some() {}
    }
}

/// Bots under test listen on the loopback interface, where a proxy from the environment has no business.
fn client_without_proxy() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client without options can be built")
}

fn due(world: &mut World) -> Option<(Target, Vec<Update>)> {
    if world.webhook.url.is_empty() || world.updates.is_empty() {
        return None;
    }
    let now = world.now();
    let updates = world.updates.due(&mut world.webhook.busy, now);
    let Webhook { url, secret, generation, .. } = &world.webhook;
    let target = Target { url: url.clone(), secret: secret.clone(), generation: *generation };
    (!updates.is_empty()).then_some((target, updates))
}

async fn attempt(shared: Arc<Shared>, client: reqwest::Client, target: Target, update: Update) {
    let mut pause = FIRST_PAUSE;
    loop {
        let mut request = client.post(&target.url);
        if !target.secret.is_empty() {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", &target.secret);
        }
        let request = request
            .header("content-type", "application/json")
            .timeout(PATIENCE)
            .body(update.body.to_string());
        let status = request.send().await.ok().map(|response| response.status().as_u16());
        let finished = shared.change(|world| settle(world, &target, &update, status));
        if finished {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Writes an attempt down and tells whether it was the last one for this update and address.
fn settle(world: &mut World, target: &Target, update: &Update, status: Option<u16>) -> bool {
    let now = world.now();
    world.webhook.log.push(Delivery { update_id: update.id, status });
    if world.webhook.generation != target.generation {
        return true;
    }
    let accepted = status.is_some_and(|status| (200..300).contains(&status));
    if accepted {
        world.updates.delivered(update.id);
        world.webhook.busy.retain(|lane| *lane != update.lane);
    } else {
        let why = status.map_or_else(
            || "Connection refused".to_owned(),
            |status| format!("Wrong response from the webhook: {status}"),
        );
        world.webhook.last_error = Some((now, why));
    }
    accepted
}
