//! Hostile bytes and hasty applications: nothing panics, nothing grows without bound,
//! each arrival is judged, each connection ends once.

use super::*;
use crate::settings::SynCookies;
use crate::wire::{SackBlock, SackBlocks, Timestamps};
use alloc::collections::BTreeMap;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) as u32) % n.max(1)
    }
}

fn near(dice: &mut Dice, status: &Status) -> (u32, u32) {
    let seqs = [
        status.rcv_nxt,
        status.rcv_nxt.sub(1),
        status.rcv_nxt.add(1),
        status.rcv_nxt.add(status.rcv_wnd),
        status.rcv_nxt.add(status.rcv_wnd).sub(1),
        status.irs,
        status.rcv_nxt.add(dice.roll(5000)),
        Seq(dice.roll(u32::MAX)),
    ];
    let acks = [
        status.snd_una,
        status.snd_nxt,
        status.snd_nxt.add(1),
        status.snd_una.sub(1),
        status.snd_una.add(dice.roll(3000)),
        status.iss,
        Seq(dice.roll(u32::MAX)),
    ];
    (seqs[dice.roll(8) as usize].0, acks[dice.roll(7) as usize].0)
}

#[test]
fn anything_may_arrive_and_anything_may_be_called() {
    let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
    for seed in 1..=240u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let policy = policies[seed as usize % 4];
        let mut b = settings(policy, 300);
        b.backlog = 8;
        b.syn_cookies =
            [SynCookies::Off, SynCookies::Overflow, SynCookies::Always][dice.roll(3) as usize];
        b.challenge_ack = dice.roll(4) > 0;
        b.time_wait_records = 10;
        b.fin_wait_2_limit = Some(Duration::from_secs(60));
        b.abort_issuer = crate::settings::AbortIssuer::ALL[dice.roll(2) as usize];
        let mut stack = Stack::new(&[ip(1)], 1500, b, [seed as u8; 16]);
        let mut now = Instant(1_000_000);
        let mut ended: BTreeMap<SocketId, u32> = BTreeMap::new();
        let mut out = Vec::new();
        for _ in 0..600 {
            let sockets = stack.sockets();
            let pick = (!sockets.is_empty())
                .then(|| sockets[dice.roll(sockets.len() as u32) as usize].clone());
            let mut arrived = false;
            match dice.roll(20) {
                0 => {
                    let socket = stack.socket();
                    let _ = stack.bind(socket, at(1, 8080 + dice.roll(3) as u16));
                    let _ = match dice.roll(3) {
                        0 => stack.listen(now, socket, None),
                        1 => stack.open_passive(now, socket, (dice.roll(2) == 0).then(|| at(0, 5))),
                        _ => stack.connect(now, socket, at(0, dice.roll(4) as u16)),
                    };
                }
                1 => {
                    if let Some(s) = &pick {
                        let _ = stack.send(
                            now,
                            s.socket,
                            &vec![1; dice.roll(5000) as usize],
                            SendFlags {
                                urgent: dice.roll(5) == 0,
                                push: false,
                                more: dice.roll(5) == 0,
                            },
                        );
                    }
                }
                2 => {
                    if let Some(s) = &pick {
                        let _ =
                            stack.receive(now, s.socket, &mut Vec::new(), dice.roll(4000) as usize);
                    }
                }
                3 => {
                    if let Some(s) = &pick {
                        let _ = match dice.roll(6) {
                            0 => stack.abort(now, s.socket),
                            1..=3 => stack.close(now, s.socket),
                            _ => stack.shutdown(now, s.socket),
                        };
                    }
                }
                4 => {
                    if let Some(s) = &pick {
                        let _ = stack.accept(s.socket);
                        let option = match dice.roll(6) {
                            0 => SocketOption::Linger(Some(Duration::from_millis(
                                u64::from(dice.roll(3)) * 500,
                            ))),
                            1 => SocketOption::NoDelay(true),
                            2 => SocketOption::KeepAlive(Some(Duration::from_secs(
                                1 + u64::from(dice.roll(100)),
                            ))),
                            3 => SocketOption::UserTimeout(Some(Duration::from_secs(u64::from(
                                dice.roll(100),
                            )))),
                            4 => SocketOption::ReceiveBuffer(dice.roll(3000)),
                            _ => SocketOption::MaximumSegmentSize(dice.roll(2000) as u16),
                        };
                        let _ = stack.set_option(now, s.socket, option);
                    }
                }
                5 | 6 => {
                    if let Some((deadline, ..)) = stack.poll_timeout()
                        && dice.roll(3) > 0
                    {
                        now = now.max(deadline);
                    }
                    now = now + Duration::from_millis(u64::from(dice.roll(300)));
                    stack.handle_timeout(now);
                }
                7 => {
                    let mut bytes = segment(
                        0,
                        1,
                        (5, 8080),
                        "S",
                        1,
                        0,
                        b"text",
                        &OptionSet::default(),
                        5,
                    );
                    for _ in 0..dice.roll(8) {
                        let place = dice.roll(bytes.len() as u32) as usize;
                        bytes[place] = dice.roll(256) as u8;
                    }
                    bytes.truncate(dice.roll(60) as usize);
                    arrives(&mut stack, now, &bytes);
                    arrived = true;
                }
                _ => {
                    let (ports, seq, ack) = match &pick {
                        Some(s) if s.remote.is_some() => {
                            let (seq, ack) = near(&mut dice, s);
                            (
                                (s.remote.unwrap().port(), s.local.unwrap().port()),
                                seq,
                                ack,
                            )
                        }
                        _ => (
                            (dice.roll(20) as u16, 8080 + dice.roll(4) as u16),
                            dice.roll(100),
                            dice.roll(1000),
                        ),
                    };
                    let flags = [
                        "S", "S.", ".", "P.", "F.", "F", "R", "R.", "-", "SF", "P.U", "FPU", ".",
                        "P.", "F.",
                    ];
                    let mut options = OptionSet::default();
                    if dice.roll(2) == 0 {
                        options.timestamps = Some(Timestamps {
                            value: dice.roll(1 << 20),
                            echo: (now.0 / 1000) as u32 - dice.roll(100),
                        });
                    }
                    if dice.roll(4) == 0 {
                        options.mss = Some(dice.roll(1500) as u16);
                        options.window_scale = Some(dice.roll(20) as u8);
                        options.sack_permitted = true;
                    }
                    if dice.roll(4) == 0 {
                        let left = Seq(ack).add(dice.roll(3000));
                        options.sack = SackBlocks::new(&[SackBlock {
                            left,
                            right: left.add(dice.roll(3000)),
                        }]);
                    }
                    let text = vec![
                        2;
                        if dice.roll(2) == 0 {
                            0
                        } else {
                            dice.roll(1500) as usize
                        }
                    ];
                    let flags = flags[dice.roll(15) as usize];
                    let window = [0, 1, 500, 65_535][dice.roll(4) as usize];
                    let bytes = segment(0, 1, ports, flags, seq, ack, &text, &options, window);
                    arrives(&mut stack, now, &bytes);
                    arrived = true;
                }
            }
            let mut judged = 0;
            let mut turns = 0;
            loop {
                while let Some(event) = stack.poll_event() {
                    match event.kind {
                        EventKind::Judged { .. } | EventKind::Refused { .. } => judged += 1,
                        EventKind::Ended { .. } => {
                            let count = ended.entry(event.socket.unwrap()).or_default();
                            *count += 1;
                            assert_eq!(*count, 1, "{seed}: ended twice");
                        }
                        _ => {
                            if let Some(id) = event.socket {
                                assert!(
                                    !ended.contains_key(&id),
                                    "{seed}: {event:?} after the end"
                                );
                            }
                        }
                    }
                }
                if arrived {
                    assert!(judged > 0, "{seed}: nothing was said");
                    arrived = false;
                }
                out.clear();
                if stack.poll_transmit(now, &mut out).is_none() {
                    break;
                }
                let datagram = Datagram::parse(&out).unwrap();
                assert!(
                    Segment::parse(datagram.payload)
                        .unwrap()
                        .checksum_ok(datagram.source, datagram.destination)
                );
                turns += 1;
                assert!(turns < 3000, "{seed}: it sends for ever");
            }
            for status in stack.sockets() {
                assert!(status.snd_una.at_or_before(status.snd_nxt));
                assert!(status.receive_queue + status.reassembly_queue <= 65_536 * 2);
            }
        }
        // Left alone, everything that nobody holds comes to an end.
        for socket in stack.sockets() {
            let _ = stack.set_option(
                now,
                socket.socket,
                SocketOption::UserTimeout(Some(Duration::from_secs(10))),
            );
            let _ = stack.close(now, socket.socket);
        }
        for _ in 0..100_000 {
            out.clear();
            while stack.poll_transmit(now, &mut out).is_some() {
                out.clear();
            }
            while stack.poll_event().is_some() {}
            let Some((deadline, ..)) = stack.poll_timeout() else {
                break;
            };
            now = now.max(deadline);
            stack.handle_timeout(now);
        }
        assert_eq!(stack.sockets().len(), 0, "{seed}: {:?}", stack.sockets());
    }
}
