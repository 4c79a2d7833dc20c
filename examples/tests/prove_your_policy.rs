//! Runs the tests that the example of a policy of one's own brings along.

#[expect(dead_code, reason = "its `main` is run by `they_run`, from the program built of the same file")]
#[path = "../examples/prove_your_policy.rs"]
mod prove_your_policy;
