//! What is said about mistakes.

use crate::*;

const BAD_VALUES: &[(&str, &str, &str)] = &[
    ("TELEGRAM_BOT_TOKEN", "your_bot_token_here", "the value does not look like a bot token"),
    ("TELEGRAM_BOT_TOKEN", "123456:short", "the value does not look like a bot token"),
    (
        "TELEGRAM_BOT_TOKEN",
        "bot123456:TEST-token_000000000000000000",
        "the value has the word `bot` in front",
    ),
    ("TELEGRAM_API_URL", "api.telegram.org", "the value has no http:// or https:// in front"),
    (
        "TELEGRAM_API_URL",
        "https://a/bot1:aaaaaaaaaaaaaaaaaaaa",
        "the value holds something that looks like a",
    ),
    ("SLACK_BOT_TOKEN", "xapp-1-A1-abcdefghijkl", "the value is an app-level token"),
    ("SLACK_BOT_TOKEN", "xoxp-1-abcdefghijkl", "the value does not look like one"),
    ("SLACK_APP_TOKEN", "xoxb-1-abcdefghijkl", "the value is a bot token"),
    ("DISCORD_TOKEN", "Bot abcdefghijklmnopqrstuvwxyz", "the value has the word `Bot` in front"),
    ("DISCORD_TOKEN", "abc", "the value does not look like a bot token"),
    ("DISCORD_APPLICATION_ID", "incident", "\"incident\" is not the number of anything on Discord"),
    ("DATABASE_URL", "incidents.db", "the value has no `sqlite:` in front"),
    ("DATABASE_URL", "postgres:db", "the value is no URL of a PostgreSQL database"),
    ("DATABASE_URL", "postgres://u:p@host:port/db", "the value is no URL of a PostgreSQL database"),
    ("DATABASE_URL", "postgres://", "the value names neither a server nor a database"),
    ("DATABASE_URL", "mysql://host/db", "the value names a database of an unknown kind"),
    ("DATABASE_URL", "sqlite:", "the value names no file"),
    ("DATABASE_URL", "sqlite::memory:", "the value would lose every incident"),
    ("DATABASE_URL", "sqlite:a.db?mode=rwc", "the value has parameters"),
    ("DATABASE_PATH", "sqlite:a.db", "the value is a URL"),
    ("DATABASE_PATH", "postgres://u:p@host/db", "the value is a URL"),
    ("DATABASE_PATH", "data/", "the value names a directory"),
    ("SQLITE_SYNCHRONOUS", "off", "\"off\" would lose committed incidents"),
    ("SQLITE_SYNCHRONOUS", "2", "\"2\" is not known"),
    ("DATABASE_CONNECTIONS", "1", "\"1\" is too few"),
    ("DATABASE_CONNECTIONS", "1001", "\"1001\" is too many"),
    ("DATABASE_CONNECTIONS", "+9", "\"+9\" is not a whole number"),
    ("DATABASE_POOLER", "pgbouncer", "\"pgbouncer\" is neither on nor off"),
    ("PLATFORM_ADMIN_IDS", "@alice", "\"@alice\" holds a @name"),
    ("PLATFORM_ADMIN_IDS", "1,-100123", "\"1,-100123\" holds a negative number"),
    ("PLATFORM_ADMIN_IDS", "matrix:1", "\"matrix:1\" names a platform that there is not"),
    ("PLATFORM_ADMIN_IDS", "slack:C1", "\"slack:C1\" holds an id of Slack that does not begin with U or W"),
    ("PLATFORM_ADMIN_IDS", "1 2", "\"1 2\" holds something that is not a number"),
    ("PLATFORM_ADMIN_IDS", "0", "\"0\" holds a number that is nobody's id"),
    ("PLATFORM_ADMIN_IDS", "4503599627370496", "\"4503599627370496\" holds a number that is nobody's id"),
    ("PLATFORM_ADMIN_IDS", ",", "\",\" names nobody"),
    ("ONBOARDING", "closed", "\"closed\" is not known"),
    ("WORKFLOW", "two-tier", "\"two-tier\" is not known"),
    ("SELF_REGISTRATION", "maybe", "\"maybe\" is neither on nor off"),
    ("SLA_UNCLAIMED_NUDGE", "10", "\"10\" has no unit"),
    ("SLA_UNCLAIMED_NUDGE", "10 minutes", "\"10 minutes\" is not a span of time"),
    ("SLA_UNCLAIMED_NUDGE", "off", "\"off\" is not a span of time"),
    ("SLA_UNCLAIMED_NUDGE_MINUTES", "0", "\"0\" is too short"),
    ("SLA_ESCALATION_NUDGE", "31d", "\"31d\" is too long"),
    ("SLA_ESCALATION_NUDGE_MINUTES", "15m", "\"15m\" is not a whole number"),
    ("SUMMARY_REMINDER", "0s", "\"0s\" is too short"),
    ("REPORTS_PER_HOUR", "0", "\"0\" is neither a whole number from 1 to 1000 nor off"),
    ("REPORTS_PER_HOUR_GROUP", "1001", "\"1001\" is neither a whole number from 1 to 1000 nor off"),
    ("TIMEZONE", "Mars/Olympus", "\"Mars/Olympus\" is not a time zone"),
    ("WEEK_START", "friday", "\"friday\" is not known"),
    ("ISSUE_CONTEXT_MESSAGE_LIMIT", "0", "\"0\" is none"),
    ("ISSUE_CONTEXT_MESSAGE_LIMIT", "21", "\"21\" is too many"),
    ("ISSUE_CONTEXT_MESSAGE_LIMIT", "300", "\"300\" is too many"),
    ("ISSUE_CONTEXT_MESSAGE_LIMIT", "-3", "\"-3\" is not a whole number"),
    ("ISSUE_CONTEXT_WINDOW", "61m", "\"61m\" is too long"),
    ("ISSUE_CONTEXT_WINDOW_MINUTES", "61", "\"61\" is too long"),
    ("REMINDER_CHECK_INTERVAL_MINUTES", "1441", "\"1441\" is too long"),
    ("RETENTION_REQUESTS", "1d", "\"1d\" is too short; at least 2d"),
    ("RETENTION_REQUESTS", "off", "\"off\" is not a number of days"),
    ("RETENTION_EFFECTS", "3651d", "\"3651d\" is too long"),
    ("RETENTION_EFFECTS", "d", "\"d\" is not a number of days"),
    ("RETENTION_WORDS", "29d", "\"29d\" is too short; at least 30d"),
    ("RETENTION_WORDS", "99999999999999999999d", "\"99999999999999999999d\" is too long"),
    ("RETENTION_WORDS", "1y", "\"1y\" is not a number of days"),
    ("METRICS_PUSH_URL", "metrics.example.org", "the value is neither an http nor an https URL"),
    ("METRICS_PUSH_EVERY", "2h", "\"2h\" is too long"),
    ("LOG_LEVEL", "verbose", "\"verbose\" is not a level"),
    ("LOG_LEVEL", "info,verbose", "\"info,verbose\" holds something that is neither a level nor"),
    ("LOG_LEVEL", "adapter_telegram=loud", "\"adapter_telegram=loud\" is not a filter"),
    ("LOG_FORMAT", "xml", "\"xml\" is not known"),
    ("ERROR_HOOK_URL", "ftp://host/in", "the value is neither an http nor an https URL"),
    ("ERROR_HOOK_URL", "errors.example.org", "the value is neither an http nor an https URL"),
    ("HTTP_ADDR", "9100", "\"9100\" is not an IP address with a port"),
    ("HTTP_ADDR", ":9100", "\":9100\" is not an IP address with a port"),
    ("HTTP_ADDR", "localhost:9100", "\"localhost:9100\" is not an IP address with a port"),
    ("HTTP_ADDR", "127.0.0.1", "\"127.0.0.1\" is not an IP address with a port"),
];

#[test]
fn each_bad_value_is_refused_by_name_with_what_is_wrong() {
    for (name, value, wrong) in BAD_VALUES {
        let key = Key::from_name(name).expect(name);
        let found = problems(&environment(&[(name, value)]));
        assert_eq!(found.len(), 1, "{name}={value}: {found:?}");
        assert!(
            found[0].starts_with(&format!("{name} (environment): {wrong}")),
            "{name}={value}: {}",
            found[0]
        );
        assert!(found[0].ends_with(&format!("; allowed: {}", key.allowed())), "{name}={value}: {}", found[0]);
    }
}

#[test]
fn every_key_with_a_bad_value_is_named_in_one_report() {
    let bad: BTreeMap<_, _> = Key::all().map(|key| (key.name(), "?")).collect();
    let pairs: Vec<_> = bad.iter().map(|(key, value)| (*key, *value)).collect();
    let errors = Config::from_sources(&environment(&pairs)).expect_err("every value is bad");
    let mut named: Vec<_> = errors.problems().iter().map(|problem| problem.subject().to_owned()).collect();
    named.sort();
    let expected: Vec<_> = bad.keys().map(|key| (*key).to_owned()).collect();
    assert_eq!(named, expected);
    assert!(errors.to_string().starts_with("the configuration has 44 problems:\n  "), "{errors}");
}

#[test]
fn problems_of_all_sources_are_reported_together() {
    let dotenv = "LOG_FORMAT=xml\nnot an assignment\nWORKFLOW=two_tier\nWORKFLOW=two_tier_shared";
    let file = "http_addr = ':1'\nlog_levle = 'info'\nrooms_of_all = 3\nplatform_admin_ids = [1.5]\n[telegram]\nbot_token = 'x'";
    let expected = [
        ".env, line 2: has no `=`",
        "WORKFLOW (.env): line 4 sets it again, to something else",
        "log_levle (desk.toml): is not a key; did you mean log_level?",
        "PLATFORM_ADMIN_IDS (desk.toml): a number with a decimal point is not allowed here; allowed: ids of \
         accounts, separated by commas: numbers of Telegram, others with their platform, such as \
         11111111,slack:U024BE7LH,discord:80351110224678912",
        "rooms_of_all (desk.toml): is not a key; config.example.toml lists them all",
        "telegram (desk.toml): there are no sections; every key stands at the top, such as telegram_bot_token",
        "ONBOARDING (environment): \"no\" is not known; allowed: open or approval",
        "LOG_FORMAT (.env): \"xml\" is not known; allowed: text or json",
        "HTTP_ADDR (desk.toml): \":1\" is not an IP address with a port; allowed: an IP address and a port, such \
         as 127.0.0.1:9100 or [::1]:9100",
    ];
    assert_eq!(problems(&sources(&[("ONBOARDING", "no")], dotenv, file)), expected);
}

#[test]
fn a_shadowed_bad_value_does_no_harm() {
    let config = good(&sources(&[("LOG_FORMAT", "json")], "LOG_FORMAT=xml", ""));
    assert_eq!(config.log_format, LogFormat::Json);
}

#[test]
fn quotation_marks_that_became_part_of_a_value_are_pointed_out() {
    let found = problems(&environment(&[("LOG_FORMAT", "\"json\"")]));
    let expected = "LOG_FORMAT (environment): \"\\\"json\\\"\" is not known (its quotation marks are part of it); allowed: text or json";
    assert_eq!(found, [expected]);
}

#[test]
fn approval_without_anybody_who_approves_is_refused() {
    let found = problems(&environment(&[("ONBOARDING", "approval")]));
    assert_eq!(
        found,
        ["ONBOARDING (environment): approval needs somebody who approves; set PLATFORM_ADMIN_IDS"]
    );
}

#[test]
fn a_part_of_a_webhook_is_refused_and_the_rest_of_it_is_named() {
    let found = problems(&environment(&[("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:1")]));
    let expected = "TELEGRAM_WEBHOOK_ADDR (environment): is of no use without TELEGRAM_WEBHOOK_URL and \
                    TELEGRAM_WEBHOOK_SECRET; set all three or none";
    assert_eq!(found, [expected]);
}

#[test]
fn half_of_what_slack_needs_is_refused_and_the_other_half_is_named() {
    let alone = problems(&environment(&[("SLACK_BOT_TOKEN", "xoxb-1-abcdefghijkl")]));
    let expected = "SLACK_BOT_TOKEN (environment): is of no use alone; set SLACK_APP_TOKEN too (Socket Mode), or \
                    SLACK_HTTP_ADDR and SLACK_SIGNING_SECRET";
    assert_eq!(alone, [expected]);
    let token = ("SLACK_BOT_TOKEN", "xoxb-1-abcdefghijkl");
    let unsigned = problems(&environment(&[token, ("SLACK_HTTP_ADDR", "127.0.0.1:1")]));
    let expected = "SLACK_HTTP_ADDR (environment): needs SLACK_SIGNING_SECRET, which proves that Slack asks";
    assert_eq!(unsigned, [expected]);
    let socket = problems(&environment(&[("SLACK_APP_TOKEN", "xapp-1-A1-abcdefghijkl")]));
    assert_eq!(socket, ["SLACK_APP_TOKEN (environment): is of no use without SLACK_BOT_TOKEN"]);
}

#[test]
fn a_webhook_that_telegram_cannot_call_is_refused() {
    let own = "http://127.0.0.1:8081";
    let cases = [
        ("https://desk.example.org/hook", "", None),
        ("https://desk.example.org:8443/hook", "", None),
        ("http://desk.example.org/hook", own, None),
        ("https://127.0.0.1:4000/hook", own, None),
        (
            "http://desk.example.org/hook",
            "",
            Some("is not https; http works only with a Bot API server of your own in TELEGRAM_API_URL"),
        ),
        (
            "http://desk.example.org/hook",
            "https://api.telegram.org",
            Some("is not https; http works only with a Bot API server of your own in TELEGRAM_API_URL"),
        ),
        (
            "https://localhost/hook",
            "",
            Some("can be reached from this machine only, and Telegram's servers are elsewhere"),
        ),
        (
            "https://desk.example.org:4000",
            "",
            Some("has a port on which Telegram does not deliver; allowed: 443, 80, 88 and 8443"),
        ),
    ];
    for (url, api_url, wrong) in cases {
        let found = Config::from_sources(&environment(&[
            ("TELEGRAM_WEBHOOK_URL", url),
            ("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:9000"),
            ("TELEGRAM_WEBHOOK_SECRET", SECRET),
            ("TELEGRAM_API_URL", api_url),
        ]));
        let found = found.map(|_| ()).map_err(|errors| errors.problems()[0].to_string());
        let expected =
            wrong.map_or(Ok(()), |wrong| Err(format!("TELEGRAM_WEBHOOK_URL (environment): {wrong}")));
        assert_eq!(found, expected, "{url} {api_url}");
    }
}

#[test]
fn health_and_webhook_need_different_addresses() {
    let found = problems(&environment(&[
        ("TELEGRAM_WEBHOOK_URL", "https://desk.example.org"),
        ("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:9000"),
        ("TELEGRAM_WEBHOOK_SECRET", SECRET),
        ("HTTP_ADDR", "127.0.0.1:9000"),
    ]));
    let expected =
        "HTTP_ADDR (environment): is the same address as TELEGRAM_WEBHOOK_ADDR; health needs its own";
    assert_eq!(found, [expected]);
}

#[test]
fn unknown_variables_are_ignored_and_near_misses_are_hinted_at() {
    let config = good(&sources(&[("PATH", "/bin"), ("LOGLEVEL", "debug")], "SUPABASE_URL=x\nworkflow=y", ""));
    let expected = [
        "LOGLEVEL (environment) is not used; did you mean LOG_LEVEL?",
        "workflow (.env) is not used; did you mean WORKFLOW?",
    ];
    assert_eq!(config.hints(), expected);
}

#[test]
fn a_webhook_secret_that_is_easily_guessed_is_hinted_at() {
    let with_secret = |secret: &str| {
        good(&environment(&[
            ("TELEGRAM_WEBHOOK_URL", "https://desk.example.org"),
            ("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:9000"),
            ("TELEGRAM_WEBHOOK_SECRET", secret),
        ]))
    };
    let expected = "TELEGRAM_WEBHOOK_SECRET is short; whoever guesses it can speak to the desk as Telegram";
    assert_eq!(with_secret("fifteen-letters").hints(), [expected]);
    assert_eq!(with_secret("sixteen--letters").hints(), Vec::<String>::new());
}
