//! Virtual time ↔ pixels, and ↔ the time a spectator spends.
//!
//! Within activity the map is to scale. A gap between two events that is longer
//! than [`FOLD_FROM_UNITS`] is folded: its beginning and its end stay to scale,
//! the middle takes [`FOLD_PX`] whatever its length. An instant at which a host
//! sends (or gets) several segments is stretched, so that they do not lie on top
//! of each other: the k-th of them has the slot k.
//!
//! The map grows with the trace, by one call per instant; every question costs a
//! binary search over folds and stretches.

use tcp::time::{Duration, Instant};

/// Height of one unit (the link's latency) at zoom 1.
pub const UNIT_PX: f32 = 58.0;
/// Height of a fold at zoom 1 and more.
pub const FOLD_PX: f32 = 40.0;
/// Gaps longer than this many units are folded.
pub const FOLD_FROM_UNITS: u64 = 6;
/// Play time of one unit at speed 1, in milliseconds.
pub const PLAY_UNIT_MS: f64 = 1_200.0;
/// Play time of a fold at speed 1, in milliseconds.
pub const PLAY_FOLD_MS: f64 = 1_000.0;
/// At most so many slots' worth of stretch at one instant; more lie closer together.
const SLOTS_MAX: u32 = 48;

/// An instant, and where within its stretch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Moment {
    /// When.
    pub time: u64,
    /// Which of several at that instant, from 0.
    pub slot: u16,
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Knot {
    /// A fold's first folded microsecond; a stretch's instant.
    start: u64,
    /// A fold's last; of a stretch the same as `start`.
    end: u64,
    /// To-scale microseconds (stretches included) before `start`.
    active: u64,
    /// Folds before it.
    folds: u32,
    /// Extra slots of a stretch; 0 for a fold.
    slots: u32,
    /// How much of `active` is stretches.
    stretched: u64,
}

impl Knot {
    fn is_fold(&self) -> bool {
        self.slots == 0
    }
}

/// A place on the stage, from which pixels and play time follow.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
struct Place {
    active: f64,
    folds: f64,
}

/// A fold as it is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fold {
    /// Its place among the folds, from 0.
    pub index: u32,
    /// Upper edge in pixels, before scrolling.
    pub top: f32,
    /// Lower edge.
    pub bottom: f32,
    /// The event before it.
    pub start: Instant,
    /// The whole idle stretch it stands in, from the event before to the event after.
    pub length: Duration,
}

/// How far a map has come, between two instants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reached {
    knots: usize,
    folds: usize,
    last: u64,
}

/// The map.
#[derive(Clone, PartialEq, Debug)]
pub struct TimeMap {
    unit: u64,
    knots: Vec<Knot>,
    /// Lengths of the idle stretches, in the order of the folds.
    lengths: Vec<u64>,
    /// Which knot each fold is.
    fold_knots: Vec<u32>,
    last: u64,
    folding: bool,
}

impl TimeMap {
    /// A map in which `unit` (the link's latency, say) is [`UNIT_PX`] high. Without `folding` nothing is folded.
    #[must_use]
    pub fn new(unit: Duration, folding: bool) -> TimeMap {
        TimeMap {
            unit: unit.0.max(1),
            knots: Vec::new(),
            lengths: Vec::new(),
            fold_knots: Vec::new(),
            last: 0,
            folding,
        }
    }

    /// The unit.
    #[must_use]
    pub fn unit(&self) -> Duration {
        Duration(self.unit)
    }

    /// The last instant at which something happens.
    #[must_use]
    pub fn last(&self) -> Instant {
        Instant(self.last)
    }

    fn slot_length(&self) -> u64 {
        (self.unit / 3).max(1)
    }

    /// Something happens at `time`, which is not before the last.
    pub fn push(&mut self, time: u64) {
        let gap = time.saturating_sub(self.last);
        if self.folding && gap > self.unit * FOLD_FROM_UNITS {
            let start = self.last + self.unit * 3 / 2;
            let end = time - self.unit / 2;
            let after = Moment {
                time: start,
                slot: u16::MAX,
            };
            let (before, flat) = (self.place(after, false), self.place(after, true));
            self.fold_knots.push(self.knots.len() as u32);
            self.lengths.push(gap);
            self.knots.push(Knot {
                start,
                end,
                active: before.active as u64,
                folds: self.lengths.len() as u32 - 1,
                slots: 0,
                stretched: (before.active - flat.active) as u64,
            });
        }
        self.last = self.last.max(time);
    }

    /// How far it has come, for [`TimeMap::go_back`].
    pub(crate) fn reached(&self) -> Reached {
        Reached {
            knots: self.knots.len(),
            folds: self.fold_knots.len(),
            last: self.last,
        }
    }

    /// Forgets the instants after what was reached then.
    pub(crate) fn go_back(&mut self, reached: Reached) {
        self.knots.truncate(reached.knots);
        self.fold_knots.truncate(reached.folds);
        self.lengths.truncate(reached.folds);
        self.last = reached.last;
    }

    /// The last instant needs `slots` slots beyond the first.
    pub fn stretch(&mut self, slots: u32) {
        if slots == 0 {
            return;
        }
        if let Some(knot) = self.knots.last_mut()
            && knot.start == self.last
            && !knot.is_fold()
        {
            knot.slots = knot.slots.max(slots);
            return;
        }
        let now = Moment {
            time: self.last,
            slot: 0,
        };
        let (before, flat) = (self.place(now, false), self.place(now, true));
        self.knots.push(Knot {
            start: self.last,
            end: self.last,
            active: before.active as u64,
            folds: before.folds as u32,
            slots,
            stretched: (before.active - flat.active) as u64,
        });
    }

    fn extra(&self, slots: u32) -> u64 {
        self.slot_length() * u64::from(slots.min(SLOTS_MAX))
    }

    /// `slot` `u16::MAX` stands for «after all slots». `flat`: as if no instant were stretched.
    fn place(&self, moment: Moment, flat: bool) -> Place {
        let t = moment.time;
        let at = self.knots.partition_point(|knot| knot.start <= t);
        let Some(knot) = at.checked_sub(1).map(|at| &self.knots[at]) else {
            return self.open_end(Place::default(), 0, t);
        };
        let active = (knot.active - if flat { knot.stretched } else { 0 }) as f64;
        let folds = f64::from(knot.folds);
        if !knot.is_fold() {
            let extra = if flat {
                0.0
            } else {
                self.extra(knot.slots) as f64
            };
            if t == knot.start {
                let share = (f64::from(moment.slot) / f64::from(knot.slots)).min(1.0);
                return Place {
                    active: active + extra * share,
                    folds,
                };
            }
            return self.open_end(
                Place {
                    active: active + extra,
                    folds,
                },
                knot.start,
                t,
            );
        }
        if t < knot.end {
            let share = (t - knot.start) as f64 / (knot.end - knot.start) as f64;
            return Place {
                active,
                folds: folds + share,
            };
        }
        self.open_end(
            Place {
                active,
                folds: folds + 1.0,
            },
            knot.end,
            t,
        )
    }

    /// To scale from `from`; beyond the last event a gap may be opening, of which nobody knows yet how
    /// long it gets: after its beginning it closes in on the height of a fold.
    fn open_end(&self, base: Place, from: u64, t: u64) -> Place {
        let edge = self.last + self.unit * 3 / 2;
        if !self.folding || t <= edge {
            return Place {
                active: base.active + (t - from) as f64,
                ..base
            };
        }
        let beyond = (t - edge) as f64 / (self.unit * 20) as f64;
        Place {
            active: base.active + (edge - from.min(edge)) as f64,
            folds: base.folds + beyond / (1.0 + beyond),
        }
    }

    fn fold_px(zoom: f32) -> f64 {
        f64::from(FOLD_PX * zoom.min(1.0))
    }

    fn px_per_us(&self, zoom: f32) -> f64 {
        f64::from(UNIT_PX * zoom) / self.unit as f64
    }

    fn to_px(&self, place: Place, zoom: f32) -> f32 {
        (place.active * self.px_per_us(zoom) + place.folds * Self::fold_px(zoom)) as f32
    }

    /// Pixels from the top of the content, at a zoom.
    #[must_use]
    pub fn y(&self, moment: Moment, zoom: f32) -> f32 {
        self.to_px(self.place(moment, false), zoom)
    }

    /// Pixels from the top when everything of `time` has happened.
    #[must_use]
    pub fn y_after(&self, time: Instant, zoom: f32) -> f32 {
        self.y(
            Moment {
                time: time.0,
                slot: u16::MAX,
            },
            zoom,
        )
    }

    /// The instant at `y` pixels from the top.
    #[must_use]
    pub fn time_at(&self, y: f32, zoom: f32) -> Instant {
        self.invert(
            f64::from(y),
            self.px_per_us(zoom),
            Self::fold_px(zoom),
            false,
        )
    }

    /// Like `y` at zoom 1, but with every instant as short as it is: for graphs over time.
    #[must_use]
    pub fn flat(&self, time: u64) -> f32 {
        self.to_px(self.place(Moment { time, slot: 0 }, true), 1.0)
    }

    /// The instant at a distance that `flat` gave.
    #[must_use]
    pub fn time_at_flat(&self, at: f32) -> Instant {
        self.invert(f64::from(at), self.px_per_us(1.0), Self::fold_px(1.0), true)
    }

    /// Milliseconds a spectator at speed 1 has spent when everything of `time` has happened.
    #[must_use]
    pub fn play_ms(&self, time: Instant) -> f64 {
        let place = self.place(
            Moment {
                time: time.0,
                slot: u16::MAX,
            },
            false,
        );
        place.active * (PLAY_UNIT_MS / self.unit as f64) + place.folds * PLAY_FOLD_MS
    }

    /// The instant that is reached after so many milliseconds.
    #[must_use]
    pub fn time_at_play(&self, play_ms: f64) -> Instant {
        self.invert(
            play_ms,
            PLAY_UNIT_MS / self.unit as f64,
            PLAY_FOLD_MS,
            false,
        )
    }

    fn invert(&self, target: f64, per_us: f64, per_fold: f64, flat: bool) -> Instant {
        let start = |knot: &Knot| {
            let active = knot.active - if flat { knot.stretched } else { 0 };
            active as f64 * per_us + f64::from(knot.folds) * per_fold
        };
        let at = self.knots.partition_point(|knot| start(knot) <= target);
        let Some(knot) = at.checked_sub(1).map(|at| &self.knots[at]) else {
            return self.invert_open(target.max(0.0), 0, per_us, per_fold);
        };
        let rest = target - start(knot);
        if !knot.is_fold() {
            let extra = if flat {
                0.0
            } else {
                self.extra(knot.slots) as f64 * per_us
            };
            return if rest <= extra {
                Instant(knot.start)
            } else {
                self.invert_open(rest - extra, knot.start, per_us, per_fold)
            };
        }
        if rest < per_fold {
            return Instant(
                knot.start + ((knot.end - knot.start) as f64 * (rest / per_fold)) as u64,
            );
        }
        self.invert_open(rest - per_fold, knot.end, per_us, per_fold)
    }

    fn invert_open(&self, rest: f64, from: u64, per_us: f64, per_fold: f64) -> Instant {
        let edge = self.last + self.unit * 3 / 2;
        let room = edge.saturating_sub(from) as f64 * per_us;
        if !self.folding || rest <= room {
            return Instant(from + (rest / per_us + 0.5) as u64);
        }
        let share = ((rest - room) / per_fold).min(0.999);
        Instant(edge + (share / (1.0 - share) * (self.unit * 20) as f64) as u64)
    }

    /// The folds that touch `top..=bottom` (content pixels), in order, `limit` at most.
    pub fn folds_in(
        &self,
        top: f32,
        bottom: f32,
        zoom: f32,
        limit: usize,
    ) -> impl Iterator<Item = Fold> + '_ {
        let first = self.fold_knots.partition_point(|knot| {
            let knot = &self.knots[*knot as usize];
            self.to_px(
                Place {
                    active: knot.active as f64,
                    folds: f64::from(knot.folds + 1),
                },
                zoom,
            ) < top
        });
        (first..self.fold_knots.len())
            .take(limit)
            .map(move |index| self.fold(index, zoom))
            .take_while(move |fold| fold.top <= bottom)
    }

    fn fold(&self, index: usize, zoom: f32) -> Fold {
        let knot = &self.knots[self.fold_knots[index] as usize];
        let at = |folds: u32| {
            self.to_px(
                Place {
                    active: knot.active as f64,
                    folds: f64::from(folds),
                },
                zoom,
            )
        };
        Fold {
            index: index as u32,
            top: at(knot.folds),
            bottom: at(knot.folds + 1),
            start: Instant(knot.start - self.unit * 3 / 2),
            length: Duration(self.lengths[index]),
        }
    }

    /// The folds that touch `from..=to`: place among the folds, first and last folded microsecond; `limit` at most.
    pub fn fold_instants(
        &self,
        from: Instant,
        to: Instant,
        limit: usize,
    ) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        let first = self
            .fold_knots
            .partition_point(|knot| self.knots[*knot as usize].end < from.0);
        (first..self.fold_knots.len())
            .take(limit)
            .map(|index| (index as u32, self.knots[self.fold_knots[index] as usize]))
            .take_while(move |(_, knot)| knot.start <= to.0)
            .map(|(index, knot)| (index, knot.start, knot.end))
    }

    /// A fold by its place among them.
    #[must_use]
    pub fn nth_fold(&self, index: u32, zoom: f32) -> Option<Fold> {
        ((index as usize) < self.fold_knots.len()).then(|| self.fold(index as usize, zoom))
    }

    /// How many folds there are.
    #[must_use]
    pub fn fold_count(&self) -> usize {
        self.fold_knots.len()
    }
}

#[cfg(test)]
#[path = "time_map_tests.rs"]
mod tests;
