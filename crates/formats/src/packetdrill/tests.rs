use std::net::IpAddr;

use tcp::settings::Policy;

use super::ast::{Action, ExpressionKind, Place, TcpOption, Time, flag};
use super::code::{self, CodeError, Variables};
use super::dialect::Dialect;
use super::packet::Wire;
use super::{Options, parse, run};

fn read(text: &str) -> super::ast::Script {
    parse(text, &["FreeBSD"], &[]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn error(text: &str) -> (u32, u32, String) {
    let error = parse(text, &[], &[]).expect_err(text);
    (error.place.line, error.place.column, error.message)
}

#[test]
fn times_in_all_their_forms() {
    let times = [
        ("+0", Time::Relative(0)),
        ("+.1", Time::Relative(100_000)),
        ("+ 1.00", Time::Relative(1_000_000)),
        ("0.100", Time::Absolute(100_000)),
        ("2", Time::Absolute(2_000_000)),
        ("*", Time::Any),
        ("+.2~+.3", Time::RelativeRange(200_000, 300_000)),
        ("1~1.5", Time::AbsoluteRange(1_000_000, 1_500_000)),
        ("+0.0000019", Time::Relative(1)),
    ];
    for (text, time) in times {
        let script = read(&format!("{text} > . 1:1(0) ack 1"));
        assert_eq!(script.events[0].time, time, "{text}");
    }
    let script = read(" 1.00...6.00 connect(3, ..., ...) = -1 ETIMEDOUT (Operation timed out)");
    let Action::Call(call) = &script.events[0].action else {
        panic!("a call");
    };
    assert_eq!(call.end, Some(6_000_000));
    assert_eq!(call.errno.as_deref(), Some("ETIMEDOUT"));
}

#[test]
fn segments_in_all_their_forms() {
    let script = read(
        "\
+0 < SFRPUEWA. 4294967295:1(2) ack 3 win 4 urg 5 <mss 1460,nop,wscale 7,sackOK,TS val 1 ecr 2,eol>
+0 > . 1:1(0) ack 1 <...>
+0 > P.5 1:2(1) ack 1
+0 > - 1:1(0)
+0 > [noecn] 80 > 8080 R ...(0) <sack 1:2 3:4>
+0 < . 1:1(0) ack 1 win 9 <hex 0a0b,nop,nop>",
    );
    let segments: Vec<_> = script
        .events
        .iter()
        .map(|event| match &event.action {
            Action::Segment(segment) => segment.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(segments[0].flags, 0x1ff);
    assert_eq!(
        (segments[0].seq, segments[0].len, segments[0].urgent),
        (Some(u32::MAX), 2, Some(5))
    );
    assert_eq!(segments[0].options.as_ref().map(Vec::len), Some(6));
    assert_eq!(segments[1].options, None);
    assert_eq!(
        segments[2].flags,
        flag::PSH | flag::ACK | flag::AE | flag::ECE
    );
    assert_eq!(segments[3].flags, 0);
    assert_eq!(segments[4].ports, Some((80, 8080)));
    assert_eq!(segments[4].seq, None);
    assert_eq!(
        segments[4].options,
        Some(vec![TcpOption::Sack(vec![(1, 2), (3, 4)])])
    );
    assert_eq!(
        segments[5].options.as_ref().map(|list| list[0].clone()),
        Some(TcpOption::Bytes(vec![10, 11]))
    );
}

#[test]
fn calls_conditionals_comments_and_icmp() {
    let script = read(
        "\
--ip_version=ipv6   // a comment
--define=WORD=\"text\"
`./defaults.sh`
/* more
   of them */
# and this
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
#ifdef STANDARD
+0 nonsense
#else
+0 poll([{fd=4, events=POLLIN, revents=POLLIN|POLLOUT}], 1, 0) = 1
#endif
+0 < [0:0(0)]icmp unreachable admin_prohibited
+0 < icmp packet_too_big mtu 1300 [0:0(0)]
+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0
+0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 1}, {..., 0x2}], msg_flags=0}, 0) = 3
+0 write(4, WORD \"\\n\\x41\\101\", 7) = 7
`cleanup`",
    );
    assert_eq!(script.options.len(), 2);
    assert!(script.init.is_some() && script.cleanup.is_some());
    assert_eq!(script.events.len(), 7);
    assert_eq!(
        script.events[1].place,
        Place {
            line: 11,
            column: 1
        }
    );
    let Action::Call(write) = &script.events[6].action else {
        panic!("a call");
    };
    assert_eq!(
        write.arguments[1].kind,
        ExpressionKind::Text(b"text\nAA".to_vec())
    );
}

#[test]
fn what_is_not_understood_has_its_place() {
    for (text, line, column, part) in [
        ("0 socket(", 1, 10, "a value"),
        (
            "0 > S 0:0(0)\n+0 < Q 0:0(0) win 1",
            2,
            6,
            "not a set of TCP flags",
        ),
        ("+0 < S 0:1(0) win 1", 1, 8, "do not fit together"),
        ("+0 < S 0:0(0)", 1, 4, "its window"),
        ("+0 < S 0:0(0) win 65536", 1, 19, "between 0 and 65535"),
        ("+0 < S 0:0(0) win 1 <...>", 1, 21, "expected segments only"),
        ("+0 < S 0:0(0) win 1 <frob 1>", 1, 22, "is not there"),
        ("* < S 0:0(0) win 1", 1, 1, "expected packets only"),
        ("+2~+1 > S 0:0(0)", 1, 1, "backwards"),
        ("+0 /* x", 1, 4, "no end"),
        ("+0 `x", 1, 4, "no end"),
        ("+0 %{ assert 1", 1, 4, "has no }%"),
        ("#ifdef X\n+0 > S 0:0(0)", 1, 1, "no #endif"),
        ("#endif", 1, 1, "no #ifdef"),
        ("+0 > udp (10)", 1, 6, "not there"),
        (
            "+0 > ipv4 1.2.3.4 > 5.6.7.8: . 1:1(0) ack 1",
            1,
            6,
            "encapsulation",
        ),
        ("`a`\n`b`\n+0 > S 0:0(0)", 3, 1, "the end of the script"),
        ("+0 \u{e9}", 1, 4, "begins with this character"),
    ] {
        let (got_line, got_column, message) = error(text);
        assert_eq!((got_line, got_column), (line, column), "{text}: {message}");
        assert!(message.contains(part), "{text}: {message}");
    }
}

fn assertions(text: &str) -> Result<(), CodeError> {
    let code = super::ast::Code {
        place: Place { line: 7, column: 3 },
        text: text.to_owned(),
    };
    let lookup = |name: &str| match name {
        "tcpi_rtt" => Some(30_000),
        "tcpi_state" | "TCP_ESTABLISHED" => Some(1),
        "tcpi_options" => Some(7),
        _ => None,
    };
    code::run(&code, &mut Variables::default(), &lookup)
}

#[test]
fn assertions_of_code_blocks() {
    for holds in [
        " assert tcpi_state == TCP_ESTABLISHED, tcpi_state ",
        "assert tcpi_rtt > 1 and tcpi_rtt <= 30000 or False",
        "assert abs(tcpi_rtt - 30100) < 30000 * 0.01",
        "assert tcpi_options == (1 | 2 | 4)\nassert not tcpi_options & 8",
        "print(tcpi_rtt); assert 1 < 2 < 3 != 4",
        "assert tcpi_state == 1, tcpi_state; \\\n  assert 0x10 == 16",
        "x = tcpi_rtt // 7\nassert x == 4285 and x % 2 == 1 and -x < 0",
        "# nothing\nassert tcpi_state in [1, 2]",
        "assert (tcpi_rtt == 30000 and\n   tcpi_state == 1)",
        "assert 1 << 3 == 8 and 'a' == \"a\" and max(1, 2) == 2",
    ] {
        assert_eq!(assertions(holds), Ok(()), "{holds}");
    }
    for (fails, line, column) in [
        ("assert tcpi_state == 2", 7, 3),
        ("assert 1\nassert tcpi_rtt < 5", 8, 1),
        ("assert 1;  assert 2 < 1 < 3", 7, 14),
    ] {
        match assertions(fails) {
            Err(CodeError::False { place, .. }) => {
                assert_eq!((place.line, place.column), (line, column), "{fails}");
            }
            other => panic!("{fails}: {other:?}"),
        }
    }
    for (wrong, part) in [
        ("assert tcpi_frob == 1", "«tcpi_frob» is not there"),
        ("frob(1)", "only assertions"),
        ("assert 1 +", "a value is wanted"),
        ("assert 1 // 0", "do not fit"),
        ("assert (1", "is wanted here"),
        ("assert 1 1", "not understood"),
    ] {
        match assertions(wrong) {
            Err(CodeError::NotUnderstood(error)) => {
                assert!(error.message.contains(part), "{wrong}: {error}");
            }
            other => panic!("{wrong}: {other:?}"),
        }
    }
}

#[test]
fn packets_are_what_the_engine_reads_and_come_back_whole() {
    for addresses in [["192.0.2.1", "192.168.0.1"], ["2001:db8::1", "2001:db8::2"]] {
        let [source, destination] = addresses.map(|text| text.parse::<IpAddr>().expect("one"));
        let wire = Wire {
            source: (source, 4711),
            destination: (destination, 8080),
            tos: 2,
            ttl: 64,
            flags: flag::PSH | flag::ACK,
            seq: u32::MAX,
            ack: 7,
            window: 65_535,
            urgent: 0,
            options: vec![
                TcpOption::NoOperation,
                TcpOption::NoOperation,
                TcpOption::Timestamps { value: 1, echo: 2 },
            ],
            payload: vec![1, 2, 3],
        };
        let bytes = wire.bytes();
        assert_eq!(Wire::read(&bytes), Ok(wire));
        let datagram = tcp::wire::Datagram::parse(&bytes).expect("a datagram");
        assert_eq!(datagram.source, source);
        let mut broken = bytes.clone();
        *broken.last_mut().expect("a byte") ^= 1;
        assert_eq!(Wire::read(&broken), Err("the TCP checksum is wrong"));
        for length in 0..bytes.len() {
            assert!(Wire::read(&bytes[..length]).is_err());
        }
    }
}

#[test]
fn dialects_and_their_settings() {
    assert_eq!(
        Dialect::of("0 `sysctl -w net.inet.tcp.rfc1323=1`"),
        Dialect::FreeBsd
    );
    assert_eq!(Dialect::of("`../common/defaults.sh`"), Dialect::Linux);
    let script = |command: &str| format!("0 `{command}`\n");
    let outcome = |command: &str| run(&script(command), &Options::default()).failure;
    for fine in [
        "sysctl -q net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0",
        "sysctl -w net.inet.tcp.rfc1323=1",
        "sysctl net.inet.tcp.rfc1323 | frob",
        "../common/set_sysctls.py /proc/sys/net/ipv4/tcp_retries2=5 \\\n /proc/sys/net/ipv4/tcp_fin_timeout=60",
        "echo 1 > /proc/sys/net/ipv4/tcp_sack; nstat -n",
        "sleep 0.5 && sysctl -wq net.ipv4.tcp_rmem=\"4096 87380 6291456\"",
        "sockstat -4 -P tcp -s | grep TIME_WAIT",
    ] {
        assert_eq!(outcome(fine), None, "{fine}");
    }
    for (bad, part) in [
        (
            "sysctl -w net.ipv4.tcp_frob=1",
            "net.ipv4.tcp_frob is not in the table",
        ),
        (
            "sysctl -w net.ipv4.tcp_ecn=1",
            "nothing for net.ipv4.tcp_ecn=1",
        ),
        (
            "sysctl -w net.ipv4.tcp_congestion_control=bbr",
            "nothing for",
        ),
        ("frobnicate now", "«frobnicate» is not there"),
        (
            "ip route change default via 1.2.3.4 initcwnd 20",
            "initcwnd",
        ),
    ] {
        let failure = outcome(bad).unwrap_or_else(|| panic!("{bad} passed"));
        assert!(failure.message.contains(part), "{bad}: {}", failure.message);
        assert_eq!((failure.place.line, failure.place.column), (1, 3));
    }
}

#[test]
fn a_failure_shows_both_packets_and_the_reasons() {
    let text = "\
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+.5 > S 0:0(0) win 1 <mss 1460>
";
    let options = Options {
        policy: Some(Policy::Rfc),
        ..Options::default()
    };
    let failure = run(text, &options).failure.expect("the window differs");
    let report = failure.text("a.pkt", true);
    assert!(
        report.starts_with("a.pkt:4:5: error handling packet: window"),
        "{report}"
    );
    assert!(
        report.contains("script packet:  0.500000 S 0:0(0) win 1 <mss 1460>"),
        "{report}"
    );
    assert!(
        report.contains("actual packet:  0.000000 S 0:0(0) win 65535 <mss 1460>"),
        "{report}"
    );
    assert!(report.contains("active-open"), "{report}");
    assert!(!failure.text("a.pkt", false).contains("active-open"));
}

#[test]
fn no_text_makes_it_panic() {
    let good = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0...0.2 connect(3, ..., ...) = 0\n\
                +0 > S 0:0(0) <mss 1460>\n+.1 < S. 0:0(0) ack 1 win 9 <mss 100,TS val 1 ecr 2,nop,nop>\n\
                +0 %{ assert tcpi_state == 1 }%\n+0 `sleep 1`\n";
    for start in 0..good.len() {
        for cut in [1, 3, 9] {
            let mut text = good.to_owned();
            text.replace_range(start..(start + cut).min(good.len()), "");
            let _ = run(&text, &Options::default());
            text.insert(start, ['(', '0', '"', '<', '=', '.'][start % 6]);
            let _ = run(&text, &Options::default());
        }
    }
}
