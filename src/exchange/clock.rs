//! Times as the formats write them, quickly: most annotations of an export are of the same days.

use crate::model::Timestamp;

const DAY: i64 = 86_400_000;

/// Writes times as [`Timestamp`] displays them, keeping the date that was written last.
#[derive(Default)]
pub(super) struct Clock {
    /// Days since the epoch, and the date with its `T`; empty before the first.
    day: i64,
    date: String,
    /// The time that was asked for last, and how it is written: most annotations were never changed.
    time: Timestamp,
    text: String,
}

impl Clock {
    /// A time in RFC 3339, UTC, with three decimals.
    pub fn text(&mut self, time: Timestamp) -> &str {
        if self.time == time && !self.text.is_empty() {
            return &self.text;
        }
        self.time = time;
        let (day, rest) = (time.milliseconds().div_euclid(DAY), time.milliseconds().rem_euclid(DAY));
        if self.date.is_empty() || self.day != day {
            let whole = time.to_string();
            let end = whole.find('T').map_or(whole.len(), |at| at + 1);
            self.date.clear();
            self.date.push_str(&whole[..end]);
            self.day = day;
        }
        // Small numbers, whose digits are cheap.
        let rest = u32::try_from(rest).unwrap_or_default();
        let digit = |value: u32| char::from(b'0' + (value % 10) as u8);
        self.text.clear();
        self.text.push_str(&self.date);
        for (value, end) in [(rest / 3_600_000, ':'), (rest / 60_000 % 60, ':'), (rest / 1000 % 60, '.')] {
            self.text.extend([digit(value / 10), digit(value), end]);
        }
        self.text.extend([digit(rest / 100), digit(rest / 10), digit(rest), 'Z']);
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn times_are_written_as_they_are_displayed(times in proptest::collection::vec(prop_oneof![any::<i64>(), 0..4 * DAY], 1..8)) {
            let mut clock = Clock::default();
            for time in times.into_iter().map(Timestamp::from_milliseconds) {
                prop_assert_eq!(clock.text(time), time.to_string());
            }
        }
    }
}
