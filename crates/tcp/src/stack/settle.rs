//! What follows from a change in a socket: where it is found, which queue and
//! table it is in, when it has to be woken, whether it still exists.

use super::Stack;
use crate::deadlines::Deadlines;
use crate::event::{Ended, EventKind};
use crate::fifo::Fifo;
use crate::reason::Reason;
use crate::sockets::Slot;
use crate::state::State;
use crate::tcb::Tcb;
use crate::time::Instant;
use crate::time_wait::TimeWait;

impl Stack {
    /// After every input to the socket in slot `at`.
    #[inline]
    pub(crate) fn settle(&mut self, at: usize) {
        match self.sockets.slots.get_mut(at) {
            Some(Slot::Connection(tcb)) => {
                if tcb.goes_on() {
                    schedule(at, tcb, &mut self.ready, &mut self.sockets.deadlines);
                } else {
                    self.settle_connection(at);
                }
            }
            Some(Slot::TimeWait(_)) => self.settle_time_wait(at),
            _ => {}
        }
    }

    /// Nothing wakes the socket in slot `at` any more.
    #[cold]
    #[inline(never)]
    fn unschedule(&mut self, at: usize) {
        let (queued, id) = match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => (&mut tcb.queued_deadline, tcb.id),
            Some(Slot::TimeWait(record)) => (&mut record.queued_deadline, record.id),
            _ => return,
        };
        *queued = Instant::NEVER;
        self.sockets.deadlines.set(at, id.0, Instant::NEVER);
    }

    /// More has changed than timers and what there is to send.
    #[inline(never)]
    pub(super) fn settle_connection(&mut self, at: usize) {
        let Some(Slot::Connection(tcb)) = self.sockets.slots.get_mut(at) else {
            return;
        };
        if matches!(tcb.state, State::Closed | State::Listen) {
            let found_by = tcb.found_by.take();
            let embryonic = tcb.embryonic;
            if let Some(hash) = found_by {
                self.sockets.by_ends.disconnect(at, hash);
            }
            if embryonic {
                self.leave_syn_queue(at);
            }
            return self.settle_unconnected(at, found_by.is_some());
        }
        if tcb.found_by.is_none() {
            tcb.found_by = Some(self.sockets.by_ends.connect(at, &tcb.ends));
        }
        let (time_wait, leaves) = (
            tcb.state == State::TimeWait,
            tcb.embryonic && tcb.state != State::SynReceived,
        );
        if !time_wait {
            schedule(at, tcb, &mut self.ready, &mut self.sockets.deadlines);
        }
        if leaves {
            self.leave_syn_queue(at);
        }
        if time_wait {
            self.enter_time_wait(at);
        }
    }

    /// No connection (any more): in CLOSED, or back in LISTEN.
    #[inline(never)]
    fn settle_unconnected(&mut self, at: usize, was_found: bool) {
        let Some(Slot::Connection(tcb)) = self.sockets.slots.get_mut(at) else {
            return;
        };
        let port = tcb.ends.local_port();
        match tcb.state {
            State::Listen if tcb.parent.is_some() => {
                // A child that went back to LISTEN has ended.
                tcb.port_counted = false;
                self.sockets.ports.end(port);
                self.sockets.remove(at);
            }
            State::Listen => {
                if was_found {
                    self.sockets.listening.push(at as u32);
                }
                self.unschedule(at);
            }
            _ => {
                let counted = core::mem::take(&mut tcb.port_counted);
                let gone = !tcb.attached && !tcb.queued;
                let bare = tcb.passive && tcb.parent.is_none();
                if counted {
                    self.sockets.ports.end(port);
                }
                if bare {
                    self.sockets.stop_listening(at);
                }
                if gone {
                    self.sockets.remove(at);
                } else {
                    self.unschedule(at);
                }
            }
        }
    }

    /// A child is in SYN-RECEIVED no more: either its listener has something to
    /// accept, or it is over.
    #[inline(never)]
    fn leave_syn_queue(&mut self, at: usize) {
        let Some(tcb) = self.sockets.tcb_mut(at) else {
            return;
        };
        tcb.embryonic = false;
        let (id, state) = (tcb.id, tcb.state);
        let (parent, parent_at) = (tcb.parent, tcb.parent_at as usize);
        let lives = !matches!(state, State::Closed | State::Listen | State::TimeWait);
        tcb.queued = lives;
        if !lives {
            // Nobody has ever held it.
            tcb.attached = false;
        }
        self.sockets.embryonic = self.sockets.embryonic.saturating_sub(1);
        let Some(listener) = self.sockets.listener_of(parent, parent_at) else {
            return;
        };
        listener.embryonic = listener.embryonic.saturating_sub(1);
        if lives {
            listener.accept.push_back(id);
            let parent = listener.id;
            self.host.events.push(parent, EventKind::Acceptable);
        }
    }

    /// The TCB gives way to a record.
    #[inline(never)]
    fn enter_time_wait(&mut self, at: usize) {
        let full = self.sockets.time_wait_count >= self.host.settings.time_wait_records;
        let Some(slot) = self.sockets.slot_mut(at) else {
            return;
        };
        let Slot::Connection(tcb) = slot else { return };
        let counted = core::mem::take(&mut tcb.port_counted);
        let mut record = TimeWait::new(&self.host, tcb);
        let port = record.ends.local_port();
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
        let slot = self.sockets.time_wait(record);
        self.sockets.replace(at, slot);
        self.sockets.ports.change(port, |users| {
            users.live -= u32::from(counted);
            users.time_wait += 1;
        });
        self.sockets.time_wait_count += 1;
        self.settle_time_wait(at);
    }

    #[inline(never)]
    fn settle_time_wait(&mut self, at: usize) {
        let Some(Slot::TimeWait(record)) = self.sockets.slots.get_mut(at) else {
            return;
        };
        if record.state == State::Closed {
            let gone = !record.attached;
            let ends = record.ends;
            if let Some(hash) = record.found_by.take() {
                self.sockets.by_ends.disconnect(at, hash);
                let port = ends.local_port();
                self.sockets
                    .ports
                    .change(port, |users| users.time_wait -= 1);
                self.sockets.time_wait_count -= 1;
            }
            if gone {
                self.sockets.remove(at);
            } else {
                self.unschedule(at);
            }
            return;
        }
        if record.pending.is_some() && !record.in_ready {
            record.in_ready = true;
            self.ready.push(at as u32);
        }
        if record.queued_deadline != record.deadline {
            record.queued_deadline = record.deadline;
            let deadlines = &mut self.sockets.deadlines;
            deadlines.set(at, record.id.0, record.deadline);
        }
    }
}

/// Keeps the list of ready sockets and the queue of deadlines true. Both are
/// touched only when there is news: most segments bring none.
#[inline(always)]
pub(super) fn schedule(at: usize, tcb: &mut Tcb, ready: &mut Fifo<u32>, deadlines: &mut Deadlines) {
    if !tcb.in_ready && tcb.may_have_to_send() {
        tcb.in_ready = true;
        ready.push(at as u32);
    }
    let deadline = tcb.deadlines.earliest();
    if tcb.queued_deadline != deadline {
        tcb.queued_deadline = deadline;
        deadlines.set(at, tcb.id.0, deadline);
    }
}
