//! Runs a script against one engine in virtual time: the engine is the machine under test, the script the other end and the application.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use tcp::event::{Ended, Event as TcpEvent, EventKind, SocketId};
use tcp::reason::Reason;
use tcp::settings::{Policy, Settings};
use tcp::stack::Stack;
use tcp::state::State;
use tcp::time::Instant;

use super::ast::{Action, Call, Direction, Event, Icmp, Place, Script, Segment, Time, flag};
use super::calls::{Fd, Operation, Returned};
use super::code::{self, CodeError, Variables};
use super::config::Config;
use super::dialect::{self, Dialect};
use super::errno::{self, Errno};
use super::packet::Wire;
use super::report::{self, Failure};
use super::subject::{Stage, Subject, difference, icmp_numbers, pattern};

/// A packet of a run, for captures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Logged {
    /// When it was injected or sent, in microseconds of the script's time.
    pub time_us: u64,
    /// Which way it went.
    pub direction: Direction,
    /// The datagram.
    pub bytes: Vec<u8>,
}

/// How a script went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outcome {
    /// Why it failed; none if everything came as the script says.
    pub failure: Option<Failure>,
    /// Packets that differ, where the script only wants to be warned of them.
    pub warnings: Vec<Failure>,
    /// The policy it ran under.
    pub policy: Policy,
    /// Every packet.
    pub packets: Vec<Logged>,
}

/// What a person decides beside the script.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The policy; none for that of the script's dialect.
    pub policy: Option<Policy>,
    /// Options of the command line, applied after the script's own.
    pub overrides: Vec<(String, String)>,
    /// Words to replace, as `--define=NAME=value` does.
    pub definitions: Vec<(String, String)>,
}

/// What the engine's events told about a socket.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// The error the application has not been told of yet.
    pub error: Option<Errno>,
    /// Whether the connection is over.
    pub ended: bool,
    /// Whether the other end's FIN has been reached.
    pub peer_closed: bool,
    /// The state before the last change.
    before: State,
    /// What the application wrote, for comparison with what is sent.
    pub written: Vec<u8>,
    /// How many bytes the application has read.
    pub read: u32,
}

struct Sent {
    time: u64,
    wire: Wire,
    reason: Reason,
}

struct Blocked {
    place: Place,
    call: Call,
    operation: Operation,
    end: Option<u64>,
    started: u64,
}

/// So many of the engine's reasons from before a line are told when it fails.
const REASONS_KEPT: usize = 12;

/// No script waits longer than this for one packet or call, in microseconds.
const PATIENCE_US: u64 = 24 * 3_600 * 1_000_000;

/// The machine under test, and everything the script has done to it.
pub(super) struct Runner {
    pub(super) stack: Stack,
    pub(super) settings: Settings,
    pub(super) config: Config,
    pub(super) dialect: Dialect,
    pub(super) now: u64,
    pub(super) fds: BTreeMap<i64, Fd>,
    pub(super) told: BTreeMap<u32, Told>,
    pub(super) subject: Option<Subject>,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
    /// Whether the file that is being opened does not block.
    pub(super) opened: Option<bool>,
    next_remote_port: u16,
    outbox: VecDeque<Sent>,
    blocked: Option<Blocked>,
    /// The time of the last event, if that was an injected packet.
    anchor: Option<u64>,
    last_event: u64,
    last_icmp: Errno,
    variables: Variables,
    reasons: Vec<String>,
    warnings: Vec<Failure>,
    packets: Vec<Logged>,
}

/// Runs a script.
#[must_use]
pub fn run(text: &str, options: &Options) -> Outcome {
    let dialect = match options.policy {
        Some(Policy::Linux) => Dialect::Linux,
        Some(Policy::FreeBsd) => Dialect::FreeBsd,
        _ => Dialect::of(text),
    };
    let policy = options.policy.unwrap_or(dialect.policy());
    let mut outcome = Outcome {
        failure: None,
        warnings: Vec::new(),
        policy,
        packets: Vec::new(),
    };
    let prepared =
        super::parser::parse(text, dialect.defined(), &options.definitions).and_then(|script| {
            let mut config = Config {
                ipv6: dialect::wants_ipv6(&script),
                ..Config::default()
            };
            if dialect == Dialect::FreeBsd {
                // That program knows no percentages, and is less strict.
                config.tolerance_basis_points = 0;
                config.tolerance_us = 10_000;
            }
            config.apply(&script)?;
            config.look_at(&script);
            for (name, value) in &options.overrides {
                config.option(name, value);
            }
            Ok((script, config))
        });
    let (script, config) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            outcome.failure = Some(Failure::new(
                error.place,
                format!("reading the script: {}", error.message),
            ));
            return outcome;
        }
    };
    let policy = options.policy.or(config.policy).unwrap_or(policy);
    outcome.policy = policy;
    let mut runner = Runner::new(config, dialect, policy);
    let result = runner.script(&script);
    if let Err(mut failure) = result {
        failure.reasons = std::mem::take(&mut runner.reasons);
        outcome.failure = Some(failure);
    }
    outcome.warnings = runner.warnings;
    outcome.packets = runner.packets;
    outcome
}

impl Runner {
    fn new(config: Config, dialect: Dialect, policy: Policy) -> Runner {
        let (local, remote) = config.addresses();
        let mut settings = Settings::new(policy);
        // The interface says what fits.
        let headers = if config.ipv6 { 60 } else { 40 };
        settings.mss = config.mtu.saturating_sub(headers).max(64);
        if let (Policy::Linux, Some(shift)) = (policy, config.scale_shown) {
            // How much memory the machine had that the script was written on, no script says otherwise.
            settings.window_scale_shift = shift;
        }
        if let (Policy::Linux, Some(window)) = (policy, config.window_shown) {
            settings.receive_buffer = window;
        }
        for (name, value) in &config.settings {
            // They were tried when the options were read.
            let _ = settings.set(name, value);
        }
        let secret = *b"packetdrill-run!";
        Runner {
            stack: Stack::new(&[local], config.mtu, settings.clone(), secret),
            settings,
            local: SocketAddr::new(local, config.bind_port),
            remote: SocketAddr::new(remote, config.connect_port),
            config,
            dialect,
            now: 0,
            fds: BTreeMap::new(),
            told: BTreeMap::new(),
            subject: None,
            opened: None,
            next_remote_port: 32_768 + 11,
            outbox: VecDeque::new(),
            blocked: None,
            anchor: None,
            last_event: 0,
            last_icmp: "EHOSTUNREACH",
            variables: Variables::default(),
            reasons: Vec::new(),
            warnings: Vec::new(),
            packets: Vec::new(),
        }
    }

    fn script(&mut self, script: &Script) -> Result<(), Failure> {
        if let Some(init) = &script.init {
            self.command(init.place, &init.text)?;
        }
        for event in &script.events {
            self.event(event)?;
        }
        self.finish_blocked()
    }

    pub(super) fn instant(&self) -> Instant {
        Instant(self.now)
    }

    // ---- time ----

    fn event(&mut self, event: &Event) -> Result<(), Failure> {
        let old = self.reasons.len().saturating_sub(REASONS_KEPT);
        self.reasons.drain(..old);
        let inbound = match &event.action {
            Action::Segment(segment) => segment.direction == Direction::Inbound,
            Action::Icmp(icmp) => icmp.direction == Direction::Inbound,
            _ => false,
        };
        let offset = match self.anchor {
            Some(anchor) if inbound => anchor,
            _ => self.now,
        };
        let (start, end) = match event.time {
            Time::Relative(t) => (offset + t, offset + t),
            Time::Absolute(t) => (t, t),
            Time::RelativeRange(a, b) => (offset + a, offset + b),
            Time::AbsoluteRange(a, b) => (a, b),
            Time::Any => (self.now, u64::MAX),
        };
        match &event.action {
            Action::Segment(segment) if !inbound => {
                self.expect(segment, event.time, start, end)?;
            }
            Action::Icmp(icmp) if !inbound => {
                return Err(Failure::new(
                    icmp.place,
                    "the engine sends no ICMP, so none can be expected",
                ));
            }
            action => {
                self.wait(event.place, start)?;
                match action {
                    Action::Segment(segment) => self.inject(segment)?,
                    Action::Icmp(icmp) => self.inject_icmp(icmp)?,
                    Action::Call(call) => {
                        let end = call.end.map(|end| match event.time {
                            Time::Relative(_) => offset + end,
                            _ => end,
                        });
                        self.call(call, end)?;
                    }
                    Action::Command(command) => self.command(command.place, &command.text)?,
                    Action::Code(code) => self.code(code)?,
                }
            }
        }
        self.anchor = inbound.then_some(start);
        self.last_event = start;
        Ok(())
    }

    /// How far a time may be off.
    fn tolerance(&self, start: u64) -> u64 {
        let percent =
            start.saturating_sub(self.last_event) * self.config.tolerance_basis_points / 10_000;
        self.config.tolerance_us.max(percent)
    }

    /// Lets time pass until an event of the script is due.
    fn wait(&mut self, place: Place, until: u64) -> Result<(), Failure> {
        if self.now > until + self.tolerance(until) {
            return Err(Failure::new(
                place,
                format!(
                    "in time: this belongs to {} s, but it is {} s already",
                    report::seconds(until).trim(),
                    report::seconds(self.now).trim()
                ),
            ));
        }
        // What is due at the very moment comes after what the script does then.
        while let Some(due) = self.next_deadline()
            && due < until
        {
            self.timeout(due)?;
        }
        self.now = self.now.max(until);
        Ok(())
    }

    /// The next moment at which something happens by itself.
    fn next_deadline(&self) -> Option<u64> {
        let engine = self.stack.poll_timeout().map(|(at, _, _)| at.0);
        let call = self
            .blocked
            .as_ref()
            .and_then(|blocked| blocked.operation.deadline());
        [engine, call]
            .into_iter()
            .flatten()
            .filter(|at| *at < u64::MAX)
            .min()
    }

    fn timeout(&mut self, due: u64) -> Result<(), Failure> {
        self.now = self.now.max(due);
        if self
            .stack
            .poll_timeout()
            .is_some_and(|(at, _, _)| at.0 <= self.now)
        {
            self.stack.handle_timeout(self.instant());
        }
        self.settle()
    }

    /// Takes everything the engine has to say and to send, then lets a blocked call go on.
    pub(super) fn settle(&mut self) -> Result<(), Failure> {
        loop {
            self.drain();
            let Some(mut blocked) = self.blocked.take() else {
                return Ok(());
            };
            match self.attempt(&mut blocked.operation, blocked.place)? {
                None => {
                    self.blocked = Some(blocked);
                    self.drain();
                    return Ok(());
                }
                Some(returned) => {
                    self.drain();
                    self.finish(&blocked, &returned)?;
                }
            }
        }
    }

    fn drain(&mut self) {
        let mut bytes = Vec::new();
        loop {
            while let Some(event) = self.stack.poll_event() {
                self.note(event);
            }
            bytes.clear();
            let Some(transmit) = self.stack.poll_transmit(Instant(self.now), &mut bytes) else {
                return;
            };
            self.packets.push(Logged {
                time_us: self.now,
                direction: Direction::Outbound,
                bytes: bytes.clone(),
            });
            match Wire::read(&bytes) {
                Ok(wire) => {
                    self.explain(&format!(
                        "sends {} {}",
                        report::flags(wire.flags),
                        because(transmit.reason)
                    ));
                    self.outbox.push_back(Sent {
                        time: self.now,
                        wire,
                        reason: transmit.reason,
                    });
                }
                Err(message) => self.explain(&format!("sends a packet that is wrong: {message}")),
            }
        }
    }

    fn explain(&mut self, text: &str) {
        self.reasons
            .push(format!("{} {text}", report::seconds(self.now)));
    }

    fn note(&mut self, event: TcpEvent) {
        let TcpEvent { socket, kind } = event;
        match kind {
            EventKind::Judged { reason } => self.explain(&format!("goes on {}", because(reason))),
            EventKind::Refused { reason } => self.explain(&format!("refuses {}", because(reason))),
            EventKind::State { from, to, reason } => {
                self.explain(&format!(
                    "{} → {} {}",
                    from.name(),
                    to.name(),
                    because(reason)
                ));
            }
            EventKind::TimerFired { timer } => {
                self.explain(&format!("timer {} runs out", timer.id()));
            }
            EventKind::Limit { reason } => self.explain(&format!("limit {}", because(reason))),
            EventKind::Ended { how, reason } => {
                self.explain(&format!("ended, {} {}", how.id(), because(reason)));
            }
            _ => {}
        }
        let Some(SocketId(id)) = socket else { return };
        let dialect = self.dialect;
        let last_icmp = self.last_icmp;
        let told = self.told.entry(id).or_default();
        match kind {
            EventKind::State { from, .. } => told.before = from,
            EventKind::PeerClosed => told.peer_closed = true,
            EventKind::Ended { how, .. } => {
                told.ended = true;
                told.error = match how {
                    Ended::Reset
                        if told.before == State::CloseWait && dialect == Dialect::Linux =>
                    {
                        Some("EPIPE")
                    }
                    Ended::Reset => Some("ECONNRESET"),
                    Ended::Refused => Some("ECONNREFUSED"),
                    Ended::TimedOut => Some("ETIMEDOUT"),
                    Ended::Unreachable => Some(last_icmp),
                    Ended::Closed | Ended::Aborted => told.error,
                };
            }
            _ => {}
        }
    }

    // ---- packets ----

    pub(super) fn next_remote(&mut self) -> SocketAddr {
        let port = self.next_remote_port;
        self.next_remote_port += 2;
        SocketAddr::new(self.remote.ip(), port)
    }

    /// The socket a packet of the script belongs to; a listener, or nobody, gets a child for it.
    fn subject_for(&mut self, segment: &Segment) {
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

    fn inject(&mut self, segment: &Segment) -> Result<(), Failure> {
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

    fn inject_bytes(&mut self, bytes: Vec<u8>) -> Result<(), Failure> {
        self.stack.handle_datagram(self.instant(), &bytes);
        self.packets.push(Logged {
            time_us: self.now,
            direction: Direction::Inbound,
            bytes,
        });
        self.settle()
    }

    fn inject_icmp(&mut self, icmp: &Icmp) -> Result<(), Failure> {
        let remote = self.remote.ip();
        let Some((kind, code, rest)) =
            icmp_numbers(&icmp.kind, icmp.code.as_deref(), icmp.mtu, remote)
        else {
            return Err(Failure::new(
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

    fn expect(
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
        let limit = self.now.max(end.min(u64::MAX / 2)).max(start) + tolerance;
        let limit = limit.min(self.now.max(start) + PATIENCE_US);
        let sent = loop {
            if let Some(sent) = self.next_sent() {
                break sent;
            }
            match self.next_deadline() {
                None => return Err(missing(self, "no packet came, and nothing is pending")),
                // Waiting on shows what came instead, but not without end.
                Some(due) if due > limit + 600_000_000 => {
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
            _ => sent.time + tolerance < start || sent.time > end.saturating_add(tolerance),
        };
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
        let failure = Failure {
            packets: Some((
                report::expected(segment, &expected_time),
                report::actual(&actual, sent.time),
            )),
            ..Failure::new(segment.place, message)
        };
        if self.config.packets_may_differ {
            self.warnings.push(failure);
            return Ok(());
        }
        Err(failure)
    }

    /// The next packet of the socket under test; others are nobody's business.
    fn next_sent(&mut self) -> Option<Sent> {
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
    fn gathered(&mut self, mut sent: Sent, expected: usize) -> Sent {
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
    fn pushed_later(&self, wire: &Wire) -> bool {
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
    fn wrong_payload(&self, wire: &Wire, place: u32) -> Option<String> {
        let socket = self.subject_socket()?;
        let written = &self.told.get(&socket.0)?.written;
        let from = place.checked_sub(1)? as usize;
        let known = written.get(from..)?;
        let length = known.len().min(wire.payload.len());
        (known[..length] != wire.payload[..length])
            .then(|| "payload: not what was written".to_owned())
    }

    /// The engine's socket behind the socket under test.
    pub(super) fn subject_socket(&self) -> Option<SocketId> {
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

    // ---- calls ----

    fn call(&mut self, call: &Call, end: Option<u64>) -> Result<(), Failure> {
        if end.is_some() {
            self.finish_blocked()?;
        }
        let mut operation = self.operation(call)?;
        let returned = self.attempt(&mut operation, call.place)?;
        self.drain();
        let blocked = Blocked {
            place: call.place,
            call: call.clone(),
            operation,
            end,
            started: self.now,
        };
        if let Some(returned) = returned {
            self.finish(&blocked, &returned)?;
            return self.settle();
        }
        if end.is_some() {
            self.blocked = Some(blocked);
            return Ok(());
        }
        // A call that the script does not say to block, and yet it does: only time can help.
        let other = self.blocked.replace(blocked);
        self.finish_blocked()?;
        self.blocked = other;
        self.settle()
    }

    /// Lets time pass until the blocked call has returned.
    fn finish_blocked(&mut self) -> Result<(), Failure> {
        while let Some(blocked) = &self.blocked {
            let (place, name, started) =
                (blocked.place, blocked.call.name.clone(), blocked.started);
            match self.next_deadline() {
                Some(due) if due < started + PATIENCE_US => self.timeout(due)?,
                _ => {
                    return Err(Failure::new(
                        place,
                        format!(
                            "in {name}(): the call blocks, and nothing that is pending lets it return"
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, blocked: &Blocked, returned: &Returned) -> Result<(), Failure> {
        self.check_result(&blocked.call, returned)?;
        if let Some(end) = blocked.end {
            let tolerance = self.tolerance(end);
            if self.now + tolerance < end || self.now > end + tolerance {
                return Err(Failure::new(
                    blocked.place,
                    format!(
                        "in time: {}() should have returned at {} s, but did at {} s, tolerance {} s",
                        blocked.call.name,
                        report::seconds(end).trim(),
                        report::seconds(self.now).trim(),
                        report::seconds(tolerance).trim()
                    ),
                ));
            }
        }
        Ok(())
    }

    // ---- the rest ----

    fn command(&mut self, place: Place, text: &str) -> Result<(), Failure> {
        let mut settings = self.settings.clone();
        let effect = dialect::command(&mut settings, text)
            .map_err(|refusal| Failure::new(place, format!("executing the command: {refusal}")))?;
        if settings != self.settings {
            self.settings = settings.clone();
            self.stack.configure(self.instant(), settings);
            self.settle()?;
        }
        if effect.sleep > 0 {
            let until = self.now + effect.sleep;
            self.wait(place, until)?;
        }
        Ok(())
    }

    fn code(&mut self, block: &super::ast::Code) -> Result<(), Failure> {
        let status = self
            .subject_socket()
            .and_then(|s| self.stack.status(s).ok());
        let now = self.now;
        let dialect = self.dialect;
        let lookup = |name: &str| super::info::lookup(name, status.as_ref(), dialect, now);
        code::run(block, &mut self.variables, &lookup).map_err(|error| match error {
            CodeError::NotUnderstood(error) => {
                Failure::new(error.place, format!("in code: {}", error.message))
            }
            CodeError::False {
                place,
                text,
                values,
            } => {
                let values: Vec<String> = values
                    .iter()
                    .map(|(name, value)| format!("{name} is {value}"))
                    .collect();
                Failure::new(
                    place,
                    format!("in code: «{text}» does not hold: {}", values.join(", ")),
                )
            }
        })
    }

    /// What the application wrote, for comparison with what is sent.
    pub(super) fn wrote(&mut self, socket: SocketId, bytes: &[u8]) {
        let told = self.told.entry(socket.0).or_default();
        told.written.extend_from_slice(bytes);
    }

    /// Whether what the application read is what the script injected.
    pub(super) fn check_read(
        &mut self,
        socket: SocketId,
        bytes: &[u8],
        place: Place,
    ) -> Result<(), Failure> {
        let told = self.told.entry(socket.0).or_default();
        let from = told.read;
        told.read = from.wrapping_add(bytes.len() as u32);
        let right = bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| *byte == pattern(from.wrapping_add(at as u32 + 1)));
        if right {
            Ok(())
        } else {
            Err(Failure::new(
                place,
                "in reading: the bytes are not those that were injected",
            ))
        }
    }
}

/// A reason with its place in the RFCs.
fn because(reason: Reason) -> String {
    let section = reason.section();
    if section.rfc == 0 {
        format!("[{}: practice, {}]", reason.id(), reason.level().id())
    } else {
        format!(
            "[{}: RFC {} {}, {}]",
            reason.id(),
            section.rfc,
            section.section,
            reason.level().id()
        )
    }
}
