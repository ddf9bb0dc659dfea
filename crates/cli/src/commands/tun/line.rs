//! The line between the engine and the device: its rules, and what waits on it.

use std::collections::VecDeque;

use sim::run::HostId;
use sim::trace::{Place, RecordId};
use tcp::time::Duration;
use tcp::wire::Flags;

use super::driver::{Driver, flags_of};
use super::impair::Way;
use super::record::Arrival;
use super::tape::Taped;
use crate::trouble::Trouble;

/// A datagram that is held up on the line.
pub struct Delayed {
    way: Way,
    bytes: Vec<u8>,
    send: Option<RecordId>,
    taped: Option<Taped>,
    flipped: Option<u32>,
}

impl Driver {
    /// The line does to a datagram what its rules say.
    pub fn travel(
        &mut self,
        way: Way,
        bytes: Vec<u8>,
        send: Option<RecordId>,
    ) -> Result<(), Trouble> {
        let now = self.now();
        let host = match way {
            Way::Out => HostId::A,
            Way::In => HostId::B,
        };
        let tape = self.tape.as_mut();
        let taped = tape.and_then(|tape| tape.sent(now, host, &bytes));
        let fate = self.impairment.fate(way, &bytes);
        if fate.lost || fate.dropped {
            if let (Some(recorder), Some(send)) = (&mut self.recorder, send) {
                recorder.lost(now, send, fate.dropped);
            }
            if let (Some(tape), Some(taped)) = (&mut self.tape, taped) {
                tape.lost(taped);
            }
            return Ok(());
        }
        for (copy, delay) in fate.copies.iter().enumerate() {
            let mut bytes = bytes.clone();
            let mut copy_send = send;
            if copy > 0
                && let Some(recorder) = &mut self.recorder
            {
                let to = match way {
                    Way::Out => Place::B,
                    Way::In => Place::A,
                };
                copy_send = Some(recorder.sent_by(now, Place::Link, to, &bytes, send));
            }
            if let Some(bit) = fate.corrupted_bit
                && let Some(byte) = bytes.get_mut(bit / 8)
            {
                *byte ^= 0x80 >> (bit % 8);
            }
            let delayed = Delayed {
                way,
                bytes,
                send: copy_send,
                taped,
                flipped: fate.corrupted_bit.map(|bit| bit as u32),
            };
            // Two copies do not arrive at one moment: which is the first has to be plain.
            let delay = match copy {
                0 => *delay,
                _ if *delay == fate.copies[0] => *delay + Duration(1),
                _ => *delay,
            };
            if delay == Duration::ZERO {
                self.pass(delayed)?;
            } else {
                self.order += 1;
                self.delayed.insert((now + delay, self.order), delayed);
            }
        }
        Ok(())
    }

    /// A datagram reaches its end of the line.
    pub fn pass(&mut self, datagram: Delayed) -> Result<(), Trouble> {
        match datagram.way {
            Way::Out => {
                self.device.send(&datagram.bytes)?;
                let now = self.now();
                if let (Some(tape), Some(taped)) = (&mut self.tape, datagram.taped) {
                    tape.arrived(now, taped, datagram.flipped);
                }
                if let (Some(recorder), Some(send)) = (&mut self.recorder, datagram.send) {
                    let altered = datagram.flipped.map(|_| &datagram.bytes[..]);
                    recorder.reached_other_end(now, send, altered);
                }
                Ok(())
            }
            Way::In => {
                if let Some(flags) = self.catching
                    && flags_of(&datagram.bytes).is_some_and(|f| f.contains(flags))
                {
                    self.catching = None;
                    self.held = Some(VecDeque::new());
                }
                match &mut self.held {
                    Some(held) => {
                        held.push_back(datagram);
                        Ok(())
                    }
                    None => self.arrive(datagram),
                }
            }
        }
    }

    /// A datagram reaches the engine. The application may act before TCP's answers leave, as a process that is woken
    /// up may.
    fn arrive(&mut self, datagram: Delayed) -> Result<(), Trouble> {
        let now = self.now();
        let mut first = true;
        if let (Some(tape), Some(taped)) = (&mut self.tape, datagram.taped) {
            first = tape.arrived(now, taped, datagram.flipped);
            tape.arriving(Some(taped));
        }
        self.arriving = true;
        self.stack.handle_datagram(now, &datagram.bytes);
        let arrival = Arrival::of(&mut self.stack);
        if let (Some(recorder), Some(send)) = (&mut self.recorder, datagram.send) {
            let altered = datagram.flipped.map(|_| &datagram.bytes[..]);
            self.cause = Some(recorder.arrived(now, send, &arrival, altered));
        }
        for event in arrival.events {
            self.event(event)?;
        }
        if first {
            self.applications()?;
        }
        self.arriving = false;
        if let Some(tape) = &mut self.tape {
            tape.arriving(None);
        }
        self.settle()?;
        Ok(())
    }

    /// From now on the next segment with these flags is held back, and all that comes behind it.
    pub fn catch(&mut self, flags: Flags) {
        self.catching = Some(flags);
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// What is held back arrives.
    pub fn release(&mut self) -> Result<(), Trouble> {
        self.turn_over = true;
        self.stirred = true;
        for datagram in self.held.take().into_iter().flatten() {
            self.arrive(datagram)?;
        }
        Ok(())
    }
}
