//! The applications: what they call, and what they do when TCP lets them go on.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tcp::error::CallError;
use tcp::event::SocketId;
use tcp::stack::{SendFlags, SocketOption};

use super::intervene::has_engine;
use super::{Context, Missed, World};
use crate::host::Want;
use crate::payload;
use crate::run::{AddressName, Call, Endpoint, Happening, HostId, PortName, Run, SocketName};
use crate::trace::{CallRecord, NewRecord, RecordId};

/// An application hands TCP no more than this at once.
const CHUNK_BYTES: u32 = 1 << 20;

impl World {
    /// A call on a socket by its name; a name that stands for nothing yet gets a fresh socket where the call can use one.
    pub(super) fn named_call(
        &mut self,
        c: &mut Context<'_>,
        name: &SocketName,
        fresh: bool,
        call: &Call,
        cause: Option<RecordId>,
    ) -> Option<Missed> {
        if !has_engine(c.run, name.host) {
            return Some(Missed::Impossible);
        }
        let h = &mut self.hosts[name.host.index()];
        if !h.plugged {
            return Some(Missed::Unplugged);
        }
        let found = h.find(&name.name, name.instance).filter(|_| !fresh);
        let opens = matches!(
            call,
            Call::Listen { .. } | Call::Connect { .. } | Call::PassiveOpen { .. }
        );
        let begins = opens || matches!(call, Call::Bind(_)) || is_option(call);
        let ended = found.is_some_and(|s| h.sockets.get(&s.0).is_none_or(|known| known.ended));
        let socket = match found {
            Some(socket) if !(ended && begins) => socket,
            _ if begins => {
                let socket = h.stack.socket();
                h.name(socket, &name.name);
                socket
            }
            _ => return Some(Missed::NoSuchSocket),
        };
        self.call(c, name.host, socket, call, cause);
        None
    }

    /// A call on a socket.
    pub(super) fn call(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        call: &Call,
        cause: Option<RecordId>,
    ) {
        // Data that still wait for room are written before what was asked later.
        let waits = !self.hosts[host.index()].socket(socket).wants.is_empty();
        match call {
            Call::Shutdown | Call::Close if waits => {
                let want = if *call == Call::Close {
                    Want::Close
                } else {
                    Want::Shutdown
                };
                self.hosts[host.index()]
                    .socket(socket)
                    .wants
                    .push_back(want);
                return;
            }
            Call::Send { .. } | Call::SendText { .. } => {
                return self.send_call(c, host, socket, call, cause);
            }
            Call::Accept { accept_as } => return self.accept(c, host, socket, accept_as, cause),
            _ => {}
        }
        let result = self.plain_call(c.run, host, socket, call);
        let id = self.note_call(c, host, socket, call.clone(), result, cause);
        let known = self.hosts[host.index()].socket(socket);
        if matches!(call, Call::Close | Call::Shutdown) {
            known.close_call = Some(id);
        }
        match call {
            Call::Reading(true) => {
                known.reading = true;
                self.hosts[host.index()].busy.push_back(socket.0);
            }
            Call::Reading(false) => known.reading = false,
            Call::Closing(on) => {
                known.closing = *on;
                if *on && known.peer_closed {
                    known.wants.push_back(Want::Close);
                    self.hosts[host.index()].busy.push_back(socket.0);
                }
            }
            Call::SendBuffer(bytes) if result.is_ok() => known.send_buffer = Some(*bytes),
            Call::Listen {
                accept_as: Some(name),
                ..
            } if result.is_ok() => known.accept_as = Some(name.clone()),
            _ => {}
        }
        self.drain(c, host, Some(id));
    }

    /// Calls that answer at once and leave nothing to be done.
    fn plain_call(
        &mut self,
        run: &Run,
        host: HostId,
        socket: SocketId,
        call: &Call,
    ) -> Result<u32, CallError> {
        let now = self.now;
        // Connecting to B without a connection of its own to refer to is no address at all.
        let remote = |endpoint: &Endpoint| self.endpoint(run, *endpoint);
        let remote = match call {
            Call::Connect { remote: r, .. } => Some(remote(r)),
            Call::PassiveOpen {
                remote: Some(r), ..
            } => Some(remote(r)),
            _ => None,
        };
        let remote = match remote {
            Some(None) => return Err(CallError::RemoteUnspecified),
            Some(Some(address)) => Some(SocketAddr::new(address.0, address.1)),
            None => None,
        };
        let any = match run.scenario.hosts[host.index()].addresses.first() {
            Some(IpAddr::V6(_)) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
            _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        };
        let h = &mut self.hosts[host.index()];
        let stack = &mut h.stack;
        let option = |stack: &mut tcp::stack::Stack, option| {
            stack.set_option(now, socket, option).map(|()| 0)
        };
        match call {
            Call::Bind(port) => stack
                .bind(socket, SocketAddr::new(any, *port))
                .map(|local| u32::from(local.port())),
            Call::Listen { port, backlog, .. } => {
                if let Some(port) = port {
                    stack.bind(socket, SocketAddr::new(any, *port))?;
                }
                stack.listen(now, socket, *backlog).map(|()| 0)
            }
            Call::PassiveOpen { port, .. } => {
                if let Some(port) = port {
                    stack.bind(socket, SocketAddr::new(any, *port))?;
                }
                stack.open_passive(now, socket, remote).map(|()| 0)
            }
            Call::Connect { local_port, .. } => {
                let remote = remote.ok_or(CallError::RemoteUnspecified)?;
                if let Some(port) = local_port {
                    stack.bind(socket, SocketAddr::new(any, *port))?;
                }
                stack.connect(now, socket, remote).map(|()| 0)
            }
            Call::Receive(limit) => {
                let mut into = Vec::new();
                let limit = limit.map_or(usize::MAX, |l| l as usize);
                let taken = stack.receive(now, socket, &mut into, limit)?;
                let known = h.socket(socket);
                known.received += taken as u64;
                if self.keeps_bytes {
                    known.got.extend_from_slice(&into);
                }
                Ok(taken as u32)
            }
            Call::Shutdown => stack.shutdown(now, socket).map(|()| 0),
            Call::Close => stack.close(now, socket).map(|()| 0),
            Call::Abort => stack.abort(now, socket).map(|()| 0),
            Call::Status => stack.status(socket).map(|_| 0),
            Call::Linger(time) => option(stack, SocketOption::Linger(*time)),
            Call::ReuseAddress(on) => option(stack, SocketOption::ReuseAddress(*on)),
            Call::NoDelay(on) => option(stack, SocketOption::NoDelay(*on)),
            Call::KeepAlive(time) => option(stack, SocketOption::KeepAlive(*time)),
            Call::UserTimeout(time) => option(stack, SocketOption::UserTimeout(*time)),
            Call::ReceiveBuffer(bytes) => option(stack, SocketOption::ReceiveBuffer(*bytes)),
            Call::SendBuffer(bytes) => option(stack, SocketOption::SendBuffer(*bytes)),
            Call::MaximumSegmentSize(bytes) => {
                option(stack, SocketOption::MaximumSegmentSize(*bytes))
            }
            Call::Reading(_)
            | Call::Closing(_)
            | Call::Accept { .. }
            | Call::Send { .. }
            | Call::SendText { .. } => Ok(0),
        }
    }

    fn note_call(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        call: Call,
        result: Result<u32, CallError>,
        cause: Option<RecordId>,
    ) -> RecordId {
        let h = &mut self.hosts[host.index()];
        let number = h.number(Some(socket));
        let (id, known) = self.claim(c);
        if !known {
            let h = &mut self.hosts[host.index()];
            let index = h.socket(socket).name;
            let name = index
                .and_then(|i| h.names.get(i as usize))
                .map_or(String::new(), |n| n.name.clone());
            let new = NewRecord {
                time: self.now,
                place: host.place(),
                socket: number,
                cause,
                more: &[],
            };
            c.trace.append_call(&new, CallRecord { name, call, result });
        }
        id
    }

    // ---- sending ----

    fn send_call(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        call: &Call,
        cause: Option<RecordId>,
    ) {
        let want = match call {
            Call::Send {
                bytes,
                push,
                urgent,
                more,
            } => Want::Pattern {
                left: *bytes,
                flags: send_flags(*push, *urgent, *more),
            },
            Call::SendText {
                text,
                push,
                urgent,
                more,
            } => Want::Text {
                left: text.clone(),
                flags: send_flags(*push, *urgent, *more),
            },
            _ => return,
        };
        let known = self.hosts[host.index()].socket(socket);
        let waits = !known.wants.is_empty();
        known.wants.push_back(want);
        let result = if waits {
            Ok(0)
        } else {
            self.write(host, socket).map(|bytes| bytes as u32)
        };
        let id = self.note_call(c, host, socket, call.clone(), result, cause);
        let known = self.hosts[host.index()].socket(socket);
        known.send_call = Some(id);
        let taken = u32::try_from(known.taken).unwrap_or(u32::MAX);
        if result.is_err() {
            known.wants.clear();
        } else if !waits {
            self.happened(c, host, socket, Happening::Sent(taken), id);
        }
        self.drain(c, host, Some(id));
    }

    /// Hands TCP as much as it takes of what waits; answers how much that was.
    fn write(&mut self, host: HostId, socket: SocketId) -> Result<u64, CallError> {
        let now = self.now;
        let h = &mut self.hosts[host.index()];
        let number = h.number(Some(socket));
        let mut chunk = self.spare.0.pop().unwrap_or_default();
        let mut total = 0;
        loop {
            // A byte more than there is room for, so that TCP says when there is more; to make up all of it would be slow.
            let room = h.stack.status(socket).map_or(CHUNK_BYTES, |s| {
                let size = h.sockets.get(&socket.0).and_then(|known| known.send_buffer);
                size.unwrap_or(h.stack.settings().send_buffer)
                    .saturating_sub(s.send_queue)
                    + 1
            });
            let known = h.socket(socket);
            let offset = known.taken as u32;
            chunk.clear();
            let flags = match known.wants.front() {
                Some(Want::Pattern { left, flags }) => {
                    let len = (*left).min(CHUNK_BYTES).min(room) as usize;
                    payload::pattern(host.place(), number, offset, len, &mut chunk);
                    *flags
                }
                Some(Want::Text { left, flags }) => {
                    chunk.extend_from_slice(left);
                    *flags
                }
                Some(Want::Shutdown | Want::Close) | None => return Ok(total),
            };
            let taken = match h.stack.send(now, socket, &chunk, flags) {
                Ok(taken) => taken,
                Err(CallError::WouldBlock) => 0,
                Err(error) => return Err(error),
            };
            let known = h.socket(socket);
            known.taken += taken as u64;
            if self.keeps_bytes {
                known.gave.extend_from_slice(&chunk[..taken]);
            }
            total += taken as u64;
            let done = match known.wants.front_mut() {
                Some(Want::Pattern { left, .. }) => {
                    *left -= taken as u32;
                    *left == 0
                }
                Some(Want::Text { left, .. }) => {
                    left.drain(..taken);
                    left.is_empty()
                }
                _ => false,
            };
            if done {
                known.wants.pop_front();
            } else if taken < chunk.len() {
                return Ok(total);
            }
        }
    }

    /// TCP made room, or something became readable: the application reads, and goes on writing.
    pub(super) fn application_goes_on(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        cause: Option<RecordId>,
    ) {
        let h = &mut self.hosts[host.index()];
        let Some(known) = h.sockets.get(&socket.0) else {
            return;
        };
        if known.reading && known.delivered > known.received {
            let mut into = self.spare.0.pop().unwrap_or_default();
            into.clear();
            let h = &mut self.hosts[host.index()];
            if let Ok(taken) = h.stack.receive(self.now, socket, &mut into, usize::MAX) {
                let known = h.socket(socket);
                known.received += taken as u64;
                if self.keeps_bytes {
                    known.got.extend_from_slice(&into);
                }
            }
            self.recycle(into);
        }
        if self.hosts[host.index()].socket(socket).wants.is_empty() {
            return;
        }
        if self.write(host, socket).is_err() {
            self.hosts[host.index()].socket(socket).wants.clear();
            return;
        }
        let known = self.hosts[host.index()].socket(socket);
        let taken = u32::try_from(known.taken).unwrap_or(u32::MAX);
        let last = match known.wants.front() {
            Some(Want::Shutdown) => Some(Call::Shutdown),
            Some(Want::Close) => Some(Call::Close),
            _ => None,
        };
        if let Some(cause) = cause {
            self.happened(c, host, socket, Happening::Sent(taken), cause);
        }
        if let Some(call) = last {
            self.hosts[host.index()].socket(socket).wants.pop_front();
            let result = self.plain_call(c.run, host, socket, &call);
            let id = self.note_call(c, host, socket, call, result, cause);
            self.hosts[host.index()].socket(socket).close_call = Some(id);
        }
    }

    // ---- accepting ----

    /// A listener's application takes what waits for it.
    pub(super) fn accept_for(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        listener: SocketId,
        cause: RecordId,
    ) {
        if let Some(name) = self.hosts[host.index()].socket(listener).accept_as.clone() {
            self.accept(c, host, listener, &name, Some(cause));
        }
    }

    fn accept(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        listener: SocketId,
        name: &str,
        cause: Option<RecordId>,
    ) {
        let h = &mut self.hosts[host.index()];
        let accepted = h.stack.accept(listener);
        let result = accepted.map(|socket| h.number(Some(socket)));
        let call = Call::Accept {
            accept_as: String::from(name),
        };
        let id = self.note_call(c, host, listener, call, result, cause);
        if let Ok(socket) = accepted {
            let h = &mut self.hosts[host.index()];
            h.name(socket, name);
            // Its application reads and closes as the listener was told to.
            let told = h.socket(listener);
            let (reading, closing) = (told.reading, told.closing);
            let own = h.socket(socket);
            (own.reading, own.closing) = (reading, closing);
            h.busy.push_back(socket.0);
            self.happened_before(c, host, socket, id);
        }
        self.drain(c, host, Some(id));
    }

    // ---- addresses ----

    /// An address and port by name; nothing if it refers to a connection that is not there.
    pub(super) fn endpoint(&self, run: &Run, endpoint: Endpoint) -> Option<(IpAddr, u16)> {
        let address = match endpoint.address {
            AddressName::Host(host) => *run.scenario.hosts[host.index()].addresses.first()?,
            AddressName::Attacker => run.scenario.attacker.as_ref()?.address,
            AddressName::Ip(ip) => ip,
        };
        let port = match (endpoint.port, endpoint.address) {
            (PortName::Number(port), _) => port,
            (PortName::Newest, AddressName::Host(host)) => {
                let statuses = self.hosts[host.index()].stack.sockets();
                statuses
                    .iter()
                    .rev()
                    .filter(|s| s.remote.is_some())
                    .find_map(|s| s.local)?
                    .port()
            }
            (PortName::Newest, _) => return None,
        };
        Some((address, port))
    }
}

fn is_option(call: &Call) -> bool {
    matches!(
        call,
        Call::Linger(_)
            | Call::ReuseAddress(_)
            | Call::NoDelay(_)
            | Call::KeepAlive(_)
            | Call::UserTimeout(_)
            | Call::ReceiveBuffer(_)
            | Call::SendBuffer(_)
            | Call::MaximumSegmentSize(_)
            | Call::Reading(_)
            | Call::Closing(_)
    )
}

const fn send_flags(push: bool, urgent: bool, more: bool) -> SendFlags {
    SendFlags { push, more, urgent }
}
