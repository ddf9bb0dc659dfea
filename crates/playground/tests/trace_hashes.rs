//! Every scenario's trace has the hash that is written down in
//! `trace_hashes.txt`; the browser's suite holds the wasm build to the same file.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::path::Path;

use sim::history::History;

#[test]
fn traces_are_those_written_down() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trace_hashes.txt");
    let mut table = String::new();
    for id in sim::catalogue::ids() {
        let run = sim::catalogue::run(id).expect("an id of the catalogue");
        let mut history = History::new(run).expect("a scenario of the catalogue can be played");
        let _ = history.advance_to_end(u32::MAX);
        let trace = history.trace();
        writeln!(table, "{id} {:016x} {}", trace.hash(), trace.len()).expect("writing to a string");
    }
    if std::env::var_os("TCP_PLAYGROUND_BLESS").is_some() {
        std::fs::write(&path, &table).expect("the table can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    for (now, before) in table.lines().zip(kept.lines()) {
        assert_eq!(
            now, before,
            "the trace changed; if it was meant to: cargo xtask bless"
        );
    }
    assert_eq!(
        table.lines().count(),
        kept.lines().count(),
        "scenarios came or went: cargo xtask bless"
    );
}
