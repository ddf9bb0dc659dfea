//! What a connection sends next: one segment per call, built straight into the
//! caller's buffer. Handlers only leave word in `Tcb::pending`; here everything
//! that waits is put together, so that ACKs ride on whatever goes (MUST-58, MUST-59).

use alloc::vec::Vec;

use crate::calls::close;
use crate::ends::Ends;
use crate::event::{EventKind, Timer};
use crate::host::{Host, Reply};
use crate::reason::Reason;
use crate::recovery;
use crate::seq::Seq;
use crate::settings::WindowRounding;
use crate::stack::Transmit;
use crate::state::State;
use crate::tcb::{Due, Tcb};
use crate::time_wait::TimeWait;
use crate::timers;
use crate::wire::{
    Envelope, Flags, OptionBuffer, OptionSet, SackBlocks, SegmentHeader, Timestamps, V4Envelope,
    write_bare_v4, write_optioned_v4, write_segment, write_v4,
};

/// A segment about to be written.
struct Piece {
    seq: Seq,
    flags: Flags,
    /// Text: this many bytes of the send queue from this place on.
    from: u32,
    length: u32,
    reason: Reason,
    retransmission: bool,
}

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

/// The window to announce, as the field's value (SHLD-14: its right edge never
/// moves back; MUST-39: it moves on by silly small steps neither).
#[inline(always)]
fn window_field(host: &Host, tcb: &mut Tcb, syn: bool) -> u16 {
    let room = tcb.receive_room();
    let shift = if syn { 0 } else { tcb.rcv_scale };
    if host.settings.window_rounding == WindowRounding::Buffer {
        return whole_buffer(tcb, room, shift, syn);
    }
    let offered = tcb.rcv_wnd;
    if room > tcb.rcv_wnd {
        let step = (tcb.options.receive_buffer / 2).min(u32::from(tcb.mss_announced));
        if !host.settings.sws_avoidance || room - tcb.rcv_wnd >= step {
            let mut wanted = room;
            let mss = u32::from(tcb.mss_announced).max(1);
            if host.settings.window_rounding == WindowRounding::Segments && !syn && wanted > mss {
                wanted -= wanted % mss;
            }
            tcb.rcv_wnd = tcb.rcv_wnd.max(wanted);
        }
    }
    // Rounded up: rounding down would take back what was offered (RFC 7323 2.4).
    let unit = (1u32 << shift) - 1;
    let field = (tcb.rcv_wnd.saturating_add(unit) >> shift).min(65_535);
    // But once only: byte by byte it would offer room again and again that there is not. Then
    // the field says less than was offered, and all that was offered is still accepted.
    let most = tcb.rcv_wnd.max(room.saturating_add(unit));
    if !syn && field << shift > most {
        return (tcb.rcv_wnd >> shift).min(65_535) as u16;
    }
    // A SYN-ACK that comes again cannot say what scaled segments have offered since.
    tcb.rcv_wnd = if syn {
        offered.max(field)
    } else {
        field << shift
    };
    field as u16
}

/// FreeBSD's window: all of the buffer's room, unless that is silly; what the
/// field cannot say is accepted all the same, but for the SYN cache's.
#[cold]
#[inline(never)]
fn whole_buffer(tcb: &mut Tcb, room: u32, shift: u8, syn: bool) -> u16 {
    let silly = room < tcb.options.receive_buffer / 4 && room < u32::from(tcb.mss_announced);
    if room > tcb.rcv_wnd && !silly {
        tcb.rcv_wnd = room;
    }
    if syn && tcb.passive && tcb.state == State::SynReceived && !tcb.syn_again {
        tcb.rcv_wnd = tcb.rcv_wnd.min(65_535);
    }
    let unit = (1u32 << shift) - 1;
    (tcb.rcv_wnd.saturating_add(unit) >> shift).min(65_535) as u16
}

/// Whether the window has opened by so much that the other end should hear of
/// it without waiting for the next segment.
pub(crate) fn window_news(tcb: &Tcb) -> bool {
    let room = tcb.receive_room().min(65_535 << tcb.rcv_scale);
    let step = (tcb.options.receive_buffer / 2).min(u32::from(tcb.mss_announced));
    tcb.rcv_wnd <= tcb.options.receive_buffer / 2
        && room >= tcb.rcv_wnd.saturating_mul(2)
        && room.saturating_sub(tcb.rcv_wnd) >= step.max(1)
}

/// The MSS to announce (MUST-67): what the interface takes, what the setting and the socket allow.
pub(crate) fn mss_to_announce(host: &Host, tcb: &Tcb) -> u16 {
    let header = if tcb.ends.is_v4() { 40 } else { 60 };
    let mtu = if host.settings.mss_of_path && !tcb.ends.is_v4() {
        // FreeBSD asks its host cache, which knows of the path.
        host.mtu.min(tcb.path_mtu)
    } else {
        host.mtu
    };
    mtu.saturating_sub(header)
        .min(host.settings.mss)
        .min(tcb.options.mss_limit.unwrap_or(u16::MAX))
        .max(1)
}

/// The text a segment may have: SACK blocks take from it what they need (MUST-16, RFC 6691 2), timestamps have done so
/// already.
fn text_room(host: &Host, tcb: &mut Tcb) -> u32 {
    let mss = tcb.mss_effective(host.mtu);
    if !tells_held(tcb) {
        return mss;
    }
    let all = options_of(host, tcb, false, true, true).len() as u32;
    let agreed = if tcb.timestamps { 12 } else { 0 };
    mss.saturating_sub(all - agreed).max(1)
}

/// Whether a segment carries SACK blocks: of text held beyond a hole, or of what came twice (RFC 2018 4, RFC 2883 4).
fn tells_held(tcb: &Tcb) -> bool {
    tcb.sack && (tcb.recv.has_holes() || tcb.duplicate.is_some())
}

/// The options of a segment that has some. `answering` says whether a SYN has an ACK.
fn options_of(
    host: &Host,
    tcb: &mut Tcb,
    is_syn: bool,
    answering: bool,
    holes: bool,
) -> OptionBuffer {
    if is_syn {
        return syn_options(host, tcb, answering);
    }
    let mut options = OptionSet::default();
    if tcb.timestamps {
        options.timestamps = Some(timestamps(host, tcb, true));
    }
    if holes {
        let most = OptionBuffer::sack_room(host.settings.option_order, &options);
        let mut blocks = SackBlocks::EMPTY;
        // What came twice stands first (RFC 2883 4).
        for block in tcb
            .duplicate
            .into_iter()
            .chain(tcb.sack_blocks())
            .take(most)
        {
            blocks.push(block);
        }
        options.sack = blocks;
    }
    OptionBuffer::arranged(host.settings.option_order, &options)
}

/// The options of a SYN, or of a SYN-ACK (`answering`), which answers only what was
/// offered (RFC 7323 2.2, RFC 2018 2).
#[inline]
fn syn_options(host: &Host, tcb: &mut Tcb, answering: bool) -> OptionBuffer {
    let settings = &host.settings;
    tcb.mss_announced = mss_to_announce(host, tcb);
    let (scaling, sack, stamped) = if answering {
        (tcb.scaling, tcb.sack, tcb.timestamps)
    } else {
        (settings.window_scale, settings.sack, settings.timestamps)
    };
    let options = OptionSet {
        mss: settings.send_mss_option.then_some(tcb.mss_announced),
        window_scale: scaling.then_some(settings.window_scale_shift.min(14) as u8),
        sack_permitted: sack,
        timestamps: stamped.then(|| timestamps(host, tcb, answering)),
        sack: SackBlocks::EMPTY,
    };
    OptionBuffer::arranged(settings.option_order, &options)
}

/// A segment without text and SYN: forty bytes, unless something makes it more.
#[inline(never)]
fn write_alone(
    host: &mut Host,
    tcb: &mut Tcb,
    out: &mut Vec<u8>,
    seq: Seq,
    flags: Flags,
    reason: Reason,
    retransmission: bool,
) -> Transmit {
    let bare = !tcb.timestamps && !tcb.snd_up_valid && !tells_held(tcb);
    let Some((local, remote)) = tcb.ends.v4_addresses().filter(|_| bare) else {
        let piece = Piece {
            seq,
            flags,
            from: 0,
            length: 0,
            reason,
            retransmission,
        };
        return write(host, tcb, out, &piece);
    };
    let header = SegmentHeader {
        source_port: tcb.ends.local_port(),
        destination_port: tcb.ends.remote_port(),
        seq,
        ack: tcb.rcv_nxt,
        flags,
        window: window_field(host, tcb, false),
        urgent_pointer: 0,
    };
    write_bare_v4(out, &V4Envelope::new(local, remote), &header);
    acknowledged_all(host, tcb);
    Transmit {
        socket: Some(tcb.id),
        reason,
        retransmission,
    }
}

/// An ACK of everything up to RCV.NXT has gone out.
#[inline(always)]
fn acknowledged_all(host: &mut Host, tcb: &mut Tcb) {
    tcb.last_ack_sent = tcb.rcv_nxt;
    tcb.unacknowledged = 0;
    tcb.pending.clear_ack();
    tcb.pending.clear(Due::Reply);
    timers::cancel(host, tcb, Timer::DelayedAck, Reason::AckRode);
}

/// A SYN or SYN-ACK: no text, no urgent pointer, and options always.
fn write_syn(
    host: &mut Host,
    tcb: &mut Tcb,
    out: &mut Vec<u8>,
    flags: Flags,
    reason: Reason,
    retransmission: bool,
) -> Transmit {
    let Some((local, remote)) = tcb.ends.v4_addresses().filter(|_| !tells_held(tcb)) else {
        let piece = Piece {
            seq: tcb.iss,
            flags,
            from: 0,
            length: 0,
            reason,
            retransmission,
        };
        return write(host, tcb, out, &piece);
    };
    let options = syn_options(host, tcb, flags.ack());
    let header = SegmentHeader {
        source_port: tcb.ends.local_port(),
        destination_port: tcb.ends.remote_port(),
        seq: tcb.iss,
        ack: if flags.ack() { tcb.rcv_nxt } else { Seq(0) },
        flags,
        window: window_field(host, tcb, true),
        urgent_pointer: 0,
    };
    write_optioned_v4(out, &V4Envelope::new(local, remote), &header, &options);
    if flags.ack() {
        acknowledged_all(host, tcb);
    }
    Transmit {
        socket: Some(tcb.id),
        reason,
        retransmission,
    }
}

#[inline(never)]
fn write(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, piece: &Piece) -> Transmit {
    let is_syn = piece.flags.syn();
    let mut flags = piece.flags;
    let holes = tells_held(tcb);
    let buffer;
    let options: &[u8] = if is_syn || tcb.timestamps || holes {
        buffer = options_of(host, tcb, is_syn, flags.ack(), holes);
        if holes {
            // It is told once (RFC 2883 4).
            tcb.duplicate = None;
        }
        buffer.as_slice()
    } else {
        &[]
    };
    let mut urgent_pointer = 0;
    if tcb.snd_up_valid && !is_syn {
        if tcb.snd_up.after(piece.seq) {
            flags |= Flags::URG;
            urgent_pointer = tcb.snd_up.since(piece.seq).min(65_535) as u16;
        } else if tcb.snd_una.at_or_after(tcb.snd_up) {
            tcb.snd_up_valid = false;
        }
    }
    let window = window_field(host, tcb, is_syn);
    let header = SegmentHeader {
        source_port: tcb.ends.local_port(),
        destination_port: tcb.ends.remote_port(),
        seq: piece.seq,
        ack: if flags.ack() { tcb.rcv_nxt } else { Seq(0) },
        flags,
        window,
        urgent_pointer,
    };
    if piece.length == 0 {
        put(out, &tcb.ends, &header, options, [&[], &[]]);
    } else {
        let (front, back) = tcb.send.as_slices();
        let text = two_slices(front, back, piece.from as usize, piece.length as usize);
        put(out, &tcb.ends, &header, options, text);
    }
    if flags.ack() {
        acknowledged_all(host, tcb);
    }
    if piece.length > 0 {
        let answers = tcb
            .text_at
            .is_some_and(|at| host.now.since(at) < host.settings.delayed_ack_time);
        if answers {
            // Question and answer: from now on the ACKs can ride on text.
            tcb.quick_acks = u32::MAX;
        }
        tcb.sent_at = host.now;
    }
    Transmit {
        socket: Some(tcb.id),
        reason: piece.reason,
        retransmission: piece.retransmission,
    }
}

fn timestamps(host: &Host, tcb: &Tcb, echo: bool) -> Timestamps {
    Timestamps {
        value: host.timestamp(),
        echo: if echo { tcb.ts_recent } else { 0 },
    }
}

/// `length` bytes from `from` on, of a ring in two pieces.
fn two_slices<'a>(front: &'a [u8], back: &'a [u8], from: usize, length: usize) -> [&'a [u8]; 2] {
    let in_front = front.get(from..).unwrap_or(&[]);
    let first = in_front.get(..length).unwrap_or(in_front);
    let from = from.saturating_sub(front.len());
    let rest = length - first.len();
    [first, back.get(from..from + rest).unwrap_or(&[])]
}

/// Writes a datagram between two ends, where it does not happen often: a page carries this once.
#[inline(never)]
fn put_seldom(out: &mut Vec<u8>, ends: &Ends, header: &SegmentHeader, options: &[u8]) {
    put(out, ends, header, options, [&[], &[]]);
}

/// Writes a datagram between two ends.
#[inline(always)]
fn put(out: &mut Vec<u8>, ends: &Ends, header: &SegmentHeader, options: &[u8], text: [&[u8]; 2]) {
    let written = match ends.v4_addresses() {
        Some((local, remote)) if options.is_empty() && text[0].is_empty() && text[1].is_empty() => {
            write_bare_v4(out, &V4Envelope::new(local, remote), header);
            Ok(())
        }
        Some((local, remote)) => {
            write_v4(out, &V4Envelope::new(local, remote), header, options, text)
        }
        None => {
            let envelope = Envelope::new(ends.local().ip(), ends.remote().ip());
            write_segment(out, &envelope, header, options, text)
        }
    };
    debug_assert!(
        written.is_ok(),
        "addresses of one family and a length below the MSS"
    );
}

/// Writes the ACK of a TIME-WAIT record, most of which need no options.
pub(crate) fn write_time_wait(
    host: &Host,
    record: &TimeWait,
    reason: Reason,
    out: &mut Vec<u8>,
) -> Transmit {
    if record.timestamps {
        return write_reply(host, &record.reply(host, reason), out);
    }
    let header = SegmentHeader {
        source_port: record.ends.local_port(),
        destination_port: record.ends.remote_port(),
        seq: record.snd_nxt,
        ack: record.rcv_nxt,
        flags: Flags::ACK,
        window: record.window,
        urgent_pointer: 0,
    };
    put_seldom(out, &record.ends, &header, &[]);
    Transmit {
        socket: Some(record.id),
        reason,
        retransmission: false,
    }
}

/// Writes a segment that belongs to no TCB.
pub(crate) fn write_reply(host: &Host, reply: &Reply, out: &mut Vec<u8>) -> Transmit {
    let header = SegmentHeader {
        source_port: reply.ends.local_port(),
        destination_port: reply.ends.remote_port(),
        seq: reply.seq,
        ack: reply.ack,
        flags: reply.flags,
        window: reply.window,
        urgent_pointer: 0,
    };
    if reply.options == OptionSet::default() {
        put_seldom(out, &reply.ends, &header, &[]);
    } else {
        let buffer = OptionBuffer::arranged(host.settings.option_order, &reply.options);
        put_seldom(out, &reply.ends, &header, buffer.as_slice());
    }
    Transmit {
        socket: reply.socket,
        reason: reply.reason,
        retransmission: false,
    }
}
