//! One situation: two ends, what is on the way between them, and what was lost
//! for good. A step gives the next one.

use tcp::event::Timer;
use tcp::state::State;
use tcp::status::Status;

use crate::config::{Call, Opening};
use crate::end::{Effects, Input, bit};
use crate::flight::{Flight, FlightId};
use crate::space::{EndId, Space};
use crate::watch::{Rule, Violation};

/// One thing that can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// A segment from that side arrives.
    Deliver(usize, FlightId),
    /// It arrives, and will once more.
    DeliverCopy(usize, FlightId),
    /// It is lost.
    Lose(usize, FlightId),
    /// Something happens to that side's end.
    End(usize, Input),
}

/// A direction has room for so many when a search lets all arrive.
pub const ROOM: usize = 28;

/// What is on the way in one direction: a multiset where segments may overtake
/// each other (kept in order of number), a queue where not; a set where they may
/// be duplicated.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Channel {
    length: u8,
    flights: [FlightId; ROOM],
}

impl Channel {
    /// What is in it.
    #[must_use]
    pub fn flights(&self) -> &[FlightId] {
        &self.flights[..usize::from(self.length)]
    }

    fn push(&mut self, flight: FlightId, sorted: bool) {
        let length = usize::from(self.length);
        self.flights[length] = flight;
        self.length += 1;
        if sorted {
            self.flights[..=length].sort_unstable();
        }
    }

    fn remove(&mut self, flight: FlightId) -> bool {
        let Some(at) = self.flights().iter().position(|known| *known == flight) else {
            return false;
        };
        let length = usize::from(self.length);
        self.flights.copy_within(at + 1..length, at);
        self.flights[length - 1] = FlightId::default();
        self.length -= 1;
        true
    }
}

/// A situation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct World {
    /// A and B.
    pub ends: [EndId; 2],
    /// What is on the way from A and from B.
    pub channels: [Channel; 2],
    /// Connections, a bit each by tag, of which one end may know what the other
    /// will never be told: see [`Rule::Agreement`].
    pub unheard: u8,
    /// Connections, a bit each by tag, that ended without TIME-WAIT: see [`Rule::OldIncarnation`].
    pub unquiet: u8,
    /// A connection has come up with the very ISS and IRS of one that is over;
    /// see [`World::revived`].
    revived: bool,
    /// What the last step broke.
    pub broken: Option<Rule>,
}

/// A situation in as few bytes as there are: 24.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Packed {
    ends: [u32; 2],
    flights: [[u16; CAPACITY]; 2],
    /// How many flights there are, four bits each way.
    lengths: u8,
    unheard: u8,
    unquiet: u8,
    /// Bit 7: revived; below, 1 and the rule that is broken.
    marks: u8,
}

/// The longest channel that is searched.
pub const CAPACITY: usize = 3;

impl Packed {
    /// How many bytes [`Packed::bytes`] gives.
    pub const SIZE: usize = 24;

    /// To be written down.
    #[must_use]
    pub fn bytes(&self) -> [u8; Packed::SIZE] {
        let mut bytes = [0; Packed::SIZE];
        bytes[..4].copy_from_slice(&self.ends[0].to_le_bytes());
        bytes[4..8].copy_from_slice(&self.ends[1].to_le_bytes());
        for (at, flight) in self.flights.iter().flatten().enumerate() {
            bytes[8 + 2 * at..10 + 2 * at].copy_from_slice(&flight.to_le_bytes());
        }
        bytes[20..].copy_from_slice(&[self.lengths, self.unheard, self.unquiet, self.marks]);
        bytes
    }

    /// What was written down.
    #[must_use]
    pub fn of_bytes(bytes: &[u8; Packed::SIZE]) -> Packed {
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let row = |at: usize| std::array::from_fn(|n| half(at + 2 * n));
        Packed {
            ends: [word(0), word(4)],
            flights: [row(8), row(14)],
            lengths: bytes[20],
            unheard: bytes[21],
            unquiet: bytes[22],
            marks: bytes[23],
        }
    }

    /// Whether the search goes on from here.
    #[must_use]
    pub fn revived(&self) -> bool {
        self.marks & 0x80 != 0
    }
}

impl From<&World> for Packed {
    fn from(world: &World) -> Packed {
        let lengths = world.channels.map(|channel| channel.length);
        let broken = Rule::ALL
            .iter()
            .position(|rule| Some(*rule) == world.broken);
        Packed {
            ends: world.ends.map(|end| end.0),
            flights: world
                .channels
                .map(|channel| std::array::from_fn(|at| channel.flights[at].0)),
            lengths: lengths[0] | lengths[1] << 4,
            unheard: world.unheard,
            unquiet: world.unquiet,
            marks: u8::from(world.revived) << 7 | broken.map_or(0, |at| at as u8 + 1),
        }
    }
}

impl From<&Packed> for World {
    fn from(packed: &Packed) -> World {
        let lengths = [packed.lengths & 15, packed.lengths >> 4];
        let channel = |side: usize| {
            let mut channel = Channel {
                length: lengths[side],
                ..Channel::default()
            };
            for (at, flight) in packed.flights[side].iter().enumerate() {
                channel.flights[at] = FlightId(*flight);
            }
            channel
        };
        let broken = usize::from(packed.marks & 0x7f).checked_sub(1);
        World {
            ends: packed.ends.map(EndId),
            channels: [channel(0), channel(1)],
            unheard: packed.unheard,
            unquiet: packed.unquiet,
            revived: packed.revived(),
            broken: broken.and_then(|at| Rule::ALL.get(at).copied()),
        }
    }
}

/// What follows from an action.
#[derive(Clone, Debug)]
pub struct Next {
    /// The situation.
    pub world: World,
    /// What is wrong with it.
    pub violation: Option<Violation>,
    /// Who sent, and what, in order; what found no room included.
    pub sent: (usize, Vec<FlightId>),
}

impl World {
    /// How it begins.
    ///
    /// # Panics
    /// A host cannot listen.
    #[must_use]
    pub fn new(space: &mut Space) -> World {
        let mut world = World {
            ends: [EndId(0), EndId(1)],
            channels: [Channel::default(); 2],
            unheard: 0,
            unquiet: 0,
            revived: false,
            broken: None,
        };
        for side in 0..2 {
            if space.config.openings[side] != Opening::Connect {
                let open = Action::End(side, Input::Call(Call::Open));
                world = world
                    .act(space, &open, CAPACITY)
                    .expect("it can listen")
                    .world;
            }
        }
        if space.config.old_syn {
            let syn = space.flights.number(Flight::old_syn());
            world.channels[0].push(syn, false);
        }
        world
    }

    /// A connection has come up with the very ISS and IRS of one that is over, out of
    /// old duplicates, or an end was to give out an ISN again ([`crate::config::Config::isn_once`]):
    /// in these worlds ISNs come again, which RFC 9293 3.4.1 forbids so that this cannot
    /// happen, and nobody could tell the two apart. Nothing is searched beyond; how
    /// often that is so is counted and told.
    #[must_use]
    pub fn revived(&self) -> bool {
        self.revived
    }

    /// All of a situation without a segment on the way, as one number.
    pub(crate) fn silence(&self) -> u128 {
        let marks = [self.unheard, self.unquiet, u8::from(self.revived), 0];
        let [a, b] = self.ends.map(|end| u128::from(end.0));
        a << 64 | b << 32 | u128::from(u32::from_le_bytes(marks))
    }

    /// STATUS of each connection that is not CLOSED, with its tag.
    #[must_use]
    pub fn statuses<'a>(&self, space: &'a Space, side: usize) -> &'a [(u8, Status)] {
        &space.facts(self.ends[side]).statuses
    }

    /// Everything that can happen next.
    pub fn actions(&self, space: &Space, into: &mut Vec<Action>) {
        if self.broken.is_some() || self.revived {
            return;
        }
        let config = &space.config;
        for side in 0..2 {
            let reach = if config.reordering { usize::MAX } else { 1 };
            let mut before = None;
            for flight in self.channels[side].flights().iter().copied().take(reach) {
                // Of two that are alike it does not matter which.
                if before.replace(flight) == Some(flight) {
                    continue;
                }
                into.push(Action::Deliver(side, flight));
                if config.duplication {
                    into.push(Action::DeliverCopy(side, flight));
                }
                if config.loss {
                    into.push(Action::Lose(side, flight));
                }
            }
            for (input, tag) in &space.facts(self.ends[side]).inputs {
                if self.may(space, *input, *tag) {
                    into.push(Action::End(side, *input));
                }
            }
        }
    }

    /// Nobody lives longer than MSL: 2MSL runs out only when nothing of that connection is left.
    fn may(&self, space: &Space, input: Input, tag: u8) -> bool {
        if !space.config.quiet_time_wait || !matches!(input, Input::Expire(_, Timer::TimeWait)) {
            return true;
        }
        let mut flights = self.channels.iter().flat_map(Channel::flights);
        flights.all(|id| space.flights.at(*id).tag != tag)
    }

    /// What follows, if anything does that was not so before.
    #[must_use]
    pub fn apply(&self, space: &mut Space, action: &Action) -> Option<Next> {
        let capacity = space.config.capacity;
        let next = self.act(space, action, capacity)?;
        (next.world != *self).then_some(next)
    }

    /// The same with room for so many segments each way, also when nothing has
    /// changed that counts.
    #[must_use]
    pub fn act(&self, space: &mut Space, action: &Action, capacity: usize) -> Option<Next> {
        let mut next = *self;
        let (side, input) = match *action {
            Action::Lose(side, flight) => {
                if !next.channels[side].remove(flight) {
                    return None;
                }
                next.lose(space, flight);
                let fails = space.config.fails;
                let violation = next
                    .disagreement(space)
                    .filter(|wrong| fails.is_none_or(|rule| rule == wrong.rule));
                next.broken = violation.as_ref().map(|violation| violation.rule);
                return Some(Next {
                    world: next,
                    violation,
                    sent: (side, Vec::new()),
                });
            }
            Action::Deliver(side, flight) => {
                if !next.channels[side].remove(flight) {
                    return None;
                }
                (1 - side, Input::Arrive(flight))
            }
            Action::DeliverCopy(side, flight) => {
                if !next.channels[side].flights().contains(&flight) {
                    return None;
                }
                (1 - side, Input::Arrive(flight))
            }
            Action::End(side, input) => {
                if let Input::Expire(at, Timer::TimeWait) = input {
                    let end = space.end(next.ends[side]);
                    let tag = end.tag(usize::from(at))?;
                    if !self.may(space, input, tag) {
                        return None;
                    }
                }
                (side, input)
            }
        };
        let taken = space.take(next.ends[side], input)?;
        next.ends[side] = taken.end;
        let Effects {
            sent,
            unheard,
            unquiet,
            revived,
            wrong,
            old,
        } = taken.effects.clone();
        // What was unquiet before this step: a segment of a connection whose end
        // without TIME-WAIT is this very step is none of an older one.
        let old = old.filter(|(tag, _)| self.unquiet & bit(*tag) == 0);
        next.unheard |= unheard;
        next.unquiet |= unquiet;
        next.revived |= revived;
        for flight in &sent {
            next.put(space, side, *flight, capacity);
        }
        let violation = wrong
            .or(old.map(|(_, violation)| violation))
            .or_else(|| next.missing(space))
            .or_else(|| next.disagreement(space))
            .or_else(|| next.reached(space, side))
            // Where a rule is to be seen failing, nothing else counts.
            .filter(|wrong| space.config.fails.is_none_or(|rule| rule == wrong.rule));
        next.broken = violation.as_ref().map(|violation| violation.rule);
        Some(Next {
            world: next,
            violation,
            sent: (side, sent),
        })
    }

    fn put(&mut self, space: &Space, side: usize, flight: FlightId, capacity: usize) {
        let channel = &mut self.channels[side];
        if space.config.duplication && channel.flights().contains(&flight) {
            return;
        }
        if channel.flights().len() >= capacity.min(ROOM) {
            self.lose(space, flight);
            return;
        }
        channel.push(flight, space.config.reordering);
    }

    /// A RST is not sent again.
    fn lose(&mut self, space: &Space, flight: FlightId) {
        let flight = space.flights.at(flight);
        if flight.flags.rst() {
            self.unheard |= bit(flight.tag);
        }
    }

    /// [`Rule::Never`].
    fn reached(&self, space: &Space, side: usize) -> Option<Violation> {
        let never = space.config.never?;
        let mut statuses = self.statuses(space, side).iter();
        statuses.any(|(_, s)| s.state == never).then(|| Violation {
            rule: Rule::Never,
            detail: format!("{} is in {}", ["A", "B"][side], never.name()),
        })
    }

    /// Q8 at the end: both closed cleanly, and all bytes are there.
    fn missing(&self, space: &Space) -> Option<Violation> {
        let [a, b] = self.ends.map(|end| &space.end(end).past);
        for mine in a {
            let (iss, irs) = mine.pair;
            for other in b.iter().filter(|other| other.pair == (irs, iss)) {
                if mine.gave != other.got || mine.got != other.gave {
                    return Some(Violation {
                        rule: Rule::Prefix,
                        detail: "both closed cleanly and some bytes are missing".into(),
                    });
                }
            }
        }
        None
    }

    /// Q4, and the weaker form of «no half-open»: nothing on the way, no timer
    /// that could find out, and yet the ends do not agree.
    #[must_use]
    pub fn disagreement(&self, space: &Space) -> Option<Violation> {
        let idle = self
            .channels
            .iter()
            .all(|channel| channel.flights().is_empty());
        if !idle || self.revived || self.ends.iter().any(|end| space.facts(*end).restless) {
            return None;
        }
        for side in 0..2 {
            let others = self.statuses(space, 1 - side);
            for (tag, mine) in self.statuses(space, side) {
                if mine.state != State::Established || self.unheard & bit(*tag) != 0 {
                    continue;
                }
                let agrees = |(_, other): &(u8, Status)| {
                    other.state == State::Established
                        && other.snd_nxt == mine.rcv_nxt
                        && other.rcv_nxt == mine.snd_nxt
                };
                if !others.iter().any(agrees) {
                    let others: Vec<&str> = others.iter().map(|(_, s)| s.state.name()).collect();
                    let name = ["A", "B"][side];
                    let detail = format!("{name} is in ESTABLISHED, the other end in {others:?}");
                    return Some(Violation {
                        rule: Rule::Agreement,
                        detail,
                    });
                }
            }
        }
        None
    }
}
