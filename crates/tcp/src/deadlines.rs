//! Which socket has to be woken next: a binary heap in which every socket has
//! at most one place, its earliest deadline. Nothing stale is kept, so it is
//! no longer than the list of sockets, and the top is always true. As long as only
//! one socket waits for anything it needs no heap: it stands beside it.

use alloc::vec::Vec;

use crate::time::Instant;

const NOWHERE: u32 = u32::MAX;

/// Ordered by time, then by socket number: ties are decided, not accidental.
type Entry = (Instant, u32, u32);

#[derive(Clone, Debug)]
pub(crate) struct Deadlines {
    /// The only entry there is; its deadline is `NEVER` where there is none, or more than one.
    alone: Entry,
    /// (deadline, socket number, slot)
    heap: Vec<Entry>,
    /// By slot: place in the heap.
    places: Vec<u32>,
}

impl Default for Deadlines {
    fn default() -> Deadlines {
        Deadlines {
            alone: (Instant::NEVER, 0, 0),
            heap: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl Deadlines {
    #[inline]
    pub(crate) fn first(&self) -> Option<(Instant, usize)> {
        let first = if self.alone.0 == Instant::NEVER {
            self.heap.first()?
        } else {
            &self.alone
        };
        Some((first.0, first.2 as usize))
    }

    /// Says that the socket in `slot` must be woken at `deadline`, or not at all (`NEVER`).
    #[inline]
    pub(crate) fn set(&mut self, slot: usize, socket: u32, deadline: Instant) {
        let others = self.alone.0 != Instant::NEVER && self.alone.2 as usize != slot;
        if self.heap.is_empty() && !others {
            self.alone = (deadline, socket, slot as u32);
        } else {
            self.set_among_others(slot, socket, deadline);
        }
    }

    #[inline(never)]
    fn set_among_others(&mut self, slot: usize, socket: u32, deadline: Instant) {
        let alone = core::mem::replace(&mut self.alone, (Instant::NEVER, 0, 0));
        if alone.0 != Instant::NEVER {
            self.place(alone.2 as usize, alone.1, alone.0);
        }
        self.place(slot, socket, deadline);
    }

    fn place(&mut self, slot: usize, socket: u32, deadline: Instant) {
        if slot >= self.places.len() {
            if deadline == Instant::NEVER {
                return;
            }
            self.places.resize(slot + 1, NOWHERE);
        }
        let place = self.places[slot];
        if deadline == Instant::NEVER {
            if place != NOWHERE {
                self.remove(place as usize);
            }
            return;
        }
        let entry = (deadline, socket, slot as u32);
        if place == NOWHERE {
            self.heap.push(entry);
            self.up(self.heap.len() - 1, entry);
        } else {
            let old = self.heap[place as usize];
            if entry < old {
                self.up(place as usize, entry);
            } else if entry > old {
                self.down(place as usize, entry);
            }
        }
    }

    fn remove(&mut self, place: usize) {
        self.places[self.heap[place].2 as usize] = NOWHERE;
        let Some(last) = self.heap.pop() else { return };
        if place == self.heap.len() {
            return;
        }
        // The last one takes the place and goes where it belongs.
        if place > 0 && last < self.heap[(place - 1) / 2] {
            self.up(place, last);
        } else {
            self.down(place, last);
        }
    }

    fn put(&mut self, place: usize, entry: Entry) {
        self.heap[place] = entry;
        self.places[entry.2 as usize] = place as u32;
    }

    fn up(&mut self, mut place: usize, entry: Entry) {
        while place > 0 {
            let parent = (place - 1) / 2;
            if self.heap[parent] <= entry {
                break;
            }
            self.put(place, self.heap[parent]);
            place = parent;
        }
        self.put(place, entry);
    }

    fn down(&mut self, mut place: usize, entry: Entry) {
        loop {
            let mut child = 2 * place + 1;
            if child >= self.heap.len() {
                break;
            }
            if child + 1 < self.heap.len() && self.heap[child + 1] < self.heap[child] {
                child += 1;
            }
            if entry <= self.heap[child] {
                break;
            }
            self.put(place, self.heap[child]);
            place = child;
        }
        self.put(place, entry);
    }
}

#[cfg(test)]
#[path = "deadlines_tests.rs"]
mod tests;
