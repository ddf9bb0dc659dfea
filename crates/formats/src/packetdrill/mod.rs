//! packetdrill scripts: read in both of their dialects, run against the engine in virtual time.
//!
//! The engine is the machine under test. Lines `<` are injected, lines `>`
//! have to come; calls go to the engine's sockets. What is not understood
//! fails the script, with its place; nothing is skipped in silence.

pub mod ast;
mod calls;
pub mod code;
pub mod config;
pub mod dialect;
mod errno;
mod info;
mod lexer;
pub mod packet;
mod parse_call;
mod parse_packet;
mod parser;
mod replay;
pub mod report;
mod runner;
mod sockopts;
mod subject;
mod wanted;

pub use dialect::Dialect;
pub use parser::parse;
pub use replay::{FAILED, Unreplayed, replay};
pub use report::{Failure, Kind};
pub use runner::{Logged, Options, Outcome, run};
pub use wanted::{Found, Wanted, What};

#[cfg(test)]
mod tests;
