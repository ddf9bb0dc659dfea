//! How connections end in good order.

use crate::host::Net;
use crate::judge::{arrows, judged};
use crate::opening::{PORT, as_client, as_server};

/// The last segments with FIN, and the ACKs between them.
fn tail(arrows: &str, count: usize) -> String {
    let all: Vec<&str> = arrows.split(' ').collect();
    all[all.len().saturating_sub(count)..].join(" ")
}

/// Delayed ACKs are over by then.
const LATER: &str = "wait 300ms";

#[test]
fn four_way_by_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("close");
    engine.reaches("FIN-WAIT-2");
    assert_eq!(net.ss(PORT)[0].state, "CLOSE-WAIT");
    peer.does("eof");
    peer.does("close");
    engine.reaches("TIME-WAIT");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), ">S <S. >. >F. <. <F. >.");
    }
}

#[test]
fn four_way_by_the_kernel() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    peer.does("close");
    engine.reaches("CLOSE-WAIT");
    engine.does(LATER);
    assert_eq!(net.ss(PORT)[0].state, "FIN-WAIT-2");
    engine.does("close");
    engine.event(|line| line["event"] == "ended" && line["how"] == "closed");
    assert_eq!(net.ss(PORT)[0].state, "TIME-WAIT");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), ">S <S. >. <F. >. >F. <.");
    }
}

/// The kernel's FIN rides on its ACK: Python closes as soon as it reads the end.
#[test]
fn three_way_by_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    peer.does("send 10");
    engine.does("receive 10");
    peer.begins("eof_close");
    engine.does("close");
    engine.reaches("TIME-WAIT");
    peer.answer();
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        let end = tail(&arrows(&frames), 3);
        // Whether the FIN finds the ACK still there is the scheduler's choice.
        assert!(end == ">F. <F. >." || end == "<. <F. >.", "{end}");
    }
}

/// The engine's FIN rides on its ACK.
#[test]
fn three_way_by_the_kernel() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    let engine = net.engine_with("eof; close", &["--listen", "9393"]);
    peer.does("connect 192.0.2.2 9393");
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["ended"], "closed");
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), "<S >S. <. <F. >F. <.");
    }
    assert_eq!(net.ss(PORT)[0].state, "TIME-WAIT");
}

/// The engine has closed before the kernel's FIN reaches it: both go through CLOSING.
#[test]
fn simultaneous() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.begins("catch fin; close; release");
    engine.event(|line| line["event"] == "catching");
    peer.does("close");
    engine.reaches("FIN-WAIT-1");
    engine.reaches("CLOSING");
    engine.reaches("TIME-WAIT");
    assert_eq!(net.ss(PORT)[0].state, "TIME-WAIT");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        let arrows = arrows(&frames);
        assert!(arrows.starts_with(">S <S. >. <F. >F. "), "{arrows}");
        assert_eq!(arrows.matches("F.").count(), 2, "{arrows}");
    }
}

/// The engine has no more to say, and hears the rest.
#[test]
fn half_by_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("send 5000");
    engine.does("shutdown");
    peer.does("eof");
    engine.begins("state FIN-WAIT-2");
    engine.event(|line| line["event"] == "done");
    peer.does("send 50000");
    engine.does("receive 50000");
    assert_eq!(net.ss(PORT)[0].state, "CLOSE-WAIT");
    peer.does("close");
    engine.does("eof");
    engine.does("state TIME-WAIT");
    let sums = peer.sums();
    let finished = engine.finish();
    assert!(finished.well);
    let summary = finished.summary();
    assert_eq!(summary["received_sha256"], sums[1]);
    assert_eq!(summary["sent_sha256"], sums[3]);
    judged(&finished, &[]);
}

/// The kernel has no more to say, and hears the rest.
#[test]
fn half_by_the_kernel() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &[]);
    peer.does("send 5000");
    peer.does("shutdown");
    engine.does("eof");
    engine.does("send 50000");
    peer.does("receive 50000");
    assert_eq!(net.ss(PORT)[0].state, "FIN-WAIT-2");
    engine.does("close");
    peer.does("eof");
    engine.event(|line| line["event"] == "ended" && line["how"] == "closed");
    let sums = peer.sums();
    let finished = engine.finish();
    assert!(finished.well);
    let summary = finished.summary();
    assert_eq!(summary["received_sha256"], sums[1]);
    assert_eq!(summary["sent_sha256"], sums[3]);
    judged(&finished, &[]);
}
