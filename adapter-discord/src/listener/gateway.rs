//! The connection to the gateway: kept up, resumed where that is possible, and built anew when it says nothing.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::Instant;
use twilight_gateway::{CloseFrame, ConfigBuilder, Intents, Message, Session, Shard, ShardId, ShardState};

use super::intake::Intake;
use super::keeping::Keeping;
use super::lanes::Lanes;
use super::reception::Reception;
use super::{ListenError, Listener, SHUTDOWN_LIMIT, Shutdown, start};

/// How long the gateway may say nothing: it answers a sign of life every forty seconds or so.
const SILENCE: Duration = Duration::from_secs(120);
/// How long the farewell may take.
const FAREWELL: Duration = Duration::from_secs(1);
/// What is heard in any case.
const PLAIN: Intents = Intents::GUILDS.union(Intents::GUILD_MESSAGES);
/// What must be switched on in the portal: what people write, and who leaves.
const PRIVILEGED: Intents = Intents::MESSAGE_CONTENT.union(Intents::GUILD_MEMBERS);

/// The codes by which the gateway is closed for good.
mod code {
    pub(super) const TOKEN: u16 = 4_004;
    pub(super) const SHARD: [u16; 3] = [4_010, 4_011, 4_012];
    pub(super) const INTENTS: [u16; 2] = [4_013, 4_014];
}

/// Why a connection is at its end.
enum End {
    /// The listener is to end.
    Shutdown,
    /// It is built anew, and goes on where it was.
    Deaf,
    /// It is built anew, without what it may not hear.
    Intents,
    /// It is built anew.
    Closed,
}

pub(super) async fn run(listener: Listener, shutdown: Shutdown) -> Result<(), ListenError> {
    // The one provider of cryptography; another part of the process may have chosen it before.
    drop(rustls::crypto::ring::default_provider().install_default());
    let discord = listener.discord.clone();
    let Some(known) = unless(&shutdown, async {
        let bot = start::introduce(&discord).await?;
        Ok((bot, start::find_gateway(&discord).await?))
    })
    .await
    else {
        return Ok(());
    };
    let (bot, url) = known?;
    let kept = listener.kept.clone().map(|(inbox, clock)| Arc::new(Keeping::new(inbox, clock)));
    let lanes = Arc::new(Lanes::new(Arc::clone(&listener.handle), discord.clone(), kept.clone()));
    // Whatever is done beside the connection ends with it, also where nobody waits for its end.
    let mut beside = JoinSet::new();
    beside.spawn(start::register(discord, listener.application));
    let reception = Reception::new(listener.clone(), kept.clone());
    if let Some(kept) = kept.clone() {
        beside.spawn(take_over(kept, reception.clone(), Arc::clone(&lanes), bot));
    }
    let mut intake = Intake::new(listener.clone(), bot, reception);
    let result = Connection { listener: &listener, url, shutdown }.keep_up(&lanes, &mut intake).await;
    drop(beside);
    if tokio::time::timeout(SHUTDOWN_LIMIT, lanes.close()).await.is_err() {
        tracing::warn!("what is under way takes too long; ending without it");
    }
    if let Some(kept) = kept {
        kept.end().await;
    }
    result
}

/// Takes over what others have left, for as long as this one listens.
async fn take_over(kept: Arc<Keeping>, reception: Reception, lanes: Arc<Lanes>, bot: u64) {
    loop {
        for left in kept.take().await {
            reception.take_over(&lanes, bot, left).await;
        }
        kept.pause().await;
    }
}

/// Does something unless the listener is to end before.
async fn unless<T>(shutdown: &Shutdown, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        biased;
        () = shutdown.clone() => None,
        done = work => Some(done),
    }
}

struct Connection<'a> {
    listener: &'a Listener,
    url: String,
    shutdown: Shutdown,
}

impl Connection<'_> {
    async fn keep_up(&self, lanes: &Arc<Lanes>, intake: &mut Intake) -> Result<(), ListenError> {
        let mut intents = PLAIN | PRIVILEGED;
        let mut session: Option<(Session, String)> = None;
        let mut backoff = start::patience();
        loop {
            let mut shard = self.shard(intents, session.take());
            let began = Instant::now();
            match self.listen(&mut shard, lanes, intake).await? {
                End::Shutdown => {
                    farewell(&mut shard).await;
                    return Ok(());
                }
                End::Intents if intents == PLAIN => {
                    return Err(ListenError::Refused { code: code::INTENTS[1] });
                }
                End::Intents => {
                    tracing::warn!(
                        "Discord does not let the bot read messages or hear who leaves: switch on \"Message Content \
                         Intent\" and \"Server Members Intent\" for the application. Until then, replies and talk in \
                         threads are not understood; buttons, forms and commands are."
                    );
                    intents = PLAIN;
                    continue;
                }
                End::Deaf => {
                    tracing::warn!("the gateway says nothing any more; connecting anew");
                    session = shard.session().cloned().zip(shard.resume_url().map(str::to_owned));
                }
                End::Closed => tracing::warn!("the gateway was closed; connecting anew"),
            }
            metrics::counter!("discord_reconnects_total").increment(1);
            if began.elapsed() > SILENCE {
                backoff.reset();
            }
            if unless(&self.shutdown, tokio::time::sleep(backoff.pause())).await.is_none() {
                return Ok(());
            }
        }
    }

    fn shard(&self, intents: Intents, session: Option<(Session, String)>) -> Shard {
        let token = self.listener.discord.token().to_owned();
        let config = ConfigBuilder::new(token, intents).proxy_url(self.url.clone());
        let config = match session {
            Some((session, url)) => config.session(session).resume_url(url),
            None => config,
        };
        Shard::with_config(ShardId::ONE, config.build())
    }

    async fn listen(
        &self,
        shard: &mut Shard,
        lanes: &Arc<Lanes>,
        intake: &mut Intake,
    ) -> Result<End, ListenError> {
        loop {
            let told = tokio::select! {
                biased;
                () = self.shutdown.clone() => return Ok(End::Shutdown),
                () = self.listener.discord.unauthorised() => return Err(unknown()),
                told = tokio::time::timeout(SILENCE, shard.next()) => told,
            };
            let end = match told {
                Err(_) => Some(End::Deaf),
                Ok(None) => Some(End::Closed),
                Ok(Some(Ok(Message::Text(text)))) => {
                    (self.listener.on_event)();
                    self.hear(&text, lanes, intake);
                    None
                }
                Ok(Some(Ok(Message::Close(frame)))) => closed(frame.map(|frame| frame.code))?,
                Ok(Some(Err(error))) => {
                    tracing::warn!(%error, "the gateway could not be heard");
                    None
                }
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    fn hear(&self, text: &str, lanes: &Arc<Lanes>, intake: &mut Intake) {
        match serde_json::from_str::<Value>(text) {
            Ok(event) if event["op"] == 0 => intake.take(lanes, &event),
            Ok(_) => {}
            Err(_) => tracing::warn!("the gateway said something that is no JSON"),
        }
    }
}

/// Says what becomes of a connection that was closed with a code; `None` if it is made again by itself.
fn closed(code: Option<u16>) -> Result<Option<End>, ListenError> {
    tracing::info!(code, "the connection to the gateway has ended");
    match code {
        Some(code::TOKEN) => Err(unknown()),
        Some(code) if code::INTENTS.contains(&code) => Ok(Some(End::Intents)),
        Some(code) if code::SHARD.contains(&code) => Err(ListenError::Refused { code }),
        Some(_) | None => Ok(None),
    }
}

fn unknown() -> ListenError {
    ListenError::Unauthorised { reason: "refused with 401 or by the gateway with 4004".to_owned() }
}

/// Says that the bot is going, so that it is shown as gone. Should the other side not answer, the library connects anew;
/// that is noticed before a session begins.
async fn farewell(shard: &mut Shard) {
    shard.close(CloseFrame::NORMAL);
    let closed = async {
        while let Some(Ok(Message::Text(_))) = shard.next().await {
            if matches!(shard.state(), ShardState::Identifying | ShardState::Resuming) {
                break;
            }
        }
    };
    if tokio::time::timeout(FAREWELL, closed).await.is_err() {
        tracing::debug!("the gateway did not answer the farewell");
    }
}
