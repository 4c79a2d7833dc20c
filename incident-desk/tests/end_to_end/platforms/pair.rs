//! A channel in Slack and one in Discord that are linked: what is done in one is shown in both, and everything goes wrong
//! in both.

use super::stages::{Act, Call, Stage, Trouble, Who};
use super::{Guild, Workspace, serving};
use crate::harness::Desk;
use crate::mirrored::link;

/// Both, with one incident. Ann is in Discord, everybody else in Slack.
pub(super) struct Pair {
    slack: Workspace,
    discord: Guild,
}

impl Pair {
    pub(super) fn new() -> Self {
        let (slack, discord) = (Workspace::new(), Guild::new());
        slack.server.send_twice(true);
        discord.api.replay_heard(3);
        Self { slack, discord }
    }

    pub(super) fn desk(&self) -> Desk {
        serving(&self.slack, &self.discord).without("TELEGRAM_BOT_TOKEN")
    }

    pub(super) async fn settle_in(&self) {
        self.slack.settle_in().await;
        self.discord.connected(1).await;
        link(&self.slack, &self.discord).await;
        let (channel, mia, ann) = (self.discord.channel, self.discord.mia, self.discord.ann.to_string());
        self.discord.api.command(channel, mia, "group/add_dispatcher", &[("person", &ann)]);
        self.discord.says("Ann is a dispatcher").await;
        // A code is good for once, so things are told twice from here on.
        self.discord.api.tell_twice(true);
    }
}

impl Stage for Pair {
    type Connections = (usize, usize);

    fn trouble(&self, call: Call, trouble: Trouble) {
        self.slack.trouble(call, trouble);
        self.discord.trouble(call, trouble);
    }

    fn stall(&self) {
        self.slack.stall();
    }

    fn forgive(&self) {
        self.slack.forgive();
        self.discord.forgive();
    }

    fn troubles_left(&self) -> usize {
        self.slack.troubles_left() + self.discord.troubles_left()
    }

    fn after_a_post(&self) -> Trouble {
        self.slack.after_a_post()
    }

    async fn disconnect(&self) {
        self.slack.disconnect().await;
        self.discord.disconnect().await;
    }

    async fn act(&self, desk: &mut Desk, who: Who, act: &Act) {
        match who {
            Who::Ann => self.discord.act(desk, who, act).await,
            Who::Dan | Who::Bob | Who::Mia => self.slack.act(desk, who, act).await,
        }
    }

    fn connections(&self) -> (usize, usize) {
        (self.slack.connections(), self.discord.connections())
    }

    async fn connected(&self, (slack, discord): (usize, usize)) {
        Stage::connected(&self.slack, slack).await;
        Stage::connected(&self.discord, discord).await;
    }

    fn cards(&self) -> Vec<(String, bool)> {
        [self.slack.cards(), self.discord.cards()].concat()
    }

    async fn shows(&self, words: &str) {
        self.slack.shows(words).await;
        self.discord.shows(words).await;
    }
}
