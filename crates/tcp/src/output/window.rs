//! What a connection announces of itself: its window and its MSS.

use crate::host::Host;
use crate::settings::WindowRounding;
use crate::state::State;
use crate::tcb::Tcb;

/// The window to announce, as the field's value (SHLD-14: its right edge never
/// moves back; MUST-39: it moves on by silly small steps neither).
#[inline(always)]
pub(super) fn window_field(host: &Host, tcb: &mut Tcb, syn: bool) -> u16 {
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
