//! Incident Desk in Telegram groups.

pub mod failure;
pub mod inbound;
mod listener;
mod messenger;
pub mod outbound;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use listener::{ListenError, Listener, SHUTDOWN_LIMIT, WebhookOptions};
pub use messenger::{
    CALL_LIMIT, DELIVERY_LIMIT, Secret, SetupError, TELEGRAM_API_URL, Telegram, TelegramOptions,
};
