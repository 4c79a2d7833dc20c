//! Socket Mode: hello, envelopes, acknowledgements, and sockets that freeze, close or break.

use std::sync::Arc;

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::delivery::Frame;
use super::fault::Fault;
use super::server::Shared;
use super::world::APP;

/// Serves one socket until it ends.
pub(super) async fn serve(mut socket: WebSocket, shared: Arc<Shared>) {
    let fault = shared.act(|world| world.traffic.admit("socket", None, std::time::Instant::now()));
    match fault {
        Some(Fault::Hang) => std::future::pending().await,
        Some(_) => return,
        None => {}
    }
    let open = shared.read(|world| world.post.sockets() + 1);
    let hello = json!({
        "type": "hello", "num_connections": open, "connection_info": {"app_id": APP},
        "debug_info": {"host": "testkit", "approximate_connection_time": 3_600},
    });
    if socket.send(Message::Text(hello.to_string().into())).await.is_err() {
        return;
    }
    let (sender, frames) = unbounded_channel();
    let id = shared.act(|world| world.post.connect(sender));
    exchange(socket, frames, &shared).await;
    shared.act(|world| world.post.disconnect(id));
}

async fn exchange(mut socket: WebSocket, mut frames: UnboundedReceiver<Frame>, shared: &Arc<Shared>) {
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Some(Frame::Text(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() {
                        return;
                    }
                }
                Some(Frame::Close) => {
                    drop(socket.send(Message::Close(None)).await);
                    return;
                }
                Some(Frame::Freeze) => return frozen(socket, frames).await,
                Some(Frame::Drop) | None => return,
            },
            said = socket.recv() => match said {
                Some(Ok(Message::Text(text))) => acknowledged(&text, shared),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => {}
            },
        }
    }
}

/// Takes everything and gives nothing, until it is dropped.
async fn frozen(socket: WebSocket, mut frames: UnboundedReceiver<Frame>) {
    while let Some(frame) = frames.recv().await {
        if matches!(frame, Frame::Drop) {
            break;
        }
    }
    drop(socket);
}

fn acknowledged(text: &str, shared: &Arc<Shared>) {
    let said: Value = serde_json::from_str(text).unwrap_or_default();
    if let Some(envelope) = said["envelope_id"].as_str() {
        shared.act(|world| world.post.acknowledge(envelope));
    }
}
