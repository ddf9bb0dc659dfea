//! All sockets of a host: found by number, by the four-tuple of a segment, by
//! port, and by deadline.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

use crate::deadlines::Deadlines;
use crate::event::SocketId;
use crate::hash::sip_hash;
use crate::listener::Listener;
use crate::state::State;
use crate::table::{Counts, Table};
use crate::tcb::{SocketOptions, Tcb};
use crate::time_wait::TimeWait;

/// A socket without a TCB.
#[derive(Clone, Debug)]
pub(crate) struct Idle {
    pub id: SocketId,
    pub local: Option<SocketAddr>,
    pub options: SocketOptions,
}

#[derive(Clone, Debug)]
pub(crate) enum Slot {
    Free,
    Idle(Box<Idle>),
    Listener(Box<Listener>),
    Connection(Box<Tcb>),
    TimeWait(Box<TimeWait>),
}

impl Slot {
    pub(crate) fn id(&self) -> Option<SocketId> {
        match self {
            Slot::Free => None,
            Slot::Idle(idle) => Some(idle.id),
            Slot::Listener(listener) => Some(listener.id),
            Slot::Connection(tcb) => Some(tcb.id),
            Slot::TimeWait(record) => Some(record.id),
        }
    }

    /// Both ends' addresses of what is in the table of connections.
    fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        match self {
            Slot::Connection(tcb) => Some((tcb.local, tcb.remote)),
            Slot::TimeWait(record) => Some((record.local, record.remote)),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Sockets {
    slots: Vec<Slot>,
    free: Vec<u32>,
    last_id: u32,
    by_id: Table,
    by_ends: Table,
    /// Slots in LISTEN: listeners and bare passive OPENs, oldest first.
    pub listening: Vec<u32>,
    /// Sockets and connections by local port, TIME-WAIT apart.
    pub ports: Counts,
    pub time_wait_ports: Counts,
    pub time_wait_count: u32,
    pub embryonic: u32,
    pub deadlines: Deadlines,
    /// Secrets of `ends_hash`, the second one odd.
    keys: [u64; 2],
    /// The slot found last: the next segment is often for the same connection.
    recent: u32,
}

/// One step of a multiplying hash: the product's halves folded together.
fn mix(value: u64, key: u64) -> u64 {
    let product = u128::from(value) * u128::from(key);
    product as u64 ^ (product >> 64) as u64
}

fn id_hash(id: SocketId) -> u32 {
    id.0.wrapping_mul(0x9e37_79b1).rotate_left(15)
}

impl Sockets {
    pub(crate) fn new(key: [u8; 16]) -> Sockets {
        Sockets {
            slots: Vec::new(),
            free: Vec::new(),
            last_id: 0,
            by_id: Table::default(),
            by_ends: Table::default(),
            listening: Vec::new(),
            ports: Counts::default(),
            time_wait_ports: Counts::default(),
            time_wait_count: 0,
            embryonic: 0,
            deadlines: Deadlines::default(),
            keys: [sip_hash(&key, b"ends"), sip_hash(&key, b"table") | 1],
            recent: 0,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(crate) fn next_id(&mut self) -> SocketId {
        self.last_id = self.last_id.wrapping_add(1);
        SocketId(self.last_id)
    }

    pub(crate) fn insert(&mut self, id: SocketId, slot: Slot) -> usize {
        let at = match self.free.pop() {
            Some(at) => {
                self.slots[at as usize] = slot;
                at
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        };
        self.by_id.insert(id_hash(id), at);
        at as usize
    }

    /// Takes a socket out; whatever else refers to it must be gone already.
    pub(crate) fn remove(&mut self, at: usize) -> Slot {
        let Some(slot) = self.slots.get_mut(at) else {
            return Slot::Free;
        };
        let slot = core::mem::replace(slot, Slot::Free);
        if let Some(id) = slot.id() {
            self.by_id.remove(id_hash(id), at as u32);
            self.deadlines.set(at, id.0, crate::time::Instant::NEVER);
            self.free.push(at as u32);
        }
        slot
    }

    pub(crate) fn find(&self, id: SocketId) -> Option<usize> {
        let is_it = |at: u32| self.slots[at as usize].id() == Some(id);
        self.by_id.find(id_hash(id), is_it).map(|at| at as usize)
    }

    pub(crate) fn slot(&self, at: usize) -> &Slot {
        self.slots.get(at).unwrap_or(&Slot::Free)
    }

    pub(crate) fn slot_mut(&mut self, at: usize) -> Option<&mut Slot> {
        self.slots.get_mut(at)
    }

    pub(crate) fn tcb_mut(&mut self, at: usize) -> Option<&mut Tcb> {
        match self.slots.get_mut(at) {
            Some(Slot::Connection(tcb)) => Some(tcb),
            _ => None,
        }
    }

    pub(crate) fn listener_mut(&mut self, at: usize) -> Option<&mut Listener> {
        match self.slots.get_mut(at) {
            Some(Slot::Listener(listener)) => Some(listener),
            _ => None,
        }
    }

    /// All slots, in the order of their places (not of numbers).
    pub(crate) fn slots(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate()
    }

    /// A keyed hash, so that nobody can aim for collisions. It never leaves the
    /// table, so it need not be as strong as what goes onto the wire.
    fn ends_hash(&self, local: SocketAddr, remote: SocketAddr) -> u32 {
        let ports = u64::from(local.port()) << 16 | u64::from(remote.port());
        let mut hash = mix(self.keys[0] ^ ports, self.keys[1]);
        match (local.ip(), remote.ip()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let addresses = u64::from(a.to_bits()) << 32 | u64::from(b.to_bits());
                hash = mix(hash ^ addresses, self.keys[1]);
            }
            ends => {
                for address in [ends.0, ends.1] {
                    if let IpAddr::V6(v6) = address {
                        let bits = v6.to_bits();
                        hash = mix(hash ^ bits as u64, self.keys[1]);
                        hash = mix(hash ^ (bits >> 64) as u64, self.keys[0] | 1);
                    }
                }
            }
        }
        hash as u32
    }

    /// The connection or TIME-WAIT record between two ends.
    pub(crate) fn between(&self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        let is_it = |at: u32| self.slots[at as usize].ends() == Some((local, remote));
        self.by_ends
            .find(self.ends_hash(local, remote), is_it)
            .map(|at| at as usize)
    }

    /// The same for an arriving segment, with a look at the last one found.
    pub(crate) fn receiver(&mut self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        let recent = self.recent as usize;
        let same = match self.slots.get(recent) {
            Some(Slot::Connection(tcb)) => tcb.found_by == Some(remote) && tcb.local == local,
            _ => false,
        };
        if same {
            return Some(recent);
        }
        let found = self.between(local, remote)?;
        self.recent = found as u32;
        Some(found)
    }

    pub(crate) fn connect_ends(&mut self, at: usize, local: SocketAddr, remote: SocketAddr) {
        let hash = self.ends_hash(local, remote);
        self.by_ends.insert(hash, at as u32);
    }

    pub(crate) fn disconnect_ends(&mut self, at: usize, local: SocketAddr, remote: SocketAddr) {
        let hash = self.ends_hash(local, remote);
        self.by_ends.remove(hash, at as u32);
    }

    /// Who listens for a segment to `local` from `remote`: the most particular, then the oldest.
    pub(crate) fn listening_for(&self, local: SocketAddr, remote: SocketAddr) -> Option<usize> {
        let mut best: Option<(u32, usize)> = None;
        for &at in &self.listening {
            let (bound, from) = match self.slot(at as usize) {
                Slot::Listener(listener) => (listener.local, None),
                Slot::Connection(tcb) if tcb.state == State::Listen => {
                    (tcb.local, (tcb.remote.port() != 0).then_some(tcb.remote))
                }
                _ => continue,
            };
            let address_fits = bound.ip() == local.ip() || bound.ip().is_unspecified();
            if bound.port() != local.port() || !address_fits || from.is_some_and(|f| f != remote) {
                continue;
            }
            let rank = u32::from(from.is_some()) * 2 + u32::from(!bound.ip().is_unspecified());
            if best.is_none_or(|(most, _)| rank > most) {
                best = Some((rank, at as usize));
            }
        }
        best.map(|(_, at)| at)
    }

    pub(crate) fn stop_listening(&mut self, at: usize) {
        self.listening.retain(|&l| l as usize != at);
    }
}
