//! A counterexample as a run: the same calls, the same fate for every segment.
//!
//! In the search a timer may run out at any moment; in a run it does so at its
//! deadline. The way is therefore played once more with a clock that moves on by
//! a hundredth of a second a step, and to its deadline where a timer runs out.

use std::fmt::Write as _;

use tcp::event::Timer;
use tcp::time::{Duration, Instant};

use crate::config::{Call, Config, Opening, SETTINGS};
use crate::world::{Action, Flight, World};

const BEGIN: Instant = Instant(1_000_000_000);
const STEP: Duration = Duration::from_millis(10);

/// A segment of the channel and its number among those its host emitted.
type Numbered = (Flight, u32);

/// The run, as text with a comment a step.
#[must_use]
pub fn run_text(config: &Config, actions: &[Action], what: &str) -> String {
    let mut text = format!(
        "tcp-playground 1\nscenario counterexample\n# {}: {what}\n",
        config.name
    );
    for (name, value) in SETTINGS.iter().chain(config.settings) {
        let _ = writeln!(text, "set {name} {value}");
    }
    for (side, numbers) in config.isn.iter().enumerate() {
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let _ = writeln!(text, "set {} isn listed {}", name(side), numbers.join(", "));
    }
    text += "link latency 1ms\n";
    let mut tail = String::new();
    for side in 0..2 {
        if config.openings[side] != Opening::Connect {
            let _ = writeln!(tail, "at 0ms {}", open(config, side));
        }
    }
    if config.old_syn {
        tail += "# an old SYN is on the way: it is injected where it arrives\n";
    }
    let mut world = World::new(config);
    let mut known: [Vec<Numbered>; 2] = [Vec::new(), Vec::new()];
    let mut emitted = [0u32; 2];
    for (side, known) in known.iter_mut().enumerate() {
        // What was on the way before anything happened was emitted by nobody: number 0.
        *known = world.channels[side]
            .iter()
            .map(|flight| (flight.clone(), 0))
            .collect();
    }
    let mut now = BEGIN;
    let mut held = Vec::new();
    for action in actions {
        now = now + STEP;
        if let Action::Expire(side, at, timer) = *action
            && let Some(deadline) = world.deadline(side, at, timer)
        {
            now = now.max(deadline);
        }
        if matches!(action, Action::Wait(_)) {
            now = now + Duration::from_secs(1);
        }
        world.advance(now);
        let time = format!("{}us", now.since(BEGIN).0);
        let number = |known: &[Vec<Numbered>; 2], side: usize, at: usize| {
            let flight = &world.channels[side][at];
            known[side]
                .iter()
                .find(|(known, _)| known == flight)
                .map_or(0, |(_, number)| *number)
        };
        match *action {
            Action::Deliver(side, at) => {
                let n = number(&known, side, at);
                release(&mut tail, &time, side, n, "release");
            }
            Action::DeliverCopy(side, at) => {
                let n = number(&known, side, at);
                release(&mut tail, &time, side, n, "duplicate");
            }
            Action::Lose(side, at) => {
                let n = number(&known, side, at);
                release(&mut tail, &time, side, n, "drop");
            }
            Action::Expire(side, _, timer) => {
                let _ = writeln!(
                    tail,
                    "# {time}: {}'s {} timer runs out",
                    name(side),
                    timer.id()
                );
            }
            Action::Wait(side) => {
                let _ = writeln!(tail, "# {time}: {} may answer again", name(side));
            }
            Action::Call(side, Call::Open) => {
                let _ = writeln!(tail, "at {time} {}", open(config, side));
            }
            Action::Call(side, Call::Reboot) => {
                let _ = writeln!(tail, "do {time} reboot {}", name(side));
                if config.openings[side] != Opening::Connect {
                    let _ = writeln!(
                        tail,
                        "at {} {}",
                        format_args!("{}us", now.since(BEGIN).0 + 1),
                        open(config, side)
                    );
                }
            }
            Action::Call(side, call) => {
                let word = match call {
                    Call::Send => "send 1",
                    Call::Shutdown => "shutdown",
                    Call::Close => "close",
                    _ => "abort",
                };
                let _ = writeln!(tail, "at {time} {}.c {word}", name(side));
            }
        }
        let mut wide = config.clone();
        wide.capacity = usize::MAX;
        let Some(next) = world.apply_always(config, action) else {
            tail += "# (this step is not possible with a clock)\n";
            continue;
        };
        // All that was emitted, what found no room included.
        let all = world
            .apply_always(&wide, action)
            .unwrap_or_else(|| next.clone());
        for side in 0..2 {
            for flight in &all.channels[side] {
                if !world.channels[side].contains(flight) {
                    emitted[side] += 1;
                    held.push((side, emitted[side]));
                    known[side].retain(|(known, _)| known != flight);
                    known[side].push((flight.clone(), emitted[side]));
                }
            }
        }
        world = next;
    }
    for (side, number) in held {
        let _ = writeln!(text, "rule hold {}#{number}", name(side));
    }
    let timers = Timer::ALL.map(Timer::id).join(", ");
    let _ = writeln!(
        text,
        "# timers ({timers}) run out at their own deadlines here\n\n{tail}until {}us",
        now.since(BEGIN).0 + 100_000
    );
    text
}

fn name(side: usize) -> char {
    ['A', 'B'][side]
}

fn open(config: &Config, side: usize) -> String {
    let (me, port) = (name(side), crate::world::PORTS[side]);
    match config.openings[side] {
        Opening::Listen => format!("{me}.l listen {port} as c"),
        Opening::Passive => format!("{me}.c new passive-open {port}"),
        Opening::Connect => {
            let other = 1 - side;
            format!(
                "{me}.c new connect {}:{} from {port}",
                name(other),
                crate::world::PORTS[other]
            )
        }
    }
}

fn release(tail: &mut String, time: &str, side: usize, number: u32, verb: &str) {
    let (me, ports) = (name(side), crate::world::PORTS);
    let _ = match number {
        0 => writeln!(
            tail,
            "do {time} inject {me}:{}>{}:{} S seq=90",
            ports[side],
            name(1 - side),
            ports[1 - side]
        ),
        _ => writeln!(tail, "do {time} {verb} {me}#{number}"),
    };
}
