//! A complete TCP (RFC 9293 and companions) that does no input or output.
//!
//! Datagrams, application calls and time go in; datagrams, deadlines and
//! [events](event::Event) come out, and every decision carries a
//! [reason](reason::Reason) that knows its RFC section. There is no clock here,
//! no source of randomness, no floating point and no unsafe code.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod congestion;
pub mod cookie;
pub mod error;
pub mod event;
pub mod hash;
pub mod isn;
pub mod permission;
pub mod reason;
pub mod rfc;
pub mod rtt;
pub mod sack;
pub mod seq;
pub mod settings;
pub mod stack;
pub mod state;
pub mod status;
pub mod time;
pub mod wire;
