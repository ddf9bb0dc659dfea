//! The facade: one host's TCP. `handle_*` and calls in, `poll_*` out.
//!
//! The one loop every owner runs, after each single input:
//! ```text
//! input (handle_datagram | handle_timeout | a call)
//! loop { drain poll_event;  match poll_transmit { Some(t) => (put it on the link; drain poll_event), None => break } }
//! arm one wake-up at poll_timeout
//! ```

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use crate::calls;
use crate::ends::Ends;
use crate::error::CallError;
use crate::event::{Ended, Event, EventKind, SocketId, Timer};
use crate::fifo::Fifo;
use crate::host::{Beginning, Host};
use crate::listener::Listener;
use crate::output;
use crate::ports;
use crate::reason::Reason;
use crate::settings::Settings;
use crate::sockets::{Idle, Slot, Sockets};
use crate::sorted;
use crate::state::{State, change_state};
use crate::status::{SocketKind, Status};
use crate::tcb::{GiveUp, SocketOptions};
use crate::time::{Duration, Instant};
use crate::timers;

mod input;
mod search;
mod settle;

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
    /// More is to follow: the last segment goes without PSH.
    pub more: bool,
    /// The bytes are urgent (MUST-30).
    pub urgent: bool,
}

/// One host's TCP: its addresses, sockets, TIME-WAIT table and ports.
#[derive(Clone, Debug)]
pub struct Stack {
    pub(crate) host: Host,
    pub(crate) sockets: Sockets,
    /// Slots that may have something to send.
    ready: Fifo<u32>,
}

impl Stack {
    /// A host with its addresses and a 16-byte secret for the keyed hashes
    /// (RFC 6528, SYN cookies). `mtu` is the interface's, in bytes.
    #[must_use]
    pub fn new(addresses: &[IpAddr], mtu: u16, settings: Settings, secret: [u8; 16]) -> Stack {
        Stack {
            host: Host::new(addresses, mtu, settings, secret),
            sockets: Sockets::new(secret),
            ready: Fifo::default(),
        }
    }

    /// The host's settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.host.settings
    }

    /// Change settings from now on; existing connections take what can change in mid-life.
    pub fn configure(&mut self, now: Instant, settings: Settings) {
        self.host.clock(now);
        if self.host.settings.isn != settings.isn {
            self.host.isn = Default::default();
        }
        self.host.beginning = Beginning::new(&settings);
        self.host.settings = settings;
    }

    // ---- what the network and the clock do ----

    /// A datagram arrives (IPv4 or IPv6; TCP or ICMP). Any bytes are fine: what is not for us is refused with a reason.
    #[inline(never)]
    pub fn handle_datagram(&mut self, now: Instant, bytes: &[u8]) {
        self.host.clock(now);
        self.arrives(bytes);
    }

    /// Time has come to (or past) what `poll_timeout` said. Handles **one** due timer.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.host.clock(now);
        let Some((deadline, at)) = self.sockets.deadlines.first() else {
            return;
        };
        if deadline > now {
            return;
        }
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => {
                let timer = tcb.deadlines.earliest_timer();
                timers::fired(&mut self.host, tcb, timer);
            }
            Some(Slot::TimeWait(record)) => record.fired(&mut self.host),
            _ => {}
        }
        self.settle(at);
    }

    // ---- what comes out ----

    /// The next event. May have news after any `handle_*`, call or `poll_transmit`.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.host.events.pop()
    }

    /// Hands every event there is to `take`, the oldest first: what [`Stack::poll_event`] answers until it has none.
    #[inline]
    pub fn drain_events(&mut self, take: impl FnMut(Event)) {
        self.host.events.drain(take);
    }

    /// Appends the next datagram to `out` (cleared by the caller) if there is one to send.
    #[inline]
    pub fn poll_transmit(&mut self, now: Instant, out: &mut Vec<u8>) -> Option<Transmit> {
        self.host.clock(now);
        // Asked once more than it has something to say after each input.
        if self.ready.is_empty() && self.host.replies.is_empty() {
            return None;
        }
        self.next_datagram(out)
    }

    #[inline(never)]
    fn next_datagram(&mut self, out: &mut Vec<u8>) -> Option<Transmit> {
        if let Some(reply) = self.host.replies.pop_front() {
            return Some(output::write_reply(&self.host, &reply, out));
        }
        while let Some(at) = self.ready.first() {
            let at = at as usize;
            let transmit = match self.sockets.slots.get_mut(at) {
                Some(Slot::Connection(tcb)) => {
                    let transmit = output::next(&mut self.host, tcb, out);
                    let stays = transmit.is_some() && tcb.may_have_to_send();
                    // It has its place, or it is not to get one.
                    tcb.in_ready = true;
                    settle::schedule(at, tcb, &mut self.ready, &mut self.sockets.deadlines);
                    tcb.in_ready = stays;
                    if stays {
                        return transmit;
                    }
                    transmit
                }
                Some(Slot::TimeWait(record)) => {
                    record.in_ready = false;
                    record.transmit(&self.host, out)
                }
                _ => None,
            };
            self.ready.pop();
            if transmit.is_some() {
                return transmit;
            }
        }
        None
    }

    /// The earliest deadline and whose it is. Changes after any `handle_*`, call or `poll_transmit`.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Instant, SocketId, Timer)> {
        let (deadline, at) = self.sockets.deadlines.first()?;
        let (id, timer) = match self.sockets.slot(at) {
            Slot::Connection(tcb) => (tcb.id, tcb.deadlines.earliest_timer()),
            Slot::TimeWait(record) => (record.id, Timer::TimeWait),
            _ => return None,
        };
        Some((deadline, id, timer))
    }

    // ---- calls (RFC 9293 3.9.1, 3.10.1-3.10.6, and what sockets add) ----

    /// A fresh socket: no TCB yet.
    pub fn socket(&mut self) -> SocketId {
        let id = self.sockets.next_id();
        let options = SocketOptions::new(&self.host.settings);
        let slot = self.sockets.idle(Idle {
            id,
            local: None,
            options,
        });
        self.sockets.insert(id, slot);
        id
    }

    /// Give it a local address and port; port 0 asks for an ephemeral one; an unspecified address stays open.
    pub fn bind(&mut self, socket: SocketId, local: SocketAddr) -> Result<SocketAddr, CallError> {
        let at = self.sockets.find(socket).ok_or(CallError::NoConnection)?;
        let Slot::Idle(idle) = self.sockets.slot(at) else {
            return Err(CallError::Unsuitable);
        };
        if idle.local.is_some() {
            return Err(CallError::AlreadyExists);
        }
        if !local.ip().is_unspecified() && !self.host.is_ours(local.ip()) {
            return Err(CallError::Illegal);
        }
        let reuse = idle.options.reuse_address;
        let local = if local.port() == 0 {
            let ends = Ends::new(local, local);
            let port = ports::ephemeral(&mut self.host, &self.sockets, &ends, false)?;
            SocketAddr::new(local.ip(), port)
        } else {
            ports::may_bind(&self.sockets, local, reuse, at)?;
            local
        };
        if let Some(Slot::Idle(idle)) = self.sockets.slot_mut(at) {
            idle.local = Some(local);
        }
        self.sockets.ports.begin(local.port());
        Ok(local)
    }

    /// Make it a listener; `backlog` `None` takes the setting.
    pub fn listen(
        &mut self,
        now: Instant,
        socket: SocketId,
        backlog: Option<u32>,
    ) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.sockets.find(socket).ok_or(CallError::NoConnection)?;
        let (id, options, local) = self.idle_with_port(at)?;
        let settings = &self.host.settings;
        let listener = Listener {
            id,
            local,
            bound: Ends::new(local, local),
            options,
            backlog: backlog.unwrap_or(settings.backlog),
            embryonic: 0,
            accept_backlog: backlog.unwrap_or(settings.accept_backlog),
            accept: VecDeque::new(),
        };
        let mut state = State::Closed;
        change_state(
            &mut state,
            State::Listen,
            id,
            Reason::PassiveOpen,
            &mut self.host.events,
        );
        self.sockets.replace(at, Slot::Listener(Box::new(listener)));
        self.sockets.listening.push(at as u32);
        Ok(())
    }

    /// The RFC's bare passive OPEN: this very socket becomes a TCB in LISTEN.
    pub fn open_passive(
        &mut self,
        now: Instant,
        socket: SocketId,
        remote: Option<SocketAddr>,
    ) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.sockets.find(socket).ok_or(CallError::NoConnection)?;
        if let Some(remote) = remote {
            self.check_remote(remote)?;
        }
        let (id, options, local) = self.idle_with_port(at)?;
        if let Some(remote) = remote
            && self.sockets.between(&Ends::new(local, remote)).is_some()
        {
            return Err(CallError::AlreadyExists);
        }
        let peer = remote.unwrap_or(crate::arrives::listen::unspecified(local.is_ipv4()));
        let ends = Ends::new(local, peer);
        let mut tcb = self.sockets.tcb(id, &ends, &options, &self.host.beginning);
        tcb.remote_open = remote.is_none();
        tcb.port_counted = true;
        calls::open::passive(&mut self.host, &mut tcb);
        self.sockets.replace(at, Slot::Connection(tcb));
        self.sockets.listening.push(at as u32);
        Ok(())
    }

    /// Active OPEN; binds first when it has to. On a socket in LISTEN: arc 22.
    pub fn connect(
        &mut self,
        now: Instant,
        socket: SocketId,
        remote: SocketAddr,
    ) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        self.check_remote(remote)?;
        let (bound, listening) = match self.sockets.slot(at) {
            Slot::Idle(idle) => (idle.local, false),
            Slot::Connection(tcb) if tcb.state == State::Listen => (Some(tcb.ends.local()), true),
            Slot::Connection(_) | Slot::TimeWait(_) => return Err(CallError::AlreadyExists),
            Slot::Listener(_) | Slot::Free => return Err(CallError::Unsuitable),
        };
        if bound.is_some_and(|local| local.is_ipv4() != remote.is_ipv4()) {
            return Err(CallError::Illegal);
        }
        let address = match bound {
            Some(local) if !local.ip().is_unspecified() => local.ip(),
            _ => self
                .host
                .source_for(remote.ip())
                .ok_or(CallError::Unreachable)?,
        };
        let port = bound.map_or(0, |local| local.port());
        let mut ends = Ends::new(SocketAddr::new(address, port), remote);
        if bound.is_none() {
            let port = ports::ephemeral(&mut self.host, &self.sockets, &ends, true)?;
            ends = ends.with_local_port(port);
        }
        self.clear_way(&ends)?;
        if bound.is_none() {
            self.sockets.ports.begin(ends.local_port());
        }
        if listening {
            self.sockets.stop_listening(at);
        } else if let Slot::Idle(idle) = self.sockets.slot(at) {
            let options = idle.options;
            let beginning = &self.host.beginning;
            let mut tcb = self.sockets.tcb(socket, &ends, &options, beginning);
            tcb.port_counted = true;
            self.sockets.replace(at, Slot::Connection(tcb));
        }
        if let Some(tcb) = self.sockets.tcb_mut(at) {
            tcb.ends = ends;
            tcb.remote_open = false;
            calls::open::active(&mut self.host, tcb, Reason::ActiveOpen);
        }
        self.settle(at);
        Ok(())
    }

    /// The oldest finished connection of a listener.
    pub fn accept(&mut self, listener: SocketId) -> Result<SocketId, CallError> {
        let at = self.sockets.find(listener).ok_or(CallError::NoConnection)?;
        let queue = self.sockets.listener_mut(at).ok_or(CallError::Unsuitable)?;
        let id = queue.accept.pop_front().ok_or(CallError::WouldBlock)?;
        if let Some(at) = self.sockets.find(id)
            && let Some(tcb) = self.sockets.tcb_mut(at)
        {
            tcb.queued = false;
        }
        Ok(id)
    }

    /// Queue bytes; answers how many fitted.
    pub fn send(
        &mut self,
        now: Instant,
        socket: SocketId,
        bytes: &[u8],
        flags: SendFlags,
    ) -> Result<usize, CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        match self.sockets.slot(at) {
            Slot::Connection(tcb) if tcb.state == State::Listen => {
                if tcb.ends.remote_port() == 0 {
                    return Err(CallError::RemoteUnspecified);
                }
                self.activate(at)?;
            }
            Slot::Connection(_) => {}
            Slot::TimeWait(_) => return Err(CallError::Closing),
            Slot::Listener(_) => return Err(CallError::Unsuitable),
            Slot::Idle(_) | Slot::Free => return Err(CallError::NoConnection),
        }
        let tcb = self.sockets.tcb_mut(at).ok_or(CallError::NoConnection)?;
        let answer = calls::send::send(tcb, bytes, flags);
        self.settle(at);
        answer
    }

    /// Take up to `limit` bytes in order into `into`; `Ok(0)` after the other end's FIN.
    pub fn receive(
        &mut self,
        now: Instant,
        socket: SocketId,
        into: &mut Vec<u8>,
        limit: usize,
    ) -> Result<usize, CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => {
                let answer = calls::receive::receive(tcb, into, limit);
                self.settle(at);
                answer
            }
            Some(Slot::TimeWait(record)) => match &mut record.unread {
                Some(unread) => {
                    let taken = unread.take(into, limit);
                    if unread.readable() == 0 {
                        record.unread = None;
                    }
                    Ok(taken)
                }
                None => Ok(0),
            },
            Some(Slot::Listener(_)) => Err(CallError::Unsuitable),
            _ => Err(CallError::NoConnection),
        }
    }

    /// End our direction; go on receiving (half-close).
    pub fn shutdown(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) if matches!(tcb.state, State::Listen | State::SynSent) => {
                Err(CallError::Unsuitable)
            }
            Some(Slot::Connection(tcb)) => {
                let answer = calls::close::end_sending(&mut self.host, tcb);
                self.settle(at);
                answer
            }
            Some(Slot::TimeWait(_)) => Err(CallError::Closing),
            Some(Slot::Listener(_)) => Err(CallError::Unsuitable),
            _ => Err(CallError::NoConnection),
        }
    }

    /// CLOSE: end our direction, and the application lets go of the socket.
    pub fn close(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => {
                let answer = calls::close::close(&mut self.host, tcb);
                self.settle(at);
                answer
            }
            Some(Slot::TimeWait(record)) => {
                record.attached = false;
                record.unread = None;
                self.settle(at);
                Ok(())
            }
            Some(Slot::Listener(_)) => {
                self.close_listener(at, Reason::CloseInListen);
                Ok(())
            }
            Some(Slot::Idle(_)) => {
                self.drop_idle(at);
                Ok(())
            }
            _ => Err(CallError::NoConnection),
        }
    }

    /// ABORT.
    pub fn abort(&mut self, now: Instant, socket: SocketId) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        match self.sockets.slot_mut(at) {
            Some(Slot::Connection(tcb)) => {
                tcb.attached = false;
                calls::abort::abort(&mut self.host, tcb, Reason::AbortCall);
                self.settle(at);
                Ok(())
            }
            Some(Slot::TimeWait(record)) => {
                record.attached = false;
                record.unread = None;
                if record.state == State::TimeWait {
                    record.end(&mut self.host, Ended::Aborted, Reason::AbortCall);
                }
                self.settle(at);
                Ok(())
            }
            Some(Slot::Listener(_)) => {
                self.close_listener(at, Reason::AbortCall);
                Ok(())
            }
            Some(Slot::Idle(_)) => {
                self.drop_idle(at);
                Ok(())
            }
            _ => Err(CallError::NoConnection),
        }
    }

    /// STATUS of one socket.
    pub fn status(&self, socket: SocketId) -> Result<Status, CallError> {
        let at = self.sockets.find(socket).ok_or(CallError::NoConnection)?;
        self.status_at(self.sockets.slot(at))
            .ok_or(CallError::NoConnection)
    }

    fn status_at(&self, slot: &Slot) -> Option<Status> {
        Some(match slot {
            Slot::Free => return None,
            Slot::Idle(idle) => {
                calls::status::blank(idle.id, SocketKind::Idle, State::Closed, idle.local)
            }
            Slot::Listener(listener) => {
                let mut status = calls::status::blank(
                    listener.id,
                    SocketKind::Listener,
                    State::Listen,
                    Some(listener.local),
                );
                status.passive = true;
                status.syn_queue = listener.embryonic;
                status.accept_queue = listener.accept.len() as u32;
                status.backlog = listener.backlog;
                status
            }
            Slot::Connection(tcb) => calls::status::connection(&self.host, tcb),
            Slot::TimeWait(record) => calls::status::time_wait(record),
        })
    }

    /// Set an option of one socket.
    pub fn set_option(
        &mut self,
        now: Instant,
        socket: SocketId,
        option: SocketOption,
    ) -> Result<(), CallError> {
        self.host.clock(now);
        let at = self.held(socket)?;
        let options = match self.sockets.slot_mut(at) {
            Some(Slot::Idle(idle)) => &mut idle.options,
            Some(Slot::Listener(listener)) => &mut listener.options,
            Some(Slot::Connection(tcb)) => &mut tcb.options,
            _ => return Err(CallError::Unsuitable),
        };
        match option {
            SocketOption::Linger(linger) => options.linger = linger,
            SocketOption::ReuseAddress(reuse) => options.reuse_address = reuse,
            SocketOption::NoDelay(no_delay) => options.no_delay = no_delay,
            SocketOption::KeepAlive(interval) => options.keep_alive = interval,
            SocketOption::UserTimeout(limit) => {
                options.give_up = limit.map_or(GiveUp::Never, GiveUp::After)
            }
            SocketOption::ReceiveBuffer(size) => options.receive_buffer = size.max(1),
            SocketOption::SendBuffer(size) => options.send_buffer = size.max(1),
            SocketOption::MaximumSegmentSize(size) => options.mss_limit = Some(size.max(1)),
        }
        if let Some(Slot::Connection(tcb)) = self.sockets.slot_mut(at) {
            timers::options_changed(&mut self.host, tcb, option);
        }
        self.settle(at);
        Ok(())
    }

    /// STATUS of every socket the host has (TIME-WAIT records too), by number.
    #[must_use]
    pub fn sockets(&self) -> Vec<Status> {
        let mut all: Vec<Status> = self
            .sockets
            .slots()
            .filter_map(|(_, slot)| self.status_at(slot))
            .collect();
        sorted::sort(&mut all, |a, b| a.socket < b.socket);
        all
    }

    /// The slot of a socket its application still holds.
    fn held(&self, socket: SocketId) -> Result<usize, CallError> {
        let at = self.sockets.find(socket).ok_or(CallError::NoConnection)?;
        let held = match self.sockets.slot(at) {
            // Nobody has accepted it: nobody can name it.
            Slot::Connection(tcb) => tcb.attached && !tcb.queued && !tcb.embryonic,
            Slot::TimeWait(record) => record.attached,
            _ => true,
        };
        if held {
            Ok(at)
        } else {
            Err(CallError::NoConnection)
        }
    }

    /// MUST-46, and what else no OPEN may name.
    fn check_remote(&self, remote: SocketAddr) -> Result<(), CallError> {
        if remote.port() == 0 || remote.ip().is_unspecified() {
            return Err(CallError::RemoteUnspecified);
        }
        if input::is_broadcast_or_multicast(remote.ip()) {
            return Err(CallError::Illegal);
        }
        Ok(())
    }

    /// A fresh socket's number, options and local end; it gets a port if it has none.
    fn idle_with_port(
        &mut self,
        at: usize,
    ) -> Result<(SocketId, SocketOptions, SocketAddr), CallError> {
        let (id, options, local) = match self.sockets.slot(at) {
            Slot::Idle(idle) => (idle.id, idle.options, idle.local),
            Slot::Connection(_) | Slot::TimeWait(_) | Slot::Listener(_) => {
                return Err(CallError::AlreadyExists);
            }
            Slot::Free => return Err(CallError::NoConnection),
        };
        let local = match local {
            Some(local) => local,
            None => {
                let open = crate::arrives::listen::unspecified(
                    self.host.addresses.first().is_none_or(|a| a.is_ipv4()),
                );
                let ends = Ends::new(open, open);
                let port = ports::ephemeral(&mut self.host, &self.sockets, &ends, false)?;
                self.sockets.ports.begin(port);
                SocketAddr::new(open.ip(), port)
            }
        };
        Ok((id, options, local))
    }

    /// Whether a connection may be opened between two ends now. A TIME-WAIT
    /// record gives way only where that is wanted and timestamps keep old segments out: by the RFC the
    /// connection already exists (RFC 9293 3.10.1). Linux does so on its loopback interface only, unless told otherwise.
    fn clear_way(&mut self, ends: &Ends) -> Result<(), CallError> {
        let Some(at) = self.sockets.between(ends) else {
            return Ok(());
        };
        let wanted = self.host.settings.time_wait_open;
        match self.sockets.slot_mut(at) {
            Some(Slot::TimeWait(record)) => {
                let old = self.host.now.since(record.since) > Duration::from_secs(1);
                if !(wanted && record.timestamps && old) {
                    return Err(CallError::AddressInUse);
                }
                record.end(&mut self.host, Ended::Closed, Reason::OpenReusesTimeWait);
                self.settle(at);
                Ok(())
            }
            _ => Err(CallError::AlreadyExists),
        }
    }

    /// A SEND on a bare passive OPEN whose remote is known makes it active (arc 5).
    fn activate(&mut self, at: usize) -> Result<(), CallError> {
        let tcb = self.sockets.tcb_mut(at).ok_or(CallError::NoConnection)?;
        let (local, remote) = (tcb.ends.local(), tcb.ends.remote());
        let address = if local.ip().is_unspecified() {
            self.host
                .source_for(remote.ip())
                .ok_or(CallError::Unreachable)?
        } else {
            local.ip()
        };
        let ends = Ends::new(SocketAddr::new(address, local.port()), remote);
        self.clear_way(&ends)?;
        self.sockets.stop_listening(at);
        if let Some(tcb) = self.sockets.tcb_mut(at) {
            tcb.ends = ends;
            calls::open::active(&mut self.host, tcb, Reason::SendInListen);
        }
        Ok(())
    }

    fn drop_idle(&mut self, at: usize) {
        if let Slot::Idle(idle) = self.sockets.slot(at)
            && let Some(local) = idle.local
        {
            self.sockets.ports.end(local.port());
        }
        self.sockets.remove(at);
    }

    /// A listener ends, and with it what nobody has accepted.
    fn close_listener(&mut self, at: usize, reason: Reason) {
        let Slot::Listener(listener) = self.sockets.slot(at) else {
            return;
        };
        let (id, port) = (listener.id, listener.local.port());
        let orphan = |slot: &Slot| match slot {
            Slot::Connection(tcb) if tcb.parent == Some(id) && (tcb.embryonic || tcb.queued) => {
                Some(tcb.id)
            }
            _ => None,
        };
        let mut children: Vec<(SocketId, usize)> = self
            .sockets
            .slots()
            .filter_map(|(at, slot)| orphan(slot).map(|id| (id, at)))
            .collect();
        sorted::sort(&mut children, |a, b| a < b);
        for (_, child) in children {
            if let Some(tcb) = self.sockets.tcb_mut(child) {
                tcb.attached = false;
                tcb.queued = false;
                calls::abort::abort(&mut self.host, tcb, Reason::ListenerClosed);
            }
            self.settle(child);
        }
        self.sockets.stop_listening(at);
        self.sockets.remove(at);
        self.sockets.ports.end(port);
        let mut state = State::Listen;
        change_state(&mut state, State::Closed, id, reason, &mut self.host.events);
        let how = if reason == Reason::AbortCall {
            Ended::Aborted
        } else {
            Ended::Closed
        };
        self.host.events.push(id, EventKind::Ended { how, reason });
    }
}

#[cfg(test)]
mod tests;
