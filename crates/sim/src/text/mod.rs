//! The run as text: line-based, with comments; errors know their place.
//!
//! ```text
//! tcp-playground 1                 # first line: the format's version
//! engine 0.1.0                     # the engine that made it
//! scenario three-way-handshake     # public id
//! title three-way-handshake        # message key, the id if left out
//! seed 7
//! until 10s
//! trace 0123456789abcdef           # hash of the trace where it was made
//!
//! host A engine 192.0.2.1 mtu 1500 # engine | script | recording
//! attacker 203.0.113.9 latency 30ms
//! policy linux                     # or: policy A linux
//! set B msl 2s                     # or: set msl 2s
//! link latency 50ms loss 1/100     # or: link A>B …; jitter, bandwidth, queue, duplicate, reorder, corrupt, mtu
//! firewall A>B reject host         # drop | reject network|host|protocol|port|prohibited | off
//! cut B>A
//! rule drop A#3 P.                 # 3rd datagram A (or attacker, or link) emits; flags are a check
//!
//! at 0ms B.l listen 8080 as s      # connections are accepted and named B.s#1, B.s#2 …
//! at 10ms A.c connect B:8080
//! at 20ms A.c send 100 more        # push | urgent | more: more follows, so no PSH on the last segment
//! when A.c established after 20ms send "hello"
//! when B.s peer-closed after 20ms close
//! at 2s emit B 4500…               # a whole datagram in hex, from a host that is a script
//! every 5ms from 1s times 20 A.x new connect B:8080
//! recorded B 2s 4500…              # what a host that is a recording sends, or what an engine sent when this was recorded
//! when B#7 arrives A.c close       # before A's TCP answers
//! chapter 10ms opening
//! checkpoint 60ms what-next
//! do 80ms drop A#2                 # what a person did
//! ```
//! The whole of it, for people who write scenarios: `scenarios/README.md`.
//! Times: `250us`, `10ms`, `1.5s`, `2min`. Names of sockets: letters, digits and `-`.

mod action;
mod cursor;
mod meant;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use meant::Meant;
pub use parse::parse;
pub use print::{print, print_action, print_call, print_time};

/// Reads a time as the text has it: `250us`, `10ms`, `1.5s`, `2min`, `1h`.
#[must_use]
pub fn parse_time(text: &str) -> Option<tcp::time::Duration> {
    cursor::time(text)
}

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
    /// Something else was expected here, and this was found (empty at the line's end).
    Expected {
        /// What would be right here.
        expected: Meant,
        /// What stands here.
        found: String,
    },
    /// The first line is not `tcp-playground 1`.
    Version {
        /// What stands there.
        found: String,
    },
    /// This line may come only once.
    Repeated {
        /// Its first word.
        what: &'static str,
    },
    /// A number out of range.
    Range {
        /// What kind of number.
        what: Meant,
    },
    /// A setting the engine does not know.
    UnknownSetting {
        /// As written.
        name: String,
    },
    /// A value the engine's setting does not take.
    BadSetting {
        /// The setting.
        name: String,
        /// As written.
        value: String,
    },
    /// Something after the end of the line's sense.
    Trailing {
        /// What.
        found: String,
    },
    /// More of something than a run may have (lines of script, instances, …).
    TooMany {
        /// Of what.
        what: Meant,
    },
}

impl ParseErrorKind {
    /// The stable id: `expected`, `version`, `repeated`, `range`, `unknown-setting`, `bad-setting`, `trailing`, `too-many`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            ParseErrorKind::Expected { .. } => "expected",
            ParseErrorKind::Version { .. } => "version",
            ParseErrorKind::Repeated { .. } => "repeated",
            ParseErrorKind::Range { .. } => "range",
            ParseErrorKind::UnknownSetting { .. } => "unknown-setting",
            ParseErrorKind::BadSetting { .. } => "bad-setting",
            ParseErrorKind::Trailing { .. } => "trailing",
            ParseErrorKind::TooMany { .. } => "too-many",
        }
    }

    /// Its fields for a message: what was expected or is meant ([`Meant::id`], or a word of the format or a setting as it
    /// stands there), and what was found.
    #[must_use]
    pub fn fields(&self) -> (&str, &str) {
        match self {
            ParseErrorKind::Expected { expected, found } => (expected.id(), found),
            ParseErrorKind::Version { found } | ParseErrorKind::Trailing { found } => ("", found),
            ParseErrorKind::Repeated { what } => (what, ""),
            ParseErrorKind::Range { what } | ParseErrorKind::TooMany { what } => (what.id(), ""),
            ParseErrorKind::UnknownSetting { name } => (name, ""),
            ParseErrorKind::BadSetting { name, value } => (name, value),
        }
    }
}

impl core::fmt::Display for ParseError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.kind)
    }
}

impl core::fmt::Display for ParseErrorKind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            ParseErrorKind::Expected { expected, found } if found.is_empty() => {
                write!(f, "expected {expected}, found the end of the line")
            }
            ParseErrorKind::Expected { expected, found } => {
                write!(f, "expected {expected}, found «{found}»")
            }
            ParseErrorKind::Version { found } => {
                write!(
                    f,
                    "expected «tcp-playground 1» as the first line, found «{found}»"
                )
            }
            ParseErrorKind::Repeated { what } => {
                write!(f, "«{what}» stands here for the second time")
            }
            ParseErrorKind::Range { what } => write!(f, "this {what} is out of range"),
            ParseErrorKind::UnknownSetting { name } => write!(f, "there is no setting «{name}»"),
            ParseErrorKind::BadSetting { name, value } => {
                write!(f, "the setting «{name}» does not take «{value}»")
            }
            ParseErrorKind::Trailing { found } => write!(f, "«{found}» is too much here"),
            ParseErrorKind::TooMany { what } => write!(f, "too many of: {what}"),
        }
    }
}

impl core::error::Error for ParseError {}
