//! A Discord with people who report.

use std::cell::Cell;
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Message, World};

use crate::Extent;

/// A Discord with channels of people who report.
pub(crate) struct Guild {
    pub(crate) api: DiscordApi,
    mia: u64,
    /// Each channel with those who report in it.
    channels: Vec<(u64, Vec<u64>)>,
    bursts: Cell<usize>,
}

impl Guild {
    pub(crate) fn new(extent: Extent) -> Self {
        let api = DiscordApi::start();
        let mia = api.user("Mia");
        let guild = api.guild("Drivers", mia);
        let channel = |number: usize| {
            let channel = api.channel(guild, &format!("incidents-{number}"));
            let people: Vec<u64> =
                (0..extent.people).map(|person| api.user(&format!("Dan {number} {person}"))).collect();
            people.iter().for_each(|person| api.join(guild, *person));
            (channel, people)
        };
        let channels = (0..extent.channels).map(channel).collect();
        Self { api, mia, channels, bursts: Cell::new(0) }
    }

    /// Lets the desk work in every channel.
    pub(crate) async fn settle_in(&self) {
        let person = self.mia.to_string();
        for (channel, _) in &self.channels {
            self.api.command(*channel, self.mia, "group/configure_managers", &[("person", &person)]);
            let said = |world: &World| {
                let mut messages = world.messages(*channel).into_iter();
                messages.find(|message| world.shown(message).text.contains("Managers")).map(drop)
            };
            self.api.wait_until(said, "managers").await;
        }
    }

    /// Has everybody type a command at once, and returns how long each waited for its acknowledgement.
    pub(crate) async fn burst(&self) -> Vec<Duration> {
        let text = [("text", "truck has a flat tyre")];
        let all =
            self.channels.iter().flat_map(|(channel, people)| people.iter().map(|one| (*channel, *one)));
        let typed: Vec<u64> =
            all.map(|(channel, person)| self.api.command(channel, person, "new_issue", &text)).collect();
        self.bursts.set(self.bursts.get() + 1);
        let heard =
            |world: &World| typed.iter().map(|one| world.acknowledged(*one)).collect::<Option<Vec<_>>>();
        self.api.wait_until(heard, "all acknowledgements").await
    }

    /// Waits until everything that was typed is done.
    pub(crate) async fn finish(&self) {
        for (channel, people) in &self.channels {
            for number in 1..=people.len() * self.bursts.get() {
                self.shows(*channel, number).await;
            }
        }
    }

    /// Waits until so many cards stand in a channel.
    async fn shows(&self, channel: u64, number: usize) {
        let done = |world: &World| {
            let messages = world.messages(channel).into_iter();
            let is_card = |message: &&Message| world.shown(message).text.contains("flat tyre");
            (messages.filter(is_card).count() >= number).then_some(())
        };
        self.api.wait_until(done, "all cards").await;
    }
}
