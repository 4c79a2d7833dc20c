//! The table of configuration keys.
//!
//! One table answers every question about a key (its name, its default, what it may hold, whether it may be
//! printed), so that an error text, `check-config` and `config.example.toml` cannot tell different stories.

mod nearest;

pub(super) use nearest::{meant, nearest};

/// Names one configuration key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `TELEGRAM_BOT_TOKEN`: the bot's credential.
    TelegramBotToken,
    /// `TELEGRAM_API_URL`: the Bot API server to talk to.
    TelegramApiUrl,
    /// `TELEGRAM_WEBHOOK_URL`: where Telegram sends updates, instead of being polled.
    TelegramWebhookUrl,
    /// `TELEGRAM_WEBHOOK_ADDR`: where this process listens for them.
    TelegramWebhookAddr,
    /// `TELEGRAM_WEBHOOK_SECRET`: what proves that an update comes from Telegram.
    TelegramWebhookSecret,
    /// `SLACK_BOT_TOKEN`: the app's credential.
    SlackBotToken,
    /// `SLACK_APP_TOKEN`: what sockets are opened with.
    SlackAppToken,
    /// `SLACK_SIGNING_SECRET`: what proves that a request comes from Slack.
    SlackSigningSecret,
    /// `SLACK_HTTP_ADDR`: where this process listens for requests, instead of opening sockets.
    SlackHttpAddr,
    /// `SLACK_API_URL`: the Web API to talk to.
    SlackApiUrl,
    /// `DISCORD_TOKEN`: the bot's credential.
    DiscordToken,
    /// `DISCORD_APPLICATION_ID`: the application.
    DiscordApplicationId,
    /// `DISCORD_API_URL`: the API to talk to.
    DiscordApiUrl,
    /// `DATABASE_URL`: the database.
    DatabaseUrl,
    /// `DATABASE_PATH`: another spelling of [`Key::DatabaseUrl`].
    DatabasePath,
    /// `SQLITE_SYNCHRONOUS`: how durable a commit is.
    SqliteSynchronous,
    /// `DATABASE_CONNECTIONS`: how many connections to a database server there may be.
    DatabaseConnections,
    /// `DATABASE_POOLER`: whether a pooler stands before the database server.
    DatabasePooler,
    /// `PLATFORM_ADMIN_IDS`: the people who run this installation.
    PlatformAdminIds,
    /// `ONBOARDING`: whether a new group needs approval.
    Onboarding,
    /// `WORKFLOW`: the workflow that groups follow.
    Workflow,
    /// `SELF_REGISTRATION`: whether claiming makes somebody a dispatcher.
    SelfRegistration,
    /// `SLA_UNCLAIMED_NUDGE`: how long an incident may lie unclaimed.
    SlaUnclaimedNudge,
    /// `SLA_UNCLAIMED_NUDGE_MINUTES`: another spelling of [`Key::SlaUnclaimedNudge`].
    SlaUnclaimedNudgeMinutes,
    /// `SLA_ESCALATION_NUDGE`: how long an escalation may lie unclaimed.
    SlaEscalationNudge,
    /// `SLA_ESCALATION_NUDGE_MINUTES`: another spelling of [`Key::SlaEscalationNudge`].
    SlaEscalationNudgeMinutes,
    /// `SUMMARY_REMINDER`: how long a summary may be missing.
    SummaryReminder,
    /// `REPORTS_PER_HOUR`: how many reports one person may make in an hour.
    ReportsPerHour,
    /// `REPORTS_PER_HOUR_GROUP`: how many reports there may be in one group in an hour.
    ReportsPerHourGroup,
    /// `TIMEZONE`: the time zone of days.
    Timezone,
    /// `WEEK_START`: the first day of weeks.
    WeekStart,
    /// `ISSUE_CONTEXT_MESSAGE_LIMIT`: how many of somebody's last messages become part of a report.
    IssueContextMessageLimit,
    /// `ISSUE_CONTEXT_WINDOW`: how old these may be.
    IssueContextWindow,
    /// `ISSUE_CONTEXT_WINDOW_MINUTES`: another spelling of [`Key::IssueContextWindow`].
    IssueContextWindowMinutes,
    /// `REMINDER_CHECK_INTERVAL_MINUTES`: the longest pause between two looks at the database.
    ReminderCheckIntervalMinutes,
    /// `RETENTION_REQUESTS`: how long the keys of requests are kept.
    RetentionRequests,
    /// `RETENTION_EFFECTS`: how long deliveries that were given up are kept.
    RetentionEffects,
    /// `RETENTION_WORDS`: how long words are kept of what is over.
    RetentionWords,
    /// `LOG_LEVEL`: what is logged.
    LogLevel,
    /// `LOG_FORMAT`: how it is written.
    LogFormat,
    /// `HTTP_ADDR`: where health and metrics are served.
    HttpAddr,
    /// `ERROR_HOOK_URL`: where errors are posted.
    ErrorHookUrl,
    /// `METRICS_PUSH_URL`: where metrics are posted.
    MetricsPushUrl,
    /// `METRICS_PUSH_EVERY`: how often.
    MetricsPushEvery,
}

/// Says how much of a key's value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposure {
    /// The value is shown and quoted in errors.
    Open,
    /// The value is shown once it is known to be good; a bad one may hold a password and is never quoted.
    Guarded,
    /// The value is never shown.
    Secret,
}

struct Spec {
    key: Key,
    name: &'static str,
    default: Option<&'static str>,
    exposure: Exposure,
    allowed: &'static str,
}

const fn open(key: Key, name: &'static str, default: Option<&'static str>, allowed: &'static str) -> Spec {
    Spec { key, name, default, exposure: Exposure::Open, allowed }
}

const fn guarded(key: Key, name: &'static str, default: Option<&'static str>, allowed: &'static str) -> Spec {
    Spec { key, name, default, exposure: Exposure::Guarded, allowed }
}

const fn secret(key: Key, name: &'static str, allowed: &'static str) -> Spec {
    Spec { key, name, default: None, exposure: Exposure::Secret, allowed }
}

const ADDRESS: &str = "an IP address and a port, such as 127.0.0.1:9100 or [::1]:9100";
const WAIT: &str = "1s to 30d, written like 90s, 10m, 2h, 1d or 1h30m";
const LIMIT: &str = "off, or a whole number of reports from 1 to 1000";
const WAIT_MINUTES: &str = "a whole number of minutes from 1 to 43200";

// In the order of `Key`, which `spec` relies on and a test checks.
const SPECS: [Spec; 44] = [
    secret(
        Key::TelegramBotToken,
        "TELEGRAM_BOT_TOKEN",
        "the token as BotFather gives it: digits, a colon, then at least 20 of A-Z a-z 0-9 _ -",
    ),
    guarded(
        Key::TelegramApiUrl,
        "TELEGRAM_API_URL",
        Some("https://api.telegram.org"),
        "an http or https URL of a Bot API server, without the token",
    ),
    guarded(
        Key::TelegramWebhookUrl,
        "TELEGRAM_WEBHOOK_URL",
        None,
        "an https URL that Telegram can reach; http only with a Bot API server of your own in TELEGRAM_API_URL",
    ),
    open(Key::TelegramWebhookAddr, "TELEGRAM_WEBHOOK_ADDR", None, ADDRESS),
    secret(Key::TelegramWebhookSecret, "TELEGRAM_WEBHOOK_SECRET", "1 to 256 of A-Z a-z 0-9 _ -"),
    secret(Key::SlackBotToken, "SLACK_BOT_TOKEN", "the bot token of the app, which begins with xoxb-"),
    secret(Key::SlackAppToken, "SLACK_APP_TOKEN", "an app-level token, which begins with xapp-"),
    secret(Key::SlackSigningSecret, "SLACK_SIGNING_SECRET", "the signing secret of the app"),
    open(Key::SlackHttpAddr, "SLACK_HTTP_ADDR", None, ADDRESS),
    guarded(
        Key::SlackApiUrl,
        "SLACK_API_URL",
        Some("https://slack.com/api"),
        "an http or https URL of Slack's Web API, such as https://slack-gov.com/api",
    ),
    secret(Key::DiscordToken, "DISCORD_TOKEN", "the token of the bot, from the application's page"),
    open(
        Key::DiscordApplicationId,
        "DISCORD_APPLICATION_ID",
        None,
        "the id of the application, a number such as 80351110224678912",
    ),
    guarded(
        Key::DiscordApiUrl,
        "DISCORD_API_URL",
        Some("https://discord.com"),
        "an http or https URL of a server that behaves like Discord's",
    ),
    guarded(
        Key::DatabaseUrl,
        "DATABASE_URL",
        Some("sqlite:incidents.db"),
        "sqlite:PATH, such as sqlite:incidents.db or sqlite:///var/lib/desk/incidents.db, or \
         postgres://USER:PASSWORD@HOST/DATABASE with special characters percent-encoded",
    ),
    guarded(Key::DatabasePath, "DATABASE_PATH", None, "the path of a SQLite file, such as incidents.db"),
    open(Key::SqliteSynchronous, "SQLITE_SYNCHRONOUS", Some("full"), "full or normal"),
    open(
        Key::DatabaseConnections,
        "DATABASE_CONNECTIONS",
        Some("10"),
        "a whole number of connections from 2 to 1000",
    ),
    open(Key::DatabasePooler, "DATABASE_POOLER", Some("off"), "off or on"),
    open(
        Key::PlatformAdminIds,
        "PLATFORM_ADMIN_IDS",
        None,
        "ids of accounts, separated by commas: numbers of Telegram, others with their platform, such as \
         11111111,slack:U024BE7LH,discord:80351110224678912",
    ),
    open(Key::Onboarding, "ONBOARDING", Some("open"), "open or approval"),
    open(
        Key::Workflow,
        "WORKFLOW",
        Some("two_tier"),
        "two_tier, two_tier_shared, departments or discord_tickets",
    ),
    open(Key::SelfRegistration, "SELF_REGISTRATION", Some("off"), "off or on"),
    open(Key::SlaUnclaimedNudge, "SLA_UNCLAIMED_NUDGE", Some("10m"), WAIT),
    open(Key::SlaUnclaimedNudgeMinutes, "SLA_UNCLAIMED_NUDGE_MINUTES", None, WAIT_MINUTES),
    open(Key::SlaEscalationNudge, "SLA_ESCALATION_NUDGE", Some("15m"), WAIT),
    open(Key::SlaEscalationNudgeMinutes, "SLA_ESCALATION_NUDGE_MINUTES", None, WAIT_MINUTES),
    open(
        Key::SummaryReminder,
        "SUMMARY_REMINDER",
        Some("10m"),
        "off, or 1s to 30d, written like 90s, 10m, 2h, 1d or 1h30m",
    ),
    open(Key::ReportsPerHour, "REPORTS_PER_HOUR", Some("5"), LIMIT),
    open(Key::ReportsPerHourGroup, "REPORTS_PER_HOUR_GROUP", Some("off"), LIMIT),
    open(
        Key::Timezone,
        "TIMEZONE",
        Some("UTC"),
        "the name of a time zone in the IANA database, such as Europe/Amsterdam",
    ),
    open(Key::WeekStart, "WEEK_START", Some("monday"), "monday, sunday or saturday"),
    open(
        Key::IssueContextMessageLimit,
        "ISSUE_CONTEXT_MESSAGE_LIMIT",
        Some("5"),
        "off, or a whole number of messages from 1 to 20",
    ),
    open(
        Key::IssueContextWindow,
        "ISSUE_CONTEXT_WINDOW",
        Some("10m"),
        "1s to 1h, written like 90s, 10m or 1h",
    ),
    open(
        Key::IssueContextWindowMinutes,
        "ISSUE_CONTEXT_WINDOW_MINUTES",
        None,
        "a whole number of minutes from 1 to 60",
    ),
    open(
        Key::ReminderCheckIntervalMinutes,
        "REMINDER_CHECK_INTERVAL_MINUTES",
        Some("5"),
        "a whole number of minutes from 1 to 1440",
    ),
    open(
        Key::RetentionRequests,
        "RETENTION_REQUESTS",
        Some("7d"),
        "a whole number of days from 2d to 3650d, such as 7d",
    ),
    open(Key::RetentionEffects, "RETENTION_EFFECTS", Some("90d"), "off, or 1d to 3650d, such as 90d"),
    open(Key::RetentionWords, "RETENTION_WORDS", Some("off"), "off, or 30d to 3650d, such as 365d"),
    open(
        Key::LogLevel,
        "LOG_LEVEL",
        Some("info"),
        "error, warn, info, debug or trace, or a filter such as info,adapter_telegram=debug",
    ),
    open(Key::LogFormat, "LOG_FORMAT", Some("text"), "text or json"),
    open(Key::HttpAddr, "HTTP_ADDR", None, ADDRESS),
    secret(
        Key::ErrorHookUrl,
        "ERROR_HOOK_URL",
        "an http or https URL that takes a line of JSON for each error",
    ),
    secret(
        Key::MetricsPushUrl,
        "METRICS_PUSH_URL",
        "an http or https URL that takes metrics in the text format of Prometheus",
    ),
    open(Key::MetricsPushEvery, "METRICS_PUSH_EVERY", Some("45s"), "1s to 1h, written like 45s, 5m or 1h"),
];

impl Key {
    /// Lists every key, in the order in which the documentation and `check-config` present them.
    pub fn all() -> impl Iterator<Item = Self> {
        SPECS.iter().map(|spec| spec.key)
    }

    /// Returns the name of the key as an environment variable.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// Returns the name of the key in the TOML file.
    #[must_use]
    pub fn file_name(self) -> String {
        self.name().to_ascii_lowercase()
    }

    /// Returns what holds when nobody sets the key, written as it would be in the environment.
    #[must_use]
    pub fn default_text(self) -> Option<&'static str> {
        self.spec().default
    }

    /// Returns what the key may hold, in words.
    #[must_use]
    pub fn allowed(self) -> &'static str {
        self.spec().allowed
    }

    /// Returns the key of which this one is only another spelling.
    #[must_use]
    pub fn alias_of(self) -> Option<Self> {
        const ALIASES: [(Key, Key); 4] = [
            (Key::DatabasePath, Key::DatabaseUrl),
            (Key::SlaUnclaimedNudgeMinutes, Key::SlaUnclaimedNudge),
            (Key::SlaEscalationNudgeMinutes, Key::SlaEscalationNudge),
            (Key::IssueContextWindowMinutes, Key::IssueContextWindow),
        ];
        ALIASES.iter().find(|(alias, _)| *alias == self).map(|(_, key)| *key)
    }

    /// Finds the key with exactly this environment name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    pub(super) fn from_file_name(name: &str) -> Option<Self> {
        Self::all().find(|key| key.file_name() == name)
    }

    pub(super) fn exposure(self) -> Exposure {
        self.spec().exposure
    }

    fn spec(self) -> &'static Spec {
        &SPECS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_keys() {
        let positions: Vec<usize> = SPECS.iter().map(|spec| spec.key as usize).collect();
        assert_eq!(positions, (0..SPECS.len()).collect::<Vec<_>>());
    }
}
