//! Going back in a score, when the trace it was made from goes on otherwise.
//!
//! Every so many records, between two instants, the score notes how long its
//! lists are and what the next record would meet. Going back there cuts the
//! lists off and opens again what ended later; the records from there on are
//! taken in anew. It costs what is undone, not what has been.

use sim::trace::{Place, Trace};

use super::{Fate, NONE, OPEN, Present, Score, TimerEnd};
use crate::spans::Spans;
use crate::time_map::{Moment, Reached};

/// Records between two waypoints, while there are few.
const SPACING: usize = if cfg!(test) { 4 } else { 512 };
/// When there are more waypoints than this, every second one goes and the rest stand twice as far apart.
const WAYPOINTS_MAX: usize = if cfg!(test) { 8 } else { 64 };

const OPEN_END: Moment = Moment {
    time: OPEN,
    slot: 0,
};

/// A place to go back to.
#[derive(Clone, Debug)]
struct Waypoint {
    seen: usize,
    time: Reached,
    /// Everything at and before this instant had been taken in, and nothing after it.
    last: u64,
    arrows: usize,
    bands: usize,
    timers: usize,
    marks: usize,
    power_off: [usize; 2],
    transitions: usize,
    by_nth: [usize; 4],
    flow: [usize; 2],
    lost: usize,
    retransmitted: usize,
    acted: usize,
    present: Present,
}

/// All of them.
#[derive(Clone, Debug)]
pub(super) struct Waypoints {
    passed: Vec<Waypoint>,
    spacing: usize,
    /// The next is due when so many records have been taken in.
    due: usize,
}

impl Default for Waypoints {
    fn default() -> Waypoints {
        Waypoints {
            passed: Vec::new(),
            spacing: SPACING,
            due: 0,
        }
    }
}

impl Waypoints {
    fn pass(&mut self, waypoint: Waypoint) {
        // Many sockets make a waypoint large; all together they stay no larger than the records they stand for.
        let weight = waypoint.present.sockets.len() + waypoint.present.bases.len();
        let seen = waypoint.seen;
        self.passed.push(waypoint);
        if self.passed.len() > WAYPOINTS_MAX {
            let mut index = 0;
            self.passed.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.spacing *= 2;
        }
        self.due = seen + self.spacing.max(weight);
    }
}

impl Score {
    /// Between two instants: notes where the score stands, if it is time.
    pub(super) fn pass_waypoint(&mut self) {
        if self.seen < self.waypoints.due {
            return;
        }
        let lengths = |lists: &[Vec<u64>; 2]| [lists[0].len(), lists[1].len()];
        self.waypoints.pass(Waypoint {
            seen: self.seen,
            time: self.time.reached(),
            last: self.time.last().0,
            arrows: self.arrows.len(),
            bands: self.bands.len(),
            timers: self.timers.len(),
            marks: self.marks.len(),
            power_off: [self.power_off[0].len(), self.power_off[1].len()],
            transitions: self.transitions.len(),
            by_nth: [0, 1, 2, 3].map(|place: usize| self.by_nth[place].len()),
            flow: lengths(&self.flow),
            lost: self.lost.len(),
            retransmitted: self.retransmitted.len(),
            acted: self.acted.len(),
            present: self.present.clone(),
        });
    }

    /// Forgets what it made of all but the first `records` records (and of some before them, too): [`Score::extend_to`] goes
    /// on from there. `trace` has the same first records as the one it was made from.
    pub fn rewind(&mut self, trace: &Trace, records: usize) {
        if self.seen <= records {
            return;
        }
        let passed = &mut self.waypoints.passed;
        // The first one stands before everything.
        passed.truncate(passed.partition_point(|w| w.seen <= records).max(1));
        let Some(to) = passed.pop() else {
            return;
        };
        self.seen = to.seen;
        // It is passed again at once.
        self.waypoints.due = to.seen;
        self.time.go_back(to.time);
        self.marks.truncate(to.marks);
        self.transitions.truncate(to.transitions);
        self.lost.truncate(to.lost);
        self.retransmitted.truncate(to.retransmitted);
        for (list, length) in self.by_nth.iter_mut().zip(to.by_nth) {
            list.truncate(length);
        }
        for (list, length) in self.flow.iter_mut().zip(to.flow) {
            list.truncate(length);
        }
        for (list, length) in self.power_off.iter_mut().zip(to.power_off) {
            list.truncate(length);
            for off in list.iter_mut().filter(|off| off.1 > to.last) {
                off.1 = OPEN;
            }
        }
        for (arrow, marks) in self.acted.drain(to.acted..).rev() {
            if let Some(arrow) = self.arrows.get_mut(arrow as usize) {
                arrow.marks = marks;
            }
        }
        self.arrows.truncate(to.arrows);
        for at in opened(&mut self.arrow_spans, to.arrows, to.last) {
            let arrow = &mut self.arrows[at as usize];
            if arrow.ended.time != OPEN {
                arrow.ended = OPEN_END;
                arrow.fate = Fate::Unknown;
                arrow.fate_record = NONE;
                arrow.to_socket = 0;
                arrow.to = trace.sent(arrow.send).map_or(Place::Link, |sent| sent.to);
            }
        }
        self.bands.truncate(to.bands);
        for at in opened(&mut self.band_spans, to.bands, to.last) {
            let band = &mut self.bands[at as usize];
            if band.end.time > to.last && band.end.time != OPEN {
                band.end = OPEN_END;
                band.end_record = NONE;
            }
        }
        self.timers.truncate(to.timers);
        for at in opened(&mut self.timer_spans, to.timers, to.last) {
            let run = &mut self.timers[at as usize];
            if run.end.time != OPEN {
                run.end = OPEN_END;
                run.end_record = NONE;
                run.how = TimerEnd::Running;
            }
        }
        self.present = to.present;
    }
}

/// Cuts spans off, and opens those that ended after an instant; answers these, and those that were open before.
fn opened(spans: &mut Spans, count: usize, last: u64) -> Vec<u32> {
    let mut later = Vec::new();
    spans.truncate(count);
    spans.touching(last.saturating_add(1), OPEN, usize::MAX / 2, &mut later);
    for at in &later {
        spans.end(*at, OPEN);
    }
    later
}
