//! The composition root: from a configuration to a running desk. The only place that knows which store and
//! which chats there are.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use adapter_telegram::{Listener, Secret, Telegram, TelegramOptions, WebhookOptions};
use anyhow::Context;
use incident_core::desk::{Desk, Onboarding};
use incident_core::ids::{Identity, Platform};
use incident_core::policy::{Policy, Preset, Rules};
use incident_core::ports::Store;
use secrecy::ExposeSecret;
use store_sqlite::{Options, SqliteStore, Synchronous};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::clock::SystemClock;
use crate::config::{self, Config, Workflow};
use crate::http::{Intake, Vitals, health_router};
use crate::loops::{Loops, Nudges};
use crate::telemetry::Metrics;

/// How often recorded durations are folded together.
const METRICS_EVERY: Duration = Duration::from_secs(5);

/// Returns the policy that a configuration asks for.
///
/// # Errors
/// If the settings contradict each other; a validated configuration's do not.
pub fn policy(config: &Config) -> anyhow::Result<Policy> {
    let preset = match config.workflow {
        Workflow::TwoTier => Preset::TwoTier,
        Workflow::TwoTierShared => Preset::TwoTierShared,
    };
    let mut rules = Rules::from(preset);
    rules.self_registration = config.self_registration;
    for (level, after) in rules.levels.iter_mut().zip([config.unclaimed_nudge, config.escalation_nudge]) {
        if let Some(nudge) = &mut level.nudge {
            nudge.after = after;
        }
    }
    rules.summary_wait = match (rules.summary_wait, config.summary_reminder) {
        (Some(wait), Some(after)) => Some(incident_core::policy::SummaryRule { after, ..wait }),
        (_, None) | (None, _) => None,
    };
    Ok(Policy::new(rules)?)
}

/// Returns how the database of a configuration is opened.
pub fn database_options(config: &Config) -> Options {
    let synchronous = match config.synchronous {
        config::Synchronous::Full => Synchronous::Full,
        config::Synchronous::Normal => Synchronous::Normal,
    };
    Options { synchronous, ..Options::default() }
}

/// Runs the desk until `shutdown` ends; finishes the round then.
///
/// # Errors
/// If something cannot be set up, or the bot's token is not accepted any more.
pub async fn serve(
    config: &Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let settings = config.telegram()?;
    let intake = if settings.webhook.is_some() { Intake::Webhook } else { Intake::Polling };
    let vitals = Vitals::on_system_clock(intake);
    let (stop, stopped) = watch::channel(false);
    let health = serve_health(config, &vitals, stopped.clone()).await?;

    let store = SqliteStore::open(&config.database, database_options(config))
        .with_context(|| format!("cannot open the database {}", config.database.display()))?;
    let released = store.release_leases().await?;
    tracing::info!(database = %config.database.display(), released, "the database is open");

    let token = Secret::new(settings.token.expose_secret());
    let telegram = Telegram::new(TelegramOptions { token, api_url: settings.api_url.clone() })?;
    let nudges = Arc::new(Nudges::default());
    let clock = Arc::new(SystemClock);
    let desk = desk(config, Arc::new(store), &telegram, &nudges)?;
    let loops =
        Loops { desk: Arc::clone(&desk), clock, nudges, vitals: vitals.clone(), idle: config.idle_poll };
    let mut tasks = loops.spawn(&stopped);
    let rearmed = Arc::clone(&desk);
    tasks.spawn(async move {
        match rearmed.rearm().await {
            Ok(live) => tracing::info!(live, "live incidents"),
            Err(error) => tracing::error!(%error, "cannot compute wakes anew"),
        }
    });

    let polled = vitals.clone();
    let mint = Arc::new(|| uuid::Uuid::now_v7().as_u128());
    let listener = Listener::new(telegram, desk, mint).on_poll(Arc::new(move || polled.polled()));
    let listened = match settings.webhook {
        None => listener.run_polling(shutdown).await,
        Some(webhook) => {
            let secret = Secret::new(webhook.secret.expose_secret());
            let options = WebhookOptions { url: webhook.url, addr: webhook.addr, secret };
            listener.run_webhook(options, shutdown).await
        }
    };
    tracing::info!("stopping: finishing what is under way");
    stop.send_replace(true);
    while let Some(task) = tasks.join_next().await {
        if let Err(error) = task {
            tracing::error!(%error, "a loop did not end well");
        }
    }
    if let Some(health) = health {
        health.await??;
    }
    tracing::info!("stopped");
    Ok(listened?)
}

fn desk(
    config: &Config,
    store: Arc<dyn Store>,
    telegram: &Telegram,
    nudges: &Arc<Nudges>,
) -> anyhow::Result<Arc<Desk>> {
    let onboarding = match config.onboarding {
        config::Onboarding::Open => Onboarding::Open,
        config::Onboarding::Approval => Onboarding::Approval,
    };
    let admins = config.platform_admins.iter().map(|id| Identity::new(Platform::Telegram, id.to_string()));
    let nudges = Arc::clone(nudges);
    let desk = Desk::new(store, Arc::new(SystemClock), policy(config)?)
        .with_messenger(Platform::Telegram, Arc::new(telegram.clone()), Arc::new(telegram.clone()))
        .with_platform_admins(admins)
        .with_onboarding(onboarding)
        .with_nudge(move |nudge| nudges.nudge(nudge));
    Ok(Arc::new(desk))
}

type HealthTask = tokio::task::JoinHandle<std::io::Result<()>>;

/// Starts the listener for health and metrics, where an address is configured.
async fn serve_health(
    config: &Config,
    vitals: &Vitals,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<Option<HealthTask>> {
    let Some(addr) = config.http_addr else {
        return Ok(None);
    };
    let listener =
        TcpListener::bind(addr).await.with_context(|| format!("cannot listen on HTTP_ADDR {addr}"))?;
    let metrics = Metrics::install()?;
    let router = health_router(vitals.clone(), metrics.clone());
    let mut folding = stopped.clone();
    tokio::spawn(async move {
        while !*folding.borrow() {
            metrics.upkeep();
            tokio::select! {
                () = tokio::time::sleep(METRICS_EVERY) => {}
                _ = folding.changed() => {}
            }
        }
    });
    tracing::info!(%addr, "health and metrics are served");
    let ended = async move {
        // An error means that the sender is gone, and so is everything else.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(ended);
    Ok(Some(tokio::spawn(served.into_future())))
}
