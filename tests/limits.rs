//! What memory costs: an endpoint and a host under attack stay within their
//! bounds, and a segment on the steady path allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use tcp::event::SocketId;
use tcp::seq::Seq;
use tcp::settings::{Policy, Settings};
use tcp::stack::{SendFlags, Stack};
use tcp::time::{Duration, Instant};
use tcp::wire::{Envelope, Flags, OptionBuffer, SegmentHeader, write_datagram};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    /// Allocations of this thread: the test harness has its own.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is the system allocator's; only numbers are kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size(), Relaxed);
        CALLS.with(|calls| calls.set(calls.get() + 1));
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: they measure the process.
static ALONE: Mutex<()> = Mutex::new(());

fn address(last: u8, port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), port)
}

/// Chance from a number, the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
    fn below(&mut self, bound: u32) -> u32 {
        self.next() % bound
    }
}

fn stack(last: u8, settings: &Settings) -> Stack {
    Stack::new(&[address(last, 0).ip()], 1500, settings.clone(), [last; 16])
}

/// Hands over what each has to send until both are silent.
fn exchange(a: &mut Stack, b: &mut Stack, now: Instant, buffer: &mut Vec<u8>) {
    loop {
        let mut any = false;
        for turn in 0..2 {
            let (from, to) = if turn == 0 {
                (&mut *a, &mut *b)
            } else {
                (&mut *b, &mut *a)
            };
            while from.poll_event().is_some() {}
            buffer.clear();
            while from.poll_transmit(now, buffer).is_some() {
                while from.poll_event().is_some() {}
                to.handle_datagram(now, buffer);
                while to.poll_event().is_some() {}
                buffer.clear();
                any = true;
            }
        }
        if !any {
            return;
        }
    }
}

fn connected(settings: &Settings) -> (Stack, SocketId, Stack, SocketId, Instant) {
    let (mut a, mut b) = (stack(1, settings), stack(2, settings));
    let now = Instant(1_000_000);
    let listener = b.socket();
    b.bind(listener, address(2, 80)).unwrap();
    b.listen(now, listener, Some(16)).unwrap();
    let client = a.socket();
    a.bind(client, address(1, 5000)).unwrap();
    a.connect(now, client, address(2, 80)).unwrap();
    exchange(&mut a, &mut b, now, &mut Vec::new());
    let server = b.accept(listener).unwrap();
    (a, client, b, server, now)
}

/// The most bytes a host grew by while a million segments came in: near the window of a connection that lives and
/// that nobody reads from, and where `strangers` take part SYNs and ACKs from anywhere; and how many bytes that
/// connection has kept. All of it is answered into a sink.
fn assaulted(settings: &Settings, strangers: bool) -> (usize, u32) {
    let (_a, _, mut b, server, mut now) = connected(settings);
    let before = LIVE.load(Relaxed);
    let mut dice = Dice(7);
    let (mut forged, mut out) = (Vec::with_capacity(2000), Vec::with_capacity(4000));
    let (text, mut most) = ([0x7a; 1400], 0);
    for n in 0..1_000_000u32 {
        let stranger = strangers && dice.below(3) == 0;
        let status = b
            .status(server)
            .ok()
            .filter(|status| status.remote.is_some());
        let (rcv_nxt, rcv_wnd, snd_una) = status
            .map_or((Seq(dice.next()), 65_535, Seq(dice.next())), |s| {
                (s.rcv_nxt, s.rcv_wnd, s.snd_una)
            });
        let from = if stranger {
            address(3 + dice.below(200) as u8, 1 + dice.below(60_000) as u16)
        } else {
            address(1, 5000)
        };
        // No exact RST: the connection is to live through most of it.
        let flags = [0x10, 0x18, 0x02, 0x12, 0x10, 0x10, 0x30, 0x02][dice.below(8) as usize];
        let header = SegmentHeader {
            source_port: from.port(),
            destination_port: 80,
            seq: if dice.below(2) == 0 {
                rcv_nxt
            } else {
                rcv_nxt
                    .add(dice.below(2 * rcv_wnd + 2))
                    .sub(rcv_wnd / 2)
                    .add(1)
            },
            ack: snd_una.add(dice.below(3)).sub(1),
            flags: Flags(flags),
            window: dice.next() as u16,
            urgent_pointer: dice.next() as u16,
        };
        // One byte at a time is the greediest way to use what is offered.
        let longest = [1_400, 2][dice.below(2) as usize];
        let length = dice.below(longest) as usize;
        forged.clear();
        let envelope = Envelope::new(from.ip(), address(2, 80).ip());
        write_datagram(
            &mut forged,
            &envelope,
            &header,
            &OptionBuffer::default(),
            [&text[..length], &[]],
        )
        .unwrap();
        b.handle_datagram(now, &forged);
        while b.poll_event().is_some() {}
        // Half a million are answered one by one, the other half in heaps.
        if n % 2 == 0 || n % 1000 == 1 {
            out.clear();
            while b.poll_transmit(now, &mut out).is_some() {
                while b.poll_event().is_some() {}
                out.clear();
            }
        }
        if n % 64 == 0 {
            now = now + Duration::from_millis(3);
            while b
                .poll_timeout()
                .is_some_and(|(deadline, ..)| deadline <= now)
            {
                b.handle_timeout(now);
                while b.poll_event().is_some() {}
            }
        }
        most = most.max(LIVE.load(Relaxed).saturating_sub(before));
    }
    let kept = b
        .status(server)
        .map_or(0, |status| status.receive_queue + status.reassembly_queue);
    (most, kept)
}

fn small_limits(policy: Policy) -> Settings {
    let mut settings = Settings::new(policy);
    for (name, value) in [
        ("half-open", "64"),
        ("backlog", "64"),
        ("accept-backlog", "16"),
        ("time-wait-records", "64"),
        ("sockets", "256"),
        ("out-queue", "256"),
        // Segments without them would be refused.
        ("timestamps", "off"),
    ] {
        settings.set(name, value).unwrap();
    }
    settings
}

/// What a connection may take: its TCB and lists of holes, and its receive buffer twice, since a ring buffer doubles.
fn endpoint_bound(settings: &Settings) -> usize {
    4_096 + 24 * settings.reassembly_segments as usize + 2 * buffer_bound(settings) as usize
}

/// What a connection may keep: the buffer, made whole segments by some policies, and what rounding a scaled window up
/// offers beyond (shift count 7 at most here).
fn buffer_bound(settings: &Settings) -> u32 {
    settings.receive_buffer.div_ceil(1_460) * 1_460 + 127
}

/// What waits to be sent for no connection.
fn replies_bound(settings: &Settings) -> usize {
    256 * settings.out_queue as usize
}

#[test]
fn a_million_hostile_segments_grow_an_endpoint_by_its_buffers_at_most() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for policy in [Policy::Rfc, Policy::Linux, Policy::FreeBsd] {
        let settings = small_limits(policy);
        let (most, kept) = assaulted(&settings, false);
        let bound = endpoint_bound(&settings) + replies_bound(&settings);
        println!(
            "{policy:?}, one endpoint: at most {most} bytes more, {bound} allowed; {kept} kept"
        );
        assert!(most <= bound, "{policy:?}: {most} bytes, {bound} allowed");
        assert!(
            kept > settings.receive_buffer / 2,
            "{policy:?}: nothing was kept"
        );
        assert!(
            kept <= buffer_bound(&settings),
            "{policy:?}: {kept} bytes kept"
        );
    }
}

#[test]
fn a_million_hostile_segments_grow_a_host_by_its_limits_at_most() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    for policy in [Policy::Rfc, Policy::Linux] {
        let settings = small_limits(policy);
        let (most, kept) = assaulted(&settings, true);
        // 64 half-open and 16 finished connections, the one there was, and what waits to be sent.
        let bound = (64 + 16 + 1) * endpoint_bound(&settings) + replies_bound(&settings);
        println!("{policy:?}, the host: at most {most} bytes more, {bound} allowed; {kept} kept");
        assert!(most <= bound, "{policy:?}: {most} bytes, {bound} allowed");
        assert!(
            kept <= buffer_bound(&settings),
            "{policy:?}: {kept} bytes kept"
        );
    }
}

#[test]
fn a_segment_on_the_steady_path_allocates_nothing() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut settings = Settings::new(Policy::Rfc);
    settings.set("delayed-ack", "off").unwrap();
    let (mut a, client, mut b, server, mut now) = connected(&settings);
    let (mut buffer, mut got) = (Vec::with_capacity(4_000), Vec::with_capacity(8_000));
    let text = [0x61; 1_460];
    let mut counted = 0;
    for n in 0..11_000 {
        // The first thousand bring every buffer to its size.
        if n == 1_000 {
            counted = CALLS.with(Cell::get);
        }
        now = now + Duration::from_millis(1);
        assert_eq!(
            a.send(now, client, &text, SendFlags::default()),
            Ok(text.len())
        );
        exchange(&mut a, &mut b, now, &mut buffer);
        got.clear();
        assert_eq!(b.receive(now, server, &mut got, 8_000), Ok(text.len()));
        exchange(&mut a, &mut b, now, &mut buffer);
    }
    let allocations = CALLS.with(Cell::get) - counted;
    assert_eq!(
        allocations, 0,
        "10 000 segments and their ACKs allocated {allocations} times"
    );
}
