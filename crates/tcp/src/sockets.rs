//! All sockets of a host: found by number, by the four-tuple of a segment, by
//! port, and by deadline.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::SocketAddr;

use crate::deadlines::Deadlines;
use crate::ends::{Ends, HashKeys};
use crate::event::SocketId;
use crate::host::Beginning;
use crate::listener::Listener;
use crate::spare::Spare;
use crate::state::State;
use crate::table::{Ports, Table};
use crate::tcb::{SocketOptions, Tcb};
use crate::time_wait::TimeWait;
use crate::wire::plain::Key;

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
    fn ends(&self) -> Option<&Ends> {
        match self {
            Slot::Connection(tcb) => Some(&tcb.ends),
            Slot::TimeWait(record) => Some(&record.ends),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Sockets {
    pub slots: Vec<Slot>,
    free: Vec<u32>,
    last_id: u32,
    by_id: Table,
    pub by_ends: ByEnds,
    /// The newest socket, and its slot: it is named often while it is new. Forgotten with it; number 0 is nobody's.
    newest: (SocketId, u32),
    /// Slots in LISTEN: listeners and bare passive OPENs, oldest first.
    pub listening: Vec<u32>,
    /// Sockets, connections and TIME-WAIT records by local port.
    pub ports: Ports,
    pub time_wait_count: u32,
    pub embryonic: u32,
    pub deadlines: Deadlines,
    idles: Spare<Idle>,
    tcbs: Spare<Tcb>,
    records: Spare<TimeWait>,
}

/// The table of connections: who is between two ends.
#[derive(Clone, Debug)]
pub(crate) struct ByEnds {
    table: Table,
    keys: HashKeys,
    recent: Recent,
}

/// The connection found last, and how an IPv4 segment to it looks: the next one is
/// often for the same. It is forgotten as soon as the connection cannot be found any more.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    key: Key,
    at: Option<u32>,
}

impl ByEnds {
    /// Enters what is in slot `at` into the table of connections; answers under which hash.
    pub(crate) fn connect(&mut self, at: usize, ends: &Ends) -> u32 {
        let hash = ends.hash(&self.keys);
        self.table.insert(hash, at as u32);
        if let Some(key) = ends.key() {
            // Whoever has just opened will soon hear of it.
            self.recent = Recent {
                key,
                at: Some(at as u32),
            };
        }
        hash
    }

    pub(crate) fn disconnect(&mut self, at: usize, hash: u32) {
        self.table.remove(hash, at as u32);
        if self.recent.at == Some(at as u32) {
            self.recent = Recent::default();
        }
    }
}

fn id_hash(id: SocketId) -> u32 {
    id.0.wrapping_mul(0x9e37_79b1).rotate_left(15)
}

impl Sockets {
    pub(crate) fn new(secret: [u8; 16]) -> Sockets {
        Sockets {
            slots: Vec::new(),
            free: Vec::new(),
            last_id: 0,
            by_id: Table::default(),
            by_ends: ByEnds {
                table: Table::default(),
                keys: HashKeys::new(&secret),
                recent: Recent::default(),
            },
            newest: (SocketId(0), 0),
            listening: Vec::new(),
            ports: Ports::default(),
            time_wait_count: 0,
            embryonic: 0,
            deadlines: Deadlines::default(),
            idles: Spare::default(),
            tcbs: Spare::default(),
            records: Spare::default(),
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
        self.newest = (id, at);
        at as usize
    }

    /// Takes a socket out; whatever else refers to it must be gone already.
    pub(crate) fn remove(&mut self, at: usize) {
        if let Some(id) = self.slot(at).id() {
            self.replace(at, Slot::Free);
            self.by_id.remove(id_hash(id), at as u32);
            if self.newest.0 == id {
                self.newest.0 = SocketId(0);
            }
            self.deadlines.set(at, id.0, crate::time::Instant::NEVER);
            self.free.push(at as u32);
        }
    }

    /// The socket in `at` becomes another thing under its old number.
    pub(crate) fn replace(&mut self, at: usize, slot: Slot) {
        let Some(place) = self.slots.get_mut(at) else {
            return;
        };
        match core::mem::replace(place, slot) {
            Slot::Free | Slot::Listener(_) => {}
            Slot::Idle(idle) => self.idles.keep(idle),
            Slot::Connection(mut tcb) => {
                tcb.release_memory();
                self.tcbs.keep(tcb);
            }
            Slot::TimeWait(mut record) => {
                record.unread = None;
                self.records.keep(record);
            }
        }
    }

    pub(crate) fn idle(&mut self, idle: Idle) -> Slot {
        Slot::Idle(self.idles.fill(idle))
    }

    /// A new TCB in a box. It is built where it stays: moving one costs more than filling one in.
    #[inline(never)]
    pub(crate) fn tcb(
        &mut self,
        id: SocketId,
        ends: &Ends,
        options: &SocketOptions,
        beginning: &Beginning,
    ) -> Box<Tcb> {
        self.tcbs.fill(Tcb::built(id, *ends, *options, beginning))
    }

    pub(crate) fn time_wait(&mut self, record: TimeWait) -> Slot {
        Slot::TimeWait(self.records.fill(record))
    }

    #[inline]
    pub(crate) fn find(&self, id: SocketId) -> Option<usize> {
        let (newest, at) = self.newest;
        if newest == id && id != SocketId(0) {
            return Some(at as usize);
        }
        self.find_older(id)
    }

    #[inline(never)]
    fn find_older(&self, id: SocketId) -> Option<usize> {
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

    /// The listener with a number, which was in slot `at`: it has not moved if it is still there.
    pub(crate) fn listener_of(&mut self, id: Option<SocketId>, at: usize) -> Option<&mut Listener> {
        let listener = self.listener_mut(at)?;
        (Some(listener.id) == id).then_some(listener)
    }

    /// All slots, in the order of their places (not of numbers).
    pub(crate) fn slots(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.slots.iter().enumerate()
    }

    /// The connection or TIME-WAIT record between two ends.
    pub(crate) fn between(&self, ends: &Ends) -> Option<usize> {
        let is_it = |at: u32| self.slots[at as usize].ends() == Some(ends);
        let by_ends = &self.by_ends;
        let hash = ends.hash(&by_ends.keys);
        by_ends.table.find(hash, is_it).map(|at| at as usize)
    }

    /// The same for an arriving segment.
    #[inline]
    pub(crate) fn receiver(&mut self, key: Key) -> Option<usize> {
        if self.by_ends.recent.key == key {
            return self.by_ends.recent.at.map(|at| at as usize);
        }
        self.look_up(key)
    }

    #[inline(never)]
    fn look_up(&mut self, key: Key) -> Option<usize> {
        let at = self.between(&key.ends())?;
        self.by_ends.recent = Recent {
            key,
            at: Some(at as u32),
        };
        Some(at)
    }

    /// Who listens for a segment to `local` from `remote`: the most particular, then the oldest.
    pub(crate) fn listening_for(&self, ends: &Ends) -> Option<usize> {
        let port = ends.local_port();
        let mut best: Option<(u32, usize)> = None;
        for &at in &self.listening {
            let (bound, particular) = match self.slot(at as usize) {
                Slot::Listener(listener) => (&listener.bound, false),
                Slot::Connection(tcb) if tcb.state == State::Listen => {
                    let particular = tcb.ends.remote_port() != 0;
                    if particular && !tcb.ends.same_remote(ends) {
                        continue;
                    }
                    (&tcb.ends, particular)
                }
                _ => continue,
            };
            let open = bound.local_is_unspecified();
            if bound.local_port() != port || !(open || bound.same_local_address(ends)) {
                continue;
            }
            let rank = u32::from(particular) * 2 + u32::from(!open);
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
