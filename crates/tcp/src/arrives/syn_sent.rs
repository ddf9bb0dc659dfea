//! SEGMENT ARRIVES in SYN-SENT (RFC 9293 3.10.7.3).

use super::acknowledgement::begin;
use super::synchronized::reset_at_ack;
use super::{Arrival, Check, judge, refuse, round_buffer, take_syn_options, text};
use crate::event::{Ended, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::settings::SynText;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::timers;

#[inline(never)]
pub(crate) fn arrives(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) {
    timers::heard(host, tcb);
    if acknowledgement(host, tcb, arrival) == Check::Done
        || reset(host, tcb, arrival) == Check::Done
        || syn(host, tcb, arrival) == Check::Done
    {
        return;
    }
    refuse(
        host,
        tcb,
        if arrival.segment.flags.ack() {
            Reason::AckWithoutSyn
        } else {
            Reason::NeitherSynNorRst
        },
    );
}

/// Whether the ACK acknowledges our SYN, and nothing we have not sent.
fn ack_acceptable(tcb: &Tcb, arrival: &Arrival<'_>) -> bool {
    let ack = arrival.segment.ack;
    ack.after(tcb.iss) && ack.at_or_before(tcb.snd_nxt)
}

/// First, check the ACK bit (U5).
fn acknowledgement(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    if !arrival.segment.flags.ack() || ack_acceptable(tcb, arrival) {
        return Check::Passed;
    }
    if arrival.segment.flags.rst() {
        return refuse(host, tcb, Reason::RstWithBadAck);
    }
    reset_at_ack(host, tcb, arrival, Reason::RstForUnacceptableAck);
    refuse(host, tcb, Reason::UnacceptableAckInSynSent)
}

/// Second, check the RST bit. Only the ACK counts here: the bullet on exact
/// sequence numbers is deleted by erratum 8167 (trap T1).
fn reset(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let flags = arrival.segment.flags;
    if !flags.rst() {
        return Check::Passed;
    }
    if !flags.ack() {
        return refuse(host, tcb, Reason::RstWithoutAckInSynSent);
    }
    judge(host, tcb.id, Reason::ConnectionRefused);
    timers::end(host, tcb, Ended::Refused, Reason::ConnectionRefused);
    Check::Done
}

/// Fourth, check the SYN bit.
fn syn(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) -> Check {
    let segment = arrival.segment;
    if !segment.flags.syn() {
        return Check::Passed;
    }
    tcb.irs = segment.seq;
    tcb.rcv_nxt = segment.seq.add(1);
    tcb.last_ack_sent = tcb.rcv_nxt;
    take_syn_options(host, tcb, &arrival.options);
    // The window of a segment with SYN is never scaled (RFC 7323 2.2).
    tcb.snd_wnd = u32::from(segment.window);
    tcb.max_snd_wnd = tcb.snd_wnd;
    tcb.snd_wl1 = segment.seq;
    tcb.snd_wl2 = segment.ack;
    round_buffer(host, tcb);
    open_window(tcb);
    if segment.flags.ack() {
        judge(host, tcb.id, Reason::SynAckInSynSent);
        // An echo of zero is none (RFC 7323 3.2): the clock of our own SYN says more.
        match arrival.options.timestamps {
            Some(timestamps) if tcb.timestamps && timestamps.echo != 0 => {
                let ticks = host.timestamp().wrapping_sub(timestamps.echo);
                if ticks < u32::MAX / 2 {
                    tcb.rtt
                        .sample(host.settings.timestamp_tick.times(u64::from(ticks).max(1)));
                }
                tcb.timed = None;
            }
            _ => measure(host, tcb),
        }
        tcb.snd_una = segment.ack;
        tcb.pending.clear(Due::Syn);
        tcb.retransmissions = 0;
        tcb.r1_told = false;
        tcb.progress_at = host.now;
        timers::cancel(host, tcb, Timer::Retransmission, Reason::SynAckInSynSent);
        timers::cancel(host, tcb, Timer::User, Reason::SynAckInSynSent);
        change_state(
            &mut tcb.state,
            State::Established,
            tcb.id,
            Reason::SynAckInSynSent,
            &mut host.events,
        );
        tcb.pending.set(Due::Ack, Reason::AckOfSynAck);
        begin(host, tcb);
        // Sixth and on: URG, text and FIN, the SYN being gone.
        let _ = text::urgent(host, tcb, arrival) == Check::Passed
            && text::check(host, tcb, arrival) == Check::Passed
            && text::fin(host, tcb, arrival) == Check::Passed;
        return Check::Done;
    }
    judge(host, tcb.id, Reason::SynInSynSent);
    change_state(
        &mut tcb.state,
        State::SynReceived,
        tcb.id,
        Reason::SynInSynSent,
        &mut host.events,
    );
    tcb.pending.set(Due::Syn, Reason::SynAckForSimultaneousOpen);
    keep_early_text(host, tcb, arrival);
    Check::Done
}

fn measure(host: &Host, tcb: &mut Tcb) {
    if let Some((_, at)) = tcb.timed.take()
        && tcb.retransmissions == 0
    {
        tcb.rtt.sample(host.now.since(at));
    }
}

/// Text and FIN of a SYN wait for ESTABLISHED (U15). Our SYN-ACK has ACK =
/// IRS + 1 (RFC 9293 3.10.7.2): they are acknowledged when they are delivered.
pub(crate) fn keep_early_text(host: &Host, tcb: &mut Tcb, arrival: &Arrival<'_>) {
    // Without Fast Open, Linux leaves them to be sent again, and so does FreeBSD's SYN cache.
    let forgetful = match host.settings.syn_text {
        SynText::Drop => true,
        SynText::DropPassive => tcb.passive,
        SynText::Keep => false,
    };
    if forgetful {
        return;
    }
    let room = (tcb.rcv_wnd as usize).min(arrival.text.len());
    let text = arrival.text.get(..room).unwrap_or(&[]);
    if !text.is_empty() {
        tcb.recv.place(0, text, 0);
        tcb.early_text = room as u32;
    }
    if arrival.fin && room == arrival.text.len() {
        tcb.peer_fin = Some(tcb.rcv_nxt.add(room as u32));
    }
}

/// The receive window as the SYN announces it, at most 65 535.
pub(crate) fn open_window(tcb: &mut Tcb) {
    tcb.rcv_wnd = tcb.receive_room().min(65_535);
}
