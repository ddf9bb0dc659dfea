//! The events of a run: the instants at which something happens, in order.
//! They are what one steps over.

use sim::trace::{RecordId, Trace};
use tcp::time::Instant;

/// Index of a growing trace: the first record of each instant.
#[derive(Clone, Debug, Default)]
pub struct Events {
    firsts: Vec<u32>,
    /// Records seen.
    seen: u32,
    last: Option<Instant>,
}

impl Events {
    /// Takes in what the trace has gained.
    pub fn extend(&mut self, trace: &Trace) {
        let length = trace.len() as u32;
        while self.seen < length {
            if let Some(record) = trace.record(RecordId(self.seen))
                && self.last != Some(record.time)
            {
                self.last = Some(record.time);
                self.firsts.push(self.seen);
            }
            self.seen += 1;
        }
    }

    /// Forgets all but the first `records` records of a trace that has become another after them.
    pub fn rewind(&mut self, trace: &Trace, records: usize) {
        if records < self.seen as usize {
            self.seen = records as u32;
            self.firsts.truncate(self.count_of(self.seen));
            let last = records.checked_sub(1);
            self.last = last
                .and_then(|last| trace.record(RecordId(last as u32)))
                .map(|record| record.time);
        }
    }

    /// How many events there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.firsts.len()
    }

    /// Whether nothing happens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.firsts.is_empty()
    }

    /// The instant of the n-th event, from 0.
    #[must_use]
    pub fn time(&self, trace: &Trace, index: usize) -> Option<Instant> {
        let first = self.firsts.get(index)?;
        trace.record(RecordId(*first)).map(|record| record.time)
    }

    /// How many events are at or before an instant.
    #[must_use]
    pub fn count_until(&self, trace: &Trace, time: Instant) -> usize {
        self.count_of(trace.count_until(time) as u32)
    }

    /// The ordinal, from 1, of the event a record belongs to.
    #[must_use]
    pub fn of_record(&self, id: RecordId) -> usize {
        self.count_of(id.0 + 1)
    }

    /// How many events the first `records` records make up.
    fn count_of(&self, records: u32) -> usize {
        self.firsts.partition_point(|first| *first < records)
    }
}
