//! System calls on the engine's sockets: what blocks, what an application learns, and which errno it gets.

use std::net::SocketAddr;

use tcp::event::SocketId;
use tcp::stack::SocketOption;
use tcp::state::State;
use tcp::time::Duration;

use super::ast::{Call, ExpressionKind};
use super::dialect::Dialect;
use super::errno::{self, Errno};
use super::report::Failure;
use super::runner::Runner;
use super::subject::{Stage, Subject, pattern};

mod arguments;
mod attempts;
mod polling;
mod result;

pub(super) use arguments::Arguments;
use arguments::{BYTES_MAX, MSG_DONTWAIT, MSG_MORE, MSG_OOB, MSG_PEEK, MSG_WAITALL, O_NONBLOCK};

/// An open file of the application.
#[derive(Clone, Debug)]
pub(super) struct Fd {
    pub socket: SocketId,
    pub nonblocking: bool,
    pub listening: bool,
    /// `connect` has begun and its end has not been told.
    pub connecting: bool,
    pub read_shut: bool,
    pub write_shut: bool,
    /// `SO_LINGER`: on, and its seconds.
    pub linger: (i64, i64),
    /// Small writes wait for more (`TCP_CORK`).
    pub corked: bool,
    pub waiting: Vec<u8>,
    /// Whether all that waits was sent with `MSG_MORE`.
    pub more_only: bool,
    /// Bytes taken from the engine by a peek.
    pub peeked: Vec<u8>,
    /// Options that are only remembered.
    pub remembered: std::collections::BTreeMap<String, i64>,
}

/// What a call gave back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Returned {
    pub value: i64,
    pub errno: Option<Errno>,
    /// The socket behind a new file.
    pub opened: Option<SocketId>,
}

impl Returned {
    pub(super) fn value(value: i64) -> Returned {
        Returned {
            value,
            errno: None,
            opened: None,
        }
    }

    pub(super) fn error(errno: Errno) -> Returned {
        Returned {
            value: -1,
            errno: Some(errno),
            opened: None,
        }
    }
}

/// A call that may have to wait.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// It is done already.
    Done(Returned),
    Accept {
        fd: i64,
        nonblocking: bool,
    },
    Connect {
        fd: i64,
        started: bool,
        remote: SocketAddr,
    },
    Receive {
        fd: i64,
        limit: usize,
        peek: bool,
        wait_all: bool,
        dont_wait: bool,
        got: Vec<u8>,
        /// What `TCP_CM_INQ` has to say.
        left: Option<i64>,
    },
    Send {
        fd: i64,
        bytes: Vec<u8>,
        done: usize,
        urgent: bool,
        dont_wait: bool,
        more: bool,
    },
    /// `close` with a lingering time.
    Linger {
        socket: SocketId,
        until: u64,
    },
    Poll {
        files: Vec<Polled>,
        until: Option<u64>,
    },
}

/// One entry of `poll`.
#[derive(Clone, Debug)]
pub(super) struct Polled {
    pub fd: i64,
    pub events: i64,
    pub expected: i64,
}

impl Operation {
    /// When it gives up by itself.
    pub(super) fn deadline(&self) -> Option<u64> {
        match self {
            Operation::Linger { until, .. } => Some(*until),
            Operation::Poll { until, .. } => *until,
            _ => None,
        }
    }
}

impl Runner {
    /// What a call asks for.
    pub(super) fn operation(&mut self, call: &Call) -> Result<Operation, Failure> {
        let arguments = Arguments(call);
        let done = |returned| Ok(Operation::Done(returned));
        let name = call.name.as_str();
        if name == "socket" {
            let nonblocking = arguments.number(1)? & O_NONBLOCK != 0;
            let socket = self.stack.socket();
            // The script says when it reads.
            self.did(socket, sim::run::Call::Reading(false));
            let opened = Returned {
                opened: Some(socket),
                ..Returned::value(0)
            };
            self.subject = Some(Subject::new(Stage::Fresh, self.local, self.remote));
            self.opened = Some(nonblocking);
            return done(opened);
        }
        if name == "poll" {
            return self.poll(&arguments);
        }
        let known = matches!(
            name,
            "bind"
                | "listen"
                | "accept"
                | "accept4"
                | "connect"
                | "read"
                | "readv"
                | "recv"
                | "recvfrom"
                | "recvmsg"
                | "write"
                | "writev"
                | "send"
                | "sendto"
                | "sendmsg"
                | "shutdown"
                | "close"
                | "fcntl"
                | "ioctl"
                | "getsockopt"
                | "setsockopt"
                | "getsockname"
                | "getpeername"
                | "abort"
                | "open_passive"
        );
        if !known {
            return Err(arguments.wrong(call.place, "this call is not there"));
        }
        let number = arguments.number(0)?;
        let Some(file) = self.fds.get(&number).cloned() else {
            return done(Returned::error("EBADF"));
        };
        let now = self.instant();
        let socket = file.socket;
        let plain = |result: Result<(), tcp::error::CallError>| {
            Operation::Done(match result {
                Ok(()) => Returned::value(0),
                Err(error) => Returned::error(errno::of_call_error(error)),
            })
        };
        Ok(match name {
            "bind" => {
                let local = arguments.address(1, self.local)?;
                self.did(socket, sim::run::Call::Bind(local.port()));
                let result = self.stack.bind(socket, local);
                if let (Ok(bound), Some(subject)) = (&result, &mut self.subject) {
                    subject.local.set_port(bound.port());
                    if !bound.ip().is_unspecified() {
                        subject.local.set_ip(bound.ip());
                    }
                }
                plain(result.map(|_| ()))
            }
            "listen" => {
                let backlog = u32::try_from(arguments.number(1)?.max(0)).unwrap_or(u32::MAX);
                let backlog = backlog.min(self.settings.backlog);
                self.did(
                    socket,
                    sim::run::Call::Listen {
                        port: None,
                        backlog: Some(backlog),
                        accept_as: None,
                    },
                );
                let result = self.stack.listen(now, socket, Some(backlog));
                if result.is_ok() {
                    self.now_listening(number, socket);
                }
                plain(result)
            }
            "open_passive" => {
                let remote = match call.arguments.get(1) {
                    Some(argument) if !argument.is_ellipsis() => {
                        Some(arguments.address(1, self.remote)?)
                    }
                    _ => None,
                };
                self.did(
                    socket,
                    sim::run::Call::PassiveOpen {
                        port: None,
                        remote: remote.map(endpoint),
                    },
                );
                let result = self.stack.open_passive(now, socket, remote);
                if result.is_ok() {
                    self.now_listening(number, socket);
                    if let (Some(remote), Some(subject)) = (remote, &mut self.subject) {
                        subject.stage = Stage::Connecting;
                        subject.remote = remote;
                    }
                    if let Some(file) = self.fds.get_mut(&number) {
                        file.listening = false;
                    }
                }
                plain(result)
            }
            "accept" | "accept4" => {
                let child_nonblocking = match call.arguments.get(3) {
                    Some(_) => arguments.number(3)? & O_NONBLOCK != 0,
                    None => false,
                };
                self.opened = Some(
                    child_nonblocking || (self.dialect == Dialect::FreeBsd && file.nonblocking),
                );
                Operation::Accept {
                    fd: number,
                    nonblocking: file.nonblocking,
                }
            }
            "connect" => Operation::Connect {
                fd: number,
                started: false,
                remote: arguments.address(1, self.remote)?,
            },
            "read" | "recv" | "recvfrom" => {
                let limit = arguments.number(2)?.max(0) as usize;
                let flags = if name == "read" {
                    0
                } else {
                    arguments.number(3)?
                };
                self.receive_operation(&arguments, number, limit, flags)?
            }
            "readv" => {
                let limit = arguments.vectors(arguments.get(1)?)?;
                self.receive_operation(&arguments, number, limit, 0)?
            }
            "recvmsg" => {
                let message = arguments.get(1)?;
                let list = message.field("msg_iov").ok_or_else(|| {
                    arguments.wrong(message.place, "a message with msg_iov is wanted here")
                })?;
                let limit = arguments.vectors(list)?;
                let flags = arguments.number(2)?;
                let mut operation = self.receive_operation(&arguments, number, limit, flags)?;
                if let (Operation::Receive { left, .. }, Some(control)) =
                    (&mut operation, message.field("msg_control"))
                {
                    *left = arguments.left_by_control(control)?;
                }
                operation
            }
            "write" | "send" | "sendto" => {
                let length = arguments.number(2)?;
                let data = arguments.data(arguments.get(1)?, length)?;
                let flags = if name == "write" {
                    0
                } else {
                    arguments.number(3)?
                };
                self.send_operation(&arguments, number, length, data, flags)?
            }
            "writev" => {
                let length = arguments.vectors(arguments.get(1)?)? as i64;
                self.send_operation(&arguments, number, length, None, 0)?
            }
            "sendmsg" => {
                let message = arguments.get(1)?;
                let list = message.field("msg_iov").ok_or_else(|| {
                    arguments.wrong(message.place, "a message with msg_iov is wanted here")
                })?;
                let length = arguments.vectors(list)? as i64;
                let flags = arguments.number(2)?;
                self.send_operation(&arguments, number, length, None, flags)?
            }
            "shutdown" => {
                let how = arguments.number(1)?;
                Operation::Done(self.shutdown(number, how)?)
            }
            "close" => self.close(number)?,
            "abort" => {
                self.did(socket, sim::run::Call::Abort);
                let result = self.stack.abort(now, socket);
                self.fds.remove(&number);
                plain(result)
            }
            "fcntl" => Operation::Done(self.fcntl(&arguments, number)?),
            "ioctl" => Operation::Done(self.ioctl(&arguments, number)?),
            "getsockopt" => Operation::Done(self.getsockopt(&arguments, number)?),
            "setsockopt" => Operation::Done(self.setsockopt(&arguments, number)?),
            _ => Operation::Done(Returned::value(0)),
        })
    }

    fn now_listening(&mut self, number: i64, socket: SocketId) {
        let local = self.stack.status(socket).ok().and_then(|s| s.local);
        let mut address = self.local;
        if let Some(local) = local {
            address.set_port(local.port());
        }
        let mut subject = Subject::new(Stage::Listening, address, self.remote);
        subject.socket = Some(socket);
        self.subject = Some(subject);
        if let Some(file) = self.fds.get_mut(&number) {
            file.listening = true;
        }
    }

    fn receive_operation(
        &self,
        arguments: &Arguments<'_>,
        fd: i64,
        limit: usize,
        flags: i64,
    ) -> Result<Operation, Failure> {
        if flags & (MSG_OOB | MSG_MORE) != 0 {
            return Err(arguments.wrong(arguments.0.place, "this flag is not there"));
        }
        Ok(Operation::Receive {
            fd,
            limit,
            peek: flags & MSG_PEEK != 0,
            wait_all: flags & MSG_WAITALL != 0,
            dont_wait: flags & MSG_DONTWAIT != 0,
            got: Vec::new(),
            left: None,
        })
    }

    fn send_operation(
        &mut self,
        arguments: &Arguments<'_>,
        fd: i64,
        length: i64,
        data: Option<Vec<u8>>,
        flags: i64,
    ) -> Result<Operation, Failure> {
        if flags & (MSG_PEEK | MSG_WAITALL) != 0 {
            return Err(arguments.wrong(arguments.0.place, "this flag is not there"));
        }
        if length < 0 {
            return Ok(Operation::Done(Returned::error("EINVAL")));
        }
        if length > BYTES_MAX {
            return Err(arguments.wrong(arguments.0.place, "so many bytes at once are not there"));
        }
        let bytes = data.unwrap_or_else(|| {
            let file = &self.fds[&fd];
            let before = self
                .told
                .get(&file.socket.0)
                .map_or(0, |told| told.written.len())
                + file.waiting.len();
            (0..length as usize)
                .map(|at| pattern((before + at + 1) as u32))
                .collect()
        });
        Ok(Operation::Send {
            fd,
            bytes,
            done: 0,
            urgent: flags & MSG_OOB != 0,
            dont_wait: flags & MSG_DONTWAIT != 0,
            more: flags & MSG_MORE != 0,
        })
    }

    /// Sets an option of a socket.
    pub(super) fn set_option(
        &mut self,
        socket: SocketId,
        option: SocketOption,
    ) -> Result<(), tcp::error::CallError> {
        use sim::run::Call;
        self.did(
            socket,
            match option {
                SocketOption::Linger(time) => Call::Linger(time),
                SocketOption::ReuseAddress(on) => Call::ReuseAddress(on),
                SocketOption::NoDelay(on) => Call::NoDelay(on),
                SocketOption::KeepAlive(time) => Call::KeepAlive(time),
                SocketOption::UserTimeout(time) => Call::UserTimeout(time),
                SocketOption::ReceiveBuffer(bytes) => Call::ReceiveBuffer(bytes),
                SocketOption::SendBuffer(bytes) => Call::SendBuffer(bytes),
                SocketOption::MaximumSegmentSize(bytes) => Call::MaximumSegmentSize(bytes),
            },
        );
        self.stack.set_option(self.instant(), socket, option)
    }

    fn shutdown(&mut self, fd: i64, how: i64) -> Result<Returned, Failure> {
        self.uncork(fd);
        let file = self.fds.get_mut(&fd).expect("the caller looked it up");
        let socket = file.socket;
        let listening = file.listening;
        if how != 1 && !listening {
            file.read_shut = true;
        }
        let told = self.told.get(&socket.0);
        let ended = told.is_some_and(|told| told.ended);
        let state = self.state_of(socket);
        let dead = ended || matches!(state, State::Closed);
        if dead || (listening && self.dialect == Dialect::FreeBsd) {
            return Ok(Returned::error("ENOTCONN"));
        }
        if how == 0 && !listening {
            return Ok(Returned::value(0));
        }
        if listening {
            self.did(socket, sim::run::Call::Close);
            // Shut for reading, a listener stops to listen.
            let _ = self.stack.close(self.instant(), socket);
            return Ok(Returned::value(0));
        }
        let file = self.fds.get_mut(&fd).expect("the caller looked it up");
        let again = file.write_shut;
        file.write_shut = true;
        if again {
            return Ok(match (self.dialect, state) {
                (Dialect::Linux, State::TimeWait) => Returned::error("ENOTCONN"),
                _ => Returned::value(0),
            });
        }
        self.did(socket, sim::run::Call::Shutdown);
        Ok(match self.stack.shutdown(self.instant(), socket) {
            Ok(()) => Returned::value(0),
            Err(tcp::error::CallError::NoConnection) => Returned::error("ENOTCONN"),
            Err(_) => Returned::value(0),
        })
    }

    fn close(&mut self, fd: i64) -> Result<Operation, Failure> {
        self.uncork(fd);
        let file = self.fds.remove(&fd).expect("the caller looked it up");
        let socket = file.socket;
        let (on, seconds) = file.linger;
        let linger = match (on, seconds) {
            (0, _) => None,
            (_, 0) => Some(Duration::ZERO),
            (_, seconds) => Some(Duration::from_secs(seconds.unsigned_abs())),
        };
        if on != 0 {
            let _ = self.set_option(socket, SocketOption::Linger(linger));
        }
        self.did(socket, sim::run::Call::Close);
        // A socket that is over already closes without complaint.
        let _ = self.stack.close(self.instant(), socket);
        if self
            .subject
            .as_ref()
            .is_some_and(|s| s.stage == Stage::Listening)
            && file.listening
        {
            let local = self.subject.as_ref().map_or(self.local, |s| s.local);
            self.subject = Some(Subject::new(Stage::Fresh, local, self.remote));
        }
        Ok(match linger {
            Some(time) if time > Duration::ZERO => Operation::Linger {
                socket,
                until: self.now.saturating_add(time.0),
            },
            _ => Operation::Done(Returned::value(0)),
        })
    }

    fn fcntl(&mut self, arguments: &Arguments<'_>, fd: i64) -> Result<Returned, Failure> {
        let dialect = self.dialect;
        let file = self.fds.get_mut(&fd).expect("the caller looked it up");
        let command = arguments.get(1)?;
        let ExpressionKind::Word(word) = &command.kind else {
            return Err(arguments.wrong(command.place, "the name of a command is wanted here"));
        };
        match word.as_str() {
            "F_GETFL" => {
                let bit = if dialect == Dialect::Linux { 0x800 } else { 4 };
                Ok(Returned::value(2 | if file.nonblocking { bit } else { 0 }))
            }
            "F_SETFL" => {
                file.nonblocking = arguments.number(2)? & O_NONBLOCK != 0;
                Ok(Returned::value(0))
            }
            "F_GETFD" | "F_SETFD" => Ok(Returned::value(0)),
            _ => Err(arguments.wrong(command.place, &format!("«{word}» is not there"))),
        }
    }
}

fn endpoint(address: SocketAddr) -> sim::run::Endpoint {
    sim::run::Endpoint {
        address: sim::run::AddressName::Ip(address.ip()),
        port: sim::run::PortName::Number(address.port()),
    }
}
