//! The database: a file of one's own, or one on a server that several processes share.

use std::{fmt, path::PathBuf};

use secrecy::{ExposeSecret, SecretString};
use store_postgres::PostgresStore;

use super::{problem::holds_token, values::Wrong};

/// Says where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A SQLite file, served by one process; a relative path starts at the working directory.
    File(PathBuf),
    /// A PostgreSQL database, shared by any number of processes.
    Server(Server),
}

impl Database {
    /// Reads the URL of a database, as `DATABASE_URL` holds it.
    ///
    /// # Errors
    /// Says what is wrong with it, without quoting it.
    pub fn parse(text: &str) -> Result<Self, String> {
        url(text).map_err(String::from)
    }

    /// Returns what it is called wherever the program runs: a file with its whole path, if that can be found.
    #[must_use]
    pub fn lasting_name(&self) -> String {
        match self {
            Self::File(path) => {
                let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
                Self::File(whole).to_string()
            }
            Self::Server(_) => self.to_string(),
        }
    }
}

/// Holds the URL of a PostgreSQL database, which may hold a password; only what may be seen of it is shown.
#[derive(Clone)]
pub struct Server {
    url: SecretString,
    shown: String,
}

impl Server {
    /// Returns the URL with everything that is in it.
    #[must_use]
    pub fn url(&self) -> &SecretString {
        &self.url
    }

    /// Returns the passwords of the URL: as they are written in it, and as they are meant.
    pub(super) fn passwords(&self) -> Vec<SecretString> {
        let parts = Parts::of(self.url.expose_secret());
        let given = parts.query.split('&').filter_map(|pair| pair.strip_prefix("password="));
        let written = parts.password.into_iter().chain(given);
        written.flat_map(|password| [password.into(), decoded(password).into()]).collect()
    }
}

impl PartialEq for Server {
    fn eq(&self, other: &Self) -> bool {
        self.url.expose_secret() == other.url.expose_secret()
    }
}

impl Eq for Server {}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.shown).finish()
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "sqlite:{}", path.display()),
            Self::Server(server) => f.write_str(&server.shown),
        }
    }
}

pub(super) fn url(text: &str) -> Result<Database, Wrong> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return Err("has no `sqlite:` in front; DATABASE_PATH takes a bare path".into());
    };
    match scheme.to_ascii_lowercase().as_str() {
        "sqlite" => file(rest.strip_prefix("//").unwrap_or(rest)),
        "postgres" | "postgresql" => server(text),
        _ => Err("names a database of an unknown kind; there are sqlite and postgres".into()),
    }
}

pub(super) fn path(text: &str) -> Result<Database, Wrong> {
    let scheme = text.to_ascii_lowercase();
    let is_url = text.contains("://") || scheme.starts_with("sqlite:") || scheme.starts_with("postgres");
    if is_url && text.contains(':') {
        Err("is a URL; those belong into DATABASE_URL".into())
    } else {
        file(text)
    }
}

fn file(path: &str) -> Result<Database, Wrong> {
    match path {
        "" => Err("names no file".into()),
        ":memory:" => {
            Err("would lose every incident when the process ends; use the sandbox to try things".into())
        }
        path if path.contains('?') => Err("has parameters after a `?`, and there are none".into()),
        path if path.ends_with('/') => Err("names a directory and not a file".into()),
        path => Ok(Database::File(PathBuf::from(path))),
    }
}

fn server(text: &str) -> Result<Database, Wrong> {
    if holds_token(text) {
        return Err("holds something that looks like a bot token".into());
    }
    PostgresStore::name_of(text).map_err(|_| "is no URL of a PostgreSQL database")?;
    let Parts { user, place, .. } = Parts::of(text);
    if place.trim_matches('/').is_empty() {
        return Err("names neither a server nor a database".into());
    }
    let user = user.map(|user| format!("{user}@")).unwrap_or_default();
    let shown = format!("postgres://{user}{place}");
    Ok(Database::Server(Server { url: text.into(), shown }))
}

/// The parts of `postgres://USER:PASSWORD@PLACE?QUERY`.
struct Parts<'a> {
    user: Option<&'a str>,
    password: Option<&'a str>,
    /// Host, port and database.
    place: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Self {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = rest.split('/').next().unwrap_or_default();
        // A password may hold an @ that nobody has encoded; a host holds none.
        let Some((who, _)) = authority.rsplit_once('@') else {
            return Self { user: None, password: None, place: rest, query };
        };
        let place = &rest[who.len() + 1..];
        let (user, password) =
            who.split_once(':').map_or((who, None), |(user, password)| (user, Some(password)));
        Self { user: Some(user), password, place, query }
    }
}

/// Replaces `%41` by `A` and so on; what is no such code stays.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, after @ ..] = rest {
        let code = after.get(..2).filter(|code| *first == b'%' && code.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|code| str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(text: &str) -> Vec<String> {
        let Ok(Database::Server(server)) = url(text) else { panic!("no server: {text}") };
        server.passwords().iter().map(|password| password.expose_secret().to_owned()).collect()
    }

    #[test]
    fn what_is_shown_of_a_url_is_where_it_leads_and_as_whom() {
        let cases = [
            ("postgres://desk:sesame@db.example:6432/incidents", "postgres://desk@db.example:6432/incidents"),
            (
                "postgresql://desk@db.example/incidents?sslmode=require",
                "postgres://desk@db.example/incidents",
            ),
            ("postgres://db.example/incidents", "postgres://db.example/incidents"),
            ("postgres://desk:a%2Fb@[::1]/incidents?password=sesame", "postgres://desk@[::1]/incidents"),
            (
                "postgres://postgres@localhost/incidents?host=/run/pg",
                "postgres://postgres@localhost/incidents",
            ),
        ];
        for (text, shown) in cases {
            let database = url(text).expect(text);
            assert_eq!(database.to_string(), shown, "{text}");
            assert_eq!(format!("{database:?}"), format!("Server(Server({shown:?}))"), "{text}");
        }
    }

    #[test]
    fn its_passwords_are_known_in_both_spellings() {
        assert_eq!(passwords("postgres://desk:open%2Fsesame@db/x"), ["open%2Fsesame", "open/sesame"]);
        let both = passwords("postgres://desk:one@db/x?sslmode=require&password=tw%6f");
        assert_eq!(both, ["one", "one", "tw%6f", "two"]);
        assert_eq!(passwords("postgres://desk@db/x"), [""; 0]);
    }

    #[test]
    fn codes_are_decoded_and_what_is_none_stays() {
        let texts = ["%41%c3%a9", "100%", "%4", "%zz%", "%+1"].map(decoded);
        assert_eq!(texts, ["Aé", "100%", "%4", "%zz%", "%+1"]);
    }
}
