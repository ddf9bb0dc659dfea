//! Stretches of time by number, and which of them touch another stretch.
//!
//! Beginnings come nearly in order, ends do not. A tree of the widest extent of
//! each 16, 256, … spans finds what is asked for in the logarithm of all plus
//! what is found, however long a single span lasts.

const FAN: usize = 16;

/// One span, or the hull of several: first beginning, last end, and the length of the longest.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Extent {
    start: u64,
    end: u64,
    longest: u64,
}

impl Extent {
    const NONE: Extent = Extent {
        start: u64::MAX,
        end: 0,
        longest: 0,
    };

    fn new(start: u64, end: u64) -> Extent {
        Extent {
            start,
            end,
            longest: end.saturating_sub(start),
        }
    }

    fn with(self, other: Extent) -> Extent {
        Extent {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
            longest: self.longest.max(other.longest),
        }
    }
}

/// The stretches.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// Level 0 holds the spans themselves, each further level the extent of `FAN` entries of the level before.
    levels: Vec<Vec<Extent>>,
}

/// What is looked for.
struct Wanted {
    from: u64,
    to: u64,
    shortest: u64,
    limit: usize,
}

impl Spans {
    /// Adds one; its number is how many there were.
    pub fn push(&mut self, start: u64, end: u64) {
        let new = Extent::new(start, end);
        let mut at = self.levels.first().map_or(0, Vec::len);
        let mut depth = 0;
        loop {
            if self.levels.len() == depth {
                self.levels.push(Vec::new());
            }
            let level = &mut self.levels[depth];
            if at == level.len() {
                level.push(new);
            } else {
                level[at] = level[at].with(new);
            }
            let length = level.len();
            if length <= 1 {
                break;
            }
            // A level that has just got its second entry needs its first one above it, too.
            if self.levels.len() == depth + 1 {
                let first = self.extent(depth, 0);
                self.levels.push(vec![first]);
            }
            at /= FAN;
            depth += 1;
        }
    }

    fn extent(&self, depth: usize, at: usize) -> Extent {
        let level = &self.levels[depth];
        level[at * FAN..level.len().min((at + 1) * FAN)]
            .iter()
            .fold(Extent::NONE, |hull, span| hull.with(*span))
    }

    /// Forgets all but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        if count == 0 {
            self.levels.clear();
        }
        let mut left = count;
        for depth in 0..self.levels.len() {
            self.levels[depth].truncate(left);
            if depth > 0 && left > 0 {
                self.levels[depth][left - 1] = self.extent(depth - 1, left - 1);
            }
            if left <= 1 {
                self.levels.truncate(depth + 1);
                return;
            }
            left = left.div_ceil(FAN);
        }
    }

    /// The end of a span becomes known (or, going back, open again).
    pub fn end(&mut self, number: u32, end: u64) {
        let mut at = number as usize;
        self.levels[0][at] = Extent::new(self.levels[0][at].start, end);
        for depth in 1..self.levels.len() {
            at /= FAN;
            let extent = self.extent(depth - 1, at);
            if self.levels[depth][at] == extent {
                break;
            }
            self.levels[depth][at] = extent;
        }
    }

    /// Appends the numbers of those that touch `from..=to`, ascending, `limit` at most.
    pub fn touching(&self, from: u64, to: u64, limit: usize, into: &mut Vec<u32>) {
        self.longer(from, to, 0, limit, into);
    }

    /// The same of those that are `shortest` long at least.
    pub fn longer(&self, from: u64, to: u64, shortest: u64, limit: usize, into: &mut Vec<u32>) {
        if let Some(top) = self.levels.len().checked_sub(1) {
            let wanted = Wanted {
                from,
                to,
                shortest,
                limit: into.len() + limit,
            };
            for at in 0..self.levels[top].len() {
                self.descend(top, at, &wanted, into);
            }
        }
    }

    fn descend(&self, depth: usize, at: usize, wanted: &Wanted, into: &mut Vec<u32>) {
        let extent = self.levels[depth][at];
        if extent.start > wanted.to
            || extent.end < wanted.from
            || extent.longest < wanted.shortest
            || into.len() >= wanted.limit
        {
            return;
        }
        if depth == 0 {
            into.push(at as u32);
            return;
        }
        let below = self.levels[depth - 1].len();
        for child in at * FAN..below.min((at + 1) * FAN) {
            self.descend(depth - 1, child, wanted, into);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_finds_what_a_plain_search_finds() {
        let mut spans = Spans::default();
        let mut plain: Vec<(u64, u64)> = Vec::new();
        let mut state = 1u64;
        for i in 0..3_000u64 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let start = i * 10 - (state >> 60).min(i * 10);
            plain.push((start, u64::MAX));
            spans.push(start, u64::MAX);
            let ended = (state >> 33) as usize % plain.len();
            let length = if state.is_multiple_of(97) {
                100_000
            } else {
                50
            };
            if plain[ended].1 == u64::MAX {
                plain[ended].1 = plain[ended].0 + length;
                spans.end(ended as u32, plain[ended].0 + length);
            }
            if i % 50 == 0 {
                let (from, to) = ((state >> 40) % 30_000, (state >> 40) % 30_000 + 300);
                let mut found = Vec::new();
                spans.touching(from, to, usize::MAX / 2, &mut found);
                let expected: Vec<u32> = (0..plain.len() as u32)
                    .filter(|n| plain[*n as usize].0 <= to && plain[*n as usize].1 >= from)
                    .collect();
                assert_eq!(found, expected);
                let mut long = Vec::new();
                spans.longer(from, to, 60, usize::MAX / 2, &mut long);
                let expected: Vec<u32> = expected
                    .into_iter()
                    .filter(|n| plain[*n as usize].1 - plain[*n as usize].0 >= 60)
                    .collect();
                assert_eq!(long, expected);
            }
        }
    }

    #[test]
    fn a_truncated_one_goes_on_as_if_it_had_never_been_longer() {
        for keep in [0, 1, 2, 15, 16, 17, 255, 256, 257, 300] {
            let (mut cut, mut short) = (Spans::default(), Spans::default());
            for i in 0..600u64 {
                cut.push(i, i + 5 + i % 7 * 100);
                if i < keep {
                    short.push(i, i + 5 + i % 7 * 100);
                }
            }
            cut.truncate(keep as usize);
            for i in keep..keep + 300 {
                cut.push(i, i + 3);
                short.push(i, i + 3);
            }
            assert_eq!(cut.levels, short.levels, "kept {keep}");
        }
    }
}
