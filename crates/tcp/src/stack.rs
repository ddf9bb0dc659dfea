//! The facade: one host's TCP. `handle_*` and calls in, `poll_*` out.
//!
//! The one loop every owner runs, after each single input:
//! ```text
//! input (handle_datagram | handle_timeout | a call)
//! loop { drain poll_event;  match poll_transmit { Some(t) => (put it on the link; drain poll_event), None => break } }
//! arm one wake-up at poll_timeout
//! ```

use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use crate::error::CallError;
use crate::event::{Event, SocketId, Timer};
use crate::reason::Reason;
use crate::settings::Settings;
use crate::status::Status;
use crate::time::{Duration, Instant};

/// A datagram that was just written out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transmit {
    /// Whose it is; none for what no socket sends (a RST from CLOSED, a SYN cookie's SYN-ACK has its listener).
    pub socket: Option<SocketId>,
    /// Why it is sent.
    pub reason: Reason,
    /// Whether its sequence space was sent before.
    pub retransmission: bool,
}

/// An option of one socket, beside the host's settings.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketOption {
    /// `close` waits this long for the queue to empty, then aborts; zero aborts at once; `None` closes in the background.
    Linger(Option<Duration>),
    /// Bind to an address that only TIME-WAIT records hold.
    ReuseAddress(bool),
    /// Nagle off (MUST-17).
    NoDelay(bool),
    /// Keep-alive on, with its interval (MUST-24, MUST-27).
    KeepAlive(Option<Duration>),
    /// USER TIMEOUT (RFC 9293 3.9.1.1); `None` for ever (MUST-21).
    UserTimeout(Option<Duration>),
    /// Size of the receive buffer in bytes.
    ReceiveBuffer(u32),
    /// Size of the send buffer in bytes.
    SendBuffer(u32),
    /// Upper limit of the MSS, both announced and used.
    MaximumSegmentSize(u16),
}

/// What SEND is told beside the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SendFlags {
    /// PSH on the last segment; sockets always do so (MUST-61).
    pub push: bool,
    /// The bytes are urgent (MUST-30).
    pub urgent: bool,
}

/// One host's TCP: its addresses, sockets, TIME-WAIT table and ports.
#[derive(Clone, Debug)]
pub struct Stack {
    settings: Settings,
}

#[allow(unused_variables)]
impl Stack {
    /// A host with its addresses and a 16-byte secret for the keyed hashes
    /// (RFC 6528, SYN cookies). `mtu` is the interface's, in bytes.
    #[must_use]
    pub fn new(addresses: &[IpAddr], mtu: u16, settings: Settings, secret: [u8; 16]) -> Stack {
        todo!()
    }
    /// The host's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
    /// Change settings from now on; existing connections take what can change in mid-life.
    pub fn configure(&mut self, now: Instant, settings: Settings) {
        todo!()
    }

    // ---- what the network and the clock do ----

    /// A datagram arrives (IPv4 or IPv6; TCP or ICMP). Any bytes are fine: what is not for us is refused with a reason.
    pub fn handle_datagram(&mut self, now: Instant, bytes: &[u8]) {
        todo!()
    }
    /// Time has come to (or past) what `poll_timeout` said. Handles **one** due timer.
    pub fn handle_timeout(&mut self, now: Instant) {
        todo!()
    }

    // ---- what comes out ----

    /// The next event. May have news after any `handle_*`, call or `poll_transmit`.
    pub fn poll_event(&mut self) -> Option<Event> {
        todo!()
    }
    /// Appends the next datagram to `out` (cleared by the caller) if there is one to send.
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        todo!()
    }
    /// The earliest deadline and whose it is. Changes after any `handle_*`, call or `poll_transmit`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Instant, SocketId, Timer)> {
        todo!()
    }

    // ---- calls (RFC 9293 3.9.1, 3.10.1-3.10.6, and what sockets add) ----

    /// A fresh socket: no TCB yet.
    pub fn socket(&mut self) -> SocketId {
        todo!()
    }
    /// Give it a local address and port; port 0 asks for an ephemeral one; an unspecified address stays open.
    pub fn bind(&mut self, socket: SocketId, local: SocketAddr) -> Result<SocketAddr, CallError> {
        todo!()
    }
    /// Make it a listener; `backlog` `None` takes the setting.
    pub fn listen(
        &mut self,
        now: Instant,
        socket: SocketId,
        backlog: Option<u32>,
    ) -> Result<(), CallError> {
        todo!()
    }
    /// The RFC's bare passive OPEN: this very socket becomes a TCB in LISTEN.
    pub fn open_passive(
        &mut self,
        now: Instant,
        socket: SocketId,
        remote: Option<SocketAddr>,
    ) -> Result<(), CallError> {
        todo!()
    }
    /// Active OPEN; binds first when it has to. On a socket in LISTEN: arc 22.
    pub fn connect(
        &mut self,
        now: Instant,
        socket: SocketId,
        remote: SocketAddr,
    ) -> Result<(), CallError> {
        todo!()
    }
    /// The oldest finished connection of a listener.
    pub fn accept(&mut self, listener: SocketId) -> Result<SocketId, CallError> {
        todo!()
    }
    /// Queue bytes; answers how many fitted.
    pub fn send(
        &mut self,
        now: Instant,
        socket: SocketId,
        bytes: &[u8],
        flags: SendFlags,
    ) -> Result<usize, CallError> {
        todo!()
    }
    /// Take up to `limit` bytes in order into `into`; `Ok(0)` after the other end's FIN.
    pub fn receive(
        &mut self,
        now: Instant,
        socket: SocketId,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<usize, CallError> {
        todo!()
    }
    /// End our direction; go on receiving (half-close).
    pub fn shutdown(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        todo!()
    }
    /// CLOSE: end our direction, and the application lets go of the socket.
    pub fn close(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        todo!()
    }
    /// ABORT.
    pub fn abort(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        todo!()
    }
    /// STATUS of one socket.
    pub fn status(&self, socket: SocketId) -> Result<Status, CallError> {
        todo!()
    }
    /// Set an option of one socket.
    pub fn set_option(
        &mut self,
        now: Instant,
        socket: SocketId,
        option: SocketOption,
    ) -> Result<(), CallError> {
        todo!()
    }
    /// STATUS of every socket the host has (TIME-WAIT records too), by number.
    #[must_use]
    pub fn sockets(&self) -> Vec<Status> {
        todo!()
    }
}
