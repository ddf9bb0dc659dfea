//! What can be done, as words: calls, segments, the link.

use core::net::IpAddr;

use tcp::settings::{Policy, Settings};
use tcp::state::State;
use tcp::wire::Flags;

use super::cursor::{self, Cursor, Parsed, number};
use super::{Meant, ParseError, ParseErrorKind};
use crate::recording::{Recorded, RecordedFate};
use crate::run::{
    Action, AddressName, Attack, Call, Edit, Endpoint, Firewall, Forged, Happening, HostId,
    LinkChange, Number, PortName, SegmentAct, SegmentName, SocketName, Unreachable, Variable,
};

const ACTION: Meant = Meant::Action;
const CALL: Meant = Meant::Call;

/// An action of a script or of a person.
pub(super) fn action(c: &mut Cursor<'_>) -> Parsed<Action> {
    if let Some(socket) = c.try_word(socket_name) {
        let fresh = c.take("new");
        return Ok(Action::Call {
            socket,
            fresh,
            call: call(c)?,
        });
    }
    if let Some((segment, act)) = segment_action(c)? {
        return Ok(Action::Segment { segment, act });
    }
    let unknown = c.expected(ACTION);
    Ok(match c.word(ACTION)? {
        "inject" => Action::Inject(forged(c)?),
        "sample" => Action::Attack(Attack::Sample {
            target: endpoint(c)?,
        }),
        "flood" => {
            let target = endpoint(c)?;
            let (count, interval) = times_every(c)?;
            Action::Attack(Attack::Flood {
                target,
                count,
                interval,
            })
        }
        "sweep" => sweep(c)?,
        "cut" => Action::Cut(c.direction()),
        "heal" => Action::Heal(c.direction()),
        "firewall" => {
            let direction = c.direction();
            Action::Firewall(direction, firewall(c)?)
        }
        "icmp" => Action::Icmp {
            segment: segment(c)?,
            error: unreachable(c)?,
        },
        "unplug" => Action::Unplug(c.host()?),
        "plug" => Action::Plug(c.host()?),
        "reboot" => Action::Reboot(c.host()?),
        "emit" => Action::Emit {
            host: c.host()?,
            datagram: c.must(Meant::Hex, bytes_of_hex)?,
        },
        "set" => {
            let host = c.try_word(cursor::host);
            let (name, value) = setting(c)?;
            Action::Set { host, name, value }
        }
        "link" => {
            let direction = c.direction();
            Action::Link {
                direction,
                changes: link_changes(c)?,
            }
        }
        _ => return Err(unknown),
    })
}

/// The action of a `when`: a bare call is meant for the socket that set it off.
pub(super) fn reaction(c: &mut Cursor<'_>, trigger: &SocketName) -> Parsed<Action> {
    if c.peek().is_some_and(is_call) {
        return Ok(Action::Call {
            socket: trigger.clone(),
            fresh: false,
            call: call(c)?,
        });
    }
    action(c)
}

const CALLS: [&str; 22] = [
    "bind",
    "listen",
    "passive-open",
    "connect",
    "accept",
    "send",
    "receive",
    "reading",
    "closing",
    "shutdown",
    "close",
    "abort",
    "status",
    "linger",
    "reuse-address",
    "no-delay",
    "keep-alive",
    "user-timeout",
    "receive-buffer",
    "send-buffer",
    "mss",
    "new",
];

fn is_call(word: &str) -> bool {
    CALLS.contains(&word)
}

fn call(c: &mut Cursor<'_>) -> Parsed<Call> {
    let unknown = c.expected(CALL);
    Ok(match c.word(CALL)? {
        "bind" => Call::Bind(c.number(Meant::Port)?),
        "listen" => Call::Listen {
            port: port_if_any(c)?,
            backlog: if c.take("backlog") {
                Some(c.number(Meant::Backlog)?)
            } else {
                None
            },
            accept_as: if c.take("as") {
                Some(c.must(Meant::Name, cursor::name)?)
            } else {
                None
            },
        },
        "passive-open" => Call::PassiveOpen {
            port: port_if_any(c)?,
            remote: if c.take("from") {
                Some(endpoint(c)?)
            } else {
                None
            },
        },
        "connect" => Call::Connect {
            remote: endpoint(c)?,
            local_port: if c.take("from") {
                Some(c.number(Meant::Port)?)
            } else {
                None
            },
        },
        "accept" => {
            if !c.take("as") {
                return Err(c.expected(Meant::AsName));
            }
            Call::Accept {
                accept_as: c.must(Meant::Name, cursor::name)?,
            }
        }
        "send" => {
            if c.next_is_quoted() {
                let text = c.quoted()?;
                let [push, urgent, more] = ["push", "urgent", "more"].map(|word| c.take(word));
                Call::SendText {
                    text,
                    push,
                    urgent,
                    more,
                }
            } else {
                let bytes = c.number(Meant::BytesOrText)?;
                let [push, urgent, more] = ["push", "urgent", "more"].map(|word| c.take(word));
                Call::Send {
                    bytes,
                    push,
                    urgent,
                    more,
                }
            }
        }
        "receive" => Call::Receive(if c.at_end() {
            None
        } else {
            Some(c.number(Meant::Bytes)?)
        }),
        "reading" => Call::Reading(c.on_off()?),
        "closing" => Call::Closing(c.on_off()?),
        "shutdown" => Call::Shutdown,
        "close" => Call::Close,
        "abort" => Call::Abort,
        "status" => Call::Status,
        "linger" => Call::Linger(c.time_or_off()?),
        "reuse-address" => Call::ReuseAddress(c.on_off()?),
        "no-delay" => Call::NoDelay(c.on_off()?),
        "keep-alive" => Call::KeepAlive(c.time_or_off()?),
        "user-timeout" => Call::UserTimeout(c.time_or_off()?),
        "receive-buffer" => Call::ReceiveBuffer(c.number(Meant::Bytes)?),
        "send-buffer" => Call::SendBuffer(c.number(Meant::Bytes)?),
        "mss" => Call::MaximumSegmentSize(c.number(Meant::Bytes)?),
        _ => return Err(unknown),
    })
}

fn port_if_any(c: &mut Cursor<'_>) -> Parsed<Option<u16>> {
    if c.peek()
        .is_some_and(|w| w.starts_with(|d: char| d.is_ascii_digit()))
    {
        c.number(Meant::Port).map(Some)
    } else {
        Ok(None)
    }
}

/// `drop A#3 P.` and its like; none if the next word is no such verb.
pub(super) fn segment_action(c: &mut Cursor<'_>) -> Parsed<Option<(SegmentName, SegmentAct)>> {
    const VERBS: [&str; 7] = [
        "drop",
        "delay",
        "hold",
        "release",
        "duplicate",
        "corrupt",
        "edit",
    ];
    let Some(verb) = c.try_word(|w| VERBS.iter().find(|v| **v == w)) else {
        return Ok(None);
    };
    let segment = segment(c)?;
    let act = match *verb {
        "drop" => SegmentAct::Drop,
        "delay" => SegmentAct::Delay(c.time()?),
        "hold" => SegmentAct::Hold,
        "release" => SegmentAct::Release,
        "duplicate" => SegmentAct::Duplicate(if c.take("after") {
            c.time()?
        } else {
            tcp::time::Duration::ZERO
        }),
        "corrupt" => {
            if !c.take("bit") {
                return Err(c.expected(Meant::BitNumber));
            }
            SegmentAct::Corrupt(c.number(Meant::Bit)?)
        }
        _ => SegmentAct::Edit(edits(c)?),
    };
    Ok(Some((segment, act)))
}

/// `A#3`, `attacker#1`, `link#2`, perhaps with flags.
pub(super) fn segment(c: &mut Cursor<'_>) -> Parsed<SegmentName> {
    let (origin, nth) = c.must(Meant::Segment, |w| {
        let (origin, nth) = w.split_once('#')?;
        let nth = u32::try_from(number(nth)?).ok().filter(|n| *n > 0)?;
        Some((cursor::origin(origin)?, nth))
    })?;
    let flags = c.try_word(Flags::from_text).map(|f| f.0);
    Ok(SegmentName { origin, nth, flags })
}

/// `A#3`.
pub(super) fn nth_of_host(word: &str) -> Option<(HostId, u32)> {
    let (host, nth) = word.split_once('#')?;
    let nth = u32::try_from(number(nth)?).ok().filter(|n| *n > 0)?;
    Some((cursor::host(host)?, nth))
}

/// `20ms arrives 40ms 4500… +1448`: when it was sent, what became of it, its bytes and how many are left out.
pub(super) fn recorded(c: &mut Cursor<'_>) -> Parsed<Recorded> {
    let sent = c.instant()?;
    let fate = if c.take("lost") {
        RecordedFate::Lost
    } else if c.take("arrives") {
        let at = c.instant()?;
        let corrupt = if c.take("bit") {
            Some(c.number(Meant::Bit)?)
        } else {
            None
        };
        let copy = if c.take("copy") {
            Some(c.instant()?)
        } else {
            None
        };
        RecordedFate::Arrives { at, corrupt, copy }
    } else {
        RecordedFate::Unknown
    };
    let bytes = c.must(Meant::Hex, bytes_of_hex)?;
    let filler = c.try_word(|w| number(w.strip_prefix('+')?));
    let filler = u16::try_from(filler.unwrap_or(0))
        .map_err(|_| c.error_back(ParseErrorKind::Range { what: Meant::Bytes }))?;
    Ok(Recorded {
        sent,
        fate,
        bytes,
        filler,
    })
}

fn edits(c: &mut Cursor<'_>) -> Parsed<Vec<Edit>> {
    const FIELD: Meant = Meant::Field;
    let mut edits = Vec::new();
    while !c.at_end() || edits.is_empty() {
        if c.take("payload") {
            edits.push(Edit::Payload(c.quoted()?));
            continue;
        }
        edits.push(c.must(FIELD, |w| {
            if w == "keep-checksum" {
                return Some(Edit::KeepChecksum);
            }
            let (field, value) = w.split_once('=')?;
            let small = || number(value).and_then(|v| u16::try_from(v).ok());
            Some(match field {
                "seq" => Edit::Seq(number_expression(value)?),
                "ack" => Edit::Ack(number_expression(value)?),
                "win" => Edit::Window(small()?),
                "flags" => Edit::Flags(Flags::from_text(value)?.0),
                "urg" => Edit::Urgent(small()?),
                "sport" => Edit::SourcePort(small()?),
                "dport" => Edit::DestinationPort(small()?),
                "mss" => Edit::Mss(small()?),
                _ => return None,
            })
        })?);
    }
    Ok(edits)
}

fn forged(c: &mut Cursor<'_>) -> Parsed<Forged> {
    let (source, destination) = c.must(Meant::TwoEnds, |w| {
        let (source, destination) = w.split_once('>')?;
        Some((endpoint_word(source)?, endpoint_word(destination)?))
    })?;
    let flags = c.must(Meant::FlagLetters, Flags::from_text)?.0;
    let mut forged = Forged {
        source,
        destination,
        flags,
        seq: Number::Absolute(0),
        ack: Number::Absolute(0),
        window: 65535,
        mss: None,
        payload: Vec::new(),
    };
    loop {
        if c.next_is_quoted() {
            forged.payload = c.quoted()?;
            continue;
        }
        let field = c.try_word(|w| {
            let (field, value) = w.split_once('=')?;
            match field {
                "seq" => forged.seq = number_expression(value)?,
                "ack" => forged.ack = number_expression(value)?,
                "win" => forged.window = u16::try_from(number(value)?).ok()?,
                "mss" => forged.mss = Some(u16::try_from(number(value)?).ok()?),
                _ => return None,
            }
            Some(())
        });
        if field.is_none() {
            if c.peek().is_some_and(|w| w.contains('=')) {
                return Err(c.expected(Meant::ForgedField));
            }
            return Ok(forged);
        }
    }
}

fn sweep(c: &mut Cursor<'_>) -> Parsed<Action> {
    let forged = forged(c)?;
    let (count, interval) = times_every(c)?;
    let mut steps = [0u32; 3];
    for (step, word) in steps.iter_mut().zip(["seq-step", "ack-step", "port-step"]) {
        if c.take(word) {
            *step = c.number(Meant::Step)?;
        }
    }
    let port_step = u16::try_from(steps[2])
        .map_err(|_| c.error_back(ParseErrorKind::Range { what: Meant::Step }))?;
    Ok(Action::Attack(Attack::Sweep {
        forged,
        count,
        interval,
        seq_step: steps[0],
        ack_step: steps[1],
        port_step,
    }))
}

fn times_every(c: &mut Cursor<'_>) -> Parsed<(u32, tcp::time::Duration)> {
    if !c.take("times") {
        return Err(c.expected(Meant::TimesNumber));
    }
    let count = c.number(Meant::Times)?;
    if !c.take("every") {
        return Err(c.expected(Meant::EveryTime));
    }
    Ok((count, c.time()?))
}

/// Bytes as pairs of hex digits.
fn bytes_of_hex(word: &str) -> Option<Vec<u8>> {
    if !word.len().is_multiple_of(2) || !word.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..word.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&word[at..at + 2], 16).ok())
        .collect()
}

/// `123`, `+5`, `-5`, `isn+64000`, `A.c.rcv_nxt+1`.
fn number_expression(word: &str) -> Option<Number> {
    if let Some(value) = number(word) {
        return u32::try_from(value).ok().map(Number::Absolute);
    }
    if word.starts_with(['+', '-']) {
        return offset(word).map(Number::Relative);
    }
    let at = word.find(['+', '-']).unwrap_or(word.len());
    // A socket's name may hold `-`: a minus only counts behind the variable.
    let at = if word.contains('.') {
        word.rfind(['+', '-'])
            .filter(|at| *at > word.rfind('.').unwrap_or(0))
            .unwrap_or(word.len())
    } else {
        at
    };
    let (base, rest) = word.split_at(at);
    let offset = if rest.is_empty() { 0 } else { offset(rest)? };
    if base == "isn" {
        return Some(Number::Sample(offset));
    }
    let (socket, variable) = base.rsplit_once('.')?;
    let variable = match variable {
        "snd_una" => Variable::SndUna,
        "snd_nxt" => Variable::SndNxt,
        "rcv_nxt" => Variable::RcvNxt,
        "iss" => Variable::Iss,
        "irs" => Variable::Irs,
        _ => return None,
    };
    Some(Number::Variable(socket_name(socket)?, variable, offset))
}

fn offset(word: &str) -> Option<i64> {
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let value = u32::try_from(number(digits)?).ok()?;
    Some(sign * i64::from(value))
}

/// `A.c1` or `B.s#2`.
pub(super) fn socket(c: &mut Cursor<'_>) -> Parsed<SocketName> {
    c.must(Meant::Socket, socket_name)
}

fn socket_name(word: &str) -> Option<SocketName> {
    let (host, rest) = word.split_once('.')?;
    let host = cursor::host(host)?;
    let (name, instance) = match rest.split_once('#') {
        Some((name, instance)) => (
            name,
            Some(u32::try_from(number(instance)?).ok().filter(|n| *n > 0)?),
        ),
        None => (rest, None),
    };
    Some(SocketName {
        host,
        name: cursor::name(name)?,
        instance,
    })
}

fn endpoint(c: &mut Cursor<'_>) -> Parsed<Endpoint> {
    c.must(Meant::Endpoint, endpoint_word)
}

fn endpoint_word(word: &str) -> Option<Endpoint> {
    let (address, port) = word.rsplit_once(':')?;
    let address = match address {
        "A" => AddressName::Host(HostId::A),
        "B" => AddressName::Host(HostId::B),
        "attacker" => AddressName::Attacker,
        _ => {
            let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
            let ip: IpAddr = bare.unwrap_or(address).parse().ok()?;
            // An IPv6 address without brackets would swallow the port.
            if ip.is_ipv6() != bare.is_some() {
                return None;
            }
            AddressName::Ip(ip)
        }
    };
    let port = if port == "newest" {
        PortName::Newest
    } else {
        PortName::Number(u16::try_from(number(port)?).ok()?)
    };
    Some(Endpoint { address, port })
}

/// What a `when` waits for.
pub(super) fn happening(c: &mut Cursor<'_>) -> Parsed<Happening> {
    const HAPPENING: Meant = Meant::Happening;
    let unknown = c.expected(HAPPENING);
    Ok(match c.word(HAPPENING)? {
        "established" => Happening::Established,
        "acceptable" => Happening::Acceptable,
        "accepted" => Happening::Accepted,
        "peer-closed" => Happening::PeerClosed,
        "readable" => {
            let digits = c
                .peek()
                .is_some_and(|w| w.starts_with(|d: char| d.is_ascii_digit()));
            // `readable 20ms` is no number: a time after it needs `after`.
            Happening::Readable(if digits { c.number(Meant::Bytes)? } else { 1 })
        }
        "sent" => Happening::Sent(c.number(Meant::Bytes)?),
        "ended" => Happening::Ended,
        "state" => Happening::State(c.must(Meant::State, |w| {
            State::ALL.into_iter().find(|s| s.name() == w)
        })?),
        _ => return Err(unknown),
    })
}

/// One or more properties of the link.
pub(super) fn link_changes(c: &mut Cursor<'_>) -> Parsed<Vec<LinkChange>> {
    const PROPERTY: Meant = Meant::LinkProperty;
    let mut changes = Vec::new();
    while !c.at_end() || changes.is_empty() {
        let unknown = c.expected(PROPERTY);
        changes.push(match c.word(PROPERTY)? {
            "latency" => LinkChange::Latency(c.time()?),
            "jitter" => LinkChange::Jitter(c.time()?),
            "bandwidth" => LinkChange::Bandwidth(c.must(Meant::Bandwidth, cursor::bandwidth)?),
            "queue" => LinkChange::Queue(c.number(Meant::Queue)?),
            "loss" => LinkChange::Loss(c.ratio()?),
            "duplicate" => LinkChange::Duplicate(c.ratio()?),
            "reorder" => LinkChange::Reorder(c.ratio()?, c.time()?),
            "corrupt" => LinkChange::Corrupt(c.ratio()?),
            "mtu" => LinkChange::Mtu(mtu(c)?),
            _ => return Err(unknown),
        });
    }
    Ok(changes)
}

/// At least what IPv4 asks of every link (RFC 791).
pub(super) fn mtu(c: &mut Cursor<'_>) -> Parsed<u16> {
    let mtu: u16 = c.number(Meant::Mtu)?;
    if mtu < 68 {
        Err(c.error_back(ParseErrorKind::Range { what: Meant::Mtu }))
    } else {
        Ok(mtu)
    }
}

/// What stands in the way.
pub(super) fn firewall(c: &mut Cursor<'_>) -> Parsed<Firewall> {
    const FIREWALL: Meant = Meant::Firewall;
    let unknown = c.expected(FIREWALL);
    Ok(match c.word(FIREWALL)? {
        "off" => Firewall::Off,
        "drop" => Firewall::Drop,
        "reject" => Firewall::Reject(if c.at_end() {
            Unreachable::Port
        } else {
            unreachable(c)?
        }),
        _ => return Err(unknown),
    })
}

fn unreachable(c: &mut Cursor<'_>) -> Parsed<Unreachable> {
    const ERROR: Meant = Meant::Unreachable;
    let unknown = c.expected(ERROR);
    Ok(match c.word(ERROR)? {
        "network" => Unreachable::Network,
        "host" => Unreachable::Host,
        "protocol" => Unreachable::Protocol,
        "port" => Unreachable::Port,
        "prohibited" => Unreachable::Prohibited,
        "too-big" => Unreachable::TooBig(mtu(c)?),
        _ => return Err(unknown),
    })
}

/// A setting's name and value, which is the rest of the line; the engine must take them.
pub(super) fn setting(c: &mut Cursor<'_>) -> Parsed<(String, String)> {
    let unknown_at = c.column();
    let name = String::from(c.word(Meant::Setting)?);
    let bad_name = ParseErrorKind::UnknownSetting { name: name.clone() };
    if name != "policy" && Settings::info(&name).is_none() {
        return Err(Box::new(ParseError {
            line: c.line,
            column: unknown_at,
            kind: bad_name,
        }));
    }
    let value_at = c.column();
    let mut value = String::from(c.word(Meant::Value)?);
    while let Some(word) = c.try_word(Some) {
        value.push(' ');
        value.push_str(word);
    }
    match Settings::new(Policy::Rfc).set(&name, &value) {
        Ok(()) => Ok((name, value)),
        Err(_) => Err(Box::new(ParseError {
            line: c.line,
            column: value_at,
            kind: ParseErrorKind::BadSetting { name, value },
        })),
    }
}
