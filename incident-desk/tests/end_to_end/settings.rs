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
