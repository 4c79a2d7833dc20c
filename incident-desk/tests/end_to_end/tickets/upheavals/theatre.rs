//! Where the story of a ticket is told, and what goes wrong there.

use std::collections::BTreeSet;

use adapter_discord::testkit::{Call, Fault, Message, World, right};
use serde_json::Value;

use super::super::Shop;
use super::steps::{Act, Killed, READ, Step};
use crate::harness::{Desk, eventually};

/// The file that dan sends.
pub(super) const LOGGED_FILE: (&str, &[u8]) = ("proof.png", b"a picture");

/// A shop with one ticket. What is done in it is delivered more than once, and the last first.
pub(super) struct Theatre {
    pub(super) shop: Shop,
    /// Which time it is told, from zero.
    pub(super) telling: usize,
    /// The room of the ticket, once there is one.
    pub(super) room: Option<u64>,
    /// How many calls there were before the managers were asked.
    pub(super) escalated: Option<usize>,
    /// Everything that was said in the room.
    pub(super) words: Vec<String>,
    /// How much of it is no answer.
    pub(super) notes: i64,
}

impl Theatre {
    pub(super) fn open(telling: usize) -> Self {
        let shop = Shop::new();
        shop.api.tell_twice(true);
        shop.api.replay_heard(3);
        // Its lines are written whenever they can be; what becomes of them is another story.
        shop.api.spare_words_in(shop.log);
        Self { shop, telling, room: None, escalated: None, words: Vec::new(), notes: 0 }
    }

    pub(super) fn troubles_left(&self) -> usize {
        self.shop.api.read(World::faults_left)
    }

    /// Has the desk wait for Discord between taking note of something and doing it.
    pub(super) fn stall(&self) {
        // Nothing that is pressed is done before Discord has heard that it was noted, and nothing that is said before
        // Discord has told what roles somebody has; neither is asked for ever.
        for call in ["POST interactions/-/-/callback", "GET guilds/-/members/-"] {
            for _ in 0..4 {
                self.shop.api.fail_next(call, Fault::Hang);
            }
        }
    }

    /// Breaks the connection of the desk, while somebody is about to do something. A form opens only for those who need
    /// not wait for the next one.
    pub(super) async fn disconnect(&self, wait: bool) {
        let before = self.shop.api.read(World::sessions).1;
        self.shop.api.drop_gateway();
        let broken = |world: &World| {
            let again = world.sessions().1 > before;
            (again || !wait && !world.is_connected()).then_some(())
        };
        self.shop.api.wait_until(broken, "the connection to break").await;
    }

    /// Starts the desk again after it was killed.
    pub(super) async fn restart(&self, desk: &mut Desk) {
        let before = self.shop.api.read(|world| world.sessions().0);
        desk.run_again();
        self.shop.connected(before + 1).await;
    }

    /// Opens the form that a step needs, if it needs one; the desk dies while it is filled in.
    pub(super) async fn open_form(&self, desk: &mut Desk, step: &Step) -> Option<u64> {
        let who = (step.who)(&self.shop);
        let (place, label) = match step.act {
            Act::Report(_) => (self.shop.panel, "Report"),
            Act::Explain(label, _) => (self.room(), label),
            Act::Press(_) | Act::Say(_) | Act::SendFile => return None,
        };
        self.hold();
        let pressed = self.shop.api.press(place, who, label);
        self.shop.api.release_backwards();
        self.shop.api.wait_until(|world| world.form_of(pressed).map(drop), "a form").await;
        desk.kill().await;
        self.restart(desk).await;
        Some(pressed)
    }

    /// Does something. What is said is said while the desk is dead, where it is to be killed when that is done.
    pub(super) async fn act(&mut self, desk: &mut Desk, (step, form): (&Step, Option<u64>), killed: &Killed) {
        let (who, dead) = ((step.who)(&self.shop), step.act.is_said() && matches!(killed, Killed::Done));
        if dead {
            desk.kill().await;
            // It is looked for until it is found.
            for fault in [Fault::ServerError, Fault::RateLimited { retry_after: 0.5, global: false }] {
                self.shop.api.fail_next(READ, fault);
            }
        }
        self.hold();
        let api = self.shop.api.clone();
        match step.act {
            Act::Report(words) | Act::Explain(_, words) => {
                api.submit(form.expect("a form is open"), &[("words", words)]);
            }
            Act::Press(label) => {
                self.escalated = self.escalated.or((label == "Escalate").then(|| api.calls().len()));
                if step.shows_work() {
                    self.note();
                }
                api.press(self.room(), who, label);
            }
            Act::Say(words) => drop(api.write(self.room(), who, words)),
            Act::SendFile => drop(api.send_file(self.room(), who, LOGGED_FILE.0, LOGGED_FILE.1)),
        }
        api.release_backwards();
        if let Act::Report(words) | Act::Say(words) = step.act {
            self.words.push(words.to_owned());
        }
        if dead {
            self.restart(desk).await;
        }
    }

    /// Holds back what is told from now on, behind something that is nobody's business.
    fn hold(&self) {
        self.shop.api.hold();
        self.shop.api.write(self.shop.panel, self.shop.zoe, "is anybody there?");
    }

    /// Has ann say something in the room.
    fn note(&mut self) {
        self.notes += 1;
        let words = format!("note {}", self.notes);
        self.shop.api.write(self.room(), self.shop.ann, &words);
        self.words.push(words);
    }

    pub(super) fn room(&self) -> u64 {
        self.room.expect("there is a room")
    }

    /// Lists the rooms there are.
    fn rooms(&self) -> Vec<u64> {
        let mut places = self.shop.api.places(self.shop.guild);
        places.retain(|place| self.shop.api.described(*place).0.starts_with("tkt"));
        places
    }

    /// Lists what stands on the cards in the room, however many there are.
    fn cards(&self) -> Vec<String> {
        let bot = self.shop.api.bot_id();
        self.shop.api.read(|world| {
            let own = world.messages(self.room()).into_iter().filter(|message| message.author == bot);
            let shown = own.map(|message: &Message| world.shown(message).text);
            shown.filter(|text| text.contains("Reported by")).collect()
        })
    }

    /// Waits until everybody sees what they should; there is one room with one card.
    pub(super) async fn shows(&mut self, step: &Step) {
        let rooms = self.rooms();
        let room = *self.room.get_or_insert_with(|| *rooms.first().expect("a room is opened"));
        if step.shows.is_empty() {
            self.shop.gone(room).await;
            assert_eq!(self.rooms(), [0; 0], "no room is left");
        } else {
            assert_eq!(rooms, [room], "there is one room");
            let shown = || self.cards().iter().any(|card| card.contains(step.shows)).then_some(());
            eventually(&format!("a card that shows {:?}", step.shows), shown).await;
            assert_eq!(self.cards().len(), 1, "there is one card: {:?}", self.cards());
        }
        let shop = &self.shop;
        for (user, sight) in [shop.dan, shop.ann, shop.ben, shop.zoe].into_iter().zip(step.sight) {
            shop.seen(user, room, sight).await;
        }
    }

    /// Lists who was ever let into a channel; nobody may see one because everybody does.
    pub(super) fn let_in(guild: u64, calls: &[Call]) -> BTreeSet<u64> {
        let number =
            |value: &Value| value.as_str().and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
        let mut within = BTreeSet::new();
        for call in calls {
            let Some(doors) = call.body["permission_overwrites"].as_array() else { continue };
            let sees = |door: &&Value| number(&door["allow"]) & right::VIEW != 0;
            let closed =
                |door: &Value| number(&door["id"]) == guild && number(&door["deny"]) & right::VIEW != 0;
            assert!(doors.iter().any(closed), "everybody is let in by {}: {}", call.name, call.body);
            within.extend(doors.iter().filter(sees).map(|door| number(&door["id"])));
        }
        within
    }
}
