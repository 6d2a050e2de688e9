//! How much a number of bytes is, in the unit in which people say it.

use std::fmt;

/// The units, each 1,024 of the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeUnit {
    /// One.
    Byte,
    /// 1,024 bytes.
    Kilobyte,
    /// 1,024 kilobytes.
    Megabyte,
    /// 1,024 megabytes.
    Gigabyte,
}

/// A size for people; its `Display` says it in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many of the unit: whole bytes, and of the others with one decimal below ten.
    pub number: String,
    /// The largest unit of which there is one.
    pub unit: SizeUnit,
}

impl Size {
    /// The size of so many bytes.
    pub fn of(bytes: u64) -> Self {
        if bytes < 1024 {
            return Self { number: bytes.to_string(), unit: SizeUnit::Byte };
        }
        let (mut number, mut unit) = (bytes as f64 / 1024.0, SizeUnit::Kilobyte);
        for larger in [SizeUnit::Megabyte, SizeUnit::Gigabyte] {
            if number.round() >= 1024.0 {
                (number, unit) = (number / 1024.0, larger);
            }
        }
        let number = if number < 9.95 { format!("{number:.1}") } else { format!("{number:.0}") };
        Self { number, unit }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            SizeUnit::Byte if self.number == "1" => "byte",
            SizeUnit::Byte => "bytes",
            SizeUnit::Kilobyte => "KB",
            SizeUnit::Megabyte => "MB",
            SizeUnit::Gigabyte => "GB",
        };
        write!(f, "{} {unit}", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::Size;

    #[test]
    fn sizes_are_said_in_the_largest_unit_of_which_there_is_one() {
        let said = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1.0 KB"),
            (1536, "1.5 KB"),
            (10 * 1024 - 1, "10 KB"),
            (1023 * 1024, "1023 KB"),
            (1024 * 1024 - 1, "1.0 MB"),
            (1536 * 1024, "1.5 MB"),
            (10 * 1024 * 1024 - 1, "10 MB"),
            (153_300 * 1024, "150 MB"),
            (5 << 30, "5.0 GB"),
            (5000 << 30, "5000 GB"),
        ];
        for (bytes, expected) in said {
            assert_eq!(Size::of(bytes).to_string(), expected, "{bytes}");
        }
    }
}
