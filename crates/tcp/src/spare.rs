//! Boxes that are used again: a host whose connections come and go does not
//! give memory back to the allocator only to ask for it at once.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// So many are kept: a connection that opens needs one soon after one closes.
const KEPT_MAXIMUM: usize = 4;

/// A few boxes whose contents are of no use any more. A clone has none.
#[derive(Debug)]
pub(crate) struct Spare<T>(Vec<Box<T>>);

impl<T> Default for Spare<T> {
    fn default() -> Spare<T> {
        Spare(Vec::new())
    }
}

impl<T> Clone for Spare<T> {
    fn clone(&self) -> Spare<T> {
        Spare::default()
    }
}

impl<T> Spare<T> {
    /// A box with `value`.
    #[inline(always)]
    pub(crate) fn fill(&mut self, value: T) -> Box<T> {
        match self.0.pop() {
            Some(mut kept) => {
                *kept = value;
                kept
            }
            None => Box::new(value),
        }
    }

    /// A box that is not needed any more. What it holds of memory should have gone before.
    #[inline]
    pub(crate) fn keep(&mut self, used: Box<T>) {
        if self.0.len() < KEPT_MAXIMUM {
            self.0.push(used);
        }
    }
}
