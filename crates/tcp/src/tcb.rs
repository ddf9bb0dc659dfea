//! The transmission control block (RFC 9293 3.3.1): one connection's variables
//! under the RFC's names, and the sums that follow from them alone.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

use crate::congestion::Controller;
use crate::ends::Ends;
use crate::error::CallError;
use crate::event::{SocketId, Timer};
use crate::host::Beginning;
use crate::reason::Reason;
use crate::recv::ReceiveQueue;
use crate::rtt::RttEstimator;
use crate::sack::Scoreboard;
use crate::seq::Seq;
use crate::settings::Settings;
use crate::state::State;
use crate::time::{Duration, Instant};
use crate::wire::SackBlock;

/// When to give a connection up whose data nobody acknowledges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum GiveUp {
    /// At the host's R2 or USER TIMEOUT, whichever is earlier.
    Default,
    /// After the application's USER TIMEOUT.
    After(Duration),
    /// Never (MUST-21).
    Never,
}

/// What the application set for this socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct SocketOptions {
    pub linger: Option<Duration>,
    pub reuse_address: bool,
    pub no_delay: bool,
    pub keep_alive: Option<Duration>,
    pub give_up: GiveUp,
    pub receive_buffer: u32,
    pub send_buffer: u32,
    pub mss_limit: Option<u16>,
}

impl SocketOptions {
    pub(crate) fn new(settings: &Settings) -> SocketOptions {
        SocketOptions {
            linger: settings.linger,
            reuse_address: false,
            no_delay: !settings.nagle,
            keep_alive: settings.keep_alive.then_some(settings.keep_alive_interval),
            give_up: GiveUp::Default,
            receive_buffer: settings.receive_buffer,
            send_buffer: settings.send_buffer,
            mss_limit: None,
        }
    }
}

/// What a connection may owe: a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Due {
    /// A SYN or SYN-ACK.
    Syn = 1,
    /// An ACK of its own, at SND.NXT: a challenge, the answer to an unacceptable segment.
    Reply = 2,
    /// An acknowledgement, with the next segment or alone.
    Ack = 4,
    /// A zero-window probe.
    Probe = 8,
    /// One segment from SND.UNA, whatever the congestion window says.
    Retransmit = 16,
    /// A keep-alive probe.
    KeepAlive = 32,
    /// An acknowledgement that waits for company; its timer runs.
    DelayedAck = 64,
    /// The silly-window override timer ran out: what there is may go.
    OverrideSws = 128,
}

/// What the next turns of `poll_transmit` have to do, and why. That it is
/// nothing, as for most sockets most of the time, is seen at one look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    due: u8,
    /// Of the first five of [`Due`], in their order.
    reasons: [Reason; 5],
}

impl Pending {
    const NOTHING: Pending = Pending {
        due: 0,
        reasons: [Reason::SynSent; 5],
    };

    #[inline]
    pub(crate) fn is_set(&self, due: Due) -> bool {
        self.due & due as u8 != 0
    }

    /// All that is due, as a number that two equal situations share.
    pub(crate) fn due(&self) -> u8 {
        self.due
    }

    /// Whether anything of `mask` is due.
    #[inline]
    fn any(&self, mask: u8) -> bool {
        self.due & mask != 0
    }

    /// Whether a segment is due that is sent before any retransmission and before any text.
    #[inline]
    pub(crate) fn has_first(&self) -> bool {
        self.any(Due::Syn as u8 | Due::Reply as u8 | Due::Probe as u8 | Due::KeepAlive as u8)
    }

    /// Asks for one of the first five. An ACK that is due does not wait any more.
    #[inline]
    pub(crate) fn set(&mut self, due: Due, reason: Reason) {
        self.due |= due as u8;
        if due == Due::Ack {
            self.clear(Due::DelayedAck);
        }
        if let Some(place) = self.reasons.get_mut((due as u8).trailing_zeros() as usize) {
            *place = reason;
        }
    }

    /// Asks for what has no reason of its own.
    pub(crate) fn set_alone(&mut self, due: Due) {
        self.due |= due as u8;
    }

    #[inline]
    pub(crate) fn clear(&mut self, due: Due) {
        self.due &= !(due as u8);
    }

    /// Why one of the first five is due.
    #[inline]
    pub(crate) fn reason(&self, due: Due) -> Option<Reason> {
        let place = (due as u8).trailing_zeros() as usize;
        self.is_set(due)
            .then(|| self.reasons.get(place).copied())
            .flatten()
    }

    #[inline]
    pub(crate) fn take(&mut self, due: Due) -> Option<Reason> {
        let reason = self.reason(due);
        self.clear(due);
        reason
    }

    /// Whether an ACK is due, now or later.
    #[inline]
    pub(crate) fn owes_ack(&self) -> bool {
        self.any(Due::Ack as u8 | Due::DelayedAck as u8)
    }

    #[inline]
    pub(crate) fn clear_ack(&mut self) {
        self.due &= !(Due::Ack as u8 | Due::DelayedAck as u8);
    }

    pub(crate) fn delay_ack(&mut self) {
        self.clear_ack();
        self.set_alone(Due::DelayedAck);
    }
}

/// One connection.
#[derive(Clone, Debug)]
pub(crate) struct Tcb {
    pub id: SocketId,
    pub state: State,
    /// The remote one is unspecified in a bare LISTEN without a remote.
    pub ends: Ends,
    /// The listener that begot it.
    pub parent: Option<SocketId>,
    /// The slot it was in.
    pub parent_at: u32,
    /// Whether the OPEN was passive (MUST-11).
    pub passive: bool,
    /// A bare passive OPEN whose remote was left open: it is forgotten on the way back to LISTEN.
    pub remote_open: bool,
    /// Whether the application still holds it.
    pub attached: bool,
    /// It counts in its listener's SYN queue.
    pub embryonic: bool,
    /// Its port is counted.
    pub port_counted: bool,
    /// The hash under which it is found, where it is.
    pub found_by: Option<u32>,
    /// It waits in its listener's accept queue.
    pub queued: bool,
    pub options: SocketOptions,
    /// What the application is told by its next call, and by which it learns the end.
    pub error: Option<CallError>,
    /// The last soft ICMP error (MUST-56).
    pub soft_error: bool,

    // Send sequence space.
    pub iss: Seq,
    pub snd_una: Seq,
    /// One past the highest number ever sent (a zero-window probe's byte apart).
    pub snd_nxt: Seq,
    pub snd_wnd: u32,
    pub snd_wl1: Seq,
    pub snd_wl2: Seq,
    /// One past the last urgent byte; no urgent data where it is not after SND.UNA.
    pub snd_up: Seq,
    pub snd_up_valid: bool,
    /// The largest window the other end ever offered (RFC 5961 5.2, SWS avoidance).
    pub max_snd_wnd: u32,
    pub snd_scale: u8,
    /// The byte (or FIN) at SND.NXT went out as a zero-window probe.
    pub probe_sent: bool,
    /// Bytes from the first unacknowledged one on.
    pub send: VecDeque<u8>,
    /// The last SEND said that more is to follow: no PSH for its end.
    pub more_follows: bool,
    /// A SEND was cut short: say when there is room.
    pub writable_wanted: bool,
    /// The application ended our direction: a FIN stands behind the queue.
    pub fin_queued: bool,
    /// The FIN's number, once it was sent (T9).
    pub fin_seq: Option<Seq>,

    // Receive sequence space.
    pub irs: Seq,
    pub rcv_nxt: Seq,
    /// The window as last announced, less what has arrived in it since.
    pub rcv_wnd: u32,
    pub rcv_up: Seq,
    pub rcv_up_valid: bool,
    pub rcv_scale: u8,
    pub recv: ReceiveQueue,
    /// The other end's FIN stands here, perhaps behind a hole.
    pub peer_fin: Option<Seq>,
    /// The FIN was reached.
    pub peer_closed: bool,
    /// Begins of held ranges, the newest first, for SACK (RFC 2018 4).
    pub newest_held: [Option<Seq>; 4],
    /// What arrived a second time, to be told once (RFC 2883).
    pub duplicate: Option<SackBlock>,
    /// Bytes that have arrived since the last ACK went out.
    pub unacknowledged: u32,
    /// The largest segment seen: what a full-sized one is (RFC 5681 4.2).
    pub largest_segment: u32,

    // Options in use.
    pub mss_announced: u16,
    /// Bytes that came with the SYN and wait for ESTABLISHED, RCV.NXT still before them.
    pub early_text: u32,
    /// How many segments with text were acknowledged at once though the ACK could have waited.
    pub quick_acks: u32,
    /// When text in order last came.
    pub text_at: Option<Instant>,
    pub mss_peer: u16,
    pub path_mtu: u16,
    pub scaling: bool,
    pub timestamps: bool,
    pub sack: bool,
    pub ts_recent: u32,
    pub ts_recent_at: Instant,
    pub last_ack_sent: Seq,

    // Timing.
    pub rtt: RttEstimator,
    /// The segment being timed: one past its end, and when it went out (Karn).
    pub timed: Option<(Seq, Instant)>,
    pub retransmissions: u32,
    /// When what is outstanding last made progress.
    pub progress_at: Instant,
    pub r1_told: bool,
    pub probes: u32,
    /// When something last arrived (keep-alive).
    pub heard_at: Instant,
    pub sent_at: Instant,
    pub deadlines: RunningTimers,

    // Congestion and recovery.
    pub congestion: Controller,
    /// After a time-out: all before this is sent again, as the window allows.
    pub lost_until: Option<Seq>,
    /// How far that has come.
    pub rtx_next: Seq,
    /// The SYN or SYN-ACK was sent more than once.
    pub syn_again: bool,
    pub scoreboard: Option<Box<Scoreboard>>,

    pub pending: Pending,
    /// When the last throttled ACK went out (RFC 5961 7, ACK wars).
    pub challenged_at: Option<Instant>,
    /// When a lingering CLOSE gives up.
    pub linger_until: Option<Instant>,
    /// SND.NXT when a small segment was last said to be held back.
    pub held_at: Option<Seq>,
    /// It has its place among the sockets that `poll_transmit` asks.
    pub in_ready: bool,
    /// The deadline that stands in the host's queue.
    pub queued_deadline: Instant,
}

/// Which timers run, and until when. Of eight at most two run mostly, so the
/// set bits are looked at, not the times.
#[derive(Clone, Debug)]
pub(crate) struct RunningTimers {
    running: u8,
    deadlines: [Instant; Timer::ALL.len()],
}

impl Default for RunningTimers {
    fn default() -> RunningTimers {
        RunningTimers {
            running: 0,
            deadlines: [Instant::NEVER; Timer::ALL.len()],
        }
    }
}

impl RunningTimers {
    /// Until when `timer` runs: `NEVER` where it does not.
    #[inline]
    pub(crate) fn of(&self, timer: Timer) -> Instant {
        self.deadlines[timer as usize]
    }

    #[inline]
    pub(crate) fn runs(&self, timer: Timer) -> bool {
        self.running & 1 << timer as u8 != 0
    }

    pub(crate) fn none_runs(&self) -> bool {
        self.running == 0
    }

    #[inline]
    pub(crate) fn start(&mut self, timer: Timer, deadline: Instant) {
        self.deadlines[timer as usize] = deadline;
        let bit = 1 << timer as u8;
        if deadline == Instant::NEVER {
            self.running &= !bit;
        } else {
            self.running |= bit;
        }
    }

    #[inline]
    pub(crate) fn stop(&mut self, timer: Timer) {
        self.deadlines[timer as usize] = Instant::NEVER;
        self.running &= !(1 << timer as u8);
    }

    /// The earliest deadline, `NEVER` where no timer runs.
    #[inline]
    pub(crate) fn earliest(&self) -> Instant {
        let mut first = Instant::NEVER;
        let mut rest = self.running;
        while rest != 0 {
            first = first.min(self.deadlines[rest.trailing_zeros() as usize & 7]);
            rest &= rest - 1;
        }
        first
    }

    /// Whose deadline is the earliest; of equal ones the first of [`Timer::ALL`].
    pub(crate) fn earliest_timer(&self) -> Timer {
        let first = self.earliest();
        let is_it = |timer: &Timer| self.runs(*timer) && self.of(*timer) == first;
        Timer::ALL
            .into_iter()
            .find(is_it)
            .unwrap_or(Timer::Retransmission)
    }
}

impl Tcb {
    pub(crate) fn new(
        id: SocketId,
        ends: Ends,
        options: SocketOptions,
        beginning: &Beginning,
    ) -> Tcb {
        Tcb::built(id, ends, options, beginning)
    }

    /// The same where it is to stay: inlined, so that no finished one is moved.
    #[inline(always)]
    pub(crate) fn built(
        id: SocketId,
        ends: Ends,
        options: SocketOptions,
        beginning: &Beginning,
    ) -> Tcb {
        Tcb {
            id,
            state: State::Closed,
            ends,
            parent: None,
            parent_at: 0,
            passive: false,
            remote_open: false,
            attached: true,
            embryonic: false,
            port_counted: false,
            found_by: None,
            queued: false,
            options,
            error: None,
            soft_error: false,
            iss: Seq(0),
            snd_una: Seq(0),
            snd_nxt: Seq(0),
            snd_wnd: 0,
            snd_wl1: Seq(0),
            snd_wl2: Seq(0),
            snd_up: Seq(0),
            snd_up_valid: false,
            max_snd_wnd: 0,
            snd_scale: 0,
            probe_sent: false,
            send: VecDeque::new(),
            more_follows: false,
            writable_wanted: false,
            fin_queued: false,
            fin_seq: None,
            irs: Seq(0),
            rcv_nxt: Seq(0),
            rcv_wnd: 0,
            rcv_up: Seq(0),
            rcv_up_valid: false,
            rcv_scale: 0,
            recv: ReceiveQueue::default(),
            peer_fin: None,
            peer_closed: false,
            newest_held: [None; 4],
            duplicate: None,
            unacknowledged: 0,
            largest_segment: 0,
            mss_announced: 0,
            early_text: 0,
            quick_acks: 0,
            text_at: None,
            mss_peer: if ends.is_v4() { 536 } else { 1220 },
            path_mtu: u16::MAX,
            scaling: false,
            timestamps: false,
            sack: false,
            ts_recent: 0,
            ts_recent_at: Instant::ZERO,
            last_ack_sent: Seq(0),
            rtt: beginning.rtt,
            timed: None,
            retransmissions: 0,
            progress_at: Instant::ZERO,
            r1_told: false,
            probes: 0,
            heard_at: Instant::ZERO,
            sent_at: Instant::ZERO,
            deadlines: RunningTimers::default(),
            congestion: beginning.congestion,
            lost_until: None,
            rtx_next: Seq(0),
            syn_again: false,
            scoreboard: None,
            pending: Pending::NOTHING,
            challenged_at: None,
            linger_until: None,
            held_at: None,
            in_ready: false,
            queued_deadline: Instant::NEVER,
        }
    }

    /// Whether [`crate::output::next`] may find something to do: a socket for
    /// which this is false need not be asked for a segment. It may be true in
    /// vain (a closed window, Nagle), never false in vain.
    #[inline]
    pub(crate) fn may_have_to_send(&self) -> bool {
        self.pending.has_first()
            || self.pending.is_set(Due::Ack)
            || self.fin_unsent()
            || (!self.send.is_empty() && self.unsent() > 0)
            || (self.outstanding() > 0 && self.may_send_again())
    }

    /// Whether something of what is outstanding may have to go again.
    #[inline]
    pub(crate) fn may_send_again(&self) -> bool {
        self.pending.is_set(Due::Retransmit)
            || self.lost_until.is_some()
            || self.scoreboard.is_some()
    }

    /// Whether nothing has changed but its timers and what it has to send: it is where
    /// it was, neither in CLOSED, LISTEN or TIME-WAIT nor about to leave a SYN queue.
    #[inline]
    pub(crate) fn goes_on(&self) -> bool {
        self.found_by.is_some()
            && self.state > State::Listen
            && self.state < State::TimeWait
            && (!self.embryonic || self.state == State::SynReceived)
    }

    /// Gives back what it holds beside itself.
    pub(crate) fn release_memory(&mut self) {
        if self.send.capacity() > 0 {
            self.send = VecDeque::new();
        }
        self.recv.clear();
        self.scoreboard = None;
    }

    /// Whether our SYN has been acknowledged.
    pub(crate) fn syn_acknowledged(&self) -> bool {
        self.snd_una != self.iss
    }

    /// Whether our FIN has been sent and acknowledged: by its own number, not
    /// by «everything is acknowledged» (T9).
    pub(crate) fn fin_acknowledged(&self) -> bool {
        self.fin_seq.is_some_and(|fin| self.snd_una.after(fin))
    }

    /// The number of the first byte in the send queue.
    pub(crate) fn data_start(&self) -> Seq {
        if self.syn_acknowledged() {
            self.snd_una
        } else {
            self.iss.add(1)
        }
    }

    /// Bytes in the queue that were never sent.
    pub(crate) fn unsent(&self) -> u32 {
        if self.fin_seq.is_some() || self.snd_nxt == self.iss {
            return if self.fin_seq.is_some() {
                0
            } else {
                self.send.len() as u32
            };
        }
        (self.send.len() as u32).saturating_sub(self.snd_nxt.since(self.data_start()))
    }

    /// Whether a FIN waits to be sent for the first time.
    pub(crate) fn fin_unsent(&self) -> bool {
        self.fin_queued && self.fin_seq.is_none()
    }

    /// What is in flight, by numbers.
    pub(crate) fn outstanding(&self) -> u32 {
        self.snd_nxt.since(self.snd_una)
    }

    /// One past the highest number the other end can have seen.
    pub(crate) fn snd_max(&self) -> Seq {
        self.snd_nxt.add(u32::from(self.probe_sent))
    }

    /// Numbers of the send window beyond SND.NXT.
    pub(crate) fn window_left(&self) -> u32 {
        let edge = self.snd_una.add(self.snd_wnd);
        if edge.after(self.snd_nxt) {
            edge.since(self.snd_nxt)
        } else {
            0
        }
    }

    /// The effective send MSS (MUST-16): what fits beside the options every segment carries.
    pub(crate) fn mss_effective(&self, mtu: u16) -> u32 {
        let header: u32 = if self.ends.is_v4() { 40 } else { 60 };
        let lower = u32::from(mtu.min(self.path_mtu)).saturating_sub(header);
        let limit = u32::from(self.options.mss_limit.unwrap_or(u16::MAX));
        let options = if self.timestamps { 12 } else { 0 };
        u32::from(self.mss_peer)
            .min(lower)
            .min(limit)
            .saturating_sub(options)
            .max(1)
    }

    /// Room in the receive buffer.
    pub(crate) fn receive_room(&self) -> u32 {
        self.options
            .receive_buffer
            .saturating_sub(self.recv.readable())
    }

    pub(crate) fn receiving(&self) -> bool {
        matches!(
            self.state,
            State::Established | State::FinWait1 | State::FinWait2
        )
    }

    /// Notes that text up to `end` from `seq` on had arrived before, if that is to be told (RFC 2883).
    pub(crate) fn note_duplicate(&mut self, settings: &Settings, seq: Seq, end: Seq) {
        if settings.duplicate_sack && self.sack && seq.before(end) {
            self.duplicate = Some(SackBlock {
                left: seq,
                right: end,
            });
        }
    }

    /// What of the numbers from `seq` up to `end` is held already: the first stretch of it.
    pub(crate) fn held_of(&self, seq: Seq, end: Seq) -> Option<(Seq, Seq)> {
        self.recv
            .held_ranges(self.rcv_nxt)
            .map(|(left, right)| {
                let right = if right.before(end) { right } else { end };
                (left.later(seq), right)
            })
            .find(|(left, right)| left.before(*right))
    }

    /// The held ranges as SACK blocks, the one with the newest text first (RFC 2018 4).
    pub(crate) fn sack_blocks(&self) -> impl Iterator<Item = SackBlock> + '_ {
        let newest = self.newest_held;
        let holds = |range: &(Seq, Seq), seq: Seq| seq.since(range.0) < range.1.since(range.0);
        let with = move |seq: Seq| {
            self.recv
                .held_ranges(self.rcv_nxt)
                .find(|range| holds(range, seq))
        };
        // Then those told of before it, in the order in which they were news; then the rest.
        let recent = (0..newest.len()).filter_map(move |at| {
            let range = with(newest[at]?)?;
            let told = newest[..at].iter().flatten().any(|seq| holds(&range, *seq));
            (!told).then_some(range)
        });
        let rest = self
            .recv
            .held_ranges(self.rcv_nxt)
            .filter(move |range| !newest.iter().flatten().any(|seq| holds(range, *seq)));
        recent
            .chain(rest)
            .map(|(left, right)| SackBlock { left, right })
    }
}
