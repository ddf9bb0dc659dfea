//! A list of operations on a world: any scenario of the catalogue, and in it up to
//! several hundred calls, hardships and interventions. Whatever they are, no
//! invariant breaks; the run prints to a text that reads alike; and a history in
//! which they were made one by one, with looks back, forks and undos, is the run played at once.

use sim::check::{self, Violation};
use sim::history::{History, Progress, first_difference};
use sim::run::{
    Action, AddressName, Attack, Call, Direction, Edit, Endpoint, Firewall, Forged, HostId,
    Intervention, LinkChange, Number, PortName, Ratio, Run, SegmentAct, SegmentName, SocketName,
    Unreachable, Variable,
};
use sim::trace::Place;
use sim::{catalogue, text};
use tcp::settings::Policy;
use tcp::time::{Duration, Instant};

use super::judge::setting;

/// Bytes of a record: what, four details, and how much later than the one before.
pub const RECORD: usize = 6;
/// As many events are played at most.
const STEPS_MAX: u32 = 3_000;

/// Plays an input.
pub fn play(data: &[u8]) {
    let Some((&[base, policy, seed, how], records)) = data.split_first_chunk() else {
        return;
    };
    let run = made(base, policy, seed, how & 1 != 0, records);
    let honest = how & 1 != 0 && !run.scenario.script.iter().any(|line| lies(&line.action));

    let printed = text::print(&run);
    let again = text::parse(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
    assert_eq!(again, run, "{printed}");

    let Ok((trace, violation)) = check::play(&run, u64::from(STEPS_MAX)) else {
        return;
    };
    if let Some(violation) = violation {
        assert!(
            !honest && may_be_a_lie(&violation),
            "{violation:?}\n{printed}"
        );
    }
    if how & 6 == 6 {
        let mut history = History::new(run.clone()).expect("it was played before");
        history.advance_to_end(STEPS_MAX);
        let (one, other) = (history.trace(), &trace);
        let shared = one.len().min(other.len());
        if let Some(difference) = first_difference(one, other) {
            assert!(
                difference.record.0 as usize >= shared,
                "{difference:?}\n{printed}"
            );
        }
        looked_at(run, records);
    }
}

/// Where bytes were forged, edited or spoilt, or two lives of a host meet, somebody may believe what was never sent.
#[must_use]
pub fn may_be_a_lie(violation: &Violation) -> bool {
    violation.rule == "prefix"
}

/// Whether something may make a host believe bytes that the other one never sent.
fn lies(action: &Action) -> bool {
    match action {
        Action::Segment { act, .. } => {
            matches!(
                act,
                SegmentAct::Edit(_)
                    | SegmentAct::Corrupt(_)
                    | SegmentAct::Hold
                    | SegmentAct::Delay(_)
            )
        }
        Action::Link { changes, .. } => changes
            .iter()
            .any(|change| matches!(change, LinkChange::Corrupt(_))),
        Action::Call { .. }
        | Action::Cut(_)
        | Action::Heal(_)
        | Action::Firewall(..)
        | Action::Icmp { .. } => false,
        _ => true,
    }
}

/// The run: a scenario and what the records do to it.
fn made(base: u8, policy: u8, seed: u8, honest: bool, records: &[u8]) -> Run {
    let ids: Vec<&str> = catalogue::ids().collect();
    let id = ids[usize::from(base) % ids.len()];
    let mut run = catalogue::run(id).expect("it is in the catalogue");
    run.seed = u64::from(seed);
    for (index, host) in run.scenario.hosts.iter_mut().enumerate() {
        let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
        if policy & 0x10 != 0 {
            host.policy = policies[usize::from(policy >> (2 * index)) % 4];
        }
    }
    let names = names(&run);
    let mut now = Instant::ZERO;
    for record in records.chunks_exact(RECORD) {
        let &[what, a, b, c, d, later] = record else {
            break;
        };
        now = now + Duration(u64::from(later) * u64::from(later) * u64::from(later) / 2);
        let host = HostId::ALL[usize::from(what & 1)];
        let action = action(&names, host, what >> 1, [a, b, c, d]);
        if !(honest && lies(&action)) {
            run.interventions.push(Intervention { time: now, action });
        }
    }
    let end = now + Duration::from_secs(700);
    run.scenario.until = Some(run.scenario.until.map_or(end, |until| until.min(end)));
    run
}

/// The names of sockets that the scenario uses, and two that it does not.
fn names(run: &Run) -> Vec<(HostId, String)> {
    let mut names: Vec<(HostId, String)> = HostId::ALL
        .iter()
        .flat_map(|host| [(*host, "x".into()), (*host, "y".into())])
        .collect();
    for line in &run.scenario.script {
        if let Action::Call { socket, call, .. } = &line.action {
            names.push((socket.host, socket.name.clone()));
            if let Call::Listen {
                accept_as: Some(name),
                ..
            }
            | Call::Accept { accept_as: name } = call
            {
                names.push((socket.host, name.clone()));
            }
        }
    }
    // In a reaction the socket has no name of its own.
    names.retain(|(_, name)| !name.is_empty());
    names.sort();
    names.dedup();
    names
}

fn action(names: &[(HostId, String)], host: HostId, what: u8, [a, b, c, d]: [u8; 4]) -> Action {
    let segment = SegmentName {
        origin: [host.place(), host.place(), Place::Link, Place::Attacker][usize::from(a >> 6)],
        nth: 1 + u32::from(a % 48),
        flags: (d & 0xe0 == 0x20).then_some(d & 0x1f),
    };
    let direction = [None, Some(Direction::AToB), Some(Direction::BToA), None][usize::from(b) & 3];
    let time = Duration::from_millis(u64::from(c) * 4);
    match what & 31 {
        0..=11 => {
            let (host, name) = names[usize::from(b) % names.len()].clone();
            let socket = SocketName {
                host,
                name,
                instance: (c & 0xf0 == 0x10).then_some(1 + u32::from(c & 3)),
            };
            Action::Call {
                socket,
                fresh: c & 0xf0 == 0x20,
                call: call(host, a, c, d),
            }
        }
        12 => act(segment, SegmentAct::Drop),
        13 => act(segment, SegmentAct::Duplicate(time)),
        14 => act(segment, SegmentAct::Delay(time)),
        15 => act(segment, SegmentAct::Hold),
        16 => act(segment, SegmentAct::Release),
        17 => act(segment, SegmentAct::Corrupt(u32::from(b) << 2)),
        18 | 19 => act(segment, SegmentAct::Edit(edits(names, b, c, d))),
        20 => Action::Inject(forged(names, host, a, b, c, d)),
        21 => Action::Attack(match b % 3 {
            0 => Attack::Sample {
                target: endpoint(host, a),
            },
            1 => Attack::Flood {
                target: endpoint(host, a),
                count: u32::from(c) % 40 + 1,
                interval: time,
            },
            _ => Attack::Sweep {
                forged: forged(names, host, a, b, c, d),
                count: u32::from(c) % 20 + 1,
                interval: Duration::from_millis(u64::from(d)),
                seq_step: u32::from(d) << 8,
                ack_step: u32::from(c) << 4,
                port_step: u16::from(b) & 1,
            },
        }),
        22 => Action::Cut(direction),
        23 => Action::Heal(direction),
        24 => Action::Firewall(
            direction,
            match c % 4 {
                0 => Firewall::Drop,
                1 => Firewall::Reject(unreachable(d)),
                _ => Firewall::Off,
            },
        ),
        25 => Action::Icmp {
            segment,
            error: unreachable(c),
        },
        26 => match b % 4 {
            0 => Action::Unplug(host),
            1 => Action::Reboot(host),
            _ => Action::Plug(host),
        },
        27 => {
            let (name, value) = setting(a, b);
            Action::Set {
                host: (c & 1 == 0).then_some(host),
                name: name.into(),
                value,
            }
        }
        28 => Action::Emit {
            host,
            datagram: vec![a, b, c, d],
        },
        _ => {
            let ratio = Ratio {
                numerator: u32::from(c % 5),
                denominator: 10,
            };
            let change = match a % 9 {
                0 => LinkChange::Latency(time),
                1 => LinkChange::Jitter(time),
                2 => LinkChange::Bandwidth([0, 9_600, 1_000_000, 64_000][usize::from(c) % 4]),
                3 => LinkChange::Queue(u32::from(c)),
                4 => LinkChange::Loss(ratio),
                5 => LinkChange::Duplicate(ratio),
                6 => LinkChange::Reorder(ratio, Duration::from_millis(u64::from(d))),
                7 => LinkChange::Corrupt(ratio),
                _ => LinkChange::Mtu([1_500, 576, 296, 9_000, 1_280][usize::from(c) % 5]),
            };
            Action::Link {
                direction,
                changes: vec![change],
            }
        }
    }
}

fn act(segment: SegmentName, act: SegmentAct) -> Action {
    Action::Segment { segment, act }
}

fn call(host: HostId, which: u8, c: u8, d: u8) -> Call {
    let (push, urgent) = (d & 1 != 0, d & 6 == 6);
    let port = 8080 + u16::from(d & 3);
    let some_time = (d != 0).then(|| Duration::from_millis(u64::from(d) * 50));
    match which % 28 {
        0 | 1 => Call::Connect {
            remote: endpoint(host.other(), c),
            local_port: (d & 7 == 7).then_some(5_000),
        },
        2 => Call::Listen {
            port: Some(port),
            backlog: (c & 1 != 0).then_some(u32::from(c)),
            accept_as: Some("x".into()),
        },
        3 => Call::Listen {
            port: None,
            backlog: None,
            accept_as: None,
        },
        4 => Call::PassiveOpen {
            port: Some(port),
            remote: (c & 1 != 0).then(|| endpoint(host.other(), c)),
        },
        5 => Call::Bind(if d & 4 != 0 { 0 } else { port }),
        6 => Call::Accept {
            accept_as: "y".into(),
        },
        7..=9 => Call::Send {
            bytes: u32::from(c) * u32::from(d),
            push,
            urgent,
            more: d & 8 != 0,
        },
        10 => Call::SendText {
            text: vec![c, d, b'\n', b'"'],
            push,
            urgent,
            more: d & 8 != 0,
        },
        11 => Call::Receive((d & 1 != 0).then_some(u32::from(c) * 16)),
        12 => Call::Reading(d & 1 != 0),
        13 => Call::Closing(d & 1 != 0),
        14 | 15 => Call::Shutdown,
        16..=18 => Call::Close,
        19 => Call::Abort,
        20 => Call::Status,
        21 => Call::Linger(some_time),
        22 => Call::ReuseAddress(d & 1 != 0),
        23 => Call::NoDelay(d & 1 != 0),
        24 => Call::KeepAlive(some_time.map(|time| time.max(Duration::from_secs(1)))),
        25 => Call::UserTimeout(some_time),
        26 if d & 1 != 0 => Call::ReceiveBuffer(1 + u32::from(c) * u32::from(d)),
        26 => Call::SendBuffer(1 + u32::from(c) * u32::from(d)),
        _ => Call::MaximumSegmentSize(64 + u16::from(c) * 8),
    }
}

fn endpoint(host: HostId, which: u8) -> Endpoint {
    let port = match which & 7 {
        0 => PortName::Newest,
        7 => PortName::Number(5_000),
        n => PortName::Number(8080 + u16::from(n & 3)),
    };
    Endpoint {
        address: AddressName::Host(host),
        port,
    }
}

fn unreachable(which: u8) -> Unreachable {
    match which % 6 {
        0 => Unreachable::Network,
        1 => Unreachable::Host,
        2 => Unreachable::Protocol,
        3 => Unreachable::Port,
        4 => Unreachable::Prohibited,
        _ => Unreachable::TooBig(68 + u16::from(which) * 8),
    }
}

fn number(names: &[(HostId, String)], which: u8, by: u8) -> Number {
    let by = i64::from(by as i8);
    match which & 7 {
        0 => Number::Absolute(u32::from(which) << 24),
        1 => Number::Sample(by),
        n => {
            let (host, name) = names[usize::from(which >> 3) % names.len()].clone();
            let variables = [
                Variable::SndUna,
                Variable::SndNxt,
                Variable::RcvNxt,
                Variable::Iss,
                Variable::Irs,
            ];
            let socket = SocketName {
                host,
                name,
                instance: None,
            };
            Number::Variable(socket, variables[usize::from(n) % variables.len()], by)
        }
    }
}

fn edits(names: &[(HostId, String)], b: u8, c: u8, d: u8) -> Vec<Edit> {
    let mut edits = vec![match b % 11 {
        0 => Edit::Seq(Number::Relative(i64::from(c as i8))),
        1 => Edit::Seq(number(names, c, d)),
        2 => Edit::Ack(Number::Relative(i64::from(c as i8))),
        3 => Edit::Ack(number(names, c, d)),
        4 => Edit::Window(u16::from(c) << (d & 7)),
        5 | 6 => Edit::Flags(c & 0x3f),
        7 => Edit::Urgent(u16::from(c)),
        8 => Edit::Mss(u16::from(c)),
        9 => Edit::Payload(vec![d; usize::from(c)]),
        _ => Edit::DestinationPort(8080 + u16::from(c)),
    }];
    if b & 0x80 != 0 {
        edits.push(Edit::KeepChecksum);
    }
    edits
}

fn forged(names: &[(HostId, String)], host: HostId, a: u8, b: u8, c: u8, d: u8) -> Forged {
    Forged {
        source: endpoint(host.other(), b),
        destination: endpoint(host, a),
        flags: [
            0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x01, 0x29, 0, 0x03, 0x06, 0x30,
        ][usize::from(a >> 3) % 13],
        seq: number(names, b, c),
        ack: number(names, c, d),
        window: u16::from(d) << 8,
        mss: (d & 1 != 0).then_some(u16::from(c) + 1),
        payload: vec![b'!'; usize::from(c & 0x1f)],
    }
}

/// Makes the interventions one by one, as a person does, looking back and changing their mind; then the history shows
/// what its own run shows when it is played at once.
fn looked_at(run: Run, records: &[u8]) {
    let (mut now, mut details) = (Instant::ZERO, records.chunks_exact(RECORD));
    let interventions = run.interventions.clone();
    let mut history = History::new(Run {
        interventions: Vec::new(),
        ..run
    })
    .expect("it was played before");
    for intervention in interventions.into_iter().take(24) {
        let detail = details.next().map_or(0, |record| record[4]);
        now = now.max(intervention.time);
        // What takes very long to be played is played by other inputs.
        if let Progress::More(_) = history.advance(now, STEPS_MAX) {
            return;
        }
        let before = history.seek(now);
        match detail & 7 {
            0 => drop(history.seek(Instant(now.0 / 2))),
            1 => now = Instant(now.0 * 3 / 4),
            2 => drop(history.undo()),
            3 => drop(history.redo()),
            4 => {
                let branches = history.branches();
                history.switch(branches[usize::from(detail >> 3) % branches.len()].id);
            }
            _ => {}
        }
        let _ = history.check(now, &intervention.action);
        history.apply(now, intervention.action);
        if detail & 8 != 0 {
            let _ = history.undo();
            if detail & 7 > 4 {
                assert_eq!(
                    history.seek(now),
                    before,
                    "what was undone has left something"
                );
            }
            let _ = history.redo();
        }
    }
    if history.advance_to_end(STEPS_MAX) != Progress::Reached {
        return;
    }
    let mut afresh = History::new(history.run().clone()).expect("it was played before");
    let _ = afresh.advance_to_end(u32::MAX);
    let difference = first_difference(history.trace(), afresh.trace());
    assert_eq!(difference, None, "{}", text::print(history.run()));
    let middle = Instant(history.trace().end().0 / 3);
    assert_eq!(history.seek(middle), afresh.seek(middle));
}
