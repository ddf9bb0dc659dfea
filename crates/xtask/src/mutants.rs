//! `mutants`: the engine is broken in small ways, one at a time, and its tests have to notice.
//!
//! It works on a copy with nothing in it but the engine and the conformance
//! suite, so that each try builds as little as can be.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::setup::{Need, Setup};
use crate::steps::{self, Failure, explain};
use crate::{paths, usage};

/// What decides acceptance, transitions, RST and timers.
const FILES: [&str; 4] = [
    "crates/tcp/src/arrives/*.rs",
    "crates/tcp/src/calls/{open,close,abort}.rs",
    "crates/tcp/src/{host,permission,state,time_wait,timers}.rs",
    "crates/tcp/src/stack/{input,settle}.rs",
];

/// So many shards, so that a run that is cut off has seen something of every file.
const SHARDS: u32 = 8;

/// `mutants [--minutes N] [--shard K/N]`.
pub fn command(arguments: &[String]) -> Result<(), Failure> {
    let (mut minutes, mut shard) = (45, None);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let value = words.next();
        match (word.as_str(), value) {
            ("--minutes", Some(number)) => {
                minutes = number
                    .parse()
                    .map_err(|_| usage("--minutes wants a whole number"))?;
            }
            ("--shard", Some(part)) => shard = Some(part.clone()),
            _ => return Err(usage("mutants has the options --minutes N and --shard K/N")),
        }
    }
    Setup::default().ensure(&[Need::Mutants])?;
    let tree = paths::target().join("mutants");
    lay_out(&tree.join("tree"))?;
    steps::run(
        "building and running the tests as they are",
        "mend them first",
        paths::cargo().current_dir(tree.join("tree")).args([
            "test",
            "--quiet",
            "--lib",
            "--test",
            "conformance",
        ]),
    )?;
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let shards = match shard {
        Some(one) => vec![one],
        None => (0..SHARDS).map(|k| format!("{k}/{SHARDS}")).collect(),
    };
    let (mut caught, mut missed, mut timed_out, mut unviable) = (0, Vec::new(), 0, 0);
    for shard in &shards {
        let left = end.saturating_duration_since(Instant::now());
        if left < Duration::from_secs(30) {
            println!("  time is up before shard {shard}");
            break;
        }
        let out = tree.join(format!("shard-{}", shard.replace('/', "-of-")));
        let _ = fs::remove_dir_all(&out);
        let mut command: Command = paths::command("cargo-mutants");
        command
            .current_dir(tree.join("tree"))
            .args(["mutants", "--in-place", "--package", "tcp"])
            .args(["--test-package", "tcp,tests"])
            .args(FILES.iter().flat_map(|file| ["--file", file]))
            .args(["--shard", shard, "--sharding", "round-robin"])
            .args(["--timeout", "60", "--baseline", "skip", "--no-times"])
            .arg("--output")
            .arg(&out)
            .args(["--", "--lib", "--test", "conformance"]);
        steps::listen(
            &format!("breaking the engine, shard {shard}"),
            &mut command,
            left,
        );
        let list = |name: &str| -> Vec<String> {
            let text = fs::read_to_string(out.join("mutants.out").join(name));
            text.unwrap_or_default().lines().map(Into::into).collect()
        };
        caught += list("caught.txt").len();
        timed_out += list("timeout.txt").len();
        unviable += list("unviable.txt").len();
        missed.extend(list("missed.txt"));
        // One that was cut off leaves its change behind.
        lay_out(&tree.join("tree"))?;
    }
    println!("\nnot noticed:");
    missed.iter().for_each(|mutant| println!("  {mutant}"));
    let noticed = caught + timed_out;
    println!(
        "{noticed} of {} noticed ({timed_out} by taking for ever), {unviable} did not compile",
        noticed + missed.len()
    );
    Ok(())
}

/// The engine and the conformance suite as a workspace of their own.
fn lay_out(tree: &Path) -> Result<(), Failure> {
    let step = "copying the engine and its conformance suite";
    let failed = || explain(step, "is the disk full?");
    let root = paths::root();
    for folder in ["crates/tcp/src", "crates/tcp/tests", "tests/conformance"] {
        let _ = fs::remove_dir_all(tree.join(folder));
        paths::copy_folder(&root.join(folder), &tree.join(folder)).map_err(failed())?;
    }
    for file in [
        "Cargo.lock",
        "crates/tcp/Cargo.toml",
        // What the conformance suite compares itself with.
        "crates/tcp/REQUIREMENTS.md",
    ] {
        fs::copy(root.join(file), tree.join(file)).map_err(failed())?;
    }
    let read = |file: &str| fs::read_to_string(root.join(file)).map_err(failed());
    // Package, dependencies and lints as they are; no other member, and a profile that builds and runs fast.
    let workspace = read("Cargo.toml")?;
    let from = workspace.find("[workspace.package]").unwrap_or(0);
    let to = workspace.find("[profile.").unwrap_or(workspace.len());
    let kept = workspace[from..to]
        .lines()
        .filter(|line| !line.contains("path = ") || line.starts_with("tcp ="))
        .filter(|line| !line.starts_with('#'))
        .collect::<Vec<_>>()
        .join("\n");
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/tcp\", \"tests\"]\n\n{kept}\n\n\
         [profile.dev]\nopt-level = 1\ndebug = false\n"
    );
    let tests = read("tests/Cargo.toml")?;
    let smoltcp = tests.lines().find(|line| line.starts_with("smoltcp ="));
    let suite = format!(
        "[package]\nname = \"tests\"\nversion.workspace = true\nedition.workspace = true\n\
         publish.workspace = true\nautotests = false\n\n[lib]\npath = \"lib.rs\"\n\n[[test]]\nname = \"conformance\"\n\
         path = \"conformance/main.rs\"\n\n[dev-dependencies]\ntcp = {{ workspace = true }}\n{}\n",
        smoltcp.unwrap_or_default()
    );
    for (file, text) in [
        ("Cargo.toml", manifest),
        ("tests/Cargo.toml", suite),
        ("tests/lib.rs", String::new()),
    ] {
        fs::write(tree.join(file), text).map_err(failed())?;
    }
    Ok(())
}
