//! The order of a module's functions, in the text form that wasm-dis writes: what is alike stands together.
//!
//! gzip sees repeats within 32 kB. Code is worth two to three times as much as that, so that it matters what stands where.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// This many instructions in a row are what two functions can have in common.
const RUN: usize = 3;

/// What so many functions have in common says nothing about any two of them.
const COMMON: usize = 60;

/// Counted with the length of a function, so that the shortest do not win with one run in common.
const LENGTH_MIN: f64 = 20.0;

/// The order that begins with the shortest and goes on with what is most like the last ones.
pub fn by_likeness(functions: &[&str]) -> Vec<usize> {
    let mut holders: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    let mut runs: Vec<BTreeSet<u64>> = functions.iter().map(|text| runs_of(text)).collect();
    for (index, set) in runs.iter().enumerate() {
        for run in set {
            holders.entry(*run).or_default().push(index);
        }
    }
    holders.retain(|_, functions| (2..COMMON).contains(&functions.len()));
    for set in &mut runs {
        set.retain(|run| holders.contains_key(run));
    }

    let mut left: BTreeSet<usize> = (0..functions.len()).collect();
    let mut order: Vec<usize> = Vec::with_capacity(functions.len());
    while !left.is_empty() {
        let mut likeness: BTreeMap<usize, f64> = BTreeMap::new();
        for (&placed, weight) in order.iter().rev().zip([1.0, 0.5]) {
            for run in &runs[placed] {
                let sharing = &holders[run];
                let worth = weight / (sharing.len() as f64).sqrt();
                for other in sharing.iter().filter(|other| left.contains(other)) {
                    *likeness.entry(*other).or_default() += worth;
                }
            }
        }
        let of = |index: usize, worth: f64| worth / (runs[index].len() as f64 + LENGTH_MIN);
        let next = likeness
            .into_iter()
            .max_by(|(a, one), (b, other)| of(*a, *one).total_cmp(&of(*b, *other)))
            .map(|(index, _)| index)
            .or_else(|| {
                left.iter()
                    .copied()
                    .min_by_key(|index| functions[*index].len())
            });
        let Some(next) = next else { break };
        left.remove(&next);
        order.push(next);
    }
    order
}

fn runs_of(text: &str) -> BTreeSet<u64> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| *line != ")")
        .collect();
    lines
        .windows(RUN)
        .map(|run| {
            let mut hasher = DefaultHasher::new();
            run.hash(&mut hasher);
            hasher.finish()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_nothing_is_lost() {
        let functions = [
            "a\nb\nc\nd\ne\nf",
            "x\ny\nz\nw\nv\nu",
            "q",
            "a\nb\nc\nd\ne\ng",
            "x\ny\nz\nw\nv\nt\ns",
        ];
        let order = by_likeness(&functions);
        assert_eq!(order, [2, 0, 3, 1, 4]);
    }
}
