//! One incident on two platforms: a channel in Slack and one in Discord are linked, and everything that happens in one is
//! seen in the other, whoever dies in between.

use adapter_discord::testkit::World;
use adapter_slack::testkit::SlackServer;

use crate::harness::{Desk, eventually};
use crate::platforms::{Guild, Workspace, serving};

/// How many press in each channel.
const CROWD: usize = 25;

/// The words after which a code is told.
const CODE: &str = "with this code: ";

/// Returns the code in an answer.
fn code_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(CODE)?;
    rest.split_whitespace().next().map(str::to_owned)
}

/// Types a command in Slack, and returns the code that nobody else sees.
async fn code_from_slack(slack: &Workspace, who: &str, words: &str) -> String {
    let seen = slack.server.whispers(who).len();
    slack.command(who, words);
    let told = |server: &SlackServer| {
        server.whispers(who).iter().skip(seen).find_map(|whisper| code_in(&whisper.text))
    };
    slack.server.wait_for("a code in Slack", told).await
}

/// Waits for words in an answer that one person sees in Discord.
async fn answered(discord: &Guild, interaction: u64, words: &str) {
    let answered = |world: &World| {
        let mut answers = world.answers(interaction).into_iter();
        answers.any(|answer| answer.shown.text.contains(words)).then_some(())
    };
    discord.api.wait_until(answered, words).await;
}

/// Makes the Discord channel one of the Slack channel's group.
pub(crate) async fn link(slack: &Workspace, discord: &Guild) {
    let code = code_from_slack(slack, &slack.mia, "link").await;
    discord.api.command(discord.channel, discord.mia, "group/link", &[("text", &code)]);
    slack.says("Linked with").await;
    discord.says("Linked with").await;
}

/// What the card of an incident says in both channels.
fn cards(slack: &Workspace, discord: &Guild, words: &str) -> [Vec<String>; 2] {
    let here = slack.server.messages(&slack.channel).into_iter();
    let here =
        here.filter(|message| message.by_app && message.text.contains(words)).map(|message| message.text);
    let there = discord.api.read(|world| {
        let shown = world.messages(discord.channel).into_iter().map(|message| world.shown(message).text);
        shown.filter(|text| text.contains(words)).collect()
    });
    [here.collect(), there]
}

async fn both_show(slack: &Workspace, discord: &Guild, words: &str) {
    slack.says(words).await;
    discord.says(words).await;
}

/// Waits until every card is written down: one that is not when the desk dies is posted again, as is said of all platforms.
async fn settled(desk: &Desk) {
    eventually("nothing is owed", || (desk.owed() == 0).then_some(())).await;
}

async fn killed_and_run_again(desk: &mut Desk, slack: &Workspace, discord: &Guild, sessions: usize) {
    desk.kill().await;
    desk.run_again();
    slack.connected().await;
    discord.connected(sessions).await;
}

#[tokio::test]
async fn an_incident_is_one_in_two_channels_and_a_crash_between_any_two_steps_loses_nothing() {
    let (slack, discord) = (Workspace::new(), Guild::new());
    let mut desk = serving(&slack, &discord).start();
    slack.settle_in().await;
    discord.connected(1).await;
    link(&slack, &discord).await;

    slack.command(&slack.dan, "new truck 1 has a flat tyre");
    both_show(&slack, &discord, "truck 1").await;
    discord.says("(Slack)").await;
    settled(&desk).await;
    killed_and_run_again(&mut desk, &slack, &discord, 2).await;

    let refused = discord.api.press(discord.channel, discord.ann, "Claim");
    answered(&discord, refused, "not authorized").await;
    let code = code_from_slack(&slack, &slack.ann, "link-me").await;
    let linked = discord.api.command(discord.channel, discord.ann, "group/link_me", &[("text", &code)]);
    answered(&discord, linked, "This account belongs to Ann (Slack)").await;
    let again = discord.api.command(discord.channel, discord.dan, "group/link_me", &[("text", &code)]);
    answered(&discord, again, "There is no such code").await;
    killed_and_run_again(&mut desk, &slack, &discord, 3).await;

    discord.api.press(discord.channel, discord.ann, "Claim");
    both_show(&slack, &discord, "IN PROGRESS").await;
    killed_and_run_again(&mut desk, &slack, &discord, 4).await;
    discord.resolve("changed the tyre").await;
    both_show(&slack, &discord, "changed the tyre").await;
    let [here, there] = cards(&slack, &discord, "Issue: truck 1");
    assert_eq!((here.len(), there.len()), (1, 1), "{here:#?} {there:#?}");
    assert_eq!(desk.query("SELECT count(*) FROM incidents WHERE state = 'resolved'"), 1);
    assert_eq!(desk.query("SELECT count(*) FROM companies"), 1);

    discord.api.command(discord.channel, discord.mia, "group/unlink", &[]);
    both_show(&slack, &discord, "No longer linked").await;
    slack.command(&slack.dan, "new truck 2 has a flat tyre");
    slack.says("truck 2").await;
    settled(&desk).await;
    assert_eq!(cards(&slack, &discord, "Issue: truck 2").map(|cards| cards.len()), [1, 0]);
}

/// Lists who handles an incident, by what its cards in a channel say.
fn handlers(cards: &[String]) -> Vec<String> {
    let lines = cards.iter().flat_map(|card| card.lines());
    let named = lines.filter_map(|line| line.split_once("Handled by:"));
    named.map(|(_, name)| name.replace(['*', '@'], "").trim().to_owned()).collect()
}

/// Returns a name without the platform that it is from.
fn plain(name: &str) -> &str {
    name.split(" (").next().unwrap_or_default()
}

#[tokio::test]
async fn of_fifty_who_press_claim_at_once_in_two_channels_one_owns_it() {
    let (slack, discord) = (Workspace::new(), Guild::new());
    let mut desk = serving(&slack, &discord).with("SELF_REGISTRATION", "on").start();
    slack.settle_in().await;
    discord.connected(1).await;
    link(&slack, &discord).await;
    let here: Vec<String> = (0..CROWD).map(|n| slack.server.user(&format!("Sam{n}"))).collect();
    here.iter().for_each(|user| slack.server.join(&slack.channel, user));
    let guild = discord.guild;
    let there: Vec<u64> = (0..CROWD).map(|n| discord.api.user(&format!("Dee{n}"))).collect();
    there.iter().for_each(|user| discord.api.join(guild, *user));
    slack.command(&slack.dan, "new truck 1 has a flat tyre");
    both_show(&slack, &discord, "truck 1").await;
    settled(&desk).await;
    killed_and_run_again(&mut desk, &slack, &discord, 2).await;

    let card = slack.says("truck 1").await;
    let mut interactions = Vec::new();
    for (sam, dee) in here.iter().zip(&there) {
        slack.press(sam, &card, "Claim");
        interactions.push(discord.api.press(discord.channel, *dee, "Claim"));
    }
    both_show(&slack, &discord, "IN PROGRESS").await;
    let claims = "SELECT count(*) FROM events WHERE type = 'acknowledged'";
    assert_eq!(desk.query(claims), 1, "one owner");
    settled(&desk).await;
    let owners = cards(&slack, &discord, "Issue: truck 1").map(|cards| handlers(&cards));
    let [[sam], [dee]] = &owners.each_ref().map(Vec::as_slice) else { panic!("{owners:?}") };
    assert_eq!(plain(sam), plain(dee), "both show the same owner");
    assert_ne!(sam.contains('('), dee.contains('('), "{owners:?}: and from where they are");
    // The owner sees that on the card; everybody else hears what became of their press.
    for (number, interaction) in interactions.into_iter().enumerate() {
        if plain(dee) != format!("Dee{number}") {
            answered(&discord, interaction, "has already claimed").await;
        }
    }
    for (number, sam) in here.iter().enumerate() {
        let heard = |server: &SlackServer| {
            let mut whispers = server.whispers(sam).into_iter();
            whispers.any(|whisper| whisper.text.contains("has already claimed")).then_some(())
        };
        if plain(dee) != format!("Sam{number}") {
            slack.server.wait_for("an answer in Slack", heard).await;
        }
    }
}
