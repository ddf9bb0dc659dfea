//! Loss: what duplicate ACKs, SACK and the retransmission timer make of what is
//! in flight (RFC 5681 3.2, RFC 6582, RFC 6675). How large the window is says
//! `congestion`; which segment is next says this.

use alloc::boxed::Box;

use crate::arrives::judge;
use crate::congestion::{AckInfo, Reaction};
use crate::host::Host;
use crate::reason::Reason;
use crate::sack::{NextSegment, Scoreboard};
use crate::seq::Seq;
use crate::tcb::{Due, Tcb};
use crate::time::Duration;
use crate::wire::{ParsedOptions, SackBlocks};

/// The retransmission timer ran out: everything in flight counts as lost.
#[cold]
#[inline(never)]
pub(crate) fn timed_out(tcb: &mut Tcb) {
    let first = tcb.retransmissions <= 1;
    tcb.congestion
        .on_timeout(tcb.snd_nxt, tcb.outstanding(), first);
    tcb.lost_until = Some(tcb.snd_nxt);
    tcb.rtx_next = tcb.snd_una;
    // RFC 2018 8: the other end may have thrown away what it had told of.
    tcb.scoreboard = None;
}

/// SND.UNA has moved by `acked`; `flight_size` was out before.
pub(crate) fn new_ack(
    host: &mut Host,
    tcb: &mut Tcb,
    options: &ParsedOptions,
    acked: u32,
    flight_size: u32,
) {
    // What had left the network before says nothing new about it.
    let known = tcb.scoreboard.as_ref().map_or(0, |board| {
        let blocks = board.blocks().iter();
        blocks
            .filter(|block| block.left.before(tcb.snd_una))
            .map(|block| {
                let right = if block.right.before(tcb.snd_una) {
                    block.right
                } else {
                    tcb.snd_una
                };
                right.since(block.left)
            })
            .sum()
    });
    let acked = acked.saturating_sub(known);
    let _ = take_sack(tcb, options);
    if tcb
        .lost_until
        .is_some_and(|until| tcb.snd_una.at_or_after(until))
    {
        tcb.lost_until = None;
    }
    let info = info(host, tcb, acked, flight_size);
    match tcb.congestion.on_ack(&info) {
        Reaction::PartialAck => {
            judge(host, tcb.id, Reason::PartialAck);
            if !tcb.sack {
                tcb.pending.set(Due::Retransmit, Reason::PartialAck);
            }
        }
        Reaction::Recovered => {
            judge(host, tcb.id, Reason::RecoveryComplete);
            if let Some(board) = &mut tcb.scoreboard {
                board.start_recovery();
            }
        }
        Reaction::None | Reaction::LimitedTransmit | Reaction::FastRetransmit => {}
    }
}

fn info(host: &Host, tcb: &Tcb, acked: u32, flight_size: u32) -> AckInfo {
    let lost = tcb.sack
        && tcb
            .scoreboard
            .as_ref()
            .is_some_and(|board| board.is_lost(tcb.snd_una, tcb.mss_effective(host.mtu)));
    AckInfo {
        now: host.now,
        snd_una: tcb.snd_una,
        snd_nxt: tcb.snd_nxt,
        acked,
        flight_size,
        srtt: tcb.rtt.srtt().unwrap_or(Duration::ZERO),
        sack: tcb.sack,
        lost,
    }
}

/// An ACK that acknowledges nothing new while something is in flight.
#[cold]
#[inline(never)]
pub(crate) fn duplicate_ack(host: &mut Host, tcb: &mut Tcb) {
    if tcb.lost_until.is_some() {
        return;
    }
    let info = info(host, tcb, 0, tcb.outstanding());
    if tcb.congestion.on_duplicate_ack(&info) == Reaction::FastRetransmit {
        judge(host, tcb.id, Reason::ThirdDuplicateAck);
        if let Some(board) = &mut tcb.scoreboard {
            board.start_recovery();
        }
        tcb.pending.set(Due::Retransmit, Reason::FastRetransmit);
        tcb.timed = None;
    }
}

/// Notes the blocks the other end told of (RFC 6675 4). Answers how many numbers are news.
#[inline]
pub(crate) fn take_sack(tcb: &mut Tcb, options: &ParsedOptions) -> u32 {
    if tcb.sack && (tcb.scoreboard.is_some() || !options.sack.is_empty()) {
        take_blocks(tcb, &options.sack)
    } else {
        0
    }
}

#[cold]
#[inline(never)]
fn take_blocks(tcb: &mut Tcb, blocks: &SackBlocks) -> u32 {
    let (una, nxt) = (tcb.snd_una, tcb.snd_nxt);
    let news = match &mut tcb.scoreboard {
        Some(board) => board.update(una, nxt, blocks),
        None if !blocks.is_empty() => {
            let mut board = Scoreboard::new();
            let news = board.update(una, nxt, blocks);
            tcb.scoreboard = Some(Box::new(board));
            news
        }
        None => 0,
    };
    let done = tcb
        .scoreboard
        .as_ref()
        .is_some_and(|board| board.blocks().is_empty());
    if done && tcb.congestion.recovery_point().is_none() {
        tcb.scoreboard = None;
    }
    news
}

/// What may be sent now as far as the congestion window goes, in bytes.
pub(crate) fn room(host: &Host, tcb: &Tcb) -> u32 {
    let in_flight = match (tcb.lost_until, &tcb.scoreboard) {
        // What is lost is not in flight, but what was sent again is.
        (Some(until), _) => {
            tcb.rtx_next.later(tcb.snd_una).since(tcb.snd_una)
                + tcb.snd_nxt.since(until.later(tcb.snd_una))
        }
        (None, Some(board)) => board.pipe(tcb.snd_una, tcb.snd_nxt, tcb.mss_effective(host.mtu)),
        (None, None) => tcb.outstanding(),
    };
    tcb.congestion.allowance(in_flight, tcb.sack)
}

/// The next piece to send again, if recovery asks for one beside
/// `pending.retransmit`: from where, at most to where, and why.
pub(crate) fn next_again(host: &Host, tcb: &mut Tcb) -> Option<(Seq, Seq, Reason)> {
    if let Some(until) = tcb.lost_until {
        // What SACK has told of since the time-out need not go again.
        let mut from = tcb.rtx_next.later(tcb.snd_una);
        let mut to = until;
        for block in tcb.scoreboard.iter().flat_map(|board| board.blocks()) {
            if from.in_window(block.left, block.len()) {
                from = block.right;
            } else if from.before(block.left) && block.left.before(to) {
                to = block.left;
            }
        }
        return from
            .before(to)
            .then_some((from, to, Reason::GoBackAfterTimeout));
    }
    let point = tcb.congestion.recovery_point()?;
    let mss = tcb.mss_effective(host.mtu);
    let new_data = tcb.unsent() > 0 && tcb.window_left() > 0;
    let (una, nxt) = (tcb.snd_una, tcb.snd_nxt);
    let board = tcb.scoreboard.as_mut()?;
    match board.next_segment(una, nxt, new_data, mss)? {
        NextSegment::Again { seq, end, .. } => Some((seq, end, Reason::SackRetransmission)),
        NextSegment::Rescue { seq, end } => {
            board.rescued(point);
            Some((seq, end, Reason::SackRescue))
        }
        NextSegment::New => None,
    }
}

/// Numbers up to `end` were sent again, for `reason`.
pub(crate) fn sent_again(tcb: &mut Tcb, end: Seq, reason: Reason) {
    if tcb.lost_until.is_some() {
        tcb.rtx_next = tcb.rtx_next.later(end);
    }
    // RFC 6675 4 NextSeg (4): a rescue moves no HighRxt, or it would hide the holes before it.
    if reason != Reason::SackRescue
        && tcb.congestion.recovery_point().is_some()
        && let Some(board) = &mut tcb.scoreboard
    {
        board.retransmitted(end);
        if reason == Reason::FastRetransmit {
            // RFC 6675 5 (4.3): nothing is rescued before the ACK of this tells more.
            board.rescued(end);
        }
    }
}
