//! Whole stories on Slack and on Discord while everything goes wrong: a `kill -9` in the middle of each step, calls that
//! fail or whose answers are lost, connections that break, and whatever is delivered, twice and in the wrong order. Each
//! ends right: one card that shows the end, one summary, and a journal that says what happened and nothing else.

use super::pair::Pair;
use super::stages::{Act, Call, SUMMARY, Stage, Trouble, Who};
use super::{Guild, Workspace};
use crate::harness::{
    Desk, TAKEN_OVER, answered, eventually, last_asked, left_behind, settled, told, within,
};

/// What befalls the card, in turns.
const TROUBLES: [Trouble; 5] =
    [Trouble::Lost, Trouble::Limited, Trouble::Down, Trouble::Page, Trouble::Broken];

/// When in a step the desk is killed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Killed {
    /// When it has taken note of what was asked, and done nothing of it.
    Asked,
    /// When it is done, and perhaps nobody was shown it.
    Done,
    /// While it is being shown.
    Showing,
}

/// Something that somebody does, what the card shows afterwards, and when the desk is killed.
struct Step(Who, Act, &'static str, Killed);

const TWO_TIERS: [Step; 6] = [
    Step(Who::Dan, Act::Report, "NEW INCIDENT", Killed::Showing),
    Step(Who::Ann, Act::Press("Claim"), "IN PROGRESS", Killed::Done),
    Step(Who::Ann, Act::Say("the spare is in the shed"), "IN PROGRESS", Killed::Done),
    Step(Who::Ann, Act::Press("Escalate"), "ESCALATED", Killed::Showing),
    Step(Who::Mia, Act::Press("Claim escalation"), "Claimed by a manager", Killed::Asked),
    Step(Who::Mia, Act::Resolve, SUMMARY, Killed::Done),
];

const DEPARTMENTS: [Step; 8] = [
    Step(Who::Dan, Act::Report, "Choose a team", Killed::Showing),
    Step(Who::Dan, Act::Press("Tyres"), "Team: Tyres", Killed::Done),
    Step(Who::Ann, Act::Press("Claim"), "IN PROGRESS", Killed::Showing),
    Step(Who::Bob, Act::Press("Join"), "Bob", Killed::Done),
    Step(Who::Ann, Act::Say("the brakes are gone, too"), "Bob", Killed::Done),
    Step(Who::Ann, Act::Transfer("Safety"), "Team: Safety", Killed::Showing),
    Step(Who::Mia, Act::Press("Claim"), "IN PROGRESS", Killed::Asked),
    Step(Who::Mia, Act::Resolve, SUMMARY, Killed::Showing),
];

/// Says what goes wrong with the card in a step, first or last.
const fn befalls(number: usize, last: bool) -> Trouble {
    TROUBLES[(2 * number + last as usize) % TROUBLES.len()]
}

/// Says what goes wrong in a step until the desk is killed.
fn upset(stage: &impl Stage, number: usize, Step(_, act, _, killed): &Step) {
    let (call, trouble) = match act {
        Act::Report => (Call::Post, Trouble::Down),
        Act::Press(_) | Act::Transfer(_) | Act::Resolve => (Call::Show, befalls(number, false)),
        // What is said in a thread is not shown on the card.
        Act::Say(_) => return,
    };
    match killed {
        Killed::Asked => stage.stall(),
        Killed::Done => stage.trouble(call, trouble),
        Killed::Showing => {
            stage.trouble(call, trouble);
            stage.trouble(call, Trouble::Hang);
        }
    }
}

/// Says what goes wrong after it was killed.
fn upset_again(stage: &impl Stage, number: usize, Step(_, act, _, killed): &Step) {
    match (act, killed) {
        (Act::Report, _) => stage.trouble(Call::Post, stage.after_a_post()),
        (Act::Resolve, _) => stage.trouble(Call::Unpin, Trouble::Down),
        (Act::Press(_) | Act::Transfer(_), Killed::Asked | Killed::Done) => {
            stage.trouble(Call::Show, befalls(number, true));
        }
        (Act::Press(_) | Act::Transfer(_), Killed::Showing) | (Act::Say(_), _) => {}
    }
}

async fn live_through(desk: &mut Desk, stage: &impl Stage, (number, step): (usize, &Step)) {
    let Step(who, act, shown, killed) = step;
    let (before, asked) = (told(desk), last_asked(desk));
    upset(stage, number, step);
    if number % 2 == 1 {
        stage.disconnect().await;
    }
    stage.act(desk, *who, act).await;
    match killed {
        Killed::Asked => {
            eventually("the desk to note it", || (last_asked(desk) > asked).then_some(())).await;
        }
        Killed::Done => eventually("it to be done", || (told(desk) > before).then_some(())).await,
        Killed::Showing => {
            eventually("it to be shown", || (stage.troubles_left() == 0).then_some(())).await;
        }
    }
    desk.kill().await;
    if *killed == Killed::Asked {
        assert_eq!(told(desk), before, "it was killed before anything was done");
        stage.forgive();
    }
    upset_again(stage, number, step);
    let connections = stage.connections();
    desk.run_again();
    stage.connected(connections).await;
    within(TAKEN_OVER, "what was asked to be done", || (told(desk) > before).then_some(())).await;
    settled(desk).await;
    stage.shows(shown).await;
}

async fn tell(desk: &mut Desk, stage: &impl Stage, steps: &[Step]) {
    for step in steps.iter().enumerate() {
        live_through(desk, stage, step).await;
    }
    assert_eq!(stage.troubles_left(), 0, "all that was to go wrong did");
    answered(desk).await;
}

/// Judges what is left: on the platform, in the journal, and by the binary itself.
async fn judge(desk: Desk, stage: &impl Stage, facts: &[&str]) {
    let incident = left_behind(desk).await;
    for (card, pinned) in stage.cards() {
        assert!(
            card.contains("RESOLVED") && card.matches(SUMMARY).count() == 1 && !pinned,
            "{pinned}: {card}"
        );
    }
    assert_eq!(incident.facts(), facts);
}

const TWO_TIERS_TOLD: [&str; 6] =
    ["created", "acknowledged", "note_added", "escalated", "acknowledged", "resolved"];
const DEPARTMENTS_TOLD: [&str; 8] =
    ["created", "routed", "acknowledged", "joined", "note_added", "transferred", "acknowledged", "resolved"];

fn on_slack(slack: &Workspace) -> Desk {
    slack.server.send_twice(true);
    Desk::prepared()
        .without("TELEGRAM_BOT_TOKEN")
        .with("SLACK_BOT_TOKEN", slack.server.bot_token())
        .with("SLACK_APP_TOKEN", slack.server.app_token())
        .with("SLACK_API_URL", slack.server.url())
}

fn on_discord(discord: &Guild) -> Desk {
    discord.api.tell_twice(true);
    discord.api.replay_heard(3);
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

#[tokio::test]
async fn two_tiers_on_both_at_once_end_right_whatever_goes_wrong_in_the_middle_of_each_step() {
    let pair = Pair::new();
    let mut desk = pair.desk().start();
    pair.settle_in().await;
    tell(&mut desk, &pair, &TWO_TIERS).await;
    judge(desk, &pair, &TWO_TIERS_TOLD).await;
}
