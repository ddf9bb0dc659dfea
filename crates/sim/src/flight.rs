//! Datagrams between the hosts.

use tcp::time::Instant;

use crate::run::{Direction, SegmentName, Unreachable};
use crate::trace::{Place, RecordId, Trace, WorldReason};

/// How a datagram's way ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// It arrives.
    Arrives,
    /// It is lost, and a router may say so.
    Lost(WorldReason, Option<Unreachable>),
}

/// One datagram on its way.
#[derive(Clone, Debug)]
pub(crate) struct Flight {
    pub send: RecordId,
    /// Who emitted it; the link, where it is a copy or a router's.
    pub origin: Place,
    /// Its number among what was emitted there, from 1.
    pub nth: u32,
    /// The flags byte, of TCP.
    pub flags: Option<u8>,
    pub direction: Option<Direction>,
    pub to: Place,
    pub bytes: Vec<u8>,
    /// The bytes are not those that were sent.
    pub altered: bool,
    pub sent: Instant,
    pub end: End,
    /// Where it stands in the queue of events: its end and a sequence number. Held: how much of its way was left.
    pub when: When,
    /// What changed its fate on the way.
    pub cause: Option<RecordId>,
}

/// When it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum When {
    At(Instant, u64),
    Held { left: tcp::time::Duration },
}

/// All of them; a slot is used again when its datagram has ended.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flights {
    slots: Vec<Option<Flight>>,
    free: Vec<u32>,
}

impl Flights {
    pub fn insert(&mut self, flight: Flight) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(flight);
                slot
            }
            None => {
                self.slots.push(Some(flight));
                self.slots.len() as u32 - 1
            }
        }
    }

    pub fn remove(&mut self, slot: u32) -> Option<Flight> {
        let flight = self.slots.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        Some(flight)
    }

    pub fn at(&mut self, slot: u32) -> Option<&mut Flight> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u32, &Flight)> {
        (0..)
            .zip(&self.slots)
            .filter_map(|(slot, flight)| Some((slot, flight.as_ref()?)))
    }

    /// The datagram of that name: the n-th of its origin; if that one has other flags or has ended, the nearest with these flags.
    pub fn find(&self, name: SegmentName) -> Option<u32> {
        let of_origin = || self.iter().filter(|(_, f)| f.origin == name.origin);
        let exact = of_origin()
            .find(|(_, f)| f.nth == name.nth && (name.flags.is_none() || f.flags == name.flags));
        let near = || {
            let flags = name.flags?;
            of_origin()
                .filter(|(_, f)| f.flags == Some(flags))
                .min_by_key(|(_, f)| (f.nth.abs_diff(name.nth), f.nth))
        };
        exact.or_else(near).map(|(slot, _)| slot)
    }

    /// A copy in which only what was altered has its bytes: those of the others are the trace's.
    pub fn without_bytes(&self) -> Flights {
        let slim = |flight: &Flight| Flight {
            bytes: if flight.altered {
                flight.bytes.clone()
            } else {
                Vec::new()
            },
            ..*flight
        };
        Flights {
            slots: self
                .slots
                .iter()
                .map(|slot| slot.as_ref().map(slim))
                .collect(),
            free: self.free.clone(),
        }
    }

    /// The inverse.
    pub fn take_bytes(&mut self, trace: &Trace) {
        for flight in self.slots.iter_mut().flatten() {
            if !flight.altered {
                trace.datagram(flight.send, &mut flight.bytes);
            }
        }
    }
}
