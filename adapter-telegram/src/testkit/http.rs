//! The HTTP/1.1 side of the server: keep-alive connections whose end the server controls.
//!
//! A web framework hides the socket, and two things tests need are done on it: closing a connection
//! in the middle of a call with a real reset, and noticing that a client which waits for updates was
//! killed. What remains of HTTP for one known client is small.

use std::future::pending;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::Shared;
use super::methods;
use super::params::{Params, RequestBody};

const HEAD_LIMIT: usize = 64 * 1024;
const BODY_LIMIT: usize = 50 * 1024 * 1024;

/// What the server does about one request.
#[derive(Debug)]
pub(super) enum Reply {
    /// A JSON body with the given status.
    Json(u16, String),
    /// A page as a proxy in front of the server would send it.
    Html(u16, &'static str),
    /// The connection is torn down without a byte of answer.
    Reset,
}

/// One request as it came over the wire.
#[derive(Debug)]
pub(super) struct Request {
    target: String,
    content_type: String,
    close: bool,
    body: Vec<u8>,
}

impl Request {
    /// Splits `/bot<token>/<method>?<query>` and decodes the parameters of query and body.
    pub(super) fn call(&self) -> Option<(String, String, Params)> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let (token, method) = path.strip_prefix("/bot")?.split_once('/')?;
        let body = RequestBody { content_type: &self.content_type, bytes: &self.body };
        Some((token.to_owned(), method.to_owned(), Params::decode(query, &body)))
    }
}

/// Accepts connections until `stop` changes, then drops them all.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                connections.spawn(converse(stream, Arc::clone(&shared)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let mut connection = Connection { stream, buffer: Vec::new() };
    if connection.stream.set_nodelay(true).is_err() {
        return;
    }
    while let Ok(Some(request)) = connection.read().await {
        let reply = tokio::select! {
            biased;
            reply = methods::answer(&shared, &request) => reply,
            () = connection.gone() => return,
        };
        if connection.write(reply).await.is_err() || request.close {
            return;
        }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn read(&mut self) -> io::Result<Option<Request>> {
        let head_end = match self.read_past(b"\r\n\r\n").await {
            Ok(end) => end,
            Err(why) if why.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(why) => return Err(why),
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        self.buffer.drain(..head_end + 4);
        let header = |name: &str| header(&head, name);
        let chunked = header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
        let body = if chunked {
            self.read_chunks().await?
        } else {
            let length = header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            self.read_exactly(length).await?
        };
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let close = header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        let content_type = header("content-type").unwrap_or_default().to_owned();
        Ok(Some(Request { target, content_type, close, body }))
    }

    /// Reads until `mark` is in the buffer and tells where.
    async fn read_past(&mut self, mark: &[u8]) -> io::Result<usize> {
        loop {
            if let Some(end) = find(&self.buffer, mark) {
                return Ok(end);
            }
            if self.buffer.len() > HEAD_LIMIT {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.fill().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    async fn read_exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > BODY_LIMIT {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.buffer.len() < length {
            if self.fill().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    async fn read_chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line_end = self.read_past(b"\r\n").await?;
            let line = String::from_utf8_lossy(&self.buffer[..line_end]).into_owned();
            self.buffer.drain(..line_end + 2);
            let size = usize::from_str_radix(line.split(';').next().unwrap_or_default().trim(), 16)
                .map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            let chunk = self.read_exactly(size + 2).await?;
            body.extend_from_slice(&chunk[..size]);
            if size == 0 || body.len() > BODY_LIMIT {
                return Ok(body);
            }
        }
    }

    async fn fill(&mut self) -> io::Result<usize> {
        self.stream.read_buf(&mut self.buffer).await
    }

    /// Resolves when the client has closed its end; stays pending while it merely waits.
    async fn gone(&self) {
        let mut probe = [0_u8; 1];
        match self.stream.peek(&mut probe).await {
            Ok(0) | Err(_) => {}
            Ok(_) => pending().await,
        }
    }

    async fn write(&mut self, reply: Reply) -> io::Result<()> {
        let (status, content_type, body) = match &reply {
            Reply::Json(status, body) => (*status, "application/json", body.as_str()),
            Reply::Html(status, body) => (*status, "text/html", *body),
            Reply::Reset => {
                self.stream.set_zero_linger()?;
                return Err(io::ErrorKind::ConnectionReset.into());
            }
        };
        let mut answer = format!(
            "HTTP/1.1 {status} {}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
            reason(status),
            body.len()
        )
        .into_bytes();
        answer.extend_from_slice(body.as_bytes());
        self.stream.write_all(&answer).await
    }
}

fn header<'head>(head: &'head str, name: &str) -> Option<&'head str> {
    head.lines().skip(1).find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Finds the first occurrence of `needle`, which must not be empty.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        _ => "Unknown",
    }
}
