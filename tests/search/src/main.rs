//! `cargo xtask search`: all worlds, or those named, with progress. What was
//! searched to its end is not searched again until engine or search change.
#![allow(clippy::disallowed_types)] // It tells how long it took.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use std::{env, fs};

use search::config::Config;
use search::model::search;
use search::run_text::run_text;

const USAGE: &str = "\
search [--config NAME]… [--states N] [--threads N] [--again] [--small]

  --config NAME  this world only (may be given several times)
  --states N     take at most N steps in each world
  --threads N    search with so many threads (1)
  --again        also what was searched to its end before
  --small        only the worlds of every test run
";

struct Options {
    names: Vec<String>,
    steps_max: Option<usize>,
    threads: usize,
    again: bool,
    small: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        names: Vec::new(),
        steps_max: None,
        threads: 1,
        again: false,
        small: false,
    };
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} wants a value"));
        let number = |text: String| {
            text.parse()
                .map_err(|_| format!("«{text}» is not a number"))
        };
        match word.as_str() {
            "--config" => options.names.push(value()?),
            "--states" => options.steps_max = Some(number(value()?)?),
            "--threads" => options.threads = number(value()?)?,
            "--again" => options.again = true,
            "--small" => options.small = true,
            _ => return Err(format!("«{word}» is not expected here")),
        }
    }
    Ok(options)
}

/// Where is written down what was searched to its end, by this very program.
fn memory() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    Some(program.with_file_name("search-memory.txt"))
}

/// The program changes with engine, worlds and rules, so its length and date name all of them.
fn version() -> String {
    let meta = env::current_exe().and_then(fs::metadata);
    let stamp = |m: fs::Metadata| Some((m.len(), m.modified().ok()?));
    format!("{:?}", meta.ok().and_then(stamp))
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let configs = if options.small {
        Config::small()
    } else {
        Config::all()
    };
    if let Some(unknown) = options
        .names
        .iter()
        .find(|name| configs.iter().all(|c| c.name != name.as_str()))
    {
        let names: Vec<&str> = configs.iter().map(|c| c.name).collect();
        eprintln!(
            "there is no world «{unknown}»; there are: {}",
            names.join(", ")
        );
        return ExitCode::from(2);
    }
    let known = memory()
        .and_then(|file| fs::read_to_string(file).ok())
        .unwrap_or_default();
    let mut lines = known.lines();
    let mut done: BTreeMap<String, String> = BTreeMap::new();
    if lines.next() == Some(&version()) {
        done.extend(
            lines
                .filter_map(|line| line.split_once('\t'))
                .map(|(name, said)| (name.into(), said.into())),
        );
    }
    let mut wrong = false;
    let mut sum = 0;
    println!(
        "{:<26} {:>10} {:>11} {:>6} {:>8}  searched",
        "world", "distinct", "steps", "depth", "seconds"
    );
    for config in configs
        .iter()
        .filter(|c| options.names.is_empty() || options.names.iter().any(|name| name == c.name))
    {
        if let Some(said) = done.get(config.name).filter(|_| !options.again) {
            println!("{said} (before)");
            continue;
        }
        let began = Instant::now();
        let told = std::cell::Cell::new(0);
        let outcome = search(
            config,
            options.steps_max,
            options.threads,
            |distinct, depth| {
                let seconds = began.elapsed().as_secs();
                if seconds >= told.get() + 5 {
                    told.set(seconds);
                    eprintln!(
                        "{}: {distinct} distinct, depth {depth}, {seconds} s",
                        config.name
                    );
                }
            },
        );
        sum += outcome.distinct;
        let as_meant = outcome.broken.as_ref().map(|broken| broken.property) == config.fails;
        let end = match (&outcome.broken, outcome.complete) {
            (Some(_), _) if as_meant => "until it fails, as it has to",
            (Some(_), _) => "BROKEN",
            (None, true) => "to the end",
            (None, false) => "in part",
        };
        let said = format!(
            "{:<26} {:>10} {:>11} {:>6} {:>8.1}  {end}",
            config.name,
            outcome.distinct,
            outcome.steps,
            outcome.depth,
            began.elapsed().as_secs_f64()
        );
        println!("{said}");
        if let Some(broken) = &outcome.broken {
            let what = broken
                .violation
                .as_ref()
                .map_or(String::new(), |violation| violation.detail.clone());
            println!("{}: {what}\n{:?}", broken.property, broken.actions);
            println!("{}", run_text(config, &broken.actions, &what));
        } else if outcome.complete {
            done.insert(config.name.into(), said);
            let all: String = done
                .iter()
                .map(|(name, said)| format!("{name}\t{said}\n"))
                .collect();
            if let Some(file) = memory() {
                let _ = fs::write(file, format!("{}\n{all}", version()));
            }
        }
        wrong |=
            outcome.broken.is_some() && !as_meant || outcome.complete && config.fails.is_some();
    }
    println!("{sum} distinct situations");
    if wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
