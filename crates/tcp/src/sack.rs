//! Selective acknowledgement: what the receiver reports (RFC 2018) and what the
//! sender remembers of it (RFC 6675).

use alloc::vec::Vec;

use crate::seq::Seq;
use crate::wire::{SackBlock, SackBlocks};

/// Blocks that either side remembers at most. What is forgotten is only not
/// reported, or sent again: SACK is advice.
pub const BLOCKS_MAXIMUM: usize = 64;

/// DupThresh of RFC 6675.
pub const DUPLICATE_THRESHOLD: u32 = 3;

/// The receiver's list: what has arrived beyond RCV.NXT, most recent first.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ReceivedBlocks {
    blocks: Vec<SackBlock>,
}

impl ReceivedBlocks {
    /// Nothing beyond RCV.NXT.
    #[must_use]
    pub const fn new() -> ReceivedBlocks {
        ReceivedBlocks { blocks: Vec::new() }
    }

    /// Data from `left` up to `right` have been queued out of order. What they touch
    /// becomes one block, which is now the most recent (RFC 2018 4).
    pub fn insert(&mut self, left: Seq, right: Seq) {
        if !left.before(right) {
            return;
        }
        let mut merged = SackBlock { left, right };
        self.blocks.retain(|block| {
            let apart = block.right.before(merged.left) || merged.right.before(block.left);
            if !apart {
                if block.left.before(merged.left) {
                    merged.left = block.left;
                }
                merged.right = merged.right.later(block.right);
            }
            apart
        });
        self.blocks.truncate(BLOCKS_MAXIMUM - 1);
        self.blocks.insert(0, merged);
    }

    /// RCV.NXT has moved: what it has reached is no longer out of order.
    pub fn advance(&mut self, rcv_nxt: Seq) {
        self.blocks.retain(|block| block.left.after(rcv_nxt));
    }

    /// The queue beyond RCV.NXT was given up (reneging, allowed by RFC 2018 8).
    pub fn clear(&mut self) {
        self.blocks.clear();
    }

    /// The first `room` blocks to put into an option, at most four.
    #[must_use]
    pub fn report(&self, room: usize) -> SackBlocks {
        SackBlocks::new(
            self.blocks
                .get(..room.min(self.blocks.len()))
                .unwrap_or(&[]),
        )
    }

    /// All blocks, most recent first.
    #[must_use]
    pub fn blocks(&self) -> &[SackBlock] {
        &self.blocks
    }

    /// Whether there is nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

/// What to send next in loss recovery (RFC 6675, NextSeg).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextSegment {
    /// Rules 1 and 3: send these numbers again, then call [`Scoreboard::retransmitted`] with `end`.
    Again {
        /// The first.
        seq: Seq,
        /// The one after the last; at most one SMSS further.
        end: Seq,
        /// Rule 1: they count as lost.
        lost: bool,
    },
    /// Rule 2: something never sent, if the window allows.
    New,
    /// Rule 4: the last numbers outstanding once more, then call [`Scoreboard::rescued`].
    Rescue {
        /// The first.
        seq: Seq,
        /// The one after the last.
        end: Seq,
    },
}

/// The sender's scoreboard: which of the numbers between SND.UNA and SND.NXT the
/// other end has reported.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Scoreboard {
    /// In ascending order, apart from each other.
    blocks: Vec<SackBlock>,
    /// One past the highest number sent again in this recovery; `None` before any.
    again_until: Option<Seq>,
    /// RescueRxt: no rescue before more than this is acknowledged.
    rescued_until: Option<Seq>,
}

impl Scoreboard {
    /// Nothing reported.
    #[must_use]
    pub const fn new() -> Scoreboard {
        Scoreboard {
            blocks: Vec::new(),
            again_until: None,
            rescued_until: None,
        }
    }

    /// Takes the blocks of an arriving segment, SND.UNA already moved. Blocks that
    /// are empty, not above `snd_una` or not below `snd_nxt` are ignored. Answers how many numbers
    /// are reported for the first time: more than none makes the segment a
    /// duplicate acknowledgement in the sense of RFC 6675 2.
    pub fn update(&mut self, snd_una: Seq, snd_nxt: Seq, reported: &SackBlocks) -> u32 {
        self.advance(snd_una);
        let before = self.sacked();
        for block in reported.as_slice() {
            let fits = block.left.before(block.right)
                && block.left.after(snd_una)
                && block.right.at_or_before(snd_nxt)
                && block.right.after(snd_una);
            if fits {
                self.add(*block);
            }
        }
        self.sacked().saturating_sub(before)
    }

    fn add(&mut self, new: SackBlock) {
        let mut merged = new;
        let mut place = 0;
        let mut kept = 0;
        self.blocks.retain(|block| {
            let apart = block.right.before(merged.left) || merged.right.before(block.left);
            if apart {
                kept += 1;
                if block.left.before(merged.left) {
                    place = kept;
                }
            } else {
                if block.left.before(merged.left) {
                    merged.left = block.left;
                }
                merged.right = merged.right.later(block.right);
            }
            apart
        });
        if self.blocks.len() < BLOCKS_MAXIMUM {
            self.blocks.insert(place.min(self.blocks.len()), merged);
        }
    }

    /// SND.UNA has moved.
    pub fn advance(&mut self, snd_una: Seq) {
        self.blocks.retain_mut(|block| {
            if block.left.before(snd_una) {
                block.left = snd_una;
            }
            block.left.before(block.right)
        });
        if self
            .again_until
            .is_some_and(|until| until.at_or_before(snd_una))
        {
            self.again_until = None;
        }
        if self
            .rescued_until
            .is_some_and(|until| until.before(snd_una))
        {
            self.rescued_until = None;
        }
    }

    /// Forgets everything, as after a retransmission time-out: the other end may
    /// have given up what it reported (RFC 2018 8).
    pub fn clear(&mut self) {
        self.blocks.clear();
        self.again_until = None;
        self.rescued_until = None;
    }

    /// Loss recovery starts (or has ended): nothing was sent again in it yet.
    pub fn start_recovery(&mut self) {
        self.again_until = None;
        self.rescued_until = None;
    }

    /// Numbers up to (not including) `end` were sent again: HighRxt.
    pub fn retransmitted(&mut self, end: Seq) {
        self.again_until = Some(self.again_until.map_or(end, |until| until.later(end)));
    }

    /// RescueRxt: no rescue before more than what lies below `until` is acknowledged. After a rescue that is the
    /// recovery point, after the first retransmission of a recovery its end (RFC 6675 5 (4.3)).
    pub fn rescued(&mut self, until: Seq) {
        self.rescued_until = Some(until);
    }

    /// The blocks, in ascending order.
    #[must_use]
    pub fn blocks(&self) -> &[SackBlock] {
        &self.blocks
    }

    /// How many numbers have been reported.
    #[must_use]
    pub fn sacked(&self) -> u32 {
        self.blocks
            .iter()
            .fold(0, |sum, block| sum.saturating_add(block.len()))
    }

    /// Whether a number has been reported.
    #[must_use]
    pub fn is_sacked(&self, seq: Seq) -> bool {
        self.blocks
            .iter()
            .any(|block| seq.in_window(block.left, block.len()))
    }

    /// IsLost: whether DupThresh blocks, or more than DupThresh − 1 full segments'
    /// bytes, have been reported above a number. `smss` in bytes.
    #[must_use]
    pub fn is_lost(&self, seq: Seq, smss: u32) -> bool {
        let mut above = Above::default();
        for block in self.blocks.iter().filter(|block| block.left.after(seq)) {
            above.count(block);
        }
        above.mean_loss(smss)
    }

    /// Pipe: an estimate of the numbers that are in the network (RFC 6675 4, SetPipe).
    #[must_use]
    pub fn pipe(&self, snd_una: Seq, snd_nxt: Seq, smss: u32) -> u32 {
        let mut pipe = 0u32;
        let mut above = Above::default();
        let mut end = snd_nxt;
        // From the top down, so that what lies above each hole is known.
        for hole_start in self.blocks.iter().rev().map(Some).chain([None]) {
            let start = hole_start.map_or(snd_una, |block| block.right);
            if start.before(end) {
                if !above.mean_loss(smss) {
                    pipe = pipe.saturating_add(end.since(start));
                }
                if let Some(until) = self.again_until
                    && start.before(until)
                {
                    let again_end = if until.before(end) { until } else { end };
                    pipe = pipe.saturating_add(again_end.since(start));
                }
            }
            if let Some(block) = hole_start {
                above.count(block);
                end = block.left;
            }
        }
        pipe
    }

    /// NextSeg (RFC 6675 4). `new_data` says whether something never sent may be
    /// sent as far as the other end's window is concerned.
    #[must_use]
    pub fn next_segment(
        &self,
        snd_una: Seq,
        snd_nxt: Seq,
        new_data: bool,
        smss: u32,
    ) -> Option<NextSegment> {
        let smss = smss.max(1);
        let from = self
            .again_until
            .map_or(snd_una, |until| until.later(snd_una));
        let hole = self.first_hole(from, snd_una);
        if let Some((seq, hole_end)) = hole {
            let lost = self.is_lost(seq, smss);
            if lost || !new_data {
                let most = seq.add(smss);
                let end = if most.before(hole_end) {
                    most
                } else {
                    hole_end
                };
                return Some(NextSegment::Again { seq, end, lost });
            }
        }
        if new_data {
            return Some(NextSegment::New);
        }
        if self.rescued_until.is_some() {
            return None;
        }
        // The highest numbers outstanding that were not reported.
        let mut end = snd_nxt;
        let mut start = snd_una;
        for block in self.blocks.iter().rev() {
            if block.right == end {
                end = block.left;
            } else {
                start = block.right;
                break;
            }
        }
        if !start.before(end) {
            return None;
        }
        let seq = start.later(end.sub(smss.min(end.since(start))));
        if self
            .again_until
            .is_some_and(|until| end.at_or_before(until))
        {
            // They are on their way again already; what SHOULD be rescued is what nothing was done for.
            return None;
        }
        Some(NextSegment::Rescue { seq, end })
    }

    /// The first numbers at or after `from`, below some block, that were not reported.
    fn first_hole(&self, from: Seq, snd_una: Seq) -> Option<(Seq, Seq)> {
        let mut start = snd_una;
        for block in &self.blocks {
            let first = start.later(from);
            if first.before(block.left) {
                return Some((first, block.left));
            }
            start = block.right;
        }
        None
    }
}

/// What has been reported above some number.
#[derive(Default)]
struct Above {
    blocks: u32,
    bytes: u32,
}

impl Above {
    fn count(&mut self, block: &SackBlock) {
        self.blocks += 1;
        self.bytes = self.bytes.saturating_add(block.len());
    }

    fn mean_loss(&self, smss: u32) -> bool {
        self.blocks >= DUPLICATE_THRESHOLD
            || self.bytes > (DUPLICATE_THRESHOLD - 1).saturating_mul(smss)
    }
}

#[cfg(test)]
mod tests;
