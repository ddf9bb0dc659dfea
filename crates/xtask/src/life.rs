//! Which locals of a function are still read, and where.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Node;

/// Locals by name.
pub type Set<'t> = BTreeSet<&'t str>;

/// What is read at a place in each of some sequences, by their addresses.
pub fn moments(function: &Node, places: BTreeMap<usize, usize>) -> BTreeMap<usize, Moments<'_>> {
    let mut life = Life {
        wanted: places,
        ..Life::default()
    };
    life.before(function, &Set::new());
    life.moments
}

/// Which locals are still read, looked at from the end of a function to its beginning.
#[derive(Default)]
struct Life<'t> {
    labels: BTreeMap<&'t str, Set<'t>>,
    wanted: BTreeMap<usize, usize>,
    moments: BTreeMap<usize, Moments<'t>>,
}

/// What is read after a unit begins, after its end, and at each label.
pub struct Moments<'t> {
    pub begin: Set<'t>,
    pub end: Set<'t>,
    pub labels: BTreeMap<&'t str, Set<'t>>,
}

impl<'t> Life<'t> {
    /// What is read from the beginning of `node` on, where `after` is read after it.
    fn before(&mut self, node: &'t Node, after: &Set<'t>) -> Set<'t> {
        let name = node.rest().first().map_or("", Node::word);
        match node.head() {
            "func" | "then" | "else" => self.sequence(node, after),
            "block" => {
                self.labels.insert(name, after.clone());
                self.sequence(node, after)
            }
            "loop" => {
                let mut begin = Set::new();
                loop {
                    self.labels.insert(name, begin.clone());
                    let again = self.sequence(node, after);
                    if again == begin {
                        return begin;
                    }
                    begin = again;
                }
            }
            "if" => {
                let mut arms: Vec<&Node> = Vec::new();
                let mut condition = None;
                for inner in node.lists() {
                    match inner.head() {
                        "then" | "else" => arms.push(inner),
                        "result" => {}
                        _ => condition = Some(inner),
                    }
                }
                let mut live = if arms.len() < 2 {
                    after.clone()
                } else {
                    Set::new()
                };
                for arm in arms {
                    live.extend(self.before(arm, after));
                }
                condition.map_or(live.clone(), |condition| self.before(condition, &live))
            }
            "local.get" => {
                let mut live = after.clone();
                live.insert(name);
                live
            }
            "local.set" | "local.tee" => {
                let mut live = after.clone();
                live.remove(name);
                self.operands(node, live)
            }
            "br" => self.operands(node, self.at(name)),
            "br_if" => {
                let live = after | &self.at(name);
                self.operands(node, live)
            }
            "br_table" => {
                let words = node
                    .rest()
                    .iter()
                    .map(Node::word)
                    .filter(|word| !word.is_empty());
                let live = words.flat_map(|word| self.at(word)).collect();
                self.operands(node, live)
            }
            "return" | "unreachable" => self.operands(node, Set::new()),
            _ => self.operands(node, after.clone()),
        }
    }

    fn at(&self, label: &str) -> Set<'t> {
        self.labels.get(label).cloned().unwrap_or_default()
    }

    fn operands(&mut self, node: &'t Node, after: Set<'t>) -> Set<'t> {
        node.lists()
            .rev()
            .fold(after, |live, inner| self.before(inner, &live))
    }

    fn sequence(&mut self, node: &'t Node, after: &Set<'t>) -> Set<'t> {
        let Node::List(nodes) = node else {
            return after.clone();
        };
        let wanted = self.wanted.get(&node.address()).copied();
        let mut live = after.clone();
        for (place, statement) in nodes.iter().enumerate().skip(node.body_start()).rev() {
            live = self.before(statement, &live);
            if wanted == Some(place) {
                let moments = Moments {
                    begin: live.clone(),
                    end: after.clone(),
                    labels: self.labels.clone(),
                };
                self.moments.insert(node.address(), moments);
            }
        }
        live
    }
}
