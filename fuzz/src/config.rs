//! Whatever stands in the configuration: it is read without panic and in the same way every time, no secret is
//! shown, and what is in force, written down and read again, is in force.

use std::collections::BTreeMap;

use incident_desk::config::{Config, ConfigErrors, Key, Sources, Text};
use secrecy::ExposeSecret;

/// Separates the TOML file, the `.env` file and the environment, one `NAME=value` a line.
const BETWEEN: &str = "\n%%\n";

/// A token that is set wherever the input sets none.
const TOKEN: &str = "123456:only-the-operator-knows-it";

/// Shorter secrets turn up by chance inside ordinary words, and are not taken out of texts.
const SHORTEST_SECRET: usize = 16;

/// Reads the bytes as a configuration.
///
/// # Panics
/// If two readings differ, a secret is shown, or what is in force is not read back.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if text.contains(TOKEN) {
        return;
    }
    let sources = sources(text);
    match (Config::from_sources(&sources), Config::from_sources(&sources)) {
        (Ok(config), Ok(again)) => {
            assert_eq!(config.describe(), again.describe());
            shows_no_secret(&config);
            is_read_back(&config);
        }
        (Err(errors), Err(again)) => {
            assert_eq!(errors, again);
            assert!(!errors.problems().is_empty());
            assert!(!format!("{errors} {errors:?}").contains(TOKEN), "{errors}");
        }
        (once, twice) => panic!("{:?} and then {:?}", outcome(once), outcome(twice)),
    }
}

fn outcome(read: Result<Config, ConfigErrors>) -> Result<Vec<String>, ConfigErrors> {
    read.map(|config| config.describe())
}

fn sources(text: &str) -> Sources {
    let mut parts = text.splitn(3, BETWEEN);
    let mut file = |path: &str| parts.next().map(|text| Text { path: path.into(), text: text.to_owned() });
    let mut sources = Sources::default();
    sources.environment.insert(Key::TelegramBotToken.name().to_owned(), TOKEN.to_owned());
    (sources.file, sources.dotenv) = (file("desk.toml"), file(".env"));
    let variables = parts.next().unwrap_or_default().lines().filter_map(|line| line.split_once('='));
    sources.environment.extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    sources
}

fn shows_no_secret(config: &Config) {
    let shown = format!("{config:?} {:?} {:?} {:?}", config.platforms(), config.describe(), config.hints());
    for secret in config.secrets() {
        let secret = secret.expose_secret();
        assert!(secret.len() < SHORTEST_SECRET || !shown.contains(secret), "{secret} in {shown}");
    }
}

/// Sets everything that is in force in the environment, and requires that it comes into force.
fn is_read_back(config: &Config) {
    // What belongs together with a secret is refused without it.
    let with_secret = config.platforms().is_ok_and(|served| {
        served.telegram.is_some_and(|telegram| telegram.webhook.is_some()) || served.slack.is_some()
    });
    if with_secret {
        return;
    }
    let settings = settings(config);
    let mut sources = Sources::default();
    sources.environment = settings.clone();
    let again = Config::from_sources(&sources).unwrap_or_else(|errors| panic!("{settings:?}: {errors}"));
    assert_eq!(self::settings(&again), settings);
}

/// Returns the settings that are shown, without secrets and without their sources.
fn settings(config: &Config) -> BTreeMap<String, String> {
    let described = config.describe();
    let split = described.iter().filter_map(|line| {
        let (key, rest) = line.split_once(" = ")?;
        let (value, _) = rest.rsplit_once(" (")?;
        (value != "set" && value != "not set").then(|| (key.to_owned(), value.to_owned()))
    });
    split.collect()
}
