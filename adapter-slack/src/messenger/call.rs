//! One call of the Web API, from its arguments to an answer or a typed failure.
//!
//! The blocks and forms are slack-morphism's; the call is our own. The library's client has no time limit anywhere; it
//! takes a page of HTML with status 200 for an empty answer, so that a proxy makes pins and posts succeed that never
//! happened; its failures show whole answers, with what people wrote; and it hides which scope is missing. What remains
//! to be done without it is one POST.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{CALL_LIMIT, Inner, Known, Method, SetupError, Slack, SlackOptions};
use crate::failure::{CallError, Refusal};

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long an unused connection is kept: less than the servers keep it.
const IDLE_LIMIT: Duration = Duration::from_secs(50);
/// How many unused connections are kept: about as many as a desk uses when it delivers in every lane and answers
/// besides.
const MOST_IDLE: usize = 96;

impl Slack {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    /// If the address is no http or https URL, or the HTTP client does not start.
    pub fn new(options: SlackOptions) -> Result<Self, SetupError> {
        let SlackOptions { bot_token: token, api_url } = options;
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
            // Sockets are made of this client's connections, and they begin with HTTP/1.1.
            .http1_only()
            .redirect(Policy::none());
        if is_loopback(&url) {
            client = client.no_proxy();
        }
        let http = client
            .build()
            .map_err(|error| SetupError::Client { reason: described(error, token.expose_secret()) })?;
        let inner = Inner {
            http,
            base: format!("{api_url}/").into(),
            token,
            known: Mutex::new(Known::default()),
            without_bookmarks: Mutex::new(None),
            unauthorised: Notify::new(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Calls a method that does something.
    pub(crate) async fn call(&self, method: Method, body: &Value) -> Result<Value, CallError> {
        let call = self.request(method, &self.inner.token).json(body);
        self.answered(method, call, CALL_LIMIT).await
    }

    /// Calls a method that tells something, within a limit of its own; those take no JSON.
    pub(crate) async fn ask(
        &self,
        method: Method,
        about: &[(&str, &str)],
        limit: Duration,
    ) -> Result<Value, CallError> {
        let call = self.request(method, &self.inner.token).form(about);
        self.answered(method, call, limit).await
    }

    /// Asks where to open a socket. The address holds a ticket and is a secret.
    pub(crate) async fn open_connection(&self, app_token: &SecretString) -> Result<SecretString, CallError> {
        let call = self.request(Method::OpenConnection, app_token).form::<[(&str, &str)]>(&[]);
        let opened = self.answered(Method::OpenConnection, call, CALL_LIMIT).await?;
        let url = opened["url"].as_str().ok_or(CallError::Unreadable { status: 200 })?;
        Ok(SecretString::from(url))
    }

    /// Sends bytes, or an answer, to an address that Slack named.
    pub(crate) async fn hand_over(&self, call: RequestBuilder, limit: Duration) -> Result<(), CallError> {
        let response = call.timeout(limit).send().await.map_err(|error| self.lost(error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CallError::Limited { retry_after: wait_in(&response) });
        }
        if status.is_success() { Ok(()) } else { Err(CallError::Unreadable { status: status.as_u16() }) }
    }

    /// The client that everything goes through.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.inner.http
    }

    /// Waits until Slack refuses a token.
    pub(crate) async fn unauthorised(&self) {
        self.inner.unauthorised.notified().await;
    }

    fn request(&self, method: Method, token: &SecretString) -> RequestBuilder {
        self.inner
            .http
            .post(format!("{}{}", self.inner.base, method.name()))
            .bearer_auth(token.expose_secret())
    }

    async fn answered(
        &self,
        method: Method,
        call: RequestBuilder,
        limit: Duration,
    ) -> Result<Value, CallError> {
        let start = Instant::now();
        let result = self.exchange(call.timeout(limit)).await;
        let outcome = result.as_ref().map_or_else(CallError::kind, |_| "ok");
        metrics::counter!("slack_calls_total", "method" => method.name(), "outcome" => outcome).increment(1);
        metrics::histogram!("slack_call_seconds", "method" => method.name())
            .record(start.elapsed().as_secs_f64());
        if let Err(error) = &result
            && error.is_unauthorised()
        {
            tracing::error!(method = method.name(), %error, "Slack does not accept the token: was it revoked?");
            self.inner.unauthorised.notify_one();
        }
        result
    }

    async fn exchange(&self, call: RequestBuilder) -> Result<Value, CallError> {
        let response = call.send().await.map_err(|error| self.lost(error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(CallError::Limited { retry_after: wait_in(&response) });
        }
        let answer = response.bytes().await.map_err(|error| self.lost(error))?;
        read(status, &answer)
    }

    pub(crate) fn lost(&self, error: reqwest::Error) -> CallError {
        CallError::Unreachable { reason: described(error, self.inner.token.expose_secret()) }
    }
}

fn wait_in(response: &Response) -> Option<Duration> {
    let header = response.headers().get(reqwest::header::RETRY_AFTER)?;
    header.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Understands an answer: whatever does not say that it is one of Slack's is none.
fn read(status: StatusCode, answer: &[u8]) -> Result<Value, CallError> {
    let unreadable = || CallError::Unreadable { status: status.as_u16() };
    let answer: Value = serde_json::from_slice(answer).map_err(|_| unreadable())?;
    match answer["ok"].as_bool() {
        Some(true) => Ok(answer),
        Some(false) => Err(refusal(&answer).unwrap_or_else(unreadable)),
        None => Err(unreadable()),
    }
}

fn refusal(answer: &Value) -> Option<CallError> {
    /// How many of the things that are wrong are told.
    const MOST_DETAILS: usize = 4;
    let error = answer["error"].as_str()?.to_owned();
    if matches!(error.as_str(), "ratelimited" | "rate_limited") {
        return Some(CallError::Limited { retry_after: None });
    }
    let needed = answer["needed"].as_str().map(str::to_owned);
    let messages = answer["response_metadata"]["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let details = messages.iter().filter_map(|text| text.as_str().map(str::to_owned));
    Some(CallError::Refused(Refusal { error, needed, details: details.take(MOST_DETAILS).collect() }))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_text(status: u16, answer: &str) -> Result<Value, CallError> {
        read(StatusCode::from_u16(status).unwrap(), answer.as_bytes())
    }

    #[test]
    fn an_answer_is_one_that_says_so() {
        assert_eq!(read_text(200, r#"{"ok":true,"ts":"1.2"}"#), Ok(json!({"ok": true, "ts": "1.2"})));
        for (status, page) in [
            (200, "<html>Welcome</html>"),
            (200, "{}"),
            (200, ""),
            (502, "Bad Gateway"),
            (200, r#"{"ok":false}"#),
        ] {
            assert_eq!(read_text(status, page), Err(CallError::Unreadable { status }), "{page}");
        }
    }

    #[test]
    fn a_refusal_keeps_what_it_says() {
        let answer = r#"{"ok":false,"error":"missing_scope","needed":"pins:write","provided":"chat:write"}"#;
        let needed = Some("pins:write".to_owned());
        let refusal = Refusal { error: "missing_scope".to_owned(), needed, details: Vec::new() };
        assert_eq!(read_text(200, answer), Err(CallError::Refused(refusal)));
        let answer = r#"{"ok":false,"error":"invalid_blocks",
            "response_metadata":{"messages":["[ERROR] must be shorter [json-pointer:/blocks/0]"]}}"#;
        let details = vec!["[ERROR] must be shorter [json-pointer:/blocks/0]".to_owned()];
        let refusal = Refusal { error: "invalid_blocks".to_owned(), needed: None, details };
        assert_eq!(read_text(200, answer), Err(CallError::Refused(refusal)));
    }

    #[test]
    fn a_limit_may_be_told_in_words() {
        let answer = r#"{"ok":false,"error":"ratelimited"}"#;
        assert_eq!(read_text(200, answer), Err(CallError::Limited { retry_after: None }));
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        for url in ["http://localhost:8081", "http://127.0.0.1", "http://[::1]:1/x"] {
            assert!(loopback(url), "{url}");
        }
        assert!(!loopback("https://slack.com/api") && !loopback("http://10.0.0.1"));
    }
}
