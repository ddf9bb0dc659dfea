//! Conformance: RFC 9293 and its companions, requirement by requirement.
//!
//! `TCP_PLAYGROUND_BLESS=1 cargo test -p tests --test conformance` writes the
//! reviewed files anew; `cargo xtask bless` does the same.

mod bench;
mod closing;
mod figures;
mod matrix;
mod mistakes;
mod opening;
mod record;
mod reviewed;
mod segment;
mod traps;
mod world;
mod wrap;
