//! Congestion control: how much may be in flight (RFC 5681, 6582, 6675, 9438).
//!
//! [`Controller`] holds what all algorithms share: the window, the count of
//! duplicate acknowledgements, fast recovery. What they differ in is an
//! [`Algorithm`], a file each. Windows are bytes; nothing here is a float.

use crate::seq::Seq;
use crate::settings::{self, Settings};
use crate::time::{Duration, Instant};

mod cubic;
mod new_reno;
mod none;
mod reno;

use cubic::Cubic;
use new_reno::NewReno;
use none::NoControl;
use reno::Reno;

/// No window grows beyond this.
const WINDOW_MAXIMUM: u32 = 1 << 30;
/// Duplicate acknowledgements that mean a loss (RFC 5681 3.2).
const DUPLICATE_THRESHOLD: u32 = 3;

/// The variables of RFC 5681 2, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Window {
    /// The congestion window.
    pub cwnd: u32,
    /// Below it slow start, at or above it congestion avoidance.
    pub ssthresh: u32,
    /// What a full segment of this sender carries.
    pub smss: u32,
    /// IW in bytes.
    pub initial: u32,
}

/// An acknowledgement of new data, as an algorithm sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Growth {
    /// Now.
    pub now: Instant,
    /// Bytes that it acknowledges for the first time.
    pub acked: u32,
    /// The smoothed round-trip time, zero before it is known.
    pub srtt: Duration,
}

/// What the algorithms differ in.
pub trait Algorithm {
    /// The new slow-start threshold: a loss was found with `flight_size` bytes outstanding.
    fn threshold_after_loss(&mut self, window: &Window, flight_size: u32) -> u32;
    /// Grows the window in congestion avoidance.
    fn avoid_congestion(&mut self, window: &mut Window, growth: &Growth);
    /// The retransmission timer ran out; the window is about to start from one segment.
    fn timed_out(&mut self) {}
    /// The sender did not use its window for this long: time that must not count as growth.
    fn not_limited(&mut self, _now: Instant) {}
    /// Whether an acknowledgement below the recovery point means another loss (RFC 6582), or the end of recovery (RFC 5681).
    fn stays_after_partial_ack(&self) -> bool {
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Kind {
    Reno(Reno),
    NewReno(NewReno),
    Cubic(Cubic),
    None(NoControl),
}

impl Kind {
    fn algorithm(&mut self) -> &mut dyn Algorithm {
        match self {
            Kind::Reno(reno) => reno,
            Kind::NewReno(new_reno) => new_reno,
            Kind::Cubic(cubic) => cubic,
            Kind::None(none) => none,
        }
    }

    /// Only CUBIC minds: spared the call through a table, which most acknowledgements would make.
    #[inline]
    fn not_limited(&mut self, now: Instant) {
        if let Kind::Cubic(cubic) = self {
            cubic.not_limited(now);
        }
    }

    /// Whether there is a window at all.
    const fn controls(&self) -> bool {
        !matches!(self, Kind::None(_))
    }

    fn shared(&self) -> &dyn Algorithm {
        match self {
            Kind::Reno(reno) => reno,
            Kind::NewReno(new_reno) => new_reno,
            Kind::Cubic(cubic) => cubic,
            Kind::None(none) => none,
        }
    }
}

/// Where a sender stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Phase {
    /// cwnd < ssthresh.
    SlowStart,
    /// cwnd >= ssthresh.
    CongestionAvoidance,
    /// A loss is being mended (fast recovery, or RFC 6675's loss recovery).
    Recovery,
}

/// What the sender is to do about an acknowledgement, beside sending what the
/// window allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[must_use]
pub enum Reaction {
    /// Nothing.
    None,
    /// A first or second duplicate: the window allows a segment more (RFC 3042).
    LimitedTransmit,
    /// Send the segment at SND.UNA again at once: recovery starts.
    FastRetransmit,
    /// Send the segment at the new SND.UNA again at once (RFC 6582 3.2, without SACK);
    /// with SACK the scoreboard says what comes next.
    PartialAck,
    /// Recovery is over.
    Recovered,
}

/// What is known when an acknowledgement arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AckInfo {
    /// Now.
    pub now: Instant,
    /// SND.UNA, already moved.
    pub snd_una: Seq,
    /// SND.NXT (the highest ever sent, plus one).
    pub snd_nxt: Seq,
    /// Bytes acknowledged for the first time; zero for a duplicate.
    pub acked: u32,
    /// Bytes outstanding **before** the acknowledgement.
    pub flight_size: u32,
    /// The smoothed round-trip time, zero before it is known.
    pub srtt: Duration,
    /// Whether SACK is in use. Then recovery neither inflates nor deflates the
    /// window: the sender compares cwnd with the pipe (RFC 6675 5).
    pub sack: bool,
    /// With SACK: whether the scoreboard holds the segment at SND.UNA for lost.
    pub lost: bool,
}

/// The congestion control of one connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Controller {
    kind: Kind,
    window: Window,
    duplicate_acks: u32,
    /// What was outstanding at the first of them: limited transmit has sent the rest.
    flight_at_first: u32,
    /// The recovery point, while recovering.
    recovery: Option<Seq>,
    /// `recover` of RFC 6582: no second fast retransmit for losses before it.
    recover: Option<Seq>,
    /// By so many segments an acknowledgement may open the window in slow start (RFC 3465 2.2: L).
    slow_start_segments: u32,
    /// The most that was outstanding in this round trip, and where the round trip ends.
    peak: Option<(u32, Seq)>,
}

/// IW in bytes: RFC 5681 3.1 up to four segments, RFC 6928 2 above.
#[must_use]
pub fn initial_window(segments: u32, smss: u32) -> u32 {
    let bytes = segments.max(1).saturating_mul(smss);
    if segments > 4 {
        return bytes.min(segments.saturating_mul(1460).max(smss.saturating_mul(2)));
    }
    bytes
}

impl Controller {
    /// A connection that has not sent any data. Call [`Controller::established`] once the MSS is known.
    #[must_use]
    pub fn new(settings: &Settings, smss: u32) -> Controller {
        let kind = match settings.congestion {
            settings::Congestion::Reno => Kind::Reno(Reno::default()),
            settings::Congestion::NewReno => Kind::NewReno(NewReno::default()),
            settings::Congestion::Cubic => Kind::Cubic(Cubic::default()),
            settings::Congestion::None => Kind::None(NoControl),
        };
        let mut controller = Controller {
            kind,
            window: Window {
                cwnd: 0,
                ssthresh: WINDOW_MAXIMUM,
                smss: 1,
                initial: 0,
            },
            duplicate_acks: 0,
            flight_at_first: 0,
            recovery: None,
            recover: None,
            slow_start_segments: settings.slow_start_segments,
            peak: None,
        };
        controller.established(settings.initial_window, smss, false);
        controller
    }

    /// The handshake is done: `smss` is what a full segment carries, options
    /// subtracted. After a lost SYN or SYN-ACK the window starts with one segment (RFC 5681 3.1).
    pub fn established(&mut self, initial_segments: u32, smss: u32, syn_was_lost: bool) {
        let smss = smss.max(1);
        self.window.smss = smss;
        self.window.initial = initial_window(if syn_was_lost { 1 } else { initial_segments }, smss);
        self.window.cwnd = if self.kind.controls() {
            self.window.initial
        } else {
            WINDOW_MAXIMUM
        };
    }

    /// The path takes smaller segments now (ICMP «too big»); the window stays.
    pub fn change_smss(&mut self, smss: u32) {
        self.window.smss = smss.max(1);
        self.window.cwnd = self.window.cwnd.max(self.window.smss);
    }

    /// cwnd in bytes.
    #[must_use]
    pub const fn cwnd(&self) -> u32 {
        self.window.cwnd
    }

    /// ssthresh in bytes.
    #[must_use]
    pub const fn ssthresh(&self) -> u32 {
        self.window.ssthresh
    }

    /// Duplicate acknowledgements since the last new one.
    #[must_use]
    pub const fn duplicate_acks(&self) -> u32 {
        self.duplicate_acks
    }

    /// The number whose acknowledgement ends the recovery under way.
    #[must_use]
    pub const fn recovery_point(&self) -> Option<Seq> {
        self.recovery
    }

    /// Where the sender stands.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        if self.recovery.is_some() {
            Phase::Recovery
        } else if self.window.cwnd < self.window.ssthresh {
            Phase::SlowStart
        } else {
            Phase::CongestionAvoidance
        }
    }

    /// How many more bytes may be sent. `in_flight` is FlightSize, or with SACK
    /// the scoreboard's pipe. Limited transmit (RFC 3042) is part of it.
    #[must_use]
    pub fn allowance(&self, in_flight: u32, sack: bool) -> u32 {
        let limited = if self.recovery.is_none() && !sack {
            self.duplicate_acks
                .min(DUPLICATE_THRESHOLD - 1)
                .saturating_mul(self.window.smss)
        } else {
            0
        };
        self.window
            .cwnd
            .saturating_add(limited)
            .saturating_sub(in_flight)
    }

    /// An acknowledgement of new data (SND.UNA has moved).
    pub fn on_ack(&mut self, info: &AckInfo) -> Reaction {
        let duplicates = core::mem::take(&mut self.duplicate_acks);
        self.flight_at_first = 0;
        // Kept any longer it would come round again with the sequence numbers.
        if self
            .recover
            .is_some_and(|recover| info.snd_una.after(recover))
        {
            self.recover = None;
        }
        let Some(point) = self.recovery else {
            // Each duplicate told that a segment had left the network: that is not new any more.
            let told = if info.sack {
                0
            } else {
                duplicates.saturating_mul(self.window.smss)
            };
            let acked = info
                .acked
                .saturating_sub(told)
                .max(info.acked.min(self.window.smss));
            self.grow(info, acked);
            return Reaction::None;
        };
        let partial = info.snd_una.before(point);
        if info.sack {
            // RFC 6675 5 (A)-(C): the window stands until the recovery point.
            return if partial {
                Reaction::PartialAck
            } else {
                self.recovered(self.window.ssthresh)
            };
        }
        let outstanding = info.snd_nxt.since(info.snd_una);
        if !partial {
            return self.recovered(new_reno::full_ack_window(&self.window, outstanding));
        }
        if !self.kind.shared().stays_after_partial_ack() {
            return self.recovered(self.window.ssthresh);
        }
        if self.kind.controls() {
            self.window.cwnd = new_reno::partial_ack_window(&self.window, info.acked);
        }
        Reaction::PartialAck
    }

    fn recovered(&mut self, cwnd: u32) -> Reaction {
        self.recovery = None;
        if self.kind.controls() {
            self.window.cwnd = cwnd.clamp(self.window.smss, WINDOW_MAXIMUM);
        }
        Reaction::Recovered
    }

    fn grow(&mut self, info: &AckInfo, acked: u32) {
        let window = &mut self.window;
        if !self.kind.controls() {
            return;
        }
        let slow_start = window.cwnd < window.ssthresh;
        // A window that was not used says nothing about the path (RFC 7661 1, RFC 9438 5.8); it counts what it held in this round trip.
        let flight_size = match self.peak {
            Some((most, end)) if !info.snd_una.after(end) && most > info.flight_size => most,
            _ => {
                self.peak = Some((info.flight_size, info.snd_nxt));
                info.flight_size
            }
        };
        let used = if slow_start {
            flight_size.saturating_mul(2)
        } else {
            flight_size
        };
        if used.saturating_add(window.smss) <= window.cwnd {
            self.kind.not_limited(info.now);
            return;
        }
        if slow_start {
            // RFC 5681 (2), or RFC 3465 2.2 with a larger limit.
            let limit = window.smss.saturating_mul(self.slow_start_segments);
            window.cwnd = window.cwnd.saturating_add(acked.min(limit));
        } else {
            let growth = Growth {
                now: info.now,
                acked,
                srtt: info.srtt,
            };
            self.kind.algorithm().avoid_congestion(window, &growth);
        }
        window.cwnd = window.cwnd.min(WINDOW_MAXIMUM);
    }

    /// A duplicate acknowledgement: by RFC 5681 2, or with SACK by RFC 6675 2.
    pub fn on_duplicate_ack(&mut self, info: &AckInfo) -> Reaction {
        if self.duplicate_acks == 0 {
            self.flight_at_first = info.flight_size;
        }
        self.duplicate_acks = self.duplicate_acks.saturating_add(1);
        if self.recovery.is_some() {
            if !info.sack && self.kind.controls() {
                // RFC 5681 3.2 (4): the segment that caused it has left the network.
                self.window.cwnd = self
                    .window
                    .cwnd
                    .saturating_add(self.window.smss)
                    .min(WINDOW_MAXIMUM);
            }
            return Reaction::None;
        }
        let enough = self.duplicate_acks >= DUPLICATE_THRESHOLD || info.sack && info.lost;
        if !enough {
            return Reaction::LimitedTransmit;
        }
        // RFC 6582 3.2 (2), RFC 6675 5.1: not again for what a time-out or an earlier recovery covered.
        let covered = self
            .recover
            .is_some_and(|recover| info.snd_una.at_or_before(recover));
        if covered && (info.sack || self.kind.shared().stays_after_partial_ack()) {
            return Reaction::None;
        }
        self.recovery = Some(info.snd_nxt);
        self.recover = Some(info.snd_nxt.sub(1));
        if self.kind.controls() {
            // RFC 5681 3.2 (2), RFC 6675 5 (4.2): what limited transmit has sent MUST NOT count.
            let flight_size = info.flight_size.min(self.flight_at_first);
            self.window.ssthresh = self
                .kind
                .algorithm()
                .threshold_after_loss(&self.window, flight_size);
            let inflation = if info.sack {
                0
            } else {
                DUPLICATE_THRESHOLD * self.window.smss
            };
            self.window.cwnd = (self.window.ssthresh + inflation).min(WINDOW_MAXIMUM);
        }
        Reaction::FastRetransmit
    }

    /// The retransmission timer ran out. `first` says that the segment was not sent
    /// again because of a time-out before: only then the threshold falls (RFC 5681 3.1 (4)).
    pub fn on_timeout(&mut self, snd_nxt: Seq, flight_size: u32, first: bool) {
        self.duplicate_acks = 0;
        self.flight_at_first = 0;
        self.recovery = None;
        self.recover = Some(snd_nxt.sub(1));
        if !self.kind.controls() {
            return;
        }
        if first {
            self.window.ssthresh = self
                .kind
                .algorithm()
                .threshold_after_loss(&self.window, flight_size);
        }
        self.kind.algorithm().timed_out();
        self.window.cwnd = self.window.smss;
    }

    /// Nothing was sent for longer than an RTO: the restart window (RFC 5681 4.1).
    pub fn on_idle(&mut self, now: Instant) {
        if self.kind.controls() && self.recovery.is_none() {
            self.window.cwnd = self
                .window
                .cwnd
                .min(self.window.initial.max(self.window.smss));
            self.kind.algorithm().not_limited(now);
        }
    }
}

#[cfg(test)]
mod tests;
