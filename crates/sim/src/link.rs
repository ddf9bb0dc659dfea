//! One direction of the link: what becomes of a datagram, and why.

use alloc::collections::VecDeque;

use tcp::time::{Duration, Instant};

use crate::rng::{self, Purpose};
use crate::run::{Direction, Firewall, LinkSpec, Unreachable};
use crate::trace::WorldReason;

/// A second copy comes this much later when chance makes it.
const DUPLICATE_DELAY: Duration = Duration(1_000);

/// One direction of the link.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub spec: LinkSpec,
    direction: Direction,
    /// When the line will have sent what waits for it.
    busy_until: Instant,
    /// When each waiting datagram's turn comes.
    turns: VecDeque<Instant>,
    /// Jitter does not let one datagram overtake another.
    last_arrival: Instant,
}

/// What becomes of a datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Verdict {
    /// When it arrives or dies.
    pub end: Instant,
    /// Why it dies, and what a router says to its sender then.
    pub lost: Option<(WorldReason, Option<Unreachable>)>,
    /// When a second copy arrives.
    pub copy: Option<Instant>,
    /// A random number that says which bit is flipped.
    pub corrupt: Option<u64>,
}

impl Line {
    pub fn new(direction: Direction, spec: LinkSpec) -> Line {
        Line {
            spec,
            direction,
            busy_until: Instant::ZERO,
            turns: VecDeque::new(),
            last_arrival: Instant::ZERO,
        }
    }

    /// Judges the `ordinal`-th datagram of this direction, put on the line now.
    pub fn pass(&mut self, now: Instant, len: usize, seed: u64, ordinal: u32) -> Verdict {
        let spec = &self.spec;
        let lane = self.direction.index();
        let ordinal = u64::from(ordinal);
        let chance = |purpose, ratio| rng::happens(seed, purpose, lane, ordinal, ratio);
        let half_way = now + Duration(spec.latency.0 / 2);
        let lost = |end, why, answer| Verdict {
            end,
            lost: Some((why, answer)),
            copy: None,
            corrupt: None,
        };

        if spec.cut {
            return lost(half_way, WorldReason::LinkCut, None);
        }
        if len > usize::from(spec.mtu) {
            return lost(
                half_way,
                WorldReason::TooBig,
                Some(Unreachable::TooBig(spec.mtu)),
            );
        }
        let mut departure = now;
        if spec.bandwidth_bps > 0 {
            while self.turns.front().is_some_and(|turn| *turn <= now) {
                self.turns.pop_front();
            }
            let turn = now.max(self.busy_until);
            if turn > now {
                if self.turns.len() >= spec.queue as usize {
                    return lost(now, WorldReason::QueueFull, None);
                }
                self.turns.push_back(turn);
            }
            let bits = len as u128 * 8;
            departure =
                turn + Duration((bits * 1_000_000).div_ceil(u128::from(spec.bandwidth_bps)) as u64);
            self.busy_until = departure;
        }
        match spec.firewall {
            Firewall::Off => {}
            Firewall::Drop => return lost(half_way, WorldReason::FirewallDropped, None),
            Firewall::Reject(answer) => {
                return lost(half_way, WorldReason::FirewallRejected, Some(answer));
            }
        }
        if chance(Purpose::Loss, spec.loss) {
            let end = departure + Duration(spec.latency.0 / 2);
            return lost(end, WorldReason::RandomLoss, None);
        }
        let mut end = departure + spec.latency;
        if spec.jitter > Duration::ZERO {
            end = end
                + Duration(rng::below(
                    seed,
                    Purpose::Jitter,
                    lane,
                    ordinal,
                    spec.jitter.0 + 1,
                ));
        }
        end = end.max(self.last_arrival);
        if chance(Purpose::Reorder, spec.reorder) {
            end = end + spec.reorder_delay;
        } else {
            self.last_arrival = end;
        }
        let copy = chance(Purpose::Duplicate, spec.duplicate).then(|| end + DUPLICATE_DELAY);
        let corrupt = chance(Purpose::Corrupt, spec.corrupt)
            .then(|| rng::draw(seed, Purpose::CorruptBit, lane, ordinal));
        Verdict {
            end,
            lost: None,
            copy,
            corrupt,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Ratio;

    fn line(spec: LinkSpec) -> Line {
        Line::new(Direction::AToB, spec)
    }

    #[test]
    fn bandwidth_serializes_and_the_queue_fills() {
        let spec = LinkSpec {
            bandwidth_bps: 8_000_000,
            queue: 2,
            ..LinkSpec::default()
        };
        let mut line = line(spec);
        // 1000 bytes take a millisecond each.
        let ends: Vec<_> = (1..=5).map(|n| line.pass(Instant(0), 1000, 1, n)).collect();
        assert_eq!(ends[0].end, Instant(51_000));
        assert_eq!(ends[2].end, Instant(53_000));
        assert_eq!(
            ends[3].lost,
            Some((WorldReason::QueueFull, None)),
            "one is being sent, two wait"
        );
        assert_eq!(
            line.pass(Instant(1_000), 1000, 1, 6).end,
            Instant(54_000),
            "a place is free again"
        );
    }

    #[test]
    fn jitter_keeps_the_order_and_reordering_does_not() {
        let spec = LinkSpec {
            jitter: Duration(40_000),
            ..LinkSpec::default()
        };
        let mut jittery = line(spec);
        let ends: Vec<_> = (1..200)
            .map(|n| jittery.pass(Instant(u64::from(n) * 1_000), 40, 3, n).end)
            .collect();
        assert!(ends.is_sorted());
        assert!(
            ends.iter()
                .zip(1u64..)
                .any(|(end, n)| end.0 > n * 1_000 + 70_000)
        );
        let spec = LinkSpec {
            reorder: Ratio {
                numerator: 1,
                denominator: 3,
            },
            reorder_delay: Duration(5_000),
            ..LinkSpec::default()
        };
        let mut reordering = line(spec);
        let ends: Vec<_> = (1..50)
            .map(|n| reordering.pass(Instant(u64::from(n) * 1_000), 40, 3, n).end)
            .collect();
        assert!(!ends.is_sorted());
    }

    #[test]
    fn what_stands_in_the_way_says_so() {
        let pass = |spec| line(spec).pass(Instant(0), 1500, 1, 1).lost;
        let base = LinkSpec::default();
        assert_eq!(pass(base.clone()), None);
        assert_eq!(
            pass(LinkSpec {
                cut: true,
                ..base.clone()
            }),
            Some((WorldReason::LinkCut, None))
        );
        let small = LinkSpec {
            mtu: 576,
            ..base.clone()
        };
        assert_eq!(
            pass(small),
            Some((WorldReason::TooBig, Some(Unreachable::TooBig(576))))
        );
        let wall = LinkSpec {
            firewall: Firewall::Reject(Unreachable::Port),
            ..base
        };
        assert_eq!(
            pass(wall),
            Some((WorldReason::FirewallRejected, Some(Unreachable::Port)))
        );
    }
}
