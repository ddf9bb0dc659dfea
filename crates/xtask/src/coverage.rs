//! `coverage`: which lines of the engine and of the simulated world the tests run.

use crate::setup::{Need, Setup};
use crate::steps::{self, Failure};
use crate::{paths, usage};

/// What is measured is the two crates' own code: no tests, no other crate, nothing from outside.
const LEFT_OUT: &str =
    r"(/tests/|/tests\.rs$|_tests\.rs$|/fuzz/|crates/(formats|view|playground|cli|xtask)/)";

/// The suites that run: those of the two crates, and of `tests` those that need neither root nor other programs.
const RUNS: [&[&str]; 2] = [
    &["--package", "tcp", "--package", "sim"],
    &[
        "--package",
        "tests",
        "--test",
        "conformance",
        "--test",
        "packetdrill",
        "--test",
        "traces",
        "--test",
        "limits",
        "--test",
        "fuzz",
    ],
];

/// `coverage [--html]`.
pub fn command(arguments: &[String]) -> Result<(), Failure> {
    let html = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--html"] => true,
        _ => return Err(usage("coverage has only the option --html")),
    };
    Setup::default().ensure(&[Need::Coverage])?;
    let measured = |arguments: &[&str]| {
        let mut command = paths::cargo();
        command.args(["llvm-cov"]).args(arguments);
        command
    };
    const ADVICE: &str = "see the message above";
    steps::run(
        "forgetting the last measurement",
        ADVICE,
        &mut measured(&["clean", "--workspace"]),
    )?;
    // A test that fails still ran its lines; it is told at the end.
    let mut failed = Ok(());
    for run in RUNS {
        let done = steps::run(
            &format!("running {} with coverage", run.join(" ")),
            ADVICE,
            measured(&["--no-report", "--no-fail-fast"]).args(run),
        );
        failed = failed.and(done);
    }
    let report = ["report", "--ignore-filename-regex", LEFT_OUT];
    if html {
        steps::run(
            "writing pages of it (target/llvm-cov/html)",
            ADVICE,
            measured(&report).arg("--html"),
        )?;
    }
    steps::run(
        "adding it up",
        ADVICE,
        measured(&report).arg("--summary-only"),
    )?;
    failed
}
