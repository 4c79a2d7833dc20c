//! What the files in `deploy/` ask a running desk for.

use std::collections::BTreeSet;

const ALERTS: &str = include_str!("../../../deploy/prometheus/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/incident-desk.json");

/// What stands in an expression and is not a metric.
const GRAMMAR: [&str; 21] = [
    "sum",
    "max",
    "min",
    "rate",
    "increase",
    "time",
    "by",
    "and",
    "or",
    "le",
    "lane",
    "kind",
    "outcome",
    "method",
    "job",
    "histogram_quantile",
    "up",
    "for",
    "m",
    "h",
    "s",
];

/// Names the metrics of a page that Prometheus would read.
pub(crate) fn names(page: &str) -> BTreeSet<String> {
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect()
}

/// Names the metrics that the alerts and the dashboard speak of.
pub(crate) fn asked_for() -> BTreeSet<String> {
    let alerts = yaml_rust2::YamlLoader::load_from_str(ALERTS).expect("the alerts are YAML");
    let rules = alerts[0]["groups"][0]["rules"].as_vec().expect("there are rules");
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("there are panels");
    let drawn = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("a panel shows something"));
    let drawn = drawn.map(|target| target["expr"].as_str().expect("it asks for something").to_owned());
    let watched =
        rules.iter().map(|rule| rule["expr"].as_str().expect("an alert watches something").to_owned());
    let expressions: Vec<String> = watched.chain(drawn).collect();
    assert!(expressions.len() > 30, "{expressions:#?}");
    expressions.iter().flat_map(|expression| metrics(expression)).collect()
}

fn metrics(expression: &str) -> BTreeSet<String> {
    // Every other piece is a text in quotes.
    let outside: Vec<&str> = expression.split('"').step_by(2).collect();
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = outside.iter().flat_map(|piece| piece.split(move |c| !word(c)));
    let named = words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    named.filter(|word| !GRAMMAR.contains(word)).map(str::to_owned).collect()
}
