//! Fifth check: the ACK field (RFC 9293 3.10.7.4).

use super::synchronized::{enter_time_wait, reset_at_ack};
use super::{Arrival, Check, judge, refuse};
use crate::event::{Ended, EventKind, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::recovery;
use crate::seq::Seq;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::timers;
use crate::wire::ParsedOptions;

/// What the fifth check looks at.
pub(crate) struct Acknowledgement<'a> {
    pub seq: Seq,
    pub ack: Seq,
    /// SEG.WND, unscaled.
    pub window: u16,
    /// Neither text nor FIN came with it.
    pub alone: bool,
    pub syn: bool,
    pub options: &'a ParsedOptions,
}

impl<'a> Acknowledgement<'a> {
    pub(crate) fn of(arrival: &'a Arrival<'_>) -> Acknowledgement<'a> {
        let segment = &arrival.segment;
        Acknowledgement {
            seq: segment.seq,
            ack: segment.ack,
            window: segment.window,
            alone: arrival.text.is_empty() && !segment.flags.fin(),
            syn: segment.flags.syn(),
            options: &arrival.options,
        }
    }
}

pub(crate) fn check(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let segment = &arrival.segment;
    if !segment.flags.ack() {
        return refuse(host, tcb, Reason::AckMissing);
    }
    let ack = segment.ack;
    // MAY-12, RFC 5961 5.2: an ACK older than the other end's largest window is not from this connection.
    if host.settings.blind_data_check
        && tcb.syn_acknowledged()
        && ack.before(tcb.snd_una.sub(tcb.max_snd_wnd))
    {
        host.challenge(tcb, Reason::ChallengeAckForOldAck);
        return refuse(host, tcb, Reason::AckTooOld);
    }
    if tcb.state == State::SynReceived {
        if !(ack.after(tcb.snd_una) && ack.at_or_before(tcb.snd_nxt)) {
            reset_at_ack(host, tcb, arrival, Reason::RstForUnacceptableAck);
            return refuse(host, tcb, Reason::UnacceptableAckInSynReceived);
        }
        if tcb.parent.is_some() && !arrival.accept_room {
            // Linux does so too: the SYN-ACK will be sent again, by then there may be room.
            host.events.push(
                tcb.id,
                EventKind::Limit {
                    reason: Reason::AcceptQueueFull,
                },
            );
            return refuse(host, tcb, Reason::AcceptQueueFull);
        }
        establish(host, tcb, &Acknowledgement::of(arrival), Reason::AckOfSyn);
        return Check::Passed;
    }
    if ack.after(tcb.snd_max()) {
        // In ESTABLISHED Linux says nothing; while closing it challenges as the RFC has it.
        if host.settings.answer_ack_of_unsent || tcb.state != State::Established {
            host.answer_unacceptable(tcb, arrival.length, Reason::AckForAckOfUnsent);
        }
        return refuse(host, tcb, Reason::AckOfUnsent);
    }
    if tcb.probe_sent && ack.after(tcb.snd_nxt) {
        // The probe's byte was taken.
        tcb.probe_sent = false;
        tcb.snd_nxt = ack;
    }
    take_ordinary(host, tcb, arrival)
}

/// One call for all that comes the long way.
#[inline(never)]
fn take_ordinary(host: &mut Host, tcb: &mut Tcb, arrival: &Arrival<'_>) -> Check {
    take(host, tcb, &Acknowledgement::of(arrival))
}

/// An ACK that is neither too old nor of something unsent, and what it means to a connection that closes.
#[inline(always)]
pub(crate) fn take(host: &mut Host, tcb: &mut Tcb, segment: &Acknowledgement<'_>) -> Check {
    let opens = !tcb.syn_acknowledged();
    acknowledge(host, tcb, segment);
    if opens && tcb.syn_acknowledged() {
        // CLOSE came in SYN-RECEIVED: what ESTABLISHED would have begun begins without it.
        begin(host, tcb);
    }
    match tcb.state {
        State::Closing => {
            if !tcb.fin_acknowledged() {
                return Check::Done;
            }
            change_state(
                &mut tcb.state,
                State::TimeWait,
                tcb.id,
                Reason::AckOfFinReceived,
                &mut host.events,
            );
            enter_time_wait(host, tcb, Reason::AckOfFinReceived);
        }
        State::LastAck if tcb.fin_acknowledged() => {
            timers::end(host, tcb, Ended::Closed, Reason::AckOfFinReceived);
            return Check::Done;
        }
        _ => {}
    }
    Check::Passed
}

/// FIN-WAIT-1 becomes FIN-WAIT-2 by the ACK of our FIN: looked at last, because
/// where the same segment brings the other end's FIN the way leads straight to
/// TIME-WAIT (figure 5, note 2).
#[inline(always)]
pub(crate) fn of_our_fin(host: &mut Host, tcb: &mut Tcb) {
    if tcb.state == State::FinWait1 {
        in_fin_wait_1(host, tcb);
    }
}

fn in_fin_wait_1(host: &mut Host, tcb: &mut Tcb) {
    if tcb.fin_acknowledged() {
        change_state(
            &mut tcb.state,
            State::FinWait2,
            tcb.id,
            Reason::AckOfFinReceived,
            &mut host.events,
        );
        // A lingering CLOSE has what it waited for.
        if tcb.linger_until.take().is_some() {
            timers::cancel(host, tcb, Timer::User, Reason::AckOfFinReceived);
        }
        start_fin_wait_2_limit(host, tcb);
    }
}

/// FIN-WAIT-2 is limited once nobody can read any more.
pub(crate) fn start_fin_wait_2_limit(host: &mut Host, tcb: &mut Tcb) {
    if tcb.state == State::FinWait2
        && !tcb.attached
        && let Some(limit) = host.settings.fin_wait_2_limit
    {
        let deadline = host.now + limit;
        timers::set(
            host,
            tcb,
            Timer::FinWait2,
            deadline,
            Reason::FinWait2Limited,
        );
    }
}

/// SYN-RECEIVED becomes ESTABLISHED; a CLOSE that waited is done now.
pub(crate) fn establish(
    host: &mut Host,
    tcb: &mut Tcb,
    segment: &Acknowledgement<'_>,
    reason: Reason,
) {
    if reason == Reason::AckOfSyn {
        judge(host, tcb.id, reason);
    }
    change_state(
        &mut tcb.state,
        State::Established,
        tcb.id,
        reason,
        &mut host.events,
    );
    let shift = if segment.syn { 0 } else { tcb.snd_scale };
    tcb.snd_wnd = u32::from(segment.window) << shift;
    tcb.max_snd_wnd = tcb.max_snd_wnd.max(tcb.snd_wnd);
    tcb.snd_wl1 = segment.seq;
    tcb.snd_wl2 = segment.ack;
    advance(host, tcb, segment.ack, segment.options);
    begin(host, tcb);
}

/// What starts with ESTABLISHED: text that came with the SYN is delivered
/// (U15), keep-alive runs, a CLOSE that had to wait is carried out.
pub(crate) fn begin(host: &mut Host, tcb: &mut Tcb) {
    let mss = tcb.mss_effective(host.mtu);
    tcb.congestion
        .established(host.settings.initial_window, mss, tcb.syn_again);
    if tcb.syn_again {
        tcb.rtt.established_after_syn_timeout();
    }
    timers::start_keep_alive(host, tcb);
    super::round_buffer(host, tcb);
    let early = core::mem::take(&mut tcb.early_text);
    if early > 0 {
        tcb.rcv_nxt = tcb.rcv_nxt.add(early);
        tcb.rcv_wnd = tcb.rcv_wnd.saturating_sub(early);
        tcb.unacknowledged = tcb.unacknowledged.saturating_add(early);
        if !tcb.pending.owes_ack() {
            super::text::acknowledge_later(host, tcb);
        }
        judge(host, tcb.id, Reason::TextOfSynDelivered);
        host.events.push(
            tcb.id,
            EventKind::Deliver {
                len: early,
                push: true,
            },
        );
    }
    if tcb.fin_queued && tcb.state == State::Established {
        change_state(
            &mut tcb.state,
            State::FinWait1,
            tcb.id,
            Reason::CloseWaited,
            &mut host.events,
        );
    }
    if tcb.peer_fin == Some(tcb.rcv_nxt) {
        judge(host, tcb.id, Reason::FinReceived);
        tcb.pending.set(Due::Ack, Reason::AckOfFin);
        super::synchronized::peer_closed(host, tcb);
    }
}

/// An ACK in a synchronized state: SND.UNA, the send window, and what follows.
#[inline(always)]
fn acknowledge(host: &mut Host, tcb: &mut Tcb, segment: &Acknowledgement<'_>) {
    let ack = segment.ack;
    let window = u32::from(segment.window) << tcb.snd_scale;
    if ack.before(tcb.snd_una) {
        judge(host, tcb.id, Reason::AckOfOldData);
        return;
    }
    let is_new = ack.after(tcb.snd_una);
    // RFC 6675 2: with SACK it is news of held numbers that makes a duplicate, whatever else the segment carries.
    let duplicate = if tcb.sack {
        !is_new && recovery::take_sack(tcb, segment.options) > 0
    } else {
        !is_new && tcb.outstanding() > 0 && segment.alone && window == tcb.snd_wnd
    };
    if is_new {
        judge(host, tcb.id, Reason::AckOfNewData);
        advance(host, tcb, ack, segment.options);
    } else if duplicate {
        judge(host, tcb.id, Reason::DuplicateAck);
    }
    // SND.WL1 < SEG.SEQ or (SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK) (U12).
    let newer = tcb.snd_wl1.before(segment.seq)
        || (tcb.snd_wl1 == segment.seq && tcb.snd_wl2.at_or_before(ack));
    if newer {
        let before = tcb.snd_wnd;
        tcb.snd_wnd = window;
        tcb.snd_wl1 = segment.seq;
        tcb.snd_wl2 = ack;
        tcb.max_snd_wnd = tcb.max_snd_wnd.max(window);
        if !is_new && !duplicate {
            let reason = if window != before {
                Reason::WindowUpdate
            } else {
                Reason::AckOfNothingNew
            };
            judge(host, tcb.id, reason);
        }
        window_changed(host, tcb, before, is_new);
    } else if !is_new && !duplicate {
        judge(host, tcb.id, Reason::OldWindowIgnored);
    }
    if duplicate {
        recovery::duplicate_ack(host, tcb);
    }
}

/// SND.UNA moves: what is acknowledged leaves the queue, timers follow.
fn advance(host: &mut Host, tcb: &mut Tcb, ack: Seq, options: &ParsedOptions) {
    let start = tcb.data_start();
    let covered = ack.since(tcb.snd_una);
    let bytes = ack.since(start).min(tcb.send.len() as u32);
    let flight = tcb.outstanding();
    measure(host, tcb, ack, options);
    tcb.send.drain(..bytes as usize);
    tcb.snd_una = ack;
    tcb.retransmissions = 0;
    tcb.r1_told = false;
    tcb.progress_at = host.now;
    tcb.pending.clear(Due::Retransmit);
    tcb.pending.clear(Due::Syn);
    if tcb.fin_acknowledged() {
        // What CLOSE waited for has come.
        tcb.linger_until = None;
    }
    if tcb.linger_until.is_none() {
        timers::cancel(host, tcb, Timer::User, Reason::AckOfNewData);
    }
    recovery::new_ack(host, tcb, options, covered, flight);
    if tcb.outstanding() == 0 {
        timers::cancel(host, tcb, Timer::Retransmission, Reason::AllAcknowledged);
    } else {
        timers::start_retransmission(host, tcb, Reason::RetransmissionRestarted);
    }
    let room = tcb.options.send_buffer as usize > tcb.send.len();
    if tcb.writable_wanted && room && bytes > 0 {
        tcb.writable_wanted = false;
        host.events.push(tcb.id, EventKind::Writable);
    }
}

/// A round-trip sample (RFC 6298 3, Karn's rule; RFC 7323 4 with timestamps).
#[inline]
fn measure(host: &mut Host, tcb: &mut Tcb, ack: Seq, options: &ParsedOptions) {
    if tcb.timestamps
        && let Some(timestamps) = options.timestamps
        && timestamps.echo != 0
    {
        let ticks = host.timestamp().wrapping_sub(timestamps.echo);
        tcb.timed = None;
        if ticks < u32::MAX / 2 {
            let sample = host.settings.timestamp_tick.times(u64::from(ticks).max(1));
            // RFC 7323 appendix G: each counts for its share of a round trip.
            let expected = tcb.outstanding().div_ceil(2 * tcb.mss_effective(host.mtu));
            tcb.rtt.sample_of_many(sample, expected);
        }
        return;
    }
    if let Some((end, at)) = tcb.timed
        && ack.at_or_after(end)
    {
        tcb.timed = None;
        tcb.rtt.sample(host.now.since(at));
    }
}

/// The send window opened, closed or moved.
#[inline(always)]
fn window_changed(host: &mut Host, tcb: &mut Tcb, before: u32, is_new: bool) {
    if tcb.snd_wnd > 0 && before == 0 {
        tcb.probes = 0;
    }
    if tcb.window_left() > 0 {
        timers::cancel(host, tcb, Timer::Persist, Reason::WindowOpened);
    } else if tcb.snd_wnd == 0 && !is_new && tcb.outstanding() > 0 {
        window_stays_shut(host, tcb);
    }
}

#[cold]
#[inline(never)]
fn window_stays_shut(host: &mut Host, tcb: &mut Tcb) {
    // The other end lives and says so: it may keep the window shut for ever
    // (MUST-37), and what lies beyond it is not held against it (SHLD-17).
    tcb.progress_at = host.now;
    if tcb.linger_until.is_none() {
        timers::cancel(host, tcb, Timer::User, Reason::WindowClosed);
    }
}
