//! Files in the repository that the project makes itself.

use std::fs;

use crate::steps::{self, Failure, explain};
use crate::{paths, usage};

/// A generated file: where it lies, and the arguments with which the command
/// line prints it on standard output.
struct Generated {
    path: &'static str,
    arguments: &'static [&'static str],
}

const GENERATED: &[Generated] = &[Generated {
    path: "tests/posters/four-way-close.svg",
    arguments: &["run", "four-way-close", "--svg", "-"],
}];

/// Suites that keep what they saw last as text in the repository, and write it
/// anew when they are asked to; without that they compare.
const SNAPSHOTS: &[(&str, &str)] = &[
    ("sim", "catalogue"),
    ("sim", "worlds"),
    ("view", "pictures"),
    ("playground", "trace_hashes"),
    ("tests", "conformance"),
];

/// `bless [--check]`.
pub fn command(arguments: &[String]) -> Result<(), Failure> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => bless(),
        ["--check"] => compare(),
        _ => Err(usage("bless has only the option --check")),
    }
}

fn bless() -> Result<(), Failure> {
    for (package, suite) in SNAPSHOTS {
        steps::run(
            &format!("writing the snapshots of {package}'s {suite} suite"),
            "see the test's message above",
            paths::cargo()
                .args(["test", "--quiet", "--package", package, "--test", suite])
                .env("TCP_PLAYGROUND_BLESS", "1"),
        )?;
    }
    for generated in GENERATED {
        let bytes = make(generated)?;
        let path = paths::root().join(generated.path);
        let step = format!("writing {}", generated.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(explain(&step, "is the folder writable?"))?;
        }
        fs::write(&path, bytes).map_err(explain(&step, "is the folder writable?"))?;
        println!("▸ {step}");
    }
    Ok(())
}

/// Fails on the first generated file that is not what it would be if made now.
pub fn compare() -> Result<(), Failure> {
    for generated in GENERATED {
        let fresh = make(generated)?;
        let kept = fs::read(paths::root().join(generated.path)).unwrap_or_default();
        if kept != fresh {
            return Err(Failure {
                step: format!("comparing {}", generated.path),
                what: "it is not what the project makes now".into(),
                advice:
                    "look at the difference after `cargo xtask bless`, and commit it if it is meant"
                        .into(),
            });
        }
    }
    Ok(())
}

fn make(generated: &Generated) -> Result<Vec<u8>, Failure> {
    let step = format!("making {}", generated.path);
    let output = paths::cargo()
        .args(["run", "--quiet", "--package", "cli", "--"])
        .args(generated.arguments)
        .output()
        .map_err(explain(&step, "can cargo be started?"))?;
    if !output.status.success() {
        return Err(Failure {
            step,
            what: String::from_utf8_lossy(&output.stderr).into_owned(),
            advice: "mend the command line first".into(),
        });
    }
    Ok(output.stdout)
}
