//! Lets libFuzzer look for bytes that break [`fuzz::stored`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::stored::check(bytes));
