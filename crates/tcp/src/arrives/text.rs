//! Sixth to eighth check: URG, text and FIN (RFC 9293 3.10.7.4).

use super::synchronized::peer_closed;
use super::{Arrival, Check, judge};
use crate::event::{Ended, EventKind, Report, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::recv::Placed;
use crate::seq::Seq;
use crate::settings::ClosingReply;
use crate::state::State;
use crate::tcb::{Due, Tcb};
use crate::timers;

/// Sixth, check the URG bit (MUST-32).
#[inline]
pub(crate) fn urgent(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if arrival.segment.flags.urg() && tcb.receiving() {
        urgent_pointer(host, tcb, arrival);
    }
    Check::Passed
}

#[cold]
#[inline(never)]
fn urgent_pointer(host: &mut Host, tcb: &mut Tcb, arrival: &Arrival<'_>) {
    let up = arrival
        .segment
        .seq
        .add(u32::from(arrival.segment.urgent_pointer));
    let news = up.after(tcb.rcv_nxt) && (!tcb.rcv_up_valid || up.after(tcb.rcv_up));
    if news {
        tcb.rcv_up = up;
        tcb.rcv_up_valid = true;
        judge(host, tcb.id, Reason::UrgentPointer);
        host.events.push(
            tcb.id,
            EventKind::Report {
                report: Report::Urgent,
                reason: Reason::UrgentPointer,
            },
        );
    }
}

/// Seventh, process the segment text.
#[inline]
pub(crate) fn check(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if arrival.text.is_empty() {
        return Check::Passed;
    }
    let push = arrival.segment.flags.psh();
    take(host, tcb, arrival.text_seq, arrival.text, push)
}

/// Text within the window that begins at `seq`.
pub(crate) fn take(
    host: &mut Host,
    tcb: &mut Tcb,
    mut seq: Seq,
    mut text: &[u8],
    push: bool,
) -> Check {
    if !tcb.receiving() {
        // «This should not occur since a FIN has been received from the remote side.»
        judge(host, tcb.id, Reason::TextAfterFin);
        return Check::Passed;
    }
    if !tcb.attached && host.settings.reset_on_data_after_close {
        judge(host, tcb.id, Reason::DataAfterClose);
        host.reset_from(tcb, Reason::RstForDataAfterClose);
        timers::end(host, tcb, Ended::Aborted, Reason::DataAfterClose);
        return Check::Done;
    }
    if seq.before(tcb.rcv_nxt) {
        // The segment that completed the handshake brings text of the SYN again.
        let old = tcb.rcv_nxt.since(seq) as usize;
        text = text.get(old..).unwrap_or(&[]);
        seq = tcb.rcv_nxt;
        if text.is_empty() {
            return Check::Passed;
        }
    }
    queue(host, tcb, seq, text, push);
    Check::Passed
}

/// Puts text into the receive queue and decides when to acknowledge it.
fn queue(host: &mut Host, tcb: &mut Tcb, seq: Seq, text: &[u8], push: bool) {
    let offset = seq.since(tcb.rcv_nxt);
    let length = text.len() as u32;
    if offset > 0 && tcb.recv.held().saturating_add(length) > host.settings.reassembly_bytes {
        host.events.push(
            tcb.id,
            EventKind::Limit {
                reason: Reason::ReassemblyFull,
            },
        );
        tcb.pending.set(Due::Ack, Reason::AckForOutOfOrder);
        judge(host, tcb.id, Reason::ReassemblyFull);
        return;
    }
    let had_holes = tcb.recv.has_holes();
    if had_holes
        && host.settings.duplicate_sack
        && let Some((left, right)) = tcb.held_of(seq, seq.add(length))
    {
        tcb.note_duplicate(&host.settings, left, right);
    }
    let holes_max = host.settings.reassembly_segments as usize;
    match tcb.recv.place(offset, text, holes_max) {
        Placed::InOrder(count) => {
            judge(
                host,
                tcb.id,
                if had_holes {
                    Reason::HoleFilled
                } else {
                    Reason::TextInOrder
                },
            );
            tcb.rcv_nxt = tcb.rcv_nxt.add(count);
            tcb.rcv_wnd = tcb.rcv_wnd.saturating_sub(count);
            host.events
                .push(tcb.id, EventKind::Deliver { len: count, push });
            tcb.largest_segment = tcb.largest_segment.max(length);
            tcb.unacknowledged = tcb.unacknowledged.saturating_add(count);
            let full = if tcb.mss_announced > 0 {
                tcb.largest_segment.min(u32::from(tcb.mss_announced))
            } else {
                tcb.largest_segment
            };
            if had_holes {
                // RFC 5681 4.2: at once when it fills all or part of a gap.
                tcb.pending.set(Due::Ack, Reason::AckForFilledHole);
            } else if !host.settings.delayed_ack {
                tcb.pending.set(Due::Ack, Reason::AckOfText);
            } else if host.settings.ack_every_second_segment
                && full >= FULL_AT_LEAST
                && tcb.unacknowledged >= 2 * full
            {
                tcb.pending.set(Due::Ack, Reason::AckEverySecondSegment);
            } else if tcb.quick_acks < host.settings.quick_acks {
                tcb.quick_acks += 1;
                tcb.pending.set(Due::Ack, Reason::AckOfText);
            } else if !tcb.pending.owes_ack() {
                acknowledge_later(host, tcb);
            }
            tcb.text_at = Some(host.now);
        }
        Placed::Held => {
            tcb.newest_held.rotate_right(1);
            tcb.newest_held[0] = Some(seq);
            judge(host, tcb.id, Reason::TextOutOfOrder);
            tcb.pending.set(Due::Ack, Reason::AckForOutOfOrder);
        }
        Placed::TooManyHoles => {
            host.events.push(
                tcb.id,
                EventKind::Limit {
                    reason: Reason::ReassemblyFull,
                },
            );
            judge(host, tcb.id, Reason::ReassemblyFull);
            tcb.pending.set(Due::Ack, Reason::AckForOutOfOrder);
        }
    }
}

/// An ACK will do that waits for company.
pub(crate) fn acknowledge_later(host: &mut Host, tcb: &mut Tcb) {
    tcb.pending.delay_ack();
    let deadline = host.now + host.settings.delayed_ack_time;
    timers::set(host, tcb, Timer::DelayedAck, deadline, Reason::AckDelayed);
}

/// Segments smaller than this are not «full-sized», whatever the largest seen so far.
const FULL_AT_LEAST: u32 = 64;

/// Eighth, check the FIN bit. A FIN ahead of its data waits for them.
#[inline]
pub(crate) fn fin(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if arrival.fin || tcb.peer_fin.is_some() {
        let end = arrival.text_seq.add(arrival.text.len() as u32);
        fin_stands(host, tcb, arrival.fin, end);
    }
    Check::Passed
}

/// A FIN came with this segment, at `seq`, or waits for what this segment may have brought.
pub(crate) fn fin_stands(host: &mut Host, tcb: &mut Tcb, came: bool, seq: Seq) {
    if came && !matches!(tcb.state, State::Closed | State::Listen | State::SynSent) {
        if tcb.peer_closed {
            // Only a FIN beyond the first could be here; the first one lies
            // before the window. Acknowledged like any old segment.
            tcb.pending.set(Due::Ack, Reason::AckOfFin);
        } else if tcb.peer_fin.is_none() {
            tcb.peer_fin = Some(seq);
            if seq != tcb.rcv_nxt {
                judge(host, tcb.id, Reason::FinAheadOfData);
                tcb.pending.set(Due::Ack, Reason::AckForOutOfOrder);
            }
        }
    }
    if tcb.peer_fin == Some(tcb.rcv_nxt) && !tcb.peer_closed && tcb.state != State::Closed {
        judge(host, tcb.id, Reason::FinReceived);
        let patient = host.settings.delay_ack_of_fin
            && matches!(tcb.state, State::SynReceived | State::Established)
            && tcb.text_at.is_some()
            && host.settings.delayed_ack;
        if !patient {
            tcb.pending.set(Due::Ack, Reason::AckOfFin);
        } else if !tcb.pending.owes_ack() {
            // Linux expects its application to close now: the ACK waits for our FIN.
            acknowledge_later(host, tcb);
        }
        peer_closed(host, tcb);
        if tcb.state == State::Closing && host.settings.closing_reply == ClosingReply::Fin {
            // Trap T4: the ACK goes with our own FIN, once more.
            tcb.pending.clear_ack();
            tcb.pending.set(Due::Retransmit, Reason::FinAgain);
        }
    }
}
