//! `bench`: what is measured against the budgets, never asserted in a test.

use crate::steps::{self, Failure};
use crate::{paths, usage};

/// What can be measured: its name, and the steps that measure it.
type Bench = (&'static str, fn() -> Result<(), Failure>);

const BENCHES: &[Bench] = &[("engine", engine)];

/// `bench [engine]`.
pub fn bench(arguments: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = arguments
        .iter()
        .find(|name| BENCHES.iter().all(|(bench, _)| bench != name))
    {
        return Err(usage(&format!("there is no bench «{unknown}»")));
    }
    BENCHES
        .iter()
        .filter(|(name, _)| arguments.is_empty() || arguments.iter().any(|given| given == name))
        .try_for_each(|(_, run)| run())
}

/// The engine beside smoltcp, the same work in one process.
fn engine() -> Result<(), Failure> {
    steps::run(
        "measuring the engine beside smoltcp, native (cargo run --release -p bench)",
        "see the message above; nothing else should run on this machine meanwhile",
        paths::cargo().args(["run", "--quiet", "--release", "--package", "bench"]),
    )
}
