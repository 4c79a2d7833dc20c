//! The configuration of the binary: validated once, at the start, and whole.
//!
//! Three sources set the same keys: the process environment wins over the `.env` file, and that over the TOML
//! file. Building a [`Config`] from them is a pure function, so every rule is tested without touching the
//! process. It reports all problems at once, by key and source, because whoever deploys a program should not
//! have to start it five times to learn five things.

mod choices;
mod database;
mod dotenv;
mod keys;
mod layers;
mod platforms;
mod problem;
mod reading;
mod sources;
mod url;
mod values;
mod wait;
mod webhook;

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use incident_core::desk::Context;
use incident_core::ids::Identity;
use incident_core::roster::{Calendar, ReportLimit};
use secrecy::SecretString;

use self::reading::{Field, Reading, Setter};
pub(crate) use self::wait::parse as parse_wait;
pub use self::{
    choices::{LogFilter, LogFormat, Onboarding, Synchronous, Workflow},
    database::{Database, Server},
    keys::Key,
    platforms::{Discord, MissingToken, Platforms, Slack, SlackIntake, Telegram},
    problem::{ConfigErrors, Origin, Problem},
    sources::{CONFIG_VARIABLE, DEFAULT_FILE, Sources, Text},
    webhook::Webhook,
};
use crate::retention::Retention;

/// Holds a configuration in which every value is good and all of them fit together.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything is kept.
    pub database: Database,
    /// How durable a commit to a file is.
    pub synchronous: Synchronous,
    /// How many connections to a server there may be.
    pub connections: u32,
    /// Whether a pooler that gives each transaction another connection stands before the server.
    pub pooler: bool,
    /// The accounts of those who run this installation, ascending.
    pub platform_admins: Vec<Identity>,
    /// How a new group comes into use.
    pub onboarding: Onboarding,
    /// The workflow that groups follow.
    pub workflow: Workflow,
    /// Whether somebody who claims without being a dispatcher becomes one.
    pub self_registration: bool,
    /// How long an incident may lie unclaimed before the dispatchers are reminded.
    pub unclaimed_nudge: Duration,
    /// How long an escalation may lie unclaimed before the managers are reminded.
    pub escalation_nudge: Duration,
    /// How long after the prompt a missing summary is asked for again, if at all.
    pub summary_reminder: Option<Duration>,
    /// How many reports one person may make in an hour.
    pub reports_per_hour: ReportLimit,
    /// How many reports there may be in one group in an hour.
    pub reports_per_hour_group: ReportLimit,
    /// By which clock and calendar groups live that have set none of their own.
    pub calendar: Calendar,
    /// How many of somebody's last messages become part of a report, if any do; see [`Config::context`].
    pub context_messages: Option<u8>,
    /// How old these may be.
    pub context_window: Duration,
    /// The longest pause between two looks for due work in an idle process.
    pub idle_poll: Duration,
    /// What is kept for how long.
    pub retention: Retention,
    /// What is logged.
    pub log_filter: LogFilter,
    /// How it is written.
    pub log_format: LogFormat,
    /// Where health and metrics are served, if at all.
    pub http_addr: Option<SocketAddr>,
    /// Where errors are posted, if anywhere; whoever knows the URL can post there too.
    pub error_hook: Option<SecretString>,
    /// Where metrics are posted, if anywhere; whoever knows the URL can post there too.
    pub metrics_push: Option<SecretString>,
    /// How often.
    pub metrics_push_every: Duration,
    platforms: platforms::Settings,
    setters: BTreeMap<Key, Setter>,
    hints: Vec<String>,
}

impl Config {
    /// Builds the configuration, or says everything that is wrong with it.
    ///
    /// # Errors
    ///
    /// Every unreadable source, malformed value, unknown key of the TOML file and contradiction between keys.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigErrors> {
        let mut reading = Reading::of(sources);
        let platforms = platforms::Settings::read(&mut reading);
        let mut config = Self {
            database: reading
                .either(Field(Key::DatabaseUrl, database::url), Field(Key::DatabasePath, database::path)),
            synchronous: reading.required(Field(Key::SqliteSynchronous, values::synchronous)),
            connections: reading.required(Field(Key::DatabaseConnections, values::connections)),
            pooler: reading.required(Field(Key::DatabasePooler, values::on_or_off)),
            platform_admins: reading
                .optional(Field(Key::PlatformAdminIds, platforms::accounts))
                .unwrap_or_default(),
            onboarding: reading.required(Field(Key::Onboarding, values::onboarding)),
            workflow: reading.required(Field(Key::Workflow, values::workflow)),
            self_registration: reading.required(Field(Key::SelfRegistration, values::on_or_off)),
            unclaimed_nudge: reading.either(
                Field(Key::SlaUnclaimedNudge, wait::parse),
                Field(Key::SlaUnclaimedNudgeMinutes, wait::parse_minutes),
            ),
            escalation_nudge: reading.either(
                Field(Key::SlaEscalationNudge, wait::parse),
                Field(Key::SlaEscalationNudgeMinutes, wait::parse_minutes),
            ),
            summary_reminder: reading.required(Field(Key::SummaryReminder, values::wait_or_off)),
            reports_per_hour: reading.required(Field(Key::ReportsPerHour, values::report_limit)),
            reports_per_hour_group: reading.required(Field(Key::ReportsPerHourGroup, values::report_limit)),
            calendar: Calendar {
                zone: reading.required(Field(Key::Timezone, values::zone)),
                week_start: reading.required(Field(Key::WeekStart, values::week_start)),
            },
            context_messages: reading.required(Field(Key::IssueContextMessageLimit, values::messages_or_off)),
            context_window: reading.either(
                Field(Key::IssueContextWindow, wait::parse_hour),
                Field(Key::IssueContextWindowMinutes, wait::parse_minutes_of_hour),
            ),
            idle_poll: reading.required(Field(Key::ReminderCheckIntervalMinutes, values::idle_poll)),
            retention: Retention {
                requests: reading.required(Field(Key::RetentionRequests, values::request_days)),
                effects: reading.required(Field(Key::RetentionEffects, values::effect_days)),
                words: reading.required(Field(Key::RetentionWords, values::word_days)),
            },
            log_filter: reading.required(Field(Key::LogLevel, values::log_filter)),
            log_format: reading.required(Field(Key::LogFormat, values::log_format)),
            http_addr: reading.optional(Field(Key::HttpAddr, values::address)),
            error_hook: reading.optional(Field(Key::ErrorHookUrl, values::hook_url)),
            metrics_push: reading.optional(Field(Key::MetricsPushUrl, values::hook_url)),
            metrics_push_every: reading.required(Field(Key::MetricsPushEvery, wait::parse_hour)),
            platforms,
            setters: BTreeMap::new(),
            hints: Vec::new(),
        };
        config.refuse_contradictions(&mut reading);
        (config.setters, config.hints) = reading.finish()?;
        Ok(config)
    }

    fn refuse_contradictions(&self, reading: &mut Reading) {
        if self.onboarding == Onboarding::Approval && !reading.is_set(Key::PlatformAdminIds) {
            reading.refuse(Key::Onboarding, "approval needs somebody who approves; set PLATFORM_ADMIN_IDS");
        }
        for (key, taken) in self.platforms.addresses() {
            if self.http_addr.is_some_and(|addr| addr.port() != 0 && addr == taken) {
                let wrong = format!("is the same address as {}; health needs its own", key.name());
                reading.refuse(Key::HttpAddr, wrong);
            }
        }
    }

    /// Returns the platforms that are served.
    ///
    /// # Errors
    ///
    /// [`MissingToken`] if there is a token for none.
    pub fn platforms(&self) -> Result<Platforms, MissingToken> {
        self.platforms.platforms()
    }

    /// Returns how much of what somebody wrote becomes part of a report, if any does: where reports choose a team, or
    /// where somebody asked for it. Elsewhere nothing is kept of what people say to each other.
    #[must_use]
    pub fn context(&self) -> Option<Context> {
        let asked = self.setters.contains_key(&Key::IssueContextMessageLimit);
        let messages = self.context_messages.filter(|_| asked || self.workflow == Workflow::Departments)?;
        Some(Context { messages, within: self.context_window })
    }

    /// Returns every text that must not appear in a log: the secrets, the passwords of the
    /// database, and the telling half of a bot token.
    #[must_use]
    pub fn secrets(&self) -> Vec<SecretString> {
        let database = match &self.database {
            Database::File(_) => Vec::new(),
            Database::Server(server) => server.passwords(),
        };
        let posted = self.error_hook.clone().into_iter().chain(self.metrics_push.clone());
        self.platforms.secrets().into_iter().chain(database).chain(posted).collect()
    }

    /// Returns what looks like a mistake without being one, such as a misspelt environment variable.
    #[must_use]
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// Returns who set a key: its origin, or [`Origin::Default`].
    #[must_use]
    pub fn origin(&self, key: Key) -> Origin {
        self.setters.get(&key).map_or(Origin::Default, |setter| setter.origin.clone())
    }

    /// Describes every setting as `KEY = value (source)`; secrets appear as `set` or `not set`.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        Key::all().filter(|key| key.alias_of().is_none()).map(|key| self.describe_key(key)).collect()
    }

    fn describe_key(&self, key: Key) -> String {
        let value = self.shown(key).unwrap_or_else(|| "not set".to_owned());
        let source = match self.setters.get(&key) {
            Some(setter) if setter.key == key => setter.origin.to_string(),
            Some(setter) => format!("{}, as {}", setter.origin, setter.key.name()),
            None => Origin::Default.to_string(),
        };
        format!("{} = {value} ({source})", key.name())
    }

    fn shown(&self, key: Key) -> Option<String> {
        let platforms = &self.platforms;
        let webhook = platforms.webhook.as_ref();
        match key {
            Key::TelegramBotToken => shown_set(&platforms.telegram_token),
            Key::TelegramApiUrl => Some(platforms.telegram_api_url.clone()),
            Key::TelegramWebhookUrl => webhook.map(|webhook| webhook.url.clone()),
            Key::TelegramWebhookAddr => webhook.map(|webhook| webhook.addr.to_string()),
            Key::TelegramWebhookSecret => webhook.map(|_| "set".to_owned()),
            Key::SlackBotToken => shown_set(&platforms.slack.token),
            Key::SlackAppToken => shown_set(&platforms.slack.app_token),
            Key::SlackSigningSecret => shown_set(&platforms.slack.secret),
            Key::SlackHttpAddr => platforms.slack.addr.map(|addr| addr.to_string()),
            Key::SlackApiUrl => Some(platforms.slack.api_url.clone()),
            Key::DiscordToken => shown_set(&platforms.discord_token),
            Key::DiscordApplicationId => platforms.discord_application.map(|id| id.to_string()),
            Key::DiscordApiUrl => Some(platforms.discord_api_url.clone()),
            Key::DatabaseUrl | Key::DatabasePath => Some(self.database.to_string()),
            Key::SqliteSynchronous => Some(self.synchronous.as_str().to_owned()),
            Key::DatabaseConnections => Some(self.connections.to_string()),
            Key::DatabasePooler => Some(shown_switch(self.pooler)),
            Key::PlatformAdminIds => {
                (!self.platform_admins.is_empty()).then(|| platforms::written(&self.platform_admins))
            }
            Key::Onboarding => Some(self.onboarding.as_str().to_owned()),
            Key::Workflow => Some(self.workflow.as_str().to_owned()),
            Key::SelfRegistration => Some(shown_switch(self.self_registration)),
            Key::SlaUnclaimedNudge | Key::SlaUnclaimedNudgeMinutes => Some(wait::show(self.unclaimed_nudge)),
            Key::SlaEscalationNudge | Key::SlaEscalationNudgeMinutes => {
                Some(wait::show(self.escalation_nudge))
            }
            Key::SummaryReminder => Some(shown_or_off(self.summary_reminder)),
            Key::ReportsPerHour => Some(self.reports_per_hour.to_string()),
            Key::ReportsPerHourGroup => Some(self.reports_per_hour_group.to_string()),
            Key::Timezone => Some(self.calendar.zone.to_string()),
            Key::WeekStart => Some(self.calendar.week_start.as_str().to_owned()),
            Key::IssueContextMessageLimit => {
                Some(self.context_messages.map_or_else(|| "off".to_owned(), |count| count.to_string()))
            }
            Key::IssueContextWindow | Key::IssueContextWindowMinutes => Some(wait::show(self.context_window)),
            Key::ReminderCheckIntervalMinutes => Some((self.idle_poll.as_secs() / 60).to_string()),
            Key::RetentionRequests => Some(wait::show(self.retention.requests)),
            Key::RetentionEffects => Some(shown_or_off(self.retention.effects)),
            Key::RetentionWords => Some(shown_or_off(self.retention.words)),
            Key::LogLevel => Some(self.log_filter.to_string()),
            Key::LogFormat => Some(self.log_format.as_str().to_owned()),
            Key::HttpAddr => self.http_addr.map(|addr| addr.to_string()),
            Key::ErrorHookUrl => shown_set(&self.error_hook),
            Key::MetricsPushUrl => shown_set(&self.metrics_push),
            Key::MetricsPushEvery => Some(wait::show(self.metrics_push_every)),
        }
    }
}

fn shown_or_off(span: Option<Duration>) -> String {
    span.map_or_else(|| "off".to_owned(), wait::show)
}

fn shown_set(secret: &Option<SecretString>) -> Option<String> {
    secret.as_ref().map(|_| "set".to_owned())
}

fn shown_switch(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}
