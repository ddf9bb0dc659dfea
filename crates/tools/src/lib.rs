//! What the page needs seldom, as a wasm module of its own that is fetched when it is first wanted:
//! packetdrill scripts as runs, and runs as files.
//!
//! It shares no memory with the player's module. The two exchange the run's text.

#[cfg(target_arch = "wasm32")]
pub mod bindings;
pub mod export;
pub mod script;
#[cfg(test)]
mod tests;
