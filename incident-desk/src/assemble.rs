//! The composition root: from a configuration to a running desk. The only place that knows which
//! chats there are.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use adapter_telegram::{ListenError, Listener, Secret, Telegram, TelegramOptions, WebhookOptions};
use anyhow::Context;
use incident_core::desk::{Desk, Onboarding};
use incident_core::ids::{Identity, Platform};
use incident_core::policy::{Hourly, Policy, Preset, Rules};
use incident_core::ports::{Clock, StoreError};
use secrecy::ExposeSecret;
use store_postgres::Listening;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use crate::config::{self, Config, Workflow};
use crate::database::Opened;
use crate::http::{Intake, Vitals, health_router};
use crate::loops::{Loops, Nudges};
use crate::presence::{Attendance, Attending};
use crate::push::Pushing;
use crate::standby::{SharedDuty, Standby, Turn};
use crate::tally;
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
        Workflow::Departments => Preset::Departments,
    };
    let mut rules = Rules::from(preset);
    rules.self_registration = config.self_registration;
    let (person, group) = (config.reports_per_hour, config.reports_per_hour_group);
    rules.hourly = Hourly { person: person.per_hour(), group: group.per_hour() };
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

/// Runs the desk by a clock until `shutdown` ends; finishes the round then.
///
/// # Errors
/// If something cannot be set up, or the bot's token is not accepted any more.
pub async fn serve(
    config: &Config,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let settings = config.telegram()?;
    let intake = if settings.webhook.is_some() { Intake::Webhook } else { Intake::Polling };
    let vitals = Vitals::on_system_clock(intake);
    let (stop, stopped) = watch::channel(false);
    let metrics = record(config, &*clock, &stopped)?;
    let health = serve_health(config, metrics, &vitals, stopped.clone()).await?;

    let opened = Opened::to_serve(config).await?;
    let token = Secret::new(settings.token.expose_secret());
    let telegram = Telegram::new(TelegramOptions { token, api_url: settings.api_url.clone() })?;
    let nudges = Arc::new(Nudges::default());
    let desk = desk(config, &clock, &opened, &telegram, &nudges)?;
    let listening = hear_others(&opened, &nudges).await;
    let attending = attend(&opened, &clock, &nudges);
    let loops = Loops {
        desk: Arc::clone(&desk),
        clock: Arc::clone(&clock),
        nudges,
        vitals: vitals.clone(),
        idle: config.idle_poll,
        retention: config.retention,
    };
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
    let site = Site { opened: &opened, clock: &clock, vitals: &vitals };
    let listened = receive(listener, settings, site, shutdown).await;
    tracing::info!("stopping: finishing what is under way");
    stop.send_replace(true);
    while let Some(task) = tasks.join_next().await {
        if let Err(error) = task {
            tracing::error!(%error, "a loop did not end well");
        }
    }
    drop(listening);
    if let Some(attending) = attending {
        attending.end().await;
    }
    opened.close().await;
    if let Some(health) = health {
        health.await??;
    }
    tracing::info!("stopped");
    Ok(listened?)
}

/// Says that this replica is alive and looks after dead ones, where there are others.
fn attend(opened: &Opened, clock: &Arc<dyn Clock>, nudges: &Arc<Nudges>) -> Option<Attending> {
    let Opened::Server(store) = opened else {
        return None;
    };
    let (store, clock, nudges) = (Arc::clone(store), Arc::clone(clock), Arc::clone(nudges));
    Some(Attendance { store, clock, nudges }.begin())
}

/// Lets the loops look whenever another replica has written something, where there are replicas.
async fn hear_others(opened: &Opened, nudges: &Arc<Nudges>) -> Option<Listening> {
    let Opened::Server(store) = opened else {
        return None;
    };
    let nudges = Arc::clone(nudges);
    let listening = store.listen(move || nudges.nudge_all()).await;
    let complain = |error: &StoreError| tracing::warn!(%error, "what other replicas write is found late");
    listening.inspect_err(complain).ok()
}

/// What a process receives updates with.
struct Site<'a> {
    opened: &'a Opened,
    clock: &'a Arc<dyn Clock>,
    vitals: &'a Vitals,
}

/// Receives updates until `shutdown` ends: with others, in turns where only one may.
async fn receive(
    listener: Listener,
    settings: config::Telegram,
    site: Site<'_>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ListenError> {
    if let Some(webhook) = settings.webhook {
        let secret = Secret::new(webhook.secret.expose_secret());
        let options = WebhookOptions { url: webhook.url, addr: webhook.addr, secret };
        return listener.run_webhook(options, shutdown).await;
    }
    let Opened::Server(store) = site.opened else {
        return listener.run_polling(shutdown).await;
    };
    let bot = settings.token.expose_secret().split(':').next().unwrap_or_default();
    let (name, holder) = (format!("telegram:{bot}"), uuid::Uuid::now_v7().to_string());
    let duty = Arc::new(SharedDuty { store: Arc::clone(store), name, holder });
    let vitals = site.vitals.clone();
    let on_turn = Box::new(move |turn| match turn {
        Turn::StandsBy => vitals.stands_by(),
        Turn::Holds => vitals.takes_over(),
    });
    let standby = Standby { duty, clock: Arc::clone(site.clock), on_turn };
    let poll = |stop: oneshot::Receiver<()>| listener.clone().run_polling(async { drop(stop.await) });
    standby.run(shutdown, poll).await
}

fn desk(
    config: &Config,
    clock: &Arc<dyn Clock>,
    opened: &Opened,
    telegram: &Telegram,
    nudges: &Arc<Nudges>,
) -> anyhow::Result<Arc<Desk>> {
    let onboarding = match config.onboarding {
        config::Onboarding::Open => Onboarding::Open,
        config::Onboarding::Approval => Onboarding::Approval,
    };
    let admins = config.platform_admins.iter().map(|id| Identity::new(Platform::Telegram, id.to_string()));
    let nudges = Arc::clone(nudges);
    let desk = Desk::new(opened.store(), Arc::clone(clock), policy(config)?)
        .with_cases(opened.cases())
        .with_recall(opened.recall(), config.context())
        .with_messenger(Platform::Telegram, Arc::new(telegram.clone()), Arc::new(telegram.clone()))
        .with_platform_admins(admins)
        .with_onboarding(onboarding)
        .with_calendar(config.calendar.clone())
        .with_witness(tally::count)
        .with_nudge(move |nudge| nudges.nudge(nudge));
    Ok(Arc::new(desk))
}

/// Records metrics, where anybody reads them or has them posted.
fn record(
    config: &Config,
    clock: &dyn Clock,
    stopped: &watch::Receiver<bool>,
) -> anyhow::Result<Option<Metrics>> {
    if config.http_addr.is_none() && config.metrics_push.is_none() {
        return Ok(None);
    }
    let metrics = Metrics::install()?;
    tally::begin(clock.now());
    let (folded, mut folding) = (metrics.clone(), stopped.clone());
    tokio::spawn(async move {
        while !*folding.borrow() {
            folded.upkeep();
            tokio::select! {
                () = tokio::time::sleep(METRICS_EVERY) => {}
                _ = folding.changed() => {}
            }
        }
    });
    if let Some(url) = &config.metrics_push {
        let pushing = Pushing::new(url, config.metrics_push_every, metrics.clone())?;
        tokio::spawn(pushing.run(stopped.clone()));
    }
    Ok(Some(metrics))
}

type HealthTask = tokio::task::JoinHandle<std::io::Result<()>>;

/// Starts the listener for health and metrics, where an address is configured.
async fn serve_health(
    config: &Config,
    metrics: Option<Metrics>,
    vitals: &Vitals,
    mut stopped: watch::Receiver<bool>,
) -> anyhow::Result<Option<HealthTask>> {
    let (Some(addr), Some(metrics)) = (config.http_addr, metrics) else {
        return Ok(None);
    };
    let listener =
        TcpListener::bind(addr).await.with_context(|| format!("cannot listen on HTTP_ADDR {addr}"))?;
    let router = health_router(vitals.clone(), metrics);
    tracing::info!(%addr, "health and metrics are served");
    let ended = async move {
        // An error means that the sender is gone, and so is everything else.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(ended);
    Ok(Some(tokio::spawn(served.into_future())))
}
