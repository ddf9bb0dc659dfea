//! What is to be seen: a score, a moment of it, and what a person points at.

use sim::history::InFlight;
use sim::trace::RecordId;
use tcp::time::Instant;

use crate::display::Subject;
use crate::score::{Arrow, Fate, NONE, OPEN, Score};
use crate::time_map::Moment;

/// One frame of a run.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// The score, extended with the trace at least as far as `now`.
    pub score: &'a Score,
    /// The moment shown: everything at or before it has happened.
    pub now: Instant,
    /// What is under way at `now`, for segments whose end the score does not know yet (`Snapshot::in_flight`).
    pub in_flight: &'a [InFlight],
    /// What is selected.
    pub selection: Subject,
    /// What the pointer is over.
    pub hover: Subject,
    /// The first record of the latest step (`records` when nothing is to be marked as new).
    pub fresh: u32,
    /// How many records have been made by `now` (`Trace::count_until`).
    pub records: u32,
}

impl<'a> Frame<'a> {
    /// The whole of a score, to its last record: a still picture.
    #[must_use]
    pub fn whole(score: &'a Score) -> Frame<'a> {
        let records = score.records() as u32;
        Frame {
            score,
            now: score.time.last(),
            in_flight: &[],
            selection: Subject::None,
            hover: Subject::None,
            fresh: records,
            records,
        }
    }

    /// Whether a record has been made.
    #[must_use]
    pub fn has(&self, record: u32) -> bool {
        record < self.records
    }

    /// Whether a record belongs to the latest step.
    #[must_use]
    pub fn is_fresh(&self, record: u32) -> bool {
        record >= self.fresh && record < self.records
    }

    /// Where an arrow ends, or is expected to; and whether that is how it ended, as far as it has happened.
    #[must_use]
    pub fn end_of(&self, arrow: &Arrow) -> (Moment, Fate) {
        if arrow.fate_record != NONE && arrow.ended.time != OPEN {
            let fate = if self.has(arrow.fate_record) {
                arrow.fate
            } else {
                Fate::Unknown
            };
            return (arrow.ended, fate);
        }
        let known = self
            .in_flight
            .iter()
            .find(|flight| flight.send == arrow.send);
        let earliest = arrow.sent.time + self.score.expected_flight(arrow.from);
        let time = match known {
            Some(InFlight {
                ends: Some(ends), ..
            }) => ends.0,
            // Held: it is somewhere before its end, and stays there.
            Some(InFlight { ends: None, .. }) => {
                earliest.max(self.now.0 + self.score.expected_flight(arrow.from) / 2)
            }
            None => earliest.max(self.now.0 + 1),
        };
        (
            Moment {
                time,
                slot: arrow.sent.slot,
            },
            Fate::Unknown,
        )
    }

    /// The record a subject stands for, if it stands for one.
    #[must_use]
    pub fn record_of(subject: Subject) -> Option<RecordId> {
        match subject {
            Subject::Segment(record)
            | Subject::Copy(record)
            | Subject::Record(record)
            | Subject::Band { record, .. }
            | Subject::Timer { record, .. } => Some(record),
            _ => None,
        }
    }
}
