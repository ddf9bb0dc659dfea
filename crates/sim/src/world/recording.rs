//! What was recorded is played, and what an engine sends is held against what was recorded of it.

use tcp::time::Duration;

use super::intervene::has_engine;
use super::transit::Played;
use super::{Context, Task, World};
use crate::recording::{Recorded, RecordedFate};
use crate::run::{HostId, Run, ScriptLine, When};
use crate::trace::{Place, RecordId, RecordKind, WorldReason};

impl World {
    pub(super) fn plan_recordings(&mut self, run: &Run) {
        for host in HostId::ALL {
            self.plan_recorded(run, host, 0);
        }
    }

    /// The next datagram of a recording; or, of an engine, the moment at which it should have sent its own.
    fn plan_recorded(&mut self, run: &Run, host: HostId, index: u32) {
        let Some(next) = run.scenario.recorded[host.index()].get(index as usize) else {
            return;
        };
        let mut time = next.sent;
        if has_engine(run, host) {
            // What its timers bring about comes after everything else of that moment.
            time = time + Duration(1);
        }
        self.schedule(time, Task::Recorded { host, index });
    }

    pub(super) fn recorded_is_due(&mut self, c: &mut Context<'_>, host: HostId, index: u32) {
        let run = c.run;
        if has_engine(run, host) {
            let emitted = self.hosts[host.index()].emitted;
            if emitted > index {
                self.plan_recorded(run, host, emitted);
            } else {
                self.differs(c, host, 0, index, WorldReason::RecordedMissing, None);
            }
            return;
        }
        let recorded = &run.scenario.recorded[host.index()][index as usize];
        let mut datagram = Vec::new();
        let stream_offset = recorded.write(host.place(), &mut datagram);
        let played = Played {
            why: WorldReason::Recorded,
            datagram: &datagram,
            stream_offset,
        };
        self.emit_played(c, host, &played, None);
        self.plan_recorded(run, host, index + 1);
    }

    /// What became of a host's n-th datagram when this was recorded; nothing once an engine goes another way.
    pub(super) fn recorded_fate(&self, run: &Run, host: HostId, nth: u32) -> Option<RecordedFate> {
        let known = run.scenario.recorded[host.index()].get((nth as usize).checked_sub(1)?)?;
        (known.fate != RecordedFate::Unknown && !self.deviated).then_some(known.fate)
    }

    /// An engine has sent its n-th datagram: is it what was recorded?
    pub(super) fn compare(
        &mut self,
        c: &mut Context<'_>,
        (host, socket): (HostId, u32),
        nth: u32,
        datagram: &[u8],
        send: RecordId,
    ) {
        let recorded: &[Recorded] = &c.run.scenario.recorded[host.index()];
        if recorded.is_empty() || self.deviated {
            return;
        }
        let difference = match recorded.get(nth as usize - 1) {
            Some(recorded) => recorded.difference(host.place(), self.now, datagram),
            None => Some(WorldReason::RecordedNoMore),
        };
        if let Some(why) = difference {
            self.differs(c, host, socket, nth - 1, why, Some(send));
        }
    }

    /// Writes the first difference down; what follows from it is no news.
    fn differs(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: u32,
        index: u32,
        why: WorldReason,
        cause: Option<RecordId>,
    ) {
        if !core::mem::replace(&mut self.deviated, true) {
            let kind = RecordKind::Differs {
                nth: index + 1,
                why,
            };
            self.note(c, (host.place(), socket), cause, kind);
        }
    }

    /// Lines of the script that a datagram's arrival makes due: before TCP answers.
    pub(super) fn arrived(&mut self, run: &Run, to: HostId, from: Place, nth: u32) {
        let mut first = self
            .arrivals
            .partition_point(|(place, n, _)| (*place, *n) < (from, nth));
        while let Some(&(place, n, line)) = self.arrivals.get(first)
            && (place, n) == (from, nth)
        {
            debug_assert!(run.scenario.script.len() > line as usize);
            self.at_once(to, Task::Script { line, left: 1 });
            first += 1;
        }
    }
}

/// The script's lines that wait for an arrival, by sender and number; those of one arrival in the script's order.
pub(super) fn arrivals(script: &[ScriptLine]) -> Vec<(Place, u32, u32)> {
    let mut all: Vec<(Place, u32, u32)> = (0..)
        .zip(script)
        .filter_map(|(line, entry)| match entry.when {
            When::Arrives { host, nth } => Some((host.place(), nth, line)),
            _ => None,
        })
        .collect();
    all.sort_unstable();
    all
}
