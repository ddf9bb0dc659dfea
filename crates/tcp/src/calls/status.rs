//! STATUS (RFC 9293 3.10.6).

use core::net::SocketAddr;

use crate::event::{SocketId, Timer};
use crate::host::Host;
use crate::seq::Seq;
use crate::state::State;
use crate::status::{Recovery, SocketKind, Status};
use crate::tcb::Tcb;
use crate::time::{Duration, Instant};
use crate::time_wait::TimeWait;

/// All that does not apply is zero.
pub(crate) fn blank(
    socket: SocketId,
    kind: SocketKind,
    state: State,
    local: Option<SocketAddr>,
) -> Status {
    Status {
        socket,
        kind,
        state,
        local,
        remote: None,
        passive: false,
        attached: true,
        iss: Seq(0),
        snd_una: Seq(0),
        snd_nxt: Seq(0),
        snd_wnd: 0,
        snd_wl1: Seq(0),
        snd_wl2: Seq(0),
        snd_up: Seq(0),
        send_queue: 0,
        fin_queued: false,
        fin_seq: None,
        irs: Seq(0),
        rcv_nxt: Seq(0),
        rcv_wnd: 0,
        rcv_up: Seq(0),
        receive_queue: 0,
        reassembly_queue: 0,
        mss_announced: 0,
        mss_peer: 0,
        mss_effective: 0,
        window_scale: None,
        timestamps: false,
        sack: false,
        rto: Duration::ZERO,
        srtt: None,
        rttvar: Duration::ZERO,
        cwnd: 0,
        ssthresh: 0,
        recovery: Recovery::Open,
        sacked: 0,
        retransmissions: 0,
        timers: [None; Timer::ALL.len()],
        syn_queue: 0,
        accept_queue: 0,
        backlog: 0,
    }
}

pub(crate) fn connection(host: &Host, tcb: &Tcb) -> Status {
    let ended = tcb.state == State::Closed;
    let kind = if ended {
        SocketKind::Idle
    } else {
        SocketKind::Connection
    };
    let mut status = blank(tcb.id, kind, tcb.state, Some(tcb.ends.local()));
    status.remote = (tcb.ends.remote_port() != 0).then(|| tcb.ends.remote());
    status.passive = tcb.passive;
    status.attached = tcb.attached && !tcb.queued && !tcb.embryonic;
    status.iss = tcb.iss;
    status.snd_una = tcb.snd_una;
    status.snd_nxt = tcb.snd_nxt;
    status.snd_wnd = tcb.snd_wnd;
    status.snd_wl1 = tcb.snd_wl1;
    status.snd_wl2 = tcb.snd_wl2;
    status.snd_up = if tcb.snd_up_valid {
        tcb.snd_up
    } else {
        tcb.snd_una
    };
    status.send_queue = tcb.send.len() as u32;
    status.fin_queued = tcb.fin_queued;
    status.fin_seq = tcb.fin_seq;
    status.irs = tcb.irs;
    status.rcv_nxt = tcb.rcv_nxt;
    status.rcv_wnd = tcb.rcv_wnd;
    status.rcv_up = if tcb.rcv_up_valid {
        tcb.rcv_up
    } else {
        tcb.rcv_nxt
    };
    status.receive_queue = tcb.recv.readable();
    status.reassembly_queue = tcb.recv.held();
    status.mss_announced = tcb.mss_announced;
    status.mss_peer = tcb.mss_peer;
    status.mss_effective = tcb.mss_effective(host.mtu).min(u32::from(u16::MAX)) as u16;
    status.window_scale = tcb.scaling.then_some((tcb.rcv_scale, tcb.snd_scale));
    status.timestamps = tcb.timestamps;
    status.sack = tcb.sack;
    status.rto = tcb.rtt.rto();
    status.srtt = tcb.rtt.srtt();
    status.rttvar = tcb.rtt.rttvar();
    status.cwnd = tcb.congestion.cwnd();
    status.ssthresh = tcb.congestion.ssthresh();
    status.sacked = tcb.scoreboard.as_ref().map_or(0, |board| {
        let blocks = board.blocks().iter();
        blocks.map(|block| block.right.since(block.left)).sum()
    });
    status.recovery = if tcb.lost_until.is_some() {
        Recovery::Timeout
    } else if tcb.congestion.recovery_point().is_some() {
        Recovery::Fast
    } else if status.sacked > 0 || tcb.congestion.duplicate_acks() > 0 {
        Recovery::Disorder
    } else {
        Recovery::Open
    };
    status.retransmissions = tcb.retransmissions;
    for timer in Timer::ALL {
        let deadline = tcb.deadlines.of(timer);
        status.timers[timer as usize] = (deadline != Instant::NEVER).then_some(deadline);
    }
    status
}

pub(crate) fn time_wait(record: &TimeWait) -> Status {
    let kind = if record.state == State::Closed {
        SocketKind::Idle
    } else {
        SocketKind::TimeWait
    };
    let mut status = blank(record.id, kind, record.state, Some(record.ends.local()));
    status.remote = Some(record.ends.remote());
    status.passive = record.passive;
    status.attached = record.attached;
    status.iss = record.iss;
    status.snd_una = record.snd_nxt;
    status.snd_nxt = record.snd_nxt;
    status.fin_queued = true;
    status.fin_seq = Some(record.snd_nxt.sub(1));
    status.irs = record.irs;
    status.rcv_nxt = record.rcv_nxt;
    status.rcv_wnd = record.rcv_wnd;
    status.receive_queue = record.unread.as_ref().map_or(0, |unread| unread.readable());
    status.timestamps = record.timestamps;
    status.timers[Timer::TimeWait as usize] =
        (record.deadline != Instant::NEVER).then_some(record.deadline);
    status
}
