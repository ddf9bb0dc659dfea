//! RFC 9438: the window as a cubic function of the time since the last loss.
//!
//! Times are milliseconds and windows bytes here, so C = 0.4 segments/s³ becomes
//! 0.4 × SMSS / 10⁹ bytes/ms³.

use super::{Algorithm, Growth, WINDOW_MAXIMUM, Window};
use crate::time::Instant;

/// β = 7/10.
const BETA: (u64, u64) = (7, 10);
/// (1 + β) / 2 = 17/20.
const FAST_CONVERGENCE: (u64, u64) = (17, 20);
/// 3 (1 − β) / (1 + β) = 9/17: as fast as Reno with this β would be.
const ALPHA: (u64, u64) = (9, 17);
/// Half an hour off K the curve is far beyond any window: more would overflow.
const OFFSET_MAXIMUM_MS: u64 = 1 << 21;

/// A stretch of congestion avoidance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Epoch {
    start: Instant,
    /// When the last acknowledgement was counted.
    last: Instant,
    /// Milliseconds until the window is back at `w_max`.
    k_ms: u64,
    w_max: u32,
    /// What Reno would have (W_est), and what is left over of it.
    estimate: u32,
    estimate_credit: u64,
    credit: u64,
}

/// Grows towards the window of the last loss, rests there, and then beyond it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Cubic {
    /// The window before the last reduction; zero before any.
    pub(super) w_max: u32,
    pub(super) cwnd_prior: u32,
    epoch: Option<Epoch>,
}

/// The largest number whose cube is not above `n`.
pub(super) fn cube_root(n: u64) -> u64 {
    // Three bits of n for each bit of the root, from the top.
    let mut root = 0u64;
    let mut rest = n;
    let mut shift = 63u32;
    loop {
        root <<= 1;
        let step = 3 * root * (root + 1) + 1;
        if rest >> shift >= step {
            rest -= step << shift;
            root += 1;
        }
        if shift == 0 {
            return root;
        }
        shift -= 3;
    }
}

/// K (RFC 9438 (2)): the milliseconds from `cwnd` up to `w_max`.
pub(super) fn milliseconds_to(w_max: u32, cwnd: u32, smss: u32) -> u64 {
    let below = u64::from(w_max.saturating_sub(cwnd));
    // below / SMSS / 0.4 s³, in ms³: below is less than 2³⁰.
    cube_root(below * 2_500_000_000 / u64::from(smss.max(1)))
}

/// W_cubic (RFC 9438 (1)) in bytes, `t_ms` after the epoch's start.
pub(super) fn window_at(t_ms: u64, k_ms: u64, w_max: u32, smss: u32) -> u32 {
    let offset = t_ms.abs_diff(k_ms).min(OFFSET_MAXIMUM_MS);
    let cube = offset * offset * offset / 1_000_000;
    let distance = cube * (4 * u64::from(smss.min(1 << 16))) / 10_000;
    let window = if t_ms < k_ms {
        u64::from(w_max).saturating_sub(distance)
    } else {
        u64::from(w_max).saturating_add(distance)
    };
    window.min(u64::from(WINDOW_MAXIMUM)) as u32
}

fn share(bytes: u32, (over, under): (u64, u64)) -> u32 {
    (u64::from(bytes) * over / under) as u32
}

impl Cubic {
    fn start(&self, now: Instant, window: &Window) -> Epoch {
        let w_max = self.w_max.max(window.cwnd);
        Epoch {
            start: now,
            last: now,
            k_ms: milliseconds_to(w_max, window.cwnd, window.smss),
            w_max,
            estimate: window.cwnd,
            estimate_credit: 0,
            credit: 0,
        }
    }
}

impl Algorithm for Cubic {
    fn threshold_after_loss(&mut self, window: &Window, flight_size: u32) -> u32 {
        self.epoch = None;
        // RFC 9438 4.7: someone else wants a share.
        self.w_max = if window.cwnd < self.w_max {
            share(window.cwnd, FAST_CONVERGENCE)
        } else {
            window.cwnd
        };
        self.cwnd_prior = window.cwnd;
        share(flight_size, BETA).max(window.smss.saturating_mul(2))
    }

    fn avoid_congestion(&mut self, window: &mut Window, growth: &Growth) {
        let mut epoch = self.epoch.unwrap_or_else(|| self.start(growth.now, window));
        epoch.last = growth.now;
        let acked = u64::from(growth.acked);
        let cwnd = u64::from(window.cwnd.max(1));

        // W_est (4): α segments a round trip, one once it has caught up.
        let (over, under) = if epoch.estimate < self.cwnd_prior {
            ALPHA
        } else {
            (1, 1)
        };
        epoch.estimate_credit += acked * u64::from(window.smss) * over;
        let step = epoch.estimate_credit / (under * cwnd);
        epoch.estimate_credit -= step * under * cwnd;
        epoch.estimate = (u64::from(epoch.estimate) + step).min(u64::from(WINDOW_MAXIMUM)) as u32;

        let elapsed = growth.now.since(epoch.start);
        let curve = |us: u64| window_at(us / 1_000, epoch.k_ms, epoch.w_max, window.smss);
        if curve(elapsed.0) < epoch.estimate {
            // 4.3: the Reno-friendly region.
            window.cwnd = window.cwnd.max(epoch.estimate);
        } else {
            // 4.4, 4.5: towards where the curve will be a round trip from now.
            let most = window.cwnd.saturating_add(window.cwnd / 2);
            let target = curve(elapsed.0.saturating_add(growth.srtt.0)).clamp(window.cwnd, most);
            epoch.credit += u64::from(target - window.cwnd) * acked;
            let step = epoch.credit / cwnd;
            epoch.credit -= step * cwnd;
            window.cwnd = (u64::from(window.cwnd) + step).min(u64::from(most)) as u32;
        }
        self.epoch = Some(epoch);
    }

    fn timed_out(&mut self) {
        // RFC 9438 4.8: the next congestion avoidance starts with K = 0, at its own window.
        self.epoch = None;
        self.w_max = 0;
    }

    fn not_limited(&mut self, now: Instant) {
        if let Some(epoch) = &mut self.epoch {
            // RFC 9438 5.8: the curve waits.
            epoch.start = epoch.start + now.since(epoch.last);
            epoch.last = now;
        }
    }
}
