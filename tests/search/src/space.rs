//! Every end and every flight that was ever met, each kept once, and what each
//! end does with each input, worked out by the engine once.
//!
//! That is what makes a search of many millions of situations possible: a
//! situation is two numbers of ends and a few numbers of flights, and most
//! steps are looked up. It is sound because an end sees nothing but its inputs:
//! what it does with one does not depend on the world it stands in, and ends
//! with one digest ([`End::digest`]) do the same, which is the very assumption
//! by which situations are told apart at all. Of such ends the one met first
//! stands for all.

#![allow(clippy::disallowed_types)] // Nothing is ever told in the order of these tables.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use tcp::event::Timer;
use tcp::state::State;
use tcp::status::Status;
use tcp::time::Instant;

use crate::config::Config;
use crate::end::{Effects, End, Input};
use crate::flight::Flights;

/// An end's number, by the order in which ends were first met.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct EndId(pub u32);

/// What one asks about an end again and again.
#[derive(Clone, Debug)]
pub struct Facts {
    /// What can happen to it beside segments, and to which connection (by tag).
    pub inputs: Vec<(Input, u8)>,
    /// Its connections that are not CLOSED, with their tags.
    pub statuses: Vec<(u8, Status)>,
    /// A timer runs that can still bring ends together: any but 2MSL, keep-alive and the user's.
    pub restless: bool,
    /// A connection is CLOSED and was never reported.
    pub unreported: bool,
}

/// What an end does with an input.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The end as it is then.
    pub end: EndId,
    /// What else came of it.
    pub effects: Effects,
}

/// How an end came about: from which, by which input. The first two have none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Recipe {
    /// The end before.
    pub from: EndId,
    /// [`Input::code`].
    pub input: u32,
}

/// Hashes a number that is made of small numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mixer(u64);

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
    }
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ self.0 >> 31
    }
}

type Table<V> = HashMap<u64, V, BuildHasherDefault<Mixer>>;

/// Ends, flights, and what leads from one to the other.
#[derive(Clone, Debug)]
pub struct Space {
    /// The world's configuration.
    pub config: Config,
    /// Every flight.
    pub flights: Flights,
    ends: Vec<(End, Facts)>,
    recipes: Vec<Recipe>,
    numbers: HashMap<u128, EndId>,
    /// By end and input: an index of `taken`, if it is possible.
    steps: Table<Option<u32>>,
    taken: Vec<Taken>,
    /// Situations without a segment on the way from which all ends well.
    pub(crate) healed: HashSet<u128>,
    /// Ends are never taken for one another: each keeps its own clock.
    exact: bool,
}

/// When every clock begins.
pub const BEGIN: Instant = Instant(1_000_000_000);

impl Space {
    /// A space that knows only the two ends as they are switched on, numbers 0 and 1.
    #[must_use]
    pub fn new(config: &Config) -> Space {
        let mut space = Space {
            config: config.clone(),
            flights: Flights::default(),
            ends: Vec::new(),
            recipes: Vec::new(),
            numbers: HashMap::new(),
            steps: Table::default(),
            taken: Vec::new(),
            healed: HashSet::new(),
            exact: false,
        };
        for side in 0..2 {
            let from = EndId(side as u32);
            space.keep(
                End::new(config, side, BEGIN),
                Recipe {
                    from,
                    input: u32::MAX,
                },
            );
        }
        space
    }

    /// A space of the same flights in which every step is taken by the engine, at
    /// its own time: for a way that is played once, not searched.
    #[must_use]
    pub fn exact(&self, config: &Config) -> Space {
        let mut space = Space::new(config);
        space.flights = self.flights.clone();
        space.exact = true;
        space
    }

    /// An end.
    #[must_use]
    pub fn end(&self, id: EndId) -> &End {
        &self.ends[id.0 as usize].0
    }

    /// What one asks about it.
    #[must_use]
    pub fn facts(&self, id: EndId) -> &Facts {
        &self.ends[id.0 as usize].1
    }

    /// How many ends there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How each end came about, by number.
    #[must_use]
    pub fn recipes(&self) -> &[Recipe] {
        &self.recipes
    }

    /// Makes the next end anew from its recipe; `false` if that does not give a new end.
    #[must_use]
    pub fn cook(&mut self, recipe: Recipe) -> bool {
        let known = self.len();
        if recipe.from.0 as usize >= known {
            return false;
        }
        let Some(input) = Input::of_code(recipe.input) else {
            return false;
        };
        self.take(recipe.from, input)
            .is_some_and(|taken| taken.end.0 as usize == known)
    }

    /// What an end does with an input, if that is possible.
    pub fn take(&mut self, id: EndId, input: Input) -> Option<&Taken> {
        let key = u64::from(id.0) << 32 | u64::from(input.code());
        if !self.exact
            && let Some(known) = self.steps.get(&key)
        {
            return known.map(|at| &self.taken[at as usize]);
        }
        let mut end = self.end(id).clone();
        let effects = end.take(&self.config, input, &mut self.flights);
        let at = effects.map(|effects| {
            let input = input.code();
            let end = self.keep(end, Recipe { from: id, input });
            self.taken.push(Taken { end, effects });
            self.taken.len() as u32 - 1
        });
        if !self.exact {
            self.steps.insert(key, at);
        }
        at.map(|at| &self.taken[at as usize])
    }

    /// The same end at another time; only where clocks count.
    pub fn at_time(&mut self, id: EndId, now: Instant) -> EndId {
        let mut end = self.end(id).clone();
        end.advance(now);
        self.keep(
            end,
            Recipe {
                from: id,
                input: u32::MAX,
            },
        )
    }

    fn keep(&mut self, end: End, recipe: Recipe) -> EndId {
        let fresh = EndId(self.ends.len() as u32);
        if !self.exact {
            let known = *self.numbers.entry(end.digest()).or_insert(fresh);
            if known != fresh {
                return known;
            }
        }
        let facts = Facts::of(&end, &self.config);
        self.ends.push((end, facts));
        self.recipes.push(recipe);
        fresh
    }
}

impl Facts {
    fn of(end: &End, config: &Config) -> Facts {
        let waits = [Timer::TimeWait, Timer::KeepAlive, Timer::User];
        let running = |status: &Status| {
            Timer::ALL
                .iter()
                .any(|timer| !waits.contains(timer) && status.timers[*timer as usize].is_some())
        };
        let all: Vec<(u8, Status)> = end.statuses().map(|(c, s)| (c.tag, s)).collect();
        let closed = |(_, status): &(u8, Status)| status.state == State::Closed;
        let unreported = all.iter().any(closed);
        let statuses: Vec<_> = all.into_iter().filter(|s| !closed(s)).collect();
        Facts {
            inputs: end.inputs(config),
            restless: statuses.iter().any(|(_, status)| running(status)),
            unreported,
            statuses,
        }
    }
}
