//! A desk behind a listener, in a channel of the server: mia manages, ann and bob respond, dan reports.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_slack::testkit::{Message, SlackServer, Way};
use adapter_slack::{HttpOptions, ListenError, Listener, Patience, SecretString, Slack, SlackOptions};
use async_trait::async_trait;
use incident_core::desk::Desk;
use incident_core::ids::Platform;
use incident_core::incident::Lane;
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Delivered, Directory, Held, Inbox, Messenger, Pending, RequestKey, StoreError};
use incident_core::testkit::ManualClock;
use incident_core::testkit::cast::START;
use incident_core::time::Timestamp;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

/// An inbox that can be broken, and remembers what it kept.
pub(crate) struct TestInbox {
    store: Arc<MemoryStore>,
    pub(crate) broken: AtomicBool,
    pub(crate) slow: AtomicBool,
    /// By which those go on who are slow.
    pub(crate) resume: Semaphore,
    /// Whether nothing can be forgotten.
    pub(crate) remembering: AtomicBool,
    pub(crate) kept: Mutex<Vec<Delivered>>,
    done: Mutex<Vec<RequestKey>>,
    /// How often something was taken over.
    pub(crate) taken: AtomicUsize,
    /// How often a lease was renewed.
    pub(crate) renewed: AtomicUsize,
}

#[async_trait]
impl Inbox for TestInbox {
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            let source = "the disk is full".into();
            return Err(StoreError { operation: "keep", temporary: true, source });
        }
        if self.slow.load(Ordering::SeqCst) {
            self.resume.acquire().await.expect("it is never closed").forget();
        }
        self.kept.lock().expect("nobody panics with it").extend_from_slice(delivered);
        self.store.keep(delivered, lease_until).await
    }

    async fn take(
        &self,
        platform: Platform,
        times: (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let taken = self.store.take(platform, times, limit).await?;
        self.taken.fetch_add(taken.len(), Ordering::SeqCst);
        Ok(taken)
    }

    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
        self.renewed.fetch_add(held.len(), Ordering::SeqCst);
        self.store.renew(held, lease_until).await
    }

    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        if self.remembering.load(Ordering::SeqCst) {
            let source = "the disk is full".into();
            return Err(StoreError { operation: "forget", temporary: true, source });
        }
        self.store.done(keys).await?;
        self.done.lock().expect("nobody panics with it").extend_from_slice(keys);
        Ok(())
    }
}

impl TestInbox {
    fn new(store: Arc<MemoryStore>) -> Self {
        Self {
            store,
            broken: AtomicBool::new(false),
            slow: AtomicBool::new(false),
            resume: Semaphore::new(0),
            remembering: AtomicBool::new(false),
            kept: Mutex::default(),
            done: Mutex::default(),
            taken: AtomicUsize::new(0),
            renewed: AtomicUsize::new(0),
        }
    }

    /// Lists what is kept, whoever works on it.
    pub(crate) async fn waiting(&self) -> Vec<Pending> {
        let late = START + Duration::from_secs(1_000_000_000);
        self.store.take(Platform::Slack, (late, late), u32::MAX).await.expect("it is in memory")
    }
}

/// What outlives a process: Slack, the store and the inbox.
pub(crate) struct House {
    pub(crate) server: SlackServer,
    pub(crate) inbox: Arc<TestInbox>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) slack: Slack,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) channel: String,
    pub(crate) ann: String,
    pub(crate) bob: String,
    pub(crate) dan: String,
    pub(crate) mia: String,
    minted: Arc<AtomicU64>,
}

/// A listener at work. It is stopped by `stop`, and killed when it is dropped.
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<Result<(), ListenError>>,
    delivering: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
        self.delivering.abort();
    }
}

impl Running {
    /// Waits until the listener ends by itself.
    pub(crate) async fn ended(&mut self) -> Result<(), ListenError> {
        let ended = tokio::time::timeout(Duration::from_secs(20), &mut self.task).await;
        ended.expect("it ends by itself").expect("it does not panic")
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        let ended = (&mut self.task).await.expect("the listener does not panic");
        ended.expect("it ends because it was asked to");
    }
}

/// Short waits, so that tests need not be patient.
pub(crate) const PATIENCE: Patience = Patience {
    hello: Duration::from_secs(1),
    ping: Duration::from_millis(100),
    silence: Duration::from_millis(500),
    retry: Duration::from_millis(50),
    sweep: Duration::from_millis(50),
};

impl House {
    pub(crate) fn new() -> Self {
        let server = SlackServer::start();
        let options =
            SlackOptions { bot_token: SecretString::from(server.bot_token()), api_url: server.url() };
        let slack = Slack::new(options).expect("a client is made");
        let messenger: Arc<dyn Messenger> = Arc::new(slack.clone());
        let directory: Arc<dyn Directory> = Arc::new(slack.clone());
        let clock = Arc::new(ManualClock::at(START));
        let store = Arc::new(MemoryStore::new());
        let desk = Desk::new(
            Arc::<MemoryStore>::clone(&store),
            Arc::<ManualClock>::clone(&clock),
            Policy::preset(Preset::TwoTier),
        )
        .with_messenger(Platform::Slack, messenger, directory)
        .with_commands_spelled(Platform::Slack, adapter_slack::inbound::spelled)
        .with_forms_on(Platform::Slack);
        let [ann, bob, dan] = ["Ann", "Bob", "Dan"].map(|name| server.user(name));
        let mia = server.admin("Mia");
        let channel = server.channel("drivers");
        for user in [&ann, &bob, &dan, &mia] {
            server.join(&channel, user);
        }
        Self {
            server,
            inbox: Arc::new(TestInbox::new(store)),
            desk: Arc::new(desk),
            slack,
            clock,
            channel,
            ann,
            bob,
            dan,
            mia,
            minted: Arc::default(),
        }
    }

    pub(crate) fn listener(&self) -> Listener {
        let minted = Arc::clone(&self.minted);
        let mint = Arc::new(move || u128::from(minted.fetch_add(1, Ordering::Relaxed) + 1));
        let clock = Arc::<ManualClock>::clone(&self.clock);
        let inbox = Arc::<TestInbox>::clone(&self.inbox);
        Listener::new(self.slack.clone(), Arc::clone(&self.desk), inbox, clock, mint).with_patience(PATIENCE)
    }

    /// Starts a listener on sockets, and a worker that delivers what the desk owes.
    pub(crate) fn start(&self) -> Running {
        self.start_with(self.listener())
    }

    pub(crate) fn start_with(&self, listener: Listener) -> Running {
        let (stop, stopped) = oneshot::channel::<()>();
        let token = SecretString::from(self.server.app_token());
        let task = tokio::spawn(listener.run_sockets(token, async { drop(stopped.await) }));
        Running { stop: Some(stop), task, delivering: self.deliver() }
    }

    /// Starts a listener for requests, and has Slack send them there.
    pub(crate) async fn start_http(&self) -> (Running, String) {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let addr = free.local_addr().expect("a bound listener has an address");
        drop(free);
        let (stop, stopped) = oneshot::channel::<()>();
        let options = HttpOptions { addr, secret: SecretString::from(self.server.signing_secret()) };
        let task = tokio::spawn(self.listener().run_http(options, async { drop(stopped.await) }));
        let url = format!("http://{addr}/slack");
        while reqwest::get(&url).await.is_err() {
            tokio::task::yield_now().await;
        }
        self.server.deliver_by(Way::Http(url.clone()));
        (Running { stop: Some(stop), task, delivering: self.deliver() }, url)
    }

    /// Works off what the desk owes, as a server does in its rounds.
    fn deliver(&self) -> JoinHandle<()> {
        tokio::spawn(work_off(Arc::clone(&self.desk)))
    }

    /// Waits for sockets, and makes the channel work: mia is a manager, ann and bob are dispatchers.
    pub(crate) async fn settle_in(&self) {
        self.sockets(2).await;
        self.server.command(&self.channel, &self.mia, &format!("configure-managers <@{}|mia>", self.mia));
        self.saying("Managers").await;
        let (ann, bob) = (&self.ann, &self.bob);
        self.server.command(&self.channel, &self.mia, &format!("add-dispatcher <@{ann}|ann> <@{bob}|bob>"));
        self.saying("Bob").await;
    }

    pub(crate) async fn sockets(&self, count: usize) {
        self.server.wait_for("sockets", |server| (server.sockets() == count).then_some(())).await;
    }

    /// Waits for the newest message of the app's that says something.
    pub(crate) async fn saying(&self, words: &str) -> Message {
        let found = |server: &SlackServer| {
            let messages = server.messages(&self.channel).into_iter().rev();
            messages.filter(|message| message.by_app).find(|message| message.text.contains(words))
        };
        self.server.wait_for(&format!("a message that says {words:?}"), found).await
    }

    /// Waits until somebody alone is told something, and returns the words.
    pub(crate) async fn told(&self, user: &str, words: &str) -> String {
        let found = |server: &SlackServer| {
            server.whispers(user).into_iter().map(|whisper| whisper.text).find(|text| text.contains(words))
        };
        self.server.wait_for(&format!("{words:?} for {user}"), found).await
    }

    /// Reports an incident and waits for its card.
    pub(crate) async fn report(&self, words: &str) -> Message {
        self.server.command(&self.channel, &self.dan, &format!("new {words}"));
        self.saying(words).await
    }

    /// Waits until the card of an incident says something.
    pub(crate) async fn card_says(&self, card: &Message, words: &str) -> Message {
        let found = |server: &SlackServer| {
            let mut messages = server.messages(&self.channel).into_iter();
            messages.find(|message| message.ts == card.ts && message.text.contains(words))
        };
        self.server.wait_for(&format!("the card to say {words:?}"), found).await
    }

    /// Waits until something is kept that says this.
    pub(crate) async fn kept(&self, words: &str) {
        let kept = || self.inbox.kept.lock().expect("nobody panics with it");
        let said = |_: &SlackServer| kept().iter().any(|one| one.body.contains(words)).then_some(());
        self.server.wait_for(&format!("{words:?} to be kept"), said).await;
    }

    /// Waits until all that was kept is done, and forgotten after that.
    pub(crate) async fn forgotten(&self) {
        let empty = || {
            let done = self.inbox.done.lock().expect("nobody panics with it").clone();
            self.inbox.kept.lock().expect("nobody panics with it").iter().all(|one| done.contains(&one.key))
        };
        self.server.wait_for("nothing to be kept any more", |_| empty().then_some(())).await;
    }

    /// Waits until everything that was sent is acknowledged or given up.
    pub(crate) async fn delivered(&self) {
        let all = |server: &SlackServer| {
            server.deliveries().iter().all(|one| one.acknowledged || one.given_up).then_some(())
        };
        self.server.wait_for("every acknowledgement", all).await;
    }
}

async fn work_off(desk: Arc<Desk>) {
    let mut rounds = tokio::time::interval(Duration::from_millis(5));
    loop {
        rounds.tick().await;
        while round(&desk).await {}
    }
}

/// Delivers one thing from each lane, and tells whether there was any.
async fn round(desk: &Desk) -> bool {
    desk.retire_orphans().await;
    let mut delivered = false;
    for lane in Lane::ALL {
        delivered |= desk.deliver(lane).await.expect("a store in memory works").is_some();
    }
    delivered
}
