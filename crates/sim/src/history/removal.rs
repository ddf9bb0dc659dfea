//! Taking a branch away, and putting it back.

use tcp::time::Instant;

use super::{Branch, BranchId, Done, History};

/// A branch that was taken away, and what it takes to put it back.
#[derive(Clone, Debug)]
pub(super) struct Removed {
    branch: Branch,
    place: usize,
    /// The moment that was looked at.
    pub time: Instant,
    /// It was the one that was shown.
    shown: bool,
    /// Those that had been forked from it, and where.
    children: Vec<(BranchId, Instant)>,
}

impl Removed {
    pub fn id(&self) -> BranchId {
        self.branch.id
    }
}

impl History {
    /// Takes a branch away; `undo` puts it back. What was forked from it is from then on shown as forked from its parent.
    /// The one that is shown gives way to its parent. `time` is the moment that is looked at, for `undo` to go back to.
    /// False if there is no such branch, or no other.
    pub fn remove(&mut self, branch: BranchId, time: Instant) -> bool {
        let Some(removed) = self.take_away(branch, time) else {
            return false;
        };
        self.done.push(Done::Removed(Box::new(removed)));
        self.undone.clear();
        true
    }

    pub(super) fn take_away(&mut self, id: BranchId, time: Instant) -> Option<Removed> {
        let place = self.index(id)?;
        if self.branches.len() < 2 {
            return None;
        }
        let showing = self.current();
        let shown = showing == id;
        let above = self.branches[place].parent.map(|(parent, _)| parent);
        let other = usize::from(place == 0);
        let next = match above.and_then(|parent| self.index(parent)) {
            _ if !shown => self.current,
            Some(parent) => parent,
            None => other,
        };
        self.show(next);
        let showing = self.current();
        let branch = self.branches.remove(place);
        let mut children = Vec::new();
        for other in &mut self.branches {
            if let Some((parent, left)) = other.parent
                && parent == id
            {
                children.push((other.id, left));
                // Up to the earlier of the two forks both have the grandparent's past.
                other.parent = branch.parent.map(|(above, own)| (above, own.min(left)));
            }
        }
        self.current = self.index(showing).unwrap_or(0);
        Some(Removed {
            branch,
            place,
            time,
            shown,
            children,
        })
    }

    pub(super) fn put_back(&mut self, removed: Removed) {
        let Removed {
            branch,
            place,
            shown,
            children,
            ..
        } = removed;
        let (id, showing) = (branch.id, self.current());
        for (child, time) in children {
            if let Some(index) = self.index(child) {
                self.branches[index].parent = Some((id, time));
            }
        }
        self.branches.insert(place.min(self.branches.len()), branch);
        self.current = self.index(showing).unwrap_or(0);
        if shown && let Some(index) = self.index(id) {
            self.show(index);
        }
    }
}
