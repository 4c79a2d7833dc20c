//! Lets libFuzzer look for bytes that break [`fuzz::update`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::update::check(bytes));
