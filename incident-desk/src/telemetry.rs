//! Logs and metrics: what the desk tells about itself.
//!
//! Everything logs through `tracing` and counts through `metrics`; this is the one place that decides where that
//! goes. Log lines go to standard error, so that standard output stays free for what commands print, and every
//! line passes a guard that takes the configured secrets out of it.

mod hook;
mod redaction;

use std::{
    fmt,
    io::{self, IsTerminal},
};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::SecretString;
use tracing::{Level, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::ParseError, filter::filter_fn, fmt::MakeWriter, layer::SubscriberExt,
    registry::LookupSpan, util::SubscriberInitExt, util::TryInitError,
};

pub use self::hook::Farewell;
use self::redaction::Redacting;
use crate::config::{LogFilter, LogFormat};
use crate::tally;

// Below `info`, the libraries underneath say far more than we do, and some of it about requests with tokens.
const OURS: [&str; 7] = [
    "incident_desk",
    "incident_core",
    "store_sqlite",
    "store_postgres",
    "adapter_telegram",
    "adapter_slack",
    "adapter_discord",
];

/// Says why logs or metrics could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The filter is none; a validated configuration holds no such filter.
    #[error("the log filter is not valid")]
    Filter(#[source] ParseError),
    /// Something in this process already receives logs.
    #[error("logs are already being written somewhere else")]
    Logs(#[source] TryInitError),
    /// Errors cannot be told to the URL.
    #[error("errors cannot be told to ERROR_HOOK_URL")]
    Hook(#[source] io::Error),
    /// Something in this process already receives metrics, or they are set up wrongly.
    #[error("metrics cannot be recorded")]
    Metrics(#[source] BuildError),
}

/// Starts logging to standard error, and errors to a URL if one is given, with the given secrets taken out of every
/// line. Keep what is returned until the process ends: it waits a moment for the last error to be told.
///
/// # Errors
///
/// If the process already logs, which means that this was called twice, or errors cannot be told.
pub fn init(
    filter: &LogFilter,
    format: LogFormat,
    secrets: Vec<SecretString>,
    hook: Option<&SecretString>,
) -> Result<Farewell, TelemetryError> {
    let colours = format == LogFormat::Text && io::stderr().is_terminal();
    let (errors, farewell) = match hook {
        Some(url) => {
            let (lines, farewell) = hook::start(url).map_err(TelemetryError::Hook)?;
            (Some(errors(Redacting::new(lines, secrets.clone()))), farewell)
        }
        None => (None, Farewell::none()),
    };
    let writer = Redacting::new(io::stderr, secrets);
    let subscriber = subscriber(filter, format, colours, writer)?.with(errors);
    subscriber.try_init().map_err(TelemetryError::Logs)?;
    Ok(farewell)
}

/// Writes errors, and nothing else, as lines of JSON.
fn errors<S, W>(writer: W) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false);
    // What an error happened in tells which request it was.
    let told = |about: &tracing::Metadata<'_>| {
        *about.level() <= if about.is_span() { Level::INFO } else { Level::ERROR }
    };
    lines.json().flatten_event(true).with_filter(filter_fn(told))
}

fn subscriber<W>(
    filter: &LogFilter,
    format: LogFormat,
    colours: bool,
    writer: W,
) -> Result<impl Subscriber + for<'a> LookupSpan<'a> + Send + Sync, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder().parse(directives(filter)).map_err(TelemetryError::Filter)?;
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    Ok(Registry::default().with(lines.with_filter(filter)))
}

fn directives(filter: &LogFilter) -> String {
    match filter {
        LogFilter::Level(level) if *level > Level::INFO => {
            let ours = OURS.map(|target| format!(",{target}={filter}")).concat();
            format!("info{ours}")
        }
        LogFilter::Level(_) | LogFilter::Directives(_) => filter.to_string(),
    }
}

// From a commit on a fast disk to a reminder that came a minute late.
const SECONDS: [f64; 12] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0, 15.0, 60.0];

/// Reads the metrics that this process has recorded so far.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

// From a claim within the minute to an end after a week: half the time that drivers wait, and all of it.
const WAITS: [f64; 12] = [
    60.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 86_400.0, 259_200.0, 604_800.0,
];

impl Metrics {
    /// Starts recording everything that goes through the `metrics` macros.
    ///
    /// Until then those macros do nothing and cost next to nothing, so a process without a metrics listener
    /// need not call this. A process that does must call [`Metrics::upkeep`] now and then.
    ///
    /// # Errors
    ///
    /// If the process already records metrics, which means that this was called twice.
    pub fn install() -> Result<Self, TelemetryError> {
        let handle = builder().and_then(PrometheusBuilder::install_recorder);
        handle.map(Self).map_err(TelemetryError::Metrics)
    }

    /// Returns everything recorded, in the text format of Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds recorded durations together; without it they pile up for as long as nobody reads the metrics.
    ///
    /// Every few seconds is often enough.
    pub fn upkeep(&self) {
        self.0.run_upkeep();
    }

    /// Records only what the given function does, for tests that must not share a process-wide recorder.
    #[cfg(test)]
    pub(crate) fn of(work: impl FnOnce()) -> Self {
        let recorder = builder().expect("there are buckets").build_recorder();
        metrics::with_local_recorder(&recorder, work);
        Self(recorder.handle())
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    let long = [tally::CLAIM, tally::RESOLUTION].map(|name| Matcher::Full(name.to_owned()));
    let quick =
        PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
    long.into_iter().try_fold(quick?, |builder, name| builder.set_buckets_for_metric(name, &WAITS))
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use serde_json::Value;

    use super::*;

    const TOKEN: &str = "123456:TEST-token_000000000000000000";

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Page {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no writer panicked").clone()).expect("logs are UTF-8")
        }
    }

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no writer panicked").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &LogFilter, format: LogFormat, work: impl FnOnce()) -> String {
        let page = Page::default();
        let to_page = page.clone();
        let writer = Redacting::new(move || to_page.clone(), vec![TOKEN.into()]);
        let subscriber = subscriber(filter, format, false, writer).expect("the filter is good");
        tracing::subscriber::with_default(subscriber, work);
        page.text()
    }

    #[test]
    fn a_secret_is_taken_out_of_messages_fields_and_spans_in_both_formats() {
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(&LogFilter::Level(Level::INFO), format, || {
                let _span =
                    tracing::info_span!("call", url = format!("https://host/bot{TOKEN}/getMe")).entered();
                tracing::info!(error = ?format!("failed for {TOKEN}"), "again {TOKEN}{TOKEN}");
            });
            assert!(!text.contains(TOKEN), "{text}");
            assert!(text.contains("https://host/bot[redacted]/getMe"), "{text}");
            assert!(text.contains("failed for [redacted]"), "{text}");
            assert!(text.contains("again [redacted][redacted]"), "{text}");
        }
    }

    #[test]
    fn a_json_line_holds_message_fields_and_spans() {
        let text = logged(&LogFilter::Level(Level::INFO), LogFormat::Json, || {
            let _span = tracing::info_span!("update", correlation = "tg:1:7").entered();
            tracing::warn!(chat = 5, "late");
        });
        let mut line: Value = serde_json::from_str(&text).expect("one line of JSON");
        let timestamp = line.as_object_mut().and_then(|line| line.remove("timestamp"));
        assert!(timestamp.is_some_and(|timestamp| timestamp.is_string()), "{text}");
        let span = serde_json::json!({"name": "update", "correlation": "tg:1:7"});
        let expected = serde_json::json!({
            "level": "WARN", "message": "late", "chat": 5, "target": module_path!(), "span": span, "spans": [span],
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn only_errors_are_told_and_without_secrets() {
        let page = Page::default();
        let to_page = page.clone();
        let writer = Redacting::new(move || to_page.clone(), vec![TOKEN.into()]);
        let subscriber = Registry::default().with(errors(writer));
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("update", correlation = "tg:1:7").entered();
            tracing::warn!("it will be tried again");
            tracing::error!(url = format!("https://host/bot{TOKEN}/getMe"), "it is broken");
        });
        let line: Value = serde_json::from_str(&page.text()).expect("one line of JSON");
        let told = ["level", "message", "url"].map(|name| line[name].as_str().unwrap_or_default().to_owned());
        assert_eq!(told, ["ERROR", "it is broken", "https://host/bot[redacted]/getMe"]);
        assert_eq!(line["span"]["correlation"], "tg:1:7");
    }

    #[test]
    fn a_level_opens_our_own_modules_and_leaves_the_libraries_at_info() {
        let text = logged(&LogFilter::Level(Level::DEBUG), LogFormat::Text, || {
            tracing::debug!(target: "adapter_telegram::listener", "ours");
            tracing::debug!(target: "hyper::client", "theirs");
            tracing::info!(target: "hyper::client", "important");
            tracing::trace!(target: "adapter_telegram::listener", "too much");
        });
        let words: Vec<_> = text.lines().filter_map(|line| line.rsplit(": ").next()).collect();
        assert_eq!(words, ["ours", "important"]);
    }

    #[test]
    fn directives_are_taken_as_they_are() {
        let filter = LogFilter::Directives("error,hyper=debug".to_owned());
        let text = logged(&filter, LogFormat::Text, || {
            tracing::info!(target: "incident_desk", "ours");
            tracing::debug!(target: "hyper::client", "theirs");
        });
        let words: Vec<_> = text.lines().filter_map(|line| line.rsplit(": ").next()).collect();
        assert_eq!(words, ["theirs"]);
    }

    #[test]
    fn durations_are_rendered_as_histograms() {
        let metrics = Metrics::of(|| metrics::histogram!("round_seconds").record(0.002));
        metrics.upkeep();
        let text = metrics.render();
        let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("round_seconds_bucket")).collect();
        assert_eq!(
            lines,
            ["# TYPE round_seconds histogram", "round_seconds_sum 0.002", "round_seconds_count 1", ""]
        );
        assert!(
            text.contains("round_seconds_bucket{le=\"0.001\"} 0\nround_seconds_bucket{le=\"0.0025\"} 1\n"),
            "{text}"
        );
    }
}
