//! Runs the suite that the example of a store with a mistake brings along: on the careful one here, and on the
//! hasty one in a process of its own, to see what the suite says of it.

use std::process::Command;

#[expect(dead_code, reason = "its `main` is run by `they_run`, from the program built of the same file")]
#[path = "../examples/prove_your_store.rs"]
mod prove_your_store;

#[test]
fn the_suite_names_what_is_wrong_with_the_hasty_store() {
    let suite = std::env::current_exe().expect("a test knows where it is");
    let run = Command::new(suite).arg("prove_your_store::suite").env("NOTEBOOK", "hasty").output();
    let said = String::from_utf8(run.expect("the suite starts").stdout).expect("names are text");
    let broken = said
        .lines()
        .filter_map(|line| line.strip_prefix("test prove_your_store::suite::")?.strip_suffix(" ... FAILED"));
    let mut broken: Vec<&str> = broken.collect();
    broken.sort_unstable();
    let told = [
        "a_commit_reaches_no_incident_of_another_company",
        "a_commit_to_an_incident_that_does_not_exist_conflicts",
        "a_refused_commit_owes_nothing",
        "a_refused_filing_takes_nobodys_number",
        "a_stale_commit_changes_nothing",
        "an_incident_is_filed_once",
        "of_those_who_commit_at_once_one_wins",
    ];
    assert_eq!(broken, told);
}
