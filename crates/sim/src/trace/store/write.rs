//! Writing into the store.

use tcp::reason::Reason;
use tcp::time::Instant;
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment};

use super::{Altered, ENDS, Kind, NONE, Packed, REPORTS, SendEntry, Trace};
use crate::payload;
use crate::trace::{CallRecord, Place, RecordId, RecordKind, Why};

/// What is written down of something, besides its kind.
#[derive(Clone, Copy, Debug)]
pub struct NewRecord<'a> {
    /// When.
    pub time: Instant,
    /// Where.
    pub place: Place,
    /// The place's socket it concerns, 0 for none.
    pub socket: u32,
    /// The main cause.
    pub cause: Option<RecordId>,
    /// Further causes.
    pub more: &'a [RecordId],
}

/// A datagram that is put on the link.
#[derive(Clone, Copy, Debug)]
pub struct NewSend<'a> {
    /// Why.
    pub why: Why,
    /// Number among what its place emitted, from 1.
    pub nth: u32,
    /// Where it goes.
    pub to: Place,
    /// All of it.
    pub bytes: &'a [u8],
    /// Where its payload begins in its socket's stream, if it has such a place.
    pub stream_offset: Option<u32>,
    /// Its sequence space was sent before: look for where.
    pub retransmission: bool,
}

impl Trace {
    /// Makes a record the last child of its cause.
    fn join_siblings(&mut self, id: u32) {
        let cause = self.records[id as usize].cause;
        if cause as usize >= self.records.len() {
            return;
        }
        let last = core::mem::replace(&mut self.records[cause as usize].last_child, id);
        let first = if last == NONE {
            id
        } else {
            core::mem::replace(&mut self.records[last as usize].next_sibling, id)
        };
        self.records[id as usize].next_sibling = first;
    }

    fn push(
        &mut self,
        new: &NewRecord<'_>,
        kind: Kind,
        reason: u8,
        extra: u8,
        a: u32,
        b: u32,
    ) -> RecordId {
        let id = self.records.len() as u32;
        let cause = new.cause.map_or(NONE, |c| c.0);
        self.records.push(Packed {
            time_low: new.time.0 as u32,
            time_high: (new.time.0 >> 32) as u32,
            cause,
            socket: new.socket,
            a,
            b,
            last_child: NONE,
            next_sibling: NONE,
            kind,
            place: new.place,
            reason,
            extra,
        });
        if cause != NONE {
            self.join_siblings(id);
        }
        let id = RecordId(id);
        self.hash.word(new.time.0);
        self.hash
            .word(u64::from(cause) << 32 | u64::from(new.socket));
        for more in new.more.iter().filter(|m| Some(**m) != new.cause) {
            self.more_causes.push((id.0, more.0));
            self.hash.word(u64::from(more.0));
        }
        id
    }

    fn note(
        &mut self,
        new: &NewRecord<'_>,
        kind: Kind,
        reason: Option<Why>,
        extra: u8,
        a: u32,
        b: u32,
    ) -> RecordId {
        let (number, id) = match reason {
            None => (0, ""),
            Some(Why::Engine(reason)) => (reason as u8, reason.id()),
            Some(Why::World(reason)) => (reason as u8, reason.id()),
        };
        self.hash
            .word((new.place as u64) << 40 | (kind as u64) << 32 | u64::from(extra));
        // Ids, not numbers: a new reason in the table must not change old hashes.
        self.hash.bytes(id.as_bytes());
        self.hash.word(u64::from(a) << 32 | u64::from(b));
        self.push(new, kind, number, extra, a, b)
    }

    /// Writes down anything but calls, sends and ends of datagrams.
    ///
    /// # Panics
    /// The kind is one of those.
    pub fn append(&mut self, new: &NewRecord<'_>, kind: RecordKind) -> RecordId {
        let why = kind.why();
        match kind {
            RecordKind::Intervention { index, scripted } => {
                self.note(new, Kind::Intervention, why, u8::from(scripted), index, 0)
            }
            RecordKind::State { from, to, .. } => {
                self.note(new, Kind::State, why, 0, (from as u32) << 8 | to as u32, 0)
            }
            RecordKind::TimerSet {
                timer, deadline, ..
            } => self.note(
                new,
                Kind::TimerSet,
                why,
                timer as u8,
                deadline.0 as u32,
                (deadline.0 >> 32) as u32,
            ),
            RecordKind::TimerFired { timer } => {
                self.note(new, Kind::TimerFired, why, timer as u8, 0, 0)
            }
            RecordKind::TimerCancelled { timer, .. } => {
                self.note(new, Kind::TimerCancelled, why, timer as u8, 0, 0)
            }
            RecordKind::Deliver { len } => self.note(new, Kind::Deliver, why, 0, len, 0),
            RecordKind::PeerClosed => self.note(new, Kind::PeerClosed, why, 0, 0, 0),
            RecordKind::Limit { .. } => self.note(new, Kind::Limit, why, 0, 0, 0),
            RecordKind::Report { report, .. } => {
                let number = REPORTS.iter().position(|r| *r == report).unwrap_or(0) as u8;
                self.note(new, Kind::Report, why, number, 0, 0)
            }
            RecordKind::Differs { nth, .. } => self.note(new, Kind::Differs, why, 0, nth, 0),
            RecordKind::Ended { how, .. } => {
                let number = ENDS.iter().position(|e| *e == how).unwrap_or(0) as u8;
                self.note(new, Kind::Ended, why, number, 0, 0)
            }
            RecordKind::Call { .. }
            | RecordKind::Send { .. }
            | RecordKind::Arrive { .. }
            | RecordKind::Drop { .. } => unreachable!("these have their own ways in"),
        }
    }

    /// Writes down an application's call and its answer.
    pub fn append_call(&mut self, new: &NewRecord<'_>, call: CallRecord) -> RecordId {
        let mut text = String::new();
        crate::text::print_call(&mut text, &call.call);
        self.hash.bytes(call.name.as_bytes());
        self.hash.bytes(text.as_bytes());
        self.hash.bytes(
            call.result
                .map_or_else(tcp::error::CallError::id, |_| "")
                .as_bytes(),
        );
        let index = self.calls.len() as u32;
        let result = call.result.unwrap_or(0);
        self.calls.push(call);
        self.note(new, Kind::Call, None, 0, index, result)
    }

    /// Writes down that a datagram is put on the link.
    pub fn append_send(&mut self, new: &NewRecord<'_>, send: &NewSend<'_>) -> RecordId {
        let index = self.sends.len() as u32;
        let bytes = send.bytes;
        let segment = Datagram::parse(bytes)
            .ok()
            .filter(|d| d.protocol == PROTOCOL_TCP)
            .and_then(|d| Segment::parse(d.payload).ok());
        let payload_len = segment.as_ref().map_or(0, |s| s.payload().len());
        // The payload is the datagram's end unless something trails it; then all of it is kept as one piece.
        let ends_with_payload = segment
            .as_ref()
            .is_some_and(|s| bytes.ends_with(s.payload()));
        let payload_len = if ends_with_payload { payload_len } else { 0 };
        let (header, payload) = bytes.split_at(bytes.len() - payload_len);
        let pattern = !payload.is_empty()
            && send
                .stream_offset
                .is_some_and(|offset| payload::is_pattern(new.place, new.socket, offset, payload));
        let header_at = self.pool.len() as u32;
        self.pool.extend_from_slice(header);
        let mut payload_at = send.stream_offset.unwrap_or(0);
        if !pattern {
            payload_at = self.pool.len() as u32;
            self.pool.extend_from_slice(payload);
        }
        let previous_of_socket = match new.socket {
            0 => NONE,
            socket => self
                .latest_sends
                .insert((new.place, socket), index)
                .unwrap_or(NONE),
        };
        let mut retransmission_of = NONE;
        if let (true, Some(segment)) = (send.retransmission, &segment) {
            retransmission_of = self.original(previous_of_socket, segment.seq.0);
        }
        self.sends.push(SendEntry {
            record: self.records.len() as u32,
            nth: send.nth,
            fate: NONE,
            retransmission_of,
            previous_of_socket,
            header_at,
            payload_at,
            header_len: header.len() as u16,
            payload_len: payload.len() as u16,
            to: send.to,
            pattern,
        });
        self.hash.bytes(header);
        if pattern {
            self.hash
                .word(u64::from(payload_at) << 32 | payload.len() as u64);
        } else {
            self.hash.bytes(payload);
        }
        let kind = if matches!(send.why, Why::Engine(_)) {
            Kind::Send
        } else {
            Kind::SendByWorld
        };
        self.note(new, kind, Some(send.why), 0, index, send.nth)
    }

    /// The first send of the socket that carried sequence number `seq`, going back along its sends.
    fn original(&self, mut index: u32, seq: u32) -> u32 {
        while index != NONE {
            let entry = &self.sends[index as usize];
            if let Some(sent) = self.nth_sent(index as usize).filter(|s| s.tcp) {
                let length = sent.len + u32::from(sent.flags & 1) + u32::from(sent.flags >> 1 & 1);
                if seq.wrapping_sub(sent.seq) < length {
                    let first = entry.retransmission_of;
                    return if first == NONE { entry.record } else { first };
                }
            }
            index = entry.previous_of_socket;
        }
        NONE
    }

    /// A datagram's end: `Arrive` or `Drop`. `altered` are its bytes if they are not those that were sent.
    ///
    /// # Panics
    /// The kind is neither.
    pub fn append_end(
        &mut self,
        new: &NewRecord<'_>,
        kind: RecordKind,
        judgements: &[Reason],
        altered: Option<&[u8]>,
    ) -> RecordId {
        let (send, why, arrived) = match kind {
            RecordKind::Arrive { send, why } => (send, why, true),
            RecordKind::Drop { send, why } => (send, why, false),
            _ => unreachable!("only a datagram's end comes this way"),
        };
        let id = self.records.len() as u32;
        let judgements = &judgements[..judgements.len().min(255)];
        let judged_at = self.judgements.len() as u32;
        self.judgements.extend_from_slice(judgements);
        for judgement in judgements {
            self.hash.bytes(judgement.id().as_bytes());
        }
        if let Some(bytes) = altered {
            self.altered.push(Altered {
                record: id,
                at: self.pool.len() as u32,
                len: bytes.len() as u32,
            });
            self.pool.extend_from_slice(bytes);
            self.hash.bytes(bytes);
        }
        if let Some(index) = self.send_index(send) {
            let fate = &mut self.sends[index].fate;
            if *fate == NONE {
                *fate = id;
            }
        }
        let kind = match (arrived, why) {
            (true, Why::Engine(_)) => Kind::Arrive,
            (true, Why::World(_)) => Kind::ArriveByWorld,
            (false, Why::Engine(_)) => Kind::Drop,
            (false, Why::World(_)) => Kind::DropByWorld,
        };
        self.note(
            new,
            kind,
            Some(why),
            judgements.len() as u8,
            send.0,
            judged_at,
        )
    }
}
