//! What is said to Discord before the first event: who are we, where is the gateway, what can people ask.

use std::time::Duration;

use incident_core::adapter::Backoff;
use incident_core::view::Phrasebook;
use reqwest::Url;
use serde::Deserialize;
use serde_json::Value;

use super::ListenError;
use crate::failure::CallError;
use crate::messenger::{Call, Discord};
use crate::outbound;

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often it is tried to register the command.
const COMMAND_TRIES: u32 = 5;

/// Waiting times between calls that must succeed some day.
pub(super) const fn patience() -> Backoff {
    Backoff::new(FIRST_PAUSE, LONGEST_PAUSE)
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Door {
    url: String,
}

/// Asks until an answer comes, or Discord says that it does not know the bot.
async fn ask<T: serde::de::DeserializeOwned>(discord: &Discord, path: &str) -> Result<T, ListenError> {
    let mut backoff = patience();
    loop {
        match discord.call(Call::get(path)).await {
            Ok(answer) => return Ok(answer),
            Err(error) if error.is_unauthorised() => {
                return Err(ListenError::Unauthorised { reason: error.to_string() });
            }
            Err(error) => wait(&mut backoff, &error, path).await,
        }
    }
}

/// Asks for the bot's account.
pub(super) async fn introduce(discord: &Discord) -> Result<u64, ListenError> {
    loop {
        let Named { id } = ask(discord, "users/@me").await?;
        if let Ok(id) = id.parse() {
            return Ok(id);
        }
        tracing::warn!("Discord names an account that is no number; asking again");
        tokio::time::sleep(LONGEST_PAUSE).await;
    }
}

/// Asks where the gateway is.
pub(super) async fn find_gateway(discord: &Discord) -> Result<String, ListenError> {
    loop {
        let Door { url } = ask(discord, "gateway/bot").await?;
        let url = url.trim_end_matches('/').to_owned();
        if Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host()) {
            return Ok(url);
        }
        tracing::warn!("Discord names a gateway that is no address; asking again");
        tokio::time::sleep(LONGEST_PAUSE).await;
    }
}

/// Waits as long as Discord asks, or ever longer.
async fn wait(backoff: &mut Backoff, error: &CallError, path: &str) {
    let pause = error.retry_after().unwrap_or_else(|| backoff.pause());
    tracing::warn!(%error, path, ?pause, "Discord could not be asked; trying again");
    tokio::time::sleep(pause).await;
}

/// Registers the slash command where it is not, or not as it should be.
pub(super) async fn register(discord: Discord, application: Option<u64>) {
    let ours = serde_json::to_value(outbound::command(&Phrasebook::new())).unwrap_or_default();
    let mut backoff = patience();
    for _ in 0..COMMAND_TRIES {
        match register_once(&discord, application, &ours).await {
            Ok(()) => return,
            Err(error) if error.is_unauthorised() => return,
            Err(error) => wait(&mut backoff, &error, "commands").await,
        }
    }
    tracing::error!("the slash command could not be registered");
}

async fn register_once(discord: &Discord, application: Option<u64>, ours: &Value) -> Result<(), CallError> {
    let application = match application {
        Some(id) => id.to_string(),
        None => discord.call::<Named>(Call::get("applications/@me")).await?.id,
    };
    let path = format!("applications/{application}/commands");
    let known: Vec<Value> = discord.call(Call::get(&format!("{path}?with_localizations=true"))).await?;
    if let [known] = known.as_slice()
        && outbound::same_command(known, ours)
    {
        tracing::debug!("the slash command is registered already");
        return Ok(());
    }
    let commands = Call::put(&path).json(Value::Array(vec![ours.clone()]));
    discord.call::<serde::de::IgnoredAny>(commands).await?;
    tracing::info!("the slash command was registered");
    Ok(())
}
