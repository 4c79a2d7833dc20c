//! A step of a world: the dice say what happens next.

use std::time::Duration;

use super::chats::{End, buttons};
use super::pause::at_once;
use super::run::Run;
use super::tasks::Work;
use super::town::{self, House};
use crate::desk::{Ask, Sender};
use crate::ids::MessageRef;
use crate::incident::Lane;
use crate::testkit::cast;
use crate::testkit::invariants::{Broken, Held, must};
use crate::view::ButtonCode;

/// How many pieces of work are unfinished at the most.
const MOST_TASKS: usize = 7;

impl Run {
    /// Takes a step.
    pub(super) fn step(&mut self) {
        self.books.with(|books| books.step += 1);
        let violence = self.weather.violence;
        let roll = self.dice.below(1_000);
        match roll {
            0..14 => self.somebody_acts_now(),
            14..30 => self.redeliver(),
            30..110 => self.pass_time(),
            110..130 => self.somebody_deletes(),
            130..150 => self.somebody_acts(),
            150..170 => self.crowd_presses(),
            170..230 => self.somebody_acts_now(),
            230..480 => self.something_begins(),
            480..485 if violence > 0 => self.process_dies(),
            485..500 if violence > 0 => self.worker_dies(),
            500..508 if violence > 1 => self.chat_moves(),
            508..516 if violence > 1 => self.chat_is_lost(),
            516..524 if violence > 0 => self.right_changes(),
            _ => self.go_on(),
        }
    }

    /// Requires that nothing is broken so far, and that the store holds what it was given.
    pub(super) fn judge(&self) -> Held {
        let (broken, touched) =
            self.books.with(|books| (books.broken.take(), std::mem::take(&mut books.journals.touched)));
        if let Some(broken) = broken {
            return Err(broken);
        }
        self.owes_what_it_should()?;
        for id in touched {
            let Some(shadow) = self.books.with(|books| books.journals.shadows.get(&id).cloned()) else {
                continue;
            };
            let company = shadow.incident.company;
            let filed = self.ask_store(at_once(self.store.load(company, id)))?;
            let name = "the store holds what it was given";
            let same = filed
                .as_ref()
                .is_some_and(|filed| filed.incident == shadow.incident && filed.number == shadow.number);
            must(same, name, || format!("{filed:?} instead of {:?}", shadow.incident))?;
            let journal = self.ask_store(at_once(self.store.history(company, id)))?;
            must(journal == shadow.journal, name, || format!("{journal:?} instead of {:?}", shadow.journal))?;
        }
        Ok(())
    }

    /// The store owes as much as was owed to it: nothing was forgotten, and nothing merged with what somebody
    /// was delivering already.
    fn owes_what_it_should(&self) -> Held {
        let expected = self.books.with(|books| books.dues.count()) as u64;
        let owed = self.outlook()?.owed;
        must(owed == expected, "the store owes what it was told to", || {
            let open = self.books.with(|books| format!("{:?}", books.dues.open()));
            format!("{owed} instead of {expected}: {open}")
        })
    }

    /// Unwraps an answer of the store without weather.
    #[expect(clippy::unused_self, reason = "it reads as a question of the world")]
    pub(super) fn ask_store<T>(&self, answer: Result<T, crate::ports::StoreError>) -> Result<T, Broken> {
        answer.map_err(|error| Broken { invariant: "the store itself does not fail", how: error.to_string() })
    }

    fn somebody_acts_now(&mut self) {
        self.somebody_acts();
        self.somebody_acts();
    }

    /// Begins something: an update is delivered, a worker looks for work, somebody looks at what is due.
    fn something_begins(&mut self) {
        if self.tasks.len() >= MOST_TASKS {
            return self.go_on();
        }
        let roll = self.dice.below(100);
        if roll < 35 {
            self.deliver_update();
        } else if roll < 88 {
            let lane = self.dice.pick(&Lane::ALL).copied().unwrap_or(Lane::Card);
            self.start(Work::Deliver(lane));
        } else if roll < 96 {
            self.start(Work::Wake);
        } else {
            self.start(Work::Orphans);
        }
    }

    /// An update that was not confirmed is delivered, in whatever order.
    fn deliver_update(&mut self) {
        let waiting = |update: &super::tasks::Update| !update.confirmed && update.under_way == 0;
        let numbers: Vec<usize> =
            self.updates.iter().enumerate().filter(|(_, update)| waiting(update)).map(|(at, _)| at).collect();
        if let Some(number) = self.dice.pick(&numbers) {
            self.handle(*number);
        }
    }

    /// An update is delivered once more, as platforms do that missed the answer.
    fn redeliver(&mut self) {
        let number = usize::try_from(self.dice.below(self.updates.len() as u64)).unwrap_or(0);
        if number < self.updates.len() && self.tasks.len() < MOST_TASKS {
            self.handle(number);
        }
    }

    /// Some task does a few pieces of its work, or all of them do, in turns or in an order nobody planned.
    fn go_on(&mut self) {
        let mode = self.dice.below(3);
        let alone = self.tasks.keys().copied().nth(self.dice.below(self.tasks.len() as u64) as usize);
        let Some(alone) = alone else {
            return self.something_begins();
        };
        for _ in 0..=self.dice.below(20) {
            let all: Vec<u32> = self.tasks.keys().copied().collect();
            let next = match mode {
                0 => vec![alone],
                1 => self.dice.pick(&all).copied().into_iter().collect(),
                _ => all,
            };
            for ended in next.into_iter().filter_map(|id| self.poll(id)).collect::<Vec<_>>() {
                let held = self.ended(&ended);
                self.books.with(|books| books.judge(held));
            }
        }
    }

    /// Several people press the same button at once.
    fn crowd_presses(&mut self) {
        let first = self.updates.len();
        if let Some(house) = self.some_house().and_then(|number| self.houses.get(number).cloned()) {
            self.presses(&house);
        }
        let Some(Ask::Press { code, message }) =
            self.updates.get(first).map(|update| update.request.ask.clone())
        else {
            return;
        };
        let (Ok(code), Some(house)) = (code.parse(), self.house_in(&message.chat)) else {
            return;
        };
        let doors: Vec<(House, MessageRef)> = self.same_button(&house, (&message, code));
        for (who, (house, message)) in
            [cast::ANN, cast::BOB, cast::MIA].into_iter().zip(doors.into_iter().cycle())
        {
            self.press(&house, who, message, code);
        }
        for number in first..self.updates.len() {
            self.handle(number);
        }
    }

    /// Lists where a button can be pressed: where somebody saw it, and in the other chat of that house.
    fn same_button(
        &self,
        house: &House,
        (seen, code): (&MessageRef, ButtonCode),
    ) -> Vec<(House, MessageRef)> {
        let mut there = vec![(house.clone(), seen.clone())];
        for door in house.doors().skip(1) {
            let same = self.books.with(|books| {
                let screens = books.chats.chat(&door.chat).screens.iter().filter(|screen| screen.stands());
                let mut shown =
                    screens.filter(|screen| buttons(&screen.what).any(|button| button.code == code));
                shown.next().map(|screen| screen.message.clone())
            });
            there.extend(same.map(|message| (door, message)));
        }
        there
    }

    /// Time passes: moments, or to the next thing that falls due, or longer than a lease, or hours.
    fn pass_time(&mut self) {
        let delivering = self.is_delivering();
        let now = self.books.with(|books| books.now());
        let outlook = at_once(self.store.outlook(now)).unwrap_or_default();
        let roll = self.dice.below(100);
        let by = match roll {
            0..55 => Duration::from_millis(self.dice.below(3_000)),
            // In calm weather nothing takes as long as a lease.
            _ if delivering && self.weather.calm => return,
            55..70 => outlook.deliver_at.map_or(Duration::ZERO, |at| at.since(now)),
            70..85 => outlook.wake_at.map_or(Duration::ZERO, |at| at.since(now)),
            85..95 => Duration::from_secs(60 + self.dice.below(600)),
            95..97 if !self.weather.calm => {
                let back = crate::time::Timestamp::from_micros(now.as_micros() - 1_500_000);
                self.clock.set(back);
                return;
            }
            _ => Duration::from_secs(3_600 * (1 + self.dice.below(30))),
        };
        self.clock.advance(by);
    }

    fn is_delivering(&self) -> bool {
        self.tasks.values().any(|task| matches!(task.work, Work::Deliver(_)))
    }

    fn somebody_deletes(&mut self) {
        if self.weather.calm && self.is_delivering() {
            return;
        }
        let standing: Vec<MessageRef> = self.books.with(|books| {
            let screens = books.chats.0.values().flat_map(|chat| &chat.screens);
            screens.filter(|screen| screen.stands()).map(|screen| screen.message.clone()).collect()
        });
        if let Some(message) = self.dice.pick(&standing) {
            self.books.with(|books| {
                books.say(format!("somebody deletes #{}", message.message));
                books.vanished(message, End::Deleted);
            });
        }
    }

    /// The process dies: whatever it was doing ends where it stands. A new one begins.
    fn process_dies(&mut self) {
        let ids: Vec<u32> = self.tasks.keys().copied().collect();
        self.books.with(|books| books.fault(format!("  ☠ the process dies with {} tasks", ids.len())));
        ids.into_iter().for_each(|id| self.kill(id));
        self.restart();
        if self.dice.chance(50) && at_once(self.store.release_leases()).is_ok() {
            self.books.with(|books| books.dues.released());
        }
        self.start(Work::Rearm);
    }

    fn worker_dies(&mut self) {
        let ids: Vec<u32> = self.tasks.keys().copied().collect();
        if let Some(id) = self.dice.pick(&ids).copied() {
            self.books.with(|books| books.fault("  ☠ a worker dies".to_owned()));
            self.kill(id);
        }
    }

    fn some_house(&mut self) -> Option<usize> {
        let numbers: Vec<usize> = (0..self.houses.len()).collect();
        self.dice.pick(&numbers).copied()
    }

    fn chat_moves(&mut self) {
        let Some(number) = self.some_house() else {
            return;
        };
        let House { group, chat: from, moves, .. } = self.houses[number].clone();
        // No platform moves a chat twice.
        if moves > 0 || self.houses[number].other.is_some() {
            return;
        }
        let to = town::address(group, moves + 1);
        self.books.with(|books| {
            books.chats.chat(&from).moved_to = Some(to.clone());
            let lost = books.chats.chat(&from).lost;
            books.chats.chat(&to).lost = lost;
            books.fault(format!("  ⇒ {} is {} now", from.chat, to.chat));
        });
        let ask = Ask::ChatMoved { to: to.clone() };
        let old = self.houses[number].clone();
        self.asks(&old, Sender::Platform, ask, "the platform says that it moved".to_owned());
        self.houses[number] = House { chat: to.clone(), moves: moves + 1, ..old };
        self.directory.promote(&to, &town::account(cast::ADA));
    }

    fn chat_is_lost(&mut self) {
        let Some(number) = self.some_house() else {
            return;
        };
        let house = self.houses[number].clone();
        if house.other.is_some() {
            return;
        }
        let lost = self.books.with(|books| {
            let chat = books.chats.chat(&house.chat);
            chat.lost = !chat.lost;
            let lost = chat.lost;
            books.fault(format!(
                "  ⇏ the bot is {} {}",
                if lost { "thrown out of" } else { "back in" },
                house.chat.chat
            ));
            lost
        });
        let ask = if lost { Ask::BotRemoved } else { Ask::BotPresent { can_pin: Some(true) } };
        self.asks(&house, Sender::Platform, ask, "the platform says so".to_owned());
    }

    fn right_changes(&mut self) {
        let Some(number) = self.some_house() else {
            return;
        };
        let house = self.houses[number].clone();
        let Some(house) = self.some_door(&house) else {
            return;
        };
        let (can_pin, present) = self.books.with(|books| {
            let chat = books.chats.chat(&house.chat);
            chat.may_not_pin = !chat.may_not_pin;
            let (can_pin, present) = (!chat.may_not_pin, !chat.lost);
            books.fault(format!(
                "  ⚿ the bot may {}pin in {}",
                if can_pin { "" } else { "not " },
                house.chat.chat
            ));
            (can_pin, present)
        });
        if can_pin && present {
            let ask = Ask::BotPresent { can_pin: Some(true) };
            self.asks(&house, Sender::Platform, ask, "the platform says so".to_owned());
        }
    }
}
