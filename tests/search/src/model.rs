//! The search itself: a world as a stateright model, breadth first, so that the
//! first counterexample is a shortest one.

use stateright::{Checker, HasDiscoveries, Model, Property};
use tcp::state::State;

use crate::config::Config;
use crate::heal::heal;
use crate::watch::{Rule, Violation};
use crate::world::{Action, World};

/// A configuration as a model.
#[derive(Clone, Debug)]
pub struct Search {
    /// What is searched.
    pub config: Config,
}

/// From every situation (or one in so many) all ends well: Q4, Q5 and Q11 on a healed link.
pub const ENDS_WELL: &str = "Q4, Q5, Q8, Q11 once the link is healed";
/// Not a rule, but without it the search has seen nothing.
pub const ESTABLISHED: &str = "both ends in ESTABLISHED";
/// The same for the end of a connection.
pub const TIME_WAIT: &str = "an end in TIME-WAIT";

impl Search {
    fn ends_well(&self, world: &World) -> bool {
        let every = self.config.heal_every;
        let chosen = every > 0 && world.digest().is_multiple_of(every);
        !chosen || world.violation.is_some() || heal(world, &self.config).is_none()
    }
}

fn keeps(world: &World, rule: Rule) -> bool {
    world
        .violation
        .as_ref()
        .is_none_or(|violation| violation.rule != rule)
}

fn reaches(world: &World, both: bool, state: State) -> bool {
    let there = |side| world.statuses(side).any(|status| status.state == state);
    if both {
        there(0) && there(1)
    } else {
        there(0) || there(1)
    }
}

macro_rules! rules {
    ($($rule:ident),*) => {
        vec![
            $(Property::always(Rule::$rule.name(), |_: &Search, world: &World| keeps(world, Rule::$rule)),)*
            Property::always(ENDS_WELL, Search::ends_well),
            Property::sometimes(ESTABLISHED, |_, world| reaches(world, true, State::Established)),
            Property::sometimes(TIME_WAIT, |_, world| reaches(world, false, State::TimeWait)),
        ]
    };
}

impl Model for Search {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(&self.config)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        world.actions(&self.config, actions);
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        world.apply(&self.config, &action)
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
            AckWar
        )
    }
}

/// What a search found.
#[derive(Debug)]
pub struct Outcome {
    /// Distinct situations.
    pub distinct: usize,
    /// Steps taken, those into known situations included.
    pub steps: usize,
    /// The longest way from the start.
    pub depth: usize,
    /// Whether everything there is was looked at.
    pub complete: bool,
    /// What does not hold, and a shortest way there.
    pub broken: Option<Counterexample>,
    /// Which of [`ESTABLISHED`] and [`TIME_WAIT`] were seen.
    pub seen: Vec<&'static str>,
}

/// A property that does not hold.
#[derive(Debug)]
pub struct Counterexample {
    /// Its name.
    pub property: &'static str,
    /// What exactly, where it can be told.
    pub violation: Option<Violation>,
    /// What has to happen.
    pub actions: Vec<Action>,
}

/// Searches one world until everything was seen, something is broken, or
/// `steps_max` steps were taken. `progress` is told now and then how many
/// distinct situations there are, and how deep.
#[must_use]
pub fn search(
    config: &Config,
    steps_max: Option<usize>,
    threads: usize,
    progress: impl Fn(usize, usize),
) -> Outcome {
    let model = Search {
        config: config.clone(),
    };
    let mut builder = model
        .clone()
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures);
    if let Some(steps_max) = steps_max {
        builder = builder.target_state_count(steps_max);
    }
    let mut checker = builder.spawn_bfs();
    let handles = checker.handles();
    while handles.iter().any(|handle| !handle.is_finished()) {
        progress(checker.unique_state_count(), checker.max_depth());
        std::thread::park_timeout(std::time::Duration::from_millis(200));
    }
    for handle in handles {
        handle.join().expect("a searcher does not panic");
    }
    let mut discoveries = checker.discoveries();
    let seen: Vec<&'static str> = [ESTABLISHED, TIME_WAIT]
        .into_iter()
        .filter(|name| discoveries.remove(name).is_some())
        .collect();
    let shortest = discoveries
        .into_iter()
        .map(|(property, path)| (property, path.into_vec()))
        .min_by_key(|(property, path)| (path.len(), *property));
    let broken = shortest.map(|(property, path)| {
        let last = &path[path.len() - 1].0;
        let violation = last.violation.clone().or_else(|| heal(last, config));
        let actions = path
            .iter()
            .filter_map(|(_, action)| action.clone())
            .collect();
        Counterexample {
            property,
            violation,
            actions,
        }
    });
    let steps = checker.state_count();
    Outcome {
        distinct: checker.unique_state_count(),
        steps,
        depth: checker.max_depth(),
        complete: broken.is_none() && steps_max.is_none_or(|most| steps < most),
        broken,
        seen,
    }
}
