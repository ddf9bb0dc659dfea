//! Every order of events in small worlds: two real endpoints, up to three
//! segments on the way in each direction, loss, duplication, reordering,
//! timers that run out at any time, and applications that open, send, shut
//! down, close, abort or lose their memory whenever they can.
//!
//! [`end`] is one host and what it does with an input, [`space`] all of them,
//! each once; [`world`] is one situation and its successors, [`config`] and
//! [`worlds`] what is searched, [`watch`] what must hold, [`heal`] what must still be
//! possible from every situation. [`explore`] searches, [`log`] lets it go on
//! where it was stopped, [`model`] has stateright judge it. [`run_text`] is a
//! counterexample as a run that the page opens, [`minimise`] leaves out what it does
//! not need, and [`replay`] plays it in the simulated world.

pub mod config;
pub mod end;
pub mod explore;
pub mod flight;
pub mod heal;
pub mod log;
pub mod minimise;
pub mod model;
pub mod replay;
pub mod results;
pub mod run_text;
pub mod space;
pub mod watch;
pub mod world;
mod worlds;
