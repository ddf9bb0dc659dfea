//! Pictures of a run, as pure functions of a frame and a viewport.
//!
//! A view makes a [`display::DisplayList`]; painters (a canvas, an SVG file)
//! walk it. No prose here: only protocol words, numbers and unit signs.
#![forbid(unsafe_code)]

pub mod compare;
pub mod display;
pub mod frame;
pub mod geometry;
pub mod header_picture;
pub mod hit;
pub mod ink;
pub mod ladder;
pub mod score;
pub mod segment_label;
pub mod sequence_space;
pub mod snapshot;
pub mod spans;
pub mod state_machine;
pub mod svg;
#[cfg(test)]
mod testing;
pub mod text;
pub mod text_ladder;
pub mod time_map;
pub mod time_sequence;
pub mod viewport;
