//! One host: a real engine, and what its application and a watcher know of its
//! connections. It takes one input at a time and tells what came of it; it knows
//! nothing of the other end, so that two ends that are alike behave alike in
//! whatever world they stand.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tcp::event::{Ended, EventKind, SocketId, Timer};
use tcp::stack::{SendFlags, SocketOption, Stack};
use tcp::state::State;
use tcp::status::Status;
use tcp::time::{Duration, Instant};

use crate::config::{Call, Config, Opening};
use crate::flight::{Flight, FlightId, Flights, address};
use crate::watch::{Numbers, Rule, Violation};

mod checks;

/// What can happen to an end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Input {
    /// A datagram arrives.
    Arrive(FlightId),
    /// A timer of its n-th connection runs out.
    Expire(u8, Timer),
    /// Its application does something.
    Call(Call),
    /// The pause between two throttled ACKs is over.
    Wait,
}

impl Input {
    /// It as a number, to be written down.
    #[must_use]
    pub fn code(self) -> u32 {
        match self {
            Input::Arrive(id) => u32::from(id.0),
            Input::Expire(at, timer) => 1 << 16 | u32::from(at) << 8 | timer as u32,
            Input::Call(call) => 2 << 16 | call as u32,
            Input::Wait => 3 << 16,
        }
    }

    /// The input of that number.
    #[must_use]
    pub fn of_code(code: u32) -> Option<Input> {
        match code >> 16 {
            0 => Some(Input::Arrive(FlightId(code as u16))),
            1 => {
                let timer = *Timer::ALL.get((code & 0xff) as usize)?;
                Some(Input::Expire((code >> 8) as u8, timer))
            }
            2 => Some(Input::Call(*Call::ALL.get((code & 0xffff) as usize)?)),
            3 => Some(Input::Wait),
            _ => None,
        }
    }
}

/// What came of an input, beside the end as it is now.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    /// What it sent, in order.
    pub sent: Vec<FlightId>,
    /// Connections, a bit each by tag, of which this end may know what the other
    /// end will never be told. See [`crate::world::World::unheard`].
    pub unheard: u8,
    /// Connections, a bit each by tag, that ended without TIME-WAIT.
    pub unquiet: u8,
    /// A connection has come up with the very numbers of one that is over.
    pub revived: bool,
    /// What is wrong with this step.
    pub wrong: Option<Violation>,
    /// A connection took a segment of that older one, and which.
    pub old: Option<(u8, Violation)>,
}

/// What an application and its watcher know of one connection.
#[derive(Clone, Hash, Debug)]
pub struct Connection {
    /// Its socket; left out of hashes, which count from the front.
    id: Unhashed,
    /// Which connection of the world it is: counted by A's active OPENs, handed on by its SYN.
    pub tag: u8,
    /// Bytes sent, by number.
    gave: u8,
    /// Bytes received.
    got: Vec<u8>,
    peer_closed: bool,
    /// The application has let go of it, or never held it.
    released: bool,
    shut: bool,
    accepted: bool,
    numbers: Numbers,
    /// ISS and IRS, once it was synchronized.
    pair: Option<(u32, u32)>,
    /// The state before CLOSED, once it is CLOSED.
    left: Option<State>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Unhashed(SocketId);

impl Hash for Unhashed {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// How many bytes a connection that ended cleanly sent and received.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Past {
    /// ISS and IRS.
    pub pair: (u32, u32),
    /// Bytes sent.
    pub gave: u8,
    /// Bytes received.
    pub got: u8,
}

/// One host.
#[derive(Clone, Debug)]
pub struct End {
    /// 0 for A, 1 for B.
    pub side: usize,
    stack: Stack,
    now: Instant,
    listener: Option<SocketId>,
    connections: Vec<Connection>,
    /// Connections that ended cleanly, in the order of their ends.
    pub past: Vec<Past>,
    /// ISS and IRS of connections that are over.
    over: Vec<(u32, u32)>,
    opens: u8,
    reboots: u8,
    /// How many initial sequence numbers it has given out, before reboots too.
    drawn: u8,
}

/// What is being worked on while an input is taken.
struct Step<'a> {
    flights: &'a mut Flights,
    /// The segment that arrives, if one does.
    trigger: Option<Flight>,
    ended: Vec<(SocketId, Ended)>,
    effects: Effects,
}

impl Step<'_> {
    fn wrong(&mut self, rule: Rule, detail: String) {
        self.effects.wrong.get_or_insert(Violation { rule, detail });
    }

    fn tag(&self) -> u8 {
        self.trigger.as_ref().map_or(0, |flight| flight.tag)
    }
}

/// The bit of a connection's tag in [`Effects::unheard`] and its like.
#[must_use]
pub const fn bit(tag: u8) -> u8 {
    1 << (tag & 7)
}

/// The n-th byte that a side sends in a connection: it tells who sent it, in
/// which connection, and which it is.
#[must_use]
pub fn byte(side: usize, tag: u8, nth: usize) -> u8 {
    0x41 + 0x20 * side as u8 + 5 * (tag & 3) + nth as u8
}

impl End {
    /// A host that was just switched on.
    #[must_use]
    pub fn new(config: &Config, side: usize, now: Instant) -> End {
        let stack = Stack::new(
            &[address(side).ip()],
            1500,
            config.engine(side),
            [side as u8 + 1; 16],
        );
        End {
            side,
            stack,
            now,
            listener: None,
            connections: Vec::new(),
            past: Vec::new(),
            over: Vec::new(),
            opens: 0,
            reboots: 0,
            drawn: 0,
        }
    }

    /// `A` or `B`.
    #[must_use]
    pub fn name(&self) -> char {
        ['A', 'B'][self.side]
    }

    /// Sets its clock, which nothing else moves but [`Input::Wait`].
    pub fn advance(&mut self, now: Instant) {
        self.now = now;
    }

    /// Everything that decides what it will do, as one number: the engine's
    /// projection ([`Stack::project`]) and what application and watcher know.
    /// No clock is in it, no RTT and no congestion window.
    #[must_use]
    pub fn digest(&self) -> u128 {
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, self.side).hash(&mut hasher);
            for connection in &self.connections {
                connection.hash(&mut hasher);
                self.stack.project(connection.id.0, &mut hasher);
            }
            if let Some(listener) = self.listener {
                self.stack.project(listener, &mut hasher);
            }
            self.stack.project_isn(&mut hasher);
            (&self.past, &self.over, self.opens, self.reboots, self.drawn).hash(&mut hasher);
            hasher.finish()
        };
        u128::from(half(0)) << 64 | u128::from(half(1))
    }

    /// Its connections, oldest first, with their STATUS.
    pub fn statuses(&self) -> impl Iterator<Item = (&Connection, Status)> + '_ {
        let status = |c: &'_ Connection| self.stack.status(c.id.0).ok();
        self.connections
            .iter()
            .filter_map(move |c| Some((c, status(c)?)))
    }

    /// Its clock.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }

    /// How many initial sequence numbers it has given out.
    #[must_use]
    pub fn drawn(&self) -> u8 {
        self.drawn
    }

    /// The connection (by tag) that its application would send in, and how many bytes it has sent there.
    #[must_use]
    pub fn sends_next(&self) -> Option<(u8, usize)> {
        let current = self.current()?;
        Some((current.tag, usize::from(current.gave)))
    }

    /// The connection its application means.
    fn current(&self) -> Option<&Connection> {
        let held = |c: &&Connection| c.accepted && !c.released;
        self.connections.iter().rev().find(held)
    }

    /// How many connections it has.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.len()
    }

    /// The tag of its n-th connection.
    #[must_use]
    pub fn tag(&self, at: usize) -> Option<u8> {
        Some(self.connections.get(at)?.tag)
    }

    /// When a timer of its n-th connection will run out.
    #[must_use]
    pub fn deadline(&self, at: usize, timer: Timer) -> Option<Instant> {
        let connection = self.connections.get(at)?;
        let status = self.stack.status(connection.id.0).ok()?;
        status.timers[timer as usize]
    }

    /// Everything but a segment's arrival that can happen to it, and the tag of
    /// the connection concerned.
    #[must_use]
    pub fn inputs(&self, config: &Config) -> Vec<(Input, u8)> {
        let (mut all, side) = (Vec::new(), self.side);
        for (at, connection) in self.connections.iter().enumerate() {
            let Ok(status) = self.stack.status(connection.id.0) else {
                continue;
            };
            for &timer in config.timers {
                if status.timers[timer as usize].is_some() {
                    all.push((Input::Expire(at as u8, timer), connection.tag));
                }
            }
        }
        if self
            .connections
            .iter()
            .any(|c| self.stack.throttled(c.id.0))
        {
            all.push((Input::Wait, 0));
        }
        if self.opens < config.opens[side] && self.connections.iter().all(|c| c.released) {
            all.push((Input::Call(Call::Open), 0));
        }
        if let Some(current) = self.current() {
            if current.gave < config.data[side] && !current.shut {
                all.push((Input::Call(Call::Send), current.tag));
            }
            for &call in config.calls[side] {
                if call != Call::Shutdown || !current.shut {
                    all.push((Input::Call(call), current.tag));
                }
            }
        }
        if self.reboots < config.reboots[side] {
            all.push((Input::Call(Call::Reboot), 0));
        }
        all
    }

    /// Takes an input and everything that comes of it. `None` if it is not possible here.
    pub fn take(
        &mut self,
        config: &Config,
        input: Input,
        flights: &mut Flights,
    ) -> Option<Effects> {
        let trigger = match input {
            Input::Arrive(id) => Some(flights.at(id).clone()),
            _ => None,
        };
        let mut step = Step {
            flights,
            trigger,
            ended: Vec::new(),
            effects: Effects::default(),
        };
        let before: Vec<(u8, Status)> = self.statuses().map(|(c, s)| (c.tag, s)).collect();
        match input {
            Input::Arrive(_) => {
                let bytes = step.trigger.as_ref().map(|flight| flight.bytes.clone())?;
                self.stack.handle_datagram(self.now, &bytes);
            }
            Input::Expire(at, timer) => {
                let id = self.connections.get(usize::from(at))?.id.0;
                if !self.stack.expire(self.now, id, timer) {
                    return None;
                }
            }
            Input::Wait => {
                if !self
                    .connections
                    .iter()
                    .any(|c| self.stack.throttled(c.id.0))
                {
                    return None;
                }
                self.now = self.now + Stack::THROTTLE + Duration::from_millis(1);
                // The engine learns the time with its next input; this one is harmless.
                self.stack.handle_datagram(self.now, &[]);
                while self.stack.poll_event().is_some() {}
                return Some(step.effects);
            }
            Input::Call(Call::Reboot) => {
                for (tag, _) in &before {
                    step.effects.unheard |= bit(*tag);
                    step.effects.unquiet |= bit(*tag);
                }
                self.reboot(config);
                if config.openings[self.side] == Opening::Connect {
                    return Some(step.effects);
                }
                if !self.open(config) {
                    return None;
                }
                self.drain(config, &mut step);
                return Some(step.effects);
            }
            Input::Call(call) => {
                if !self.call(config, call) {
                    return None;
                }
            }
        }
        self.drain(config, &mut step);
        self.compare(&before, &mut step);
        self.unheard_reset(&before, &mut step);
        self.prefix(&mut step);
        for (id, how) in std::mem::take(&mut step.ended) {
            self.finish(id, how, &mut step);
        }
        Some(step.effects)
    }

    fn reboot(&mut self, config: &Config) {
        let mut fresh = End::new(config, self.side, self.now);
        (fresh.opens, fresh.reboots) = (self.opens, self.reboots + 1);
        // It does not know which numbers it gave out before; the clock does.
        fresh.drawn = self.drawn;
        for _ in 0..fresh.drawn {
            fresh.skip_isn();
        }
        *self = fresh;
    }

    /// Draws a number and throws it away.
    fn skip_isn(&mut self) {
        let socket = self.stack.socket();
        let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), 9);
        let drawn = self.stack.connect(self.now, socket, nowhere);
        drawn
            .and_then(|()| self.stack.abort(self.now, socket))
            .expect("a fresh host can open");
        while self.stack.poll_event().is_some() {}
        let mut out = Vec::new();
        while self.stack.poll_transmit(self.now, &mut out).is_some() {}
        while self.stack.poll_event().is_some() {}
    }

    fn open(&mut self, config: &Config) -> bool {
        let (side, now) = (self.side, self.now);
        let socket = self.stack.socket();
        let reuse = self
            .stack
            .set_option(now, socket, SocketOption::ReuseAddress(true));
        let bound = reuse.and_then(|()| self.stack.bind(socket, address(side)));
        let opened = bound.and_then(|_| match config.openings[side] {
            Opening::Listen => self.stack.listen(now, socket, None),
            Opening::Passive => self.stack.open_passive(now, socket, None),
            Opening::Connect => self.stack.connect(now, socket, address(1 - side)),
        });
        if opened.is_err() {
            return false;
        }
        self.opens += 1;
        if config.openings[side] == Opening::Listen {
            self.listener = Some(socket);
            return true;
        }
        let active = config.openings[side] == Opening::Connect;
        let tag = if active { self.opens } else { 0 };
        self.connections.push(Connection::new(socket, tag, true));
        true
    }

    fn call(&mut self, config: &Config, call: Call) -> bool {
        if call == Call::Open {
            return self.open(config);
        }
        let Some(at) = self
            .connections
            .iter()
            .rposition(|c| c.accepted && !c.released)
        else {
            return false;
        };
        let connection = &mut self.connections[at];
        let (id, now) = (connection.id.0, self.now);
        match call {
            Call::Send => {
                let byte = byte(self.side, connection.tag, usize::from(connection.gave));
                let sent = self.stack.send(now, id, &[byte], SendFlags::default());
                connection.gave += u8::from(sent == Ok(1));
                sent == Ok(1)
            }
            Call::Shutdown => {
                connection.shut = true;
                self.stack.shutdown(now, id).is_ok()
            }
            Call::Close => {
                (connection.released, connection.shut) = (true, true);
                let _ = self.stack.close(now, id);
                true
            }
            Call::Abort => {
                (connection.released, connection.shut) = (true, true);
                self.stack.abort(now, id).is_ok()
            }
            Call::Open | Call::Reboot => false,
        }
    }

    /// The one loop every owner of an engine runs.
    fn drain(&mut self, config: &Config, step: &mut Step<'_>) {
        let mut bytes = Vec::new();
        loop {
            while let Some(event) = self.stack.poll_event() {
                if let Some(socket) = event.socket {
                    self.event(config, (socket, event.kind), step);
                }
            }
            bytes.clear();
            let Some(transmit) = self.stack.poll_transmit(self.now, &mut bytes) else {
                break;
            };
            self.sent(&transmit, &bytes, step);
        }
    }

    fn event(
        &mut self,
        config: &Config,
        (socket, kind): (SocketId, EventKind),
        step: &mut Step<'_>,
    ) {
        let at = self.connections.iter().position(|c| c.id.0 == socket);
        match kind {
            EventKind::Begotten { .. } => {
                let child = Connection::new(socket, step.tag(), false);
                self.connections.push(child);
            }
            EventKind::State { from, to, .. } => {
                if draws(from, to) {
                    self.draw(config, step);
                }
                self.changed(at, socket, (from, to), step);
            }
            EventKind::Acceptable => {
                if let Ok(id) = self.stack.accept(socket)
                    && let Some(connection) = self.connections.iter_mut().find(|c| c.id.0 == id)
                {
                    connection.accepted = true;
                    // Text may have come before anybody could read it.
                    let _ = self.stack.receive(self.now, id, &mut connection.got, 16);
                }
            }
            EventKind::Deliver { .. } => {
                let Some(at) = at else { return };
                let connection = &mut self.connections[at];
                if connection.peer_closed {
                    step.wrong(Rule::SynFin, "text after the FIN".into());
                }
                let _ = self
                    .stack
                    .receive(self.now, socket, &mut connection.got, 16);
            }
            EventKind::PeerClosed => {
                let Some(at) = at else { return };
                if std::mem::replace(&mut self.connections[at].peer_closed, true) {
                    step.wrong(Rule::SynFin, "a FIN acted on twice".into());
                }
            }
            EventKind::Ended { how, .. } => {
                if step.ended.iter().any(|(id, _)| *id == socket)
                    || at.is_none() && self.listener != Some(socket)
                {
                    step.wrong(Rule::OneReport, format!("{how:?} after the end"));
                }
                step.ended.push((socket, how));
            }
            _ => {}
        }
    }

    /// An initial sequence number is given out; the last of the list is followed by the first.
    fn draw(&mut self, config: &Config, step: &mut Step<'_>) {
        let numbers = config.isn[self.side].len() as u8;
        step.effects.revived |= config.isn_once && self.drawn == numbers;
        self.drawn = if config.isn_once {
            self.drawn + 1
        } else {
            (self.drawn + 1) % numbers
        };
    }

    fn changed(
        &mut self,
        at: Option<usize>,
        socket: SocketId,
        (from, to): (State, State),
        step: &mut Step<'_>,
    ) {
        if !sim::check::is_arc(from, to) {
            step.wrong(Rule::Arcs, format!("{} to {}", from.name(), to.name()));
        }
        if step.ended.iter().any(|(id, _)| *id == socket) {
            step.wrong(Rule::OneReport, "a change of state after the end".into());
        }
        let Some(at) = at else { return };
        let connection = &mut self.connections[at];
        if to == State::Closed {
            connection.left = Some(from);
        }
        if from == State::Listen && to == State::SynReceived {
            connection.tag = step.tag();
            (connection.numbers, connection.pair) = (Numbers::default(), None);
        }
        if to.is_synchronized()
            && let Ok(status) = self.stack.status(socket)
        {
            let pair = (status.iss.0, status.irs.0);
            connection.pair = Some(pair);
            step.effects.revived |= self.over.contains(&pair);
        }
        if to == State::Listen && from == State::SynReceived {
            step.effects.unheard |= bit(connection.tag);
            if connection.accepted {
                connection.tag = 0;
                (connection.numbers, connection.pair) = (Numbers::default(), None);
            }
        }
    }

    /// A connection has told its end: the application lets go, too.
    fn finish(&mut self, id: SocketId, how: Ended, step: &mut Step<'_>) {
        if self.listener == Some(id) {
            self.listener = None;
            return;
        }
        let Some(at) = self.connections.iter().position(|c| c.id.0 == id) else {
            return;
        };
        let connection = self.connections.remove(at);
        self.report(&connection, how, step);
        if let Some(pair) = connection.pair
            && !self.over.contains(&pair)
        {
            self.over.push(pair);
            self.over.sort_unstable();
        }
        if let (Some(pair), Ended::Closed) = (connection.pair, how) {
            self.past.push(Past {
                pair,
                gave: connection.gave,
                got: connection.got.len() as u8,
            });
        }
        // What ended by itself is still held; what was closed is not there any more.
        let _ = self.stack.close(self.now, id);
        if self.stack.poll_event().is_some() {
            step.wrong(Rule::OneReport, "CLOSE after the end says something".into());
        }
    }
}

/// Whether a change of state comes with an initial sequence number.
fn draws(from: State, to: State) -> bool {
    matches!(
        (from, to),
        (State::Closed | State::Listen, State::SynSent)
            | (State::Listen | State::TimeWait, State::SynReceived)
    )
}

impl Connection {
    fn new(id: SocketId, tag: u8, accepted: bool) -> Connection {
        Connection {
            id: Unhashed(id),
            tag,
            gave: 0,
            got: Vec::new(),
            peer_closed: false,
            released: false,
            shut: false,
            accepted,
            numbers: Numbers::default(),
            pair: None,
            left: None,
        }
    }
}
