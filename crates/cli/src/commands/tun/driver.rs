//! The one loop: the device, the clock, the engine and its applications.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read as _, stdin};
use std::net::IpAddr;
use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use sim::rng;
use sim::run::{AddressName, Call, Endpoint, HostId, PortName};
use sim::trace::{CallRecord, Place, RecordId};
use tcp::error::CallError;
use tcp::event::{Event, EventKind, SocketId};
use tcp::stack::{SocketOption, Stack};
use tcp::state::State;
use tcp::time::Instant;
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment};

use super::Options;
use super::application::Application;
use super::device::Tun;
use super::impair::{Impairment, Way};
use super::line::Delayed;
use super::record::Recorder;
use super::report::Line;
use super::script::{self, Step};
use super::tape::{self, Replay, Tape};
use crate::output;
use crate::trouble::Trouble;

/// So many datagrams are read before applications have their turn again.
const BURST: usize = 128;

/// Everything there is while the command runs.
pub struct Driver {
    pub options: Options,
    pub stack: Stack,
    pub recorder: Option<Recorder>,
    pub tape: Option<Tape>,
    pub applications: Vec<Application>,
    /// How many connections there have been.
    pub begun: u32,
    /// Steps that came before there was a connection.
    pub pending_steps: Option<VecDeque<Step>>,
    /// Applications are having their turn.
    pub playing: bool,
    /// An application has called since anybody looked.
    pub called: bool,
    /// What brought about what the engine does next: the last arrival or call.
    pub cause: Option<RecordId>,
    /// Something is arriving: what applications call now, TCP does not send before they have done all they want to.
    pub arriving: bool,
    /// What was released in this turn of the applications ends it.
    pub turn_over: bool,
    /// Standard input has ended.
    pub input_over: bool,
    input: Vec<u8>,
    /// The moment at which everything happens that the engine is told now.
    moment: Instant,
    /// Applications may have something to do.
    pub stirred: bool,
    pub device: Tun,
    clock: Clock,
    pub impairment: Impairment,
    /// By due time and order.
    pub delayed: BTreeMap<(Instant, u64), Delayed>,
    pub order: u64,
    /// A segment with these flags is to be held back.
    pub catching: Option<Flags>,
    /// What is held back, once one was caught.
    pub held: Option<VecDeque<Delayed>>,
    listener: Option<SocketId>,
    /// When everything was done.
    done_since: Option<Instant>,
    status_lines: String,
    interrupted: bool,
}

/// Real time, from zero at the start: the one place where the engine meets a wall clock.
struct Clock {
    #[expect(clippy::disallowed_types, reason = "this command runs in real time")]
    start: std::time::Instant,
}

impl Clock {
    #[expect(clippy::disallowed_types, reason = "this command runs in real time")]
    fn new() -> Clock {
        Clock {
            start: std::time::Instant::now(),
        }
    }

    fn now(&self) -> Instant {
        Instant(self.start.elapsed().as_micros() as u64)
    }
}

impl Driver {
    /// All that is secret comes from one number, as in a simulated run.
    pub fn new(options: Options, device: Tun, secret_seed: u64) -> Driver {
        let addresses = options.addresses.clone();
        let secret = rng::host_secret(secret_seed, HostId::A.index(), 0);
        let stack = Stack::new(&addresses, options.mtu, options.settings.clone(), secret);
        let recording = options.trace.is_some() || options.pcapng.is_some();
        Driver {
            stack,
            recorder: recording.then(Recorder::default),
            tape: (options.record.is_some()).then(|| Tape::new(secret_seed)),
            applications: Vec::new(),
            begun: 0,
            pending_steps: None,
            playing: false,
            called: false,
            cause: None,
            arriving: false,
            turn_over: false,
            input_over: false,
            input: Vec::new(),
            moment: Instant::ZERO,
            stirred: false,
            device,
            clock: Clock::new(),
            impairment: options.impairment.clone(),
            options,
            delayed: BTreeMap::new(),
            order: 0,
            catching: None,
            held: None,
            listener: None,
            done_since: None,
            status_lines: String::new(),
            interrupted: false,
        }
    }

    /// The engine's time. It stands still while the engine is told one thing (a datagram, a call, a time-out), and what
    /// has a due time happens at that very time: a machine that is late with everything changes nothing for the engine.
    pub fn now(&self) -> Instant {
        self.moment
    }

    /// Runs to the end; answers whether all scripts went well.
    pub fn run(&mut self) -> Result<bool, Trouble> {
        let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
        let os = |error: nix::Error| Trouble::new(format!("signals: {}", error.desc()));
        signals.thread_block().map_err(os)?;
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let signals = SignalFd::with_flags(&signals, flags).map_err(os)?;

        self.open()?;
        while !self.interrupted {
            self.work()?;
            if self.done() {
                break;
            }
            let wait = self.next_due().map(|due| due.since(self.clock.now()));
            let (mut device, mut signal, mut input) = (false, false, false);
            {
                let entry = |fd| PollFd::new(fd, PollFlags::POLLIN);
                let standard_input = stdin();
                let mut entries = vec![entry(self.device.as_fd()), entry(signals.as_fd())];
                if self.options.interactive && !self.input_over {
                    entries.push(entry(standard_input.as_fd()));
                }
                let wait = wait
                    .map(|wait| TimeSpec::from_duration(std::time::Duration::from_micros(wait.0)));
                match ppoll(&mut entries, wait, None) {
                    Ok(_) => {}
                    Err(nix::Error::EINTR) => continue,
                    Err(error) => return Err(Trouble::new(format!("poll: {}", error.desc()))),
                }
                let ready = |index: usize| {
                    let events = entries.get(index).and_then(PollFd::revents);
                    events.is_some_and(|events| !events.is_empty())
                };
                for (index, flag) in [&mut device, &mut signal, &mut input]
                    .into_iter()
                    .enumerate()
                {
                    *flag = ready(index);
                }
            }
            if signal && signals.read_signal().map_err(os)?.is_some() {
                self.interrupted = true;
            }
            if input {
                self.read_input()?;
            }
            if device {
                self.read_device()?;
            }
        }
        for index in 0..self.applications.len() {
            if !self.applications[index].told {
                self.summary(index)?;
            }
        }
        self.write_files()?;
        let all_begun = self.interrupted || self.begun >= self.options.repeat;
        Ok(all_begun && self.applications.iter().all(|a| !a.failed))
    }

    fn open(&mut self) -> Result<(), Trouble> {
        self.moment = self.clock.now();
        if let Some(port) = self.options.listen {
            let refused =
                |error: CallError| Trouble::new(format!("--listen {port}: {}", error.id()));
            let socket = self.stack.socket();
            self.listener = Some(socket);
            self.reuse_address(socket)?.map_err(refused)?;
            let local = (self.options.unspecified(), port).into();
            self.stack.bind(socket, local).map_err(refused)?;
            let answer = self.stack.listen(self.moment, socket, None);
            let call = Call::Listen {
                port: Some(port),
                backlog: None,
                accept_as: None,
            };
            self.called(socket, call, answer)?.map_err(refused)?;
            let line = Line::new(self.moment, "listening").number("port", port.into());
            output::print(line.end().as_bytes())?;
        } else {
            let line = Line::new(self.moment, "ready");
            output::print(line.end().as_bytes())?;
            let socket = self.stack.socket();
            self.begin(socket);
        }
        self.stirred = true;
        Ok(())
    }

    fn reuse_address(&mut self, socket: SocketId) -> Result<Result<(), CallError>, Trouble> {
        let reuse = SocketOption::ReuseAddress(true);
        let answer = self.stack.set_option(self.moment, socket, reuse);
        self.called(socket, Call::ReuseAddress(true), answer)
    }

    /// Calls OPEN for an application's fresh socket.
    pub fn connect(&mut self, socket: SocketId) -> Result<Result<(), CallError>, Trouble> {
        let Some(remote) = self.options.connect else {
            return Ok(Err(CallError::RemoteUnspecified));
        };
        if let Some(port) = self.options.local_port {
            let same_version = |a: &&IpAddr| a.is_ipv4() == remote.is_ipv4();
            let address = self.options.addresses.iter().find(same_version).copied();
            let bound = match (self.reuse_address(socket)?, address) {
                (Ok(()), Some(address)) => self.stack.bind(socket, (address, port).into()).err(),
                (answer, _) => Some(answer.err().unwrap_or(CallError::Unreachable)),
            };
            if let Some(error) = bound {
                return Ok(Err(error));
            }
        }
        let answer = self.stack.connect(self.moment, socket, remote);
        let call = Call::Connect {
            remote: Endpoint {
                address: AddressName::Ip(remote.ip()),
                port: PortName::Number(remote.port()),
            },
            local_port: self.options.local_port,
        };
        self.called(socket, call, answer)
    }

    /// Whatever is due, each at its own moment, until nothing is.
    fn work(&mut self) -> Result<(), Trouble> {
        // Whether the device was looked at since the last thing that was due: a host that wakes up late finds first
        // what has arrived meanwhile, or it would take for lost what is not.
        let mut looked = false;
        loop {
            let due = self.next_due();
            if self.stirred && due.is_none_or(|due| due > self.moment) {
                self.applications_turn(due)?;
                continue;
            }
            let Some(due) = due.filter(|due| *due <= self.clock.now()) else {
                return Ok(());
            };
            if !looked {
                looked = true;
                self.read_device()?;
                continue;
            }
            looked = false;
            self.moment = self.moment.max(due);
            self.falls_due()?;
        }
    }

    /// Applications do what they can, a little after whatever has happened before, so that the order is plain.
    fn applications_turn(&mut self, due: Option<Instant>) -> Result<(), Trouble> {
        let clock = self.clock.now();
        let after = Instant(self.moment.0 + 1);
        self.moment = due.map_or(clock, |due| due.min(clock)).max(after);
        self.turn_over = false;
        self.stirred = self.applications()?;
        if self.listener.is_none()
            && self.begun < self.options.repeat
            && self.applications.last().is_some_and(Application::finished)
        {
            // A short connection after the other; what is finished is forgotten, but not how it went.
            let socket = self.stack.socket();
            self.begin(socket);
            self.stirred = true;
        }
        Ok(())
    }

    /// What is due at this moment: datagrams first, then timers, as in a simulated run.
    fn falls_due(&mut self) -> Result<(), Trouble> {
        self.stirred = true;
        if let Some((&(due, order), _)) = self.delayed.first_key_value()
            && due <= self.moment
            && let Some(delayed) = self.delayed.remove(&(due, order))
        {
            return self.pass(delayed);
        }
        let timer = self.stack.poll_timeout();
        if timer.is_some_and(|(deadline, ..)| deadline <= self.moment) {
            self.stack.handle_timeout(self.moment);
            self.settle()?;
        }
        Ok(())
    }

    fn is_due_on_the_line(&self) -> bool {
        let next = self.delayed.first_key_value();
        next.is_some_and(|((due, _), _)| *due <= self.moment)
    }

    /// When something is due next.
    fn next_due(&self) -> Option<Instant> {
        let engine = self.stack.poll_timeout().map(|(deadline, ..)| deadline);
        let line = self.delayed.keys().next().map(|&(due, _)| due);
        let scripts = self.applications.iter().filter_map(|application| {
            match (application.steps.front(), application.since) {
                (Some(Step::Wait(time)), Some(since)) => Some(since + *time),
                _ => None,
            }
        });
        let stay = self.done_since.map(|since| since + self.options.stay);
        // What applications wait for is over when their turn comes.
        let waits = scripts.chain(stay).filter(|due| *due > self.moment);
        engine.into_iter().chain(line).chain(waits).min()
    }

    /// Whether there is nothing left to do.
    fn done(&mut self) -> bool {
        let finished = self.begun >= self.options.repeat
            && self.applications.iter().all(|application| {
                application.finished()
                    && (application.ended.is_some()
                        || !self.options.time_wait
                        || !application.opened)
            });
        if !finished || !self.delayed.is_empty() {
            self.done_since = None;
            return false;
        }
        let since = *self.done_since.get_or_insert(self.moment);
        self.moment >= since + self.options.stay
    }

    fn read_input(&mut self) -> Result<(), Trouble> {
        let mut bytes = [0; 4096];
        let len = stdin()
            .lock()
            .read(&mut bytes)
            .map_err(|error| Trouble::new(format!("standard input: {error}")))?;
        self.input.extend(&bytes[..len]);
        if len == 0 {
            self.input_over = true;
            self.input.push(b'\n');
        }
        while let Some(end) = self.input.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.input.drain(..=end).collect();
            let text = String::from_utf8_lossy(&line);
            let steps = script::parse(&text)
                .map_err(|error| Trouble::new(format!("standard input: {error}")))?;
            match self.applications.last_mut() {
                Some(application) => application.steps.extend(steps),
                None => self
                    .pending_steps
                    .get_or_insert_with(VecDeque::new)
                    .extend(steps),
            }
        }
        self.stirred = true;
        if self.input_over {
            for application in &mut self.applications {
                application.script_over = true;
            }
        }
        Ok(())
    }

    fn read_device(&mut self) -> Result<(), Trouble> {
        let mut buffer = vec![0; 1 << 16];
        for _ in 0..BURST {
            let Some(bytes) = self.device.receive(&mut buffer)? else {
                break;
            };
            // What is not for us (router solicitations, say) is nobody's business here.
            let ours = Datagram::parse(bytes)
                .is_ok_and(|datagram| self.options.addresses.contains(&datagram.destination));
            if !ours {
                continue;
            }
            let bytes = bytes.to_vec();
            // Nothing that is due is overtaken.
            let clock = self.clock.now();
            let now = self.next_due().map_or(clock, |due| due.min(clock));
            self.moment = self.moment.max(now);
            // What has been on the line for longer comes first, as in a simulated run.
            while self.is_due_on_the_line() {
                self.falls_due()?;
            }
            let now = self.moment;
            let send = self
                .recorder
                .as_mut()
                .map(|recorder| recorder.sent_by(now, Place::B, Place::A, &bytes, None));
            self.stirred = true;
            self.travel(Way::In, bytes, send)?;
        }
        Ok(())
    }

    /// Takes out of the engine what it has to say.
    pub fn drain(&mut self) -> Result<bool, Trouble> {
        let mut news = false;
        while let Some(event) = self.stack.poll_event() {
            self.event(event)?;
            news = true;
        }
        Ok(news)
    }

    /// Takes out of the engine all it has to say and to send; answers whether there was anything.
    pub fn settle(&mut self) -> Result<bool, Trouble> {
        let mut news = false;
        loop {
            news |= self.drain()?;
            let now = self.now();
            let mut bytes = Vec::new();
            let Some(transmit) = self.stack.poll_transmit(now, &mut bytes) else {
                news |= self.drain()?;
                self.cause = None;
                return Ok(news);
            };
            news = true;
            let cause = self.cause;
            let mut send = None;
            if let Some(recorder) = &mut self.recorder {
                send = Some(recorder.sent(now, &self.stack, &transmit, &bytes, cause));
                self.cause = send;
            }
            self.drain()?;
            self.cause = cause;
            self.travel(Way::Out, bytes, send)?;
        }
    }

    pub fn event(&mut self, event: Event) -> Result<(), Trouble> {
        let now = self.now();
        if let Some(recorder) = &mut self.recorder {
            recorder.event(now, &event, &mut self.cause);
        }
        let Some(socket) = event.socket else {
            return Ok(());
        };
        if let EventKind::Acceptable = event.kind {
            // The listener takes no more than it is asked for; the rest stay in its queue.
            if self.begun < self.options.repeat
                && let Ok(child) = self.stack.accept(socket)
            {
                let index = self.begin(child);
                let accept_as = Driver::name(child);
                let _ = self.called(socket, Call::Accept { accept_as }, Ok(()))?;
                let line = Line::new(now, "accepted")
                    .number("connection", self.applications[index].number.into());
                output::print(line.end().as_bytes())?;
            }
            return Ok(());
        }
        if self.options.status.is_some()
            && matches!(event.kind, EventKind::State { .. })
            && let Ok(status) = self.stack.status(socket)
        {
            let line = Line::new(now, "status").number("socket", socket.0.into());
            self.status_lines.push_str(&line.status(now, &status).end());
        }
        let Some(application) = self.applications.iter_mut().rfind(|a| a.socket == socket) else {
            return Ok(());
        };
        match event.kind {
            EventKind::State { to, .. } => {
                application.state = to;
                application.established |= to.is_synchronized();
                application.readable = true;
                if !self.options.quiet {
                    let line = Line::new(now, "state")
                        .number("connection", application.number.into())
                        .text("to", to.name());
                    output::print(line.end().as_bytes())?;
                }
            }
            EventKind::Deliver { .. } | EventKind::PeerClosed => application.readable = true,
            EventKind::Ended { how, .. } => {
                application.ended = Some(how);
                application.state = State::Closed;
                let line = Line::new(now, "ended")
                    .number("connection", application.number.into())
                    .text("how", how.id());
                output::print(line.end().as_bytes())?;
            }
            _ => {}
        }
        Ok(())
    }

    /// What a run calls a socket.
    pub fn name(socket: SocketId) -> String {
        format!("c{}", socket.0)
    }

    /// Writes a call down. What TCP sends for it leaves at once, unless something is just arriving.
    pub fn called(
        &mut self,
        socket: SocketId,
        call: Call,
        answer: Result<(), CallError>,
    ) -> Result<Result<(), CallError>, Trouble> {
        let now = self.moment;
        let name = if self.listener == Some(socket) {
            "l".to_owned()
        } else {
            Driver::name(socket)
        };
        if let Some(tape) = &mut self.tape {
            tape.called(now, name.clone(), call.clone());
        }
        let record = CallRecord {
            name,
            call,
            result: answer.map(|()| 0),
        };
        if let Some(recorder) = &mut self.recorder {
            self.cause = Some(recorder.called(now, socket.0, record));
        }
        self.called = true;
        if self.arriving {
            self.drain()?;
        } else {
            self.settle()?;
        }
        Ok(answer)
    }

    /// The recording as a run, tried at once.
    fn write_recording(&self, tape: &Tape, file: &str) -> Result<(), Trouble> {
        let over = |a: &Application| a.ended.is_some() || a.state == State::TimeWait;
        let left_off = !self.applications.iter().all(over) || !self.delayed.is_empty();
        let mut run = tape.run(&self.options, left_off.then_some(self.moment));
        let line = Line::new(self.moment, "recorded");
        let line = match tape::replay(&mut run) {
            Replay::Same => line.text("replay", "same"),
            Replay::Differs(nth, why) => line
                .text("replay", "differs")
                .number("nth", nth.into())
                .text("why", why),
            Replay::Unplayable => line.text("replay", "unplayable"),
        };
        output::write(file, sim::text::print(&run).as_bytes())?;
        output::print(line.end().as_bytes())
    }

    fn write_files(&mut self) -> Result<(), Trouble> {
        if let (Some(tape), Some(file)) = (&self.tape, &self.options.record) {
            self.write_recording(tape, file)?;
        }
        if let Some(recorder) = &self.recorder {
            let trace = &recorder.trace;
            if let Some(file) = &self.options.trace {
                output::write(file, formats::json_lines::of_trace(trace).as_bytes())?;
            }
            if let Some(file) = &self.options.pcapng {
                output::write(file, &formats::pcapng::of_trace(trace))?;
            }
        }
        if let Some(file) = &self.options.status {
            output::write(file, self.status_lines.as_bytes())?;
        }
        Ok(())
    }
}

pub fn flags_of(datagram: &[u8]) -> Option<Flags> {
    let datagram = Datagram::parse(datagram).ok()?;
    if datagram.protocol != PROTOCOL_TCP {
        return None;
    }
    Some(Segment::parse(datagram.payload).ok()?.flags)
}
