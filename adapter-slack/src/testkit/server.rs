//! The server itself: a thread of its own, so that a test may stop its clock.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::delivery::Frame;
use super::http;
use super::world::World;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A Slack on a port of this machine. Clones are the same one.
#[derive(Debug, Clone)]
pub struct SlackServer {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The workspace, and a bell that rings when something changes in it.
#[derive(Debug)]
pub(super) struct Shared {
    world: Mutex<World>,
    changed: Notify,
}

impl Shared {
    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let result = act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_waiters();
        result
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Running {
    fn start(listener: TcpListener, shared: Arc<Shared>) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let serve = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.expect("a runtime starts");
            runtime.block_on(async {
                listener.set_nonblocking(true).expect("a listener need not block");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a bound listener serves");
                let serving = axum::serve(listener, http::router(Arc::clone(&shared)));
                let looking = http::look_after(shared);
                tokio::select! {
                    _ = stopped => {}
                    _ = serving.into_future() => {}
                    () = looking => {}
                }
            });
            // With the runtime, every connection breaks.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new().name("slack".to_owned()).spawn(serve);
        Self { stop: Some(stop), thread: Some(thread.expect("the server's thread starts")) }
    }
}

impl SlackServer {
    /// Starts a Slack with an empty workspace.
    ///
    /// # Panics
    /// If this machine has no port.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("this machine has a port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let world = Mutex::new(World::new(format!("http://{address}")));
        let shared = Arc::new(Shared { world, changed: Notify::new() });
        let running = Running::start(listener, Arc::clone(&shared));
        Self { inner: Arc::new(Inner { shared, address, running: Mutex::new(Some(running)) }) }
    }

    /// Closes the port and breaks every connection; people may go on acting.
    pub fn stop(&self) {
        let running = self.inner.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(running);
        self.act(|world| world.post.broadcast(&Frame::Drop));
    }

    /// Opens the same port again with the same workspace.
    ///
    /// # Panics
    /// If somebody else has taken the port meanwhile.
    pub fn restart(&self) {
        self.stop();
        let listener = TcpListener::bind(self.inner.address).expect("the port is still free");
        let running = Running::start(listener, Arc::clone(&self.inner.shared));
        *self.inner.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    }

    /// Returns the address for `SLACK_API_URL`.
    pub fn url(&self) -> String {
        format!("http://{}/api", self.inner.address)
    }

    /// Returns the app's bot token.
    pub fn bot_token(&self) -> String {
        self.read(|world| world.bot_token.clone())
    }

    /// Returns the app's own token, for sockets.
    pub fn app_token(&self) -> String {
        self.read(|world| world.app_token.clone())
    }

    /// Returns what requests are signed with.
    pub fn signing_secret(&self) -> String {
        self.read(|world| world.signing_secret.clone())
    }

    /// Waits until something can be found in the workspace.
    ///
    /// # Panics
    /// If that takes longer than a test should.
    pub async fn wait_for<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        // The time is that of the machine: a test may have stopped the clock of its runtime.
        let until = std::time::Instant::now() + PATIENCE;
        loop {
            // The bell rings at every tick of the server, too.
            let mut changed = std::pin::pin!(self.inner.shared.changed.notified());
            changed.as_mut().enable();
            if let Some(found) = find(self) {
                return found;
            }
            assert!(
                std::time::Instant::now() < until,
                "waited in vain for {what}; {}",
                self.read(World::told)
            );
            changed.await;
        }
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.inner.shared.read(look)
    }

    pub(super) fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.inner.shared.act(act)
    }
}
