//! `fuzz`, and the suite of that name: the targets of `crates/tcp/fuzz`, for a while each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::counts::{Counts, Skip};
use crate::setup::{self, Need, Setup};
use crate::steps::{self, Failure, explain};
use crate::{paths, usage};

/// A target, as `crates/tcp/fuzz/src/lib.rs` has it, and the longest input it gets.
const TARGETS: [(&str, u32); 5] = [
    ("parser", 300),
    ("endpoint", 4_096),
    ("window", 2_048),
    ("operations", 2_048),
    ("scenario", 4_096),
];

/// In the suite each target runs this long.
const SMOKE_SECONDS: u32 = 10;
/// With `--long`, and when nobody says how long.
const LONG_SECONDS: u32 = 600;

/// `fuzz [--seconds N] [target…]`: one target after the other; what they learn is kept in the target folder.
pub fn command(arguments: &[String]) -> Result<(), Failure> {
    let mut seconds = LONG_SECONDS;
    let mut chosen: Vec<(&str, u32)> = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            seconds = words
                .next()
                .and_then(|number| number.parse().ok())
                .ok_or_else(|| usage("--seconds wants a whole number"))?;
        } else {
            let found = TARGETS.iter().find(|(name, _)| name == word);
            chosen.push(*found.ok_or_else(|| usage(&format!("there is no target «{word}»")))?);
        }
    }
    if chosen.is_empty() {
        chosen = TARGETS.to_vec();
    }
    Setup::default().ensure(&[Need::Fuzzer])?;
    build()?;
    let mut failed = Ok(());
    for target in chosen {
        println!("▸ fuzzing {} for {seconds} s", target.0);
        match run(target, seconds) {
            Ok(said) => println!("{said}"),
            Err(failure) => {
                eprintln!("{failure}");
                failed = Err(failure);
            }
        }
    }
    failed
}

/// Every target for some seconds, two side by side; each counts as one test.
pub fn smoke(long: bool) -> Counts {
    let mut counts = Counts::default();
    if let Err(failure) = Setup::default().ensure(&[Need::Fuzzer]) {
        let reason = format!("{} ({})", failure.what, failure.advice);
        counts.skipped = TARGETS
            .map(|(name, _)| Skip {
                test: format!("fuzz::{name}"),
                reason: reason.clone(),
            })
            .into();
        return counts;
    }
    if let Err(failure) = build() {
        eprintln!("fuzz: {failure}");
        counts.failed = TARGETS.len();
        return counts;
    }
    let seconds = if long { LONG_SECONDS } else { SMOKE_SECONDS };
    println!("▸ fuzzing each target for {seconds} s");
    for pair in TARGETS.chunks(2) {
        let results: Vec<Result<String, Failure>> = thread::scope(|scope| {
            let running: Vec<_> = pair
                .iter()
                .map(|target| scope.spawn(|| run(*target, seconds)))
                .collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| {
                thread
                    .join()
                    .expect("it only starts a program and waits for it")
            };
            running.into_iter().map(join).collect()
        });
        for result in results {
            match result {
                Ok(said) => {
                    println!("  {said}");
                    counts.passed += 1;
                }
                Err(failure) => {
                    eprintln!("{failure}");
                    counts.failed += 1;
                }
            }
        }
    }
    counts
}

/// All targets in one go, without a sanitizer: the engine has no unsafe code.
fn build() -> Result<(), Failure> {
    steps::run(
        "building the fuzz targets (cargo fuzz build, a minute the first time)",
        "see the compiler's message above; the targets live in crates/tcp/fuzz",
        setup::nightly("cargo")
            .current_dir(folder())
            .args(["fuzz", "build", "--sanitizer", "none", "--target-dir"])
            .arg(target_folder()),
    )
}

/// Runs a target; answers what it came to in a line.
fn run((name, length_max): (&str, u32), seconds: u32) -> Result<String, Failure> {
    let step = format!("fuzzing {name}");
    let kept = |kind: &str| target_folder().join(kind).join(name);
    let (corpus, artifacts) = (kept("corpus"), kept("artifacts"));
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).map_err(explain(&step, "is the disk full?"))?;
    }
    let mut artifact_prefix = std::ffi::OsString::from("-artifact_prefix=");
    artifact_prefix.push(artifacts.join(""));
    let mut command: Command = paths::command(program(name)?);
    command.arg(&corpus);
    for seeds in [
        folder().join("findings").join(name),
        paths::root().join("crates/sim/scenarios"),
    ] {
        // Scenarios are no help but where text is read.
        if seeds.is_dir() && (name == "scenario" || seeds.starts_with(folder())) {
            command.arg(seeds);
        }
    }
    command
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={length_max}"))
        .args(["-len_control=0", "-timeout=60", "-print_final_stats=1"])
        .arg(artifact_prefix);
    let limit = Duration::from_secs(u64::from(seconds) + 120);
    let said = steps::listen_quietly(&mut command, limit);
    if !said.success {
        let from = said.text.find("panicked at").unwrap_or(0);
        let told: String = said.text[from..].chars().take(3_000).collect();
        return Err(Failure {
            step,
            what: format!("{}\n{told}", said.ended),
            advice: format!(
                "the input is in {}; crates/tcp/fuzz/README.md says what to do with it",
                artifacts.display()
            ),
        });
    }
    let number = |what: &str| {
        let line = said.text.lines().rev().find(|line| line.contains(what));
        let rest = line.and_then(|line| line.split(what).nth(1));
        rest.and_then(|rest| rest.split_whitespace().next())
            .unwrap_or("?")
            .to_owned()
    };
    Ok(format!(
        "{name}: {} executions, {} edges, {} features",
        number("stat::number_of_executed_units:"),
        number("cov: "),
        number("ft: ")
    ))
}

/// Where a target's program is: cargo-fuzz builds for the machine's own target by name.
fn program(name: &str) -> Result<PathBuf, Failure> {
    let said = setup::nightly("rustc").arg("-vV").output();
    let said = said.map_err(explain(
        "asking the compiler for its target",
        "is rustup there?",
    ))?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(target_folder()
        .join(host.unwrap_or_default())
        .join("release")
        .join(name))
}

fn folder() -> PathBuf {
    paths::root().join("crates/tcp/fuzz")
}

/// Beside everything else that is built, so that no folder of the repository grows.
fn target_folder() -> PathBuf {
    Path::new(&paths::target()).join("fuzz")
}
