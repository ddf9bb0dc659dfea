//! What becomes of a rule that fails: the way there is as short as can be, and
//! the run that is printed of it comes to the same in the simulated world.

use search::config::{Call, Config};
use search::explore::{Counterexample, Explorer};
use search::minimise::{minimise, play};
use search::replay::{Ending, reaches};
use search::run_text::printed;
use search::space::Space;
use search::watch::Rule;
use sim::history::History;
use sim::run::HostId;
use sim::trace::{Place, RecordKind};
use tcp::state::State;

fn world(name: &str) -> Config {
    let all = Config::all();
    all.into_iter()
        .find(|config| config.name == name)
        .expect("it is there")
}

fn first(config: &Config) -> (Space, Counterexample) {
    let mut explorer = Explorer::new(Space::new(config));
    let found = explorer.advance(u64::MAX).expect_err("it fails");
    (explorer.space, found)
}

/// A rule that is false: «nobody is ever in this state».
fn denied(name: &str, state: State) -> (Space, Counterexample) {
    let (space, found) = first(&Config {
        never: Some(state),
        fails: Some(Rule::Never),
        ..world(name)
    });
    assert_eq!(found.violation.rule, Rule::Never);
    (space, found)
}

#[test]
fn a_false_rule_gives_a_run_that_shows_it() {
    use State::{CloseWait, Closing, Established, FinWait2, LastAck, SynReceived, TimeWait};
    for (name, state) in [
        ("client-server", SynReceived),
        ("client-server", CloseWait),
        ("client-server", LastAck),
        ("client-server-wrap", FinWait2),
        ("client-server-data", TimeWait),
        ("bare-passive", Established),
        ("simultaneous-open", Established),
        ("simultaneous-open-wrap", Closing),
        ("two-listeners", SynReceived),
        ("reboot", TimeWait),
    ] {
        let (space, found) = denied(name, state);
        let run = printed(&space, &found);
        assert_eq!(run.missed, None, "{name} {state:?}\n{}", run.text);
        let there = |(at, _): &(&str, [u32; 5])| *at == state.name();
        let ends = &run.ending.0;
        assert!(
            ends.iter().flatten().any(there),
            "{name} {state:?}: {ends:?}"
        );
    }
}

/// That the comparison says something: a run that lacks a line ends otherwise.
#[test]
fn a_run_that_does_something_else_is_noticed() {
    let (space, found) = denied("client-server", State::CloseWait);
    let run = printed(&space, &found);
    let last = run.text.trim_end().rfind('\n').expect("it has lines");
    let missed = reaches(&run.text[..=last], &run.ending).expect_err("its last step is missing");
    assert!(missed.contains("not as"), "{missed}");
}

#[test]
fn a_timer_of_the_way_runs_out_at_its_deadline() {
    // FIN-WAIT-1 is left by a retransmission only: the first FIN is lost.
    let config = Config {
        never: Some(State::TimeWait),
        fails: Some(Rule::Never),
        loss: true,
        ..world("client-server")
    };
    let mut explorer = Explorer::new(Space::new(&config));
    let found = explorer.advance(u64::MAX).expect_err("it fails");
    let mut space = explorer.space.clone();
    // The way as it would be with a first SYN that is lost.
    use search::end::Input;
    use search::world::{Action, World};
    use tcp::event::Timer;
    let start = World::new(&mut space);
    let open = found.actions[0];
    let syn = start.act(&mut space, &open, 3).expect("it opens").sent.1[0];
    let mut longer = vec![
        open,
        Action::Lose(0, syn),
        Action::End(0, Input::Expire(0, Timer::Retransmission)),
    ];
    longer.extend(&found.actions[1..]);
    let longer = play(&mut space, &longer).expect("it comes there as well");
    assert_eq!(longer.searched, found.actions.len() + 2);

    let least = minimise(&space, &longer);
    assert_eq!(
        least.actions.len(),
        found.actions.len(),
        "what is not needed is left out"
    );

    // Printed as it is, not minimised, it waits for the retransmission.
    let run = search::run_text::verbatim(&space, &longer);
    assert_eq!(run.missed, None, "{}", run.text);
    assert!(
        run.text.contains("A's retransmission timer runs out"),
        "{}",
        run.text
    );
}

/// The way into Q10's failing, as the long search printed it.
const OLD_INCARNATION: &str = include_str!("../counterexamples/time-wait-ignored.txt");

/// 2MSL ran out while a segment was on the way, and the next connection took it.
#[test]
fn without_2msl_an_old_segment_gets_into_the_next_connection() {
    let run = sim::text::parse(OLD_INCARNATION).unwrap_or_else(|e| panic!("{e}"));
    let mut history = History::new(run).expect("it can be played");
    let _ = history.advance_to_end(u32::MAX);
    let trace = history.trace();
    let sender = |send| {
        trace
            .record(send)
            .map(|record| (record.place, record.socket))
    };
    // Whoever opened first: A's first connection ends in TIME-WAIT's 2MSL, its second is another socket.
    let opened: Vec<u32> = trace
        .iter()
        .filter(|r| r.place == Place::A)
        .filter(|r| {
            matches!(
                r.kind,
                RecordKind::State {
                    to: State::SynSent,
                    ..
                }
            )
        })
        .map(|r| r.socket)
        .collect();
    assert_eq!(opened.len(), 2, "A opens twice");
    let born: Vec<u32> = trace
        .iter()
        .filter(|r| r.place == Place::B)
        .filter(|r| {
            matches!(
                r.kind,
                RecordKind::State {
                    to: State::SynReceived,
                    ..
                }
            )
        })
        .map(|r| r.socket)
        .collect();
    assert_eq!(born.len(), 2, "B is connected twice");
    let expired = trace.iter().find(|r| {
        matches!(
            r.kind,
            RecordKind::State {
                from: State::TimeWait,
                to: State::Closed,
                ..
            }
        )
    });
    let expired = expired.expect("2MSL runs out").time;
    let taken = trace.iter().any(|r| match r.kind {
        RecordKind::Arrive { send, .. } => {
            let old = [(Place::A, opened[0]), (Place::B, born[0])];
            let new = [(Place::B, born[1]), (Place::A, opened[1])];
            let way = old.iter().position(|from| Some(*from) == sender(send));
            r.time > expired && way.is_some_and(|way| (r.place, r.socket) == new[way])
        }
        _ => false,
    });
    assert!(
        taken,
        "a segment of the first connection reaches the second"
    );
}

/// The fixture ends as the search said, and is as it would be printed now.
#[test]
fn the_fixture_is_what_the_engine_still_does() {
    let run = sim::text::parse(OLD_INCARNATION).unwrap_or_else(|e| panic!("{e}"));
    let mut history = History::new(run).expect("it can be played");
    let _ = history.advance_to_end(u32::MAX);
    let Ending([a, b]) = Ending::of_history(&mut history);
    assert!(
        !a.is_empty() && !b.is_empty(),
        "both are in their second connection: {a:?} {b:?}"
    );
    let end = history.known_until();
    let snapshot = history.seek(end);
    let held = HostId::ALL.map(|host| {
        let statuses = &snapshot.hosts[host.index()].statuses;
        statuses
            .iter()
            .map(|s| s.receive_queue + s.reassembly_queue)
            .sum::<u32>()
    });
    println!("{held:?} bytes of the old connection are held");
}

/// Every call stands in the list from which written-down searches read it.
#[test]
fn inputs_come_back_from_their_numbers() {
    use search::end::Input;
    use search::flight::FlightId;
    use tcp::event::Timer;
    let timers = Timer::ALL.map(|timer| Input::Expire(3, timer));
    let calls = Call::ALL.map(Input::Call);
    let others = [
        Input::Wait,
        Input::Arrive(FlightId(0)),
        Input::Arrive(FlightId(700)),
    ];
    for input in timers.into_iter().chain(calls).chain(others) {
        assert_eq!(Input::of_code(input.code()), Some(input));
    }
}
