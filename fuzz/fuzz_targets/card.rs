//! Lets libFuzzer look for bytes that break [`fuzz::card`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::card::check(bytes));
