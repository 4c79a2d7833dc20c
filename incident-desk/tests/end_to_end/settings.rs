//! What a group sets for itself, typed into its chat.

use incident_core::roster::RosterFact;

use crate::harness::{Desk, Team};

#[tokio::test]
async fn a_group_sets_its_time_zone_and_takes_that_back() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let refused = team.ask(team.dora, "/settings timezone Europe/Madrid", "❌").await.text;
    assert_eq!(refused, "❌ Only group administrators can do this.");
    team.ask(team.berta, "/settings timezone Mars/Olympus", "Allowed: a name of the IANA database").await;
    let set = team.ask(team.berta, "/settings timezone europe/madrid", "✅").await.text;
    assert_eq!(set, "✅ timezone is Europe/Madrid now. It was default.");
    team.ask(team.dora, "/settings", "timezone: Europe/Madrid").await;
    team.ask(team.berta, "/settings week_start sunday", "✅ week_start is sunday now.").await;
    team.ask(team.max, "/stats", "📊 Today (Europe/Madrid): 0 reported").await;
    team.ask(team.berta, "/settings undo", "↩️ week_start is default again. It was sunday.").await;
    team.ask(team.berta, "/settings undo", "↩️ timezone is default again. It was Europe/Madrid.").await;
    team.ask(team.max, "/stats", "📊 Today (UTC): 0 reported").await;
    let ledger = desk.close().await;
    let settings = |fact: &&RosterFact| {
        matches!(fact, RosterFact::SettingChanged { .. } | RosterFact::SettingRestored { .. })
    };
    let changes = ledger.roster_events.values().flatten().map(|event| &event.fact).filter(settings).count();
    assert_eq!(changes, 4, "taking back erases nothing");
}

#[tokio::test]
async fn a_group_says_it_in_words_of_its_own() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("truck 12 has a flat tyre").await;
    let refused = team.ask(team.dora, "/settings button_claim Take it", "❌").await.text;
    assert_eq!(refused, "❌ Only group administrators can do this.");
    team.ask(team.berta, "/settings button_claim { $number }", "❌ button_claim cannot be “{ $number }”.")
        .await;
    team.ask(
        team.berta,
        "/settings button_claim 🚚 Take <b>it</b>",
        "✅ button_claim is 🚚 Take <b>it</b> now.",
    )
    .await;
    team.ask(team.berta, "/settings title_new NEW BREAKDOWN & CO", "✅ title_new is NEW BREAKDOWN & CO now.")
        .await;
    team.ask(team.dora, "/settings words", "button_claim: 🚚 Take <b>it</b>\n").await;
    team.shows(&card, "🚨 NEW BREAKDOWN & CO: TKT-").await;
    assert_eq!(
        team.press(team.dora, &card, "🚚 Take <b>it</b>").await,
        format!("You have claimed {}.", card.number)
    );
    team.ask(team.berta, "/settings undo", "↩️ title_new is default again.").await;
    team.ask(team.berta, "/settings undo", "↩️ button_claim is default again.").await;
    let next = team.report("truck 13 has a flat tyre").await;
    team.shows(&next, "🚨 NEW INCIDENT: TKT-").await;
    team.finish(&next).await;
}
