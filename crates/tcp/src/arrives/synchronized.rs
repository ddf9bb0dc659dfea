//! SEGMENT ARRIVES in SYN-RECEIVED and all later states (RFC 9293 3.10.7.4).

use super::{Arrival, Check, judge, refuse};
use crate::arrives::acknowledgement::{self, Acknowledgement};
use crate::arrives::text;
use crate::event::{Ended, EventKind};
use crate::host::{Host, Reply};
use crate::reason::Reason;
use crate::seq::Seq;
use crate::settings::{ClosingReply, CrossingSynAck, SynReceivedSyn, ZeroWindowFin};
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::time::Duration;
use crate::timers;
use crate::wire::{Flags, OptionSet};

#[inline]
pub(crate) fn arrives(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) {
    timers::heard(host, tcb);
    // Called by name, not through a list: it is the engine's busiest path.
    let _ = passes(crossing_syn_ack(host, tcb, arrival))
        && passes(synchronized_syn(host, tcb, arrival))
        && passes(timestamps(host, tcb, arrival))
        && passes(sequence_number(host, tcb, arrival))
        && passes(recent_timestamp(host, tcb, arrival))
        && passes(reset(host, tcb, arrival))
        && passes(syn(host, tcb, arrival))
        && passes(acknowledgement::check(host, tcb, arrival))
        && passes(text::urgent(host, tcb, arrival))
        && passes(text::check(host, tcb, arrival))
        && passes(text::fin(host, tcb, arrival))
        && passes(our_fin(host, tcb));
}

fn our_fin(host: &mut Host, tcb: &mut Tcb) -> Check {
    acknowledgement::of_our_fin(host, tcb);
    Check::Done
}

#[inline]
fn passes(check: Check) -> bool {
    check == Check::Passed
}

/// Trap T3: the SYN-ACK of a simultaneous open has SEQ = IRS, outside the
/// window by the letter; figure 7 has SYN-RECEIVED go on to ESTABLISHED by it.
fn crossing_syn_ack(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let segment = &arrival.segment;
    let crossing = tcb.state == State::SynReceived
        && segment.flags.syn()
        && segment.flags.ack()
        && !segment.flags.rst()
        && segment.seq == tcb.irs
        && segment.ack.after(tcb.snd_una)
        && segment.ack.at_or_before(tcb.snd_nxt);
    if !crossing || host.settings.crossing_syn_ack == CrossingSynAck::Ack {
        return Check::Passed;
    }
    judge(host, tcb.id, Reason::CrossingSynAck);
    if host.settings.crossing_syn_ack == CrossingSynAck::ProcessAndAck {
        tcb.pending
            .set(Due::Reply, Reason::CrossingSynAckAcknowledged);
    }
    acknowledgement::establish(
        host,
        tcb,
        &Acknowledgement::of(arrival),
        Reason::CrossingSynAck,
    );
    Check::Done
}

/// RFC 5961 4.2: in a synchronized state a SYN is challenged whatever its
/// number; the fourth check's rule, taken first because the answer to an
/// unacceptable segment would hide why.
fn synchronized_syn(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let flags = arrival.segment.flags;
    if !flags.syn() || flags.rst() || !tcb.state.is_synchronized() || !host.settings.challenge_ack {
        return Check::Passed;
    }
    host.challenge(tcb, Reason::ChallengeAckForSyn);
    refuse(host, tcb, Reason::SynInSynchronizedState)
}

/// PAWS (RFC 7323 5.3 R1).
fn timestamps(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if !tcb.timestamps || arrival.segment.flags.rst() {
        return Check::Passed;
    }
    let Some(timestamps) = arrival.options.timestamps else {
        if host.settings.tolerate_missing_timestamps {
            return Check::Passed;
        }
        // RFC 7323 3.2: once agreed on, a segment without them is dropped.
        return refuse(host, tcb, Reason::TimestampsMissing);
    };
    if host.settings.paws && is_older(timestamps.value, tcb) && !is_outdated(host, tcb) {
        host.answer_unacceptable(tcb, arrival.length, Reason::AckForOldTimestamp);
        return refuse(host, tcb, Reason::Paws);
    }
    Check::Passed
}

/// The upkeep of TS.Recent (RFC 7323 5.3 R3): after the first check (R2), so that nothing outside the window
/// can leave a timestamp of the future, by which all that is true would look old.
fn recent_timestamp(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let segment = &arrival.segment;
    if !tcb.timestamps || segment.flags.rst() || segment.seq.after(tcb.last_ack_sent) {
        return Check::Passed;
    }
    let Some(timestamps) = arrival.options.timestamps else {
        return Check::Passed;
    };
    // RFC 7323 records it before the ACK is looked at; Linux does not trust a segment whose ACK is forged.
    let forged = host.settings.timestamp_needs_ack
        && segment.flags.ack()
        && segment.ack.after(tcb.snd_max());
    if (!is_older(timestamps.value, tcb) || is_outdated(host, tcb)) && !forged {
        tcb.ts_recent = timestamps.value;
        tcb.ts_recent_at = host.now;
    }
    Check::Passed
}

fn is_older(value: u32, tcb: &Tcb) -> bool {
    (value.wrapping_sub(tcb.ts_recent) as i32) < 0
}

/// RFC 7323 5.5: after 24 days of silence TS.Recent says nothing any more.
fn is_outdated(host: &Host, tcb: &Tcb) -> bool {
    host.now.since(tcb.ts_recent_at) > Duration::from_secs(24 * 86_400)
}

/// Whether some of the segment lies in the receive window: the four cases of
/// RFC 9293 3.10.7.4's first check (U6).
pub(crate) fn acceptable(seq: Seq, length: u32, rcv_nxt: Seq, rcv_wnd: u32) -> bool {
    match (length, rcv_wnd) {
        (0, 0) => seq == rcv_nxt,
        (0, _) => seq.in_window(rcv_nxt, rcv_wnd),
        (_, 0) => false,
        _ => seq.in_window(rcv_nxt, rcv_wnd) || seq.add(length - 1).in_window(rcv_nxt, rcv_wnd),
    }
}

/// First, check the sequence number; and cut off what lies outside the window.
fn sequence_number(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let segment = &arrival.segment;
    let (seq, flags) = (segment.seq, segment.flags);
    if !acceptable(seq, arrival.length, tcb.rcv_nxt, tcb.rcv_wnd) {
        let at_closed_window = tcb.rcv_wnd == 0 && seq == tcb.rcv_nxt;
        if flags.rst() {
            if at_closed_window {
                return Check::Passed;
            }
            return refuse(host, tcb, Reason::RstOutsideWindow);
        }
        if tcb.state == State::SynReceived && flags.syn() && !flags.ack() && seq == tcb.irs {
            return repeated_syn(host, tcb);
        }
        // A window of zero lets ACK, RST and URG through (MUST-66): the text is left.
        if at_closed_window && flags.ack() && !flags.syn() {
            let bare_fin = arrival.text.is_empty() && arrival.fin;
            if !(bare_fin && host.settings.zero_window_fin == ZeroWindowFin::Accept) {
                arrival.text = &[];
                arrival.fin = false;
                tcb.pending.set(Due::Reply, Reason::AckForClosedWindow);
                judge(host, tcb.id, Reason::TextAtClosedWindow);
            }
            return Check::Passed;
        }
        let old = seq.before(tcb.rcv_nxt);
        if tcb.state == State::Closing
            && old
            && flags.fin()
            && flags.ack()
            && !flags.syn()
            && segment.ack.in_window(tcb.snd_una, tcb.outstanding() + 1)
            && host.settings.closing_reply == ClosingReply::Fin
        {
            // Trap T4: BSD-derived stacks cut off what they have seen, take the ACK
            // (two of them would not finish otherwise) and answer with their own FIN again.
            judge(host, tcb.id, Reason::SegmentBeforeWindow);
            arrival.text = &[];
            arrival.fin = false;
            tcb.pending.set(Due::Retransmit, Reason::FinAgain);
            tcb.pending.set(Due::Ack, Reason::AckOfRepeatedFin);
            return Check::Passed;
        }
        if old && !flags.syn() {
            let end = arrival.text_seq.add(arrival.text.len() as u32);
            let end = if end.before(tcb.rcv_nxt) {
                end
            } else {
                tcb.rcv_nxt
            };
            tcb.note_duplicate(&host.settings, arrival.text_seq, end);
        }
        host.answer_unacceptable(tcb, arrival.length, Reason::AckForUnacceptable);
        return refuse(
            host,
            tcb,
            if old {
                Reason::SegmentBeforeWindow
            } else {
                Reason::SegmentBeyondWindow
            },
        );
    }
    // «It is assumed that the segment is the idealized segment»: trimmed to the window.
    if arrival.text_seq.before(tcb.rcv_nxt) {
        tcb.note_duplicate(&host.settings, arrival.text_seq, tcb.rcv_nxt);
        let old = tcb.rcv_nxt.since(arrival.text_seq) as usize;
        arrival.text = arrival.text.get(old..).unwrap_or(&[]);
        arrival.text_seq = tcb.rcv_nxt;
    }
    let room = tcb.rcv_nxt.add(tcb.rcv_wnd).since(arrival.text_seq) as usize;
    if arrival.text.len() > room {
        arrival.text = arrival.text.get(..room).unwrap_or(&[]);
        arrival.fin = false;
        judge(host, tcb.id, Reason::TextBeyondWindowCut);
    } else if arrival.fin
        && arrival.text.len() == room
        && host.settings.zero_window_fin == ZeroWindowFin::Refuse
    {
        arrival.fin = false;
    }
    Check::Passed
}

/// Trap T7: the SYN that brought us to SYN-RECEIVED comes again.
#[cold]
#[inline(never)]
fn repeated_syn(host: &mut Host, tcb: &mut Tcb) -> Check {
    match host.settings.syn_received_syn {
        SynReceivedSyn::Ack => tcb.pending.set(Due::Reply, Reason::AckForRepeatedSyn),
        SynReceivedSyn::SynAck => tcb.pending.set(Due::Syn, Reason::SynAckForRepeatedSyn),
    }
    refuse(host, tcb, Reason::RepeatedSyn)
}

/// Second, check the RST bit (RFC 5961 3.2: exact, or challenged).
fn reset(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if !arrival.segment.flags.rst() {
        return Check::Passed;
    }
    if arrival.segment.seq != tcb.rcv_nxt && host.settings.challenge_ack {
        host.challenge(tcb, Reason::ChallengeAckForRst);
        return refuse(host, tcb, Reason::RstNotExact);
    }
    if !arrival.segment.payload().is_empty() {
        judge(host, tcb.id, Reason::RstWithData);
    }
    match tcb.state {
        State::SynReceived if tcb.passive => {
            judge(host, tcb.id, Reason::RstInSynReceivedPassive);
            return_to_listen(host, tcb, Reason::RstInSynReceivedPassive);
        }
        State::SynReceived => {
            judge(host, tcb.id, Reason::RstInSynReceivedActive);
            timers::end(host, tcb, Ended::Refused, Reason::RstInSynReceivedActive);
        }
        State::Closing | State::LastAck => {
            judge(host, tcb.id, Reason::RstWhileClosing);
            timers::end(host, tcb, Ended::Reset, Reason::RstWhileClosing);
        }
        _ => {
            judge(host, tcb.id, Reason::RstReceived);
            timers::end(host, tcb, Ended::Reset, Reason::RstReceived);
        }
    }
    Check::Done
}

/// Fourth, check the SYN bit. (The third, security and precedence, is not for
/// this host: it has no compartments.)
fn syn(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if !arrival.segment.flags.syn() {
        return Check::Passed;
    }
    if tcb.state == State::SynReceived && tcb.passive {
        judge(host, tcb.id, Reason::SynInSynReceivedPassive);
        return_to_listen(host, tcb, Reason::SynInSynReceivedPassive);
        return Check::Done;
    }
    if host.settings.challenge_ack {
        host.challenge(tcb, Reason::ChallengeAckForSyn);
        return refuse(host, tcb, Reason::SynInSynchronizedState);
    }
    // RFC 793: a SYN in the window is an error; both ends start over.
    judge(host, tcb.id, Reason::SynInWindow);
    host.reset_from(tcb, Reason::RstForSynInWindow);
    timers::end(host, tcb, Ended::Reset, Reason::SynInWindow);
    Check::Done
}

/// A RST at SEG.ACK, the connection staying as it is (U5, U10).
#[cold]
#[inline(never)]
pub(crate) fn reset_at_ack(host: &mut Host, tcb: &Tcb, arrival: &Arrival<'_>, reason: Reason) {
    if arrival.segment.flags.rst() {
        return;
    }
    host.reply(Reply {
        socket: Some(tcb.id),
        ends: tcb.ends,
        seq: arrival.segment.ack,
        ack: Seq(0),
        flags: Flags::RST,
        window: 0,
        options: OptionSet::default(),
        reason,
    });
}

/// «Return this connection to the LISTEN state»: a bare passive OPEN listens
/// again; a listener's child has its listener for that, and ends.
pub(crate) fn return_to_listen(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    timers::cancel_all(host, tcb, reason);
    change_state(
        &mut tcb.state,
        State::Listen,
        tcb.id,
        reason,
        &mut host.events,
    );
    if tcb.parent.is_some() {
        timers::finish(host, tcb, Ended::Reset, reason);
        return;
    }
    // «The retransmission queue is flushed»; a CLOSE that waited meets LISTEN now.
    let closed = tcb.fin_queued || !tcb.attached;
    super::listen::forget_peer(host, tcb);
    if closed {
        timers::end(host, tcb, Ended::Closed, Reason::CloseInListen);
    }
}

/// The FIN of the other end stands at the front of what is missing: it is
/// reached (RFC 9293 3.10.7.4, eighth).
pub(crate) fn peer_closed(host: &mut Host, tcb: &mut Tcb) {
    tcb.rcv_nxt = tcb.rcv_nxt.add(1);
    tcb.rcv_wnd = tcb.rcv_wnd.saturating_sub(1);
    tcb.peer_closed = true;
    tcb.peer_fin = None;
    host.events.push(tcb.id, EventKind::PeerClosed);
    let to = match tcb.state {
        State::SynReceived | State::Established => State::CloseWait,
        State::FinWait1 if tcb.fin_acknowledged() => State::TimeWait,
        State::FinWait1 => State::Closing,
        State::FinWait2 => State::TimeWait,
        _ => return,
    };
    let reason = match (tcb.state, to) {
        (State::FinWait1, State::TimeWait) => Reason::FinWithAckOfOurs,
        (State::FinWait1, _) => Reason::FinCrossedOurs,
        (State::FinWait2, _) => Reason::FinInFinWait2,
        _ => Reason::FinReceived,
    };
    change_state(&mut tcb.state, to, tcb.id, reason, &mut host.events);
    if to == State::TimeWait {
        enter_time_wait(host, tcb, reason);
    }
}

/// 2MSL begins, all else ends (RFC 9293 3.10.7.4, fifth and eighth).
pub(crate) fn enter_time_wait(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    timers::cancel_all(host, tcb, reason);
    tcb.send = Default::default();
    tcb.scoreboard = None;
    let deadline = host.now + host.settings.msl.times(2);
    timers::set(host, tcb, crate::event::Timer::TimeWait, deadline, reason);
}
