//! Datagrams on the way, each known by a small number: the same bytes of the
//! same connection are the same flight, however often they are sent.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tcp::seq::Seq;
use tcp::wire::{Datagram, Envelope, Flags, OptionBuffer, Segment, SegmentHeader, write_datagram};

/// Ports of A and B.
pub const PORTS: [u16; 2] = [5000, 8080];

/// A's or B's address and port.
#[must_use]
pub fn address(side: usize) -> SocketAddr {
    SocketAddr::new(
        IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1 + side as u8)),
        PORTS[side],
    )
}

/// A datagram, and what one asks about it most.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flight {
    /// The connection it stems from, counted by OPENs; 0: from one before all.
    pub tag: u8,
    /// All of it.
    pub bytes: Arc<[u8]>,
    /// Its flags.
    pub flags: Flags,
    /// SEG.SEQ.
    pub seq: Seq,
    /// SEG.ACK, which means something only with the ACK flag.
    pub ack: Seq,
    /// SEG.LEN, SYN and FIN included.
    pub length: u32,
}

impl Flight {
    /// Reads a datagram that an engine made.
    ///
    /// # Panics
    /// The engine made something that it cannot read.
    #[must_use]
    pub fn new(tag: u8, bytes: &[u8]) -> Flight {
        let datagram = Datagram::parse(bytes).expect("the engine made it");
        let segment = Segment::parse(datagram.payload).expect("the engine made it");
        Flight {
            tag,
            bytes: bytes.into(),
            flags: segment.flags,
            seq: segment.seq,
            ack: segment.ack,
            length: segment.length(),
        }
    }

    /// Text alone, in bytes.
    #[must_use]
    pub fn text(&self) -> u32 {
        self.length - u32::from(self.flags.syn()) - u32::from(self.flags.fin())
    }

    /// A SYN of a connection long gone, from A's port, SEQ 90.
    ///
    /// # Panics
    /// Never: both addresses are of one kind.
    #[must_use]
    pub fn old_syn() -> Flight {
        let mut bytes = Vec::new();
        let header = SegmentHeader {
            source_port: PORTS[0],
            destination_port: PORTS[1],
            seq: Seq(90),
            ack: Seq(0),
            flags: Flags::SYN,
            window: 65_535,
            urgent_pointer: 0,
        };
        let envelope = Envelope::new(address(0).ip(), address(1).ip());
        let options = OptionBuffer::default();
        write_datagram(&mut bytes, &envelope, &header, &options, [&[], &[]])
            .expect("both addresses are of one kind");
        Flight::new(0, &bytes)
    }
}

/// A flight's number, by the order in which flights were first seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct FlightId(pub u16);

/// Every flight there ever was.
#[derive(Clone, Debug, Default)]
pub struct Flights {
    known: Vec<Flight>,
    numbers: BTreeMap<(u8, Arc<[u8]>), FlightId>,
}

impl Flights {
    /// The number of a flight, a new one if it was never seen.
    ///
    /// # Panics
    /// There are more than 65 535: no small world has that many.
    pub fn number(&mut self, flight: Flight) -> FlightId {
        let key = (flight.tag, Arc::clone(&flight.bytes));
        if let Some(known) = self.numbers.get(&key) {
            return *known;
        }
        let id = FlightId(u16::try_from(self.known.len()).expect("a small world"));
        self.numbers.insert(key, id);
        self.known.push(flight);
        id
    }

    /// What has that number.
    #[must_use]
    pub fn at(&self, id: FlightId) -> &Flight {
        &self.known[usize::from(id.0)]
    }

    /// All of them, by number.
    #[must_use]
    pub fn all(&self) -> &[Flight] {
        &self.known
    }
}
