//! Captures in the pcapng format, written (draft-ietf-opsawg-pcapng).
//!
//! One section, big enough for what a run needs: an interface per sender, raw
//! IP datagrams (LINKTYPE_RAW), microseconds, and a comment per packet.

use sim::run::ENGINE_VERSION;
use sim::trace::{Place, Trace};

const SECTION_HEADER: u32 = 0x0A0D_0D0A;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

/// Datagrams without a link header: the first nibble tells IPv4 from IPv6.
const LINKTYPE_RAW: u16 = 101;

const OPTION_END: u16 = 0;
const OPTION_COMMENT: u16 = 1;
const OPTION_USER_APPLICATION: u16 = 4;
const OPTION_INTERFACE_NAME: u16 = 2;
const OPTION_TIME_RESOLUTION: u16 = 9;

/// Builds a capture in memory.
#[derive(Clone, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    interfaces: u32,
}

/// An interface of a [`Writer`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interface(u32);

impl Default for Writer {
    fn default() -> Writer {
        Writer::new()
    }
}

impl Writer {
    /// A capture without packets.
    #[must_use]
    pub fn new() -> Writer {
        let mut writer = Writer {
            bytes: Vec::new(),
            interfaces: 0,
        };
        let mut body = Vec::new();
        body.extend(0x1A2B_3C4D_u32.to_le_bytes());
        body.extend(1_u16.to_le_bytes());
        body.extend(0_u16.to_le_bytes());
        body.extend(u64::MAX.to_le_bytes()); // the section's length is not told
        let application = format!("tcp-playground {ENGINE_VERSION}");
        option(&mut body, OPTION_USER_APPLICATION, application.as_bytes());
        option(&mut body, OPTION_END, &[]);
        writer.block(SECTION_HEADER, &body);
        writer
    }

    /// Adds an interface; packets name it afterwards.
    pub fn interface(&mut self, name: &str) -> Interface {
        let mut body = Vec::new();
        body.extend(LINKTYPE_RAW.to_le_bytes());
        body.extend(0_u16.to_le_bytes());
        body.extend(0_u32.to_le_bytes()); // no limit on a packet's length
        option(&mut body, OPTION_INTERFACE_NAME, name.as_bytes());
        option(&mut body, OPTION_TIME_RESOLUTION, &[6]);
        option(&mut body, OPTION_END, &[]);
        self.block(INTERFACE_DESCRIPTION, &body);
        self.interfaces += 1;
        Interface(self.interfaces - 1)
    }

    /// Adds a whole datagram, seen on an interface at a time in microseconds,
    /// with a comment unless that is empty.
    pub fn packet(&mut self, interface: Interface, time_us: u64, datagram: &[u8], comment: &str) {
        let len = datagram.len() as u32;
        let mut body = Vec::with_capacity(datagram.len() + 64);
        body.extend(interface.0.to_le_bytes());
        body.extend(((time_us >> 32) as u32).to_le_bytes());
        body.extend((time_us as u32).to_le_bytes());
        body.extend(len.to_le_bytes());
        body.extend(len.to_le_bytes());
        body.extend(datagram);
        pad(&mut body);
        if !comment.is_empty() {
            option(&mut body, OPTION_COMMENT, comment.as_bytes());
            option(&mut body, OPTION_END, &[]);
        }
        self.block(ENHANCED_PACKET, &body);
    }

    /// The capture.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn block(&mut self, kind: u32, body: &[u8]) {
        let len = (body.len() + 12) as u32;
        self.bytes.extend(kind.to_le_bytes());
        self.bytes.extend(len.to_le_bytes());
        self.bytes.extend(body);
        self.bytes.extend(len.to_le_bytes());
    }
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    // An option's length is 16 bits; what would not fit is a comment's tail.
    let value = &value[..value.len().min(usize::from(u16::MAX) - 3)];
    body.extend(code.to_le_bytes());
    body.extend((value.len() as u16).to_le_bytes());
    body.extend(value);
    pad(body);
}

/// Everything in a block starts at a multiple of four bytes.
fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

/// A trace as a capture: every datagram once, when its sender (or whoever made
/// it up) puts it on the link, lost ones included. The interface is the sender,
/// virtual time 0 is the epoch, the comment is the reason's id.
#[must_use]
pub fn of_trace(trace: &Trace) -> Vec<u8> {
    let mut writer = Writer::new();
    // A and B are always there and in this order, whoever speaks first.
    let mut interfaces: Vec<(Place, Interface)> = [Place::A, Place::B]
        .map(|place| (place, writer.interface(place.id())))
        .into();
    let mut datagram = Vec::new();
    for sent in crate::sends(trace) {
        let known = interfaces.iter().find(|(place, _)| *place == sent.place);
        let interface = match known {
            Some((_, interface)) => *interface,
            None => {
                let interface = writer.interface(sent.place.id());
                interfaces.push((sent.place, interface));
                interface
            }
        };
        if trace.datagram(sent.send, &mut datagram) {
            let why = trace.record(sent.send).and_then(|record| record.kind.why());
            let comment = why.map_or("", |why| why.id());
            writer.packet(interface, sent.time.0, &datagram, comment);
        }
    }
    writer.into_bytes()
}
