//! What must be true of a world that has healed.

use super::books::Ledger;
use super::chats::{self, Screen};
use super::dues::{Due, End, Sent};
use super::healing;
use super::journals::Shadow;
use super::pause::at_once;
use super::run::Run;
use super::town::House;
use crate::ids::IncidentId;
use crate::incident::{Effect, Incident, fold, next_wake};
use crate::ports::{Filed, Owed, Surface};
use crate::roster::{self, GroupStatus, Roster};
use crate::testkit::invariants::{Broken, Held, must};
use crate::testkit::messenger::What;
use crate::time::Timestamp;
use crate::view::{Card, CardSource, People, card};

impl Run {
    /// Judges the world as a whole.
    pub(super) fn verdict(&self) -> Held {
        self.judge()?;
        self.everything_was_sent_once()?;
        for house in self.houses.clone() {
            let roster = self.ask_store(at_once(self.store.roster(house.company)))?;
            let name = "a group works again once its chat does";
            let roster = roster.ok_or_else(|| healing::broken(name, "the roster is gone"))?;
            let group = roster.groups.get(&house.group);
            let well =
                group.is_some_and(|group| group.status == GroupStatus::Active && group.chat == house.chat);
            must(well, name, || format!("{group:?} instead of {}", house.chat))?;
            let history = self.ask_store(at_once(self.store.roster_history(house.company)))?;
            let folded = roster::fold(house.company, &history);
            must(folded.as_ref() == Some(&roster), "a roster is the fold of its journal", || {
                format!("{folded:?}")
            })?;
            self.group_is_right(&house, &roster)?;
        }
        Ok(())
    }

    /// Nothing is owed: wherever a group is at work, every live incident has its card, and that shows what is
    /// true; where a person deleted it, nobody has told the desk yet.
    pub(super) fn cards_are_right_so_far(&self) -> Held {
        for house in &self.doors() {
            let group = (house.company, house.group);
            let suspended = self.books.with(|books| books.rosters.is_suspended(group));
            let roster = self.ask_store(at_once(self.store.roster(house.company)))?;
            let Some(roster) = roster.filter(|_| !suspended) else {
                continue;
            };
            for id in self.live(house) {
                let number = self.number(id);
                let screen = self.card_of(house, id)?;
                must(screen.is_some(), "a live incident has a card", || format!("{number} has none"))?;
                self.card_shows_what_is_true(house, &roster, id)?;
            }
        }
        Ok(())
    }

    fn number(&self, id: IncidentId) -> String {
        self.books.with(|books| {
            books.journals.shadows.get(&id).map(|shadow| shadow.number.to_string()).unwrap_or_default()
        })
    }

    /// Returns the card of an incident in the chat of its group, as the store knows it and the chat had it; what
    /// the store knows elsewhere is in chats that moved.
    fn card_of(&self, house: &House, id: IncidentId) -> Result<Option<Screen>, Broken> {
        let surfaces = self.ask_store(at_once(self.store.surfaces(house.company, id)))?;
        let (here, elsewhere): (Vec<Surface>, Vec<Surface>) =
            surfaces.into_iter().partition(|surface| surface.message.chat == house.chat);
        let name = "a card is where its group is";
        let moved = |surface: &Surface| {
            house.other.as_ref() == Some(&surface.message.chat)
                || self.books.with(|books| books.chats.chat(&surface.message.chat).moved_to.is_some())
        };
        must(elsewhere.iter().all(moved), name, || format!("{elsewhere:?} instead of {}", house.chat))?;
        must(here.len() <= 1, "an incident has one card in a chat", || format!("{here:?}"))?;
        let Some(surface) = here.into_iter().next() else {
            return Ok(None);
        };
        let screen = self.books.with(|books| {
            let screens = &books.chats.chat(&house.chat).screens;
            screens.iter().find(|screen| screen.message == surface.message).cloned()
        });
        let own = screen.as_ref().is_some_and(|screen| screen.incident == Some(id) && screen.noted);
        must(own, "what is known as a card was posted as one", || format!("{surface:?} is {screen:?}"))?;
        let away = screen.as_ref().is_some_and(|screen| screen.end == Some(chats::End::Retired));
        must(!away, "the card of an incident is not taken away", || format!("{surface:?}"))?;
        Ok(screen)
    }

    fn card_shows_what_is_true(&self, house: &House, roster: &Roster, id: IncidentId) -> Held {
        let screen = self.card_of(house, id)?.filter(Screen::stands);
        let shadow = self.books.with(|books| books.journals.shadows.get(&id).cloned());
        let (Some(Screen { what: What::Card(shown), .. }), Some(shadow)) = (screen, shadow) else {
            return Ok(());
        };
        let Shadow { number, incident, .. } = shadow;
        let shown = current(&shown, &incident);
        let expected = self.expected(roster, Filed { number, incident })?;
        must(shown == expected, "a card shows what is true", || {
            format!("{number}: {shown:?} instead of {expected:?}")
        })
    }

    fn group_is_right(&self, house: &House, roster: &Roster) -> Held {
        let shadows: Vec<(IncidentId, Shadow)> = self.books.with(|books| {
            let own = books.journals.shadows.iter().filter(|(_, shadow)| {
                (shadow.incident.company, shadow.incident.group) == (house.company, house.group)
            });
            own.map(|(id, shadow)| (*id, shadow.clone())).collect()
        });
        for (id, shadow) in &shadows {
            let folded = fold(*id, &shadow.journal);
            must(folded.as_ref() == Some(&shadow.incident), "the journal folds to the state", || {
                format!("{folded:?}")
            })?;
            self.is_looked_at_in_time(house, *id, shadow)?;
            for door in house.doors() {
                self.card_is_right(&door, roster, (*id, shadow))?;
            }
        }
        house.doors().try_for_each(|door| self.nothing_stands_twice(&door))
    }

    fn nothing_stands_twice(&self, house: &House) -> Held {
        let orphans = self.orphans(house)?;
        let pressable = orphans.iter().find(|screen| chats::buttons(&screen.what).next().is_some());
        must(pressable.is_none(), "what stands twice is taken away at the first press", || {
            format!("{pressable:?}")
        })
    }

    /// The store wakes an incident at the instant that its state says; what has fallen due was done.
    fn is_looked_at_in_time(&self, house: &House, id: IncidentId, shadow: &Shadow) -> Held {
        let now = self.books.with(|books| books.now());
        let wake = next_wake(&self.policy, &shadow.incident);
        must(wake.is_none_or(|at| at > now), "what fell due was done", || {
            format!("{} was due at {wake:?}", shadow.number)
        })?;
        self.books.with(|books| books.journals.nobody_was_forgotten(shadow, now))?;
        let stored = |at: Timestamp| {
            let due = self.ask_store(at_once(self.store.due(at, u32::MAX)))?;
            Ok(due.contains(&(house.company, id)))
        };
        let latest = Timestamp::from_micros(i64::MAX);
        let at_its_time = stored(wake.unwrap_or(latest))?;
        let before = match wake {
            Some(at) => stored(Timestamp::from_micros(at.as_micros().saturating_sub(1)))?,
            None => false,
        };
        must((at_its_time, before) == (wake.is_some(), false), "the store knows when to look", || {
            format!(
                "{} is to be looked at {wake:?}; found then: {at_its_time}, before: {before}",
                shadow.number
            )
        })
    }

    /// A live incident has one card, which shows what is true; where one that is over has a card, so does that.
    fn card_is_right(&self, house: &House, roster: &Roster, (id, shadow): (IncidentId, &Shadow)) -> Held {
        let number = shadow.number;
        let over = shadow.incident.state.is_terminal();
        let screen = self.card_of(house, id)?;
        let Some(screen) = screen.filter(Screen::stands) else {
            return must(over, "a live incident has a card", || format!("{number} has none"));
        };
        if over && self.was_given_up(id) {
            return Ok(());
        }
        self.card_shows_what_is_true(house, roster, id)?;
        let pinned = !over && !shadow.incident.archived;
        let surface = self.surface(house, id)?;
        let known = surface.is_some_and(|surface| surface.pinned) == screen.pinned || over;
        must(screen.pinned == pinned && known, "a card is pinned while it matters", || {
            format!("{number} is pinned: {}", screen.pinned)
        })
    }

    /// The chat was lost when the end of an incident was to be shown; nobody looks after what is over.
    fn was_given_up(&self, id: IncidentId) -> bool {
        let card = Owed::Incident { incident: id, effect: Effect::ShowCard };
        self.books.with(|books| {
            let last = books.dues.owed.iter().rev().find(|due| due.what == card);
            last.is_some_and(|due| due.end == Some(End::Abandoned))
        })
    }

    fn expected(&self, roster: &Roster, filed: Filed) -> Result<Card, Broken> {
        let ids = People::of(&filed.incident);
        let people = self.ask_store(at_once(self.store.people(filed.incident.company, &ids)))?;
        let people = People::new(people);
        let locale = self.book.locale(None);
        let source = CardSource { filed: &filed, roster, policy: &self.policy, people: &people, locale };
        Ok(card(&source))
    }

    /// Every message and every call that was owed went out, and again only where something excuses it.
    fn everything_was_sent_once(&self) -> Held {
        self.books.with(|books| {
            let twice = books.dues.owed.iter().map(|due| due.sent.len().saturating_sub(1)).sum::<usize>();
            books.tale.figures.doubles += u32::try_from(twice).unwrap_or(u32::MAX);
            books.dues.owed.iter().try_for_each(|due| was_sent_once(books, due))
        })
    }
}

fn was_sent_once(books: &Ledger, due: &Due) -> Held {
    must(due.end.is_some(), "everything owed was settled", || format!("{:?}", due.what))?;
    let excused = |sent: &&Sent| books.may_come_again((sent.task, sent.lost));
    let unexcused = due.sent.iter().filter(|sent| !sent.noted && !excused(sent)).count();
    let noted = due.sent.iter().filter(|sent| sent.noted).count();
    must(noted <= 1 && unexcused == 0, "what is said once is sent once", || {
        format!("{:?} was sent {:?}", due.what, due.sent)
    })?;
    let ring = matches!(due.what, Owed::Incident { effect: Effect::Ring { .. }, .. });
    let silent = due.sent.is_empty() && due.end == Some(End::Done);
    must(!ring || !silent, "every call that was due was made", || format!("{:?}", due.what))
}

/// The card with the version of now on the buttons that still mean the same. What changes nothing that people
/// see, a broken promise or a call, draws no new card.
fn current(card: &Card, incident: &Incident) -> Card {
    let mut card = card.clone();
    for button in card.buttons.iter_mut().flatten() {
        if button.code.seen >= incident.turned.max(incident.moved) {
            button.code.seen = incident.version;
        }
    }
    card
}
