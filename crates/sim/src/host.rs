//! One host: its TCP, and what its application knows of its sockets.

use alloc::collections::VecDeque;

use tcp::event::{SocketId, Timer};
use tcp::seq::Seq;
use tcp::settings::Settings;
use tcp::sorted::SortedMap;
use tcp::stack::{SendFlags, Stack};
use tcp::state::State;
use tcp::time::Instant;

use crate::rng;
use crate::run::{HostId, HostSpec};
use crate::trace::RecordId;
use crate::world::Task;

/// One host.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub id: HostId,
    pub stack: Stack,
    pub plugged: bool,
    /// How often it has started; what an application of an earlier life still meant to do is forgotten.
    pub boot: u32,
    /// Socket numbers of earlier lives; the trace never uses one twice.
    pub base: u32,
    /// The highest socket number seen in this life.
    pub highest: u32,
    pub emitted: u32,
    pub sockets: SortedMap<u32, Socket>,
    pub names: Vec<Name>,
    /// Which record set each running timer.
    pub timers: SortedMap<(u32, Timer), RecordId>,
    /// Sockets whose application has something to do at once: read, or go on sending.
    pub busy: VecDeque<u32>,
    pub deadline: Option<Instant>,
    /// What the application does before TCP sends its answers.
    pub at_once: VecDeque<Task>,
    /// How many such things there were at this moment.
    pub reactions: u32,
    pub busy_at: Instant,
    /// TCP is being drained, and this is what for.
    pub draining: bool,
    pub cause: Option<RecordId>,
}

/// What the application calls a socket.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub name: String,
    pub instance: u32,
    /// Number in the trace.
    pub socket: u32,
    /// The host lost its memory since.
    pub gone: bool,
}

/// What the application (and this world) knows of a socket.
#[derive(Clone, Debug)]
pub(crate) struct Socket {
    /// Index into the host's names.
    pub name: Option<u32>,
    pub state: State,
    /// Our initial sequence number once it is known: where the stream begins.
    pub iss: Option<Seq>,
    /// Bytes TCP has made readable, and bytes the application has taken.
    pub delivered: u64,
    pub received: u64,
    /// It reads by itself.
    pub reading: bool,
    /// It closes by itself at end-of-file.
    pub closing: bool,
    pub peer_closed: bool,
    pub ended: bool,
    /// Bytes TCP has taken for sending.
    pub taken: u64,
    /// The size of its send buffer, if the application set one.
    pub send_buffer: Option<u32>,
    /// What waits for room in the send buffer.
    pub wants: VecDeque<Want>,
    /// Accept each connection under this name (listeners).
    pub accept_as: Option<String>,
    /// Script lines that have seen it.
    pub fired: Vec<u32>,
    /// The calls that what is sent later goes back to.
    pub send_call: Option<RecordId>,
    pub close_call: Option<RecordId>,
    /// All bytes got and given, when somebody checks.
    pub got: Vec<u8>,
    pub gave: Vec<u8>,
}

/// What an application wants to do when TCP lets it.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    Pattern { left: u32, flags: SendFlags },
    Text { left: Vec<u8>, flags: SendFlags },
    Shutdown,
    Close,
}

impl Socket {
    pub fn new() -> Socket {
        Socket {
            name: None,
            state: State::Closed,
            iss: None,
            delivered: 0,
            received: 0,
            reading: true,
            closing: false,
            peer_closed: false,
            ended: false,
            taken: 0,
            send_buffer: None,
            wants: VecDeque::new(),
            accept_as: None,
            fired: Vec::new(),
            send_call: None,
            close_call: None,
            got: Vec::new(),
            gave: Vec::new(),
        }
    }

    /// Bytes that wait for room.
    pub fn unsent(&self) -> u64 {
        let len = |want: &Want| match want {
            Want::Pattern { left, .. } => u64::from(*left),
            Want::Text { left, .. } => left.len() as u64,
            Want::Shutdown | Want::Close => 0,
        };
        self.wants.iter().map(len).sum()
    }
}

impl Host {
    pub fn new(id: HostId, spec: &HostSpec, settings: Settings, seed: u64) -> Host {
        let secret = rng::host_secret(seed, id.index(), 0);
        Host {
            id,
            stack: Stack::new(&spec.addresses, spec.mtu, settings, secret),
            plugged: true,
            boot: 0,
            base: 0,
            highest: 0,
            emitted: 0,
            sockets: SortedMap::new(),
            names: Vec::new(),
            timers: SortedMap::new(),
            busy: VecDeque::new(),
            deadline: None,
            at_once: VecDeque::new(),
            reactions: 0,
            busy_at: Instant::ZERO,
            draining: false,
            cause: None,
        }
    }

    /// It stops where it stands.
    pub fn unplug(&mut self) {
        self.plugged = false;
        self.boot += 1;
        self.deadline = None;
    }

    /// It starts with nothing but its settings and its addresses.
    pub fn start(&mut self, spec: &HostSpec, seed: u64) {
        self.boot += 1;
        let settings = self.stack.settings().clone();
        let secret = rng::host_secret(seed, self.id.index(), self.boot);
        self.stack = Stack::new(&spec.addresses, spec.mtu, settings, secret);
        self.plugged = true;
        self.base += self.highest;
        self.highest = 0;
        self.sockets.clear();
        self.timers.clear();
        self.busy.clear();
        self.at_once.clear();
        self.names.iter_mut().for_each(|name| name.gone = true);
        self.deadline = None;
    }

    /// A socket's number in the trace.
    pub fn number(&mut self, socket: Option<SocketId>) -> u32 {
        match socket {
            Some(SocketId(n)) => {
                self.highest = self.highest.max(n);
                self.base + n
            }
            None => 0,
        }
    }

    /// What is known of a socket, from its first mention on.
    pub fn socket(&mut self, socket: SocketId) -> &mut Socket {
        self.highest = self.highest.max(socket.0);
        self.sockets.or_insert_with(socket.0, Socket::new)
    }

    /// The socket of a name: the newest, or the n-th; only while the host remembers it.
    pub fn find(&self, name: &str, instance: Option<u32>) -> Option<SocketId> {
        let fits = |n: &&Name| n.name == name && instance.is_none_or(|i| i == n.instance);
        let found = self.names.iter().rev().find(fits)?;
        (!found.gone).then(|| SocketId(found.socket - self.base))
    }

    /// Gives a socket a name that others may have had before; answers which it is.
    pub fn name(&mut self, socket: SocketId, name: &str) -> u32 {
        let instance = 1 + self
            .names
            .iter()
            .rev()
            .find(|n| n.name == name)
            .map_or(0, |n| n.instance);
        let number = self.number(Some(socket));
        let index = self.names.len() as u32;
        self.names.push(Name {
            name: String::from(name),
            instance,
            socket: number,
            gone: false,
        });
        self.socket(socket).name = Some(index);
        instance
    }

    /// A socket that nobody will ask for again.
    pub fn forget_if_nameless(&mut self, socket: SocketId) {
        if self
            .sockets
            .get(&socket.0)
            .is_some_and(|s| s.name.is_none())
        {
            self.sockets.remove(&socket.0);
        }
    }

    /// Looks at when TCP wants to be woken.
    pub fn arm(&mut self) {
        self.deadline = self
            .stack
            .poll_timeout()
            .map(|(deadline, _, _)| deadline)
            .filter(|_| self.plugged);
    }
}
