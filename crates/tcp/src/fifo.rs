//! A queue that is emptied over and over again: a list that is read from the
//! front and starts anew whenever all of it was read. Cheaper than a ring as
//! long as it is short, and it is.

use alloc::vec::Vec;

#[derive(Clone, Debug)]
pub(crate) struct Fifo<T> {
    list: Vec<T>,
    /// How many of them were read.
    read: usize,
}

/// So many are read before their room is given back though others wait.
const READ_MAXIMUM: usize = 1024;

impl<T> Default for Fifo<T> {
    fn default() -> Fifo<T> {
        Fifo {
            list: Vec::new(),
            read: 0,
        }
    }
}

impl<T: Copy> Fifo<T> {
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        // All that was read is gone as soon as nothing else waits.
        self.list.is_empty()
    }

    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        self.list.push(item);
    }

    #[inline]
    pub(crate) fn first(&self) -> Option<T> {
        self.list.get(self.read).copied()
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.first()?;
        self.read += 1;
        if self.read == self.list.len() {
            self.list.clear();
            self.read = 0;
        } else if self.read >= READ_MAXIMUM && self.read * 2 >= self.list.len() {
            self.list.drain(..self.read);
            self.read = 0;
        }
        Some(item)
    }

    /// Hands over everything there is, the oldest first.
    #[inline(always)]
    pub(crate) fn drain(&mut self, mut take: impl FnMut(T)) {
        if self.is_empty() {
            return;
        }
        if self.read > 0 {
            self.list.drain(..self.read);
            self.read = 0;
        }
        for item in &self.list {
            take(*item);
        }
        self.list.clear();
    }
}

#[cfg(test)]
#[path = "fifo_tests.rs"]
mod tests;
