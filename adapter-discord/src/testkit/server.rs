//! Starting and stopping the server, on a thread of its own: tests may block theirs.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{Notify, watch};

use super::{DiscordApi, Inner, Shared, World, gateway, rest};

const TOKEN: &str = "OTAwMDAwMDAwMDAwMDAwMDAx.GExmpl.ExampleTokenOfTheTestServer000000000000";

/// A running server; dropping it closes every connection.
#[derive(Debug)]
pub(super) struct Server {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn run(rest: TcpListener, gateway: TcpListener, shared: Arc<Shared>) -> io::Result<Self> {
        rest.set_nonblocking(true)?;
        gateway.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = watch::channel(false);
        let work = move || {
            runtime.block_on(async {
                let usable = "a bound, non-blocking listener is usable";
                let rest = tokio::net::TcpListener::from_std(rest).expect(usable);
                let gateway = tokio::net::TcpListener::from_std(gateway).expect(usable);
                let accepting = tokio::spawn(gateway::serve(gateway, Arc::clone(&shared)));
                rest::serve(rest, Arc::clone(&shared), stopped).await;
                accepting.abort();
            });
        };
        let thread = std::thread::Builder::new().name("discord".to_owned()).spawn(work)?;
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
impl DiscordApi {
    /// Starts a server on free ports with an empty world.
    ///
    /// # Panics
    /// If the loopback interface gives no port.
    pub fn start() -> Self {
        let (rest, gateway) = (bind(0), bind(0));
        let address =
            |listener: &TcpListener| listener.local_addr().expect("a bound listener has an address");
        let (address, door) = (address(&rest), address(&gateway));
        let mut world = World::new(TOKEN);
        world.base = format!("http://{address}");
        world.gateway.place(door);
        let shared = Arc::new(Shared { world: Mutex::new(world), changed: Notify::new() });
        let server = Server::run(rest, gateway, Arc::clone(&shared)).expect("the server's thread starts");
        Self { inner: Arc::new(Inner { shared, address, gateway: door, server: Mutex::new(Some(server)) }) }
    }

    /// Closes the ports and every connection; people may go on acting.
    pub fn stop(&self) {
        let server = self.inner.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(server);
        self.act(|world| world.gateway.disconnect());
    }

    /// Opens the same ports again with the same world.
    ///
    /// # Panics
    /// If somebody else has taken one of them meanwhile.
    pub fn restart(&self) {
        self.stop();
        let (rest, gateway) = (bind(self.inner.address.port()), bind(self.inner.gateway.port()));
        let server = Server::run(rest, gateway, Arc::clone(&self.inner.shared)).expect("the thread starts");
        *self.inner.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
    }

    /// Returns the address for `DISCORD_API_URL`, without a slash at its end.
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

    /// Returns the number of the bot's application.
    pub fn application_id(&self) -> u64 {
        self.read(|world| world.application)
    }

    /// Returns the bot's account.
    pub fn bot_id(&self) -> u64 {
        self.read(|world| world.bot)
    }
}

fn bind(port: u16) -> TcpListener {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).unwrap_or_else(|why| panic!("cannot listen on {address}: {why}"))
}
