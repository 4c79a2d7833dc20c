//! Errors, told to whoever watches over the desk: each is posted as one line of JSON to a URL.
//!
//! Nothing waits for it. What cannot be posted soon enough is counted and left out, and the next line that goes out says
//! how many there were. What fails for a while and is tried again is a warning, and is not told at all.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::fmt::MakeWriter;

/// How many lines wait at most; with the longest ones they are a megabyte.
const WAITING: usize = 64;
/// The longest line that is told, in bytes.
const LONGEST: usize = 16 * 1024;
/// How many lines are told at once, and again in each [`PERIOD`].
const BURST: u32 = 30;
const PERIOD: Duration = Duration::from_secs(60);
/// How long a post may take.
const POST_LIMIT: Duration = Duration::from_secs(5);
/// How long the end of the process waits for what is under way.
const FAREWELL: Duration = Duration::from_secs(2);

/// The header that says how many lines were left out since the last one.
const LEFT_OUT: &str = "x-left-out";

enum Told {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Takes finished lines, and never waits.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    sender: SyncSender<Told>,
    left_out: Arc<AtomicU64>,
}

impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Line(_) => "Line",
            Self::Flush(_) => "Flush",
        })
    }
}

impl Lines {
    fn put(&self, line: Vec<u8>) {
        let fits = line.len() <= LONGEST;
        if !fits || self.sender.try_send(Told::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            metrics::counter!("error_hook_lines_total", "outcome" => "left_out").increment(1);
        }
    }
}

/// One line in the making.
#[derive(Debug)]
pub(super) struct LineWriter {
    lines: Lines,
    held: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = LineWriter;

    fn make_writer(&'a self) -> LineWriter {
        LineWriter { lines: self.clone(), held: Vec::new() }
    }
}

impl Write for LineWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for LineWriter {
    fn drop(&mut self) {
        if !self.held.is_empty() {
            self.lines.put(std::mem::take(&mut self.held));
        }
    }
}

/// Waits, at the end of the process, until what went wrong last is told.
#[derive(Debug)]
pub struct Farewell(Option<SyncSender<Told>>);

impl Farewell {
    /// Waits for nothing.
    pub(super) const fn none() -> Self {
        Self(None)
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        let Some(sender) = self.0.take() else { return };
        let (done, told) = sync_channel(1);
        if sender.try_send(Told::Flush(done)).is_ok() {
            // Whether it was told or took too long: the process ends.
            told.recv_timeout(FAREWELL).ok();
        }
    }
}

/// Starts a thread that posts lines to a URL.
///
/// # Errors
/// If there can be no such thread, or no HTTP client.
pub(super) fn start(url: &SecretString) -> io::Result<(Lines, Farewell)> {
    let (sender, receiver) = sync_channel(WAITING);
    let left_out = Arc::new(AtomicU64::new(0));
    let client = reqwest::Client::builder().timeout(POST_LIMIT).redirect(reqwest::redirect::Policy::none());
    let client = client.build().map_err(|error| io::Error::other(error.without_url()))?;
    let poster = Poster {
        client,
        url: url.clone(),
        left_out: Arc::clone(&left_out),
        budget: Budget::new(Instant::now()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new().name("error-hook".to_owned()).spawn(move || poster.run(&runtime, &receiver))?;
    Ok((Lines { sender: sender.clone(), left_out }, Farewell(Some(sender))))
}

struct Poster {
    client: reqwest::Client,
    url: SecretString,
    left_out: Arc<AtomicU64>,
    budget: Budget,
}

impl Poster {
    fn run(mut self, runtime: &tokio::runtime::Runtime, lines: &Receiver<Told>) {
        // What goes wrong while errors are told must not be told in turn.
        let _silent = tracing::subscriber::set_default(tracing::subscriber::NoSubscriber::default());
        for told in lines {
            match told {
                Told::Line(line) if self.budget.allows(Instant::now()) => {
                    let outcome = runtime.block_on(self.post(line));
                    metrics::counter!("error_hook_lines_total", "outcome" => outcome).increment(1);
                }
                Told::Line(_) => {
                    self.left_out.fetch_add(1, Ordering::Relaxed);
                    metrics::counter!("error_hook_lines_total", "outcome" => "left_out").increment(1);
                }
                // Nobody may be waiting any more.
                Told::Flush(done) => match done.try_send(()) {
                    Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
                },
            }
        }
    }

    /// Posts a line once; an error that nobody hears is in the log all the same.
    async fn post(&self, line: Vec<u8>) -> &'static str {
        let left_out = self.left_out.swap(0, Ordering::Relaxed);
        let post = self.client.post(self.url.expose_secret()).header("content-type", "application/json");
        let answer = post.header(LEFT_OUT, left_out).body(line).send().await;
        match answer {
            Ok(answer) if answer.status().is_success() => "told",
            Ok(_) | Err(_) => {
                self.left_out.fetch_add(left_out + 1, Ordering::Relaxed);
                "failed"
            }
        }
    }
}

/// How many lines may be told now.
#[derive(Debug)]
struct Budget {
    left: u32,
    since: Instant,
}

impl Budget {
    const fn new(now: Instant) -> Self {
        Self { left: BURST, since: now }
    }

    fn allows(&mut self, now: Instant) -> bool {
        if now.duration_since(self.since) >= PERIOD {
            *self = Self::new(now);
        }
        let allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_lines_are_told_in_a_period_and_no_more() {
        let begin = Instant::now();
        let mut budget = Budget::new(begin);
        let allowed = |budget: &mut Budget, at| (0..2 * BURST).filter(|_| budget.allows(begin + at)).count();
        assert_eq!(allowed(&mut budget, Duration::ZERO), BURST as usize);
        assert_eq!(allowed(&mut budget, PERIOD - Duration::from_millis(1)), 0);
        assert_eq!(allowed(&mut budget, PERIOD), BURST as usize);
    }

    #[test]
    fn what_finds_no_room_or_is_too_long_is_counted_and_waits_for_nobody() {
        let (sender, receiver) = sync_channel(WAITING);
        let lines = Lines { sender, left_out: Arc::default() };
        for number in 0..WAITING + 3 {
            let mut line = lines.make_writer();
            write!(line, "line {number}").expect("a line takes everything");
        }
        lines.put(vec![b'x'; LONGEST + 1]);
        assert_eq!(lines.left_out.load(Ordering::Relaxed), 4);
        assert_eq!(receiver.try_iter().count(), WAITING);
    }
}
