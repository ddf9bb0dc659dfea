//! Instants and durations as whole microseconds; the owner of the engine says
//! what time it is.

use core::ops::{Add, Sub};

/// Microseconds since the owner's zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Instant(pub u64);

/// A length of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Duration(pub u64);

impl Instant {
    /// The owner's zero.
    pub const ZERO: Instant = Instant(0);
    /// A moment that is never reached.
    pub const NEVER: Instant = Instant(u64::MAX);

    /// How long after `earlier` this is; zero when it is not.
    #[must_use]
    pub const fn since(self, earlier: Instant) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Duration = Duration(0);

    /// Whole microseconds.
    #[must_use]
    pub const fn from_micros(us: u64) -> Duration {
        Duration(us)
    }

    /// Whole milliseconds.
    #[must_use]
    pub const fn from_millis(ms: u64) -> Duration {
        Duration(ms.saturating_mul(1_000))
    }

    /// Whole seconds.
    #[must_use]
    pub const fn from_secs(s: u64) -> Duration {
        Duration(s.saturating_mul(1_000_000))
    }

    /// `self * n`, kept within range.
    #[must_use]
    pub const fn times(self, n: u64) -> Duration {
        Duration(self.0.saturating_mul(n))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    fn add(self, d: Duration) -> Instant {
        Instant(self.0.saturating_add(d.0))
    }
}

impl Add for Duration {
    type Output = Duration;
    fn add(self, d: Duration) -> Duration {
        Duration(self.0.saturating_add(d.0))
    }
}

impl Sub for Duration {
    type Output = Duration;
    fn sub(self, d: Duration) -> Duration {
        Duration(self.0.saturating_sub(d.0))
    }
}

const UNITS: [(&str, u64); 5] = [
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

impl Duration {
    /// The longest there is.
    pub const MAX: Duration = Duration(u64::MAX);

    /// Reads `200us`, `40ms`, `1.5s`, `2min`, `2h`; a bare `0` too. `None` for
    /// anything else, for fractions of a microsecond and for what does not fit.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Duration> {
        let split = text
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(split)?;
        let number = number.trim_end();
        if unit.is_empty() {
            return (number == "0").then_some(Duration::ZERO);
        }
        let &(_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty()
            || !all_digits(whole)
            || !all_digits(fraction)
            || (number.contains('.') && fraction.is_empty())
        {
            return None;
        }
        let mut total = whole.parse::<u64>().ok()?.checked_mul(scale)?;
        let mut place = scale;
        for digit in fraction.bytes().map(|b| u64::from(b - b'0')) {
            if digit != 0 && (place == 0 || place % 10 != 0) {
                return None;
            }
            total = total.checked_add(digit * place / 10)?;
            place /= 10;
        }
        Some(Duration(total))
    }
}

/// The largest unit that leaves a whole number: `2min`, `1500ms`, `0s`.
impl core::fmt::Display for Duration {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        for (name, scale) in UNITS {
            if self.0.is_multiple_of(scale) {
                return write!(f, "{}{name}", self.0 / scale);
            }
        }
        Ok(())
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    fn sub(self, d: Duration) -> Instant {
        Instant(self.0.saturating_sub(d.0))
    }
}

impl Instant {
    /// Whole microseconds since the owner's zero.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }
}

impl Duration {
    /// Whole microseconds.
    #[must_use]
    pub const fn as_micros(self) -> u64 {
        self.0
    }
}
