//! The policies: each member can be set alone, and a policy is its members.

use tcp::settings::{SettingError, Settings};
use tcp::state::State::{Closed, Established, FinWait1, TimeWait};

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::world::{A, B, World};

const POLICIES: [&str; 4] = ["rfc", "linux", "freebsd", "letter"];

#[test]
fn a_policy_is_the_sum_of_its_members() {
    shows("policy rfc, policy linux, policy freebsd, policy letter");
    for policy in POLICIES {
        let mut whole = Settings::default();
        whole.set("policy", policy).expect("it is one");
        let mut members = Settings {
            policy: whole.policy,
            ..Settings::default()
        };
        for info in Settings::table() {
            let value = whole.value(info.name).expect("it has one");
            members
                .set(info.name, &value)
                .expect("it takes its own value");
        }
        assert_eq!(members, whole, "{policy}");
        assert_eq!(whole.changed().count(), 0);
    }
    assert!(matches!(
        Settings::default().set("polity", "rfc"),
        Err(SettingError::UnknownName)
    ));
    assert!(matches!(
        Settings::default().set("policy", "windows"),
        Err(SettingError::Refused(_))
    ));
}

/// Any two of them understand each other, from the handshake to 2 MSL.
#[test]
fn every_two_policies_talk_to_each_other() {
    shows("policy rfc, policy linux, policy freebsd, policy letter");
    for one in POLICIES {
        for other in POLICIES {
            for (simultaneous_open, simultaneous_close) in
                [(false, false), (true, false), (false, true), (true, true)]
            {
                let mut w = World::new(&format!("policy {one}"), &format!("policy {other}"));
                let (a, b) = if simultaneous_open {
                    let ends = w.connect_to_each_other();
                    // «rfc» is content with the SYN-ACK that «letter» drops: that one's next SYN-ACK gets the ACK it needs.
                    w.run_ms(1_500);
                    ends
                } else {
                    w.established()
                };
                w.are(a, Established, b, Established);
                for (host, socket) in [(A, a), (B, b)] {
                    w.send(host, socket, 10_000).expect("room");
                }
                w.run_ms(3_000);
                for (host, socket) in [(A, a), (B, b)] {
                    assert_eq!(w.receive(host, socket).map(|t| t.len()), Ok(10_000));
                }
                w.run_ms(1_000);
                w.close(A, a).expect("open");
                if simultaneous_close {
                    w.close(B, b).expect("open");
                    w.run_ms(1_500);
                    w.are(a, TimeWait, b, TimeWait);
                } else {
                    w.run_ms(500);
                    w.close(B, b).expect("open");
                    w.run_ms(500);
                    w.are(a, TimeWait, b, Closed);
                }
                w.run();
                w.are(a, Closed, b, Closed);
            }
        }
    }
}

#[test]
fn what_a_closed_end_sends_differs_by_policy() {
    shows("policy letter, setting reset-with-ack");
    for (policy, flags) in [
        ("rfc", "R."),
        ("linux", "R."),
        ("freebsd", "R."),
        ("letter", "R"),
    ] {
        let mut b = Bench::new(&format!(
            "policy {policy}; window-scale off; sack off; timestamps off"
        ));
        b.established();
        b.abort().expect("open");
        assert_eq!(b.next().flags.to_string(), flags, "{policy}");
    }
}

#[test]
fn habits_of_linux_and_freebsd_can_be_had_alone() {
    shows(
        "setting time-wait-needs-ack, setting syn-text, setting delay-ack-of-fin, setting rto-slop, setting tolerate-missing-timestamps",
    );
    for (text, answers) in [("", 1), ("time-wait-needs-ack on", 0)] {
        let mut b = Bench::in_state(TimeWait, text);
        b.arrives("S 5000");
        assert_eq!(b.all_sent().len(), answers, "{text}");
    }
    for (text, passive, active) in [("keep", 5, 5), ("drop-passive", 0, 5), ("drop", 0, 0)] {
        let text = format!("syn-text {text}");
        let mut b = Bench::in_state(tcp::state::State::Listen, &text);
        b.arrives("S 300 len 5");
        b.arrives(". 301 ack 101");
        assert_eq!(b.status().receive_queue, passive, "{text}");
        let mut b = Bench::in_state(tcp::state::State::SynSent, &text);
        b.arrives("S 300 len 5");
        b.arrives("S. 300 ack 101");
        assert_eq!(b.status().receive_queue, active, "{text}");
    }
    for (text, at_once) in [("", true), ("delay-ack-of-fin on", false)] {
        let mut b = Bench::new(text);
        b.established();
        b.arrives("P. 301 ack 101 len 5");
        b.wait_ms(300);
        b.sent.clear();
        b.arrives("F. 306 ack 101");
        assert_eq!(b.all_sent().len(), usize::from(at_once), "{text}");
        b.wait_ms(300);
        assert_eq!(b.all_sent().len(), usize::from(!at_once), "{text}");
    }
    for (text, ms) in [
        ("rto-minimum 30ms", 30),
        ("rto-minimum 30ms; rto-slop 200ms", 230),
    ] {
        let mut b = Bench::new(text);
        b.connect();
        b.wait_ms(2);
        b.arrives("S. 300 ack 101");
        assert_eq!(b.status().rto.0 / 1_000, ms, "{text}");
    }
    for (text, taken) in [
        ("timestamps on", 0),
        ("timestamps on; tolerate-missing-timestamps on", 5),
    ] {
        let mut b = Bench::new(text);
        b.established_with("win 10000 <TS 5 0>");
        b.arrives("P. 301 ack 101 len 5");
        assert_eq!(b.status().receive_queue, taken, "{text}");
    }
}

#[test]
fn what_linux_and_freebsd_make_of_ack_and_path_can_be_had_alone() {
    shows(
        "setting answer-ack-of-unsent, setting timestamp-needs-ack, setting rto-above-round-trip, setting mss-of-path",
    );
    for (text, answers) in [("", 1), ("answer-ack-of-unsent off", 0)] {
        let mut b = Bench::new(text);
        b.established();
        b.arrives(". 301 ack 9000");
        assert_eq!(b.all_sent().len(), answers, "{text}");
        b.must_say("ack-of-unsent");
    }
    // A timestamp beside an ACK that cannot be right: where it counts, what follows is older than it.
    for (text, taken) in [
        ("timestamps on", 0),
        ("timestamps on; timestamp-needs-ack on", 5),
    ] {
        let mut b = Bench::new(text);
        b.established_with("win 10000 <TS 5 0>");
        b.arrives(". 301 ack 9000 <TS 9 0>");
        b.arrives("P. 301 ack 101 len 5 <TS 7 0>");
        assert_eq!(b.status().receive_queue, taken, "{text}");
    }
    // A round trip of 10 ms: RFC 6298's max(10 + 20, 200) against 10 + max(20, 200).
    for (text, ms) in [
        ("rto-minimum 200ms", 200),
        ("rto-minimum 200ms; rto-above-round-trip on", 210),
    ] {
        let mut b = Bench::new(text);
        b.connect();
        b.wait_ms(10);
        b.arrives("S. 300 ack 101");
        assert_eq!(b.status().rto.0 / 1_000, ms, "{text}");
    }
    // The SYN was too big for a router; the one that is sent again announces what fits, or the interface's.
    for (text, mss) in [("", "mss 1440"), ("mss-of-path on", "mss 1220")] {
        let mut b = Bench::v6(text);
        b.connect();
        b.sent.clear();
        b.icmp(tcp::wire::IcmpKind::TooBig { mtu: 1280 }, 100);
        b.wait_s(2);
        let again = b.next();
        assert!(again.options.starts_with(mss), "{text}: {}", again.options);
    }
}

#[test]
fn settings_change_in_mid_life() {
    shows("policy rfc");
    let mut b = Bench::in_state(FinWait1, "");
    b.configure("msl 1s");
    b.arrives("F. 301 ack 112");
    b.is(TimeWait);
    b.wait_s(2);
    b.is(Closed);
}

cases![
    a_policy_is_the_sum_of_its_members,
    every_two_policies_talk_to_each_other,
    what_a_closed_end_sends_differs_by_policy,
    habits_of_linux_and_freebsd_can_be_had_alone,
    what_linux_and_freebsd_make_of_ack_and_path_can_be_had_alone,
    settings_change_in_mid_life,
];
