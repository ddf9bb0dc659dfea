//! Initial sequence numbers (RFC 9293 3.4.1, RFC 6528), and the weak ones of
//! history, so that what the strong ones prevent can be shown.

use core::net::SocketAddr;

use crate::hash::{Key, Purpose, connection_hash};
use crate::seq::Seq;
use crate::settings::IsnGenerator;
use crate::time::Instant;

/// What early BSDs added for each connection.
pub const COUNTER_STEP: u32 = 64_000;

/// The clock of MUST-8: one tick each 4 µs, around once in 4.77 hours.
#[must_use]
pub const fn clock(now: Instant) -> u32 {
    (now.0 / 4) as u32
}

/// How many numbers a host has given out so far: all that the generators need to
/// remember. Start a new one when the generator changes, or after a reboot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct IsnState {
    drawn: u32,
}

impl IsnState {
    /// What of the count decides the next number: its place in a list, nothing
    /// where every number is the same.
    pub(crate) fn position(self, generator: &IsnGenerator) -> u32 {
        match generator {
            IsnGenerator::Listed(list) => self.drawn % list.len().max(1) as u32,
            IsnGenerator::Fixed(_) | IsnGenerator::Rfc9293 | IsnGenerator::Clock => 0,
            IsnGenerator::Random | IsnGenerator::Counter(_) => self.drawn,
        }
    }

    /// The same as [`IsnState::next`] for the generator of RFC 9293 and a hash taken elsewhere.
    #[inline]
    pub(crate) fn next_of_hash(&mut self, now: Instant, hash: u64) -> Seq {
        self.drawn = self.drawn.wrapping_add(1);
        Seq(clock(now)).add(hash as u32)
    }

    /// The ISN of the next connection between `local` and `remote`. `key` is the
    /// host's secret; whoever does not have it cannot compute the number of
    /// somebody else's connection with the `Rfc9293` or `Random` generator (MUST-9).
    pub fn next(
        &mut self,
        generator: &IsnGenerator,
        key: &Key,
        now: Instant,
        local: SocketAddr,
        remote: SocketAddr,
    ) -> Seq {
        if *generator == IsnGenerator::Rfc9293 {
            let hash = connection_hash(key, Purpose::InitialSequence, local, remote, 0);
            return self.next_of_hash(now, hash);
        }
        let drawn = self.drawn;
        self.drawn = drawn.wrapping_add(1);
        match generator {
            IsnGenerator::Random => {
                let more = now.0.rotate_left(32) ^ u64::from(drawn);
                Seq(connection_hash(key, Purpose::RandomSequence, local, remote, more) as u32)
            }
            IsnGenerator::Rfc9293 | IsnGenerator::Clock => Seq(clock(now)),
            IsnGenerator::Counter(start) => start.add(COUNTER_STEP.wrapping_mul(drawn)),
            IsnGenerator::Fixed(seq) => *seq,
            IsnGenerator::Listed(list) => {
                let count = list.len().max(1);
                list.get(drawn as usize % count)
                    .copied()
                    .unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests;
