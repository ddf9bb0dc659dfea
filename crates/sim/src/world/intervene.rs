//! What people (and scripts) do to the world beside application calls.

use tcp::time::Duration;

use super::{Context, Missed, Origin, World};
use crate::craft;
use crate::flight::{End, When};
use crate::run::{
    Action, Attack, Direction, Firewall, Forged, HostId, HostKind, Number, Run, SegmentAct,
    SegmentName, Variable,
};
use crate::trace::{Place, RecordId, RecordKind, WorldReason};

impl World {
    /// Does what the run says there, and writes it down.
    pub(super) fn intervene(
        &mut self,
        c: &mut Context<'_>,
        origin: Origin,
        cause: Option<RecordId>,
    ) {
        let run = c.run;
        let (action, kind) = match origin {
            Origin::Script(line) => {
                let kind = RecordKind::Intervention {
                    index: line,
                    scripted: true,
                };
                (&run.scenario.script[line as usize].action, kind)
            }
            Origin::Intervention(index) => {
                let kind = RecordKind::Intervention {
                    index,
                    scripted: false,
                };
                (&run.interventions[index as usize].action, kind)
            }
        };
        let id = self.note(c, (place(action), 0), cause, kind);
        self.act(c, action, origin, id);
    }

    /// Whether an action would do anything now, and if not, why not.
    pub fn would(&self, run: &Run, action: &Action) -> Result<(), Missed> {
        let powered = |host: HostId| {
            if self.hosts[host.index()].plugged {
                Ok(())
            } else {
                Err(Missed::Unplugged)
            }
        };
        match action {
            Action::Call { socket, .. } if !has_engine(run, socket.host) => Err(Missed::Impossible),
            Action::Call { socket, .. } => powered(socket.host),
            Action::Emit { host, .. } if !is_script(run, *host) => Err(Missed::Impossible),
            Action::Emit { host, .. } => powered(*host),
            Action::Segment { segment, act } => {
                let (_, flight) = self
                    .flights
                    .find(*segment)
                    .and_then(|s| self.flights.iter().find(|(slot, _)| *slot == s))
                    .ok_or(Missed::NoSuchSegment)?;
                match act {
                    SegmentAct::Edit(edits) => {
                        craft::edit(&flight.bytes, edits, |n, own| self.number(n, own))
                            .map(|_| ())
                            .ok_or(Missed::Impossible)
                    }
                    SegmentAct::Release if !matches!(flight.when, When::Held { .. }) => {
                        Err(Missed::NoSuchSegment)
                    }
                    _ => Ok(()),
                }
            }
            Action::Inject(forged) => self.forge(run, forged).map(|_| ()),
            Action::Icmp { segment, error } => {
                let (_, flight) = self
                    .flights
                    .find(*segment)
                    .and_then(|s| self.flights.iter().find(|(slot, _)| *slot == s))
                    .ok_or(Missed::NoSuchSegment)?;
                let message = craft::icmp_error(*error, &flight.bytes);
                message.map(|_| ()).ok_or(Missed::Impossible)
            }
            Action::Unplug(host) | Action::Reboot(host) => powered(*host),
            Action::Plug(host) => {
                if self.hosts[host.index()].plugged {
                    Err(Missed::Plugged)
                } else {
                    Ok(())
                }
            }
            Action::Set { name, value, .. } => {
                let mut settings = self.hosts[0].stack.settings().clone();
                settings.set(name, value).map_err(|_| Missed::Setting)
            }
            Action::Attack(_)
            | Action::Cut(_)
            | Action::Heal(_)
            | Action::Firewall(..)
            | Action::Link { .. } => Ok(()),
        }
    }

    fn act(&mut self, c: &mut Context<'_>, action: &Action, origin: Origin, id: RecordId) {
        match action {
            Action::Call {
                socket,
                fresh,
                call,
            } => {
                self.named_call(c, socket, *fresh, call, Some(id));
            }
            Action::Segment { segment, act } => self.act_on_segment(c, *segment, act, id),
            Action::Inject(forged) => {
                if let Ok(bytes) = self.forge(c.run, forged) {
                    let latency = World::attacker_latency(c.run);
                    self.emit_aside(
                        c,
                        Place::Attacker,
                        WorldReason::Forged,
                        bytes,
                        latency,
                        Some(id),
                    );
                }
            }
            Action::Emit { host, datagram } => self.emit_scripted(c, *host, datagram, Some(id)),
            Action::Attack(attack) => self.attack(c, attack, origin, id),
            Action::Cut(direction) => {
                for d in directions(*direction) {
                    self.lines[d.index()].spec.cut = true;
                    self.lose_all(c, d, id);
                }
            }
            Action::Heal(direction) => {
                directions(*direction).for_each(|d| self.lines[d.index()].spec.cut = false);
            }
            Action::Firewall(direction, firewall) => {
                let firewall: Firewall = *firewall;
                directions(*direction).for_each(|d| self.lines[d.index()].spec.firewall = firewall);
            }
            Action::Icmp { segment, error } => {
                let found = self
                    .flights
                    .find(*segment)
                    .and_then(|slot| self.flights.at(slot));
                if let Some(message) =
                    found.and_then(|flight| craft::icmp_error(*error, &flight.bytes))
                {
                    // From the middle of the way; who is beside the path has no line of their own.
                    let way = match segment.origin {
                        Place::A => self.lines[Direction::AToB.index()].spec.latency,
                        Place::B => self.lines[Direction::BToA.index()].spec.latency,
                        Place::Link | Place::Attacker => World::attacker_latency(c.run),
                    };
                    let latency = Duration(way.0 / 2);
                    self.emit_aside(
                        c,
                        Place::Link,
                        WorldReason::RouterError,
                        message,
                        latency,
                        Some(id),
                    );
                }
            }
            Action::Unplug(host) => self.hosts[host.index()].unplug(),
            Action::Plug(host) => {
                if !self.hosts[host.index()].plugged {
                    self.start(c, *host, id);
                }
            }
            Action::Reboot(host) => self.start(c, *host, id),
            Action::Set { host, name, value } => {
                for h in HostId::ALL
                    .into_iter()
                    .filter(|h| host.is_none_or(|host| host == *h))
                {
                    let stack = &mut self.hosts[h.index()].stack;
                    let mut settings = stack.settings().clone();
                    if settings.set(name, value).is_ok() {
                        stack.configure(self.now, settings);
                        if self.hosts[h.index()].plugged {
                            self.drain(c, h, Some(id));
                        }
                    }
                }
            }
            Action::Link { direction, changes } => {
                for d in directions(*direction) {
                    changes
                        .iter()
                        .for_each(|change| self.lines[d.index()].spec.change(*change));
                }
            }
        }
    }

    fn start(&mut self, c: &mut Context<'_>, host: HostId, id: RecordId) {
        let spec = &c.run.scenario.hosts[host.index()];
        self.hosts[host.index()].start(spec, c.run.seed);
        self.drain(c, host, Some(id));
    }

    /// What is on a line when it is cut is lost where it is.
    fn lose_all(&mut self, c: &mut Context<'_>, direction: Direction, id: RecordId) {
        let on_it: Vec<u32> = self
            .flights
            .iter()
            .filter(|(_, f)| f.direction == Some(direction))
            .map(|(slot, _)| slot)
            .collect();
        for slot in on_it {
            self.unschedule_flight(slot);
            if let Some(mut flight) = self.flights.remove(slot) {
                flight.cause = Some(id);
                self.lose(c, flight, WorldReason::LinkCut, None);
            }
        }
    }

    fn act_on_segment(
        &mut self,
        c: &mut Context<'_>,
        name: SegmentName,
        act: &SegmentAct,
        id: RecordId,
    ) {
        let Some(slot) = self.flights.find(name) else {
            return;
        };
        match act {
            SegmentAct::Drop => {
                self.unschedule_flight(slot);
                if let Some(mut flight) = self.flights.remove(slot) {
                    flight.cause = Some(id);
                    self.lose(c, flight, WorldReason::DroppedByPerson, None);
                }
                return;
            }
            SegmentAct::Delay(time) => match self.unschedule_flight(slot) {
                Some(end) => self.schedule_flight(slot, end + *time),
                None => {
                    if let Some(When::Held { left }) = self.flights.at(slot).map(|f| &mut f.when) {
                        *left = *left + *time;
                    }
                }
            },
            SegmentAct::Hold => {
                if let Some(end) = self.unschedule_flight(slot)
                    && let Some(flight) = self.flights.at(slot)
                {
                    flight.when = When::Held {
                        left: end.since(self.now),
                    };
                }
            }
            SegmentAct::Release => {
                let Some(When::Held { left }) = self.flights.at(slot).map(|f| f.when) else {
                    return;
                };
                self.schedule_flight(slot, self.now + left);
            }
            SegmentAct::Duplicate(after) => {
                let Some(flight) = self.flights.at(slot).map(|f| f.clone()) else {
                    return;
                };
                let end = match flight.when {
                    When::At(end, _) => end,
                    When::Held { left } => self.now + left,
                };
                self.copy(c, &flight, end + *after, id);
                return;
            }
            SegmentAct::Corrupt(bit) => {
                if let Some(flight) = self.flights.at(slot) {
                    craft::flip(&mut flight.bytes, u64::from(*bit));
                    flight.altered = true;
                }
            }
            SegmentAct::Edit(edits) => {
                let Some(bytes) = self.flights.at(slot).map(|f| f.bytes.clone()) else {
                    return;
                };
                let Some(edited) = craft::edit(&bytes, edits, |n, own| self.number(n, own)) else {
                    return;
                };
                if let Some(flight) = self.flights.at(slot) {
                    flight.bytes = edited;
                    flight.altered = true;
                }
            }
        }
        // Whatever was done explains the end, unless chance had already decided on a loss.
        if let Some(flight) = self.flights.at(slot).filter(|f| f.end == End::Arrives) {
            flight.cause = Some(id);
        }
    }

    /// The bytes of a forged segment.
    pub(super) fn forge(&self, run: &Run, forged: &Forged) -> Result<Vec<u8>, Missed> {
        let source = self
            .endpoint(run, forged.source)
            .ok_or(Missed::NothingKnown)?;
        let destination = self
            .endpoint(run, forged.destination)
            .ok_or(Missed::NothingKnown)?;
        let seq = self.number(&forged.seq, 0).ok_or(Missed::NothingKnown)?;
        let ack = self.number(&forged.ack, 0).ok_or(Missed::NothingKnown)?;
        let fields = (forged.flags, seq, ack, forged.window);
        craft::segment(source, destination, fields, forged.mss, &forged.payload)
            .ok_or(Missed::Impossible)
    }

    /// A number as people write it; `own` is the field's value so far.
    pub(super) fn number(&self, number: &Number, own: u32) -> Option<u32> {
        let add = |base: u32, offset: i64| base.wrapping_add(offset as u32);
        Some(match number {
            Number::Absolute(value) => *value,
            Number::Relative(offset) => add(own, *offset),
            Number::Sample(offset) => add(self.attacker.sample?, *offset),
            Number::Variable(name, variable, offset) => {
                let h = &self.hosts[name.host.index()];
                let status = h.stack.status(h.find(&name.name, name.instance)?).ok()?;
                let base = match variable {
                    Variable::SndUna => status.snd_una,
                    Variable::SndNxt => status.snd_nxt,
                    Variable::RcvNxt => status.rcv_nxt,
                    Variable::Iss => status.iss,
                    Variable::Irs => status.irs,
                };
                add(base.0, *offset)
            }
        })
    }
}

/// Where an action is shown.
fn place(action: &Action) -> Place {
    match action {
        Action::Call { socket, .. } => socket.host.place(),
        Action::Unplug(host)
        | Action::Plug(host)
        | Action::Reboot(host)
        | Action::Emit { host, .. }
        | Action::Set {
            host: Some(host), ..
        } => host.place(),
        Action::Inject(_)
        | Action::Attack(Attack::Sample { .. } | Attack::Sweep { .. } | Attack::Flood { .. }) => {
            Place::Attacker
        }
        Action::Segment { .. }
        | Action::Cut(_)
        | Action::Heal(_)
        | Action::Firewall(..)
        | Action::Icmp { .. }
        | Action::Set { host: None, .. }
        | Action::Link { .. } => Place::Link,
    }
}

/// Whether a host sends what `emit` says, and nothing else.
pub(super) fn is_script(run: &Run, host: HostId) -> bool {
    run.scenario.hosts[host.index()].kind == HostKind::Script
}

/// Whether a TCP of ours speaks for a host.
pub(super) fn has_engine(run: &Run, host: HostId) -> bool {
    run.scenario.hosts[host.index()].kind == HostKind::Engine
}

fn directions(direction: Option<Direction>) -> impl Iterator<Item = Direction> {
    Direction::ALL
        .into_iter()
        .filter(move |d| direction.is_none_or(|wanted| wanted == *d))
}
