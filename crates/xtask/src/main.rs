//! `cargo xtask …`: everything one does with this repository, from a machine
//! that has rustup and Node.js and nothing else.
#![forbid(unsafe_code)]
#![allow(clippy::disallowed_types)] // It tells how long its steps take.

mod bench;
mod bless;
mod build;
mod counts;
mod coverage;
mod data;
mod fuzz;
mod life;
mod mutants;
mod order;
mod outline;
mod paths;
mod serve;
mod setup;
mod split;
mod steps;
mod suites;
mod tree;

use std::process::ExitCode;

use crate::steps::Failure;

const USAGE: &str = "\
cargo xtask <command>

  serve [--port N] [--no-build]  set up what is missing, build the page, serve it on 127.0.0.1
  build                          set up what is missing, build the page into web/dist
  test [--long] [suite…]         set up what is missing, run every suite (or those named)
  bench [engine|sim|page] [N…]   measure speed, size and memory against the budgets (all three without a name)
  search [--config NAME] [--states N] [--memory MIB] [--threads N] [--judge] [--bless] [--again] [--list]
                                 every order of events in small worlds; goes on where it stopped
  fuzz [--seconds N] [target…]   fuzz each target (600 s); crates/tcp/fuzz/README.md tells what came of it
  mutants [--minutes N] [--shard K/N]
                                 break the engine in small ways and see which tests notice (45 minutes)
  coverage [--html]              which lines of tcp and sim the tests run
  bless [--check]                make the generated files anew (or only compare them)
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match command.as_str() {
        "serve" => serve::command(&rest),
        "build" => no_more(&rest).and_then(|()| build::page()),
        "test" => return suites::command(&rest),
        "search" => search(&rest),
        "bench" => bench::bench(&rest),
        "fuzz" => fuzz::command(&rest),
        "mutants" => mutants::command(&rest),
        "coverage" => coverage::command(&rest),
        "bless" => bless::command(&rest),
        "" | "help" | "--help" | "-h" => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        other => Err(usage(&format!("there is no command «{other}»"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// The search itself knows its worlds and says how it goes.
fn search(arguments: &[String]) -> Result<(), Failure> {
    steps::run(
        "searching small worlds (cargo run -p search)",
        "a world that is broken prints a run: save it and open it with tcp-playground run",
        paths::cargo()
            .args(["run", "--quiet", "--package", "search", "--"])
            .args(arguments),
    )
}

/// A failure of whoever typed the command.
pub(crate) fn usage(what: &str) -> Failure {
    Failure {
        step: "reading the command line".into(),
        what: what.into(),
        advice: format!("use it like this:\n{USAGE}"),
    }
}

fn no_more(rest: &[String]) -> Result<(), Failure> {
    rest.first().map_or(Ok(()), |extra| {
        Err(usage(&format!("«{extra}» is not expected here")))
    })
}
