//! Scripts that somebody damaged: run or refused with their place, never a panic, never without end.

use formats::packetdrill::{Dialect, Options, replay, run};
use sim::rng::{Purpose, below};

/// What stands somewhere in scripts, to be put where it does not belong.
const WORDS: &[&str] = &[
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "18446744073709551615",
    "9223372036854775807",
    "4294967296",
    "65536",
    "+0",
    "+99999999999",
    "*",
    "+.1~+.2",
    "1...2",
    "...",
    "<",
    ">",
    "S",
    "S.",
    "F.",
    "P.",
    "R",
    "-",
    "0:0(0)",
    "1:0(1)",
    "5:6(1)",
    "1:4294967296(65535)",
    "ack 1",
    "win 0",
    "win 65535",
    "urg 7",
    "<mss 0>",
    "<mss 65535,wscale 255>",
    "<sack 1:0 5:9>",
    "<TS val 1 ecr 0>",
    "<...>",
    "<hex 0102030405060708>",
    "nop,",
    "socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
    "write(4, ..., 1000000) = 1000000",
    "write(4, ..., 9223372036854775807) = 1",
    "read(4, ..., 9223372036854775807) = 1",
    "send(4, ..., 5, MSG_MORE|MSG_OOB) = 5",
    "recv(4, ..., 5, MSG_PEEK|MSG_WAITALL) = 5",
    "close(3) = 0",
    "close(4) = 0",
    "shutdown(4, SHUT_WR) = 0",
    "accept(3, ..., ...) = 4",
    "connect(3, ..., ...) = 0",
    "listen(3, 2147483648) = 0",
    "setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=9223372036854775807}, 8) = 0",
    "setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [9223372036854775807], 4) = 0",
    "setsockopt(4, SOL_SOCKET, SO_RCVBUF, [-1], 4) = 0",
    "setsockopt(4, IPPROTO_TCP, TCP_MAXSEG, [0], 4) = 0",
    "getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0",
    "fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
    "poll([{fd=4, events=POLLIN, revents=0}], 1, 9223372036854775807) = 0",
    "sendmsg(4, {msg_iov(1)=[{..., -5}]}, 0) = 1",
    "icmp unreachable host_unreachable [1:1(0)]",
    "icmp unreachable frag_needed mtu 0 [1:1(0)]",
    "%{ assert tcpi_state == 1 }%",
    "%{",
    "}%",
    "`",
    "`sysctl -q net.ipv4.tcp_rmem=\"0 0 0\"`",
    "`sleep 99999999999`",
    "--mss=0",
    "--mss=99999",
    "--ip_version=ipv6",
    "--tolerance_usecs=18446744073709551615",
    "#ifdef",
    "#endif",
    "//",
    "/*",
    "*/",
    "\"",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "=",
    "|",
    "\u{7f}",
    "é",
    "\0",
];

fn garble(seed: u64, text: &str) -> String {
    let mut drawn = 0;
    let mut pick = |bound: usize| {
        drawn += 1;
        below(seed, Purpose::Jitter, 0, drawn, bound.max(1) as u64) as usize
    };
    let mut lines: Vec<String> = text.lines().map(String::from).collect();
    for _ in 0..=pick(5) {
        let at = pick(lines.len());
        let word = WORDS[pick(WORDS.len())];
        match pick(8) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[pick(lines.len())].clone()),
            2 => lines.insert(at, format!("+0 {word}")),
            3 => {
                let other = pick(lines.len());
                lines.swap(at, other);
            }
            4 => {
                let line: Vec<char> = lines[at].chars().collect();
                lines[at] = line[..pick(line.len())].iter().collect();
            }
            _ => {
                let mut words: Vec<&str> = lines[at].split(' ').collect();
                let place = pick(words.len());
                if pick(3) == 0 {
                    words.insert(place, word);
                } else {
                    words[place] = word;
                }
                lines[at] = words.join(" ");
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

#[test]
fn garbled_scripts_never_panic() {
    let scripts = super::scripts();
    let mut failed = 0;
    for seed in 0..4_000 {
        let (name, original) = &scripts[seed as usize % scripts.len()];
        let text = garble(seed, original);
        let options = Options {
            dialect: [None, Some(Dialect::Linux), Some(Dialect::FreeBsd)][seed as usize % 3],
            ..Options::default()
        };
        let (seen, given) = (text.clone(), options.clone());
        let outcome = std::panic::catch_unwind(move || (run(&seen, &given), replay(&seen, &given)));
        let Ok((outcome, _)) = outcome else {
            panic!("{name}, garbled with {seed}, made it panic:\n{text}");
        };
        if let Some(failure) = outcome.failure {
            failed += 1;
            let lines = text.lines().count() as u32 + 1;
            assert!(
                failure.place.line <= lines,
                "{name}, {seed}: {}",
                failure.text("x", false)
            );
            assert!(!failure.message.is_empty());
        }
    }
    assert!(failed > 1_000, "the damage does something: {failed}");
}
