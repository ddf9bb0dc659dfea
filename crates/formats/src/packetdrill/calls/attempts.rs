//! Calls that may have to wait: each is tried until it returns.

use std::net::SocketAddr;

use tcp::event::SocketId;
use tcp::settings::Policy;
use tcp::stack::SendFlags;
use tcp::state::State;

use super::super::ast::Place;
use super::super::dialect::Dialect;
use super::super::errno::{self, Errno};
use super::super::report::{Failure, Kind};
use super::super::runner::Runner;
use super::super::subject::{Stage, Subject};
use super::{Operation, Returned, endpoint};

impl Runner {
    /// Tries a call; none if it has to wait.
    pub(in super::super) fn attempt(
        &mut self,
        operation: &mut Operation,
        place: Place,
    ) -> Result<Option<Returned>, Failure> {
        match operation {
            Operation::Done(returned) => Ok(Some(returned.clone())),
            Operation::Accept { fd, nonblocking } => Ok(self.try_accept(*fd, *nonblocking)),
            Operation::Connect {
                fd,
                started,
                remote,
            } => {
                let first = !*started;
                *started = true;
                Ok(self.try_connect(*fd, first, *remote))
            }
            Operation::Receive {
                fd,
                limit,
                peek,
                wait_all,
                dont_wait,
                got,
                left,
            } => {
                let (fd, left) = (*fd, *left);
                let returned =
                    self.try_receive(fd, *limit, *peek, *wait_all, *dont_wait, got, place)?;
                if let (Some(returned), Some(expected)) = (&returned, left)
                    && returned.errno.is_none()
                {
                    let got = self.bytes_left(fd);
                    if got != expected {
                        return Err(Failure::new(
                            Kind::Result,
                            place,
                            format!("in recvmsg(): TCP_CM_INQ: expected {expected}, got {got}"),
                        ));
                    }
                }
                Ok(returned)
            }
            Operation::Send {
                fd,
                bytes,
                done,
                urgent,
                dont_wait,
                more,
            } => Ok(self.try_send(*fd, bytes, done, *urgent, *dont_wait, *more)),
            Operation::Linger { socket, until } => {
                let over = match self.stack.status(*socket) {
                    Ok(status) => !matches!(
                        status.state,
                        State::Established
                            | State::CloseWait
                            | State::FinWait1
                            | State::Closing
                            | State::LastAck
                    ),
                    Err(_) => true,
                };
                Ok((over || self.now >= *until).then(|| Returned::value(0)))
            }
            Operation::Poll { files, until } => {
                let mut ready = 0;
                let mut wrong = None;
                for file in files.iter() {
                    let returned = self.poll_events(file.fd, file.events);
                    ready += i64::from(returned != 0);
                    if returned != file.expected {
                        wrong.get_or_insert((file.fd, file.expected, returned));
                    }
                }
                if ready == 0 && until.is_none_or(|until| self.now < until) {
                    return Ok(None);
                }
                match wrong {
                    None => Ok(Some(Returned::value(ready))),
                    Some((fd, expected, got)) => Err(Failure::new(
                        Kind::Result,
                        place,
                        format!("in poll(): revents of {fd}: expected {expected:#x}, got {got:#x}"),
                    )),
                }
            }
        }
    }

    /// What there is to read, the end of the stream counting as one when it is next.
    pub(super) fn bytes_left(&self, fd: i64) -> i64 {
        let Some(file) = self.fds.get(&fd) else {
            return 0;
        };
        let queued = self
            .stack
            .status(file.socket)
            .map_or(0, |status| i64::from(status.receive_queue))
            + file.peeked.len() as i64;
        let closed = self
            .told
            .get(&file.socket.0)
            .is_some_and(|told| told.peer_closed);
        if queued == 0 && closed { 1 } else { queued }
    }

    pub(super) fn try_accept(&mut self, fd: i64, nonblocking: bool) -> Option<Returned> {
        let file = self.fds.get(&fd)?.clone();
        match self.stack.accept(file.socket) {
            Ok(child) => {
                let accept_as = super::super::replay::name(child);
                self.did(file.socket, sim::run::Call::Accept { accept_as });
                Some(Returned {
                    opened: Some(child),
                    ..Returned::value(0)
                })
            }
            Err(tcp::error::CallError::WouldBlock) if !nonblocking => None,
            Err(error) => Some(Returned::error(errno::of_call_error(error))),
        }
    }

    pub(super) fn take_error(&mut self, socket: SocketId) -> Option<Errno> {
        self.told.get_mut(&socket.0)?.error.take()
    }

    pub(in super::super) fn state_of(&self, socket: SocketId) -> State {
        self.stack
            .status(socket)
            .map_or(State::Closed, |status| status.state)
    }

    pub(super) fn try_connect(
        &mut self,
        fd: i64,
        first: bool,
        remote: SocketAddr,
    ) -> Option<Returned> {
        let file = self.fds.get(&fd)?.clone();
        let socket = file.socket;
        if let Some(error) = self.take_error(socket) {
            if let Some(file) = self.fds.get_mut(&fd) {
                file.connecting = false;
            }
            return Some(Returned::error(error));
        }
        let state = self.state_of(socket);
        if first && !file.connecting && !matches!(state, State::Closed | State::Listen) {
            return Some(Returned::error("EISCONN"));
        }
        if first && !file.connecting {
            self.did(
                socket,
                sim::run::Call::Connect {
                    remote: endpoint(remote),
                    local_port: None,
                },
            );
            if let Err(error) = self.stack.connect(self.instant(), socket, remote) {
                return Some(Returned::error(match error {
                    tcp::error::CallError::Illegal => "ENETUNREACH",
                    error => errno::of_call_error(error),
                }));
            }
            let local = self.stack.status(socket).ok().and_then(|s| s.local);
            let mut subject = Subject::new(Stage::Connecting, local.unwrap_or(self.local), remote);
            if subject.local.ip().is_unspecified() {
                subject.local.set_ip(self.local.ip());
            }
            subject.socket = Some(socket);
            self.subject = Some(subject);
            if let Some(file) = self.fds.get_mut(&fd) {
                file.connecting = true;
                file.listening = false;
            }
            return file.nonblocking.then(|| Returned::error("EINPROGRESS"));
        }
        match state {
            State::SynSent | State::SynReceived if file.nonblocking => {
                Some(Returned::error("EALREADY"))
            }
            State::SynSent | State::SynReceived => None,
            State::Closed => {
                if let Some(file) = self.fds.get_mut(&fd) {
                    file.connecting = false;
                }
                Some(Returned::error("ECONNABORTED"))
            }
            _ => {
                if let Some(file) = self.fds.get_mut(&fd) {
                    file.connecting = false;
                }
                if first && self.dialect == Dialect::FreeBsd {
                    return Some(Returned::error("EISCONN"));
                }
                Some(Returned::value(0))
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn try_receive(
        &mut self,
        fd: i64,
        limit: usize,
        peek: bool,
        wait_all: bool,
        dont_wait: bool,
        got: &mut Vec<u8>,
        place: Place,
    ) -> Result<Option<Returned>, Failure> {
        let Some(file) = self.fds.get(&fd).cloned() else {
            return Ok(Some(Returned::error("EBADF")));
        };
        let socket = file.socket;
        if file.listening {
            return Ok(Some(Returned::error("ENOTCONN")));
        }
        let mut bytes = file.peeked.clone();
        let mut result = Ok(bytes.len());
        if bytes.len() < limit {
            let wanted = limit - got.len().min(limit) - bytes.len().min(limit);
            result = self
                .stack
                .receive(self.instant(), socket, &mut bytes, wanted);
        }
        if bytes.len() > file.peeked.len() {
            let taken = (bytes.len() - file.peeked.len()) as u32;
            self.did(socket, sim::run::Call::Receive(Some(taken)));
        }
        if !bytes.is_empty() {
            if peek {
                let value = bytes.len().min(limit);
                if let Some(file) = self.fds.get_mut(&fd) {
                    file.peeked = bytes;
                }
                return Ok(Some(Returned::value(value as i64)));
            }
            let rest = bytes.split_off(bytes.len().min(limit - got.len()));
            if let Some(file) = self.fds.get_mut(&fd) {
                file.peeked = rest;
            }
            self.check_read(socket, &bytes, place)?;
            got.extend(bytes);
            if !wait_all || got.len() >= limit {
                return Ok(Some(Returned::value(got.len() as i64)));
            }
        }
        if !got.is_empty() && result == Ok(0) && limit > got.len() {
            // The end of the stream.
            let over = self.told.get(&socket.0).is_some_and(|t| t.peer_closed);
            if over || !wait_all {
                return Ok(Some(Returned::value(got.len() as i64)));
            }
        }
        if limit == 0 {
            return Ok(Some(Returned::value(0)));
        }
        if !got.is_empty() {
            return Ok(None);
        }
        if let Some(error) = self.take_error(socket) {
            return Ok(Some(Returned::error(error)));
        }
        let ended = self.told.get(&socket.0).is_some_and(|told| told.ended);
        Ok(match result {
            Ok(_) => Some(Returned::value(0)),
            Err(_) if file.read_shut || ended => Some(Returned::value(0)),
            Err(tcp::error::CallError::WouldBlock) if file.nonblocking || dont_wait => {
                Some(Returned::error("EAGAIN"))
            }
            Err(tcp::error::CallError::WouldBlock) => None,
            Err(error) => Some(Returned::error(match error {
                tcp::error::CallError::Closing => return Ok(Some(Returned::value(0))),
                error => errno::of_call_error(error),
            })),
        })
    }

    pub(super) fn try_send(
        &mut self,
        fd: i64,
        bytes: &[u8],
        done: &mut usize,
        urgent: bool,
        dont_wait: bool,
        more: bool,
    ) -> Option<Returned> {
        let Some(file) = self.fds.get(&fd).cloned() else {
            return Some(Returned::error("EBADF"));
        };
        let socket = file.socket;
        let partial = |done: usize, errno: Errno| {
            Some(if done > 0 {
                Returned::value(done as i64)
            } else {
                Returned::error(errno)
            })
        };
        if let Some(error) = self.take_error(socket) {
            return partial(*done, error);
        }
        let state = self.state_of(socket);
        let ended = self.told.get(&socket.0).is_some_and(|told| told.ended);
        if file.write_shut || ended {
            return partial(*done, "EPIPE");
        }
        if state == State::Closed || (state == State::Listen && file.listening) {
            let errno = if self.dialect == Dialect::Linux {
                "EPIPE"
            } else {
                "ENOTCONN"
            };
            return partial(*done, errno);
        }
        let nonblocking = file.nonblocking || dont_wait;
        let sockets = matches!(self.settings.policy, Policy::Linux | Policy::FreeBsd);
        if matches!(state, State::SynSent | State::SynReceived) && file.connecting && sockets {
            if !nonblocking {
                return None;
            }
            let errno = if self.dialect == Dialect::Linux {
                "EAGAIN"
            } else {
                "ENOTCONN"
            };
            return partial(*done, errno);
        }
        if bytes.is_empty() {
            return Some(Returned::value(0));
        }
        if file.corked || more || !file.waiting.is_empty() {
            // What is corked waits here; only whole segments go on.
            let mut waiting = file.waiting;
            waiting.extend(&bytes[*done..]);
            let mss = self
                .stack
                .status(socket)
                .map_or(1, |status| usize::from(status.mss_effective.max(1)));
            let keep = if file.corked || more {
                waiting.len() % mss
            } else {
                0
            };
            let rest = waiting.split_off(waiting.len() - keep);
            self.push(socket, &waiting, !more);
            if let Some(file) = self.fds.get_mut(&fd) {
                file.more_only = more && (file.more_only || file.waiting.is_empty());
                file.waiting = rest;
            }
            return Some(Returned::value(bytes.len() as i64));
        }
        let flags = SendFlags {
            push: true,
            urgent,
            more: false,
        };
        match self
            .stack
            .send(self.instant(), socket, &bytes[*done..], flags)
        {
            Ok(count) => {
                let sent = bytes[*done..*done + count].to_vec();
                self.wrote(socket, &sent, flags);
                *done += count;
                if *done == bytes.len() {
                    Some(Returned::value(*done as i64))
                } else if nonblocking {
                    partial(*done, "EAGAIN")
                } else {
                    None
                }
            }
            Err(tcp::error::CallError::WouldBlock | tcp::error::CallError::NoResources) => {
                if nonblocking {
                    partial(*done, "EAGAIN")
                } else {
                    None
                }
            }
            Err(tcp::error::CallError::NoConnection) => partial(*done, "EPIPE"),
            Err(error) => partial(*done, errno::of_call_error(error)),
        }
    }

    /// Sends what no call waits for.
    pub(in super::super) fn push(&mut self, socket: SocketId, bytes: &[u8], push: bool) {
        if bytes.is_empty() {
            return;
        }
        let flags = SendFlags {
            push,
            urgent: false,
            more: !push,
        };
        if let Ok(count) = self.stack.send(self.instant(), socket, bytes, flags) {
            let sent = bytes[..count].to_vec();
            self.wrote(socket, &sent, flags);
        }
    }

    pub(in super::super) fn uncork(&mut self, fd: i64) {
        if let Some(file) = self.fds.get_mut(&fd) {
            let socket = file.socket;
            let waiting = std::mem::take(&mut file.waiting);
            let push = !file.more_only;
            file.more_only = false;
            self.push(socket, &waiting, push);
        }
    }
}
