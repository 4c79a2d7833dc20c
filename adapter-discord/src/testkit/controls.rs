//! What goes wrong, at a test's word.

use std::time::Duration;

use serde_json::json;

use super::fault::Pace;
use super::gateway::Blow;
use super::{DiscordApi, Fault, World};

/// What goes wrong.
impl DiscordApi {
    /// Has the next call of a name, such as `POST channels/-/messages`, go wrong; `*` is any.
    pub fn fail_next(&self, call: &str, fault: Fault) {
        self.act(|world| world.faults.queue(call, fault));
    }

    /// Lets words that are posted in a channel meet nothing that goes wrong: a story that is about other calls need not
    /// reckon with them. Files are not spared.
    pub fn spare_words_in(&self, channel: u64) {
        self.act(|world| world.faults.spared = Some(channel));
    }

    /// Has nothing go wrong any more of what was to.
    pub fn forgive(&self) {
        self.act(|world| world.faults.forgive());
    }

    /// Refuses whatever would be more than so many new messages in one channel within a time.
    pub fn pace(&self, most: usize, window: Duration) {
        self.act(|world| world.faults.pace = Some(Pace { most, window }));
    }

    /// Moves Discord's clock: what people wait for becomes late.
    pub fn advance(&self, time: Duration) {
        self.act(|world| world.ahead += time);
    }

    /// Breaks the connection of the gateway.
    pub fn drop_gateway(&self) {
        self.act(|world| world.gateway.strike(Blow::Drop));
    }

    /// Closes the connection of the gateway with a code.
    pub fn close_gateway(&self, code: u16) {
        self.act(|world| world.gateway.strike(Blow::Close(code)));
    }

    /// Asks the bot to connect anew and go on.
    pub fn ask_to_reconnect(&self) {
        self.act(|world| world.gateway.strike(Blow::Say(json!({"op": 7, "d": null}))));
    }

    /// Ends the session of the bot, which must begin another.
    pub fn end_session(&self) {
        self.act(|world| {
            world.gateway.forget_sessions();
            world.gateway.strike(Blow::Say(json!({"op": 9, "d": false})));
        });
    }

    /// Has the next connection ask for a sign of life so often.
    pub fn ask_for_life(&self, every: Duration) {
        let millis = u64::try_from(every.as_millis()).unwrap_or(u64::MAX);
        self.act(|world| world.gateway.heartbeat = millis);
    }

    /// Makes the gateway neither hear nor say anything, or ends that.
    pub fn deafen(&self, deaf: bool) {
        self.act(|world| world.gateway.deaf = deaf);
    }

    /// Tells the bot again what it was told last.
    pub fn repeat_last_event(&self) {
        self.act(|world| world.gateway.repeat());
    }

    /// Says whether the bot is told everything twice.
    pub fn tell_twice(&self, twice: bool) {
        self.act(|world| world.gateway.twice = twice);
    }

    /// Holds back what the bot is to be told.
    pub fn hold(&self) {
        self.act(|world| world.gateway.hold());
    }

    /// Tells the bot what was held back, the last first.
    pub fn release_backwards(&self) {
        self.act(|world| world.gateway.release_backwards());
    }

    /// Has so many events told once more whenever a session is resumed, although the bot has heard them.
    pub fn replay_heard(&self, events: usize) {
        self.act(|world| world.gateway.overlap = events);
    }
}

impl World {
    /// Counts what is still to go wrong.
    pub fn faults_left(&self) -> usize {
        self.faults.left()
    }
}
