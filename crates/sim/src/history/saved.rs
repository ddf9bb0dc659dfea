//! What it takes to have a history again that was kept elsewhere, by a saved page say.

use tcp::time::Instant;

use super::{Branch, BranchId, Done, History};
use crate::run::Run;
use crate::world::RunError;

/// A branch as it is kept elsewhere: its run, its parent (by place in the list) and where it left it, its name.
pub type SavedBranch = (Run, Option<(usize, Instant)>, String);

/// Something done that can be undone: in which branch (by place in the list), and whether that branch began with it.
pub type SavedDeed = (usize, bool);

/// Whether each branch that was forked begins with that, and has all it is said to have done.
fn fit(deeds: &[SavedDeed], branches: &[Branch]) -> bool {
    let fits = |(place, branch): (usize, &Branch)| {
        let mut own = deeds.iter().filter(|deed| deed.0 == place);
        let count = own.clone().count();
        let begins = own.next().is_some_and(|deed| deed.1);
        begins == branch.parent.is_some()
            && own.all(|deed| !deed.1)
            && count <= branch.run.interventions.len()
    };
    deeds.iter().all(|deed| deed.0 < branches.len()) && branches.iter().enumerate().all(fits)
}

impl History {
    /// A history of branches that were kept elsewhere. `deeds` says in which order their interventions were made, so that
    /// they are undone the other way round; where it does not fit the branches or is not known, branch follows upon branch.
    ///
    /// # Errors
    /// A run cannot be played.
    ///
    /// # Panics
    /// There is no branch at all.
    pub fn restored(
        branches: Vec<SavedBranch>,
        current: usize,
        deeds: Option<&[SavedDeed]>,
    ) -> Result<History, RunError> {
        assert!(!branches.is_empty(), "a history has a branch");
        let mut in_order = Vec::new();
        let mut restored: Vec<Branch> = Vec::with_capacity(branches.len());
        let count = branches.len();
        for (place, (run, parent, name)) in branches.into_iter().enumerate() {
            let id = BranchId(place as u32);
            // A parent that is not there is none.
            let parent = parent.filter(|(parent, _)| *parent < place);
            let since = parent.map_or(Instant::ZERO, |(_, time)| time);
            let own = run.interventions.iter().filter(|i| i.time >= since).count();
            let mut branch = Branch::new(id, run)?;
            branch.name = name;
            branch.parent = parent.map(|(parent, time)| (BranchId(parent as u32), time));
            restored.push(branch);
            if parent.is_some() {
                in_order.push((place, true));
            }
            in_order.extend((usize::from(parent.is_some())..own).map(|_| (place, false)));
        }
        let deeds = deeds.filter(|deeds| fit(deeds, &restored));
        let deeds = deeds.unwrap_or(&in_order);
        let done = deeds.iter().map(|&(place, began)| {
            let id = BranchId(place as u32);
            match restored[place].parent {
                Some((old, _)) if began => Done::Forked { new: id, old },
                _ => Done::Appended(id),
            }
        });
        Ok(History {
            done: done.collect(),
            branches: restored,
            current: current.min(count - 1),
            next_id: count as u32,
            undone: Vec::new(),
            unchanged: Instant::NEVER,
        })
    }

    /// What can be undone, oldest first, as [`History::restored`] takes it; what was done to branches that are no more is left out.
    #[must_use]
    pub fn deeds(&self) -> Vec<SavedDeed> {
        let deed = |done: &Done| match done {
            Done::Appended(id) => Some((self.index(*id)?, false)),
            Done::Forked { new, .. } => Some((self.index(*new)?, true)),
            Done::Removed(_) => None,
        };
        self.done.iter().filter_map(deed).collect()
    }

    /// The latest instant anybody has looked at: acting before it keeps the old future.
    #[must_use]
    pub fn seen_until(&self) -> Instant {
        self.branch().seen_until
    }

    /// Says what has been looked at elsewhere.
    pub fn see_until(&mut self, time: Instant) {
        let branch = self.branch_mut();
        branch.seen_until = branch.seen_until.max(time);
    }
}
