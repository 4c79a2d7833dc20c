//! Which of several sources decides.

use crate::*;

#[test]
fn the_environment_wins_over_dotenv_and_that_over_the_file() {
    let file = "log_format = 'json'\nworkflow = 'two_tier_shared'\nsla_unclaimed_nudge = '1m'";
    let dotenv = "WORKFLOW=two_tier\nSLA_UNCLAIMED_NUDGE=2m";
    let config = good(&sources(&[("SLA_UNCLAIMED_NUDGE", "3m")], dotenv, file));
    let shown = settings(&config);
    let read = ["LOG_FORMAT", "WORKFLOW", "SLA_UNCLAIMED_NUDGE", "LOG_LEVEL"].map(|key| shown[key].as_str());
    assert_eq!(read, ["json", "two_tier", "3m", "info"]);
    let keys = [Key::LogFormat, Key::Workflow, Key::SlaUnclaimedNudge, Key::LogLevel];
    let origins =
        [Origin::File("desk.toml".into()), Origin::File(".env".into()), Origin::Environment, Origin::Default];
    assert_eq!(keys.map(|key| config.origin(key)), origins);
}

#[test]
fn an_empty_value_sets_nothing_and_hides_nothing() {
    let config = good(&sources(
        &[("WORKFLOW", ""), ("HTTP_ADDR", " ")],
        "WORKFLOW=''",
        "workflow = 'two_tier_shared'",
    ));
    assert_eq!((config.workflow, config.http_addr), (Workflow::TwoTierShared, None));
}

#[test]
fn the_strongest_source_decides_whichever_spelling_it_uses() {
    let cases = [
        ("SLA_UNCLAIMED_NUDGE_MINUTES", "5", "sla_unclaimed_nudge = '7m'", "SLA_UNCLAIMED_NUDGE", "5m"),
        ("SLA_UNCLAIMED_NUDGE", "5m", "sla_unclaimed_nudge_minutes = 7", "SLA_UNCLAIMED_NUDGE", "5m"),
        ("DATABASE_PATH", "a.db", "database_url = 'sqlite:b.db'", "DATABASE_URL", "sqlite:a.db"),
        ("DATABASE_URL", "sqlite:a.db", "database_path = 'b.db'", "DATABASE_URL", "sqlite:a.db"),
    ];
    for (key, value, file, setting, expected) in cases {
        assert_eq!(settings(&good(&sources(&[(key, value)], "", file)))[setting], expected, "{key}");
    }
}

#[test]
fn two_spellings_in_one_source_must_agree() {
    let agreeing = good(&sources(&[], "DATABASE_PATH=a.db\nDATABASE_URL=sqlite:a.db", ""));
    assert_eq!(agreeing.describe()[13], "DATABASE_URL = sqlite:a.db (.env)");
    let differing = [("SLA_ESCALATION_NUDGE", "90s"), ("SLA_ESCALATION_NUDGE_MINUTES", "2")];
    let expected = "SLA_ESCALATION_NUDGE (environment): says something else than SLA_ESCALATION_NUDGE_MINUTES in \
                    the same place; remove one";
    assert_eq!(problems(&environment(&differing)), [expected]);
    let differing = problems(&sources(&[], "", "database_url = 'sqlite:a.db'\ndatabase_path = 'b.db'"));
    let expected =
        "DATABASE_URL (desk.toml): says something else than DATABASE_PATH in the same place; remove one";
    assert_eq!(differing, [expected]);
}

#[test]
fn the_description_says_when_another_spelling_was_used() {
    let config = good(&sources(&[("SLA_UNCLAIMED_NUDGE_MINUTES", "5")], "DATABASE_PATH=a.db", ""));
    let lines = config.describe();
    assert_eq!(lines[13], "DATABASE_URL = sqlite:a.db (.env, as DATABASE_PATH)");
    assert_eq!(lines[21], "SLA_UNCLAIMED_NUDGE = 5m (environment, as SLA_UNCLAIMED_NUDGE_MINUTES)");
}
