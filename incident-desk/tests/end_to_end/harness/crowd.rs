//! Many incidents at once, lived through by people who look at the cards and do the next thing when they can:
//! each thing once, however long it takes to be seen.

use std::time::Duration;

use adapter_telegram::testkit::{BotApi, Message, World};

use super::team::number_on;
use super::{Entry, Team};

/// What somebody is told whose press came to nothing because the database was away.
pub(crate) const TRY_AGAIN: &str = "That did not work right now. Please try again.";
/// How often people look at the chat.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// Something that somebody does when the card lets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Report,
    AwaitReminder,
    Claim,
    Leave,
    Escalate,
    ClaimEscalation,
    Down,
    Resolve,
    Back,
    Summarise,
}

use Step::{AwaitReminder, Back, Claim, ClaimEscalation, Down, Escalate, Leave, Report, Resolve, Summarise};

/// The stories that incidents may have.
pub(crate) const STORIES: [&[Step]; 5] = [
    &[Report, Claim, Resolve, Summarise],
    &[Report, Claim, Escalate, ClaimEscalation, Resolve, Summarise],
    &[Report, Claim, Leave, Claim, Resolve, Back, Resolve, Summarise],
    &[Report, Claim, Escalate, ClaimEscalation, Down, Claim, Resolve, Summarise],
    &[Report, AwaitReminder, Claim, Resolve, Summarise],
];

impl Step {
    fn button(self) -> Option<&'static str> {
        Some(match self {
            Claim => "✅ Claim",
            Leave => "❌ Leave",
            Escalate => "⬆️ Escalate",
            ClaimEscalation => "🛡️ Claim escalation",
            Down => "⬇️ Back to level 1",
            Resolve => "🏁 Resolve",
            Back => "↩️ Back to work",
            Report | AwaitReminder | Summarise => return None,
        })
    }

    /// Lists the facts that the step leaves in the journal.
    fn facts(self) -> &'static [&'static str] {
        match self {
            Report => &["created"],
            AwaitReminder => &[],
            Claim | ClaimEscalation => &["acknowledged"],
            Leave => &["released", "unassigned"],
            Escalate => &["escalated"],
            Down => &["deescalated"],
            Resolve => &["resolution_requested"],
            Back => &["resolution_cancelled"],
            Summarise => &["resolved"],
        }
    }
}

/// One incident, as the people around it know it.
pub(crate) struct Life {
    pub(crate) description: String,
    pub(crate) steps: &'static [Step],
    pub(crate) number: Option<String>,
    driver: i64,
    next: usize,
    /// Every message that was its card at some time.
    cards: Vec<i64>,
    /// The questions that were answered.
    answered: Vec<i64>,
    /// The last press, until it was answered.
    pressed: Option<String>,
    /// Whether whoever pressed last was told to try again.
    again: bool,
}

/// The people of one team and the incidents they live through.
pub(crate) struct Crowd {
    pub(crate) team: Team,
    pub(crate) lives: Vec<Life>,
    /// How many incidents are under way at once.
    at_once: usize,
    bot: i64,
    seen: i64,
    said: Vec<Said>,
}

/// What the desk said that was no card.
struct Said {
    message: i64,
    text: String,
    asks: bool,
}

/// What somebody is about to do.
enum Act {
    Write(i64, String),
    Press(i64, i64, String),
    Reply(i64, i64, String),
}

impl Life {
    /// Says which facts the journal holds at the end, reminders left out.
    fn facts(&self) -> impl Iterator<Item = &'static str> {
        self.steps.iter().flat_map(|step| step.facts()).copied()
    }

    /// Tells whether a journal is that of this life.
    pub(crate) fn is_told_by(&self, entry: &Entry) -> bool {
        let facts = entry.facts();
        self.facts().eq(facts.iter().map(String::as_str).filter(|fact| *fact != "reminder_sent"))
    }

    fn is_over(&self, chat: i64, world: &World) -> bool {
        let ended = |card: &Message| card.text.starts_with("✅ RESOLVED");
        self.next == self.steps.len() && self.card(chat, world).is_some_and(ended)
    }

    fn card<'world>(&self, chat: i64, world: &'world World) -> Option<&'world Message> {
        self.cards.iter().rev().find_map(|id| world.message(chat, *id).filter(|message| !message.deleted))
    }

    /// Finds what can be done now, and takes it as done.
    fn act(&mut self, team: &Team, world: &World, said: &[Said]) -> Option<Act> {
        let step = self.steps[self.next.min(self.steps.len() - 1)];
        match step {
            Report => {
                self.next = 1;
                Some(Act::Write(self.driver, format!("/new_issue {}", self.description)))
            }
            AwaitReminder => {
                let number = self.number.as_ref()?;
                let reminder = format!("{number} has been unclaimed for");
                let reminded = said.iter().any(|said| said.text.contains(&reminder));
                self.next += usize::from(reminded);
                None
            }
            Summarise => self.summarise(team, said),
            Claim | Leave | Escalate | ClaimEscalation | Down | Resolve | Back => {
                let Some((message, code)) = self.pressable(team.chat, world, step.button()?) else {
                    self.go_on_after_all(team.chat, world, said);
                    return None;
                };
                self.next += 1;
                self.again = false;
                let who = if step == Down { team.max } else { self.holder(team) };
                Some(Act::Press(who, message, code))
            }
        }
    }

    /// Takes the last press as not made if whoever pressed was told to try again.
    fn hear(&mut self, world: &World) {
        let Some(answer) = self.pressed.as_ref().and_then(|query| world.answer_of(query)) else { return };
        self.again = answer.text.contains(TRY_AGAIN);
        self.next -= usize::from(self.again);
        self.pressed = None;
    }

    /// Whoever was told to try again, and sees what comes next, need not: it was done after all.
    fn go_on_after_all(&mut self, chat: i64, world: &World, said: &[Said]) {
        let next = self.steps[self.next + 1];
        let shown = match next.button() {
            Some(label) => self.pressable(chat, world, label).is_some(),
            None => self.question(said).is_some(),
        };
        if self.again && shown {
            self.next += 1;
            self.again = false;
        }
    }

    fn question(&self, said: &[Said]) -> Option<i64> {
        let number = self.number.as_ref()?;
        let open =
            |said: &&Said| said.asks && said.text.contains(number) && !self.answered.contains(&said.message);
        Some(said.iter().find(open)?.message)
    }

    /// Answers every question once: one whose sending the desk did not notice is asked again.
    fn summarise(&mut self, team: &Team, said: &[Said]) -> Option<Act> {
        let question = self.question(said)?;
        self.answered.push(question);
        self.next = self.steps.len();
        Some(Act::Reply(self.holder(team), question, format!("Done: {}", self.description)))
    }

    /// Returns who has it at this point of the story.
    fn holder(&self, team: &Team) -> i64 {
        let so_far = &self.steps[..self.next.min(self.steps.len())];
        let turn = so_far.iter().rev().find(|step| matches!(step, ClaimEscalation | Down));
        if turn == Some(&ClaimEscalation) { team.max } else { team.dora }
    }

    /// Finds the button on the oldest card that offers the same as the newest: an orphan, if there is one.
    fn pressable(&self, chat: i64, world: &World, label: &str) -> Option<(i64, String)> {
        let code = |card: &Message| card.button(label)?.data.clone();
        let newest = code(self.card(chat, world)?)?;
        let same = |id: &&i64| {
            let card = world.message(chat, **id).filter(|message| !message.deleted);
            card.and_then(code).as_ref() == Some(&newest)
        };
        Some((*self.cards.iter().find(same)?, newest))
    }
}

impl Crowd {
    pub(crate) fn new(team: Team, at_once: usize) -> Self {
        let bot = team.api.bot_id();
        Self { team, lives: Vec::new(), at_once, bot, seen: 0, said: Vec::new() }
    }

    /// Adds an incident; each driver reports five at most.
    pub(crate) fn expect(&mut self, description: String, steps: &'static [Step]) {
        let driver = self.team.drivers[self.lives.len() / 5];
        let (cards, answered) = (Vec::new(), Vec::new());
        let (number, pressed) = (None, None);
        self.lives.push(Life {
            description,
            steps,
            number,
            driver,
            next: 0,
            cards,
            answered,
            pressed,
            again: false,
        });
    }

    /// Reads what was posted since the last look.
    fn notice(&mut self, world: &World) {
        let (seen, bot) = (self.seen, self.bot);
        for message in world.messages(self.team.chat).filter(|message| message.id > seen) {
            self.seen = message.id;
            if message.from != bot || message.is_service() {
                continue;
            }
            let Some(number) = number_on(world, message) else {
                let asks = message.prompt().is_some();
                self.said.push(Said { message: message.id, text: message.text.clone(), asks });
                continue;
            };
            let issue =
                message.text.lines().find_map(|line| line.strip_prefix("Issue: ")).unwrap_or_default();
            let life =
                self.lives.iter_mut().find(|life| life.description == issue).expect("a card of a report");
            life.number = Some(number);
            life.cards.push(message.id);
        }
    }

    /// Looks at the chat and lists what its people do about it; nothing is left to do when all is over.
    fn look(&mut self, world: &World) -> Option<Vec<(usize, Act)>> {
        self.notice(world);
        let Self { team, lives, said, .. } = self;
        let live = lives.iter_mut().enumerate().filter(|(_, life)| !life.is_over(team.chat, world));
        let mut live = live.take(self.at_once).peekable();
        live.peek()?;
        let act = |(number, life): (usize, &mut Life)| {
            life.hear(world);
            Some((number, life.act(team, world, said)?))
        };
        Some(live.filter_map(act).collect())
    }

    /// Lives through all incidents of the team.
    pub(crate) async fn live(&mut self) {
        let api = self.team.api.clone();
        while let Some(acts) = api.read(|world| self.look(world)) {
            for (number, act) in acts {
                self.lives[number].pressed = perform(&api, self.team.chat, act);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Says who is not through, for a test that takes too long.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        let chat = self.team.chat;
        let over = |life: &&Life| !self.team.api.read(|world| life.is_over(chat, world));
        let told = |life: &Life| format!("{:?} at {} of {:?}", life.number, life.next, life.steps);
        self.lives.iter().filter(over).map(told).collect()
    }
}

/// Does something; returns what was pressed.
fn perform(api: &BotApi, chat: i64, act: Act) -> Option<String> {
    match act {
        Act::Write(who, text) => {
            api.write(chat, who, &text);
            None
        }
        Act::Press(who, message, code) => Some(api.press_code(chat, who, message, &code)),
        Act::Reply(who, to, text) => {
            api.reply(chat, who, to, &text);
            None
        }
    }
}
