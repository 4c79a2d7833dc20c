//! A Telegram bot on one page: the desk, a SQLite file, and two loops. It can be killed at any moment; started
//! again, it takes up where it was.
//!
//! `TELEGRAM_BOT_TOKEN=… cargo run -p examples --example smallest_telegram_bot`
//!
//! The bundled binary does the same with configuration, logs, metrics, webhooks and parallel deliveries.

use std::convert::Infallible;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use adapter_telegram::{Listener, SecretString, TELEGRAM_API_URL, Telegram, TelegramOptions};
use incident_core::desk::Desk;
use incident_core::ids::Platform;
use incident_core::incident::Lane;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Clock, Store, StoreError};
use incident_core::time::Timestamp;
use store_sqlite::{Options, SqliteStore};
use tokio::sync::Notify;

/// How often the bot looks for work if nothing calls it earlier.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// How long it rests at least, should something be due that cannot be done.
const SHORTEST_REST: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let Ok(token) = std::env::var("TELEGRAM_BOT_TOKEN") else {
        eprintln!("TELEGRAM_BOT_TOKEN is not set; @BotFather on Telegram gives you one.");
        return Ok(ExitCode::from(2));
    };
    let api_url = std::env::var("TELEGRAM_API_URL").unwrap_or_else(|_| TELEGRAM_API_URL.to_owned());
    let telegram = Telegram::new(TelegramOptions { token: SecretString::from(token), api_url })?;

    let store = SqliteStore::open("smallest_telegram_bot.db".as_ref(), Options::default())?;
    store.release_leases().await?;

    let bell = Arc::new(Notify::new());
    let ring = Arc::clone(&bell);
    let desk = Desk::new(Arc::new(store), Arc::new(SystemClock), Policy::preset(Preset::TwoTier))
        .with_messenger(Platform::Telegram, Arc::new(telegram.clone()), Arc::new(telegram.clone()))
        .with_nudge(move |_| ring.notify_one());
    let desk = Arc::new(desk);

    let mint = Arc::new(|| uuid::Uuid::now_v7().as_u128());
    let listener = Listener::new(telegram, Arc::clone(&desk), mint);
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    tokio::select! {
        ended = listener.run_polling(interrupted) => ended?,
        failed = work(&desk, &bell) => match failed? {},
    }
    Ok(ExitCode::SUCCESS)
}

/// Does what is due and what is owed, and rests until there is more.
async fn work(desk: &Desk, bell: &Notify) -> Result<Infallible, StoreError> {
    loop {
        desk.wake_due(100).await?;
        for lane in Lane::ALL {
            while desk.deliver(lane).await?.is_some() {}
        }
        let outlook = desk.outlook().await?;
        let next = outlook.wake_at.into_iter().chain(outlook.deliver_at).min();
        let rest = next.map_or(LONGEST_REST, |at| at.since(SystemClock.now()));
        tokio::select! {
            () = bell.notified() => {}
            () = tokio::time::sleep(rest.clamp(SHORTEST_REST, LONGEST_REST)) => {}
        }
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}
