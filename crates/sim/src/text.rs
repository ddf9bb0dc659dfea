//! The run as text: line-based, with comments; errors know their place.

use crate::run::Run;

/// What is wrong with a text, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// What.
    pub kind: ParseErrorKind,
}

/// What can be wrong with a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ParseErrorKind {
    /// Something else was expected here (an id such as `time`, `host`, `call`), and this was found (empty at the line's end).
    Expected {
        expected: &'static str,
        found: String,
    },
    /// The first line is not `tcp-playground 1`.
    Version { found: String },
    /// This line may come only once.
    Repeated { what: &'static str },
    /// A number out of range.
    Range { what: &'static str },
    /// A setting the engine does not know.
    UnknownSetting { name: String },
    /// A value the engine's setting does not take.
    BadSetting { name: String, value: String },
    /// Something after the end of the line's sense.
    Trailing { found: String },
}

/// Reads a run.
///
/// # Errors
/// The first thing that is wrong.
pub fn parse(text: &str) -> Result<Run, ParseError> {
    todo!("{text}")
}

/// Writes a run so that `parse` gives the same again.
#[must_use]
pub fn print(run: &Run) -> String {
    todo!("{run:?}")
}
