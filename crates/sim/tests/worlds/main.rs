//! Worlds made at random (proptest): hardship, then a healed link. What fails
//! shrinks to a run of few lines, and its seed is kept in `worlds.regressions`.

mod generate;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{FileFailurePersistence, TestRunner};
use sim::check;
use sim::history::{History, Progress};
use sim::run::Run;
use sim::text;
use sim::trace::{Place, RecordKind, Trace};
use tcp::event::Ended;
use tcp::settings::Settings;
use tcp::state::State;
use tcp::time::Instant;

use generate::{Text, gentle, hard};

/// No world of these takes so many steps to come to rest.
const STEPS_MAX: u64 = 2_000_000;

fn config(cases: u32) -> ProptestConfig {
    let long = std::env::var_os("LONG_TESTS").is_some_and(|value| !value.is_empty());
    ProptestConfig {
        cases: if long { cases * 30 } else { cases },
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(
            "tests/worlds/worlds.regressions",
        ))),
        // A run has few lines; each is tried without.
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

fn parsed(text: &Text) -> Run {
    let run = text::parse(&text.0).unwrap_or_else(|error| panic!("{error}\n{text:?}"));
    assert_eq!(
        text::parse(&text::print(&run)).as_ref(),
        Ok(&run),
        "{text:?}"
    );
    run
}

/// What became of a socket that was a connection.
#[derive(Clone, Copy, Debug)]
struct Fate {
    last: State,
    ended: Option<Ended>,
    reports: u32,
    /// It was more than somebody who listens.
    connected: bool,
    /// Its host lost its memory while it lived.
    forgotten: bool,
}

fn fates(run: &Run, trace: &Trace) -> BTreeMap<(Place, u32), Fate> {
    use sim::run::{Action, HostId};
    let mut all: BTreeMap<(Place, u32), Fate> = BTreeMap::new();
    for record in trace.iter() {
        let key = (record.place, record.socket);
        match record.kind {
            RecordKind::State { to, .. } => {
                let fresh = Fate {
                    last: to,
                    ended: None,
                    reports: 0,
                    connected: false,
                    forgotten: false,
                };
                let fate = all.entry(key).or_insert(fresh);
                fate.last = to;
                fate.connected |= to != State::Listen;
            }
            RecordKind::Ended { how, .. } => {
                if let Some(fate) = all.get_mut(&key) {
                    fate.ended = Some(how);
                    fate.reports += 1;
                }
            }
            RecordKind::Intervention { index, scripted } => {
                let action = if scripted {
                    &run.scenario.script[index as usize].action
                } else {
                    &run.interventions[index as usize].action
                };
                if let Action::Reboot(host) | Action::Unplug(host) = action {
                    let place = HostId::place(*host);
                    for ((at, _), fate) in &mut all {
                        fate.forgotten |= *at == place && fate.reports == 0;
                    }
                }
            }
            _ => {}
        }
    }
    all
}

/// Plays a world to its rest, with every invariant looked at after every step.
fn at_rest(run: &Run) -> Result<Trace, TestCaseError> {
    let (trace, violation) = check::play(run, STEPS_MAX).expect("it can be played");
    prop_assert_eq!(violation, None);
    Ok(trace)
}

/// Whether FIN-WAIT-2 has no limit there.
fn waits_for_ever(run: &Run, place: Place) -> bool {
    let host = &run.scenario.hosts[usize::from(place == Place::B)];
    let mut settings = Settings::new(host.policy);
    for (name, value) in &host.settings {
        settings
            .set(name, value)
            .expect("the run was played with it");
    }
    settings.fin_wait_2_limit.is_none()
}

fn everybody_is_out(run: &Run, trace: &Trace) -> Result<(), TestCaseError> {
    for ((place, socket), fate) in fates(run, trace) {
        if fate.forgotten || !fate.connected {
            prop_assert!(fate.reports <= 1, "{place:?} {socket}: {fate:?}");
            continue;
        }
        // By the letter (3.6) nothing ends FIN-WAIT-2 when the other end is gone.
        if fate.last == State::FinWait2 && waits_for_ever(run, place) {
            continue;
        }
        prop_assert!(
            fate.reports == 1 && matches!(fate.last, State::Closed | State::Listen),
            "{place:?} {socket}: {fate:?}"
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(1_000))]

    /// Whatever happened: bytes received are a prefix of bytes sent, and all of them where both
    /// closed cleanly; every connection reaches CLOSED and says so once.
    #[test]
    fn whatever_happens_everybody_gets_out(text in hard()) {
        let run = parsed(&text);
        let trace = at_rest(&run)?;
        everybody_is_out(&run, &trace)?;
    }

    /// Where nobody gives up, everything comes through and both ends close cleanly.
    #[test]
    fn through_any_hardship_everything_arrives(text in gentle()) {
        let run = parsed(&text);
        let trace = at_rest(&run)?;
        everybody_is_out(&run, &trace)?;
        let fates = fates(&run, &trace);
        for place in [Place::A, Place::B] {
            let closed = fates.iter().filter(|((at, _), fate)| *at == place && fate.ended == Some(Ended::Closed));
            prop_assert_eq!(closed.count(), 1, "{:?}: {:?}", place, fates);
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    /// Seeking to an instant equals running to it, in any order of seeks.
    #[test]
    fn seeking_equals_running(
        text in prop_oneof![hard(), gentle()],
        places in proptest::collection::vec(0u64..=1_000, 1..6),
    ) {
        let run = parsed(&text);
        let mut whole = History::new(run.clone()).expect("it can be played");
        prop_assert_eq!(whole.advance_to_end(u32::MAX), Progress::Reached);
        let end = whole.known_until();
        let count = whole.trace().len();
        for place in places {
            // By records, not by time: most of the time nothing happens.
            let at = (place as usize * (count - 1)) / 1_000;
            let record = sim::trace::RecordId(at as u32);
            let time = whole.trace().record(record).map_or(end, |record| record.time);
            let mut run_to = History::new(run.clone()).expect("it can be played");
            while let Progress::More(_) = run_to.advance(time, 10_000) {}
            let (sought, reached) = (whole.seek(time), run_to.seek(time));
            prop_assert!(sought == reached, "at {time:?}: {sought:?}\n{reached:?}");
            let until = |history: &History| history.trace().count_until(time);
            prop_assert_eq!(until(&whole), until(&run_to));
            prop_assert!(whole.trace().iter().take(until(&whole)).eq(run_to.trace().iter().take(until(&run_to))));
        }
        prop_assert_eq!(whole.trace().len(), count);
        prop_assert_eq!(whole.seek(end).time, end);
        prop_assert!(end >= Instant::ZERO);
    }
}

/// The worlds of the sample: those of the file, so that a new setting does not change them all,
/// or fresh ones where there is no file.
fn sampled(kept: &str) -> Vec<Text> {
    let worlds = kept.split("== ").skip(1);
    let known: Vec<Text> = worlds
        .filter_map(|world| Some(Text(world.split_once('\n')?.1.trim_end().to_owned() + "\n")))
        .collect();
    if !known.is_empty() {
        return known;
    }
    let mut runner = TestRunner::deterministic();
    let mut fresh = |n: u32| {
        let world = if n.is_multiple_of(2) {
            hard().boxed()
        } else {
            gentle().boxed()
        };
        world.new_tree(&mut runner).expect("a world").current()
    };
    (0..40).map(&mut fresh).collect()
}

/// A sample of such worlds with the hashes of their traces, for the browser's suite to play.
#[test]
fn the_sample_has_the_hashes_written_down() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/sample.txt");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let mut sample = String::new();
    for text in sampled(&kept) {
        let mut history = History::new(parsed(&text)).expect("it can be played");
        let _ = history.advance_to_end(u32::MAX);
        let trace = history.trace();
        let (hash, records) = (trace.hash(), trace.len());
        writeln!(sample, "== {hash:016x} {records}\n{}", text.0).expect("writing to a string");
    }
    if std::env::var_os("TCP_PLAYGROUND_BLESS").is_some() {
        std::fs::write(&path, &sample).expect("the sample can be written");
        return;
    }
    assert_eq!(sample.matches("== ").count(), 40);
    for (now, before) in sample.lines().zip(kept.lines()) {
        assert_eq!(
            now, before,
            "a trace changed; if it was meant to: cargo xtask bless"
        );
    }
    assert_eq!(sample.len(), kept.len());
}
