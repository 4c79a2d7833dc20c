//! Departments: what nobody chooses a team for, and reports where there is no team.

use incident_core::ids::TeamId;
use incident_core::incident::{Invalid, Rejection};
use incident_core::policy::{Policy, Preset};
use incident_core::text::TextError;
use incident_core::view::{CommandWord, Said, SettingsReply};

use crate::house::{House, minutes};

fn house() -> House {
    let house = House::empty(Policy::preset(Preset::Departments));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.settle();
    house
}

#[test]
fn what_nobody_chooses_a_team_for_goes_to_the_default_team() {
    let house = house();
    house.command("admin", CommandWord::AddTeam, "Tyres");
    let early = house.report("dan", "flat tyre").id;
    house.pass(minutes(60));
    assert_eq!(house.incident(early).team, None, "without a default team it goes on waiting");
    let team = |id| house.incident(id).team;
    house.command("admin", CommandWord::Settings, "team_reminder 15m");
    house.command("admin", CommandWord::Settings, "default_team 1");
    house.settle();
    assert_eq!(team(early), Some(TeamId::new(1)), "its time is over");
    let late = house.report("eve", "worn tyre").id;
    house.pass(minutes(15));
    assert_eq!((team(late), house.said("has been waiting for a team")), (None, 2), "{}", house.transcript());
    house.pass(minutes(14));
    assert_eq!(team(late), None);
    house.pass(minutes(1));
    assert_eq!(team(late), Some(TeamId::new(1)));
    house.command("admin", CommandWord::Settings, "default_team default");
    let last = house.report("fay", "no tyre").id;
    house.pass(minutes(90));
    assert_eq!(team(last), None);
}

#[test]
fn a_default_team_is_one_that_there_is() {
    let house = house();
    house.command("admin", CommandWord::AddTeam, "Tyres");
    for value in ["2", "0", "-1", "Tyres", "99999", "1.0"] {
        let said = house.command("admin", CommandWord::Settings, &format!("default_team {value}")).said;
        assert!(matches!(said, Said::Settings(SettingsReply::Refused { .. })), "{value}: {said:?}");
    }
    let said = house.command("admin", CommandWord::Settings, "default_team 1").said;
    assert!(matches!(said, Said::Settings(SettingsReply::Changed { .. })), "{said:?}");
}

#[test]
fn reports_have_a_length_and_where_teams_are_chosen_there_must_be_one() {
    let house = house();
    assert_eq!(house.command("dan", CommandWord::NewIssue, "flat tyre").said, Said::NoTeams);
    assert_eq!(house.incidents(), []);
    house.command("admin", CommandWord::AddTeam, "Tyres");
    let refused = |text: &str| house.command("dan", CommandWord::NewIssue, text).said;
    let invalid = |reason| Said::Refused(Rejection::InvalidInput { reason: Invalid::Text(reason) });
    assert_eq!(refused("flat"), invalid(TextError::TooShort { min: 5 }));
    assert_eq!(refused(&"x".repeat(3_001)), invalid(TextError::TooLong { max: 3_000 }));
    house.report("dan", &"x".repeat(3_000));
    assert_eq!(house.incidents().len(), 1);
    // Where dispatchers take everything, no team is needed.
    House::new().report("dan", "flat tyre");
}
