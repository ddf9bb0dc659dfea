//! Leaves out of a counterexample whatever it does not need.
//!
//! The search is breadth first, so that what it finds is as short as can be; what
//! is found otherwise, or by healing, need not be.

use crate::explore::Counterexample;
use crate::heal::heal;
use crate::space::Space;
use crate::watch::Violation;
use crate::world::{Action, World};

/// Plays a way and what follows on a healed link; answers what is wrong, and
/// what was done of what was asked: an action that is not possible is left out.
#[must_use]
pub fn play(space: &mut Space, actions: &[Action]) -> Option<Counterexample> {
    let (mut world, mut done) = (World::new(space), Vec::new());
    let wrong = |violation: Violation, actions: Vec<Action>, searched| {
        Some(Counterexample {
            violation,
            actions,
            searched,
        })
    };
    for action in actions {
        let capacity = space.config.capacity;
        let Some(next) = world.act(space, action, capacity) else {
            continue;
        };
        done.push(*action);
        world = next.world;
        if let Some(violation) = next.violation {
            let searched = done.len();
            return wrong(violation, done, searched);
        }
        if world.revived() {
            return None;
        }
    }
    let (violation, healing) = heal(&world, space).err()?;
    let searched = done.len();
    done.extend(healing);
    wrong(violation, done, searched)
}

/// A way into the same trouble of which no action can be left out.
#[must_use]
pub fn minimise(space: &Space, found: &Counterexample) -> Counterexample {
    let mut space = space.clone();
    let rule = found.violation.rule;
    let mut shortest = found.clone();
    let mut at = shortest.searched;
    while at > 0 {
        at -= 1;
        let mut fewer = shortest.actions[..shortest.searched].to_vec();
        fewer.remove(at);
        if let Some(shorter) = play(&mut space, &fewer)
            && shorter.violation.rule == rule
            && shorter.searched < shortest.searched
        {
            at = shorter.searched;
            shortest = shorter;
        }
    }
    shortest
}
