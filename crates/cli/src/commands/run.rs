//! `run`: plays a run to its end and writes down what happened.

use sim::history::{History, Progress};
use sim::run::Run;
use sim::trace::{RecordKind, Trace, WorldReason};
use tcp::settings::Policy;
use tcp::time::Instant;

use crate::picture::Picture;
use crate::trouble::Trouble;
use crate::{Verdict, output, prose, source};

/// Nobody waits for more; a run that goes on for ever needs `--until`.
const EVENTS_MAX: u32 = 1_000_000;

/// What a run can be written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Trace,
    Pcapng,
    Svg,
    Mermaid,
}

#[derive(Default)]
struct Options {
    what: Option<String>,
    seed: Option<u64>,
    until: Option<Instant>,
    policy: Option<Policy>,
    files: Vec<(Form, String)>,
}

/// `run <what> [options]`.
pub fn command(arguments: lexopt::Parser) -> Result<Verdict, Trouble> {
    let options = read(arguments)?;
    let what = options
        .what
        .as_deref()
        .ok_or_else(|| Trouble::usage("run: what?"))?;
    let source::Source { name, mut run } = source::read(what)?;
    let changed = change(&mut run, &options);
    let promised = run.trace_hash.filter(|_| !changed);

    let mut history = History::new(run).map_err(|error| prose::run_error(&name, &error))?;
    if let Progress::More(time) = history.advance_to_end(EVENTS_MAX) {
        return Err(Trouble::new(format!(
            "{name}: still going on after {EVENTS_MAX} events, at {} s; say --until",
            time.0 / 1_000_000
        )));
    }
    let trace = history.trace();
    for (form, file) in &options.files {
        output::write(file, &written(*form, history.run(), trace))?;
    }
    if options
        .files
        .iter()
        .all(|(_, file)| file != output::STANDARD)
    {
        let ladder = Picture::new(history.run(), trace).text();
        output::print(ladder.as_bytes())?;
    }
    if let Some((nth, why)) = difference(trace) {
        eprintln!(
            "{name}: from segment {nth} of the engine on this is not what was recorded: {}",
            why.id()
        );
        return Ok(Verdict::DoesNotHold);
    }
    match promised {
        Some(hash) if hash != trace.hash() => {
            eprintln!(
                "{name}: this engine plays the run differently from the one it was made with"
            );
            Ok(Verdict::DoesNotHold)
        }
        _ => Ok(Verdict::Holds),
    }
}

/// Where an engine first did something else than was recorded of it.
fn difference(trace: &Trace) -> Option<(u32, WorldReason)> {
    trace.iter().find_map(|record| match record.kind {
        RecordKind::Differs { nth, why } => Some((nth, why)),
        _ => None,
    })
}

fn read(mut arguments: lexopt::Parser) -> Result<Options, Trouble> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    while let Some(argument) = arguments.next()? {
        let form = match argument {
            Long("trace") => Form::Trace,
            Long("pcapng") => Form::Pcapng,
            Long("svg") => Form::Svg,
            Long("mermaid") => Form::Mermaid,
            Long("seed") => {
                options.seed = Some(arguments.value()?.parse()?);
                continue;
            }
            Long("until") => {
                let text = arguments.value()?.string()?;
                let time = sim::text::parse_time(&text).ok_or_else(|| {
                    Trouble::usage(format!(
                        "--until: «{text}» is no time such as 90s, 250ms or 4min"
                    ))
                })?;
                options.until = Some(Instant(time.0));
                continue;
            }
            Long("policy") => {
                let text = arguments.value()?.string()?;
                let policy = Policy::from_id(&text).ok_or_else(|| {
                    Trouble::usage(format!(
                        "--policy: «{text}» is none of {}",
                        Policy::IDS.join(", ")
                    ))
                })?;
                options.policy = Some(policy);
                continue;
            }
            Value(what) if options.what.is_none() => {
                options.what = Some(what.string()?);
                continue;
            }
            other => return Err(other.unexpected().into()),
        };
        options.files.push((form, arguments.value()?.string()?));
    }
    Ok(options)
}

/// Applies the options; answers whether they make it another run.
fn change(run: &mut Run, options: &Options) -> bool {
    let before = run.clone();
    if let Some(seed) = options.seed {
        run.seed = seed;
    }
    if options.until.is_some() {
        run.scenario.until = options.until;
    }
    if let Some(policy) = options.policy {
        for host in &mut run.scenario.hosts {
            host.policy = policy;
        }
    }
    *run != before
}

fn written(form: Form, run: &Run, trace: &Trace) -> Vec<u8> {
    match form {
        Form::Trace => formats::json_lines::of_trace(trace).into_bytes(),
        Form::Pcapng => formats::pcapng::of_trace(trace),
        Form::Svg => Picture::new(run, trace).svg().into_bytes(),
        Form::Mermaid => formats::mermaid::of_trace(trace).into_bytes(),
    }
}
