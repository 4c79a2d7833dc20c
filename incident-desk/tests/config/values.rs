//! What each key means.

use incident_core::desk::Context;
use incident_core::ids::{Identity, Platform};
use incident_desk::config::SlackIntake;
use incident_desk::retention::Retention;

use crate::*;

#[test]
fn without_any_source_everything_has_its_default() {
    let config = good(&Sources::default());
    let expected = [
        "TELEGRAM_BOT_TOKEN = not set (default)",
        "TELEGRAM_API_URL = https://api.telegram.org (default)",
        "TELEGRAM_WEBHOOK_URL = not set (default)",
        "TELEGRAM_WEBHOOK_ADDR = not set (default)",
        "TELEGRAM_WEBHOOK_SECRET = not set (default)",
        "SLACK_BOT_TOKEN = not set (default)",
        "SLACK_APP_TOKEN = not set (default)",
        "SLACK_SIGNING_SECRET = not set (default)",
        "SLACK_HTTP_ADDR = not set (default)",
        "SLACK_API_URL = https://slack.com/api (default)",
        "DISCORD_TOKEN = not set (default)",
        "DISCORD_APPLICATION_ID = not set (default)",
        "DISCORD_API_URL = https://discord.com (default)",
        "DATABASE_URL = sqlite:incidents.db (default)",
        "SQLITE_SYNCHRONOUS = full (default)",
        "DATABASE_CONNECTIONS = 10 (default)",
        "DATABASE_POOLER = off (default)",
        "PLATFORM_ADMIN_IDS = not set (default)",
        "ONBOARDING = open (default)",
        "WORKFLOW = two_tier (default)",
        "SELF_REGISTRATION = off (default)",
        "SLA_UNCLAIMED_NUDGE = 10m (default)",
        "SLA_ESCALATION_NUDGE = 15m (default)",
        "SUMMARY_REMINDER = 10m (default)",
        "REPORTS_PER_HOUR = 5 (default)",
        "REPORTS_PER_HOUR_GROUP = off (default)",
        "TIMEZONE = UTC (default)",
        "WEEK_START = monday (default)",
        "ISSUE_CONTEXT_MESSAGE_LIMIT = 5 (default)",
        "ISSUE_CONTEXT_WINDOW = 10m (default)",
        "REMINDER_CHECK_INTERVAL_MINUTES = 5 (default)",
        "RETENTION_REQUESTS = 7d (default)",
        "RETENTION_EFFECTS = 90d (default)",
        "RETENTION_WORDS = off (default)",
        "LOG_LEVEL = info (default)",
        "LOG_FORMAT = text (default)",
        "HTTP_ADDR = not set (default)",
        "ERROR_HOOK_URL = not set (default)",
        "METRICS_PUSH_URL = not set (default)",
        "METRICS_PUSH_EVERY = 45s (default)",
    ];
    assert_eq!(config.describe(), expected);
}

#[test]
fn every_key_reaches_its_field() {
    let config = good(&environment(&[
        ("TELEGRAM_BOT_TOKEN", TOKEN),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/"),
        ("TELEGRAM_WEBHOOK_URL", "http://127.0.0.1:9000/hook"),
        ("TELEGRAM_WEBHOOK_ADDR", "127.0.0.1:9000"),
        ("TELEGRAM_WEBHOOK_SECRET", SECRET),
        ("DATABASE_URL", "sqlite:///var/lib/desk.db"),
        ("SQLITE_SYNCHRONOUS", "NORMAL"),
        ("DATABASE_CONNECTIONS", "2"),
        ("DATABASE_POOLER", "on"),
        ("PLATFORM_ADMIN_IDS", " 22, 11,22, "),
        ("ONBOARDING", "approval"),
        ("WORKFLOW", "two_tier_shared"),
        ("SELF_REGISTRATION", "on"),
        ("SLA_UNCLAIMED_NUDGE", "90s"),
        ("SLA_ESCALATION_NUDGE_MINUTES", "7"),
        ("SUMMARY_REMINDER", "off"),
        ("REPORTS_PER_HOUR", "OFF"),
        ("REPORTS_PER_HOUR_GROUP", "1000"),
        ("TIMEZONE", "europe/madrid"),
        ("WEEK_START", "Saturday"),
        ("ISSUE_CONTEXT_MESSAGE_LIMIT", "3"),
        ("ISSUE_CONTEXT_WINDOW_MINUTES", "60"),
        ("REMINDER_CHECK_INTERVAL_MINUTES", "1440"),
        ("LOG_LEVEL", "info,adapter_telegram=debug"),
        ("LOG_FORMAT", "json"),
        ("HTTP_ADDR", "[::1]:9100"),
        ("ERROR_HOOK_URL", "https://errors.example.org/in?key=7"),
    ]));
    let telegram = config.platforms().expect("there is a token").telegram.expect("it is Telegram's");
    let webhook = telegram.webhook.expect("there is a webhook");
    assert_eq!(telegram.token.expose_secret(), TOKEN);
    assert_eq!(telegram.api_url, "http://127.0.0.1:8081");
    let hook = config.error_hook.as_ref().map(|url| url.expose_secret().to_owned());
    assert_eq!(hook.as_deref(), Some("https://errors.example.org/in?key=7"));
    assert_eq!(webhook.url, "http://127.0.0.1:9000/hook");
    assert_eq!(webhook.addr.to_string(), "127.0.0.1:9000");
    assert_eq!(webhook.secret.expose_secret(), SECRET);
    assert_eq!(config.database, Database::File("/var/lib/desk.db".into()));
    assert_eq!(config.synchronous, Synchronous::Normal);
    assert_eq!((config.connections, config.pooler), (2, true));
    assert_eq!(config.platform_admins, ["11", "22"].map(|id| Identity::new(Platform::Telegram, id)));
    assert_eq!(config.onboarding, Onboarding::Approval);
    assert_eq!(config.workflow, Workflow::TwoTierShared);
    assert!(config.self_registration);
    assert_eq!(config.unclaimed_nudge, Duration::from_secs(90));
    assert_eq!(config.escalation_nudge, Duration::from_secs(420));
    assert_eq!(config.summary_reminder, None);
    assert_eq!(
        (config.reports_per_hour.per_hour(), config.reports_per_hour_group.per_hour()),
        (None, Some(1_000))
    );
    assert_eq!(config.calendar.zone.to_string(), "Europe/Madrid");
    assert_eq!(config.calendar.week_start.as_str(), "saturday");
    assert_eq!(config.idle_poll, Duration::from_secs(86_400));
    let context = Context { messages: 3, within: Duration::from_secs(3_600) };
    assert_eq!(config.context(), Some(context));
    assert_eq!(config.log_filter, LogFilter::Directives("info,adapter_telegram=debug".to_owned()));
    assert_eq!(config.log_format, LogFormat::Json);
    assert_eq!(config.http_addr.map(|addr| addr.to_string()), Some("[::1]:9100".to_owned()));
}

#[test]
fn every_platform_that_has_a_token_is_served() {
    let config = good(&environment(&[
        ("SLACK_BOT_TOKEN", "xoxb-1-abcdefghijkl"),
        ("SLACK_APP_TOKEN", "xapp-1-A1-abcdefghijkl"),
        ("SLACK_API_URL", "http://127.0.0.1:8082/api/"),
        ("DISCORD_TOKEN", "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"),
        ("DISCORD_APPLICATION_ID", "198622483471925248"),
        ("PLATFORM_ADMIN_IDS", "discord:80351110224678912, 7,slack:U024BE7LH"),
    ]));
    let platforms = config.platforms().expect("there are tokens");
    assert!(platforms.telegram.is_none());
    let slack = platforms.slack.expect("there is a token");
    assert!(
        matches!(&slack.intake, SlackIntake::Sockets(token) if token.expose_secret().starts_with("xapp-"))
    );
    assert_eq!(slack.api_url, "http://127.0.0.1:8082/api");
    let discord = platforms.discord.expect("there is a token");
    assert_eq!(
        (discord.application, discord.api_url.as_str()),
        (Some(198_622_483_471_925_248), "https://discord.com")
    );
    assert_eq!(settings(&config)["PLATFORM_ADMIN_IDS"], "7,slack:U024BE7LH,discord:80351110224678912");
    let shown = config.describe().join("\n");
    for secret in ["abcdefghijkl", "Cl2FMQ"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn slack_may_deliver_by_requests_and_then_needs_no_socket() {
    let config = good(&environment(&[
        ("SLACK_BOT_TOKEN", "xoxb-1-abcdefghijkl"),
        ("SLACK_HTTP_ADDR", "127.0.0.1:9200"),
        ("SLACK_SIGNING_SECRET", "8f742231b10e8888abcd99yyyzzz85a5"),
    ]));
    let slack = config.platforms().expect("there is a token").slack.expect("it is Slack's");
    assert!(matches!(slack.intake, SlackIntake::Requests { addr, .. } if addr.port() == 9_200));
}

#[test]
fn what_is_kept_and_what_is_posted_reach_their_fields() {
    let config = good(&environment(&[
        ("RETENTION_REQUESTS", "2d"),
        ("RETENTION_EFFECTS", "off"),
        ("RETENTION_WORDS", "365d"),
        ("METRICS_PUSH_URL", "https://metrics.example.org/in?key=8"),
        ("METRICS_PUSH_EVERY", "1m"),
    ]));
    let push = config.metrics_push.as_ref().map(|url| url.expose_secret().to_owned());
    assert_eq!(push.as_deref(), Some("https://metrics.example.org/in?key=8"));
    assert_eq!(config.metrics_push_every, Duration::from_secs(60));
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let retention = Retention { requests: days(2), effects: None, words: Some(days(365)) };
    assert_eq!(config.retention, retention);
}

#[test]
fn several_ways_to_write_the_same_are_understood() {
    let cases = [
        ("DATABASE_URL", "sqlite:a.db", "DATABASE_URL", "sqlite:a.db"),
        ("DATABASE_URL", "sqlite://a.db", "DATABASE_URL", "sqlite:a.db"),
        ("DATABASE_URL", "SQLITE:a b.db", "DATABASE_URL", "sqlite:a b.db"),
        ("DATABASE_URL", "postgres://desk@db/incidents", "DATABASE_URL", "postgres://desk@db/incidents"),
        ("DATABASE_URL", "postgresql://u:p@db:6/x?sslmode=require", "DATABASE_URL", "postgres://u@db:6/x"),
        ("DATABASE_PATH", "/srv/a.db", "DATABASE_URL", "sqlite:/srv/a.db"),
        ("SLA_UNCLAIMED_NUDGE_MINUTES", "90", "SLA_UNCLAIMED_NUDGE", "1h30m"),
        ("SLA_ESCALATION_NUDGE", "30d", "SLA_ESCALATION_NUDGE", "30d"),
        ("SUMMARY_REMINDER", "OFF", "SUMMARY_REMINDER", "off"),
        ("ISSUE_CONTEXT_MESSAGE_LIMIT", "Off", "ISSUE_CONTEXT_MESSAGE_LIMIT", "off"),
        ("SELF_REGISTRATION", "TRUE", "SELF_REGISTRATION", "on"),
        ("LOG_LEVEL", "INFO", "LOG_LEVEL", "info"),
        ("LOG_LEVEL", "Warning", "LOG_LEVEL", "warn"),
        ("LOG_LEVEL", "off,incident_desk=trace", "LOG_LEVEL", "off,incident_desk=trace"),
        (
            "TELEGRAM_API_URL",
            "https://bots.example.org/api//",
            "TELEGRAM_API_URL",
            "https://bots.example.org/api",
        ),
        ("PLATFORM_ADMIN_IDS", "4503599627370495", "PLATFORM_ADMIN_IDS", "4503599627370495"),
        ("ONBOARDING", "  open\n", "ONBOARDING", "open"),
    ];
    for (key, value, setting, expected) in cases {
        assert_eq!(settings(&good(&environment(&[(key, value)])))[setting], expected, "{key}={value}");
    }
}

#[test]
fn the_file_may_use_the_types_of_toml() {
    let file = "platform_admin_ids = [2, \"1\"]\nself_registration = true\nsla_unclaimed_nudge_minutes = 3\n";
    let shown = settings(&good(&sources(&[], "", file)));
    let read =
        ["PLATFORM_ADMIN_IDS", "SELF_REGISTRATION", "SLA_UNCLAIMED_NUDGE"].map(|key| shown[key].as_str());
    assert_eq!(read, ["1,2", "on", "3m"]);
}

#[test]
fn without_a_token_only_serving_is_refused_and_the_refusal_shows_the_way() {
    let error = good(&Sources::default()).platforms().map(|_| ()).expect_err("there is no token");
    assert_eq!(error, MissingToken);
    let text = error.to_string();
    assert!(
        text.starts_with("none of TELEGRAM_BOT_TOKEN, SLACK_BOT_TOKEN and DISCORD_TOKEN is set")
            && text.contains("incident-desk sandbox"),
        "{text}"
    );
}

#[test]
fn nothing_is_kept_of_what_people_say_unless_reports_choose_a_team_or_somebody_asked_for_it() {
    let context = |variables: &[(&str, &str)]| good(&environment(variables)).context();
    let usual = Context { messages: 5, within: Duration::from_secs(600) };
    assert_eq!(context(&[]), None);
    assert_eq!(context(&[("WORKFLOW", "departments")]), Some(usual));
    assert_eq!(context(&[("WORKFLOW", "departments"), ("ISSUE_CONTEXT_MESSAGE_LIMIT", "off")]), None);
    assert_eq!(context(&[("ISSUE_CONTEXT_MESSAGE_LIMIT", "5")]), Some(usual));
    assert_eq!(context(&[("ISSUE_CONTEXT_WINDOW", "5m")]), None);
}
