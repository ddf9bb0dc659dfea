//! «Build your own»: what the catalogue shows can be made by hand, from the empty world, with what the page offers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sim::run::{
    Action, AddressName, Call, Direction, Firewall, Happening, HostId, LinkSpec, Run, SegmentAct,
    Unreachable, When,
};
use sim::trace::{Place, Record, RecordId, RecordKind, Trace};
use tcp::time::Instant;
use tcp::wire::Flags;

use crate::player::{Options, Player};
use crate::testing::{done, value};

/// Two hosts, one connection (or one after another), nobody off the path.
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
    let failed: Vec<String> = BY_HAND.iter().filter_map(|id| differs(id)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// What is in one of both runs only; nothing if they are the same.
fn differs(id: &str) -> Option<String> {
    let run = sim::catalogue::run(id)?;
    let model = match Player::of_run(run.clone(), &Options::default()) {
        Ok(player) => played(player),
        Err(failure) => panic!("{id}: {}", failure.into_text()),
    };
    let empty = format!("tcp-playground 1\nscenario empty\nseed {}\n", run.seed);
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
    let until = run.scenario.until.unwrap_or(Instant::NEVER);
    let model = story(&model, until, &[(Instant::ZERO, 0)]);
    let made = story(&made, until, &shifts);
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
        _ => panic!("the page has nothing for {action:?}"),
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
            let port = match remote.port {
                sim::run::PortName::Number(port) => port,
                sim::run::PortName::Newest => panic!("a port has a number"),
            };
            assert!(matches!(remote.address, AddressName::Host(_)));
            json!({"kind": "connect", "port": port, "local_port": local_port})
        }
        Call::Send {
            bytes,
            push,
            urgent,
        } => {
            json!({"kind": "send", "bytes": bytes, "push": push, "urgent": urgent})
        }
        Call::SendText { text, push, urgent } => {
            let text = String::from_utf8_lossy(text);
            json!({"kind": "send", "text": text, "push": push, "urgent": urgent})
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
        None => player.actions(act["host"].as_str().expect("a host")),
    };
    let offers = value(offers.unwrap_or_else(|failure| panic!("{act}: {}", failure.into_text())));
    let same = |offer: &&Value| {
        offer["kind"] == kind && (act.get("socket").is_none() || offer["socket"] == act["socket"])
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
fn story(player: &Player, until: Instant, shifts: &[(Instant, u64)]) -> BTreeSet<String> {
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
                    sent.nth,
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
