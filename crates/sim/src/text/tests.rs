//! What is read is written, and what is wrong is found where it stands.

use super::{ParseErrorKind, parse, print};

fn same(body: &str) {
    let text = format!("tcp-playground 1\nengine 0.1.0\nscenario x\nseed 1\n{body}");
    let run = parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    assert_eq!(print(&run), text);
    assert_eq!(parse(&print(&run)).unwrap(), run);
}

#[test]
fn canonical_lines_come_back_as_they_were() {
    same("");
    same("until 10s\ntrace 00ff00ff00ff00ff\n");
    same(
        "host A engine 2001:db8::1 10.0.0.1 mtu 576\nhost B script 192.0.2.2\nattacker 203.0.113.9 latency 30ms\n",
    );
    same("policy linux\n");
    same("policy B letter\n");
    same(
        "link latency 10ms jitter 250us bandwidth 2Mbps queue 5 loss 1/100 duplicate 1/7 reorder 1/3 20ms corrupt 1/9 mtu 1400\n",
    );
    same("link A>B latency 10ms\nfirewall A>B reject host\nlink B>A loss 1/2\ncut B>A\n");
    same(
        "rule drop A#3 P.\nrule delay B#1 S. 1500ms\nrule hold A#2\nrule duplicate A#1 after 120s\nrule corrupt B#2 bit 320\n",
    );
    same(
        "rule edit A#1 S seq=+5 ack=0 win=9 flags=S. urg=1 sport=1 dport=2 mss=100 payload \"a\\\"b\\n\\x00é\" keep-checksum\n",
    );
    same(
        "at 0ms B.l listen 8080 backlog 2 as s\nat 10ms A.c connect B:8080 from 4000\nat 11ms A.c#2 new connect [2001:db8::2]:8080\n",
    );
    same("every 5ms from 1s times 20 A.x new connect B:8080\nevery 5ms times 2 A.x send 10\n");
    same(
        "when A.c established after 20ms send \"hello\" push\nwhen B.s readable 100 always close\nwhen B.s peer-closed A.c close\n",
    );
    same(
        "when B.s readable receive 10\nwhen B.s sent 5 shutdown\nwhen A.c ended A.c new connect B:8080\nwhen A.c state FIN-WAIT-2 unplug B\n",
    );
    same(
        "at 0ms B.p passive-open 300 from A:100\nat 0ms B.p reading off\nat 0ms B.p closing on\nat 0ms A.c linger 0ms\nat 0ms A.c keep-alive off\nat 0ms A.c mss 100\n",
    );
    same(
        "at 1ms inject A:newest>B:8080 R seq=B.s#1.rcv_nxt+10\nat 1ms inject 10.0.0.1:1>attacker:2 S. seq=5 ack=isn-3 win=1 mss=100 \"x\"\n",
    );
    same(
        "at 1ms sample B:80\nat 1ms flood B:80 times 100 every 1ms\nat 1ms sweep A:1>B:2 R seq=7 times 9 every 100us seq-step 1000 port-step 1\n",
    );
    same(
        "at 1ms cut\nat 1ms heal A>B\nat 1ms firewall drop\nat 1ms icmp A#1 S too-big 576\nat 1ms reboot A\nat 1ms plug B\nat 1ms link loss 1/2\n",
    );
    same("host B script 192.0.2.2\nat 1ms emit B 4500abff\ndo 2ms emit B 00\n");
    same(
        "chapter 0ms opening\ncheckpoint 60ms what-next\ndo 80ms drop A#2\ndo 80ms release A#2\ndo 81ms A.c close\n",
    );
    same("rule hold attacker#2 R\ndo 1ms edit attacker#1 R seq=+1\ndo 2ms drop link#3\n");
}

#[test]
fn errors_know_their_place() {
    let check = |text: &str, line: u32, column: u32, id: &str| {
        let e = parse(text).expect_err(text);
        assert_eq!(
            (e.line, e.column, e.kind.id()),
            (line, column, id),
            "{e}\n{text}"
        );
    };
    check("", 1, 1, "version");
    check("tcp-playground 2\n", 1, 16, "version");
    check("# only a comment\n\nnonsense", 3, 1, "version");
    check("tcp-playground 1\nhostt A", 2, 1, "expected");
    check("tcp-playground 1\nseed\n", 2, 5, "expected");
    check("tcp-playground 1\nseed 1\nseed 2\n", 3, 1, "repeated");
    check(
        "tcp-playground 1\nseed 99999999999999999999999\n",
        2,
        6,
        "expected",
    );
    check(
        "tcp-playground 1\nhost A engine mtu 99999\n",
        2,
        19,
        "range",
    );
    check("tcp-playground 1\nhost A engine 1.2.3\n", 2, 15, "expected");
    check("tcp-playground 1\nat 10 A.c close\n", 2, 4, "expected");
    check(
        "tcp-playground 1\nat 10ms A.c close now\n",
        2,
        19,
        "trailing",
    );
    check("tcp-playground 1\n  at 10ms A.c clse\n", 2, 15, "expected");
    check(
        "tcp-playground 1\nat 10ms A.c send \"abc\n",
        2,
        18,
        "expected",
    );
    check(
        "tcp-playground 1\nat 10ms A.c send \"a\\qc\"\n",
        2,
        21,
        "expected",
    );
    check("tcp-playground 1\nlink loss 3/2\n", 2, 11, "expected");
    check("tcp-playground 1\ndo 1ms drop A#0\n", 2, 13, "expected");
    check(
        "tcp-playground 1\nwhen A.c state CLOSE_WAIT close\n",
        2,
        16,
        "expected",
    );
    check(
        "tcp-playground 1\nat 1ms inject A:1>B:2 S seq=x\n",
        2,
        25,
        "expected",
    );
    // Columns count characters, not bytes.
    check(
        "tcp-playground 1\nat 10ms A.c send \"한국\" 7\n",
        2,
        23,
        "trailing",
    );
}

#[test]
fn comments_and_fractions() {
    let run = parse("tcp-playground 1 # ok\n\n# c\nat 1.5s A.c send \"a # b\" # c\nuntil 2min\n")
        .unwrap();
    assert_eq!(run.scenario.script.len(), 1);
    assert_eq!(run.scenario.until.unwrap().0, 120_000_000);
    let e = parse("tcp-playground 1\nuntil 1.5us\n").unwrap_err();
    assert!(matches!(e.kind, ParseErrorKind::Expected { .. }));
}

#[test]
fn what_more_follows_survives_the_text() {
    let text = "tcp-playground 1\nat 1ms A.c send 5 more\ndo 2ms A.c send \"a\" push more\n";
    let run = parse(text).unwrap();
    let printed = print(&run);
    assert!(printed.contains("at 1ms A.c send 5 more\n"), "{printed}");
    assert!(
        printed.contains("do 2ms A.c send \"a\" push more\n"),
        "{printed}"
    );
    assert_eq!(parse(&printed).unwrap(), run);
    // The words have an order, so that there is one text for each run.
    let e = parse("tcp-playground 1\nat 1ms A.c send 5 more push\n").unwrap_err();
    assert_eq!((e.column, e.kind.id()), (24, "trailing"));
}
