//! Pictures of a run, as pure functions of a frame and a viewport.
//!
//! A view makes a [`display::DisplayList`]; painters (a canvas) walk
//! it. No prose here: only protocol words,
//! numbers and unit signs.
#![forbid(unsafe_code)]

pub mod display;
pub mod ink;
pub mod text;
pub mod viewport;
