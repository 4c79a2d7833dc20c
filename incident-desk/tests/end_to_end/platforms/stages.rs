//! Slack and Discord as places where a story is told: what is done there goes through them, and what goes wrong too.

use adapter_discord::testkit::{self as discord, World};
use adapter_slack::testkit::{self as slack, SlackServer};

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
    /// Presses the first button, and the second one on what is offered then.
    Choose(&'static str, &'static str),
    /// Presses Resolve, and sends the form that opens.
    Resolve,
}

/// Where a story is told. What is done there is delivered more than once and in whatever order the platform may choose.
pub(super) trait Stage {
    /// Has something go wrong with what the step will show.
    fn upset(&self, step: usize);
    /// Breaks the connections of the desk, while somebody is about to do something.
    async fn disconnect(&self);
    /// Does something; where an answer has to be waited for, waits.
    async fn act(&self, desk: &mut Desk, who: Who, act: &Act);
    /// Counts the connections that there ever were.
    fn connections(&self) -> usize;
    /// Waits for one more than there were.
    async fn connected(&self, before: usize);
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

    /// Waits for the offer of a choice, to one person or to all, and takes it.
    async fn take(&self, who: &str, label: &str) {
        let offers = |buttons: &[Vec<slack::Button>]| {
            buttons.concat().iter().any(|button| button.label.contains(label))
        };
        let whispered = |server: &SlackServer| {
            let mut whispers = server.whispers(who).into_iter().rev();
            let whisper = whispers.find(|whisper| offers(&whisper.buttons));
            let mut messages = server.messages(&self.channel).into_iter().rev();
            let message = messages.find(|message| !is_card(message) && offers(&message.buttons));
            (whisper.is_some() || message.is_some()).then_some((whisper, message))
        };
        match self.server.wait_for("an offer", whispered).await {
            (Some(whisper), _) => self.server.press_whisper(who, &whisper.ts, label),
            (None, message) => {
                self.server.press(&self.channel, who, &message.expect("one of them").ts, label)
            }
        }
    }
}

fn is_card(message: &slack::Message) -> bool {
    message.by_app && message.text.contains(&format!("Issue: {ISSUE}"))
}

impl Workspace {
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
}

impl Stage for Workspace {
    fn upset(&self, step: usize) {
        use slack::Fault::{Limited, LostAnswer, Page, ResetBefore, ServerError};
        if step == 0 {
            // A card whose answer is lost in a crash would stand twice, which is known.
            self.server.fail_next("chat.postMessage", ServerError);
            return;
        }
        let faults = [LostAnswer, Limited { retry_after: 1 }, ServerError, Page, ResetBefore];
        self.server.fail_next("chat.update", faults[step % faults.len()].clone());
    }

    async fn disconnect(&self) {
        let before = self.connections();
        self.server.drop_sockets();
        // What is pressed meanwhile is lost, and whoever presses sees that.
        Stage::connected(self, before).await;
    }

    async fn act(&self, desk: &mut Desk, who: Who, act: &Act) {
        let who = self.person(who).to_owned();
        // What was said first comes last.
        self.server.hold();
        self.server.write(&self.channel, &self.dan, "is anybody coming?");
        match act {
            Act::Report => self.command(&who, &format!("new {ISSUE}")),
            Act::Press(label) | Act::Choose(label, _) => self.press(&who, &self.card(), label),
            Act::Resolve => self.press(&who, &self.card(), "Resolve"),
        }
        self.server.release_backwards();
        match act {
            Act::Choose(_, label) => self.take(&who, label).await,
            Act::Resolve => {
                let form = |server: &SlackServer| server.views(&who).first().map(|view| view.id.clone());
                let form = self.server.wait_for("a form in Slack", form).await;
                crash(desk, self).await;
                self.server.submit(&who, &form, &[("text", SUMMARY)]);
            }
            Act::Report | Act::Press(_) => {}
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

    fn cards_in(&self, world: &World) -> Vec<(String, bool)> {
        let messages = world.messages(self.channel).into_iter();
        let shown = messages.map(|message| (world.shown(message).text, message.pinned));
        shown.filter(|(text, _)| text.contains(ISSUE) && text.contains("Reported by")).collect()
    }

    /// Waits for the offer of a choice, to one person or to all, and takes it.
    async fn take(&self, who: u64, pressed: u64, label: &str) {
        let offers =
            |shown: &discord::Shown| shown.rows.iter().flatten().any(|button| button.label.contains(label));
        let offered = |world: &World| {
            let answered = world.answers(pressed).into_iter().any(|answer| offers(&answer.shown));
            let said = world.messages(self.channel).into_iter().any(|message| offers(&world.shown(message)));
            (answered || said).then_some(answered)
        };
        if self.api.wait_until(offered, "an offer").await {
            self.api.press_answer(pressed, label);
        } else {
            self.api.press(self.channel, who, label);
        }
    }
}

impl Guild {
    /// Uses a command and waits for words in its answer.
    pub(super) async fn order(&self, path: &str, options: &[(&str, &str)], answer: &str) {
        let asked = self.api.command(self.channel, self.mia, path, options);
        let said = |world: &World| {
            let mut answers = world.answers(asked).into_iter();
            answers.any(|said| said.shown.text.contains(answer)).then_some(())
        };
        self.api.wait_until(said, answer).await;
    }
}

impl Stage for Guild {
    fn upset(&self, step: usize) {
        use discord::Fault::{BadGateway, LostAnswer, RateLimited, ServerError};
        if step == 0 {
            self.api.fail_next("POST channels/-/messages", ServerError);
            return;
        }
        let limited = RateLimited { retry_after: 0.5, global: step.is_multiple_of(2) };
        let faults = [LostAnswer, limited, ServerError, BadGateway];
        self.api.fail_next("PATCH channels/-/messages/-", faults[step % faults.len()].clone());
    }

    async fn disconnect(&self) {
        self.api.drop_gateway();
    }

    async fn act(&self, desk: &mut Desk, who: Who, act: &Act) {
        let who = self.person(who);
        self.api.write(self.channel, self.dan, "is anybody coming?");
        let pressed = match act {
            Act::Report => self.api.command(self.channel, who, "new_issue", &[("text", ISSUE)]),
            Act::Press(label) | Act::Choose(label, _) => self.api.press(self.channel, who, label),
            Act::Resolve => self.api.press(self.channel, who, "Resolve"),
        };
        self.api.repeat_last_event();
        match act {
            Act::Choose(_, label) => self.take(who, pressed, label).await,
            Act::Resolve => {
                self.api.wait_until(|world| world.form_of(pressed).map(drop), "a form in Discord").await;
                crash(desk, self).await;
                self.api.submit(pressed, &[("words", SUMMARY)]);
                self.api.repeat_last_event();
            }
            Act::Report | Act::Press(_) => {}
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
        self.api.read(|world| self.cards_in(world))
    }

    async fn shows(&self, words: &str) {
        let shown = |world: &World| {
            let cards = self.cards_in(world);
            (cards.len() == 1 && cards[0].0.contains(words)).then_some(())
        };
        self.api.wait_until(shown, &format!("a card that shows {words:?}")).await;
    }
}
