//! The system's clock and chance, as the model asks for them.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::{Stamps, Timestamp};

/// Times and random bytes from the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemStamps;

impl Stamps for SystemStamps {
    fn now(&mut self) -> Timestamp {
        now()
    }

    fn random(&mut self) -> [u8; 10] {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).expect("the system has a source of random bytes");
        bytes
    }
}

/// The time now, in milliseconds; a clock before 1970 gives 1970.
pub(super) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_milliseconds(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
