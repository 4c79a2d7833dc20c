//! Lets libFuzzer look for bytes that break [`fuzz::config`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::config::check(bytes));
