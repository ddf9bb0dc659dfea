//! smoltcp 0.14 at both ends.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

use crate::{PATTERN, Pool, Work};

/// What both ends' devices share.
#[derive(Default)]
struct Wire {
    queues: [VecDeque<Vec<u8>>; 2],
    pool: Pool,
    segments: u64,
}

/// One end of the wire.
struct End {
    wire: Rc<RefCell<Wire>>,
    side: usize,
}

struct Receive {
    wire: Rc<RefCell<Wire>>,
    buffer: Vec<u8>,
}

struct Transmit {
    wire: Rc<RefCell<Wire>>,
    to: usize,
}

impl RxToken for Receive {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        let answer = f(&self.buffer);
        self.wire.borrow_mut().pool.give(self.buffer);
        answer
    }
}

impl TxToken for Transmit {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        let mut buffer = self.wire.borrow_mut().pool.take();
        buffer.resize(len, 0);
        let answer = f(&mut buffer);
        let mut wire = self.wire.borrow_mut();
        wire.queues[self.to].push_back(buffer);
        wire.segments += 1;
        answer
    }
}

impl Device for End {
    type RxToken<'a> = Receive;
    type TxToken<'a> = Transmit;

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.max_transmission_unit = 1500;
        capabilities.medium = Medium::Ip;
        capabilities
    }

    fn receive(&mut self, _: Instant) -> Option<(Receive, Transmit)> {
        let buffer = self.wire.borrow_mut().queues[self.side].pop_front()?;
        let wire = Rc::clone(&self.wire);
        Some((
            Receive {
                wire: Rc::clone(&wire),
                buffer,
            },
            Transmit {
                wire,
                to: 1 - self.side,
            },
        ))
    }

    fn transmit(&mut self, _: Instant) -> Option<Transmit> {
        Some(Transmit {
            wire: Rc::clone(&self.wire),
            to: 1 - self.side,
        })
    }
}

struct Host {
    device: End,
    interface: Interface,
    sockets: SocketSet<'static>,
    handle: SocketHandle,
}

impl Host {
    fn new(wire: &Rc<RefCell<Wire>>, side: usize, buffer_bytes: usize) -> Host {
        let mut device = End {
            wire: Rc::clone(wire),
            side,
        };
        let mut config = Config::new(HardwareAddress::Ip);
        config.random_seed = 7 + side as u64;
        let mut interface = Interface::new(config, &mut device, Instant::ZERO);
        interface.update_ip_addrs(|addresses| {
            addresses
                .push(IpCidr::new(IpAddress::v4(192, 0, 2, 1 + side as u8), 24))
                .expect("one address fits");
        });
        let mut sockets = SocketSet::new(Vec::new());
        let handle = sockets.add(Socket::new(
            SocketBuffer::new(vec![0; buffer_bytes]),
            SocketBuffer::new(vec![0; buffer_bytes]),
        ));
        Host {
            device,
            interface,
            sockets,
            handle,
        }
    }

    fn socket(&mut self) -> &mut Socket<'static> {
        self.sockets.get_mut::<Socket>(self.handle)
    }

    fn poll(&mut self, now: Instant) {
        self.interface
            .poll(now, &mut self.device, &mut self.sockets);
    }

    fn connect(&mut self, port: u16) {
        let context = self.interface.context();
        self.sockets
            .get_mut::<Socket>(self.handle)
            .connect(context, (IpAddress::v4(192, 0, 2, 2), 8080), port)
            .expect("the socket is closed and the port valid");
    }
}

fn pair(buffer_bytes: usize) -> (Rc<RefCell<Wire>>, Host, Host) {
    let wire = Rc::new(RefCell::new(Wire::default()));
    let a = Host::new(&wire, 0, buffer_bytes);
    let b = Host::new(&wire, 1, buffer_bytes);
    (wire, a, b)
}

/// `count` connections, one after the other: opened by A, closed by A, then by B.
pub fn connections(count: u64) -> Work {
    let (wire, mut a, mut b) = pair(4096);
    let mut now = Instant::ZERO;
    let mut work = Work::default();
    for index in 0..count {
        b.socket().listen(8080).expect("the socket is closed");
        a.connect(49152 + (index % 16000) as u16);
        loop {
            a.poll(now);
            if a.socket().state() == State::Established {
                a.socket().close();
                a.poll(now);
            }
            b.poll(now);
            if b.socket().state() == State::CloseWait {
                b.socket().close();
            }
            if a.socket().state() == State::TimeWait && b.socket().state() == State::Closed {
                break;
            }
        }
        // smoltcp's TIME-WAIT is 10 s.
        now += Duration::from_secs(11);
        a.poll(now);
        debug_assert_eq!(a.socket().state(), State::Closed);
        work.connections += 1;
    }
    work.segments = wire.borrow().segments;
    work
}

/// `total` bytes from A to B over one connection.
pub fn bulk(total: u64) -> Work {
    let (wire, mut a, mut b) = pair(64 * 1024);
    let mut now = Instant::ZERO;
    let mut work = Work::default();
    b.socket().listen(8080).expect("the socket is closed");
    a.connect(49152);
    let mut sent = 0u64;
    while work.bytes < total {
        while sent < total && a.socket().can_send() {
            let offset = (sent % PATTERN.len() as u64) as usize;
            let wanted = (PATTERN.len() - offset).min((total - sent) as usize);
            let taken = a
                .socket()
                .send_slice(&PATTERN[offset..offset + wanted])
                .expect("established");
            sent += taken as u64;
            if taken < wanted {
                break;
            }
        }
        a.poll(now);
        b.poll(now);
        while b.socket().can_recv() {
            work.bytes += b
                .socket()
                .recv(|bytes| (bytes.len(), bytes.len()))
                .expect("established") as u64;
        }
        now += Duration::from_micros(100);
    }
    work.connections = 1;
    work.segments = wire.borrow().segments;
    work
}
