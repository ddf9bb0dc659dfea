//! The socket under test as the script sees it: its addresses, and how the script's numbers map to those on the wire.
//!
//! Numbers in segments with SYN are absolute, in all others they count from
//! each side's initial sequence number; what the script calls the engine's
//! ISN stands for whatever the engine chose.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use tcp::event::SocketId;

use super::ast::{Direction, Ecn, Segment, TcpOption, flag};
use super::packet::Wire;

/// How far the script has brought the socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// `socket()` only.
    Fresh,
    /// `listen()`: the next packet begets a child.
    Listening,
    /// A packet was injected that had no socket of its own yet.
    PacketReceived,
    /// The SYN-ACK was expected.
    SynAckSent,
    /// An ACK was injected after that.
    SynAckAcked,
    /// `connect()`.
    Connecting,
    /// The SYN was expected.
    SynSent,
    /// A SYN of the other end was injected after that.
    SynAcked,
}

/// The socket under test.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub stage: Stage,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// The engine's socket, where a call named it.
    pub socket: Option<SocketId>,
    script_local_isn: u32,
    live_local_isn: u32,
    live_remote_isn: u32,
    /// Timestamp of the script → on the wire.
    timestamps: BTreeMap<u32, u32>,
    /// The first pair of them.
    first_timestamp: Option<(u32, u32)>,
}

/// The byte at a place of either stream; places count from 1, as the script's numbers do.
pub(super) fn pattern(place: u32) -> u8 {
    (place % 251) as u8
}

impl Subject {
    pub(super) fn new(stage: Stage, local: SocketAddr, remote: SocketAddr) -> Subject {
        Subject {
            stage,
            local,
            remote,
            socket: None,
            script_local_isn: 0,
            live_local_isn: 0,
            live_remote_isn: 0,
            timestamps: BTreeMap::new(),
            first_timestamp: None,
        }
    }

    /// A child for a packet that no connection awaits.
    pub(super) fn child(local: SocketAddr, remote: SocketAddr, segment: &Segment) -> Subject {
        let mut child = Subject::new(Stage::PacketReceived, local, remote);
        child.live_remote_isn = segment.seq.unwrap_or(0);
        child
    }

    /// A SYN to a place where nothing is.
    pub(super) fn begin_anew(&mut self, segment: &Segment) {
        self.live_remote_isn = segment.seq.unwrap_or(0);
        self.live_local_isn = 0;
        self.script_local_isn = 0;
        self.stage = Stage::PacketReceived;
    }

    /// Whether a packet the engine sent belongs to this socket.
    pub(super) fn sends(&self, wire: &Wire) -> bool {
        wire.source == (self.local.ip(), self.local.port())
            && wire.destination == (self.remote.ip(), self.remote.port())
    }

    /// The wire form of a line `<`.
    pub(super) fn inbound(&mut self, segment: &Segment) -> Wire {
        let has = |bit| segment.flags & bit != 0;
        match self.stage {
            Stage::SynAckSent if has(flag::ACK) => self.stage = Stage::SynAckAcked,
            Stage::SynSent if has(flag::SYN) => {
                self.stage = Stage::SynAcked;
                self.live_remote_isn = segment.seq.unwrap_or(0);
            }
            _ => {}
        }
        let syn = has(flag::SYN);
        let (seq_offset, ack_offset) = if syn {
            (0, self.live_local_isn.wrapping_sub(self.script_local_isn))
        } else {
            (self.live_remote_isn, self.live_local_isn)
        };
        let seq = segment.seq.unwrap_or(0).wrapping_add(seq_offset);
        let first = seq
            .wrapping_sub(self.live_remote_isn)
            .wrapping_add(u32::from(syn));
        let options = segment.options.iter().flatten().map(|option| match option {
            TcpOption::Sack(blocks) => TcpOption::Sack(
                blocks
                    .iter()
                    .map(|(left, right)| {
                        (
                            left.wrapping_add(ack_offset),
                            right.wrapping_add(ack_offset),
                        )
                    })
                    .collect(),
            ),
            TcpOption::Timestamps { value, echo } if has(flag::ACK) => TcpOption::Timestamps {
                value: *value,
                echo: self.live_timestamp(*echo),
            },
            other => other.clone(),
        });
        let (local_port, remote_port) = match segment.ports {
            Some((source, destination)) => (destination, source),
            None => (self.local.port(), self.remote.port()),
        };
        Wire {
            source: (self.remote.ip(), remote_port),
            destination: (self.local.ip(), local_port),
            tos: segment.ip.tos.unwrap_or(match segment.ip.ecn {
                Some(Ecn::Bits(bits)) => bits,
                _ => 0,
            }),
            ttl: segment.ip.ttl.unwrap_or(255),
            flags: segment.flags,
            seq,
            ack: match segment.ack {
                Some(ack) if has(flag::ACK) => ack.wrapping_add(ack_offset),
                Some(ack) => ack,
                None if has(flag::ACK) => ack_offset,
                None => 0,
            },
            window: segment.window.unwrap_or(0),
            urgent: segment.urgent.unwrap_or(0),
            options: options.collect(),
            payload: (0..u32::from(segment.len))
                .map(|at| pattern(first.wrapping_add(at)))
                .collect(),
        }
    }

    fn live_timestamp(&self, script: u32) -> u32 {
        if let Some(live) = self.timestamps.get(&script) {
            return *live;
        }
        match self.first_timestamp {
            Some((first_script, first_live)) => {
                script.wrapping_sub(first_script).wrapping_add(first_live)
            }
            None => script,
        }
    }

    /// A packet of the engine in the numbers of the line `>` that expects it.
    pub(super) fn outbound(&mut self, live: &Wire, expected: &Segment) -> Wire {
        let wants_syn = expected.flags & flag::SYN != 0;
        if wants_syn && let Some(seq) = expected.seq {
            self.script_local_isn = seq;
            self.stage = match self.stage {
                Stage::Connecting => Stage::SynSent,
                Stage::PacketReceived => Stage::SynAckSent,
                stage => stage,
            };
        }
        let syn = live.flags & flag::SYN != 0;
        if syn {
            self.live_local_isn = live.seq;
        }
        let (seq_offset, ack_offset) = if syn {
            (self.live_local_isn.wrapping_sub(self.script_local_isn), 0)
        } else {
            (self.live_local_isn, self.live_remote_isn)
        };
        let expected_timestamp =
            expected
                .options
                .iter()
                .flatten()
                .find_map(|option| match option {
                    TcpOption::Timestamps { value, .. } => Some(*value),
                    _ => None,
                });
        let mut wire = live.clone();
        wire.seq = live.seq.wrapping_sub(seq_offset);
        if live.flags & flag::ACK != 0 {
            wire.ack = live.ack.wrapping_sub(ack_offset);
        }
        for option in &mut wire.options {
            match option {
                TcpOption::Sack(blocks) => {
                    for (left, right) in blocks {
                        *left = left.wrapping_sub(ack_offset);
                        *right = right.wrapping_sub(ack_offset);
                    }
                }
                TcpOption::Timestamps { value, .. } => {
                    let live = *value;
                    if let Some(script) = expected_timestamp {
                        self.timestamps.insert(script, live);
                        self.first_timestamp.get_or_insert((script, live));
                    }
                    if let Some((first_script, first_live)) = self.first_timestamp {
                        *value = live.wrapping_sub(first_live).wrapping_add(first_script);
                    }
                }
                _ => {}
            }
        }
        wire
    }

    /// The place in the engine's stream at which the payload of a live packet begins; 1 is its first byte.
    pub(super) fn stream_place(&self, live: &Wire) -> u32 {
        live.seq
            .wrapping_sub(self.live_local_isn)
            .wrapping_add(u32::from(live.flags & flag::SYN != 0))
    }

    /// The segment that an ICMP message about this socket quotes.
    pub(super) fn quoted(&self, seq: u32, ttl: u8) -> Wire {
        Wire {
            source: (self.local.ip(), self.local.port()),
            destination: (self.remote.ip(), self.remote.port()),
            tos: 0,
            ttl,
            flags: flag::ACK,
            seq: seq.wrapping_add(self.live_local_isn),
            ack: 0,
            window: 0,
            urgent: 0,
            options: Vec::new(),
            payload: Vec::new(),
        }
    }
}

/// What differs between an expected segment and what the engine sent; script numbers on both sides.
pub(super) fn difference(
    expected: &Segment,
    actual: &Wire,
    timestamp_tick_us: u64,
    tolerance_us: u64,
) -> Option<String> {
    debug_assert_eq!(expected.direction, Direction::Outbound);
    let differs = |name: &str, expected: u64, actual: u64| {
        (expected != actual).then(|| format!("{name}: expected {expected}, got {actual}"))
    };
    let bits = [
        (flag::SYN, "SYN"),
        (flag::RST, "RST"),
        (flag::FIN, "FIN"),
        (flag::ACK, "ACK"),
        (flag::PSH, "PSH"),
        (flag::URG, "URG"),
        (flag::ECE, "ECE"),
        (flag::CWR, "CWR"),
        (flag::AE, "AE"),
    ];
    for (bit, name) in bits {
        let (wanted, got) = (expected.flags & bit != 0, actual.flags & bit != 0);
        if wanted != got {
            let set = |on| if on { "set" } else { "clear" };
            return Some(format!(
                "{name}: expected {}, got {}",
                set(wanted),
                set(got)
            ));
        }
    }
    if let Some(seq) = expected.seq
        && let Some(text) = differs("sequence number", seq.into(), actual.seq.into())
    {
        return Some(text);
    }
    differs(
        "length of the payload",
        expected.len.into(),
        actual.payload.len() as u64,
    )
    .or_else(|| {
        differs(
            "acknowledgement number",
            expected.ack.unwrap_or(0).into(),
            actual.ack.into(),
        )
    })
    .or_else(|| differs("window", expected.window?.into(), actual.window.into()))
    .or_else(|| {
        differs(
            "urgent pointer",
            expected.urgent.unwrap_or(0).into(),
            actual.urgent.into(),
        )
    })
    .or_else(|| {
        let list = expected.options.as_ref()?;
        options_difference(list, &actual.options, timestamp_tick_us, tolerance_us)
    })
    .or_else(|| match expected.ip.ecn? {
        Ecn::Bits(bits) => differs("ECN bits", bits.into(), (actual.tos & 3).into()),
        Ecn::Either => {
            (!matches!(actual.tos & 3, 1 | 2)).then(|| "ECN bits: expected ECT".to_owned())
        }
    })
    .or_else(|| {
        differs(
            "type of service",
            expected.ip.tos?.into(),
            actual.tos.into(),
        )
    })
    .or_else(|| differs("time to live", expected.ip.ttl?.into(), actual.ttl.into()))
}

fn options_difference(
    expected: &[TcpOption],
    actual: &[TcpOption],
    timestamp_tick_us: u64,
    tolerance_us: u64,
) -> Option<String> {
    use super::parse_packet::encoded_length;
    let length: usize = expected.iter().map(encoded_length).sum();
    // A list that does not fill a 32-bit word leaves the padding to the sender.
    let actual = if length.is_multiple_of(4) {
        actual
    } else {
        let end = actual
            .iter()
            .rposition(|o| !matches!(o, TcpOption::EndOfList | TcpOption::NoOperation))
            .map_or(0, |at| at + 1)
            .max(expected.len().min(actual.len()));
        &actual[..end]
    };
    let same = expected.len() == actual.len()
        && expected.iter().zip(actual).all(|pair| match pair {
            (
                TcpOption::Timestamps { value, echo },
                TcpOption::Timestamps {
                    value: actual_value,
                    echo: actual_echo,
                },
            ) => {
                let off = (actual_value.wrapping_sub(*value) as i32).unsigned_abs();
                let near =
                    timestamp_tick_us == 0 || u64::from(off) * timestamp_tick_us <= tolerance_us;
                near && echo == actual_echo
            }
            (expected, actual) => expected == actual,
        });
    (!same).then(|| "TCP options differ".to_owned())
}

/// Type, code and the rest of the header of an ICMP message; the names of both versions.
pub(super) fn icmp_numbers(
    kind: &str,
    code: Option<&str>,
    mtu: Option<u32>,
    remote: IpAddr,
) -> Option<(u8, u8, u32)> {
    let code = code.unwrap_or("");
    let plain = |names: &[(&str, u8)]| {
        if code.is_empty() {
            return Some(0);
        }
        if let Some(number) = code.strip_prefix("code_") {
            return number.parse().ok();
        }
        names
            .iter()
            .find(|(name, _)| *name == code)
            .map(|(_, number)| *number)
    };
    if let Some(number) = kind.strip_prefix("type_") {
        return Some((number.parse().ok()?, plain(&[])?, mtu.unwrap_or(0)));
    }
    if remote.is_ipv6() {
        let (kind, code) = match kind {
            "echo_request" => (128, plain(&[])?),
            "echo_reply" => (129, plain(&[])?),
            "unreachable" => (
                1,
                plain(&[
                    ("no_route", 0),
                    ("net_unreachable", 0),
                    ("admin_prohibited", 1),
                    ("not_neighbour", 2),
                    ("beyond_scope", 2),
                    ("addr_unreachable", 3),
                    ("address_unreachable", 3),
                    ("host_unreachable", 3),
                    ("port_unreachable", 4),
                    ("policy_fail", 5),
                    ("reject_route", 6),
                ])?,
            ),
            "packet_too_big" => (2, plain(&[])?),
            "time_exceeded" => (
                3,
                plain(&[
                    ("exceed_hopcount", 0),
                    ("exceeded_hop_limit", 0),
                    ("hop_limit_exceeded", 0),
                    ("ttl_exceeded_in_transit", 0),
                    ("exceed_reassembly", 1),
                    ("exceeded_frag_time", 1),
                    ("frag_reass_exceeded", 1),
                ])?,
            ),
            "parameter_problem" => (
                4,
                plain(&[
                    ("erroneous_header_field", 0),
                    ("header_field", 0),
                    ("unknown_next_header", 1),
                    ("unknown_ipv6_option", 2),
                    ("unknown_option", 2),
                ])?,
            ),
            _ => return None,
        };
        return Some((kind, code, mtu.unwrap_or(0)));
    }
    let (kind, code) = match kind {
        "unreachable" => (
            3,
            plain(&[
                ("net_unreachable", 0),
                ("host_unreachable", 1),
                ("protocol_unreachable", 2),
                ("port_unreachable", 3),
                ("frag_needed", 4),
                ("source_route_failed", 5),
                ("net_unknown", 6),
                ("host_unknown", 7),
                ("source_host_isolated", 8),
                ("net_prohibited", 9),
                ("host_prohibited", 10),
                ("net_unreachable_for_tos", 11),
                ("host_unreachable_for_tos", 12),
                ("packet_filtered", 13),
                ("precedence_violation", 14),
                ("precedence_cutoff", 15),
            ])?,
        ),
        "echo_reply" => (0, plain(&[])?),
        "echo_request" => (8, plain(&[])?),
        "timestamp_request" => (13, plain(&[])?),
        "timestamp_reply" => (14, plain(&[])?),
        "information_request" => (15, plain(&[])?),
        "information_reply" => (16, plain(&[])?),
        "address_mask_request" => (17, plain(&[])?),
        "address_mask_reply" => (18, plain(&[])?),
        "source_quench" => (4, plain(&[])?),
        "redirect" => (5, plain(&[("net", 0), ("host", 1)])?),
        "time_exceeded" => (
            11,
            plain(&[("ttl_exceeded_in_transit", 0), ("frag_reass_exceeded", 1)])?,
        ),
        "parameter_problem" => (12, plain(&[("pointer", 0)])?),
        _ => return None,
    };
    Some((kind, code, mtu.unwrap_or(0) & 0xffff))
}
