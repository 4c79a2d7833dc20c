//! One call of the Bot API, from a typed payload to a typed answer or a typed failure.
//!
//! The payloads are teloxide's; the call is our own. teloxide's sleeps ten seconds inside the call after every
//! 5xx before it says so, which no option changes: one bad gateway would hold up a chat, a press and the
//! polling for that long, and use up half of an effect's lease. It also reads whole answers where an id is
//! needed, so that one new field of the platform's could turn a sent message into a failure; and it loses the
//! error code. What remains to be done without it is one POST.

use std::error::Error;
use std::sync::Mutex;
use std::time::Duration;

use incident_core::adapter::{Parts, Quiet};
use reqwest::multipart::Form;
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{CALL_LIMIT, Inner, Known, SetupError, Telegram, TelegramOptions};
use crate::failure::{CallError, Refusal};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: less than the servers keep it.
const IDLE_LIMIT: Duration = Duration::from_secs(50);

/// How many unused connections are kept: about as many as a desk uses when it delivers in every lane and
/// answers besides. With fewer, a busy desk would connect anew all the time.
const MOST_IDLE: usize = 96;

/// The parameters of a call.
#[derive(Debug)]
pub(crate) enum Body {
    /// As JSON.
    Json(Vec<u8>),
    /// As a form, the only way for files.
    Form(Form),
}

#[derive(Deserialize)]
struct Envelope<T> {
    ok: bool,
    result: Option<T>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Telegram {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// If the address is no http or https URL, or the HTTP client does not start.
    pub fn new(options: TelegramOptions) -> Result<Self, SetupError> {
        let TelegramOptions { token, api_url } = options;
        let api_url = api_url.trim_end_matches('/');
        let url = Url::parse(api_url).map_err(|_| SetupError::ApiUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(SetupError::ApiUrl);
        }
        let mut client = reqwest::Client::builder()
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(IDLE_LIMIT)
            .pool_max_idle_per_host(MOST_IDLE)
            .tcp_nodelay(true)
            // The address holds the token, and must not be sent to wherever a redirect points.
            .redirect(Policy::none());
        if is_loopback(&url) {
            client = client.no_proxy();
        }
        let http = client
            .build()
            .map_err(|error| SetupError::Client { reason: described(error, token.expose_secret()) })?;
        let base = format!("{api_url}/bot{}/", token.expose_secret()).into();
        let inner = Inner {
            http,
            base,
            token,
            known: Mutex::new(Known::default()),
            parts: Parts::default(),
            floods: Mutex::new(Quiet::default()),
            unauthorised: Notify::new(),
        };
        Ok(Self { inner: std::sync::Arc::new(inner) })
    }

    /// Calls a method within the usual limit.
    pub(crate) async fn call<P, T>(&self, payload: &P) -> Result<T, CallError>
    where
        P: Payload + Serialize + Sync,
        T: DeserializeOwned,
    {
        self.call_within(payload, CALL_LIMIT).await
    }

    /// Calls a method within a limit of its own.
    pub(crate) async fn call_within<P, T>(&self, payload: &P, limit: Duration) -> Result<T, CallError>
    where
        P: Payload + Serialize + Sync,
        T: DeserializeOwned,
    {
        let method = method_name(P::NAME);
        let body = serde_json::to_vec(payload).map_err(|error| unreachable(error.to_string()))?;
        let result = self.call_with(&method, Body::Json(body), limit).await;
        if let Some(wait) = result.as_ref().err().and_then(CallError::retry_after) {
            self.note_flood(payload, wait);
        }
        result
    }

    /// Calls a method with parameters made elsewhere and a limit of its own.
    pub(crate) async fn call_with<T: DeserializeOwned>(
        &self,
        method: &str,
        body: Body,
        limit: Duration,
    ) -> Result<T, CallError> {
        let start = Instant::now();
        let result = self.exchange(method, body, limit).await;
        let outcome = result.as_ref().map_or_else(CallError::kind, |_| "ok");
        metrics::counter!("telegram_calls_total", "method" => method.to_owned(), "outcome" => outcome)
            .increment(1);
        metrics::histogram!("telegram_call_seconds", "method" => method.to_owned())
            .record(start.elapsed().as_secs_f64());
        if let Err(error) = &result
            && error.is_unauthorised()
        {
            tracing::error!(method, %error, "Telegram does not know the bot: was its token revoked?");
            self.inner.unauthorised.notify_one();
        }
        result
    }

    /// Waits until a call is refused because the server does not know the bot.
    pub(crate) async fn unauthorised(&self) {
        self.inner.unauthorised.notified().await;
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        method: &str,
        body: Body,
        limit: Duration,
    ) -> Result<T, CallError> {
        let lost = |error| unreachable(described(error, self.inner.token.expose_secret()));
        let call = self.inner.http.post(format!("{}{method}", self.inner.base)).timeout(limit);
        let call = match body {
            Body::Json(body) => call.header("content-type", "application/json").body(body),
            Body::Form(form) => call.multipart(form),
        };
        let response = call.send().await.map_err(lost)?;
        let status = response.status();
        let answer = response.bytes().await.map_err(lost)?;
        read(status, &answer)
    }
}

/// Understands an answer.
fn read<T: DeserializeOwned>(status: StatusCode, answer: &[u8]) -> Result<T, CallError> {
    let unreadable = || CallError::Unreadable { status: status.as_u16() };
    let envelope: Envelope<T> = serde_json::from_slice(answer).map_err(|_| unreadable())?;
    if envelope.ok {
        return envelope.result.ok_or_else(unreadable);
    }
    let parameters = envelope.parameters;
    Err(CallError::Refused(Refusal {
        code: envelope.error_code.unwrap_or(status.as_u16()),
        description: envelope.description.unwrap_or_default(),
        retry_after: parameters.as_ref().and_then(|given| given.retry_after).map(Duration::from_secs),
        migrate_to: parameters.and_then(|given| given.migrate_to_chat_id),
    }))
}

const fn unreachable(reason: String) -> CallError {
    CallError::Unreachable { reason }
}

/// Says what went wrong without the address, and without the token wherever else it might have got.
fn described(error: reqwest::Error, token: &str) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    if token.is_empty() { text } else { text.replace(token, "[token]") }
}

/// Proxies are for the way out; a server on this machine is not there.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// Writes a method as its documentation does.
fn method_name(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(status: u16, answer: &str) -> Result<u32, CallError> {
        read(StatusCode::from_u16(status).unwrap(), answer.as_bytes())
    }

    #[test]
    fn an_answer_is_unwrapped() {
        assert_eq!(read_text(200, r#"{"ok":true,"result":7,"new_field":{}}"#), Ok(7));
    }

    #[test]
    fn a_refusal_keeps_everything_it_says() {
        let answer = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 5",
            "parameters":{"retry_after":5}}"#;
        let refusal = Refusal {
            code: 429,
            description: "Too Many Requests: retry after 5".to_owned(),
            retry_after: Some(Duration::from_secs(5)),
            migrate_to: None,
        };
        assert_eq!(read_text(429, answer), Err(CallError::Refused(refusal)));
        let moved = r#"{"ok":false,"parameters":{"migrate_to_chat_id":-1002}}"#;
        let refusal =
            Refusal { code: 400, description: String::new(), retry_after: None, migrate_to: Some(-1002) };
        assert_eq!(read_text(400, moved), Err(CallError::Refused(refusal)));
    }

    #[test]
    fn what_is_no_answer_of_telegrams_is_unreadable() {
        let page = "<html><body>502 Bad Gateway</body></html>";
        assert_eq!(read_text(502, page), Err(CallError::Unreadable { status: 502 }));
        assert_eq!(read_text(200, r#"{"ok":true}"#), Err(CallError::Unreadable { status: 200 }));
        assert_eq!(read_text(200, ""), Err(CallError::Unreadable { status: 200 }));
    }

    #[test]
    fn methods_are_written_as_documented() {
        assert_eq!(method_name("EditMessageText"), "editMessageText");
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        for url in ["http://localhost:8081", "http://127.0.0.1", "http://[::1]:1/x"] {
            assert!(loopback(url), "{url}");
        }
        assert!(!loopback("https://api.telegram.org"));
        assert!(!loopback("http://10.0.0.1"));
    }
}
