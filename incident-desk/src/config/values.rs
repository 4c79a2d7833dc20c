//! Reads single values: each function takes the text of one key and says what is wrong with it.

use std::{borrow::Cow, net::SocketAddr, time::Duration};

use incident_core::figures::{Weekday, Zone};
use incident_core::roster::{NoLimit, ReportLimit, WeekStart};
use secrecy::SecretString;
use tracing::Level;
use tracing_subscriber::EnvFilter;

use super::{
    choices::{LogFilter, LogFormat, Onboarding, Synchronous, Workflow},
    problem::holds_token,
    wait,
};

/// Finishes a sentence that begins with the value.
pub(super) type Wrong = Cow<'static, str>;

const UNKNOWN: Wrong = Cow::Borrowed("is not known");

pub(super) fn bot_token(text: &str) -> Result<SecretString, Wrong> {
    if let Some(rest) = text.strip_prefix("bot")
        && is_bot_token(rest)
    {
        return Err("has the word `bot` in front, which belongs to URLs and not to the token".into());
    }
    if is_bot_token(text) { Ok(text.into()) } else { Err("does not look like a bot token".into()) }
}

fn is_bot_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(id, secret)| {
        let digits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        digits && secret.len() >= 20 && secret.bytes().all(is_url_safe)
    })
}

fn is_url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

pub(super) fn slack_bot_token(text: &str) -> Result<SecretString, Wrong> {
    if text.starts_with("xapp-") {
        return Err("is an app-level token, which belongs into SLACK_APP_TOKEN".into());
    }
    slack_token(text, "xoxb-")
}

pub(super) fn slack_app_token(text: &str) -> Result<SecretString, Wrong> {
    if text.starts_with("xoxb-") {
        return Err("is a bot token, which belongs into SLACK_BOT_TOKEN".into());
    }
    slack_token(text, "xapp-")
}

fn slack_token(text: &str, prefix: &str) -> Result<SecretString, Wrong> {
    let good = text.strip_prefix(prefix).is_some_and(|rest| rest.len() >= 8 && rest.bytes().all(is_url_safe));
    if good { Ok(text.into()) } else { Err("does not look like one".into()) }
}

pub(super) fn discord_token(text: &str) -> Result<SecretString, Wrong> {
    if text.starts_with("Bot ") {
        return Err("has the word `Bot` in front, which belongs to requests and not to the token".into());
    }
    let good = text.len() >= 20 && text.bytes().all(|byte| is_url_safe(byte) || byte == b'.');
    if good { Ok(text.into()) } else { Err("does not look like a bot token".into()) }
}

/// The number of something on Discord.
pub(super) fn snowflake(text: &str) -> Result<u64, Wrong> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = text.parse().ok().filter(|id| digits && *id > 0);
    id.ok_or_else(|| "is not the number of anything on Discord".into())
}

pub(super) fn webhook_secret(text: &str) -> Result<SecretString, Wrong> {
    if text.len() > 256 {
        return Err("is too long".into());
    }
    if text.bytes().all(is_url_safe) { Ok(text.into()) } else { Err("holds other characters".into()) }
}

/// A URL that may hold a secret, and so is one.
pub(super) fn hook_url(text: &str) -> Result<SecretString, Wrong> {
    let uri: axum::http::Uri = text.parse().map_err(|_| "is not a URL")?;
    if holds_token(text) {
        return Err("holds something that looks like a bot token".into());
    }
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(text.into()),
        (Some("http" | "https"), _) => Err("names no host".into()),
        (_, _) => Err("is neither an http nor an https URL".into()),
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, Wrong> {
    text.parse().map_err(|_| "is not an IP address with a port".into())
}

pub(super) fn connections(text: &str) -> Result<u32, Wrong> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(0 | 1) => Err("is too few: one connection listens".into()),
        Ok(count @ 2..=1_000) if digits => Ok(count),
        Ok(_) | Err(_) if digits => Err("is too many".into()),
        Ok(_) | Err(_) => Err("is not a whole number".into()),
    }
}

pub(super) fn synchronous(text: &str) -> Result<Synchronous, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "full" => Ok(Synchronous::Full),
        "normal" => Ok(Synchronous::Normal),
        "off" => Err("would lose committed incidents when the power fails".into()),
        _ => Err(UNKNOWN),
    }
}

// Telegram promises at most 52 significant bits.
const LARGEST_USER_ID: i64 = (1 << 52) - 1;

pub(super) fn user_id(item: &str) -> Result<i64, Wrong> {
    match item.parse::<i64>() {
        Ok(id @ 1..=LARGEST_USER_ID) => Ok(id),
        Ok(i64::MIN..=-1) => {
            Err("holds a negative number, which is the id of a group and not of a person".into())
        }
        Ok(_) => Err("holds a number that is nobody's id".into()),
        Err(_) if item.starts_with('@') => Err("holds a @name; names can change hands, ids cannot".into()),
        Err(_) => Err("holds something that is not a number".into()),
    }
}

pub(super) fn onboarding(text: &str) -> Result<Onboarding, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "open" => Ok(Onboarding::Open),
        "approval" => Ok(Onboarding::Approval),
        _ => Err(UNKNOWN),
    }
}

pub(super) fn workflow(text: &str) -> Result<Workflow, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "two_tier" => Ok(Workflow::TwoTier),
        "two_tier_shared" => Ok(Workflow::TwoTierShared),
        "departments" => Ok(Workflow::Departments),
        "discord_tickets" => Ok(Workflow::DiscordTickets),
        _ => Err(UNKNOWN),
    }
}

pub(super) fn on_or_off(text: &str) -> Result<bool, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err("is neither on nor off".into()),
    }
}

pub(super) fn wait_or_off(text: &str) -> Result<Option<Duration>, Wrong> {
    if text.eq_ignore_ascii_case("off") { Ok(None) } else { wait::parse(text).map(Some) }
}

pub(super) fn report_limit(text: &str) -> Result<ReportLimit, Wrong> {
    text.parse().map_err(|error: NoLimit| error.to_string().into())
}

pub(super) fn zone(text: &str) -> Result<Zone, Wrong> {
    text.parse().map_err(|_| "is not a time zone".into())
}

pub(super) fn week_start(text: &str) -> Result<Weekday, Wrong> {
    let named = |day: &Weekday| day.as_str().eq_ignore_ascii_case(text);
    WeekStart::ALL.map(Weekday::from).into_iter().find(named).ok_or(UNKNOWN)
}

pub(super) fn messages_or_off(text: &str) -> Result<Option<u8>, Wrong> {
    if text.eq_ignore_ascii_case("off") {
        return Ok(None);
    }
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u8>() {
        Ok(0) => Err("is none; off keeps nothing".into()),
        Ok(count @ 1..=20) if digits => Ok(Some(count)),
        Ok(_) | Err(_) if digits => Err("is too many".into()),
        Ok(_) | Err(_) => Err("is not a whole number".into()),
    }
}

pub(super) fn idle_poll(text: &str) -> Result<Duration, Wrong> {
    wait::whole_minutes(text, 1_440).map(|minutes| Duration::from_secs(minutes * 60))
}

/// A whole number of days, from `least` to ten years.
fn days(text: &str, least: u64) -> Result<Duration, Wrong> {
    const MOST: u64 = 3_650;
    let number =
        text.strip_suffix(['d', 'D']).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    match number.map(str::parse::<u64>) {
        None => Err("is not a number of days, such as 90d".into()),
        Some(Ok(days)) if days < least => Err(format!("is too short; at least {least}d").into()),
        Some(Ok(days)) if days <= MOST => Ok(Duration::from_secs(days * 86_400)),
        Some(Err(_)) if text.len() == 1 => Err("is not a number of days, such as 90d".into()),
        Some(Ok(_) | Err(_)) => Err("is too long".into()),
    }
}

/// Platforms deliver again what was not confirmed for a day.
pub(super) fn request_days(text: &str) -> Result<Duration, Wrong> {
    days(text, 2)
}

pub(super) fn effect_days(text: &str) -> Result<Option<Duration>, Wrong> {
    if text.eq_ignore_ascii_case("off") { Ok(None) } else { days(text, 1).map(Some) }
}

/// What can still be opened again has its words.
pub(super) fn word_days(text: &str) -> Result<Option<Duration>, Wrong> {
    if text.eq_ignore_ascii_case("off") { Ok(None) } else { days(text, 30).map(Some) }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, Wrong> {
    match text.to_ascii_lowercase().as_str() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(UNKNOWN),
    }
}

pub(super) fn log_filter(text: &str) -> Result<LogFilter, Wrong> {
    if let Some(level) = level(text) {
        return Ok(LogFilter::Level(level));
    }
    // A filter takes a bare word for the name of a module, so a misspelt level would silence everything.
    let strange = |part: &&str| !part.contains(['=', '[']) && !is_level_or_off(part);
    match text.split(',').map(str::trim).find(strange) {
        Some(_) if text.contains(['=', ',']) => {
            Err("holds something that is neither a level nor a directive".into())
        }
        Some(_) => Err("is not a level".into()),
        None if holds_token(text) => Err("looks like a bot token".into()),
        None => match EnvFilter::builder().parse(text) {
            Ok(_) => Ok(LogFilter::Directives(text.to_owned())),
            Err(_) => Err("is not a filter".into()),
        },
    }
}

fn level(text: &str) -> Option<Level> {
    // `WARNING` is what logging is called in Python, and so in the files of those who come from there.
    let text = if text.eq_ignore_ascii_case("warning") { "warn" } else { text };
    let levels = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
    levels.into_iter().find(|level| level.as_str().eq_ignore_ascii_case(text))
}

fn is_level_or_off(part: &str) -> bool {
    part.eq_ignore_ascii_case("off") || (level(part).is_some() && !part.eq_ignore_ascii_case("warning"))
}
