//! The state diagrams in the documentation are those that the machine draws of itself.

use std::fs;
use std::path::Path;

use incident_core::policy::Preset;
use incident_core::testkit::diagram;

/// Run with `BLESS=1` in the environment to write the diagram instead of comparing it.
const BLESS: Option<&str> = option_env!("BLESS");

#[expect(clippy::disallowed_methods, reason = "the test reads and writes files that rustdoc includes")]
fn is_committed(file: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    if BLESS.is_some() {
        fs::write(&path, drawn).expect("the file can be written");
    }
    let committed = fs::read_to_string(&path).expect("the file can be read");
    assert!(committed == drawn, "{} is out of date: run this test with BLESS=1", path.display());
}

#[test]
fn the_committed_diagram_is_the_one_the_machine_draws() {
    is_committed("state-diagram.md", &diagram::presets(&[Preset::TwoTier]));
}

#[test]
fn so_are_those_of_all_presets() {
    is_committed("state-diagrams.md", &diagram::presets(&Preset::ALL));
}
