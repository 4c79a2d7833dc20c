//! The adapter keeps the promises of every messenger, in channels of a Slack that behaves as documented.

use std::sync::Arc;
use std::time::Duration;

use adapter_slack::testkit::{Fault, Message, SlackServer};
use adapter_slack::{SecretString, Slack, SlackOptions};
use async_trait::async_trait;
use futures::future::Either;
use incident_core::ids::{ChatRef, Handle, Identity, MessageRef, Platform};
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, Messenger, Profile};
use incident_core::testkit::Call;
use incident_core::testkit::messaging::{
    Answering, ChatWorld, Doing, Failing, Files, Muting, PinRights, Pinning, Removal, Seen, SeenButton,
    SeenFile, Silence, Telling, Trouble,
};
use incident_core::text::{Limits, Text};

/// Two channels with Ann and the app, one of them private.
struct Workspace {
    server: SlackServer,
    slack: Arc<Slack>,
    ann: String,
    first: String,
    second: String,
}

async fn fresh() -> Workspace {
    let server = SlackServer::start();
    let options = SlackOptions { bot_token: SecretString::from(server.bot_token()), api_url: server.url() };
    let slack = Arc::new(Slack::new(options).expect("a client is made"));
    let ann = server.user("Ann");
    let (first, second) = (server.channel("drivers"), server.private_channel("workshop"));
    server.join(&first, &ann);
    server.join(&second, &ann);
    Workspace { server, slack, ann, first, second }
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
        moving: "Slack tells the new id of a channel by an event, and nothing of it to whoever calls with the old one",
        topics: "channels have no topics; threads hang below messages",
        handles: "Slack tells accounts, and a name is only a name",
    }
);

fn chat(channel: &str) -> ChatRef {
    ChatRef::new(Platform::Slack, channel)
}

fn message_ref(channel: &str, ts: &str) -> MessageRef {
    MessageRef::new(chat(channel), ts)
}

fn text(words: &str) -> Text {
    Text::new(words, Limits::NAME).expect("a short text")
}

/// The method that a call ends in.
fn method(call: Call) -> &'static str {
    match call {
        Call::Post | Call::Send => "chat.postMessage",
        Call::SendFile => "files.completeUploadExternal",
        Call::Edit => "chat.update",
        Call::Pin => "pins.add",
        Call::Unpin => "pins.remove",
        Call::Retire => "chat.delete",
    }
}

fn seen(message: Message) -> Seen {
    let button =
        |button: adapter_slack::testkit::Button| SeenButton { label: button.label, code: button.value };
    assert!(!message.calls_everybody, "{message:#?}");
    Seen {
        message: message_ref(&message.channel, &message.ts),
        buttons: message.buttons.into_iter().map(|row| row.into_iter().map(button).collect()).collect(),
        pinned: message.pinned,
        reply_to: message.thread_ts.map(|thread| message_ref(&message.channel, &thread)),
        topic: None,
        told: message.told.iter().map(|user| Identity::new(Platform::Slack, user.as_str())).collect(),
        text: message.text,
    }
}

impl ChatWorld for Workspace {
    fn messenger(&self) -> Arc<dyn Messenger> {
        Arc::<Slack>::clone(&self.slack)
    }

    fn chat(&self) -> ChatRef {
        chat(&self.first)
    }

    fn other_chat(&self) -> ChatRef {
        chat(&self.second)
    }

    fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
        self.server.messages(&chat.chat).into_iter().filter(|message| message.by_app).map(seen).collect()
    }

    fn delete(&self, message: &MessageRef) {
        self.server.delete(&message.chat.chat, &message.message);
    }
}

impl Pinning for Workspace {}

impl PinRights for Workspace {
    fn let_pin(&self, chat: &ChatRef, allowed: bool) {
        self.server.let_bot_pin(&chat.chat, allowed);
    }
}

impl Muting for Workspace {
    fn let_write(&self, chat: &ChatRef, allowed: bool) {
        self.server.let_bot_write(&chat.chat, allowed);
    }
}

impl Removal for Workspace {
    fn expel(&self, chat: &ChatRef) {
        self.server.expel_bot(&chat.chat);
    }
}

impl Answering for Workspace {
    fn write(&self, chat: &ChatRef, words: &str) -> MessageRef {
        message_ref(&chat.chat, &self.server.write(&chat.chat, &self.ann, words))
    }
}

impl Files for Workspace {
    fn file(&self, message: &MessageRef) -> Option<SeenFile> {
        let messages = self.server.messages(&message.chat.chat);
        let id = messages.into_iter().find(|one| *one.ts == *message.message)?.files.into_iter().next()?;
        let (name, bytes) = self.server.file(&id)?;
        Some(SeenFile { name: Some(name), bytes: Some(bytes), reference: text(&id) })
    }

    fn given(&self, kind: &str) -> Attachment {
        let (_, file) = self.server.send_file((&self.first, &self.ann), None, ("file", kind));
        Attachment { reference: text(&file), kind: text(kind), name: None, size: None }
    }

    fn forget(&self, file: &Attachment) {
        self.server.forget_file(file.reference.as_str());
    }
}

impl Telling for Workspace {
    fn person(&self, name: &str, handle: Option<&str>) -> Profile {
        let user = self.server.user(name);
        self.server.join(&self.first, &user);
        let handle = handle.map(|handle| Handle::parse(Platform::Slack, handle).expect("a valid handle"));
        Profile { identity: Identity::new(Platform::Slack, user), handle, name: text(name), locale: None }
    }
}

impl Failing for Workspace {
    fn trouble(&self, next: Call, trouble: Trouble) {
        let fault = match trouble {
            Trouble::Wait(time) => Fault::Limited { retry_after: time.as_secs() },
            Trouble::ServerError => Fault::ServerError,
            Trouble::LostAnswer => Fault::LostAnswer,
        };
        self.server.fail_next(method(next), fault);
    }
}

#[async_trait]
impl Silence for Workspace {
    /// Waits for real until the call has arrived; from then on, the clock runs ahead.
    async fn fall_silent(
        &self,
        call: Call,
        doing: Doing<'_>,
        time: Duration,
    ) -> Option<Result<(), DeliveryError>> {
        let before = self.server.calls(method(call)).len();
        self.server.fail_next(method(call), Fault::Hang);
        let arrived = self.server.wait_for("a call that will not be answered", |server| {
            (server.calls(method(call)).len() > before).then_some(())
        });
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
