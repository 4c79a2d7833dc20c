//! A channel in Slack and one in Discord that are linked, with incidents that are claimed and released.

use std::ops::Range;
use std::time::{Duration, Instant};

use adapter_discord::testkit::{DiscordApi, World};
use adapter_slack::testkit::SlackServer;
use futures::future::{join, join_all};

/// What stands on the card of what nobody has claimed.
const OPEN: &str = "NEW INCIDENT";
/// What stands on the card of what somebody has.
const CLAIMED: &str = "IN PROGRESS";
/// The words after which a code is told.
const CODE: &str = "with this code: ";

/// Where somebody presses.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    Slack,
    Discord,
}

/// What they press.
#[derive(Clone, Copy)]
pub(crate) enum Button {
    Claim,
    Release,
}

impl Button {
    const fn label(self) -> &'static str {
        match self {
            Self::Claim => "Claim",
            Self::Release => "Leave",
        }
    }

    /// Returns what stands on the card afterwards.
    const fn status(self) -> &'static str {
        match self {
            Self::Claim => CLAIMED,
            Self::Release => OPEN,
        }
    }
}

/// Both channels. Mia administers them; Ann responds in Slack, Dee in Discord.
pub(crate) struct Pair {
    slack: SlackServer,
    discord: DiscordApi,
    here: String,
    there: u64,
    ann: String,
    dee: u64,
    mia: (String, u64),
}

/// What is reported as the incident of a number.
fn issue(incident: usize) -> String {
    format!("truck {incident:03} has a flat tyre")
}

impl Pair {
    pub(crate) fn new() -> Self {
        let (slack, discord) = (SlackServer::start(), DiscordApi::start());
        let mia = (slack.admin("Mia"), discord.user("Mia"));
        let (ann, dee) = (slack.user("Ann"), discord.user("Dee"));
        let here = slack.channel("drivers");
        [&mia.0, &ann].iter().for_each(|user| slack.join(&here, user));
        let guild = discord.guild("Drivers", mia.1);
        let there = discord.channel(guild, "incidents");
        discord.join(guild, dee);
        Self { slack, discord, here, there, ann, dee, mia }
    }

    pub(crate) const fn slack(&self) -> &SlackServer {
        &self.slack
    }

    pub(crate) const fn discord(&self) -> &DiscordApi {
        &self.discord
    }

    /// Links the channels, gives people their roles and reports incidents.
    pub(crate) async fn settle_in(&self, incidents: usize) {
        self.slack.wait_for("a socket", |server| (server.sockets() > 1).then_some(())).await;
        self.discord.wait_until(|world| world.is_connected().then_some(()), "a connection").await;
        self.order(&format!("configure-managers <@{}|mia>", self.mia.0), "Managers").await;
        self.order(&format!("add-dispatcher <@{}|ann>", self.ann), "Ann").await;
        self.link().await;
        let dee = self.dee.to_string();
        self.discord.command(self.there, self.mia.1, "group/add_dispatcher", &[("person", &dee)]);
        self.said_there("Dee is a dispatcher").await;
        for incident in 0..incidents {
            self.slack.command(&self.here, &self.ann, &format!("new {}", issue(incident)));
            self.both_show(incident, OPEN).await;
        }
    }

    async fn order(&self, words: &str, answer: &str) {
        self.slack.command(&self.here, &self.mia.0, words);
        let said = |server: &SlackServer| {
            let mut messages = server.messages(&self.here).into_iter();
            messages.find(|message| message.by_app && message.text.contains(answer)).map(drop)
        };
        self.slack.wait_for(answer, said).await;
    }

    async fn link(&self) {
        self.slack.command(&self.here, &self.mia.0, "link");
        let told = |server: &SlackServer| {
            let mut whispers = server.whispers(&self.mia.0).into_iter();
            whispers.find_map(|whisper| {
                let (_, rest) = whisper.text.split_once(CODE)?;
                rest.split_whitespace().next().map(str::to_owned)
            })
        };
        let code = self.slack.wait_for("a code", told).await;
        self.discord.command(self.there, self.mia.1, "group/link", &[("text", &code)]);
        self.said_there("Linked with").await;
    }

    async fn said_there(&self, words: &str) {
        let said = |world: &World| {
            let mut messages = world.messages(self.there).into_iter();
            messages.find(|message| world.shown(message).text.contains(words)).map(drop)
        };
        self.discord.wait_until(said, words).await;
    }

    /// Waits until the cards of an incident show a status in both channels.
    async fn both_show(&self, incident: usize, status: &str) {
        let issue = issue(incident);
        let shows = |text: &str| text.contains(&issue) && text.contains(status);
        let here = |server: &SlackServer| {
            server.messages(&self.here).iter().any(|message| shows(&message.text)).then_some(())
        };
        let there = |world: &World| {
            let messages = world.messages(self.there);
            messages.iter().any(|message| shows(&world.shown(message).text)).then_some(())
        };
        join(self.slack.wait_for(status, here), self.discord.wait_until(there, status)).await;
    }

    fn press_in_slack(&self, incident: usize, label: &str) {
        let mut cards = self.slack.messages(&self.here).into_iter();
        let card = cards.find(|card| card.by_app && card.text.contains(&issue(incident)));
        self.slack.press(&self.here, &self.ann, &card.expect("the card stands").ts, label);
    }

    fn press_in_discord(&self, incident: usize, label: &str) {
        let (message, code) = self.discord.read(|world| {
            let mut messages = world.messages(self.there).into_iter();
            let card = messages.find(|message| world.shown(message).text.contains(&issue(incident)));
            let card = card.expect("the card stands");
            let mut buttons = world.shown(card).rows.into_iter().flatten();
            let button = buttons.find(|button| button.label.contains(label));
            (card.id, button.expect("the button is there").code)
        });
        self.discord.press_code(message, self.dee, &code);
    }

    fn press(&self, side: Side, incident: usize, button: Button) {
        match side {
            Side::Slack => self.press_in_slack(incident, button.label()),
            Side::Discord => self.press_in_discord(incident, button.label()),
        }
    }

    /// Has somebody press a button on the cards of some incidents at once, and returns how long it took each until both
    /// channels showed it.
    pub(crate) async fn press_at_once(
        &self,
        side: Side,
        incidents: Range<usize>,
        button: Button,
    ) -> Vec<Duration> {
        let pressed = Instant::now();
        incidents.clone().for_each(|incident| self.press(side, incident, button));
        let shown = incidents.map(async |incident| {
            self.both_show(incident, button.status()).await;
            pressed.elapsed()
        });
        join_all(shown).await
    }
}
