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

/// How often each key occurs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Table);

impl Counts {
    fn hash(key: u32) -> u32 {
        let h = key.wrapping_mul(0x9e37_79b1);
        // The count is the value, the key must be recoverable: mixing by an
        // odd factor is a bijection, so equal hashes are equal keys.
        h.rotate_left(16)
    }

    pub(crate) fn count(&self, key: u32) -> u32 {
        self.0.find(Counts::hash(key), |_| true).unwrap_or(0)
    }

    pub(crate) fn increase(&mut self, key: u32) {
        match self.entry(key) {
            Some(count) => *count += 1,
            None => self.0.insert(Counts::hash(key), 1),
        }
    }

    pub(crate) fn decrease(&mut self, key: u32) {
        match self.entry(key) {
            None => {}
            Some(1) => self.0.remove(Counts::hash(key), 1),
            Some(count) => *count -= 1,
        }
    }

    fn entry(&mut self, key: u32) -> Option<&mut u32> {
        let hash = Counts::hash(key);
        let at = self.0.place_of(hash, |_| true)?;
        self.0.entries.get_mut(at).map(|entry| &mut entry.1)
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
