//! What a group sets for itself: shown, changed, told and taken back.

use std::time::Duration;

use futures::executor::block_on;
use incident_core::incident::Rejection;
use incident_core::ports::Store;
use incident_core::roster::{RosterEvent, RosterFact, SettingName};
use incident_core::view::{CommandWord, Said, SettingsReply};

use crate::house::{House, minutes};

fn set(house: &House, text: &str) -> String {
    house.command("admin", CommandWord::Settings, text).text()
}

fn journal(house: &House) -> Vec<RosterEvent> {
    block_on(house.store.roster_history(house.company())).expect("the store works")
}

fn setting_facts(house: &House) -> Vec<RosterFact> {
    let is_setting = |fact: &RosterFact| {
        matches!(fact, RosterFact::SettingChanged { .. } | RosterFact::SettingRestored { .. })
    };
    journal(house).into_iter().map(|event| event.fact).filter(is_setting).collect()
}

#[test]
fn every_setting_is_listed_with_its_value_what_is_allowed_and_who_changed_it_last() {
    let house = House::new();
    set(&house, "timezone America/New_York");
    set(&house, "week_start Sunday");
    set(&house, "week_start default");
    let listed = house.command("dan", CommandWord::Settings, "").text();
    let told = "language: everybody’s own\n\
                Allowed: en, es, nl, ru or default.\n\
                \n\
                timezone: America/New_York\n\
                Allowed: a name of the IANA database such as Europe/Madrid or America/New_York, or default.\n\
                Last changed by @admin, 2026-05-28 16:26.\n\
                \n\
                week_start: monday (not set here)\n\
                Allowed: monday, sunday, saturday or default.\n\
                Last changed by @admin, 2026-05-28 16:26.\n\
                \n\
                unclaimed_reminder: 10m (not set here)\n\
                Allowed: 1s to 30d, written like 90s, 10m, 2h or 1h30m, or default.\n\
                \n\
                escalation_reminder: 15m (not set here)\n\
                Allowed: 1s to 30d, written like 90s, 10m, 2h or 1h30m, or default.\n\
                \n\
                reports_per_hour: off (not set here)\n\
                Allowed: a whole number from 1 to 1000, or off, or default.\n\
                \n\
                reports_per_hour_group: off (not set here)\n\
                Allowed: a whole number from 1 to 1000, or off, or default.\n\
                \n\
                team_reminder: - (not set here)\n\
                Allowed: 1s to 30d, written like 90s, 10m, 2h or 1h30m, or default.\n\
                \n\
                default_team: - (not set here)\n\
                Allowed: the number of a team as /teams shows it, or default.\n\
                \n\
                summary_template: - (not set here)\n\
                Allowed: 3 to 500 characters, or default.\n\
                \n\
                room_category: - (not set here)\n\
                Allowed: the id of a category in which rooms of incidents are opened, or default.\n\
                \n\
                log_channel: - (not set here)\n\
                Allowed: a channel, mentioned or by its id, that keeps what was said in rooms; or default.\n\
                \n\
                idle_warning_days: - (not set here)\n\
                Allowed: a number of days from 1 to 30, fewer than auto_close_days; or default.\n\
                \n\
                auto_close_days: - (not set here)\n\
                Allowed: a number of days from 2 to 90, more than idle_warning_days; or default.\n\
                \n\
                emoji_new: default\n\
                Allowed: one emoji, or default.\n";
    let (_, listed) = listed.split_once("\n\n").expect("an introduction comes first");
    assert_eq!(listed.get(..told.len()), Some(told), "{listed}");
    for name in SettingName::LISTED.map(SettingName::as_str) {
        assert!(listed.contains(&format!("{name}: ")), "{name} in {listed}");
    }
}

#[test]
fn each_setting_takes_what_it_may_have_and_answers_anything_else_with_what_is_allowed() {
    let house = House::new();
    for (name, value, shown) in [
        ("timezone", "europe/amsterdam", "Europe/Amsterdam"),
        ("Week_Start", "SATURDAY", "saturday"),
        ("unclaimed_reminder", "90m", "1h30m"),
        ("escalation_reminder", "30d", "30d"),
        ("reports_per_hour", "7", "7"),
        ("reports_per_hour_group", "OFF", "off"),
        ("emoji_on_hold", "🛑", "🛑"),
    ] {
        let lower = name.to_lowercase();
        assert_eq!(
            set(&house, &format!("{name} {value}")),
            format!("✅ {lower} is {shown} now. It was default.")
        );
    }
    assert_eq!(setting_facts(&house).len(), 7);
    for (name, value) in [
        ("timezone", "Mars/Olympus"),
        ("timezone", "UTC+1"),
        ("timezone", "../../etc/passwd"),
        ("timezone", "Europe/Amsterdam Europe/Madrid"),
        ("week_start", "friday"),
        ("week_start", "<b>monday</b>"),
        ("unclaimed_reminder", "0s"),
        ("unclaimed_reminder", "-1m"),
        ("unclaimed_reminder", "10"),
        ("escalation_reminder", "31d"),
        ("reports_per_hour", "0"),
        ("reports_per_hour", "-1"),
        ("reports_per_hour_group", "1001"),
        ("reports_per_hour_group", "+5"),
        ("emoji_new", "new"),
        ("emoji_new", "🔥🔥"),
        ("emoji_new", "<b>🔥</b>"),
        ("language", "klingon"),
        ("language", "e\u{202E}s"),
    ] {
        let reply = house.command("admin", CommandWord::Settings, &format!("{name} {value}"));
        let name = SettingName::find(name).expect("it is one");
        let refused = SettingsReply::Refused { name, text: value.to_owned() };
        assert_eq!(reply.said, Said::Settings(refused), "{value}");
        assert!(reply.text().contains("Allowed: ") && !reply.text().contains('\u{202E}'), "{}", reply.text());
    }
    let unknown = house.command("admin", CommandWord::Settings, "colour red");
    assert_eq!(unknown.said, Said::Settings(SettingsReply::Unknown("colour".to_owned())));
    assert!(unknown.text().ends_with(", button_resume, button_reopen."), "{}", unknown.text());
    let usage = house.command("admin", CommandWord::Settings, "timezone");
    assert_eq!(usage.said, Said::Usage(CommandWord::Settings));
    assert_eq!(setting_facts(&house).len(), 7, "what is refused changes nothing");
}

#[test]
fn settings_are_changed_and_taken_back_by_administrators_alone() {
    let house = House::new();
    set(&house, "timezone Asia/Tokyo");
    for who in ["dan", "ann", "mia", "eve"] {
        for text in ["timezone Europe/Madrid", "timezone default", "language es", "undo"] {
            let reply = house.command(who, CommandWord::Settings, text);
            assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{who} {text}");
        }
        for text in ["", "history"] {
            assert!(
                matches!(house.command(who, CommandWord::Settings, text).said, Said::Settings(_)),
                "{text}"
            );
        }
    }
    assert_eq!(setting_facts(&house).len(), 1);
}

#[test]
fn undoing_goes_back_change_by_change_and_every_step_is_told() {
    let house = House::new();
    assert_eq!(set(&house, "undo"), "❌ There is no change to take back.");
    assert_eq!(set(&house, "history"), "Nobody has changed a setting of this group yet.");
    set(&house, "timezone Asia/Tokyo");
    house.pass(minutes(1));
    set(&house, "timezone Europe/Madrid");
    set(&house, "week_start sunday");
    assert_eq!(set(&house, "undo"), "↩️ week_start is default again. It was sunday.");
    assert_eq!(set(&house, "undo"), "↩️ timezone is Asia/Tokyo again. It was Europe/Madrid.");
    set(&house, "week_start saturday");
    assert_eq!(set(&house, "undo"), "↩️ week_start is default again. It was saturday.");
    assert_eq!(set(&house, "undo"), "↩️ timezone is default again. It was Asia/Tokyo.");
    assert_eq!(set(&house, "undo"), "❌ There is no change to take back.");
    let told = "2026-05-28 20:26 @admin: timezone from default to Asia/Tokyo\n\
                2026-05-28 20:27 @admin: timezone from Asia/Tokyo to Europe/Madrid\n\
                2026-05-28 20:27 @admin: week_start from default to sunday\n\
                2026-05-28 20:27 @admin: week_start back from sunday to default\n\
                2026-05-28 20:27 @admin: timezone back from Europe/Madrid to Asia/Tokyo\n\
                2026-05-28 20:27 @admin: week_start from default to saturday\n\
                2026-05-28 20:27 @admin: week_start back from saturday to default\n\
                2026-05-28 20:27 @admin: timezone back from Asia/Tokyo to default";
    assert_eq!(set(&house, "history"), told);
}

#[test]
fn a_long_history_shows_its_latest_changes_and_how_many_there_are_before() {
    let house = House::new();
    for minutes in 1..=20 {
        set(&house, &format!("unclaimed_reminder {minutes}m"));
    }
    let told = set(&house, "history");
    assert_eq!(told.lines().count(), 16);
    assert!(told.starts_with("… and 5 before these.\n") && told.ends_with("from 19m to 20m"), "{told}");
}

#[test]
fn a_repeated_request_is_answered_and_changes_nothing_more() {
    let house = House::new();
    set(&house, "timezone Asia/Tokyo");
    set(&house, "timezone Europe/Madrid");
    let request = house.request("admin", crate::house::command(CommandWord::Settings, "undo"));
    let first = house.handle(request.clone());
    assert_eq!(house.handle(request), first);
    assert_eq!(first.text(), "↩️ timezone is Asia/Tokyo again. It was Europe/Madrid.");
    assert_eq!(setting_facts(&house).len(), 3);
}

#[test]
fn figures_are_of_the_days_and_weeks_that_the_group_has_set() {
    let house = House::new();
    // It is 20:26 in UTC on a Thursday; in Auckland it is Friday already.
    house.report("dan", "truck 12 has a flat tyre");
    house.pass(Duration::from_secs(4 * 3_600));
    let today = || {
        let told = house.command("mia", CommandWord::Stats, "").text();
        told.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(today(), "📊 Today (UTC): 0 reported, 0 resolved, 0 under way.");
    set(&house, "timezone Pacific/Auckland");
    assert_eq!(today(), "📊 Today (Pacific/Auckland): 1 reported, 0 resolved, 1 under way.");
    // On Saturday, a week that begins on Saturday has nothing yet.
    house.pass(Duration::from_secs(30 * 3_600));
    let week = || {
        let told = house.command("mia", CommandWord::Stats, "").text();
        told.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert_eq!(week(), "This week: 1 reported, 0 resolved, 1 under way.");
    set(&house, "week_start saturday");
    assert_eq!(week(), "This week: 0 reported, 0 resolved, 0 under way.");
}

#[test]
fn a_reminder_comes_when_the_group_has_set_it_also_for_what_is_open_already() {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    set(&house, "unclaimed_reminder 3m");
    house.settle();
    house.pass(minutes(3));
    assert_eq!(house.said("has been unclaimed for 3 minutes"), 1, "{}", house.transcript());
    set(&house, "unclaimed_reminder 1h");
    house.settle();
    house.report("dan", "truck 13 too");
    house.pass(minutes(30));
    assert_eq!(house.said("TKT-2026-0002 has been unclaimed"), 0, "{}", house.transcript());
}

#[test]
fn the_language_is_a_setting_and_is_taken_back_like_any_other() {
    let house = House::new();
    assert_eq!(
        house.command("admin", CommandWord::Settings, "language ru").text(),
        "✅ language: теперь ru. Было default."
    );
    house.settle();
    assert_eq!(house.said("Теперь в этой группе всё будет по-русски."), 1);
    assert_eq!(set(&house, "undo"), "↩️ language is default again. It was ru.");
    house.settle();
    assert_eq!(house.said("everything in this group is in English"), 1, "{}", house.transcript());
}

#[test]
fn whoever_reports_too_much_in_an_hour_is_told_when_to_try_again() {
    let house = House::new();
    set(&house, "reports_per_hour 2");
    let report = |who: &str| house.command(who, CommandWord::NewIssue, "truck 12 has a flat tyre");
    let reported = |who: &str| matches!(report(who).said, Said::Reported(_));
    assert!(reported("dan"));
    house.pass(minutes(20));
    assert!(reported("dan"));
    house.pass(minutes(10));
    assert_eq!(report("dan").text(), "⏳ Too many reports in an hour. Please try again in 30 minutes.");
    assert!(reported("ann"), "others may");
    house.pass(Duration::from_secs(29 * 60 + 59));
    assert_eq!(report("dan").text(), "⏳ Too many reports in a short time. Please try again in 1 second.");
    house.pass(Duration::from_secs(1));
    assert!(reported("dan"));
    assert!(!reported("dan"));
    set(&house, "reports_per_hour off");
    assert!(reported("dan"));
}

#[test]
fn a_group_may_limit_what_everybody_in_it_reports_in_an_hour() {
    let house = House::new();
    set(&house, "reports_per_hour_group 3");
    let report = |who: &str| house.command(who, CommandWord::NewIssue, "truck 12 has a flat tyre");
    for who in ["dan", "ann", "eve"] {
        assert!(matches!(report(who).said, Said::Reported(_)), "{who}");
        house.pass(minutes(10));
    }
    let told = "⏳ Too many reports in an hour. Please try again in 30 minutes.";
    for who in ["mia", "dan"] {
        assert_eq!(report(who).text(), told, "{who}");
    }
    // A store with columns tells the same.
    let store = std::sync::Arc::<incident_core::memory::MemoryStore>::clone(&house.store);
    let house = house.refit(|desk| desk.with_cases(store));
    assert_eq!(house.command("mia", CommandWord::NewIssue, "truck 12 has a flat tyre").text(), told);
    house.pass(minutes(30));
    assert!(matches!(house.command("mia", CommandWord::NewIssue, "a flat tyre").said, Said::Reported(_)));
}

#[test]
fn a_group_has_the_emojis_that_it_has_chosen_until_it_takes_them_back() {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    assert_eq!(house.said("🚨 NEW INCIDENT"), 1, "{}", house.transcript());
    set(&house, "emoji_new 🚚");
    set(&house, "emoji_claimed 👩‍🔧");
    set(&house, "emoji_urgent 🔴");
    house.settle();
    assert_eq!((house.said("🚚 NEW INCIDENT"), house.said("🚨")), (1, 0), "{}", house.transcript());
    house.press("ann", incident_core::view::Action::Claim);
    house.command("ann", CommandWord::Priority, "1 urgent");
    house.settle();
    assert_eq!(house.said("👩‍🔧 IN PROGRESS"), 1, "{}", house.transcript());
    assert_eq!(house.said("Priority: 🔴 urgent"), 1, "{}", house.transcript());
    set(&house, "language ru");
    house.settle();
    assert_eq!(house.said("👩‍🔧 В РАБОТЕ"), 1, "{}", house.transcript());
    for _ in 0..3 {
        set(&house, "undo");
        house.settle();
    }
    assert_eq!(house.said("🛠️ IN PROGRESS"), 1, "{}", house.transcript());
    assert_eq!(house.said("Priority: urgent"), 1, "{}", house.transcript());
}
