//! Runs that are kept: this engine (A) talking to Linux (B), over a line as long
//! as the catalogue's. Two of them are scenarios of the catalogue.
//!
//! `RECORD_RUNS=1 cargo test -p tests --test interop runs` records them anew
//! (where two processes have to act within one crossing of the line, on a machine
//! that is not too busy). Without it the kept ones are played: this engine has to
//! do in them what it did.

use std::fs;
use std::path::PathBuf;

use sim::history::{History, Progress};
use sim::run::HostKind;
use sim::text;
use sim::trace::{Place, RecordKind};

use crate::host::{ENGINE, Engine, KERNEL, Net, Peer};

/// The catalogue's.
const PORT: u16 = 8080;

/// How many bytes a run may have.
const SIZE_MAX: usize = 6_000;

const LINE: &str = "delay 50ms";

fn file(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/runs");
    PathBuf::from(folder).join(name).with_extension("txt")
}

/// Plays the kept run; answers its segments, the engine's as `>`, those that were lost with an `x`.
fn segments(name: &str) -> String {
    let written = fs::read_to_string(file(name)).expect("the run is kept");
    assert!(written.len() <= SIZE_MAX, "{} bytes", written.len());
    let run = text::parse(&written).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(run.scenario.hosts[1].kind, HostKind::Recording);
    let mut history = History::new(run).expect("it can be played");
    assert_eq!(history.advance_to_end(100_000), Progress::Reached);
    let trace = history.trace();
    let mut arrows = Vec::new();
    for record in trace.iter() {
        match record.kind {
            RecordKind::Differs { nth, why } => {
                panic!("{name}: segment {nth} of the engine: {}", why.id())
            }
            RecordKind::Send { .. } => {
                let sent = trace.sent(record.id).expect("it was sent");
                let way = if sent.place == Place::A { '>' } else { '<' };
                let flags = tcp::wire::Flags(sent.flags);
                let fate = sent.fate.and_then(|fate| trace.record(fate));
                let lost = fate.is_some_and(|fate| fate.place == Place::Link);
                arrows.push(format!("{way}{flags}{}", if lost { "x" } else { "" }));
            }
            _ => {}
        }
    }
    arrows.join(" ")
}

/// Whether to record anew; a namespace and a peer if so.
fn recording() -> Option<(Net, Peer)> {
    std::env::var_os("RECORD_RUNS")?;
    let net = Net::new()?;
    let peer = net.peer();
    Some((net, peer))
}

fn engine(net: &Net, script: &str, arguments: &[&str]) -> Engine {
    net.engine_with(script, &[&["--impair", LINE], arguments].concat())
}

/// Keeps what was recorded, under its own name.
fn keep(net: &Net, engine: Engine, name: &str) {
    let finished = engine.finish();
    assert!(finished.well);
    let run = fs::read_to_string(net.file("run.txt")).expect("it leaves a run");
    let mut run = text::parse(&run).expect("a run");
    run.scenario.id = name.into();
    run.scenario.title = name.into();
    // Recorded for its segments; a later engine may well explain them otherwise.
    run.trace_hash = None;
    fs::create_dir_all(file(name).parent().expect("a folder")).expect("it can be made");
    fs::write(file(name), text::print(&run)).expect("it can be written");
}

/// Handshake, a line each way, and a close in four segments.
#[test]
fn connection() {
    let name = "linux-connection";
    if let Some((net, peer)) = recording() {
        peer.does(&format!("listen {KERNEL} {PORT}"));
        let script =
            "wait 20ms; connect; wait 150ms; text Hello, Linux; receive 17; wait 150ms; close";
        let to = format!("{KERNEL}:{PORT}");
        let engine = engine(&net, script, &["--connect", &to]);
        peer.does("accept");
        peer.does("receive 13");
        peer.does("say Hello, playground");
        peer.does("eof");
        peer.does("rest 150");
        peer.does("close");
        keep(&net, engine, name);
    }
    assert_eq!(segments(name), ">S <S. >. >P. <. <P. >. >F. <. <F. >.");
}

/// Both SYNs are on the line at once. Linux answers the SYN-ACK that crosses its own with one more ACK.
#[test]
fn simultaneous_open() {
    let name = "linux-simultaneous-open";
    if let Some((net, peer)) = recording() {
        let to = format!("{KERNEL}:{PORT}");
        let arguments = ["--connect", &to, "--local-port", "8081"];
        let engine = engine(&net, "-", &arguments);
        engine.begins("connect");
        peer.does(&format!("begin {ENGINE} 8081 {PORT}"));
        engine.reaches("ESTABLISHED");
        peer.does("established");
        peer.does("rest 300");
        peer.does("close");
        engine.does("eof");
        engine.does("wait 100ms");
        engine.does("close");
        keep(&net, engine, name);
    }
    let segments = segments(name);
    let (ours, theirs): (Vec<&str>, Vec<&str>) = segments
        .split(' ')
        .partition(|arrow| arrow.starts_with('>'));
    assert_eq!(&ours[..2], [">S", ">S."], "{segments}");
    assert_eq!(&theirs[..3], ["<S", "<S.", "<."], "{segments}");
}

/// Linux calls, sends, and closes first; the engine's FIN rides on its ACK.
#[test]
fn linux_closes_first() {
    let name = "linux-closes-first";
    if let Some((net, peer)) = recording() {
        let engine = engine(&net, "eof; close", &["--listen", "8080"]);
        peer.does(&format!("connect {ENGINE} {PORT}"));
        peer.does("rest 100");
        peer.does("say GET / HTTP/1.0");
        peer.does("rest 200");
        peer.does("close");
        keep(&net, engine, name);
    }
    assert_eq!(segments(name), "<S >S. <. <P. >. <F. >F. <.");
}

/// The engine's SYN is lost, then Linux's SYN-ACK: both send them again after a second.
#[test]
fn syns_lost() {
    let name = "linux-syns-lost";
    if let Some((net, peer)) = recording() {
        peer.does(&format!("listen {KERNEL} {PORT}"));
        let to = format!("{KERNEL}:{PORT}");
        let rules = format!("{LINE} out drop S 1 in drop S. 1");
        let arguments = ["--impair", &rules, "--connect", &to];
        let engine = net.engine_with("wait 20ms; connect; wait 200ms; abort", &arguments);
        peer.does("accept");
        keep(&net, engine, name);
    }
    let segments = segments(name);
    assert!(segments.starts_with(">Sx >S <S.x "), "{segments}");
    assert!(segments.ends_with(">R."), "{segments}");
}

/// Linux's application closes without having read: Linux resets (RFC 2525 2.17).
#[test]
fn unread_data() {
    let name = "linux-unread-data";
    if let Some((net, peer)) = recording() {
        peer.does(&format!("listen {KERNEL} {PORT}"));
        let to = format!("{KERNEL}:{PORT}");
        let script = "wait 20ms; connect; wait 100ms; text Nobody reads this; end reset";
        let engine = engine(&net, script, &["--connect", &to]);
        peer.does("accept");
        peer.does("readable");
        peer.does("rest 200");
        peer.does("close");
        keep(&net, engine, name);
    }
    assert_eq!(segments(name), ">S <S. >. >P. <. <R.");
}

/// The catalogue's scenarios are kept runs with chapters.
#[test]
fn in_the_catalogue() {
    for name in ["linux-connection", "linux-simultaneous-open"] {
        let kept = fs::read_to_string(file(name)).expect("the run is kept");
        let kept = text::parse(&kept).expect("a run");
        let mut scenario = sim::catalogue::run(name).expect("in the catalogue");
        assert!(!scenario.scenario.markers.is_empty());
        scenario.scenario.markers.clear();
        assert_eq!(text::print(&scenario), text::print(&kept));
    }
}
