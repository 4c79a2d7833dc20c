//! Lets libFuzzer look for bytes that break [`fuzz::button`].
#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::button::check(bytes));
