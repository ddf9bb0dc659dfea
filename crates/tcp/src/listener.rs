//! What applications call a listener: it begets a TCB per SYN, holds the SYN
//! queue and the accept queue (RFC 4987), and is a socket of its own.

use alloc::collections::VecDeque;
use core::net::SocketAddr;

use crate::ends::Ends;
use crate::event::SocketId;
use crate::tcb::SocketOptions;

#[derive(Clone, Debug)]
pub(crate) struct Listener {
    pub id: SocketId,
    pub local: SocketAddr,
    /// The same as segments are compared with it, and nobody for the remote end.
    pub bound: Ends,
    pub options: SocketOptions,
    /// How many children may be in SYN-RECEIVED, and how many.
    pub backlog: u32,
    pub embryonic: u32,
    /// How many finished ones may wait, and which.
    pub accept_backlog: u32,
    pub accept: VecDeque<SocketId>,
}

impl Listener {
    pub(crate) fn accept_room(&self) -> bool {
        (self.accept.len() as u32) < self.accept_backlog.max(1)
    }
}
