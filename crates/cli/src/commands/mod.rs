//! The commands, a module each.

pub mod list;
pub mod run;
