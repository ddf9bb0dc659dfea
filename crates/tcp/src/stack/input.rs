//! From bytes to the connection they are for (RFC 9293 3.9.2, 3.10.7.1).

use alloc::boxed::Box;
use core::net::{IpAddr, SocketAddr};
use core::ops::RangeInclusive;

use super::{Stack, settle};
use crate::arrives::{Arrival, expected, icmp, listen, syn_sent, synchronized};
use crate::cookie::{self, CookieOptions};
use crate::ends::Ends;
use crate::event::{EventKind, SocketId};
use crate::host::{Host, Reply};
use crate::output;
use crate::reason::Reason;
use crate::seq::Seq;
use crate::settings::SynCookies;
use crate::sockets::Slot;
use crate::state::State;
use crate::tcb::{SocketOptions, Tcb};
use crate::time_wait::Outcome;
use crate::wire::{
    Datagram, Flags, OptionSet, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, Segment, Timestamps,
    plain,
};

/// Addresses nobody can be at (MUST-46, MUST-57, MUST-63).
pub(super) fn is_broadcast_or_multicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_multicast(),
    }
}

/// 224.0.0.0/4 (RFC 5771).
const MULTICAST: RangeInclusive<u32> = 0xe000_0000..=0xefff_ffff;

/// How far above the last incarnation's numbers a connection out of TIME-WAIT starts at least (MAY-2).
const ABOVE_OLD_INCARNATION: u32 = 65_537;

/// A segment at the TCB it is for.
#[inline]
fn arrives_at_connection(host: &mut Host, tcb: &mut Tcb, arrival: &mut Arrival<'_>) {
    // MUST-7: an option whose length cannot be right; what could be read counts.
    if arrival.options.illegal.is_some() {
        host.events.judged(tcb.id, Reason::OptionIllegal);
    }
    match tcb.state {
        State::SynSent => syn_sent::arrives(host, tcb, arrival),
        _ => synchronized::arrives(host, tcb, arrival),
    }
}

impl Stack {
    #[inline]
    pub(super) fn arrives(&mut self, bytes: &[u8]) {
        let Some(plain) = plain::read(bytes) else {
            return self.anything_arrives(bytes);
        };
        let at = self.sockets.receiver(plain.key);
        // Most are for a connection, and what it waits for; its own segments have its
        // addresses, so nobody else's need be told apart here.
        if let Some(at) = at
            && let Some(Slot::Connection(tcb)) = self.sockets.slots.get_mut(at)
            && plain.bare
            && expected::is_expected(tcb, &plain)
            && !tcb.embryonic
            && (!self.host.settings.verify_checksums || plain.is_undamaged())
        {
            expected::arrives(&mut self.host, tcb, &plain);
            if tcb.goes_on() {
                settle::schedule(at, tcb, &mut self.ready, &mut self.sockets.deadlines);
            } else {
                self.settle_connection(at);
            }
            return;
        }
        self.plain_arrives(at, bytes);
    }

    /// Segments that open a connection, and all others that nobody waits for.
    #[inline(never)]
    fn plain_arrives(&mut self, at: Option<usize>, bytes: &[u8]) {
        // Read once more: kept from above it would have to be put into memory for all.
        let Some(plain) = plain::read(bytes) else {
            return;
        };
        let source = plain.key.source();
        let nobody = source == 0 || MULTICAST.contains(&source) || source == u32::MAX;
        if nobody
            || !self.host.is_ours_v4(plain.key.destination())
            || self.host.settings.verify_checksums && !plain.is_undamaged()
        {
            return self.anything_arrives(bytes);
        }
        if let Some(at) = at
            && plain.bare
            && let Some(tcb) = self.sockets.tcb_mut(at)
            && expected::is_expected(tcb, &plain)
            && self.accept_room(at)
        {
            // The ACK that completes a handshake.
            if let Some(tcb) = self.sockets.tcb_mut(at) {
                expected::arrives(&mut self.host, tcb, &plain);
            }
            return self.settle_connection(at);
        }
        let arrival = &mut Arrival::new(plain.segment(bytes));
        self.segment_arrives(at, &plain.key.ends(), arrival);
    }

    /// The long way: it says what is wrong with a datagram, and takes what [`plain`] leaves.
    #[cold]
    #[inline(never)]
    pub(super) fn anything_arrives(&mut self, bytes: &[u8]) {
        let Ok(datagram) = Datagram::parse(bytes) else {
            return self.refuse(Reason::DatagramMalformed);
        };
        let verify = self.host.settings.verify_checksums;
        if verify && !datagram.header_checksum_ok() {
            return self.refuse(Reason::HeaderChecksumWrong);
        }
        if !self.host.is_ours(datagram.destination) {
            let reason = if is_broadcast_or_multicast(datagram.destination) {
                Reason::SentToManyAddresses
            } else {
                Reason::NotOurAddress
            };
            return self.refuse(reason);
        }
        match datagram.protocol {
            PROTOCOL_TCP => {}
            PROTOCOL_ICMP | PROTOCOL_ICMPV6 => return icmp::arrives(self, &datagram),
            _ => return self.refuse(Reason::ProtocolUnknown),
        }
        if datagram.source.is_unspecified() || is_broadcast_or_multicast(datagram.source) {
            return self.refuse(Reason::InvalidSourceAddress);
        }
        let Ok(segment) = Segment::parse(datagram.payload) else {
            return self.refuse(Reason::SegmentMalformed);
        };
        if verify && !segment.checksum_ok(datagram.source, datagram.destination) {
            return self.refuse(Reason::ChecksumWrong);
        }
        let ends = Ends::new(
            SocketAddr::new(datagram.destination, segment.destination_port),
            SocketAddr::new(datagram.source, segment.source_port),
        );
        let at = self.sockets.between(&ends);
        self.segment_arrives(at, &ends, &mut Arrival::new(segment));
    }

    /// A segment that is whole and undamaged, for whomever.
    fn segment_arrives(&mut self, at: Option<usize>, ends: &Ends, arrival: &mut Arrival<'_>) {
        let Some(at) = at else {
            return match self.sockets.listening_for(ends) {
                Some(at) => self.arrives_at_listening(at, ends, arrival, None),
                None => self.arrives_at_closed(ends, arrival),
            };
        };
        match self.sockets.slots.get_mut(at) {
            Some(Slot::Connection(tcb)) if !tcb.embryonic => {
                arrives_at_connection(&mut self.host, tcb, arrival);
                self.settle(at);
            }
            _ => self.arrives_at(at, ends, arrival),
        }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn refuse(&mut self, reason: Reason) {
        self.host.events.push_host(EventKind::Refused { reason });
    }

    /// CLOSED: everything but a RST gets a RST (RFC 9293 3.10.7.1).
    #[cold]
    #[inline(never)]
    fn arrives_at_closed(&mut self, ends: &Ends, arrival: &Arrival<'_>) {
        if arrival.segment.flags.rst() {
            return self.refuse(Reason::RstInClosed);
        }
        self.refuse(Reason::NoConnection);
        self.host
            .reset_for(None, ends, &arrival.segment, Reason::RstForClosedPort);
    }

    fn arrives_at(&mut self, at: usize, ends: &Ends, arrival: &mut Arrival<'_>) {
        let accept_room = self.accept_room(at);
        let listening = if matches!(self.sockets.slot(at), Slot::TimeWait(_)) {
            self.sockets.listening_for(ends)
        } else {
            None
        };
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => {
                arrival.accept_room = accept_room;
                arrives_at_connection(&mut self.host, tcb, arrival);
                self.settle(at);
            }
            Some(Slot::TimeWait(record)) => {
                let outcome = record.arrives(&mut self.host, arrival, listening.is_some());
                self.settle(at);
                if let (Outcome::Reopen(last), Some(listening)) = (outcome, listening) {
                    self.arrives_at_listening(listening, ends, arrival, Some(last));
                }
            }
            _ => self.arrives_at_closed(ends, arrival),
        }
    }

    /// Whether the listener of the embryo in `at` could take one more finished connection.
    fn accept_room(&mut self, at: usize) -> bool {
        let Slot::Connection(tcb) = self.sockets.slot(at) else {
            return true;
        };
        if !tcb.embryonic {
            return true;
        }
        let (parent, at) = (tcb.parent, tcb.parent_at as usize);
        self.sockets
            .listener_of(parent, at)
            .is_none_or(|listener| listener.accept_room())
    }

    /// LISTEN, of a listener or of a bare passive OPEN. `last` is the highest
    /// number of the incarnation in TIME-WAIT that has just made room.
    fn arrives_at_listening(
        &mut self,
        at: usize,
        ends: &Ends,
        arrival: &Arrival<'_>,
        last: Option<Seq>,
    ) {
        let Some(id) = self.sockets.slot(at).id() else {
            return;
        };
        let is_listener = matches!(self.sockets.slot(at), Slot::Listener(_));
        let cookies = is_listener && self.host.settings.syn_cookies != SynCookies::Off;
        if arrival.options.illegal.is_some() {
            self.host.events.judged(id, Reason::OptionIllegal);
        }
        match listen::judge_segment(&mut self.host, id, ends, arrival, cookies) {
            listen::Verdict::Done => {}
            listen::Verdict::Acknowledgement => self.cookie_returns(at, id, ends, arrival),
            listen::Verdict::Open if is_listener => self.beget(at, id, ends, arrival, last),
            listen::Verdict::Open => {
                let iss = self.isn_above(ends, last);
                if let Some(tcb) = self.sockets.tcb_mut(at) {
                    tcb.ends = *ends;
                    listen::take_syn(&mut self.host, tcb, arrival, iss, id);
                }
                self.sockets.stop_listening(at);
                self.settle(at);
            }
        }
    }

    fn isn_above(&mut self, ends: &Ends, last: Option<Seq>) -> Seq {
        let iss = self.host.next_isn(ends);
        match last {
            Some(last) => iss.later(last.add(ABOVE_OLD_INCARNATION)),
            None => iss,
        }
    }

    /// A listener gets a SYN: a new TCB, a cookie, or nothing when it is full (RFC 4987).
    fn beget(
        &mut self,
        at: usize,
        id: SocketId,
        ends: &Ends,
        arrival: &Arrival<'_>,
        last: Option<Seq>,
    ) {
        let settings = &self.host.settings;
        let (cookies, half_open, most) = (
            settings.syn_cookies,
            settings.half_open,
            settings.sockets as usize,
        );
        let Some(listener) = self.sockets.listener_mut(at) else {
            return;
        };
        let accept_room = listener.accept_room();
        let queue_full = listener.embryonic >= listener.backlog.max(1);
        let options = listener.options;
        let limit = if queue_full {
            Some(Reason::SynQueueFull)
        } else if self.sockets.embryonic >= half_open {
            Some(Reason::HalfOpenLimit)
        } else if self.sockets.count() >= most {
            Some(Reason::SocketLimit)
        } else {
            None
        };
        if !accept_room {
            self.host.events.push(
                id,
                EventKind::Limit {
                    reason: Reason::AcceptQueueFull,
                },
            );
            self.host.events.refused(id, Reason::AcceptQueueFull);
            return;
        }
        if cookies == SynCookies::Always || (cookies == SynCookies::Overflow && limit.is_some()) {
            if let Some(reason) = limit {
                self.host.events.push(id, EventKind::Limit { reason });
            }
            self.host.events.judged(id, Reason::SynCookieMade);
            self.send_cookie(id, ends, arrival);
            return;
        }
        if let Some(reason) = limit {
            self.host.events.push(id, EventKind::Limit { reason });
            self.host.events.refused(id, reason);
            return;
        }
        let iss = self.isn_above(ends, last);
        let child = self.sockets.next_id();
        let beginning = &self.host.beginning;
        let mut tcb = self.sockets.tcb(child, ends, &options, beginning);
        tcb.parent = Some(id);
        tcb.parent_at = at as u32;
        // The two events in this order: the judgement is the listener's, what follows the child's.
        self.host.events.judged(id, Reason::SynInListen);
        self.host
            .events
            .push(child, EventKind::Begotten { listener: id });
        listen::take_syn(&mut self.host, &mut tcb, arrival, iss, id);
        self.adopt(at, child, tcb);
    }

    /// A child takes its place among the sockets and in its listener's SYN queue.
    fn adopt(&mut self, at: usize, child: SocketId, mut tcb: Box<Tcb>) -> usize {
        tcb.embryonic = true;
        tcb.port_counted = true;
        self.sockets.ports.begin(tcb.ends.local_port());
        self.sockets.embryonic += 1;
        if let Some(listener) = self.sockets.listener_mut(at) {
            listener.embryonic += 1;
        }
        let child_at = self.sockets.insert(child, Slot::Connection(tcb));
        self.settle(child_at);
        child_at
    }

    /// The SYN-ACK that is its own memory (RFC 4987 3.6).
    #[cold]
    #[inline(never)]
    fn send_cookie(&mut self, id: SocketId, ends: &Ends, arrival: &Arrival<'_>) {
        let settings = &self.host.settings;
        let offered = &arrival.options;
        let default = if ends.is_v4() { 536 } else { 1220 };
        let iss = cookie::make(
            &self.host.secret,
            self.host.now,
            ends.local(),
            ends.remote(),
            arrival.segment.seq,
            offered.mss.unwrap_or(default),
        );
        // Scale and SACK live in the timestamp, so there are none without it.
        let mut options = OptionSet::default();
        if let Some(timestamps) = offered.timestamps
            && settings.timestamps
        {
            let kept = CookieOptions {
                window_scale: offered.window_scale.filter(|_| settings.window_scale),
                sack_permitted: offered.sack_permitted && settings.sack,
            };
            options.window_scale = kept
                .window_scale
                .map(|_| settings.window_scale_shift.min(14) as u8);
            options.sack_permitted = kept.sack_permitted;
            let value = kept.into_timestamp(self.host.timestamp());
            options.timestamps = Some(Timestamps {
                value,
                echo: timestamps.value,
            });
        }
        let probe = Tcb::new(
            id,
            *ends,
            SocketOptions::new(settings),
            &self.host.beginning,
        );
        options.mss = settings
            .send_mss_option
            .then(|| output::mss_to_announce(&self.host, &probe));
        let reply = Reply {
            socket: Some(id),
            ends: *ends,
            seq: iss,
            ack: arrival.segment.seq.add(1),
            flags: Flags::SYN | Flags::ACK,
            window: settings.receive_buffer.min(65_535) as u16,
            options,
            reason: Reason::SynCookieSent,
        };
        self.host.reply(reply);
    }

    /// An ACK at a listener that makes cookies: perhaps one comes back.
    #[cold]
    #[inline(never)]
    fn cookie_returns(&mut self, at: usize, id: SocketId, ends: &Ends, arrival: &Arrival<'_>) {
        let segment = &arrival.segment;
        let (iss, irs) = (segment.ack.sub(1), segment.seq.sub(1));
        let mss = match cookie::verify(
            &self.host.secret,
            self.host.now,
            ends.local(),
            ends.remote(),
            irs,
            iss,
        ) {
            Ok(mss) => mss,
            Err(refusal) => {
                let reason = match refusal {
                    cookie::CookieRefusal::Forged => Reason::AckInListen,
                    cookie::CookieRefusal::Expired => Reason::SynCookieExpired,
                };
                self.host
                    .reset_for(Some(id), ends, segment, Reason::RstForAckInListen);
                self.host.events.refused(id, reason);
                return;
            }
        };
        let settings = &self.host.settings;
        let most = settings.sockets as usize;
        let Some(listener) = self.sockets.listener_mut(at) else {
            return;
        };
        let options = listener.options;
        let full = if !listener.accept_room() {
            Some(Reason::AcceptQueueFull)
        } else if self.sockets.count() >= most {
            Some(Reason::SocketLimit)
        } else {
            None
        };
        if let Some(reason) = full {
            self.host.events.push(id, EventKind::Limit { reason });
            self.host.events.refused(id, reason);
            return;
        }
        self.host.events.judged(id, Reason::SynCookieValid);
        let child = self.sockets.next_id();
        self.host
            .events
            .push(child, EventKind::Begotten { listener: id });
        let beginning = &self.host.beginning;
        let mut tcb = self.sockets.tcb(child, ends, &options, beginning);
        tcb.parent = Some(id);
        tcb.parent_at = at as u32;
        listen::take_cookie(&mut self.host, &mut tcb, arrival, iss, irs, mss);
        let child_at = self.adopt(at, child, tcb);
        let mut again = Arrival::new(*segment);
        again.accept_room = true;
        if let Some(tcb) = self.sockets.tcb_mut(child_at) {
            synchronized::arrives(&mut self.host, tcb, &mut again);
        }
        self.settle(child_at);
    }
}
