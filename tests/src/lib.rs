//! What the cross-crate suites share.
//!
//! A test that finds out while it runs that it cannot (a tool or a right is
//! missing) calls [`skip`] and returns; `cargo xtask test` then counts and
//! lists it as skipped. A test that takes minutes asks [`long`] first.

pub mod tshark;

use std::env;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::thread;

use sim::history::{History, Progress};
use sim::run::Run;

/// Notes that the running test is skipped, and why.
pub fn skip(reason: &str) {
    let test = thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("{test} skipped: {reason}");
    if let Some(file) = env::var_os("SKIPPED_TESTS") {
        // One line in one write: tests run side by side.
        let line = format!("{test}\t{reason}\n");
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(file)
            .expect("the file for skipped tests can be opened");
        file.write_all(line.as_bytes())
            .expect("the file for skipped tests can be written");
    }
}

/// Whether the long tests run: a test may then do more of the same.
#[must_use]
pub fn is_long() -> bool {
    env::var_os("LONG_TESTS").is_some_and(|value| !value.is_empty())
}

/// Whether the long tests run (`cargo xtask test --long`); notes the skip if not.
#[must_use]
pub fn long() -> bool {
    let long = is_long();
    if !long {
        skip("takes long; cargo xtask test --long runs it");
    }
    long
}

/// The program of that name on the PATH.
#[must_use]
pub fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// A scenario of the catalogue, played to its end.
///
/// # Panics
/// There is no such scenario, or it does not end.
#[must_use]
pub fn played(id: &str) -> History {
    played_run(sim::catalogue::run(id).expect("a scenario of the catalogue"))
}

/// A run, played to its end.
///
/// # Panics
/// It cannot be played, or does not end.
#[must_use]
pub fn played_run(run: Run) -> History {
    let mut history = History::new(run).expect("a run that can be played");
    assert_eq!(history.advance_to_end(5_000_000), Progress::Reached);
    history
}
