//! What must hold whatever bytes there are: one rule a fuzz target, shared with the tests that run each corpus.

#[path = "rules/decode.rs"]
pub mod decode;
#[path = "rules/exchange.rs"]
pub mod exchange;
#[path = "rules/memory.rs"]
pub mod memory;
#[path = "rules/project.rs"]
pub mod project;
