//! Runs a script against one engine in virtual time: the engine is the machine under test, the script the other end and the application.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

use tcp::event::{Ended, Event as TcpEvent, EventKind, SocketId};
use tcp::reason::Reason;
use tcp::settings::{Policy, Settings};
use tcp::stack::Stack;
use tcp::state::State;
use tcp::time::Instant;

use super::ast::{Action, Call, Direction, Event, Place, Script, Time};
use super::calls::{Fd, Operation};
use super::code::{self, CodeError, Variables};
use super::config::Config;
use super::dialect::{self, Dialect};
use super::errno::Errno;
use super::packet::Wire;
use super::report::{self, Failure, Kind};
use super::subject::{Subject, pattern};

mod blocking;
mod exchange;

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

/// What the script's application did to the engine, for the run that replays it.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Call(SocketId, sim::run::Call),
    Set(Box<Settings>),
}

/// When the engine's clock starts, and whether no two things happen to it at once: a world in which packets take their time needs both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// What the engine's clock says when the script's says 0, in microseconds.
    pub start: u64,
    /// Packets and calls of one moment come a microsecond apart.
    pub one_by_one: bool,
}

/// All of a run, for the run that replays it.
pub(super) struct Account {
    pub outcome: Outcome,
    /// The settings before anything happened.
    pub settings: Settings,
    /// By the engine's clock.
    pub deeds: Vec<(u64, Deed)>,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub mtu: u16,
    /// When the script ended, by the engine's clock.
    pub ended: u64,
}

/// The seed of the engine's secret.
pub(super) const SEED: u64 = 1;

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
    /// The dialect; none for the one that goes with the policy, or that the script looks like.
    pub dialect: Option<Dialect>,
    /// The policy; none for that of the script's dialect.
    pub policy: Option<Policy>,
    /// Options of the command line, applied after the script's own.
    pub overrides: Vec<(String, String)>,
    /// Words to replace, as `--define=NAME=value` does.
    pub definitions: Vec<(String, String)>,
}

impl Options {
    /// The dialect in which a script is read.
    #[must_use]
    pub fn dialect_of(&self, text: &str) -> Dialect {
        match (self.dialect, self.policy) {
            (Some(dialect), _) => dialect,
            (None, Some(Policy::Linux)) => Dialect::Linux,
            (None, Some(Policy::FreeBsd)) => Dialect::FreeBsd,
            (None, _) => Dialect::of(text),
        }
    }
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
    pace: Pace,
    /// When something last happened, where things happen one by one.
    stirred: Option<u64>,
    /// A call that had to wait is tried again.
    resumed: bool,
    initial: Settings,
    deeds: Vec<(u64, Deed)>,
}

/// Runs a script.
#[must_use]
pub fn run(text: &str, options: &Options) -> Outcome {
    match account(text, options, Pace::default()) {
        Ok(account) => account.outcome,
        Err(outcome) => *outcome,
    }
}

/// Runs a script, and answers what happened; only the outcome if it cannot be read.
pub(super) fn account(text: &str, options: &Options, pace: Pace) -> Result<Account, Box<Outcome>> {
    let dialect = options.dialect_of(text);
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
            outcome.failure = Some(Failure {
                wanted: error.wanted,
                ..Failure::new(
                    Kind::Script,
                    error.place,
                    format!("reading the script: {}", error.message),
                )
            });
            return Err(Box::new(outcome));
        }
    };
    let policy = options.policy.or(config.policy).unwrap_or(policy);
    outcome.policy = policy;
    let mut runner = Runner::new(config, dialect, policy, pace);
    let result = runner.script(&script);
    if let Err(mut failure) = result {
        failure.reasons = std::mem::take(&mut runner.reasons);
        outcome.failure = Some(failure);
    }
    let ended = runner.instant().0;
    outcome.warnings = runner.warnings;
    outcome.packets = runner.packets;
    Ok(Account {
        outcome,
        settings: runner.initial,
        deeds: runner.deeds,
        local: runner.local,
        remote: runner.remote,
        mtu: runner.config.mtu,
        ended,
    })
}

impl Runner {
    fn new(config: Config, dialect: Dialect, policy: Policy, pace: Pace) -> Runner {
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
        let secret = sim::rng::host_secret(SEED, 0, 0);
        Runner {
            stack: Stack::new(&[local], config.mtu, settings.clone(), secret),
            initial: settings.clone(),
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
            pace,
            stirred: None,
            resumed: false,
            deeds: Vec::new(),
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

    /// The engine's time.
    pub(super) fn instant(&self) -> Instant {
        Instant(self.now + self.pace.start)
    }

    /// Notes what the script's application did.
    pub(super) fn did(&mut self, socket: SocketId, call: sim::run::Call) {
        self.deed(Deed::Call(socket, call));
    }

    fn deed(&mut self, deed: Deed) {
        let mut time = self.instant().0;
        if self.pace.one_by_one {
            // What has waited goes on once that is there for which it has waited.
            time += u64::from(self.resumed);
            if let Some((last, _)) = self.deeds.last() {
                time = time.max(last + 1);
            }
            self.stirred = self.stirred.max(Some(time - self.pace.start));
        }
        self.deeds.push((time, deed));
    }

    /// Changes the engine's settings.
    pub(super) fn reconfigure(&mut self, settings: Settings) {
        if settings != self.settings {
            self.settings = settings.clone();
            if self.deeds.is_empty() {
                self.initial = settings.clone();
            } else {
                self.deed(Deed::Set(Box::new(settings.clone())));
            }
            self.stack.configure(self.instant(), settings);
        }
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
                self.stirred = Some(self.now);
            }
            Action::Icmp(icmp) if !inbound => {
                return Err(Failure::new(
                    Kind::Script,
                    icmp.place,
                    "the engine sends no ICMP, so none can be expected",
                ));
            }
            action => {
                // A moment later than what came before, where that is wanted.
                let due = match (self.pace.one_by_one, self.stirred) {
                    (true, Some(last)) => start.max(last + 1),
                    _ => start,
                };
                self.wait(event.place, due)?;
                self.stirred = Some(self.now);
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
        let percent = start
            .saturating_sub(self.last_event)
            .saturating_mul(self.config.tolerance_basis_points)
            / 10_000;
        self.config.tolerance_us.max(percent)
    }

    /// Lets time pass until an event of the script is due.
    fn wait(&mut self, place: Place, until: u64) -> Result<(), Failure> {
        if self.now > until.saturating_add(self.tolerance(until)) {
            return Err(Failure::new(
                Kind::Time,
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
        let start = self.pace.start;
        let engine = self
            .stack
            .poll_timeout()
            .map(|(at, _, _)| at.0.saturating_sub(start));
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
            .is_some_and(|(at, _, _)| at <= self.instant())
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
            self.resumed = true;
            let returned = self.attempt(&mut blocked.operation, blocked.place);
            self.resumed = false;
            match returned? {
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
            let Some(transmit) = self.stack.poll_transmit(self.instant(), &mut bytes) else {
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

    // ---- the rest ----

    fn command(&mut self, place: Place, text: &str) -> Result<(), Failure> {
        let mut settings = self.settings.clone();
        let effect = dialect::command(&mut settings, text).map_err(|refusal| {
            Failure::new(
                Kind::Script,
                place,
                format!("executing the command: {refusal}"),
            )
        })?;
        if settings != self.settings {
            self.reconfigure(settings);
            self.settle()?;
        }
        if effect.sleep > 0 {
            let until = self.now.saturating_add(effect.sleep);
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
            CodeError::NotUnderstood(error) => Failure::new(
                Kind::Script,
                error.place,
                format!("in code: {}", error.message),
            ),
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
                    Kind::Assertion,
                    place,
                    format!("in code: «{text}» does not hold: {}", values.join(", ")),
                )
            }
        })
    }

    /// What the application wrote, for comparison with what is sent.
    pub(super) fn wrote(&mut self, socket: SocketId, bytes: &[u8], flags: tcp::stack::SendFlags) {
        if !bytes.is_empty() {
            let call = sim::run::Call::Send {
                bytes: bytes.len() as u32,
                push: flags.push,
                urgent: flags.urgent,
                more: flags.more,
            };
            self.did(socket, call);
        }
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
                Kind::Result,
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
