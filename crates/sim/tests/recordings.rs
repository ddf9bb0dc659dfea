//! Hosts that are recordings: what two engines said to each other is recorded, and one or both are played from it.

use sim::catalogue;
use sim::history::{History, Progress};
use sim::recording::{Recorded, RecordedFate};
use sim::run::{Action, HostId, HostKind, Run, When};
use sim::text;
use sim::trace::{Place, RecordKind, Trace, WorldReason};
use tcp::time::Instant;

fn whole(run: &Run) -> History {
    let mut history = History::new(run.clone()).unwrap();
    assert_eq!(history.advance_to_end(200_000), Progress::Reached);
    history
}

/// What both hosts of a scenario put on the link, with what became of it.
fn recorded(trace: &Trace, payload_max: usize) -> [Vec<Recorded>; 2] {
    HostId::ALL.map(|host| {
        let sends = trace
            .iter()
            .filter(|r| r.place == host.place() && matches!(r.kind, RecordKind::Send { .. }));
        let recorded = sends.map(|send| {
            let mut datagram = Vec::new();
            assert!(trace.datagram(send.id, &mut datagram));
            let mut recorded = Recorded::new(send.time, &datagram, payload_max);
            let fate = trace
                .sent(send.id)
                .and_then(|sent| trace.record(sent.fate?))
                .unwrap();
            recorded.fate = if fate.place == Place::Link {
                RecordedFate::Lost
            } else {
                RecordedFate::Arrives {
                    at: fate.time,
                    corrupt: None,
                    copy: None,
                }
            };
            recorded
        });
        recorded.collect()
    })
}

/// The scenario with this host, or both, played from what was recorded.
fn played(id: &str, hosts: &[HostId], payload_max: usize) -> (Run, History) {
    let original = whole(&catalogue::run(id).unwrap());
    let mut run = original.run().clone();
    run.scenario.recorded = recorded(original.trace(), payload_max);
    // What the link did to them stands in the recording.
    run.scenario.rules.clear();
    for host in hosts {
        run.scenario.hosts[host.index()].kind = HostKind::Recording;
        run.scenario.script.retain(|line| match &line.action {
            Action::Call { socket, .. } => socket.host != *host,
            _ => true,
        });
    }
    (run, original)
}

fn differences(trace: &Trace) -> Vec<(u32, WorldReason)> {
    let differs = |kind| match kind {
        RecordKind::Differs { nth, why } => Some((nth, why)),
        _ => None,
    };
    trace.iter().filter_map(|r| differs(r.kind)).collect()
}

/// Time, place and datagram of everything that was sent.
fn sends(trace: &Trace) -> Vec<(Instant, Place, Vec<u8>)> {
    let sends = trace
        .iter()
        .filter(|r| matches!(r.kind, RecordKind::Send { .. }));
    sends
        .map(|r| {
            let mut datagram = Vec::new();
            assert!(trace.datagram(r.id, &mut datagram));
            (r.time, r.place, datagram)
        })
        .collect()
}

const SCENARIOS: [&str; 6] = [
    "three-way-handshake",
    "four-way-close",
    "simultaneous-close",
    "syn-ack-lost",
    "reset-on-unread-data",
    "zero-window",
];

#[test]
fn an_engine_talks_to_a_recording_as_it_talked_to_the_engine() {
    for id in SCENARIOS {
        for host in HostId::ALL {
            let (run, original) = played(id, &[host], usize::MAX);
            let printed = text::print(&run);
            assert_eq!(text::parse(&printed).as_ref(), Ok(&run), "{printed}");
            let again = whole(&run);
            assert_eq!(differences(again.trace()), [], "{id} {host:?}");
            let sort = |mut all: Vec<_>| {
                all.sort();
                all
            };
            assert_eq!(
                sort(sends(again.trace())),
                sort(sends(original.trace())),
                "{id} {host:?}"
            );
        }
    }
}

#[test]
fn two_recordings_are_what_was_seen() {
    for id in SCENARIOS {
        let (run, original) = played(id, &HostId::ALL, usize::MAX);
        let again = whole(&run);
        assert_eq!(again.trace().hash(), whole(&run).trace().hash());
        assert_eq!(sends(again.trace()).len(), sends(original.trace()).len());
        let states = |r: sim::trace::Record| matches!(r.kind, RecordKind::State { .. });
        assert!(!again.trace().iter().any(states), "no TCP of ours is there");
    }
}

/// Payload that was left out is made up, checksum and all.
#[test]
fn left_out_payload_changes_nothing_for_an_engine() {
    let (run, _) = played("zero-window", &[HostId::B], 0);
    assert!(run.scenario.recorded[0].iter().any(|r| r.filler > 0));
    let again = whole(&run);
    assert_eq!(differences(again.trace()), []);
    let lengths = |trace: &Trace| -> Vec<usize> {
        let mut all: Vec<_> = sends(trace).iter().map(|(_, _, d)| d.len()).collect();
        all.sort_unstable();
        all
    };
    let (_, original) = played("zero-window", &[HostId::B], 0);
    assert_eq!(lengths(again.trace()), lengths(original.trace()));
}

/// The first difference is named, and only the first.
#[test]
fn where_the_engine_goes_another_way() {
    let check = |change: fn(&mut Run), expected| {
        let (mut run, _) = played("four-way-close", &[HostId::B], usize::MAX);
        change(&mut run);
        let again = whole(&run);
        assert_eq!(differences(again.trace()), [expected]);
    };
    check(|run| run.seed += 1, (1, WorldReason::RecordedOther));
    check(
        |run| {
            let last = run.scenario.recorded[0].last_mut().unwrap();
            last.sent = Instant(last.sent.0 - 5);
        },
        (4, WorldReason::RecordedMissing),
    );
    check(
        |run| run.scenario.recorded[0][1].sent.0 += 5,
        (2, WorldReason::RecordedTime),
    );
    check(
        |run| {
            run.scenario.recorded[0].pop();
        },
        (4, WorldReason::RecordedNoMore),
    );
    // The recording never answers the FIN that comes later.
    check(
        |run| {
            run.scenario.script.retain(|line| {
                !matches!(
                    (&line.when, &line.action),
                    (
                        When::At(_),
                        Action::Call {
                            call: sim::run::Call::Close,
                            ..
                        }
                    )
                )
            });
        },
        (3, WorldReason::RecordedMissing),
    );
}
