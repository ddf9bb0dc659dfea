//! What an exhaustive search of small worlds needs and nobody else does: timers
//! that run out when the searcher says so, and two stacks told apart by what
//! decides their future alone.

use core::hash::{Hash, Hasher};

use super::Stack;
use crate::event::{SocketId, Timer};
use crate::host::{Host, SAME_CONNECTION_PAUSE};
use crate::seq::Seq;
use crate::sockets::Slot;
use crate::tcb::Tcb;
use crate::time::{Duration, Instant};
use crate::time_wait::TimeWait;
use crate::timers;

impl Stack {
    /// Lets a running timer of a socket run out **now**, whatever its deadline
    /// says; answers whether it ran. Everything else is as after
    /// [`Stack::handle_timeout`].
    pub fn expire(&mut self, now: Instant, socket: SocketId, timer: Timer) -> bool {
        self.host.clock(now);
        let Some(at) = self.sockets.find(socket) else {
            return false;
        };
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) if timers::runs(tcb, timer) => {
                timers::fired(&mut self.host, tcb, timer);
            }
            Some(Slot::TimeWait(record))
                if timer == Timer::TimeWait && record.deadline != Instant::NEVER =>
            {
                record.fired(&mut self.host);
            }
            _ => return false,
        }
        self.settle(at);
        true
    }

    /// Feeds a hasher with what decides how a socket goes on: state, sequence
    /// variables, queues, which timers run, and whether an answer is being
    /// throttled. Clocks, RTT, congestion window, counts of retransmissions and
    /// the socket's number are left out, so that two ways into the same
    /// situation give the same hash. A socket that does not exist feeds nothing.
    pub fn project<H: Hasher>(&self, socket: SocketId, into: &mut H) {
        let Some(at) = self.sockets.find(socket) else {
            return;
        };
        match self.sockets.slot(at) {
            Slot::Free => {}
            Slot::Idle(idle) => (1u8, idle.local).hash(into),
            Slot::Listener(listener) => {
                (
                    2u8,
                    listener.local,
                    listener.embryonic,
                    listener.accept.len(),
                )
                    .hash(into);
            }
            Slot::Connection(tcb) => {
                3u8.hash(into);
                project_tcb(&self.host, tcb, into);
            }
            Slot::TimeWait(record) => {
                4u8.hash(into);
                project_record(&self.host, record, into);
            }
        }
    }

    /// The same for what decides the next initial sequence number, the clock apart.
    pub fn project_isn<H: Hasher>(&self, into: &mut H) {
        self.host.isn.position(&self.host.settings.isn).hash(into);
    }

    /// Whether a socket has just answered a segment and would let the next of
    /// that kind pass in silence (RFC 5961 7). Only time ends that.
    #[must_use]
    pub fn throttled(&self, socket: SocketId) -> bool {
        let Some(at) = self.sockets.find(socket) else {
            return false;
        };
        match self.sockets.slot(at) {
            Slot::Connection(tcb) => pauses(&self.host, tcb.challenged_at),
            Slot::TimeWait(record) => pauses(&self.host, record.answered_at),
            _ => false,
        }
    }

    /// For how long [`Stack::throttled`] lasts.
    pub const THROTTLE: Duration = SAME_CONNECTION_PAUSE;
}

fn pauses(host: &Host, since: Option<Instant>) -> bool {
    since.is_some_and(|at| host.now.since(at) < SAME_CONNECTION_PAUSE)
}

fn number(seq: Option<Seq>) -> Option<u32> {
    seq.map(|seq| seq.0)
}

fn project_tcb<H: Hasher>(host: &Host, tcb: &Tcb, into: &mut H) {
    (tcb.state as u8, tcb.ends).hash(into);
    (tcb.parent.is_some(), tcb.passive, tcb.remote_open).hash(into);
    (
        tcb.attached,
        tcb.embryonic,
        tcb.queued,
        tcb.linger_until.is_some(),
    )
        .hash(into);
    tcb.error.map(|error| error as u8).hash(into);
    // Send sequence space.
    [tcb.iss, tcb.snd_una, tcb.snd_nxt, tcb.snd_wl1, tcb.snd_wl2]
        .map(|seq| seq.0)
        .hash(into);
    (tcb.snd_wnd, tcb.max_snd_wnd, tcb.snd_scale, tcb.probe_sent).hash(into);
    (
        tcb.snd_up_valid.then_some(tcb.snd_up.0),
        number(tcb.fin_seq),
    )
        .hash(into);
    (&tcb.send, tcb.fin_queued).hash(into);
    (tcb.lost_until.map(|seq| (seq.0, tcb.rtx_next.0)), tcb.sack).hash(into);
    (
        tcb.congestion.duplicate_acks().min(3),
        number(tcb.congestion.recovery_point()),
    )
        .hash(into);
    // Receive sequence space.
    (tcb.irs.0, tcb.rcv_nxt.0, tcb.rcv_wnd, tcb.rcv_scale).hash(into);
    tcb.rcv_up_valid.then_some(tcb.rcv_up.0).hash(into);
    (number(tcb.peer_fin), tcb.peer_closed, tcb.early_text).hash(into);
    (tcb.unacknowledged, tcb.last_ack_sent.0, tcb.recv.readable()).hash(into);
    for (left, right) in tcb.recv.held_ranges(tcb.rcv_nxt) {
        (left.0, right.0).hash(into);
    }
    tcb.duplicate
        .map(|block| (block.left.0, block.right.0))
        .hash(into);
    // What waits to be done, and which timers run.
    tcb.pending.due().hash(into);
    for timer in Timer::ALL {
        timers::runs(tcb, timer).hash(into);
    }
    pauses(host, tcb.challenged_at).hash(into);
}

fn project_record<H: Hasher>(host: &Host, record: &TimeWait, into: &mut H) {
    (record.state as u8, record.passive, record.attached).hash(into);
    (record.ends, record.window).hash(into);
    [record.iss, record.irs, record.snd_nxt, record.rcv_nxt]
        .map(|seq| seq.0)
        .hash(into);
    (record.rcv_wnd, record.max_snd_wnd, record.pending.is_some()).hash(into);
    record
        .unread
        .as_ref()
        .map_or(0, |unread| unread.readable())
        .hash(into);
    (record.deadline != Instant::NEVER).hash(into);
    pauses(host, record.answered_at).hash(into);
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::net::SocketAddr;

    use super::*;
    use crate::reason::Reason;
    use crate::settings::{Policy, Settings};
    use crate::state::State;

    fn syn_sent() -> (Stack, SocketId) {
        let address = [10, 0, 0, 1].into();
        let mut stack = Stack::new(&[address], 1500, Settings::new(Policy::Rfc), [1; 16]);
        let socket = stack.socket();
        let remote = SocketAddr::new([10, 0, 0, 2].into(), 80);
        stack.connect(Instant(5), socket, remote).unwrap();
        stack.poll_transmit(Instant(5), &mut Vec::new());
        (stack, socket)
    }

    /// FNV-1a, so that the test needs no `std`.
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }

    fn hash(stack: &Stack, socket: SocketId) -> u64 {
        let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
        stack.project(socket, &mut hasher);
        hasher.finish()
    }

    #[test]
    fn a_timer_runs_out_before_its_time_and_only_if_it_runs() {
        let (mut stack, socket) = syn_sent();
        assert!(!stack.expire(Instant(5), socket, Timer::TimeWait));
        assert!(stack.expire(Instant(5), socket, Timer::Retransmission));
        let mut out = Vec::new();
        let again = stack.poll_transmit(Instant(5), &mut out).unwrap();
        assert!(again.retransmission);
        assert_eq!(again.reason, Reason::RetransmissionTimeout);
    }

    #[test]
    fn retransmissions_do_not_make_another_situation_but_an_end_does() {
        let (mut stack, socket) = syn_sent();
        let fire = |stack: &mut Stack| {
            assert!(stack.expire(Instant(5), socket, Timer::Retransmission));
            stack.poll_transmit(Instant(5), &mut Vec::new());
        };
        fire(&mut stack);
        let once = hash(&stack, socket);
        fire(&mut stack);
        assert_eq!(hash(&stack, socket), once);
        assert!(stack.expire(Instant(5), socket, Timer::User));
        assert_eq!(stack.status(socket).unwrap().state, State::Closed);
        assert_ne!(hash(&stack, socket), once);
    }
}
