//! What test runners say, as numbers.

/// A test that did not run, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skip {
    pub test: String,
    pub reason: String,
}

/// What one suite came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
    pub skipped: Vec<Skip>,
}

impl Counts {
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.skipped.len()
    }
}

/// libtest, as cargo test (one block a binary, and the doc tests) and
/// wasm-bindgen's runner print it.
pub fn of_libtest(said: &str) -> Counts {
    let mut counts = Counts::default();
    let mut ignored = 0;
    for line in said.lines().map(str::trim) {
        if let Some(result) = line.strip_prefix("test result: ") {
            counts.passed += number_before(result, "passed");
            counts.failed += number_before(result, "failed");
            ignored += number_before(result, "ignored");
        } else if let Some((test, rest)) = line
            .strip_prefix("test ")
            .and_then(|line| line.split_once(" ... ignored"))
        {
            let reason = rest.trim_start_matches(',').trim();
            counts.skipped.push(Skip {
                test: test.into(),
                reason: if reason.is_empty() {
                    "ignored, no reason given".into()
                } else {
                    reason.into()
                },
            });
        }
    }
    // Wasm-bindgen's runner does not name what it ignores.
    while counts.skipped.len() < ignored {
        counts.skipped.push(Skip {
            test: "(not named)".into(),
            reason: "ignored, no reason given".into(),
        });
    }
    counts
}

/// Our own reporter for Playwright (`playwright-reporter.mjs`).
pub fn of_playwright(said: &str) -> Counts {
    let mut counts = Counts::default();
    for line in said.lines() {
        if let Some(sums) = line.strip_prefix("[sums] ") {
            counts.passed += number_before(sums, "passed");
            counts.failed += number_before(sums, "failed");
        } else if let Some((test, reason)) = line
            .strip_prefix("[skip] ")
            .and_then(|skip| skip.split_once('\t'))
        {
            counts.skipped.push(Skip {
                test: test.into(),
                reason: reason.into(),
            });
        }
    }
    counts
}

/// What Rust tests wrote down about themselves in the file that
/// `SKIPPED_TESTS` names: a line a test, name and reason with a tab between.
pub fn of_skip_notes(notes: &str) -> Vec<Skip> {
    notes
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(test, reason)| Skip {
            test: test.into(),
            reason: reason.into(),
        })
        .collect()
}

/// The number that stands before a word: 3 in «ok. 3 passed; 0 failed».
fn number_before(text: &str, word: &str) -> usize {
    let mut last = 0;
    for piece in text
        .split([' ', ';', '.', ','])
        .filter(|piece| !piece.is_empty())
    {
        if piece == word {
            return last;
        }
        last = piece.parse().unwrap_or(last);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_blocks_add_up() {
        let said = "running 2 tests\ntest a ... ok\ntest b ... ignored, needs root\n\
            test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
            test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out\n";
        let counts = of_libtest(said);
        assert_eq!((counts.passed, counts.failed), (13, 3));
        assert_eq!(
            counts.skipped,
            [Skip {
                test: "b".into(),
                reason: "needs root".into()
            }]
        );
        assert_eq!(of_libtest("error: could not compile"), Counts::default());
    }

    #[test]
    fn our_own_notes_are_read() {
        let counts =
            of_playwright("noise\n[skip] a page › prints\tno printer\n[sums] 7 passed, 1 failed\n");
        assert_eq!(
            (counts.passed, counts.failed, counts.skipped.len()),
            (7, 1, 1)
        );
        assert_eq!(of_skip_notes("x::y\tneeds root\n").len(), 1);
    }
}
