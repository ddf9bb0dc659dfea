//! The packets of a script: those it injects, and those it expects.

use std::net::SocketAddr;

use tcp::event::SocketId;
use tcp::state::State;

use super::super::ast::{Direction, Icmp, Segment, Time, flag};
use super::super::dialect::Dialect;
use super::super::errno;
use super::super::packet::Wire;
use super::super::report::{self, Failure, Kind};
use super::super::subject::{Stage, Subject, difference, icmp_numbers};
use super::{Logged, PATIENCE_US, Runner, Sent, because};

impl Runner {
    pub(in super::super) fn next_remote(&mut self) -> SocketAddr {
        let port = self.next_remote_port;
        self.next_remote_port += 2;
        SocketAddr::new(self.remote.ip(), port)
    }

    /// The socket a packet of the script belongs to; a listener, or nobody, gets a child for it.
    pub(super) fn subject_for(&mut self, segment: &Segment) {
        let child = match &self.subject {
            None => true,
            Some(subject) => matches!(subject.stage, Stage::Listening | Stage::Fresh),
        };
        if child && segment.direction == Direction::Inbound {
            let remote = self.next_remote();
            let local = self
                .subject
                .as_ref()
                .map_or(self.local, |subject| subject.local);
            let mut subject = if self
                .subject
                .as_ref()
                .is_some_and(|s| s.stage == Stage::Fresh)
            {
                // A socket that does nothing yet: numbers are as they are written.
                Subject::new(Stage::PacketReceived, local, remote)
            } else {
                Subject::child(local, remote, segment)
            };
            // A bare passive OPEN begets nobody: it becomes the connection itself.
            let opened = self.subject.as_ref().and_then(|subject| subject.socket);
            subject.socket = opened.filter(|socket| {
                self.fds
                    .values()
                    .any(|file| file.socket == *socket && !file.listening)
            });
            self.subject = Some(subject);
        }
    }

    pub(super) fn inject(&mut self, segment: &Segment) -> Result<(), Failure> {
        self.subject_for(segment);
        let socket = self.subject_socket();
        let known = socket.is_some();
        let waits = socket.is_some_and(|socket| self.state_of(socket) == State::SynSent);
        let Some(subject) = &mut self.subject else {
            return Ok(());
        };
        let was_connected = !matches!(
            subject.stage,
            Stage::Fresh | Stage::Listening | Stage::PacketReceived
        );
        if !known && was_connected && segment.flags & flag::SYN != 0 {
            // Nothing is left of what was there before: its numbers do not matter any more.
            subject.begin_anew(segment);
        } else if waits && segment.flags & flag::SYN != 0 && subject.stage == Stage::SynAcked {
            // The SYN before this one was not taken.
            subject.stage = Stage::SynSent;
        }
        let bytes = subject.inbound(segment).bytes();
        self.inject_bytes(bytes)
    }

    pub(super) fn inject_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        self.stack.handle_datagram(self.instant(), &bytes);
        self.packets.push(Logged {
            time_us: self.now,
            direction: Direction::Inbound,
            bytes,
        });
        self.settle()
    }

    pub(super) fn inject_icmp(&mut self, icmp: &Icmp) -> Result<(), Failure> {
        let remote = self.remote.ip();
        let Some((kind, code, rest)) =
            icmp_numbers(&icmp.kind, icmp.code.as_deref(), icmp.mtu, remote)
        else {
            return Err(Failure::new(
                Kind::Script,
                icmp.place,
                format!(
                    "reading the script: the ICMP message «{} {}» is not there",
                    icmp.kind,
                    icmp.code.as_deref().unwrap_or("")
                ),
            ));
        };
        let Some(subject) = &self.subject else {
            return Err(Failure::new(
                Kind::Script,
                icmp.place,
                "handling packet: there is no socket this message could be about",
            ));
        };
        let (seq, _) = icmp.quoted.unwrap_or((0, 0));
        let bytes = subject
            .quoted(seq, 64)
            .quoted_in_icmp(remote, kind, code, rest);
        self.last_icmp = errno::of_icmp(kind, code, remote.is_ipv6(), self.dialect);
        self.inject_bytes(bytes)
    }

    pub(super) fn expect(
        &mut self,
        segment: &Segment,
        time: Time,
        start: u64,
        end: u64,
    ) -> Result<(), Failure> {
        let tolerance = self.tolerance(start);
        let expected_time = match time {
            Time::Any => " *       ".to_owned(),
            _ => report::seconds(start),
        };
        let missing = |runner: &Runner, why: &str| Failure {
            packets: Some((report::expected(segment, &expected_time), "none".to_owned())),
            ..Failure::new(
                Kind::NoPacket,
                segment.place,
                format!(
                    "handling packet: {why} (at {} s)",
                    report::seconds(runner.now).trim()
                ),
            )
        };
        if self.subject.is_none() {
            return Err(missing(self, "there is no socket that could send this"));
        }
        let limit = self
            .now
            .max(end.min(u64::MAX / 2))
            .max(start)
            .saturating_add(tolerance);
        let limit = limit.min(self.now.max(start) + PATIENCE_US);
        let sent = loop {
            if let Some(sent) = self.next_sent() {
                break sent;
            }
            match self.next_deadline() {
                None => return Err(missing(self, "no packet came, and nothing is pending")),
                // Waiting on shows what came instead, but not without end.
                Some(due) if due > limit.saturating_add(600_000_000) => {
                    return Err(missing(self, "no packet came in time"));
                }
                Some(due) => self.timeout(due)?,
            }
        };
        let sent = self.gathered(sent, usize::from(segment.len));
        let pushed_later = self.pushed_later(&sent.wire);
        let subject = self
            .subject
            .as_mut()
            .expect("it is there, or nothing matched");
        let place = subject.stream_place(&sent.wire);
        let mut actual = subject.outbound(&sent.wire, segment);
        if pushed_later {
            // Linux pushes where its segmentation happens to cut; PSH has to be on the last segment only.
            actual.flags |= segment.flags & flag::PSH;
        }
        let differs = difference(
            segment,
            &actual,
            self.config.timestamp_tick_us,
            self.config.tolerance_us,
        )
        .or_else(|| self.wrong_payload(&sent.wire, place));
        let off = match time {
            Time::Any => false,
            _ => {
                sent.time.saturating_add(tolerance) < start
                    || sent.time > end.saturating_add(tolerance)
            }
        };
        let differs_at_all = differs.is_some();
        let message = match differs {
            Some(text) => format!("handling packet: {text}"),
            None if off => {
                let wanted = if start == end {
                    report::seconds(start).trim().to_owned()
                } else {
                    format!(
                        "{}~{}",
                        report::seconds(start).trim(),
                        report::seconds(end).trim()
                    )
                };
                format!(
                    "handling packet: in time: expected at {wanted} s, sent at {} s, tolerance {} s",
                    report::seconds(sent.time).trim(),
                    report::seconds(tolerance).trim()
                )
            }
            None => return Ok(()),
        };
        self.explain(&format!("that packet was sent {}", because(sent.reason)));
        let kind = if off && !differs_at_all {
            Kind::PacketTime
        } else {
            Kind::Packet
        };
        let failure = Failure {
            reason: Some(sent.reason),
            packets: Some((
                report::expected(segment, &expected_time),
                report::actual(&actual, sent.time),
            )),
            ..Failure::new(kind, segment.place, message)
        };
        if self.config.packets_may_differ {
            self.warnings.push(failure);
            return Ok(());
        }
        Err(failure)
    }

    /// The next packet of the socket under test; others are nobody's business.
    pub(super) fn next_sent(&mut self) -> Option<Sent> {
        let subject = self.subject.as_ref()?;
        while let Some(sent) = self.outbox.pop_front() {
            let connecting = matches!(subject.stage, Stage::Connecting | Stage::SynSent)
                && sent.wire.destination == (subject.remote.ip(), subject.remote.port());
            if subject.sends(&sent.wire) || connecting {
                return Some(sent);
            }
        }
        None
    }

    /// A script of Linux shows what goes to the network card in one piece: segments that follow each other count as one,
    /// until there is as much as is expected.
    pub(super) fn gathered(&mut self, mut sent: Sent, expected: usize) -> Sent {
        if self.dialect != Dialect::Linux || sent.wire.payload.is_empty() {
            return sent;
        }
        while sent.wire.payload.len() < expected {
            let Some(next) = self.next_sent() else { break };
            let follows = sent.wire.seq.wrapping_add(sent.wire.payload.len() as u32);
            let fits = next.wire.seq == follows
                && !next.wire.payload.is_empty()
                && sent.wire.payload.len() + next.wire.payload.len() <= expected
                && next.wire.flags & (flag::SYN | flag::RST) == 0;
            if !fits {
                self.outbox.push_front(next);
                break;
            }
            sent.wire.flags |= next.wire.flags & (flag::PSH | flag::FIN);
            sent.wire.payload.extend(next.wire.payload);
            sent.time = next.time;
        }
        sent
    }

    /// Whether more of the stream follows, with PSH to come.
    pub(super) fn pushed_later(&self, wire: &Wire) -> bool {
        if self.dialect != Dialect::Linux || wire.payload.is_empty() {
            return false;
        }
        let end = wire.seq.wrapping_add(wire.payload.len() as u32);
        let follows = self
            .outbox
            .front()
            .is_some_and(|next| next.wire.seq == end && !next.wire.payload.is_empty());
        let queued = self
            .subject_socket()
            .and_then(|socket| self.stack.status(socket).ok())
            .is_some_and(|status| status.send_queue > status.snd_nxt.since(status.snd_una));
        let again = self
            .subject_socket()
            .and_then(|socket| self.stack.status(socket).ok())
            .is_some_and(|status| tcp::seq::Seq(end).before(status.snd_nxt));
        follows || queued || again
    }

    /// Whether the payload is what the application wrote for this place of the stream.
    pub(super) fn wrong_payload(&self, wire: &Wire, place: u32) -> Option<String> {
        let socket = self.subject_socket()?;
        let written = &self.told.get(&socket.0)?.written;
        let from = place.checked_sub(1)? as usize;
        let known = written.get(from..)?;
        let length = known.len().min(wire.payload.len());
        (known[..length] != wire.payload[..length])
            .then(|| "payload: not what was written".to_owned())
    }

    /// The engine's socket behind the socket under test.
    pub(in super::super) fn subject_socket(&self) -> Option<SocketId> {
        let subject = self.subject.as_ref()?;
        if let Some(socket) = subject.socket {
            return Some(socket);
        }
        let mut found = None;
        for status in self.stack.sockets() {
            if status.remote == Some(subject.remote)
                && status
                    .local
                    .is_some_and(|l| l.port() == subject.local.port())
            {
                found = Some(status.socket);
            }
        }
        found
    }
}
