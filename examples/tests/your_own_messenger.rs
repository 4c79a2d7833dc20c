//! Runs the tests that the example of a messenger of one's own brings along: the suite of every platform.

#[expect(dead_code, reason = "its `main` is run by `they_run`, from the program built of the same file")]
#[path = "../examples/your_own_messenger.rs"]
mod your_own_messenger;
