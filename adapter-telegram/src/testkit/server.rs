//! Starting and stopping the server, on a thread of its own: tests may block theirs.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, watch};

use super::{BotApi, Inner, Shared, World, http, webhook};

const FIRST_PORT: u16 = 20_000;
const PORTS: u64 = 12_000;
const USERNAME: &str = "incident_desk_bot";
const TOKEN: &str = "7000000001:AAExampleTokenOfTheTestServer00000";

/// A running server; dropping it closes every connection.
#[derive(Debug)]
pub(super) struct Server {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn run(listener: TcpListener, shared: Arc<Shared>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = watch::channel(false);
        let work = move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener)
                    .expect("a bound, non-blocking listener is usable");
                let delivery = tokio::spawn(webhook::deliver(Arc::clone(&shared)));
                http::serve(listener, shared, stopped).await;
                delivery.abort();
            });
        };
        let thread = std::thread::Builder::new().name("bot-api".to_owned()).spawn(work)?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        let joined = self.thread.take().map(JoinHandle::join);
        // A panic of the server thread has printed itself; the test fails by what it then misses.
        drop(joined);
    }
}

/// The server.
impl BotApi {
    /// Starts a server on a free port with an empty world.
    ///
    /// # Panics
    /// If the loopback interface gives no port.
    pub fn start() -> Self {
        Self::on(bind_any())
    }

    /// Starts a server on the given port.
    ///
    /// # Panics
    /// If the port is taken.
    pub fn start_at(port: u16) -> Self {
        Self::on(bind(port))
    }

    fn on(listener: TcpListener) -> Self {
        let address = listener.local_addr().expect("a bound listener has an address");
        let world = Mutex::new(World::new(USERNAME, TOKEN));
        let shared = Arc::new(Shared { world, changed: Notify::new() });
        let server = Server::run(listener, Arc::clone(&shared)).expect("the server's thread starts");
        Self { inner: Arc::new(Inner { shared, address, server: Mutex::new(Some(server)) }) }
    }

    /// Closes the port and every connection; people may go on acting.
    pub fn stop(&self) {
        let server = self.inner.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(server);
    }

    /// Opens the same port again with the same world.
    ///
    /// # Panics
    /// If somebody else has taken the port meanwhile.
    pub fn restart(&self) {
        self.stop();
        let listener = bind(self.inner.address.port());
        let server =
            Server::run(listener, Arc::clone(&self.inner.shared)).expect("the server's thread starts");
        self.act(|world| world.webhook.forget_busy());
        *self.inner.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
    }

    /// Returns the address for `TELEGRAM_API_URL`, without a slash at its end.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// Returns the bot's token.
    pub fn token(&self) -> String {
        self.read(|world| world.token.clone())
    }

    /// Replaces the bot's token, as when it leaked; the old one is unauthorised from then on.
    pub fn set_token(&self, token: &str) {
        self.act(|world| token.clone_into(&mut world.token));
    }

    /// Returns the bot's user id.
    pub fn bot_id(&self) -> i64 {
        self.read(|world| world.bot)
    }

    /// Returns the bot's handle without `@`.
    pub fn bot_username(&self) -> String {
        self.read(|world| world.bot_username().to_owned())
    }
}

fn bind(port: u16) -> TcpListener {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).unwrap_or_else(|why| panic!("cannot listen on {address}: {why}"))
}

/// Binds a port below those the system hands out by itself, so that nobody gets it while the server is
/// stopped for a moment.
fn bind_any() -> TcpListener {
    let first = RandomState::new().hash_one(std::process::id());
    let ports =
        (0..PORTS).map(|step| FIRST_PORT + u16::try_from((first % PORTS + step) % PORTS).unwrap_or_default());
    let mut free = ports.filter_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
    free.next().expect("one of many thousand ports is free")
}
