//! The run: everything that is ever saved, shared or replayed.
//!
//! Run = format version + engine version + scenario + seed + interventions.
//! The trace is derived from it and never stored. Text form: [`crate::text`].

use core::net::IpAddr;

use tcp::settings::Policy;
use tcp::state::State;
use tcp::time::{Duration, Instant};

use crate::recording::Recorded;
use crate::trace::Place;

/// The version of the text format, in its first line.
pub const FORMAT_VERSION: u32 = 1;

/// The engine this crate was built with.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");

/// One of the two hosts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum HostId {
    A,
    B,
}

impl HostId {
    /// Both.
    pub const ALL: [HostId; 2] = [HostId::A, HostId::B];

    /// 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The one at the other end of the link.
    #[must_use]
    pub const fn other(self) -> HostId {
        match self {
            HostId::A => HostId::B,
            HostId::B => HostId::A,
        }
    }

    /// `A` or `B`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            HostId::A => "A",
            HostId::B => "B",
        }
    }

    /// The same as a place of the trace.
    #[must_use]
    pub const fn place(self) -> Place {
        match self {
            HostId::A => Place::A,
            HostId::B => Place::B,
        }
    }
}

/// One direction of the link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Direction {
    AToB,
    BToA,
}

impl Direction {
    /// Both.
    pub const ALL: [Direction; 2] = [Direction::AToB, Direction::BToA];

    /// 0 or 1.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The direction that leaves a host.
    #[must_use]
    pub const fn from(host: HostId) -> Direction {
        match host {
            HostId::A => Direction::AToB,
            HostId::B => Direction::BToA,
        }
    }

    /// Where it leads.
    #[must_use]
    pub const fn to(self) -> HostId {
        match self {
            Direction::AToB => HostId::B,
            Direction::BToA => HostId::A,
        }
    }
}

/// A run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// The engine that made it (`major.minor.patch`).
    pub engine: String,
    /// What is played.
    pub scenario: Scenario,
    /// Where all chance comes from.
    pub seed: u64,
    /// What a person did, in order of time; of equal times the earlier in the list comes first.
    pub interventions: Vec<Intervention>,
    /// The hash of the trace it had where it was made.
    pub trace_hash: Option<u64>,
}

/// What is played: hosts, link, application script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// The public id.
    pub id: String,
    /// The key of its title and story in the message files.
    pub title: String,
    /// Where it ends; without it, when nothing is pending any more.
    pub until: Option<Instant>,
    /// A and B.
    pub hosts: [HostSpec; 2],
    /// Somebody off the path.
    pub attacker: Option<AttackerSpec>,
    /// A→B and B→A.
    pub link: [LinkSpec; 2],
    /// What happens to particular segments.
    pub rules: Vec<Rule>,
    /// What the applications (and everything else in the world) do.
    pub script: Vec<ScriptLine>,
    /// What was recorded of A and of B, each in order of time: a recording plays it, an engine is compared with it.
    pub recorded: [Vec<Recorded>; 2],
    /// Chapters and checkpoints, in order of time.
    pub markers: Vec<Marker>,
}

/// Who plays a host.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum HostKind {
    Engine,
    /// Nobody but the run's own lines: it sends what `emit` says, and answers nothing (a packetdrill script's other end).
    Script,
    /// What was recorded of it, datagram by datagram; it answers nothing else.
    Recording,
}

/// One host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HostSpec {
    /// Who plays it.
    pub kind: HostKind,
    /// Its addresses; at least one.
    pub addresses: Vec<IpAddr>,
    /// Its interface's MTU in bytes.
    pub mtu: u16,
    /// Which way it reads the RFC.
    pub policy: Policy,
    /// Single settings, by name and value as `tcp::settings::Settings::set` takes them, in order.
    pub settings: Vec<(String, String)>,
}

/// Somebody who can send datagrams with any source and sees only what is addressed to themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AttackerSpec {
    /// Their own address.
    pub address: IpAddr,
    /// Latency to either host.
    pub latency: Duration,
}

/// A probability as whole numbers: `numerator` in `denominator`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Ratio {
    pub numerator: u32,
    pub denominator: u32,
}

impl Ratio {
    /// It never happens.
    pub const NEVER: Ratio = Ratio {
        numerator: 0,
        denominator: 1,
    };
}

/// One direction of the link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkSpec {
    /// Propagation delay.
    pub latency: Duration,
    /// Up to this much is added, evenly spread; order is kept.
    pub jitter: Duration,
    /// Bits a second; 0 for as fast as can be.
    pub bandwidth_bps: u64,
    /// How many datagrams may wait for the line (the one being sent not counted); only with a bandwidth.
    pub queue: u32,
    /// Loss.
    pub loss: Ratio,
    /// Duplication.
    pub duplicate: Ratio,
    /// Reordering: how often, and how much later such a datagram comes.
    pub reorder: Ratio,
    /// How much later a reordered datagram comes.
    pub reorder_delay: Duration,
    /// One flipped bit.
    pub corrupt: Ratio,
    /// Largest datagram in bytes; a router answers a larger one with ICMP «too big».
    pub mtu: u16,
    /// What stands in the way.
    pub firewall: Firewall,
    /// Cut: nothing gets through.
    pub cut: bool,
}

impl Default for LinkSpec {
    /// 50 ms each way, and nothing ever goes wrong.
    fn default() -> LinkSpec {
        LinkSpec {
            latency: Duration::from_millis(50),
            jitter: Duration::ZERO,
            bandwidth_bps: 0,
            queue: 100,
            loss: Ratio::NEVER,
            duplicate: Ratio::NEVER,
            reorder: Ratio::NEVER,
            reorder_delay: Duration::ZERO,
            corrupt: Ratio::NEVER,
            mtu: u16::MAX,
            firewall: Firewall::Off,
            cut: false,
        }
    }
}

impl LinkSpec {
    /// Sets one property anew.
    pub fn change(&mut self, change: LinkChange) {
        match change {
            LinkChange::Latency(time) => self.latency = time,
            LinkChange::Jitter(time) => self.jitter = time,
            LinkChange::Bandwidth(bps) => self.bandwidth_bps = bps,
            LinkChange::Queue(length) => self.queue = length,
            LinkChange::Loss(ratio) => self.loss = ratio,
            LinkChange::Duplicate(ratio) => self.duplicate = ratio,
            LinkChange::Reorder(ratio, delay) => {
                self.reorder = ratio;
                self.reorder_delay = delay;
            }
            LinkChange::Corrupt(ratio) => self.corrupt = ratio,
            LinkChange::Mtu(mtu) => self.mtu = mtu,
        }
    }

    /// What makes it differ from the default (`firewall` and `cut` aside).
    #[must_use]
    pub fn changes(&self) -> Vec<LinkChange> {
        let all = [
            LinkChange::Latency(self.latency),
            LinkChange::Jitter(self.jitter),
            LinkChange::Bandwidth(self.bandwidth_bps),
            LinkChange::Queue(self.queue),
            LinkChange::Loss(self.loss),
            LinkChange::Duplicate(self.duplicate),
            LinkChange::Reorder(self.reorder, self.reorder_delay),
            LinkChange::Corrupt(self.corrupt),
            LinkChange::Mtu(self.mtu),
        ];
        let default = LinkSpec::default();
        let differs = |change: &LinkChange| {
            let mut changed = default.clone();
            changed.change(*change);
            changed != default
        };
        all.into_iter().filter(differs).collect()
    }
}

impl Scenario {
    /// One direction of the link, or both.
    pub fn links(&mut self, direction: Option<Direction>) -> impl Iterator<Item = &mut LinkSpec> {
        let both = Direction::ALL.into_iter().zip(&mut self.link);
        both.filter(move |(d, _)| direction.is_none_or(|wanted| wanted == *d))
            .map(|(_, link)| link)
    }
}

/// What a firewall (or a router without a route) does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Firewall {
    /// There is none.
    Off,
    /// Datagrams vanish.
    Drop,
    /// Datagrams are answered.
    Reject(Unreachable),
}

impl Firewall {
    /// Whether nothing stands in the way.
    #[must_use]
    pub fn is_off(self) -> bool {
        self == Firewall::Off
    }
}

/// The ICMP «destination unreachable» a router or firewall answers with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Unreachable {
    Network,
    Host,
    Protocol,
    Port,
    /// «Fragmentation needed» (IPv4) or «packet too big» (IPv6), with the next hop's MTU.
    TooBig(u16),
    Prohibited,
}

/// A datagram as people name it: the n-th that a host, the attacker or the path itself (a router's ICMP, the link's copies)
/// emitted, and of TCP its flags as a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentName {
    /// Who emitted it.
    pub origin: Place,
    /// Its number among what was emitted there, from 1.
    pub nth: u32,
    /// Its flags. If the n-th has others, the nearest in flight with these flags is meant.
    pub flags: Option<u8>,
}

/// What happens to a particular segment when it is emitted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Which.
    pub segment: SegmentName,
    /// What.
    pub act: SegmentAct,
}

/// What can be done to a segment in flight.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SegmentAct {
    /// It is lost.
    Drop,
    /// It comes this much later.
    Delay(Duration),
    /// It stays where it is until released.
    Hold,
    /// It goes on.
    Release,
    /// A second copy arrives this much after the first.
    Duplicate(Duration),
    /// This bit of the datagram is flipped (0 is the first byte's most significant).
    Corrupt(u32),
    /// Fields are changed; checksums are made right again unless told otherwise.
    Edit(Vec<Edit>),
}

/// A field of a segment, set anew.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Edit {
    Seq(Number),
    Ack(Number),
    Window(u16),
    Flags(u8),
    Urgent(u16),
    SourcePort(u16),
    DestinationPort(u16),
    Mss(u16),
    Payload(Vec<u8>),
    /// Leave the checksum as it was, so that the receiver finds it wrong.
    KeepChecksum,
}

/// A sequence number as people write it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Number {
    /// As it stands.
    Absolute(u32),
    /// The field's own value and this much (edits only).
    Relative(i64),
    /// A variable of a socket at that moment, and this much. Needs eyes in the host: for people, not for an off-path attacker.
    Variable(SocketName, Variable, i64),
    /// The ISN the attacker saw last (through a connection of their own), and this much.
    Sample(i64),
}

/// Variables of a TCB that a forged segment may refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Variable {
    SndUna,
    SndNxt,
    RcvNxt,
    Iss,
    Irs,
}

/// One end of a forged segment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// Whose address.
    pub address: AddressName,
    /// Port.
    pub port: PortName,
}

/// An address by name or in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AddressName {
    /// A host's first address.
    Host(HostId),
    /// The attacker's own.
    Attacker,
    /// Any address.
    Ip(IpAddr),
}

/// A port in numbers, or found out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PortName {
    /// This one.
    Number(u16),
    /// The port the host's newest connection uses (people see it; an attacker guesses it).
    Newest,
}

/// A segment made up from nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Forged {
    /// Claimed source.
    pub source: Endpoint,
    /// Where it goes.
    pub destination: Endpoint,
    /// Flags byte.
    pub flags: u8,
    /// Sequence number.
    pub seq: Number,
    /// Acknowledgement number.
    pub ack: Number,
    /// Window field.
    pub window: u16,
    /// An MSS option, if any.
    pub mss: Option<u16>,
    /// Payload.
    pub payload: Vec<u8>,
}

/// A socket as scripts name it: `A.c1`, or the n-th of that name: `B.s#2`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SocketName {
    /// Whose.
    pub host: HostId,
    /// Its name: a letter, then letters and digits.
    pub name: String,
    /// Which of several (from 1); `None` for the newest, or in a `when` for each.
    pub instance: Option<u32>,
}

/// What an application asks of TCP.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Call {
    /// Give it a local port (0: an ephemeral one).
    Bind(u16),
    /// Become a listener; bind first when a port is given; accept each connection under a name when one is given.
    Listen {
        port: Option<u16>,
        backlog: Option<u32>,
        accept_as: Option<String>,
    },
    /// The RFC's bare passive OPEN.
    PassiveOpen {
        port: Option<u16>,
        remote: Option<Endpoint>,
    },
    /// Active OPEN.
    Connect {
        remote: Endpoint,
        local_port: Option<u16>,
    },
    /// Take a finished connection, under a name.
    Accept { accept_as: String },
    /// Send this many bytes of readable pattern; `more`: more is to follow, the last segment goes without PSH.
    Send {
        bytes: u32,
        push: bool,
        urgent: bool,
        more: bool,
    },
    /// Send these bytes.
    SendText {
        text: Vec<u8>,
        push: bool,
        urgent: bool,
        more: bool,
    },
    /// Receive up to so many bytes; without a number, all there are.
    Receive(Option<u32>),
    /// Whether the application reads by itself whatever comes (it does at first); a listener's word goes for all it accepts.
    Reading(bool),
    /// Whether the application closes by itself as soon as it reads end-of-file (it does not at first); a listener's word goes
    /// for all it accepts.
    Closing(bool),
    /// End our direction.
    Shutdown,
    /// End our direction and let go.
    Close,
    /// Abort.
    Abort,
    /// Ask for STATUS.
    Status,
    /// `SocketOption::Linger`.
    Linger(Option<Duration>),
    /// `SocketOption::ReuseAddress`.
    ReuseAddress(bool),
    /// `SocketOption::NoDelay`.
    NoDelay(bool),
    /// `SocketOption::KeepAlive`.
    KeepAlive(Option<Duration>),
    /// `SocketOption::UserTimeout`.
    UserTimeout(Option<Duration>),
    /// `SocketOption::ReceiveBuffer`.
    ReceiveBuffer(u32),
    /// `SocketOption::SendBuffer`.
    SendBuffer(u32),
    /// `SocketOption::MaximumSegmentSize`.
    MaximumSegmentSize(u16),
}

/// Anything that can be done in the world, by a script or by a person.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Action {
    /// An application call. `fresh` makes a new socket of that name first.
    Call {
        socket: SocketName,
        fresh: bool,
        call: Call,
    },
    /// Something done to a segment in flight.
    Segment {
        segment: SegmentName,
        act: SegmentAct,
    },
    /// A forged segment, from off-path; so many of them, `step` apart in SEQ.
    Inject(Forged),
    /// The attacker's doings.
    Attack(Attack),
    /// Cut the link, in one direction or both.
    Cut(Option<Direction>),
    /// Heal it.
    Heal(Option<Direction>),
    /// Put up or take away a firewall.
    Firewall(Option<Direction>, Firewall),
    /// A router answers a segment with ICMP.
    Icmp {
        segment: SegmentName,
        error: Unreachable,
    },
    /// Pull a host's plug: it stops, and nothing reaches it.
    Unplug(HostId),
    /// Put the plug in again after `unplug`: its memory is gone, as after a reboot.
    Plug(HostId),
    /// Its memory is gone; it is back at once.
    Reboot(HostId),
    /// A host that is a script puts a whole datagram on the link.
    Emit { host: HostId, datagram: Vec<u8> },
    /// Change a setting of one host or both.
    Set {
        host: Option<HostId>,
        name: String,
        value: String,
    },
    /// Change the link, in one direction or both.
    Link {
        direction: Option<Direction>,
        changes: Vec<LinkChange>,
    },
}

/// What an off-path attacker can do.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Attack {
    /// Connect from their own address to learn an ISN; the answer is reset at once.
    Sample { target: Endpoint },
    /// A forged segment again and again: `count` times, `interval` apart; SEQ, ACK and source port go up by so much each time.
    Sweep {
        forged: Forged,
        count: u32,
        interval: Duration,
        seq_step: u32,
        ack_step: u32,
        port_step: u16,
    },
    /// SYNs from addresses where nobody lives.
    Flood {
        target: Endpoint,
        count: u32,
        interval: Duration,
    },
}

/// One property of the link, set anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum LinkChange {
    Latency(Duration),
    Jitter(Duration),
    Bandwidth(u64),
    Queue(u32),
    Loss(Ratio),
    Duplicate(Ratio),
    Reorder(Ratio, Duration),
    Corrupt(Ratio),
    Mtu(u16),
}

/// A line of the script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptLine {
    /// When.
    pub when: When,
    /// What. In a reaction a socket without host and name of its own is the one that set it off.
    pub action: Action,
}

/// When a line of the script is due.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum When {
    /// At a moment.
    At(Instant),
    /// So many times from a moment on.
    Every {
        interval: Duration,
        from: Instant,
        times: u32,
    },
    /// When the n-th datagram (from 1) that this host emitted arrives, before TCP at the other end answers it.
    Arrives { host: HostId, nth: u32 },
    /// Once for each socket of that name (each time, with `always`), so long after what is said happened to it.
    On {
        socket: SocketName,
        happening: Happening,
        always: bool,
        after: Duration,
    },
}

/// What a script can wait for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Happening {
    /// It reached ESTABLISHED.
    Established,
    /// A finished connection waits to be accepted (listeners).
    Acceptable,
    /// The application has it (sockets that came from `accept`).
    Accepted,
    /// The other end's FIN was reached.
    PeerClosed,
    /// The application has got this many bytes in all, or could receive them.
    Readable(u32),
    /// This many bytes in all have been taken by TCP for sending.
    Sent(u32),
    /// The connection is over.
    Ended,
    /// It entered a state.
    State(State),
}

/// A place in time with a message key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Marker {
    /// When.
    pub time: Instant,
    /// A chapter of the story, or a checkpoint where playback stops with a question.
    pub checkpoint: bool,
    /// Its message key.
    pub key: String,
}

/// What a person did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Intervention {
    /// When; it happens after everything else of that moment.
    pub time: Instant,
    /// What.
    pub action: Action,
}
