//! What must be true of a world that has healed.

use super::books::Ledger;
use super::chats::Screen;
use super::dues::{Due, End, Sent};
use super::healing;
use super::journals::Shadow;
use super::pause::at_once;
use super::run::Run;
use super::town::House;
use crate::ids::IncidentId;
use crate::incident::{Effect, Incident, fold, next_wake};
use crate::ports::{Filed, Owed};
use crate::roster::{self, GroupStatus, Roster};
use crate::testkit::invariants::{Held, must};
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

    /// Nothing is owed: wherever a group was at work all the time, what stands there shows what is true.
    pub(super) fn cards_are_right_so_far(&self) -> Held {
        for house in &self.houses {
            let suspended = self.books.with(|books| books.suspended.contains(&(house.company, house.group)));
            let roster = self.ask_store(at_once(self.store.roster(house.company)))?;
            let Some(roster) = roster.filter(|_| !suspended) else {
                continue;
            };
            for id in self.live(house) {
                self.card_shows_what_is_true(house, &roster, id)?;
            }
        }
        Ok(())
    }

    fn card_shows_what_is_true(&self, house: &House, roster: &Roster, id: IncidentId) -> Held {
        let surface = self.surface(house, id)?;
        let found = self.books.with(|books| {
            let shadow = books.journals.shadows.get(&id)?.clone();
            let screens = &books.chats.chat(&house.chat).screens;
            let known =
                |screen: &&Screen| surface.as_ref().is_some_and(|known| known.message == screen.message);
            Some((shadow, screens.iter().filter(|screen| !screen.gone).find(known)?.what.clone()))
        });
        let Some((Shadow { number, incident, .. }, What::Card(shown))) = found else {
            return Ok(());
        };
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
            self.card_is_right(house, roster, (*id, shadow))?;
        }
        let orphans = self.orphans(house)?;
        let pressable = orphans.iter().find(|screen| super::chats::buttons(&screen.what).next().is_some());
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
        let surface = self.surface(house, id)?;
        let screen = self.books.with(|books| {
            let screens = books.chats.chat(&house.chat).screens.iter();
            let mut standing = screens.filter(|screen| !screen.gone);
            standing
                .find(|screen| surface.as_ref().is_some_and(|known| known.message == screen.message))
                .cloned()
        });
        let Some(screen) = screen else {
            return must(over, "a live incident has a card", || format!("{number} has none, {surface:?}"));
        };
        if over && self.was_given_up(id) {
            return Ok(());
        }
        self.card_shows_what_is_true(house, roster, id)?;
        let pinned = !over && !shadow.incident.archived;
        let known = surface.is_some_and(|surface| surface.pinned) == screen.pinned || over;
        must(screen.pinned == pinned && known, "a card is pinned while it matters", || {
            format!("{number} is pinned: {}", screen.pinned)
        })
    }

    /// The chat was lost when the end of an incident was to be shown; nobody looks after what is over.
    fn was_given_up(&self, id: IncidentId) -> bool {
        self.books.with(|books| {
            let group = books
                .journals
                .shadows
                .get(&id)
                .map(|shadow| (shadow.incident.company, shadow.incident.group));
            group.is_some_and(|group| books.suspended.contains(&group))
        })
    }

    fn expected(&self, roster: &Roster, filed: Filed) -> Result<Card, crate::testkit::invariants::Broken> {
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
    if due.end == Some(End::Abandoned) {
        return Ok(());
    }
    let excused = |sent: &&Sent| books.tasks.get(&sent.task).is_some_and(|doing| doing.excused);
    let unexcused = due.sent.iter().filter(|sent| !sent.noted && !excused(sent)).count();
    let noted = due.sent.iter().filter(|sent| sent.noted).count();
    must(noted <= 1 && unexcused == 0, "what is said once is sent once", || {
        format!("{:?} was sent {:?}", due.what, due.sent)
    })?;
    let ring = matches!(due.what, Owed::Incident { effect: Effect::Ring { .. }, .. });
    must(!ring || !due.sent.is_empty(), "every call that was due was made", || format!("{:?}", due.what))
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
