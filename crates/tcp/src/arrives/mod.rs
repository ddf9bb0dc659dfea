//! SEGMENT ARRIVES (RFC 9293 3.10.7): a file per group of states, a function
//! per check, in the RFC's order.

use crate::event::{EventKind, SocketId};
use crate::host::Host;
use crate::reason::Reason;
use crate::seq::Seq;
use crate::settings::WindowRounding;
use crate::tcb::Tcb;
use crate::wire::{ParsedOptions, Segment};

pub(crate) mod acknowledgement;
pub(crate) mod expected;
pub(crate) mod icmp;
pub(crate) mod listen;
pub(crate) mod syn_sent;
pub(crate) mod synchronized;
pub(crate) mod text;

/// A segment on its way through the checks. Text and FIN shrink as what lies
/// outside the window is cut off.
pub(crate) struct Arrival<'a> {
    pub segment: Segment<'a>,
    pub options: ParsedOptions,
    /// SEG.LEN as it came.
    pub length: u32,
    /// The number of the first byte of `text`.
    pub text_seq: Seq,
    pub text: &'a [u8],
    pub fin: bool,
    /// Whether the listener's accept queue has room for one more.
    pub accept_room: bool,
}

impl<'a> Arrival<'a> {
    #[inline(always)]
    pub(crate) fn new(segment: Segment<'a>) -> Arrival<'a> {
        Arrival {
            segment,
            options: segment.parsed_options(),
            length: segment.length(),
            text_seq: segment.seq.add(u32::from(segment.flags.syn())),
            text: segment.payload(),
            fin: segment.flags.fin(),
            accept_room: true,
        }
    }
}

/// Whether the next check still has to look at the segment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    Passed,
    /// Decided: used, answered or dropped.
    Done,
}

/// Drops the segment.
#[cold]
#[inline(never)]
pub(crate) fn refuse(host: &mut Host, tcb: &Tcb, reason: Reason) -> Check {
    host.events.refused(tcb.id, reason);
    Check::Done
}

/// Says that a rule let the segment through, or used it.
#[inline]
pub(crate) fn judge(host: &mut Host, socket: SocketId, reason: Reason) {
    host.events.push(socket, EventKind::Judged { reason });
}

/// The options that count only on a SYN: MSS, window scale, SACK-permitted, timestamps.
/// `answering` says that we have announced ours already; then both must have.
pub(crate) fn take_syn_options(host: &Host, tcb: &mut Tcb, options: &ParsedOptions) {
    let settings = &host.settings;
    if let Some(mss) = options.mss {
        // A peer that announces next to nothing would have us send a header per byte.
        tcb.mss_peer = mss.max(LEAST_MSS);
    }
    match options.window_scale {
        Some(shift) if settings.window_scale => {
            tcb.scaling = true;
            // RFC 7323 2.3: more than 14 counts as 14.
            tcb.snd_scale = shift.min(14);
            tcb.rcv_scale = settings.window_scale_shift.min(14) as u8;
        }
        _ => {
            tcb.scaling = false;
            tcb.snd_scale = 0;
            tcb.rcv_scale = 0;
        }
    }
    tcb.sack = settings.sack && options.sack_permitted;
    tcb.timestamps = settings.timestamps && options.timestamps.is_some();
    if let Some(timestamps) = options.timestamps
        && tcb.timestamps
    {
        tcb.ts_recent = timestamps.value;
        tcb.ts_recent_at = host.now;
    }
}

/// FreeBSD's way with windows: the buffer is brought up to whole segments.
pub(crate) fn round_buffer(host: &Host, tcb: &mut Tcb) {
    if host.settings.window_rounding == WindowRounding::Buffer {
        let mss = u32::from(tcb.mss_peer.min(tcb.mss_announced).max(1));
        let buffer = tcb.options.receive_buffer;
        tcb.options.receive_buffer = buffer.div_ceil(mss).saturating_mul(mss);
    }
}

/// The least send MSS that is taken at its word.
const LEAST_MSS: u16 = 48;
