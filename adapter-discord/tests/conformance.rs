//! The adapter keeps the promises of every messenger, in channels of a Discord that behaves as documented.

use std::sync::Arc;
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Fault, Message, right};
use adapter_discord::{Discord, DiscordOptions, SecretString};
use async_trait::async_trait;
use futures::future::Either;
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform};
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, Messenger, Profile};
use incident_core::testkit::Call;
use incident_core::testkit::messaging::{
    Answering, ChatWorld, Doing, Failing, Files, Muting, PinRights, Pinning, Removal, Seen, SeenButton,
    SeenFile, Silence, Telling, Topics, Trouble,
};
use incident_core::text::{Limits, Text};

/// Two channels of two guilds, so that one can be lost without the other, and a third with a thread.
struct Channels {
    api: DiscordApi,
    discord: Arc<Discord>,
    ann: u64,
    guild: u64,
    first: u64,
    second: u64,
    threaded: u64,
    thread: u64,
}

async fn fresh() -> Channels {
    let api = DiscordApi::start();
    let options = DiscordOptions { token: SecretString::from(api.token()), api_url: api.url() };
    let discord = Arc::new(Discord::new(options).expect("a client is made"));
    let ann = api.user("Ann");
    let guild = api.guild("Drivers", ann);
    let first = api.channel(guild, "incidents");
    let second = api.channel(api.guild("Workshop", ann), "incidents");
    let threaded = api.channel(guild, "cities");
    let thread = api.thread(api.write(threaded, ann, "Berlin"));
    Channels { api, discord, ann, guild, first, second, threaded, thread }
}

/// Runs on a thread of its own, so that its clock can be stopped.
fn block_on<F: Future>(work: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(work)
}

incident_core::messenger_conformance!(
    fresh,
    block_on,
    lacks {
        moving: "a channel keeps its number for as long as it exists",
        handles: "nobody is told by a handle, only by their account",
    }
);

fn chat_ref(channel: u64) -> ChatRef {
    ChatRef::new(Platform::Discord, channel.to_string())
}

fn id(chat: &ChatRef) -> u64 {
    chat.chat.parse().expect("channels are numbers")
}

fn number(message: &MessageRef) -> u64 {
    message.message.rsplit('/').next().and_then(|id| id.parse().ok()).expect("messages are numbers")
}

fn account(user: u64) -> Identity {
    Identity::new(Platform::Discord, user.to_string())
}

fn text(words: &str) -> Text {
    Text::new(words, Limits::NAME).expect("a short text")
}

/// The call that a method ends in.
fn method(call: Call) -> &'static str {
    match call {
        Call::Post | Call::Send | Call::SendFile => "POST channels/-/messages",
        Call::Edit => "PATCH channels/-/messages/-",
        Call::Pin => "PUT channels/-/messages/pins/-",
        Call::Unpin => "DELETE channels/-/messages/pins/-",
        Call::Retire => "DELETE channels/-/messages/-",
    }
}

impl Channels {
    fn name(&self, chat: &ChatRef, channel: u64, message: u64) -> MessageRef {
        let name = if channel == id(chat) { message.to_string() } else { format!("{channel}/{message}") };
        MessageRef::new(chat.clone(), name)
    }

    fn seen(&self, chat: &ChatRef, message: &Message) -> Seen {
        let shown = self.api.shown(message);
        assert_eq!(shown.active, Vec::<String>::new(), "nothing becomes of words: {shown:#?}");
        let button = |button: &adapter_discord::testkit::ShownButton| SeenButton {
            label: button.label.clone(),
            code: button.code.clone(),
        };
        Seen {
            message: self.name(chat, message.channel, message.id),
            text: shown.text,
            buttons: shown.rows.iter().map(|row| row.iter().map(button).collect()).collect(),
            pinned: message.pinned,
            reply_to: message.reply_to.map(|answered| self.name(chat, message.channel, answered)),
            topic: (message.channel == self.thread).then(|| text(&self.thread.to_string())),
            told: message.told.iter().copied().map(account).collect(),
        }
    }

    fn in_channel(&self, channel: u64) -> Vec<Message> {
        let ours = |message: &Message| message.author == self.api.bot_id() && message.kind != 6;
        self.api.messages(channel).into_iter().filter(ours).collect()
    }
}

impl ChatWorld for Channels {
    fn messenger(&self) -> Arc<dyn Messenger> {
        Arc::<Discord>::clone(&self.discord)
    }

    fn chat(&self) -> ChatRef {
        chat_ref(self.first)
    }

    fn other_chat(&self) -> ChatRef {
        chat_ref(self.second)
    }

    fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
        let threads = (id(chat) == self.threaded).then_some(self.thread);
        let mut messages: Vec<Message> =
            [id(chat)].into_iter().chain(threads).flat_map(|channel| self.in_channel(channel)).collect();
        messages.sort_by_key(|message| message.id);
        messages.iter().map(|message| self.seen(chat, message)).collect()
    }

    fn delete(&self, message: &MessageRef) {
        self.api.delete(number(message));
    }
}

impl Pinning for Channels {}

impl PinRights for Channels {
    fn let_pin(&self, chat: &ChatRef, allowed: bool) {
        self.api.let_bot(id(chat), right::PIN, allowed);
    }
}

impl Muting for Channels {
    fn let_write(&self, chat: &ChatRef, allowed: bool) {
        self.api.let_bot(id(chat), right::SEND, allowed);
    }
}

impl Removal for Channels {
    fn expel(&self, _: &ChatRef) {
        self.api.kick_bot(self.guild);
    }
}

impl Answering for Channels {
    fn write(&self, chat: &ChatRef, words: &str) -> MessageRef {
        MessageRef::new(chat.clone(), self.api.write(id(chat), self.ann, words).to_string())
    }
}

impl Topics for Channels {
    fn topic(&self) -> (ChatRef, Text) {
        (chat_ref(self.threaded), text(&self.thread.to_string()))
    }
}

impl Files for Channels {
    /// Discord keeps what is sent again under a new number; that it is the same file is told by what is in it.
    fn file(&self, message: &MessageRef) -> Option<SeenFile> {
        let all = self.api.messages(id(&message.chat));
        let file = all.iter().find(|one| one.id == number(message))?.files.first()?.clone();
        let same = |one: &&Message| one.files.first().is_some_and(|first| first.bytes == file.bytes);
        let first = all.iter().find(same)?;
        let reference = format!("{}/{}/{}", first.channel, first.id, first.files[0].id);
        Some(SeenFile { name: Some(file.name), bytes: Some(file.bytes), reference: text(&reference) })
    }

    fn given(&self, kind: &str) -> Attachment {
        let sent = self.api.send_file(self.first, self.ann, "report.bin", kind.as_bytes());
        let message =
            self.api.messages(self.first).into_iter().find(|one| one.id == sent).expect("it stands");
        let reference = text(&format!("{}/{sent}/{}", self.first, message.files[0].id));
        Attachment { reference, kind: text(kind), name: None, size: None }
    }

    fn forget(&self, file: &Attachment) {
        let id = file.reference.as_str().rsplit('/').next().and_then(|id| id.parse().ok());
        self.api.forget_file(id.expect("files are numbers"));
    }
}

impl Telling for Channels {
    fn person(&self, name: &str, _: Option<&str>) -> Profile {
        let user = self.api.user(name);
        self.api.join(self.guild, user);
        Profile { identity: account(user), handle: None, name: text(name), locale: None }
    }
}

impl Failing for Channels {
    fn trouble(&self, next: Call, trouble: Trouble) {
        let fault = match trouble {
            Trouble::Wait(time) => Fault::RateLimited { retry_after: time.as_secs_f64(), global: false },
            Trouble::ServerError => Fault::ServerError,
            Trouble::LostAnswer => Fault::LostAnswer,
        };
        self.api.fail_next(method(next), fault);
    }
}

#[async_trait]
impl Silence for Channels {
    /// Waits for real until the call has arrived; from then on, the clock runs ahead.
    async fn fall_silent(
        &self,
        call: Call,
        doing: Doing<'_>,
        time: Duration,
    ) -> Option<Result<(), DeliveryError>> {
        let before = self.api.count(method(call));
        self.api.fail_next(method(call), Fault::Hang);
        let arrived = self.api.wait_until(
            |world| (world.count(method(call)) > before).then_some(()),
            "a call that will not be answered",
        );
        let doing = match futures::future::select(doing, Box::pin(arrived)).await {
            Either::Left((end, _)) => return Some(end),
            Either::Right(((), doing)) => doing,
        };
        tokio::time::pause();
        let end = tokio::time::timeout(time, doing).await.ok();
        tokio::time::resume();
        end
    }
}
