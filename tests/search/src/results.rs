//! What is told of a search.

use std::fmt;

use crate::config::Config;
use crate::explore::{Counterexample, Explorer};

/// One world's line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The world.
    pub name: String,
    /// [`Config::bounds`].
    pub bounds: String,
    /// Distinct situations.
    pub distinct: u64,
    /// Steps taken.
    pub steps: u64,
    /// Steps from the start to the deepest situation.
    pub depth: u64,
    /// Situations from which healing was tried.
    pub healed: u64,
    /// Situations not searched beyond.
    pub revived: u64,
    /// How it ended.
    pub end: String,
    /// How long it took.
    pub seconds: u64,
}

impl Line {
    /// What a search has come to.
    #[must_use]
    pub fn of(config: &Config, explorer: &Explorer, broken: Option<&Counterexample>) -> Line {
        let reach = &explorer.reach;
        let end = match broken {
            Some(broken) if config.fails == Some(broken.violation.rule) => {
                format!("until {} fails, as it must", broken.violation.rule.name())
            }
            Some(broken) => format!("BROKEN: {}", broken.violation.rule.name()),
            None if explorer.is_complete() => "to the end".into(),
            None => format!("in part: {} looked at", reach.looked_at),
        };
        Line {
            name: config.name.into(),
            bounds: config.bounds(),
            distinct: explorer.known.situations.len() as u64,
            steps: reach.steps,
            depth: reach.depth,
            healed: reach.healed,
            revived: reach.revived,
            end,
            seconds: reach.milliseconds.div_ceil(1000),
        }
    }

    /// To be written down.
    #[must_use]
    pub fn written(&self) -> String {
        let numbers = [
            self.distinct,
            self.steps,
            self.depth,
            self.healed,
            self.revived,
            self.seconds,
        ];
        let numbers = numbers.map(|number| number.to_string()).join(" ");
        format!("{numbers} {}", self.end)
    }

    /// What was written down.
    #[must_use]
    pub fn read(config: &Config, text: &str) -> Option<Line> {
        let mut words = text.splitn(7, ' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let (distinct, steps, depth) = (number()?, number()?, number()?);
        let (healed, revived, seconds) = (number()?, number()?, number()?);
        Some(Line {
            name: config.name.into(),
            bounds: config.bounds(),
            distinct,
            steps,
            depth,
            healed,
            revived,
            end: words.next()?.into(),
            seconds,
        })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} distinct, {}, {} s",
            self.name, self.distinct, self.end, self.seconds
        )
    }
}

/// All of them as a table (Markdown), and their sum.
#[must_use]
pub fn table(lines: &[Line]) -> String {
    let mut text = String::from(
        "| world | bounds | distinct | steps | depth | healed from | not beyond | searched | s |\n\
         |---|---|--:|--:|--:|--:|--:|---|--:|\n",
    );
    for line in lines {
        text += &format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
            line.name,
            line.bounds,
            line.distinct,
            line.steps,
            line.depth,
            line.healed,
            line.revived,
            line.end,
            line.seconds
        );
    }
    let distinct: u64 = lines.iter().map(|line| line.distinct).sum();
    let steps: u64 = lines.iter().map(|line| line.steps).sum();
    let seconds: u64 = lines.iter().map(|line| line.seconds).sum();
    text + &format!("\n{distinct} distinct situations, {steps} steps, {seconds} s\n")
}
