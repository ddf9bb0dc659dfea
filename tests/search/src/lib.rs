//! Every order of events in small worlds: two real endpoints, up to three
//! segments on the way in each direction, loss, duplication, reordering,
//! timers that run out at any time, and applications that open, send, shut
//! down, close, abort or lose their memory whenever they can.
//!
//! [`world`] is one situation and its successors, [`config`] the worlds that are
//! searched, [`watch`] what is wrong with a step, [`heal`] what must still be
//! possible from every situation, [`model`] all of it for stateright, and
//! [`run_text`] a counterexample as a run that the page opens.

pub mod config;
pub mod heal;
pub mod model;
pub mod run_text;
pub mod watch;
pub mod world;
