//! A deterministic world of two hosts, and what is remembered of it.
#![forbid(unsafe_code)]

pub mod trace;
