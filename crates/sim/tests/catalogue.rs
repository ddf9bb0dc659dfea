//! Every scenario of the catalogue against its reviewed ladder, one line a segment and a change of state.
//!
//! `TCP_PLAYGROUND_BLESS=1 cargo test -p sim --test catalogue` writes the ladders anew; look at the difference.

mod ladder;

use std::path::PathBuf;

use sim::catalogue;
use sim::history::{History, Progress};
use sim::text;

fn whole(id: &str) -> History {
    let run = catalogue::run(id).expect(id);
    let mut history = History::new(run).unwrap_or_else(|e| panic!("{id}: {e}"));
    assert_eq!(
        history.advance_to_end(200_000),
        Progress::Reached,
        "{id} goes on and on"
    );
    history
}

#[test]
fn ladders_are_as_reviewed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/ladders");
    let bless = std::env::var_os("TCP_PLAYGROUND_BLESS").is_some();
    let mut wrong = Vec::new();
    for id in catalogue::ids() {
        let history = whole(id);
        let ladder = ladder::of(history.run(), history.trace());
        let file = folder.join(format!("{id}.txt"));
        if bless {
            std::fs::write(&file, &ladder).unwrap();
        }
        let reviewed = std::fs::read_to_string(&file).unwrap_or_default();
        if ladder != reviewed {
            wrong.push(format!("==== {id}\n{ladder}---- reviewed\n{reviewed}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn every_text_comes_back_as_the_same_run() {
    for id in catalogue::ids() {
        let run = catalogue::run(id).unwrap();
        assert_eq!(run.scenario.id, id);
        let printed = text::print(&run);
        assert_eq!(text::parse(&printed).unwrap(), run, "{printed}");
    }
}

#[test]
fn two_runs_give_one_trace() {
    for id in catalogue::ids() {
        let (one, other) = (whole(id), whole(id));
        assert_eq!(one.trace().hash(), other.trace().hash(), "{id}");
        assert_eq!(
            sim::history::first_difference(one.trace(), other.trace()),
            None,
            "{id}"
        );
    }
}

/// The attacker sees what is addressed to itself, and nothing else: no scenario lets it look into a host.
#[test]
fn attackers_are_off_path() {
    for id in catalogue::ids() {
        let text = catalogue::text(id).unwrap();
        for line in text
            .lines()
            .filter(|l| l.contains("inject ") || l.contains("sweep "))
        {
            let peeks = ["snd_", "rcv_", ".iss", ".irs", "newest"]
                .iter()
                .any(|word| line.contains(word));
            assert!(!peeks, "{id}: {line}");
        }
    }
}

/// Sequence numbers, ports and all the rest come from the seed: another seed, another trace, the same ladder.
#[test]
fn another_seed_changes_numbers_and_nothing_else() {
    for id in [
        "three-way-handshake",
        "four-way-close",
        "simultaneous-open",
        "mss-negotiation",
        "abort",
    ] {
        let mut run = catalogue::run(id).unwrap();
        run.seed += 1;
        let mut other = History::new(run).unwrap();
        other.advance_to_end(10_000);
        let usual = whole(id);
        assert_ne!(other.trace().hash(), usual.trace().hash(), "{id}");
        assert_eq!(
            ladder::of(other.run(), other.trace()),
            ladder::of(usual.run(), usual.trace()),
            "{id}"
        );
    }
}

/// The manual's example is a scenario, and what its tables name exists.
#[test]
fn the_manual_is_right() {
    let manual = include_str!("../scenarios/README.md");
    let example = manual
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let mut history = History::new(text::parse(example).unwrap()).unwrap();
    history.advance_to_end(10_000);
    assert!(history.trace().len() > 40, "it opens, talks and closes");
    for line in [
        "host A engine 192.0.2.1 2001:db8::1 mtu 576",
        "attacker 203.0.113.1 latency 5ms",
        "policy B letter",
        "set msl 2s",
        "link A>B latency 1ms jitter 1ms bandwidth 2Mbps queue 3 loss 1/9 duplicate 1/9 reorder 1/9 5ms corrupt 1/9 mtu 900",
        "firewall B>A reject prohibited",
        "cut A>B",
        "rule drop A#3 P.",
        "chapter 1ms x",
        "checkpoint 1h y",
        "every 1ms from 5ms times 3 A.c new connect [2001:db8::7]:80",
        "when B.s state FIN-WAIT-2 always after 1ms abort",
        "when B.s sent 5 receive 7",
        "do 1ms A.c passive-open 80 from B:5000",
        "do 1ms A.c send 5 push urgent",
        "do 1ms A.c send 5 push urgent more",
        "do 1ms A.c send \"a\" more",
        "do 1ms A.c closing on",
        "do 1ms edit A#3 seq=+5 ack=-5 win=1 flags=S. urg=1 sport=1 dport=1 mss=9 payload \"x\" keep-checksum",
        "do 1ms inject A:5000>B:8080 R. seq=B.s.rcv_nxt+1 ack=isn+64001 win=1 mss=1 \"text\"",
        "do 1ms icmp A#3 too-big 576",
        "do 1ms sample B:8080",
        "do 1ms flood B:8080 times 3 every 1ms",
        "do 1ms plug B",
        "do 1ms corrupt A#3 bit 7",
        "do 1ms sweep A:1>B:2 R seq=4 times 3 every 1ms seq-step 4 ack-step 4 port-step 4",
        "trace 0123456789abcdef",
    ] {
        text::parse(&format!("tcp-playground 1\n{line}\n"))
            .unwrap_or_else(|e| panic!("{e}: {line}"));
    }
}
