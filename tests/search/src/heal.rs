//! From any situation on: the link works, timers run out in their usual order,
//! and in the end the applications close. Everybody must get out (Q4, Q5, Q11).

use tcp::event::Timer;
use tcp::state::State;
use tcp::status::Status;

use crate::config::Call;
use crate::end::Input;
use crate::space::Space;
use crate::watch::{Rule, Violation};
use crate::world::{Action, ROOM, World};

/// So many segments in a row, without a timer, are a war.
const SEGMENTS_MAX: u32 = 60;
/// So many rounds of timers do not help any more.
const ROUNDS_MAX: u32 = 30;

/// What does not end well from here, and what was done to see it.
///
/// # Errors
/// It does not end well.
pub fn heal(world: &World, space: &mut Space) -> Result<(), (Violation, Vec<Action>)> {
    let mut healing = Healing {
        world: *world,
        space,
        done: Vec::new(),
    };
    match healing.through() {
        Ok(()) => Ok(()),
        Err(violation) => Err((violation, healing.done)),
    }
}

struct Healing<'a> {
    world: World,
    space: &'a mut Space,
    done: Vec<Action>,
}

fn name(side: usize) -> char {
    ['A', 'B'][side]
}

fn stuck(detail: String) -> Violation {
    let rule = Rule::Stuck;
    Violation { rule, detail }
}

impl Healing<'_> {
    fn through(&mut self) -> Result<(), Violation> {
        self.deliver_all()?;
        // Many situations come to the same once everything has arrived.
        let silent = self.world;
        if self.space.healed.contains(&silent.silence()) {
            return Ok(());
        }
        self.settle_and_close()?;
        self.space.healed.insert(silent.silence());
        Ok(())
    }

    fn settle_and_close(&mut self) -> Result<(), Violation> {
        self.settle()?;
        if self.world.revived() {
            return Ok(());
        }
        for side in 0..2 {
            for (_, status) in self.world.statuses(self.space, side) {
                use State::{Closing, FinWait1, LastAck, SynReceived, SynSent, TimeWait};
                if matches!(
                    status.state,
                    SynSent | SynReceived | FinWait1 | Closing | LastAck | TimeWait
                ) {
                    let state = status.state.name();
                    return Err(stuck(format!("{} stays in {state}", name(side))));
                }
            }
        }
        if let Some(violation) = self.world.disagreement(self.space) {
            return Err(violation);
        }
        // And now everybody closes; a listener and what waits in LISTEN may stay.
        for _ in 0..4 {
            for side in 0..2 {
                while self.act(&Action::End(side, Input::Call(Call::Close)))? {
                    self.settle()?;
                }
            }
        }
        if self.world.revived() {
            return Ok(());
        }
        for side in 0..2 {
            let left = self.world.statuses(self.space, side).iter();
            if let Some((_, status)) = left.into_iter().find(|(_, s)| s.state != State::Listen) {
                let state = status.state.name();
                return Err(stuck(format!(
                    "{} never leaves {state} after CLOSE",
                    name(side)
                )));
            }
            if self.space.facts(self.world.ends[side]).unreported {
                return Err(Violation {
                    rule: Rule::OneReport,
                    detail: format!("{}'s connection is CLOSED and never said so", name(side)),
                });
            }
        }
        Ok(())
    }

    /// Does it if it can be done.
    fn act(&mut self, action: &Action) -> Result<bool, Violation> {
        let Some(next) = self.world.act(self.space, action, ROOM) else {
            return Ok(false);
        };
        self.world = next.world;
        self.done.push(*action);
        next.violation.map_or(Ok(true), Err)
    }

    /// Delivers everything and lets timers run out until nothing happens any more.
    fn settle(&mut self) -> Result<(), Violation> {
        if self.calms_down()? || self.give_up()? && self.calms_down()? {
            return Ok(());
        }
        let told = |side: usize| -> Vec<String> {
            let line = |(_, s): &(u8, Status)| {
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
            self.world
                .statuses(self.space, side)
                .iter()
                .map(line)
                .collect()
        };
        Err(stuck(format!(
            "timers go on running out and nothing changes: A {:?}, B {:?}",
            told(0),
            told(1)
        )))
    }

    /// Whether nothing happens any more after so many rounds.
    fn calms_down(&mut self) -> Result<bool, Violation> {
        for round in 1..=ROUNDS_MAX {
            self.deliver_all()?;
            // Half a second passes before any of these runs out.
            for side in 0..2 {
                self.act(&Action::End(side, Input::Wait))?;
            }
            let quick = [
                Timer::Retransmission,
                Timer::Persist,
                Timer::DelayedAck,
                Timer::SwsOverride,
            ];
            let mut any = self.expire(&quick)?;
            if !any || round % 8 == 0 {
                any |= self.expire(&[Timer::TimeWait, Timer::FinWait2])?;
            }
            let idle = self.world.channels.iter().all(|c| c.flights().is_empty());
            if !any && idle || self.world.revived() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// R2 for a SYN that nobody will ever acknowledge, see [`Rule::Stuck`]; answers whether there is one.
    fn give_up(&mut self) -> Result<bool, Violation> {
        let mut any = false;
        for side in 0..2 {
            let end = self.space.end(self.world.ends[side]);
            let others = self.world.statuses(self.space, 1 - side);
            let foreign = |mine: &Status| {
                let belongs = |other: &Status| other.iss == mine.irs && other.irs == mine.iss;
                let mut synchronized = others.iter().filter(|(_, s)| s.state.is_synchronized());
                synchronized.any(|(_, other)| !belongs(other))
            };
            let at = end
                .statuses()
                .position(|(_, mine)| mine.snd_una == mine.iss && foreign(&mine));
            if let Some(at) = at {
                any |= self.act(&Action::End(side, Input::Expire(at as u8, Timer::User)))?;
            }
        }
        Ok(any)
    }

    fn deliver_all(&mut self) -> Result<(), Violation> {
        let mut delivered = 0;
        loop {
            let mut idle = true;
            for side in 0..2 {
                let first = self.world.channels[side].flights().first().copied();
                if let Some(flight) = first {
                    idle = false;
                    delivered += 1;
                    self.act(&Action::Deliver(side, flight))?;
                }
            }
            if idle {
                return Ok(());
            }
            if delivered > SEGMENTS_MAX {
                return Err(Violation {
                    rule: Rule::AckWar,
                    detail: "the ends do not stop answering each other".into(),
                });
            }
        }
    }

    fn expire(&mut self, timers: &[Timer]) -> Result<bool, Violation> {
        let mut any = false;
        for side in 0..2 {
            for &timer in timers {
                let mut at = 0;
                loop {
                    let end = self.space.end(self.world.ends[side]);
                    let before = end.connections();
                    if usize::from(at) >= before {
                        break;
                    }
                    any |= self.act(&Action::End(side, Input::Expire(at, timer)))?;
                    let end = self.space.end(self.world.ends[side]);
                    if end.connections() == before {
                        at += 1;
                    }
                }
            }
        }
        Ok(any)
    }
}
