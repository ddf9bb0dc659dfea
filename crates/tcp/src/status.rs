//! What STATUS tells (RFC 9293 3.9.1.6), and a little more for the eye.

use core::net::SocketAddr;

use crate::event::{SocketId, Timer};
use crate::seq::Seq;
use crate::state::State;
use crate::time::{Duration, Instant};

/// What kind of socket it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketKind {
    /// Fresh, or ended: no TCB.
    Idle,
    /// A listener with its queues.
    Listener,
    /// A connection (a bare passive OPEN in LISTEN included).
    Connection,
    /// A TIME-WAIT record.
    TimeWait,
}

/// What a sender makes of losses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Recovery {
    /// Nothing is missing.
    #[default]
    Open,
    /// Duplicate ACKs or SACK blocks, too few to mean a loss.
    Disorder,
    /// Fast recovery (RFC 6582, RFC 6675).
    Fast,
    /// After the retransmission timer ran out.
    Timeout,
}

/// A snapshot of one socket. Fields that do not apply to its kind are zero.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Status {
    pub socket: SocketId,
    pub kind: SocketKind,
    pub state: State,
    pub local: Option<SocketAddr>,
    pub remote: Option<SocketAddr>,
    /// Whether this connection was opened passively (MUST-11).
    pub passive: bool,
    /// Whether the application holds it: accepted (if a listener begot it), and neither closed nor aborted.
    pub attached: bool,
    pub iss: Seq,
    pub snd_una: Seq,
    pub snd_nxt: Seq,
    pub snd_wnd: u32,
    pub snd_wl1: Seq,
    pub snd_wl2: Seq,
    pub snd_up: Seq,
    /// Bytes (not SYN or FIN) that wait to be sent or acknowledged.
    pub send_queue: u32,
    /// The application has ended our direction: a FIN stands behind the send queue, sent or not.
    pub fin_queued: bool,
    /// The sequence number of our FIN once it has one (T9).
    pub fin_seq: Option<Seq>,
    pub irs: Seq,
    pub rcv_nxt: Seq,
    pub rcv_wnd: u32,
    pub rcv_up: Seq,
    /// Bytes the application may receive now.
    pub receive_queue: u32,
    /// Bytes held out of order.
    pub reassembly_queue: u32,
    /// What we announced, what the other end announced, and what we send at most.
    pub mss_announced: u16,
    pub mss_peer: u16,
    pub mss_effective: u16,
    /// Shift counts in use, ours and the other end's; `None` without the option.
    pub window_scale: Option<(u8, u8)>,
    pub timestamps: bool,
    pub sack: bool,
    pub rto: Duration,
    pub srtt: Option<Duration>,
    pub rttvar: Duration,
    pub cwnd: u32,
    pub ssthresh: u32,
    /// What the sender makes of losses.
    pub recovery: Recovery,
    /// Bytes beyond SND.UNA that the other end has reported by SACK.
    pub sacked: u32,
    /// How often the oldest segment has been sent again.
    pub retransmissions: u32,
    /// Running timers and their deadlines.
    pub timers: [Option<Instant>; Timer::ALL.len()],
    /// A listener's queues: connections in SYN-RECEIVED, connections to accept, and the backlog.
    pub syn_queue: u32,
    pub accept_queue: u32,
    pub backlog: u32,
}
