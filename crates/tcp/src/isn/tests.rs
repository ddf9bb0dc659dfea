use alloc::vec;

use super::*;
use crate::time::Duration;

const KEY: Key = *b"a secret of A's.";

fn ends() -> (SocketAddr, SocketAddr) {
    (
        "10.0.0.1:49152".parse().unwrap(),
        "10.0.0.2:8080".parse().unwrap(),
    )
}

#[test]
fn rfc_9293_is_a_clock_per_connection() {
    let (a, b) = ends();
    let mut state = IsnState::default();
    let mut next = |us, local| state.next(&IsnGenerator::Rfc9293, &KEY, Instant(us), local, b);
    let first = next(0, a);
    // 4 ms later: a thousand ticks, exactly, for the same ends.
    assert_eq!(next(4_000, a).since(first), 1_000);
    // A tick is 4 µs; the clock wraps and goes on.
    assert_eq!(next(4 << 32, a), first);
    // Another port tells nothing of the first.
    let other = next(0, "10.0.0.1:49153".parse().unwrap());
    assert!(other.since(first) > 1_000_000 && first.since(other) > 1_000_000);
    // Another secret, another number.
    assert_ne!(
        IsnState::default().next(&IsnGenerator::Rfc9293, &[0; 16], Instant(0), a, b),
        first
    );
}

#[test]
fn the_weak_ones_are_as_weak_as_they_were() {
    let (a, b) = ends();
    let mut state = IsnState::default();
    let mut draw = |generator: &IsnGenerator, us| state.next(generator, &KEY, Instant(us), a, b).0;
    assert_eq!(draw(&IsnGenerator::Clock, 8_000_000), 2_000_000);
    assert_eq!(draw(&IsnGenerator::Fixed(Seq(7)), 1), 7);
    assert_eq!(draw(&IsnGenerator::Fixed(Seq(7)), 2), 7);

    let mut state = IsnState::default();
    let generator = IsnGenerator::Counter(Seq(1));
    for expected in [1, 64_001, 128_001] {
        assert_eq!(state.next(&generator, &KEY, Instant(0), a, b).0, expected);
    }
    let mut state = IsnState::default();
    let generator = IsnGenerator::Listed(vec![Seq(99), Seq(400)]);
    for expected in [99, 400, 99] {
        assert_eq!(state.next(&generator, &KEY, Instant(0), a, b).0, expected);
    }
    assert_eq!(
        state.next(&IsnGenerator::Listed(vec![]), &KEY, Instant(0), a, b),
        Seq(0)
    );
}

#[test]
fn random_ones_do_not_repeat_for_the_same_ends_at_the_same_time() {
    let (a, b) = ends();
    let mut state = IsnState::default();
    let mut next = |us| state.next(&IsnGenerator::Random, &KEY, Instant(us), a, b);
    let (x, y, z) = (next(0), next(0), next(Duration::from_secs(1).0));
    assert!(x != y && y != z && x != z);
}
