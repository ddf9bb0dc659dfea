//! Datagrams as bytes: a segment of a connection, the ACK of a TIME-WAIT record, an answer that belongs to no TCB.

use alloc::vec::Vec;

use super::options::{options_of, syn_options, tells_held};
use super::window::window_field;
use crate::ends::Ends;
use crate::event::Timer;
use crate::host::{Host, Reply};
use crate::reason::Reason;
use crate::seq::Seq;
use crate::stack::Transmit;
use crate::tcb::{Due, Tcb};
use crate::time_wait::TimeWait;
use crate::timers;
use crate::wire::{
    Envelope, Flags, OptionBuffer, OptionSet, SegmentHeader, V4Envelope, write_bare_v4,
    write_optioned_v4, write_segment, write_v4,
};

/// A segment about to be written.
pub(super) struct Piece {
    pub seq: Seq,
    pub flags: Flags,
    /// Text: this many bytes of the send queue from this place on.
    pub from: u32,
    pub length: u32,
    pub reason: Reason,
    pub retransmission: bool,
}

impl Piece {
    fn without_text(seq: Seq, flags: Flags, reason: Reason, retransmission: bool) -> Piece {
        Piece {
            seq,
            flags,
            from: 0,
            length: 0,
            reason,
            retransmission,
        }
    }
}

/// A segment without text and SYN: forty bytes, unless something makes it more.
#[inline(never)]
pub(super) fn write_alone(
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
        let piece = Piece::without_text(seq, flags, reason, retransmission);
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
pub(super) fn write_syn(
    host: &mut Host,
    tcb: &mut Tcb,
    out: &mut Vec<u8>,
    flags: Flags,
    reason: Reason,
    retransmission: bool,
) -> Transmit {
    let Some((local, remote)) = tcb.ends.v4_addresses().filter(|_| !tells_held(tcb)) else {
        let piece = Piece::without_text(tcb.iss, flags, reason, retransmission);
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
pub(super) fn write(host: &mut Host, tcb: &mut Tcb, out: &mut Vec<u8>, piece: &Piece) -> Transmit {
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
