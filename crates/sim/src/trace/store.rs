//! The packed store: 36 bytes a record; a datagram's header once, its payload
//! only where it is not the pattern. Here it is read; `write` adds to it, `back`
//! takes away.

use tcp::event::{Ended, Report, Timer};
use tcp::reason::Reason;
use tcp::sorted::SortedMap;
use tcp::state::State;
use tcp::time::Instant;
use tcp::wire::PROTOCOL_TCP;

use super::hash::Hash;
use super::{CallRecord, Place, Record, RecordId, RecordKind, Sent, Why, WorldReason};
use crate::payload;

mod back;
mod write;

pub(crate) use back::Mark;
pub use write::{NewRecord, NewSend};

const NONE: u32 = u32::MAX;

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
    Differs,
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

/// Bytes of a datagram that did not arrive as it was sent.
#[derive(Clone, Copy, Debug)]
struct Altered {
    record: u32,
    at: u32,
    len: u32,
}

/// What happened, in the order in which it happened.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    records: Vec<Packed>,
    sends: Vec<SendEntry>,
    /// Header bytes, and payloads that are not the pattern.
    pool: Vec<u8>,
    judgements: Vec<Reason>,
    calls: Vec<CallRecord>,
    more_causes: Vec<(u32, u32)>,
    altered: Vec<Altered>,
    /// The latest send of each socket.
    latest_sends: SortedMap<(Place, u32), u32>,
    hash: Hash,
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
            Kind::Differs => RecordKind::Differs {
                nth: p.a,
                why: world,
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
            + self.pool.len()
            + self.judgements.len()
            + self.calls.len() * size_of::<CallRecord>()
            + self.more_causes.len() * 8
            + self.altered.len() * size_of::<Altered>()
            + self.latest_sends.len() * 12
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
