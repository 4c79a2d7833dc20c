//! The gateway: sessions that remember what they were told, and connections that come and go.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_websockets::{CloseCode, Message, ServerBuilder, WebSocketStream};

use super::Shared;
use super::events::intent;
use super::world::World;

/// How often the bot is to give a sign of life, in milliseconds, where a test says nothing else.
const HEARTBEAT: u64 = 41_250;

/// What befalls a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blow {
    /// The connection breaks.
    Drop,
    /// It is closed, with a reason.
    Close(u16),
    /// The bot is told something about its session.
    Say(Value),
}

/// Something that is told, and to whom.
#[derive(Debug)]
struct Told {
    kind: String,
    data: Value,
    /// The intents by which it is heard, and those without which it has no content.
    wanted: u64,
    content: u64,
}

#[derive(Debug, Default)]
struct Session {
    intents: u64,
    events: Vec<Value>,
    over: bool,
}

/// What the gateway remembers.
#[derive(Debug)]
pub(super) struct Gateway {
    door: Option<SocketAddr>,
    sessions: BTreeMap<String, Session>,
    /// The connection that counts, and the session on it.
    current: Option<(u64, String)>,
    connections: u64,
    blow: Option<Blow>,
    identified: usize,
    resumed: usize,
    /// What is held back, if anything is.
    held: Option<Vec<Told>>,
    /// Whether everything is told twice.
    pub(super) twice: bool,
    /// How much of what was heard is told once more when a session is resumed.
    pub(super) overlap: usize,
    /// How often the bot is to give a sign of life, in milliseconds.
    pub(super) heartbeat: u64,
    /// Whether the gateway reads and says nothing.
    pub(super) deaf: bool,
    /// Whether the bot may read what people write.
    pub(super) content_allowed: bool,
    /// Whether the bot may hear of members.
    pub(super) members_allowed: bool,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            door: None,
            sessions: BTreeMap::new(),
            current: None,
            connections: 0,
            blow: None,
            identified: 0,
            resumed: 0,
            held: None,
            twice: false,
            overlap: 0,
            heartbeat: HEARTBEAT,
            deaf: false,
            content_allowed: true,
            members_allowed: true,
        }
    }
}

impl Gateway {
    pub(super) fn place(&mut self, door: SocketAddr) {
        self.door = Some(door);
    }

    fn address(&self) -> String {
        self.door.map_or_else(String::new, |door| format!("ws://{door}"))
    }

    pub(super) fn described(&self) -> Value {
        let limit = json!({"total": 1000, "remaining": 1000, "reset_after": 1000, "max_concurrency": 1});
        json!({"url": self.address(), "shards": 1, "session_start_limit": limit})
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        (self.identified, self.resumed)
    }

    pub(super) fn is_connected(&self) -> bool {
        self.current.is_some()
    }

    pub(super) fn disconnect(&mut self) {
        self.current = None;
    }

    pub(super) fn strike(&mut self, blow: Blow) {
        self.blow = Some(blow);
    }

    /// Tells every session that wants to hear it; without what it may not read.
    pub(super) fn tell(&mut self, kind: &str, data: Value, wanted: u64, content: u64) {
        let told = Told { kind: kind.to_owned(), data, wanted, content };
        match &mut self.held {
            Some(held) => held.push(told),
            None => self.pass_on(&told),
        }
    }

    fn pass_on(&mut self, Told { kind, data, wanted, content }: &Told) {
        for session in self.sessions.values_mut() {
            if session.over || session.intents & wanted != *wanted {
                continue;
            }
            let mut data = data.clone();
            if session.intents & content != *content {
                data["content"] = json!("");
                data["attachments"] = json!([]);
            }
            if self.twice {
                session.tell(kind, data.clone());
            }
            session.tell(kind, data);
        }
    }

    /// Holds back what is to be told from now on.
    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Tells what was held back, the last first.
    pub(super) fn release_backwards(&mut self) {
        let held = self.held.take().unwrap_or_default();
        held.iter().rev().for_each(|told| self.pass_on(told));
    }

    /// Tells the session on the line again what it was told last.
    pub(super) fn repeat(&mut self) {
        let Some((_, name)) = &self.current else { return };
        let Some(session) = self.sessions.get_mut(name) else { return };
        if let Some(mut last) = session.events.last().cloned() {
            last["s"] = json!(session.events.len() + 1);
            session.events.push(last);
        }
    }

    /// Ends all sessions, so that none can be resumed.
    pub(super) fn forget_sessions(&mut self) {
        self.sessions.values_mut().for_each(|session| session.over = true);
    }
}

impl Session {
    fn tell(&mut self, kind: &str, data: Value) {
        let number = self.events.len() + 1;
        self.events.push(json!({"op": 0, "s": number, "t": kind, "d": data}));
    }
}

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move { talk(stream, &shared).await });
    }
}

/// One connection.
struct Line<'a> {
    shared: &'a Shared,
    socket: WebSocketStream<TcpStream>,
    number: u64,
    /// How many events of the session were sent.
    sent: usize,
}

async fn talk(stream: TcpStream, shared: &Shared) {
    let Ok((_, socket)) = ServerBuilder::new().accept(stream).await else { return };
    let (number, heartbeat) = shared.change(|world| {
        world.gateway.connections += 1;
        (world.gateway.connections, world.gateway.heartbeat)
    });
    let mut line = Line { shared, socket, number, sent: 0 };
    line.say(&json!({"op": 10, "d": {"heartbeat_interval": heartbeat}})).await;
    while line.go_on().await.is_some() {}
    shared.change(|world| {
        if world.gateway.current.as_ref().is_some_and(|(current, _)| *current == number) {
            world.gateway.current = None;
        }
    });
}

impl Line<'_> {
    async fn say(&mut self, what: &Value) -> Option<()> {
        self.socket.send(Message::text(what.to_string())).await.ok()
    }

    /// Says what is to be said, then waits for the bot or for news; `None` when the connection is at its end.
    async fn go_on(&mut self) -> Option<()> {
        let changed = self.shared.changed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        let (blow, events) = self.shared.look(|world| self.due(world));
        for event in &events {
            self.say(event).await?;
            self.sent += 1;
        }
        match blow {
            Some(Blow::Drop) => return None,
            Some(Blow::Close(code)) => return self.close(code).await,
            Some(Blow::Say(what)) => self.say(&what).await?,
            None => {}
        }
        tokio::select! {
            heard = self.socket.next() => {
                let heard = heard?.ok()?;
                if heard.is_close() {
                    // The answer to a farewell.
                    return self.socket.close().await.ok().and(None);
                }
                let words = heard.as_text()?;
                let words = serde_json::from_str(words).ok()?;
                self.hear(&words).await
            }
            () = changed => Some(()),
        }
    }

    async fn close(&mut self, code: u16) -> Option<()> {
        let code = CloseCode::try_from(code).ok()?;
        self.socket.send(Message::close(Some(code), "closed on purpose")).await.ok()?;
        // The other side answers before the connection ends.
        while self.socket.next().await.is_some_and(|heard| heard.is_ok()) {}
        None
    }

    /// Takes what the connection that counts is to be told.
    fn due(&self, world: &mut World) -> (Option<Blow>, Vec<Value>) {
        let gateway = &mut world.gateway;
        let Some((current, name)) = &gateway.current else { return (None, Vec::new()) };
        if *current != self.number || gateway.deaf {
            return (None, Vec::new());
        }
        let events = gateway.sessions.get(name).map(|session| session.events[self.sent..].to_vec());
        (gateway.blow.take(), events.unwrap_or_default())
    }

    async fn hear(&mut self, words: &Value) -> Option<()> {
        let deaf = self.shared.read(|world| world.gateway.deaf);
        match words["op"].as_u64() {
            Some(1) if !deaf => self.say(&json!({"op": 11})).await,
            Some(2) => self.identify(&words["d"]).await,
            Some(6) => self.resume(&words["d"]).await,
            _ => Some(()),
        }
    }

    async fn identify(&mut self, asked: &Value) -> Option<()> {
        let number = self.number;
        let refused = self.shared.change(|world| {
            let intents = asked["intents"].as_u64().unwrap_or_default();
            if asked["token"].as_str().map(|token| token.trim_start_matches("Bot ")) != Some(&world.token) {
                return Some(4_004);
            }
            let forbidden = |allowed: bool, wanted: u64| !allowed && intents & wanted != 0;
            if forbidden(world.gateway.content_allowed, intent::CONTENT)
                || forbidden(world.gateway.members_allowed, intent::MEMBERS)
            {
                return Some(4_014);
            }
            world.welcome(number, intents);
            None
        });
        match refused {
            Some(code) => self.close(code).await,
            None => Some(()),
        }
    }

    async fn resume(&mut self, asked: &Value) -> Option<()> {
        let name = asked["session_id"].as_str().unwrap_or_default();
        let heard = usize::try_from(asked["seq"].as_u64().unwrap_or_default()).unwrap_or_default();
        let number = self.number;
        let known = self.shared.change(|world| {
            let gateway = &mut world.gateway;
            let session = gateway.sessions.get_mut(name).filter(|session| !session.over)?;
            let known = session.events.len();
            session.tell("RESUMED", json!({}));
            gateway.current = Some((number, name.to_owned()));
            gateway.resumed += 1;
            Some((known, gateway.overlap))
        });
        match known {
            Some((known, overlap)) => {
                let heard = heard.min(known);
                // Who the bot is, which comes first, is said once.
                self.sent = heard.saturating_sub(overlap).max(heard.min(1));
                Some(())
            }
            None => self.say(&json!({"op": 9, "d": false})).await,
        }
    }
}

impl World {
    /// Begins a session, which hears first who the bot is, and then of its guilds.
    fn welcome(&mut self, connection: u64, intents: u64) {
        let name = format!("session-{}", self.next_id());
        let guilds: Vec<u64> = self
            .guilds
            .iter()
            .filter(|(_, guild)| guild.members.contains_key(&self.bot))
            .map(|(id, _)| *id)
            .collect();
        let unavailable = |id: &u64| json!({"id": id.to_string(), "unavailable": true});
        let ready = json!({
            "v": 10,
            "user": self.user_json(self.bot),
            "guilds": guilds.iter().map(unavailable).collect::<Vec<_>>(),
            "session_id": name,
            "resume_gateway_url": self.gateway.address(),
            "application": self.application_json(),
        });
        let mut session = Session { intents, ..Session::default() };
        session.tell("READY", ready);
        if intents & intent::GUILDS != 0 {
            guilds.iter().for_each(|guild| session.tell("GUILD_CREATE", self.guild_create(*guild)));
        }
        self.gateway.sessions.insert(name.clone(), session);
        self.gateway.current = Some((connection, name));
        self.gateway.identified += 1;
    }
}
