//! No congestion control: only the other end's window holds the sender back.
//! Losses are still found and mended.

use super::{Algorithm, Growth, Window};

/// Leaves the window alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct NoControl;

impl Algorithm for NoControl {
    fn threshold_after_loss(&mut self, window: &Window, _flight_size: u32) -> u32 {
        window.ssthresh
    }

    fn avoid_congestion(&mut self, _window: &mut Window, _growth: &Growth) {}
}
