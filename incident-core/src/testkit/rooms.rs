//! Rooms that exist in memory, and say who sees them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use super::ManualClock;
use crate::ids::ChatRef;
use crate::ports::{Access, DeliveryError, RoomOrder, Rooms, Utterance};
use crate::roster::{PlatformName, Right};

/// How much one look at a room gives.
const LOOK: usize = 3;

#[derive(Debug, Default)]
struct House {
    opened: u32,
    orders: Vec<RoomOrder>,
    rooms: BTreeMap<ChatRef, Furnished>,
    failures: VecDeque<(bool, DeliveryError)>,
    strangers: BTreeSet<PlatformName>,
    deaf: bool,
    slowness: Option<(Arc<ManualClock>, Duration)>,
    stuck: Option<DeliveryError>,
}

#[derive(Debug)]
struct Furnished {
    mark: String,
    access: Access,
    said: Vec<Utterance>,
}

/// A keeper of rooms that are in memory.
#[derive(Debug, Default)]
pub struct ScriptedRooms(Mutex<House>);

impl ScriptedRooms {
    /// Makes a keeper that has no room yet and never fails.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the next call fail: before anything is done for it, or with its answer lost.
    pub fn fail_next(&self, done: bool, error: DeliveryError) {
        self.house(|house| house.failures.push_back((done, error)));
    }

    /// Makes every opening fail until it is told otherwise.
    pub fn refuse_to_open(&self, error: Option<DeliveryError>) {
        self.house(|house| house.stuck = error);
    }

    /// Lets a place be somebody else's, or nobody's but the group's.
    pub fn estrange(&self, name: PlatformName, strange: bool) {
        self.house(|house| match strange {
            true => house.strangers.insert(name),
            false => house.strangers.remove(&name),
        });
    }

    /// Lets nobody read what is said in rooms, so that no log can keep it, or lets them again.
    pub fn deafen(&self, deaf: bool) {
        self.house(|house| house.deaf = deaf);
    }

    /// Lets every look at a room take so long.
    pub fn slow_down(&self, clock: Arc<ManualClock>, time: Duration) {
        self.house(|house| house.slowness = Some((clock, time)));
    }

    /// Returns the orders of the rooms that were opened, one that was found again left out.
    pub fn orders(&self) -> Vec<RoomOrder> {
        self.house(|house| house.orders.clone())
    }

    /// Lists the rooms there are.
    pub fn rooms(&self) -> Vec<ChatRef> {
        self.house(|house| house.rooms.keys().cloned().collect())
    }

    /// Returns who sees a room; `None` if there is no such room.
    pub fn access(&self, room: &ChatRef) -> Option<Access> {
        self.house(|house| house.rooms.get(room).map(|room| room.access.clone()))
    }

    /// Has something said in a room.
    pub fn say(&self, room: &ChatRef, utterance: Utterance) {
        self.house(|house| {
            if let Some(room) = house.rooms.get_mut(room) {
                room.said.push(utterance);
            }
        });
    }

    /// Takes a room away, as a person might.
    pub fn demolish(&self, room: &ChatRef) {
        self.house(|house| house.rooms.remove(room));
    }

    fn house<T>(&self, act: impl FnOnce(&mut House) -> T) -> T {
        act(&mut self.0.lock().expect("nothing panics while it holds the rooms"))
    }

    fn attempt<T>(
        &self,
        act: impl FnOnce(&mut House) -> Result<T, DeliveryError>,
    ) -> Result<T, DeliveryError> {
        self.house(|house| match house.failures.pop_front() {
            None => act(house),
            Some((done, error)) => {
                if done {
                    act(house)?;
                }
                Err(error)
            }
        })
    }
}

impl House {
    fn room(&mut self, room: &ChatRef) -> Result<&mut Furnished, DeliveryError> {
        let lost = || DeliveryError::ChatLost { reason: "there is no such room".into() };
        self.rooms.get_mut(room).ok_or_else(lost)
    }
}

#[async_trait]
impl Rooms for ScriptedRooms {
    async fn open(&self, order: &RoomOrder) -> Result<ChatRef, DeliveryError> {
        self.attempt(|house| {
            if let Some(error) = &house.stuck {
                return Err(error.clone());
            }
            let found = house.rooms.iter().find(|(_, room)| room.mark == order.mark);
            if let Some((chat, _)) = found {
                return Ok(chat.clone());
            }
            house.opened += 1;
            let chat = ChatRef::new(order.beside.platform, format!("room-{}", house.opened));
            let furnished =
                Furnished { mark: order.mark.clone(), access: order.access.clone(), said: Vec::new() };
            house.rooms.insert(chat.clone(), furnished);
            house.orders.push(order.clone());
            Ok(chat)
        })
    }

    async fn admit(&self, room: &ChatRef, access: &Access) -> Result<(), DeliveryError> {
        self.attempt(|house| {
            house.room(room)?.access = access.clone();
            Ok(())
        })
    }

    async fn read(&self, room: &ChatRef, after: Option<&str>) -> Result<Vec<Utterance>, DeliveryError> {
        self.attempt(|house| {
            if let Some((clock, time)) = &house.slowness {
                clock.advance(*time);
            }
            let said = &house.room(room)?.said;
            let from = after.map_or(0, |after| {
                said.iter().position(|one| Arc::as_ref(&one.message) == after).map_or(said.len(), |at| at + 1)
            });
            Ok(said[from..].iter().take(LOOK).cloned().collect())
        })
    }

    async fn beside(&self, chat: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        self.house(|house| match house.strangers.contains(name) {
            true => Err(DeliveryError::Forbidden { right: Right::Log }),
            false => Ok(ChatRef::new(chat.platform, name.as_str())),
        })
    }

    async fn log(&self, beside: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        let found = self.beside(beside, name).await?;
        self.house(|house| match house.deaf {
            true => Err(DeliveryError::Forbidden { right: Right::Log }),
            false => Ok(found),
        })
    }

    async fn remove(&self, room: &ChatRef) -> Result<(), DeliveryError> {
        self.attempt(|house| {
            house.rooms.remove(room);
            Ok(())
        })
    }
}
