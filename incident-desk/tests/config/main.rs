//! The configuration as an operator meets it: the example file, the sources and their precedence, and what is said
//! about mistakes.

use std::{collections::BTreeMap, ffi::OsString, fs, path::Path, time::Duration};

use incident_desk::config::{
    Config, Database, Key, LogFilter, LogFormat, MissingToken, Onboarding, Origin, Sources, Synchronous,
    Text, Workflow,
};
use secrecy::ExposeSecret;

mod example;
mod files;
mod mistakes;
mod precedence;
mod secrets;
mod values;

const TOKEN: &str = "123456:TEST-token_000000000000000000";
const SECRET: &str = "webhook-secret_42";

fn sources(environment: &[(&str, &str)], dotenv: &str, file: &str) -> Sources {
    let text = |path: &str, text: &str| Some(Text { path: path.into(), text: text.to_owned() });
    let mut sources = Sources::default();
    sources.environment =
        environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    sources.dotenv = text(".env", dotenv);
    sources.file = text("desk.toml", file);
    sources
}

fn environment(pairs: &[(&str, &str)]) -> Sources {
    sources(pairs, "", "")
}

fn good(sources: &Sources) -> Config {
    Config::from_sources(sources).expect("the configuration is good")
}

fn problems(sources: &Sources) -> Vec<String> {
    match Config::from_sources(sources) {
        Ok(config) => panic!("accepted: {:#?}", config.describe()),
        Err(errors) => errors.problems().iter().map(ToString::to_string).collect(),
    }
}

/// The settings without their sources.
fn settings(config: &Config) -> BTreeMap<String, String> {
    let split = |line: String| {
        let (key, rest) = line.split_once(" = ").expect("KEY = value (source)");
        let (value, _) = rest.rsplit_once(" (").expect("KEY = value (source)");
        (key.to_owned(), value.to_owned())
    };
    config.describe().into_iter().map(split).collect()
}
