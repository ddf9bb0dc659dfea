//! How connections end otherwise.

use crate::host::Net;
use crate::judge::{RST, arrows, judged};
use crate::opening::{PORT, as_client, as_server};

#[test]
fn abort_by_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("abort");
    assert_eq!(peer.fails("eof"), "ECONNRESET");
    assert!(net.ss(PORT).is_empty());
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["ended"], "aborted");
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), ">S <S. >. >R.");
    }
}

#[test]
fn abort_by_the_kernel() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    peer.does("abort");
    engine.does("end reset");
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["ended"], "reset");
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), ">S <S. >. <R.");
    }
}

/// `close` with SO_LINGER of no time.
#[test]
fn linger_zero_of_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &[]);
    engine.does("linger 0");
    engine.does("close");
    assert_eq!(peer.fails("eof"), "ECONNRESET");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), "<S >S. <. >R.");
    }
}

/// Closing with unread data says with a RST that they were lost (RFC 2525 2.17).
#[test]
fn unread_data_at_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("reading off");
    peer.does("send 1000");
    engine.does("wait 100ms");
    assert_eq!(engine.status()["receive_queue"], 1000);
    engine.does("close");
    assert_eq!(peer.fails("eof"), "ECONNRESET");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert!(arrows(&frames).ends_with(">R."), "{}", arrows(&frames));
    }
}

#[test]
fn unread_data_at_the_kernel() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("send 1000");
    peer.does("readable");
    engine.does("acknowledged");
    peer.does("close");
    engine.does("end reset");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert!(arrows(&frames).ends_with("<R."), "{}", arrows(&frames));
    }
}

/// Data for a kernel whose application has let go.
#[test]
fn data_after_close_at_the_kernel() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    peer.does("close");
    engine.does("eof");
    engine.does("send 1000");
    engine.does("end reset");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[RST]);
}

#[test]
fn data_after_close_at_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("close");
    engine.reaches("FIN-WAIT-2");
    peer.does("eof");
    peer.does("send 1000");
    engine.event(|line| line["event"] == "ended");
    // Until the RST has crossed the device, the kernel takes what is written.
    while net.ss(PORT).iter().any(|ss| ss.state == "CLOSE-WAIT") {}
    // The kernel has read the FIN: to its application this is a broken pipe.
    assert_eq!(peer.fails("send 1000"), "EPIPE");
    judged(&engine.finish(), &[RST]);
}
