//! The options of a connection's segments, and the room they leave for text.

use super::window::mss_to_announce;
use crate::host::Host;
use crate::tcb::Tcb;
use crate::wire::{OptionBuffer, OptionSet, SackBlocks, Timestamps};

/// The text a segment may have: SACK blocks take from it what they need (MUST-16, RFC 6691 2), timestamps have done so
/// already.
pub(super) fn text_room(host: &Host, tcb: &mut Tcb) -> u32 {
    let mss = tcb.mss_effective(host.mtu);
    if !tells_held(tcb) {
        return mss;
    }
    let all = options_of(host, tcb, false, true, true).len() as u32;
    let agreed = if tcb.timestamps { 12 } else { 0 };
    mss.saturating_sub(all - agreed).max(1)
}

/// Whether a segment carries SACK blocks: of text held beyond a hole, or of what came twice (RFC 2018 4, RFC 2883 4).
pub(super) fn tells_held(tcb: &Tcb) -> bool {
    tcb.sack && (tcb.recv.has_holes() || tcb.duplicate.is_some())
}

/// The options of a segment that has some. `answering` says whether a SYN has an ACK.
pub(super) fn options_of(
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
pub(super) fn syn_options(host: &Host, tcb: &mut Tcb, answering: bool) -> OptionBuffer {
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

fn timestamps(host: &Host, tcb: &Tcb, echo: bool) -> Timestamps {
    Timestamps {
        value: host.timestamp(),
        echo: if echo { tcb.ts_recent } else { 0 },
    }
}
