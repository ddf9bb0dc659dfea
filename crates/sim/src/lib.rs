//! A deterministic world of two hosts, and what is remembered of it.
#![forbid(unsafe_code)]

extern crate alloc;

pub mod catalogue;
pub mod check;
mod craft;
mod flight;
pub mod history;
mod host;
mod link;
pub mod payload;
pub mod recording;
pub mod rng;
pub mod run;
pub mod text;
pub mod trace;
pub mod world;
