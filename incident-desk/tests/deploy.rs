//! The files in `deploy/`, read as the programs read them that they are for.

use std::collections::BTreeSet;

use incident_desk::config::Key;
use yaml_rust2::{Yaml, YamlLoader};

const COMPOSE: &str = include_str!("../../deploy/compose.yaml");
const DOCKERFILE: &str = include_str!("../../deploy/Dockerfile");
const UNIT: &str = include_str!("../../deploy/incident-desk.service");
const ALERTS: &str = include_str!("../../deploy/prometheus/alerts.yaml");
const SCRAPE: &str = include_str!("../../deploy/prometheus/scrape.yaml");
const README: &str = include_str!("../../deploy/README.md");

fn yaml(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).expect("it is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn words(list: &Yaml) -> Vec<&str> {
    list.as_vec().into_iter().flatten().filter_map(Yaml::as_str).collect()
}

#[test]
fn the_image_runs_as_nobody_in_particular_and_asks_itself_how_it_is() {
    let stages: Vec<&str> = DOCKERFILE.split("\nFROM ").collect();
    let [_, build, image] = stages.as_slice() else { panic!("one stage builds and one runs: {stages:#?}") };
    assert!(build.contains("cargo build --locked --release -p incident-desk"), "{build}");
    for line in ["USER desk", "VOLUME /data", "ENTRYPOINT [\"incident-desk\"]"] {
        assert!(image.lines().any(|there| there == line), "{line} in {image}");
    }
    assert!(image.contains("CMD [\"incident-desk\", \"health\"]"), "{image}");
    let given = image.lines().filter(|line| line.starts_with("ENV ") || line.starts_with("    "));
    let given: String = given.collect();
    assert!(!given.contains("TOKEN") && !given.contains("SECRET"), "an image holds no secrets: {given}");
    let known: BTreeSet<&str> = Key::all().map(Key::name).collect();
    for setting in given.split_whitespace().filter_map(|word| word.split_once('=')).map(|(name, _)| name) {
        assert!(known.contains(setting) || setting.starts_with("--"), "{setting} is no setting");
    }
}

#[test]
fn compose_starts_one_desk_on_a_file_and_two_on_a_server_if_asked() {
    let compose = yaml(COMPOSE);
    let services = compose["services"].as_hash().expect("there are services");
    let profile = |service: &Yaml| words(&service["profiles"]).join(" ");
    let shown: Vec<(&str, String)> =
        services.iter().map(|(name, service)| (name.as_str().expect("a name"), profile(service))).collect();
    let server = || "postgres".to_owned();
    let expected =
        [("desk", String::new()), ("desk-a", server()), ("desk-b", server()), ("postgres", server())];
    assert_eq!(shown, expected);
    let base = &compose["x-desk"];
    assert_eq!((words(&base["cap_drop"]), base["read_only"].as_bool()), (vec!["ALL"], Some(true)));
    for (_, service) in services {
        let open = words(&service["ports"]).into_iter().filter(|port| !port.starts_with("127.0.0.1:"));
        assert_eq!(open.collect::<Vec<_>>(), Vec::<&str>::new(), "metrics are for the machine itself");
    }
    assert!(
        !COMPOSE.contains("PASSWORD") && !COMPOSE.contains("TOKEN"),
        "secrets stand in files of their own"
    );
}

#[test]
fn the_unit_starts_the_desk_with_a_credential_and_few_rights() {
    for line in [
        "ExecStart=/usr/local/bin/incident-desk --config %d/desk.toml serve",
        "LoadCredential=desk.toml:/etc/incident-desk/secret.toml",
        "EnvironmentFile=-/etc/incident-desk/desk.env",
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "SystemCallFilter=@system-service",
    ] {
        assert!(UNIT.lines().any(|there| there == line), "{line} in {UNIT}");
    }
    let other = UNIT.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '[']));
    assert!(other.clone().all(|line| line.contains('=')), "{UNIT}");
    assert!(!UNIT.contains("TOKEN"));
}

#[test]
fn every_alert_says_what_it_watches_how_bad_it_is_and_what_to_say() {
    let alerts = yaml(ALERTS);
    let mut names = BTreeSet::new();
    for rule in alerts["groups"][0]["rules"].as_vec().expect("there are rules") {
        let name = rule["alert"].as_str().expect("an alert has a name");
        assert!(names.insert(name), "{name} is there twice");
        assert!(rule["expr"].as_str().is_some_and(|expr| !expr.trim().is_empty()), "{name}");
        assert!(matches!(rule["labels"]["severity"].as_str(), Some("page" | "warn")), "{name}");
        assert!(rule["annotations"]["summary"].as_str().is_some(), "{name}");
    }
    let wanted = ["Offline", "DatabaseErrors", "ManyUnclaimed", "ManyEscalations"];
    for name in wanted.map(|name| format!("IncidentDesk{name}")) {
        assert!(names.contains(name.as_str()), "{name} in {names:?}");
    }
    let scrape = yaml(SCRAPE);
    assert_eq!(scrape["scrape_configs"][0]["job_name"].as_str(), Some("incident-desk"));
    assert_eq!(words(&scrape["rule_files"]), ["alerts.yaml"]);
}

#[test]
fn the_readme_names_every_file() {
    for file in [
        "Dockerfile",
        "compose.yaml",
        "incident-desk.service",
        "prometheus/alerts.yaml",
        "grafana/incident-desk.json",
    ] {
        assert!(README.contains(file), "{file}");
    }
}
