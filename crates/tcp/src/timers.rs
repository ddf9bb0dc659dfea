//! The timers of a connection: set, cancelled and run out, with what each does
//! (RFC 9293 3.10.8, RFC 6298 5).

use crate::error::CallError;
use crate::event::{Ended, EventKind, Report, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::recovery;
use crate::stack::SocketOption;
use crate::state::State;
use crate::tcb::{Due, GiveUp, Tcb};
use crate::time::{Duration, Instant};

/// Runs `timer` until `deadline`; says so when that is news.
#[inline]
pub(crate) fn set(host: &mut Host, tcb: &mut Tcb, timer: Timer, deadline: Instant, reason: Reason) {
    if tcb.deadlines.of(timer) == deadline {
        return;
    }
    tcb.deadlines.start(timer, deadline);
    host.events.push(
        tcb.id,
        EventKind::TimerSet {
            timer,
            deadline,
            reason,
        },
    );
}

#[inline]
pub(crate) fn cancel(host: &mut Host, tcb: &mut Tcb, timer: Timer, reason: Reason) {
    if tcb.deadlines.runs(timer) {
        stop(host, tcb, timer, reason);
    }
}

#[inline(never)]
fn stop(host: &mut Host, tcb: &mut Tcb, timer: Timer, reason: Reason) {
    tcb.deadlines.stop(timer);
    host.events
        .push(tcb.id, EventKind::TimerCancelled { timer, reason });
}

pub(crate) fn runs(tcb: &Tcb, timer: Timer) -> bool {
    tcb.deadlines.runs(timer)
}

/// Stops all of them.
pub(crate) fn cancel_all(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    if tcb.deadlines.none_runs() {
        return;
    }
    for timer in Timer::ALL {
        cancel(host, tcb, timer, reason);
    }
}

/// How long what was sent may stay unacknowledged, if there is a limit.
pub(crate) fn patience(host: &Host, tcb: &Tcb) -> Option<Duration> {
    match tcb.options.give_up {
        GiveUp::Never => return None,
        GiveUp::After(limit) => return Some(limit),
        GiveUp::Default => {}
    }
    let settings = &host.settings;
    let r2 = if tcb.syn_acknowledged() {
        settings.r2
    } else if tcb.passive {
        // A SYN-ACK is limited by its retries.
        None
    } else {
        settings.syn_time_limit
    };
    match (r2, settings.user_timeout) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// After something was sent that takes up sequence numbers.
#[inline]
pub(crate) fn sent(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    if !runs(tcb, Timer::Retransmission) {
        start_retransmission(host, tcb, reason);
    }
    if runs(tcb, Timer::Persist) {
        cancel(host, tcb, Timer::Persist, reason);
    }
}

pub(crate) fn start_retransmission(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    let deadline = host.now + tcb.rtt.rto();
    set(host, tcb, Timer::Retransmission, deadline, reason);
    // An application's limit may be shorter than the RTO.
    if let GiveUp::After(limit) = tcb.options.give_up
        && tcb.progress_at + limit <= deadline
        && !runs(tcb, Timer::User)
    {
        set(
            host,
            tcb,
            Timer::User,
            tcb.progress_at + limit,
            Reason::UserTimeoutRuns,
        );
    }
}

/// A timer has run out. Answers whether the connection is to be ended, how and why.
pub(crate) fn fired(host: &mut Host, tcb: &mut Tcb, timer: Timer) {
    tcb.deadlines.stop(timer);
    host.events.push(tcb.id, EventKind::TimerFired { timer });
    match timer {
        Timer::Retransmission => retransmission(host, tcb),
        Timer::Persist => persist(host, tcb),
        Timer::DelayedAck => {
            if tcb.pending.is_set(Due::DelayedAck) {
                tcb.pending.set(Due::Ack, Reason::DelayedAckTimeout);
            }
        }
        Timer::SwsOverride => tcb.pending.set_alone(Due::OverrideSws),
        Timer::KeepAlive => keep_alive(host, tcb),
        Timer::TimeWait => {
            end(host, tcb, Ended::Closed, Reason::TimeWaitOver);
        }
        Timer::FinWait2 => end(host, tcb, Ended::TimedOut, Reason::FinWait2Limit),
        Timer::User => user(host, tcb),
    }
}

fn user(host: &mut Host, tcb: &mut Tcb) {
    if tcb.linger_until.is_some_and(|until| host.now >= until) {
        host.reset_from(tcb, Reason::LingerTimeout);
        end(host, tcb, Ended::Aborted, Reason::LingerTimeout);
        return;
    }
    let reason = match tcb.options.give_up {
        GiveUp::After(_) => Reason::UserTimeout,
        _ if !tcb.syn_acknowledged() => Reason::SynTimeLimit,
        _ => Reason::R2Reached,
    };
    give_up(host, tcb, reason);
}

/// USER TIMEOUT, R2: the queues are flushed and the application is told.
pub(crate) fn give_up(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    end(host, tcb, Ended::TimedOut, reason);
}

/// Ends a connection: CLOSED through the gate, timers stopped, queues flushed, the one final report.
pub(crate) fn end(host: &mut Host, tcb: &mut Tcb, how: Ended, reason: Reason) {
    cancel_all(host, tcb, reason);
    crate::state::change_state(
        &mut tcb.state,
        State::Closed,
        tcb.id,
        reason,
        &mut host.events,
    );
    finish(host, tcb, how, reason);
}

/// What ending means apart from the state.
pub(crate) fn finish(host: &mut Host, tcb: &mut Tcb, how: Ended, reason: Reason) {
    tcb.send = Default::default();
    tcb.scoreboard = None;
    tcb.recv.drop_held();
    if !matches!(how, Ended::Closed) {
        tcb.recv.clear();
    }
    tcb.error = match how {
        Ended::Closed | Ended::Aborted => None,
        Ended::Reset => Some(CallError::Reset),
        Ended::Refused => Some(CallError::Refused),
        Ended::TimedOut => Some(CallError::TimedOut),
        Ended::Unreachable => Some(CallError::Unreachable),
    };
    host.events.push(tcb.id, EventKind::Ended { how, reason });
}

/// RFC 6298 5.4-5.7.
fn retransmission(host: &mut Host, tcb: &mut Tcb) {
    if tcb.outstanding() == 0 {
        return;
    }
    // Linux from 6.5 on tries a SYN some more times, at first at equal intervals.
    let linear = if tcb.state == State::SynSent {
        host.settings.syn_linear_timeouts
    } else {
        0
    };
    let retries = match tcb.state {
        State::SynSent => host.settings.syn_retries.map(|most| most + linear),
        _ if !tcb.syn_acknowledged() && tcb.passive => Some(host.settings.syn_ack_retries),
        _ if !tcb.syn_acknowledged() => host.settings.syn_retries,
        _ => None,
    };
    if retries.is_some_and(|most| tcb.retransmissions >= most)
        && tcb.options.give_up == GiveUp::Default
    {
        give_up(
            host,
            tcb,
            if tcb.passive {
                Reason::SynAckRetriesUsedUp
            } else {
                Reason::SynRetriesUsedUp
            },
        );
        return;
    }
    if let Some(limit) = patience(host, tcb)
        && host.now >= tcb.progress_at + limit
    {
        tcb.deadlines.stop(Timer::User);
        user(host, tcb);
        return;
    }
    tcb.retransmissions = tcb.retransmissions.saturating_add(1);
    if tcb.retransmissions == host.settings.r1 && !tcb.r1_told {
        tcb.r1_told = true;
        if host.settings.error_reports {
            host.events.push(
                tcb.id,
                EventKind::Report {
                    report: Report::Retransmitting,
                    reason: Reason::R1Reached,
                },
            );
        }
    }
    if tcb.retransmissions > linear {
        tcb.rtt.back_off();
    }
    tcb.timed = None;
    if tcb.syn_acknowledged() {
        recovery::timed_out(tcb);
        tcb.pending
            .set(Due::Retransmit, Reason::RetransmissionTimeout);
    } else {
        tcb.pending.set(Due::Syn, Reason::RetransmissionTimeout);
        tcb.syn_again = true;
        // What went out behind the SYN (T8's FIN) follows it.
        if tcb.outstanding() > 1 {
            recovery::timed_out(tcb);
            tcb.rtx_next = tcb.iss.add(1);
        }
    }
    if tcb.retransmissions >= 1
        && !runs(tcb, Timer::User)
        && let Some(limit) = patience(host, tcb)
    {
        set(
            host,
            tcb,
            Timer::User,
            tcb.progress_at + limit,
            Reason::GiveUpRuns,
        );
    }
}

/// When to probe next: first after one RTO, then doubling (SHLD-29, SHLD-30).
pub(crate) fn probe_interval(host: &Host, tcb: &Tcb) -> Duration {
    let longest = host.settings.rto_maximum;
    tcb.rtt.rto().times(1 << tcb.probes.min(20)).min(longest)
}

/// RFC 9293 3.8.6.1.
fn persist(host: &mut Host, tcb: &mut Tcb) {
    if tcb.window_left() > 0 || (tcb.unsent() == 0 && !tcb.fin_unsent() && !tcb.probe_sent) {
        return;
    }
    if tcb.probes > 0
        && let Some(limit) = patience(host, tcb)
        && host.now >= tcb.heard_at + limit
    {
        give_up(host, tcb, Reason::ProbesUnanswered);
        return;
    }
    tcb.pending.set(Due::Probe, Reason::ZeroWindowProbe);
    tcb.probes = tcb.probes.saturating_add(1);
}

/// How often the keep-alive timer must look, and what it does (RFC 9293 3.8.4).
fn keep_alive(host: &mut Host, tcb: &mut Tcb) {
    let Some(interval) = tcb.options.keep_alive else {
        return;
    };
    if !tcb.state.is_synchronized() || tcb.state == State::TimeWait {
        return;
    }
    let idle_until = tcb.heard_at + interval;
    // MUST-26: only when nothing is outstanding and nothing was heard.
    if tcb.outstanding() > 0 || !tcb.send.is_empty() {
        set(
            host,
            tcb,
            Timer::KeepAlive,
            host.now + interval,
            Reason::KeepAliveWaits,
        );
        return;
    }
    if tcb.probes == 0 && idle_until > host.now {
        set(
            host,
            tcb,
            Timer::KeepAlive,
            idle_until,
            Reason::KeepAliveWaits,
        );
        return;
    }
    // MUST-29: one unanswered probe proves nothing.
    if tcb.probes >= host.settings.keep_alive_count {
        host.reset_from(tcb, Reason::KeepAliveUnanswered);
        end(host, tcb, Ended::TimedOut, Reason::KeepAliveUnanswered);
        return;
    }
    tcb.probes += 1;
    tcb.pending.set_alone(Due::KeepAlive);
    let deadline = host.now + host.settings.keep_alive_probe_interval;
    set(
        host,
        tcb,
        Timer::KeepAlive,
        deadline,
        Reason::KeepAliveProbe,
    );
}

/// The connection has come to life: keep-alive may begin.
pub(crate) fn start_keep_alive(host: &mut Host, tcb: &mut Tcb) {
    if let Some(interval) = tcb.options.keep_alive {
        set(
            host,
            tcb,
            Timer::KeepAlive,
            host.now + interval,
            Reason::KeepAliveWaits,
        );
    }
}

/// Something was heard: the probes have been answered.
#[inline(always)]
pub(crate) fn heard(host: &mut Host, tcb: &mut Tcb) {
    tcb.heard_at = host.now;
    if tcb.probes > 0 {
        probes_answered(host, tcb);
    }
}

#[inline(never)]
fn probes_answered(host: &mut Host, tcb: &mut Tcb) {
    if !runs(tcb, Timer::Persist) {
        tcb.probes = 0;
        if runs(tcb, Timer::KeepAlive) {
            start_keep_alive(host, tcb);
        }
    }
}

/// An option was set on a connection that lives.
pub(crate) fn options_changed(host: &mut Host, tcb: &mut Tcb, option: SocketOption) {
    if tcb.state == State::Closed {
        return;
    }
    match option {
        SocketOption::KeepAlive(None) => cancel(host, tcb, Timer::KeepAlive, Reason::KeepAliveOff),
        SocketOption::KeepAlive(Some(_)) if tcb.state.is_synchronized() => {
            start_keep_alive(host, tcb)
        }
        SocketOption::UserTimeout(limit) if tcb.outstanding() > 0 => match limit {
            Some(limit) => set(
                host,
                tcb,
                Timer::User,
                tcb.progress_at + limit,
                Reason::UserTimeoutRuns,
            ),
            None => cancel(host, tcb, Timer::User, Reason::UserTimeoutRuns),
        },
        _ => {}
    }
}
