//! SYN cookies (RFC 4987 3.6): the state of SYN-RECEIVED kept in the sequence
//! number of the SYN-ACK, and in its timestamp where there is one.
//!
//! The number's bits: 5 of a counter that ticks each 64 s, 3 for an MSS class,
//! 24 of a keyed hash over both ends, the peer's ISN, the counter and the class.

use core::net::SocketAddr;

use crate::hash::{Key, Purpose, connection_hash};
use crate::seq::Seq;
use crate::time::{Duration, Instant};

/// How long one tick of the counter is.
pub const TICK: Duration = Duration::from_secs(64);
/// A cookie is good in the tick it was made in and this many after it.
pub const TICKS_GOOD: u64 = 2;

/// The MSS values that three bits can name; a peer's is rounded down to one.
pub const MSS_CLASSES: [u16; 8] = [64, 536, 1220, 1300, 1440, 1452, 1460, 8960];

/// Why an ACK does not bring back a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CookieRefusal {
    /// We never made this number for these ends.
    Forged,
    /// We made it, but too long ago.
    Expired,
}

/// The ISN of a SYN-ACK that stands for a connection. `irs` is the SYN's SEQ,
/// `mss` what it announced (or the default for its IP version).
#[must_use]
pub fn make(
    key: &Key,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    irs: Seq,
    mss: u16,
) -> Seq {
    let class = MSS_CLASSES
        .iter()
        .rposition(|&known| known <= mss)
        .unwrap_or(0) as u32;
    compose(key, now.0 / TICK.0, local, remote, irs, class)
}

/// The MSS out of the cookie that an ACK acknowledges: `cookie` is SEG.ACK − 1,
/// `irs` is SEG.SEQ − 1.
///
/// # Errors
/// A number that was not made for these ends, or too long ago.
pub fn verify(
    key: &Key,
    now: Instant,
    local: SocketAddr,
    remote: SocketAddr,
    irs: Seq,
    cookie: Seq,
) -> Result<u16, CookieRefusal> {
    let counter = now.0 / TICK.0;
    let age = counter.wrapping_sub(u64::from(cookie.0 >> 27)) % 32;
    let class = cookie.0 >> 24 & 7;
    let made = counter.checked_sub(age).ok_or(CookieRefusal::Forged)?;
    if compose(key, made, local, remote, irs, class) != cookie {
        return Err(CookieRefusal::Forged);
    }
    if age > TICKS_GOOD {
        return Err(CookieRefusal::Expired);
    }
    MSS_CLASSES
        .get(class as usize)
        .copied()
        .ok_or(CookieRefusal::Forged)
}

fn compose(
    key: &Key,
    counter: u64,
    local: SocketAddr,
    remote: SocketAddr,
    irs: Seq,
    class: u32,
) -> Seq {
    let more = counter << 35 | u64::from(class) << 32 | u64::from(irs.0);
    let hash = connection_hash(key, Purpose::Cookie, local, remote, more) as u32;
    Seq((counter as u32) << 27 | class << 24 | hash & 0x00ff_ffff)
}

/// What the peer's SYN offered and a cookie alone has no room for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct CookieOptions {
    /// Its shift count, at most 14.
    pub window_scale: Option<u8>,
    /// It can read SACK.
    pub sack_permitted: bool,
}

const OPTION_BITS: u32 = 0x1f;
const NO_SCALE: u32 = 0xf;

impl CookieOptions {
    /// The TSval of the SYN-ACK: the latest that is not after `clock` and whose
    /// low five bits carry the options, so that the peer never sees our clock run backwards.
    #[must_use]
    pub fn into_timestamp(self, clock: u32) -> u32 {
        let scale = self
            .window_scale
            .map_or(NO_SCALE, |shift| u32::from(shift.min(14)));
        let bits = scale | u32::from(self.sack_permitted) << 4;
        let value = clock & !OPTION_BITS | bits;
        if bits > clock & OPTION_BITS {
            value.wrapping_sub(OPTION_BITS + 1)
        } else {
            value
        }
    }

    /// The options out of the TSecr of the ACK.
    #[must_use]
    pub fn from_timestamp(echo: u32) -> CookieOptions {
        let scale = (echo & NO_SCALE) as u8;
        CookieOptions {
            window_scale: (scale <= 14).then_some(scale),
            sack_permitted: echo & 0x10 != 0,
        }
    }
}

#[cfg(test)]
mod tests;
