//! Invariants looked at after every step. For tests and searches; the page never asks.
//!
//! | rule | holds |
//! |---|---|
//! | `arcs` | every change of state is an arc of RFC 9293 (figure 5, its notes, the prose) |
//! | `no-rst-for-rst` | a RST is never the answer to a RST |
//! | `order` | SND.UNA =< SND.NXT; RCV.NXT never decreases; the right window edge never shrinks |
//! | `one-syn-one-fin` | SYN and FIN use one number each, and nothing is sent beyond the FIN |
//! | `prefix` | bytes received are a prefix of bytes sent; after a clean close on both ends they are all of them |
//! | `one-report` | a connection ends once, and says nothing after that |
//! | `fates` | every datagram has one sending and at most one first end, and ends come after sendings |

use alloc::collections::{BTreeMap, BTreeSet};

use tcp::event::Ended;
use tcp::seq::Seq;
use tcp::state::State;
use tcp::status::{SocketKind, Status};
use tcp::time::Instant;
use tcp::wire::Flags;

use crate::run::{HostId, Run};
use crate::trace::{Place, Record, RecordId, RecordKind, Trace};
use crate::world::{RunError, World};

/// What was found wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The rule's id.
    pub rule: &'static str,
    /// The last record there was.
    pub record: RecordId,
    /// When.
    pub time: Instant,
    /// What exactly, for the developer.
    pub detail: String,
}

/// Plays a run to its end or for so many steps, looking after every one.
///
/// # Errors
/// The run cannot be played.
pub fn play(run: &Run, steps_max: u64) -> Result<(Trace, Option<Violation>), RunError> {
    let mut world = World::new(run)?;
    world.keeps_bytes = true;
    let mut trace = Trace::default();
    let mut checker = Checker::default();
    for _ in 0..steps_max {
        let next = world.next_time(run);
        if next.is_none_or(|next| run.scenario.until.is_some_and(|until| next > until)) {
            break;
        }
        world.step(run, &mut trace);
        if let Err(violation) = checker.look(&world, &trace) {
            return Ok((trace, Some(violation)));
        }
    }
    let last = checker.end(&world, &trace).err();
    Ok((trace, last))
}

/// What is remembered of a connection from step to step.
#[derive(Clone, Debug)]
struct Seen {
    status: Status,
}

#[derive(Clone, Debug, Default)]
struct Numbers {
    syn: Option<u32>,
    fin: Option<u32>,
    /// How far beyond SYN the highest number sent lies.
    reached: u32,
}

/// Remembers what it needs to compare one step with the next.
#[derive(Clone, Debug, Default)]
struct Checker {
    records: u32,
    seen: BTreeMap<(HostId, u32), Seen>,
    numbers: BTreeMap<(Place, u32), Numbers>,
    ended: BTreeMap<(Place, u32), Ended>,
    /// Sockets in LISTEN.
    listeners: BTreeSet<(Place, u32)>,
    /// ISS and IRS of connections: the other end has them the other way round.
    pairs: BTreeMap<(HostId, u32), (u32, u32)>,
}

impl Checker {
    fn look(&mut self, world: &World, trace: &Trace) -> Result<(), Violation> {
        let wrong = |rule, detail: String| {
            let record = RecordId((trace.len() as u32).saturating_sub(1));
            Err(Violation {
                rule,
                record,
                time: world.now,
                detail,
            })
        };
        while (self.records as usize) < trace.len() {
            let record = trace
                .record(RecordId(self.records))
                .expect("it is within the trace");
            self.records += 1;
            if let Err((rule, detail)) = self.record(trace, &record) {
                return wrong(rule, detail);
            }
        }
        for host in &world.hosts {
            for status in host.stack.sockets() {
                let key = (host.id, status.socket.0 + host.base);
                if let Some(problem) = self
                    .seen
                    .get(&key)
                    .and_then(|seen| order(&seen.status, &status))
                {
                    return wrong("order", format!("{key:?}: {problem}; {status:?}"));
                }
                if status.state.is_synchronized() {
                    self.pairs.insert(key, (status.iss.0, status.irs.0));
                }
                if status.kind == SocketKind::Connection && status.state != State::Listen {
                    self.seen.insert(key, Seen { status });
                } else {
                    self.seen.remove(&key);
                }
            }
        }
        match self.prefix(world, false) {
            Some(problem) => wrong("prefix", problem),
            None => Ok(()),
        }
    }

    fn end(&self, world: &World, trace: &Trace) -> Result<(), Violation> {
        match self.prefix(world, true) {
            Some(detail) => {
                let record = RecordId((trace.len() as u32).saturating_sub(1));
                Err(Violation {
                    rule: "prefix",
                    record,
                    time: world.now,
                    detail,
                })
            }
            None => Ok(()),
        }
    }

    /// What is wrong between what was sent and what was received, over all pairs of connections that belong together.
    fn prefix(&self, world: &World, at_end: bool) -> Option<String> {
        for (&(host, number), &(iss, irs)) in &self.pairs {
            let Some((&(peer, other_number), _)) = self
                .pairs
                .iter()
                .find(|((h, _), numbers)| *h != host && **numbers == (irs, iss))
            else {
                continue;
            };
            let socket = |host: HostId, number: u32| {
                let h = &world.hosts[host.index()];
                h.sockets.get(&number.checked_sub(h.base)?)
            };
            let (Some(mine), Some(other)) = (socket(host, number), socket(peer, other_number))
            else {
                continue;
            };
            if !other.gave.starts_with(&mine.got) {
                return Some(format!(
                    "{} socket {number} received what was not sent",
                    host.id()
                ));
            }
            let clean = |host: HostId, number| {
                self.ended.get(&(host.place(), number)) == Some(&Ended::Closed)
            };
            let both = clean(host, number) && clean(peer, other_number);
            if at_end && both && mine.reading && mine.got.len() != other.gave.len() {
                let (got, gave) = (mine.got.len(), other.gave.len());
                return Some(format!(
                    "{} socket {number} closed cleanly with {got} of {gave} bytes",
                    host.id()
                ));
            }
        }
        None
    }

    fn record(&mut self, trace: &Trace, record: &Record) -> Result<(), (&'static str, String)> {
        let key = (record.place, record.socket);
        let is_host = matches!(record.place, Place::A | Place::B) && record.socket != 0;
        match record.kind {
            RecordKind::State { from, to, .. } => {
                if !is_arc(from, to) {
                    return Err(("arcs", format!("{key:?}: {} -> {}", from.name(), to.name())));
                }
                if self.ended.contains_key(&key) {
                    return Err(("one-report", format!("{key:?} changes state after its end")));
                }
                if to == State::Listen {
                    self.numbers.remove(&key);
                    self.listeners.insert(key);
                } else {
                    self.listeners.remove(&key);
                }
            }
            RecordKind::Ended { how, .. } if self.ended.insert(key, how).is_some() => {
                return Err(("one-report", format!("{key:?} ends twice")));
            }
            RecordKind::Arrive { send, .. } | RecordKind::Drop { send, .. } => {
                let sent = trace
                    .sent(send)
                    .ok_or(("fates", format!("{send:?} is no sending")))?;
                if sent.time > record.time || sent.fate.is_none() {
                    return Err((
                        "fates",
                        format!("{send:?} ends before it begins, or not at all"),
                    ));
                }
            }
            RecordKind::Send { .. } if is_host => return self.sent(trace, record),
            _ => {}
        }
        Ok(())
    }

    fn sent(&mut self, trace: &Trace, record: &Record) -> Result<(), (&'static str, String)> {
        let Some(sent) = trace.sent(record.id).filter(|s| s.tcp) else {
            return Ok(());
        };
        let flags = Flags(sent.flags);
        if flags.rst() {
            let mut cause = record.cause;
            // What made it answer: the datagram, not the timers and states in between.
            while let Some(at) = cause.and_then(|c| trace.record(c)) {
                if let RecordKind::Arrive { send, .. } | RecordKind::Drop { send, .. } = at.kind {
                    let trigger = trace.sent(send).map_or(0, |s| s.flags);
                    if Flags(trigger).rst() {
                        return Err((
                            "no-rst-for-rst",
                            format!("{:?} answers {:?}", record.id, at.id),
                        ));
                    }
                    break;
                }
                if !matches!(at.kind, RecordKind::State { .. }) {
                    break;
                }
                cause = at.cause;
            }
            return Ok(());
        }
        let key = (record.place, record.socket);
        if self.listeners.contains(&key) {
            // SYN cookies have no socket of their own yet.
            return Ok(());
        }
        let numbers = self.numbers.entry(key).or_default();
        if flags.syn() {
            if numbers.syn.is_some_and(|syn| syn != sent.seq) {
                return Err((
                    "one-syn-one-fin",
                    format!("{:?}: two SYNs with two numbers", record.id),
                ));
            }
            numbers.syn = Some(sent.seq);
        }
        let Some(syn) = numbers.syn else {
            return Ok(());
        };
        let end = Seq(sent.seq)
            .add(sent.len + flags.sequence_length())
            .since(Seq(syn));
        if flags.fin() {
            let fin = Seq(sent.seq).add(sent.len + u32::from(flags.syn())).0;
            if numbers.fin.is_some_and(|known| known != fin) {
                return Err((
                    "one-syn-one-fin",
                    format!("{:?}: two FINs with two numbers", record.id),
                ));
            }
            numbers.fin = Some(fin);
        }
        // A keep-alive's number lies before what was sent; only new numbers count.
        if end < 1 << 31 {
            numbers.reached = numbers.reached.max(end);
        }
        if let Some(fin) = numbers.fin
            && numbers.reached > Seq(fin).since(Seq(syn)) + 1
        {
            return Err((
                "one-syn-one-fin",
                format!("{:?}: numbers beyond the FIN", record.id),
            ));
        }
        Ok(())
    }
}

/// What is wrong between one STATUS of a connection and the next: numbers that go back, a window that shrinks.
#[must_use]
pub fn order(before: &Status, now: &Status) -> Option<&'static str> {
    if !now.snd_una.at_or_before(now.snd_nxt) {
        return Some("SND.UNA is beyond SND.NXT");
    }
    if before.iss != now.iss || before.irs != now.irs {
        // Another incarnation (a listener's, or after RFC 6191).
        return None;
    }
    if before.state == State::SynSent || now.state == State::SynSent {
        return None;
    }
    if now.snd_una.before(before.snd_una) {
        return Some("SND.UNA goes back");
    }
    if now.rcv_nxt.before(before.rcv_nxt) {
        return Some("RCV.NXT goes back");
    }
    // The window of a SYN is never scaled, so that what stands in it may lie below what is meant.
    let settled = before.state.is_synchronized() && now.kind == before.kind;
    if settled
        && now
            .rcv_nxt
            .add(now.rcv_wnd)
            .before(before.rcv_nxt.add(before.rcv_wnd))
    {
        return Some("the right window edge shrinks");
    }
    None
}

/// Whether RFC 9293 knows this change of state: figure 5, its notes and the prose.
#[must_use]
pub fn is_arc(from: State, to: State) -> bool {
    use State::{
        CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived,
        SynSent, TimeWait,
    };
    // Every state with a TCB can end: CLOSE, ABORT, RST, a time limit, a hard error.
    if to == Closed && from != Closed {
        return true;
    }
    matches!(
        (from, to),
        (Closed, Listen | SynSent)
            | (Listen, SynReceived | SynSent)
            | (SynSent, SynReceived | Established | CloseWait)
            | (SynReceived, Listen | Established | FinWait1 | CloseWait)
            | (Established, FinWait1 | CloseWait)
            | (FinWait1, FinWait2 | Closing | TimeWait)
            | (FinWait2, TimeWait)
            | (Closing, TimeWait)
            | (CloseWait, LastAck)
            | (TimeWait, SynReceived)
            // Trap T6: the one who aborts may linger in TIME-WAIT.
            | (SynReceived | Established | CloseWait, TimeWait)
    )
}
