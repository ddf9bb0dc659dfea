//! What tshark may say of a capture, and what `ss` has to.

use serde_json::Value;
use tcp::seq::Seq;
use tcp::wire::Flags;
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

/// An ACK may be delayed by less than this (MUST-40).
const ACK_DELAY_MAX_US: u64 = 500_000;

/// tshark's frames: checksums right, nothing malformed, and no remark but those.
/// Empty where tshark is missing.
///
/// On a busy machine either end may send something again though nothing was lost:
/// its timer was right, the other end's processor was not there. Whether that was
/// so is told from what each end knew, not from a clock: see [`honest`].
pub fn judged(finished: &Finished, allowed: &[&str]) -> Vec<Frame> {
    let Some(frames) = frames(&finished.capture) else {
        return Vec::new();
    };
    assert!(!frames.is_empty(), "an empty capture");
    let again = repeated(&frames);
    if !allowed.contains(&RETRANSMISSION) {
        honest(&frames, &again);
        if !allowed.contains(&ZERO_WINDOW) {
            prompt(&frames);
        }
    }
    let aftermath = aftermath(&frames, &again);
    let mut repeats = false;
    for (index, frame) in frames.iter().enumerate() {
        let number = index + 1;
        assert!(!frame.malformed, "frame {number} is malformed: {frame:?}");
        let other_zero = frame.interface == "B" && frame.remarks.iter().any(|r| is_other_zero(r));
        assert!(
            frame.checksums_good || other_zero,
            "frame {number}: checksum: {frame:?}"
        );
        repeats |= again[index];
        for remark in &frame.remarks {
            if repeats && LOSS.iter().any(|fine| remark.starts_with(fine))
                || aftermath[index] && remark.starts_with(RST)
                || other_zero && is_other_zero(remark)
            {
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

/// Linux writes a checksum of zero as 0xffff now and then. In one's complement that
/// is zero too, and every receiver's sum comes out right (RFC 1624 3).
fn is_other_zero(remark: &str) -> bool {
    remark.starts_with("TCP Checksum 0xffff instead of 0x0000")
}

/// Whose a frame is: its sender, and the ports of its connection.
fn flow(frame: &Frame) -> (&str, u16, u16) {
    (&frame.interface, frame.source_port, frame.destination_port)
}

/// Whether two frames are the two directions of one connection.
fn answers(one: &Frame, other: &Frame) -> bool {
    one.interface != other.interface
        && one.source_port == other.destination_port
        && one.destination_port == other.source_port
}

fn end(frame: &Frame) -> Seq {
    Seq(frame.seq).add(frame.length())
}

fn is_syn(frame: &Frame) -> bool {
    Flags(frame.flags).contains(Flags::SYN)
}

/// Which frames send sequence numbers that their sender has sent before.
fn repeated(frames: &[Frame]) -> Vec<bool> {
    let mut reached: Vec<((&str, u16, u16), Seq, u8)> = Vec::new();
    let is_again = |frame| {
        let frame: &Frame = frame;
        if frame.length() == 0 {
            return false;
        }
        let known = reached.iter_mut().find(|(of, ..)| *of == flow(frame));
        let Some((_, to, syn)) = known else {
            reached.push((flow(frame), end(frame), frame.flags));
            return false;
        };
        if is_syn(frame) {
            // The same ports again, or SYN-ACK after SYN in a simultaneous open, are no repetition.
            let same = *to == end(frame) && *syn == frame.flags;
            (*to, *syn) = (end(frame), frame.flags);
            return same;
        }
        if to.before(end(frame)) {
            let again = Seq(frame.seq).before(*to);
            *to = end(frame);
            return again;
        }
        true
    };
    frames.iter().map(is_again).collect()
}

/// The engine sends nothing again that was acknowledged when it did so. (What the
/// kernel sends again is its own affair, as long as the engine is [`prompt`].)
fn honest(frames: &[Frame], again: &[bool]) {
    for (index, frame) in frames.iter().enumerate() {
        if !again[index] || frame.interface != "A" || frame.comment.contains("keep-alive") {
            continue;
        }
        let needless = frames[..index].iter().rposition(|earlier| {
            answers(earlier, frame)
                && Flags(earlier.flags).contains(Flags::ACK)
                && !Seq(earlier.ack).before(end(frame))
        });
        assert_eq!(
            needless,
            None,
            "frame {} is sent again though it was acknowledged: {frame:?}",
            index + 1
        );
    }
}

/// By its own clock the engine acknowledges what arrives in time, or resets.
fn prompt(frames: &[Frame]) {
    let over = frames.last().map_or(0, |last| last.time_us);
    for (index, frame) in frames.iter().enumerate() {
        let rst = |frame: &Frame| Flags(frame.flags).contains(Flags::RST);
        if frame.interface == "A" || frame.length() == 0 || rst(frame) {
            continue;
        }
        let by = frame.time_us + ACK_DELAY_MAX_US;
        let mut later = frames[index + 1..].iter();
        let answered = later.any(|later| {
            later.time_us <= by
                && answers(later, frame)
                && (rst(later) || !Seq(later.ack).before(end(frame)))
        });
        // A connection that was given up, or a capture that ended, answers no more.
        let aborted = || frames[..index].iter().any(|f| answers(f, frame) && rst(f));
        assert!(
            answered || over < by || aborted(),
            "frame {} waits for its ACK: {frame:?}",
            index + 1
        );
    }
}

/// What is sent only because something was sent again: the ACK that says once more
/// what was said, and the kernel's RST for that ACK when its end is closed already.
fn aftermath(frames: &[Frame], again: &[bool]) -> Vec<bool> {
    let only_brought_about = |(index, frame): (usize, &Frame)| {
        let before = || frames[..index].iter().zip(again);
        let provoked = before().any(|(f, again)| *again && answers(f, frame));
        if frame.flags == Flags::ACK.0 && frame.len == 0 {
            let said =
                |f: &Frame| flow(f) == flow(frame) && (f.seq, f.ack) == (frame.seq, frame.ack);
            return provoked && before().any(|(f, _)| said(f));
        }
        frame.flags == Flags::RST.0
            && frame.interface == "B"
            && before().any(|(f, again)| *again && flow(f) == flow(frame))
            && before().any(|(f, _)| answers(f, frame) && f.len == 0 && f.ack == frame.seq)
    };
    frames.iter().enumerate().map(only_brought_about).collect()
}

/// The flags of all segments, PSH left out where no data are: `>S <S. >.`. What is
/// sent again is left out, and what this brings about.
pub fn arrows(frames: &[Frame]) -> String {
    let again = repeated(frames);
    let aftermath = aftermath(frames, &again);
    let told = frames.iter().zip(again.iter().zip(&aftermath));
    let arrows: Vec<String> = told
        .filter(|(_, (again, aftermath))| !**again && !**aftermath)
        .map(|(frame, _)| frame.arrow())
        .collect();
    arrows.join(" ")
}

/// What `ss -tin` says of an established connection agrees with the engine's own view.
pub fn agrees(net: &Net, engine: &Engine, port: u16) -> Value {
    let status = engine.status();
    let all = net.ss(port);
    let [ss] = &all[..] else {
        panic!("one connection: {all:?}")
    };
    let ours = |name: &str| {
        status[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{name} in {status}"))
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
    assert_eq!(ss.number("mss"), ours("mss_effective") as f64, "{ss:?}");
    // The kernel takes a timestamp's room off what it announces, too.
    let stamps = if ss.has("ts") { 12 } else { 0 };
    assert_eq!(
        ss.number("advmss") as u64 + stamps,
        ours("mss_peer"),
        "{ss:?}"
    );
    // Bytes each way, counted by sequence numbers here and by the kernel's counters there.
    let count = |from: &str, to: &str| Seq(ours(to) as u32).since(Seq(ours(from) as u32)) - 1;
    let theirs = |name: &str| ss.value(name).map_or(0, |n| n.parse().expect("a number"));
    assert_eq!(
        theirs("bytes_received"),
        u64::from(count("iss", "snd_una")),
        "{ss:?}"
    );
    let sent = theirs("bytes_sent") - theirs("bytes_retrans");
    assert_eq!(sent, u64::from(count("irs", "rcv_nxt")), "{ss:?}");
    assert!(!ss.has_unacknowledged(), "{ss:?}");
    // The window the kernel may fill is one the engine has offered.
    let unit = 1 << status["rcv_scale"].as_u64().unwrap_or(0);
    assert!(
        ss.number("snd_wnd") as u64 <= ours("rcv_wnd") + unit,
        "{ss:?}: {status}"
    );
    // Each measures by its own clock, late or not; each RTO stands on its own measurement, with a floor of 200 ms.
    let (rtt, _) = ss
        .value("rtt")
        .and_then(|rtt| rtt.split_once('/'))
        .expect("a round trip");
    let rtt: f64 = rtt.parse().expect("milliseconds");
    assert!(ss.number("rto") >= rtt + 199.0, "{ss:?}");
    let floor = ours("srtt_us") + 4 * ours("rttvar_us");
    assert!(ours("rto_us") >= floor.max(200_000), "{status}");
    // Who has not sent anything again has not come down from ten segments.
    let mss = ours("mss_effective");
    if ours("retransmissions") == 0 {
        assert!(ours("cwnd") >= 10 * mss, "{status}");
    }
    if theirs("bytes_retrans") == 0 && ss.value("retrans").is_none() {
        assert!(ss.number("cwnd") >= 10.0, "{ss:?}");
    }
    status
}
