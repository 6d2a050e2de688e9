#![no_main]

#[path = "../../tests/fuzzing/rules.rs"]
#[allow(dead_code, reason = "each target uses its rule")]
mod rules;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| rules::exchange::holds(bytes));
