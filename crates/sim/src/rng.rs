//! Chance, drawn per purpose: each draw is a function of (seed, purpose,
//! direction, ordinal), so that dropping one segment does not reshuffle the
//! fate of all later ones. Whole numbers only.

use rand_core::Rng;
use rand_pcg::Pcg32;

use crate::run::Ratio;

/// What a draw is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Purpose {
    /// Whether a datagram is lost.
    Loss,
    /// Whether it is doubled.
    Duplicate,
    /// Whether it is overtaken.
    Reorder,
    /// Whether a bit is flipped.
    Corrupt,
    /// Which bit.
    CorruptBit,
    /// How much jitter it gets.
    Jitter,
    /// A host's secret for its keyed hashes (ordinal: which boot, and which word).
    HostSecret,
    /// Addresses and ports a flood claims to come from.
    Flood,
}

/// One draw. `lane` is the direction or the host, `ordinal` the datagram's number there.
#[must_use]
pub fn draw(seed: u64, purpose: Purpose, lane: usize, ordinal: u64) -> u64 {
    let stream = (purpose as u64) << 8 | lane as u64;
    // Neighbouring ordinals must not give neighbouring states: PCG's streams are
    // independent, its nearby states are less so.
    let mut generator = Pcg32::new(spread(seed ^ spread(ordinal)), stream);
    generator.next_u32();
    generator.next_u64()
}

/// Whether something with this probability happens.
#[must_use]
pub fn happens(seed: u64, purpose: Purpose, lane: usize, ordinal: u64, ratio: Ratio) -> bool {
    ratio.numerator > 0
        && ((draw(seed, purpose, lane, ordinal) >> 32) * u64::from(ratio.denominator)) >> 32
            < u64::from(ratio.numerator)
}

/// An evenly spread number below `bound`; 0 if that is 0.
#[must_use]
pub fn below(seed: u64, purpose: Purpose, lane: usize, ordinal: u64, bound: u64) -> u64 {
    ((u128::from(draw(seed, purpose, lane, ordinal)) * u128::from(bound)) >> 64) as u64
}

/// The secret of a host's n-th boot.
#[must_use]
pub fn host_secret(seed: u64, host: usize, boot: u32) -> [u8; 16] {
    let mut secret = [0; 16];
    for (half, word) in secret.chunks_exact_mut(8).zip(0u64..) {
        half.copy_from_slice(
            &draw(seed, Purpose::HostSecret, host, u64::from(boot) << 1 | word).to_le_bytes(),
        );
    }
    secret
}

/// Finalizer of SplitMix64: every bit of the input reaches every bit of the output.
const fn spread(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_what_they_were() {
        // The same on every machine and for ever: saved runs depend on it.
        let drawn: Vec<u64> = (0..3).map(|n| draw(7, Purpose::Loss, 0, n)).collect();
        assert_eq!(drawn, DRAWN);
    }

    const DRAWN: [u64; 3] = [
        1_041_081_890_315_630_280,
        4_302_026_168_052_807_093,
        2_624_106_757_358_642_581,
    ];

    #[test]
    fn a_ratio_comes_out() {
        for (numerator, denominator) in [(0, 1), (1, 100), (1, 3), (1, 1)] {
            let ratio = Ratio {
                numerator,
                denominator,
            };
            let hits = (0..30_000)
                .filter(|n| happens(1, Purpose::Loss, 1, *n, ratio))
                .count();
            let expected = 30_000 * numerator as usize / denominator as usize;
            assert!(hits.abs_diff(expected) < 300, "{hits} of {expected}");
        }
        let (mut low, mut high) = (u64::MAX, 0);
        for n in 0..1000 {
            let x = below(3, Purpose::Jitter, 0, n, 50);
            (low, high) = (low.min(x), high.max(x));
        }
        assert_eq!((low, high), (0, 49));
    }

    #[test]
    fn purposes_and_lanes_are_apart() {
        let a = draw(1, Purpose::Loss, 0, 5);
        assert_ne!(a, draw(1, Purpose::Loss, 1, 5));
        assert_ne!(a, draw(1, Purpose::Duplicate, 0, 5));
        assert_ne!(a, draw(2, Purpose::Loss, 0, 5));
        assert_ne!(host_secret(1, 0, 0), host_secret(1, 0, 1));
    }
}
