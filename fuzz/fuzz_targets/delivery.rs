//! Lets libFuzzer look for bytes that break [`fuzz::delivery`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::delivery::check(bytes));
