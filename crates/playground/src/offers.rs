//! What may be asked for now, and why the rest may not.

use sim::history::{HostSnapshot, NamedSocket};
use sim::run::{Direction, Firewall, HostId, HostKind};
use sim::trace::{Place, RecordId, Sent};
use tcp::permission::StateCall;
use tcp::state::State;
use tcp::status::SocketKind;

use crate::actions::{Answer, SERVER_PORT, Scene};
use crate::json::{Failure, Json};

/// Why something cannot be done, beside what TCP's own calls answer (`tcp::error::CallError`); each is a message of the page.
pub mod why_not {
    macro_rules! reasons {
        ($($name:ident $id:literal)*) => {
            $(#[doc = concat!("`", $id, "`")] pub const $name: &str = $id;)*
            /// All of them.
            #[cfg(test)]
            pub const ALL: &[&str] = &[$($id),*];
        };
    }
    reasons! {
        NOT_SENT_YET "not-sent-yet"
        ALREADY_LOST "already-lost"
        ALREADY_DELIVERED "already-delivered"
        ALREADY_HELD "already-held"
        NOT_HELD "not-held"
        NOT_TCP "not-tcp"
        NOT_ABOUT_ICMP "not-about-icmp"
        UNPLUGGED "unplugged"
        ALREADY_PLUGGED "already-plugged"
        ADDRESS_IN_USE "address-in-use"
        NOT_ACCEPTED "not-accepted"
        CLOSED_BY_APPLICATION "closed-by-application"
        ALREADY_CUT "already-cut"
        NOT_CUT "not-cut"
        ALREADY_SO "already-so"
        NO_ATTACKER "no-attacker"
        NO_ENGINE "no-engine"
    }
}

/// Why a segment cannot be grabbed; none if it can.
pub(crate) fn grabbed(sent: &Sent, scene: Scene<'_>) -> Option<&'static str> {
    if sent.time > scene.snapshot.time {
        Some(why_not::NOT_SENT_YET)
    } else if !scene
        .snapshot
        .in_flight
        .iter()
        .any(|flight| flight.send == sent.send)
    {
        match sent.fate.and_then(|fate| scene.trace.record(fate)) {
            Some(fate) if fate.place == Place::Link => Some(why_not::ALREADY_LOST),
            _ => Some(why_not::ALREADY_DELIVERED),
        }
    } else {
        None
    }
}

// ---- offers ----

/// One offer under construction: `{kind, socket?, action, allowed, why_not?}`.
fn offer(
    json: &mut Json,
    kind: &str,
    socket: Option<u32>,
    why_not: Option<&str>,
    fields: impl FnOnce(&mut Json),
) {
    json.item();
    json.text("kind", kind);
    json.some("socket", socket);
    json.flag("allowed", why_not.is_none());
    json.some_text("why_not", why_not);
    json.begin("action");
    json.text("kind", kind);
    json.some("socket", socket);
    fields(json);
    json.end();
    json.end();
}

/// What the application calls a socket; nothing before it has it.
fn named(at: &HostSnapshot, socket: u32) -> Option<&NamedSocket> {
    at.names.iter().find(|named| named.socket == socket)
}

/// What can be done at a host now, and why the rest cannot.
#[must_use]
pub fn host_offers(host: HostId, scene: Scene<'_>) -> Json {
    let at = &scene.snapshot.hosts[host.index()];
    let mut json = Json::list();
    let unplugged = (!at.plugged).then_some(why_not::UNPLUGGED);
    let mut add = |kind: &str, socket: Option<u32>, why_not: Option<&str>| {
        let named = socket.and_then(|socket| named(at, socket));
        offer(&mut json, kind, socket, why_not, |json| {
            json.text("host", host.id());
            match kind {
                "listen" | "open-passive" | "connect" => json.number("port", SERVER_PORT),
                "send" => json.number("bytes", 100),
                "reading" => json.flag("on", named.is_some_and(|named| !named.reading)),
                "option" => {
                    json.text("name", "no-delay");
                    json.text("value", "on");
                }
                "closing" => json.flag("on", named.is_some_and(|named| !named.closing)),
                _ => {}
            }
        });
    };
    let taken = at.statuses.iter().any(|status| {
        let port = status.local.map_or(0, |local| local.port());
        status.state == State::Listen && u32::from(port) == SERVER_PORT
    });
    // A script or a recording has no TCP that anybody could call.
    let kind = scene.run.scenario.hosts[host.index()].kind;
    let no_engine = (kind != HostKind::Engine).then_some(why_not::NO_ENGINE);
    let calling = no_engine.or(unplugged);
    let opening = calling.or(taken.then_some(why_not::ADDRESS_IN_USE));
    add("listen", None, opening);
    add("open-passive", None, opening);
    add("connect", None, calling);
    for status in &at.statuses {
        let calls: &[(&str, StateCall)] = match status.kind {
            SocketKind::Idle => continue,
            SocketKind::Listener => &[
                ("accept", StateCall::Accept),
                ("close", StateCall::Close),
                ("abort", StateCall::Abort),
            ],
            SocketKind::Connection | SocketKind::TimeWait => &[
                ("send", StateCall::Send),
                ("receive", StateCall::Receive),
                ("shutdown", StateCall::Shutdown),
                ("close", StateCall::Close),
                ("abort", StateCall::Abort),
            ],
        };
        let socket = status.socket.0;
        let nameless = named(at, socket).is_none().then_some(why_not::NOT_ACCEPTED);
        // The connection is there, but for the application it is not: it has no handle on it any more.
        let given_up = (status.kind != SocketKind::Listener && !status.attached)
            .then_some(why_not::CLOSED_BY_APPLICATION);
        for (kind, call) in calls {
            let refusal = || status.refusal(*call).map(tcp::error::CallError::id);
            let why_not = unplugged.or(nameless).or(given_up).or_else(refusal);
            add(kind, Some(socket), why_not);
        }
        // What the application itself does has no state that forbids it.
        if status.kind != SocketKind::TimeWait {
            for kind in ["reading", "closing", "option", "status"] {
                add(kind, Some(socket), unplugged.or(nameless));
            }
        }
    }
    add("unplug", None, unplugged);
    add("plug", None, at.plugged.then_some(why_not::ALREADY_PLUGGED));
    add("reboot", None, unplugged);
    // What goes to a host meets the firewall before it.
    let firewall = scene.snapshot.link[Direction::from(host.other()).index()].firewall;
    for mode in ["drop", "reject", "off"] {
        let already = match firewall {
            Firewall::Off => mode == "off",
            Firewall::Drop => mode == "drop",
            Firewall::Reject(_) => mode == "reject",
        };
        let why_not = already.then_some(why_not::ALREADY_SO);
        offer(&mut json, "firewall", None, why_not, |json| {
            json.text("host", host.id());
            json.text("mode", mode);
        });
    }
    json.end_list();
    json
}

/// What can be done to the link now.
#[must_use]
pub fn link_offers(scene: Scene<'_>) -> Json {
    let cut = scene.snapshot.cut;
    let mut json = Json::list();
    offer(
        &mut json,
        "cut",
        None,
        (cut == [true; 2]).then_some(why_not::ALREADY_CUT),
        |_| (),
    );
    offer(
        &mut json,
        "heal",
        None,
        (cut == [false; 2]).then_some(why_not::NOT_CUT),
        |_| (),
    );
    // To see an answer the attacker needs an address of their own.
    let attacker = &scene.run.scenario.attacker;
    let blind = attacker.is_none().then_some(why_not::NO_ATTACKER);
    for (kind, why_not) in [
        ("inject", None),
        ("sweep", None),
        ("sample", blind),
        ("flood", None),
    ] {
        for to in HostId::ALL {
            offer(&mut json, kind, None, why_not, |json| {
                json.text("to", to.id());
                if matches!(kind, "sample" | "flood") {
                    json.number("port", SERVER_PORT);
                }
                if matches!(kind, "flood" | "sweep") {
                    json.number("times", 12);
                    json.number("every_us", 20_000);
                }
            });
        }
    }
    json.end_list();
    json
}

/// What can be done to a segment now.
///
/// # Errors
/// `unknown-record` if `id` is no datagram's.
pub fn segment_offers(id: RecordId, scene: Scene<'_>) -> Answer<Json> {
    let sent = scene
        .trace
        .sent(id)
        .ok_or_else(|| Failure::unknown_record(id.0))?;
    let grabbed = grabbed(&sent, scene);
    let held = scene
        .snapshot
        .in_flight
        .iter()
        .any(|flight| flight.send == sent.send && flight.ends.is_none());
    let mut json = Json::list();
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
        let why_not = grabbed.or(match kind {
            "hold" if held => Some(why_not::ALREADY_HELD),
            "release" if !held => Some(why_not::NOT_HELD),
            "edit" if !sent.tcp => Some(why_not::NOT_TCP),
            "unreachable" if !sent.tcp => Some(why_not::NOT_ABOUT_ICMP),
            _ => None,
        });
        offer(&mut json, kind, None, why_not, |json| {
            json.number("id", sent.send.0);
            match kind {
                "delay" => json.number("by_us", 100_000),
                "duplicate" => json.number("by_us", 10_000),
                // A bit of the sequence number: 20 bytes of IPv4 header, 4 of ports, and 3.
                "corrupt" => json.number("bit", 223),
                _ => {}
            }
        });
    }
    json.end_list();
    Ok(json)
}
