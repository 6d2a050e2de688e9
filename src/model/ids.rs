//! Names that never change: UUIDs of version 7, which sort by the time they were made.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use super::Timestamp;

/// Room for an id as it is displayed.
#[derive(Clone, Copy, Debug)]
pub struct Digits([u8; uuid::fmt::Hyphenated::LENGTH]);

impl Default for Digits {
    fn default() -> Self {
        Self([0; uuid::fmt::Hyphenated::LENGTH])
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id (UUID version 7, RFC 9562 section 5.7) from a time and ten random bytes, both the caller's.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.milliseconds()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The id whose sixteen bytes these are; for tests and for ids derived from content.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id as two numbers, the first digits in the first.
            pub fn halves(&self) -> [u64; 2] {
                let (high, low) = self.0.as_u64_pair();
                [high, low]
            }

            /// The id as it is displayed, written into memory of the caller's, which costs less than to format it.
            pub fn digits<'d>(&self, digits: &'d mut Digits) -> &'d str {
                self.0.as_hyphenated().encode_lower(&mut digits.0)
            }

            /// The last eight hexadecimal digits: the short form, because the first digits of ids made together are equal.
            pub fn short(&self) -> String {
                let bytes = self.0.as_bytes();
                bytes[12..].iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.short())
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id! {
    /// Names a project for ever, wherever its folder is moved.
    ProjectId
}
id! {
    /// Names a document; it is what exports call `document`.
    DocumentId
}
id! {
    /// Names an annotation.
    AnnotationId
}
id! {
    /// Names a tag, so that it can be renamed without touching an annotation.
    TagId
}
