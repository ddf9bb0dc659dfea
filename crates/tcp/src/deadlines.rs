//! Which socket has to be woken next: a binary heap in which every socket has
//! at most one place, its earliest deadline. Nothing stale is kept, so it is
//! no longer than the list of sockets, and the top is always true.

use alloc::vec::Vec;

use crate::time::Instant;

const NOWHERE: u32 = u32::MAX;

/// Ordered by time, then by socket number: ties are decided, not accidental.
type Entry = (Instant, u32, u32);

#[derive(Clone, Debug, Default)]
pub(crate) struct Deadlines {
    /// (deadline, socket number, slot)
    heap: Vec<Entry>,
    /// By slot: place in the heap.
    places: Vec<u32>,
}

impl Deadlines {
    pub(crate) fn first(&self) -> Option<(Instant, usize)> {
        self.heap.first().map(|e| (e.0, e.2 as usize))
    }

    /// Says that the socket in `slot` must be woken at `deadline`, or not at all (`NEVER`).
    #[inline(never)]
    pub(crate) fn set(&mut self, slot: usize, socket: u32, deadline: Instant) {
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
        if place == 0 && self.heap.len() == 1 {
            // Alone: nothing to be put in order.
            self.heap[0] = entry;
            return;
        }
        if place == NOWHERE {
            self.heap.push(entry);
            if self.heap.len() == 1 {
                self.places[slot] = 0;
                return;
            }
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
