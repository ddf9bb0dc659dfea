//! Everything about one record: causes and effects, both ends' judgements, and
//! of a segment every field, option and addend of its checksum.

use core::net::IpAddr;

use sim::trace::{RecordId, RecordKind, Why};
use tcp::wire::{Datagram, PROTOCOL_TCP, Segment, TcpOption};

use crate::data::{Data, Failure};
use crate::rows::{Book, FLAG_NAMES, because, flags_text, judgement, relative};

impl Book<'_> {
    /// Everything about a record.
    ///
    /// # Errors
    /// `unknown-record`.
    pub fn detail(&self, id: RecordId) -> Result<Data, Failure> {
        let unknown = || Failure::new("unknown-record").about("id", id.0);
        let mut detail = self.row(id).ok_or_else(unknown)?;
        let record = self.trace.record(id).ok_or_else(unknown)?;
        let ids = |ids: &mut dyn Iterator<Item = RecordId>| {
            Data::List(ids.map(|id| id.0.into()).collect())
        };
        detail.put("causes", ids(&mut self.trace.causes(id).into_iter()));
        detail.put("effects", ids(&mut self.trace.children(id)));
        if let RecordKind::State { from, to, .. } = record.kind {
            detail.put(
                "state_change",
                Data::object()
                    .with("from", from.name())
                    .with("to", to.name()),
            );
        }
        let mut sent_because = Vec::new();
        let mut judged = Vec::new();
        let mut retransmissions = Vec::new();
        if let Some(sent) = self.trace.sent(id) {
            detail.put("send", sent.send.0.into());
            detail.put("outcome", sent.fate.map(|fate| fate.0).into());
            if let Some(RecordKind::Send { why, .. }) =
                self.trace.record(sent.send).map(|record| record.kind)
            {
                sent_because.push(because(Data::object(), why).with("id", sent.send.0));
            }
            // A copy's own end, if it is the one asked about; else the first end.
            let end = if id == sent.send { sent.fate } else { Some(id) };
            if let Some(end) = end {
                let reasons = self.trace.judgements(end);
                judged.extend(reasons.iter().map(|reason| judgement(*reason, end)));
                let why = self.trace.record(end).and_then(|record| record.kind.why());
                if reasons.is_empty()
                    && let Some(why) = why
                {
                    judged.push(because(Data::object(), why).with("id", end.0));
                } else if let Some(Why::Engine(reason)) = why
                    && !reasons.contains(&reason)
                {
                    judged.push(judgement(reason, end));
                }
            }
            let original = self.original(&sent);
            detail.put("original", original.map(|original| original.0).into());
            // All repetitions of the same original, and of this one.
            let first = self.score.arrow_of(original.unwrap_or(sent.send));
            let again = self.score.arrows().iter();
            let again =
                again.filter(|arrow| arrow.send != sent.send && Some(arrow.original) == first);
            retransmissions.extend(again.map(|arrow| Data::from(arrow.send.0)));
            let mut bytes = Vec::new();
            if self.trace.datagram(id, &mut bytes) {
                let bases = self
                    .arrow(sent.send)
                    .map_or((0, 0), |arrow| (arrow.seq_base, arrow.ack_base));
                detail.put("segment", segment(bytes, bases));
            }
        }
        detail.put("sent_because", Data::List(sent_because));
        detail.put("judged", Data::List(judged));
        detail.put("retransmissions", Data::List(retransmissions));
        Ok(detail)
    }
}

/// A field of a header: id, its layer, and its place in bits from that header's start.
type FieldPlace = (&'static str, u32, u32);

/// RFC 791 3.1.
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
    ("source-address", 96, 32),
    ("destination-address", 128, 32),
];

/// RFC 8200 3.
const IPV6: &[FieldPlace] = &[
    ("version", 0, 4),
    ("traffic-class", 4, 8),
    ("flow-label", 12, 20),
    ("payload-length", 32, 16),
    ("next-header", 48, 8),
    ("hop-limit", 56, 8),
    ("source-address", 64, 128),
    ("destination-address", 192, 128),
];

/// RFC 9293 3.1.
pub const TCP: &[FieldPlace] = &[
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
    ("checksum", 16, 16),
    ("rest-of-header", 32, 32),
];

/// `bits` bits from bit `at`, 32 at most.
fn bits_of(bytes: &[u8], at: u32, bits: u32) -> u32 {
    (at..at + bits).fold(0, |value, bit| {
        let byte = bytes.get(bit as usize / 8).copied().unwrap_or(0);
        value << 1 | u32::from(byte >> (7 - bit % 8) & 1)
    })
}

fn fields(
    into: &mut Vec<Data>,
    layer: &'static str,
    table: &[FieldPlace],
    bytes: &[u8],
    offset: usize,
) {
    for (id, bit, bits) in table {
        let at = offset as u32 * 8 + bit;
        let field = Data::object()
            .with("id", *id)
            .with("layer", layer)
            .with("bit", at)
            .with("bits", *bits);
        into.push(field.with("value", bits_of(bytes, at, (*bits).min(32))));
    }
}

/// The TCP header's fields: id, and place in bits from its start.
#[must_use]
pub fn header_fields() -> Data {
    let field = |(id, bit, bits): &FieldPlace| {
        Data::object()
            .with("id", *id)
            .with("bit", *bit)
            .with("bits", *bits)
    };
    Data::List(TCP.iter().map(field).collect())
}

/// Puts what people read in place of a field's number.
fn say(all: &mut [Data], id: &str, name: &'static str, value: Data) {
    let found = all
        .iter_mut()
        .find(|field| field.field("id").and_then(Data::text) == Some(id));
    if let Some(Data::Fields(fields)) = found {
        fields.retain(|(field, _)| *field != name);
        fields.push((name, value));
    }
}

/// A datagram taken apart; `bases` are the ISSs of its direction and the other.
fn segment(bytes: Vec<u8>, bases: (u32, u32)) -> Data {
    let mut all = Vec::new();
    let mut out = Data::object();
    if let Ok(datagram) = Datagram::parse(&bytes) {
        let (table, header) = match datagram.source {
            IpAddr::V4(_) => (IPV4, datagram.header_len),
            IpAddr::V6(_) => (IPV6, datagram.header_len),
        };
        fields(&mut all, "ip", table, &bytes, 0);
        out = out
            .with("source", datagram.source.to_string())
            .with("destination", datagram.destination.to_string())
            .with("tcp_offset", header);
        say(
            &mut all,
            "source-address",
            "value",
            datagram.source.to_string().into(),
        );
        say(
            &mut all,
            "destination-address",
            "value",
            datagram.destination.to_string().into(),
        );
        if datagram.protocol != PROTOCOL_TCP {
            fields(&mut all, "icmp", ICMP, &bytes, header);
        } else if let Ok(tcp) = Segment::parse(datagram.payload) {
            fields(&mut all, "tcp", TCP, &bytes, header);
            let payload = header + tcp.header_len();
            let names = FLAG_NAMES.iter().filter(|(bit, _)| tcp.flags.0 & bit != 0);
            out = out
                .with("source_port", tcp.source_port)
                .with("destination_port", tcp.destination_port)
                .with("seq", tcp.seq.0)
                .with("ack", tcp.ack.0)
                .with("seq_relative", relative(tcp.seq.0, bases.0))
                .with("ack_relative", relative(tcp.ack.0, bases.1))
                .with("ack_valid", tcp.flags.ack())
                .with("flags", flags_text(tcp.flags.0))
                .with(
                    "flag_names",
                    Data::List(names.map(|(_, name)| Data::from(*name)).collect()),
                )
                .with("window", tcp.window)
                .with("checksum", tcp.checksum)
                .with("urgent_pointer", tcp.urgent_pointer)
                .with("length", tcp.length())
                .with("payload_length", tcp.payload().len())
                .with("payload_offset", payload)
                .with("options", options(&tcp, header + 20))
                .with("checksum_working", checksum(&datagram, &tcp, header));
            for (id, relative) in [
                ("seq", relative(tcp.seq.0, bases.0)),
                ("ack", relative(tcp.ack.0, bases.1)),
            ] {
                if let Some(relative) = relative {
                    say(&mut all, id, "relative", relative.into());
                }
            }
            let offset = header + 20;
            let length = tcp.option_bytes().len();
            if length > 0 {
                all.push(span("options", "tcp", offset, length));
            }
            if !tcp.payload().is_empty() {
                all.push(span("payload", "payload", payload, tcp.payload().len()));
            }
        }
    }
    out.with("fields", Data::List(all))
        .with("bytes", Data::Bytes(bytes))
}

fn span(id: &'static str, layer: &'static str, offset: usize, length: usize) -> Data {
    Data::object()
        .with("id", id)
        .with("layer", layer)
        .with("bit", offset * 8)
        .with("bits", length * 8)
        .with("value", length)
}

/// Each option with its place in the datagram; the options begin at `start`.
fn options(tcp: &Segment<'_>, start: usize) -> Data {
    let bytes = tcp.option_bytes();
    let mut at = 0;
    let mut out = Vec::new();
    for option in tcp.options() {
        let rest = bytes.len() - at;
        let kind = bytes.get(at).copied().unwrap_or(0);
        let stated = usize::from(bytes.get(at + 1).copied().unwrap_or(0));
        let args = Data::object();
        let mut malformed = false;
        let (id, length, args) = match option {
            TcpOption::EndOfList => ("end-of-list", rest, args),
            TcpOption::NoOperation => ("no-operation", 1, args),
            TcpOption::MaximumSegmentSize(mss) => ("mss", stated, args.with("mss", mss)),
            TcpOption::WindowScale(shift) => ("window-scale", stated, args.with("shift", shift)),
            TcpOption::SackPermitted => ("sack-permitted", stated, args),
            TcpOption::Sack(blocks) => {
                let blocks = blocks.as_slice().iter().map(|block| {
                    Data::object()
                        .with("left", block.left.0)
                        .with("right", block.right.0)
                });
                (
                    "sack",
                    stated,
                    args.with("blocks", Data::List(blocks.collect())),
                )
            }
            TcpOption::Timestamps(stamps) => (
                "timestamps",
                stated,
                args.with("value", stamps.value).with("echo", stamps.echo),
            ),
            TcpOption::Unknown { .. } => ("unknown", stated, args),
            TcpOption::Illegal(_) => {
                malformed = true;
                (
                    "illegal",
                    if stated < 2 || stated > rest {
                        rest
                    } else {
                        stated
                    },
                    args.with("stated", stated),
                )
            }
        };
        out.push(
            Data::object()
                .with("id", id)
                .with("kind", kind)
                .with("offset", start + at)
                .with("length", length)
                .with("args", args)
                .with("malformed", malformed),
        );
        at += length;
    }
    Data::List(out)
}

/// The checksum as one works it out on paper (RFC 9293 3.1): all words but its own, carries folded in, complement.
fn checksum(datagram: &Datagram<'_>, tcp: &Segment<'_>, header: usize) -> Data {
    let mut words = Vec::new();
    let mut sum = 0u32;
    let mut add = |value: u16, part: &'static str, offset: Option<usize>| {
        sum += u32::from(value);
        words.push(
            Data::object()
                .with("value", value)
                .with("part", part)
                .with("offset", offset),
        );
    };
    let length = tcp.bytes().len() as u32;
    let mut pseudo = Vec::with_capacity(40);
    match (datagram.source, datagram.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            pseudo.extend(source.octets());
            pseudo.extend(destination.octets());
            pseudo.extend([0, PROTOCOL_TCP]);
            pseudo.extend((length as u16).to_be_bytes());
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            pseudo.extend(source.octets());
            pseudo.extend(destination.octets());
            pseudo.extend(length.to_be_bytes());
            pseudo.extend([0, 0, 0, PROTOCOL_TCP]);
        }
        _ => {}
    }
    let word = |pair: &[u8]| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]);
    for pair in pseudo.chunks(2) {
        add(word(pair), "pseudo", None);
    }
    for (index, pair) in tcp.bytes().chunks(2).enumerate() {
        let at = index * 2;
        if at == 16 {
            continue;
        }
        let part = match at {
            0..20 => "header",
            _ if at < tcp.header_len() => "options",
            _ => "payload",
        };
        add(word(pair), part, Some(header + at));
    }
    let mut folded = sum;
    while folded > 0xffff {
        folded = (folded & 0xffff) + (folded >> 16);
    }
    let complement = !(folded as u16);
    Data::object()
        .with("words", Data::List(words))
        .with("sum", sum)
        .with("folded", folded)
        .with("complement", complement)
        .with("stated", tcp.checksum)
        .with("ok", tcp.checksum_ok(datagram.source, datagram.destination))
}
