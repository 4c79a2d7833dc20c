//! One socket: opened over a connection of the same client as all calls, so that proxies and certificates are the same,
//! and watched, for a socket may be deaf without being closed.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use reqwest::header::{CONNECTION, HeaderMap, HeaderValue, UPGRADE};
use reqwest::{StatusCode, Upgraded};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, interval, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::Patience;
use super::intake::{Intake, Receipt};
use crate::failure::CallError;
use crate::inbound::{Delivered, Kind};
use crate::messenger::Slack;

/// The largest message that is read, in bytes; Slack's are kilobytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

type Socket = WebSocketStream<Upgraded>;

/// What a socket says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// It is open, and Slack has greeted.
    Open,
    /// It will be closed before long.
    Leaving,
}

/// Opens a socket and waits for the greeting.
pub(super) async fn open(
    slack: &Slack,
    app_token: &SecretString,
    patience: &Patience,
) -> Result<Socket, CallError> {
    let opening = async {
        let address = slack.open_connection(app_token).await?;
        let mut socket = upgrade(slack, &address).await?;
        match socket.next().await {
            Some(Ok(Message::Text(text))) if kind_of(&text) == "hello" => {
                tracing::info!("connected to Slack: a socket is open");
                Ok(socket)
            }
            Some(_) | None => Err(unreachable("a socket does not greet")),
        }
    };
    timeout(patience.hello, opening)
        .await
        .unwrap_or_else(|_| Err(unreachable("a socket does not open in time")))
}

/// Makes a socket of a connection. The address holds a ticket, and no error names it.
async fn upgrade(slack: &Slack, address: &SecretString) -> Result<Socket, CallError> {
    let url = address.expose_secret();
    let url = url.strip_prefix("ws").map_or_else(|| url.to_owned(), |rest| format!("http{rest}"));
    let key = generate_key();
    let mut headers = HeaderMap::new();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert("sec-websocket-version", HeaderValue::from_static("13"));
    let key_header = HeaderValue::from_str(&key).map_err(|_| unreachable("a key is no header"))?;
    headers.insert("sec-websocket-key", key_header);
    let response = slack.http().get(url).headers(headers).send().await.map_err(|error| slack.lost(error))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(CallError::Unreadable { status: response.status().as_u16() });
    }
    let accepted = response.headers().get("sec-websocket-accept").map(HeaderValue::as_bytes);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(unreachable("what answers is no socket"));
    }
    let connection = response.upgrade().await.map_err(|error| slack.lost(error))?;
    let config =
        WebSocketConfig::default().max_message_size(Some(MOST_BYTES)).max_frame_size(Some(MOST_BYTES));
    Ok(WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await)
}

fn unreachable(reason: &str) -> CallError {
    CallError::Unreachable { reason: reason.to_owned() }
}

fn kind_of(text: &str) -> String {
    let said: Value = serde_json::from_str(text).unwrap_or_default();
    said["type"].as_str().unwrap_or_default().to_owned()
}

/// A socket at work.
pub(super) struct Connection {
    pub(super) intake: Intake,
    pub(super) patience: Patience,
    pub(super) signs: UnboundedSender<Sign>,
}

/// What is read next.
enum Next {
    GoOn,
    End(&'static str),
}

impl Connection {
    /// Serves a socket until it ends, and says why it did. Deliveries are taken in beside each other: none waits for
    /// another to be kept, and none that panics ends the socket.
    pub(super) async fn serve(&self, mut socket: Socket) -> &'static str {
        let (receipts, mut acknowledged) = unbounded_channel::<String>();
        let mut pings = interval(self.patience.ping);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                said = timeout(left(heard, self.patience.silence), socket.next()) => {
                    let Ok(said) = said else { return "it was silent for too long" };
                    heard = Instant::now();
                    self.intake.lives();
                    match self.hear(said, &receipts) {
                        Next::GoOn => {}
                        Next::End(why) => return why,
                    }
                }
                Some(envelope) = acknowledged.recv() => {
                    let mut envelopes = vec![envelope];
                    drain(&mut acknowledged, &mut envelopes);
                    if self.acknowledge(&mut socket, envelopes).await.is_none() {
                        return "it takes no acknowledgement";
                    }
                }
                _ = pings.tick() => {
                    let ping = socket.send(Message::Ping(Bytes::from_static(b"desk")));
                    if !matches!(timeout(self.patience.silence, ping).await, Ok(Ok(()))) {
                        return "it takes no question";
                    }
                }
            }
        }
    }

    async fn acknowledge(&self, socket: &mut Socket, envelopes: Vec<String>) -> Option<()> {
        for envelope in envelopes {
            let receipt = Message::text(json!({"envelope_id": envelope}).to_string());
            timeout(self.patience.silence, socket.send(receipt)).await.ok()?.ok()?;
        }
        Some(())
    }

    fn hear<E>(&self, said: Option<Result<Message, E>>, receipts: &UnboundedSender<String>) -> Next {
        match said {
            Some(Ok(Message::Text(text))) => self.read(&text, receipts),
            Some(Ok(Message::Close(_))) | None => Next::End("Slack closed it"),
            Some(Err(_)) => Next::End("it broke"),
            Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {
                Next::GoOn
            }
        }
    }

    fn read(&self, text: &str, receipts: &UnboundedSender<String>) -> Next {
        let Ok(said) = serde_json::from_str::<Value>(text) else {
            tracing::warn!("a socket says what is no JSON; it is left");
            return Next::GoOn;
        };
        let kind = said["type"].as_str().unwrap_or_default();
        if kind == "disconnect" {
            if said["reason"] == "link_disabled" {
                tracing::error!("Socket Mode is switched off in the app's settings");
            }
            self.sign(Sign::Leaving);
        } else if let Some(envelope) = said["envelope_id"].as_str() {
            self.take(Kind::parse(kind), &said, (envelope.to_owned(), receipts.clone()));
        }
        Next::GoOn
    }

    /// Takes a delivery in, and acknowledges it when it is kept. Of a kind that nobody knows, nothing is done.
    fn take(
        &self,
        kind: Option<Kind>,
        said: &Value,
        (envelope, receipts): (String, UnboundedSender<String>),
    ) {
        let intake = self.intake.clone();
        let delivered = kind.map(|kind| Delivered { kind, payload: said["payload"].clone() });
        tokio::spawn(async move {
            let receipt = match delivered {
                Some(delivered) => intake.take(delivered).await,
                None => Receipt::Acknowledged,
            };
            if receipt == Receipt::Acknowledged && receipts.send(envelope).is_err() {
                tracing::debug!("a socket closed before a delivery could be acknowledged");
            }
        });
    }

    pub(super) fn sign(&self, sign: Sign) {
        if self.signs.send(sign).is_err() {
            tracing::debug!("nobody looks after this socket any more");
        }
    }
}

fn drain(from: &mut UnboundedReceiver<String>, into: &mut Vec<String>) {
    while let Ok(envelope) = from.try_recv() {
        into.push(envelope);
    }
}

fn left(heard: Instant, silence: Duration) -> Duration {
    (heard + silence).saturating_duration_since(Instant::now())
}
