//! Everything about one record: causes and effects, both ends' judgements, and
//! of a segment every field, option and addend of its checksum.

use core::net::IpAddr;

use sim::trace::{RecordId, RecordKind, Why};
use tcp::reason::Reason;
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment, TcpOption};

use crate::json::{Failure, Json};
use crate::rows::{Book, because, flags_text, relative};

impl Book<'_> {
    /// Everything about a record. Of a segment `bytes` gets the whole datagram.
    ///
    /// # Errors
    /// `unknown-record`.
    pub fn detail(&self, id: RecordId, bytes: &mut Vec<u8>) -> Result<Json, Failure> {
        let unknown = || Failure::unknown_record(id.0);
        let record = self.trace.record(id).ok_or_else(unknown)?;
        let mut json = Json::object();
        self.row(&mut json, id);
        json.begin_list("causes");
        self.trace
            .causes(id)
            .iter()
            .for_each(|id| json.item_number(id.0));
        json.end_list();
        json.begin_list("effects");
        self.trace
            .children(id)
            .for_each(|id| json.item_number(id.0));
        json.end_list();
        if let RecordKind::State { from, to, .. } = record.kind {
            json.begin("state_change");
            json.text("from", from.name());
            json.text("to", to.name());
            json.end();
        }
        let sent = self.trace.sent(id);
        json.begin_list("sent_because");
        let send = sent.and_then(|sent| self.trace.record(sent.send));
        if let Some(why) = send.and_then(|send| send.kind.why()) {
            judgement(&mut json, why, send.map_or(id, |send| send.id));
        }
        json.end_list();
        json.begin_list("judged");
        // A copy's own end, if it is the one asked about; else the first end.
        if let Some(end) = sent.and_then(|sent| if id == sent.send { sent.fate } else { Some(id) })
        {
            self.judgements(&mut json, end);
        }
        json.end_list();
        json.begin_list("retransmissions");
        if let Some(sent) = sent {
            // All repetitions of the same original, and of this one.
            let first = self
                .score
                .arrow_of(self.original(&sent).unwrap_or(sent.send));
            let again = self.score.arrows().iter();
            again
                .filter(|arrow| arrow.send != sent.send && Some(arrow.original) == first)
                .for_each(|arrow| json.item_number(arrow.send.0));
        }
        json.end_list();
        if let Some(sent) = sent {
            json.number("send", sent.send.0);
            json.some("outcome", sent.fate.map(|fate| fate.0));
            json.some("original", self.original(&sent).map(|original| original.0));
            if self.trace.datagram(id, bytes) {
                let bases = self
                    .arrow(sent.send)
                    .map_or((0, 0), |arrow| (arrow.seq_base, arrow.ack_base));
                json.begin("segment");
                segment(&mut json, bytes, bases);
                json.end();
            }
        }
        json.end();
        Ok(json)
    }

    /// What the receiver found, rule by rule, the deciding one with them.
    fn judgements(&self, json: &mut Json, end: RecordId) {
        let reasons: &[Reason] = self.trace.judgements(end);
        for reason in reasons {
            judgement(json, Why::Engine(*reason), end);
        }
        match self.trace.record(end).and_then(|record| record.kind.why()) {
            Some(Why::Engine(reason)) if reasons.contains(&reason) => {}
            Some(why) => judgement(json, why, end),
            None => {}
        }
    }
}

fn judgement(json: &mut Json, why: Why, id: RecordId) {
    json.item();
    because(json, why);
    json.number("id", id.0);
    json.end();
}

/// A field of a header: id, and its place in bits from that header's start.
type FieldPlace = (&'static str, u32, u32);

/// RFC 791 3.1, without the addresses.
const IPV4: &[FieldPlace] = &[
    ("version", 0, 4),
    ("ihl", 4, 4),
    ("dscp", 8, 6),
    ("ecn", 14, 2),
    ("total-length", 16, 16),
    ("identification", 32, 16),
    ("ip-flags", 48, 3),
    ("fragment-offset", 51, 13),
    ("ttl", 64, 8),
    ("protocol", 72, 8),
    ("header-checksum", 80, 16),
];

/// RFC 8200 3, without the addresses.
const IPV6: &[FieldPlace] = &[
    ("version", 0, 4),
    ("traffic-class", 4, 8),
    ("flow-label", 12, 20),
    ("payload-length", 32, 16),
    ("next-header", 48, 8),
    ("hop-limit", 56, 8),
];

/// RFC 9293 3.1.
const TCP: &[FieldPlace] = &[
    ("source-port", 0, 16),
    ("destination-port", 16, 16),
    ("seq", 32, 32),
    ("ack", 64, 32),
    ("data-offset", 96, 4),
    ("reserved", 100, 4),
    ("cwr", 104, 1),
    ("ece", 105, 1),
    ("urg", 106, 1),
    ("ack-flag", 107, 1),
    ("psh", 108, 1),
    ("rst", 109, 1),
    ("syn", 110, 1),
    ("fin", 111, 1),
    ("window", 112, 16),
    ("checksum", 128, 16),
    ("urgent-pointer", 144, 16),
];

/// RFC 792: what all of its error messages share.
const ICMP: &[FieldPlace] = &[
    ("type", 0, 8),
    ("code", 8, 8),
    ("icmp-checksum", 16, 16),
    ("rest-of-header", 32, 32),
];

/// `bits` bits from bit `at`, 32 at most.
fn bits_of(bytes: &[u8], at: u32, bits: u32) -> u32 {
    (at..at + bits).fold(0, |value, bit| {
        let byte = bytes.get(bit as usize / 8).copied().unwrap_or(0);
        (value << 1) | u32::from((byte >> (7 - bit % 8)) & 1)
    })
}

/// A datagram's fields, one by one.
struct Fields<'a> {
    json: &'a mut Json,
    bytes: &'a [u8],
    bases: (u32, u32),
}

impl Fields<'_> {
    fn place(&mut self, id: &str, layer: &str, bit: u32, bits: u32) {
        self.json.item();
        self.json.text("id", id);
        self.json.text("layer", layer);
        self.json.number("bit", bit);
        self.json.number("bits", bits);
    }

    /// The fields of a header that begins at `offset`, but for those that are addresses.
    fn table(&mut self, layer: &str, table: &[FieldPlace], offset: usize) {
        for (id, bit, bits) in table {
            let at = offset as u32 * 8 + bit;
            let value = bits_of(self.bytes, at, *bits);
            self.place(id, layer, at, *bits);
            self.json.number("value", value);
            let counted = match *id {
                "seq" => relative(value, self.bases.0),
                "ack" => relative(value, self.bases.1),
                _ => None,
            };
            self.json.some("relative", counted);
            self.json.end();
        }
    }

    fn addresses(&mut self, datagram: &Datagram<'_>) {
        let (start, bits) = match datagram.source {
            IpAddr::V4(_) => (96, 32),
            IpAddr::V6(_) => (64, 128),
        };
        for (id, at, address) in [
            ("source-address", start, datagram.source),
            ("destination-address", start + bits, datagram.destination),
        ] {
            self.place(id, "ip", at, bits);
            self.json.shown("value", &address);
            self.json.end();
        }
    }

    /// A stretch of bytes; its value is how many there are.
    fn span(&mut self, id: &str, layer: &str, offset: usize, length: usize) {
        if length > 0 {
            self.place(id, layer, offset as u32 * 8, length as u32 * 8);
            self.json.number("value", length as u32);
            self.json.end();
        }
    }
}

/// A datagram taken apart; `bases` are the ISSs of its direction and the other.
fn segment(json: &mut Json, bytes: &[u8], bases: (u32, u32)) {
    let datagram = Datagram::parse(bytes);
    json.begin_list("fields");
    let Ok(datagram) = datagram else {
        return json.end_list();
    };
    let header = datagram.header_len;
    let tcp = Segment::parse(datagram.payload)
        .ok()
        .filter(|_| datagram.protocol == PROTOCOL_TCP);
    let mut fields = Fields { json, bytes, bases };
    fields.table(
        "ip",
        if datagram.source.is_ipv4() {
            IPV4
        } else {
            IPV6
        },
        0,
    );
    fields.addresses(&datagram);
    match &tcp {
        Some(tcp) => {
            fields.table("tcp", TCP, header);
            fields.span("options", "tcp", header + 20, tcp.option_bytes().len());
            fields.span(
                "payload",
                "payload",
                header + tcp.header_len(),
                tcp.payload().len(),
            );
        }
        None => fields.table("icmp", ICMP, header),
    }
    json.end_list();
    json.shown("source", &datagram.source);
    json.shown("destination", &datagram.destination);
    json.number("tcp_offset", header as u32);
    let Some(tcp) = tcp else { return };
    json.number("source_port", tcp.source_port.into());
    json.number("destination_port", tcp.destination_port.into());
    json.number("seq", tcp.seq.0);
    json.number("ack", tcp.ack.0);
    json.some("seq_relative", relative(tcp.seq.0, bases.0));
    json.some("ack_relative", relative(tcp.ack.0, bases.1));
    json.flag("ack_valid", tcp.flags.ack());
    json.text("flags", &flags_text(tcp.flags.0));
    json.begin_list("flag_names");
    for name in tcp.flags.names() {
        json.item_text(name);
    }
    json.end_list();
    json.number("window", tcp.window.into());
    json.number("checksum", tcp.checksum.into());
    json.number("urgent_pointer", tcp.urgent_pointer.into());
    json.number("length", tcp.length());
    json.number("payload_length", tcp.payload().len() as u32);
    json.number("payload_offset", (header + tcp.header_len()) as u32);
    options(json, &tcp, header + 20);
    checksum(json, &datagram, &tcp, header);
}

/// Each option with its place in the datagram; the options begin at `start`.
fn options(json: &mut Json, tcp: &Segment<'_>, start: usize) {
    let bytes = tcp.option_bytes();
    let mut at = 0;
    json.begin_list("options");
    for option in tcp.options() {
        let rest = bytes.len() - at;
        let stated = usize::from(bytes.get(at + 1).copied().unwrap_or(0));
        let (id, length) = match option {
            TcpOption::EndOfList => ("end-of-list", rest),
            TcpOption::NoOperation => ("no-operation", 1),
            TcpOption::MaximumSegmentSize(_) => ("mss", stated),
            TcpOption::WindowScale(_) => ("window-scale", stated),
            TcpOption::SackPermitted => ("sack-permitted", stated),
            TcpOption::Sack(_) => ("sack", stated),
            TcpOption::Timestamps(_) => ("timestamps", stated),
            TcpOption::Unknown { .. } => ("unknown", stated),
            TcpOption::Illegal(_) if stated < 2 || stated > rest => ("illegal", rest),
            TcpOption::Illegal(_) => ("illegal", stated),
        };
        json.item();
        json.text("id", id);
        json.number("kind", bytes.get(at).copied().unwrap_or(0).into());
        json.number("offset", (start + at) as u32);
        json.number("length", length as u32);
        json.flag("malformed", matches!(option, TcpOption::Illegal(_)));
        json.begin("args");
        match option {
            TcpOption::MaximumSegmentSize(mss) => json.number("mss", mss.into()),
            TcpOption::WindowScale(shift) => json.number("shift", shift.into()),
            TcpOption::Sack(blocks) => {
                for (block, (left, right)) in blocks.as_slice().iter().zip(SACK_EDGES) {
                    json.number(left, block.left.0);
                    json.number(right, block.right.0);
                }
            }
            TcpOption::Timestamps(stamps) => {
                json.number("value", stamps.value);
                json.number("echo", stamps.echo);
            }
            TcpOption::Illegal(_) => json.number("stated", stated as u32),
            _ => {}
        }
        json.end();
        json.end();
        at += length;
    }
    json.end_list();
}

/// Names of the edges of SACK blocks: arguments of a message are flat.
const SACK_EDGES: [(&str, &str); 4] = [
    ("left_1", "right_1"),
    ("left_2", "right_2"),
    ("left_3", "right_3"),
    ("left_4", "right_4"),
];

/// The checksum as one works it out on paper (RFC 9293 3.1): all words but its own, carries folded in, complement.
fn checksum(json: &mut Json, datagram: &Datagram<'_>, tcp: &Segment<'_>, header: usize) {
    let length = tcp.bytes().len() as u32;
    let mut pseudo = Vec::with_capacity(40);
    for address in [datagram.source, datagram.destination] {
        match address {
            IpAddr::V4(address) => pseudo.extend_from_slice(&address.octets()),
            IpAddr::V6(address) => pseudo.extend_from_slice(&address.octets()),
        }
    }
    if datagram.source.is_ipv4() {
        pseudo.extend_from_slice(&[0, PROTOCOL_TCP]);
        pseudo.extend_from_slice(&(length as u16).to_be_bytes());
    } else {
        pseudo.extend_from_slice(&length.to_be_bytes());
        pseudo.extend_from_slice(&[0, 0, 0, PROTOCOL_TCP]);
    }
    let mut sum = 0u32;
    json.begin("checksum_working");
    json.begin_list("words");
    let mut add = |pair: &[u8], part: &str, offset: Option<u32>| {
        let word = u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
        sum += u32::from(word);
        json.item();
        json.number("value", word.into());
        json.text("part", part);
        json.some("offset", offset);
        json.end();
    };
    for pair in pseudo.chunks(2) {
        add(pair, "pseudo", None);
    }
    for (index, pair) in tcp.bytes().chunks(2).enumerate() {
        let at = index * 2;
        let part = match at {
            16 => continue,
            0..20 => "header",
            _ if at < tcp.header_len() => "options",
            _ => "payload",
        };
        add(pair, part, Some((header + at) as u32));
    }
    json.end_list();
    let mut folded = sum;
    while folded > 0xffff {
        folded = (folded & 0xffff) + (folded >> 16);
    }
    json.number("sum", sum);
    json.number("folded", folded);
    json.number("complement", (!(folded as u16)).into());
    json.number("stated", tcp.checksum.into());
    json.flag("ok", tcp.checksum_ok(datagram.source, datagram.destination));
    json.end();
}

/// The TCP header's fields: id, and place in bits from its start.
pub fn header_fields(json: &mut Json) {
    json.begin_list("header_fields");
    for (id, bit, bits) in TCP {
        json.item();
        json.text("id", id);
        json.number("bit", *bit);
        json.number("bits", *bits);
        json.end();
    }
    json.end_list();
}
