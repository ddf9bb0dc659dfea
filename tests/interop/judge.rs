//! What tshark may say of a capture, and what `ss` has to.

use serde_json::Value;
use tests::tshark::{Frame, frames};

use crate::host::{Engine, Finished, Net};

/// What tshark says of every orderly end.
const CLOSING: [&str; 2] = [
    "This frame initiates the connection closing",
    "This frame undergoes the connection closing",
];

pub const RETRANSMISSION: &str = "This frame is a (suspected) retransmission";
pub const FAST_RETRANSMISSION: &str = "This frame is a (suspected) fast retransmission";
pub const SPURIOUS: &str = "This frame is a (suspected) spurious retransmission";
pub const RST: &str = "Connection reset (RST)";
pub const KEEP_ALIVE: &str = "TCP keep-alive segment";
pub const KEEP_ALIVE_ACK: &str = "ACK to a TCP keep-alive segment";
pub const ZERO_WINDOW: &str = "TCP Zero Window segment";
pub const ZERO_WINDOW_PROBE: &str = "TCP Zero Window Probe";
pub const ZERO_WINDOW_PROBE_ACK: &str = "ACK to a TCP Zero Window Probe";
pub const WINDOW_FULL: &str = "TCP window specified by the receiver is now completely full";
pub const PORTS_REUSED: &str =
    "A new tcp session is started with the same ports as an earlier session in this trace";
pub const PREVIOUS_MISSING: &str = "Previous segment(s) not captured (common at capture start)";
pub const DUPLICATE_ACK: &str = "Duplicate ACK";
pub const DUPLICATE_SACK: &str = "D-SACK Sequence";
pub const OUT_OF_ORDER: &str = "This frame is a (suspected) out-of-order segment";

/// Everything that loss, delay and a full receiver bring about.
pub const LOSS: &[&str] = &[
    RETRANSMISSION,
    FAST_RETRANSMISSION,
    SPURIOUS,
    DUPLICATE_ACK,
    OUT_OF_ORDER,
    WINDOW_FULL,
    DUPLICATE_SACK,
];

/// What zero windows bring about; a probe without data looks like a keep-alive to tshark.
pub const STALLED: &[&str] = &[
    ZERO_WINDOW,
    ZERO_WINDOW_PROBE,
    ZERO_WINDOW_PROBE_ACK,
    WINDOW_FULL,
    KEEP_ALIVE,
    KEEP_ALIVE_ACK,
];

/// No retransmission timer of either end runs out sooner.
const TIMEOUT_MIN_US: u64 = 200_000;

/// tshark's frames: checksums right, nothing malformed, and no remark but those.
/// Empty where tshark is missing.
pub fn judged(finished: &Finished, allowed: &[&str]) -> Vec<Frame> {
    let Some(frames) = frames(&finished.capture) else {
        return Vec::new();
    };
    assert!(!frames.is_empty(), "an empty capture");
    let mut late = false;
    for (index, frame) in frames.iter().enumerate() {
        let number = index + 1;
        assert!(!frame.malformed, "frame {number} is malformed: {frame:?}");
        assert!(frame.checksums_good, "frame {number}: checksum: {frame:?}");
        // On a machine with too much to do a time-out may be honest though nothing was lost.
        let again = |earlier: &&Frame| {
            earlier.interface == frame.interface
                && earlier.stream == frame.stream
                && earlier.seq == frame.seq
                && earlier.length() > 0
        };
        let first = frames[..index].iter().find(again);
        late |= frame.length() > 0
            && first.is_some_and(|first| frame.time_us - first.time_us >= TIMEOUT_MIN_US);
        for remark in &frame.remarks {
            if late && LOSS.iter().any(|fine| remark.starts_with(fine)) {
                continue;
            }
            let fine = CLOSING
                .iter()
                .chain(allowed)
                .any(|fine| remark.starts_with(fine));
            assert!(fine, "frame {number}: «{remark}»: {frame:?}");
        }
    }
    frames
}

/// The flags of all segments, PSH left out where no data are: `>S <S. >.`.
pub fn arrows(frames: &[Frame]) -> String {
    let arrows: Vec<String> = frames.iter().map(Frame::arrow).collect();
    arrows.join(" ")
}

/// What `ss -tin` says of an established connection agrees with the engine's own view.
pub fn agrees(net: &Net, engine: &Engine, port: u16) -> Value {
    let status = engine.status();
    let all = net.ss(port);
    let [ss] = &all[..] else {
        panic!("one connection: {all:?}")
    };
    assert_eq!(ss.state, "ESTAB", "{ss:?}");
    assert_eq!(status["state"], "ESTABLISHED");
    // The kernel names its own shift count second: «snd_wscale,rcv_wscale».
    let scales = status["snd_scale"]
        .as_u64()
        .map(|snd| format!("{},{snd}", status["rcv_scale"]));
    assert_eq!(ss.value("wscale").map(str::to_owned), scales, "{ss:?}");
    assert_eq!(ss.has("ts"), status["timestamps"] == true, "{ss:?}");
    assert_eq!(ss.has("sack"), status["sack"] == true, "{ss:?}");
    assert_eq!(
        ss.number("mss"),
        status["mss_effective"].as_f64().expect("a number"),
        "{ss:?}"
    );
    // Both measured the same line, each with a floor of 200 ms.
    let ours = status["rto_us"].as_f64().expect("a number") / 1_000.0;
    let theirs = ss.number("rto");
    assert!(
        ours >= 200.0 && theirs >= 200.0,
        "RTO {ours} ms, {theirs} ms"
    );
    let ratio = ours / theirs;
    assert!((0.25..=4.0).contains(&ratio), "RTO {ours} ms, {theirs} ms");
    // Nothing was lost, so neither has come down from ten segments.
    let segments = status["cwnd"].as_f64().expect("a number") / ss.number("mss");
    assert!(
        segments >= 10.0 && ss.number("cwnd") >= 10.0,
        "cwnd {segments}: {ss:?}"
    );
    status
}
