//! From raw JSON to work: reads an update, counts it, and finds what is to be done for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use incident_core::desk::{Ask, Request};
use incident_core::ports::Place;
use serde_json::Value;
use teloxide::types::{Update, UpdateKind};

use super::answer::ReplyTo;
use super::lanes::Work;
use crate::inbound::{self, BotIdentity, ReturnPath, Unreadable};
use crate::messenger::Telegram;

/// What is needed to understand updates.
pub(super) struct Intake {
    pub(super) bot: BotIdentity,
    pub(super) telegram: Telegram,
    pub(super) mint: Arc<dyn Fn() -> u128 + Send + Sync>,
}

/// Returns the id of an update; one without cannot be confirmed.
pub(super) fn id_of(raw: &Value) -> Option<u32> {
    raw.get("update_id").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok())
}

/// What is to be done for an update.
pub(super) enum What {
    /// Nothing.
    Nothing,
    /// Somebody waits for an answer to a press that means nothing.
    Answer(ReplyTo),
    /// The desk is asked.
    Work(Box<Work>),
}

impl Intake {
    /// Reads an update. One that cannot be read is logged and left.
    pub(super) fn read(&self, raw: Value) -> What {
        let id = id_of(&raw);
        catch_unwind(AssertUnwindSafe(|| self.understand(raw))).unwrap_or_else(|_| {
            tracing::error!(update = id, "reading an update panicked; it is left");
            count("broken");
            What::Nothing
        })
    }

    fn understand(&self, raw: Value) -> What {
        match inbound::decode(raw) {
            Ok(update) => self.translate(&update),
            Err(unwanted @ Unreadable::Unwanted { .. }) => {
                tracing::debug!("{unwanted}; it is left");
                count("other");
                What::Nothing
            }
            Err(broken @ (Unreadable::Broken { .. } | Unreadable::Nothing)) => {
                tracing::warn!("{broken}; it is left");
                count("broken");
                What::Nothing
            }
        }
    }

    fn translate(&self, update: &Update) -> What {
        count(inbound::kind_of(update));
        if let UpdateKind::ChatMember(change) = &update.kind {
            self.telegram.forget_standing(change.chat.id, change.new_chat_member.user.id);
        }
        let path = inbound::return_path(update);
        match inbound::request(&self.bot, update, (self.mint)()) {
            Some(request) => What::Work(Box::new(work(request, path))),
            None => match path {
                ReturnPath::Press(query) => What::Answer(ReplyTo::Press(query, None)),
                ReturnPath::Message(_) | ReturnPath::Nowhere => What::Nothing,
            },
        }
    }
}

fn work(request: Request, path: ReturnPath) -> Work {
    let chat = Arc::clone(&request.chat.chat);
    match path {
        ReturnPath::Press(query) => {
            let place = match &request.ask {
                Ask::Press { message, .. } => Some(Place {
                    chat: request.chat.clone(),
                    topic: request.topic.clone(),
                    reply_to: Some(message.clone()),
                }),
                Ask::Command { .. }
                | Ask::Form { .. }
                | Ask::Report { .. }
                | Ask::Thread { .. }
                | Ask::Answer { .. }
                | Ask::Remark { .. }
                | Ask::Album { .. }
                | Ask::ChatMoved { .. }
                | Ask::BotRemoved
                | Ask::BotPresent { .. }
                | Ask::MemberLeft { .. } => None,
            };
            Work { lane: chat, request, to: ReplyTo::Press(query, place) }
        }
        ReturnPath::Nowhere => Work { lane: chat, request, to: ReplyTo::Nobody },
        ReturnPath::Message(message) => {
            // A new supergroup speaks of the group it was; what it says next must not overtake that.
            let lane = Arc::clone(&message.chat.chat);
            let place =
                Place { chat: request.chat.clone(), topic: request.topic.clone(), reply_to: Some(message) };
            Work { lane, request, to: ReplyTo::Message(place) }
        }
    }
}

fn count(kind: &'static str) {
    metrics::counter!("telegram_updates_total", "kind" => kind).increment(1);
}
