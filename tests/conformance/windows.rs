//! Windows: updates, shrinking, closing and probing, silly windows, Nagle,
//! acknowledging late and together (RFC 9293 3.7.4, 3.8.6, 3.10.7.4).

use tcp::event::{Ended, Timer};
use tcp::stack::SocketOption;
use tcp::state::State::{Closed, Established};
use tcp::time::Duration;

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::segment::datagram;

#[test]
fn a_window_is_updated_by_wl1_and_wl2() {
    shows("U12");
    let mut b = Bench::in_state(Established, "");
    b.arrives(". 301 ack 101 win 5000");
    assert_eq!(b.status().snd_wnd, 5000);
    b.must_say("window-update");
    // Newer SEQ; then an older one that comes late.
    b.arrives("P. 321 ack 101 len 10 win 9000");
    assert_eq!(b.status().snd_wnd, 9000);
    b.arrives("P. 311 ack 101 len 10 win 100");
    assert_eq!(b.status().snd_wnd, 9000);
    b.must_say("old-window-ignored");
    // Same SEQ: by the ACK.
    b.arrives(". 321 ack 105 win 7000");
    assert_eq!(b.status().snd_wnd, 7000);
    b.arrives(". 321 ack 104 win 1");
    assert_eq!(b.status().snd_wnd, 7000);
    b.must_say("ack-of-old-data");
}

#[test]
fn the_window_is_never_taken_back() {
    shows("SHLD-14, setting receive-buffer");
    let mut b = Bench::new("receive-buffer 3000; delayed-ack off");
    b.established();
    let mut edge = b.status().rcv_nxt.0 + b.status().rcv_wnd;
    let mut seq = 301;
    for len in [1, 500, 1000, 3, 700, 796] {
        b.arrives(&format!("P. {seq} ack 101 len {len}"));
        seq += len;
        let ack = b.next();
        let now = ack.ack + u32::from(ack.window);
        assert!(now >= edge, "the right edge went from {edge} to {now}");
        edge = now;
        if len == 3 {
            b.receive(900).expect("there is something");
            b.sent.clear();
        }
        b.option(SocketOption::ReceiveBuffer(3000));
    }
    // A smaller buffer does not take back what was offered either.
    let mut b = Bench::new("receive-buffer 3000; delayed-ack off");
    b.established();
    b.option(SocketOption::ReceiveBuffer(100));
    b.arrives("P. 301 ack 101 len 50");
    b.sends(". 101 ack 351 win 2950");
}

/// A scaled window says what is offered only by so many bytes, and is rounded up so as not to take any back. A
/// peer that sends byte by byte must not get the rounding again and again: that would open a buffer nobody reads.
#[test]
fn rounding_a_scaled_window_up_offers_no_more_than_a_buffer() {
    shows("SHLD-14, RFC 7323, setting window-scale-shift, setting receive-buffer");
    for (policy, unit) in [("rfc", 128), ("linux", 128), ("freebsd", 64)] {
        let mut b = Bench::new(&format!(
            "policy {policy}; window-scale on; sack off; timestamps off; delayed-ack off; quick-acks 255; receive-buffer 10000"
        ));
        b.established_with("win 65535 <mss 1000,wscale 3>");
        let (mut sent, mut edge) = (0, 0);
        for _ in 0..30_000 {
            let status = b.status();
            let internal = status.rcv_nxt.0 + status.rcv_wnd;
            assert!(
                internal >= edge,
                "{policy}: what was offered is honoured: {edge}, {internal}"
            );
            edge = internal;
            if status.rcv_wnd == 0 {
                break;
            }
            b.arrives(&format!("P. {} ack 101 len 1", 301 + sent));
            sent += 1;
            b.sent.clear();
            let kept = b.status().receive_queue;
            assert!(
                kept < 10_000 + unit,
                "{policy}: {kept} bytes in a buffer of 10000"
            );
        }
        let kept = b.status().receive_queue;
        assert!(
            kept >= 9_000,
            "{policy}: the window closes after {kept} bytes"
        );
        // And it opens again for whoever reads.
        b.receive(10_200).expect("there is something");
        let news = b.next();
        assert!(news.window > 0, "{policy}: {news:?}");
    }
}

#[test]
fn a_peer_that_shrinks_its_window() {
    shows("MUST-34, SHLD-15, SHLD-16, SHLD-17, MAY-7");
    let mut b = Bench::new("congestion none");
    b.established_with("win 5000 <mss 1000>");
    b.send(8000).expect("room");
    assert_eq!(b.all_sent().len(), 5);
    b.arrives(". 301 ack 1101 win 1500");
    // No new data; what is out is retransmitted, inside the window and beyond.
    b.sends_nothing();
    b.wait_ms(1_000);
    b.sends(". 1101 ack 301 len 1000");
    // Closed altogether but answering: no time-out, ever.
    for _ in 0..40 {
        b.wait_s(30);
        b.arrives(". 301 ack 1101 win 0");
        b.is(Established);
    }
    b.sent.clear();
    b.arrives(". 301 ack 5101 win 4000");
    assert_eq!(b.status().snd_una.0, 5101);
    b.wait_s(2);
    assert!(b.all_sent().iter().any(|s| s.contains(" 5101 ")));
}

#[test]
fn a_closed_window_is_probed_at_doubling_intervals() {
    shows("MUST-35, MUST-36, SHLD-29, SHLD-30, setting rto-maximum");
    let mut b = Bench::new("");
    b.established_with("win 0");
    let since = b.now;
    b.send(10).expect("room");
    b.sends_nothing();
    b.must_say("window-closed");
    assert_eq!(b.timer_ms(Timer::Persist), Some(1_000));
    b.wait_s(70);
    b.must_say("probe-back-off");
    for (_, probe) in &b.sent {
        assert_eq!(probe.short(), ". 101 ack 301 len 1");
    }
    assert_eq!(
        b.times_ms(since),
        [1_000, 3_000, 7_000, 15_000, 31_000, 63_000]
    );
    b.must_say("zero-window-probe");
    // The limit of the intervals is the RTO's.
    let mut b = Bench::new("rto-maximum 4s; r2 never; user-timeout never");
    b.established_with("win 0");
    let since = b.now;
    b.send(10).expect("room");
    b.wait_s(20);
    assert_eq!(
        b.times_ms(since),
        [1_000, 3_000, 7_000, 11_000, 15_000, 19_000]
    );
}

#[test]
fn a_closed_window_that_answers_is_waited_for_without_end() {
    shows("MUST-37, MAY-8");
    let mut b = Bench::new("");
    b.established_with("win 0");
    b.send(10).expect("room");
    for _ in 0..100 {
        b.wait_s(60);
        b.sent.clear();
        b.arrives(". 301 ack 101 win 0");
        b.is(Established);
    }
    b.arrives(". 301 ack 101 win 1000");
    b.must_say("window-opened");
    b.sends("P. 101 ack 301 len 10");
    assert_eq!(b.timer(Timer::Persist), None);
}

#[test]
fn probes_that_nobody_answers_end_the_connection() {
    shows("MUST-20, arc 46, setting r2");
    let mut b = Bench::new("");
    b.established_with("win 0");
    b.send(10).expect("room");
    b.wait_s(400);
    b.is(Closed);
    assert_eq!(b.ended().map(|e| e.0), Some(Ended::TimedOut));
    b.must_say("probes-unanswered");
}

#[test]
fn a_probe_that_is_taken_counts() {
    shows("MUST-36");
    let mut b = Bench::new("");
    b.established_with("win 0");
    b.send(10).expect("room");
    b.wait_ms(1_000);
    b.sends(". 101 ack 301 len 1");
    b.arrives(". 301 ack 102 win 0");
    assert_eq!(b.status().snd_una.0, 102);
    b.arrives(". 301 ack 102 win 500");
    b.sends("P. 102 ack 301 len 9");
}

#[test]
fn the_other_end_of_a_closed_window() {
    shows("MAY-8, MUST-66, U6");
    let mut b = Bench::new("receive-buffer 100; delayed-ack off");
    b.established();
    b.arrives("P. 301 ack 101 len 100");
    b.sends(". 101 ack 401 win 0");
    // A probe is answered, its byte not taken.
    b.arrives(". 401 ack 101 len 1");
    b.sends(". 101 ack 401 win 0");
    b.must_say("text-at-closed-window");
    b.must_say("ack-for-closed-window");
    // ACKs count: data go the other way.
    b.send(7).expect("room");
    b.sends("P. 101 ack 401 len 7");
    b.arrives(". 401 ack 108 len 1");
    assert_eq!(b.status().snd_una.0, 108);
    b.sent.clear();
    // Another SEQ does not.
    b.arrives(". 402 ack 108 len 1");
    b.must_say("segment-beyond-window");
    // A RST counts.
    b.arrives("R 401");
    b.is(Closed);
}

#[test]
fn text_beyond_the_window_is_cut_off() {
    shows("U6");
    let mut b = Bench::new("receive-buffer 100; delayed-ack off");
    b.established();
    b.arrives("FP. 301 ack 101 len 150");
    b.must_say("text-beyond-window-cut");
    b.sends(". 101 ack 401 win 0");
    b.is(Established);
    assert_eq!(b.receive(500).map(|t| t.len()), Ok(100));
    // And before it.
    let mut b = Bench::new("delayed-ack off");
    b.established();
    b.arrives("P. 301 ack 101 len 100");
    b.arrives("P. 351 ack 101 len 100");
    assert_eq!(
        b.receive(500),
        Ok(crate::segment::bytes_at(301, 100)
            .into_iter()
            .chain(crate::segment::bytes_at(351, 100).into_iter().skip(50))
            .collect())
    );
}

#[test]
fn the_receiver_avoids_silly_windows() {
    shows("MUST-39, setting sws-avoidance");
    for (text, after_a_little) in [("", 0), ("sws-avoidance off", 100)] {
        let mut b = Bench::new(&format!("receive-buffer 4000; delayed-ack off; {text}"));
        b.established();
        b.arrives("P. 301 ack 101 len 4000");
        b.sends(". 101 ack 4301 win 0");
        b.receive(100).expect("bytes");
        b.sends_nothing();
        b.arrives(". 4301 ack 101 len 1");
        b.sends(&format!(". 101 ack 4301 win {after_a_little}"));
    }
    let mut b = Bench::new("receive-buffer 4000; delayed-ack off");
    b.established();
    b.arrives("P. 301 ack 101 len 4000");
    b.sent.clear();
    b.receive(1459).expect("bytes");
    b.sends_nothing();
    b.receive(1).expect("a byte");
    b.sends(". 101 ack 4301 win 1460");
    b.must_say("window-update-sent");
}

#[test]
fn the_sender_avoids_silly_windows() {
    shows("MUST-38, setting sws-avoidance, setting sws-override-time");
    for (text, after) in [("", 200), ("sws-override-time 500ms", 500)] {
        let mut b = Bench::new(text);
        b.established_with("win 2000 <mss 1000>");
        b.arrives("P. 301 ack 101 win 100 len 1");
        b.sent.clear();
        b.send(5000).expect("room");
        b.sends_nothing();
        b.must_say("held-by-silly-window");
        b.wait_ms(after - 1);
        assert!(b.all_sent().iter().all(|s| !s.contains("len")));
        b.wait_ms(1);
        assert!(b.all_sent().iter().any(|s| s.ends_with("len 100")));
    }
    // Half of the largest window is not silly.
    let mut b = Bench::new("");
    b.established_with("win 1800 <mss 1000>");
    b.arrives("P. 301 ack 101 win 900 len 1");
    b.sent.clear();
    b.send(5000).expect("room");
    assert!(b.next().payload.len() == 900);
    let mut b = Bench::new("sws-avoidance off");
    b.established_with("win 2000 <mss 1000>");
    b.arrives("P. 301 ack 101 win 100 len 1");
    b.sent.clear();
    b.send(5000).expect("room");
    assert!(b.next().payload.len() == 100);
}

#[test]
fn nagle_and_no_delay() {
    shows("SHLD-7, MUST-17, setting nagle");
    let mut b = Bench::in_state(Established, "");
    b.send(5).expect("room");
    b.sends_nothing();
    b.must_say("held-by-nagle");
    b.arrives(". 301 ack 111");
    b.sends("P. 111 ack 301 len 5");
    // A full segment does not wait.
    let mut b = Bench::new("");
    b.established_with("win 10000 <mss 1000>");
    b.send(10).expect("room");
    b.send(1000).expect("room");
    assert_eq!(
        b.all_sent(),
        ["P. 101 ack 301 len 10", "P. 111 ack 301 len 1000"]
    );
    for off in [true, false] {
        let mut b = Bench::in_state(Established, if off { "nagle off" } else { "" });
        if !off {
            b.option(SocketOption::NoDelay(true));
        }
        b.send(5).expect("room");
        b.sends("P. 111 ack 301 len 5");
    }
}

#[test]
fn acks_are_delayed_but_not_for_long() {
    shows("SHLD-18, MUST-40, setting delayed-ack, setting delayed-ack-time");
    for (text, ms) in [
        ("", 200),
        ("delayed-ack-time 499ms", 499),
        ("delayed-ack-time 1ms", 1),
        (
            "policy linux; quick-acks 0; window-scale off; timestamps off; sack off",
            40,
        ),
    ] {
        let mut b = Bench::new(text);
        b.established();
        b.arrives("P. 301 ack 101 len 10");
        b.sends_nothing();
        assert_eq!(b.timer_ms(Timer::DelayedAck), Some(ms));
        b.wait_ms(ms - 1);
        b.sends_nothing();
        b.wait_ms(1);
        b.sends(". 101 ack 311");
        b.must_say("ack-delayed");
        b.must_say("delayed-ack-timeout");
    }
    let mut b = Bench::new("delayed-ack off");
    b.established();
    b.arrives("P. 301 ack 101 len 10");
    b.sends(". 101 ack 311");
    b.must_say("ack-of-text");
    // The longest that may be set is below half a second.
    assert!(
        tcp::settings::Settings::default()
            .set("delayed-ack-time", "500ms")
            .is_err()
    );
}

#[test]
fn every_second_full_segment_is_acknowledged_at_once() {
    shows("SHLD-19, setting ack-every-second-segment, setting quick-acks");
    let mut b = Bench::new("");
    b.established();
    b.arrives(". 301 ack 101 len 1460");
    b.sends_nothing();
    b.arrives(". 1761 ack 101 len 1460");
    b.sends(". 101 ack 3221");
    b.must_say("ack-every-second-segment");
    let mut b = Bench::new("ack-every-second-segment off");
    b.established();
    for n in 0..4 {
        b.arrives(&format!(". {} ack 101 len 1460", 301 + n * 1460));
    }
    b.sends_nothing();
    b.wait_ms(200);
    b.sends(". 101 ack 6141");
    let mut b = Bench::new("quick-acks 3");
    b.established();
    for n in 0..5 {
        b.arrives(&format!("P. {} ack 101 len 10", 301 + n * 10));
    }
    assert_eq!(b.all_sent().len(), 3);
}

#[test]
fn acks_ride_and_are_put_together() {
    shows("MUST-58, MUST-59");
    let mut b = Bench::new("");
    b.established();
    b.arrives("P. 301 ack 101 len 10");
    b.send(5).expect("room");
    b.sends("P. 101 ack 311 len 5");
    b.must_say("ack-rode");
    b.wait_s(1);
    assert!(
        b.all_sent().iter().all(|s| s.contains("len 5")),
        "no ACK of its own"
    );
    // Two segments are there before anything is sent: one ACK for both.
    let mut b = Bench::new("delayed-ack off");
    b.established();
    for text in [
        "P. 301 ack 101 len 10",
        "P. 311 ack 101 len 10",
        "P. 321 ack 101 len 10",
    ] {
        let bytes = datagram(text, b.peer, b.ours);
        b.stack.handle_datagram(b.now, &bytes);
    }
    b.drain();
    assert_eq!(b.all_sent(), [". 101 ack 331"]);
}

#[test]
fn text_out_of_order_is_kept_and_told_of_at_once() {
    shows("SHLD-31, MAY-13");
    let mut b = Bench::new("");
    b.established();
    b.arrives("P. 321 ack 101 len 10");
    b.sends(". 101 ack 301");
    b.must_say("text-out-of-order");
    b.must_say("ack-for-out-of-order");
    b.arrives("P. 341 ack 101 len 10");
    b.sends(". 101 ack 301");
    b.arrives("P. 301 ack 101 len 20");
    b.sends(". 101 ack 331");
    b.must_say("hole-filled");
    b.must_say("ack-for-filled-hole");
    b.arrives("P. 331 ack 101 len 10");
    b.sends(". 101 ack 351");
    assert_eq!(b.receive(100), Ok(crate::segment::bytes_at(301, 50)));
}

#[test]
fn a_fin_behind_a_closed_window_is_probed_for() {
    shows("T9, U14, MUST-36");
    let mut b = Bench::new("");
    b.established_with("win 0");
    b.shutdown().expect("open");
    b.sends_nothing();
    b.wait_ms(1_000);
    b.sends("F. 101 ack 301");
    b.arrives(". 301 ack 102 win 0");
    b.is(tcp::state::State::FinWait2);
}

#[test]
fn how_the_window_is_rounded() {
    shows("setting window-rounding");
    for (rounding, window) in [("none", 5000), ("segments", 4380)] {
        let mut b = Bench::new(&format!(
            "receive-buffer 5000; window-rounding {rounding}; delayed-ack off"
        ));
        b.established();
        b.arrives("P. 301 ack 101 len 5000");
        b.sent.clear();
        b.receive(5000).expect("bytes");
        b.sends(&format!(". 101 ack 5301 win {window}"));
    }
    // «buffer»: it grows to whole segments once the MSS is known.
    let mut b = Bench::new("receive-buffer 5000; window-rounding buffer");
    b.established_with("win 10000 <mss 1460>");
    assert_eq!(b.status().rcv_wnd % 1460, 0);
}

#[test]
fn the_send_buffer_is_as_large_as_it_is_set() {
    shows("setting send-buffer");
    let mut b = Bench::new("send-buffer 100");
    b.established_with("win 0");
    assert_eq!(b.send(150), Ok(100));
    assert_eq!(b.send(1), Err(tcp::error::CallError::WouldBlock));
    b.arrives(". 301 ack 101 win 1000");
    b.arrives(". 301 ack 201 win 1000");
    assert!(
        b.events
            .iter()
            .any(|e| e.kind == tcp::event::EventKind::Writable)
    );
    assert_eq!(b.send(1), Ok(1));
    b.wait(Duration::from_secs(1));
}

cases![
    a_window_is_updated_by_wl1_and_wl2,
    the_window_is_never_taken_back,
    rounding_a_scaled_window_up_offers_no_more_than_a_buffer,
    a_peer_that_shrinks_its_window,
    a_closed_window_is_probed_at_doubling_intervals,
    a_closed_window_that_answers_is_waited_for_without_end,
    probes_that_nobody_answers_end_the_connection,
    a_probe_that_is_taken_counts,
    the_other_end_of_a_closed_window,
    text_beyond_the_window_is_cut_off,
    the_receiver_avoids_silly_windows,
    the_sender_avoids_silly_windows,
    nagle_and_no_delay,
    acks_are_delayed_but_not_for_long,
    every_second_full_segment_is_acknowledged_at_once,
    acks_ride_and_are_put_together,
    text_out_of_order_is_kept_and_told_of_at_once,
    a_fin_behind_a_closed_window_is_probed_for,
    how_the_window_is_rounded,
    the_send_buffer_is_as_large_as_it_is_set,
];
