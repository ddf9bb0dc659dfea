//! The invariants of `sim::check` over the catalogue and over worlds made at random.

use sim::catalogue;
use sim::check;
use sim::rng::{Purpose, below};
use sim::text;

/// In these somebody's forged data are believed, or an old duplicate's: that is what they show.
const BELIEVES_LIES: [&str; 3] = ["blind-data", "why-2msl", "isn-reuse"];

#[test]
fn the_catalogue_breaks_no_rule() {
    for id in catalogue::ids().filter(|id| !BELIEVES_LIES.contains(id)) {
        let run = catalogue::run(id).unwrap();
        let (_, violation) = check::play(&run, 100_000).unwrap();
        assert_eq!(violation, None, "{id}");
    }
    for id in BELIEVES_LIES {
        let run = catalogue::run(id).unwrap();
        let (_, violation) = check::play(&run, 100_000).unwrap();
        assert_eq!(
            violation.map(|v| v.rule),
            Some("prefix"),
            "{id}: the lie is not noticed"
        );
    }
}

/// A run made from a number: hardship for a while, then a healed link and a clean close.
fn random_run(seed: u64) -> String {
    let mut n = 0;
    let mut pick = |bound: u64| {
        n += 1;
        below(seed, Purpose::Flood, 1, n, bound)
    };
    let mut text = format!("tcp-playground 1\nseed {seed}\n");
    let policy = ["rfc", "linux", "freebsd", "letter"];
    for host in ["A", "B"] {
        text += &format!("policy {host} {}\n", policy[pick(4) as usize]);
        text += &format!(
            "set {host} receive-buffer {}\n",
            [300, 1_000, 5_000, 65_536][pick(4) as usize]
        );
        text += &format!(
            "set {host} send-buffer {}\n",
            [500, 3_000, 65_536][pick(3) as usize]
        );
        for switch in ["sack", "timestamps", "window-scale", "nagle", "delayed-ack"] {
            text += &format!("set {host} {switch} {}\n", ["on", "off"][pick(2) as usize]);
        }
        text += &format!("set {host} r2 5min\nset {host} user-timeout never\n");
    }
    for way in ["A>B", "B>A"] {
        text += &format!(
            "link {way} latency {}ms jitter {}ms loss {}/100 duplicate {}/100 reorder {}/100 {}ms corrupt {}/100\n",
            1 + pick(80),
            pick(20),
            pick(25),
            pick(10),
            pick(15),
            1 + pick(100),
            pick(6),
        );
    }
    text += "at 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080\n";
    text += &format!("when A.c established send {}\n", 1 + pick(20_000));
    text += &format!(
        "when B.s established after {}ms send {}\n",
        pick(300),
        1 + pick(9_000)
    );
    text += &format!(
        "at {}ms cut\nat {}ms heal\n",
        1_000 + pick(3_000),
        4_000 + pick(3_000)
    );
    text +=
        "at 60s link latency 10ms jitter 0ms loss 0/1 duplicate 0/1 reorder 0/1 0ms corrupt 0/1\n";
    match pick(3) {
        0 => text += "at 200s A.c close\nwhen B.s peer-closed close\n",
        1 => text += "at 200s B.s close\nwhen A.c peer-closed close\n",
        _ => text += "at 200s A.c close\nat 200s B.s close\n",
    }
    text
}

#[test]
fn random_worlds_break_no_rule_and_heal() {
    // More of them: TCP_PLAYGROUND_WORLDS=20000 cargo test --release -p sim --test invariants
    let worlds: u64 = std::env::var("TCP_PLAYGROUND_WORLDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(300);
    let mut whole = 0;
    for seed in 1..=worlds {
        let text = random_run(seed);
        let run = text::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let (trace, violation) = check::play(&run, 400_000).unwrap();
        assert_eq!(violation, None, "this run breaks a rule:\n{text}");
        // Whoever got through the hardship closes cleanly on the healed link.
        use sim::trace::RecordKind;
        let ends = trace
            .iter()
            .filter(|r| matches!(r.kind, RecordKind::Ended { .. }))
            .count();
        let closed = trace.iter().filter(|r| {
            matches!(
                r.kind,
                RecordKind::Ended {
                    how: tcp::event::Ended::Closed,
                    ..
                }
            )
        });
        whole += u64::from(closed.count() == 2 && ends == 2);
    }
    assert!(
        whole * 10 > worlds * 9,
        "only {whole} of {worlds} came through"
    );
}
