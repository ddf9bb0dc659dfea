//! What is looked at in every step of one end. The rules are those of
//! [`crate::watch::Rule`]; what each allows stands there.

use tcp::event::Ended;
use tcp::reason::Reason;
use tcp::stack::Transmit;
use tcp::state::State;
use tcp::status::{SocketKind, Status};
use tcp::wire::Flags;

use super::{Connection, End, Step, bit, byte};
use crate::flight::Flight;
use crate::watch::{Rule, Violation, order};

impl End {
    /// Q2, Q3 and Q7 of a datagram that was just made.
    pub(super) fn sent(&mut self, transmit: &Transmit, bytes: &[u8], step: &mut Step<'_>) {
        let mut flight = Flight::new(0, bytes);
        let owner = transmit
            .socket
            .and_then(|id| self.connections.iter_mut().find(|c| c.id.0 == id));
        // What refuses a segment speaks to the connection that segment is from.
        let own = owner.as_ref().map(|c| c.tag);
        let own = own.filter(|_| !flight.flags.rst() || !answers(transmit.reason));
        flight.tag = own.unwrap_or(step.tag());
        let (flags, seq, text) = (flight.flags, flight.seq, flight.text());
        if let Some(connection) = owner
            && !flags.rst()
            && let Some(problem) = connection.numbers.sent(seq, flags.syn(), flags.fin(), text)
        {
            step.wrong(Rule::SynFin, problem.into());
        }
        if flags.rst() {
            reset(transmit.reason, &flight, step);
        } else if let Some(status) = transmit.socket.and_then(|id| self.stack.status(id).ok()) {
            acknowledgement(&status, &flight, step);
        }
        let id = step.flights.number(flight);
        step.effects.sent.push(id);
    }

    /// Q6 and Q10: each connection before and after.
    pub(super) fn compare(&self, before: &[(u8, Status)], step: &mut Step<'_>) {
        for (tag, before) in before {
            let now = self.stack.status(before.socket);
            if let Ok(now) = &now
                && let Some(problem) = order(before, now)
            {
                step.wrong(Rule::Order, problem.into());
            }
            let old = step.tag();
            if step.trigger.is_none() || old >= *tag || !before.state.is_synchronized() {
                continue;
            }
            let mark = |status: &Status| {
                (
                    (status.state, status.rcv_nxt, status.snd_una),
                    (status.receive_queue, status.reassembly_queue),
                    (status.snd_wnd, status.snd_wl1, status.snd_wl2),
                )
            };
            if now.as_ref().ok().map(mark) != Some(mark(before)) {
                let detail = format!(
                    "{}'s connection {tag} in {} took a segment of connection {old}",
                    self.name(),
                    before.state.name()
                );
                let violation = Violation {
                    rule: Rule::OldIncarnation,
                    detail,
                };
                step.effects.old.get_or_insert((old, violation));
            }
        }
    }

    /// RSTs after which one end knows what the other does not: see [`Rule::Agreement`].
    pub(super) fn unheard_reset(&self, before: &[(u8, Status)], step: &mut Step<'_>) {
        let Some(reset) = step.trigger.as_ref().filter(|t| t.flags.rst()) else {
            return;
        };
        let tag = reset.tag;
        let meant = |of: u8, status: &Status| of == tag && status.state != State::Closed;
        let challenged = step.ended.is_empty() && before.iter().any(|(of, s)| meant(*of, s));
        let exact_by_chance = |status: &Status| {
            reset.seq.0 == 0
                && status.rcv_nxt.0 == 0
                && step.ended.iter().any(|(id, _)| *id == status.socket)
        };
        if challenged || before.iter().any(|(_, status)| exact_by_chance(status)) {
            step.effects.unheard |= bit(tag);
        }
    }

    /// Q9: the report fits what happened.
    pub(super) fn report(&self, connection: &Connection, how: Ended, step: &mut Step<'_>) {
        let tag = connection.tag;
        let from = connection.left.unwrap_or(State::Closed);
        let clean = match from {
            State::TimeWait | State::LastAck => true,
            // There was no connection yet: CLOSE deletes the TCB (RFC 9293 3.10.4).
            State::Listen | State::SynSent => connection.released,
            _ => false,
        };
        if how == Ended::Closed && !clean {
            let detail = format!("«closed» out of {}", from.name());
            step.wrong(Rule::OneReport, detail);
        }
        if how == Ended::TimedOut {
            step.effects.unheard |= bit(tag);
        }
        if how != Ended::Closed || !matches!(from, State::TimeWait | State::LastAck) {
            step.effects.unquiet |= bit(tag);
        }
    }

    /// Q8, as far as one end can see it: every byte tells where it comes from.
    pub(super) fn prefix(&self, step: &mut Step<'_>) {
        for connection in &self.connections {
            let right = |(nth, got): (usize, &u8)| *got == byte(1 - self.side, connection.tag, nth);
            if !connection.got.iter().enumerate().all(right) {
                let got = String::from_utf8_lossy(&connection.got).into_owned();
                let detail = format!("{} received «{got}», which was not sent", self.name());
                step.wrong(Rule::Prefix, detail);
            }
        }
    }
}

/// Whether a RST answers a segment, whoever sends it.
fn answers(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::RstForClosedPort | Reason::RstForAckInListen | Reason::RstForUnacceptableAck
    )
}

/// Q2, and Q3 as U1 and U2 have it.
fn reset(reason: Reason, flight: &Flight, step: &mut Step<'_>) {
    let (flags, seq, ack) = (flight.flags, flight.seq, flight.ack);
    if step.trigger.as_ref().is_some_and(|t| t.flags.rst()) {
        step.wrong(Rule::RstForRst, format!("{reason:?}"));
    }
    if !answers(reason) {
        return;
    }
    let right = step.trigger.as_ref().map(|other| {
        if other.flags.ack() {
            flags == Flags::RST && seq == other.ack
        } else {
            flags == Flags::RST | Flags::ACK && seq.0 == 0 && ack == other.seq.add(other.length)
        }
    });
    match right {
        None => step.wrong(Rule::Fields, "a RST answers nothing".into()),
        Some(false) => {
            let detail = format!("RST {flags} seq {} ack {}", seq.0, ack.0);
            step.wrong(Rule::Fields, detail);
        }
        Some(true) => {}
    }
}

/// Q3 as U6 has it: what is acknowledged is RCV.NXT, and an ACK alone stands at SND.NXT.
fn acknowledgement(status: &Status, flight: &Flight, step: &mut Step<'_>) {
    let (flags, seq, ack) = (flight.flags, flight.seq, flight.ack);
    let connected = status.kind != SocketKind::Idle && status.kind != SocketKind::Listener;
    if connected && flags.ack() && ack != status.rcv_nxt {
        let detail = format!("ACK {} where RCV.NXT is {}", ack.0, status.rcv_nxt.0);
        step.wrong(Rule::Fields, detail);
    }
    if connected && flags.ack() && flight.length == 0 && seq != status.snd_nxt {
        let detail = format!("an ACK at {} where SND.NXT is {}", seq.0, status.snd_nxt.0);
        step.wrong(Rule::Fields, detail);
    }
}
