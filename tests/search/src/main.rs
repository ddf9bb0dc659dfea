//! `cargo xtask search`: all worlds, or those named, with progress. It may be
//! stopped at any moment: called again, it goes on from where it was, and what
//! was searched to its end is not searched again until engine or search change.
#![allow(clippy::disallowed_types)] // It tells how long it took.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, thread};

use search::config::Config;
use search::explore::Explorer;
use search::log::Log;
use search::model::judge;
use search::results::{Line, table};
use search::run_text::printed;

const USAGE: &str = "\
search [--config NAME]… [--states N] [--memory MIB] [--threads N] [--small] [--again] [--judge] [--bless] [--list]

  --config NAME  this world only (may be given several times)
  --states N     keep at most N situations in each world (100 million)
  --memory MIB   keep within so much memory, all threads together (6144)
  --threads N    search so many worlds at a time (one a core); each is searched by one thread, so that its numbers are always the same
  --small        only the worlds of every test run
  --again        also what was searched before, from the start
  --judge        let stateright search the same worlds, and compare
  --bless        write the table and the runs of what fails as it must into tests/search
  --list         only tell the worlds
";

/// What stands above the table in `RESULTS.md`.
const ABOUT: &str = "\
# What was searched

Written by `cargo xtask search --bless`. Every order of events within the bounds was tried, by the engine itself: two ends, so many
segments on the way in each direction, timers at any time. A situation is both ends without clocks, RTT and congestion window, what is on
the way, and what was lost for good. «distinct» counts situations, «steps» what leads from one to another; «depth» is the longest
shortest way. From each situation it was tried whether all ends well on a healed link («healed from»). «not beyond»: a connection had come
up with the very ISS and IRS of one that is over, which cannot be told from it. Rules Q1 to Q11 and what they leave out: `src/watch.rs`.

";

/// How often it says how far it is, and how often it writes that down.
const TELL: Duration = Duration::from_secs(5);
const WRITE: Duration = Duration::from_secs(10);
/// Situations from one look at the clock to the next.
const STRIDE: u64 = 2_000;

struct Options {
    names: Vec<String>,
    situations_max: u64,
    memory_max_mib: u64,
    threads: usize,
    again: bool,
    small: bool,
    judge: bool,
    bless: bool,
    list: bool,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        names: Vec::new(),
        situations_max: 100_000_000,
        memory_max_mib: 6_144,
        threads: thread::available_parallelism().map_or(1, usize::from),
        again: false,
        small: false,
        judge: false,
        bless: false,
        list: false,
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
            "--states" => options.situations_max = number(value()?)?,
            "--memory" => options.memory_max_mib = number(value()?)?,
            "--threads" => options.threads = number(value()?)?.clamp(1, 64) as usize,
            "--again" => options.again = true,
            "--small" => options.small = true,
            "--judge" => options.judge = true,
            "--bless" => options.bless = true,
            "--list" => options.list = true,
            _ => return Err(format!("«{word}» is not expected here")),
        }
    }
    Ok(options)
}

/// Where searches are written down: beside the program.
fn folder() -> io::Result<PathBuf> {
    let folder = env::current_exe()?.with_file_name("search-logs");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The program's bytes name engine, worlds and rules all at once.
fn version() -> io::Result<u64> {
    let bytes = fs::read(env::current_exe()?)?;
    Ok(search::log::sum(&bytes))
}

/// What this process keeps in memory, where the system tells.
fn memory_mib() -> u64 {
    let told = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = told.split(' ').nth(1).and_then(|n| n.parse::<u64>().ok());
    pages.unwrap_or(0) * 4 / 1024
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut configs = if options.small {
        Config::small()
    } else {
        Config::all()
    };
    let known = |name: &&String| configs.iter().all(|c| c.name != name.as_str());
    if let Some(unknown) = options.names.iter().find(known) {
        let names: Vec<&str> = configs.iter().map(|c| c.name).collect();
        let names = names.join(", ");
        eprintln!("there is no world «{unknown}»; there are: {names}");
        return ExitCode::from(2);
    }
    configs.retain(|c| options.names.is_empty() || options.names.iter().any(|n| n == c.name));
    if options.list {
        configs
            .iter()
            .for_each(|config| println!("{}: {}", config.name, config.bounds()));
        return ExitCode::SUCCESS;
    }
    match run(&configs, &options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("search: what was found cannot be written down: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(configs: &[Config], options: &Options) -> io::Result<bool> {
    let (folder, version) = (folder()?, version()?);
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    // A thread takes the next world when it has done with one.
    let work = || -> io::Result<()> {
        while let Some((index, config)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            configs.get(index).map(|config| (index, config))
        } {
            let (line, mut right) = one(config, options, &folder, version)?;
            eprintln!("{line}");
            if options.judge {
                right &= judged(config, &line);
            }
            if let Ok(mut found) = found.lock() {
                found.push((index, line, right));
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.threads.min(configs.len()))
            .map(|_| scope.spawn(work))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .map_err(|_| io::Error::other("a thread that searched has panicked"))?
        })
    })?;
    let mut found = found
        .into_inner()
        .map_err(|_| io::Error::other("a thread that searched has panicked"))?;
    found.sort_by_key(|(index, ..)| *index);
    let well = found.iter().all(|(.., right)| *right);
    let lines: Vec<Line> = found.into_iter().map(|(_, line, _)| line).collect();
    let told = table(&lines);
    print!("{told}");
    if options.bless {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        fs::write(here.join("RESULTS.md"), format!("{ABOUT}{told}"))?;
    }
    Ok(well)
}

/// Searches one world; answers what is to be told of it, and whether all is as it is meant.
fn one(
    config: &Config,
    options: &Options,
    folder: &Path,
    version: u64,
) -> io::Result<(Line, bool)> {
    let result = folder.join(format!("{}.txt", config.name));
    let head = format!("{version:016x}");
    if !options.again
        && let Ok(said) = fs::read_to_string(&result)
        && let Some((before, line)) = said.trim_end().split_once(' ')
        && before == head
        && let Some(line) = Line::read(config, line)
    {
        return Ok((line, true));
    }
    let path = folder.join(format!("{}.log", config.name));
    if options.again {
        let _ = fs::remove_file(&path);
    }
    let (mut log, mut explorer) = Log::open(&path, config, version)?;
    let resumed = explorer.reach.looked_at;
    if resumed > 0 {
        eprintln!("{}: goes on after {resumed} situations", config.name);
    }
    let began = Instant::now();
    let before = Duration::from_millis(explorer.reach.milliseconds);
    let (mut told, mut written) = (Instant::now(), Instant::now());
    let mut broken = None;
    let mut full = false;
    while broken.is_none() && !explorer.is_complete() && !full {
        broken = explorer.advance(STRIDE).err();
        explorer.reach.milliseconds = (before + began.elapsed()).as_millis() as u64;
        if told.elapsed() >= TELL {
            told = Instant::now();
            tell(config, &explorer);
        }
        if written.elapsed() >= WRITE {
            log.write(&explorer)?;
            written = Instant::now();
        }
        full = explorer.known.situations.len() as u64 >= options.situations_max
            || memory_mib() >= options.memory_max_mib;
    }
    let line = Line::of(config, &explorer, broken.as_ref());
    let right = broken.as_ref().map(|b| b.violation.rule) == config.fails;
    if let Some(broken) = &broken {
        let run = printed(&explorer.space, broken);
        println!("{}\n{}", broken.violation.detail, run.text);
        eprintln!("{}", run.verdict());
        if options.bless && right && run.missed.is_none() {
            let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("counterexamples");
            fs::create_dir_all(&here)?;
            fs::write(here.join(format!("{}.txt", config.name)), &run.text)?;
        }
    }
    if broken.is_some() || explorer.is_complete() {
        if right {
            fs::write(&result, format!("{head} {}\n", line.written()))?;
        }
        log.remove()?;
    } else {
        log.write(&explorer)?;
    }
    Ok((line, right))
}

fn tell(config: &Config, explorer: &Explorer) {
    let reach = &explorer.reach;
    eprintln!(
        "{}: {} distinct, {} looked at, depth {}, {} ends, {} MiB, {} s",
        config.name,
        explorer.known.situations.len(),
        reach.looked_at,
        reach.depth,
        explorer.space.len(),
        memory_mib(),
        reach.milliseconds / 1000,
    );
}

/// Whether stateright comes to the same.
fn judged(config: &Config, line: &Line) -> bool {
    let outcome = judge(config);
    let same = outcome.distinct as u64 == line.distinct && outcome.broken.is_empty();
    if same {
        eprintln!("{}: stateright finds the same", config.name);
    } else {
        eprintln!("{}: stateright finds {outcome:?}", config.name);
    }
    same || config.fails.is_some()
}
