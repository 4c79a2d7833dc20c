//! Connections to the address for requests. Whoever says nothing for too long is hung up on, so that nobody keeps a
//! connection, or the end of the listener, waiting.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a connection may last, however much is said over it.
const LIFE: Duration = Duration::from_secs(10 * 60);

/// An address that is listened on.
pub(super) struct Peers {
    pub(super) listener: TcpListener,
    /// How long somebody may say nothing.
    pub(super) silence: Duration,
}

/// A connection.
pub(super) struct Peer {
    stream: TcpStream,
    silence: Duration,
    dies: Instant,
    ends: Pin<Box<Sleep>>,
}

impl Listener for Peers {
    type Io = Peer;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Peer, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let now = Instant::now();
        let ends = Box::pin(sleep_until(now + self.silence));
        (Peer { stream, silence: self.silence, dies: now + LIFE, ends }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Peer {
    fn spoken(&mut self) {
        let ends = (Instant::now() + self.silence).min(self.dies);
        self.ends.as_mut().reset(ends);
    }

    fn patient<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.spoken();
            return done;
        }
        match self.ends.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Peer {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let peer = self.get_mut();
        let read = Pin::new(&mut peer.stream).poll_read(context, buffer);
        peer.patient(context, read)
    }
}

impl AsyncWrite for Peer {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let peer = self.get_mut();
        let written = Pin::new(&mut peer.stream).poll_write(context, bytes);
        peer.patient(context, written)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    const SILENCE: Duration = Duration::from_secs(25);

    async fn connected() -> (Peer, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let mut peers = Peers { listener, silence: SILENCE };
        let (accepted, stream) = tokio::join!(peers.accept(), TcpStream::connect(address));
        (accepted.0, stream.expect("it listens"))
    }

    /// Waits for another byte, and says how long that took.
    async fn heard(peer: &mut Peer) -> (io::Result<u8>, Duration) {
        let begun = Instant::now();
        (peer.read_u8().await, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_says_nothing_is_waited_for_so_long_and_not_longer() {
        let (mut peer, stream) = connected().await;
        let (ended, waited) = heard(&mut peer).await;
        assert_eq!(ended.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
        assert!((SILENCE..SILENCE + Duration::from_secs(1)).contains(&waited), "{waited:?}");
        drop(stream);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_ends_some_day_however_much_is_said() {
        let (mut peer, mut stream) = connected().await;
        let begun = Instant::now();
        while begun.elapsed() + SILENCE / 2 < LIFE {
            stream.write_u8(7).await.expect("it is connected");
            assert_eq!(heard(&mut peer).await.0.ok(), Some(7), "after {:?}", begun.elapsed());
            tokio::time::advance(SILENCE / 2).await;
        }
        let (ended, _) = heard(&mut peer).await;
        assert_eq!(ended.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
        assert!((LIFE..LIFE + Duration::from_secs(1)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }
}
