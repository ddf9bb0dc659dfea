//! See `crates/README.md`.
fn main() {}
