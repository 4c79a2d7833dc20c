//! The few rules a URL in the configuration must keep: where it points is written in it, and no secret is.

use std::{borrow::Cow, net::IpAddr};

use axum::http::Uri;

use super::problem::holds_token;

/// Holds an http or https URL without a trailing slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HttpUrl {
    pub(super) text: String,
    pub(super) https: bool,
    pub(super) port: u16,
    host: String,
}

impl HttpUrl {
    pub(super) fn parse(text: &str) -> Result<Self, Cow<'static, str>> {
        if holds_token(text) {
            return Err("holds something that looks like a bot token".into());
        }
        let uri: Uri = text.parse().map_err(|_| "is not a URL")?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err("is neither an http nor an https URL".into()),
            None => return Err("has no http:// or https:// in front".into()),
        };
        let authority = uri.authority().ok_or("names no host")?;
        if authority.as_str().contains('@') {
            return Err("holds a user name or password".into());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err("holds a `?` or `#` part".into());
        }
        let host = authority.host();
        let after_host = authority.as_str().strip_prefix(host).unwrap_or_default();
        if host.is_empty() || host == "[]" {
            return Err("names no host".into());
        }
        let port = match (authority.port_u16(), after_host) {
            (Some(port), _) if port > 0 => port,
            (None, "") => default_port(https),
            _ => return Err("has a port that is none".into()),
        };
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        Ok(Self { text: text.trim_end_matches('/').to_owned(), https, port, host })
    }

    /// Tells whether only this machine can reach the URL.
    pub(super) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }

    /// Tells whether the URL is that of Telegram's own Bot API server.
    pub(super) fn is_telegrams_own(&self) -> bool {
        self.host == "api.telegram.org"
    }
}

fn default_port(https: bool) -> u16 {
    if https { 443 } else { 80 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_loses_its_trailing_slash_and_nothing_else() {
        let cases = [
            ("https://api.telegram.org", "https://api.telegram.org", 443),
            ("https://api.telegram.org/", "https://api.telegram.org", 443),
            ("http://127.0.0.1:8081//", "http://127.0.0.1:8081", 8081),
            ("http://[::1]:8081/base/path/", "http://[::1]:8081/base/path", 8081),
            ("HTTP://Host", "HTTP://Host", 80),
        ];
        for (text, expected, port) in cases {
            let url = HttpUrl::parse(text).expect(text);
            assert_eq!((url.text.as_str(), url.port), (expected, port));
        }
    }

    #[test]
    fn what_is_no_usable_url_is_refused() {
        let cases = [
            ("api.telegram.org", "has no http:// or https:// in front"),
            ("/path", "has no http:// or https:// in front"),
            ("ftp://host", "is neither an http nor an https URL"),
            ("https://", "is not a URL"),
            ("https:///path", "is not a URL"),
            ("https://a b", "is not a URL"),
            ("https://:80", "names no host"),
            ("https://host:", "has a port that is none"),
            ("https://host:0", "has a port that is none"),
            ("https://host:99999", "has a port that is none"),
            ("https://user:pass@host", "holds a user name or password"),
            ("https://host/?key=value", "holds a `?` or `#` part"),
            ("https://host/#top", "holds a `?` or `#` part"),
            ("https://host/bot1:aaaaaaaaaaaaaaaaaaaa", "holds something that looks like a bot token"),
        ];
        for (text, wrong) in cases {
            assert_eq!(HttpUrl::parse(text), Err(wrong.into()), "{text}");
        }
    }

    #[test]
    fn loopback_is_told_from_the_network() {
        let hosts =
            ["http://127.8.9.1", "http://[::1]:1", "http://LOCALHOST", "http://localhost.example.org"];
        let loopback = hosts.map(|text| HttpUrl::parse(text).expect(text).is_loopback());
        assert_eq!(loopback, [true, true, true, false]);
    }
}
