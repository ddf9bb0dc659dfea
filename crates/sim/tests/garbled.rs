//! Texts that somebody damaged: read or refused, never a panic; what can be read can be played, and comes back as the same run.

use sim::catalogue;
use sim::history::History;
use sim::rng::{Purpose, below};
use sim::text;
use tcp::time::Instant;

/// Words that stand somewhere in the format, to be put where they do not belong.
const WORDS: [&str; 40] = [
    "A.c",
    "B.s",
    "B.l",
    "connect",
    "listen",
    "close",
    "abort",
    "shutdown",
    "send",
    "9999999",
    "0",
    "\"x\"",
    "B:8080",
    "A:newest",
    "8080",
    "0ms",
    "1us",
    "400h",
    "1/2",
    "0/1",
    "A>B",
    "A#1",
    "B#2",
    "S.",
    "-",
    "seq=isn+1",
    "unplug",
    "reboot",
    "plug",
    "drop",
    "hold",
    "every",
    "when",
    "always",
    "after",
    "times",
    "reading",
    "off",
    "set",
    "isn",
];

fn garble(seed: u64, text: &str) -> String {
    let mut n = 0;
    let mut pick = |bound: usize| {
        n += 1;
        below(seed, Purpose::Jitter, 3, n, bound as u64) as usize
    };
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    for _ in 0..=pick(6) {
        let at = 1 + pick(lines.len() - 1);
        match pick(5) {
            0 => {
                let mut words: Vec<&str> = lines[at].split(' ').collect();
                let place = pick(words.len());
                words[place] = WORDS[pick(WORDS.len())];
                lines[at] = words.join(" ");
            }
            1 => {
                lines.remove(at);
                lines.push(String::new());
            }
            2 => {
                let copy = lines[pick(lines.len() - 1) + 1].clone();
                lines.insert(at, copy);
            }
            3 => {
                let mut bytes = lines[at].clone().into_bytes();
                if !bytes.is_empty() {
                    let place = pick(bytes.len());
                    bytes[place] = 32 + pick(95) as u8;
                }
                lines[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
            _ => {
                lines[at] = format!(
                    "do {}ms {} {}",
                    pick(3_000),
                    WORDS[pick(WORDS.len())],
                    lines[at]
                )
            }
        }
    }
    lines.join("\n")
}

#[test]
fn garbled_scenarios_are_read_or_refused() {
    // More of them: TCP_PLAYGROUND_TEXTS=100000 cargo test --release -p sim --test garbled
    let texts: u64 = std::env::var("TCP_PLAYGROUND_TEXTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_500);
    let ids: Vec<&str> = catalogue::ids().collect();
    let mut readable = 0;
    for seed in 0..texts {
        let original = catalogue::text(ids[seed as usize % ids.len()]).unwrap();
        let garbled = garble(seed, original);
        let run = match text::parse(&garbled) {
            Ok(run) => run,
            Err(error) => {
                let line = garbled.lines().nth(error.line as usize - 1).unwrap_or("");
                assert!(
                    error.column as usize <= line.chars().count() + 1,
                    "{error}\n{garbled}"
                );
                continue;
            }
        };
        readable += 1;
        assert_eq!(
            text::parse(&text::print(&run)).as_ref(),
            Ok(&run),
            "{garbled}"
        );
        if let Ok(mut history) = History::new(run) {
            history.advance_to_end(3_000);
            let known = history.trace().end();
            history.seek(Instant(known.0 / 2));
        }
    }
    assert!(readable * 10 > texts, "{readable} of {texts} could be read");
}
