//! The composition root: from a configuration to a running desk. The only place that knows which
//! chats there are.

mod platforms;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::FutureExt;
use incident_core::desk::{Desk, Onboarding};
use incident_core::policy::{Hourly, Policy, Preset, Rules};
use incident_core::ports::{Clock, StoreError};
use store_postgres::Listening;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::{self, Config, Workflow};
use crate::database::Opened;
use crate::http::{Vitals, health_router};
use crate::loops::{Loops, Nudges};
use crate::presence::{Attendance, Attending};
use crate::push::Pushing;
use crate::tally;
use crate::telemetry::Metrics;

use platforms::{Clients, Site};

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
        Workflow::DiscordTickets => Preset::Tickets,
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
    let platforms = config.platforms()?;
    let vitals = Vitals::on_system_clock(platforms::intakes(&platforms));
    let (stop, stopped) = watch::channel(false);
    let metrics = record(config, &*clock, &stopped)?;
    let health = serve_health(config, metrics, &vitals, stopped.clone()).await?;

    let opened = Opened::to_serve(config).await?;
    let clients = Clients::new(platforms)?;
    let nudges = Arc::new(Nudges::default());
    let desk = desk(config, &clock, &opened, &clients, &nudges)?;
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

    let site = Site { opened, desk, clock, vitals, shutdown: shutdown.boxed().shared() };
    let listened = clients.receive(&site).await;
    let opened = site.opened;
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
    listened
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

fn desk(
    config: &Config,
    clock: &Arc<dyn Clock>,
    opened: &Opened,
    clients: &Clients,
    nudges: &Arc<Nudges>,
) -> anyhow::Result<Arc<Desk>> {
    let onboarding = match config.onboarding {
        config::Onboarding::Open => Onboarding::Open,
        config::Onboarding::Approval => Onboarding::Approval,
    };
    let nudges = Arc::clone(nudges);
    let desk = Desk::new(opened.store(), Arc::clone(clock), policy(config)?)
        .with_cases(opened.cases())
        .with_recall(opened.recall(), config.context())
        .with_platform_admins(config.platform_admins.iter().cloned())
        .with_onboarding(onboarding)
        .with_calendar(config.calendar.clone())
        .with_witness(tally::count)
        .with_nudge(move |nudge| nudges.nudge(nudge));
    Ok(Arc::new(clients.connect(desk, &opened.rooms())))
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
