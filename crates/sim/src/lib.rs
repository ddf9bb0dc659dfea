//! A deterministic world of two hosts, and what is remembered of it.
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod history;
pub mod run;
pub mod text;
pub mod trace;
pub mod world;
