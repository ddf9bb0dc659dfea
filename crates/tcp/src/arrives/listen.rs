//! SEGMENT ARRIVES in LISTEN (RFC 9293 3.10.7.2): for a bare passive OPEN, and
//! for the TCB that a listener begets.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::syn_sent::{keep_early_text, open_window};
use super::{Arrival, judge, take_syn_options};
use crate::cookie::CookieOptions;
use crate::ends::Ends;
use crate::event::SocketId;
use crate::host::Host;
use crate::reason::Reason;
use crate::seq::Seq;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::wire::ParsedOptions;

/// What LISTEN makes of a segment before any TCB is touched (U4).
pub(crate) enum Verdict {
    /// A SYN to be taken.
    Open,
    /// An ACK that may be a SYN cookie's.
    Acknowledgement,
    /// Dropped (and perhaps answered): said already.
    Done,
}

/// The checks in the RFC's order: RST, ACK, SYN, others.
pub(crate) fn judge_segment(
    host: &mut Host,
    socket: SocketId,
    ends: &Ends,
    arrival: &Arrival<'_>,
    cookies: bool,
) -> Verdict {
    let flags = arrival.segment.flags;
    if flags.rst() {
        host.events.refused(socket, Reason::RstInListen);
    } else if flags.ack() {
        if cookies && !flags.syn() {
            return Verdict::Acknowledgement;
        }
        host.reset_for(
            Some(socket),
            ends,
            &arrival.segment,
            Reason::RstForAckInListen,
        );
        host.events.refused(socket, Reason::AckInListen);
    } else if flags.syn() {
        if host.now < host.quiet_until() {
            host.events.refused(socket, Reason::QuietTime);
            return Verdict::Done;
        }
        return Verdict::Open;
    } else {
        host.events.refused(socket, Reason::NeitherSynNorAck);
    }
    Verdict::Done
}

/// A TCB in LISTEN takes a SYN. `iss` is chosen; `judged_by` is who judged it: itself, or its listener, which has said so.
pub(crate) fn take_syn(
    host: &mut Host,
    tcb: &mut Tcb,
    arrival: &Arrival<'_>,
    iss: Seq,
    judged_by: SocketId,
) {
    let segment = &arrival.segment;
    if judged_by == tcb.id {
        judge(host, judged_by, Reason::SynInListen);
    }
    tcb.passive = true;
    tcb.irs = segment.seq;
    tcb.rcv_nxt = segment.seq.add(1);
    tcb.last_ack_sent = tcb.rcv_nxt;
    tcb.iss = iss;
    tcb.snd_una = iss;
    tcb.snd_nxt = iss;
    tcb.snd_wnd = u32::from(segment.window);
    tcb.max_snd_wnd = tcb.snd_wnd;
    tcb.snd_wl1 = segment.seq;
    tcb.snd_wl2 = iss;
    tcb.heard_at = host.now;
    take_syn_options(host, tcb, &arrival.options);
    open_window(tcb);
    keep_early_text(host, tcb, arrival);
    tcb.pending.set(Due::Syn, Reason::SynAckSent);
    if tcb.state != State::Listen {
        // A child: its own life begins in LISTEN, as a passive OPEN's does.
        tcb.state = State::Listen;
    }
    change_state(
        &mut tcb.state,
        State::SynReceived,
        tcb.id,
        Reason::SynInListen,
        &mut host.events,
    );
}

/// A TCB is built out of a SYN cookie: as if the SYN had just been answered.
pub(crate) fn take_cookie(
    host: &mut Host,
    tcb: &mut Tcb,
    arrival: &Arrival<'_>,
    iss: Seq,
    irs: Seq,
    mss: u16,
) {
    tcb.passive = true;
    tcb.irs = irs;
    tcb.rcv_nxt = irs.add(1);
    tcb.last_ack_sent = tcb.rcv_nxt;
    tcb.iss = iss;
    tcb.snd_una = iss;
    tcb.snd_nxt = iss.add(1);
    tcb.snd_wl1 = irs;
    tcb.snd_wl2 = iss;
    tcb.heard_at = host.now;
    tcb.progress_at = host.now;
    let mut options = ParsedOptions {
        mss: Some(mss),
        ..ParsedOptions::default()
    };
    if let Some(timestamps) = arrival.options.timestamps
        && host.settings.timestamps
    {
        let kept = CookieOptions::from_timestamp(timestamps.echo);
        options.timestamps = Some(timestamps);
        options.window_scale = kept.window_scale;
        options.sack_permitted = kept.sack_permitted;
    }
    take_syn_options(host, tcb, &options);
    open_window(tcb);
    tcb.mss_announced = crate::output::mss_to_announce(host, tcb);
    tcb.state = State::Listen;
    change_state(
        &mut tcb.state,
        State::SynReceived,
        tcb.id,
        Reason::SynCookieValid,
        &mut host.events,
    );
}

/// A bare passive OPEN that goes back to LISTEN knows nothing of its peer any more.
pub(crate) fn forget_peer(host: &mut Host, tcb: &mut Tcb) {
    let ends = if tcb.remote_open {
        tcb.ends.with_remote(unspecified(tcb.ends.is_v4()))
    } else {
        tcb.ends
    };
    let mut fresh = Tcb::new(tcb.id, ends, tcb.options, &host.beginning);
    fresh.state = tcb.state;
    fresh.passive = true;
    fresh.remote_open = tcb.remote_open;
    fresh.attached = tcb.attached;
    fresh.in_ready = tcb.in_ready;
    fresh.port_counted = tcb.port_counted;
    fresh.found_by = tcb.found_by;
    *tcb = fresh;
}

pub(crate) fn unspecified(v4: bool) -> SocketAddr {
    let ip = if v4 {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    } else {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    };
    SocketAddr::new(ip, 0)
}
