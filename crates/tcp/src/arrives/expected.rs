//! The segment that everybody waits for: in its right place, with an ACK of
//! something that is in flight (or of nothing new), without options, SYN, RST and URG.
//! Most are, in every state from SYN-RECEIVED on.
//!
//! It is no second reading of RFC 9293 3.10.7.4 but a look ahead: [`is_expected`]
//! holds only where the checks before the fifth would all let the segment pass in
//! silence and the fifth would take its ACK, and from there on the way is the same.
//! Whatever is out of the ordinary goes through [`super::synchronized`].

use super::acknowledgement::{self, Acknowledgement};
use super::{Check, text};
use crate::host::Host;
use crate::reason::Reason;
use crate::state::State;
use crate::tcb::Tcb;
use crate::timers;
use crate::wire::plain::Plain;
use crate::wire::{Flags, ParsedOptions};

/// FIN and PSH may stand beside the ACK.
const MAY_BE: Flags = Flags(Flags::FIN.0 | Flags::PSH.0);

/// Whether `plain`, which has no options, may take the short way at `tcb`. Its checksums are looked at elsewhere.
#[inline(always)]
pub(crate) fn is_expected(tcb: &Tcb, plain: &Plain<'_>) -> bool {
    // What completes the handshake has to acknowledge the SYN.
    let least = u32::from(tcb.state == State::SynReceived);
    plain.flags.0 & !MAY_BE.0 == Flags::ACK.0
        && plain.seq == tcb.rcv_nxt
        // Text and FIN lie in the window, and it is open.
        && plain.rest.len() < tcb.rcv_wnd as usize
        // Neither old nor of what was not sent; of a probe's byte, which lies beyond SND.NXT, neither.
        && (least..=tcb.outstanding()).contains(&plain.ack.since(tcb.snd_una))
        && tcb.state >= State::SynReceived
        && tcb.state != State::TimeWait
        && !tcb.timestamps
}

/// What SEGMENT ARRIVES does from the fifth check on.
#[inline(always)]
pub(crate) fn arrives(host: &mut Host, tcb: &mut Tcb, plain: &Plain<'_>) {
    timers::heard(host, tcb);
    let fin = plain.flags.fin();
    let segment = Acknowledgement {
        seq: plain.seq,
        ack: plain.ack,
        window: plain.window,
        alone: plain.rest.is_empty() && !fin,
        syn: false,
        options: &ParsedOptions::NONE,
    };
    if tcb.state == State::SynReceived {
        acknowledgement::establish(host, tcb, &segment, Reason::AckOfSyn);
    } else if acknowledgement::take(host, tcb, &segment) == Check::Done {
        return;
    }
    let end = plain.seq.add(plain.rest.len() as u32);
    if !plain.rest.is_empty()
        && text::take(host, tcb, plain.seq, plain.rest, plain.flags.psh()) == Check::Done
    {
        return;
    }
    if fin || tcb.peer_fin.is_some() {
        text::fin_stands(host, tcb, fin, end);
    }
    acknowledgement::of_our_fin(host, tcb);
}
