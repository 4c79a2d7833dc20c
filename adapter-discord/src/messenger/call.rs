//! One call of the REST API, from a path and a body to a typed answer or a typed failure.
//!
//! The bodies are serenity's; the call is our own. serenity's client obeys limits only where it talks to discord.com
//! itself, waits inside the call, has no limit of time, and loses what a refusal says about waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use incident_core::adapter::Parts;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::multipart::Form;
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::{self, Limits, route};
use super::reading::{described, named, read, unreachable};
use super::{CALL_LIMIT, Discord, DiscordOptions, Inner, Known, Nonces, SetupError};
use crate::failure::{CallError, Refusal};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept.
const IDLE_LIMIT: Duration = Duration::from_secs(50);
/// How many unused connections are kept: about as many as a busy desk uses at once.
const MOST_IDLE: usize = 96;
/// How long a call waits for its turn; what must wait longer is for the desk to put off.
const SHORT_WAIT: Duration = Duration::from_secs(1);
/// The version of the API that is spoken.
const VERSION: &str = "v10";
/// Discord wants to know who calls.
const USER_AGENT: &str = concat!("DiscordBot (incident-desk, ", env!("CARGO_PKG_VERSION"), ")");

/// A call in the making.
#[derive(Debug)]
pub(crate) struct Call {
    method: Method,
    path: String,
    body: Body,
    limit: Duration,
    /// Whether it must not wait for others: somebody has three seconds.
    urgent: bool,
}

#[derive(Debug)]
enum Body {
    Nothing,
    Json(Value),
    Form(Value, Form),
}

impl Call {
    fn new(method: Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), body: Body::Nothing, limit: CALL_LIMIT, urgent: false }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn patch(path: &str) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) fn delete(path: &str) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// Sends this along.
    pub(crate) fn json(self, body: Value) -> Self {
        Self { body: Body::Json(body), ..self }
    }

    /// Sends files along with what is there already.
    pub(crate) fn files(self, form: Form) -> Self {
        let body = match self.body {
            Body::Json(json) | Body::Form(json, _) => Body::Form(json, form),
            Body::Nothing => Body::Form(Value::Null, form),
        };
        Self { body, ..self }
    }

    /// Gives it another time limit.
    pub(crate) fn within(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Lets it go ahead of all limits that it does not count against: answers to interactions have none.
    pub(crate) fn urgent(self) -> Self {
        Self { urgent: true, ..self }
    }
}

impl Discord {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// If the address is no http or https URL, the token cannot be one, or the HTTP client does not start.
    pub fn new(options: DiscordOptions) -> Result<Self, SetupError> {
        let DiscordOptions { token, api_url } = options;
        let api_url = bare(&api_url);
        let url = Url::parse(api_url).map_err(|_| SetupError::ApiUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(SetupError::ApiUrl);
        }
        let mut header = HeaderValue::from_str(&format!("Bot {}", token.expose_secret()))
            .map_err(|_| SetupError::Token)?;
        header.set_sensitive(true);
        if token.expose_secret().trim().is_empty() {
            return Err(SetupError::Token);
        }
        let mut client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_max_idle_per_host(MOST_IDLE)
            .tcp_nodelay(true)
            .default_headers([(AUTHORIZATION, header)].into_iter().collect())
            // The token must not be sent to wherever a redirect points.
            .redirect(Policy::none());
        if is_loopback(&url) {
            client = client.no_proxy();
        }
        let http = client
            .build()
            .map_err(|error| SetupError::Client { reason: described(error, token.expose_secret()) })?;
        let inner = Inner {
            http,
            base: format!("{api_url}/api/{VERSION}/").into(),
            token,
            limits: Mutex::new(Limits::default()),
            nonces: Mutex::new(Nonces::default()),
            parts: Parts::default(),
            known: Mutex::new(Known::default()),
            doubted: Mutex::default(),
            refused: AtomicBool::new(false),
            unauthorised: Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Makes a call.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, CallError> {
        if self.inner.refused.load(Ordering::Relaxed) {
            return Err(unknown_bot());
        }
        let route = route(call.method.as_str(), &call.path);
        let name = named(&route);
        let urgent = call.urgent;
        if !urgent {
            self.await_turn(&route).await?;
        }
        let start = Instant::now();
        let result = self.exchange(call, &route).await;
        let outcome = result.as_ref().map_or_else(CallError::kind, |_| "ok");
        metrics::counter!("discord_calls_total", "method" => name.clone(), "outcome" => outcome).increment(1);
        metrics::histogram!("discord_call_seconds", "method" => name).record(start.elapsed().as_secs_f64());
        if let Err(error) = &result {
            self.note(error, &route);
        }
        result
    }

    /// Returns the token, for the gateway.
    pub(crate) fn token(&self) -> &str {
        self.inner.token.expose_secret()
    }

    /// Waits until Discord says that it does not know the bot.
    pub(crate) async fn unauthorised(&self) {
        while !self.inner.refused.load(Ordering::Relaxed) {
            self.inner.unauthorised.notified().await;
        }
    }

    fn limits(&self) -> std::sync::MutexGuard<'_, Limits> {
        self.inner.limits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn await_turn(&self, route: &str) -> Result<(), CallError> {
        let wait = self.limits().wait(route, Instant::now());
        match wait {
            Some(wait) if wait > SHORT_WAIT => Err(CallError::Held { wait }),
            Some(wait) => {
                tokio::time::sleep(wait).await;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn note(&self, error: &CallError, route: &str) {
        if error.is_unauthorised() {
            tracing::error!(route, "Discord does not know the bot: was its token reset?");
            self.inner.refused.store(true, Ordering::Relaxed);
            self.inner.unauthorised.notify_one();
        }
        if let CallError::Refused(Refusal { global: true, retry_after: Some(wait), .. }) = error {
            tracing::warn!(?wait, "Discord wants to be left alone altogether");
            self.limits().all_exhausted(*wait, Instant::now());
        } else if let (true, Some(wait)) =
            (error.is_too_fast() && !limits::is_message(route), error.retry_after())
        {
            self.limits().exhausted(route, wait, Instant::now());
        }
    }

    async fn exchange<T: DeserializeOwned>(&self, call: Call, route: &str) -> Result<T, CallError> {
        let lost = |error| unreachable(described(error, self.inner.token.expose_secret()));
        let request = self.inner.http.request(call.method, format!("{}{}", self.inner.base, call.path));
        let request = match call.body {
            Body::Nothing => request,
            Body::Json(json) => request.json(&json),
            Body::Form(json, form) => request.multipart(form.text("payload_json", json.to_string())),
        };
        let response = request.timeout(call.limit).send().await.map_err(lost)?;
        let (status, headers) = (response.status(), response.headers().clone());
        if let Some(wait) = limits::spent(&headers).filter(|_| status.is_success()) {
            self.limits().exhausted(route, wait, Instant::now());
        }
        let answer = response.bytes().await.map_err(lost)?;
        read(status, &answer, limits::retry_after(&headers))
    }

    /// Fetches a file from where Discord keeps it, if it is no larger than that. The token stays here.
    pub(crate) async fn fetch(&self, url: &str, most: usize, limit: Duration) -> Result<Vec<u8>, CallError> {
        let lost = |error| unreachable(described(error, self.inner.token.expose_secret()));
        let plain = reqwest::Client::builder().redirect(Policy::none()).connect_timeout(CONNECT_LIMIT);
        let plain = if Url::parse(url).is_ok_and(|url| is_loopback(&url)) { plain.no_proxy() } else { plain };
        let client = plain.build().map_err(lost)?;
        let mut response = client.get(url).timeout(limit).send().await.map_err(lost)?;
        if !response.status().is_success() {
            return Err(CallError::Unreadable { status: response.status().as_u16(), retry_after: None });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > most {
                let reason = format!("more than {most} bytes are more than Discord takes from a bot");
                return Err(CallError::Unsendable { reason });
            }
        }
        Ok(bytes)
    }
}

/// What is answered here once Discord has said that it does not know the bot.
fn unknown_bot() -> CallError {
    CallError::Refused(Refusal {
        status: 401,
        code: 0,
        message: "Discord does not know the bot".to_owned(),
        retry_after: None,
        global: false,
    })
}

/// Takes from an address what people write behind it.
fn bare(url: &str) -> &str {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix("/api/v10").unwrap_or(url);
    url.strip_suffix("/api").unwrap_or(url)
}

/// Proxies are for the way out; a server on this machine is not there.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_with_or_without_what_people_write_behind_it() {
        for url in ["https://a.b", "https://a.b/", "https://a.b/api", "https://a.b/api/v10/"] {
            assert_eq!(bare(url), "https://a.b");
        }
    }
}
