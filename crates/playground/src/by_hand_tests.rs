//! «Build your own»: what the catalogue shows can be made by hand, from the empty world, with what the page offers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sim::run::{
    Action, AddressName, Attack, Call, Direction, Endpoint, Firewall, Forged, Happening, HostId,
    LinkSpec, Number, PortName, Run, SegmentAct, Unreachable, When,
};
use sim::trace::{Place, Record, RecordId, RecordKind, Trace};
use tcp::time::Instant;
use tcp::wire::Flags;

use crate::player::{Options, Player};
use crate::testing::{EMPTY, done, value};

/// Two hosts, one connection (or one after another), nobody off the path: each of the catalogue, see [`EXCUSED`].
const BY_HAND: [&str; 29] = [
    "three-way-handshake",
    "four-way-close",
    "three-way-close",
    "server-closes-first",
    "half-close",
    "half-close-peer-gone",
    "simultaneous-close",
    "simultaneous-open",
    "connection-refused",
    "syn-lost",
    "syn-ack-lost",
    "handshake-ack-lost",
    "fin-lost",
    "last-ack-lost",
    "connect-timeout",
    "time-wait",
    "old-duplicate-syn",
    "half-open-discovery",
    "half-open-active",
    "old-duplicate-passive",
    "time-wait-assassination",
    "reset-on-unread-data",
    "abort",
    "mss-negotiation",
    "host-unreachable",
    "keep-alive",
    "zero-window",
    "loss-and-recovery",
    "delayed-ack-and-nagle",
];

/// Several connections, or somebody off the path.
const ATTACKS_AND_CROWDS: [(&str, As); 9] = [
    ("isn-reuse", As::ItStands),
    ("why-2msl", As::ItStands),
    ("port-exhaustion", As::ItStands),
    ("half-close-exhaustion", As::Waited),
    ("blind-reset", As::Waited),
    ("blind-data", As::Waited),
    ("isn-prediction", As::Waited),
    ("syn-flood", As::ItStands),
    ("syn-cookies", As::ItStands),
];

/// What nobody can make by hand, and why.
const EXCUSED: [(&str, &str); 2] = [
    ("linux-connection", "host B is a recording of Linux"),
    ("linux-simultaneous-open", "host B is a recording of Linux"),
];

/// One thing to do: when, and what.
type Step = (Instant, Value);

fn played(mut player: Player) -> Player {
    let end = player.end();
    player.seek(end);
    while player.growing() {
        player.tick(0.0);
    }
    player
}

#[test]
fn the_catalogue_is_made_by_hand() {
    let failed: Vec<String> = BY_HAND
        .iter()
        .filter_map(|id| differs(id, As::ItStands))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn attacks_and_crowds_are_made_by_hand_too() {
    let all = ATTACKS_AND_CROWDS.iter();
    let failed: Vec<String> = all.filter_map(|(id, model)| differs(id, *model)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn none_of_the_catalogue_is_passed_over() {
    let mut made: Vec<&str> = BY_HAND.to_vec();
    made.extend(ATTACKS_AND_CROWDS.map(|(id, _)| id));
    made.extend(EXCUSED.map(|(id, _)| id));
    made.sort_unstable();
    let mut all: Vec<&str> = sim::catalogue::ids().collect();
    all.sort_unstable();
    assert_eq!(made, all);
    for id in sim::catalogue::ids() {
        let run = sim::catalogue::run(id).expect("its id is in the catalogue");
        let mut hosts = run.scenario.hosts.iter();
        let engines = hosts.all(|host| host.kind == sim::run::HostKind::Engine);
        let excused = EXCUSED.iter().any(|(other, _)| *other == id);
        assert_eq!(excused, !engines, "{id}");
        // Off the path there is somebody only in what is no matter of two hosts.
        if BY_HAND.contains(&id) {
            assert!(run.scenario.attacker.is_none(), "{id}");
        }
    }
}

/// What a run by hand is compared with.
#[derive(Clone, Copy, PartialEq)]
enum As {
    /// The scenario, its times with what was waited for nothing.
    ItStands,
    /// The scenario without the waits in which nothing is pending: clocks that make ISNs and count what may be sent in a
    /// second then agree to the microsecond. What several connections do at one instant has no order that a person could choose,
    /// so nothing is counted.
    Waited,
}

/// What is in one of both runs only; nothing if they are the same.
fn differs(id: &str, model: As) -> Option<String> {
    let mut run = sim::catalogue::run(id)?;
    let compared = model;
    let model = match Player::of_run(run.clone(), &Options::default()) {
        Ok(player) => played(player),
        Err(failure) => panic!("{id}: {}", failure.into_text()),
    };
    let empty = format!("{EMPTY}seed {}\n", run.seed);
    let mut player = match Player::from_text(&empty, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{id}: {}", failure.into_text()),
    };
    // Where nothing is pending any more a run by hand has come to its end, however long the scenario then waits.
    let mut shifts = vec![(Instant::ZERO, 0)];
    for (time, action) in steps(&run, model.history.trace()) {
        let shift = shifts.last().map_or(0, |(_, shift)| *shift);
        let wanted = Instant(time.0 - shift);
        while player.growing() {
            player.tick(0.0);
        }
        player.seek(wanted);
        let position = player.playback().position();
        if position < wanted {
            shifts.push((position, shift + wanted.0 - position.0));
        }
        let action = in_flight_here(&player, action).unwrap_or_else(|of| {
            panic!(
                "{id}: {of} has not been sent by {time:?}\n{}",
                player.run_text()
            )
        });
        offered(id, &player, &action);
        done(&mut player, action);
    }
    let made = played(player);
    let mut model = model;
    if compared == As::Waited {
        without_waits(&mut run, &shifts);
        model = match Player::of_run(run.clone(), &Options::default()) {
            Ok(player) => played(player),
            Err(failure) => panic!("{id}: {}", failure.into_text()),
        };
        shifts.truncate(1);
    }
    let until = run.scenario.until.unwrap_or(Instant::NEVER);
    let counted = compared == As::ItStands;
    let model = story(&model, until, &[(Instant::ZERO, 0)], counted);
    let made = story(&made, until, &shifts, counted);
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>| -> String {
        let lines: Vec<&str> = these
            .difference(those)
            .map(String::as_str)
            .take(8)
            .collect();
        lines.join("\n  ")
    };
    (model != made).then(|| {
        format!(
            "{id}: in the catalogue only\n  {}\nby hand only\n  {}",
            only(&model, &made),
            only(&made, &model)
        )
    })
}

/// Takes the waits out of a scenario; `shifts`: from which moment on by hand it is how much earlier.
fn without_waits(run: &mut Run, shifts: &[(Instant, u64)]) {
    let earlier = |time: &mut Instant| {
        let shift = shifts
            .iter()
            .rev()
            .find(|(since, shift)| since.0 + shift <= time.0);
        time.0 -= shift.map_or(0, |(_, shift)| *shift);
    };
    for line in &mut run.scenario.script {
        match &mut line.when {
            When::At(time) | When::Every { from: time, .. } => earlier(time),
            _ => {}
        }
    }
    if let Some(until) = &mut run.scenario.until {
        earlier(until);
    }
}

// ---- what is to be done ----

/// The scenario as one thing after the other: first the world, then what its script did and when.
fn steps(run: &Run, trace: &Trace) -> Vec<Step> {
    let mut steps = Vec::new();
    let zero = Instant::ZERO;
    for (host, spec) in HostId::ALL.into_iter().zip(&run.scenario.hosts) {
        for (name, value) in &spec.settings {
            steps.push((
                zero,
                json!({"kind": "set", "host": host.id(), "name": name, "value": value}),
            ));
        }
    }
    for (name, spec) in ["a-to-b", "b-to-a"].into_iter().zip(&run.scenario.link) {
        steps.extend(link_steps(name, spec));
        if !spec.firewall.is_off() {
            let direction = if name == "a-to-b" {
                Direction::AToB
            } else {
                Direction::BToA
            };
            let action = Action::Firewall(Some(direction), spec.firewall);
            steps.push((zero, act_of(&action)));
        }
    }
    for record in trace.iter() {
        match record.kind {
            RecordKind::Intervention {
                index,
                scripted: true,
            } => {
                let action = &run.scenario.script[index as usize].action;
                steps.push((record.time, act_of(action)));
            }
            RecordKind::Call { index } => {
                let made = trace.call(index).expect("a call");
                steps.extend(call_steps(run, &record, &made.name, &made.call));
            }
            RecordKind::Send { .. } => steps.extend(rule_steps(run, trace, &record)),
            RecordKind::Drop { send, .. } => steps.extend(loss_step(run, trace, &record, send)),
            _ => {}
        }
    }
    steps.sort_by_key(|step| step.0);
    steps
}

fn link_steps(direction: &str, spec: &LinkSpec) -> Vec<Step> {
    let changes = spec.changes().into_iter();
    let steps = changes.map(|change| {
        let mut text = String::new();
        let action = Action::Link {
            direction: None,
            changes: vec![change],
        };
        sim::text::print_action(&mut text, &action);
        let (name, value) = text["link ".len()..]
            .split_once(' ')
            .expect("a name and a value");
        (
            Instant::ZERO,
            json!({"kind": "link", "direction": direction, "name": name, "value": value}),
        )
    });
    steps.collect()
}

/// A call, and what the new socket is told. What an application does by itself is no step.
fn call_steps(run: &Run, record: &Record, name: &str, call: &Call) -> Vec<Step> {
    let host = record.place;
    let opens = matches!(
        call,
        Call::Listen { .. } | Call::PassiveOpen { .. } | Call::Connect { .. }
    );
    let by_itself = matches!(call, Call::Accept { .. } | Call::Receive(_))
        || reactions(run, host).any(|(trigger, told)| trigger == name && told == call);
    if by_itself {
        return Vec::new();
    }
    let mut act = call_of(call);
    act["host"] = json!(host.id());
    let mut steps = Vec::new();
    if opens {
        steps.push((record.time, act));
        let orders = orders(run, host, name, call);
        steps.extend(orders.into_iter().map(|mut order| {
            order["host"] = json!(host.id());
            order["socket"] = json!(record.socket);
            (record.time, order)
        }));
    } else {
        act["socket"] = json!(record.socket);
        steps.push((record.time, act));
    }
    steps
}

/// What applications of a host do at once, before TCP answers: whose, and what. They can only be told to beforehand.
fn reactions(run: &Run, host: Place) -> impl Iterator<Item = (&str, &Call)> {
    run.scenario.script.iter().filter_map(move |line| {
        let (
            When::On {
                socket,
                happening,
                after: tcp::time::Duration::ZERO,
                ..
            },
            Action::Call { call, .. },
        ) = (&line.when, &line.action)
        else {
            return None;
        };
        let told = matches!(
            (happening, call),
            (Happening::PeerClosed, Call::Close) | (Happening::Accepted, Call::Reading(_))
        );
        (told && socket.host.place() == host).then_some((socket.name.as_str(), call))
    })
}

/// What is told to a new socket; to a listener for all it accepts.
fn orders(run: &Run, host: Place, name: &str, call: &Call) -> Vec<Value> {
    let children = match call {
        Call::Listen { accept_as, .. } => accept_as.as_deref(),
        _ => None,
    };
    let ours = reactions(run, host).filter(|(whose, _)| *whose == name || Some(*whose) == children);
    let mut orders: Vec<Value> = ours
        .map(|(_, call)| match call {
            Call::Reading(on) => json!({"kind": "reading", "on": on}),
            _ => json!({"kind": "closing", "on": true}),
        })
        .collect();
    // An interface has its MTU from the start; what a person has is the socket's own MSS.
    let spec = run.scenario.hosts.iter().zip(HostId::ALL);
    for (spec, _) in spec.filter(|(spec, id)| id.place() == host && spec.mtu != 1500) {
        let mss = (spec.mtu - 40).to_string();
        orders.push(json!({"kind": "option", "name": "mss", "value": mss}));
    }
    orders
}

fn act_of(action: &Action) -> Value {
    match action {
        Action::Unplug(host) => json!({"kind": "unplug", "host": host.id()}),
        Action::Plug(host) => json!({"kind": "plug", "host": host.id()}),
        Action::Reboot(host) => json!({"kind": "reboot", "host": host.id()}),
        Action::Set { host, name, value } => {
            let host = host.expect("the catalogue's settings are one host's");
            json!({"kind": "set", "host": host.id(), "name": name, "value": value})
        }
        Action::Firewall(direction, firewall) => {
            let host = direction.expect("a firewall stands before one host").to();
            let mut act = json!({"kind": "firewall", "host": host.id()});
            match firewall {
                Firewall::Off => act["mode"] = json!("off"),
                Firewall::Drop => act["mode"] = json!("drop"),
                Firewall::Reject(error) => {
                    let error = match error {
                        Unreachable::Network => "network",
                        Unreachable::Host => "host",
                        Unreachable::Protocol => "protocol",
                        Unreachable::Port => "port",
                        Unreachable::Prohibited => "prohibited",
                        Unreachable::TooBig(_) => panic!("no firewall answers so"),
                    };
                    act["mode"] = json!("reject");
                    act["error"] = json!(error);
                }
            }
            act
        }
        Action::Inject(forged) => {
            let mut act = forged_of(forged);
            act["kind"] = json!("inject");
            act
        }
        Action::Attack(attack) => attack_of(attack),
        _ => panic!("the page has nothing for {action:?}"),
    }
}

/// The fields of the dialog that forges.
fn forged_of(forged: &Forged) -> Value {
    let AddressName::Host(to) = forged.destination.address else {
        panic!("it goes to a host");
    };
    assert_eq!(forged.source.address, AddressName::Host(to.other()));
    let number = |number: &Number| match number {
        Number::Absolute(number) => json!(number),
        Number::Sample(offset) => json!(format!("isn{offset:+}")),
        other => panic!("the dialog has nothing for {other:?}"),
    };
    let mut act = json!({
        "to": to.id(),
        "source_port": port_of(forged.source.port),
        "destination_port": port_of(forged.destination.port),
        "flags": crate::rows::flags_text(forged.flags),
        "seq": number(&forged.seq),
        "ack": number(&forged.ack),
        "window": forged.window,
        "mss": forged.mss,
    });
    if !forged.payload.is_empty() {
        act["payload"] = json!(String::from_utf8_lossy(&forged.payload));
    }
    act
}

fn attack_of(attack: &Attack) -> Value {
    let target = |target: &Endpoint| {
        let AddressName::Host(to) = target.address else {
            panic!("it goes to a host");
        };
        (to.id(), port_of(target.port))
    };
    match attack {
        Attack::Sample { target: at } => {
            let (to, port) = target(at);
            json!({"kind": "sample", "to": to, "port": port})
        }
        Attack::Flood {
            target: at,
            count,
            interval,
        } => {
            let (to, port) = target(at);
            json!({"kind": "flood", "to": to, "port": port, "times": count, "every_us": interval.0})
        }
        Attack::Sweep {
            forged,
            count,
            interval,
            seq_step,
            ack_step,
            port_step,
        } => {
            let mut act = forged_of(forged);
            act["kind"] = json!("sweep");
            act["times"] = json!(count);
            act["every_us"] = json!(interval.0);
            act["seq_step"] = json!(seq_step);
            act["ack_step"] = json!(ack_step);
            act["port_step"] = json!(port_step);
            act
        }
    }
}

fn port_of(port: PortName) -> u16 {
    match port {
        PortName::Number(port) => port,
        PortName::Newest => panic!("a port has a number"),
    }
}

fn call_of(call: &Call) -> Value {
    match call {
        Call::Listen {
            port,
            backlog,
            accept_as,
        } => {
            json!({"kind": "listen", "port": port, "backlog": backlog, "accept": accept_as.is_some()})
        }
        Call::PassiveOpen { port, remote: None } => json!({"kind": "open-passive", "port": port}),
        Call::Connect { remote, local_port } => {
            let port = port_of(remote.port);
            assert!(matches!(remote.address, AddressName::Host(_)));
            json!({"kind": "connect", "port": port, "local_port": local_port})
        }
        Call::Send {
            bytes,
            push,
            urgent,
            more,
        } => {
            json!({"kind": "send", "bytes": bytes, "push": push, "urgent": urgent, "more": more})
        }
        Call::SendText {
            text,
            push,
            urgent,
            more,
        } => {
            let text = String::from_utf8_lossy(text);
            json!({"kind": "send", "text": text, "push": push, "urgent": urgent, "more": more})
        }
        Call::Receive(bytes) => json!({"kind": "receive", "bytes": bytes}),
        Call::Reading(on) => json!({"kind": "reading", "on": on}),
        Call::Shutdown => json!({"kind": "shutdown"}),
        Call::Close => json!({"kind": "close"}),
        Call::Abort => json!({"kind": "abort"}),
        _ => {
            let mut text = String::new();
            sim::text::print_call(&mut text, call);
            let (name, value) = text.split_once(' ').expect("an option and its value");
            json!({"kind": "option", "name": name, "value": value})
        }
    }
}

/// What a rule does to a segment as it sets off, but for losses.
fn rule_steps(run: &Run, trace: &Trace, record: &Record) -> Vec<Step> {
    let sent = trace.sent(record.id).expect("a sending");
    let meant = run
        .scenario
        .rules
        .iter()
        .filter(|rule| rule.segment.origin == record.place && rule.segment.nth == sent.nth);
    let steps = meant.filter_map(|rule| match rule.act {
        SegmentAct::Delay(by) => Some(json!({"kind": "delay", "by_us": by.0})),
        SegmentAct::Duplicate(by) => Some(json!({"kind": "duplicate", "by_us": by.0})),
        _ => None,
    });
    steps
        .map(|act| (record.time, named(act, record.place, sent.nth)))
        .collect()
}

/// A rule's loss happens on the way: that is where a person takes the segment out.
fn loss_step(run: &Run, trace: &Trace, drop: &Record, send: RecordId) -> Option<Step> {
    let sent = trace.sent(send)?;
    let ruled = run.scenario.rules.iter().any(|rule| {
        rule.act == SegmentAct::Drop
            && rule.segment.origin == sent.place
            && rule.segment.nth == sent.nth
    });
    (ruled && drop.place == Place::Link).then(|| {
        (
            drop.time,
            named(json!({"kind": "drop"}), sent.place, sent.nth),
        )
    })
}

fn named(mut act: Value, place: Place, nth: u32) -> Value {
    act["of"] = json!([place.id(), nth]);
    act
}

/// The id that a segment has in the run that is being made.
fn in_flight_here(player: &Player, mut act: Value) -> Result<Value, Value> {
    let Some(Value::Array(of)) = act.as_object_mut().and_then(|act| act.remove("of")) else {
        return Ok(act);
    };
    let trace = player.history.trace();
    let sending = trace.iter().find(|record| {
        trace.sent(record.id).is_some_and(|sent| {
            sent.send == record.id && of[0] == record.place.id() && of[1] == sent.nth
        })
    });
    act["id"] = json!(sending.ok_or(Value::Array(of))?.id.0);
    Ok(act)
}

/// The page has a button, a field or a dialog for it, and it says that it can be done.
fn offered(id: &str, player: &Player, act: &Value) {
    let kind = act["kind"].as_str().expect("a kind");
    // Their dialogs list all that the engine's table has.
    if matches!(kind, "set" | "link") {
        let table = value(crate::tables::settings());
        let rows = table.as_array().expect("a list");
        assert!(
            rows.iter().any(|row| row["name"] == act["name"]),
            "no setting for {act}"
        );
        return;
    }
    let offers = match act["id"].as_u64() {
        Some(id) => player.segment_actions(RecordId(id as u32)),
        None => player.actions(act["host"].as_str().unwrap_or("link")),
    };
    let offers = value(offers.unwrap_or_else(|failure| panic!("{act}: {}", failure.into_text())));
    let same = |offer: &&Value| {
        offer["kind"] == kind
            && (act.get("socket").is_none() || offer["socket"] == act["socket"])
            && (act.get("to").is_none() || offer["action"]["to"] == act["to"])
    };
    // Another port than the usual one may be free where that is taken.
    let elsewhere = act.get("port").is_some_and(|port| *port != 8080);
    let all = offers.as_array().expect("a list");
    assert!(
        all.iter()
            .filter(same)
            .any(|offer| offer["allowed"] == true || elsewhere),
        "{id}: {act} is not offered: {offers}\n{}",
        player.run_text()
    );
}

// ---- what came of it ----

/// Everything that happened until then, but who set it off, what it is called, and the order within an instant. Sequence
/// numbers count from their SYN, and times with what the other run had waited.
fn story(
    player: &Player,
    until: Instant,
    shifts: &[(Instant, u64)],
    counted: bool,
) -> BTreeSet<String> {
    let trace = player.history.trace();
    let mut bases = BTreeMap::new();
    let mut lines = BTreeSet::new();
    for record in trace.iter() {
        let waited = shifts.iter().rev().find(|(since, _)| *since <= record.time);
        let time = record.time.0 + waited.map_or(0, |(_, shift)| *shift);
        let what = match record.kind {
            RecordKind::Send { .. } | RecordKind::Arrive { .. } | RecordKind::Drop { .. } => {
                let Some(sent) = trace.sent(record.id) else {
                    continue;
                };
                let way = (sent.source_port, sent.destination_port);
                if record.id == sent.send && Flags(sent.flags).syn() {
                    bases.insert(way, sent.seq);
                }
                let from =
                    |way, number: u32| number.wrapping_sub(bases.get(&way).copied().unwrap_or(0));
                let why = record.kind.why().map_or("", |why| why.id());
                let why = match why {
                    "dropped-by-rule" => "dropped-by-person",
                    other => other,
                };
                format!(
                    "{} {} {} seq {} ack {} len {} win {} {} > {} {why}",
                    sent.place.id(),
                    if counted { sent.nth } else { 0 },
                    crate::rows::flags_text(sent.flags),
                    from(way, sent.seq),
                    // Without the ACK bit it means nothing.
                    if Flags(sent.flags).ack() {
                        from((way.1, way.0), sent.ack)
                    } else {
                        0
                    },
                    sent.len,
                    sent.window,
                    way.0,
                    way.1
                )
            }
            RecordKind::State { from, to, reason } => {
                format!("{} > {} {}", from.name(), to.name(), reason.id())
            }
            RecordKind::TimerFired { timer } => timer.id().to_owned(),
            RecordKind::Deliver { .. } | RecordKind::Ended { .. } => format!("{:?}", record.kind),
            _ => continue,
        };
        let (kind, place, socket) = (record.kind.id(), record.place.id(), record.socket);
        if time <= until.0 {
            lines.insert(format!("{time:>12} {place}.{socket} {kind} {what}"));
        }
    }
    lines
}
