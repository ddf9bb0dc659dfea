//! The commands, a module each.

pub mod list;
pub mod packetdrill;
pub mod run;
#[cfg(target_os = "linux")]
pub mod tun;
