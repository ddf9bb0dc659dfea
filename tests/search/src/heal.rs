//! From any situation on: the link works, timers run out in their usual order,
//! and in the end the applications close. Everybody must get out (Q4, Q5, Q11).

use tcp::event::Timer;
use tcp::state::State;

use crate::config::{Call, Config};
use crate::watch::{Rule, Violation};
use crate::world::{Action, World};

/// So many segments in a row, without a timer, are a war.
const SEGMENTS_MAX: u32 = 60;
/// So many rounds of timers do not help any more.
const ROUNDS_MAX: u32 = 30;

/// What does not end well from here.
#[must_use]
pub fn heal(world: &World, config: &Config) -> Option<Violation> {
    let mut config = config.clone();
    config.capacity = 64;
    let mut world = world.clone();
    if let Err(violation) = settle(&mut world, &config) {
        return Some(violation);
    }
    if world.revived {
        return None;
    }
    for side in 0..2 {
        for status in world.statuses(side) {
            use State::{Closing, FinWait1, LastAck, SynReceived, SynSent, TimeWait};
            if matches!(
                status.state,
                SynSent | SynReceived | FinWait1 | Closing | LastAck | TimeWait
            ) {
                let detail = format!("{} stays in {}", name(side), status.state.name());
                return Some(Violation {
                    rule: Rule::Stuck,
                    detail,
                });
            }
        }
    }
    if let Some(violation) = world.disagreement() {
        return Some(violation);
    }
    // And now everybody closes; a listener and what waits in LISTEN may stay.
    for _ in 0..4 {
        for side in 0..2 {
            while let Some(next) = world.apply_always(&config, &Action::Call(side, Call::Close)) {
                world = next;
                if let Err(violation) = settle(&mut world, &config) {
                    return Some(violation);
                }
            }
        }
    }
    for side in 0..2 {
        if world.revived {
            return None;
        }
        if let Some(status) = world
            .statuses(side)
            .find(|status| status.state != State::Listen)
        {
            let detail = format!(
                "{} never leaves {} after CLOSE",
                name(side),
                status.state.name()
            );
            return Some(Violation {
                rule: Rule::Stuck,
                detail,
            });
        }
    }
    None
}

fn name(side: usize) -> char {
    ['A', 'B'][side]
}

fn take(world: &mut World, config: &Config, action: &Action) -> Result<bool, Violation> {
    let Some(next) = world.apply_always(config, action) else {
        return Ok(false);
    };
    *world = next;
    match &world.violation {
        Some(violation) => Err(violation.clone()),
        None => Ok(true),
    }
}

/// Delivers everything and lets timers run out until nothing happens any more.
fn settle(world: &mut World, config: &Config) -> Result<(), Violation> {
    for round in 1..=ROUNDS_MAX {
        let mut delivered = 0;
        loop {
            let mut idle = true;
            for side in 0..2 {
                if !world.channels[side].is_empty() {
                    idle = false;
                    delivered += 1;
                    take(world, config, &Action::Deliver(side, 0))?;
                }
            }
            if idle {
                break;
            }
            if delivered > SEGMENTS_MAX {
                let detail = "the ends do not stop answering each other".into();
                return Err(Violation {
                    rule: Rule::AckWar,
                    detail,
                });
            }
        }
        // Half a second passes before any of these runs out.
        for side in 0..2 {
            take(world, config, &Action::Wait(side))?;
        }
        let quick = [
            Timer::Retransmission,
            Timer::Persist,
            Timer::DelayedAck,
            Timer::SwsOverride,
        ];
        let mut any = expire(world, config, &quick)?;
        if !any || round % 8 == 0 {
            any |= expire(world, config, &[Timer::TimeWait, Timer::FinWait2])?;
        }
        if !any && world.channels.iter().all(Vec::is_empty) {
            return Ok(());
        }
    }
    if world.revived {
        return Ok(());
    }
    let told = |side: usize| -> Vec<String> {
        let line = |s: tcp::status::Status| {
            let timers = Timer::ALL
                .iter()
                .filter(|timer| s.timers[**timer as usize].is_some());
            let timers: Vec<&str> = timers.map(|timer| timer.id()).collect();
            let numbers = [s.snd_una.0, s.snd_nxt.0, s.rcv_nxt.0];
            format!(
                "{} (SND.UNA, SND.NXT, RCV.NXT {numbers:?}, window {}) {timers:?}",
                s.state.name(),
                s.snd_wnd
            )
        };
        world.statuses(side).map(line).collect()
    };
    let detail = format!(
        "timers go on running out and nothing changes: A {:?}, B {:?}",
        told(0),
        told(1)
    );
    Err(Violation {
        rule: Rule::Stuck,
        detail,
    })
}

fn expire(world: &mut World, config: &Config, timers: &[Timer]) -> Result<bool, Violation> {
    let mut any = false;
    for side in 0..2 {
        for &timer in timers {
            let mut at = 0;
            while at < world.connections(side) {
                let before = world.connections(side);
                any |= take(world, config, &Action::Expire(side, at, timer))?;
                if world.connections(side) == before {
                    at += 1;
                }
            }
        }
    }
    Ok(any)
}
