//! The immediate answers to an interaction: the first one within three seconds, whatever it is, and the words when they
//! are known. Only whoever did something sees what they are answered.

use std::time::Duration;

use incident_core::view::{Reply, ReplyTone};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::failure::CallError;
use crate::inbound::EPHEMERAL;
use crate::messenger::{Call, Discord};
use crate::outbound;

/// How long the first answer may take: there must be time for a second try.
const FIRST_LIMIT: Duration = Duration::from_millis(1_300);
/// How long others are tried when Discord asks for patience.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long after a lost answer it is tried again.
const SOON: Duration = Duration::from_millis(500);
/// How often words are tried to be said.
const TRIES: u32 = 3;

/// Who waits for an answer.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) application: String,
}

/// How it was acknowledged, and so where the words go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// Into the message that says that the bot is thinking.
    Thinking,
    /// Beside the message that was pressed.
    Beside,
    /// In place of the message that was pressed, which only one person sees.
    Instead,
}

impl Where {
    fn first(self) -> Value {
        match self {
            Self::Thinking => json!({"type": 5, "data": {"flags": EPHEMERAL}}),
            Self::Beside | Self::Instead => json!({"type": 6}),
        }
    }
}

impl Waiting {
    /// Says that it was heard, before anything is done for it. Tells whether there is somebody to say words to.
    pub(super) async fn acknowledge(&self, discord: &Discord, place: Where) -> bool {
        self.first(discord, place.first()).await
    }

    /// Ends what means nothing.
    pub(super) async fn wave_away(&self, discord: &Discord, place: Where) {
        if self.acknowledge(discord, place).await && place == Where::Thinking {
            self.say(discord, place, None).await;
        }
    }

    /// Opens a form.
    pub(super) async fn open(&self, discord: &Discord, form: Value) -> bool {
        self.first(discord, json!({"type": 9, "data": form})).await
    }

    /// Offers what completes the words that somebody types.
    pub(super) async fn offer(&self, discord: &Discord, choices: Value) {
        self.first(discord, json!({"type": 8, "data": {"choices": choices}})).await;
    }

    /// Gives the first answer, once more if that was lost: a second one does no harm.
    async fn first(&self, discord: &Discord, body: Value) -> bool {
        let path = format!("interactions/{}/{}/callback", self.id, self.token);
        let once = async || {
            let call = Call::post(&path).json(body.clone()).within(FIRST_LIMIT).urgent();
            discord.call(call).await.map(drop::<IgnoredAny>)
        };
        let result = match once().await {
            Err(error) if error.is_lost() => once().await,
            result => result,
        };
        match result {
            Ok(()) => true,
            Err(error) if error.is_answered() => true,
            Err(error) => {
                tracing::warn!(%error, too_late = error.is_too_late(), "an interaction could not be acknowledged");
                false
            }
        }
    }

    /// Says the words of a reply, if there are any for this place.
    pub(super) async fn say(&self, discord: &Discord, place: Where, reply: Option<&Reply>) {
        let original = format!("webhooks/{}/{}/messages/@original", self.application, self.token);
        let drawing = reply.and_then(outbound::answer);
        let call = match (place, drawing) {
            (Where::Thinking | Where::Instead, Some(drawing)) => {
                let body = drawing.to_json();
                move || Call::patch(&original).json(body.clone())
            }
            (Where::Thinking | Where::Instead, None) => {
                return self.try_to(discord, || Call::delete(&original)).await;
            }
            // The card says it all, unless it was refused or is to be chosen.
            (Where::Beside, drawing) => {
                let wanted =
                    reply.is_some_and(|reply| reply.tone == ReplyTone::Alert || !reply.buttons.is_empty());
                let Some(drawing) = drawing.filter(|_| wanted) else { return };
                let mut body = drawing.to_json();
                body["flags"] = json!(EPHEMERAL);
                let path = format!("webhooks/{}/{}", self.application, self.token);
                return self.try_to(discord, || Call::post(&path).json(body.clone())).await;
            }
        };
        self.try_to(discord, call).await;
    }

    /// Tries to say something for as long as that makes sense.
    async fn try_to(&self, discord: &Discord, call: impl Fn() -> Call) {
        for left in (0..TRIES).rev() {
            let Err(error) = discord.call(call()).await.map(drop::<IgnoredAny>) else { return };
            let pause = pause_after(&error).filter(|_| left > 0);
            let Some(pause) = pause else {
                tracing::warn!(%error, "an answer could not be given");
                return;
            };
            tokio::time::sleep(pause).await;
        }
    }
}

/// Tells how long to wait before an answer is tried again; `None` if that is pointless or takes too long.
fn pause_after(error: &CallError) -> Option<Duration> {
    match error.retry_after() {
        Some(wait) => (wait <= LONGEST_WAIT).then_some(wait),
        None => error.is_lost().then_some(SOON),
    }
}
