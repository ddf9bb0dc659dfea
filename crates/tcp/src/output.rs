//! What a connection sends next: one segment per call, built straight into the
//! caller's buffer. Handlers only leave word in `Tcb::pending`; here everything
//! that waits is put together, so that ACKs ride on whatever goes (MUST-58, MUST-59).

use alloc::vec::Vec;

use crate::calls::close;
use crate::event::{EventKind, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::recovery;
use crate::stack::Transmit;
use crate::state::State;
use crate::tcb::{Due, Tcb};
use crate::timers;
use crate::wire::Flags;

mod options;
mod window;
mod write;

use options::text_room;
pub(crate) use window::{mss_to_announce, window_news};
use write::{Piece, write, write_alone, write_syn};
pub(crate) use write::{write_reply, write_time_wait};

/// Writes the connection's next datagram, if there is one to send now.
pub(crate) fn next(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>) -> Option<Transmit> {
    if matches!(tcb.state, State::Closed | State::Listen) || host.now < host.quiet_until() {
        return None;
    }
    if tcb.pending.has_first()
        && let Some(transmit) = first(host, tcb, out)
    {
        return Some(transmit);
    }
    if tcb.state == State::SynSent {
        return None;
    }
    if tcb.outstanding() == 0 {
        tcb.pending.clear(Due::Retransmit);
    } else if tcb.may_send_again()
        && let Some(transmit) = again(host, tcb, out)
    {
        return Some(transmit);
    }
    let unsent = tcb.unsent();
    if unsent > 0 {
        if let Some(transmit) = text(host, tcb, out, unsent) {
            return Some(transmit);
        }
    } else if tcb.fin_unsent()
        && let Some(transmit) = fin_alone(host, tcb, out)
    {
        return Some(transmit);
    }
    let reason = tcb.pending.reason(Due::Ack)?;
    Some(acknowledgement(host, tcb, out, reason))
}

/// What goes before all text: a SYN, an answer, a probe.
#[inline(never)]
fn first(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>) -> Option<Transmit> {
    if tcb.pending.is_set(Due::Syn) {
        return syn(host, tcb, out);
    }
    if let Some(reason) = tcb.pending.take(Due::Reply) {
        return Some(acknowledgement(host, tcb, out, reason));
    }
    if tcb.state == State::SynSent {
        return None;
    }
    if tcb.pending.is_set(Due::KeepAlive) {
        tcb.pending.clear(Due::KeepAlive);
        // SHLD-12: no text, a number already acknowledged.
        let piece = Piece {
            seq: tcb.snd_nxt.sub(1),
            flags: Flags::ACK,
            from: 0,
            length: 0,
            reason: Reason::KeepAliveProbe,
            retransmission: false,
        };
        return Some(write(host, tcb, out, &piece));
    }
    let reason = tcb.pending.take(Due::Probe)?;
    probe(host, tcb, out, reason)
}

/// SYN or SYN-ACK, according to the state.
fn syn(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>) -> Option<Transmit> {
    let reason = tcb.pending.take(Due::Syn)?;
    let first = tcb.snd_nxt == tcb.iss;
    let flags = if tcb.state == State::SynSent {
        Flags::SYN
    } else {
        Flags::SYN | Flags::ACK
    };
    if first {
        tcb.snd_nxt = tcb.iss.add(1);
        tcb.progress_at = host.now;
        tcb.timed = Some((tcb.snd_nxt, host.now));
    } else {
        tcb.timed = None;
    }
    let transmit = write_syn(host, tcb, out, flags, reason, !first);
    timers::sent(host, tcb, reason);
    Some(transmit)
}

fn acknowledgement(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, reason: Reason) -> Transmit {
    let seq = tcb.snd_nxt;
    write_alone(host, tcb, out, seq, Flags::ACK, reason, false)
}

/// A zero-window probe: the next byte, or the FIN where that is what waits.
#[cold]
#[inline(never)]
fn probe(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, reason: Reason) -> Option<Transmit> {
    let unsent = tcb.unsent();
    if unsent == 0 && !tcb.fin_unsent() {
        return None;
    }
    let from = tcb.send.len() as u32 - unsent;
    let flags = if unsent == 0 {
        Flags::ACK | Flags::FIN
    } else {
        Flags::ACK
    };
    let piece = Piece {
        seq: tcb.snd_nxt,
        flags,
        from,
        length: unsent.min(1),
        reason,
        retransmission: tcb.probe_sent,
    };
    if unsent == 0 {
        // From now on the FIN has a number; whether it was taken says the ACK.
        tcb.fin_seq = Some(tcb.snd_nxt);
        tcb.snd_nxt = tcb.snd_nxt.add(1);
        let transmit = write(host, tcb, out, &piece);
        close::fin_left(host, tcb);
        timers::sent(host, tcb, Reason::ZeroWindowProbe);
        return Some(transmit);
    }
    tcb.probe_sent = true;
    let transmit = write(host, tcb, out, &piece);
    let deadline = host.now + timers::probe_interval(host, tcb);
    timers::set(host, tcb, Timer::Persist, deadline, Reason::ProbeBackOff);
    Some(transmit)
}

/// Something that was sent before.
#[cold]
#[inline(never)]
fn again(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>) -> Option<Transmit> {
    let mss = text_room(host, tcb);
    let (from, to, reason) = if let Some(reason) = tcb.pending.take(Due::Retransmit) {
        (tcb.snd_una, tcb.snd_nxt, reason)
    } else {
        if recovery::room(host, tcb) < mss {
            return None;
        }
        recovery::next_again(host, tcb)?
    };
    let (from, reason) = if tcb.syn_acknowledged() {
        (from, reason)
    } else {
        (from.later(tcb.data_start()), reason)
    };
    let offset = from.since(tcb.data_start());
    let text_left = (tcb.send.len() as u32).saturating_sub(offset);
    let length = text_left.min(mss).min(to.since(from));
    let end = from.add(length);
    let fin = tcb.fin_seq == Some(end);
    if length == 0 && !fin {
        return None;
    }
    let end = end.add(u32::from(fin));
    let mut flags = Flags::ACK;
    if fin {
        flags |= Flags::FIN;
    }
    let pushed = !tcb.more_follows || tcb.fin_queued;
    if length > 0 && offset + length == tcb.send.len() as u32 && pushed {
        flags |= Flags::PSH;
    }
    recovery::sent_again(tcb, end, reason);
    tcb.timed = None;
    let piece = Piece {
        seq: from,
        flags,
        from: offset,
        length,
        reason,
        retransmission: true,
    };
    let transmit = write(host, tcb, out, &piece);
    if matches!(
        reason,
        Reason::FastRetransmit | Reason::RetransmissionTimeout | Reason::PartialAck
    ) {
        timers::start_retransmission(host, tcb, reason);
    } else {
        timers::sent(host, tcb, reason);
    }
    Some(transmit)
}

/// New text.
#[inline(never)]
fn text(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, unsent: u32) -> Option<Transmit> {
    fresh(host, tcb, out, unsent)
}

/// A FIN behind text that was all sent, as most are: without any of what text asks for.
#[inline(never)]
fn fin_alone(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>) -> Option<Transmit> {
    fresh(host, tcb, out, 0)
}

/// New text, and the FIN behind it: of the two there is one.
#[inline(always)]
fn fresh(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, unsent: u32) -> Option<Transmit> {
    let fin_waits = tcb.fin_unsent();
    if matches!(tcb.state, State::SynReceived | State::TimeWait) {
        return None;
    }
    let window = tcb.window_left();
    if window == 0 {
        wait_for_window(host, tcb);
        return None;
    }
    let mss = if unsent > 0 { text_room(host, tcb) } else { 1 };
    let idle = tcb.outstanding() == 0;
    if idle
        && unsent > 0
        && tcb.sent_at != crate::time::Instant::ZERO
        && host.now.since(tcb.sent_at) > tcb.rtt.rto()
    {
        tcb.congestion.on_idle(host.now);
    }
    let room = if unsent > 0 {
        recovery::room(host, tcb)
    } else {
        0
    };
    let length = unsent.min(mss).min(window).min(room);
    let last = length == unsent;
    let fin = fin_waits && last && window > length;
    if length == 0 && !fin {
        return None;
    }
    if !fin && length < mss && !may_be_short(host, tcb, length, last, idle, window) {
        return None;
    }
    tcb.pending.clear(Due::OverrideSws);
    timers::cancel(host, tcb, Timer::SwsOverride, Reason::DataSent);
    let from = tcb.send.len() as u32 - unsent;
    let seq = tcb.snd_nxt;
    let mut flags = Flags::ACK;
    if length > 0 && last && (!tcb.more_follows || tcb.fin_queued) {
        flags |= Flags::PSH;
    }
    let retransmission = core::mem::take(&mut tcb.probe_sent);
    tcb.snd_nxt = seq.add(length);
    if fin {
        flags |= Flags::FIN;
        tcb.fin_seq = Some(tcb.snd_nxt);
        tcb.snd_nxt = tcb.snd_nxt.add(1);
    }
    if idle {
        tcb.progress_at = host.now;
    }
    if tcb.timed.is_none() && !retransmission && tcb.lost_until.is_none() {
        tcb.timed = Some((tcb.snd_nxt, host.now));
    }
    let reason = if fin && length == 0 {
        Reason::FinSent
    } else {
        Reason::DataSent
    };
    let retransmission = retransmission && length <= 1;
    let transmit = if length == 0 {
        write_alone(host, tcb, out, seq, flags, reason, retransmission)
    } else {
        let piece = Piece {
            seq,
            flags,
            from,
            length,
            reason,
            retransmission,
        };
        write(host, tcb, out, &piece)
    };
    if fin {
        close::fin_left(host, tcb);
    }
    timers::sent(host, tcb, reason);
    Some(transmit)
}

/// The window is closed and nothing is on its way that would tell of its
/// opening: probe for it (MUST-35).
#[cold]
#[inline(never)]
fn wait_for_window(host: &mut Host, tcb: &mut Tcb) {
    if tcb.outstanding() == 0 && !timers::runs(tcb, Timer::Persist) {
        let deadline = host.now + timers::probe_interval(host, tcb);
        timers::set(host, tcb, Timer::Persist, deadline, Reason::WindowClosed);
    }
}

/// Whether a segment smaller than it could be may go (RFC 9293 3.7.4, 3.8.6.2.1).
fn may_be_short(
    host: &mut Host,
    tcb: &mut Tcb,
    length: u32,
    last: bool,
    idle: bool,
    window: u32,
) -> bool {
    if tcb.pending.is_set(Due::OverrideSws) {
        return true;
    }
    let urgent = tcb.snd_up_valid && tcb.snd_up.after(tcb.snd_nxt);
    let no_delay = tcb.options.no_delay || urgent;
    if last {
        // Nagle: a small segment waits while something is unacknowledged. A
        // byte that stands in the way as a lost probe does not count.
        if idle || no_delay || (!tcb.attached && tcb.fin_queued) {
            return true;
        }
        tell_held(host, tcb, Reason::HeldByNagle);
        return false;
    }
    if !host.settings.sws_avoidance {
        return true;
    }
    // (3) of 3.8.6.2.1: at least half of the largest window ever offered.
    if (idle || no_delay) && length >= (tcb.max_snd_wnd / 2).max(1) {
        return true;
    }
    if length == window && idle && !timers::runs(tcb, Timer::SwsOverride) {
        tell_held(host, tcb, Reason::HeldBySillyWindow);
        let deadline = host.now + host.settings.sws_override_time;
        timers::set(
            host,
            tcb,
            Timer::SwsOverride,
            deadline,
            Reason::HeldBySillyWindow,
        );
    }
    false
}

/// Says once per segment that it is held back.
#[cold]
#[inline(never)]
fn tell_held(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    if tcb.held_at != Some(tcb.snd_nxt) {
        tcb.held_at = Some(tcb.snd_nxt);
        host.events.push(tcb.id, EventKind::Limit { reason });
    }
}
