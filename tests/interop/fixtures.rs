//! The kernel talking to itself: captures that importing is tried with.
//!
//! Two namespaces, a TUN device in each, and a relay between them that writes
//! down every datagram when its sender sends it. `RECORD_CAPTURES=1 cargo test
//! -p tests --test interop fixtures` writes `tests/interop/captures/` anew;
//! without it, the kernel here is asked to do the same again, and the segments
//! have to be those of the file.

use std::fs;
use std::path::{Path, PathBuf};

use tests::tshark::{Frame, frames};

use crate::host::{DEVICE, Net, Peer, Relay, SocketStatistics};
use crate::opening::PORT;

const SERVER: &str = "192.0.2.20";

/// How many bytes a fixture may have.
const SIZE_MAX: usize = 20_000;

/// Client and server, each the kernel's TCP in a namespace of its own.
struct Pair {
    client: Peer,
    server: Peer,
    relay: Relay,
    file: PathBuf,
    nets: [Net; 2],
}

impl Pair {
    /// With a line that takes 5 ms each way and loses these datagrams, counted from 1.
    fn new(lost: &[&str]) -> Option<Pair> {
        Pair::with_delay("5", lost)
    }

    /// With a line so long that two busy processes can both act within one crossing.
    fn long() -> Option<Pair> {
        Pair::with_delay("300", &[])
    }

    fn with_delay(delay_ms: &str, lost: &[&str]) -> Option<Pair> {
        let nets = [Net::bare()?, Net::bare()?];
        for (net, address) in nets.iter().zip(["192.0.2.10/24", "192.0.2.20/24"]) {
            net.ip(&["link", "set", "lo", "up"]);
            net.ip(&["tuntap", "add", "dev", DEVICE, "mode", "tun"]);
            net.ip(&["addr", "add", address, "dev", DEVICE]);
        }
        let file = nets[0].file("pcap");
        let relay = Relay::new(&nets[0].name, &nets[1].name, &file, delay_ms, lost);
        // The relay has attached: the devices run as soon as they are up.
        for net in &nets {
            net.ip(&["link", "set", DEVICE, "up"]);
        }
        let [client, server] = nets.each_ref().map(Net::peer);
        Some(Pair {
            client,
            server,
            relay,
            file,
            nets,
        })
    }

    /// With a connection.
    fn connected(lost: &[&str]) -> Option<Pair> {
        Pair::new(lost)?.connects()
    }

    fn connects(self) -> Option<Pair> {
        let pair = self;
        pair.server.does(&format!("listen {SERVER} {PORT}"));
        pair.client.does(&format!("connect {SERVER} {PORT}"));
        pair.server.does("accept");
        Some(pair)
    }

    /// Waits until neither kernel has anything under way.
    fn is_quiet(&self) {
        for net in &self.nets {
            net.is_quiet(PORT);
        }
    }

    /// Waits until everything that one of them has sent is acknowledged.
    fn is_acknowledged(&self, net: usize) {
        while self.nets[net]
            .ss(PORT)
            .iter()
            .any(SocketStatistics::has_unacknowledged)
        {}
    }

    /// The capture is over: its segments are those of the fixture, client's as `>`.
    fn is(self, name: &str, expected: &str) {
        self.is_quiet();
        self.relay.end();
        let now = fs::read(&self.file).expect("the relay's capture");
        let kept = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("interop/captures")
            .join(name)
            .with_extension("pcap");
        if std::env::var_os("RECORD_CAPTURES").is_some() {
            fs::write(&kept, &now).expect("the fixture can be written");
        }
        let (now, essential) = (essence(&segments(&now)), essence(expected));
        assert_eq!(now, essential, "what the kernel does now");
        let kept = fs::read(&kept).expect("the fixture is there");
        assert_eq!(segments(&kept), expected, "what it did when recorded");
        assert!(kept.len() <= SIZE_MAX);
    }
}

/// The flags of all segments, or what is expected where tshark is missing.
fn segments(capture: &[u8]) -> String {
    let Some(frames) = frames(capture) else {
        return String::new();
    };
    for frame in &frames {
        assert!(frame.checksums_good && !frame.malformed, "{frame:?}");
    }
    let arrow = |frame: &Frame| {
        let way = if frame.destination_port == PORT {
            '>'
        } else {
            '<'
        };
        format!("{way}{}", &frame.arrow()[1..])
    };
    let arrows: Vec<String> = frames.iter().map(arrow).collect();
    arrows.join(" ")
}

/// Without pure ACKs, which ride on data or do not as processors have time, and
/// without what is sent again when nobody answers in time.
fn essence(arrows: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for arrow in arrows.split(' ') {
        let flags = &arrow[1..];
        let again = flags.contains(['S', 'F']) && kept.contains(&arrow);
        if flags != "." && !again {
            kept.push(arrow);
        }
    }
    kept.join(" ")
}

/// A case without tshark could not tell one segment from another.
fn ready() -> bool {
    let there = tests::program("tshark").is_some();
    if !there {
        tests::skip("tshark is not installed");
    }
    there
}

#[test]
fn four_way_close() {
    let Some(pair) = ready().then(|| Pair::connected(&[])).flatten() else {
        return;
    };
    pair.client.does("send 100");
    pair.server.does("receive 100");
    pair.is_acknowledged(0);
    pair.client.does("close");
    pair.server.does("eof");
    // The kernel delays the ACK of a FIN: the server waits until it has left.
    while pair.nets[0]
        .ss(PORT)
        .iter()
        .any(|ss| ss.state != "FIN-WAIT-2")
    {}
    pair.server.does("close");
    pair.is("four-way-close", ">S <S. >. >P. <. >F. <. <F. >.");
}

#[test]
fn three_way_close() {
    let Some(pair) = ready().then(|| Pair::connected(&[])).flatten() else {
        return;
    };
    // A conversation both ways: ACKs wait for data to ride on.
    pair.client.does("send 10");
    pair.server.does("receive 10");
    pair.server.does("send 10");
    pair.client.does("receive 10");
    pair.server.begins("eof_close");
    pair.client.does("close");
    pair.server.answer();
    pair.is("three-way-close", ">S <S. >. >P. <. <P. >. >F. <F. >.");
}

#[test]
fn half_close() {
    let Some(pair) = ready().then(|| Pair::connected(&[])).flatten() else {
        return;
    };
    pair.client.does("send 100");
    pair.server.does("receive 100");
    pair.is_acknowledged(0);
    pair.client.does("shutdown");
    pair.server.does("eof");
    while pair.nets[0]
        .ss(PORT)
        .iter()
        .any(|ss| ss.state != "FIN-WAIT-2")
    {}
    pair.server.does("send 300");
    pair.client.does("receive 300");
    while pair.nets[1]
        .ss(PORT)
        .iter()
        .any(|ss| ss.state != "CLOSE-WAIT" || ss.has_unacknowledged())
    {}
    pair.server.does("close");
    pair.client.does("eof");
    pair.is("half-close", ">S <S. >. >P. <. >F. <. <P. >. <F. >.");
}

#[test]
fn refused() {
    let Some(pair) = ready().then(|| Pair::new(&[])).flatten() else {
        return;
    };
    assert_eq!(
        pair.client.fails(&format!("connect {SERVER} {PORT}")),
        "ECONNREFUSED"
    );
    pair.is("refused", ">S <R.");
}

#[test]
fn abort() {
    let Some(pair) = ready().then(|| Pair::connected(&[])).flatten() else {
        return;
    };
    pair.client.does("send 100");
    pair.server.does("receive 100");
    pair.is_acknowledged(0);
    pair.server.does("abort");
    assert_eq!(pair.client.fails("eof"), "ECONNRESET");
    pair.is("abort", ">S <S. >. >P. <. <R.");
}

/// Both connect within the time that a SYN takes.
#[test]
fn simultaneous_open() {
    let Some(pair) = ready().then(Pair::long).flatten() else {
        return;
    };
    pair.client.begins(&format!("begin {SERVER} {PORT} 9394"));
    pair.server.begins(&format!("begin 192.0.2.10 9394 {PORT}"));
    pair.client.answer();
    pair.server.answer();
    pair.client.does("established");
    pair.server.does("established");
    let file = pair.file.clone();
    pair.relay.end();
    let capture = fs::read(file).expect("the relay's capture");
    let segments = segments(&capture);
    // Whose SYN comes first is the scheduler's choice, and where the last ACKs fall.
    for flags in [">S", "<S", ">S.", "<S."] {
        assert!(
            segments.split(' ').any(|arrow| arrow == flags),
            "{flags} in {segments}"
        );
    }
    keep("simultaneous-open", &capture);
}

/// Both close within the time that a FIN takes.
#[test]
fn simultaneous_close() {
    let Some(pair) = ready().then(|| Pair::long()?.connects()).flatten() else {
        return;
    };
    pair.client.begins("close");
    pair.server.begins("close");
    pair.client.answer();
    pair.server.answer();
    pair.is_quiet();
    let file = pair.file.clone();
    pair.relay.end();
    let capture = fs::read(file).expect("the relay's capture");
    let segments = segments(&capture);
    for fin in [">F.", "<F."] {
        assert!(segments.split(' ').any(|arrow| arrow == fin), "{segments}");
    }
    keep("simultaneous-close", &capture);
}

/// The first SYN is lost on the way.
#[test]
fn syn_lost() {
    let Some(pair) = ready().then(|| Pair::connected(&["1"])).flatten() else {
        return;
    };
    pair.client.does("close");
    pair.server.does("eof");
    while pair.nets[0]
        .ss(PORT)
        .iter()
        .any(|ss| ss.state != "FIN-WAIT-2")
    {}
    pair.server.does("close");
    pair.is("syn-lost", ">S >S <S. >. >F. <. <F. >.");
}

/// Where the order of segments is chance, the fixture is only looked at, or written anew.
fn keep(name: &str, capture: &[u8]) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("interop/captures")
        .join(name)
        .with_extension("pcap");
    if std::env::var_os("RECORD_CAPTURES").is_some() {
        fs::write(&file, capture).expect("the fixture can be written");
    }
    let kept = fs::read(&file).expect("the fixture is there");
    assert!(!segments(&kept).is_empty() && kept.len() <= SIZE_MAX);
}
