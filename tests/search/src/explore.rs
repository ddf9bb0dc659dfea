//! The search for big worlds: breadth first, every situation kept once and whole
//! (no fingerprint that could collide), 24 bytes and its parent's number each.
//! The list of situations is at once the queue and what is written down, so that
//! a search that was stopped goes on where it was: see [`crate::log`].

use crate::heal::heal;
use crate::space::{Mixer, Space};
use crate::watch::Violation;
use crate::world::{Action, Packed, World};
use std::hash::Hasher;

/// Situations by number, and the numbers of situations.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// In the order in which they were met.
    pub situations: Vec<Packed>,
    /// From which each was met.
    pub parents: Vec<u32>,
    /// Open addressing; 0 is empty, otherwise the number and one.
    slots: Vec<u32>,
}

fn hash(situation: &Packed) -> u64 {
    let mut mixer = Mixer::default();
    mixer.write(&situation.bytes());
    mixer.finish()
}

impl Known {
    /// Keeps a situation unless it is known.
    pub fn meet(&mut self, situation: Packed, parent: u32) {
        if self.situations.len() * 3 >= self.slots.len() * 2 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = hash(&situation) as usize & mask;
        while self.slots[at] != 0 {
            if self.situations[self.slots[at] as usize - 1] == situation {
                return;
            }
            at = (at + 1) & mask;
        }
        self.situations.push(situation);
        self.parents.push(parent);
        self.slots[at] = self.situations.len() as u32;
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(1 << 12);
        self.slots = Vec::new();
        self.slots.resize(size, 0);
        for (number, situation) in self.situations.iter().enumerate() {
            let mut at = hash(situation) as usize & (size - 1);
            while self.slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = number as u32 + 1;
        }
    }
}

/// A search that has come so far.
#[derive(Clone, Debug)]
pub struct Explorer {
    /// Ends and flights.
    pub space: Space,
    /// Situations.
    pub known: Known,
    /// What was reached.
    pub reach: Reach,
    actions: Vec<Action>,
}

/// How far a search has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// Of so many situations all successors are known.
    pub looked_at: u64,
    /// Steps taken, those into known situations included.
    pub steps: u64,
    /// How many steps the first of the situations not looked at lies from the start.
    pub depth: u64,
    /// From here on situations lie one step deeper.
    pub deeper: u64,
    /// From so many it was tried whether all ends well.
    pub healed: u64,
    /// So many were not searched beyond: see [`World::revived`].
    pub revived: u64,
    /// How long it took, pauses not counted.
    pub milliseconds: u64,
}

/// A way into trouble.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counterexample {
    /// What is wrong at its end.
    pub violation: Violation,
    /// What has to happen. A shortest way as far as the search itself goes;
    /// what a healed link has to do follows it.
    pub actions: Vec<Action>,
    /// How many of these were found by search; the rest is healing.
    pub searched: usize,
}

impl Explorer {
    /// A search that has not begun.
    #[must_use]
    pub fn new(space: Space) -> Explorer {
        let mut explorer = Explorer {
            space,
            known: Known::default(),
            reach: Reach {
                deeper: 1,
                ..Reach::default()
            },
            actions: Vec::new(),
        };
        let world = World::new(&mut explorer.space);
        explorer.known.meet(Packed::from(&world), 0);
        explorer
    }

    /// Whether every situation there is was looked at.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.reach.looked_at == self.known.situations.len() as u64
    }

    /// Looks at up to so many situations more.
    ///
    /// # Errors
    /// Something is wrong; the search is over.
    pub fn advance(&mut self, situations: u64) -> Result<(), Counterexample> {
        let until = self.reach.looked_at + situations;
        while !self.is_complete() && self.reach.looked_at < until {
            let number = self.reach.looked_at as usize;
            if number as u64 == self.reach.deeper {
                self.reach.depth += 1;
                self.reach.deeper = self.known.situations.len() as u64;
            }
            let packed = self.known.situations[number];
            let world = World::from(&packed);
            self.heal(number, &world)?;
            self.actions.clear();
            world.actions(&self.space, &mut self.actions);
            self.reach.revived += u64::from(packed.revived());
            for at in 0..self.actions.len() {
                let action = self.actions[at];
                let Some(next) = world.apply(&mut self.space, &action) else {
                    continue;
                };
                self.reach.steps += 1;
                if let Some(violation) = next.violation {
                    let mut actions = self.way(number);
                    actions.push(action);
                    let searched = actions.len();
                    return Err(Counterexample {
                        violation,
                        actions,
                        searched,
                    });
                }
                self.known.meet(Packed::from(&next.world), number as u32);
            }
            self.reach.looked_at += 1;
        }
        Ok(())
    }

    fn heal(&mut self, number: usize, world: &World) -> Result<(), Counterexample> {
        if !self.space.config.heals {
            return Ok(());
        }
        self.reach.healed += 1;
        heal(world, &mut self.space).map_err(|(violation, healing)| {
            let mut actions = self.way(number);
            let searched = actions.len();
            actions.extend(healing);
            Counterexample {
                violation,
                actions,
                searched,
            }
        })
    }

    /// A shortest way to a situation.
    ///
    /// # Panics
    /// Never: every parent leads to its child.
    pub fn way(&mut self, number: usize) -> Vec<Action> {
        let mut way = Vec::new();
        let mut child = number;
        while child != 0 {
            let parent = self.known.parents[child] as usize;
            let world = World::from(&self.known.situations[parent]);
            let mut actions = Vec::new();
            world.actions(&self.space, &mut actions);
            let wanted = self.known.situations[child];
            let space = &mut self.space;
            let leads = |action: &Action| {
                let next = world.apply(space, action);
                next.is_some_and(|next| Packed::from(&next.world) == wanted)
            };
            way.push(
                actions
                    .into_iter()
                    .find(leads)
                    .expect("it was met from there"),
            );
            child = parent;
        }
        way.reverse();
        way
    }
}
