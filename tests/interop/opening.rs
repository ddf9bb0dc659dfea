//! How connections begin.

use std::fs;
use std::process::{Command, Stdio};

use crate::host::{ENGINE, Engine, KERNEL, Net, Peer};
use crate::judge::{
    DUPLICATE_SACK, PORTS_REUSED, RETRANSMISSION, RST, WINDOW_FULL, agrees, arrows, judged,
};

/// tshark knows no protocol that lives here.
pub const PORT: u16 = 9393;

/// The engine connects to the kernel.
pub fn as_client(net: &Net, arguments: &[&str]) -> (Peer, Engine) {
    let peer = net.peer();
    peer.does(&format!("listen {KERNEL} {PORT}"));
    let remote = format!("{KERNEL}:{PORT}");
    let engine = net.engine(&[&["--connect", &remote], arguments].concat());
    engine.does("connect");
    peer.does("accept");
    (peer, engine)
}

/// The kernel connects to the engine.
pub fn as_server(net: &Net, arguments: &[&str]) -> (Peer, Engine) {
    let peer = net.peer();
    let engine = net.engine(&[&["--listen", "9393"], arguments].concat());
    peer.does(&format!("connect {ENGINE} {PORT}"));
    engine.event(|line| line["event"] == "accepted");
    (peer, engine)
}

#[test]
fn client() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &[]);
    engine.does("send 4000");
    peer.does("receive 4000");
    peer.does("send 4000");
    engine.does("receive 4000");
    engine.does("acknowledged");
    agrees(&net, &engine, PORT);
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        assert!(
            arrows(&frames).starts_with(">S <S. >."),
            "{}",
            arrows(&frames)
        );
        assert_eq!(frames[0].completeness, 31);
    }
}

#[test]
fn server() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &[]);
    peer.does("send 4000");
    engine.does("receive 4000");
    engine.does("send 4000");
    peer.does("receive 4000");
    engine.does("acknowledged");
    agrees(&net, &engine, PORT);
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[]);
    if !frames.is_empty() {
        assert!(
            arrows(&frames).starts_with("<S >S. <."),
            "{}",
            arrows(&frames)
        );
        assert_eq!(frames[0].completeness, 31);
    }
}

/// Both SYNs cross: RFC 9293 figure 7, with a kernel that answers a SYN-ACK in SYN-RECEIVED once more.
#[test]
fn simultaneous() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    let engine = net.engine(&["--connect", "192.0.2.1:5093", "--local-port", "6093"]);
    engine.begins("catch syn; connect; release; state ESTABLISHED");
    engine.event(|line| line["event"] == "catching");
    peer.does(&format!("begin {ENGINE} 6093 5093"));
    engine.reaches("SYN-RECEIVED");
    engine.reaches("ESTABLISHED");
    peer.does("established");
    peer.does("send 100");
    engine.begins("receive 100; send 200; status");
    let status = engine.event(|line| line["event"] == "status");
    assert_eq!(status["state"], "ESTABLISHED");
    peer.does("receive 200");
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    // tshark takes the crossing SYN for a new connection, and the SYN-ACK for a repetition.
    let frames = judged(&finished, &[PORTS_REUSED, RETRANSMISSION, DUPLICATE_SACK]);
    if !frames.is_empty() {
        let arrows = arrows(&frames);
        let (theirs, ours): (Vec<&str>, Vec<&str>) =
            arrows.split(' ').partition(|arrow| arrow.starts_with('<'));
        assert_eq!(&theirs[..2], ["<S", "<S."], "{arrows}");
        assert_eq!(&ours[..2], [">S", ">S."], "{arrows}");
    }
}

#[test]
fn refused_by_the_kernel() {
    let Some(net) = Net::new() else { return };
    let engine = net.engine(&["--connect", "192.0.2.1:81"]);
    engine.begins("connect; end refused");
    let finished = engine.finish();
    assert!(finished.well);
    assert_eq!(finished.summary()["ended"], "refused");
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), ">S <R.");
        assert_eq!(frames[0].completeness, 37);
    }
}

#[test]
fn refused_by_the_engine() {
    let Some(net) = Net::new() else { return };
    let peer = net.peer();
    let engine = net.engine(&["--listen", "9393"]);
    assert_eq!(peer.fails(&format!("connect {ENGINE} 81")), "ECONNREFUSED");
    let finished = engine.interrupt();
    assert!(finished.well);
    let frames = judged(&finished, &[RST]);
    if !frames.is_empty() {
        assert_eq!(arrows(&frames), "<S >R.");
    }
}

/// The engine's SYN is lost, then the kernel's SYN-ACK.
#[test]
fn the_engines_syn_again() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_client(&net, &["--impair", "out drop S 1 in drop S. 1"]);
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    let frames = judged(&finished, &[RETRANSMISSION]);
    if !frames.is_empty() {
        let syns: Vec<u64> = (frames.iter().filter(|f| f.arrow() == ">S"))
            .map(|frame| frame.time_us)
            .collect();
        assert!(syns.len() >= 2, "{}", arrows(&frames));
        let waited = syns[1] - syns[0];
        assert!(
            (1_000_000..3_000_000).contains(&waited),
            "again after {waited} us"
        );
    }
}

/// The kernel's SYN is lost, then the engine's SYN-ACK.
#[test]
fn the_kernels_syn_again() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &["--impair", "in drop S 1 out drop S. 1"]);
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[RETRANSMISSION]);
}

/// The kernel keeps nothing of a SYN but a cookie in its ISN.
#[test]
fn cookies_of_the_kernel() {
    let Some(net) = Net::new() else { return };
    net.sysctl("tcp_syncookies", "2");
    let (peer, engine) = as_client(&net, &[]);
    assert_eq!(net.counter("SyncookiesRecv"), 1);
    engine.does("send 100k");
    peer.does("receive 102400");
    engine.does("acknowledged");
    agrees(&net, &engine, PORT);
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[WINDOW_FULL]);
}

#[test]
fn cookies_of_the_engine() {
    let Some(net) = Net::new() else { return };
    let (peer, engine) = as_server(&net, &["--set", "syn-cookies=always"]);
    peer.does("send 100000");
    engine.does("receive 100000");
    peer.does("close");
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[WINDOW_FULL]);
}

/// `nc` listens, the engine calls.
#[test]
fn netcat() {
    let Some(net) = Net::new() else { return };
    if tests::program("nc").is_none() {
        return tests::skip("nc is not installed");
    }
    let mut nc = Command::new("ip")
        .args(["netns", "exec", &net.name, "nc", "-l", "-N", KERNEL, "9393"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("nc starts");
    while !(net.exec("ss", &["-tlnH"])).is_ok_and(|text| text.contains(":9393")) {}
    let engine = net.engine(&["--connect", "192.0.2.1:9393"]);
    engine.does("text to whom it may concern");
    let finished = engine.finish();
    let mut said = String::new();
    let output = nc.stdout.as_mut().expect("piped");
    std::io::Read::read_to_string(output, &mut said).expect("nc speaks UTF-8");
    nc.wait().expect("nc ends");
    assert_eq!(said, "to whom it may concern\n");
    assert!(finished.well);
    judged(&finished, &[]);
}

/// `nc` calls, the engine listens and sends everything back.
#[test]
fn netcat_calls() {
    let Some(net) = Net::new() else { return };
    if tests::program("nc").is_none() {
        return tests::skip("nc is not installed");
    }
    let line = net.file("line");
    fs::write(&line, "to whom it may concern\n").expect("a file under target");
    let engine = net.engine_with("echo; close", &["--listen", "9393"]);
    let call = format!("nc -N {ENGINE} 9393 < {}", line.display());
    let said = net.exec("sh", &["-c", &call]);
    assert_eq!(said.as_deref(), Ok("to whom it may concern\n"));
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[]);
}

/// `curl` fetches a file from the engine.
#[test]
fn curl() {
    let Some(net) = Net::new() else { return };
    if tests::program("curl").is_none() {
        return tests::skip("curl is not installed");
    }
    let body = "segment ".repeat(20_000);
    let response = net.file("response");
    let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
    fs::write(&response, head + &body).expect("a file under target");
    let script = format!(
        "receive 40; send-file {}; shutdown; eof",
        response.display()
    );
    let engine = net.engine_with(&script, &["--listen", "9393"]);
    let fetched = net.exec(
        "curl",
        &["-sS", "--max-time", "20", "http://192.0.2.2:9393/"],
    );
    assert_eq!(fetched.as_deref(), Ok(&body[..]));
    let finished = engine.finish();
    assert!(finished.well);
    judged(&finished, &[]);
}
