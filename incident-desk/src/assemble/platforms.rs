//! The platforms that one process serves side by side: their ways out, which the desk writes with, and their ways in,
//! which end together. One that is lost for good leaves the others at work, and readiness says so.

use std::future::Future;
use std::sync::Arc;

use adapter_discord::{Discord, DiscordOptions};
use adapter_slack::{HttpOptions, Slack, SlackOptions};
use adapter_telegram::{Telegram, TelegramOptions, WebhookOptions};
use anyhow::Context;
use futures::future::{BoxFuture, FutureExt, Shared, join_all};
use incident_core::desk::Desk;
use incident_core::ids::Platform;
use incident_core::ports::{Clock, RoomBook};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use crate::config::{self, Platforms, SlackIntake};
use crate::database::Opened;
use crate::http::{Intake, Vitals};
use crate::inbox::Gathering;
use crate::standby::{SharedDuty, Standby, Turn};

/// Resolves when everything is to end.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// Makes ids that nothing has yet.
type Mint = Arc<dyn Fn() -> u128 + Send + Sync>;

/// The clients of those platforms that are served.
pub(super) struct Clients {
    telegram: Option<(Telegram, config::Telegram)>,
    slack: Option<(Slack, config::Slack)>,
    discord: Option<(Discord, config::Discord)>,
}

/// What the ways in need.
pub(super) struct Site {
    pub(super) opened: Opened,
    pub(super) desk: Arc<Desk>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) vitals: Vitals,
    pub(super) shutdown: Shutdown,
}

/// Says how each platform is heard.
pub(super) fn intakes(platforms: &Platforms) -> Vec<(Platform, Intake)> {
    let delivered = |delivered| if delivered { Intake::Webhook } else { Intake::Polling };
    let telegram =
        platforms.telegram.as_ref().map(|one| (Platform::Telegram, delivered(one.webhook.is_some())));
    let slack = platforms
        .slack
        .as_ref()
        .map(|one| (Platform::Slack, delivered(matches!(one.intake, SlackIntake::Requests { .. }))));
    let discord = platforms.discord.as_ref().map(|_| (Platform::Discord, Intake::Polling));
    [telegram, slack, discord].into_iter().flatten().collect()
}

impl Clients {
    /// Prepares a client for each platform; nothing is asked of any yet.
    pub(super) fn new(platforms: Platforms) -> anyhow::Result<Self> {
        let telegram = platforms.telegram.map(|settings| {
            let token = settings.token.clone();
            let telegram = Telegram::new(TelegramOptions { token, api_url: settings.api_url.clone() })?;
            anyhow::Ok((telegram, settings))
        });
        let slack = platforms.slack.map(|settings| {
            let bot_token = settings.token.clone();
            let slack = Slack::new(SlackOptions { bot_token, api_url: settings.api_url.clone() })?;
            anyhow::Ok((slack, settings))
        });
        let discord = platforms.discord.map(|settings| {
            let token = settings.token.clone();
            let discord = Discord::new(DiscordOptions { token, api_url: settings.api_url.clone() })?;
            anyhow::Ok((discord, settings))
        });
        Ok(Self { telegram: telegram.transpose()?, slack: slack.transpose()?, discord: discord.transpose()? })
    }

    /// Lets a desk write on all of them.
    pub(super) fn connect(&self, mut desk: Desk, rooms: &Arc<dyn RoomBook>) -> Desk {
        if let Some((telegram, _)) = &self.telegram {
            let telegram = Arc::new(telegram.clone());
            desk = desk.with_messenger(Platform::Telegram, telegram.clone(), telegram);
        }
        if let Some((slack, _)) = &self.slack {
            let slack = Arc::new(slack.clone());
            desk = desk.with_messenger(Platform::Slack, slack.clone(), slack);
            desk = desk
                .with_commands_spelled(Platform::Slack, adapter_slack::inbound::spelled)
                .with_forms_on(Platform::Slack)
                .with_private_answers(Platform::Slack);
        }
        if let Some((discord, _)) = &self.discord {
            let discord = Arc::new(discord.clone());
            desk = desk.with_messenger(Platform::Discord, discord.clone(), discord.clone());
            desk = desk.with_rooms(Platform::Discord, discord, Arc::clone(rooms));
            desk = desk
                .with_commands_spelled(Platform::Discord, adapter_discord::outbound::spelled)
                .with_forms_on(Platform::Discord)
                .with_private_answers(Platform::Discord);
        }
        desk
    }

    /// Receives from all of them until everything is to end.
    ///
    /// # Errors
    /// If each of them was lost; the first reason. One that is lost while others are served is an error in the log.
    pub(super) async fn receive(self, site: &Site) -> anyhow::Result<()> {
        let mint: Mint = Arc::new(|| uuid::Uuid::now_v7().as_u128());
        let mut intakes: Vec<(Platform, BoxFuture<'_, anyhow::Result<()>>)> = Vec::new();
        if let Some((client, settings)) = self.telegram {
            intakes.push((Platform::Telegram, telegram(client, settings, site, mint.clone()).boxed()));
        }
        if let Some((client, settings)) = self.slack {
            intakes.push((Platform::Slack, slack(client, settings, site, mint.clone()).boxed()));
        }
        if let Some((client, settings)) = self.discord {
            intakes.push((Platform::Discord, discord(client, settings, site, mint).boxed()));
        }
        let watched = intakes.into_iter().map(|(platform, intake)| async move {
            let ended = intake.await;
            if let Err(error) = &ended {
                tracing::error!(%platform, error = format!("{error:#}"), "this platform is not served any more");
                site.vitals.lost(platform, format!("{error:#}"));
            }
            ended
        });
        let ended = join_all(watched).await;
        if ended.iter().all(Result::is_err) { ended.into_iter().next().unwrap_or(Ok(())) } else { Ok(()) }
    }
}

async fn telegram(
    client: Telegram,
    settings: config::Telegram,
    site: &Site,
    mint: Mint,
) -> anyhow::Result<()> {
    let vitals = site.vitals.clone();
    let listener = adapter_telegram::Listener::new(client, Arc::clone(&site.desk), mint)
        .on_poll(Arc::new(move || vitals.polled(Platform::Telegram)));
    if let Some(webhook) = settings.webhook {
        let secret = webhook.secret.clone();
        let options = WebhookOptions { url: webhook.url, addr: webhook.addr, secret };
        return Ok(listener.run_webhook(options, site.shutdown.clone()).await?);
    }
    in_turns(site, Platform::Telegram, &settings.token, |stop| listener.clone().run_polling(stop)).await
}

async fn slack(client: Slack, settings: config::Slack, site: &Site, mint: Mint) -> anyhow::Result<()> {
    let vitals = site.vitals.clone();
    let inbox = Arc::new(Gathering::new(site.opened.inbox()));
    let desk = Arc::clone(&site.desk);
    let listener = adapter_slack::Listener::new(client, desk, inbox, Arc::clone(&site.clock), mint)
        .on_life(Arc::new(move || vitals.polled(Platform::Slack)));
    let shutdown = site.shutdown.clone();
    match settings.intake {
        // Slack deals what it delivers out among all sockets that are open, so every replica opens its own.
        SlackIntake::Sockets(token) => {
            listener.run_sockets(token.clone(), shutdown).await?;
        }
        SlackIntake::Requests { addr, secret } => {
            let secret = secret.clone();
            listener.run_http(HttpOptions { addr, secret }, shutdown).await?;
        }
    }
    Ok(())
}

async fn discord(client: Discord, settings: config::Discord, site: &Site, mint: Mint) -> anyhow::Result<()> {
    let vitals = site.vitals.clone();
    let inbox = Arc::new(Gathering::new(site.opened.inbox()));
    let mut listener = adapter_discord::Listener::new(client, Arc::clone(&site.desk), mint)
        .keeping(inbox, Arc::clone(&site.clock))
        .on_event(Arc::new(move || vitals.polled(Platform::Discord)));
    if let Some(id) = settings.application {
        listener = listener.application(id);
    }
    in_turns(site, Platform::Discord, &settings.token, |stop| listener.clone().run(stop)).await
}

/// Receives what only one process may receive: with others, in turns.
async fn in_turns<W, Ended, E>(
    site: &Site,
    platform: Platform,
    token: &SecretString,
    work: W,
) -> anyhow::Result<()>
where
    W: Fn(BoxFuture<'static, ()>) -> Ended + Send + Sync,
    Ended: Future<Output = Result<(), E>> + Send,
    E: std::error::Error + Send + Sync + 'static,
{
    let Opened::Server(store) = &site.opened else {
        return Ok(work(site.shutdown.clone().boxed()).await?);
    };
    // What stands before the secret half of a token tells which bot it is.
    let bot = token.expose_secret().split([':', '.']).next().unwrap_or_default();
    let (name, holder) = (format!("{platform}:{bot}"), uuid::Uuid::now_v7().to_string());
    let duty = Arc::new(SharedDuty { store: Arc::clone(store), name, holder });
    let vitals = site.vitals.clone();
    let on_turn = Box::new(move |turn| match turn {
        Turn::StandsBy => vitals.stands_by(platform),
        Turn::Holds => vitals.takes_over(platform),
    });
    let standby = Standby { duty, clock: Arc::clone(&site.clock), on_turn };
    let work = |stop: oneshot::Receiver<()>| work(async { drop(stop.await) }.boxed());
    standby.run(site.shutdown.clone(), work).await.context("the turn has ended")
}
