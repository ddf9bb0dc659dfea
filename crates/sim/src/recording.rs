//! What was seen of a host on the wire: its datagrams, when it sent them, and what became of them.
//!
//! A host that is a `recording` plays them; an engine at the other end is held against its own.

use tcp::time::Instant;
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment};

use crate::payload;
use crate::trace::{Place, WorldReason};

/// A datagram as it was seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// When its sender put it on the link.
    pub sent: Instant,
    /// What became of it.
    pub fate: RecordedFate,
    /// Its bytes from the IP header on.
    pub bytes: Vec<u8>,
    /// So many bytes of payload come behind them that nobody wrote down: a readable pattern stands for them, and the
    /// checksum is made right for it.
    pub filler: u16,
}

/// What became of a recorded datagram.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordedFate {
    /// Nobody saw: the link decides, as it does for any other datagram.
    Unknown,
    /// It did not arrive.
    Lost,
    /// It arrived.
    Arrives {
        /// When.
        at: Instant,
        /// The bit that was flipped on the way (0 is the datagram's first byte's most significant).
        corrupt: Option<u32>,
        /// When a second copy arrived.
        copy: Option<Instant>,
    },
}

impl Recorded {
    /// Keeps a datagram; a TCP payload of more than `payload_max` bytes is kept as its length only, unless its checksum
    /// is wrong: then the bytes are the point.
    #[must_use]
    pub fn new(sent: Instant, datagram: &[u8], payload_max: usize) -> Recorded {
        let kept = tcp(datagram)
            .filter(|(ip, segment)| segment.checksum_ok(ip.source, ip.destination))
            .map(|(_, segment)| segment.payload())
            .filter(|payload| payload.len() > payload_max && datagram.ends_with(payload))
            .map_or(datagram.len(), |payload| datagram.len() - payload.len());
        Recorded {
            sent,
            fate: RecordedFate::Unknown,
            bytes: datagram[..kept].to_vec(),
            filler: (datagram.len() - kept) as u16,
        }
    }

    /// Appends the whole datagram, what was left out made up; answers the pattern's place in its stream, if there is any.
    pub fn write(&self, place: Place, out: &mut Vec<u8>) -> Option<u32> {
        let start = out.len();
        out.extend_from_slice(&self.bytes);
        if self.filler == 0 {
            return None;
        }
        // Which bytes were there nobody knows; by their sequence numbers a repetition at least repeats.
        out.resize(out.len() + usize::from(self.filler), 0);
        let seq = tcp(&out[start..]).map(|(_, segment)| segment.seq.0)?;
        out.truncate(start + self.bytes.len());
        payload::pattern(place, 0, seq, self.filler.into(), out);
        let (at, right) = tcp(&out[start..]).map(|(ip, segment)| {
            let header = out.len() - start - ip.payload.len();
            (
                start + header + CHECKSUM_AT,
                segment.checksum_right(ip.source, ip.destination),
            )
        })?;
        out[at..at + 2].copy_from_slice(&right.to_be_bytes());
        Some(seq)
    }

    /// In what a datagram differs from this one. Payload is not looked at, only how much of it there is: applications
    /// may have sent other bytes.
    #[must_use]
    pub fn difference(&self, place: Place, sent: Instant, datagram: &[u8]) -> Option<WorldReason> {
        let mut whole = Vec::new();
        self.write(place, &mut whole);
        if header(&whole) != header(datagram) || whole.len() != datagram.len() {
            Some(WorldReason::RecordedOther)
        } else if sent != self.sent {
            Some(WorldReason::RecordedTime)
        } else {
            None
        }
    }
}

/// Where the checksum stands in a TCP header (RFC 9293 3.1).
const CHECKSUM_AT: usize = 16;

fn tcp(datagram: &[u8]) -> Option<(Datagram<'_>, Segment<'_>)> {
    let ip = Datagram::parse(datagram)
        .ok()
        .filter(|ip| ip.protocol == PROTOCOL_TCP)?;
    let segment = Segment::parse(ip.payload).ok()?;
    Some((ip, segment))
}

/// All headers, without the checksum that depends on the payload; the whole of what is not TCP.
fn header(datagram: &[u8]) -> Vec<u8> {
    let mut header = datagram.to_vec();
    if let Some((ip, segment)) = tcp(datagram) {
        let before = datagram.len() - ip.payload.len();
        let checksum = before + CHECKSUM_AT;
        header[checksum..checksum + 2].fill(0);
        header.truncate(before + ip.payload.len() - segment.payload().len());
    }
    header
}
