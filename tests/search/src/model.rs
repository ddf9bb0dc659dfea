//! The same worlds as a stateright model: its breadth-first checker judges ours.
//! It keeps fingerprints and the whole way to each situation it has not looked
//! at, and cannot be stopped and taken up again, so that the big worlds are left
//! to [`crate::explore`]; on all small ones both must find the same number of
//! situations, and nothing wrong.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stateright::{Checker, HasDiscoveries, Model, Property};
use tcp::state::State;

use crate::config::Config;
use crate::heal::heal;
use crate::space::Space;
use crate::watch::Rule;
use crate::world::{Action, Packed, World};

/// A configuration as a model.
#[derive(Clone, Debug)]
pub struct Search {
    space: Arc<Mutex<Space>>,
}

/// From every situation all ends well: Q4, Q5 and Q11 on a healed link.
pub const ENDS_WELL: &str = "Q4, Q5, Q8, Q11 once the link is healed";
/// Not a rule, but without it the search has seen nothing.
pub const ESTABLISHED: &str = "both ends in ESTABLISHED";
/// The same for the end of a connection.
pub const TIME_WAIT: &str = "an end in TIME-WAIT";

impl Search {
    /// A model of that world.
    #[must_use]
    pub fn new(config: &Config) -> Search {
        let space = Arc::new(Mutex::new(Space::new(config)));
        Search { space }
    }

    fn space(&self) -> MutexGuard<'_, Space> {
        self.space.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ends_well(&self, packed: &Packed) -> bool {
        let mut space = self.space();
        let world = World::from(packed);
        !space.config.heals || world.broken.is_some() || heal(&world, &mut space).is_ok()
    }

    fn reaches(&self, packed: &Packed, both: bool, state: State) -> bool {
        let (space, world) = (self.space(), World::from(packed));
        let there = |side| {
            world
                .statuses(&space, side)
                .iter()
                .any(|(_, s)| s.state == state)
        };
        if both {
            there(0) && there(1)
        } else {
            there(0) || there(1)
        }
    }
}

macro_rules! rules {
    ($($rule:ident),*) => {
        vec![
            $(Property::always(Rule::$rule.name(), |_: &Search, packed: &Packed| {
                World::from(packed).broken != Some(Rule::$rule)
            }),)*
            Property::always(ENDS_WELL, Search::ends_well),
            Property::sometimes(ESTABLISHED, |search, world| search.reaches(world, true, State::Established)),
            Property::sometimes(TIME_WAIT, |search, world| search.reaches(world, false, State::TimeWait)),
        ]
    };
}

impl Model for Search {
    type State = Packed;
    type Action = Action;

    fn init_states(&self) -> Vec<Packed> {
        vec![Packed::from(&World::new(&mut self.space()))]
    }

    fn actions(&self, packed: &Packed, actions: &mut Vec<Action>) {
        World::from(packed).actions(&self.space(), actions);
    }

    fn next_state(&self, packed: &Packed, action: Action) -> Option<Packed> {
        let next = World::from(packed).apply(&mut self.space(), &action)?;
        Some(Packed::from(&next.world))
    }

    fn properties(&self) -> Vec<Property<Search>> {
        rules!(
            Arcs,
            RstForRst,
            Fields,
            Agreement,
            Stuck,
            Order,
            SynFin,
            Prefix,
            OneReport,
            OldIncarnation,
            AckWar,
            Never
        )
    }
}

/// What stateright found.
#[derive(Debug)]
pub struct Outcome {
    /// Distinct situations.
    pub distinct: usize,
    /// Steps taken, the start counted as one.
    pub steps: usize,
    /// The properties that do not hold.
    pub broken: Vec<&'static str>,
    /// Which of [`ESTABLISHED`] and [`TIME_WAIT`] were seen.
    pub seen: Vec<&'static str>,
}

/// Lets stateright search a world until everything was seen or something is broken.
#[must_use]
pub fn judge(config: &Config) -> Outcome {
    let checker = Search::new(config)
        .checker()
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let found: Vec<&'static str> = checker.discoveries().into_keys().collect();
    let (seen, broken) = found
        .into_iter()
        .partition(|name| [ESTABLISHED, TIME_WAIT].contains(name));
    Outcome {
        distinct: checker.unique_state_count(),
        steps: checker.state_count(),
        broken,
        seen,
    }
}
