//! Bytes both ways, compared by hash; windows that close; silence.

use std::time::Duration;

use crate::host::{ENGINE, ENGINE_6, Engine, KERNEL_6, Net, PATIENCE, Peer};
use crate::judge::{
    KEEP_ALIVE, KEEP_ALIVE_ACK, LOSS, STALLED, WINDOW_FULL, agrees, arrows, judged,
};
use crate::opening::{PORT, as_client, as_server};

/// Both send so many bytes at once, and end; hashes agree.
pub fn exchange(
    net: &Net,
    peer: &Peer,
    engine: Engine,
    len: u64,
    patience: Duration,
    allowed: &[&str],
) {
    peer.does(&format!("send_behind {len}"));
    engine.begins(&format!("send {len}; shutdown; eof"));
    peer.begins("eof");
    assert_eq!(peer.answer_within(patience), len.to_string());
    peer.begins("join");
    peer.answer_within(patience);
    peer.does("shutdown");
    let sums = peer.sums();
    peer.does("close");
    let finished = engine.finish_within(patience);
    assert!(finished.well);
    let summary = finished.summary();
    assert_eq!(summary["sent"], len);
    assert_eq!(summary["received"], len);
    assert_eq!(summary["received_sha256"], sums[1]);
    assert_eq!(summary["sent_sha256"], sums[3]);
    judged(&finished, allowed);
    assert!(net.ss(PORT).iter().all(|ss| ss.state != "ESTAB"));
}

/// A receiver that is slower than its sender fills its window.
const BULK: &[&str] = &[WINDOW_FULL];

#[test]
fn a_mebibyte_each_way_as_client() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    exchange(&net, &peer, engine, 1 << 20, PATIENCE, BULK);
}

#[test]
fn a_mebibyte_each_way_as_server() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &[]);
    exchange(&net, &peer, engine, 1 << 20, PATIENCE, BULK);
}

#[test]
fn sixty_four_mebibytes_each_way() {
    let Some(net) = Net::new() else { return };
    if !tests::long() {
        return;
    }
    let (peer, engine) = as_client(&net, &["--quiet"]);
    // The kernel's queue before the device holds 500 datagrams: its bursts may overflow it.
    exchange(
        &net,
        &peer,
        engine,
        64 << 20,
        Duration::from_secs(600),
        &[LOSS, STALLED].concat(),
    );
}

/// Whatever the policy, bytes are bytes.
#[test]
fn every_policy() {
    for policy in ["rfc", "linux", "freebsd", "letter"] {
        let Some(net) = Net::new() else { return };
        let (peer, engine) = as_client(&net, &["--policy", policy]);
        exchange(&net, &peer, engine, 50_000, PATIENCE, BULK);
    }
}

#[test]
fn ipv6_as_client() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    peer.does(&format!("listen {KERNEL_6} {PORT}"));
    let engine = net.engine(&["--connect", &format!("[{KERNEL_6}]:{PORT}")]);
    engine.does("connect");
    peer.does("accept");
    engine.does("send 1000");
    peer.does("receive 1000");
    peer.does("send 1000");
    engine.does("receive 1000");
    engine.does("acknowledged");
    let status = agrees(&net, &engine, PORT);
    assert_eq!(status["mss_announced"], 1440);
    engine.does("shutdown");
    peer.does("eof_close");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[]);
}

#[test]
fn ipv6_as_server() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    // The first address tells which kind the listener is.
    let engine = net.engine(&["--listen", "9393", "--address", ENGINE_6]);
    peer.does(&format!("connect {ENGINE_6} {PORT}"));
    engine.event(|line| line["event"] == "accepted");
    exchange(&net, &peer, engine, 200_000, PATIENCE, BULK);
}

/// The engine's application stops reading: its window closes, the kernel probes, it opens again.
#[test]
fn zero_window_of_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("reading off");
    peer.does("send_behind 400000");
    // The kernel goes on until the window is full, and then probes it.
    while engine.status()["rcv_wnd"].as_u64() >= Some(1448) {}
    engine.does("wait 1s");
    engine.does("reading on");
    engine.does("receive 400000");
    peer.does("join");
    let sums = peer.sums();
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["received_sha256"], sums[1]);
    judged(&finished, &[LOSS, STALLED].concat());
}

/// Python stops reading: the engine probes until the kernel's window opens.
#[test]
fn zero_window_of_the_kernel() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    peer.does("option SO_RCVBUF 8000");
    peer.does(&format!("listen 192.0.2.1 {PORT}"));
    let engine = net.engine(&["--connect", "192.0.2.1:9393"]);
    engine.does("connect");
    peer.does("accept");
    engine.does("send 60000");
    engine.begins("wait 2s; status");
    let status = engine.event(|line| line["event"] == "status");
    assert!(status["send_queue"].as_u64() > Some(0), "{status}");
    assert!(
        status["timers"]["persist"].is_u64(),
        "the persist timer runs: {status}"
    );
    peer.does("receive 60000");
    let sums = peer.sums();
    engine.event(|line| line["event"] == "done" && line["step"] == "Status");
    engine.does("shutdown");
    peer.does("eof_close");
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["sent_sha256"], sums[3]);
    let frames = judged(&finished, &[LOSS, STALLED].concat());
    if !frames.is_empty() {
        let probes = frames
            .iter()
            .filter(|frame| frame.comment.contains("probe"))
            .count();
        assert!(probes >= 1, "{}", arrows(&frames));
    }
}

#[test]
fn keep_alive_of_the_kernel() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    for option in [
        "SO_KEEPALIVE 1",
        "TCP_KEEPIDLE 1",
        "TCP_KEEPINTVL 1",
        "TCP_KEEPCNT 8",
    ] {
        peer.does(&format!("option {option}"));
    }
    let engine = net.engine(&["--listen", "9393"]);
    peer.does(&format!("connect {ENGINE} {PORT}"));
    engine.event(|line| line["event"] == "accepted");
    engine.does("wait 4500ms");
    assert_eq!(net.ss(PORT)[0].state, "ESTAB");
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[KEEP_ALIVE, KEEP_ALIVE_ACK]);
    if !frames.is_empty() {
        let probes = frames
            .iter()
            .filter(|f| f.remarks.iter().any(|r| r.starts_with(KEEP_ALIVE)));
        assert!(probes.count() >= 3);
    }
}

#[test]
fn keep_alive_of_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("keep-alive 1s");
    engine.does("wait 4500ms");
    assert_eq!(engine.status()["state"], "ESTABLISHED");
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[KEEP_ALIVE, KEEP_ALIVE_ACK]);
    if !frames.is_empty() {
        let probes = frames.iter().filter(|f| f.comment.contains("keep-alive"));
        assert!(probes.count() >= 3, "{}", arrows(&frames));
    }
}
