//! One future: a run, its trace, and worlds along it from which any instant is near.

use std::rc::Rc;

use tcp::time::Instant;

use super::{BranchId, Progress};
use crate::run::Run;
use crate::trace::{Mark, Trace};
use crate::world::{RunError, World};

/// A keyframe at least every so many records, while there are few; tests want to see them thin out.
const SPACING_RECORDS: u32 = if cfg!(test) { 32 } else { 256 };

/// When there are more keyframes than this, every second one goes and the rest stand twice as far apart …
pub(super) const KEYFRAMES_MANY: usize = 32;

/// … up to so many records, which is what a seek has to run at most.
pub(super) const SPACING_MAX: u32 = SPACING_RECORDS * 8;

/// Copying a world costs about as much as so many steps.
const COPY_STEPS: u64 = 32;

/// The world as it was when the trace was so long, at rest: see [`World::at_rest`]. Branches of one beginning share it.
#[derive(Clone, Debug)]
pub(super) struct Keyframe {
    mark: Mark,
    world: Rc<World>,
}

/// One future: its run, its trace, and worlds along it.
#[derive(Clone, Debug)]
pub(super) struct Branch {
    pub(super) id: BranchId,
    pub(super) name: String,
    pub(super) parent: Option<(BranchId, Instant)>,
    pub(super) run: Run,
    pub(super) trace: Trace,
    pub(super) keyframes: Vec<Keyframe>,
    pub(super) spacing: u32,
    /// The world at the end of the trace.
    pub(super) head: World,
    /// The world that was looked at last.
    pub(super) cursor: World,
    /// Nothing more will happen.
    pub(super) ended: bool,
    /// Everything at and before this instant is known.
    pub(super) known_until: Instant,
    /// The latest instant anybody has looked at.
    pub(super) seen_until: Instant,
}

impl Branch {
    pub(super) fn new(id: BranchId, run: Run) -> Result<Branch, RunError> {
        let world = World::new(&run)?;
        let trace = Trace::default();
        Ok(Branch {
            id,
            name: String::new(),
            parent: None,
            run,
            keyframes: vec![Keyframe {
                mark: trace.mark(),
                world: Rc::new(world.clone()),
            }],
            trace,
            spacing: SPACING_RECORDS,
            cursor: world.clone(),
            head: world,
            ended: false,
            known_until: Instant::ZERO,
            seen_until: Instant::ZERO,
        })
    }

    /// The next event's time, if it comes before the run's end.
    fn next_time(&self, world: &World) -> Option<Instant> {
        let next = world.next_time(&self.run)?;
        self.run
            .scenario
            .until
            .is_none_or(|until| next <= until)
            .then_some(next)
    }

    pub(super) fn advance(&mut self, time: Instant, steps_max: u32) -> Progress {
        let mut steps = 0;
        loop {
            let next = self.next_time(&self.head);
            let Some(next) = next.filter(|next| *next <= time) else {
                self.ended = next.is_none();
                let end = self.run.scenario.until.unwrap_or(Instant::NEVER);
                self.known_until = if self.ended {
                    Instant::NEVER
                } else {
                    time.min(end)
                }
                .max(self.known_until);
                return Progress::Reached;
            };
            if steps == steps_max {
                // Everything before the next event's moment is known; of the moment itself perhaps not all.
                self.known_until = self.known_until.max(Instant(next.0.saturating_sub(1)));
                return Progress::More(self.head.now);
            }
            self.head.step(&self.run, &mut self.trace);
            steps += 1;
            self.keep();
        }
    }

    /// Makes a keyframe of the head when it is time.
    fn keep(&mut self) {
        let last = self.keyframes.last().map_or(0, |k| k.mark.records);
        if self.head.records < last + self.spacing {
            return;
        }
        let Some(mark) = self.head.mark(&self.trace) else {
            return;
        };
        self.keyframes.push(Keyframe {
            mark,
            world: Rc::new(self.head.at_rest()),
        });
        if self.keyframes.len() > KEYFRAMES_MANY && self.spacing < SPACING_MAX {
            let mut index = 0;
            self.keyframes.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// Moves the cursor to an instant.
    pub(super) fn seek(&mut self, time: Instant) {
        if time > self.known_until || (!self.ended && time == self.known_until) {
            while let Progress::More(_) = self.advance(time, 1 << 20) {}
        }
        let keyframe = self.keyframe(time);
        let at_head = self.head.now <= time;
        let near = if at_head {
            &self.head
        } else {
            &self.keyframes[keyframe].world
        };
        // Playing forward goes on from where it was; a copy costs as much as a few steps.
        if self.cursor.now > time || self.cursor.steps + COPY_STEPS < near.steps {
            self.cursor.clone_from(near);
            if !at_head {
                self.cursor.wake(&self.trace);
            }
        }
        while self
            .next_time(&self.cursor)
            .is_some_and(|next| next <= time)
        {
            self.cursor.step(&self.run, &mut self.trace);
        }
    }

    /// The last keyframe at or before an instant.
    fn keyframe(&self, time: Instant) -> usize {
        self.keyframes
            .partition_point(|k| k.world.now <= time)
            .saturating_sub(1)
    }

    /// Makes `time` the edge of this branch: what it knows of later, interventions too, is forgotten.
    pub(super) fn go_back(&mut self, time: Instant) {
        self.run.interventions.retain(|i| i.time <= time);
        self.rewind(time);
    }

    /// Forgets what happened after the last keyframe at or before `time`.
    pub(super) fn rewind(&mut self, time: Instant) {
        // A world that has done interventions which the run has no more is of no use.
        let left = self.run.interventions.len() as u32;
        let of_use = |k: &Keyframe| k.world.now <= time && k.world.interventions <= left;
        let keyframe = self.keyframes.partition_point(of_use).max(1) - 1;
        if self.head.now <= time && self.head.interventions <= left {
            // Nothing later was known: the head itself is the edge.
            self.ended = false;
            self.known_until = self.known_until.min(time);
            return;
        }
        self.keyframes.truncate(keyframe + 1);
        let Keyframe { mark, world } = &self.keyframes[keyframe];
        self.trace.truncate(mark);
        self.head.clone_from(world);
        self.head.wake(&self.trace);
        self.cursor.clone_from(&self.head);
        self.ended = false;
        self.known_until = Instant(self.head.now.0.saturating_sub(1));
    }

    /// A copy with a future of its own from `time` on.
    pub(super) fn fork(&self, id: BranchId, time: Instant) -> Branch {
        Branch {
            id,
            name: String::new(),
            parent: Some((self.id, time)),
            ..self.clone()
        }
    }
}
