//! Many chats at once: in each, somebody claims and leaves as soon as the card lets them.

use std::time::{Duration, Instant};

use adapter_telegram::testkit::{BotApi, World};

use super::desk::{Desk, Group};

/// What a run did and cost.
pub(crate) struct Run {
    pub(crate) updates: usize,
    pub(crate) edits: usize,
    pub(crate) polls: usize,
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// One chat's card, with the code that was pressed last.
struct Seat {
    group: Group,
    card: i64,
    pressed: String,
}

impl Seat {
    /// Returns the code of the only sensible button, if it was not pressed yet.
    fn pressable(&self, world: &World) -> Option<String> {
        let card = world.message(self.group.chat, self.card)?;
        let button = card.button("Claim").or_else(|| card.button("Leave"))?;
        button.data.clone().filter(|code| *code != self.pressed)
    }
}

/// Chats with a card each.
pub(crate) struct Seats(Vec<Seat>);

impl Seats {
    /// Founds groups and reports an incident in each.
    pub(crate) async fn take(api: &BotApi, chats: usize) -> Self {
        let mut seats = Vec::new();
        for number in 0..chats {
            let group = Group::working(api, number).await;
            let card = group.report(api, number).await;
            seats.push(Seat { group, card, pressed: String::new() });
        }
        Self(seats)
    }

    /// Returns the chats.
    pub(crate) fn chats(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|seat| seat.group.chat)
    }

    /// Presses until so many presses are answered, and the last card shows it; returns how often.
    pub(crate) async fn press(&mut self, api: &BotApi, updates: usize) -> usize {
        let mut pressed = 0;
        while pressed < updates {
            for (index, code) in api.wait_until(|world| self.ready(world), "a card to press").await {
                let seat = &mut self.0[index];
                api.press_code(seat.group.chat, seat.group.dispatcher, seat.card, &code);
                seat.pressed = code;
                pressed += 1;
            }
        }
        api.wait_confirmed().await;
        pressed
    }

    fn ready(&self, world: &World) -> Option<Vec<(usize, String)>> {
        let seats = self.0.iter().enumerate();
        let ready: Vec<_> = seats.filter_map(|(index, seat)| Some((index, seat.pressable(world)?))).collect();
        (!ready.is_empty()).then_some(ready)
    }
}

pub(crate) async fn run(api: &BotApi, desk: &Desk, chats: usize, updates: usize) -> Run {
    let mut seats = Seats::take(api, chats).await;
    desk.rest().await;
    let (begun, cpu) = (Instant::now(), desk.cpu());
    let counts = || (api.count("editMessageText"), api.count("getUpdates"));
    let (edits, polls) = counts();
    let updates = seats.press(api, updates).await;
    let wall = begun.elapsed();
    let (all_edits, all_polls) = counts();
    let (edits, polls) = (all_edits - edits, all_polls - polls);
    Run { updates, edits, polls, wall, cpu: desk.cpu() - cpu }
}
