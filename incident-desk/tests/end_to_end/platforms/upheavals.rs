//! Whole stories on Slack and on Discord while everything goes wrong: a `kill -9` in the middle of each step, calls that
//! fail or whose answers are lost, connections that break, and whatever is delivered, twice or in the wrong order. Each
//! ends right: one card that shows the end, one summary, and a journal that says what happened and nothing else.

use super::stages::{Act, SUMMARY, Stage, Who, crash};
use super::{Guild, Workspace};
use crate::harness::{Desk, Ledger, eventually};

/// Something that somebody does, and what the card shows afterwards.
struct Step(Who, Act, &'static str);

const TWO_TIERS: [Step; 5] = [
    Step(Who::Dan, Act::Report, "NEW INCIDENT"),
    Step(Who::Ann, Act::Press("Claim"), "IN PROGRESS"),
    Step(Who::Ann, Act::Press("Escalate"), "ESCALATED"),
    Step(Who::Mia, Act::Press("Claim escalation"), "Claimed by a manager"),
    Step(Who::Mia, Act::Resolve, SUMMARY),
];

const DEPARTMENTS: [Step; 7] = [
    Step(Who::Dan, Act::Report, "Choose a team"),
    Step(Who::Dan, Act::Press("Tyres"), "Team: Tyres"),
    Step(Who::Ann, Act::Press("Claim"), "IN PROGRESS"),
    Step(Who::Bob, Act::Press("Join"), "Bob"),
    Step(Who::Ann, Act::Choose("Transfer", "Safety"), "Team: Safety"),
    Step(Who::Mia, Act::Press("Claim"), "IN PROGRESS"),
    Step(Who::Mia, Act::Resolve, SUMMARY),
];

async fn tell(desk: &mut Desk, stage: &impl Stage, steps: &[Step]) {
    for (number, Step(who, act, shown)) in steps.iter().enumerate() {
        let before = desk.query("SELECT count(*) FROM events");
        stage.upset(number);
        if number % 2 == 1 {
            stage.disconnect().await;
        }
        stage.act(desk, *who, act).await;
        let told = || (desk.query("SELECT count(*) FROM events") > before).then_some(());
        eventually("something to have happened", told).await;
        crash(desk, stage).await;
        stage.shows(shown).await;
    }
    eventually("nothing to be owed", || (desk.owed() == 0).then_some(())).await;
}

/// Judges what is left: on the platform, in the journal, and by the binary itself.
async fn judge(mut desk: Desk, stage: &impl Stage, facts: &[&str]) {
    let [(card, pinned)] = &stage.cards()[..] else { panic!("{} cards", stage.cards().len()) };
    assert!(card.contains("RESOLVED") && card.matches(SUMMARY).count() == 1 && !pinned, "{pinned}: {card}");
    desk.stop().await;
    let ledger = Ledger::of(&desk).await;
    ledger.audit_journals();
    let [entry] = &ledger.incidents[..] else { panic!("{} incidents", ledger.incidents.len()) };
    assert_eq!(entry.facts(), facts);
    let verified = desk.run(&["verify"]).await;
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
    desk.assert_no_secret();
}

const TWO_TIERS_TOLD: [&str; 5] = ["created", "acknowledged", "escalated", "acknowledged", "resolved"];
const DEPARTMENTS_TOLD: [&str; 7] =
    ["created", "routed", "acknowledged", "joined", "transferred", "acknowledged", "resolved"];

fn on_slack(slack: &Workspace) -> Desk {
    slack.server.send_twice(true);
    Desk::prepared()
        .without("TELEGRAM_BOT_TOKEN")
        .with("SLACK_BOT_TOKEN", slack.server.bot_token())
        .with("SLACK_APP_TOKEN", slack.server.app_token())
        .with("SLACK_API_URL", slack.server.url())
}

fn on_discord(discord: &Guild) -> Desk {
    Desk::prepared()
        .without("TELEGRAM_BOT_TOKEN")
        .with("DISCORD_TOKEN", discord.api.token())
        .with("DISCORD_API_URL", discord.api.url())
}

#[tokio::test]
async fn two_tiers_on_slack_end_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    let slack = Workspace::new();
    let mut desk = on_slack(&slack).start();
    slack.settle_in().await;
    tell(&mut desk, &slack, &TWO_TIERS).await;
    judge(desk, &slack, &TWO_TIERS_TOLD).await;
}

#[tokio::test]
async fn departments_on_slack_end_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    let slack = Workspace::new();
    let mut desk = on_slack(&slack).with("WORKFLOW", "departments").start();
    slack.settle_in().await;
    for team in ["Tyres", "Safety"] {
        slack.order(&format!("add-team {team}"), team).await;
    }
    for (team, member, name) in [(1, &slack.ann, "Ann"), (1, &slack.bob, "Bob"), (2, &slack.mia, "Mia")] {
        slack.order(&format!("add-team-member {team} <@{member}|{name}>"), name).await;
    }
    tell(&mut desk, &slack, &DEPARTMENTS).await;
    judge(desk, &slack, &DEPARTMENTS_TOLD).await;
}

#[tokio::test]
async fn two_tiers_on_discord_end_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    let discord = Guild::new();
    let mut desk = on_discord(&discord).start();
    discord.settle_in().await;
    tell(&mut desk, &discord, &TWO_TIERS).await;
    judge(desk, &discord, &TWO_TIERS_TOLD).await;
}

#[tokio::test]
async fn departments_on_discord_end_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    let discord = Guild::new();
    let mut desk = on_discord(&discord).with("WORKFLOW", "departments").start();
    discord.settle_in().await;
    for team in ["Tyres", "Safety"] {
        discord.order("group/add_team", &[("text", team)], team).await;
    }
    for (team, member, name) in
        [("1", discord.ann, "Ann"), ("1", discord.bob, "Bob"), ("2", discord.mia, "Mia")]
    {
        let member = member.to_string();
        discord.order("group/add_team_member", &[("text", team), ("person", &member)], name).await;
    }
    tell(&mut desk, &discord, &DEPARTMENTS).await;
    judge(desk, &discord, &DEPARTMENTS_TOLD).await;
}
