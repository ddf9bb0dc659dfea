//! What has arrived and was not yet taken by the application: bytes in order,
//! and behind them, with holes, what came too early (SHLD-31).
//!
//! One ring buffer holds both: the byte at offset `n` from the front has the
//! sequence number `start + n`. It grows as needed up to the window's end,
//! which bounds it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::seq::Seq;

#[derive(Clone, Debug, Default)]
pub(crate) struct ReceiveQueue {
    bytes: VecDeque<u8>,
    /// How many of them, from the front, are in order.
    readable: u32,
    /// What lies beyond, as offsets from the first missing byte: disjoint,
    /// not adjacent, ascending.
    islands: Vec<(u32, u32)>,
}

/// What became of a piece of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Placed {
    /// So many bytes became readable (its own, and those that had waited).
    InOrder(u32),
    /// Held until the hole before it is filled.
    Held,
    /// There were too many holes already.
    TooManyHoles,
}

impl ReceiveQueue {
    pub(crate) fn readable(&self) -> u32 {
        self.readable
    }

    /// Bytes held out of order.
    pub(crate) fn held(&self) -> u32 {
        self.islands.iter().map(|i| i.1 - i.0).sum()
    }

    pub(crate) fn has_holes(&self) -> bool {
        !self.islands.is_empty()
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        // Many a connection is over before anything was in it.
        if self.bytes.capacity() > 0 || self.islands.capacity() > 0 {
            *self = ReceiveQueue::default();
        }
    }

    /// The held ranges as sequence numbers, given RCV.NXT.
    pub(crate) fn held_ranges(&self, rcv_nxt: Seq) -> impl Iterator<Item = (Seq, Seq)> + '_ {
        self.islands
            .iter()
            .map(move |i| (rcv_nxt.add(i.0), rcv_nxt.add(i.1)))
    }

    /// Puts in text that begins `offset` bytes after RCV.NXT. The caller has
    /// cut it to the window.
    pub(crate) fn place(&mut self, offset: u32, text: &[u8], holes_max: usize) -> Placed {
        if offset == 0 && self.islands.is_empty() {
            self.bytes.extend(text);
            self.readable += text.len() as u32;
            return Placed::InOrder(text.len() as u32);
        }
        let end = offset + text.len() as u32;
        // The islands that touch [offset, end] melt into one with it.
        let first = self.islands.partition_point(|i| i.1 < offset);
        let last = self.islands.partition_point(|i| i.0 <= end);
        if offset > 0 && first == last && self.islands.len() >= holes_max {
            return Placed::TooManyHoles;
        }
        let base = self.readable as usize;
        if self.bytes.len() < base + end as usize {
            self.bytes.resize(base + end as usize, 0);
        }
        self.write(base + offset as usize, text);
        let mut melted = (offset, end);
        if first < last {
            melted.0 = melted.0.min(self.islands[first].0);
            melted.1 = melted.1.max(self.islands[last - 1].1);
        }
        self.islands.splice(first..last, [melted]);
        if melted.0 > 0 {
            return Placed::Held;
        }
        self.islands.remove(0);
        for island in &mut self.islands {
            island.0 -= melted.1;
            island.1 -= melted.1;
        }
        self.readable += melted.1;
        Placed::InOrder(melted.1)
    }

    fn write(&mut self, at: usize, text: &[u8]) {
        let (front, back) = self.bytes.as_mut_slices();
        let in_front = front.len().saturating_sub(at).min(text.len());
        if in_front > 0 {
            front[at..at + in_front].copy_from_slice(&text[..in_front]);
        }
        if in_front < text.len() {
            let at = at + in_front - front.len();
            let rest = &text[in_front..];
            back[at..at + rest.len()].copy_from_slice(rest);
        }
    }

    /// Moves up to `limit` readable bytes to the end of `into`.
    pub(crate) fn take(&mut self, into: &mut Vec<u8>, limit: usize) -> usize {
        let count = limit.min(self.readable as usize);
        let (front, back) = self.bytes.as_slices();
        let in_front = count.min(front.len());
        into.extend_from_slice(&front[..in_front]);
        into.extend_from_slice(&back[..count - in_front]);
        self.bytes.drain(..count);
        self.readable -= count as u32;
        count
    }

    /// Forgets what is held out of order.
    pub(crate) fn drop_held(&mut self) {
        self.bytes.truncate(self.readable as usize);
        self.islands.clear();
    }
}

#[cfg(test)]
#[path = "recv_tests.rs"]
mod tests;
