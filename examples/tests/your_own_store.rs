//! Runs the tests that the example of a store of one's own brings along: the suite of every store.

#[expect(dead_code, reason = "its `main` is run by `they_run`, from the program built of the same file")]
#[path = "../examples/your_own_store.rs"]
mod your_own_store;
