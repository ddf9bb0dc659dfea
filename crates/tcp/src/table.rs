//! A multimap from 32-bit hashes to small numbers: open addressing, linear
//! probing, deletion without tombstones. Several entries may share a hash; the
//! caller says which one it means. It is never iterated, so its order cannot
//! show.

use alloc::vec::Vec;

/// An entry whose value is this is free.
const FREE: u32 = u32::MAX;

#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    entries: Vec<(u32, u32)>,
    len: usize,
}

impl Table {
    fn mask(&self) -> usize {
        self.entries.len().wrapping_sub(1)
    }

    /// The first value under `hash` that `is_it`.
    #[inline]
    pub(crate) fn find(&self, hash: u32, is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        let at = self.place_of(hash, is_it)?;
        self.entries.get(at).map(|entry| entry.1)
    }

    #[inline]
    fn place_of(&self, hash: u32, mut is_it: impl FnMut(u32) -> bool) -> Option<usize> {
        let mask = self.mask();
        let mut at = hash as usize & mask;
        loop {
            // An empty table has not even this place.
            let &(h, value) = self.entries.get(at)?;
            if value == FREE {
                return None;
            }
            if h == hash && is_it(value) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    pub(crate) fn insert(&mut self, hash: u32, value: u32) {
        debug_assert!(value != FREE);
        if (self.len + 1) * 2 > self.entries.len() {
            let size = (self.entries.len() * 2).max(8);
            let old = core::mem::replace(&mut self.entries, alloc::vec![(0, FREE); size]);
            for (h, v) in old {
                if v != FREE {
                    self.place(h, v);
                }
            }
        }
        self.place(hash, value);
        self.len += 1;
    }

    fn place(&mut self, hash: u32, value: u32) {
        let mask = self.mask();
        let mut at = hash as usize & mask;
        while self.entries[at].1 != FREE {
            at = (at + 1) & mask;
        }
        self.entries[at] = (hash, value);
    }

    pub(crate) fn remove(&mut self, hash: u32, value: u32) {
        let Some(mut hole) = self.place_of(hash, |known| known == value) else {
            return;
        };
        let mask = self.mask();
        self.len -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let (h, v) = self.entries[at];
            if v == FREE {
                break;
            }
            // Whether the entry's own place lies outside (hole, at]: then it may move back.
            let home = h as usize & mask;
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.entries[hole] = (h, v);
                hole = at;
            }
        }
        self.entries[hole].1 = FREE;
    }
}

/// Who uses a port: so many sockets and connections, and so many TIME-WAIT records.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Users {
    pub live: u32,
    pub time_wait: u32,
}

impl Users {
    const NONE: Users = Users {
        live: 0,
        time_wait: 0,
    };
}

/// The ports that somebody uses: open addressing, linear probing, deletion without tombstones, as in [`Table`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Ports {
    /// A port, and its users; free where there are none.
    entries: Vec<(u16, Users)>,
    len: usize,
}

impl Ports {
    fn home(&self, port: u16) -> usize {
        let mixed = u32::from(port).wrapping_mul(0x9e37_79b1).rotate_left(16);
        mixed as usize & self.mask()
    }

    fn mask(&self) -> usize {
        self.entries.len().wrapping_sub(1)
    }

    /// The place of `port`, or the free one where it would be. None in an empty table.
    #[inline]
    fn place(&self, port: u16) -> Option<usize> {
        let mut at = self.home(port);
        loop {
            let (known, users) = self.entries.get(at)?;
            if *known == port || *users == Users::NONE {
                return Some(at);
            }
            at = (at + 1) & self.mask();
        }
    }

    #[inline]
    pub(crate) fn users(&self, port: u16) -> Users {
        let entry = self.place(port).and_then(|at| self.entries.get(at));
        match entry {
            Some((known, users)) if *known == port => *users,
            _ => Users::NONE,
        }
    }

    /// Notes that the users of `port` have become others.
    #[inline]
    pub(crate) fn change(&mut self, port: u16, change: impl FnOnce(&mut Users)) {
        let place = self.place(port);
        if let Some(at) = place
            && let Some((known, users)) = self.entries.get_mut(at)
            && *known == port
            && *users != Users::NONE
        {
            change(users);
            if *users == Users::NONE {
                self.remove(at);
            }
            return;
        }
        let mut users = Users::NONE;
        change(&mut users);
        if users != Users::NONE {
            self.insert(place, port, users);
        }
    }

    #[inline(never)]
    fn insert(&mut self, place: Option<usize>, port: u16, users: Users) {
        self.len += 1;
        let mut place = place;
        if self.len * 2 > self.entries.len() {
            self.grow();
            place = self.place(port);
        }
        if let Some(entry) = place.and_then(|at| self.entries.get_mut(at)) {
            *entry = (port, users);
        }
    }

    /// One more socket or connection uses `port`.
    pub(crate) fn begin(&mut self, port: u16) {
        self.change(port, |users| users.live += 1);
    }

    /// One fewer.
    pub(crate) fn end(&mut self, port: u16) {
        self.change(port, |users| users.live = users.live.saturating_sub(1));
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let size = (self.entries.len() * 2).max(8);
        let new = alloc::vec![(0, Users::NONE); size];
        let old = core::mem::replace(&mut self.entries, new);
        for (port, users) in old {
            if users != Users::NONE
                && let Some(at) = self.place(port)
            {
                self.entries[at] = (port, users);
            }
        }
    }

    #[inline(never)]
    fn remove(&mut self, mut hole: usize) {
        self.len -= 1;
        let mask = self.mask();
        let mut at = hole;
        loop {
            at = (at + 1) & mask;
            let (port, users) = self.entries[at];
            if users == Users::NONE {
                break;
            }
            // Whether the entry's own place lies outside (hole, at]: then it may move back.
            let home = self.home(port);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(hole) & mask) {
                self.entries[hole] = (port, users);
                hole = at;
            }
        }
        self.entries[hole] = (0, Users::NONE);
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
