//! A desk at work in a channel: Mia owns the guild and manages, Ann responds, Dan reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Message, right};
use adapter_discord::{Discord, DiscordOptions, ListenError, Listener, SecretString};
use incident_core::desk::Desk;
use incident_core::ids::Platform;
use incident_core::incident::Lane;
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Clock, Inbox};
use incident_core::time::Timestamp;
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// A clock that shows the time, or a later one.
#[derive(Debug, Default)]
pub(crate) struct Ahead(AtomicU64);

impl Ahead {
    /// Moves it on.
    pub(crate) fn advance(&self, time: Duration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ahead = Duration::from_secs(self.0.load(Ordering::SeqCst));
        Timestamp::from_secs(0) + since.unwrap_or_default() + ahead
    }
}

pub(crate) struct Shift {
    preset: Preset,
    pub(crate) api: DiscordApi,
    pub(crate) discord: Discord,
    pub(crate) guild: u64,
    pub(crate) channel: u64,
    pub(crate) mia: u64,
    pub(crate) ann: u64,
    pub(crate) dan: u64,
    pub(crate) clock: Arc<Ahead>,
    store: Arc<MemoryStore>,
    /// How long the desk takes over everything.
    pub(crate) slow: Arc<AtomicU64>,
    fresh: Arc<AtomicU64>,
    at_work: AtWork,
}

struct AtWork {
    stop: Option<oneshot::Sender<()>>,
    listening: JoinHandle<Result<(), ListenError>>,
    delivering: JoinHandle<()>,
}

impl Shift {
    pub(crate) async fn begin() -> Self {
        Self::with(DiscordApi::start()).await
    }

    /// Opens a desk in a new channel of a new guild.
    pub(crate) async fn with(api: DiscordApi) -> Self {
        Self::by(api, Preset::TwoTier).await
    }

    /// Opens a desk where every incident has a room.
    pub(crate) async fn in_rooms() -> Self {
        Self::by(DiscordApi::start(), Preset::Tickets).await
    }

    async fn by(api: DiscordApi, preset: Preset) -> Self {
        let (mia, ann, dan) = (api.user("Mia"), api.user("Ann"), api.user("Dan"));
        let guild = api.guild("Drivers", mia);
        let channel = api.channel(guild, "incidents");
        api.let_bot_in_guild(guild, right::ROOMS, true);
        api.join(guild, ann);
        api.join(guild, dan);
        let token = SecretString::from(api.token());
        let discord = Discord::new(DiscordOptions { token, api_url: api.url() }).expect("a client is made");
        let (clock, store) = (Arc::new(Ahead::default()), Arc::new(MemoryStore::new()));
        let (slow, fresh) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(1)));
        let at_work = work((&discord, preset), &store, &clock, (&slow, &fresh));
        let shift =
            Self { preset, api, discord, guild, channel, mia, ann, dan, clock, store, slow, fresh, at_work };
        shift.connected(0).await;
        let named =
            shift.api.command(channel, mia, "group/configure_managers", &[("person", &mia.to_string())]);
        shift.handled(named).await;
        shift.settle_roles(&[ann]).await;
        shift
    }

    /// Waits until the bot has connected once more than so often.
    pub(crate) async fn connected(&self, before: usize) {
        let again = |world: &adapter_discord::testkit::World| {
            (world.is_connected() && world.sessions().0 > before).then_some(())
        };
        self.api.wait_until(again, "a connection").await;
    }

    /// Ends the desk as `kill -9` does: nothing of it is at work afterwards.
    pub(crate) async fn crash(&mut self) {
        self.at_work.listening.abort();
        self.at_work.delivering.abort();
        drop((&mut self.at_work.listening).await);
        let patience = tokio::time::timeout(Duration::from_secs(30), async {
            // Whatever still listens can ask the desk, and so knows how slow it is.
            while Arc::strong_count(&self.slow) > 1 {
                tokio::task::yield_now().await;
            }
        });
        patience.await.expect("what listened ends with the listener");
    }

    /// Starts the desk again, with what is stored.
    pub(crate) async fn restart(&mut self) {
        let (before, _) = self.api.read(|world| world.sessions());
        self.at_work =
            work((&self.discord, self.preset), &self.store, &self.clock, (&self.slow, &self.fresh));
        self.connected(before).await;
    }

    /// Adds somebody to the guild.
    pub(crate) fn responder(&self, name: &str) -> u64 {
        let user = self.api.user(name);
        self.api.join(self.guild, user);
        user
    }

    /// Makes responders of people.
    pub(crate) async fn settle_roles(&self, people: &[u64]) {
        for user in people {
            let id = user.to_string();
            let asked = self.api.command(self.channel, self.mia, "group/add_dispatcher", &[("person", &id)]);
            self.handled(asked).await;
        }
    }

    /// Waits until a command is answered, or its waiting is ended.
    pub(crate) async fn handled(&self, interaction: u64) {
        let token = format!("aW50ZXJhY3Rpb24-{interaction}");
        self.api
            .wait_until(
                |world| {
                    let ended = |call: &&adapter_discord::testkit::Call| {
                        call.status != 0 && call.path.contains(&token) && call.path.ends_with("@original")
                    };
                    world.calls().iter().find(ended).map(drop)
                },
                "the end of a command",
            )
            .await;
    }

    /// Reports an incident, and returns its card.
    pub(crate) async fn report(&self, text: &str) -> Message {
        self.api.command(self.channel, self.dan, "new_issue", &[("text", text)]);
        self.card(text).await
    }

    pub(crate) fn text(&self, message: &Message) -> String {
        self.api.shown(message).text
    }

    /// Lists the cards in the channel that say something.
    pub(crate) fn cards(&self, words: &str) -> Vec<Message> {
        let all = self.api.messages(self.channel).into_iter();
        all.filter(|message| !message.embeds.is_empty() && self.text(message).contains(words)).collect()
    }

    /// Waits for the room of the first incident.
    pub(crate) async fn room(&self) -> u64 {
        let named = || {
            let places = self.api.places(self.guild).into_iter();
            places.into_iter().find(|place| self.api.described(*place).0 == "tkt-2026-0001")
        };
        let found = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                match named() {
                    Some(room) => return room,
                    None => tokio::task::yield_now().await,
                }
            }
        });
        found.await.expect("a room is opened")
    }

    async fn find(&self, words: &str, fits: impl Fn(&Message) -> bool) -> Message {
        let channel = self.channel;
        self.api
            .wait_until(
                |world| {
                    let says =
                        |message: &&&Message| world.shown(message).text.contains(words) && fits(message);
                    world.messages(channel).iter().find(says).map(|message| (*message).clone())
                },
                words,
            )
            .await
    }

    /// Waits for a card that says something, and for its pin.
    pub(crate) async fn card(&self, words: &str) -> Message {
        self.find(words, |message| !message.embeds.is_empty() && message.pinned).await
    }

    pub(crate) async fn pinned(&self, words: &str) -> Message {
        self.card(words).await
    }

    pub(crate) async fn card_saying(&self, words: &str) -> Message {
        self.find(words, |message| !message.embeds.is_empty()).await
    }

    /// Waits for the words that somebody is answered.
    pub(crate) async fn answer(&self, interaction: u64) -> String {
        let found = |world: &adapter_discord::testkit::World| {
            world.answers(interaction).last().map(|answer| answer.shown.text.clone())
        };
        self.api.wait_until(found, "an answer").await
    }

    /// Waits until so many events are kept that are not done.
    pub(crate) async fn kept(&self, count: usize) {
        let (now, later) = (Timestamp::from_secs(i64::from(i32::MAX)), Timestamp::from_secs(0));
        let patience = tokio::time::timeout(Duration::from_secs(30), async {
            // Taking them with a lease that has ended leaves them to whoever looks next.
            while self.store.take(Platform::Discord, (now, later), 100).await.expect("it works").len()
                != count
            {
                tokio::task::yield_now().await;
            }
        });
        patience.await.unwrap_or_else(|_| panic!("{count} events should be kept"));
    }

    /// Asks for the history of the first incident until it tells this.
    pub(crate) async fn told_in_history(&self, words: &str) -> String {
        for _ in 0..100 {
            let asked = self.api.command(self.channel, self.dan, "history", &[("number", "TKT-2026-0001")]);
            let told = self.answer(asked).await;
            if told.contains(words) {
                return told;
            }
        }
        panic!("the history never tells {words:?}");
    }

    pub(crate) async fn form(&self, interaction: u64) -> Value {
        self.api.wait_until(|world| world.form_of(interaction).cloned(), "a form").await
    }

    /// Waits until the connection was taken up again so often.
    pub(crate) async fn resumed(&self, times: usize) {
        let often = |world: &adapter_discord::testkit::World| (world.sessions().1 >= times).then_some(());
        self.api.wait_until(often, "a resumed connection").await;
    }

    pub(crate) async fn acknowledged(&self, interaction: u64) -> Duration {
        self.api.wait_until(|world| world.acknowledged(interaction), "an acknowledgement").await
    }

    /// Ends the desk as a process ends.
    pub(crate) async fn end(mut self) {
        self.stop().await;
    }

    /// Ends the desk, which may be started again.
    pub(crate) async fn stop(&mut self) {
        if let Some(stop) = self.at_work.stop.take() {
            stop.send(()).expect("the listener is there");
        }
        let ended = (&mut self.at_work.listening).await.expect("the listener does not panic");
        ended.expect("the listener ends well");
        self.at_work.delivering.abort();
    }

    /// Waits until the listener ends by itself.
    pub(crate) async fn ended(mut self) -> Result<(), ListenError> {
        let ended = tokio::time::timeout(Duration::from_secs(30), &mut self.at_work.listening).await;
        self.at_work.delivering.abort();
        ended.expect("the listener ends").expect("the listener does not panic")
    }
}

fn work(
    (discord, preset): (&Discord, Preset),
    store: &Arc<MemoryStore>,
    clock: &Arc<Ahead>,
    (slow, fresh): (&Arc<AtomicU64>, &Arc<AtomicU64>),
) -> AtWork {
    let messenger = Arc::new(discord.clone());
    let owed = Arc::new(Notify::new());
    let nudged = Arc::clone(&owed);
    let policy = Policy::preset(preset);
    let desk = Desk::new(Arc::<MemoryStore>::clone(store), Arc::<Ahead>::clone(clock), policy)
        .with_nudge(move |_| nudged.notify_one())
        .with_messenger(Platform::Discord, messenger.clone(), messenger.clone())
        .with_rooms(Platform::Discord, messenger, Arc::<MemoryStore>::clone(store))
        .with_commands_spelled(Platform::Discord, adapter_discord::outbound::spelled)
        .with_forms_on(Platform::Discord);
    let desk = Arc::new(desk);
    let fresh = Arc::clone(fresh);
    let mint = Arc::new(move || u128::from(fresh.fetch_add(1, Ordering::Relaxed)));
    let (stop, stopped) = oneshot::channel::<()>();
    let (asked, slow) = (Arc::clone(&desk), Arc::clone(slow));
    let handle = move |request| {
        let (desk, slow) = (Arc::clone(&asked), Duration::from_millis(slow.load(Ordering::SeqCst)));
        async move {
            tokio::time::sleep(slow).await;
            desk.handle(request).await
        }
    };
    let listener = Listener::in_front_of(discord.clone(), Arc::clone(&desk), handle, mint)
        .keeping(Arc::<MemoryStore>::clone(store), Arc::<Ahead>::clone(clock));
    let listening = tokio::spawn(listener.run(async {
        drop(stopped.await);
    }));
    AtWork { stop: Some(stop), listening, delivering: tokio::spawn(deliver(desk, owed)) }
}

/// Delivers what is owed, for as long as somebody works.
async fn deliver(desk: Arc<Desk>, owed: Arc<Notify>) {
    loop {
        desk.wake_due(100).await.expect("a store in memory works");
        desk.retire_orphans().await;
        let mut any = false;
        for lane in Lane::ALL {
            any |= desk.deliver(lane).await.expect("a store in memory works").is_some();
        }
        if !any {
            // What is to be tried again later rings no bell.
            drop(tokio::time::timeout(Duration::from_millis(50), owed.notified()).await);
        }
    }
}
