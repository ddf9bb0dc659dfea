//! Segments as short text: `S. 100 ack 301 len 5 win 1000 up 3 <mss 1460,sackOK>`.

use std::net::{IpAddr, SocketAddr};

use tcp::seq::Seq;
use tcp::wire::{
    Datagram, Envelope, Flags, OptionBuffer, SackBlock, SackBlocks, Segment, SegmentHeader,
    TcpOption, Timestamps, write_datagram,
};

/// A segment's numbers, read off a datagram or off text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seg {
    pub flags: Flags,
    pub seq: u32,
    pub ack: u32,
    pub window: u16,
    pub urgent: u16,
    /// As [`options_text`] prints them.
    pub options: String,
    pub payload: Vec<u8>,
}

impl Seg {
    /// Reads a datagram a stack sent; its checksums must hold.
    pub fn read(bytes: &[u8]) -> (Seg, IpAddr, IpAddr) {
        let datagram = Datagram::parse(bytes).expect("a whole datagram");
        assert!(datagram.header_checksum_ok());
        let segment = Segment::parse(datagram.payload).expect("a whole segment");
        assert!(segment.checksum_ok(datagram.source, datagram.destination));
        let seg = Seg {
            flags: segment.flags,
            seq: segment.seq.0,
            ack: segment.ack.0,
            window: segment.window,
            urgent: segment.urgent_pointer,
            options: options_text(&segment),
            payload: segment.payload().to_vec(),
        };
        (seg, datagram.source, datagram.destination)
    }

    /// `S. 100 ack 301 len 5`: what tests compare unless they ask for more.
    pub fn short(&self) -> String {
        let mut text = format!("{} {}", self.flags, self.seq);
        if self.flags.ack() {
            text += &format!(" ack {}", self.ack);
        }
        if !self.payload.is_empty() {
            text += &format!(" len {}", self.payload.len());
        }
        text
    }

    /// As much of it as `like` mentions, in its order.
    pub fn print_like(&self, like: &str) -> String {
        let mut text = self.short();
        if like.contains(" win ") {
            text += &format!(" win {}", self.window);
        }
        if like.contains(" up ") {
            text += &format!(" up {}", self.urgent);
        }
        if like.contains('<') {
            text += &format!(" <{}>", self.options);
        }
        text
    }
}

/// `mss 1460,sackOK,TS 5 0,nop,wscale 7,sack 1-2`.
fn options_text(segment: &Segment<'_>) -> String {
    let items: Vec<String> = segment
        .options()
        .map(|option| match option {
            TcpOption::EndOfList => "eol".into(),
            TcpOption::NoOperation => "nop".into(),
            TcpOption::MaximumSegmentSize(mss) => format!("mss {mss}"),
            TcpOption::WindowScale(shift) => format!("wscale {shift}"),
            TcpOption::SackPermitted => "sackOK".into(),
            TcpOption::Sack(blocks) => {
                let blocks: Vec<String> = blocks
                    .as_slice()
                    .iter()
                    .map(|b| format!("{}-{}", b.left.0, b.right.0))
                    .collect();
                format!("sack {}", blocks.join(" "))
            }
            TcpOption::Timestamps(t) => format!("TS {} {}", t.value, t.echo),
            TcpOption::Unknown { kind, .. } => format!("kind {kind}"),
            TcpOption::Illegal(illegal) => format!("illegal {}", illegal.kind),
        })
        .filter(|text| text != "nop" && text != "eol")
        .collect();
    items.join(",")
}

/// The datagram that `text` describes. Without `win` the window is 10 000; the
/// payload is `n % 251` by the low bits of its sequence number. `raw aabb` in
/// the options stands for bytes as they are.
pub fn datagram(text: &str, from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let (head, options) = match text.split_once('<') {
        Some((head, rest)) => (head, rest.trim_end().trim_end_matches('>')),
        None => (text, ""),
    };
    let words: Vec<&str> = head.split_whitespace().collect();
    let number = |name: &str| {
        words
            .iter()
            .position(|w| *w == name)
            .map(|at| words[at + 1].parse::<u32>().expect("a number"))
    };
    let flags = Flags::from_text(words[0]).expect("flags");
    let seq: u32 = words[1].parse().expect("a sequence number");
    let header = SegmentHeader {
        source_port: from.port(),
        destination_port: to.port(),
        seq: Seq(seq),
        ack: Seq(number("ack").unwrap_or(0)),
        flags,
        window: number("win").unwrap_or(10_000) as u16,
        urgent_pointer: number("up").unwrap_or(0) as u16,
    };
    let payload = bytes_at(seq, number("len").unwrap_or(0));
    let buffer = read_options(options);
    let mut out = Vec::new();
    write_datagram(
        &mut out,
        &Envelope::new(from.ip(), to.ip()),
        &header,
        &buffer,
        [&payload, &[]],
    )
    .expect("one family, not too long");
    out
}

/// The text that stands at `seq` in everything hand-built here.
pub fn bytes_at(seq: u32, len: u32) -> Vec<u8> {
    (0..len)
        .map(|n| (seq.wrapping_add(n) % 251) as u8)
        .collect()
}

fn read_options(text: &str) -> OptionBuffer {
    let mut buffer = OptionBuffer::EMPTY;
    for item in text.split(',').map(str::trim).filter(|i| !i.is_empty()) {
        let words: Vec<&str> = item.split_whitespace().collect();
        let n = |at: usize| words[at].parse::<u32>().expect("a number");
        let fits = match words[0] {
            "mss" => buffer.push(TcpOption::MaximumSegmentSize(n(1) as u16)),
            "wscale" => buffer.push(TcpOption::WindowScale(n(1) as u8)),
            "sackOK" => buffer.push(TcpOption::SackPermitted),
            "nop" => buffer.push(TcpOption::NoOperation),
            "eol" => buffer.push(TcpOption::EndOfList),
            "TS" => buffer.push(TcpOption::Timestamps(Timestamps {
                value: n(1),
                echo: n(2),
            })),
            "kind" => buffer.push(TcpOption::Unknown {
                kind: n(1) as u8,
                data: &[1, 2, 3],
            }),
            "sack" => {
                let blocks: Vec<SackBlock> = words[1..]
                    .iter()
                    .map(|block| {
                        let (left, right) = block.split_once('-').expect("a-b");
                        SackBlock {
                            left: Seq(left.parse().expect("a number")),
                            right: Seq(right.parse().expect("a number")),
                        }
                    })
                    .collect();
                buffer.push(TcpOption::Sack(SackBlocks::new(&blocks)))
            }
            other => panic!("no option {other}"),
        };
        assert!(fits, "too many options");
    }
    buffer
}
