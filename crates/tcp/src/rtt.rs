//! The retransmission time-out (RFC 6298), in whole numbers.
//!
//! Karn's rule is the caller's: give no sample of a segment that was sent twice,
//! unless a timestamp tells which one was answered (MUST-18, RFC 7323 4).

use crate::settings::Settings;
use crate::time::Duration;

/// Fractions of a microsecond that are kept, so that many small steps do not
/// lose what they add up to.
const FRACTION: u32 = 10;
/// More time-outs than this do not make the RTO longer.
const BACK_OFF_MAXIMUM: u32 = 40;
/// Larger samples are not round trips, and would overflow the arithmetic.
const SAMPLE_MAXIMUM: u64 = 86_400_000_000;

/// What a connection knows of its round trips.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RttEstimator {
    /// Both times 2^FRACTION; `None` before the first sample.
    smoothed: Option<(i64, i64)>,
    /// The RTO without back-off.
    base: Duration,
    back_off: u32,
    minimum: Duration,
    maximum: Duration,
    granularity: Duration,
    /// Added to what was measured or doubled.
    slop: Duration,
    /// A round trip that gets shorter counts for little in the variation (as the Eifel algorithm has it).
    damped: bool,
}

impl RttEstimator {
    /// Nothing measured yet: the RTO is `initial` (2.1). `granularity` is the G of RFC 6298.
    #[must_use]
    pub fn new(
        initial: Duration,
        minimum: Duration,
        maximum: Duration,
        granularity: Duration,
    ) -> RttEstimator {
        RttEstimator {
            smoothed: None,
            base: initial.min(maximum),
            back_off: 0,
            minimum: minimum.min(maximum),
            maximum,
            granularity,
            slop: Duration::ZERO,
            damped: false,
        }
    }

    /// With the host's settings. Time is exact here, so G is one microsecond, or
    /// one tick where round trips are measured with timestamps alone.
    #[must_use]
    pub fn with_settings(settings: &Settings) -> RttEstimator {
        let granularity = if settings.timestamps {
            settings.timestamp_tick
        } else {
            Duration::from_micros(1)
        };
        let granularity = if settings.rto_above_round_trip {
            // Linux keeps not the RTO but its distance from the round trip above the minimum.
            granularity.max(settings.rto_minimum)
        } else {
            granularity
        };
        RttEstimator {
            slop: settings.rto_slop,
            damped: settings.rto_above_round_trip,
            ..RttEstimator::new(
                settings.rto_initial,
                settings.rto_minimum,
                settings.rto_maximum,
                granularity,
            )
        }
    }

    /// Takes a measurement, and ends any back-off (2.2, 2.3).
    pub fn sample(&mut self, rtt: Duration) {
        self.sample_of_many(rtt, 1);
    }

    /// Takes one of `expected` measurements within one round trip, each of which
    /// counts for that much less (RFC 7323 appendix G). `expected` is
    /// FlightSize / (2 × SMSS), rounded up.
    pub fn sample_of_many(&mut self, rtt: Duration, expected: u32) {
        let sample = (rtt.0.min(SAMPLE_MAXIMUM) << FRACTION) as i64;
        let expected = i64::from(expected.max(1));
        let (smoothed, variance) = match self.smoothed {
            None => (sample, sample / 2),
            Some((smoothed, variance)) => {
                let error = sample - smoothed;
                let mut change = error.abs() - variance;
                if self.damped && error < 0 && change > 0 {
                    change /= 8;
                }
                (
                    smoothed + error / (8 * expected),
                    variance + change / (4 * expected),
                )
            }
        };
        self.smoothed = Some((smoothed, variance));
        let spread = ((4 * variance) as u64 >> FRACTION).max(self.granularity.0);
        self.base = Duration((smoothed as u64 >> FRACTION) + spread)
            .max(self.minimum)
            .min(self.maximum);
        self.back_off = 0;
    }

    /// The RTO, back-off included: never below the minimum once measured, never above the maximum.
    #[must_use]
    #[inline]
    pub fn rto(&self) -> Duration {
        if self.back_off == 0 && self.slop == Duration::ZERO {
            return self.base;
        }
        self.backed_off_rto()
    }

    #[cold]
    #[inline(never)]
    fn backed_off_rto(&self) -> Duration {
        let doubled = Duration(self.base.0.saturating_mul(1 << self.back_off));
        let slop = if self.smoothed.is_some() || self.back_off > 0 {
            self.slop
        } else {
            Duration::ZERO
        };
        Duration(doubled.0.saturating_add(slop.0)).min(self.maximum)
    }

    /// A time-out: the RTO doubles (5.5, MUST-19).
    pub fn back_off(&mut self) {
        self.back_off = (self.back_off + 1).min(BACK_OFF_MAXIMUM);
    }

    /// How often it has doubled since the last sample.
    #[must_use]
    pub const fn back_offs(&self) -> u32 {
        self.back_off
    }

    /// Ends a back-off without a sample; the RTO is again what was measured. RFC 6298
    /// lets the doubled one stand until the next sample: not to be called by its letter.
    pub fn end_back_off(&mut self) {
        self.back_off = 0;
    }

    /// A connection whose SYN was sent twice starts its data with an RTO of at
    /// least 3 s (5.7), until there is a sample.
    pub fn established_after_syn_timeout(&mut self) {
        self.back_off = 0;
        if self.smoothed.is_none() {
            self.base = self.base.max(Duration::from_secs(3)).min(self.maximum);
        }
    }

    /// The smoothed round-trip time, once measured.
    #[must_use]
    pub fn srtt(&self) -> Option<Duration> {
        self.smoothed
            .map(|(smoothed, _)| Duration(smoothed as u64 >> FRACTION))
    }

    /// The variation; zero before anything was measured.
    #[must_use]
    pub fn rttvar(&self) -> Duration {
        Duration(
            self.smoothed
                .map_or(0, |(_, variance)| variance as u64 >> FRACTION),
        )
    }
}

#[cfg(test)]
mod tests;
