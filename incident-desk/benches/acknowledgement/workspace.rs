//! A Slack with people who report.

use std::cell::Cell;
use std::time::Duration;

use adapter_slack::testkit::{Delivery, SlackServer};

use crate::Extent;

/// A Slack with channels of people who report.
pub(crate) struct Workspace {
    pub(crate) server: SlackServer,
    mia: String,
    /// Each channel with those who report in it.
    channels: Vec<(String, Vec<String>)>,
    bursts: Cell<usize>,
}

impl Workspace {
    pub(crate) fn new(extent: Extent) -> Self {
        let server = SlackServer::start();
        let mia = server.admin("Mia");
        let channel = |number: usize| {
            let channel = server.channel(&format!("drivers-{number}"));
            let people: Vec<String> =
                (0..extent.people).map(|person| server.user(&format!("Dan {number} {person}"))).collect();
            people.iter().chain([&mia]).for_each(|user| server.join(&channel, user));
            (channel, people)
        };
        let channels = (0..extent.channels).map(channel).collect();
        Self { server, mia, channels, bursts: Cell::new(0) }
    }

    /// Lets the desk work in every channel.
    pub(crate) async fn settle_in(&self) {
        for (channel, _) in &self.channels {
            self.server.command(channel, &self.mia, &format!("configure-managers <@{}|mia>", self.mia));
            self.said(channel, "Managers", 1).await;
        }
    }

    /// Waits until the app has said something in a channel so often.
    async fn said(&self, channel: &str, words: &str, times: usize) {
        let said = |server: &SlackServer| {
            let messages = server.messages(channel).into_iter();
            let found = messages.filter(|message| message.by_app && message.text.contains(words)).count();
            (found >= times).then_some(())
        };
        self.server.wait_for(words, said).await;
    }

    /// Has everybody type a command at once, and returns how long each waited for its acknowledgement.
    pub(crate) async fn burst(&self) -> Vec<Duration> {
        let known = self.server.deliveries().len();
        for (channel, people) in &self.channels {
            for person in people {
                self.server.command(channel, person, "new truck has a flat tyre");
            }
        }
        self.bursts.set(self.bursts.get() + 1);
        let count: usize = self.channels.iter().map(|(_, people)| people.len()).sum();
        let typed = |delivery: &Delivery| delivery.kind == "slash_commands";
        let all = |server: &SlackServer| {
            let new: Vec<Delivery> = server.deliveries().into_iter().skip(known).filter(typed).collect();
            let times: Vec<Duration> = new.iter().filter_map(|delivery| delivery.took).collect();
            (times.len() == count).then_some(times)
        };
        self.server.wait_for("all acknowledgements", all).await
    }

    /// Waits until everything that was typed is done.
    pub(crate) async fn finish(&self) {
        for (channel, people) in &self.channels {
            for number in 1..=people.len() * self.bursts.get() {
                self.said(channel, "flat tyre", number).await;
            }
        }
    }
}
