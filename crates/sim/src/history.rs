//! A run, its trace, and the way back: keyframes, seeking, branches.

use core::net::IpAddr;

use tcp::settings::Settings;
use tcp::status::Status;
use tcp::time::Instant;

use crate::run::{Action, Direction, HostId, Run};
use crate::trace::{RecordId, Trace};
use crate::world::RunError;

/// The world at an instant, as the page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Snapshot {
    /// When: everything that happens at or before it has happened.
    pub time: Instant,
    /// How many records of the trace have been made.
    pub records: u32,
    /// A and B.
    pub hosts: [HostSnapshot; 2],
    /// What is between the hosts.
    pub in_flight: Vec<InFlight>,
    /// Whether each direction is cut.
    pub cut: [bool; 2],
}

/// One host at an instant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSnapshot {
    /// Which.
    pub host: HostId,
    /// Whether it has power.
    pub plugged: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Its settings.
    pub settings: Settings,
    /// STATUS of every socket it has, by number (TIME-WAIT records too).
    pub statuses: Vec<Status>,
    /// What its application calls its sockets, oldest first (ended ones too).
    pub names: Vec<NamedSocket>,
    /// How many datagrams it has emitted.
    pub emitted: u32,
}

/// A socket and its name in the script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedSocket {
    /// `c1` of `A.c1`.
    pub name: String,
    /// Which of that name, from 1.
    pub instance: u32,
    /// Its number in the trace.
    pub socket: u32,
    /// Bytes the application has received in all.
    pub received: u64,
    /// Bytes of its sends that TCP has not taken yet.
    pub unsent: u64,
}

/// A datagram between the hosts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct InFlight {
    /// The record of its sending.
    pub send: RecordId,
    /// Its way; `None` for the attacker's and a router's.
    pub direction: Option<Direction>,
    /// When it was sent.
    pub sent: Instant,
    /// When it ends (arrives, or is lost if `lost`); `None` while held.
    pub ends: Option<Instant>,
    /// Whether its end is a loss.
    pub lost: bool,
}

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

/// A run that can be looked at at any instant, changed at any instant, and undone.
#[derive(Clone, Debug)]
pub struct History {
    run: Run,
    trace: Trace,
}

#[allow(
    unused_variables,
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc
)]
impl History {
    /// A history that has not begun; nothing is simulated before `advance` or `seek`.
    pub fn new(run: Run) -> Result<History, RunError> {
        todo!()
    }
    /// The current branch's run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }
    /// The current branch's trace as far as it has been simulated.
    #[must_use]
    pub fn trace(&self) -> &Trace {
        &self.trace
    }
    /// Up to when everything is known: the trace is complete at and before it.
    #[must_use]
    pub fn known_until(&self) -> Instant {
        todo!()
    }
    /// The end of the run: known once nothing is pending, or `until` is reached.
    #[must_use]
    pub fn end(&self) -> Option<Instant> {
        todo!()
    }
    /// Simulates until `time` is known, `steps_max` events at most.
    pub fn advance(&mut self, time: Instant, steps_max: u32) -> Progress {
        todo!()
    }
    /// Simulates to the end of the run, `steps_max` events at most.
    pub fn advance_to_end(&mut self, steps_max: u32) -> Progress {
        todo!()
    }
    /// The world at an instant (advancing as far as needed), as if run from zero to it.
    pub fn seek(&mut self, time: Instant) -> Snapshot {
        todo!()
    }
    /// Like `seek` into a snapshot that is used again.
    pub fn seek_into(&mut self, time: Instant, into: &mut Snapshot) {
        todo!()
    }
    /// Acts at an instant. If the current branch has interventions or (known) events after it, its future is kept as a branch
    /// and a new one is begun. Answers the branch that is current now.
    pub fn apply(&mut self, time: Instant, action: Action) -> BranchId {
        todo!()
    }
    /// Takes back the last intervention of the current branch; answers when it had been.
    pub fn undo(&mut self) -> Option<Instant> {
        todo!()
    }
    /// Does again what was undone last; answers when it is.
    pub fn redo(&mut self) -> Option<Instant> {
        todo!()
    }
    #[must_use]
    pub fn can_undo(&self) -> bool {
        todo!()
    }
    #[must_use]
    pub fn can_redo(&self) -> bool {
        todo!()
    }
    /// Every branch, the first run's first.
    #[must_use]
    pub fn branches(&self) -> Vec<BranchInfo> {
        todo!()
    }
    /// The one that is shown.
    #[must_use]
    pub fn current(&self) -> BranchId {
        todo!()
    }
    /// Shows another branch; false if there is none such.
    pub fn switch(&mut self, branch: BranchId) -> bool {
        todo!()
    }
    /// Names a branch; false if there is none such.
    pub fn rename(&mut self, branch: BranchId, name: &str) -> bool {
        todo!()
    }
    /// A branch's run.
    #[must_use]
    pub fn run_of(&self, branch: BranchId) -> Option<&Run> {
        todo!()
    }
    /// A branch's trace as far as it has been simulated.
    #[must_use]
    pub fn trace_of(&self, branch: BranchId) -> Option<&Trace> {
        todo!()
    }
    /// The first record in which two branches differ, as far as both have been simulated.
    #[must_use]
    pub fn compare(&self, one: BranchId, other: BranchId) -> Option<Difference> {
        todo!()
    }
}
