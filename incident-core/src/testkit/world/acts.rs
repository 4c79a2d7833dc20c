//! What people do: report, press what they see or saw, answer, ask, change who is who, leave, delete.

use super::chats::buttons;
use super::reports::name_of;
use super::run::Run;
use super::town::{House, account, profile, request};
use crate::desk::{Ask, Named, Sender};
use crate::ids::{ChatRef, IncidentId, MessageRef, PersonId};
use crate::incident::{Command, Input, Level, step};
use crate::policy::{Actor, Summary};
use crate::testkit::cast;
use crate::testkit::messenger::What;
use crate::view::{Action, ButtonCode, CommandWord};

/// How many incidents there are in a world at the most: what matters happens between a few.
const MOST_INCIDENTS: u32 = 5;
/// How many requests of a world have commands that change who is who.
const ADMINISTRATION: u64 = 8;

impl Run {
    /// Somebody does something; it waits to be delivered.
    pub(super) fn somebody_acts(&mut self) {
        let houses = self.houses.clone();
        let Some(house) = self.dice.pick(&houses).and_then(|house| self.some_door(house)) else {
            return;
        };
        let house = &house;
        let roll = self.dice.below(100);
        let few = self.reports < MOST_INCIDENTS;
        if self.reports == 0 || (few && roll < 14) {
            self.reports += 1;
            let text = format!("truck {} has a flat tyre", self.reports);
            let who = if self.dice.chance(80) { cast::DRIVER } else { self.anybody() };
            self.types(house, who, CommandWord::NewIssue, text);
        } else if roll < 14 + ADMINISTRATION {
            self.administers(house);
        } else if roll < 26 {
            self.asks_for_status(house);
        } else if roll < 44 {
            self.answers(house);
        } else {
            self.presses(house);
        }
    }

    /// One of the chats of a house; the dice fall only where there is a choice.
    pub(super) fn some_door(&mut self, house: &House) -> Option<House> {
        let doors: Vec<House> = house.doors().collect();
        if doors.len() > 1 { self.dice.pick(&doors).cloned() } else { doors.into_iter().next() }
    }

    /// The house of a chat, as those in that chat see it.
    pub(super) fn house_in(&self, chat: &ChatRef) -> Option<House> {
        self.houses.iter().flat_map(House::doors).find(|door| door.chat == *chat)
    }

    fn anybody(&mut self) -> PersonId {
        self.dice.pick(&cast::EVERYBODY).copied().unwrap_or(cast::DRIVER)
    }

    pub(super) fn types(&mut self, house: &House, who: PersonId, word: CommandWord, text: String) {
        let said = format!("{}: /{} {text}", name_of(who), word.word());
        let named = text.split_whitespace().map(|word| Named::Word(word.to_owned())).collect();
        let ask = Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None };
        self.asks(house, Sender::Person(profile(who)), ask, said);
    }

    /// Puts a request where the platform keeps what is not delivered yet.
    pub(super) fn asks(&mut self, house: &House, from: Sender, ask: Ask, said: String) {
        let number = u32::try_from(self.updates.len()).unwrap_or(u32::MAX) + 1;
        let chat = house.chat.chat.to_string();
        self.books.with(|books| books.say(format!("{chat} ({number}) {said}")));
        self.enqueue(request(house, number, from, ask));
    }

    fn administers(&mut self, house: &House) {
        let words =
            [CommandWord::AddDispatcher, CommandWord::RemoveDispatcher, CommandWord::ConfigureManagers];
        // Whoever names managers in a chat whose move the desk has not heard of founds a new group there; that
        // the old one then has no chat left is how it should be, and no world for these rules.
        let known = if house.moves > 0 { &words[..2] } else { &words[..] };
        let word = *self.dice.pick(known).unwrap_or(&CommandWord::AddDispatcher);
        let who = if self.dice.chance(80) { cast::ADA } else { self.anybody() };
        let choice = [cast::ANN, cast::BOB, cast::MIA, cast::MAX, cast::SAM];
        let count = 1 + self.dice.below(2);
        let named: Vec<String> = (0..count)
            .filter_map(|_| self.dice.pick(&choice).map(|who| format!("@{}", name_of(*who))))
            .collect();
        if self.dice.chance(25) {
            let (who, leaver) = (name_of(who), self.anybody());
            let said = format!("{who} sees {} leave", name_of(leaver));
            self.asks(house, Sender::Platform, Ask::MemberLeft { who: account(leaver) }, said);
        } else if self.dice.chance(15) {
            self.types(house, who, CommandWord::RegisterDriver, String::new());
        } else {
            self.types(house, who, word, named.join(" "));
        }
    }

    fn asks_for_status(&mut self, house: &House) {
        let numbers: Vec<String> = self
            .books
            .with(|books| books.journals.shadows.values().map(|shadow| shadow.number.to_string()).collect());
        if let Some(number) = self.dice.pick(&numbers).cloned() {
            let who = self.anybody();
            self.types(house, who, CommandWord::Status, number);
        }
    }

    /// Somebody replies to a message of ours: mostly whoever was asked, to the question.
    fn answers(&mut self, house: &House) {
        let asked: Vec<(MessageRef, Option<PersonId>)> = self.books.with(|books| {
            let screens = books.chats.chat(&house.chat).screens.iter().filter(|screen| screen.stands());
            let asked = screens.filter_map(|screen| match &screen.what {
                What::Message(message) if message.asks => {
                    let who = message.mentions.first().and_then(|mention| mention.person);
                    Some((screen.message.clone(), who))
                }
                What::Message(_) | What::Card(_) | What::File(_) => None,
            });
            asked.collect()
        });
        // The last question is the one that people see.
        let recent = &asked[asked.len().saturating_sub(3)..];
        let Some((to, asked)) = self.dice.pick(recent).cloned() else {
            return self.presses(house);
        };
        let who = asked.filter(|_| self.dice.chance(60)).unwrap_or_else(|| self.anybody());
        let text = "changed it, and had it checked".to_owned();
        let said = format!("{} replies to #{}: {text}", name_of(who), to.message);
        self.asks(
            house,
            Sender::Person(profile(who)),
            Ask::Answer { to, text, attachments: Vec::new() },
            said,
        );
    }

    /// Somebody presses a button, most often one that is there, and one that they may press.
    pub(super) fn presses(&mut self, house: &House) {
        let stale = self.dice.chance(20);
        let seen: Vec<(MessageRef, ButtonCode)> = self.books.with(|books| {
            let chat = books.chats.chat(&house.chat);
            if stale {
                return chat.old.clone();
            }
            let screens = chat.screens.iter().filter(|screen| screen.stands());
            screens
                .flat_map(|screen| buttons(&screen.what).map(|button| (screen.message.clone(), button.code)))
                .collect()
        });
        let Some((message, code)) = self.dice.pick(&seen).cloned() else {
            return;
        };
        let code = self.chosen(code);
        let who = if self.dice.chance(65) { self.somebody_fit(code) } else { self.anybody() };
        self.press(house, who, message, code);
    }

    /// Whoever asks for the choice of a team mostly chooses one.
    fn chosen(&mut self, code: ButtonCode) -> ButtonCode {
        if code.action != Action::ChooseTeam || self.dice.chance(20) {
            return code;
        }
        let team = self.dice.pick(&[cast::TYRES, cast::ENGINES]).copied().unwrap_or(cast::TYRES);
        ButtonCode { action: Action::Transfer(team), ..code }
    }

    pub(super) fn press(&mut self, house: &House, who: PersonId, message: MessageRef, code: ButtonCode) {
        let said = format!("{} presses {:?} on #{} ({code})", name_of(who), code.action, message.message);
        let ask = Ask::Press { code: code.to_string(), message };
        self.asks(house, Sender::Person(profile(who)), ask, said);
    }

    /// Finds somebody whose press would be accepted as things stand.
    fn somebody_fit(&mut self, code: ButtonCode) -> PersonId {
        let from = self.dice.below(cast::EVERYBODY.len() as u64) as usize;
        let everybody = cast::EVERYBODY[from..].iter().chain(&cast::EVERYBODY[..from]);
        let fit = everybody.copied().find(|who| self.accepts(*who, code));
        fit.unwrap_or_else(|| self.anybody())
    }

    fn accepts(&self, who: PersonId, code: ButtonCode) -> bool {
        let Some(incident) = self.incident(code.incident) else {
            return false;
        };
        let command = match code.action {
            Action::Claim => Command::Acknowledge,
            Action::Release => Command::Release,
            Action::Escalate => Command::Escalate,
            Action::Deescalate => Command::Deescalate { to: Level::FIRST },
            Action::Resolve if self.policy.rules().summary == Summary::Optional => {
                Command::Resolve { summary: None }
            }
            Action::Resolve => Command::RequestResolve,
            Action::CancelResolve => Command::CancelResolve,
            Action::Resume => Command::Resume,
            Action::Confirm => Command::Confirm,
            Action::KeepOpen => Command::KeepOpen,
            Action::Reopen => Command::Reopen { reason: cast::text("again") },
            Action::Close => Command::Close { reason: crate::incident::CloseReason::Cancelled },
            Action::Route(team) => Command::Route { to: cast::choice(team) },
            Action::Transfer(team) => Command::Transfer { to: cast::choice(team) },
            Action::Assign(person) => Command::Assign { to: cast::member(person) },
            Action::Reassign(person) => Command::Reassign { from: None, to: cast::member(person) },
            Action::Hold => Command::Hold { reason: crate::incident::HoldReason::Reporter },
            Action::Archive => Command::Archive,
            Action::ChooseTeam | Action::Back | Action::ChoosePerson | Action::Comment | Action::Report => {
                return true;
            }
        };
        let now = self.books.with(|books| books.now());
        let actor: Actor = cast::actor(who);
        step(&self.policy, Some(&incident), &Input::new(code.incident, now, actor, command)).is_ok()
    }

    fn incident(&self, id: IncidentId) -> Option<crate::incident::Incident> {
        self.books.with(|books| books.journals.shadows.get(&id).map(|shadow| shadow.incident.clone()))
    }
}
