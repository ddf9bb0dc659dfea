//! RFC 6582: as RFC 5681, but fast recovery mends all losses of one window.

use super::reno::{Linear, half_of_flight};
use super::{Algorithm, Growth, Window};

/// Fast recovery lasts until all that was outstanding at its start is acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NewReno {
    linear: Linear,
}

impl Algorithm for NewReno {
    fn threshold_after_loss(&mut self, window: &Window, flight_size: u32) -> u32 {
        self.linear.reset();
        half_of_flight(window, flight_size)
    }

    fn avoid_congestion(&mut self, window: &mut Window, growth: &Growth) {
        self.linear.grow(window, growth.acked);
    }
}

/// The window after everything was acknowledged: RFC 6582 3.2 (3), the first
/// choice, which lets no burst out. `outstanding` in bytes.
pub(super) fn full_ack_window(window: &Window, outstanding: u32) -> u32 {
    window
        .ssthresh
        .min(outstanding.max(window.smss).saturating_add(window.smss))
}

/// The window after a partial acknowledgement: deflated by what it covers, and a
/// segment back for the one sent again (RFC 6582 3.2 (3)).
pub(super) fn partial_ack_window(window: &Window, acked: u32) -> u32 {
    let deflated = window.cwnd.saturating_sub(acked);
    let back = if acked >= window.smss { window.smss } else { 0 };
    deflated.saturating_add(back).max(window.smss)
}
