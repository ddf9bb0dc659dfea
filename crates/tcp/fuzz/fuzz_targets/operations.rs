//! A list of operations on a world: calls, hardship, interventions. Whatever they are, no invariant breaks.
#![no_main]

use std::fmt::Write as _;

use libfuzzer_sys::fuzz_target;

const CALLS: [&str; 12] = [
    "send 1", "send 3000", "shutdown", "close", "abort", "receive", "reading off", "reading on", "no-delay on",
    "keep-alive 1s", "linger 0ms", "user-timeout 3s",
];

fuzz_target!(|data: &[u8]| {
    let Some((&[policy, seed], rest)) = data.split_first_chunk() else { return };
    let policy = ["rfc", "linux", "freebsd", "letter"][usize::from(policy) % 4];
    let mut text = format!("tcp-playground 1\nseed {seed}\npolicy {policy}\nuntil 400s\nlink latency 10ms\n");
    text += "at 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080\n";
    let mut now = 10u32;
    for piece in rest.chunks_exact(3).take(40) {
        let &[kind, which, how] = piece else { return };
        now += u32::from(how) * u32::from(how) / 16;
        let host = ["A", "B"][usize::from(kind >> 7)];
        let socket = ["A.c", "B.s"][usize::from(kind >> 7)];
        let n = 1 + which % 24;
        let _ = match kind % 12 {
            0..=3 => writeln!(text, "at {now}ms {socket} {}", CALLS[usize::from(which) % CALLS.len()]),
            4 => writeln!(text, "do {now}ms drop {host}#{n}"),
            5 => writeln!(text, "do {now}ms duplicate {host}#{n} after {how}ms"),
            6 => writeln!(text, "do {now}ms hold {host}#{n}"),
            7 => writeln!(text, "do {now}ms release {host}#{n}"),
            8 => writeln!(text, "do {now}ms link loss {}/10 duplicate {}/10 reorder {}/10 30ms", which % 10, how % 10, which % 7),
            9 => writeln!(text, "do {now}ms {}", if which & 1 == 0 { "cut" } else { "heal" }),
            10 => writeln!(text, "do {now}ms reboot {host}"),
            _ => writeln!(text, "at {now}ms A.c new connect B:8080"),
        };
    }
    let run = sim::text::parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    // Reboots let numbers and bytes of two lives meet: then only the engine itself is judged.
    if let Ok((_, violation)) = sim::check::play(&run, 20_000) {
        assert!(violation.is_none() || text.contains("reboot"), "{violation:?}\n{text}");
    }
});
