//! A way to the server that loses one answer: what was asked arrives, what is answered does not.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use store_postgres::testkit::Database;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// Carries connections to a database until somebody asks something with the marker in it.
pub(crate) struct Severed {
    url: String,
    lost: Arc<AtomicU32>,
    _directory: TempDir,
}

impl Severed {
    /// Loses the answers to the first `losses` questions with the marker in them.
    pub(crate) fn new(database: &Database, marker: &'static str, losses: u32) -> Self {
        let directory = TempDir::new().expect("a directory for the test");
        let (place, server) = database.url().split_once("?host=").expect("the test server has a socket");
        let server = Path::new(server).join(".s.PGSQL.5432");
        let listener = UnixListener::bind(directory.path().join(".s.PGSQL.5432")).expect("a socket is made");
        let lost = Arc::new(AtomicU32::new(0));
        let loss = Loss { marker, lost: Arc::clone(&lost), losses };
        tokio::spawn(serve(listener, server, loss));
        let url = format!("{place}?host={}", directory.path().display());
        Self { url, lost, _directory: directory }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns how many answers were lost.
    pub(crate) fn lost(&self) -> u32 {
        self.lost.load(Ordering::SeqCst)
    }
}

/// Which answers are lost, and how many.
#[derive(Clone)]
struct Loss {
    marker: &'static str,
    lost: Arc<AtomicU32>,
    losses: u32,
}

impl Loss {
    /// Tells whether the answer to a question is to be lost.
    fn strikes(&self, question: &[u8]) -> bool {
        let marked = question.windows(self.marker.len()).any(|part| part == self.marker.as_bytes());
        let strikes = marked && self.lost.load(Ordering::SeqCst) < self.losses;
        self.lost.fetch_add(u32::from(strikes), Ordering::SeqCst);
        strikes
    }
}

async fn serve(listener: UnixListener, server: PathBuf, loss: Loss) {
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&server).await.expect("the server takes connections");
        // How a connection ends is not looked at: that some break is what this is for.
        tokio::spawn(carry(client, server, loss.clone()));
    }
}

async fn carry(mut client: UnixStream, mut server: UnixStream, loss: Loss) -> io::Result<()> {
    let (mut asked, mut answered) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => {
                let question = &asked[..read?];
                if question.is_empty() {
                    return Ok(());
                }
                server.write_all(question).await?;
                if loss.strikes(question) {
                    // The answer comes after the commit; both ends are closed without passing it on.
                    return server.readable().await;
                }
            }
            read = server.read(&mut answered) => {
                let answer = &answered[..read?];
                if answer.is_empty() {
                    return Ok(());
                }
                client.write_all(answer).await?;
            }
        }
    }
}
