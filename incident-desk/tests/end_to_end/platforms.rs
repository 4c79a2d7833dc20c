//! One process, one database, three platforms: a report in each, a `kill -9` between any two steps, and one summary each.

mod pair;
mod stages;
mod upheavals;

use adapter_discord::testkit::{DiscordApi, World};
use adapter_slack::testkit::{Message, SlackServer};

use crate::harness::{Desk, TAKEN_OVER, Team, settled, within};
use crate::operators;

/// A Slack with a channel: mia administers, ann responds, bob helps, dan reports.
pub(crate) struct Workspace {
    pub(crate) server: SlackServer,
    pub(crate) channel: String,
    pub(crate) mia: String,
    pub(crate) ann: String,
    pub(crate) bob: String,
    pub(crate) dan: String,
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let server = SlackServer::start();
        let mia = server.admin("Mia");
        let [ann, bob, dan] = ["Ann", "Bob", "Dan"].map(|name| server.user(name));
        let channel = server.channel("drivers");
        for user in [&mia, &ann, &bob, &dan] {
            server.join(&channel, user);
        }
        Self { server, channel, mia, ann, bob, dan }
    }

    pub(crate) async fn says(&self, words: &str) -> Message {
        let found = |server: &SlackServer| {
            let mut own = server.messages(&self.channel).into_iter().filter(|message| message.by_app);
            own.find(|message| message.text.contains(words))
        };
        self.server.wait_for(&format!("{words:?} in Slack"), found).await
    }

    pub(crate) async fn connected(&self) {
        self.server.wait_for("a socket", |server| (server.sockets() > 0).then_some(())).await;
    }

    pub(crate) async fn settle_in(&self) {
        self.connected().await;
        self.command(&self.mia, &format!("configure-managers <@{}|mia>", self.mia));
        self.says("Managers").await;
        self.command(&self.mia, &format!("add-dispatcher <@{}|ann>", self.ann));
        self.says("Ann").await;
    }

    pub(crate) fn command(&self, who: &str, words: &str) {
        self.server.command(&self.channel, who, words);
    }

    pub(crate) fn press(&self, who: &str, card: &Message, label: &str) {
        self.server.press(&self.channel, who, &card.ts, label);
    }

    pub(crate) async fn resolve(&self, card: &Message, summary: &str) {
        self.press(&self.ann, card, "Resolve");
        let form = |server: &SlackServer| server.views(&self.ann).first().map(|view| view.id.clone());
        let form = self.server.wait_for("a form in Slack", form).await;
        self.server.submit(&self.ann, &form, &[("text", summary)]);
    }
}

/// A Discord with a channel: mia owns the guild, ann responds, bob helps, dan reports.
pub(crate) struct Guild {
    pub(crate) api: DiscordApi,
    pub(crate) guild: u64,
    pub(crate) channel: u64,
    pub(crate) mia: u64,
    pub(crate) ann: u64,
    pub(crate) bob: u64,
    pub(crate) dan: u64,
}

impl Guild {
    pub(crate) fn new() -> Self {
        let api = DiscordApi::start();
        let [mia, ann, bob, dan] = ["Mia", "Ann", "Bob", "Dan"].map(|name| api.user(name));
        let guild = api.guild("Drivers", mia);
        let channel = api.channel(guild, "incidents");
        [ann, bob, dan].iter().for_each(|user| api.join(guild, *user));
        Self { api, guild, channel, mia, ann, bob, dan }
    }

    pub(crate) async fn says(&self, words: &str) {
        let said = |world: &World| {
            let messages = world.messages(self.channel);
            messages.iter().any(|message| world.shown(message).text.contains(words)).then_some(())
        };
        self.api.wait_until(said, words).await;
    }

    pub(crate) async fn connected(&self, sessions: usize) {
        let connected =
            |world: &World| (world.is_connected() && world.sessions().0 >= sessions).then_some(());
        self.api.wait_until(connected, "a connection in Discord").await;
    }

    pub(crate) async fn settle_in(&self) {
        self.connected(1).await;
        let person = |user: u64| user.to_string();
        let name = "group/configure_managers";
        self.api.command(self.channel, self.mia, name, &[("person", &person(self.mia))]);
        self.says("Managers").await;
        self.api.command(self.channel, self.mia, "group/add_dispatcher", &[("person", &person(self.ann))]);
        self.says("Ann").await;
    }

    pub(crate) async fn resolve(&self, summary: &str) {
        let pressed = self.api.press(self.channel, self.ann, "Resolve");
        self.api.wait_until(|world| world.form_of(pressed).map(drop), "a form in Discord").await;
        self.api.submit(pressed, &[("words", summary)]);
    }
}

pub(crate) fn serving(slack: &Workspace, discord: &Guild) -> Desk {
    Desk::prepared()
        .with("SLACK_BOT_TOKEN", slack.server.bot_token())
        .with("SLACK_APP_TOKEN", slack.server.app_token())
        .with("SLACK_API_URL", slack.server.url())
        .with("DISCORD_TOKEN", discord.api.token())
        .with("DISCORD_API_URL", discord.api.url())
}

#[tokio::test]
async fn three_platforms_are_served_side_by_side_and_a_crash_between_any_two_steps_loses_nothing() {
    let (slack, discord) = (Workspace::new(), Guild::new());
    let port = crate::harness::free_port();
    let mut desk = serving(&slack, &discord).with("HTTP_ADDR", format!("127.0.0.1:{port}")).start();
    let team = Team::working(&desk.api).await;
    slack.settle_in().await;
    discord.settle_in().await;

    let card = team.report("truck 1 has a flat tyre").await;
    slack.command(&slack.dan, "new truck 2 has a flat tyre");
    slack.says("truck 2").await;
    discord.api.command(discord.channel, discord.dan, "new_issue", &[("text", "truck 3 has a flat tyre")]);
    discord.says("truck 3").await;
    // A card that stands there and was not written down yet would be posted again, and an old one pressed.
    settled(&desk).await;

    desk.kill().await;
    desk.run_again();
    desk.polling().await;
    slack.connected().await;
    discord.connected(2).await;
    team.press(team.dora, &card, "Claim").await;
    let slack_card = slack.says("truck 2").await;
    slack.press(&slack.ann, &slack_card, "Claim");
    discord.api.press(discord.channel, discord.ann, "Claim");
    team.shows(&card, "IN PROGRESS").await;
    slack.says("IN PROGRESS").await;
    discord.says("IN PROGRESS").await;

    desk.kill().await;
    desk.run_again();
    desk.polling().await;
    slack.connected().await;
    discord.connected(3).await;
    team.resolve(team.dora, &card, "changed the first tyre").await;
    slack.resolve(&slack_card, "changed the second tyre").await;
    discord.resolve("changed the third tyre").await;
    team.shows(&card, "changed the first tyre").await;
    slack.says("changed the second tyre").await;
    discord.says("changed the third tyre").await;

    assert_eq!(desk.query("SELECT count(*) FROM incidents WHERE state = 'resolved'"), 3);
    assert_eq!(
        desk.query("SELECT count(*) FROM companies"),
        3,
        "platforms share nothing unless somebody says so"
    );
    let cards =
        slack.server.messages(&slack.channel).into_iter().filter(|message| message.text.contains("truck 2"));
    assert_eq!(cards.count(), 1);
    // What the dead did not get to forget is taken over once its lease has ended, and recognised by its key then.
    let strange = || desk.query("SELECT count(*) FROM inbox WHERE key NOT IN (SELECT key FROM requests)");
    within(TAKEN_OVER, "everything that was delivered to be done", || (strange() == 0).then_some(())).await;
    let metrics = get(port, "metrics").await.1;
    let (known, served) = (operators::names(&metrics), ["telegram", "slack", "discord"]);
    // What was counted before the last crash is gone with it, so the platforms' own are asked for.
    let own = |name: &String| served.iter().any(|platform| name.starts_with(platform));
    let unknown: Vec<String> =
        operators::asked_for(&served).into_iter().filter(|name| own(name) && !known.contains(name)).collect();
    assert_eq!(unknown, Vec::<String>::new(), "the files in deploy/ ask for metrics that there are");
}

async fn get(port: u16, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/{path}")).await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.expect("it is text"))
}

#[tokio::test]
async fn a_platform_whose_token_is_revoked_leaves_the_others_at_work_and_readiness_red() {
    let (slack, discord) = (Workspace::new(), Guild::new());
    let port = crate::harness::free_port();
    let desk = serving(&slack, &discord).with("HTTP_ADDR", format!("127.0.0.1:{port}")).start();
    let team = Team::working(&desk.api).await;
    slack.settle_in().await;
    slack.server.replace_tokens();
    slack.server.drop_sockets();
    desk.logged("this platform is not served any more").await;
    team.report("truck 1 has a flat tyre").await;
    let (status, said) = get(port, "health/ready").await;
    assert!(status == 503 && said.contains("slack: Slack does not accept"), "{status} {said}");
}
