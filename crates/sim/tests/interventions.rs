//! What people and scripts can do to the world, each seen in the ladder.

mod ladder;

use sim::history::{History, Progress};
use sim::run::HostId;
use sim::text;
use sim::trace::{Place, RecordKind, Trace};
use tcp::time::Instant;

/// Plays a text (its version line aside) and answers its ladder's lines, without times of what is not sent.
fn play(body: &str) -> (History, Vec<String>) {
    let run =
        text::parse(&format!("tcp-playground 1\n{body}")).unwrap_or_else(|e| panic!("{e}\n{body}"));
    let mut history = History::new(run).unwrap();
    assert_eq!(history.advance_to_end(100_000), Progress::Reached);
    let text = ladder::of(history.run(), history.trace());
    (history, text.lines().map(String::from).collect())
}

/// The lines of a ladder that hold segments, from `from` on, must begin with these (after the time).
fn check(body: &str, expected: &[&str]) -> History {
    let (history, lines) = play(body);
    let segments: Vec<&str> = lines
        .iter()
        .filter(|l| {
            l.contains('>')
                && !l.contains(" -> ")
                && !l.contains('*')
                && !l.contains("A.")
                && !l.contains("B.")
        })
        .map(|l| l.trim_start().split_once(' ').unwrap().1)
        .collect();
    let shown = lines.join("\n");
    assert_eq!(segments.len(), expected.len(), "{shown}");
    for (segment, expected) in segments.iter().zip(expected) {
        let fits = expected.split(" … ").all(|part| segment.contains(part));
        assert!(
            fits && segment.starts_with(expected.split(" … ").next().unwrap()),
            "{segment}\n{expected}\n{shown}"
        );
    }
    history
}

const OPEN: &str =
    "at 0ms B.l listen 8080 as s\nat 20ms A.c connect B:8080 from 5000\nset delayed-ack off\n";
const OPENED: [&str; 3] = [
    "A>B S seq=m",
    "B>A S. seq=n ack=m+1",
    "A>B . seq=m+1 ack=n+1",
];

fn after_opening(actions: &str, expected: &[&str]) -> History {
    let all: Vec<&str> = OPENED.iter().chain(expected).copied().collect();
    check(&format!("{OPEN}{actions}"), &all)
}

fn drops(trace: &Trace) -> Vec<(Place, &'static str, u64)> {
    let end = |r: sim::trace::Record| match r.kind {
        RecordKind::Drop { why, .. } => Some((r.place, why.id(), r.time.0)),
        _ => None,
    };
    trace.iter().filter_map(end).collect()
}

#[test]
fn a_segment_in_flight_is_dropped_delayed_held_or_doubled() {
    let history = after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms drop A#3 P.\n",
        &[
            "A>B P. … x dropped-by-person",
            "A>B P. … again",
            "B>A . … ack=m+2",
        ],
    );
    assert_eq!(
        drops(history.trace()),
        [(Place::Link, "dropped-by-person", 320_000)]
    );
    after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms delay A#3 100ms\n",
        &["A>B P. seq=m+1", "B>A . … ack=m+2"],
    );
    // Held longer than the retransmission time-out; released, it is an old duplicate.
    after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms hold A#3\ndo 2s release A#3\n",
        &[
            "A>B P. … refused segment-before-window",
            "A>B P. … again",
            "B>A . … ack=m+2",
            "B>A . … ack=m+2",
        ],
    );
    after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms duplicate A#3 after 10ms\n",
        &[
            "A>B P. seq=m+1",
            "link>B P. seq=m+1 … (duplicated) refused segment-before-window",
            "B>A .",
            "B>A .",
        ],
    );
}

#[test]
fn a_segment_is_damaged_or_edited() {
    let history = after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms corrupt A#3 bit 320\n",
        &[
            "A>B P. … refused checksum",
            "A>B P. … again",
            "B>A . … ack=m+2",
        ],
    );
    let (trace, mut sent, mut arrived) = (history.trace(), Vec::new(), Vec::new());
    let end = trace
        .iter()
        .find(|r| matches!(r.kind, RecordKind::Drop { .. }))
        .unwrap();
    assert!(trace.is_altered(end.id) && trace.datagram(end.id, &mut arrived));
    trace.datagram(trace.sent(end.id).unwrap().send, &mut sent);
    assert_eq!((sent[40], arrived[40]), (b'x', b'x' ^ 0x80));
    // Edited, its checksum is right again: the receiver believes it.
    let history = after_opening(
        "at 300ms A.c send \"xx\"\ndo 320ms edit A#3 payload \"yz\" win=9\n",
        &["A>B P. … len=2", "B>A . seq=n+1 ack=m+3"],
    );
    let trace = history.trace();
    let end = trace
        .iter()
        .find(|r| r.time == Instant(350_000) && matches!(r.kind, RecordKind::Arrive { .. }))
        .unwrap();
    assert!(trace.datagram(end.id, &mut arrived) && arrived.ends_with(b"yz"));
    after_opening(
        "rule edit A#3 win=7 keep-checksum\nat 300ms A.c send \"x\"\n",
        &["A>B P. … refused checksum", "A>B P. … again", "B>A ."],
    );
    // The n-th has other flags: the next with these is meant.
    after_opening(
        "rule drop A#2 P.\nat 300ms A.c send \"x\"\n",
        &["A>B P. … x dropped-by-rule", "A>B P. … again", "B>A ."],
    );
}

#[test]
fn the_link_is_cut_and_healed() {
    let history = after_opening(
        "at 300ms A.c send \"x\"\ndo 320ms cut A>B\ndo 800ms heal A>B\n",
        &["A>B P. … x link-cut", "A>B P. … again", "B>A ."],
    );
    assert_eq!(
        drops(history.trace())[0],
        (Place::Link, "link-cut", 320_000),
        "what is on the line is lost there"
    );
    let (mut history, _) = play(&format!("{OPEN}at 300ms cut\nat 400ms heal B>A\n"));
    assert_eq!(history.seek(Instant(350_000)).cut, [true, true]);
    assert_eq!(history.seek(Instant(400_000)).cut, [true, false]);
}

#[test]
fn a_forged_reset_and_the_router_speak_up() {
    after_opening(
        "do 300ms inject A:5000>B:8080 R seq=B.s.rcv_nxt\ndo 400ms A.c send \"x\"\n",
        &[
            "attacker>B R seq=m+1",
            "A>B P. … refused ack-in-listen",
            "B>A R seq=n+1",
        ],
    );
    after_opening(
        "do 300ms inject A:newest>B:8080 R seq=B.s.rcv_nxt+10\n",
        &[
            "attacker>B R seq=m+11 … refused rst-not-exact",
            "B>A . seq=n+1 ack=m+1",
        ],
    );
    // A hard error ends only what is not yet established (and there at once).
    check(
        "at 20ms A.c connect B:8080\ndo 40ms icmp A#1 port\n",
        &["A>B S … refused", "link>A icmp", "B>A R."],
    );
    let (history, _) =
        play("at 20ms A.c connect B:8080\nfirewall reject prohibited\nat 3s A.c abort\n");
    assert_eq!(
        drops(history.trace())[0],
        (Place::Link, "firewall-rejected", 45_000)
    );
}

#[test]
fn a_larger_datagram_than_the_link_takes_is_answered() {
    let body = format!("link A>B mtu 600\n{OPEN}at 300ms A.c send 1000\nat 5s A.c abort\n");
    let (history, lines) = play(&body);
    assert!(
        drops(history.trace())
            .iter()
            .any(|(_, why, _)| *why == "too-big"),
        "{}",
        lines.join("\n")
    );
    assert!(
        lines.iter().any(|l| l.contains("link>A icmp")),
        "{}",
        lines.join("\n")
    );
}

#[test]
fn a_host_loses_power_and_memory() {
    let (mut history, lines) = play(&format!(
        "{OPEN}do 300ms unplug B\ndo 310ms A.c send \"x\"\ndo 400ms plug B\ndo 3s B.l listen 9000 as s\n"
    ));
    let shown = lines.join("\n");
    assert!(
        lines.iter().any(|l| l.contains("refused no-connection")),
        "B knows nothing of it any more\n{shown}"
    );
    let off = history.seek(Instant(350_000));
    assert!(!off.hosts[1].plugged && off.hosts[1].statuses.is_empty());
    let on = history.seek(Instant(500_000));
    assert!(on.hosts[1].plugged && on.hosts[1].names.iter().all(|n| !n.alive));
    let later = history.seek(Instant(3_000_000));
    let numbers: Vec<u32> = later.hosts[1].names.iter().map(|n| n.socket).collect();
    assert_eq!(numbers, [1, 2, 3], "numbers are never used again");
    assert_eq!(later.hosts[1].statuses[0].socket.0, 3);
    // A reboot changes the secret, so the ISN of the same connection is another.
    let isn = |trace: &Trace| {
        let syns: Vec<u32> = (0..trace.sent_count())
            .filter_map(|i| trace.nth_sent(i))
            .filter(|s| s.flags == 2)
            .map(|s| s.seq)
            .collect();
        (syns[0], syns[1])
    };
    let (history, _) = play(
        "at 20ms A.c connect B:8080 from 5000\nat 300ms reboot A\nat 400ms A.c connect B:8080 from 5000\n",
    );
    let (first, second) = isn(history.trace());
    assert!(second.wrapping_sub(first) > 1_000_000, "{first} {second}");
}

#[test]
fn settings_and_link_change_from_then_on() {
    let (mut history, _) = play(&format!(
        "{OPEN}do 300ms set A msl 1s\ndo 400ms A.c close\ndo 500ms B.s close\n"
    ));
    assert_eq!(
        history.seek(Instant(299_000)).hosts[0]
            .settings
            .value("msl")
            .as_deref(),
        Some("2min")
    );
    assert_eq!(
        history.seek(Instant(300_000)).hosts[0]
            .settings
            .value("msl")
            .as_deref(),
        Some("1s")
    );
    assert_eq!(
        history.trace().end(),
        Instant(2_550_000),
        "TIME-WAIT lasts two seconds"
    );
    let (history, _) = play(&format!(
        "{OPEN}do 300ms link A>B latency 200ms\ndo 400ms A.c send \"x\"\n"
    ));
    let sent = (0..history.trace().sent_count())
        .filter_map(|i| history.trace().nth_sent(i))
        .find(|s| s.len == 1)
        .unwrap();
    assert_eq!(sent.fate_time, Some(Instant(600_000)));
}

#[test]
fn ipv6_works_as_ipv4_does() {
    let body = format!(
        "host A engine 2001:db8::1\nhost B engine 2001:db8::2\n{OPEN}at 300ms A.c send 2000\nat 900ms A.c close\nwhen B.s peer-closed close\n"
    );
    let (history, lines) = play(&body);
    let trace = history.trace();
    let mss: Vec<&String> = lines.iter().filter(|l| l.contains("mss=1440")).collect();
    assert_eq!(mss.len(), 2, "{}", lines.join("\n"));
    assert!(
        trace
            .iter()
            .any(|r| r.place == Place::A && matches!(r.kind, RecordKind::Ended { .. }))
    );
}

#[test]
fn reactions_see_each_socket_of_a_name() {
    let (mut history, _) = play(
        "at 0ms B.l listen 8080 as s\nevery 10ms times 3 A.c new connect B:8080\nwhen A.c established send \"ping\"\n\
         when B.s readable 4 send \"pong!\"\nwhen A.c readable 5 close\nwhen B.s peer-closed close\nset msl 1s\n",
    );
    let end = history.trace().end();
    let snapshot = history.seek(end);
    for host in HostId::ALL {
        let names: Vec<(&str, u32, u64)> = snapshot.hosts[host.index()]
            .names
            .iter()
            .filter(|n| n.name != "l")
            .map(|n| (n.name.as_str(), n.instance, n.received))
            .collect();
        let (name, got) = if host == HostId::A {
            ("c", 5)
        } else {
            ("s", 4)
        };
        assert_eq!(names, [(name, 1, got), (name, 2, got), (name, 3, got)]);
    }
}

#[test]
fn a_script_that_feeds_itself_cannot_stop_time() {
    let body = "at 0ms A.c connect B:8080\nwhen A.c state SYN-SENT always A.c new connect B:8080\nuntil 10ms\n";
    let (mut history, _) = play(body);
    let names = history.seek(Instant(10_000)).hosts[0].names.len();
    assert!((9_000..=10_001).contains(&names), "{names}");
}

#[test]
fn what_would_do_nothing_says_why() {
    let (mut history, _) = play(OPEN);
    let action = |text: &str| {
        text::parse(&format!("tcp-playground 1\ndo 0ms {text}"))
            .unwrap()
            .interventions
            .remove(0)
            .action
    };
    let mut why = |ms: u64, text: &str| {
        history
            .check(Instant(ms * 1_000), &action(text))
            .err()
            .map(sim::world::Missed::id)
    };
    assert_eq!(why(40, "drop A#1 S"), None);
    assert_eq!(
        why(80, "drop A#1 S"),
        Some("no-such-segment"),
        "it has arrived"
    );
    assert_eq!(why(80, "drop A#1 S."), Some("no-such-segment"));
    assert_eq!(why(80, "drop B#1 S."), None);
    assert_eq!(
        why(80, "release B#1"),
        Some("no-such-segment"),
        "it is not held"
    );
    assert_eq!(why(80, "plug B"), Some("plugged"));
    assert_eq!(
        why(80, "inject A:newest>B:8080 R seq=isn"),
        Some("nothing-known")
    );
}

/// A SYN to A's port 8080, as bytes: host B needs no TCP to send it.
const SYN: &str =
    "45000028000000004006f6ccc0000202c000020103e81f9000000007000000005002040004600000";

#[test]
fn a_host_that_is_a_script_sends_what_is_written_and_answers_nothing() {
    let body = format!(
        "host B script 192.0.2.2\nuntil 500ms\nat 0ms A.l listen 8080\nat 10ms emit B {SYN}\nat 20ms B.c connect A:8080\nat 20ms emit A {SYN}\n"
    );
    let history = check(&body, &["B>A S seq=", "A>B S. seq="]);
    let why = |action: &str| {
        let text = format!("tcp-playground 1\ndo 0ms {action}");
        let run = text::parse(&text).unwrap();
        let mut history = history.clone();
        let missed = history.check(Instant(0), &run.interventions[0].action);
        missed.err().map(sim::world::Missed::id)
    };
    assert_eq!(why(&format!("emit B {SYN}")), None);
    assert_eq!(why(&format!("emit A {SYN}")), Some("impossible"));
    assert_eq!(why("B.c connect A:8080"), Some("impossible"));
    assert_eq!(why("A.c connect B:8080"), None);
}

#[test]
fn what_a_listener_accepts_reads_as_the_listener_was_told() {
    for (reading, unread) in [("on", false), ("off", true)] {
        let body = format!("{OPEN}at 0ms B.l reading {reading}\nwhen A.c established send 30000\n");
        let (_, lines) = play(&body);
        let shown = lines.join("\n");
        assert!(shown.contains(" ack=m+30001 "), "{shown}");
        assert_eq!(shown.contains(" win=35535"), unread, "{shown}");
    }
}

#[test]
fn an_application_that_closes_at_end_of_file_makes_a_three_way_close() {
    after_opening(
        "do 200ms B.s closing on\ndo 300ms A.c close\n",
        &[
            "A>B F. seq=m+1",
            "B>A F. seq=n+1 ack=m+2",
            "A>B . seq=m+2 ack=n+2",
        ],
    );
    // Asked for only when the other end has closed already.
    after_opening(
        "do 300ms A.c close\ndo 500ms B.s closing on\n",
        &["A>B F.", "B>A .", "B>A F.", "A>B ."],
    );
}

/// Everything a scenario of two hosts and one connection does can be done by hand, in an empty world.
#[test]
fn scenarios_can_be_made_by_hand() {
    let ids = [
        "three-way-handshake",
        "four-way-close",
        "server-closes-first",
        "half-close",
        "simultaneous-close",
        "simultaneous-open",
        "connection-refused",
        "abort",
        "zero-window",
        "keep-alive",
        "connect-timeout",
        "reset-on-unread-data",
        "delayed-ack-and-nagle",
        "half-open-active",
        "half-open-discovery",
    ];
    for id in ids {
        let run = sim::catalogue::run(id).unwrap();
        let mut scripted = History::new(run.clone()).unwrap();
        scripted.advance_to_end(100_000);
        let mut empty = run.clone();
        empty.scenario.script.clear();
        let mut by_hand = History::new(empty).unwrap();
        for record in scripted.trace().iter() {
            let action = match record.kind {
                RecordKind::Intervention { index, .. } => {
                    run.scenario.script[index as usize].action.clone()
                }
                RecordKind::Call { index } => {
                    let call = scripted.trace().call(index).unwrap();
                    // A listener accepts by itself.
                    if matches!(call.call, sim::run::Call::Accept { .. }) {
                        continue;
                    }
                    let host = if record.place == Place::A {
                        HostId::A
                    } else {
                        HostId::B
                    };
                    let socket = sim::run::SocketName {
                        host,
                        name: call.name.clone(),
                        instance: None,
                    };
                    sim::run::Action::Call {
                        socket,
                        fresh: false,
                        call: call.call.clone(),
                    }
                }
                _ => continue,
            };
            by_hand.seek(record.time);
            by_hand.apply(record.time, action);
        }
        by_hand.advance_to_end(100_000);
        assert_eq!(by_hand.branches().len(), 1, "{id}");
        let segments = |h: &History| -> Vec<String> {
            ladder::of(h.run(), h.trace())
                .lines()
                .filter(|l| !l.contains('*'))
                .map(String::from)
                .collect()
        };
        let (mut made, mut shown) = (segments(&by_hand), segments(&scripted));
        // What happens in one moment at two hosts may come in another order.
        made.sort();
        shown.sort();
        assert_eq!(made, shown, "{id}");
    }
}
