#![no_main]

#[path = "../../tests/fuzzing/rules.rs"]
#[allow(dead_code, reason = "each target uses its rule")]
mod rules;

use std::sync::LazyLock;

/// The importer to be fed alone, by the name of its format; all of them where the variable is not set.
static FORMAT: LazyLock<Option<Vec<u8>>> =
    LazyLock::new(|| std::env::var("FORMAT").ok().map(String::into_bytes));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(format) = &*FORMAT else { return rules::exchange::holds(bytes) };
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    rules::exchange::holds(&[format, &bytes[line..]].concat());
});
