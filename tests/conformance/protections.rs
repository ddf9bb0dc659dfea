//! What keeps strangers and old duplicates out, on and off: RFC 5961, RFC 7323
//! (with window scale), RFC 4987's cookies.

use tcp::event::SocketId;
use tcp::state::State::{Closed, Established};
use tcp::time::Duration;

use crate::bench::Bench;
use crate::record::{cases, shows};

#[test]
fn challenges_are_throttled_by_the_second() {
    shows("RFC 5961, setting challenge-ack-limit");
    for state in [Established, tcp::state::State::TimeWait] {
        let mut b = Bench::in_state(state, "challenge-ack-limit 3");
        for _ in 0..5 {
            b.arrives("S 5000");
        }
        assert_eq!(b.all_sent().len(), 3);
        b.limited("challenge-ack-limit");
        b.wait_s(1);
        b.sent.clear();
        b.arrives("S 5000");
        assert_eq!(b.all_sent().len(), 1);
        let mut b = Bench::in_state(state, "challenge-ack-limit unlimited");
        for _ in 0..500 {
            b.arrives("S 5000");
        }
        assert_eq!(b.all_sent().len(), 500);
    }
}

#[test]
fn two_ends_that_disagree_do_not_talk_for_ever() {
    shows("RFC 5961");
    let mut b = Bench::in_state(Established, "");
    for _ in 0..20 {
        b.arrives(". 200 ack 50");
    }
    assert_eq!(b.all_sent().len(), 1);
    b.limited("duplicate-ack-throttled");
    b.wait_ms(500);
    b.sent.clear();
    b.arrives(". 200 ack 50");
    b.sends(". 111 ack 301");
    // TIME-WAIT too.
    let mut b = Bench::in_state(tcp::state::State::TimeWait, "");
    for _ in 0..20 {
        b.arrives(". 200 ack 50");
    }
    assert_eq!(b.all_sent().len(), 1);
    // Without the protection each one is answered.
    let mut b = Bench::in_state(Established, "challenge-ack off");
    for _ in 0..20 {
        b.arrives(". 200 ack 50");
    }
    assert_eq!(b.all_sent().len(), 20);
}

#[test]
fn blind_data_need_an_ack_in_range() {
    shows("MAY-12, RFC 5961, setting blind-data-check");
    for (text, taken) in [("", false), ("blind-data-check off", true)] {
        let mut b = Bench::in_state(Established, text);
        // Far below SND.UNA − MAX.SND.WND.
        b.arrives("P. 301 ack 4000000000 len 5");
        assert_eq!(b.status().receive_queue > 0, taken);
        if !taken {
            b.must_say("ack-too-old");
            b.must_say("challenge-ack-for-old-ack");
        }
    }
    // Just inside the range it is data.
    let mut b = Bench::in_state(Established, "");
    b.arrives(&format!("P. 301 ack {} len 5", 101u32.wrapping_sub(10_000)));
    assert_eq!(b.status().receive_queue, 5);
}

#[test]
fn old_duplicates_are_told_by_their_timestamps() {
    shows("RFC 7323, setting paws, setting timestamps");
    for (text, taken) in [("timestamps on", false), ("timestamps on; paws off", true)] {
        let mut b = Bench::new(&format!("{text}; delayed-ack off"));
        b.established_with("win 10000 <TS 1000 0>");
        b.arrives("P. 301 ack 101 len 5 <TS 999 0>");
        assert_eq!(b.status().receive_queue == 5, taken, "{text}");
        assert_eq!(b.said("paws"), !taken);
        assert_eq!(b.said("ack-for-old-timestamp"), !taken);
        assert_eq!(b.all_sent().len(), 1);
        // A RST has no such test.
        b.arrives(if taken {
            "R 306 <TS 1 0>"
        } else {
            "R 301 <TS 1 0>"
        });
        b.is(Closed);
    }
    // After 24 days of silence the old value says nothing.
    let mut b = Bench::new("timestamps on; delayed-ack off");
    b.established_with("win 10000 <TS 1000 0>");
    b.wait(Duration::from_secs(25 * 86_400));
    b.arrives("P. 301 ack 101 len 5 <TS 999 0>");
    assert_eq!(b.status().receive_queue, 5);
}

#[test]
fn timestamps_are_echoed_and_required() {
    shows("RFC 7323, setting timestamps, setting timestamp-tick");
    let mut b = Bench::new("timestamps on; delayed-ack off");
    b.connect();
    b.sends("S 100 <mss 1460,TS 1000 0>");
    b.wait_ms(40);
    b.arrives("S. 300 ack 101 <TS 500 1000>");
    b.sends(". 101 ack 301 <TS 1040 500>");
    assert_eq!(b.status().srtt, Some(Duration::from_millis(40)));
    b.arrives("P. 301 ack 101 len 5 <TS 520 1040>");
    b.sends(". 101 ack 306 <TS 1040 520>");
    // Out of order: TS.Recent stays (RFC 7323 4.3).
    b.arrives("P. 316 ack 101 len 5 <TS 530 1040>");
    b.sends(". 101 ack 306 <TS 1040 520>");
    // Agreed on, and missing: dropped; a RST may go without.
    b.arrives("P. 306 ack 101 len 5");
    b.must_say("timestamps-missing");
    b.sends_nothing();
    b.arrives("R 306");
    b.is(Closed);
    // One tick is what it is set to.
    let mut b = Bench::new("timestamps on; timestamp-tick 10ms");
    b.connect();
    b.sends("S 100 <mss 1460,TS 100 0>");
    // Not offered: not used.
    let mut b = Bench::new("timestamps on");
    b.established_with("win 10000");
    b.send(3).expect("room");
    b.sends("P. 101 ack 301 len 3 <>");
}

#[test]
fn windows_scale_both_ways() {
    shows("RFC 7323, setting window-scale, setting window-scale-shift");
    let mut b =
        Bench::new("window-scale on; window-scale-shift 4; receive-buffer 640000; delayed-ack off");
    b.connect();
    b.sends("S 100 win 65535 <mss 1460,wscale 4>");
    b.arrives("S. 300 ack 101 win 1000 <wscale 15>");
    // 15 counts as 14; the window of a SYN is not scaled.
    assert_eq!(b.status().window_scale, Some((4, 14)));
    assert_eq!(b.status().snd_wnd, 1000);
    b.next();
    b.arrives("P. 301 ack 101 win 2 len 10");
    assert_eq!(b.status().snd_wnd, 2 << 14);
    assert_eq!(b.next().window, (640_000u32 - 10).div_ceil(16) as u16);
    // Off at either end: none.
    for (text, options) in [("window-scale off", "<wscale 3>"), ("window-scale on", "")] {
        let mut b = Bench::new(text);
        b.established_with(&format!("win 1000 {options}"));
        assert_eq!(b.status().window_scale, None);
        b.arrives(". 301 ack 101 win 500");
        assert_eq!(b.status().snd_wnd, 500);
    }
}

/// The cookie for a SYN from port 5000, sent back; the listener and what it said.
fn cookie(text: &str, syn: &str, wait_s: u64, forge: u32) -> (Bench, SocketId) {
    let mut b = Bench::new(text);
    let listener = b.listen(None);
    b.arrives(syn);
    let syn_ack = b.next();
    assert_eq!(syn_ack.flags.to_string(), "S.");
    assert_eq!(
        b.stack.status(listener).expect("there").syn_queue,
        0,
        "nothing is kept"
    );
    b.wait_s(wait_s);
    let ts = syn_ack
        .options
        .split(',')
        .find_map(|o| o.strip_prefix("TS "));
    let echo = ts.map_or(String::new(), |ts| {
        format!(" <TS 9 {}>", ts.split(' ').next().expect("a value"))
    });
    let ack = syn_ack.seq.wrapping_add(1).wrapping_add(forge);
    b.arrives(&format!(". 301 ack {ack} win 2000{echo}"));
    (b, listener)
}

#[test]
fn syn_cookies_keep_nothing_and_lose_little() {
    shows("RFC 4987, setting syn-cookies");
    let always = "syn-cookies always";
    let (mut b, listener) = cookie(always, "S 300 win 5000 <mss 1460>", 0, 0);
    b.must_say("syn-cookie-made");
    b.must_say("syn-cookie-sent");
    b.must_say("syn-cookie-valid");
    b.accept(listener);
    b.is(Established);
    assert_eq!(b.status().mss_peer, 1460);
    b.arrives(&format!("P. 301 ack {} len 5", b.status().snd_nxt.0));
    assert_eq!(b.receive(9).map(|t| t.len()), Ok(5));
    // MSS roughly, scale and SACK where there are timestamps.
    for (mss, at_least) in [(536, 500), (1000, 500), (1460, 1_440), (9000, 1_440)] {
        let (mut b, listener) = cookie(always, &format!("S 300 <mss {mss}>"), 0, 0);
        b.accept(listener);
        let kept = b.status().mss_peer;
        assert!(kept >= at_least && kept <= mss, "{mss}: {kept}");
    }
    let all = format!("{always}; window-scale on; timestamps on; sack on");
    let (mut b, listener) = cookie(&all, "S 300 <mss 1460,sackOK,TS 5 0,wscale 6>", 0, 0);
    b.accept(listener);
    let s = b.status();
    assert_eq!(
        (s.sack, s.timestamps, s.window_scale.map(|w| w.1)),
        (true, true, Some(6))
    );
    let (mut b, listener) = cookie(&all, "S 300 <mss 1460,sackOK,wscale 6>", 0, 0);
    b.accept(listener);
    assert_eq!(b.status().window_scale, None);
    // Forged, and too old.
    let (mut b, _) = cookie(always, "S 300 <mss 1460>", 0, 77);
    b.must_say("ack-in-listen");
    assert_eq!(b.next().flags.to_string(), "R");
    let (mut b, _) = cookie(always, "S 300 <mss 1460>", 1_000, 0);
    b.must_say("syn-cookie-expired");
    assert_eq!(b.next().flags.to_string(), "R");
}

#[test]
fn a_flood_turns_clients_away_unless_there_are_cookies() {
    shows("RFC 4987, setting syn-cookies, setting backlog");
    for (cookies, served) in [("off", false), ("overflow", true), ("always", true)] {
        let mut b = Bench::new(&format!("backlog 4; syn-cookies {cookies}"));
        let listener = b.listen(None);
        for n in 0..20 {
            let from = format!("10.0.{n}.9:999").parse().expect("an address");
            b.arrives_from(from, "S 5");
        }
        b.sent.clear();
        b.arrives("S 300");
        if served {
            let seq = b.next().seq.wrapping_add(1);
            b.arrives(&format!(". 301 ack {seq}"));
            b.accept(listener);
            b.is(Established);
        } else {
            b.sends_nothing();
            b.limited("syn-queue-full");
        }
    }
}

cases![
    challenges_are_throttled_by_the_second,
    two_ends_that_disagree_do_not_talk_for_ever,
    blind_data_need_an_ack_in_range,
    old_duplicates_are_told_by_their_timestamps,
    timestamps_are_echoed_and_required,
    windows_scale_both_ways,
    syn_cookies_keep_nothing_and_lose_little,
    a_flood_turns_clients_away_unless_there_are_cookies,
];
