use super::cubic::{cube_root, milliseconds_to, window_at};
use super::*;
use crate::settings::{Congestion, Settings};

const SMSS: u32 = 1_000;
const ALL: [Congestion; 3] = [Congestion::Reno, Congestion::NewReno, Congestion::Cubic];

fn controller(congestion: Congestion) -> Controller {
    let settings = Settings {
        congestion,
        ..Settings::default()
    };
    Controller::new(&settings, SMSS)
}

/// With `cwnd` segments, in congestion avoidance.
fn with_window(congestion: Congestion, segments: u32) -> Controller {
    let mut controller = controller(congestion);
    controller.window.cwnd = segments * SMSS;
    controller.window.ssthresh = controller.window.cwnd;
    controller
}

fn ack(una: u32, nxt: u32, acked: u32) -> AckInfo {
    AckInfo {
        now: Instant::ZERO,
        snd_una: Seq(una),
        snd_nxt: Seq(nxt),
        acked,
        flight_size: nxt - una + acked,
        srtt: Duration::from_millis(100),
        sack: false,
        lost: false,
    }
}

#[test]
fn initial_windows() {
    // RFC 6928 2: min(10 × MSS, max(2 × MSS, 14600)).
    assert_eq!(initial_window(10, 1460), 14_600);
    assert_eq!(initial_window(10, 536), 5_360);
    assert_eq!(initial_window(10, 1_800), 14_600);
    assert_eq!(initial_window(10, 9_000), 18_000);
    assert_eq!(initial_window(3, 1460), 4_380);
    assert_eq!(initial_window(0, 1460), 1_460);
    let mut controller = controller(Congestion::NewReno);
    assert_eq!(
        (controller.cwnd(), controller.phase()),
        (10_000, Phase::SlowStart)
    );
    controller.established(10, 500, true);
    assert_eq!(controller.cwnd(), 500, "one segment after a lost SYN");
}

#[test]
fn slow_start_doubles_each_round_trip() {
    for congestion in ALL {
        let mut controller = controller(congestion);
        for i in 0..10 {
            assert_eq!(
                controller.on_ack(&ack(i * SMSS, i * SMSS + 9_000, SMSS)),
                Reaction::None
            );
        }
        assert_eq!(controller.cwnd(), 20_000);
        // However much one ACK covers, one segment; less if it covers less.
        let _ = controller.on_ack(&ack(50_000, 60_000, 10_000));
        assert_eq!(controller.cwnd(), 21_000);
        let _ = controller.on_ack(&ack(50_300, 70_000, 300));
        assert_eq!(controller.cwnd(), 21_300);
    }
}

#[test]
fn a_window_that_is_not_used_does_not_grow() {
    for congestion in ALL {
        let mut controller = controller(congestion);
        let _ = controller.on_ack(&ack(1_000, 1_000, 1_000));
        assert_eq!(controller.cwnd(), 10_000);
        let mut controller = with_window(congestion, 20);
        for i in 1..100 {
            let _ = controller.on_ack(&ack(i * SMSS, i * SMSS + 9_000, SMSS));
        }
        assert_eq!(controller.cwnd(), 20_000);
    }
}

#[test]
fn reno_adds_a_segment_each_round_trip() {
    for congestion in [Congestion::Reno, Congestion::NewReno] {
        let mut controller = with_window(congestion, 10);
        for i in 1..=9 {
            let _ = controller.on_ack(&ack(i * SMSS, i * SMSS + 9_000, SMSS));
            assert_eq!(controller.cwnd(), 10_000);
        }
        let _ = controller.on_ack(&ack(10_000, 19_000, SMSS));
        assert_eq!(controller.cwnd(), 11_000);
    }
}

/// RFC 5681 3.2 (2), RFC 6675 5 (4.2): what limited transmit has sent MUST NOT count as flight.
#[test]
fn limited_transmit_does_not_raise_the_threshold() {
    for (congestion, threshold) in [
        (Congestion::Reno, 5_000),
        (Congestion::NewReno, 5_000),
        (Congestion::Cubic, 7_000),
    ] {
        for sack in [false, true] {
            let mut controller = with_window(congestion, 10);
            for nxt in [11_000, 12_000, 13_000] {
                let duplicate = AckInfo {
                    sack,
                    ..ack(1_000, nxt, 0)
                };
                let _ = controller.on_duplicate_ack(&duplicate);
            }
            assert_eq!(controller.phase(), Phase::Recovery);
            assert_eq!(controller.ssthresh(), threshold, "{congestion:?} {sack}");
        }
    }
}

#[test]
fn the_third_duplicate_is_a_loss() {
    for (congestion, threshold) in [
        (Congestion::Reno, 5_000),
        (Congestion::NewReno, 5_000),
        (Congestion::Cubic, 7_000),
    ] {
        let mut controller = with_window(congestion, 10);
        let duplicate = ack(1_000, 11_000, 0);
        assert_eq!(
            controller.on_duplicate_ack(&duplicate),
            Reaction::LimitedTransmit
        );
        assert_eq!(controller.allowance(10_000, false), 1_000);
        assert_eq!(
            controller.on_duplicate_ack(&duplicate),
            Reaction::LimitedTransmit
        );
        assert_eq!(controller.allowance(10_000, false), 2_000);
        assert_eq!(
            controller.on_duplicate_ack(&duplicate),
            Reaction::FastRetransmit
        );
        assert_eq!(
            (controller.ssthresh(), controller.cwnd()),
            (threshold, threshold + 3_000)
        );
        assert_eq!(
            (controller.phase(), controller.recovery_point()),
            (Phase::Recovery, Some(Seq(11_000)))
        );
        assert_eq!(controller.on_duplicate_ack(&duplicate), Reaction::None);
        assert_eq!(controller.cwnd(), threshold + 4_000, "inflated");
    }
}

#[test]
fn new_reno_stays_until_the_recovery_point() {
    let mut controller = with_window(Congestion::NewReno, 10);
    for _ in 0..3 {
        let _ = controller.on_duplicate_ack(&ack(1_000, 11_000, 0));
    }
    assert_eq!(controller.cwnd(), 8_000);
    assert_eq!(
        controller.on_ack(&ack(4_000, 11_000, 3_000)),
        Reaction::PartialAck
    );
    assert_eq!(
        controller.cwnd(),
        6_000,
        "less 3000 acknowledged, one segment back"
    );
    assert_eq!(
        controller.on_ack(&ack(11_000, 12_000, 7_000)),
        Reaction::Recovered
    );
    assert_eq!(
        controller.cwnd(),
        2_000,
        "no burst: what is outstanding and one more"
    );
    assert_eq!(controller.ssthresh(), 5_000);

    let mut reno = with_window(Congestion::Reno, 10);
    for _ in 0..3 {
        let _ = reno.on_duplicate_ack(&ack(1_000, 11_000, 0));
    }
    assert_eq!(
        reno.on_ack(&ack(4_000, 11_000, 3_000)),
        Reaction::Recovered,
        "the first one ends it"
    );
    assert_eq!(reno.cwnd(), 5_000);
}

#[test]
fn duplicates_of_what_a_timeout_covered_start_nothing() {
    let mut controller = with_window(Congestion::NewReno, 10);
    controller.on_timeout(Seq(11_000), 10_000, true);
    assert_eq!((controller.cwnd(), controller.ssthresh()), (1_000, 5_000));
    controller.on_timeout(Seq(11_000), 10_000, false);
    assert_eq!(controller.ssthresh(), 5_000, "falls once for one segment");
    for _ in 0..2 {
        let _ = controller.on_duplicate_ack(&ack(1_000, 11_000, 0));
    }
    assert_eq!(
        controller.on_duplicate_ack(&ack(1_000, 11_000, 0)),
        Reaction::None
    );
    assert_eq!(controller.phase(), Phase::SlowStart);
    // Beyond it they do.
    let _ = controller.on_ack(&ack(11_000, 13_000, 10_000));
    for _ in 0..2 {
        let _ = controller.on_duplicate_ack(&ack(11_000, 16_000, 0));
    }
    assert_eq!(
        controller.on_duplicate_ack(&ack(11_000, 16_000, 0)),
        Reaction::FastRetransmit
    );
}

#[test]
fn with_sack_the_window_stands_and_the_scoreboard_may_be_quicker() {
    let mut controller = with_window(Congestion::NewReno, 10);
    let duplicate = AckInfo {
        sack: true,
        lost: true,
        ..ack(1_000, 11_000, 0)
    };
    assert_eq!(
        controller.on_duplicate_ack(&duplicate),
        Reaction::FastRetransmit,
        "IsLost before the third"
    );
    assert_eq!(controller.cwnd(), 5_000);
    assert_eq!(controller.allowance(4_000, true), 1_000);
    let _ = controller.on_duplicate_ack(&duplicate);
    assert_eq!(controller.cwnd(), 5_000, "the pipe shrinks instead");
    let partial = AckInfo {
        sack: true,
        ..ack(4_000, 11_000, 3_000)
    };
    assert_eq!(controller.on_ack(&partial), Reaction::PartialAck);
    assert_eq!(controller.cwnd(), 5_000);
    let full = AckInfo {
        sack: true,
        ..ack(11_000, 13_000, 7_000)
    };
    assert_eq!(controller.on_ack(&full), Reaction::Recovered);
    assert_eq!(controller.cwnd(), 5_000);
}

#[test]
fn after_an_idle_time_the_window_starts_anew() {
    let mut controller = with_window(Congestion::NewReno, 40);
    controller.on_idle(Instant(9));
    assert_eq!(controller.cwnd(), 10_000);
    controller.window.cwnd = 2_000;
    controller.on_idle(Instant(9));
    assert_eq!(controller.cwnd(), 2_000, "never upwards");
}

#[test]
fn the_threshold_is_never_below_two_segments() {
    for congestion in ALL {
        let mut controller = with_window(congestion, 10);
        controller.on_timeout(Seq(2_000), 1_000, true);
        assert_eq!(controller.ssthresh(), 2_000);
    }
}

#[test]
fn without_control_losses_are_mended_all_the_same() {
    let mut controller = controller(Congestion::None);
    let before = controller.cwnd();
    assert!(before >= 1 << 30);
    for _ in 0..2 {
        let _ = controller.on_duplicate_ack(&ack(1_000, 11_000, 0));
    }
    assert_eq!(
        controller.on_duplicate_ack(&ack(1_000, 11_000, 0)),
        Reaction::FastRetransmit
    );
    assert_eq!(
        controller.on_ack(&ack(4_000, 11_000, 3_000)),
        Reaction::PartialAck
    );
    assert_eq!(
        controller.on_ack(&ack(11_000, 11_000, 7_000)),
        Reaction::Recovered
    );
    controller.on_timeout(Seq(20_000), 9_000, true);
    assert_eq!(controller.cwnd(), before);
}

#[test]
fn recover_does_not_come_round_again_with_the_numbers() {
    let mut controller = with_window(Congestion::NewReno, 10);
    controller.on_timeout(Seq(11_000), 10_000, true);
    let far = 0x9000_0000;
    let _ = controller.on_ack(&ack(12_000, 12_000, 1_000));
    let _ = controller.on_ack(&ack(far, far, 1_000));
    for _ in 0..2 {
        let _ = controller.on_duplicate_ack(&ack(far, far + 4_000, 0));
    }
    assert_eq!(
        controller.on_duplicate_ack(&ack(far, far + 4_000, 0)),
        Reaction::FastRetransmit
    );
}

#[test]
fn cube_roots() {
    for root in [0u64, 1, 2, 3, 10, 100, 4217, 1 << 21, 2_642_245] {
        let cube = root * root * root;
        assert_eq!(cube_root(cube), root);
        assert_eq!(
            cube_root(cube.saturating_add(1)),
            if root == 0 { 1 } else { root }
        );
        assert_eq!(cube_root(cube.saturating_sub(1)), root.saturating_sub(1));
    }
    assert_eq!(cube_root(u64::MAX), 2_642_245);
}

#[test]
fn cubic_by_hand() {
    // W_max = 100 segments, 70 left: K = ∛(30 / 0.4) = ∛75 = 4.217 s.
    let k = milliseconds_to(100_000, 70_000, SMSS);
    assert_eq!(k, 4_217);
    // W(t) = 0.4 (t − 4.217)³ + 100, in segments, worked out with the exact K.
    for (t_ms, expected) in [
        (0, 70_000),
        (1_000, 86_681),
        (2_000, 95_640),
        (3_000, 99_279),
        (4_217, 100_000),
        (5_000, 100_192),
        (6_000, 102_267),
        (8_434, 129_993),
        (10_000, 177_354),
    ] {
        let window = window_at(t_ms, k, 100_000, SMSS);
        // K is cut to whole milliseconds, and the curve climbs by at most 40 bytes in one.
        assert!(
            window.abs_diff(expected) <= 8,
            "{t_ms} ms: {window}, by hand {expected}"
        );
    }
    assert_eq!(
        window_at(u64::MAX, 0, 1 << 29, 65_535),
        1 << 30,
        "no overflow"
    );
    assert_eq!(window_at(0, u64::MAX, 5, 65_535), 0);
}

/// Drives a sender that always uses its window, an acknowledgement per segment.
fn drive(controller: &mut Controller, from_ms: u64, rtt_ms: u64, until_ms: u64) {
    let mut now = from_ms;
    while now < until_ms {
        let segments = u64::from(controller.cwnd() / SMSS);
        for i in 0..segments {
            let info = AckInfo {
                now: Instant((now * 1_000) + i * rtt_ms * 1_000 / segments),
                srtt: Duration::from_millis(rtt_ms),
                flight_size: controller.cwnd(),
                ..ack(0, 0, SMSS)
            };
            let _ = controller.on_ack(&info);
        }
        now += rtt_ms;
    }
}

#[test]
fn cubic_is_back_after_k_and_then_goes_on() {
    let mut controller = with_window(Congestion::Cubic, 1_000);
    controller.recovery = None;
    let loss = AckInfo {
        sack: true,
        lost: true,
        flight_size: 1_000_000,
        ..ack(0, 1_000_000, 0)
    };
    assert_eq!(controller.on_duplicate_ack(&loss), Reaction::FastRetransmit);
    assert_eq!(controller.cwnd(), 700_000);
    let _ = controller.on_ack(&AckInfo {
        sack: true,
        ..ack(1_000_000, 1_000_000, 1_000_000)
    });
    // K = ∛(300 / 0.4) = 9.086 s.
    drive(&mut controller, 0, 100, 4_500);
    let halfway = controller.cwnd();
    assert!(
        (955_000..970_000).contains(&halfway),
        "1000 − 0.4 × 4.586³ = 961.4: {halfway}"
    );
    drive(&mut controller, 4_500, 100, 9_100);
    let back = controller.cwnd();
    assert!((995_000..=1_002_000).contains(&back), "{back}");
    drive(&mut controller, 9_100, 100, 18_172);
    let beyond = controller.cwnd();
    assert!(
        (1_290_000..1_320_000).contains(&beyond),
        "1000 + 300: {beyond}"
    );
}

#[test]
fn cubic_is_as_fast_as_reno_where_that_is_faster() {
    // 20 segments and 10 ms: K = ∛(6/0.4) = 2.5 s, but Reno's α = 9/17 a round trip needs 11 of them.
    let mut controller = with_window(Congestion::Cubic, 20);
    let loss = AckInfo {
        sack: true,
        lost: true,
        flight_size: 20_000,
        ..ack(0, 20_000, 0)
    };
    let _ = controller.on_duplicate_ack(&loss);
    let _ = controller.on_ack(&AckInfo {
        sack: true,
        ..ack(20_000, 20_000, 20_000)
    });
    assert_eq!(controller.cwnd(), 14_000);
    drive(&mut controller, 0, 10, 100);
    let after_ten = controller.cwnd();
    assert!(
        (18_500..=19_500).contains(&after_ten),
        "14 + 10 × 9/17 = 19.3, in whole segments per round: {after_ten}"
    );
}

#[test]
fn cubic_gives_way_when_the_window_keeps_falling() {
    let mut controller = with_window(Congestion::Cubic, 100);
    let lose = |controller: &mut Controller, base: u32| {
        let flight_size = controller.cwnd();
        let loss = AckInfo {
            sack: true,
            lost: true,
            flight_size,
            ..ack(base, base + 100_000, 0)
        };
        let _ = controller.on_duplicate_ack(&loss);
        let _ = controller.on_ack(&AckInfo {
            sack: true,
            ..ack(base + 100_000, base + 100_000, 100_000)
        });
    };
    lose(&mut controller, 0);
    assert_eq!(controller.cwnd(), 70_000);
    lose(&mut controller, 100_000);
    assert_eq!(controller.cwnd(), 49_000);
    // RFC 9438 4.7: W_max = 70 × 0.85 = 59.5, so K = ∛(10.5 / 0.4) = 2.972 s instead of ∛52.5 = 3.744 s.
    let Kind::Cubic(cubic) = &controller.kind else {
        panic!("cubic")
    };
    assert_eq!((cubic.w_max, cubic.cwnd_prior), (59_500, 70_000));
}
