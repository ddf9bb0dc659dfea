//! `bench`: what is measured against the budgets, never asserted in a test.

use std::process::Command;

use crate::setup::{Need, Setup};
use crate::steps::{self, Failure};
use crate::{build, paths, usage};

/// What can be measured: its name, and the steps that measure it.
type Bench = (&'static str, fn(&[String]) -> Result<(), Failure>);

const BENCHES: &[Bench] = &[("engine", engine), ("sim", sim), ("page", page)];

/// What every step of a bench advises.
const ALONE: &str = "see the message above; nothing else should run on this machine meanwhile";

/// `bench [engine|sim|page] [numbers…]`: numbers, where a bench is named, are its sizes.
pub fn bench(arguments: &[String]) -> Result<(), Failure> {
    let (numbers, names): (Vec<String>, Vec<String>) = arguments
        .iter()
        .cloned()
        .partition(|argument| argument.parse::<u64>().is_ok());
    if let Some(unknown) = names
        .iter()
        .find(|name| BENCHES.iter().all(|(bench, _)| bench != name))
    {
        return Err(usage(&format!("there is no bench «{unknown}»")));
    }
    if !numbers.is_empty() && names.len() != 1 {
        return Err(usage("sizes belong to one bench: name it"));
    }
    BENCHES
        .iter()
        .filter(|(name, _)| names.is_empty() || names.iter().any(|given| given == name))
        .try_for_each(|(_, run)| run(&numbers))
}

/// The engine beside smoltcp, the same work in one process; then compiled to wasm. Numbers: runs, connections, mebibytes.
fn engine(numbers: &[String]) -> Result<(), Failure> {
    Setup::default().ensure(&[Need::WasmTarget])?;
    load_average();
    steps::run(
        "measuring the engine beside smoltcp, native (cargo run --release -p bench; a minute or two)",
        ALONE,
        program("bench").args(numbers),
    )?;
    steps::run(
        "counting bytes by state and allocations (cargo run --release -p bench --bin bytes)",
        ALONE,
        &mut program("bytes"),
    )?;
    in_node("engine", numbers)
}

/// Recording, seeking and memory of the simulated world. Numbers: runs, seeks, sizes in records.
fn sim(numbers: &[String]) -> Result<(), Failure> {
    Setup::default().ensure(&[Need::WasmTarget])?;
    load_average();
    steps::run(
        "measuring recording and seeking, native (cargo run --release -p bench --bin recording)",
        ALONE,
        program("recording").args(numbers),
    )?;
    in_node("sim", numbers)
}

/// The page in Chromium. Numbers: runs, the longest run in records, seconds to play each scenario.
fn page(numbers: &[String]) -> Result<(), Failure> {
    let mut setup = Setup::default();
    setup.ensure(&[Need::BrowserPackages, Need::Chromium])?;
    build::page()?;
    load_average();
    steps::run(
        "measuring the page in Chromium (node lib/bench.mjs; about ten minutes)",
        ALONE,
        paths::command("node")
            .current_dir(paths::root().join("tests/browser"))
            .arg("lib/bench.mjs")
            .args(numbers)
            .envs(paths::chromium().map(|browser| ("CHROMIUM", browser))),
    )
}

/// A program of the bench crate.
fn program(name: &str) -> Command {
    let mut cargo = paths::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "bench", "--bin"]);
    cargo.args([name, "--"]);
    cargo
}

/// The bench crate compiled to wasm, and what it measures in Node.
fn in_node(what: &str, numbers: &[String]) -> Result<(), Failure> {
    const TARGET: &str = "wasm32-unknown-unknown";
    steps::run(
        "compiling the same work to wasm (cargo build --release -p bench --lib)",
        "see the compiler's message above",
        paths::cargo().args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "bench",
            "--lib",
            "--target",
            TARGET,
        ]),
    )?;
    steps::run(
        "measuring it in Node (tests/bench/wasm.mjs)",
        ALONE,
        paths::command("node")
            .arg("tests/bench/wasm.mjs")
            .arg(paths::target().join(TARGET).join("release/bench.wasm"))
            .arg(what)
            .args(numbers),
    )
}

/// What else the machine is doing, where it says so: numbers of a busy machine are not worth much.
fn load_average() {
    if let Ok(text) = std::fs::read_to_string("/proc/loadavg") {
        let first: Vec<&str> = text.split(' ').take(3).collect();
        println!("load average before measuring: {}", first.join(" "));
    }
}
