//! Conformance: RFC 9293 and its companions, requirement by requirement.
//!
//! `TCP_PLAYGROUND_BLESS=1 cargo test -p tests --test conformance` writes the
//! reviewed files anew; `cargo xtask bless` does the same.

mod bench;
mod choices;
mod closing;
mod failures;
mod figures;
mod header;
mod limits;
mod matrix;
mod mistakes;
mod opening;
mod protections;
mod record;
mod recovery;
mod requirements;
mod reviewed;
mod segment;
mod smoltcp;
mod table;
mod traps;
mod walk;
mod windows;
mod world;
mod wrap;
