//! A group that lives in two chats on two platforms, and people who have accounts on both.

use std::sync::Arc;
use std::thread;

use futures::executor::block_on;
use incident_core::desk::{Ask, Request, Sender};
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform};
use incident_core::incident::{Fact, Rejection, StateKind};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{DeliveryError, Profile, Store};
use incident_core::roster::Right;
use incident_core::testkit::{Call, FixedDirectory, ScriptedMessenger, What};
use incident_core::text::{Limits, Text};
use incident_core::view::{Action, CommandWord, Done, LinkReply, Reply, Said, Span};

use crate::house::{House, command, minutes, room};

/// A house whose group may live on Slack, too.
pub(crate) struct Pair {
    pub(crate) house: House,
    pub(crate) slack: Arc<ScriptedMessenger>,
    pub(crate) directory: Arc<FixedDirectory>,
}

pub(crate) fn ops() -> ChatRef {
    ChatRef::new(Platform::Slack, "C1")
}

pub(crate) fn on_slack(who: &str) -> Profile {
    Profile {
        identity: Identity::new(Platform::Slack, format!("U-{who}")),
        handle: None,
        name: Text::new(who, Limits::NAME).expect("a short name"),
        locale: None,
    }
}

/// Returns the code that somebody is told.
pub(crate) fn told_code(said: &Said) -> String {
    if let Said::Linking(LinkReply::AccountCode(code)) = said {
        return code.shown().to_owned();
    }
    panic!("no code: {said:?}")
}

/// Returns the code that somebody was sent in a chat with the bot alone.
pub(crate) fn sent_code(house: &House, who: &str) -> String {
    let alone = ChatRef::new(Platform::Telegram, format!("id-{who}"));
    let told = house.chat.shown(&alone).pop().expect("it was sent to them alone");
    let What::Message(message) = told.what else { panic!("a message") };
    let words: String = message.lines.iter().flatten().map(Span::as_plain).collect();
    let is_code = |word: &&str| {
        word.len() >= 10 && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase() || c == '-')
    };
    words.split_whitespace().find(is_code).expect("it has a code").to_owned()
}

/// An account that belongs to somebody from now on.
pub(crate) fn linked(name: &str) -> Said {
    Said::Linking(LinkReply::Linked(name.to_owned(), Platform::Slack))
}

impl Pair {
    pub(crate) fn apart(house: House) -> Self {
        let (slack, directory) = (Arc::new(ScriptedMessenger::new()), Arc::new(FixedDirectory::new()));
        directory.promote(&ops(), &on_slack("boss").identity);
        let (chat, known) = (Arc::clone(&slack), Arc::clone(&directory));
        let house = house.refit(|desk| {
            let desk = desk.with_messenger(Platform::Slack, chat, known);
            let spelled = |word: CommandWord| format!("/incident {}", word.word());
            desk.with_commands_spelled(Platform::Slack, spelled).with_private_answers(Platform::Slack)
        });
        Self { house, slack, directory }
    }

    pub(crate) fn new() -> Self {
        let pair = Self::apart(House::new());
        pair.link();
        pair
    }

    /// The code that the administrator was sent: in the group everybody would see it.
    pub(crate) fn code(&self) -> String {
        let said = self.house.command("admin", CommandWord::Link, "").said;
        assert_eq!(said, Said::Linking(LinkReply::CodeSent));
        self.house.settle();
        sent_code(&self.house, "admin")
    }

    pub(crate) fn link(&self) {
        let linked = self.there("boss", command(CommandWord::Link, &self.code()));
        assert_eq!(linked.said, Said::Rostered);
        self.house.settle();
    }

    pub(crate) fn request(&self, who: &str, ask: Ask) -> Request {
        let mut request = self.house.request(who, ask);
        request.chat = ops();
        request.chat_title = Text::new("ops", Limits::NAME).ok();
        request.from = Sender::Person(on_slack(who));
        request
    }

    /// Somebody does something on Slack.
    pub(crate) fn there(&self, who: &str, ask: Ask) -> Reply {
        self.house.handle(self.request(who, ask))
    }

    /// The newest button on Slack that does this.
    pub(crate) fn button(&self, action: Action) -> Ask {
        let shown = self.slack.shown(&ops());
        let found = shown.iter().rev().find_map(|shown| match &shown.what {
            What::Card(card) => {
                let code = card.buttons.iter().flatten().find(|button| button.code.action == action)?;
                Some(Ask::Press { code: code.code.to_string(), message: shown.message.clone() })
            }
            What::Message(_) | What::File(_) => None,
        });
        found.unwrap_or_else(|| panic!("no button {action:?} in\n{}", self.slack.transcript(&ops())))
    }

    pub(crate) fn cards(&self) -> [Vec<String>; 2] {
        let shown = |cards: Vec<incident_core::view::Card>| {
            cards
                .iter()
                .map(|card| card.buttons.iter().flatten().map(|button| button.label.clone()).collect())
                .collect()
        };
        [shown(self.house.chat.cards(&room())), shown(self.slack.cards(&ops()))]
    }

    /// Makes a Telegram account and a Slack account those of one person.
    pub(crate) fn join(&self, who: &str) -> Reply {
        let code = told_code(&self.there(who, command(CommandWord::LinkMe, "")).said);
        let reply = self.house.command(who, CommandWord::LinkMe, &code);
        self.house.settle();
        reply
    }

    pub(crate) fn lines(&self) -> [String; 2] {
        [self.house.chat.transcript(&room()), self.slack.transcript(&ops())]
    }
}

#[test]
fn an_incident_is_live_in_both_chats_and_claimed_once() {
    let pair = Pair::new();
    let incident = pair.house.report("dan", "flat tyre");
    let [here, there] = pair.cards();
    assert_eq!((&here, here.len()), (&there, 1), "both show the same card, once");
    assert_eq!([pair.house.chat.pins(&room()).len(), pair.slack.pins(&ops()).len()], [1, 1]);
    assert!(pair.lines()[1].contains("dan (Telegram)"), "{}", pair.lines()[1]);

    assert_eq!(pair.join("ann").said, linked("ann"));
    let both = pair.button(Action::Claim);
    assert_eq!(pair.there("ann", both.clone()).said, Said::Done(Done::Pressed(Action::Claim)));
    let ann = pair.house.incident(incident.id).assignees().next().expect("she holds it");
    let late = pair.house.press("bob", Action::Claim);
    assert_eq!(late.said, Said::Refused(Rejection::AlreadyAcknowledged { by: ann }));
    pair.house.settle();
    let [here, there] = pair.lines();
    assert!(here.contains("ann") && !here.contains("ann (Slack)"), "{here}");
    assert!(there.contains("ann") && !there.contains("ann (Telegram)"), "{there}");
    assert_eq!(pair.cards()[0], pair.cards()[1]);
}

#[test]
fn of_fifty_who_press_at_once_in_both_chats_one_owns_it() {
    let mut rules = Policy::preset(Preset::TwoTier).rules().clone();
    rules.self_registration = true;
    let house = House::empty(Policy::new(rules).expect("it makes sense"));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    let pair = Pair::apart(house);
    pair.link();
    let incident = pair.house.report("dan", "flat tyre");
    let (message, code) = pair.house.button(Action::Claim);
    let press = |n: usize| match n % 2 {
        0 => pair.request(&format!("slack{n}"), pair.button(Action::Claim)),
        _ => {
            pair.house.request(&format!("tg{n}"), Ask::Press { code: code.clone(), message: message.clone() })
        }
    };
    let presses: Vec<Request> = (0..50).map(press).collect();
    let desk = &pair.house.desk;
    let said: Vec<Said> = thread::scope(|scope| {
        let handle = |press| scope.spawn(|| block_on(desk.handle(press)).expect("the store works").said);
        let pressing: Vec<_> = presses.into_iter().map(handle).collect();
        pressing.into_iter().map(|pressed| pressed.join().expect("it ends")).collect()
    });
    let owners = said.iter().filter(|said| **said == Said::Done(Done::Pressed(Action::Claim))).count();
    let late = said
        .iter()
        .filter(|said| matches!(said, Said::Refused(Rejection::AlreadyAcknowledged { .. })))
        .count();
    assert_eq!((owners, late), (1, 49));
    pair.house.settle();
    let history = block_on(pair.house.store.history(pair.house.company(), incident.id)).expect("it works");
    let claims = history.iter().filter(|event| matches!(event.fact, Fact::Acknowledged { .. })).count();
    assert_eq!(claims, 1);
    let [here, there] = pair.cards();
    assert_eq!(here, there);
    assert!(!here[0].contains("Claim"), "{here:?}");
}

#[test]
fn a_chat_that_cannot_be_reached_delays_no_other() {
    let pair = Pair::new();
    let down = || DeliveryError::Temporary { reason: "down".to_owned(), retry_after: Some(minutes(30)) };
    pair.slack.fail_next(Call::Post, down());
    pair.house.report("dan", "flat tyre");
    assert_eq!(pair.cards().map(|cards| cards.len()), [1, 0]);
    pair.house.press("ann", Action::Claim);
    pair.house.settle();
    assert!(pair.cards()[0][0].contains("Leave"), "{:?}", pair.cards());
    pair.house.pass(minutes(30));
    assert_eq!(pair.cards()[0], pair.cards()[1], "it catches up with what is true by then");

    pair.house.chat.fail_next(Call::Edit, down());
    pair.house.press("ann", Action::Release);
    pair.house.settle();
    assert!(pair.cards()[0][0].contains("Leave") && pair.cards()[1][0].contains("Claim"));
}

#[test]
fn reminders_go_to_both_chats_and_a_question_to_where_it_was_pressed() {
    let pair = Pair::new();
    pair.house.report("dan", "flat tyre");
    pair.house.pass(minutes(11));
    let reminded = |lines: &String| lines.matches("has been unclaimed for").count();
    assert_eq!(pair.lines().each_ref().map(reminded), [1, 1]);
    pair.join("ann");
    pair.there("ann", pair.button(Action::Claim));
    pair.house.settle();
    let [before_here, before_there] = pair.lines().map(|lines| lines.lines().count());
    pair.there("ann", pair.button(Action::Resolve));
    pair.house.settle();
    let asks = |chat: &ScriptedMessenger, at: &ChatRef| {
        let asks = |what: &What| matches!(what, What::Message(message) if message.asks);
        chat.shown(at).iter().filter(|shown| asks(&shown.what)).count()
    };
    assert_eq!([asks(&pair.house.chat, &room()), asks(&pair.slack, &ops())], [0, 1]);
    assert!(before_here > 0 && before_there > 0);
    let question = pair.slack.shown(&ops()).pop().expect("it was asked").message;
    let answer = Ask::Answer { to: question, text: "changed it, a nail".to_owned(), attachments: Vec::new() };
    assert_eq!(pair.there("ann", answer).said, Said::Done(Done::Summarised));
    pair.house.settle();
    assert_eq!(pair.cards()[0], pair.cards()[1]);
    assert!(pair.lines().iter().all(|lines| lines.contains("changed it, a nail")));
}

#[test]
fn each_chat_reads_commands_as_its_platform_spells_them() {
    let pair = Pair::new();
    let help = |reply: Reply| reply.text();
    assert!(help(pair.house.command("ann", CommandWord::Help, "")).contains("/link_me"));
    assert!(help(pair.there("ann", command(CommandWord::Help, ""))).contains("/incident link_me"));
    let linked = pair.lines();
    assert!(linked[0].contains("Linked with ops (Slack)"), "{}", linked[0]);
    assert!(linked[1].contains("Linked with trucks (Telegram)"), "{}", linked[1]);
}

#[test]
fn a_code_links_once_soon_and_at_the_word_of_an_administrator() {
    let pair = Pair::apart(House::new());
    let bad = Said::Linking(LinkReply::BadCode);
    let link = |who, code: &str| pair.there(who, command(CommandWord::Link, code)).said;
    assert_eq!(link("boss", "ABCDEFGHJK"), bad);
    assert_eq!(link("boss", &format!("{}-ABCDEFGHJK", pair.house.company())), bad);
    let refused = pair.house.command("ann", CommandWord::Link, "").said;
    assert_eq!(refused, Said::Refused(Rejection::NotAuthorized), "only administrators get one");
    let code = pair.code();
    assert_eq!(link("eve", &code), Said::Refused(Rejection::NotAuthorized), "only administrators use one");
    pair.house.pass(minutes(10));
    assert_eq!(link("boss", &code), bad, "it is too old");
    let (first, code) = (pair.code(), pair.code());
    assert_eq!(link("boss", &first), bad, "a newer one took its place");
    assert_eq!(link("boss", &code.to_lowercase()), Said::Rostered);
    let third = ChatRef::new(Platform::Slack, "C3");
    pair.directory.promote(&third, &on_slack("boss").identity);
    let mut again = pair.request("boss", command(CommandWord::Link, &code));
    again.chat = third;
    assert_eq!(pair.house.handle(again).said, bad, "it was used");
    let taken = pair.code();
    assert_eq!(link("boss", &taken), Said::Linking(LinkReply::ChatTaken), "it is one of a group's chats");
    let own = pair.house.command("admin", CommandWord::Link, &taken).said;
    assert_eq!(own, Said::Linking(LinkReply::ChatTaken));
}

#[test]
fn linking_again_by_the_same_request_changes_nothing() {
    let pair = Pair::apart(House::new());
    let request = pair.request("boss", command(CommandWord::Link, &pair.code()));
    for _ in 0..2 {
        assert_eq!(pair.house.handle(request.clone()).said, Said::Rostered);
        pair.house.settle();
    }
    assert_eq!(pair.lines()[0].matches("Linked with ops").count(), 1);
}

#[test]
fn nothing_can_be_claimed_in_a_chat_that_was_taken_away() {
    let pair = Pair::new();
    pair.house.report("dan", "flat tyre");
    let claim = pair.button(Action::Claim);
    assert_eq!(pair.there("boss", command(CommandWord::Unlink, "")).said, Said::Rostered);
    pair.house.settle();
    assert_eq!(pair.cards().map(|cards| cards.len()), [1, 0]);
    assert_eq!(pair.slack.pins(&ops()), [] as [MessageRef; 0]);
    assert_eq!(pair.there("ann", claim).said, Said::UnknownButton);
    pair.house.report("dan", "another one");
    assert_eq!(pair.cards().map(|cards| cards.len()), [2, 0]);

    pair.link();
    assert_eq!(pair.cards().map(|cards| cards.len()), [2, 2], "it can be linked again");
    assert_eq!(pair.house.command("admin", CommandWord::Unlink, "").said, Said::Rostered);
    pair.house.settle();
    assert_eq!(
        pair.cards().map(|cards| cards.len()),
        [2, 0],
        "said in the group's own chat, the others leave"
    );
    let alone = pair.house.command("admin", CommandWord::Unlink, "").said;
    assert_eq!(alone, Said::Linking(LinkReply::NotLinked));
}

#[test]
fn a_group_lives_on_in_the_chat_that_is_left() {
    let pair = Pair::new();
    pair.house.report("dan", "flat tyre");
    let mut removed = pair.request("nobody", Ask::BotRemoved);
    removed.from = Sender::Platform;
    pair.house.handle(removed);
    pair.slack.expel(&ops());
    pair.house.settle();
    assert_eq!(pair.lines()[0].matches("No longer linked with ops (Slack)").count(), 1);
    assert_eq!(pair.house.press("ann", Action::Claim).said, Said::Done(Done::Pressed(Action::Claim)));

    let pair = Pair::new();
    let incident = pair.house.report("dan", "flat tyre");
    pair.house.chat.expel(&room());
    pair.house.platform(Ask::BotRemoved);
    pair.house.settle();
    pair.join_known("ann");
    assert_eq!(pair.there("ann", pair.button(Action::Claim)).said, Said::Done(Done::Pressed(Action::Claim)));
    pair.house.settle();
    assert_eq!(pair.house.incident(incident.id).state.kind(), StateKind::Acknowledged);
    assert!(pair.cards()[1][0].contains("Leave"), "{:?}", pair.cards());
    let gone = pair.house.command("admin", CommandWord::Status, "1").said;
    assert_eq!(gone, Said::Refused(Rejection::TenantInactive), "the chat that was lost is nobody's");
}

impl Pair {
    /// Makes somebody on Slack a responder.
    pub(crate) fn join_known(&self, who: &str) {
        let named = vec![incident_core::desk::Named::Account(on_slack(who))];
        let Ask::Command { word, text, attachments, quoted, about, .. } =
            command(CommandWord::AddDispatcher, who)
        else {
            panic!("it is a command");
        };
        let ask = Ask::Command { word, text, named, attachments, quoted, about };
        assert_eq!(self.there("boss", ask).said, Said::Rostered);
        self.house.settle();
    }
}

#[test]
fn a_linked_chat_that_moves_is_followed() {
    let pair = Pair::new();
    pair.house.report("dan", "flat tyre");
    let moved = ChatRef::new(Platform::Slack, "C9");
    pair.slack.migrate(&ops(), &moved);
    pair.house.press("ann", Action::Claim);
    pair.house.settle();
    assert_eq!(pair.slack.cards(&moved).len(), 1);
    let labels: Vec<String> =
        pair.slack.cards(&moved)[0].buttons.iter().flatten().map(|button| button.label.clone()).collect();
    assert!(labels.concat().contains("Leave"), "{labels:?}");
    assert!(pair.cards()[0][0].contains("Leave"));
}

#[test]
fn a_right_that_is_refused_in_one_chat_is_asked_for_there() {
    let pair = Pair::apart(House::new());
    pair.slack.deny(&ops(), Right::Pin, true);
    pair.link();
    pair.house.report("dan", "flat tyre");
    let complained = |lines: &String| lines.matches("I cannot pin").count();
    assert_eq!(pair.lines().each_ref().map(complained), [0, 1]);
    assert_eq!([pair.house.chat.pins(&room()).len(), pair.slack.pins(&ops()).len()], [1, 0]);
    pair.slack.deny(&ops(), Right::Pin, false);
    let mut present = pair.request("nobody", Ask::BotPresent { can_pin: Some(true) });
    present.from = Sender::Platform;
    pair.house.handle(present);
    pair.house.settle();
    assert_eq!(pair.slack.pins(&ops()).len(), 1);
}
