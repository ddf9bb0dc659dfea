//! A run, its trace, and the way back: keyframes, seeking, branches.

use tcp::time::Instant;

use crate::run::{Action, Intervention, Run};
use crate::trace::{RecordId, Trace};
use crate::world::{Missed, RunError};

mod branch;
mod removal;
mod saved;
mod snapshot;
#[cfg(test)]
mod tests;

use branch::Branch;
pub use saved::{SavedBranch, SavedDeed};
pub use snapshot::{HostSnapshot, InFlight, NamedSocket, Snapshot};

/// How far a bounded piece of work came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// It is there.
    Reached,
    /// The budget was used up at this instant; call again.
    More(Instant),
}

/// A branch: one future.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct BranchId(pub u32);

/// What a list of branches shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BranchInfo {
    /// Its id.
    pub id: BranchId,
    /// The name a person gave it, or empty.
    pub name: String,
    /// What it was forked from, and at which instant.
    pub parent: Option<(BranchId, Instant)>,
    /// How many interventions its run has.
    pub interventions: usize,
}

/// Where two traces part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The first record that differs (in either trace it may be past the end).
    pub record: RecordId,
    /// The earlier of the two records' times.
    pub time: Instant,
}

/// What `undo` takes back.
#[derive(Clone, Debug)]
enum Done {
    /// An intervention at the end of this branch.
    Appended(BranchId),
    /// A fork: the branch that began, and the one that was shown before.
    Forked { new: BranchId, old: BranchId },
    /// A branch was taken away.
    Removed(Box<removal::Removed>),
}

/// What `redo` brings again.
#[derive(Clone, Debug)]
enum Undone {
    Appended(BranchId, Box<Intervention>),
    Forked { new: Box<Branch>, old: BranchId },
    Removed(BranchId, Instant),
}

/// A run that can be looked at at any instant, changed at any instant, and undone.
#[derive(Clone, Debug)]
pub struct History {
    branches: Vec<Branch>,
    current: usize,
    next_id: u32,
    done: Vec<Done>,
    undone: Vec<Undone>,
    /// Before this instant the current trace is the one it was when `take_unchanged` was last called.
    unchanged: Instant,
}

impl History {
    /// A history that has not begun; nothing is simulated before `advance` or `seek`.
    ///
    /// # Errors
    /// The run cannot be played.
    pub fn new(run: Run) -> Result<History, RunError> {
        let branch = Branch::new(BranchId(0), run)?;
        Ok(History {
            branches: vec![branch],
            current: 0,
            next_id: 1,
            done: Vec::new(),
            undone: Vec::new(),
            unchanged: Instant::NEVER,
        })
    }

    /// Before which instant the current trace is, record by record, what it was when this was last called: acting, undoing
    /// and switching branches make the rest another. What has only been simulated on since then is no change.
    pub fn take_unchanged(&mut self) -> Instant {
        core::mem::replace(&mut self.unchanged, Instant::NEVER)
    }

    /// The current branch's run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.branch().run
    }

    /// The current branch's trace as far as it has been simulated.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.branch().trace
    }

    /// Up to when everything is known: the trace is complete at and before it.
    #[must_use]
    pub fn known_until(&self) -> Instant {
        self.branch().known_until
    }

    /// The end of the run: known once nothing is pending, or `until` is reached.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        let branch = self.branch();
        branch
            .ended
            .then(|| branch.run.scenario.until.unwrap_or(branch.head.now))
    }

    /// Simulates until `time` is known, `steps_max` events at most.
    pub fn advance(&mut self, time: Instant, steps_max: u32) -> Progress {
        self.branch_mut().advance(time, steps_max)
    }

    /// Simulates to the end of the run, `steps_max` events at most.
    pub fn advance_to_end(&mut self, steps_max: u32) -> Progress {
        self.branch_mut().advance(Instant::NEVER, steps_max)
    }

    /// The world at an instant (advancing as far as needed), as if run from zero to it.
    pub fn seek(&mut self, time: Instant) -> Snapshot {
        let mut snapshot = Snapshot::default();
        self.seek_into(time, &mut snapshot);
        snapshot
    }

    /// Like `seek` into a snapshot that is used again.
    pub fn seek_into(&mut self, time: Instant, into: &mut Snapshot) {
        let branch = self.branch_mut();
        branch.seek(time);
        branch.seen_until = branch.seen_until.max(time);
        snapshot::fill(&branch.cursor, &branch.run, time, into);
    }

    /// Whether an action would do anything at an instant.
    ///
    /// # Errors
    /// Why it would not.
    pub fn check(&mut self, time: Instant, action: &Action) -> Result<(), Missed> {
        let branch = self.branch_mut();
        branch.seek(time);
        branch.cursor.would(&branch.run, action)
    }

    /// Acts at an instant, after everything else of that instant. Acting before what has been looked at keeps the old
    /// future as a branch and begins a new one; acting at its edge goes on in the same branch. Answers the branch that is
    /// current now.
    pub fn apply(&mut self, time: Instant, action: Action) -> BranchId {
        let intervention = Intervention { time, action };
        let branch = self.branch_mut();
        let in_the_past = time < branch.seen_until
            || branch
                .run
                .interventions
                .last()
                .is_some_and(|last| last.time > time);
        let id = branch.id;
        self.undone.clear();
        if in_the_past {
            let new = BranchId(self.next_id);
            self.next_id += 1;
            let branch = self.branch().fork(new, time);
            self.branches.push(branch);
            self.show(self.branches.len() - 1);
            self.done.push(Done::Forked { new, old: id });
        } else {
            self.done.push(Done::Appended(id));
        }
        self.unchanged = self.unchanged.min(time);
        let branch = self.branch_mut();
        branch.go_back(time);
        branch.run.interventions.push(intervention);
        branch.run.trace_hash = None;
        branch.seek(time);
        branch.seen_until = time;
        branch.id
    }

    /// Takes back what was done last, an intervention, a fork or a removal; answers the moment to look at.
    pub fn undo(&mut self) -> Option<Instant> {
        match self.done.pop()? {
            Done::Appended(id) => {
                self.switch(id);
                let branch = self.branch_mut();
                let last = branch.run.interventions.last()?.time;
                branch.go_back(last);
                let intervention = branch.run.interventions.pop()?;
                // Whatever had been done to the world at that instant is done anew, without it.
                branch.rewind(last);
                branch.seek(last);
                branch.seen_until = last;
                self.unchanged = self.unchanged.min(last);
                self.undone
                    .push(Undone::Appended(id, Box::new(intervention)));
                Some(last)
            }
            Done::Forked { new, old } => {
                self.index(new)?;
                self.show(self.index(old).unwrap_or(0));
                let index = self.index(new)?;
                let branch = self.branches.remove(index);
                let time = branch.parent.map_or(Instant::ZERO, |(_, time)| time);
                self.current -= usize::from(self.current > index);
                self.undone.push(Undone::Forked {
                    new: Box::new(branch),
                    old,
                });
                Some(time)
            }
            Done::Removed(removed) => {
                let (id, time) = (removed.id(), removed.time);
                self.put_back(*removed);
                self.undone.push(Undone::Removed(id, time));
                Some(time)
            }
        }
    }

    /// Does again what was undone last; answers when it is.
    pub fn redo(&mut self) -> Option<Instant> {
        match self.undone.pop()? {
            Undone::Appended(id, intervention) => {
                self.switch(id);
                let time = intervention.time;
                let branch = self.branch_mut();
                branch.go_back(time);
                branch.run.interventions.push(*intervention);
                branch.seek(time);
                branch.seen_until = time;
                self.unchanged = self.unchanged.min(time);
                self.done.push(Done::Appended(id));
                Some(time)
            }
            Undone::Forked { new, old } => {
                let time = new.parent.map_or(Instant::ZERO, |(_, time)| time);
                self.done.push(Done::Forked { new: new.id, old });
                self.branches.push(*new);
                self.show(self.branches.len() - 1);
                Some(time)
            }
            Undone::Removed(id, time) => {
                let removed = self.take_away(id, time)?;
                self.done.push(Done::Removed(Box::new(removed)));
                Some(time)
            }
        }
    }

    /// Whether there is something to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is something to do again.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Every branch, the first run's first.
    #[must_use]
    pub fn branches(&self) -> Vec<BranchInfo> {
        let info = |b: &Branch| BranchInfo {
            id: b.id,
            name: b.name.clone(),
            parent: b.parent,
            interventions: b.run.interventions.len(),
        };
        self.branches.iter().map(info).collect()
    }

    /// The one that is shown.
    #[must_use]
    pub fn current(&self) -> BranchId {
        self.branch().id
    }

    /// Shows another branch; false if there is none such.
    pub fn switch(&mut self, branch: BranchId) -> bool {
        match self.index(branch) {
            Some(index) => {
                self.show(index);
                true
            }
            None => false,
        }
    }

    /// Names a branch; false if there is none such.
    pub fn rename(&mut self, branch: BranchId, name: &str) -> bool {
        match self.index(branch) {
            Some(index) => {
                self.branches[index].name = String::from(name);
                true
            }
            None => false,
        }
    }

    /// A branch's run.
    #[must_use]
    pub fn run_of(&self, branch: BranchId) -> Option<&Run> {
        self.index(branch).map(|index| &self.branches[index].run)
    }

    /// A branch's trace as far as it has been simulated.
    #[must_use]
    pub fn trace_of(&self, branch: BranchId) -> Option<&Trace> {
        self.index(branch).map(|index| &self.branches[index].trace)
    }

    /// The first record in which two branches differ, as far as both have been simulated.
    #[must_use]
    pub fn compare(&self, one: BranchId, other: BranchId) -> Option<Difference> {
        let (one, other) = (self.trace_of(one)?, self.trace_of(other)?);
        first_difference(one, other)
    }

    /// How many worlds the current branch keeps along its trace.
    #[must_use]
    pub fn keyframes(&self) -> usize {
        self.branch().keyframes.len()
    }

    fn show(&mut self, index: usize) {
        let common = self.common_until(self.current, index);
        self.unchanged = self.unchanged.min(common);
        self.current = index;
    }

    /// Before which instant two branches are the same, by where they and their parents parted.
    fn common_until(&self, one: usize, other: usize) -> Instant {
        let mut known = Vec::new();
        let mut until = Instant::NEVER;
        let mut next = Some(one);
        while let Some(index) = next {
            known.push((index, until));
            let parent = self.branches[index].parent;
            until = parent.map_or(until, |(_, time)| until.min(time));
            next = parent.and_then(|(parent, _)| self.index(parent));
        }
        until = Instant::NEVER;
        next = Some(other);
        while let Some(index) = next {
            if let Some((_, left)) = known.iter().find(|(met, _)| *met == index) {
                return until.min(*left);
            }
            let parent = self.branches[index].parent;
            until = parent.map_or(until, |(_, time)| until.min(time));
            next = parent.and_then(|(parent, _)| self.index(parent));
        }
        Instant::ZERO
    }

    fn branch(&self) -> &Branch {
        &self.branches[self.current]
    }

    fn branch_mut(&mut self) -> &mut Branch {
        &mut self.branches[self.current]
    }

    fn index(&self, id: BranchId) -> Option<usize> {
        self.branches.iter().position(|b| b.id == id)
    }
}

/// The first record in which two traces differ: in what it says, or in the bytes it is about.
#[must_use]
pub fn first_difference(one: &Trace, other: &Trace) -> Option<Difference> {
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let longest = one.len().max(other.len()) as u32;
    for id in (0..longest).map(RecordId) {
        let (a, b) = (one.record(id), other.record(id));
        let same_bytes =
            one.datagram(id, &mut left) == other.datagram(id, &mut right) && left == right;
        if a != b || !same_bytes {
            let times = [a, b].into_iter().flatten().map(|r| r.time);
            return Some(Difference {
                record: id,
                time: times.min().unwrap_or(Instant::ZERO),
            });
        }
    }
    None
}
