//! Going back and forth gives what running from zero gives; acting in the past keeps both futures.

use tcp::time::Instant;

use super::branch::{KEYFRAMES_MANY, SPACING_MAX};
use super::*;
use crate::catalogue;
use crate::rng::{self, Purpose};
use crate::text;
use crate::trace::{Place, RecordKind, Why, WorldReason};

fn played(text: &str) -> History {
    let mut history =
        History::new(text::parse(&format!("tcp-playground 1\n{text}")).unwrap()).unwrap();
    assert_eq!(history.advance_to_end(1_000_000), Progress::Reached);
    history
}

fn act(history: &mut History, ms: u64, action: &str) {
    let line = format!("tcp-playground 1\ndo {ms}ms {action}");
    let intervention = text::parse(&line).unwrap().interventions.remove(0);
    history.apply(intervention.time, intervention.action);
}

const HANDSHAKE: &str = "at 0ms B.l listen 8080 as s\nat 20ms A.c connect B:8080\n";

const BULK: &str = "link latency 20ms bandwidth 20Mbps queue 30 loss 1/40 jitter 1ms\nset sack on\n\
    at 0ms B.l listen 8080 as s\nat 20ms A.c connect B:8080\nwhen A.c established send 400000\n\
    when A.c sent 400000 close\nwhen B.s peer-closed close\n";

/// Seeks all over the place in a finished history against a fresh one that only goes forward.
fn seek_like_running(run: &Run, places: u64) {
    let mut history = History::new(run.clone()).unwrap();
    history.advance_to_end(1_000_000);
    let end = history.trace().end().0;
    let records = history.trace().len() as u64;
    let mut times: Vec<u64> = (0..places)
        .map(|n| {
            // Half of them exactly where something happens.
            let random = |bound| rng::below(1, Purpose::Jitter, 0, n, bound);
            let record = RecordId(random(records) as u32);
            if n % 2 == 0 {
                random(end + 2)
            } else {
                history.trace().record(record).unwrap().time.0
            }
        })
        .collect();
    let jumping: Vec<Snapshot> = times.iter().map(|t| history.seek(Instant(*t))).collect();
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by_key(|i| times[*i]);
    let mut fresh = History::new(run.clone()).unwrap();
    for i in order {
        let here = fresh.seek(Instant(times[i]));
        assert_eq!(here, jumping[i], "{} at {}", run.scenario.id, times[i]);
        assert_eq!(
            here.records as usize,
            history.trace().count_until(Instant(times[i]))
        );
    }
    times.clear();
    fresh.advance_to_end(1_000_000);
    assert_eq!(fresh.trace().hash(), history.trace().hash());
}

#[test]
fn seeking_equals_running() {
    for id in catalogue::ids() {
        seek_like_running(&catalogue::run(id).unwrap(), 24);
    }
    seek_like_running(played(BULK).run(), 60);
}

#[test]
fn keyframes_thin_out_and_seeking_stays_right() {
    let text = BULK
        .replace("400000", "12000000")
        .replace("loss 1/40", "loss 1/400");
    let run = played(&text).run().clone();
    let mut history = History::new(run.clone()).unwrap();
    history.advance_to_end(10_000_000);
    assert!(history.trace().len() > 30_000, "{}", history.trace().len());
    assert!(
        history.trace().len() > 2 * KEYFRAMES_MANY * SPACING_MAX as usize,
        "enough to thin them out as far as they go"
    );
    assert!(history.keyframes() <= history.trace().len() / SPACING_MAX as usize + 1);
    seek_like_running(&run, 12);
}

#[test]
fn a_bounded_advance_goes_on_where_it_stopped() {
    let whole = played(BULK);
    let mut pieces = History::new(whole.run().clone()).unwrap();
    let mut calls = 0;
    while let Progress::More(at) = pieces.advance_to_end(50) {
        assert!(at <= whole.trace().end() && pieces.trace().end() <= at);
        calls += 1;
    }
    assert!(calls > 5);
    assert_eq!(pieces.trace().hash(), whole.trace().hash());
    assert_eq!(pieces.end(), Some(whole.trace().end()));
}

#[test]
fn acting_at_the_edge_goes_on_in_the_same_branch() {
    let mut history = History::new(text::parse("tcp-playground 1\n").unwrap()).unwrap();
    act(&mut history, 0, "B.l listen 8080 as s");
    act(&mut history, 20, "A.c connect B:8080");
    history.seek(Instant(60_000));
    act(&mut history, 60, "drop A#1 S");
    history.advance_to_end(1_000);
    assert_eq!(history.branches().len(), 1);
    let drop = history
        .trace()
        .iter()
        .find(|r| matches!(r.kind, RecordKind::Drop { .. }))
        .unwrap();
    assert_eq!(
        drop.kind.why(),
        Some(Why::World(WorldReason::DroppedByPerson))
    );
    assert_eq!((drop.place, drop.time), (Place::Link, Instant(60_000)));
    let cause = history.trace().record(drop.cause.unwrap()).unwrap();
    assert_eq!(
        cause.kind,
        RecordKind::Intervention {
            index: 2,
            scripted: false
        }
    );
    // What was made by hand is a run like any other.
    let again = text::parse(&text::print(history.run())).unwrap();
    let mut replayed = History::new(again).unwrap();
    replayed.advance_to_end(1_000);
    assert_eq!(replayed.trace().hash(), history.trace().hash());
}

#[test]
fn acting_in_the_past_forks_and_both_futures_stay() {
    let mut history = played(HANDSHAKE);
    let first = history.current();
    let before = history.trace().hash();
    history.seek(Instant(500_000));
    act(&mut history, 80, "drop B#1 S.");
    let second = history.current();
    assert_ne!(first, second);
    history.advance_to_end(1_000);
    let infos = history.branches();
    assert_eq!(infos.len(), 2);
    assert_eq!(infos[1].parent, Some((first, Instant(80_000))));
    assert_eq!(history.trace_of(first).unwrap().hash(), before);
    let difference = history.compare(first, second).unwrap();
    assert_eq!(difference.time, Instant(80_000));
    assert!(history.switch(first));
    assert_eq!(history.trace().hash(), before);
    // Undo takes the fork away, redo brings it back.
    let forked = history.trace_of(second).unwrap().hash();
    assert_eq!(history.undo(), Some(Instant(80_000)));
    assert_eq!((history.branches().len(), history.current()), (1, first));
    assert_eq!(history.redo(), Some(Instant(80_000)));
    history.advance_to_end(1_000);
    assert_eq!(
        (history.current(), history.trace().hash()),
        (second, forked)
    );
    assert!(history.rename(second, "lost") && history.branches()[1].name == "lost");
    assert!(!history.switch(BranchId(99)));
}

#[test]
fn undoing_everything_gives_the_first_run_again() {
    let mut history =
        History::new(text::parse(&format!("tcp-playground 1\n{HANDSHAKE}")).unwrap()).unwrap();
    history.advance_to_end(1_000);
    let before = history.trace().hash();
    let mut undone = Vec::new();
    for (ms, action) in [
        (300, "A.c send 5000"),
        (310, "hold A#4"),
        (310, "cut B>A"),
        (900, "heal"),
        (950, "release A#4"),
        (2_000, "B.s close"),
        // In the past: a fork.
        (305, "A.c close"),
        (400, "unplug B"),
    ] {
        history.seek(Instant(ms * 1_000));
        act(&mut history, ms, action);
        history.advance_to_end(10_000);
        undone.push(history.trace().hash());
    }
    assert_eq!(history.branches().len(), 2);
    while let Some(hash) = undone.pop() {
        assert!(history.can_undo());
        history.advance_to_end(10_000);
        assert_eq!(history.trace().hash(), hash);
        history.undo();
    }
    history.advance_to_end(10_000);
    assert_eq!(history.trace().hash(), before);
    assert!(!history.can_undo() && history.can_redo());
    while history.redo().is_some() {}
    history.advance_to_end(10_000);
    assert_eq!(
        history.run().interventions.len(),
        3,
        "of the fork: what came before it, and its own two"
    );
}

#[test]
fn hosts_of_two_ip_versions_are_refused() {
    let run = text::parse("tcp-playground 1\nhost B engine 2001:db8::2\n").unwrap();
    assert_eq!(History::new(run).err(), Some(RunError::Addresses));
}

/// What a restless person does: look, act, undo, redo, change branches; afterwards every branch is what its run gives.
#[test]
fn whatever_is_done_a_branch_is_what_its_run_gives() {
    const ACTIONS: [&str; 28] = [
        "A.c connect B:8080",
        "A.c send 3000",
        "B.s send 500",
        "A.c shutdown",
        "A.c close",
        "B.s close",
        "A.c abort",
        "B.s abort",
        "A.d connect B:8080",
        "B.c connect A:5000 from 8080",
        "drop A#1",
        "drop B#1",
        "drop A#3",
        "hold A#2",
        "release A#2",
        "delay B#2 300ms",
        "duplicate A#4 after 40ms",
        "corrupt B#1 bit 170",
        "edit A#1 seq=+9",
        "cut",
        "heal",
        "unplug B",
        "plug B",
        "reboot A",
        "set msl 1s",
        "set B isn counter",
        "link loss 1/3",
        "inject A:newest>B:8080 R seq=5",
    ];
    for seed in 0..80 {
        let mut n = 0;
        let mut pick = |bound: u64| {
            n += 1;
            rng::below(seed, Purpose::Loss, 7, n, bound)
        };
        let mut history = History::new(
            text::parse(&format!("tcp-playground 1\nseed {seed}\n{HANDSHAKE}")).unwrap(),
        )
        .unwrap();
        let mut now = 0;
        for _ in 0..40 {
            match pick(10) {
                0..=5 => {
                    // Mostly on, sometimes back.
                    now = if pick(4) == 0 {
                        pick(now + 1)
                    } else {
                        now + pick(250)
                    };
                    history.seek(Instant(now * 1_000));
                    act(&mut history, now, ACTIONS[pick(28) as usize]);
                }
                6 => now = history.undo().map_or(now, |t| t.0 / 1_000),
                7 => now = history.redo().map_or(now, |t| t.0 / 1_000),
                8 if pick(4) == 0 => {
                    let branches = history.branches();
                    let gone = branches[pick(branches.len() as u64) as usize].id;
                    let removed = history.remove(gone, Instant(now * 1_000));
                    assert_eq!(removed, branches.len() > 1);
                }
                8 => {
                    let branches = history.branches();
                    history.switch(branches[pick(branches.len() as u64) as usize].id);
                }
                _ => {
                    history.advance_to_end(500);
                }
            }
        }
        for branch in history.branches() {
            history.switch(branch.id);
            let reached = history.advance_to_end(20_000);
            let run = history.run().clone();
            assert!(
                run.interventions.is_sorted_by_key(|i| i.time),
                "{}",
                text::print(&run)
            );
            let mut fresh = History::new(run).unwrap();
            fresh.advance_to_end(20_000);
            let difference = first_difference(history.trace(), fresh.trace());
            if reached == Progress::Reached {
                assert_eq!(
                    difference,
                    None,
                    "seed {seed}\n{}",
                    text::print(history.run())
                );
                assert_eq!(history.trace().hash(), fresh.trace().hash());
            }
        }
    }
}

#[test]
fn what_is_said_to_be_unchanged_is_unchanged() {
    let mut history = played(BULK);
    let mut state = 1u64;
    let mut random = |below: u64| {
        state = rng::draw(7, Purpose::Jitter, 0, state);
        state % below
    };
    let mut before = history.trace().clone();
    let mut told = 0;
    history.take_unchanged();
    for _ in 0..120 {
        match random(8) {
            0 | 1 => {
                history.undo();
            }
            2 => {
                history.redo();
            }
            3 => {
                let branches = history.branches();
                history.switch(branches[random(branches.len() as u64) as usize].id);
            }
            4 if random(2) == 0 => {
                let branches = history.branches();
                let gone = branches[random(branches.len() as u64) as usize].id;
                history.remove(gone, Instant(random(4_000) * 1_000));
            }
            4 => {
                history.seek(Instant(random(4_000) * 1_000));
            }
            _ => act(&mut history, random(4_000), "link loss 1/9"),
        }
        let unchanged = history.take_unchanged();
        history.advance_to_end(200_000);
        let trace = history.trace();
        if unchanged == Instant::NEVER {
            let common = before.len().min(trace.len());
            assert!(before.iter().take(common).eq(trace.iter().take(common)));
        } else {
            let kept = trace.first_at_or_after(unchanged);
            assert!(before.len() >= kept && before.iter().take(kept).eq(trace.iter().take(kept)));
            told += usize::from(kept > 100);
        }
        before = trace.clone();
    }
    assert!(told > 20, "a good part of it stays, {told} times");
}

#[test]
fn a_branch_that_was_taken_away_comes_back() {
    let mut history =
        History::new(text::parse(&format!("tcp-playground 1\n{HANDSHAKE}")).unwrap()).unwrap();
    history.advance_to_end(u32::MAX);
    for at in [90, 60, 40] {
        history.seek(Instant(200_000));
        act(&mut history, at, "unplug B");
    }
    let before = history.branches();
    assert_eq!(before.len(), 4);
    let (child, first) = (before[2].id, before[0].id);
    let run = history.run_of(child).cloned();
    // The second was forked from the first, the third from the second …
    assert!(history.switch(child));
    assert!(history.remove(child, Instant(70_000)));
    assert_eq!(history.current(), before[1].id, "its parent is shown");
    assert!(history.run_of(child).is_none());
    let last = history.branches()[2].clone();
    assert_eq!(
        last.parent,
        Some((before[1].id, Instant(40_000))),
        "what was forked from it belongs to its parent now"
    );
    assert_eq!(history.undo(), Some(Instant(70_000)));
    assert_eq!(history.branches(), before);
    assert_eq!(history.current(), child);
    assert_eq!(history.run_of(child).cloned(), run);
    assert_eq!(history.redo(), Some(Instant(70_000)));
    assert_eq!(history.branches().len(), 3);
    for info in history.branches() {
        history.remove(info.id, Instant::ZERO);
    }
    assert_eq!(history.branches().len(), 1, "the last one stays");
    while history.undo().is_some() {}
    assert_eq!(history.branches().len(), 1);
    assert_eq!(history.current(), first);
    assert!(history.run().interventions.is_empty());
}
