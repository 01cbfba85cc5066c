//! The hybrid logical clock of edits: which of two is the later one, on whatever computers they were made.
//!
//! Kulkarni, Demirbas, Madappa, Avva, Leone: *Logical Physical Clocks* (OPODIS 2014), in the form of 64 bits: 48 of
//! milliseconds since 1970 (UTC) and 16 of a counter. It never runs behind the wall clock, and never behind an edit that
//! was seen, so what a person did after having seen something is later than that, even where two clocks disagree.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many bits the counter has.
const COUNTER: u32 = 16;

/// A moment of the hybrid logical clock. Its text is 16 lower-case hex digits, whose order is the order of the moments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clock(u64);

impl Clock {
    /// The first moment of a millisecond since 1970 (UTC); before 1970 it is 1970.
    pub fn at(millis: i64) -> Self {
        Self(u64::try_from(millis).unwrap_or(0).min(u64::MAX >> COUNTER) << COUNTER)
    }

    /// Its milliseconds since 1970 (UTC).
    pub fn millis(self) -> i64 {
        (self.0 >> COUNTER) as i64
    }

    /// The moment of something that is done now, by the wall clock in milliseconds: later than this one, which is the latest
    /// that was given or seen before.
    #[must_use]
    pub fn tick(self, now: i64) -> Self {
        Self::at(now).max(Self(self.0.saturating_add(1)))
    }

    /// The latest moment, once another one was seen.
    #[must_use]
    pub fn seen(self, other: Self) -> Self {
        self.max(other)
    }

    /// Pulled back to a moment of the wall clock, when it is ahead of that by more than `tolerance` milliseconds. A device
    /// whose clock is wrong then doesn't win against everybody for years.
    #[must_use]
    pub fn pulled_back(self, now: i64, tolerance: i64) -> Self {
        if self.millis() > now.saturating_add(tolerance) { Self::at(now) } else { self }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Why a text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAClock;

impl fmt::Display for NotAClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a clock is 16 lower-case hex digits")
    }
}

impl std::error::Error for NotAClock {}

impl FromStr for Clock {
    type Err = NotAClock;

    fn from_str(text: &str) -> Result<Self, NotAClock> {
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 16 || !text.bytes().all(lower_hex) {
            return Err(NotAClock);
        }
        u64::from_str_radix(text, 16).map(Self).map_err(|_| NotAClock)
    }
}

impl Serialize for Clock {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_stands_still_and_never_runs_behind() {
        let first = Clock::default().tick(1_000);
        assert_eq!(first.millis(), 1_000);
        let within = first.tick(1_000);
        assert!(within > first && within.millis() == 1_000);
        let wall_clock_went_back = within.tick(10);
        assert!(wall_clock_went_back > within);
        let other_computer = Clock::at(90_000);
        assert!(wall_clock_went_back.seen(other_computer).tick(1_001) > other_computer);
    }

    #[test]
    fn texts_are_ordered_as_the_moments_are() {
        let moments = [Clock::default(), Clock::at(1), Clock::at(1).tick(1), Clock::at(1_764_500_000_000)];
        let texts: Vec<String> = moments.iter().map(Clock::to_string).collect();
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == 16), "{texts:?}");
        assert_eq!(texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<Clock>>(), moments);
        for no in ["", "1", "00000000000000000", "000000000000000G", "000000000000000A", "+00000000000000f"] {
            assert_eq!(no.parse::<Clock>(), Err(NotAClock), "{no}");
        }
    }

    #[test]
    fn far_ahead_is_pulled_back_and_a_little_is_not() {
        assert_eq!(Clock::at(70_000).pulled_back(5_000, 60_000), Clock::at(5_000));
        assert_eq!(Clock::at(60_000).pulled_back(5_000, 60_000), Clock::at(60_000));
        assert_eq!(Clock::at(1).pulled_back(5_000, 60_000), Clock::at(1));
    }
}
