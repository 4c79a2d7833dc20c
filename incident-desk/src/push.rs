//! Metrics, posted to whoever cannot come and read them. Nothing waits for it: a post that fails is counted, said once,
//! and made good by the next one, which tells everything anew.

use std::io;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

use crate::telemetry::Metrics;

/// How many posts there were, by what became of them.
const PUSHES: &str = "metrics_pushes_total";
/// How long a post may take.
const POST_LIMIT: Duration = Duration::from_secs(5);
/// How long the last one may take: the process ends.
const FAREWELL: Duration = Duration::from_secs(2);
/// What is posted, as Prometheus names its text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Posts all metrics now and then.
pub(crate) struct Pushing {
    client: reqwest::Client,
    url: SecretString,
    every: Duration,
    metrics: Metrics,
    failing: bool,
}

impl Pushing {
    /// # Errors
    /// If there can be no HTTP client.
    pub(crate) fn new(url: &SecretString, every: Duration, metrics: Metrics) -> io::Result<Self> {
        let client =
            reqwest::Client::builder().timeout(POST_LIMIT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(|error| io::Error::other(error.without_url()))?;
        Ok(Self { client, url: url.clone(), every, metrics, failing: false })
    }

    /// Posts until the process stops, and once more then.
    pub(crate) async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            self.post().await;
            tokio::select! {
                () = tokio::time::sleep(self.every) => {}
                _ = stopped.changed() => {}
            }
        }
        drop(tokio::time::timeout(FAREWELL, self.post()).await);
    }

    async fn post(&mut self) {
        let post = self.client.post(self.url.expose_secret()).header("content-type", TEXT);
        let posted = match post.body(self.metrics.render()).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("it was answered with {}", answer.status())),
            Err(error) => Err(error.without_url().to_string()),
        };
        let outcome = if posted.is_ok() { "done" } else { "failed" };
        metrics::counter!(PUSHES, "outcome" => outcome).increment(1);
        match posted {
            Err(reason) if !self.failing => {
                tracing::warn!(reason, "metrics cannot be posted to METRICS_PUSH_URL; the desk goes on");
            }
            Ok(()) if self.failing => tracing::info!("metrics are posted again"),
            Ok(()) | Err(_) => {}
        }
        self.failing = outcome == "failed";
    }
}
