//! How a world heals: nothing fails any more, everybody alive finishes, and time passes until nothing is due.

use super::chats::{Screen, buttons};
use super::pause::at_once;
use super::run::Run;
use super::tasks::{Outcome, Work};
use super::town::House;
use super::weather::Weather;
use crate::desk::{Ask, Sender};
use crate::ids::IncidentId;
use crate::incident::Lane;
use crate::ports::{Outlook, Surface};
use crate::testkit::cast;
use crate::testkit::invariants::{Broken, Held, must};
use crate::testkit::messenger::What;
use crate::view::CommandWord;

/// How often things are done until none is left to do.
const LONG: u32 = 500;
/// How many times something may fall due before everybody goes home.
const DEADLINES: u32 = 40;

impl Run {
    /// Heals.
    pub(super) fn heal(&mut self) -> Held {
        self.weather = Weather::CALM;
        self.books.with(|books| {
            books.weather = Weather::CALM;
            for chat in books.chats.0.values_mut() {
                (chat.lost, chat.may_not_pin) = (false, false);
            }
        });
        let ids: Vec<u32> = self.tasks.keys().copied().collect();
        for id in ids {
            self.complete(id)?;
        }
        self.rest()?;
        // Before anything else has cards drawn again, which would hide that one was forgotten.
        self.cards_are_right_so_far()?;
        for house in self.doors() {
            let ask = Ask::BotPresent { can_pin: Some(true) };
            self.asks(&house, Sender::Platform, ask, "the platform says that the bot is there".to_owned());
        }
        self.rest()?;
        self.what_people_deleted_comes_back()?;
        self.what_stands_twice_is_taken_away()?;
        for _ in 0..DEADLINES {
            let Some(at) = self.outlook()?.wake_at else {
                break;
            };
            let now = self.books.with(|books| books.now());
            self.clock.set(at.max(now));
            self.rest()?;
        }
        // A card that was deleted, or stands twice, may have been drawn meanwhile.
        self.what_people_deleted_comes_back()?;
        self.what_stands_twice_is_taken_away()
    }

    /// Lists all chats in which groups live, each with its house.
    pub(super) fn doors(&self) -> Vec<House> {
        self.houses.iter().flat_map(House::doors).collect()
    }

    pub(super) fn outlook(&self) -> Result<Outlook, Broken> {
        let now = self.books.with(|books| books.now());
        self.ask_store(at_once(self.store.outlook(now)))
    }

    /// Does everything that can be done until nothing is owed and nothing is due.
    pub(super) fn rest(&mut self) -> Held {
        for _ in 0..LONG {
            self.books.with(|books| books.step += 1);
            let busy = self.everything_once()?;
            self.judge()?;
            let outlook = self.outlook()?;
            let now = self.books.with(|books| books.now());
            let handled = self.updates.iter().all(|update| update.confirmed);
            if outlook.owed == 0 && !busy && handled && outlook.wake_at.is_none_or(|at| at > now) {
                return Ok(());
            }
            if let Some(at) = outlook.deliver_at.filter(|at| !busy && *at > now) {
                self.clock.set(at);
            }
        }
        must(false, "in the end nothing is owed", || {
            let waiting: Vec<usize> = self
                .updates
                .iter()
                .enumerate()
                .filter(|(_, update)| !update.confirmed)
                .map(|(at, _)| at + 1)
                .collect();
            format!("{:?}; updates that are not handled: {waiting:?}", self.outlook())
        })
    }

    fn everything_once(&mut self) -> Result<bool, Broken> {
        let mut busy = false;
        let waiting: Vec<usize> =
            (0..self.updates.len()).filter(|number| !self.updates[*number].confirmed).collect();
        for number in waiting {
            let id = self.handle(number);
            self.complete(id)?;
            // What waits for a message that somebody else sends waits for time to pass.
            busy |= self.updates[number].confirmed;
        }
        let id = self.start(Work::Wake);
        if let Outcome::Woken(Ok(round)) = self.complete(id)? {
            busy |= round.due > 0;
        }
        let id = self.start(Work::Orphans);
        if let Outcome::Retired(count) = self.complete(id)? {
            busy |= count > 0;
        }
        for lane in Lane::ALL {
            busy |= self.deliver_all(lane)?;
        }
        Ok(busy)
    }

    fn deliver_all(&mut self, lane: Lane) -> Result<bool, Broken> {
        for count in 0..LONG {
            let id = self.start(Work::Deliver(lane));
            if let Outcome::Delivered(Ok(None)) = self.complete(id)? {
                return Ok(count > 0);
            }
        }
        Ok(true)
    }

    /// Nobody tells the desk that a card was deleted; whoever asks for the incident brings it back.
    fn what_people_deleted_comes_back(&mut self) -> Held {
        for house in self.doors() {
            for number in self.deleted(&house)? {
                self.types(&house, cast::DRIVER, CommandWord::Status, number);
            }
        }
        self.rest()
    }

    /// Lists the live incidents whose card somebody deleted.
    fn deleted(&self, house: &House) -> Result<Vec<String>, Broken> {
        let mut numbers = Vec::new();
        for id in self.live(house) {
            let surface = self.surface(house, id)?;
            let number = self.books.with(|books| {
                let deleted = surface.is_some_and(|surface| !books.stands(&surface.message));
                books.journals.shadows.get(&id).filter(|_| deleted).map(|shadow| shadow.number.to_string())
            });
            numbers.extend(number);
        }
        Ok(numbers)
    }

    /// Whoever presses a card that another took the place of shows it to the desk, which takes it away.
    fn what_stands_twice_is_taken_away(&mut self) -> Held {
        for house in self.doors() {
            for screen in self.orphans(&house)? {
                self.excused(&screen)?;
                self.books.with(|books| books.tale.figures.doubles += 1);
                let code = buttons(&screen.what).next().map(|button| button.code);
                code.into_iter().for_each(|code| self.press(&house, cast::SAM, screen.message.clone(), code));
            }
        }
        self.rest()
    }

    /// A card stands twice only if something excuses it.
    fn excused(&self, screen: &Screen) -> Held {
        let excused =
            self.books.with(|books| !screen.noted && books.may_come_again((screen.task, screen.lost)));
        must(excused, "a card is posted once", || {
            format!(
                "#{} of {:?} is not the card, and nothing went wrong when it was posted",
                screen.message.message, screen.incident
            )
        })
    }

    /// Lists the cards that stand in a chat and are nobody's.
    pub(super) fn orphans(&self, house: &House) -> Result<Vec<Screen>, Broken> {
        let screens: Vec<Screen> = self.books.with(|books| {
            let screens = books.chats.chat(&house.chat).screens.iter();
            screens
                .filter(|screen| screen.stands() && matches!(screen.what, What::Card(_)))
                .cloned()
                .collect()
        });
        let mut orphans = Vec::new();
        for screen in screens {
            let Some(incident) = screen.incident else {
                continue;
            };
            let surface = self.surface(house, incident)?;
            if surface.is_some_and(|surface| surface.message != screen.message) {
                orphans.push(screen);
            }
        }
        Ok(orphans)
    }

    /// Returns the card of an incident in the present chat of its group, as the store knows it.
    pub(super) fn surface(&self, house: &House, incident: IncidentId) -> Result<Option<Surface>, Broken> {
        let surfaces = self.ask_store(at_once(self.store.surfaces(house.company, incident)))?;
        Ok(surfaces.into_iter().find(|surface| surface.message.chat == house.chat))
    }

    /// Lists the incidents of a group that are not over.
    pub(super) fn live(&self, house: &House) -> Vec<IncidentId> {
        self.books.with(|books| {
            let own = books.journals.shadows.iter().filter(|(_, shadow)| {
                let incident = &shadow.incident;
                (incident.company, incident.group) == (house.company, house.group)
                    && !incident.state.is_terminal()
            });
            own.map(|(id, _)| *id).collect()
        })
    }
}

/// Says that something is broken.
pub(super) fn broken(invariant: &'static str, how: &str) -> Broken {
    Broken { invariant, how: how.to_owned() }
}
