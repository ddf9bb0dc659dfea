//! What the fuzz targets do with their bytes, without the fuzzer: so that
//! whatever it found can be played again by an ordinary test.
//!
//! A target's input is a few bytes of header and then records of equal size;
//! [`mutate`] keeps their alignment, so that long lists come about and stay sensible.

pub mod endpoint;
pub mod judge;
pub mod mutate;
pub mod operations;
pub mod pair;
pub mod parser;
pub mod scenario;
pub mod window;

/// A target: its name, what it does with an input, how its inputs are laid out, and how long they get.
pub struct Target {
    /// As `cargo fuzz run` and the folders of findings spell it.
    pub name: &'static str,
    /// Plays an input; panics when something is wrong.
    pub play: fn(&[u8]),
    /// Bytes before the records.
    pub header: usize,
    /// Bytes of a record.
    pub record: usize,
    /// Longest input, in bytes.
    pub length_max: usize,
}

/// All targets.
pub const TARGETS: [Target; 5] = [
    Target {
        name: "parser",
        play: parser::play,
        header: 0,
        record: 1,
        length_max: 300,
    },
    Target {
        name: "endpoint",
        play: endpoint::play,
        header: 40,
        record: endpoint::RECORD,
        length_max: 4_096,
    },
    Target {
        name: "window",
        play: window::play,
        header: 40,
        record: window::RECORD,
        length_max: 2_048,
    },
    Target {
        name: "operations",
        play: operations::play,
        header: 4,
        record: operations::RECORD,
        length_max: 2_048,
    },
    Target {
        name: "scenario",
        play: scenario::play,
        header: 0,
        record: 1,
        length_max: 4_096,
    },
];

/// The target of that name.
///
/// # Panics
/// There is none.
#[must_use]
pub fn target(name: &str) -> &'static Target {
    TARGETS
        .iter()
        .find(|target| target.name == name)
        .expect("it is a target's name")
}
