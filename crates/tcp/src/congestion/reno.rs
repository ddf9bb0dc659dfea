//! RFC 5681: halve on loss, a segment more each round trip.

use super::{Algorithm, Growth, Window};

/// FlightSize / 2, at least two segments (RFC 5681 3.1 (4)).
pub(super) fn half_of_flight(window: &Window, flight_size: u32) -> u32 {
    (flight_size / 2).max(window.smss.saturating_mul(2))
}

/// One segment more for each window's worth of acknowledged bytes (RFC 5681 3.1,
/// the byte-counting form of congestion avoidance).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Linear {
    acked: u32,
}

impl Linear {
    pub(super) fn grow(&mut self, window: &mut Window, acked: u32) {
        self.acked = self.acked.saturating_add(acked);
        if self.acked >= window.cwnd {
            self.acked -= window.cwnd;
            window.cwnd = window.cwnd.saturating_add(window.smss);
        }
        // However much one acknowledgement covers: a segment a round trip.
        self.acked = self.acked.min(window.cwnd);
    }

    pub(super) fn reset(&mut self) {
        self.acked = 0;
    }
}

/// Fast recovery ends with the first new acknowledgement.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Reno {
    linear: Linear,
}

impl Algorithm for Reno {
    fn threshold_after_loss(&mut self, window: &Window, flight_size: u32) -> u32 {
        self.linear.reset();
        half_of_flight(window, flight_size)
    }

    fn avoid_congestion(&mut self, window: &mut Window, growth: &Growth) {
        self.linear.grow(window, growth.acked);
    }

    fn stays_after_partial_ack(&self) -> bool {
        false
    }
}
