//! The adapter keeps the promises of every messenger, in chats of a Telegram that behaves as documented.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_telegram::testkit::{BotApi, Fault, Message};
use adapter_telegram::{SecretString, Telegram, TelegramOptions};
use async_trait::async_trait;
use futures::future::Either;
use incident_core::ids::{ChatRef, Handle, Identity, MessageRef, Platform};
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, Messenger, Profile};
use incident_core::testkit::Call;
use incident_core::testkit::messaging::{
    Answering, ChatWorld, Doing, Failing, Files, Handles, Moving, Muting, PinRights, Pinning, Removal, Seen,
    SeenButton, SeenFile, Silence, Telling, Topics, Trouble,
};
use incident_core::text::{Limits, Text};

/// Four groups with Ann, who owns them, and the bot, which administers them.
struct Groups {
    api: BotApi,
    telegram: Arc<Telegram>,
    ann: i64,
    first: i64,
    second: i64,
    /// A group that is not a supergroup yet.
    small: i64,
    /// A supergroup with a topic.
    forum: i64,
    topic: i64,
    people: Mutex<Vec<Profile>>,
}

async fn fresh() -> Groups {
    let api = BotApi::start();
    let options = TelegramOptions { token: SecretString::from(api.token()), api_url: api.url() };
    let telegram = Arc::new(Telegram::new(options).expect("a client is made"));
    let ann = api.user("Ann", Some("the_owner"));
    let with_bot = |chat: i64| {
        api.add_bot(chat, ann);
        api.promote_bot(chat, ann);
        chat
    };
    let first = with_bot(api.supergroup("Drivers", ann));
    let second = with_bot(api.supergroup("Workshop", ann));
    let small = with_bot(api.group("Night shift", ann));
    let forum = with_bot(api.forum("Cities", ann));
    let topic = api.topic(forum, ann, "Berlin");
    Groups { api, telegram, ann, first, second, small, forum, topic, people: Mutex::default() }
}

/// Runs on a thread of its own, so that its clock can be stopped.
fn block_on<F: Future>(work: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(work)
}

incident_core::messenger_conformance!(fresh, block_on);

fn chat_ref(chat: i64) -> ChatRef {
    ChatRef::new(Platform::Telegram, chat.to_string())
}

fn id(chat: &ChatRef) -> i64 {
    chat.chat.parse().expect("chats on Telegram are numbers")
}

fn message_ref(chat: i64, message: i64) -> MessageRef {
    MessageRef::new(chat_ref(chat), message.to_string())
}

fn account(user: i64) -> Identity {
    Identity::new(Platform::Telegram, user.to_string())
}

/// The method that a call ends in.
fn method(call: Call) -> &'static str {
    match call {
        Call::Post | Call::Send => "sendMessage",
        Call::SendFile => "sendDocument",
        Call::Edit => "editMessageText",
        Call::Pin => "pinChatMessage",
        Call::Unpin => "unpinChatMessage",
        Call::Retire => "deleteMessage",
    }
}

impl Groups {
    fn seen(&self, message: Message) -> Seen {
        let button = |button: &adapter_telegram::testkit::Button| SeenButton {
            label: button.label.clone(),
            code: button.data.clone().unwrap_or_default(),
        };
        Seen {
            message: message_ref(message.chat, message.id),
            buttons: message.buttons().iter().map(|row| row.iter().map(button).collect()).collect(),
            pinned: message.pinned,
            reply_to: message.reply_to.map(|answered| message_ref(message.chat, answered)),
            topic: message.thread.filter(|_| message.chat == self.forum).map(topic),
            told: self.told(&message),
            text: message.text,
        }
    }

    /// Whom Telegram tells: those named by id, and those whose handle it recognises; no more than five.
    fn told(&self, message: &Message) -> Vec<Identity> {
        let units: Vec<u16> = message.text.encode_utf16().collect();
        let people = self.people.lock().expect("nobody panics with it");
        let of_handle = |name: &str| {
            let owner =
                people.iter().find(|one| one.handle.as_ref().is_some_and(|handle| handle.name() == name));
            owner.map(|owner| owner.identity.clone())
        };
        let mentioned = message.entities.iter().filter_map(|entity| match entity.kind.as_str() {
            "text_mention" => entity.user.map(account),
            "mention" => {
                let words = String::from_utf16_lossy(&units[entity.offset..entity.offset + entity.length]);
                of_handle(&words.trim_start_matches('@').to_lowercase())
            }
            _ => None,
        });
        mentioned.take(5).collect()
    }
}

fn topic(thread: i64) -> Text {
    Text::new(&thread.to_string(), Limits::NAME).expect("a short number")
}

impl ChatWorld for Groups {
    fn messenger(&self) -> Arc<dyn Messenger> {
        Arc::<Telegram>::clone(&self.telegram)
    }

    fn chat(&self) -> ChatRef {
        chat_ref(self.first)
    }

    fn other_chat(&self) -> ChatRef {
        chat_ref(self.second)
    }

    fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
        let by_bot = |message: &Message| message.from == self.api.bot_id() && !message.is_service();
        self.api.messages(id(chat)).into_iter().filter(by_bot).map(|message| self.seen(message)).collect()
    }

    fn delete(&self, message: &MessageRef) {
        self.api
            .delete(id(&message.chat), message.message.parse().expect("messages on Telegram are numbers"));
    }
}

impl Pinning for Groups {}

impl PinRights for Groups {
    fn let_pin(&self, chat: &ChatRef, allowed: bool) {
        self.api.let_bot_pin(id(chat), self.ann, allowed);
    }
}

impl Muting for Groups {
    fn let_write(&self, chat: &ChatRef, allowed: bool) {
        self.api.mute_bot(id(chat), !allowed);
    }
}

impl Removal for Groups {
    fn expel(&self, chat: &ChatRef) {
        self.api.kick_bot(id(chat), self.ann);
    }
}

impl Moving for Groups {
    fn movable(&self) -> ChatRef {
        chat_ref(self.small)
    }

    fn move_chat(&self, chat: &ChatRef) -> ChatRef {
        chat_ref(self.api.migrate(id(chat)))
    }
}

impl Answering for Groups {
    fn write(&self, chat: &ChatRef, text: &str) -> MessageRef {
        message_ref(id(chat), self.api.write(id(chat), self.ann, text))
    }
}

impl Topics for Groups {
    fn topic(&self) -> (ChatRef, Text) {
        (chat_ref(self.forum), topic(self.topic))
    }
}

impl Files for Groups {
    fn file(&self, message: &MessageRef) -> Option<SeenFile> {
        let number = message.message.parse().expect("messages on Telegram are numbers");
        let media = self.api.message(id(&message.chat), number)?.media?;
        let bytes = media.bytes.map(|bytes| bytes.to_vec());
        let reference = Text::new(&media.file_id, Limits::NAME).expect("a short id");
        Some(SeenFile { name: media.name, bytes, reference })
    }

    fn given(&self, kind: &str) -> Attachment {
        let sent = self.api.send_file(self.first, self.ann, kind, "");
        let media = self.api.message(self.first, sent).and_then(|message| message.media).expect("a file");
        let text = |words: &str| Text::new(words, Limits::NAME).expect("a short text");
        Attachment { reference: text(&media.file_id), kind: text(kind), name: None, size: None }
    }

    fn forget(&self, file: &Attachment) {
        self.api.forget_file(file.reference.as_str());
    }
}

impl Telling for Groups {
    fn person(&self, name: &str, handle: Option<&str>) -> Profile {
        let user = self.api.user(name, handle);
        self.api.join(self.first, user);
        let handle = handle.map(|handle| Handle::parse(Platform::Telegram, handle).expect("a valid handle"));
        let name = Text::new(name, Limits::NAME).expect("a short name");
        let profile = Profile { identity: account(user), handle, name, locale: None };
        self.people.lock().expect("nobody panics with it").push(profile.clone());
        profile
    }
}

impl Handles for Groups {}

impl Failing for Groups {
    fn trouble(&self, next: Call, trouble: Trouble) {
        let fault = match trouble {
            Trouble::Wait(time) => {
                let retry_after = time.as_secs().try_into().expect("tests wait for seconds");
                Fault::TooManyRequests { retry_after }
            }
            Trouble::ServerError => Fault::ServerError,
            Trouble::LostAnswer => Fault::ResetAfter,
        };
        self.api.fail_next(method(next), fault);
    }
}

#[async_trait]
impl Silence for Groups {
    /// Waits for real until the call has arrived; from then on, the clock runs ahead.
    async fn fall_silent(
        &self,
        call: Call,
        doing: Doing<'_>,
        time: Duration,
    ) -> Option<Result<(), DeliveryError>> {
        let before = self.api.count(method(call));
        self.api.fail_next(method(call), Fault::Hang(None));
        let arrived = self.api.wait_until(
            |world| (world.count(method(call)) > before).then_some(()),
            "a call that will not be answered",
        );
        let doing = match futures::future::select(doing, std::pin::pin!(arrived)).await {
            Either::Left((end, _)) => return Some(end),
            Either::Right(((), doing)) => doing,
        };
        tokio::time::pause();
        let end = tokio::time::timeout(time, doing).await.ok();
        tokio::time::resume();
        end
    }
}
