//! What follows from a change in a socket: where it is found, which queue and
//! table it is in, when it has to be woken, whether it still exists.

use alloc::boxed::Box;

use super::Stack;
use crate::event::{Ended, EventKind};
use crate::reason::Reason;
use crate::sockets::Slot;
use crate::state::State;
use crate::time::Instant;
use crate::time_wait::TimeWait;

impl Stack {
    /// After every input to the socket in slot `at`.
    pub(crate) fn settle(&mut self, at: usize) {
        match self.sockets.slot(at) {
            Slot::Connection(_) => self.settle_connection(at),
            Slot::TimeWait(_) => self.settle_time_wait(at),
            _ => {}
        }
    }

    /// Keeps the queue of deadlines and the list of ready sockets true.
    pub(super) fn schedule(&mut self, at: usize) {
        let (id, deadline) = match self.sockets.slot(at) {
            Slot::Connection(tcb) => (tcb.id, tcb.earliest_deadline()),
            Slot::TimeWait(record) => (record.id, record.deadline),
            _ => return,
        };
        self.sockets.deadlines.set(at, id.0, deadline);
    }

    fn settle_connection(&mut self, at: usize) {
        let Some(tcb) = self.sockets.tcb_mut(at) else {
            return;
        };
        let state = tcb.state;
        let ordinary = !matches!(state, State::Closed | State::Listen | State::TimeWait);
        let waits = tcb.embryonic && state != State::SynReceived;
        if ordinary && tcb.found_by.is_some() && !waits {
            // Nothing has changed but timers and what there is to send.
            if !tcb.in_ready {
                tcb.in_ready = true;
                self.ready.push_back(at as u32);
            }
            let (id, deadline) = (tcb.id, tcb.earliest_deadline());
            self.sockets.deadlines.set(at, id.0, deadline);
            return;
        }
        let (id, local, remote) = (tcb.id, tcb.local, tcb.remote);
        let found_by = tcb.found_by;
        let findable = !matches!(state, State::Closed | State::Listen);
        if findable != found_by.is_some() {
            tcb.found_by = findable.then_some(remote);
            match found_by {
                Some(remote) => self.sockets.disconnect_ends(at, local, remote),
                None => self.sockets.connect_ends(at, local, remote),
            }
        }
        let Some(tcb) = self.sockets.tcb_mut(at) else {
            return;
        };
        if tcb.embryonic && state != State::SynReceived {
            self.leave_syn_queue(at);
        }
        let Some(tcb) = self.sockets.tcb_mut(at) else {
            return;
        };
        match state {
            State::TimeWait => self.enter_time_wait(at),
            State::Listen if tcb.parent.is_some() => {
                // A child that went back to LISTEN has ended.
                tcb.port_counted = false;
                self.sockets.ports.decrease(u32::from(local.port()));
                self.sockets.remove(at);
            }
            State::Listen => {
                if found_by.is_some() {
                    self.sockets.listening.push(at as u32);
                }
                self.sockets.deadlines.set(at, id.0, Instant::NEVER);
            }
            State::Closed => {
                let counted = core::mem::take(&mut tcb.port_counted);
                let gone = !tcb.attached && !tcb.queued;
                if counted {
                    self.sockets.ports.decrease(u32::from(local.port()));
                }
                self.sockets.stop_listening(at);
                if gone {
                    self.sockets.remove(at);
                } else {
                    self.sockets.deadlines.set(at, id.0, Instant::NEVER);
                }
            }
            _ => {
                if !tcb.in_ready {
                    tcb.in_ready = true;
                    self.ready.push_back(at as u32);
                }
                self.schedule(at);
            }
        }
    }

    /// A child is in SYN-RECEIVED no more: either its listener has something to
    /// accept, or it is over.
    fn leave_syn_queue(&mut self, at: usize) {
        let Some(tcb) = self.sockets.tcb_mut(at) else {
            return;
        };
        tcb.embryonic = false;
        let (id, state, parent) = (tcb.id, tcb.state, tcb.parent);
        let lives = !matches!(state, State::Closed | State::Listen | State::TimeWait);
        tcb.queued = lives;
        if !lives {
            // Nobody has ever held it.
            tcb.attached = false;
        }
        self.sockets.embryonic = self.sockets.embryonic.saturating_sub(1);
        let Some(parent) = parent else { return };
        let Some(parent_at) = self.sockets.find(parent) else {
            return;
        };
        let Some(listener) = self.sockets.listener_mut(parent_at) else {
            return;
        };
        listener.embryonic = listener.embryonic.saturating_sub(1);
        if lives {
            listener.accept.push_back(id);
            self.host.events.push(parent, EventKind::Acceptable);
        }
    }

    /// The TCB gives way to a record.
    fn enter_time_wait(&mut self, at: usize) {
        let full = self.sockets.time_wait_count >= self.host.settings.time_wait_records;
        let Some(slot) = self.sockets.slot_mut(at) else {
            return;
        };
        let Slot::Connection(tcb) = slot else { return };
        let counted = core::mem::take(&mut tcb.port_counted);
        let mut record = TimeWait::new(&self.host, tcb);
        let port = u32::from(record.local.port());
        let id = record.id;
        let parent = tcb.parent.filter(|_| tcb.queued);
        debug_assert!(
            parent.is_none(),
            "only a connection that was accepted can be closed"
        );
        if full {
            self.host.events.push(
                id,
                EventKind::Limit {
                    reason: Reason::TimeWaitTableFull,
                },
            );
            if let Some(reason) = record.pending.take() {
                // Its last ACK still goes out.
                let reply = record.reply(&self.host, reason);
                self.host.reply(reply);
            }
            record.end(&mut self.host, Ended::Closed, Reason::TimeWaitTableFull);
        }
        let in_ready = record.in_ready;
        record.in_ready = true;
        *slot = Slot::TimeWait(Box::new(record));
        if counted {
            self.sockets.ports.decrease(port);
        }
        self.sockets.time_wait_ports.increase(port);
        self.sockets.time_wait_count += 1;
        if !in_ready {
            self.ready.push_back(at as u32);
        }
        self.settle_time_wait(at);
    }

    fn settle_time_wait(&mut self, at: usize) {
        let Some(Slot::TimeWait(record)) = self.sockets.slot_mut(at) else {
            return;
        };
        if record.state == State::Closed {
            let gone = !record.attached;
            let (id, local, remote) = (record.id, record.local, record.remote);
            if core::mem::take(&mut record.findable) {
                self.sockets.disconnect_ends(at, local, remote);
                self.sockets
                    .time_wait_ports
                    .decrease(u32::from(local.port()));
                self.sockets.time_wait_count -= 1;
            }
            if gone {
                self.sockets.remove(at);
            } else {
                self.sockets.deadlines.set(at, id.0, Instant::NEVER);
            }
            return;
        }
        if !record.in_ready && record.pending.is_some() {
            record.in_ready = true;
            self.ready.push_back(at as u32);
        }
        self.schedule(at);
    }
}
