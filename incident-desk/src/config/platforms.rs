//! The platforms that are served: whichever have a token, and at least one.

use std::net::SocketAddr;

use incident_core::ids::{Identity, Platform};
use secrecy::{ExposeSecret, SecretString};

use super::keys::Key;
use super::reading::{Field, Reading};
use super::url::HttpUrl;
use super::values;
use super::webhook::{self, Webhook};

/// Holds everything needed to talk to Telegram.
#[derive(Debug, Clone)]
pub struct Telegram {
    /// The bot's credential.
    pub token: SecretString,
    /// The Bot API server, without a trailing slash.
    pub api_url: String,
    /// How updates come in if they are not polled for.
    pub webhook: Option<Webhook>,
}

/// Holds everything needed to talk to Slack.
#[derive(Debug, Clone)]
pub struct Slack {
    /// The app's bot token.
    pub token: SecretString,
    /// The Web API, without a trailing slash.
    pub api_url: String,
    /// How Slack delivers.
    pub intake: SlackIntake,
}

/// How Slack delivers.
#[derive(Debug, Clone)]
pub enum SlackIntake {
    /// Over sockets that this process opens, with the app-level token.
    Sockets(SecretString),
    /// By signed requests.
    Requests {
        /// The address this process listens on.
        addr: SocketAddr,
        /// What they are signed with.
        secret: SecretString,
    },
}

/// Holds everything needed to talk to Discord.
#[derive(Debug, Clone)]
pub struct Discord {
    /// The bot's credential.
    pub token: SecretString,
    /// The application, which Discord is asked for otherwise.
    pub application: Option<u64>,
    /// The API, without a trailing slash.
    pub api_url: String,
}

/// The platforms that are served; at least one.
#[derive(Debug, Clone)]
pub struct Platforms {
    /// Telegram.
    pub telegram: Option<Telegram>,
    /// Slack.
    pub slack: Option<Slack>,
    /// Discord.
    pub discord: Option<Discord>,
}

/// Says that `serve` was asked for without a token of any platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "none of TELEGRAM_BOT_TOKEN, SLACK_BOT_TOKEN and DISCORD_TOKEN is set, and without one there is no bot to serve; \
     get a token (for Telegram from @BotFather; docs/slack.md and docs/discord.md tell how for those) and set it in the \
     environment, in .env or in the TOML file, or try `incident-desk sandbox`, which needs neither a token nor a network"
)]
pub struct MissingToken;

/// What the keys of the platforms hold, together or not.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) telegram_token: Option<SecretString>,
    pub(super) telegram_api_url: String,
    pub(super) webhook: Option<Webhook>,
    pub(super) slack: SlackSettings,
    pub(super) discord_token: Option<SecretString>,
    pub(super) discord_application: Option<u64>,
    pub(super) discord_api_url: String,
}

#[derive(Debug, Clone)]
pub(super) struct SlackSettings {
    pub(super) token: Option<SecretString>,
    pub(super) app_token: Option<SecretString>,
    pub(super) secret: Option<SecretString>,
    pub(super) addr: Option<SocketAddr>,
    pub(super) api_url: String,
}

impl Settings {
    pub(super) fn read(reading: &mut Reading) -> Self {
        let telegram_token = reading.optional(Field(Key::TelegramBotToken, values::bot_token));
        let telegram_api_url = reading.required(Field(Key::TelegramApiUrl, HttpUrl::parse));
        let webhook = webhook::read(reading, &telegram_api_url);
        let slack = SlackSettings::read(reading);
        Self {
            telegram_token,
            telegram_api_url: telegram_api_url.text,
            webhook,
            slack,
            discord_token: reading.optional(Field(Key::DiscordToken, values::discord_token)),
            discord_application: reading.optional(Field(Key::DiscordApplicationId, values::snowflake)),
            discord_api_url: reading.required(Field(Key::DiscordApiUrl, HttpUrl::parse)).text,
        }
    }

    pub(super) fn platforms(&self) -> Result<Platforms, MissingToken> {
        let telegram = self.telegram_token.clone().map(|token| Telegram {
            token,
            api_url: self.telegram_api_url.clone(),
            webhook: self.webhook.clone(),
        });
        let discord = self.discord_token.clone().map(|token| Discord {
            token,
            application: self.discord_application,
            api_url: self.discord_api_url.clone(),
        });
        let slack = self.slack.served();
        if telegram.is_none() && slack.is_none() && discord.is_none() {
            return Err(MissingToken);
        }
        Ok(Platforms { telegram, slack, discord })
    }

    /// The addresses that this process listens on for platforms, with the keys that name them.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (Key, SocketAddr)> + use<> {
        let webhook = self.webhook.as_ref().map(|webhook| (Key::TelegramWebhookAddr, webhook.addr));
        let slack = self.slack.addr.map(|addr| (Key::SlackHttpAddr, addr));
        webhook.into_iter().chain(slack)
    }

    /// Every secret, and the telling half of the token of Telegram.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        let half = self.telegram_token.iter().filter_map(|token| {
            token.expose_secret().split_once(':').map(|(_, half)| SecretString::from(half))
        });
        let slack = &self.slack;
        let set = [&self.telegram_token, &slack.token, &slack.app_token, &slack.secret, &self.discord_token];
        let webhook = self.webhook.iter().map(|webhook| webhook.secret.clone());
        set.into_iter().flatten().cloned().chain(half).chain(webhook).collect()
    }
}

impl SlackSettings {
    fn read(reading: &mut Reading) -> Self {
        let slack = Self {
            token: reading.optional(Field(Key::SlackBotToken, values::slack_bot_token)),
            app_token: reading.optional(Field(Key::SlackAppToken, values::slack_app_token)),
            secret: reading.optional(Field(Key::SlackSigningSecret, values::webhook_secret)),
            addr: reading.optional(Field(Key::SlackHttpAddr, values::address)),
            api_url: reading.required(Field(Key::SlackApiUrl, HttpUrl::parse)).text,
        };
        let is_set = |key| reading.is_set(key);
        let by_requests = is_set(Key::SlackHttpAddr);
        let (token, app_token, secret) =
            (is_set(Key::SlackBotToken), is_set(Key::SlackAppToken), is_set(Key::SlackSigningSecret));
        // What is wrong by itself is said already.
        if slack.token.is_some() && !by_requests && !app_token {
            reading.refuse(
                Key::SlackBotToken,
                "is of no use alone; set SLACK_APP_TOKEN too (Socket Mode), or SLACK_HTTP_ADDR and SLACK_SIGNING_SECRET",
            );
        }
        if slack.addr.is_some() && !secret {
            reading.refuse(Key::SlackHttpAddr, "needs SLACK_SIGNING_SECRET, which proves that Slack asks");
        }
        if !token && (slack.app_token.is_some() || slack.addr.is_some()) {
            let key = if slack.app_token.is_some() { Key::SlackAppToken } else { Key::SlackHttpAddr };
            reading.refuse(key, "is of no use without SLACK_BOT_TOKEN");
        }
        slack
    }

    fn served(&self) -> Option<Slack> {
        let intake = match (self.addr, &self.secret, &self.app_token) {
            (Some(addr), Some(secret), _) => SlackIntake::Requests { addr, secret: secret.clone() },
            (_, _, Some(token)) => SlackIntake::Sockets(token.clone()),
            (_, _, None) => return None,
        };
        Some(Slack { token: self.token.clone()?, api_url: self.api_url.clone(), intake })
    }
}

/// Reads accounts: `telegram:11111111`, `slack:U024BE7LH`, `discord:80351110224678912`; a number alone is one of
/// Telegram.
pub(super) fn accounts(text: &str) -> Result<Vec<Identity>, values::Wrong> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let mut accounts = items.map(account).collect::<Result<Vec<_>, _>>()?;
    accounts.sort_unstable();
    accounts.dedup();
    if accounts.is_empty() { Err("names nobody".into()) } else { Ok(accounts) }
}

fn account(item: &str) -> Result<Identity, values::Wrong> {
    let (platform, user) = match item.split_once(':') {
        Some((word, user)) => (Platform::parse(word).ok_or("names a platform that there is not")?, user),
        None => (Platform::Telegram, item),
    };
    match platform {
        Platform::Telegram => Ok(Identity::new(platform, values::user_id(user)?.to_string())),
        Platform::Discord => Ok(Identity::new(platform, values::snowflake(user)?.to_string())),
        Platform::Slack => {
            let id = user.starts_with(['U', 'W']) && user.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let id = id.then(|| Identity::new(platform, user));
            id.ok_or_else(|| "holds an id of Slack that does not begin with U or W".into())
        }
        Platform::Sandbox => Err("names a platform that is not served".into()),
    }
}

/// Writes accounts as they are read, those of Telegram as numbers.
pub(super) fn written(accounts: &[Identity]) -> String {
    let written = accounts.iter().map(|account| match account.platform {
        Platform::Telegram => account.user.to_string(),
        Platform::Slack | Platform::Discord | Platform::Sandbox => {
            format!("{}:{}", account.platform.as_str(), account.user)
        }
    });
    written.collect::<Vec<_>>().join(",")
}
