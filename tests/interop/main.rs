//! The engine against the Linux kernel's TCP, over a TUN device in a network
//! namespace of its own for each case. Needs root, `/dev/net/tun`, `ip`, `ss`
//! and Python; each case is skipped with the reason where they are missing.
//!
//! Each case leaves a capture and a trace in `target/interop/`, and tshark has
//! to find nothing in the capture that the case is not about.

mod closing;
mod data;
mod fixtures;
mod host;
mod judge;
mod many;
mod opening;
mod options;
mod runs;
mod spoilt;
mod trouble;
