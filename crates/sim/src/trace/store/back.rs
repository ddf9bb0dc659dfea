//! Going back: the store as it was when it was shorter.

use super::{NONE, Trace};
use crate::trace::RecordId;
use crate::trace::hash::Hash;

/// A place in a trace to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    pub records: u32,
    sends: u32,
    pool: u32,
    judgements: u32,
    calls: u32,
    hash: Hash,
}

impl Trace {
    /// How much there is now, so that `truncate` can go back to here.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            records: self.records.len() as u32,
            sends: self.sends.len() as u32,
            pool: self.pool.len() as u32,
            judgements: self.judgements.len() as u32,
            calls: self.calls.len() as u32,
            hash: self.hash,
        }
    }

    /// Forgets everything after a mark of this trace (or of one with the same beginning). Costs what is forgotten, not what
    /// stays.
    pub(crate) fn truncate(&mut self, mark: &Mark) {
        let keep = mark.records;
        for id in (keep..self.records.len() as u32).rev() {
            let gone = self.records[id as usize];
            if gone.cause < keep {
                self.forget_children(gone.cause, keep);
            }
            if gone.kind.is_end()
                && let Some(index) = self.send_index(RecordId(id))
                && self.sends[index].fate == id
            {
                self.sends[index].fate = NONE;
            }
        }
        for index in (mark.sends as usize..self.sends.len()).rev() {
            let entry = self.sends[index];
            let by = self.records[entry.record as usize];
            if by.socket == 0 {
                continue;
            }
            match entry.previous_of_socket {
                NONE => self.latest_sends.remove(&(by.place, by.socket)),
                before => self.latest_sends.insert((by.place, by.socket), before),
            };
        }
        self.records.truncate(keep as usize);
        self.sends.truncate(mark.sends as usize);
        self.pool.truncate(mark.pool as usize);
        self.judgements.truncate(mark.judgements as usize);
        self.calls.truncate(mark.calls as usize);
        self.more_causes.truncate(
            self.more_causes
                .partition_point(|(record, _)| *record < keep),
        );
        self.altered
            .truncate(self.altered.partition_point(|a| a.record < keep));
        self.hash = mark.hash;
    }

    /// Takes the children of a record that are not among the first `keep` records out of their ring.
    fn forget_children(&mut self, cause: u32, keep: u32) {
        let last = self.records[cause as usize].last_child;
        if last == NONE || last < keep {
            return;
        }
        // They stand in order of their numbers.
        let first = self.records[last as usize].next_sibling;
        let mut stays = NONE;
        let mut next = first;
        while next < keep {
            stays = next;
            next = self.records[next as usize].next_sibling;
        }
        self.records[cause as usize].last_child = stays;
        if stays != NONE {
            self.records[stays as usize].next_sibling = first;
        }
    }
}
