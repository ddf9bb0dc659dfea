//! Many connections, and ports used again out of TIME-WAIT.

use std::time::Duration;

use crate::host::{ENGINE, KERNEL, Net, PATIENCE};
use crate::judge::{PORTS_REUSED, judged};
use crate::opening::PORT;

const LONG: Duration = Duration::from_secs(300);

fn engine_visits(count: u32, patience: Duration) {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    peer.does(&format!("listen {KERNEL} {PORT}"));
    peer.begins(&format!("serve {count}"));
    let repeat = count.to_string();
    let script = "text good day; shutdown; eof; close";
    let to = format!("{KERNEL}:{PORT}");
    let engine = net.engine_with(script, &["--connect", &to, "--repeat", &repeat, "--quiet"]);
    let bytes = "good day\n".len() as u32 * count;
    assert_eq!(peer.answer_within(patience), bytes.to_string());
    let finished = engine.finish_within(patience);
    assert!(finished.well);
    assert_eq!(finished.summaries.len(), count as usize);
    assert!(finished.summaries.iter().all(|s| s["received"] == 9));
    judged(&finished, &[PORTS_REUSED]);
}

fn kernel_visits(count: u32, patience: Duration) {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    let repeat = count.to_string();
    let engine = net.engine_with(
        "echo; close",
        &["--listen", "9393", "--repeat", &repeat, "--quiet"],
    );
    peer.begins(&format!("visit {ENGINE} {PORT} {count}"));
    peer.answer_within(patience);
    let finished = engine.finish_within(patience);
    assert!(finished.well);
    assert_eq!(finished.summaries.len(), count as usize);
    judged(&finished, &[PORTS_REUSED]);
}

#[test]
fn a_hundred_by_the_engine() {
    engine_visits(100, PATIENCE);
}

#[test]
fn a_hundred_by_the_kernel() {
    kernel_visits(100, PATIENCE);
}

#[test]
fn a_thousand_each_way() {
    if tests::long() {
        engine_visits(1_000, LONG);
        kernel_visits(1_000, LONG);
    }
}

/// The kernel has closed first and is in TIME-WAIT; the engine's SYN from the
/// same port is newer and opens the connection anew (RFC 9293 3.6.1, RFC 6191).
#[test]
fn out_of_the_kernels_time_wait() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    peer.does(&format!("listen {KERNEL} {PORT}"));
    let to = format!("{KERNEL}:{PORT}");
    let arguments = ["--connect", &to, "--local-port", "6093", "--repeat", "3"];
    let engine = net.engine_with("eof; wait 20ms; close; end closed", &arguments);
    for _ in 0..3 {
        peer.does("accept");
        peer.does("close");
    }
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summaries.len(), 3);
    assert_eq!(net.ss(PORT)[0].state, "TIME-WAIT");
    judged(&finished, &[PORTS_REUSED]);
}

/// The same with the engine in TIME-WAIT.
#[test]
fn out_of_the_engines_time_wait() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    let engine = net.engine_with("close", &["--listen", "9393", "--repeat", "3"]);
    for _ in 0..3 {
        peer.does(&format!("connect {ENGINE} {PORT} 6093"));
        peer.does("eof");
        peer.does("close");
        engine.reaches("TIME-WAIT");
        net.is_quiet(PORT);
    }
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summaries.len(), 3);
    judged(&finished, &[PORTS_REUSED]);
}

/// The kernel's TIME-WAIT is 60 s, whatever the RFC says; so is the engine's under policy `linux`.
#[test]
fn a_minute_of_time_wait() {
    let Some(net) = Net::new() else { return };
    if !tests::long() {
        return;
    }
    let peer = net.peer();
    peer.does(&format!("listen {KERNEL} {PORT}"));
    let to = format!("{KERNEL}:{PORT}");
    // The first connection leaves the kernel in TIME-WAIT, the second the engine.
    let engine = net.engine_with(
        "eof; wait 100ms; close; end closed; wait 50s",
        &["--connect", &to],
    );
    peer.does("accept");
    peer.does("close");
    engine.event_within(LONG, |line| line["event"] == "summary");
    assert_eq!(
        net.ss(PORT)[0].state,
        "TIME-WAIT",
        "after 50 s it is still there"
    );
    assert!(engine.finish().well);

    let arguments = ["--connect", &to, "--time-wait"];
    let engine = net.engine_with("close", &arguments);
    peer.does("accept");
    peer.does("eof");
    peer.does("close");
    let began = engine.event(|line| line["event"] == "state" && line["to"] == "TIME-WAIT");
    let ended = engine.event_within(LONG, |line| line["event"] == "ended");
    assert_eq!(ended["how"], "closed");
    let lasted = ended["t_us"]
        .as_u64()
        .zip(began["t_us"].as_u64())
        .map(|(e, b)| e - b);
    let lasted = lasted.expect("times");
    assert!((60_000_000..65_000_000).contains(&lasted), "{lasted} us");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[]);
    assert!(net.ss(PORT).is_empty(), "the kernel's is over too");
}
