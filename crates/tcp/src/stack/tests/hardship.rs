//! Two ends over a link that loses, duplicates, reorders and damages, with
//! applications that close in any order; then a link without faults. What was
//! sent arrives, both ends come to CLOSED, one report each.

use super::*;
use crate::settings::SynCookies;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) as u32) % n.max(1)
    }
}

/// A few bytes that say where they stand.
fn text(from: usize, len: usize, host: usize) -> Vec<u8> {
    (from..from + len)
        .map(|n| (n % 251) as u8 ^ (host as u8 * 0x55))
        .collect()
}

struct End {
    socket: Option<SocketId>,
    wanted: usize,
    put: usize,
    got: Vec<u8>,
    ended_sending: bool,
    peer_ended: bool,
    failed: bool,
    closed: bool,
}

#[allow(clippy::too_many_lines)]
fn run(seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let faults = dice.roll(5);
    let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
    let mut all: Vec<Settings> = (0..2)
        .map(|host| {
            let iss = 0u32.wrapping_sub(dice.roll(3000)).wrapping_add(host * 77);
            let mut s = settings(policies[dice.roll(4) as usize], iss);
            s.challenge_ack = dice.roll(4) > 0;
            s.nagle = dice.roll(3) > 0;
            s.delayed_ack = dice.roll(3) > 0;
            s.sws_avoidance = dice.roll(4) > 0;
            // A cookie is in the first segment only: after reordering it is not known again.
            s.syn_cookies = if faults == 0 {
                SynCookies::ALL[dice.roll(3) as usize]
            } else {
                SynCookies::Off
            };
            s.receive_buffer = [200, 3000, 65_536, 400_000][dice.roll(4) as usize];
            s.send_buffer = [100, 5000, 65_536][dice.roll(3) as usize];
            s.congestion = crate::settings::Congestion::ALL[dice.roll(4) as usize];
            s.reassembly_segments = [0, 2, 256][dice.roll(3) as usize];
            // Nobody gives up while the link is bad.
            s.r2 = None;
            s.user_timeout = None;
            s.syn_time_limit = None;
            s.syn_retries = None;
            s.syn_ack_retries = 255;
            s.fin_wait_2_limit = None;
            s
        })
        .collect();
    let simultaneous = dice.roll(4) == 0;
    let b = all.pop().unwrap();
    let a = all.pop().unwrap();
    let mut stacks = [
        Stack::new(&[ip(0)], 1500, a, [1; 16]),
        Stack::new(&[ip(1)], 1500, b, [2; 16]),
    ];
    let mut now = Instant(dice.roll(5_000_000).into());
    let mut ends = [0, 1].map(|_| End {
        socket: None,
        wanted: dice.roll(20_000) as usize,
        put: 0,
        got: Vec::new(),
        ended_sending: false,
        peer_ended: false,
        failed: false,
        closed: false,
    });
    let listener = if simultaneous {
        for host in 0..2 {
            let socket = stacks[host].socket();
            stacks[host].bind(socket, at(host, 7000)).unwrap();
            stacks[host]
                .connect(now, socket, at(1 - host, 7000))
                .unwrap();
            ends[host].socket = Some(socket);
        }
        None
    } else {
        let listener = stacks[1].socket();
        stacks[1].bind(listener, at(1, 8080)).unwrap();
        stacks[1].listen(now, listener, None).unwrap();
        let socket = stacks[0].socket();
        stacks[0].connect(now, socket, at(1, 8080)).unwrap();
        ends[0].socket = Some(socket);
        Some(listener)
    };
    let heals_at = now + Duration::from_secs(40);
    let mut flying: Vec<(Instant, usize, Vec<u8>)> = Vec::new();
    let mut ended = [0, 0];
    let mut trail: Vec<String> = Vec::new();
    let mut out = Vec::new();
    let mut steps = 0;
    loop {
        steps += 1;
        assert!(
            steps < 200_000,
            "{seed}: for ever\n{}",
            trail[trail.len() - 60..].join("\n")
        );
        let bad = now < heals_at;
        for host in 0..2 {
            let stack = &mut stacks[host];
            let end = &mut ends[host];
            if host == 1 && end.socket.is_none() {
                end.socket = listener.and_then(|l| stack.accept(l).ok());
            }
            if let Some(socket) = end.socket
                && !end.closed
            {
                let len = (1 + dice.roll(3000) as usize).min(end.wanted - end.put);
                if len > 0 && !end.ended_sending && dice.roll(2) == 0 {
                    match stack.send(now, socket, &text(end.put, len, host), SendFlags::default()) {
                        Ok(count) => end.put += count,
                        Err(CallError::WouldBlock) => {}
                        Err(error) => panic!("{seed}: {error:?}\n{}", trail.join("\n")),
                    }
                }
                let state = stack.status(socket).unwrap().state;
                if end.put == end.wanted
                    && !end.ended_sending
                    && (state.is_synchronized() || state == State::SynReceived)
                    && dice.roll(3) == 0
                {
                    end.ended_sending = true;
                    stack.shutdown(now, socket).unwrap();
                }
                if dice.roll(3) > 0 {
                    match stack.receive(now, socket, &mut end.got, 1 + dice.roll(4000) as usize) {
                        Ok(0) => end.peer_ended = true,
                        Ok(_) | Err(CallError::WouldBlock) => {}
                        Err(_) => end.failed = true,
                    }
                }
                if end.failed || (end.ended_sending && end.peer_ended) {
                    let _ = stack.close(now, socket);
                    end.closed = true;
                }
            }
            loop {
                while let Some(event) = stack.poll_event() {
                    if let EventKind::Ended { how, .. } = event.kind
                        && event.socket == ends[host].socket
                    {
                        ended[host] += 1;
                        trail.push(format!("{host} ended {how:?}"));
                    }
                    if let EventKind::State { to, reason, .. } = event.kind {
                        trail.push(format!("{} {host} {} {}", now.0, to.name(), reason.id()));
                    }
                }
                out.clear();
                let Some(transmit) = stack.poll_transmit(now, &mut out) else {
                    break;
                };
                let s = Segment::parse(&out[20..]).unwrap();
                trail.push(format!(
                    "{} {host} {} {} {} win {} len {} {}",
                    now.0,
                    s.flags,
                    s.seq,
                    s.ack,
                    s.window,
                    s.payload().len(),
                    transmit.reason.id()
                ));
                let mut copies = 1;
                if bad {
                    if dice.roll(20) < faults {
                        copies = 0;
                    } else if dice.roll(30) < faults {
                        copies = 2;
                    }
                    if dice.roll(60) < faults {
                        let place = 20 + dice.roll(out.len() as u32 - 20) as usize;
                        out[place] ^= 1 << dice.roll(8);
                    }
                }
                for _ in 0..copies {
                    let late = if bad {
                        dice.roll(1 + faults * 30_000)
                    } else {
                        0
                    };
                    let lands = now + Duration::from_micros(20_000 + u64::from(late));
                    flying.push((lands, 1 - host, out.clone()));
                }
            }
        }
        let landing = flying.iter().map(|f| f.0).min();
        let wake = (0..2)
            .filter_map(|h| stacks[h].poll_timeout().map(|t| t.0))
            .min();
        let apps_idle = ends.iter().all(|e| e.closed);
        let tick = (!apps_idle).then_some(now + Duration::from_millis(30));
        let Some(next) = [landing, wake, tick].into_iter().flatten().min() else {
            break;
        };
        now = now.max(next);
        if landing.is_some_and(|l| l <= now) {
            let place = flying.iter().position(|f| Some(f.0) == landing).unwrap();
            let (_, host, bytes) = flying.remove(place);
            arrives(&mut stacks[host], now, &bytes);
        } else {
            for stack in &mut stacks {
                if stack.poll_timeout().is_some_and(|t| t.0 <= now) {
                    stack.handle_timeout(now);
                }
            }
        }
        if now.0 > 4_000_000_000 {
            panic!(
                "{seed}: stuck\n{}",
                trail[trail.len().saturating_sub(80)..].join("\n")
            );
        }
    }
    let trail = || trail[trail.len().saturating_sub(120)..].join("\n");
    for host in 0..2 {
        assert!(!ends[host].failed, "{seed}: failed\n{}", trail());
        assert_eq!(
            ended[host],
            1,
            "{seed}: {host} ended {} times\n{}",
            ended[host],
            trail()
        );
        let other = &ends[1 - host];
        assert!(
            ends[host].got == text(0, other.wanted, 1 - host),
            "{seed}: bytes differ\n{}",
            trail()
        );
    }
    assert_eq!(stacks[0].sockets().len(), 0, "{seed}");
    assert_eq!(
        stacks[1].sockets().len(),
        usize::from(listener.is_some()),
        "{seed}"
    );
}

#[test]
fn everything_arrives_and_everything_ends() {
    for seed in 1..=120 {
        run(seed);
    }
}
