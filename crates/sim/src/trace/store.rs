//! The packed store: 36 bytes a record; a datagram's header once, its payload
//! only where it is not the pattern.

use tcp::event::{Ended, Report, Timer};
use tcp::reason::Reason;
use tcp::sorted::SortedMap;
use tcp::state::State;
use tcp::time::Instant;
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment};

use super::hash::Hash;
use super::{CallRecord, Place, Record, RecordId, RecordKind, Sent, Why, WorldReason};
use crate::payload;

const NONE: u32 = u32::MAX;

/// Sends are looked through a block at a time when a window of time is asked for.
const BLOCK: usize = 128;

#[derive(Clone, Copy, Debug)]
struct Packed {
    time_low: u32,
    time_high: u32,
    cause: u32,
    socket: u32,
    a: u32,
    b: u32,
    /// The children of one record form a ring: `last_child`'s next is the first.
    last_child: u32,
    next_sibling: u32,
    kind: Kind,
    place: Place,
    /// A reason's discriminant; with `world`, a world reason's.
    reason: u8,
    extra: u8,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
enum Kind {
    Intervention,
    Call,
    Send,
    SendByWorld,
    Arrive,
    ArriveByWorld,
    Drop,
    DropByWorld,
    State,
    TimerSet,
    TimerFired,
    TimerCancelled,
    Deliver,
    PeerClosed,
    Limit,
    Report,
    Ended,
}

/// A datagram that was put on the link.
#[derive(Clone, Copy, Debug)]
struct SendEntry {
    record: u32,
    nth: u32,
    fate: u32,
    retransmission_of: u32,
    previous_of_socket: u32,
    header_at: u32,
    /// Offset in the stream if `pattern`, else place in the pool of bytes.
    payload_at: u32,
    header_len: u16,
    payload_len: u16,
    to: Place,
    pattern: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Block {
    unfinished: u32,
    end: u64,
}

/// Bytes of a datagram that did not arrive as it was sent.
#[derive(Clone, Copy, Debug)]
struct Altered {
    record: u32,
    at: u32,
    len: u32,
}

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

/// A place in a trace to go back to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Mark {
    pub records: u32,
    sends: u32,
    pool: u32,
    judgements: u32,
    calls: u32,
    hash: Hash,
}

/// What happened, in the order in which it happened.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    records: Vec<Packed>,
    sends: Vec<SendEntry>,
    blocks: Vec<Block>,
    /// Header bytes, and payloads that are not the pattern.
    pool: Vec<u8>,
    judgements: Vec<Reason>,
    calls: Vec<CallRecord>,
    more_causes: Vec<(u32, u32)>,
    altered: Vec<Altered>,
    places: [Vec<RecordId>; 4],
    sockets: SortedMap<(Place, u32), SocketRecords>,
    hash: Hash,
}

#[derive(Clone, Debug, Default)]
struct SocketRecords {
    ids: Vec<RecordId>,
    last_send: Option<u32>,
}

impl Trace {
    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// A record.
    #[must_use]
    pub fn record(&self, id: RecordId) -> Option<Record> {
        let packed = self.records.get(id.0 as usize)?;
        Some(Record {
            id,
            cause: (packed.cause != NONE).then_some(RecordId(packed.cause)),
            time: packed.time(),
            place: packed.place,
            socket: packed.socket,
            kind: self.kind(packed),
        })
    }

    fn kind(&self, p: &Packed) -> RecordKind {
        let reason = Reason::ALL[usize::from(p.reason).min(Reason::ALL.len() - 1)];
        let world = WorldReason::ALL[usize::from(p.reason).min(WorldReason::ALL.len() - 1)];
        let timer = Timer::ALL[usize::from(p.extra).min(Timer::ALL.len() - 1)];
        match p.kind {
            Kind::Intervention => RecordKind::Intervention {
                index: p.a,
                scripted: p.extra == 1,
            },
            Kind::Call => RecordKind::Call { index: p.a },
            Kind::Send | Kind::SendByWorld => RecordKind::Send {
                why: if p.kind == Kind::Send {
                    Why::Engine(reason)
                } else {
                    Why::World(world)
                },
                retransmission_of: option(self.sends[p.a as usize].retransmission_of),
            },
            Kind::Arrive => RecordKind::Arrive {
                send: RecordId(p.a),
                why: Why::Engine(reason),
            },
            Kind::ArriveByWorld => RecordKind::Arrive {
                send: RecordId(p.a),
                why: Why::World(world),
            },
            Kind::Drop => RecordKind::Drop {
                send: RecordId(p.a),
                why: Why::Engine(reason),
            },
            Kind::DropByWorld => RecordKind::Drop {
                send: RecordId(p.a),
                why: Why::World(world),
            },
            Kind::State => RecordKind::State {
                from: State::ALL[(p.a >> 8) as usize],
                to: State::ALL[(p.a & 0xff) as usize],
                reason,
            },
            Kind::TimerSet => RecordKind::TimerSet {
                timer,
                deadline: Instant(u64::from(p.b) << 32 | u64::from(p.a)),
                reason,
            },
            Kind::TimerFired => RecordKind::TimerFired { timer },
            Kind::TimerCancelled => RecordKind::TimerCancelled { timer, reason },
            Kind::Deliver => RecordKind::Deliver { len: p.a },
            Kind::PeerClosed => RecordKind::PeerClosed,
            Kind::Limit => RecordKind::Limit { reason },
            Kind::Report => RecordKind::Report {
                report: REPORTS[usize::from(p.extra) % REPORTS.len()],
                reason,
            },
            Kind::Ended => RecordKind::Ended {
                how: ENDS[usize::from(p.extra) % ENDS.len()],
                reason,
            },
        }
    }

    /// All records in order.
    pub fn iter(&self) -> impl Iterator<Item = Record> + '_ {
        (0..self.len() as u32).filter_map(|id| self.record(RecordId(id)))
    }

    /// All causes of a record, the main one first.
    #[must_use]
    pub fn causes(&self, id: RecordId) -> Vec<RecordId> {
        let main = self
            .records
            .get(id.0 as usize)
            .and_then(|p| option(p.cause));
        let from = self
            .more_causes
            .partition_point(|(record, _)| *record < id.0);
        let more = self.more_causes[from..]
            .iter()
            .take_while(|(record, _)| *record == id.0);
        main.into_iter()
            .chain(more.map(|(_, cause)| RecordId(*cause)))
            .collect()
    }

    /// What has this record as its main cause, in order.
    pub fn children(&self, id: RecordId) -> impl Iterator<Item = RecordId> + '_ {
        let last = self
            .records
            .get(id.0 as usize)
            .map_or(NONE, |p| p.last_child);
        let mut next = if last == NONE {
            NONE
        } else {
            self.records[last as usize].next_sibling
        };
        core::iter::from_fn(move || {
            let now = option(next)?;
            next = if next == last {
                NONE
            } else {
                self.records[next as usize].next_sibling
            };
            Some(now)
        })
    }

    /// What the receiver found, rule by rule, for an `Arrive` or a host's `Drop`.
    #[must_use]
    pub fn judgements(&self, id: RecordId) -> &[Reason] {
        match self.records.get(id.0 as usize) {
            Some(p) if p.kind.is_end() && p.extra > 0 => {
                &self.judgements[p.b as usize..p.b as usize + usize::from(p.extra)]
            }
            _ => &[],
        }
    }

    /// An application call by its index.
    #[must_use]
    pub fn call(&self, index: u32) -> Option<&CallRecord> {
        self.calls.get(index as usize)
    }

    fn send_index(&self, id: RecordId) -> Option<usize> {
        let p = self.records.get(id.0 as usize)?;
        match p.kind {
            Kind::Send | Kind::SendByWorld => Some(p.a as usize),
            kind if kind.is_end() => self.send_index(RecordId(p.a)),
            _ => None,
        }
    }

    /// The send a record of kind `Send`, `Arrive` or `Drop` is about.
    #[must_use]
    pub fn sent(&self, id: RecordId) -> Option<Sent> {
        self.nth_sent(self.send_index(id)?)
    }

    /// The n-th send of the trace, from 0, in order of time.
    #[must_use]
    pub fn nth_sent(&self, index: usize) -> Option<Sent> {
        let entry = self.sends.get(index)?;
        let packed = &self.records[entry.record as usize];
        let fate = option(entry.fate);
        let mut sent = Sent {
            send: RecordId(entry.record),
            time: packed.time(),
            place: packed.place,
            nth: entry.nth,
            fate,
            fate_time: fate.map(|f| self.records[f.0 as usize].time()),
            to: entry.to,
            tcp: false,
            source_port: 0,
            destination_port: 0,
            seq: 0,
            ack: 0,
            flags: 0,
            window: 0,
            len: u32::from(entry.payload_len),
            datagram_len: u32::from(entry.header_len) + u32::from(entry.payload_len),
            retransmission_of: option(entry.retransmission_of),
        };
        if let Some(h) = self.tcp_header(entry) {
            let half = |at: usize| u16::from_be_bytes([h[at], h[at + 1]]);
            let word = |at: usize| u32::from_be_bytes([h[at], h[at + 1], h[at + 2], h[at + 3]]);
            sent.tcp = true;
            sent.source_port = half(0);
            sent.destination_port = half(2);
            sent.seq = word(4);
            sent.ack = word(8);
            sent.flags = h[13];
            sent.window = half(14);
        }
        Some(sent)
    }

    /// How many sends there are.
    #[must_use]
    pub fn sent_count(&self) -> usize {
        self.sends.len()
    }

    /// The TCP header of a send, found without reading the whole datagram again; its fixed part is all there.
    fn tcp_header(&self, entry: &SendEntry) -> Option<&[u8]> {
        let header = &self.pool[entry.header_at as usize..][..usize::from(entry.header_len)];
        // Only a datagram that could be read as TCP is cut into header and payload.
        let tcp = match header.first()? >> 4 {
            4 if header.get(9) == Some(&PROTOCOL_TCP) => {
                header.get(usize::from(header[0] & 15) * 4..)
            }
            6 if header.get(6) == Some(&PROTOCOL_TCP) => header.get(40..),
            _ => None,
        };
        tcp.filter(|t| t.len() >= 20)
    }

    /// Writes the whole datagram (IP header first) of a `Send`, `Arrive` or `Drop` into `into` (cleared first); false for
    /// other records. An `Arrive` or `Drop` gives the bytes as they arrived (edited or corrupted on the way), a `Send` as sent.
    pub fn datagram(&self, id: RecordId, into: &mut Vec<u8>) -> bool {
        into.clear();
        if let Ok(found) = self.altered.binary_search_by_key(&id.0, |a| a.record) {
            let altered = &self.altered[found];
            into.extend_from_slice(&self.pool[altered.at as usize..][..altered.len as usize]);
            return true;
        }
        let Some(index) = self.send_index(id) else {
            return false;
        };
        let entry = &self.sends[index];
        into.extend_from_slice(
            &self.pool[entry.header_at as usize..][..usize::from(entry.header_len)],
        );
        if entry.pattern {
            let packed = &self.records[entry.record as usize];
            let (place, socket) = (packed.place, packed.socket);
            payload::pattern(
                place,
                socket,
                entry.payload_at,
                usize::from(entry.payload_len),
                into,
            );
        } else {
            into.extend_from_slice(
                &self.pool[entry.payload_at as usize..][..usize::from(entry.payload_len)],
            );
        }
        true
    }

    /// Whether a datagram was changed between sender and end.
    #[must_use]
    pub fn is_altered(&self, id: RecordId) -> bool {
        self.altered
            .binary_search_by_key(&id.0, |a| a.record)
            .is_ok()
    }

    /// The first record at or after an instant (`len` when there is none).
    #[must_use]
    pub fn first_at_or_after(&self, time: Instant) -> usize {
        self.records.partition_point(|p| p.time() < time)
    }

    /// The number of records at or before an instant.
    #[must_use]
    pub fn count_until(&self, time: Instant) -> usize {
        self.records.partition_point(|p| p.time() <= time)
    }

    /// The sends whose way from sender to end touches `from..=to`, in order; `limit` at most.
    pub fn sends_in(&self, from: Instant, to: Instant, into: &mut Vec<Sent>, limit: usize) {
        into.clear();
        let end = self
            .sends
            .partition_point(|s| self.records[s.record as usize].time() <= to);
        for (block, first) in self.blocks.iter().zip((0..end).step_by(BLOCK)) {
            if block.unfinished == 0 && block.end < from.0 {
                continue;
            }
            for index in first..(first + BLOCK).min(end) {
                let fate = self.sends[index].fate;
                if fate == NONE || self.records[fate as usize].time() >= from {
                    if into.len() >= limit {
                        return;
                    }
                    into.extend(self.nth_sent(index));
                }
            }
        }
    }

    /// Ids of the records of a place (all its sockets), in order.
    #[must_use]
    pub fn of_place(&self, place: Place) -> &[RecordId] {
        &self.places[place as usize]
    }

    /// Ids of the records of one socket of a host, in order.
    #[must_use]
    pub fn of_socket(&self, place: Place, socket: u32) -> &[RecordId] {
        self.sockets.get(&(place, socket)).map_or(&[], |s| &s.ids)
    }

    /// The hash of everything in the trace so far: the same run gives the same on every machine.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash.value()
    }

    /// When the last record was made.
    #[must_use]
    pub fn end(&self) -> Instant {
        self.records.last().map_or(Instant::ZERO, Packed::time)
    }

    /// Bytes of memory in use for what is stored, spare room not counted.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.records.len() * size_of::<Packed>()
            + self.sends.len() * size_of::<SendEntry>()
            + self.blocks.len() * size_of::<Block>()
            + self.pool.len()
            + self.judgements.len()
            + self.calls.len() * size_of::<CallRecord>()
            + self.more_causes.len() * 8
            + self.altered.len() * size_of::<Altered>()
            + self.places.iter().map(|p| p.len() * 4).sum::<usize>()
            + self
                .sockets
                .values()
                .map(|s| s.ids.len() * 4 + 64)
                .sum::<usize>()
    }

    // ---- going back ----

    /// How much there is now, so that `truncate` can go back to here.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            records: self.records.len() as u32,
            sends: self.sends.len() as u32,
            pool: self.pool.len() as u32,
            judgements: self.judgements.len() as u32,
            calls: self.calls.len() as u32,
            hash: self.hash,
        }
    }

    /// Forgets everything after a mark of this trace (or of one with the same beginning).
    pub(crate) fn truncate(&mut self, mark: &Mark) {
        let keep = mark.records;
        self.records.truncate(keep as usize);
        self.sends.truncate(mark.sends as usize);
        self.pool.truncate(mark.pool as usize);
        self.judgements.truncate(mark.judgements as usize);
        self.calls.truncate(mark.calls as usize);
        self.more_causes.truncate(
            self.more_causes
                .partition_point(|(record, _)| *record < keep),
        );
        self.altered
            .truncate(self.altered.partition_point(|a| a.record < keep));
        for place in &mut self.places {
            place.truncate(place.partition_point(|id| id.0 < keep));
        }
        for socket in self.sockets.values_mut() {
            socket
                .ids
                .truncate(socket.ids.partition_point(|id| id.0 < keep));
            socket.last_send = None;
        }
        self.sockets.retain(|_, socket| !socket.ids.is_empty());
        // Rings of children, without those that are gone.
        for record in &mut self.records {
            record.last_child = NONE;
            record.next_sibling = NONE;
        }
        for id in 0..keep {
            self.join_siblings(id);
        }
        self.blocks.clear();
        for index in 0..self.sends.len() {
            if index % BLOCK == 0 {
                self.blocks.push(Block::default());
            }
            let entry = &mut self.sends[index];
            if entry.fate != NONE && entry.fate >= keep {
                entry.fate = NONE;
            }
            let packed = self.records[entry.record as usize];
            self.blocks[index / BLOCK].unfinished += u32::from(entry.fate == NONE);
            if let Some(socket) = self.sockets.get_mut(&(packed.place, packed.socket)) {
                socket.last_send = Some(index as u32);
            }
        }
        for id in 0..keep {
            let packed = self.records[id as usize];
            if let (true, Some(index)) = (packed.kind.is_end(), self.send_index(RecordId(id))) {
                let block = &mut self.blocks[index / BLOCK];
                block.end = block.end.max(packed.time().0);
            }
        }
        self.hash = mark.hash;
    }

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

    // ---- writing ----

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
        self.places[new.place as usize].push(id);
        if new.socket != 0 {
            self.sockets
                .or_insert_with((new.place, new.socket), SocketRecords::default)
                .ids
                .push(id);
        }
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
        let socket = (new.socket != 0).then(|| {
            self.sockets
                .or_insert_with((new.place, new.socket), SocketRecords::default)
        });
        let previous_of_socket = socket
            .and_then(|s| s.last_send.replace(index))
            .unwrap_or(NONE);
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
        if self.blocks.len() * BLOCK < self.sends.len() {
            self.blocks.push(Block::default());
        }
        if let Some(block) = self.blocks.last_mut() {
            block.unfinished += 1;
        }
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
            let entry = &mut self.sends[index];
            let block = &mut self.blocks[index / BLOCK];
            if entry.fate == NONE {
                entry.fate = id;
                block.unfinished -= 1;
            }
            block.end = block.end.max(new.time.0);
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

impl Kind {
    fn is_end(self) -> bool {
        matches!(
            self,
            Kind::Arrive | Kind::ArriveByWorld | Kind::Drop | Kind::DropByWorld
        )
    }
}

impl Packed {
    fn time(&self) -> Instant {
        Instant(u64::from(self.time_high) << 32 | u64::from(self.time_low))
    }
}

fn option(id: u32) -> Option<RecordId> {
    (id != NONE).then_some(RecordId(id))
}

const REPORTS: [Report; 3] = [Report::Retransmitting, Report::SoftError, Report::Urgent];

const ENDS: [Ended; 6] = [
    Ended::Closed,
    Ended::Reset,
    Ended::Refused,
    Ended::TimedOut,
    Ended::Unreachable,
    Ended::Aborted,
];
