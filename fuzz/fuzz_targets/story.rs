//! Lets libFuzzer look for bytes that break [`fuzz::story`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::story::check(bytes));
