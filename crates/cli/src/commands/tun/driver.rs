//! The one loop: the device, the clock, the engine and its applications.

use std::collections::{BTreeMap, VecDeque};
use std::io::{Read as _, stdin};
use std::net::IpAddr;
use std::os::fd::AsFd as _;

use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::time::TimeSpec;
use sim::trace::{Place, RecordId};
use tcp::error::CallError;
use tcp::event::{Event, EventKind, SocketId};
use tcp::stack::{SocketOption, Stack};
use tcp::state::State;
use tcp::time::{Duration, Instant};
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment};

use super::Options;
use super::application::Application;
use super::device::Tun;
use super::impair::{Impairment, Way};
use super::record::{Arrival, Recorder};
use super::report::Line;
use super::script::{self, Step};
use crate::output;
use crate::trouble::Trouble;

/// So many datagrams are read before applications have their turn again.
const BURST: usize = 128;

/// A datagram that is held up on the line.
struct Delayed {
    way: Way,
    bytes: Vec<u8>,
    send: Option<RecordId>,
    altered: bool,
}

/// Everything there is while the command runs.
pub struct Driver {
    pub options: Options,
    pub stack: Stack,
    pub recorder: Option<Recorder>,
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
    /// Standard input has ended.
    pub input_over: bool,
    input: Vec<u8>,
    device: Tun,
    clock: Clock,
    impairment: Impairment,
    /// By due time and order.
    delayed: BTreeMap<(Instant, u64), Delayed>,
    order: u64,
    /// A segment with these flags is to be held back.
    catching: Option<Flags>,
    /// What is held back, once one was caught.
    held: Option<VecDeque<Delayed>>,
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
    pub fn new(options: Options, device: Tun, secret: [u8; 16]) -> Driver {
        let addresses = options.addresses.clone();
        let stack = Stack::new(&addresses, options.mtu, options.settings.clone(), secret);
        let recording = options.trace.is_some() || options.pcapng.is_some();
        Driver {
            stack,
            recorder: recording.then(Recorder::default),
            applications: Vec::new(),
            begun: 0,
            pending_steps: None,
            playing: false,
            called: false,
            cause: None,
            input_over: false,
            input: Vec::new(),
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

    pub fn now(&self) -> Instant {
        self.clock.now()
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
            let wait = self
                .next_deadline()
                .map(|deadline| deadline.since(self.now()));
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
        if let Some(port) = self.options.listen {
            let refused =
                |error: CallError| Trouble::new(format!("--listen {port}: {}", error.id()));
            let now = self.now();
            let socket = self.stack.socket();
            let local = (self.options.unspecified(), port).into();
            let reuse = SocketOption::ReuseAddress(true);
            self.stack.set_option(now, socket, reuse).map_err(refused)?;
            self.stack.bind(socket, local).map_err(refused)?;
            self.stack.listen(now, socket, None).map_err(refused)?;
            self.listener = Some(socket);
            self.settle()?;
            let line = Line::new(now, "listening").number("port", port.into());
            output::print(line.end().as_bytes())?;
        } else {
            let line = Line::new(self.now(), "ready");
            output::print(line.end().as_bytes())?;
            let socket = self.stack.socket();
            self.begin(socket);
        }
        Ok(())
    }

    /// Calls OPEN for an application's fresh socket.
    pub fn connect(&mut self, socket: SocketId) -> Result<(), CallError> {
        let now = self.now();
        let remote = self.options.connect.ok_or(CallError::RemoteUnspecified)?;
        if let Some(port) = self.options.local_port {
            let same_version = |a: &&IpAddr| a.is_ipv4() == remote.is_ipv4();
            let address = self.options.addresses.iter().find(same_version);
            let address = *address.ok_or(CallError::Unreachable)?;
            self.stack
                .set_option(now, socket, SocketOption::ReuseAddress(true))?;
            self.stack.bind(socket, (address, port).into())?;
        }
        self.stack.connect(now, socket, remote)
    }

    /// Whatever is due, until nothing is.
    fn work(&mut self) -> Result<(), Trouble> {
        loop {
            let mut news = self.settle()?;
            while self
                .stack
                .poll_timeout()
                .is_some_and(|(deadline, ..)| deadline <= self.now())
            {
                let now = self.now();
                self.stack.handle_timeout(now);
                self.settle()?;
                news = true;
            }
            while let Some((&(due, order), _)) = self.delayed.first_key_value()
                && due <= self.now()
                && let Some(delayed) = self.delayed.remove(&(due, order))
            {
                self.pass(delayed)?;
                news = true;
            }
            news |= self.applications()?;
            if self.listener.is_none()
                && self.begun < self.options.repeat
                && self.applications.last().is_some_and(Application::finished)
            {
                // A short connection after the other; what is finished is forgotten, but not how it went.
                let socket = self.stack.socket();
                self.begin(socket);
                news = true;
            }
            if !news {
                return Ok(());
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let engine = self.stack.poll_timeout().map(|(deadline, ..)| deadline);
        let line = self.delayed.keys().next().map(|&(due, _)| due);
        let scripts = self.applications.iter().filter_map(|application| {
            match (application.steps.front(), application.since) {
                (Some(Step::Wait(time)), Some(since)) => Some(since + *time),
                _ => None,
            }
        });
        let stay = self.done_since.map(|since| since + self.options.stay);
        engine
            .into_iter()
            .chain(line)
            .chain(scripts)
            .chain(stay)
            .min()
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
        let now = self.now();
        let since = *self.done_since.get_or_insert(now);
        now >= since + self.options.stay
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
            let now = self.now();
            let send = self
                .recorder
                .as_mut()
                .map(|recorder| recorder.sent_by(now, Place::B, Place::A, &bytes, None));
            self.travel(Way::In, bytes, send)?;
        }
        Ok(())
    }

    /// The line does to a datagram what its rules say.
    fn travel(&mut self, way: Way, bytes: Vec<u8>, send: Option<RecordId>) -> Result<(), Trouble> {
        let now = self.now();
        let fate = self.impairment.fate(way, &bytes);
        if fate.lost || fate.dropped {
            if let (Some(recorder), Some(send)) = (&mut self.recorder, send) {
                recorder.lost(now, send, fate.dropped);
            }
            return Ok(());
        }
        for (copy, delay) in fate.copies.iter().enumerate() {
            let mut bytes = bytes.clone();
            let mut copy_send = send;
            if copy > 0
                && let Some(recorder) = &mut self.recorder
            {
                let to = match way {
                    Way::Out => Place::B,
                    Way::In => Place::A,
                };
                copy_send = Some(recorder.sent_by(now, Place::Link, to, &bytes, send));
            }
            if let Some(bit) = fate.corrupted_bit
                && let Some(byte) = bytes.get_mut(bit / 8)
            {
                *byte ^= 1 << (bit % 8);
            }
            let delayed = Delayed {
                way,
                bytes,
                send: copy_send,
                altered: fate.corrupted_bit.is_some(),
            };
            if *delay == Duration::ZERO {
                self.pass(delayed)?;
            } else {
                self.order += 1;
                self.delayed.insert((now + *delay, self.order), delayed);
            }
        }
        Ok(())
    }

    /// A datagram reaches its end of the line.
    fn pass(&mut self, datagram: Delayed) -> Result<(), Trouble> {
        match datagram.way {
            Way::Out => {
                self.device.send(&datagram.bytes)?;
                let now = self.now();
                if let (Some(recorder), Some(send)) = (&mut self.recorder, datagram.send) {
                    let altered = datagram.altered.then_some(&datagram.bytes[..]);
                    recorder.reached_other_end(now, send, altered);
                }
                Ok(())
            }
            Way::In => {
                if let Some(flags) = self.catching
                    && flags_of(&datagram.bytes).is_some_and(|f| f.contains(flags))
                {
                    self.catching = None;
                    self.held = Some(VecDeque::new());
                }
                match &mut self.held {
                    Some(held) => {
                        held.push_back(datagram);
                        Ok(())
                    }
                    None => self.arrive(datagram),
                }
            }
        }
    }

    fn arrive(&mut self, datagram: Delayed) -> Result<(), Trouble> {
        let now = self.now();
        self.stack.handle_datagram(now, &datagram.bytes);
        let arrival = Arrival::of(&mut self.stack);
        if let (Some(recorder), Some(send)) = (&mut self.recorder, datagram.send) {
            let altered = datagram.altered.then_some(&datagram.bytes[..]);
            self.cause = Some(recorder.arrived(now, send, &arrival, altered));
        }
        for event in arrival.events {
            self.event(event)?;
        }
        // The application may act before TCP's answers leave, as a process that is woken up may.
        self.applications()?;
        self.settle()?;
        Ok(())
    }

    /// From now on the next segment with these flags is held back, and all that comes behind it.
    pub fn catch(&mut self, flags: Flags) {
        self.catching = Some(flags);
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// What is held back arrives.
    pub fn release(&mut self) -> Result<(), Trouble> {
        for datagram in self.held.take().into_iter().flatten() {
            self.arrive(datagram)?;
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

    fn event(&mut self, event: Event) -> Result<(), Trouble> {
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

    fn write_files(&mut self) -> Result<(), Trouble> {
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

fn flags_of(datagram: &[u8]) -> Option<Flags> {
    let datagram = Datagram::parse(datagram).ok()?;
    if datagram.protocol != PROTOCOL_TCP {
        return None;
    }
    Some(Segment::parse(datagram.payload).ok()?.flags)
}
