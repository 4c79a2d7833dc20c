//! A team in its group: people who write commands and press buttons, and see what becomes of it.

use adapter_telegram::testkit::{Answer, BotApi, Message, World};

/// A group with its people; the bot is an administrator that may pin.
#[derive(Clone)]
pub(crate) struct Team {
    pub(crate) api: BotApi,
    pub(crate) chat: i64,
    /// The owner of the group.
    pub(crate) berta: i64,
    /// Dispatchers.
    pub(crate) dora: i64,
    pub(crate) dave: i64,
    /// Managers.
    pub(crate) max: i64,
    pub(crate) mona: i64,
    /// People who report; five times a minute each.
    pub(crate) drivers: Vec<i64>,
    suffix: String,
}

/// An incident as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) chat: i64,
    pub(crate) number: String,
}

impl Team {
    /// Gathers people in a supergroup; the desk does not know them yet.
    pub(crate) fn gathered(api: &BotApi) -> Self {
        Self::gathered_as(api, "")
    }

    /// Gathers a further team, whose handles end in a suffix.
    pub(crate) fn gathered_as(api: &BotApi, suffix: &str) -> Self {
        let title = format!("Drivers{suffix}");
        Self::found(api, suffix, |berta| api.supergroup(&title, berta))
    }

    /// Gathers a team in a chat that a function founds for its owner.
    pub(crate) fn found(api: &BotApi, suffix: &str, found: impl FnOnce(i64) -> i64) -> Self {
        let person = |name: &str| api.user(name, Some(&format!("{}{suffix}", name.to_lowercase())));
        let berta = person("Berta");
        let [dora, dave, max, mona] = ["Dora", "Dave", "Max", "Mona"].map(person);
        let drivers: Vec<i64> = (1..=5).map(|number| person(&format!("Driver{number}"))).collect();
        let chat = found(berta);
        api.add_bot(chat, berta);
        api.promote_bot(chat, berta);
        for member in [dora, dave, max, mona].iter().chain(&drivers) {
            api.join(chat, *member);
        }
        let suffix = suffix.to_owned();
        Self { api: api.clone(), chat, berta, dora, dave, max, mona, drivers, suffix }
    }

    /// Gathers people and gives them their roles through the commands.
    pub(crate) async fn working(api: &BotApi) -> Self {
        let team = Self::gathered(api);
        team.configure().await;
        team
    }

    /// Gathers a further team and gives it its roles.
    pub(crate) async fn working_as(api: &BotApi, suffix: &str) -> Self {
        let team = Self::gathered_as(api, suffix);
        team.configure().await;
        team
    }

    /// Names managers and dispatchers as an administrator does.
    pub(crate) async fn configure(&self) {
        let suffix = &self.suffix;
        self.write(self.berta, &format!("/configure_managers @max{suffix} @mona{suffix}"));
        self.says("Managers of this group: ").await;
        self.write(self.berta, &format!("/add_dispatcher @dora{suffix} @dave{suffix}"));
        self.says(&format!("@dora{suffix} will be a dispatcher")).await;
        self.says(&format!("@dave{suffix} will be a dispatcher")).await;
    }

    /// Returns the same team in another chat.
    pub(crate) fn moved(self, to: i64) -> Self {
        Self { chat: to, ..self }
    }

    /// Writes into the group.
    pub(crate) fn write(&self, who: i64, text: &str) -> i64 {
        self.api.write(self.chat, who, text)
    }

    /// Waits until the desk says some words in the group.
    pub(crate) async fn says(&self, words: &str) -> Message {
        self.api.wait_said(self.chat, words).await
    }

    /// Writes a command and waits for what is said to it: words that were not said before.
    pub(crate) async fn ask(&self, who: i64, command: &str, words: &str) -> Message {
        let asked = self.write(who, command);
        self.said_after(asked, words).await
    }

    /// Waits for words that the desk says after a message.
    pub(crate) async fn said_after(&self, after: i64, words: &str) -> Message {
        let chat = self.chat;
        let what = format!("{words:?} after message {after}");
        let bot = self.api.bot_id();
        let said = |message: &&Message| {
            message.id > after && message.from == bot && !message.is_service() && message.text.contains(words)
        };
        self.api.wait_until(|world| world.messages(chat).find(said).cloned(), &what).await
    }

    /// Waits until a message is there no more.
    pub(crate) async fn goes(&self, message: i64) {
        let chat = self.chat;
        let gone = |world: &World| world.messages(chat).all(|other| other.id != message).then_some(());
        self.api.wait_until(gone, &format!("message {message} to go away")).await;
    }

    /// Reports an incident and waits for its pinned card.
    pub(crate) async fn report(&self, description: &str) -> Card {
        self.report_by(self.drivers[0], description).await
    }

    pub(crate) async fn report_by(&self, who: i64, description: &str) -> Card {
        let asked = self.write(who, &format!("/new_issue {description}"));
        let card = self.card_after(asked).await;
        self.pinned(&card).await;
        card
    }

    /// Waits for the first card that is posted after a message.
    pub(crate) async fn card_after(&self, asked: i64) -> Card {
        let chat = self.chat;
        let posted = |world: &World| {
            world
                .messages(chat)
                .filter(|message| message.id > asked)
                .find_map(|message| number_on(world, message))
        };
        let number = self.api.wait_until(posted, &format!("a card after message {asked}")).await;
        Card { chat, number }
    }

    /// Waits until the card of an incident is pinned.
    pub(crate) async fn pinned(&self, card: &Card) {
        self.see(card, "to be pinned", |message| message.pinned).await;
    }

    /// Waits until the card of an incident has some words.
    pub(crate) async fn shows(&self, card: &Card, words: &str) -> Message {
        self.see(card, &format!("to show {words:?}"), |message| message.text.contains(words)).await
    }

    /// Waits until the card of an incident looks as it should.
    pub(crate) async fn see(&self, card: &Card, what: &str, so: impl Fn(&Message) -> bool) -> Message {
        let seen = |world: &World| card.on(world).filter(|message| so(message)).cloned();
        self.api.wait_until(seen, &format!("the card of {} {what}", card.number)).await
    }

    /// Presses a button of a card as soon as it is there, and returns what is answered.
    pub(crate) async fn press(&self, who: i64, card: &Card, label: &str) -> String {
        self.press_fully(who, card, label).await.text
    }

    pub(crate) async fn press_fully(&self, who: i64, card: &Card, label: &str) -> Answer {
        let query = self.push(who, card, label).await;
        self.api.wait_answer(&query).await
    }

    /// Presses a button of a card as soon as it is there, and does not wait for an answer.
    pub(crate) async fn push(&self, who: i64, card: &Card, label: &str) -> String {
        let what = format!("to have a button {label:?}");
        let message = self.see(card, &what, |message| message.button(label).is_some()).await;
        self.api.press(message.chat, who, message.id, label).expect("the button is there")
    }

    /// Returns the code of a button, as a forger would copy it.
    pub(crate) async fn code(&self, card: &Card, label: &str) -> String {
        let what = format!("to have a button {label:?}");
        let message = self.see(card, &what, |message| message.button(label).is_some()).await;
        message.button(label).and_then(|button| button.data.clone()).expect("the button carries a code")
    }

    /// Waits for the question after the summary, the newest one.
    pub(crate) async fn question(&self, card: &Card) -> Message {
        let (chat, number) = (self.chat, card.number.clone());
        let asks = |message: &&Message| message.prompt().is_some() && message.text.contains(&number);
        let asked = |world: &World| world.messages(chat).filter(asks).last().cloned();
        self.api.wait_until(asked, &format!("a question about {number}")).await
    }

    /// Presses Resolve and answers the question.
    pub(crate) async fn resolve(&self, who: i64, card: &Card, summary: &str) {
        let asked = self.press(who, card, "Resolve").await;
        assert_eq!(asked, format!("Please reply to the question with a summary of {}.", card.number));
        let question = self.question(card).await;
        self.api.reply(self.chat, who, question.id, summary);
        self.shows(card, "RESOLVED").await;
    }

    /// Tells an incident's story from claim to summary.
    pub(crate) async fn finish(&self, card: &Card) {
        assert_eq!(self.press(self.dora, card, "Claim").await, format!("You have claimed {}.", card.number));
        self.resolve(self.dora, card, "Replaced the tyre").await;
    }
}

impl Card {
    /// Returns the card of the same incident in another chat.
    pub(crate) fn moved(&self, to: i64) -> Self {
        Self { chat: to, number: self.number.clone() }
    }

    /// Finds the card as it is now: the newest one that is still there.
    pub(crate) fn on<'world>(&self, world: &'world World) -> Option<&'world Message> {
        let mine = |message: &&Message| number_on(world, message).is_some_and(|number| number == self.number);
        world.messages(self.chat).filter(mine).last()
    }

    pub(crate) fn message(&self, api: &BotApi) -> Message {
        api.read(|world| self.on(world).cloned()).unwrap_or_else(|| panic!("{} has no card", self.number))
    }
}

/// Reads the incident's number off a card; other messages have none.
pub(super) fn number_on(world: &World, message: &Message) -> Option<String> {
    let bot = world.user(message.from).is_some_and(|sender| sender.is_bot);
    let (title, rest) = message.text.split_once('\n')?;
    let (_, number) = title.split_once(": ")?;
    (bot && number.starts_with("TKT-") && rest.starts_with("Reported by: ")).then(|| number.to_owned())
}
