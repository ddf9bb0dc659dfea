//! packetdrill scripts: read in both of their dialects, run against the engine in virtual time.

pub mod ast;
pub mod code;
mod lexer;
pub mod packet;
mod parse_call;
mod parse_packet;
mod parser;

pub use parser::parse;
