//! Somebody off the path: sends with any source address, sees only what is
//! addressed to themselves.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use tcp::wire::{Datagram, Flags, Segment};

use super::{Context, Origin, Task, World};
use crate::craft;
use crate::flight::Flight;
use crate::rng::{self, Purpose};
use crate::run::{Action, Attack, Endpoint, Forged};
use crate::trace::{Place, RecordId, RecordKind, Why, WorldReason};

/// What the attacker has learnt and done.
#[derive(Clone, Debug)]
pub(crate) struct Attacker {
    /// The ISN seen last, in the answer to a connection of their own.
    pub sample: Option<u32>,
    pub emitted: u32,
    /// The port of the next sample.
    port: u16,
}

impl Default for Attacker {
    fn default() -> Attacker {
        Attacker {
            sample: None,
            emitted: 0,
            port: 40_000,
        }
    }
}

impl World {
    pub(super) fn attack(
        &mut self,
        c: &mut Context<'_>,
        attack: &Attack,
        origin: Origin,
        id: RecordId,
    ) {
        match attack {
            Attack::Sample { target } => self.sample(c, *target, id),
            Attack::Sweep { .. } | Attack::Flood { .. } => self.attack_on(c, origin, 0, Some(id)),
        }
    }

    /// A SYN from the attacker's own address; its answer tells the ISN.
    fn sample(&mut self, c: &mut Context<'_>, target: Endpoint, id: RecordId) {
        let Some(own) = c.run.scenario.attacker.as_ref().map(|a| a.address) else {
            return;
        };
        let Some(target) = self.endpoint(c.run, target) else {
            return;
        };
        let port = self.attacker.port;
        self.attacker.port = port.checked_add(1).unwrap_or(40_000);
        let fields = (Flags::SYN.0, 1_000, 0, 1_024);
        if let Some(bytes) = craft::segment((own, port), target, fields, None, &[]) {
            let latency = World::attacker_latency(c.run);
            self.emit_aside(
                c,
                Place::Attacker,
                WorldReason::AttackerSample,
                bytes,
                latency,
                Some(id),
            );
        }
    }

    /// The next datagram of a sweep or a flood, and the one after it into the queue.
    pub(super) fn attack_on(
        &mut self,
        c: &mut Context<'_>,
        origin: Origin,
        done: u32,
        cause: Option<RecordId>,
    ) {
        let run = c.run;
        let action = match origin {
            Origin::Script(line) => &run.scenario.script[line as usize].action,
            Origin::Intervention(index) => &run.interventions[index as usize].action,
        };
        let (bytes, why, count, interval) = match action {
            Action::Attack(Attack::Sweep {
                forged,
                count,
                interval,
                seq_step,
                ack_step,
                port_step,
            }) => {
                let steps = (seq_step.wrapping_mul(done), ack_step.wrapping_mul(done));
                let port = port_step.wrapping_mul(done as u16);
                (
                    self.swept(c, forged, steps, port),
                    WorldReason::Forged,
                    *count,
                    *interval,
                )
            }
            Action::Attack(Attack::Flood {
                target,
                count,
                interval,
            }) => (
                self.flooding(c, *target, done),
                WorldReason::AttackerFlood,
                *count,
                *interval,
            ),
            _ => return,
        };
        if done >= count {
            return;
        }
        if let Some(bytes) = bytes {
            let latency = World::attacker_latency(c.run);
            self.emit_aside(c, Place::Attacker, why, bytes, latency, cause);
        }
        if done + 1 < count {
            self.schedule(
                self.now + interval,
                Task::Attack {
                    origin,
                    done: done + 1,
                    cause,
                },
            );
        }
    }

    fn swept(
        &self,
        c: &Context<'_>,
        forged: &Forged,
        (seq, ack): (u32, u32),
        port: u16,
    ) -> Option<Vec<u8>> {
        let (source, source_port) = self.endpoint(c.run, forged.source)?;
        let destination = self.endpoint(c.run, forged.destination)?;
        let fields = (
            forged.flags,
            self.number(&forged.seq, 0)?.wrapping_add(seq),
            self.number(&forged.ack, 0)?.wrapping_add(ack),
            forged.window,
        );
        let source = (source, source_port.wrapping_add(port));
        craft::segment(source, destination, fields, forged.mss, &forged.payload)
    }

    /// A SYN from an address where nobody lives (the ranges kept for documentation).
    fn flooding(&self, c: &Context<'_>, target: Endpoint, ordinal: u32) -> Option<Vec<u8>> {
        let target = self.endpoint(c.run, target)?;
        let random = rng::draw(c.run.seed, Purpose::Flood, 0, u64::from(ordinal));
        let [a, b, c, d, e, f, g, _] = random.to_le_bytes();
        let source = match target.0 {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1 + a % 254)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::new(
                0x2001,
                0xdb8,
                0xf,
                0,
                0,
                0,
                u16::from(a),
                u16::from(b) | 1,
            )),
        };
        let port = 1_024 + u16::from_le_bytes([c, d]) % 60_000;
        let seq = u32::from_le_bytes([e, f, g, a]);
        craft::segment(
            (source, port),
            target,
            (Flags::SYN.0, seq, 0, 65_535),
            Some(1460),
            &[],
        )
    }

    /// Something reaches the attacker's own address: the answer to a sample tells an ISN and is reset.
    pub(super) fn attacker_receives(&mut self, c: &mut Context<'_>, flight: Flight) {
        let why = Why::World(WorldReason::AttackerReceived);
        let kind = RecordKind::Arrive {
            send: flight.send,
            why,
        };
        let id = self.note_end(c, (Place::Attacker, 0), &flight, kind, &[]);
        let answer = Datagram::parse(&flight.bytes).ok().and_then(|datagram| {
            let segment = Segment::parse(datagram.payload).ok()?;
            if !segment.flags.contains(Flags::SYN.with(Flags::ACK)) {
                return None;
            }
            self.attacker.sample = Some(segment.seq.0);
            let own = (datagram.destination, segment.destination_port);
            let target = (datagram.source, segment.source_port);
            craft::segment(own, target, (Flags::RST.0, segment.ack.0, 0, 0), None, &[])
        });
        if let Some(bytes) = answer {
            let latency = World::attacker_latency(c.run);
            self.emit_aside(
                c,
                Place::Attacker,
                WorldReason::AttackerSample,
                bytes,
                latency,
                Some(id),
            );
        }
        self.recycle(flight.bytes);
    }
}
