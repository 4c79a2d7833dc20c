//! The adapter against a server that behaves as the Bot API documents, with faults: every way out and both
//! ways in.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_telegram::testkit::BotApi;
use adapter_telegram::{ListenError, Listener, SecretString, Telegram, TelegramOptions};
use futures::FutureExt;
use futures::future::BoxFuture;
use incident_core::desk::{Ask, HandleError, Request};
use incident_core::ids::{ChatRef, IncidentId, MessageRef, Number, Platform, Version};
use incident_core::ports::Place;
use incident_core::view::{Action, Button, ButtonCode, Card, Line, Reply, ReplyTone, Said, Section, Span};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

#[path = "bot_api/answers.rs"]
mod answers;
#[path = "bot_api/desk.rs"]
mod desk;
#[path = "bot_api/directory.rs"]
mod directory;
#[path = "bot_api/faults.rs"]
mod faults;
#[path = "bot_api/messenger.rs"]
mod messenger;
#[path = "bot_api/polling.rs"]
mod polling;
#[path = "bot_api/refusals.rs"]
mod refusals;
#[path = "bot_api/upsets.rs"]
mod upsets;
#[path = "bot_api/webhook.rs"]
mod webhook;

/// The number by which cards are pinned here.
const NUMBER: Number = Number { year: 2026, seq: 1 };

/// A supergroup with Ann, its owner, and the bot as an administrator.
struct Scene {
    api: BotApi,
    telegram: Telegram,
    ann: i64,
    group: i64,
}

fn scene() -> Scene {
    let api = BotApi::start();
    let ann = api.user("Ann", Some("ann"));
    let telegram = telegram(&api);
    let group = group(&api, ann);
    Scene { api, telegram, ann, group }
}

/// Founds a supergroup in which the bot may do everything.
fn group(api: &BotApi, by: i64) -> i64 {
    let group = api.supergroup("Drivers", by);
    api.add_bot(group, by);
    api.promote_bot(group, by);
    group
}

fn telegram(api: &BotApi) -> Telegram {
    let options = TelegramOptions { token: SecretString::from(api.token()), api_url: api.url() };
    Telegram::new(options).expect("a client is made")
}

fn chat_ref(chat: i64) -> ChatRef {
    ChatRef::new(Platform::Telegram, chat.to_string())
}

fn message_ref(chat: i64, message: i64) -> MessageRef {
    MessageRef::new(chat_ref(chat), message.to_string())
}

fn id_of(message: &MessageRef) -> i64 {
    message.message.parse().expect("message ids are numbers")
}

fn place(chat: i64) -> Place {
    Place { chat: chat_ref(chat), topic: None, reply_to: None }
}

fn line(text: &str) -> Line {
    vec![Span::Plain(text.to_owned())]
}

/// A card with one button, `Claim`.
fn card(title: &str) -> Card {
    let code =
        ButtonCode { action: Action::Claim, incident: IncidentId::from_u128(7), seen: Version::new(1) };
    Card {
        title: vec![Span::Strong(title.to_owned())],
        sections: vec![Section { line: line("Issue: a < b & c"), elastic: true }],
        buttons: vec![vec![Button { label: "✅ Claim".to_owned(), code }]],
        pinned: true,
    }
}

fn reply(text: &str) -> Reply {
    let lines = if text.is_empty() { Vec::new() } else { vec![line(text)] };
    Reply { said: Said::Nothing, lines, buttons: Vec::new(), tone: ReplyTone::Quiet }
}

/// What an update asks, in short.
fn words(request: &Request) -> String {
    match &request.ask {
        Ask::Command { text, .. } => text.clone(),
        Ask::Press { code, .. } => code.clone(),
        Ask::Answer { text, .. } | Ask::Remark { text, .. } => text.clone(),
        Ask::Form { text, .. } | Ask::Report { text, .. } | Ask::Thread { text, .. } => text.clone(),
        Ask::Album { .. } => "album".to_owned(),
        Ask::ChatMoved { .. } => "moved".to_owned(),
        Ask::BotRemoved => "removed".to_owned(),
        Ask::BotPresent { .. } => "present".to_owned(),
        Ask::MemberLeft { .. } => "left".to_owned(),
    }
}

/// What a desk for tests does about one request.
type Act = Box<dyn Fn(Request) -> BoxFuture<'static, Result<Reply, HandleError>> + Send + Sync>;

/// A desk for tests: remembers what it was asked and does what it is told to.
#[derive(Clone)]
struct Book {
    begun: Arc<watch::Sender<Vec<String>>>,
    ended: Arc<watch::Sender<Vec<String>>>,
    keys: Arc<Mutex<Vec<String>>>,
    acts: Arc<Mutex<VecDeque<(String, Act)>>>,
}

impl Book {
    fn new() -> Self {
        Self { begun: Arc::default(), ended: Arc::default(), keys: Arc::default(), acts: Arc::default() }
    }

    /// Says what to do the next time that somebody asks this; otherwise, everything succeeds.
    fn once(
        &self,
        asked: &str,
        act: impl Fn(Request) -> BoxFuture<'static, Result<Reply, HandleError>> + Send + Sync + 'static,
    ) {
        self.acts.lock().expect("nobody panics with it").push_back((asked.to_owned(), Box::new(act)));
    }

    fn fail_once(&self, asked: &str) {
        self.once(asked, |_| async { Err(HandleError::Contended) }.boxed());
    }

    fn panic_once(&self, asked: &str) {
        self.once(asked, |_| async { panic!("a panic on purpose") }.boxed());
    }

    fn answer_once(&self, asked: &str, answer: Reply) {
        self.once(asked, move |_| futures::future::ready(Ok(answer.clone())).boxed());
    }

    /// Lets the next such request wait until the sender is used or dropped.
    fn hold_once(&self, asked: &str) -> oneshot::Sender<()> {
        let (open, gate) = oneshot::channel();
        let gate = Mutex::new(Some(gate));
        self.once(asked, move |_| {
            let gate = gate.lock().expect("nobody panics with it").take().expect("it is asked once");
            async move {
                // Opened or dropped, both let it go on.
                drop(gate.await);
                Ok(reply(""))
            }
            .boxed()
        });
        open
    }

    async fn handle(self, request: Request) -> Result<Reply, HandleError> {
        let asked = words(&request);
        self.keys.lock().expect("nobody panics with it").push(request.key.as_str().to_owned());
        self.begun.send_modify(|begun| begun.push(asked.clone()));
        let act = {
            let mut acts = self.acts.lock().expect("nobody panics with it");
            let at = acts.iter().position(|(key, _)| *key == asked);
            at.and_then(|at| acts.remove(at)).map(|(_, act)| act)
        };
        let result = match act {
            Some(act) => act(request).await,
            None => Ok(reply("")),
        };
        if result.is_ok() {
            self.ended.send_modify(|ended| ended.push(asked));
        }
        result
    }

    fn listener(&self, telegram: &Telegram) -> Listener {
        let book = self.clone();
        let handle = move |request| book.clone().handle(request);
        Listener::in_front_of(telegram.clone(), handle, Arc::new(|| 7))
    }

    /// Waits until this was begun so many times.
    async fn wait_begun(&self, asked: &str, times: usize) {
        wait_for(&self.begun, asked, times).await;
    }

    /// Waits until this was done so many times.
    async fn wait_ended(&self, asked: &str, times: usize) {
        wait_for(&self.ended, asked, times).await;
    }

    /// Lists what was begun, but for what the bot was told about its own membership.
    fn begun(&self) -> Vec<String> {
        self.begun.borrow().iter().filter(|asked| *asked != "present").cloned().collect()
    }

    fn keys(&self) -> Vec<String> {
        self.keys.lock().expect("nobody panics with it").clone()
    }
}

async fn wait_for(list: &watch::Sender<Vec<String>>, asked: &str, times: usize) {
    let mut list = list.subscribe();
    let enough = |list: &Vec<String>| list.iter().filter(|one| *one == asked).count() >= times;
    let waited = tokio::time::timeout(Duration::from_secs(30), list.wait_for(enough)).await.is_ok();
    assert!(waited, "{asked:?} did not come {times} times: {:?}", *list.borrow());
}

/// A listener at work.
struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), ListenError>>,
}

impl Running {
    fn polling(listener: Listener) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(listener.run_polling(stopped.map(drop)));
        Self { stop, task }
    }

    async fn stop(self) {
        self.stop.send(()).expect("the listener runs");
        self.task.await.expect("it does not panic").expect("it ends well");
    }

    /// Ends it as a crash would: in the middle of whatever it does.
    async fn crash(self) {
        self.task.abort();
        assert!(self.task.await.expect_err("it was aborted").is_cancelled());
    }
}
