//! State × segment: what comes of every kind of segment at every position in
//! every state, with RFC 5961 and without (policy `rfc`).
//!
//! `matrix.txt` holds it in a form a person can review: lines that would be
//! equal are one line. The whole table, a line a cell, is held by its hash.

use std::fmt::Write;

use tcp::event::EventKind;
use tcp::state::State;

use crate::bench::Bench;
use crate::record::{cases, shows};
use crate::reviewed;

const SEGMENTS: [(&str, &str, u32); 10] = [
    ("SYN", "S", 0),
    ("SYN-ACK", "S.", 0),
    ("SYN-FIN", "SF", 0),
    ("ACK", ".", 0),
    ("FIN", "F", 0),
    ("FIN-ACK", "F.", 0),
    ("RST", "R", 0),
    ("RST-ACK", "R.", 0),
    ("none", "-", 0),
    ("data", "P.", 10),
];

/// Where SEG.SEQ lies. `left`: the segment's last number is RCV.NXT − 1;
/// `edge`: RCV.NXT; `last`: the window's last number; `right`: the first beyond it.
const SEQS: [&str; 5] = ["left", "edge", "mid", "last", "right"];

/// Where SEG.ACK lies. `far`: below SND.UNA − MAX.SND.WND; `old`: SND.UNA − 1;
/// `una`; `mid`: between; `nxt`; `beyond`: SND.NXT + 1.
const ACKS: [&str; 6] = ["far", "old", "una", "mid", "nxt", "beyond"];

/// The receive buffer, and so the window, in bytes.
const BUFFER: u32 = 4000;

#[derive(Clone, Copy)]
struct Place {
    name: &'static str,
    state: State,
    active: bool,
}

fn places() -> Vec<Place> {
    let mut places = Vec::new();
    for state in State::ALL {
        if state == State::SynReceived {
            places.push(Place {
                name: "SYN-RECEIVED (passive OPEN)",
                state,
                active: false,
            });
            places.push(Place {
                name: "SYN-RECEIVED (active OPEN)",
                state,
                active: true,
            });
        } else {
            places.push(Place {
                name: state.name(),
                state,
                active: false,
            });
        }
    }
    places
}

/// What has nothing to do with how segments are judged is the same in all policies.
fn bench(place: Place, policy: &str, protected: bool) -> Bench {
    let switch = if protected { "on" } else { "off" };
    let text = format!(
        "policy {policy}; window-scale off; timestamps off; sack off; window-rounding none; \
         receive-buffer {BUFFER}; delayed-ack off; challenge-ack {switch}; blind-data-check {switch}"
    );
    if place.active {
        Bench::in_active_syn_received(&text)
    } else {
        Bench::in_state(place.state, &text)
    }
}

/// The numbers a position is counted from.
struct Numbers {
    una: u32,
    nxt: u32,
    max_window: u32,
    rcv_nxt: u32,
    rcv_wnd: u32,
}

fn numbers(bench: &Bench, state: State) -> Numbers {
    let nominal = Numbers {
        una: 100,
        nxt: 101,
        max_window: 10_000,
        rcv_nxt: 301,
        rcv_wnd: BUFFER,
    };
    match state {
        State::Closed | State::Listen | State::SynSent => nominal,
        _ => {
            let status = bench.status();
            Numbers {
                una: status.snd_una.0,
                nxt: status.snd_nxt.0,
                rcv_nxt: status.rcv_nxt.0,
                rcv_wnd: status.rcv_wnd,
                ..nominal
            }
        }
    }
}

fn seq_at(n: &Numbers, position: usize, length: u32) -> u32 {
    match position {
        0 => n.rcv_nxt.wrapping_sub(length.max(1)),
        1 => n.rcv_nxt,
        2 => n.rcv_nxt + n.rcv_wnd / 2,
        3 => n.rcv_nxt + n.rcv_wnd - 1,
        _ => n.rcv_nxt + n.rcv_wnd,
    }
}

fn ack_at(n: &Numbers, position: usize) -> u32 {
    match position {
        0 => n.una.wrapping_sub(n.max_window + 1),
        1 => n.una.wrapping_sub(1),
        2 => n.una,
        3 => n.una + (n.nxt - n.una).div_ceil(2),
        4 => n.nxt,
        _ => n.nxt + 1,
    }
}

/// What one segment brings about: `reply | next state | reasons`.
fn outcome(before: &Bench, place: Place, segment: usize, seq: usize, ack: usize) -> String {
    let n = numbers(before, place.state);
    let (_, flags, len) = SEGMENTS[segment];
    let length = len + flags.matches(['S', 'F']).count() as u32;
    let (seq, ack) = (seq_at(&n, seq, length), ack_at(&n, ack));
    let mut bench = before.clone();
    let mut text = format!("{flags} {seq} ack {ack}");
    if len > 0 {
        write!(text, " len {len}").expect("a String takes it");
    }
    bench.arrives(&text);

    let status = bench.stack.status(bench.socket).ok();
    let (snd_nxt, rcv_nxt) = match (&status, place.state) {
        (Some(s), _) if s.state != State::Listen && s.state != State::Closed => {
            (s.snd_nxt.0, s.rcv_nxt.0)
        }
        _ => (n.nxt, n.rcv_nxt),
    };
    let replies: Vec<String> = bench
        .sent
        .iter()
        .map(|(_, reply)| {
            let of_seq = |value: u32| match value {
                _ if value == snd_nxt => "NXT".to_owned(),
                _ if value == ack && flags.contains('.') => "SEG.ACK".to_owned(),
                0 => "0".to_owned(),
                other => other.to_string(),
            };
            let kind = reply.flags.to_string();
            match kind.as_str() {
                "." if reply.seq == snd_nxt && reply.ack == rcv_nxt => "ACK".to_owned(),
                "S." if reply.seq == 100 && reply.ack == rcv_nxt => "SYN-ACK".to_owned(),
                "R" if flags.contains('.') && reply.seq == ack => "RST(SEG.ACK)".to_owned(),
                "R." if reply.seq == 0 && reply.ack == seq.wrapping_add(length) => {
                    "RST-ACK(0,SEG.SEQ+LEN)".to_owned()
                }
                "R." if reply.seq == snd_nxt && reply.ack == rcv_nxt => {
                    "RST-ACK(NXT,RCV.NXT)".to_owned()
                }
                _ => format!("{kind}({},{})", of_seq(reply.seq), reply.ack),
            }
        })
        .collect();
    let reply = if replies.is_empty() {
        "-".to_owned()
    } else {
        replies.join(" ")
    };

    let mut next = bench.state().name().to_owned();
    if bench.state() == place.state {
        next = "=".to_owned();
    }
    let mut changes = String::new();
    if let Some(s) = &status
        && s.state.is_synchronized()
        && place.state.is_synchronized()
    {
        if s.snd_una.0 != n.una {
            write!(changes, " una+{}", s.snd_una.0.wrapping_sub(n.una)).expect("fits");
        }
        if s.rcv_nxt.0 != n.rcv_nxt {
            write!(changes, " rcv+{}", s.rcv_nxt.0.wrapping_sub(n.rcv_nxt)).expect("fits");
        }
        if s.reassembly_queue > 0 {
            write!(changes, " held {}", s.reassembly_queue).expect("fits");
        }
    }
    let mut reasons: Vec<&str> = Vec::new();
    let mut end = String::new();
    for event in &bench.events[before.events.len()..] {
        match event.kind {
            EventKind::Judged { reason }
            | EventKind::Refused { reason }
            | EventKind::Limit { reason }
                if reasons.last() != Some(&reason.id()) =>
            {
                reasons.push(reason.id());
            }
            EventKind::Ended { how, .. } => end = format!(" [{}]", how.id()),
            _ => {}
        }
    }
    format!("{reply} | {next}{changes}{end} | {}", reasons.join(", "))
}

type Grid = Vec<Vec<String>>;

fn grid(place: Place, segment: usize, protected: &Bench) -> Grid {
    (0..SEQS.len())
        .map(|seq| {
            (0..ACKS.len())
                .map(|ack| outcome(protected, place, segment, seq, ack))
                .collect()
        })
        .collect()
}

/// Names of the members of `set`, or `any`.
fn names(set: &[usize], all: &[&str]) -> String {
    if set.len() == all.len() {
        return "any".to_owned();
    }
    set.iter().map(|&i| all[i]).collect::<Vec<_>>().join(",")
}

/// Lines `seq ack: outcome` that together say what the grid says: rows with
/// equal cells are one, and in a row equal cells are one.
fn lines(grid: &Grid) -> Vec<String> {
    let mut rows: Vec<(Vec<usize>, &Vec<String>)> = Vec::new();
    for (seq, row) in grid.iter().enumerate() {
        match rows.iter_mut().find(|(_, known)| *known == row) {
            Some((seqs, _)) => seqs.push(seq),
            None => rows.push((vec![seq], row)),
        }
    }
    let mut lines = Vec::new();
    for (seqs, row) in rows {
        let mut cells: Vec<(Vec<usize>, &String)> = Vec::new();
        for (ack, cell) in row.iter().enumerate() {
            match cells.iter_mut().find(|(_, known)| *known == cell) {
                Some((acks, _)) => acks.push(ack),
                None => cells.push((vec![ack], cell)),
            }
        }
        for (acks, cell) in cells.into_iter().filter(|(_, cell)| !cell.is_empty()) {
            lines.push(format!(
                "{:<20} {:<20} {cell}",
                names(&seqs, &SEQS),
                names(&acks, &ACKS)
            ));
        }
    }
    lines
}

const HEAD: &str = "\
# State × segment under policy rfc: reply | next state | reasons
#
# Columns: position of SEG.SEQ, position of SEG.ACK, then what comes of it.
# SEG.SEQ: left = the segment ends at RCV.NXT-1, edge = RCV.NXT, mid, last = the window's last number, right = beyond it.
# SEG.ACK: far = SND.UNA-MAX.SND.WND-1, old = SND.UNA-1, una = SND.UNA, mid, nxt = SND.NXT, beyond = SND.NXT+1.
# Where ACK is clear the field is filled all the same. Where there is no connection the numbers are those of an imagined one.
# In ESTABLISHED, FIN-WAIT-1, CLOSE-WAIT, CLOSING and LAST-ACK ten bytes (and the FIN behind them) are unacknowledged.
# «=» same state; una+n, rcv+n: SND.UNA, RCV.NXT move; [how]: the final report.
# ACK, SYN-ACK as replies have SEQ = SND.NXT (ISS), ACK = RCV.NXT. RST(x): SEQ = x, no ACK; RST-ACK(x,y): SEQ = x, ACK = y.
# «5961 on», «5961 off»: challenge-ack and blind-data-check; without either word both are the same.
";

/// The lines of two grids, with RFC 5961 and without; what is the same in both is said once.
fn block(grids: &[Grid; 2]) -> String {
    let mut block = String::new();
    let [on, off] = grids.each_ref().map(lines);
    for line in &on {
        let mode = if off.contains(line) { "" } else { "5961 on" };
        let line = format!("{mode:<9}{line}");
        writeln!(block, "  {}", line.trim_end()).expect("fits");
    }
    for line in off.iter().filter(|line| !on.contains(line)) {
        writeln!(block, "  {:<9}{}", "5961 off", line.trim_end()).expect("fits");
    }
    block
}

/// The table as text for people, and the whole of it.
fn tables() -> (String, String) {
    let (mut short, mut whole) = (String::new(), String::new());
    for place in places() {
        writeln!(short, "\n== {}", place.name).expect("fits");
        let benches = [bench(place, "rfc", true), bench(place, "rfc", false)];
        let mut blocks: Vec<(String, Vec<&str>)> = Vec::new();
        for (segment, &(name, ..)) in SEGMENTS.iter().enumerate() {
            let grids = benches.each_ref().map(|b| grid(place, segment, b));
            for (mode, grid) in ["on", "off"].iter().zip(&grids) {
                for (seq, row) in grid.iter().enumerate() {
                    for (ack, cell) in row.iter().enumerate() {
                        writeln!(
                            whole,
                            "{} {name} {} {} {mode}: {cell}",
                            place.name, SEQS[seq], ACKS[ack]
                        )
                        .expect("fits");
                    }
                }
            }
            let block = block(&grids);
            match blocks.iter_mut().find(|(known, _)| *known == block) {
                Some((_, names)) => names.push(name),
                None => blocks.push((block, vec![name])),
            }
        }
        for (block, names) in blocks {
            write!(short, " {}\n{block}", names.join(", ")).expect("fits");
        }
    }
    (short, whole)
}

#[test]
fn every_cell_is_as_reviewed() {
    shows("U1, U2, U3, U4, U5, U6, U7, U8, U9, U10, U11");
    let (short, whole) = tables();
    let cells = whole.lines().count();
    assert_eq!(cells, 12 * SEGMENTS.len() * SEQS.len() * ACKS.len() * 2);
    let text = format!(
        "{HEAD}# {cells} cells, hash {:016x}\n{short}",
        reviewed::hash(&whole)
    );
    reviewed::compare("tests/conformance/matrix.txt", &text);
}

/// Only what another policy makes of a cell differently: `policies.txt`.
#[test]
fn policies_differ_where_they_are_meant_to() {
    shows("policy letter, policy linux, policy freebsd, T3, T4, T7, T10");
    let mut text = String::from(
        "# Where the matrix of another policy is not that of `rfc` (matrix.txt; the same columns and words)\n",
    );
    for policy in ["letter", "linux", "freebsd"] {
        writeln!(text, "\n#### {policy}").expect("fits");
        for place in places() {
            let of = |policy| [true, false].map(|protected| bench(place, policy, protected));
            let (rfc, theirs) = (of("rfc"), of(policy));
            let mut blocks: Vec<(String, Vec<&str>)> = Vec::new();
            for (segment, &(name, ..)) in SEGMENTS.iter().enumerate() {
                let mut grids = theirs.each_ref().map(|b| grid(place, segment, b));
                for (grid, ours) in grids.iter_mut().zip(&rfc) {
                    let ours = self::grid(place, segment, ours);
                    for (cell, known) in grid.iter_mut().flatten().zip(ours.iter().flatten()) {
                        if cell == known {
                            cell.clear();
                        }
                    }
                }
                let block = block(&grids);
                match blocks.iter_mut().find(|(known, _)| *known == block) {
                    _ if block.is_empty() => {}
                    Some((_, names)) => names.push(name),
                    None => blocks.push((block, vec![name])),
                }
            }
            if !blocks.is_empty() {
                writeln!(text, "\n== {}", place.name).expect("fits");
            }
            for (block, names) in blocks {
                write!(text, " {}\n{block}", names.join(", ")).expect("fits");
            }
        }
    }
    reviewed::compare("tests/conformance/policies.txt", &text);
}

cases![
    every_cell_is_as_reviewed,
    policies_differ_where_they_are_meant_to,
];
