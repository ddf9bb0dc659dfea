//! The script: what is due at a moment, and what waits for something to happen.

use tcp::event::SocketId;
use tcp::state::State;
use tcp::time::{Duration, Instant};

use super::{Context, Origin, Task, World};
use crate::run::{Action, Happening, HostId, Run, SocketName, When};
use crate::trace::RecordId;

impl World {
    /// Lines with a moment of their own go into the queue, in the order of the script.
    pub(super) fn plan_script(&mut self, run: &Run) {
        for (line, entry) in (0..).zip(&run.scenario.script) {
            match entry.when {
                When::At(time) => {
                    self.schedule(time, Task::Script { line, left: 1 });
                }
                When::Every { from, times, .. } if times > 0 => {
                    self.schedule(from, Task::Script { line, left: times });
                }
                When::Every { .. } | When::On { .. } | When::Arrives { .. } => {}
            }
        }
    }

    pub(super) fn script_line(&mut self, c: &mut Context<'_>, line: u32, left: u32) {
        let run = c.run;
        let entry = &run.scenario.script[line as usize];
        if let (When::Every { interval, .. }, true) = (&entry.when, left > 1) {
            let next: Instant = self.now + *interval;
            self.schedule(
                next,
                Task::Script {
                    line,
                    left: left - 1,
                },
            );
        }
        match &entry.action {
            Action::Call {
                socket,
                fresh,
                call,
            } => {
                self.named_call(c, socket, *fresh, call, None);
            }
            // What a script sends is no intervention.
            Action::Emit { host, datagram } => self.emit_scripted(c, *host, datagram, None),
            _ => self.intervene(c, Origin::Script(line), None),
        }
    }

    /// Something happened to a socket: lines that wait for it become due.
    pub(super) fn happened(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        what: Happening,
        cause: RecordId,
    ) {
        let run = c.run;
        for (line, entry) in (0..).zip(&run.scenario.script) {
            let When::On {
                socket: name,
                happening,
                always,
                after,
            } = &entry.when
            else {
                continue;
            };
            if name.host != host || !fits(*happening, what) || !self.is_named(host, socket, name) {
                continue;
            }
            let h = &mut self.hosts[host.index()];
            let boot = h.boot;
            let fired = &mut h.socket(socket).fired;
            if !always {
                if fired.contains(&line) {
                    continue;
                }
                fired.push(line);
            }
            let task = Task::React {
                line,
                host,
                boot,
                socket,
                cause,
            };
            if *after == Duration::ZERO {
                self.at_once(host, task);
            } else {
                self.schedule(self.now + *after, task);
            }
        }
    }

    fn is_named(&self, host: HostId, socket: SocketId, name: &SocketName) -> bool {
        let h = &self.hosts[host.index()];
        let known = h
            .sockets
            .get(&socket.0)
            .and_then(|s| s.name)
            .and_then(|index| h.names.get(index as usize));
        known.is_some_and(|n| n.name == name.name && name.instance.is_none_or(|i| i == n.instance))
    }

    /// A socket got its name only now: what has happened to it before counts.
    pub(super) fn happened_before(
        &mut self,
        c: &mut Context<'_>,
        host: HostId,
        socket: SocketId,
        cause: RecordId,
    ) {
        let Some(known) = self.hosts[host.index()].sockets.get(&socket.0) else {
            return;
        };
        let state = known.state;
        let delivered = u32::try_from(known.delivered).unwrap_or(u32::MAX);
        let (peer_closed, ended) = (known.peer_closed, known.ended);
        self.happened(c, host, socket, Happening::Accepted, cause);
        self.happened(c, host, socket, Happening::State(state), cause);
        if state.is_synchronized() {
            self.happened(c, host, socket, Happening::Established, cause);
        }
        if delivered > 0 {
            self.happened(c, host, socket, Happening::Readable(delivered), cause);
        }
        if peer_closed {
            self.happened(c, host, socket, Happening::PeerClosed, cause);
        }
        if ended {
            self.happened(c, host, socket, Happening::Ended, cause);
        }
    }

    /// A line's moment has come for one socket.
    pub(super) fn react(
        &mut self,
        c: &mut Context<'_>,
        line: u32,
        host: HostId,
        socket: SocketId,
        cause: RecordId,
    ) {
        let run = c.run;
        let entry = &run.scenario.script[line as usize];
        match (&entry.action, &entry.when) {
            (
                Action::Call {
                    socket: name,
                    fresh: false,
                    call,
                },
                When::On {
                    socket: trigger, ..
                },
            ) if name == trigger => {
                self.call(c, host, socket, call, Some(cause));
            }
            (
                Action::Call {
                    socket: name,
                    fresh,
                    call,
                },
                _,
            ) => {
                self.named_call(c, name, *fresh, call, Some(cause));
            }
            _ => self.intervene(c, Origin::Script(line), Some(cause)),
        }
    }
}

/// Whether what a line waits for is what happened.
fn fits(wanted: Happening, what: Happening) -> bool {
    match (wanted, what) {
        (Happening::Readable(wanted), Happening::Readable(bytes)) => bytes >= wanted,
        (Happening::Sent(wanted), Happening::Sent(bytes)) => bytes >= wanted,
        (Happening::State(State::Closed), Happening::Ended) => true,
        _ => wanted == what,
    }
}
