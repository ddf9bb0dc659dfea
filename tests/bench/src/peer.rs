//! smoltcp 0.14 at both ends.

use std::collections::VecDeque;

use smoltcp::iface::{Config, Interface, SocketHandle, SocketSet};
use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::socket::tcp::{Socket, SocketBuffer, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{HardwareAddress, IpAddress, IpCidr};

use crate::{PATTERN, Pool, Work};

/// One end of the wire: what has arrived, what is to be carried over, and buffers.
#[derive(Default)]
struct End {
    arrived: VecDeque<Vec<u8>>,
    leaving: VecDeque<Vec<u8>>,
    /// Buffers to write to, and those that were read.
    free: Pool,
    read: Vec<Vec<u8>>,
    segments: u64,
}

struct Receive<'a> {
    buffer: Vec<u8>,
    read: &'a mut Vec<Vec<u8>>,
}

struct Transmit<'a> {
    leaving: &'a mut VecDeque<Vec<u8>>,
    free: &'a mut Pool,
    segments: &'a mut u64,
}

impl RxToken for Receive<'_> {
    #[inline]
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, f: F) -> R {
        let answer = f(&self.buffer);
        self.read.push(self.buffer);
        answer
    }
}

impl TxToken for Transmit<'_> {
    #[inline]
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, f: F) -> R {
        // What stood in it is not wiped: smoltcp writes every byte.
        let mut buffer = self.free.take();
        buffer.resize(len, 0);
        let answer = f(&mut buffer);
        self.leaving.push_back(buffer);
        *self.segments += 1;
        answer
    }
}

impl Device for End {
    type RxToken<'a> = Receive<'a>;
    type TxToken<'a> = Transmit<'a>;

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.max_transmission_unit = 1500;
        capabilities.medium = Medium::Ip;
        capabilities
    }

    #[inline]
    fn receive(&mut self, _: Instant) -> Option<(Receive<'_>, Transmit<'_>)> {
        let buffer = self.arrived.pop_front()?;
        let receive = Receive {
            buffer,
            read: &mut self.read,
        };
        let transmit = Transmit {
            leaving: &mut self.leaving,
            free: &mut self.free,
            segments: &mut self.segments,
        };
        Some((receive, transmit))
    }

    #[inline]
    fn transmit(&mut self, _: Instant) -> Option<Transmit<'_>> {
        Some(Transmit {
            leaving: &mut self.leaving,
            free: &mut self.free,
            segments: &mut self.segments,
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
    fn new(side: usize, buffer_bytes: usize) -> Host {
        let mut device = End::default();
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

    /// Lets it take what has arrived and send what there is, which the other end then has.
    fn poll(&mut self, now: Instant, other: &mut Host) {
        self.interface
            .poll(now, &mut self.device, &mut self.sockets);
        if other.device.arrived.is_empty() {
            core::mem::swap(&mut self.device.leaving, &mut other.device.arrived);
        } else {
            other.device.arrived.append(&mut self.device.leaving);
        }
        if !self.device.read.is_empty() {
            other.device.free.give_all(&mut self.device.read);
        }
    }

    fn connect(&mut self, port: u16) {
        let context = self.interface.context();
        self.sockets
            .get_mut::<Socket>(self.handle)
            .connect(context, (IpAddress::v4(192, 0, 2, 2), 8080), port)
            .expect("the socket is closed and the port valid");
    }
}

fn pair(buffer_bytes: usize) -> (Host, Host) {
    (Host::new(0, buffer_bytes), Host::new(1, buffer_bytes))
}

/// `count` connections, one after the other: opened by A, closed by A, then by B.
pub fn connections(count: u64) -> Work {
    let (mut a, mut b) = pair(4096);
    let mut now = Instant::ZERO;
    let mut work = Work::default();
    for index in 0..count {
        b.socket().listen(8080).expect("the socket is closed");
        a.connect(49152 + (index % 16000) as u16);
        loop {
            a.poll(now, &mut b);
            if a.socket().state() == State::Established {
                a.socket().close();
                a.poll(now, &mut b);
            }
            b.poll(now, &mut a);
            if b.socket().state() == State::CloseWait {
                b.socket().close();
            }
            if a.socket().state() == State::TimeWait && b.socket().state() == State::Closed {
                break;
            }
        }
        // smoltcp's TIME-WAIT is 10 s.
        now += Duration::from_secs(11);
        a.poll(now, &mut b);
        debug_assert_eq!(a.socket().state(), State::Closed);
        work.connections += 1;
    }
    work.segments = a.device.segments + b.device.segments;
    work
}

/// `total` bytes from A to B over one connection.
pub fn bulk(total: u64) -> Work {
    let (mut a, mut b) = pair(64 * 1024);
    let mut now = Instant::ZERO;
    let mut work = Work::default();
    b.socket().listen(8080).expect("the socket is closed");
    a.connect(49152);
    let mut sent = 0u64;
    let mut taken = vec![0; 64 * 1024];
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
        a.poll(now, &mut b);
        b.poll(now, &mut a);
        // Into a buffer of the application's own, as ours does.
        while b.socket().can_recv() {
            work.bytes += b.socket().recv_slice(&mut taken).expect("established") as u64;
        }
        now += Duration::from_micros(100);
    }
    work.connections = 1;
    work.segments = a.device.segments + b.device.segments;
    work
}
