//! A way to a PostgreSQL server on which every question arrives later, from when that is wanted.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::Instant;

const SOCKET: &str = ".s.PGSQL.5432";

/// A socket in a directory of its own, before that of the server.
pub(crate) struct Slowed {
    url: String,
    /// How much later, in milliseconds.
    by: Arc<AtomicU64>,
    _directory: TempDir,
}

impl Slowed {
    /// Stands before a server that has a socket in a directory, and slows nothing yet; `None` for others.
    pub(crate) fn before(url: &str) -> Option<Self> {
        let (place, query) = url.split_once('?')?;
        let host = query.split('&').find_map(|part| part.strip_prefix("host="))?;
        let real = PathBuf::from(host).join(SOCKET);
        let directory = tempfile::tempdir().expect("there is room for temporary files");
        let listener = UnixListener::bind(directory.path().join(SOCKET)).expect("a socket can be made");
        let own = query.replacen(&format!("host={host}"), &format!("host={}", directory.path().display()), 1);
        let by = Arc::<AtomicU64>::default();
        let now = Arc::clone(&by);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(between(client, real.clone(), Arc::clone(&now)));
            }
        });
        Some(Self { url: format!("{place}?{own}"), by, _directory: directory })
    }

    /// Lets every question arrive so many milliseconds later from now on.
    pub(crate) fn slow(&self, by: u64) {
        self.by.store(by, Ordering::Relaxed);
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

async fn between(client: UnixStream, real: PathBuf, by: Arc<AtomicU64>) {
    let server = UnixStream::connect(real).await.expect("the server listens");
    let ((asks, hears), (answers, takes)) = (client.into_split(), server.into_split());
    tokio::spawn(delayed(asks, takes, by));
    delayed(answers, hears, Arc::default()).await;
}

/// Carries on what comes in, each piece so much later; they overtake and hold up each other as little as on a long wire.
async fn delayed(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, by: Arc<AtomicU64>) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    tokio::spawn(async move {
        while let Some((at, piece)) = receiver.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
    });
    let mut buffer = vec![0; 65_536];
    while let Ok(length) = read(&mut from, &mut buffer).await {
        let at = Instant::now() + Duration::from_millis(by.load(Ordering::Relaxed));
        if length == 0 || sender.send((at, buffer[..length].to_vec())).is_err() {
            break;
        }
    }
}

async fn read(from: &mut OwnedReadHalf, buffer: &mut [u8]) -> io::Result<usize> {
    from.read(buffer).await
}
