//! Slack and Discord as places where a story is told: what is done there goes through them, and what goes wrong too.

use adapter_discord::testkit::{self as discord, Message, World};
use adapter_slack::testkit::{self as slack, SlackServer};
use serde_json::Value;

use super::{Guild, Workspace};
use crate::harness::Desk;

/// What is reported: the words by which its card is found.
const ISSUE: &str = "truck 12 has a flat tyre";
/// What is said to have been done in the end.
pub(super) const SUMMARY: &str = "fitted a new tyre";

/// Somebody in the story.
#[derive(Clone, Copy)]
pub(super) enum Who {
    Dan,
    Ann,
    Bob,
    Mia,
}

/// Something that somebody does.
pub(super) enum Act {
    Report,
    Press(&'static str),
    /// Says something in the thread of the card, while the desk is dead.
    Say(&'static str),
    /// Presses Transfer, and chooses a team in the form that opens.
    Transfer(&'static str),
    /// Presses Resolve, and sends the form that opens.
    Resolve,
}

/// What the desk calls the platform for.
#[derive(Clone, Copy)]
pub(super) enum Call {
    /// To post something.
    Post,
    /// To change the card.
    Show,
    Unpin,
}

/// What may befall a call.
#[derive(Clone, Copy)]
pub(super) enum Trouble {
    /// It is one too many.
    Limited,
    /// The server fails.
    Down,
    /// A proxy answers in the server's place.
    Page,
    /// The connection breaks before it is done, where that can be told apart.
    Broken,
    /// It is done, and the answer is lost.
    Lost,
    /// It is not done, and nobody answers.
    Hang,
}

/// Where a story is told. What is done there is delivered more than once, and the last first.
pub(super) trait Stage {
    /// How many connections there ever were.
    type Connections: Copy;

    /// Has the next call of a kind go wrong.
    fn trouble(&self, call: Call, trouble: Trouble);
    /// Has the desk wait for the platform between taking note of something and doing it.
    fn stall(&self);
    /// Has nothing go wrong any more that has not yet.
    fn forgive(&self);
    /// Counts what is still to go wrong.
    fn troubles_left(&self) -> usize;
    /// Says what may befall a post; where a lost answer makes another card, none is lost.
    fn after_a_post(&self) -> Trouble;
    /// Breaks the connections of the desk, while somebody is about to do something.
    async fn disconnect(&self);
    /// Does something; where an answer has to be waited for, waits.
    async fn act(&self, desk: &mut Desk, who: Who, act: &Act);
    /// Counts the connections that there ever were.
    fn connections(&self) -> Self::Connections;
    /// Waits for one more than there were.
    async fn connected(&self, before: Self::Connections);
    /// Lists what stands on the cards of the incident, and whether each is pinned.
    fn cards(&self) -> Vec<(String, bool)>;
    /// Waits until the only card shows some words.
    async fn shows(&self, words: &str);
}

/// Kills the desk and starts it again.
pub(super) async fn crash(desk: &mut Desk, stage: &impl Stage) {
    desk.kill().await;
    let before = stage.connections();
    desk.run_again();
    stage.connected(before).await;
}

/// Finds an option in a form by what it says, and returns the field that it is in and its value.
fn option_in<'form>(form: &'form Value, said: &str) -> Option<&'form str> {
    match form {
        Value::Array(parts) => parts.iter().find_map(|part| option_in(part, said)),
        Value::Object(parts) => {
            let label = parts.get("label").or_else(|| parts.get("text")?.get("text")).and_then(Value::as_str);
            let value = parts.get("value").and_then(Value::as_str);
            let own = value.filter(|_| label.is_some_and(|label| label.contains(said)));
            own.or_else(|| parts.values().find_map(|part| option_in(part, said)))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

impl Workspace {
    fn person(&self, who: Who) -> &str {
        match who {
            Who::Dan => &self.dan,
            Who::Ann => &self.ann,
            Who::Bob => &self.bob,
            Who::Mia => &self.mia,
        }
    }

    fn card(&self) -> slack::Message {
        let found = self.server.messages(&self.channel).into_iter().find(is_card);
        found.expect("the card stands")
    }

    /// Types a command and waits for words that were not said before, to one person or to all.
    pub(super) async fn order(&self, words: &str, answer: &str) {
        let said = |server: &SlackServer| {
            let whispers = server.whispers(&self.mia).into_iter().map(|whisper| whisper.text);
            let messages = server.messages(&self.channel).into_iter().map(|message| message.text);
            whispers.chain(messages).filter(|text| text.contains(answer)).count()
        };
        let before = said(&self.server);
        self.command(&self.mia, words);
        self.server.wait_for(answer, |server| (said(server) > before).then_some(())).await;
    }

    /// Sends the form that somebody has open, as soon as they have; the desk dies while they fill it in.
    async fn fill_in(&self, desk: &mut Desk, who: &str, field: &str, filled: impl Fn(&Value) -> String) {
        let open = |server: &SlackServer| server.views(who).first().cloned();
        let form = self.server.wait_for("a form in Slack", open).await;
        crash(desk, self).await;
        self.server.submit(who, &form.id, &[(field, &filled(&form.view))]);
    }
}

fn is_card(message: &slack::Message) -> bool {
    message.by_app && message.text.contains(&format!("Issue: {ISSUE}"))
}

impl Stage for Workspace {
    type Connections = usize;

    fn trouble(&self, call: Call, trouble: Trouble) {
        use slack::Fault::{Hang, Limited, LostAnswer, Page, ResetBefore, ServerError};
        let method = match call {
            Call::Post => "chat.postMessage",
            Call::Show => "chat.update",
            Call::Unpin => "pins.remove",
        };
        let fault = match trouble {
            Trouble::Limited => Limited { retry_after: 1 },
            Trouble::Down => ServerError,
            Trouble::Page => Page,
            Trouble::Broken => ResetBefore,
            Trouble::Lost => LostAnswer,
            Trouble::Hang => Hang,
        };
        self.server.fail_next(method, fault);
    }

    fn stall(&self) {
        // Slack is asked who somebody is, and a process that has just begun does not know.
        for _ in 0..2 {
            self.server.fail_next("users.info", slack::Fault::Hang);
        }
    }

    fn forgive(&self) {
        self.server.forgive();
    }

    fn troubles_left(&self) -> usize {
        self.server.faults_left()
    }

    fn after_a_post(&self) -> Trouble {
        Trouble::Limited
    }

    async fn disconnect(&self) {
        let before = self.connections();
        self.server.drop_sockets();
        // What is pressed meanwhile is lost, and whoever presses sees that.
        Stage::connected(self, before).await;
    }

    async fn act(&self, desk: &mut Desk, who: Who, act: &Act) {
        let who = self.person(who).to_owned();
        let dead = matches!(act, Act::Say(_));
        if dead {
            desk.kill().await;
        }
        let before = self.connections();
        self.server.hold();
        self.server.write(&self.channel, &self.dan, "is anybody coming?");
        match act {
            Act::Report => self.command(&who, &format!("new {ISSUE}")),
            Act::Press(label) => self.press(&who, &self.card(), label),
            Act::Say(words) => drop(self.server.reply(&self.channel, &who, &self.card().ts, words)),
            Act::Transfer(_) => self.press(&who, &self.card(), "Transfer"),
            Act::Resolve => self.press(&who, &self.card(), "Resolve"),
        }
        self.server.release_backwards();
        if dead {
            desk.run_again();
            Stage::connected(self, before).await;
        }
        match act {
            Act::Transfer(team) => {
                let chosen = |form: &Value| option_in(form, team).expect("the team is offered").to_owned();
                self.fill_in(desk, &who, "team", chosen).await;
            }
            Act::Resolve => self.fill_in(desk, &who, "text", |_| SUMMARY.to_owned()).await,
            Act::Report | Act::Press(_) | Act::Say(_) => {}
        }
    }

    fn connections(&self) -> usize {
        self.server.sockets_opened()
    }

    async fn connected(&self, before: usize) {
        let anew =
            |server: &SlackServer| (server.sockets_opened() > before && server.sockets() > 0).then_some(());
        self.server.wait_for("a new socket", anew).await;
    }

    fn cards(&self) -> Vec<(String, bool)> {
        let cards = self.server.messages(&self.channel).into_iter().filter(is_card);
        cards.map(|card| (card.text, card.pinned)).collect()
    }

    async fn shows(&self, words: &str) {
        let shown = |_: &SlackServer| {
            let cards = Stage::cards(self);
            (cards.len() == 1 && cards[0].0.contains(words)).then_some(())
        };
        self.server.wait_for(&format!("a card that shows {words:?}"), shown).await;
    }
}

impl Guild {
    fn person(&self, who: Who) -> u64 {
        match who {
            Who::Dan => self.dan,
            Who::Ann => self.ann,
            Who::Bob => self.bob,
            Who::Mia => self.mia,
        }
    }

    fn cards_in<'world>(&self, world: &'world World) -> Vec<(&'world Message, String)> {
        let messages = world.messages(self.channel).into_iter();
        let shown = messages.map(|message| (message, world.shown(message).text));
        shown.filter(|(_, text)| text.contains(ISSUE) && text.contains("Reported by")).collect()
    }

    /// Uses a command and waits for words in its answer.
    pub(super) async fn order(&self, path: &str, options: &[(&str, &str)], answer: &str) {
        let asked = self.api.command(self.channel, self.mia, path, options);
        let said = |world: &World| {
            let mut answers = world.answers(asked).into_iter();
            answers.any(|said| said.shown.text.contains(answer)).then_some(())
        };
        self.api.wait_until(said, answer).await;
    }

    /// Says something in the thread of the card.
    fn say_in_thread(&self, who: u64, words: &str) {
        let card = self.api.read(|world| self.cards_in(world).first().map(|(card, _)| card.id));
        let thread = self.api.thread(card.expect("the card stands"));
        self.api.write(thread, who, words);
    }

    /// Sends the form that a press has opened, as soon as it has; the desk dies while it is filled in.
    async fn fill_in(&self, desk: &mut Desk, pressed: u64, field: &str, filled: impl Fn(&Value) -> String) {
        let form = self.api.wait_until(|world| world.form_of(pressed).cloned(), "a form in Discord").await;
        crash(desk, self).await;
        self.api.submit(pressed, &[(field, &filled(&form))]);
    }
}

impl Stage for Guild {
    type Connections = usize;

    fn trouble(&self, call: Call, trouble: Trouble) {
        use discord::Fault::{BadGateway, Hang, LostAnswer, RateLimited, ServerError};
        let name = match call {
            Call::Post => "POST channels/-/messages",
            Call::Show => "PATCH channels/-/messages/-",
            Call::Unpin => "DELETE channels/-/messages/pins/-",
        };
        let fault = match trouble {
            Trouble::Limited => RateLimited { retry_after: 0.5, global: true },
            Trouble::Down => ServerError,
            Trouble::Page => BadGateway,
            Trouble::Broken => RateLimited { retry_after: 0.5, global: false },
            Trouble::Lost => LostAnswer,
            Trouble::Hang => Hang,
        };
        self.api.fail_next(name, fault);
    }

    fn stall(&self) {
        // Nothing is done before Discord has heard that it was noted; each of both deliveries tries twice to say so.
        for _ in 0..4 {
            self.api.fail_next("POST interactions/-/-/callback", discord::Fault::Hang);
        }
    }

    fn forgive(&self) {
        self.api.forgive();
    }

    fn troubles_left(&self) -> usize {
        self.api.read(World::faults_left)
    }

    fn after_a_post(&self) -> Trouble {
        Trouble::Lost
    }

    async fn disconnect(&self) {
        let before = self.api.read(World::sessions).1;
        self.api.drop_gateway();
        let broken = |world: &World| (!world.is_connected() || world.sessions().1 > before).then_some(());
        self.api.wait_until(broken, "the connection to break").await;
    }

    async fn act(&self, desk: &mut Desk, who: Who, act: &Act) {
        let who = self.person(who);
        if let Act::Say(words) = act {
            desk.kill().await;
            self.say_in_thread(who, words);
            let before = self.connections();
            desk.run_again();
            return Stage::connected(self, before).await;
        }
        self.api.hold();
        self.api.write(self.channel, self.dan, "is anybody coming?");
        let pressed = match act {
            Act::Report => self.api.command(self.channel, who, "new_issue", &[("text", ISSUE)]),
            Act::Press(label) => self.api.press(self.channel, who, label),
            Act::Transfer(_) => self.api.press(self.channel, who, "Transfer"),
            Act::Resolve | Act::Say(_) => self.api.press(self.channel, who, "Resolve"),
        };
        self.api.release_backwards();
        match act {
            Act::Transfer(team) => {
                let chosen = |form: &Value| option_in(form, team).expect("the team is offered").to_owned();
                self.fill_in(desk, pressed, "team", chosen).await;
            }
            Act::Resolve => self.fill_in(desk, pressed, "words", |_| SUMMARY.to_owned()).await,
            Act::Report | Act::Press(_) | Act::Say(_) => {}
        }
    }

    fn connections(&self) -> usize {
        self.api.read(|world| world.sessions().0)
    }

    async fn connected(&self, before: usize) {
        let anew = |world: &World| (world.sessions().0 > before && world.is_connected()).then_some(());
        self.api.wait_until(anew, "a new session in Discord").await;
    }

    fn cards(&self) -> Vec<(String, bool)> {
        self.api
            .read(|world| self.cards_in(world).into_iter().map(|(card, text)| (text, card.pinned)).collect())
    }

    async fn shows(&self, words: &str) {
        let shown = |world: &World| match self.cards_in(world).as_slice() {
            [(_, text)] => text.contains(words).then_some(()),
            _ => None,
        };
        self.api.wait_until(shown, &format!("a card that shows {words:?}")).await;
    }
}
