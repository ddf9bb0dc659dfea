//! The same exchanges with smoltcp 0.14 at one end, at the other, at none, at
//! both: what is said on the wire and where it leaves both ends. `smoltcp.txt`
//! holds every exchange that differs, with who is right by the RFC.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt::Write;
use std::rc::Rc;

use ::smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use ::smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use ::smoltcp::socket::tcp::{Socket, SocketBuffer};
use ::smoltcp::time::{Duration as SmolDuration, Instant as SmolInstant};
use ::smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};
use tcp::event::SocketId;
use tcp::stack::{SendFlags, Stack};
use tcp::state::State;
use tcp::time::{Duration, Instant};

use crate::bench::settings;
use crate::record::{self, cases, shows};
use crate::reviewed;
use crate::segment::Seg;
use crate::world::{A, B, at};

const PORTS: [u16; 2] = [5000, 8080];

// ---- smoltcp as an end

#[derive(Default)]
struct Queues {
    incoming: VecDeque<Vec<u8>>,
    outgoing: VecDeque<Vec<u8>>,
}

struct Wire(Rc<RefCell<Queues>>);
struct Incoming(Vec<u8>);
struct Outgoing(Rc<RefCell<Queues>>);

impl RxToken for Incoming {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        f(&self.0)
    }
}

impl TxToken for Outgoing {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut bytes = vec![0; len];
        let answer = f(&mut bytes);
        self.0.borrow_mut().outgoing.push_back(bytes);
        answer
    }
}

impl Device for Wire {
    type RxToken<'a> = Incoming;
    type TxToken<'a> = Outgoing;

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.max_transmission_unit = 1500;
        capabilities.medium = Medium::Ip;
        capabilities
    }

    fn receive(&mut self, _: SmolInstant) -> Option<(Incoming, Outgoing)> {
        let bytes = self.0.borrow_mut().incoming.pop_front()?;
        Some((Incoming(bytes), Outgoing(Rc::clone(&self.0))))
    }

    fn transmit(&mut self, _: SmolInstant) -> Option<Outgoing> {
        Some(Outgoing(Rc::clone(&self.0)))
    }
}

struct Smol {
    device: Wire,
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
}

impl Smol {
    fn new(side: usize) -> Smol {
        let mut device = Wire(Rc::default());
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = 7 + side as u64;
        let mut interface = Interface::new(config, &mut device, SmolInstant::ZERO);
        interface.update_ip_addrs(|addresses| {
            let address = IpAddress::v4(10, 0, 0, 1 + side as u8);
            addresses.push(IpCidr::new(address, 24)).expect("one fits");
        });
        let mut sockets = SocketSet::new(Vec::new());
        let buffer = || SocketBuffer::new(vec![0; 65_535]);
        let handle = sockets.add(Socket::new(buffer(), buffer()));
        Smol {
            device,
            interface,
            sockets,
            handle,
        }
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut::<Socket>(self.handle)
    }
}

// ---- an end of either kind

enum End {
    Ours(Box<Stack>, SocketId),
    Smol(Box<Smol>),
}

fn smol_time(now: Instant) -> SmolInstant {
    SmolInstant::from_micros(now.0 as i64)
}

impl End {
    fn ours(side: usize) -> End {
        let text =
            "isn listed 1000, 2000; delayed-ack-time 10ms; initial-window 2; congestion none";
        let secret = [side as u8 + 1; 16];
        let stack = Stack::new(&[at(side, 0).ip()], 1500, settings(text), secret);
        End::Ours(Box::new(stack), SocketId(0))
    }

    fn smol(side: usize) -> End {
        End::Smol(Box::new(Smol::new(side)))
    }

    fn bind(&mut self, side: usize) {
        if let End::Ours(stack, socket) = self {
            *socket = stack.socket();
            stack
                .bind(*socket, at(side, PORTS[side]))
                .expect("the port is free");
        }
    }

    fn listen(&mut self, now: Instant, side: usize) {
        self.bind(side);
        match self {
            End::Ours(stack, socket) => stack.open_passive(now, *socket, None).expect("bound"),
            End::Smol(smol) => smol.socket().listen(PORTS[side]).expect("closed"),
        }
    }

    fn connect(&mut self, now: Instant, side: usize) {
        self.bind(side);
        let other = 1 - side;
        match self {
            End::Ours(stack, socket) => {
                let remote = at(other, PORTS[other]);
                stack.connect(now, *socket, remote).expect("it may");
            }
            End::Smol(smol) => {
                let smol = &mut **smol;
                let remote = (IpAddress::v4(10, 0, 0, 1 + other as u8), PORTS[other]);
                let socket = smol.sockets.get_mut::<Socket>(smol.handle);
                socket
                    .connect(smol.interface.context(), remote, PORTS[side])
                    .expect("closed");
            }
        }
    }

    fn send(&mut self, now: Instant, len: usize) {
        let text: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
        let sent = match self {
            End::Ours(stack, socket) => stack.send(now, *socket, &text, SendFlags::default()).ok(),
            End::Smol(smol) => smol.socket().send_slice(&text).ok(),
        };
        assert_eq!(sent, Some(len));
    }

    fn read(&mut self, now: Instant) -> usize {
        match self {
            End::Ours(stack, socket) => {
                let mut into = Vec::new();
                stack
                    .receive(now, *socket, &mut into, usize::MAX)
                    .unwrap_or(0)
            }
            End::Smol(smol) => {
                let mut into = vec![0; 65_535];
                smol.socket().recv_slice(&mut into).unwrap_or(0)
            }
        }
    }

    /// No more sending; reading goes on: smoltcp's `close`, our `shutdown`.
    fn end_sending(&mut self, now: Instant) {
        match self {
            End::Ours(stack, socket) => {
                let _ = stack.shutdown(now, *socket);
            }
            End::Smol(smol) => smol.socket().close(),
        }
    }

    fn let_go(&mut self, now: Instant) {
        match self {
            End::Ours(stack, socket) => stack.close(now, *socket).expect("open"),
            End::Smol(smol) => smol.socket().close(),
        }
    }

    fn abort(&mut self, now: Instant) {
        match self {
            End::Ours(stack, socket) => stack.abort(now, *socket).expect("open"),
            End::Smol(smol) => smol.socket().abort(),
        }
    }

    fn state(&mut self) -> String {
        match self {
            End::Ours(stack, socket) => stack
                .status(*socket)
                .map_or(State::Closed, |s| s.state)
                .name()
                .to_owned(),
            End::Smol(smol) => smol.socket().state().to_string(),
        }
    }

    fn arrives(&mut self, now: Instant, bytes: Vec<u8>) {
        match self {
            End::Ours(stack, _) => stack.handle_datagram(now, &bytes),
            End::Smol(smol) => smol.device.0.borrow_mut().incoming.push_back(bytes),
        }
    }

    /// Runs timers that are due and answers what is to be sent.
    fn turn(&mut self, now: Instant) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        match self {
            End::Ours(stack, _) => {
                while stack.poll_timeout().is_some_and(|(at, ..)| at <= now) {
                    stack.handle_timeout(now);
                }
                let mut out = Vec::new();
                while let Some(transmit) = stack.poll_transmit(now, &mut out) {
                    record::transmit(&transmit);
                    all.push(std::mem::take(&mut out));
                }
                while let Some(event) = stack.poll_event() {
                    record::event(&event);
                }
            }
            End::Smol(smol) => loop {
                smol.interface
                    .poll(smol_time(now), &mut smol.device, &mut smol.sockets);
                let mut queues = smol.device.0.borrow_mut();
                if queues.outgoing.is_empty() && queues.incoming.is_empty() {
                    break;
                }
                all.extend(queues.outgoing.drain(..));
            },
        }
        all
    }

    fn wakes(&mut self, now: Instant) -> Option<Instant> {
        match self {
            End::Ours(stack, _) => stack.poll_timeout().map(|(at, ..)| at),
            End::Smol(smol) => smol
                .interface
                .poll_at(smol_time(now), &smol.sockets)
                .map(|at| Instant(at.total_micros() as u64).max(now + Duration(1))),
        }
    }
}

// ---- both on one link

const LATENCY: Duration = Duration::from_millis(50);

struct Link {
    now: Instant,
    ends: [End; 2],
    flying: Vec<(Instant, usize, Vec<u8>)>,
    ladder: Vec<String>,
    isn: [Option<u32>; 2],
    sent: [usize; 2],
    lose: Vec<(usize, usize)>,
    got: [usize; 2],
}

impl Link {
    fn new(ends: [End; 2]) -> Link {
        Link {
            now: Instant(1_000_000),
            ends,
            flying: Vec::new(),
            ladder: Vec::new(),
            isn: [None, None],
            sent: [0, 0],
            lose: Vec::new(),
            got: [0, 0],
        }
    }

    fn turn(&mut self) {
        for side in [A, B] {
            for bytes in self.ends[side].turn(self.now) {
                self.fly(side, bytes);
            }
        }
    }

    /// Numbers in the ladder count from each end's ISN.
    fn fly(&mut self, side: usize, bytes: Vec<u8>) {
        let (seg, ..) = Seg::read(&bytes);
        if seg.flags.syn() {
            self.isn[side].get_or_insert(seg.seq);
        }
        let from = |side: usize, number: u32| number.wrapping_sub(self.isn[side].unwrap_or(0));
        let mut line = format!("{} {}", [">", "<"][side], seg.flags);
        let seq = match (seg.flags.rst(), seg.seq) {
            (true, 0) => 0,
            (_, seq) => from(side, seq),
        };
        write!(line, " {seq}").expect("fits");
        if seg.flags.ack() {
            write!(line, " ack {}", from(1 - side, seg.ack)).expect("fits");
        }
        if !seg.payload.is_empty() {
            write!(line, " len {}", seg.payload.len()).expect("fits");
        }
        let lost = self.lose.contains(&(side, self.sent[side]));
        self.sent[side] += 1;
        self.ladder
            .push(if lost { format!("x{line}") } else { line });
        if !lost {
            self.flying.push((self.now + LATENCY, 1 - side, bytes));
        }
    }

    fn run_ms(&mut self, ms: u64) {
        let until = self.now + Duration::from_millis(ms);
        self.turn();
        for _ in 0..100_000 {
            let landing = self.flying.iter().map(|f| f.0).min();
            let now = self.now;
            let wakes: Vec<Instant> = self.ends.iter_mut().filter_map(|e| e.wakes(now)).collect();
            let Some(next) = landing.into_iter().chain(wakes).min() else {
                break;
            };
            if next > until {
                break;
            }
            self.now = self.now.max(next);
            if landing.is_some_and(|at| at <= self.now) {
                let first = self.flying.iter().position(|f| Some(f.0) == landing);
                let (_, to, bytes) = self.flying.remove(first.expect("it is there"));
                self.ends[to].arrives(self.now, bytes);
            }
            self.turn();
        }
        self.now = until;
    }

    fn act(&mut self, act: impl FnOnce(&mut [End; 2], Instant)) {
        act(&mut self.ends, self.now);
        self.turn();
    }

    fn read_both(&mut self) {
        for side in [A, B] {
            self.got[side] += self.ends[side].read(self.now);
        }
        self.turn();
    }

    fn open(&mut self) {
        self.act(|ends, now| ends[B].listen(now, B));
        self.act(|ends, now| ends[A].connect(now, A));
        self.run_ms(300);
    }
}

// ---- the exchanges

type Exchange = (&'static str, fn(&mut Link));

const EXCHANGES: &[Exchange] = &[
    ("handshake", Link::open),
    ("data both ways", |l| {
        l.open();
        l.act(|ends, now| ends[A].send(now, 5));
        l.run_ms(300);
        l.act(|ends, now| ends[B].send(now, 700));
        l.run_ms(300);
        l.read_both();
        l.run_ms(300);
    }),
    ("A closes, then B", |l| {
        l.open();
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(300);
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(300);
    }),
    ("B closes, then A", |l| {
        l.open();
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(300);
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(300);
    }),
    ("both close at once", |l| {
        l.open();
        l.act(|ends, now| {
            ends[A].end_sending(now);
            ends[B].end_sending(now);
        });
        l.run_ms(300);
    }),
    ("half-close: B goes on sending", |l| {
        l.open();
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(300);
        for _ in 0..3 {
            l.act(|ends, now| ends[B].send(now, 300));
            l.run_ms(300);
            l.read_both();
        }
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(300);
    }),
    ("data, then close at once", |l| {
        l.open();
        l.act(|ends, now| {
            ends[A].send(now, 100);
            ends[A].end_sending(now);
        });
        l.run_ms(300);
        l.read_both();
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(300);
    }),
    ("both open at once", |l| {
        l.act(|ends, now| {
            ends[A].connect(now, A);
            ends[B].connect(now, B);
        });
        l.run_ms(3_000);
    }),
    ("refused", |l| {
        l.act(|ends, now| ends[A].connect(now, A));
        l.run_ms(300);
    }),
    ("A aborts", |l| {
        l.open();
        l.act(|ends, now| ends[A].abort(now));
        l.run_ms(300);
    }),
    ("B aborts after data", |l| {
        l.open();
        l.act(|ends, now| ends[A].send(now, 50));
        l.run_ms(300);
        l.act(|ends, now| ends[B].abort(now));
        l.run_ms(300);
    }),
    ("the SYN is lost", |l| {
        l.lose = vec![(A, 0)];
        l.open();
        l.run_ms(1_500);
    }),
    ("the SYN-ACK is lost", |l| {
        l.lose = vec![(B, 0)];
        l.open();
        l.run_ms(1_500);
    }),
    ("the ACK of the handshake is lost", |l| {
        l.lose = vec![(A, 1)];
        l.open();
        l.act(|ends, now| ends[A].send(now, 20));
        l.run_ms(1_500);
        l.read_both();
    }),
    ("data are lost", |l| {
        l.open();
        l.lose = vec![(A, 2)];
        l.act(|ends, now| ends[A].send(now, 20));
        l.run_ms(3_000);
        l.read_both();
    }),
    ("the FIN is lost", |l| {
        l.open();
        l.lose = vec![(A, 2)];
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(3_000);
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(300);
    }),
    ("the last ACK is lost", |l| {
        l.open();
        l.lose = vec![(A, 3)];
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(300);
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(3_000);
    }),
    ("B lets go with unread data", |l| {
        l.open();
        l.act(|ends, now| ends[A].send(now, 50));
        l.run_ms(300);
        l.act(|ends, now| ends[B].let_go(now));
        l.run_ms(300);
    }),
    ("A crashes and opens again", |l| {
        l.open();
        let fresh = match l.ends[A] {
            End::Ours(..) => {
                let text = "isn listed 77000";
                let stack = Stack::new(&[at(A, 0).ip()], 1500, settings(text), [9; 16]);
                End::Ours(Box::new(stack), SocketId(0))
            }
            End::Smol(_) => End::smol(A + 2).on_side(A),
        };
        l.ends[A] = fresh;
        l.act(|ends, now| ends[A].connect(now, A));
        l.run_ms(300);
    }),
    ("2 MSL", |l| {
        l.open();
        l.act(|ends, now| ends[A].end_sending(now));
        l.run_ms(300);
        l.act(|ends, now| ends[B].end_sending(now));
        l.run_ms(30_000);
    }),
];

impl End {
    /// Another random seed, the same address.
    fn on_side(self, side: usize) -> End {
        if let End::Smol(mut smol) = self {
            smol.interface.update_ip_addrs(|addresses| {
                addresses.clear();
                let address = IpAddress::v4(10, 0, 0, 1 + side as u8);
                addresses.push(IpCidr::new(address, 24)).expect("one fits");
            });
            return End::Smol(smol);
        }
        self
    }
}

/// Exchanges that do not go alike, and who is right.
const DIFFERENCES: &[(&str, &str)] = &[
    (
        "data, then close at once",
        "this engine. The last segment of what is queued has PSH (MUST-61); smoltcp leaves it out where FIN is set.",
    ),
    (
        "both open at once",
        "both. Figure 7 has four segments; by the text of 3.10.7.4 the crossing SYN-ACK lies outside the window, \
         is answered with an ACK and dropped, which is what smoltcp (and policy `letter`) does. Where only one end \
         does so its SYN-ACK has to come once more.",
    ),
    (
        "B lets go with unread data",
        "this engine: a RST has to tell that data were lost (SHLD-3). smoltcp's close ends one direction only.",
    ),
    (
        "A crashes and opens again",
        "this engine. A SYN in a synchronized state gets a challenge ACK whatever its number (3.10.7.4, RFC 5961 4.2); \
         smoltcp drops it in silence, so that A never learns.",
    ),
    (
        "2 MSL",
        "this engine: TIME-WAIT lasts 2 MSL, four minutes by default (MUST-13). smoltcp's lasts ten seconds, always.",
    ),
];

/// What is said and how it ends: states, and bytes delivered.
fn outcome(ends: [End; 2], exchange: fn(&mut Link)) -> String {
    let mut link = Link::new(ends);
    exchange(&mut link);
    let states: Vec<String> = link.ends.iter_mut().map(End::state).collect();
    let mut text = String::new();
    for line in &link.ladder {
        writeln!(text, "    {line}").expect("fits");
    }
    writeln!(
        text,
        "    A {}, B {}; read {} and {} bytes",
        states[0], states[1], link.got[A], link.got[B]
    )
    .expect("fits");
    text
}

#[test]
fn exchanges_with_smoltcp_go_as_those_among_ourselves() {
    shows("MUST-10");
    let mut text = String::from(
        "# Exchanges with smoltcp 0.14: this engine at both ends («ours»), and smoltcp at one end or both.\n\
         # Numbers count from each end's first ISN. Pairs that went as ours did are only named.\n",
    );
    let mut unexplained = Vec::new();
    for &(name, exchange) in EXCHANGES {
        let ours = outcome([End::ours(A), End::ours(B)], exchange);
        let others = [
            (
                "smoltcp at B",
                outcome([End::ours(A), End::smol(B)], exchange),
            ),
            (
                "smoltcp at A",
                outcome([End::smol(A), End::ours(B)], exchange),
            ),
            (
                "smoltcp at both",
                outcome([End::smol(A), End::smol(B)], exchange),
            ),
        ];
        writeln!(text, "\n== {name}\n  ours\n{}", ours.trim_end_matches('\n')).expect("fits");
        let mut differs = false;
        for (pair, other) in &others {
            if *other == ours {
                writeln!(text, "  {pair}: the same").expect("fits");
            } else {
                differs = true;
                writeln!(text, "  {pair}\n{}", other.trim_end_matches('\n')).expect("fits");
            }
        }
        match DIFFERENCES.iter().find(|(n, _)| *n == name) {
            Some((_, who)) if differs => writeln!(text, "  Who is right: {who}").expect("fits"),
            None if !differs => {}
            _ => unexplained.push(name),
        }
    }
    reviewed::compare("tests/conformance/smoltcp.txt", &text);
    assert!(
        unexplained.is_empty(),
        "{unexplained:?}: each difference, and no other exchange, is explained"
    );
}

/// Larger transfers with losses, in both roles, in both directions.
#[test]
fn bulk_with_losses_arrives_whole() {
    shows("RFC 5681, RFC 6298");
    for smol_side in [A, B] {
        for sender in [A, B] {
            let ends = [A, B].map(|side| {
                if side == smol_side {
                    End::smol(side)
                } else {
                    End::ours(side)
                }
            });
            let mut link = Link::new(ends);
            link.open();
            link.lose = (0..30)
                .map(|n| (sender, 3 + n * 11))
                .chain([(1 - sender, 9)])
                .collect();
            let mut sent = 0;
            while sent < 200_000 {
                link.act(|ends, now| ends[sender].send(now, 4_000));
                sent += 4_000;
                for _ in 0..200 {
                    link.run_ms(50);
                    link.read_both();
                    if link.got[1 - sender] == sent {
                        break;
                    }
                }
            }
            assert_eq!(
                link.got[1 - sender],
                sent,
                "smoltcp at {smol_side}, {sender} sends"
            );
        }
    }
}

/// Its probes (SEQ = SND.NXT − 1, one byte) get an ACK each, so that it keeps the connection.
#[test]
fn its_keep_alive_is_answered() {
    shows("MUST-29");
    let mut link = Link::new([End::smol(A), End::ours(B)]);
    if let End::Smol(smol) = &mut link.ends[A] {
        smol.socket()
            .set_keep_alive(Some(SmolDuration::from_secs(1)));
        smol.socket().set_timeout(Some(SmolDuration::from_secs(5)));
    }
    link.open();
    link.run_ms(60_000);
    assert_eq!(link.ends[A].state(), "ESTABLISHED");
    assert_eq!(link.ends[B].state(), "ESTABLISHED");
}

cases![
    exchanges_with_smoltcp_go_as_those_among_ourselves,
    bulk_with_losses_arrives_whole,
    its_keep_alive_is_answered,
];
