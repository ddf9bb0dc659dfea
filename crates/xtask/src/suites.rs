//! `test`: every suite, one after the other, none hiding another's result.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use crate::counts::{self, Counts};
use crate::setup::{Need, Setup};
use crate::steps::{self, Failure};
use crate::{bless, build, fuzz, paths};

/// A suite of `cargo xtask test`.
struct Suite {
    /// What one types to run it alone.
    name: &'static str,
    /// What it does, as its step says.
    about: &'static str,
    /// What has to be there first.
    needs: &'static [Need],
    /// Whether it looks at `web/dist`, `web/pkg` or what the build generates.
    of_page: bool,
    /// What runs it.
    kind: Kind,
}

enum Kind {
    /// A command that either passes or fails, and counts as one.
    Check(fn() -> Command),
    /// A runner that counts, and who reads its output.
    Runner(fn() -> Command, fn(&str) -> Counts),
    /// Something of our own that counts as one.
    Own(fn() -> Result<(), Failure>),
    /// Something of our own that counts itself; told whether it may take long.
    Counted(fn(bool) -> Counts),
}

/// In the order they run: quick answers first.
const SUITES: &[Suite] = &[
    Suite {
        name: "format",
        about: "checking the format of the Rust code (cargo fmt)",
        needs: &[],
        of_page: false,
        kind: Kind::Check(|| cargo(&["fmt", "--all", "--check"])),
    },
    Suite {
        name: "clippy",
        about: "linting the Rust code (cargo clippy)",
        needs: &[],
        of_page: false,
        kind: Kind::Check(|| {
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
        }),
    },
    Suite {
        name: "clippy-wasm",
        about: "linting the Rust code of the page (cargo clippy for wasm32)",
        needs: &[Need::WasmTarget],
        of_page: false,
        kind: Kind::Check(|| {
            let target = [
                "clippy",
                "-p",
                "playground",
                "--all-targets",
                "--target",
                "wasm32-unknown-unknown",
            ];
            cargo(&[&target[..], &["--", "-D", "warnings"]].concat())
        }),
    },
    Suite {
        name: "rust",
        about: "running the Rust tests (cargo test, doc tests included)",
        needs: &[Need::Tshark, Need::KernelPeers],
        of_page: false,
        kind: Kind::Runner(
            || cargo(&["test", "--workspace", "--no-fail-fast"]),
            counts::of_libtest,
        ),
    },
    Suite {
        name: "wasm",
        about: "running the bindings' tests in Chromium (wasm-pack test)",
        needs: &[Need::WasmTarget, Need::WasmPack, Need::Chromium],
        of_page: false,
        kind: Kind::Runner(wasm_pack_test, counts::of_libtest),
    },
    Suite {
        name: "page-lint",
        about: "linting the page (npm run lint)",
        needs: &[Need::PagePackages],
        of_page: true,
        kind: Kind::Check(|| npm("web", &["run", "--silent", "lint"])),
    },
    Suite {
        name: "browser",
        about: "running the page in Chromium, and a little in Firefox (Playwright)",
        needs: &[
            Need::BrowserPackages,
            Need::Chromium,
            Need::Firefox,
            Need::KoreanFont,
        ],
        of_page: true,
        kind: Kind::Runner(playwright, counts::of_playwright),
    },
    Suite {
        name: "fuzz",
        about: "fuzzing each target for some seconds (cargo fuzz)",
        // What it lacks is told as skipped.
        needs: &[],
        of_page: false,
        kind: Kind::Counted(fuzz::smoke),
    },
    Suite {
        name: "generated",
        about: "checking that generated files are current (cargo xtask bless --check)",
        needs: &[],
        of_page: false,
        kind: Kind::Own(bless::compare),
    },
];

/// No suite takes this long; one that does hangs.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// With `--long`.
const LONG_LIMIT: Duration = Duration::from_secs(4 * 60 * 60);

/// `test [--long] [suite…]`.
pub fn command(arguments: &[String]) -> ExitCode {
    let long = arguments.iter().any(|word| word == "--long");
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|word| *word != "--long")
        .collect();
    if let Some(unknown) = named
        .iter()
        .find(|name| SUITES.iter().all(|suite| suite.name != **name))
    {
        let names: Vec<&str> = SUITES.iter().map(|suite| suite.name).collect();
        eprintln!(
            "{}",
            crate::usage(&format!(
                "there is no suite «{unknown}»; there are: {}",
                names.join(", ")
            ))
        );
        return ExitCode::from(2);
    }
    let chosen: Vec<&Suite> = SUITES
        .iter()
        .filter(|suite| named.is_empty() || named.contains(&suite.name))
        .collect();

    let start = Instant::now();
    let mut setup = Setup::default();
    // All that is missing, in one go; what cannot be had is told by the suite that lacks it.
    let mut needs: Vec<Need> = chosen
        .iter()
        .flat_map(|suite| suite.needs)
        .copied()
        .collect();
    let of_page = chosen.iter().any(|suite| suite.of_page);
    if of_page {
        needs.extend(build::NEEDS);
    }
    let _ = setup.ensure(&needs);
    let mut results: Vec<(&str, Counts, Duration)> = Vec::new();
    let mut page = Ok(());
    if of_page {
        let began = Instant::now();
        page = setup
            .ensure(build::NEEDS)
            .and_then(|()| build::built_page());
        results.push(("build", one("build", &page), began.elapsed()));
    }
    for suite in chosen {
        let began = Instant::now();
        let ready = setup.ensure(suite.needs).and_then(|()| match &page {
            Err(_) if suite.of_page => Err(Failure {
                step: suite.about.into(),
                what: "not run, the page was not built".into(),
                advice: "mend the build first".into(),
            }),
            _ => Ok(()),
        });
        let counts = match ready {
            Ok(()) => run(suite, long),
            failed => one(suite.name, &failed),
        };
        results.push((suite.name, counts, began.elapsed()));
    }
    report(&results, start.elapsed())
}

/// A step that either passed or failed, as counts; the failure is told.
fn one(name: &str, result: &Result<(), Failure>) -> Counts {
    match result {
        Ok(()) => Counts {
            passed: 1,
            ..Counts::default()
        },
        Err(failure) => {
            eprintln!("{name}: {failure}");
            Counts {
                failed: 1,
                ..Counts::default()
            }
        }
    }
}

fn run(suite: &Suite, long: bool) -> Counts {
    let limit = if long { LONG_LIMIT } else { LIMIT };
    match suite.kind {
        Kind::Own(check) => one(suite.name, &check()),
        Kind::Counted(run) => run(long),
        Kind::Check(command) => {
            let said = steps::listen(suite.about, &mut command(), limit);
            Counts {
                passed: usize::from(said.success),
                failed: usize::from(!said.success),
                skipped: Vec::new(),
            }
        }
        Kind::Runner(command, read) => {
            let notes = notes_file();
            let _ = fs::remove_file(&notes);
            let mut command = command();
            command
                .env("SKIPPED_TESTS", &notes)
                .env("LONG_TESTS", if long { "1" } else { "" });
            let said = steps::listen(suite.about, &mut command, limit);
            let mut counts = read(&said.text);
            // A test that finds out while it runs that it cannot, passes as far as its runner knows.
            let skips = counts::of_skip_notes(&fs::read_to_string(&notes).unwrap_or_default());
            counts.passed = counts.passed.saturating_sub(skips.len());
            counts.skipped.extend(skips);
            if !said.success && counts.failed == 0 {
                eprintln!(
                    "{}: the runner itself failed ({}); see its message above",
                    suite.name, said.ended
                );
                counts.failed = 1;
            } else if counts.total() == 0 {
                eprintln!("{}: the runner ran no test", suite.name);
                counts.failed = 1;
            }
            counts
        }
    }
}

fn report(results: &[(&str, Counts, Duration)], took: Duration) -> ExitCode {
    let mut sum = Counts::default();
    println!("\nsuite         passed failed skipped  seconds");
    for (name, counts, took) in results {
        println!(
            "{name:<13} {:>6} {:>6} {:>7} {:>8.1}",
            counts.passed,
            counts.failed,
            counts.skipped.len(),
            took.as_secs_f64()
        );
        sum.passed += counts.passed;
        sum.failed += counts.failed;
        sum.skipped.extend(counts.skipped.iter().cloned());
    }
    println!("{:<36} {:>8.1}", "all", took.as_secs_f64());
    for skip in &sum.skipped {
        println!("skipped: {}: {}", skip.test, skip.reason);
    }
    for (name, counts, _) in results.iter().filter(|(_, counts, _)| counts.failed > 0) {
        println!(
            "failed: {name}: {} (repeat it alone: cargo xtask test {name})",
            counts.failed
        );
    }
    println!(
        "{} passed, {} failed, {} skipped",
        sum.passed,
        sum.failed,
        sum.skipped.len()
    );
    if sum.failed == 0 && sum.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn notes_file() -> PathBuf {
    paths::target().join("skipped-tests.txt")
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = paths::cargo();
    command.args(arguments);
    command
}

fn npm(folder: &str, arguments: &[&str]) -> Command {
    let mut command =
        paths::command(paths::find(&["npm", "npm.cmd"]).unwrap_or_else(|| "npm".into()));
    command
        .current_dir(paths::root().join(folder))
        .args(arguments);
    command
}

fn wasm_pack_test() -> Command {
    let mut command = paths::command("wasm-pack");
    command
        .args(["test", "--headless", "--chrome"])
        .args(
            paths::chromedriver()
                .map(|driver| ["--chromedriver".into(), driver.into_os_string()])
                .into_iter()
                .flatten(),
        )
        .arg("crates/playground")
        // A cold, small machine needs more than the runner's usual 20 s to start a browser.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "240");
    command
}

fn playwright() -> Command {
    let mut command = paths::command("node");
    let reporter = paths::root().join("crates/xtask/src/playwright-reporter.mjs");
    let mut reporters = std::ffi::OsString::from("--reporter=list,");
    reporters.push(reporter);
    command
        .current_dir(paths::root().join("tests/browser"))
        .args(["node_modules/@playwright/test/cli.js", "test"])
        .arg(reporters)
        .envs(paths::chromium().map(|browser| ("CHROMIUM", browser)))
        .envs(paths::firefox().map(|browser| ("FIREFOX", browser)));
    // Several checkouts on one machine are not in each other's way.
    if let Ok([page, course]) = free_ports() {
        command.env("PAGE_PORT", page).env("COURSE_PORT", course);
    }
    command
}

/// Two ports of 127.0.0.1 where nobody listens now.
fn free_ports() -> std::io::Result<[String; 2]> {
    let open = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (one, other) = (open()?, open()?);
    Ok([one.local_addr()?, other.local_addr()?].map(|address| address.port().to_string()))
}
