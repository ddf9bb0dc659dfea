//! What the page asks for becomes an action of the world; and what may be
//! asked for now, with the reason why the rest may not.

use sim::history::{HostSnapshot, Snapshot};
use sim::run::{
    Action, AddressName, Call, Direction, Edit, Endpoint, Firewall, Forged, HostId, Number,
    PortName, SegmentAct, SegmentName, SocketName, Unreachable,
};
use sim::trace::{Place, RecordId, Sent, Trace};
use tcp::time::Duration;
use tcp::wire::Flags;

use crate::data::{Data, Failure, Request};

/// Where the server of the catalogue's scenarios listens.
const SERVER_PORT: u16 = 8080;

/// What actions are about: the world at the playback time.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What has happened.
    pub trace: &'a Trace,
    /// Hosts, and what is in flight.
    pub snapshot: &'a Snapshot,
}

type Answer<T> = Result<T, Failure>;

/// Reads an action object of the page.
///
/// # Errors
/// `unknown-action`, `missing` or `bad-value` (of `name`), `no-socket`, `not-in-flight`, `not-nameable`, `bad-setting`.
pub fn action(request: &dyn Request, scene: Scene<'_>) -> Answer<Action> {
    let kind = request.text("kind").unwrap_or_default();
    Ok(match kind.as_str() {
        "listen" | "open-passive" | "connect" | "accept" | "send" | "receive" | "reading"
        | "shutdown" | "close" | "abort" | "status" | "option" => {
            return call(&kind, request, scene);
        }
        "unplug" => Action::Unplug(host(request, "host")?),
        "plug" => Action::Plug(host(request, "host")?),
        "reboot" => Action::Reboot(host(request, "host")?),
        "set" => {
            let name = text(request, "name")?;
            let value = text(request, "value")?;
            // The engine's own table says whether it would take it.
            let host = host(request, "host")?;
            let mut settings = scene.snapshot.hosts[host.index()].settings.clone();
            if settings.set(&name, &value).is_err() {
                return Err(bad_setting(&name, &value));
            }
            Action::Set {
                host: Some(host),
                name,
                value,
            }
        }
        "link" => {
            let direction = direction(request)?;
            let (name, value) = (text(request, "name")?, text(request, "value")?);
            let changes = link_change(&name, &value).ok_or_else(|| bad_setting(&name, &value))?;
            Action::Link { direction, changes }
        }
        "cut" => Action::Cut(direction(request)?),
        "heal" => Action::Heal(direction(request)?),
        "firewall" => {
            let mode = text(request, "mode")?;
            let firewall = match mode.as_str() {
                "off" => Firewall::Off,
                "drop" => Firewall::Drop,
                "reject" => Firewall::Reject(Unreachable::Prohibited),
                _ => return Err(bad_value("mode")),
            };
            // It stands before the host: what goes there meets it.
            let host = host(request, "host")?;
            Action::Firewall(Some(Direction::from(host.other())), firewall)
        }
        "unreachable" => Action::Icmp {
            segment: segment(request, scene)?,
            error: Unreachable::Host,
        },
        "drop" => on_segment(request, scene, SegmentAct::Drop)?,
        "hold" => on_segment(request, scene, SegmentAct::Hold)?,
        "release" => on_segment(request, scene, SegmentAct::Release)?,
        "duplicate" => {
            let after = micros(request, "by_us")?.unwrap_or(Duration::from_millis(10));
            on_segment(request, scene, SegmentAct::Duplicate(after))?
        }
        "delay" => {
            let by = micros(request, "by_us")?.ok_or_else(|| missing("by_us"))?;
            on_segment(request, scene, SegmentAct::Delay(by))?
        }
        "corrupt" => {
            let bit = whole(request, "bit", u32::MAX.into())?.ok_or_else(|| missing("bit"))?;
            on_segment(request, scene, SegmentAct::Corrupt(bit as u32))?
        }
        "edit" => on_segment(request, scene, SegmentAct::Edit(edits(request)?))?,
        "inject" => Action::Inject(forged(request, scene)?),
        _ => return Err(Failure::new("unknown-action").about("kind", kind)),
    })
}

// ---- reading fields ----

fn missing(name: &'static str) -> Failure {
    Failure::new("missing").about("name", name)
}

fn bad_value(name: &'static str) -> Failure {
    Failure::new("bad-value").about("name", name)
}

fn bad_setting(name: &str, value: &str) -> Failure {
    Failure::new("bad-setting")
        .about("name", name.to_owned())
        .about("value", value.to_owned())
}

fn text(request: &dyn Request, name: &'static str) -> Answer<String> {
    request.text(name).ok_or_else(|| missing(name))
}

/// A whole number from 0 to `most`, if there is one of this name.
fn whole(request: &dyn Request, name: &'static str, most: u64) -> Answer<Option<u64>> {
    match request.number(name) {
        None => Ok(None),
        Some(number) if number >= 0.0 && number <= most as f64 && number.trunc() == number => {
            Ok(Some(number as u64))
        }
        Some(_) => Err(bad_value(name)),
    }
}

/// The latest moment a number of JavaScript can name exactly.
const MICROS_MAX: u64 = 1 << 53;

fn micros(request: &dyn Request, name: &'static str) -> Answer<Option<Duration>> {
    Ok(whole(request, name, MICROS_MAX)?.map(Duration::from_micros))
}

fn port(request: &dyn Request, name: &'static str) -> Answer<Option<u16>> {
    Ok(whole(request, name, u16::MAX.into())?.map(|port| port as u16))
}

fn host(request: &dyn Request, name: &'static str) -> Answer<HostId> {
    match text(request, name)?.as_str() {
        "A" => Ok(HostId::A),
        "B" => Ok(HostId::B),
        _ => Err(bad_value(name)),
    }
}

fn direction(request: &dyn Request) -> Answer<Option<Direction>> {
    match request.text("direction").as_deref() {
        None | Some("both") => Ok(None),
        Some("a-to-b") => Ok(Some(Direction::AToB)),
        Some("b-to-a") => Ok(Some(Direction::BToA)),
        Some(_) => Err(bad_value("direction")),
    }
}

fn flags(text: &str) -> Answer<u8> {
    Flags::from_text(text)
        .map(|flags| flags.0)
        .ok_or_else(|| bad_value("flags"))
}

// ---- calls ----

fn call(kind: &str, request: &dyn Request, scene: Scene<'_>) -> Answer<Action> {
    let host = host(request, "host")?;
    let at = &scene.snapshot.hosts[host.index()];
    let number = whole(request, "socket", u32::MAX.into())?.unwrap_or(0) as u32;
    let call = match kind {
        "listen" => Call::Listen {
            port: Some(port(request, "port")?.unwrap_or(SERVER_PORT)),
            backlog: whole(request, "backlog", u32::MAX.into())?.map(|n| n as u32),
            accept_as: match request.flag("accept") {
                Some(false) => None,
                _ => Some(fresh_name(at, 's')),
            },
        },
        "open-passive" => Call::PassiveOpen {
            port: Some(port(request, "port")?.unwrap_or(SERVER_PORT)),
            remote: None,
        },
        "connect" => Call::Connect {
            remote: Endpoint {
                address: AddressName::Host(host.other()),
                port: PortName::Number(port(request, "port")?.unwrap_or(SERVER_PORT)),
            },
            local_port: port(request, "local_port")?.filter(|port| *port != 0),
        },
        "accept" => Call::Accept {
            accept_as: fresh_name(at, 's'),
        },
        "send" => {
            let push = request.flag("push").unwrap_or(true);
            let urgent = request.flag("urgent").unwrap_or(false);
            match request.text("text") {
                Some(text) => Call::SendText {
                    text: text.into_bytes(),
                    push,
                    urgent,
                },
                None => {
                    let bytes = whole(request, "bytes", SEND_MAX)?.unwrap_or(100) as u32;
                    Call::Send {
                        bytes,
                        push,
                        urgent,
                    }
                }
            }
        }
        "receive" => Call::Receive(whole(request, "bytes", u32::MAX.into())?.map(|n| n as u32)),
        "reading" => Call::Reading(request.flag("on").ok_or_else(|| missing("on"))?),
        "shutdown" => Call::Shutdown,
        "close" => Call::Close,
        "abort" => Call::Abort,
        "status" => Call::Status,
        _ => option(request)?,
    };
    let fresh = number == 0 && matches!(kind, "listen" | "open-passive" | "connect");
    let socket = if fresh {
        let letter = if kind == "connect" { 'c' } else { 'l' };
        SocketName {
            host,
            name: fresh_name(at, letter),
            instance: None,
        }
    } else {
        socket_name(at, number)?
    };
    Ok(Action::Call {
        socket,
        fresh,
        call,
    })
}

/// What one SEND may hand over; more is not seen better, and every byte is simulated.
const SEND_MAX: u64 = 16 << 20;

fn option(request: &dyn Request) -> Answer<Call> {
    let name = text(request, "name")?;
    let value = text(request, "value")?;
    let bad = || bad_setting(&name, &value);
    let switch = || match value.as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(bad()),
    };
    let number = |most: u32| {
        value
            .parse::<u32>()
            .ok()
            .filter(|n| *n <= most)
            .ok_or_else(bad)
    };
    let time_or_off = || match value.as_str() {
        "off" => Ok(None),
        _ => Duration::from_text(&value).map(Some).ok_or_else(bad),
    };
    Ok(match name.as_str() {
        "linger" => Call::Linger(time_or_off()?),
        "reuse-address" => Call::ReuseAddress(switch()?),
        "no-delay" => Call::NoDelay(switch()?),
        "keep-alive" => Call::KeepAlive(time_or_off()?),
        "user-timeout" => Call::UserTimeout(time_or_off()?),
        "receive-buffer" => Call::ReceiveBuffer(number(u32::MAX)?),
        "send-buffer" => Call::SendBuffer(number(u32::MAX)?),
        "mss" => Call::MaximumSegmentSize(number(u16::MAX.into())? as u16),
        _ => return Err(bad()),
    })
}

/// The script's name of a socket.
fn socket_name(host: &HostSnapshot, number: u32) -> Answer<SocketName> {
    host.names
        .iter()
        .find(|named| named.socket == number)
        .map(|named| SocketName {
            host: host.host,
            name: named.name.clone(),
            instance: Some(named.instance),
        })
        .ok_or_else(|| Failure::new("no-socket").about("socket", number))
}

/// The first of `c1`, `c2` … that no socket of the host has had.
fn fresh_name(host: &HostSnapshot, letter: char) -> String {
    let mut number = 1;
    loop {
        let mut name = String::from(letter);
        view::text::push_number(&mut name, number);
        if !host.names.iter().any(|named| named.name == name) {
            return name;
        }
        number += 1;
    }
}

// ---- the link ----

/// `latency`, `jitter`, `bandwidth`, `queue`, `loss`, `duplicate`, `reorder`, `corrupt`, `mtu`, as the run format writes them.
fn link_change(name: &str, value: &str) -> Option<Vec<sim::run::LinkChange>> {
    // The run format's own reader knows the spellings: a run of one line.
    let mut text = String::from("tcp-playground 1\ndo 0us link ");
    text.push_str(name);
    text.push(' ');
    text.push_str(value);
    if name.contains('\n') || value.contains('\n') {
        return None;
    }
    let mut run = sim::text::parse(&text).ok()?;
    match run.interventions.pop()?.action {
        Action::Link {
            direction: None,
            changes,
        } if changes.len() == 1 => Some(changes),
        _ => None,
    }
}

// ---- segments ----

/// The record of the sending that `id` is about.
fn sent(request: &dyn Request, scene: Scene<'_>) -> Answer<Sent> {
    let id = whole(request, "id", u32::MAX.into())?.ok_or_else(|| missing("id"))?;
    scene
        .trace
        .sent(RecordId(id as u32))
        .ok_or_else(|| Failure::new("unknown-record").about("id", id))
}

/// The segment's name, if it is in flight now and has one.
fn segment(request: &dyn Request, scene: Scene<'_>) -> Answer<SegmentName> {
    let sent = sent(request, scene)?;
    match grabbable(&sent, scene) {
        None => Ok(SegmentName {
            host: if sent.place == Place::A {
                HostId::A
            } else {
                HostId::B
            },
            nth: sent.nth,
            flags: sent.tcp.then_some(sent.flags),
        }),
        Some(why) => Err(Failure::new(why).about("id", sent.send.0)),
    }
}

/// Why a segment cannot be grabbed; none if it can.
fn grabbable(sent: &Sent, scene: Scene<'_>) -> Option<&'static str> {
    if sent.time > scene.snapshot.time {
        Some("not-sent-yet")
    } else if !scene
        .snapshot
        .in_flight
        .iter()
        .any(|flight| flight.send == sent.send)
    {
        match sent.fate.and_then(|fate| scene.trace.record(fate)) {
            Some(fate) if fate.place == Place::Link => Some("already-lost"),
            _ => Some("already-delivered"),
        }
    } else if !matches!(sent.place, Place::A | Place::B) {
        Some("not-nameable")
    } else {
        None
    }
}

fn on_segment(request: &dyn Request, scene: Scene<'_>, act: SegmentAct) -> Answer<Action> {
    Ok(Action::Segment {
        segment: segment(request, scene)?,
        act,
    })
}

fn edits(request: &dyn Request) -> Answer<Vec<Edit>> {
    let mut edits = Vec::new();
    if let Some(number) = seq(request, "seq")? {
        edits.push(Edit::Seq(number));
    }
    if let Some(number) = seq(request, "ack")? {
        edits.push(Edit::Ack(number));
    }
    if let Some(window) = port(request, "window")? {
        edits.push(Edit::Window(window));
    }
    if let Some(text) = request.text("flags") {
        edits.push(Edit::Flags(flags(&text)?));
    }
    if let Some(urgent) = port(request, "urgent_pointer")? {
        edits.push(Edit::Urgent(urgent));
    }
    if let Some(number) = port(request, "source_port")? {
        edits.push(Edit::SourcePort(number));
    }
    if let Some(number) = port(request, "destination_port")? {
        edits.push(Edit::DestinationPort(number));
    }
    if let Some(mss) = port(request, "mss")? {
        edits.push(Edit::Mss(mss));
    }
    if let Some(payload) = request.text("payload") {
        edits.push(Edit::Payload(payload.into_bytes()));
    }
    if request.flag("keep_checksum") == Some(true) {
        edits.push(Edit::KeepChecksum);
    }
    if edits.is_empty() {
        return Err(missing("seq"));
    }
    Ok(edits)
}

fn seq(request: &dyn Request, name: &'static str) -> Answer<Option<Number>> {
    Ok(whole(request, name, u32::MAX.into())?.map(|number| Number::Absolute(number as u32)))
}

/// A segment for a host's newest connection, as the other end would send it unless fields say otherwise.
fn forged(request: &dyn Request, scene: Scene<'_>) -> Answer<Forged> {
    let to = host(request, "to")?;
    let status = connection(&scene.snapshot.hosts[to.index()]);
    let source_port = match port(request, "source_port")? {
        Some(number) => number,
        None => status
            .and_then(|s| s.remote)
            .map_or(SERVER_PORT, |remote| remote.port()),
    };
    let destination_port = match port(request, "destination_port")? {
        Some(number) => number,
        None => status
            .and_then(|s| s.local)
            .map_or(SERVER_PORT, |local| local.port()),
    };
    let default = |number: Option<u32>| Number::Absolute(number.unwrap_or(0));
    Ok(Forged {
        source: Endpoint {
            address: AddressName::Host(to.other()),
            port: PortName::Number(source_port),
        },
        destination: Endpoint {
            address: AddressName::Host(to),
            port: PortName::Number(destination_port),
        },
        flags: match request.text("flags") {
            Some(text) => flags(&text)?,
            None => Flags::RST.0,
        },
        seq: seq(request, "seq")?.unwrap_or_else(|| default(status.map(|s| s.rcv_nxt.0))),
        ack: seq(request, "ack")?.unwrap_or_else(|| default(status.map(|s| s.snd_nxt.0))),
        window: port(request, "window")?.unwrap_or(u16::MAX),
        mss: port(request, "mss")?,
        payload: request.text("payload").unwrap_or_default().into_bytes(),
    })
}

/// The connection of a host that a forged segment would be for: the youngest that has two ends.
fn connection(host: &HostSnapshot) -> Option<&tcp::status::Status> {
    host.statuses
        .iter()
        .rev()
        .find(|status| status.remote.is_some())
}

// ---- offers ----

/// What can be done at a host now, and why the rest cannot.
#[must_use]
pub fn host_offers(host: HostId, scene: Scene<'_>) -> Data {
    let at = &scene.snapshot.hosts[host.index()];
    let mut offers = Vec::new();
    let place = || Data::object().with("host", host.id());
    let unplugged = (!at.plugged).then_some("unplugged");
    let listen = place().with("kind", "listen").with("port", SERVER_PORT);
    offers.push(offer(
        listen,
        unplugged.or_else(|| listening(at).then_some("address-in-use")),
    ));
    offers.push(offer(
        place().with("kind", "connect").with("port", SERVER_PORT),
        unplugged,
    ));
    for status in &at.statuses {
        if status.kind == tcp::status::SocketKind::Idle {
            continue;
        }
        let socket = status.socket.0;
        let nameless = !at.names.iter().any(|named| named.socket == socket);
        for kind in ["accept", "send", "receive", "shutdown", "close", "abort"] {
            let listener = status.kind == tcp::status::SocketKind::Listener;
            if listener == matches!(kind, "send" | "receive" | "shutdown")
                || (kind == "accept") != listener && kind == "accept"
            {
                continue;
            }
            let mut action = place().with("kind", kind).with("socket", socket);
            if kind == "send" {
                action.put("bytes", 100u32.into());
            }
            let why_not = unplugged
                .or(nameless.then_some("not-accepted"))
                .or_else(|| call_refused(kind, status));
            offers.push(offer(action, why_not));
        }
    }
    let plugged = at.plugged.then_some("already-plugged");
    offers.push(offer(place().with("kind", "unplug"), unplugged));
    offers.push(offer(place().with("kind", "plug"), plugged));
    offers.push(offer(place().with("kind", "reboot"), unplugged));
    Data::List(offers)
}

fn listening(host: &HostSnapshot) -> bool {
    host.statuses.iter().any(|status| {
        status.kind == tcp::status::SocketKind::Listener
            && status
                .local
                .is_some_and(|local| local.port() == SERVER_PORT)
    })
}

/// What the engine would answer to a call on this socket now, by its own word.
fn call_refused(kind: &str, status: &tcp::status::Status) -> Option<&'static str> {
    use tcp::permission::StateCall;
    let call = match kind {
        "accept" => StateCall::Accept,
        "send" => StateCall::Send,
        "receive" => StateCall::Receive,
        "shutdown" => StateCall::Shutdown,
        "close" => StateCall::Close,
        _ => StateCall::Abort,
    };
    status.refusal(call).map(tcp::error::CallError::id)
}

/// What can be done to the link now.
#[must_use]
pub fn link_offers(scene: Scene<'_>) -> Data {
    let cut = scene.snapshot.cut;
    Data::List(vec![
        offer(
            Data::object().with("kind", "cut"),
            (cut == [true; 2]).then_some("already-cut"),
        ),
        offer(
            Data::object().with("kind", "heal"),
            (cut == [false; 2]).then_some("not-cut"),
        ),
        offer(Data::object().with("kind", "inject").with("to", "A"), None),
        offer(Data::object().with("kind", "inject").with("to", "B"), None),
    ])
}

/// What can be done to a segment now.
///
/// # Errors
/// `unknown-record` if `id` is no datagram's.
pub fn segment_offers(id: RecordId, scene: Scene<'_>) -> Answer<Data> {
    let sent = scene
        .trace
        .sent(id)
        .ok_or_else(|| Failure::new("unknown-record").about("id", id.0))?;
    let why_not = grabbable(&sent, scene);
    let held = scene
        .snapshot
        .in_flight
        .iter()
        .any(|flight| flight.send == sent.send && flight.ends.is_none());
    let mut offers = Vec::new();
    for kind in [
        "drop",
        "delay",
        "hold",
        "release",
        "duplicate",
        "corrupt",
        "edit",
        "unreachable",
    ] {
        let mut action = Data::object().with("kind", kind).with("id", sent.send.0);
        match kind {
            "delay" => action.put("by_us", 100_000u32.into()),
            // A bit of the sequence number: 20 bytes of IPv4 header, 4 of ports, and 3.
            "corrupt" => action.put("bit", 223u32.into()),
            _ => {}
        }
        let why_not = why_not.or(match kind {
            "hold" if held => Some("already-held"),
            "release" if !held => Some("not-held"),
            "edit" if !sent.tcp => Some("not-tcp"),
            _ => None,
        });
        offers.push(offer(action, why_not));
    }
    Ok(Data::List(offers))
}

fn offer(action: Data, why_not: Option<&'static str>) -> Data {
    let kind = action.field("kind").cloned().unwrap_or(Data::Nothing);
    let socket = action.field("socket").cloned().unwrap_or(Data::Nothing);
    Data::object()
        .with("kind", kind)
        .with("socket", socket)
        .with("action", action)
        .with("allowed", why_not.is_none())
        .with("why_not", why_not)
}
