//! What the core may depend on, and who may depend on whom. Cargo is asked, so that no manifest is overlooked.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::LazyLock;

use serde_json::Value;

/// What the core uses. Each is small, or pure, or both; none starts a thread, opens a file or tells the time.
const NEEDED: [&str; 6] = ["async-trait", "fluent-bundle", "jiff", "serde", "thiserror", "unic-langid"];

/// What the test kit uses besides, and nothing else does.
const FOR_TESTS: [&str; 2] = ["proptest", "serde_json"];

/// What must not come in by the back door either: runtimes, networks, files, chance.
const IMPURE: [&str; 12] = [
    "tokio",
    "async-std",
    "smol",
    "mio",
    "reqwest",
    "hyper",
    "rusqlite",
    "sqlx",
    "rand",
    "getrandom",
    "chrono",
    "tempfile",
];

static METADATA: LazyLock<Value> = LazyLock::new(|| {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    // Without the filter, cargo would ask for packages that only other platforms need.
    let asked = ["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform", host];
    let metadata = cargo(&[&asked[..], &["--manifest-path", manifest]].concat());
    serde_json::from_str(&metadata).expect("cargo answers in JSON")
});

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).output().expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo answers in UTF-8")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).expect("cargo answers with a list here")
}

fn word(value: &Value) -> &str {
    value.as_str().expect("cargo answers with a text here")
}

/// Packages by their name; ours only.
fn members() -> BTreeMap<&'static str, &'static Value> {
    let ours: BTreeSet<&str> = list(&METADATA["workspace_members"]).iter().map(word).collect();
    let packages = list(&METADATA["packages"]).iter().filter(|package| ours.contains(word(&package["id"])));
    packages.map(|package| (word(&package["name"]), package)).collect()
}

/// What a package depends on when it is built for use.
fn dependencies(package: &'static Value, optional: bool) -> BTreeSet<&'static str> {
    let normal = list(&package["dependencies"]).iter().filter(|dependency| dependency["kind"].is_null());
    normal
        .filter(|dependency| dependency["optional"] == optional)
        .map(|dependency| word(&dependency["name"]))
        .collect()
}

/// What a package is built from, directly or not; `without` is not followed.
fn built_from(id: &'static str, without: &BTreeSet<&str>) -> BTreeSet<&'static str> {
    let nodes: BTreeMap<&str, &Value> =
        list(&METADATA["resolve"]["nodes"]).iter().map(|node| (word(&node["id"]), node)).collect();
    let names: BTreeMap<&str, &str> = list(&METADATA["packages"])
        .iter()
        .map(|package| (word(&package["id"]), word(&package["name"])))
        .collect();
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        let used = list(&nodes[id]["deps"]).iter().filter(|dependency| is_linked(dependency));
        let used = used.map(|dependency| word(&dependency["pkg"])).filter(|id| !without.contains(names[id]));
        open.extend(used.filter(|id| found.insert(*id)));
    }
    found.into_iter().map(|id| names[id]).collect()
}

fn is_linked(dependency: &Value) -> bool {
    list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null() && kind["target"].is_null())
}

#[test]
fn the_core_depends_on_these_and_nothing_else() {
    let core = members()["incident-core"];
    assert_eq!(dependencies(core, false), BTreeSet::from(NEEDED));
    assert_eq!(dependencies(core, true), BTreeSet::from(FOR_TESTS));
    let features: BTreeMap<&str, &Value> = core["features"]
        .as_object()
        .expect("features are named")
        .iter()
        .map(|(k, v)| (k.as_str(), v))
        .collect();
    assert_eq!(features.keys().copied().collect::<Vec<_>>(), ["testkit"]);
}

#[test]
fn nothing_impure_comes_in_by_the_back_door() {
    let core = word(&members()["incident-core"]["id"]);
    let used = built_from(core, &BTreeSet::from(FOR_TESTS));
    assert!(used.contains("serde"), "the graph was not followed: {used:?}");
    let impure: Vec<&str> = IMPURE.into_iter().filter(|name| used.contains(name)).collect();
    assert_eq!(impure, Vec::<&str>::new());
}

#[test]
fn stores_and_adapters_know_the_core_and_only_the_program_knows_everybody() {
    let members = members();
    let ours: BTreeSet<&str> = members.keys().copied().collect();
    for (name, package) in &members {
        let known: BTreeSet<&str> =
            dependencies(package, false).union(&dependencies(package, true)).copied().collect();
        let known: BTreeSet<&str> = known.intersection(&ours).copied().collect();
        let allowed = match *name {
            "incident-core" | "examples" => BTreeSet::new(),
            "incident-desk" => {
                let others = ["incident-desk", "examples", "fuzz"];
                ours.iter().copied().filter(|name| !others.contains(name)).collect()
            }
            // It drives them all, and nothing of it is shipped.
            "fuzz" => BTreeSet::from([
                "adapter-discord",
                "adapter-slack",
                "adapter-telegram",
                "incident-core",
                "incident-desk",
            ]),
            _ => BTreeSet::from(["incident-core"]),
        };
        assert_eq!(known, allowed, "{name}");
    }
}
