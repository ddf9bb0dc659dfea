//! The player, and its way into a page. See `API.md` beside this crate's manifest.

pub mod acting;
#[cfg(test)]
mod acting_tests;
pub mod actions;
#[cfg(target_arch = "wasm32")]
pub mod bindings;
#[cfg(test)]
mod by_hand_tests;
#[cfg(target_arch = "wasm32")]
pub mod canvas;
pub mod detail;
pub mod events;
pub mod hosts;
pub mod json;
pub mod offers;
pub mod playback;
#[cfg(test)]
mod playback_tests;
pub mod player;
#[cfg(test)]
mod player_tests;
pub mod rows;
pub mod share;
pub mod tables;
#[cfg(test)]
mod testing;
pub mod views;
