//! TIME-WAIT as a compact record: what is needed to answer a stray segment, to
//! judge a new SYN, and to tell STATUS (RFC 9293 3.6.1, 3.10.7.4; RFC 1337; RFC 6191).

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::arrives::Arrival;
use crate::arrives::synchronized::acceptable;
use crate::ends::Ends;
use crate::event::{Ended, EventKind, SocketId, Timer};
use crate::host::{Host, Reply};
use crate::output;
use crate::reason::Reason;
use crate::recv::ReceiveQueue;
use crate::seq::Seq;
use crate::settings::{TimeWaitReuse, TimeWaitRst};
use crate::stack::Transmit;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::time::Instant;
use crate::wire::{Flags, OptionSet, Timestamps};

#[derive(Clone, Debug)]
pub(crate) struct TimeWait {
    pub id: SocketId,
    pub state: State,
    pub passive: bool,
    pub attached: bool,
    pub in_ready: bool,
    /// The deadline that stands in the host's queue.
    pub queued_deadline: Instant,
    /// The hash under which it is found, where it is.
    pub found_by: Option<u32>,
    pub timestamps: bool,
    pub window: u16,
    pub ends: Ends,
    pub iss: Seq,
    pub irs: Seq,
    pub snd_nxt: Seq,
    pub rcv_nxt: Seq,
    pub rcv_wnd: u32,
    pub max_snd_wnd: u32,
    pub ts_recent: u32,
    pub since: Instant,
    pub deadline: Instant,
    /// An ACK to be sent.
    pub pending: Option<Reason>,
    pub answered_at: Option<Instant>,
    /// What the application has not read yet.
    pub unread: Option<Box<ReceiveQueue>>,
}

/// What a segment does beside being answered.
#[derive(PartialEq, Eq)]
pub(crate) enum Outcome {
    Stays,
    /// The record is over.
    Ended,
    /// The record is over and the SYN is for whoever listens; its ISN is to be above this.
    Reopen(Seq),
}

impl TimeWait {
    pub(crate) fn new(host: &Host, tcb: &mut Tcb) -> TimeWait {
        let unread = (tcb.recv.readable() > 0).then(|| Box::new(core::mem::take(&mut tcb.recv)));
        TimeWait {
            id: tcb.id,
            state: tcb.state,
            passive: tcb.passive,
            attached: tcb.attached,
            in_ready: tcb.in_ready,
            queued_deadline: tcb.queued_deadline,
            found_by: tcb.found_by,
            timestamps: tcb.timestamps,
            window: (tcb.rcv_wnd >> tcb.rcv_scale).min(65_535) as u16,
            ends: tcb.ends,
            iss: tcb.iss,
            irs: tcb.irs,
            snd_nxt: tcb.snd_nxt,
            rcv_nxt: tcb.rcv_nxt,
            rcv_wnd: tcb.rcv_wnd,
            max_snd_wnd: tcb.max_snd_wnd,
            ts_recent: tcb.ts_recent,
            since: host.now,
            deadline: tcb.deadlines.of(Timer::TimeWait),
            pending: tcb
                .pending
                .reason(Due::Ack)
                .or(tcb.pending.reason(Due::Reply)),
            answered_at: None,
            unread,
        }
    }

    pub(crate) fn arrives(
        &mut self,
        host: &mut Host,
        arrival: &Arrival<'_>,
        can_reopen: bool,
    ) -> Outcome {
        let segment = &arrival.segment;
        let flags = segment.flags;
        if flags.syn()
            && !flags.rst()
            && !flags.ack()
            && can_reopen
            && self.may_reopen(host, arrival)
        {
            host.events.judged(self.id, Reason::SynReopensTimeWait);
            self.end(host, Ended::Closed, Reason::SynReopensTimeWait);
            return Outcome::Reopen(self.snd_nxt);
        }
        if host.settings.time_wait_needs_ack && !flags.ack() && !flags.rst() {
            // FreeBSD looks at nothing here that has no ACK.
            host.events.refused(self.id, Reason::AckMissing);
            return Outcome::Stays;
        }
        let protected = host.settings.time_wait_protection
            || host.settings.time_wait_rst == TimeWaitRst::Ignore;
        if !acceptable(segment.seq, arrival.length, self.rcv_nxt, self.rcv_wnd) {
            if flags.rst() {
                host.events.refused(self.id, Reason::RstOutsideWindow);
                return Outcome::Stays;
            }
            // The other end's FIN again: our ACK was lost (trap T5). Its FIN came with an ACK.
            let fin_again = flags.fin()
                && flags.ack()
                && !flags.syn()
                && segment.seq.add(arrival.length) == self.rcv_nxt;
            if fin_again && host.settings.time_wait_restart {
                self.pending = Some(Reason::AckOfRepeatedFin);
                host.events.judged(self.id, Reason::FinAgainInTimeWait);
                self.restart(host, Reason::FinAgainInTimeWait);
            } else if flags.syn() && host.settings.challenge_ack {
                self.challenge(host, Reason::ChallengeAckForSyn);
                host.events.refused(self.id, Reason::SynInTimeWait);
            } else {
                self.answer(host, arrival.length, Reason::AckForUnacceptable);
                host.events.refused(self.id, Reason::OldSegmentInTimeWait);
            }
            return Outcome::Stays;
        }
        if flags.rst() {
            if protected {
                host.events.refused(self.id, Reason::RstIgnoredInTimeWait);
                return Outcome::Stays;
            }
            if segment.seq != self.rcv_nxt && host.settings.challenge_ack {
                self.challenge(host, Reason::ChallengeAckForRst);
                host.events.refused(self.id, Reason::RstNotExact);
                return Outcome::Stays;
            }
            host.events.judged(self.id, Reason::TimeWaitAssassinated);
            self.end(host, Ended::Closed, Reason::TimeWaitAssassinated);
            return Outcome::Ended;
        }
        if flags.syn() && host.settings.challenge_ack {
            self.challenge(host, Reason::ChallengeAckForSyn);
            host.events.refused(self.id, Reason::SynInTimeWait);
        } else if flags.syn() {
            // RFC 793: in the window it is an error, here as in every synchronized state.
            host.events.judged(self.id, Reason::SynInWindow);
            host.reset_for(
                Some(self.id),
                &self.ends,
                segment,
                Reason::RstForSynInWindow,
            );
            self.end(host, Ended::Reset, Reason::SynInWindow);
            return Outcome::Ended;
        } else if !flags.ack() {
            host.events.refused(self.id, Reason::AckMissing);
        } else if host.settings.blind_data_check
            && segment.ack.before(self.snd_nxt.sub(self.max_snd_wnd))
        {
            // MAY-12: nor may a stranger keep TIME-WAIT going.
            self.challenge(host, Reason::ChallengeAckForOldAck);
            host.events.refused(self.id, Reason::AckTooOld);
        } else if segment.ack.after(self.snd_nxt) {
            self.answer(host, arrival.length, Reason::AckForAckOfUnsent);
            host.events.refused(self.id, Reason::AckOfUnsent);
        } else if flags.fin() {
            self.pending = Some(Reason::AckOfRepeatedFin);
            host.events.judged(self.id, Reason::FinAgainInTimeWait);
            self.restart(host, Reason::FinAgainInTimeWait);
        } else if arrival.length > 0 {
            self.answer(host, arrival.length, Reason::AckForUnacceptable);
            host.events.refused(self.id, Reason::TextAfterFin);
        } else {
            host.events.judged(self.id, Reason::AckOfNothingNew);
        }
        Outcome::Stays
    }

    /// A challenge ACK, unless the host has sent enough of them.
    fn challenge(&mut self, host: &mut Host, reason: Reason) {
        if host.challenge_allowed(self.id) {
            self.pending = Some(reason);
        }
    }

    fn answer(&mut self, host: &mut Host, length: u32, reason: Reason) {
        if length == 0 && host.settings.challenge_ack {
            let pause = crate::host::SAME_CONNECTION_PAUSE;
            if self
                .answered_at
                .is_some_and(|at| host.now.since(at) < pause)
            {
                host.events.push(
                    self.id,
                    EventKind::Limit {
                        reason: Reason::DuplicateAckThrottled,
                    },
                );
                return;
            }
            self.answered_at = Some(host.now);
        }
        self.pending = Some(reason);
    }

    /// MAY-2 and RFC 6191: whether a SYN cannot be an old one.
    fn may_reopen(&self, host: &Host, arrival: &Arrival<'_>) -> bool {
        let above = arrival.segment.seq.after(self.rcv_nxt.sub(1));
        match host.settings.time_wait_reuse {
            TimeWaitReuse::Off => false,
            TimeWaitReuse::Sequence => above,
            TimeWaitReuse::Timestamps => match (self.timestamps, arrival.options.timestamps) {
                (true, Some(timestamps)) => {
                    let newer = timestamps.value.wrapping_sub(self.ts_recent) as i32;
                    newer > 0 || (newer == 0 && above)
                }
                _ => above,
            },
        }
    }

    fn restart(&mut self, host: &mut Host, reason: Reason) {
        self.deadline = host.now + host.settings.msl.times(2);
        let kind = EventKind::TimerSet {
            timer: Timer::TimeWait,
            deadline: self.deadline,
            reason,
        };
        host.events.push(self.id, kind);
    }

    /// 2MSL is over.
    pub(crate) fn fired(&mut self, host: &mut Host) {
        self.deadline = Instant::NEVER;
        host.events.push(
            self.id,
            EventKind::TimerFired {
                timer: Timer::TimeWait,
            },
        );
        self.end(host, Ended::Closed, Reason::TimeWaitOver);
    }

    pub(crate) fn end(&mut self, host: &mut Host, how: Ended, reason: Reason) {
        if self.deadline != Instant::NEVER {
            self.deadline = Instant::NEVER;
            host.events.push(
                self.id,
                EventKind::TimerCancelled {
                    timer: Timer::TimeWait,
                    reason,
                },
            );
        }
        self.pending = None;
        change_state(
            &mut self.state,
            State::Closed,
            self.id,
            reason,
            &mut host.events,
        );
        host.events.push(self.id, EventKind::Ended { how, reason });
    }

    pub(crate) fn transmit(&mut self, host: &Host, out: &mut Vec<u8>) -> Option<Transmit> {
        let reason = self.pending.take()?;
        Some(output::write_time_wait(host, self, reason, out))
    }

    /// An ACK of all there was.
    pub(crate) fn reply(&self, host: &Host, reason: Reason) -> Reply {
        let timestamps = self.timestamps.then(|| Timestamps {
            value: host.timestamp(),
            echo: self.ts_recent,
        });
        Reply {
            socket: Some(self.id),
            ends: self.ends,
            seq: self.snd_nxt,
            ack: self.rcv_nxt,
            flags: Flags::ACK,
            window: self.window,
            options: OptionSet {
                timestamps,
                ..OptionSet::default()
            },
            reason,
        }
    }
}
