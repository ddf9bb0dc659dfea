//! The project's own packetdrill scripts, written from the RFC: each holds under the policy it names.

use std::fs;
use std::path::PathBuf;

use formats::packetdrill::{Options, Unreplayed, replay, run};

#[path = "packetdrill/garbled.rs"]
mod garbled;

fn scripts() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("packetdrill");
    let mut scripts: Vec<(String, String)> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pkt"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let text = fs::read_to_string(&path).expect("readable text");
            (name.into_owned(), text)
        })
        .collect();
    scripts.sort();
    scripts
}

#[test]
fn own_scripts_hold() {
    let mut reports = Vec::new();
    for (name, text) in scripts() {
        if let Some(failure) = run(&text, &Options::default()).failure {
            reports.push(failure.text(&name, true));
        }
    }
    assert!(reports.is_empty(), "\n{}", reports.join("\n\n"));
}

#[test]
fn every_arc_has_a_script() {
    let names: Vec<String> = scripts().into_iter().map(|(name, _)| name).collect();
    for arc in 1..=51 {
        let prefix = format!("arc-{arc:02}-");
        assert!(
            names.iter().any(|name| name.starts_with(&prefix)),
            "no script for arc {arc}"
        );
    }
}

#[test]
fn every_script_says_which_requirement_it_shows() {
    for (name, text) in scripts() {
        let comment: String = text
            .lines()
            .take_while(|line| line.starts_with("//"))
            .collect();
        assert!(comment.contains("RFC"), "{name}");
        assert!(text.contains("--policy="), "{name} names no policy");
    }
}

/// As a run with a script for host B the engine does the same; the run survives its text and is played as it says.
#[test]
fn own_scripts_are_runs_too() {
    let mut without_packets = 0;
    for (name, text) in scripts() {
        let run = match replay(&text, &Options::default()) {
            Ok(run) => run,
            Err(Unreplayed::Nothing) => {
                without_packets += 1;
                continue;
            }
            Err(why) => panic!("{name}: {why}"),
        };
        let printed = sim::text::print(&run);
        let read = sim::text::parse(&printed).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, run, "{name}");
        let mut history = sim::history::History::new(read).expect("it was played before");
        history.advance_to_end(u32::MAX);
        assert_eq!(Some(history.trace().hash()), run.trace_hash, "{name}");
    }
    assert!(without_packets <= 1);
}

/// The runner sees faults: each line below is wrong in one point.
#[test]
fn a_wrong_expectation_fails() {
    let right = "\
--policy=rfc
   0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
  +0 bind(3, ..., ...) = 0
  +0 listen(3, 1) = 0
 +.1 < S 0:0(0) win 32768 <mss 1000>
  +0 > S. 0:0(0) ack 1 win 65535 <mss 1460>
 +.1 < . 1:1(0) ack 1 win 32768
  +0 accept(3, ..., ...) = 4
  +0 %{ assert tcpi_state == TCP_ESTABLISHED }%
 +.1 close(4) = 0
  +0 > F. 1:1(0) ack 1
";
    assert_eq!(run(right, &Options::default()).failure, None);
    for (line, good, bad) in [
        (
            2,
            "SOCK_STREAM, IPPROTO_TCP) = 3",
            "SOCK_STREAM, IPPROTO_TCP) = -1",
        ),
        (
            3,
            "bind(3, ..., ...) = 0",
            "bind(3, ..., ...) = -1 EINVAL (x)",
        ),
        (3, "bind(3", "bind(9"),
        (4, "listen(3, 1)", "listening(3, 1)"),
        (6, "S. 0:0(0) ack 1", "S. 0:0(0) ack 2"),
        (6, "S. 0:0(0)", "S 0:0(0)"),
        (6, "win 65535", "win 65534"),
        (6, "<mss 1460>", "<mss 1459>"),
        (6, "<mss 1460>", "<mss 1460,sackOK,nop,nop>"),
        (6, "+0 > S.", "+1 > S."),
        (9, "TCP_ESTABLISHED", "TCP_CLOSE_WAIT"),
        (9, "tcpi_state", "tcpi_stat"),
        (10, "close(4) = 0", "read(4, ..., 10) = 0"),
        (11, "F. 1:1(0)", "F. 2:2(0)"),
        (11, "F.", "FP."),
        (11, "> F.", "> Q."),
    ] {
        let text = right.replacen(good, bad, 1);
        assert_ne!(text, right, "{good}");
        let failure = run(&text, &Options::default()).failure;
        let failure = failure.unwrap_or_else(|| panic!("«{bad}» passed"));
        assert_eq!(
            failure.place.line,
            line,
            "{bad}: {}",
            failure.text("x", true)
        );
    }
}
