//! A complete TCP (RFC 9293 and companions) that does no input or output.
//!
//! Datagrams, application calls and time go in; datagrams, deadlines and
//! [events](event::Event) come out, and every decision carries a
//! [reason](reason::Reason) that knows its RFC section. There is no clock here,
//! no source of randomness, no floating point and no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arrives;
mod calls;
pub mod congestion;
pub mod cookie;
mod deadlines;
mod ends;
pub mod error;
pub mod event;
mod fifo;
pub mod hash;
mod host;
pub mod isn;
mod listener;
mod output;
pub mod permission;
mod ports;
pub mod reason;
mod recovery;
mod recv;
pub mod rfc;
pub mod rtt;
pub mod sack;
pub mod seq;
pub mod settings;
mod sockets;
pub mod sorted;
mod spare;
pub mod stack;
pub mod state;
pub mod status;
mod table;
mod tcb;
pub mod time;
mod time_wait;
mod timers;
pub mod wire;
