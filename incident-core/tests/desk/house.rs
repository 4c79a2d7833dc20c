//! A desk in a house of its own: one group, its people, a clock that is set by hand.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::{Ask, ChatKind, Delivery, Desk, Named, Request, Sender};
use incident_core::ids::{ChatRef, CompanyId, Handle, Identity, IncidentId, MessageRef, Platform};
use incident_core::incident::{Incident, Lane};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Filed, Listing, Page, Profile, RequestKey, Store};
use incident_core::testkit::{FixedDirectory, ManualClock, RecordingPager, ScriptedMessenger, Shown, What};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;
use incident_core::view::{Action, CommandWord, Reply};

pub(crate) const NOON: Timestamp = Timestamp::from_secs(1_780_000_000);

pub(crate) struct House {
    pub(crate) desk: Desk,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) chat: Arc<ScriptedMessenger>,
    pub(crate) directory: Arc<FixedDirectory>,
    pub(crate) pager: Arc<RecordingPager>,
    next: std::cell::Cell<u128>,
}

pub(crate) fn room() -> ChatRef {
    ChatRef::new(Platform::Telegram, "-100")
}

pub(crate) fn account(who: &str) -> Identity {
    Identity::new(Platform::Telegram, format!("id-{who}"))
}

pub(crate) fn profile(who: &str) -> Profile {
    Profile {
        identity: account(who),
        handle: Handle::parse(Platform::Telegram, who).ok(),
        name: Text::new(who, Limits::NAME).expect("a short name"),
        locale: None,
    }
}

impl House {
    pub(crate) fn empty(policy: Policy) -> Self {
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(ManualClock::at(NOON)));
        let (chat, directory) = (Arc::new(ScriptedMessenger::new()), Arc::new(FixedDirectory::new()));
        let pager = Arc::new(RecordingPager::new());
        directory.promote(&room(), &account("admin"));
        let desk = Desk::new(Arc::<MemoryStore>::clone(&store), Arc::<ManualClock>::clone(&clock), policy)
            .with_messenger(
                Platform::Telegram,
                Arc::<ScriptedMessenger>::clone(&chat),
                Arc::<FixedDirectory>::clone(&directory),
            )
            .with_pager(Arc::<RecordingPager>::clone(&pager));
        Self { desk, store, clock, chat, directory, pager, next: std::cell::Cell::new(1_000) }
    }

    /// A house whose group is set up: mia manages, ann and bob dispatch.
    pub(crate) fn new() -> Self {
        let house = Self::empty(Policy::preset(Preset::TwoTier));
        house.command("admin", CommandWord::ConfigureManagers, "@mia");
        house.command("admin", CommandWord::AddDispatcher, "@ann @bob");
        house.settle();
        house
    }

    /// A desk of another process that serves the same house.
    pub(crate) fn another_desk(&self) -> Desk {
        let (store, clock) = (Arc::<MemoryStore>::clone(&self.store), Arc::<ManualClock>::clone(&self.clock));
        let (chat, directory) = (Arc::clone(&self.chat), Arc::clone(&self.directory));
        let desk = Desk::new(store, clock, Policy::preset(Preset::TwoTier));
        desk.with_messenger(Platform::Telegram, chat, directory)
    }

    /// The same house with another desk in it.
    pub(crate) fn with(self, desk: Desk) -> Self {
        Self { desk, ..self }
    }

    /// The same house with its desk set up differently.
    pub(crate) fn refit(self, refit: impl FnOnce(Desk) -> Desk) -> Self {
        Self { desk: refit(self.desk), ..self }
    }

    pub(crate) fn request(&self, who: &str, ask: Ask) -> Request {
        let fresh = self.next.get();
        self.next.set(fresh + 1);
        Request {
            key: RequestKey::new(format!("telegram:1:{fresh}")),
            chat: room(),
            chat_kind: ChatKind::Group,
            chat_title: Text::new("trucks", Limits::NAME).ok(),
            topic: None,
            from: Sender::Person(profile(who)),
            fresh,
            ask,
        }
    }

    pub(crate) fn handle(&self, request: Request) -> Reply {
        block_on(self.desk.handle(request)).expect("the store works")
    }

    pub(crate) fn ask(&self, who: &str, ask: Ask) -> Reply {
        self.handle(self.request(who, ask))
    }

    pub(crate) fn platform(&self, ask: Ask) {
        let mut request = self.request("nobody", ask);
        request.from = Sender::Platform;
        self.handle(request);
    }

    pub(crate) fn command(&self, who: &str, word: CommandWord, text: &str) -> Reply {
        self.ask(who, command(word, text))
    }

    pub(crate) fn report(&self, who: &str, text: &str) -> Incident {
        self.command(who, CommandWord::NewIssue, text);
        self.settle();
        self.incidents().pop().expect("it was filed").incident
    }

    pub(crate) fn press(&self, who: &str, action: Action) -> Reply {
        let (message, code) = self.button(action);
        self.ask(who, Ask::Press { code, message })
    }

    /// The newest button that does this, as it stands on the screen.
    pub(crate) fn button(&self, action: Action) -> (MessageRef, String) {
        let shown = self.chat.shown(&room());
        let found = shown.iter().rev().find_map(|shown| {
            let buttons = match &shown.what {
                What::Card(card) => card.buttons.iter().flatten(),
                What::Message(message) => message.buttons.iter().flatten(),
                What::File(_) => [].iter().flatten(),
            };
            let code = buttons.map(|button| button.code).find(|code| code.action == action)?;
            Some((shown.message.clone(), code.to_string()))
        });
        found.unwrap_or_else(|| panic!("no button {action:?} in\n{}", self.chat.transcript(&room())))
    }

    /// The newest question that stands in the chat.
    pub(crate) fn last_question(&self) -> MessageRef {
        let shown = self.chat.shown(&room());
        let asks = |shown: &&Shown| matches!(&shown.what, What::Message(message) if message.asks);
        shown.iter().rev().find(asks).expect("something was asked").message.clone()
    }

    pub(crate) fn reply_to_last_question(&self, who: &str, text: &str) -> Reply {
        let to = self.last_question();
        self.ask(who, Ask::Answer { to, text: text.to_owned(), attachments: Vec::new() })
    }

    /// Does what is due and delivers what is owed, until nothing is; returns what was delivered.
    pub(crate) fn settle(&self) -> Vec<Delivery> {
        let mut delivered = Vec::new();
        while self.round(&mut delivered) {}
        delivered
    }

    fn round(&self, delivered: &mut Vec<Delivery>) -> bool {
        let before = delivered.len();
        let woken = block_on(self.desk.wake_due(100)).expect("the store works").due;
        block_on(self.desk.retire_orphans());
        for lane in Lane::ALL {
            let next = || block_on(self.desk.deliver(lane)).expect("the store works");
            delivered.extend(std::iter::from_fn(next));
        }
        woken > 0 || delivered.len() > before
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.advance(time);
        self.settle();
    }

    pub(crate) fn company(&self) -> CompanyId {
        block_on(self.store.companies()).expect("the store works").pop().expect("a company was founded")
    }

    pub(crate) fn incidents(&self) -> Vec<Filed> {
        let page = Page { after: None, limit: 1_000 };
        block_on(self.store.list(self.company(), &Listing::default(), page)).expect("the store works")
    }

    pub(crate) fn incident(&self, id: IncidentId) -> Incident {
        block_on(self.store.load(self.company(), id)).expect("the store works").expect("it exists").incident
    }

    pub(crate) fn transcript(&self) -> String {
        self.chat.transcript(&room())
    }

    /// How often something was said in the chat, in messages that stand there now.
    pub(crate) fn said(&self, words: &str) -> usize {
        self.transcript().matches(words).count()
    }
}

pub(crate) fn command(word: CommandWord, text: &str) -> Ask {
    let named = text.split_whitespace().map(|word| Named::Word(word.to_owned())).collect();
    Ask::Command { word, text: text.to_owned(), named, attachments: Vec::new(), quoted: None, about: None }
}

pub(crate) const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}
