//! From older format versions to today's: one module a step, each of which reads what its version changed and is never edited again.
//! Whatever is not named in any of them reads as it did; what came new has a default.

mod to_2;

pub(super) use to_2::{history_1, journal_line_1};
