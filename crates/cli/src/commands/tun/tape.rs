//! What happens, as a run that can be played again: the application's calls, the
//! other end's datagrams with their times, and the engine's own to compare with.
//!
//! Everything the engine is told bears a moment of the driver's, and chance comes
//! from one seed: the same engine, played, sends the same segments at the same
//! moments.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sim::history::{History, Progress};
use sim::recording::{Recorded, RecordedFate};
use sim::run::{
    Action, Call, Direction, ENGINE_VERSION, HostId, HostKind, HostSpec, LinkSpec, Run, Scenario,
    ScriptLine, SocketName, When,
};
use sim::trace::RecordKind;
use tcp::time::{Duration, Instant};
use tcp::wire::Datagram;

use super::Options;

/// Payload of up to so many bytes is kept as it is.
const PAYLOAD_MAX: usize = 64;

/// A recording ends with this many datagrams of one host.
const DATAGRAMS_MAX: usize = 20_000;

/// More events than any recording makes.
const EVENTS_MAX: u32 = 5_000_000;

/// A datagram on the tape: whose, and its place there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Taped {
    host: HostId,
    index: usize,
}

/// The tape.
pub struct Tape {
    seed: u64,
    script: Vec<ScriptLine>,
    recorded: [Vec<Recorded>; 2],
    /// A datagram's arrival is under way: calls made now come before the engine answers it.
    arriving: Option<Taped>,
    /// It is full: nothing is written any more, and it ends here.
    full: Option<Instant>,
}

/// What a recording came to when it was played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Replay {
    /// The engine sends what it sent.
    Same,
    /// It sends something else: which of its datagrams (from 1), and how that differs.
    Differs(u32, &'static str),
    /// It cannot be played.
    Unplayable,
}

impl Tape {
    pub fn new(seed: u64) -> Tape {
        Tape {
            seed,
            script: Vec::new(),
            recorded: [Vec::new(), Vec::new()],
            arriving: None,
            full: None,
        }
    }

    /// The application calls. What it does as soon as something arrives belongs to that arrival.
    pub fn called(&mut self, now: Instant, name: String, call: Call) {
        // Applications read by themselves whatever there is, and STATUS changes nothing.
        if matches!(call, Call::Receive(_) | Call::Status) || self.full.is_some() {
            return;
        }
        let when = match self.arriving {
            Some(Taped { host, index }) => When::Arrives {
                host,
                nth: index as u32 + 1,
            },
            None => When::At(now),
        };
        let socket = SocketName {
            host: HostId::A,
            name,
            instance: None,
        };
        let action = Action::Call {
            socket,
            fresh: false,
            call,
        };
        self.script.push(ScriptLine { when, action });
    }

    /// A host puts a datagram on the line; none once the tape is full.
    pub fn sent(&mut self, now: Instant, host: HostId, datagram: &[u8]) -> Option<Taped> {
        let all = &mut self.recorded[host.index()];
        if all.len() >= DATAGRAMS_MAX {
            self.full.get_or_insert(now);
        }
        if self.full.is_some() {
            return None;
        }
        all.push(Recorded::new(now, datagram, PAYLOAD_MAX));
        Some(Taped {
            host,
            index: all.len() - 1,
        })
    }

    fn fate(&mut self, taped: Taped) -> &mut RecordedFate {
        &mut self.recorded[taped.host.index()][taped.index].fate
    }

    /// It is lost.
    pub fn lost(&mut self, taped: Taped) {
        *self.fate(taped) = RecordedFate::Lost;
    }

    /// It arrives, perhaps for the second time; answers whether it is the first.
    pub fn arrived(&mut self, now: Instant, taped: Taped, flipped: Option<u32>) -> bool {
        let fate = self.fate(taped);
        match fate {
            RecordedFate::Arrives { copy, .. } => {
                *copy = Some(now);
                false
            }
            _ => {
                *fate = RecordedFate::Arrives {
                    at: now,
                    corrupt: flipped,
                    copy: None,
                };
                true
            }
        }
    }

    /// From now on calls belong to this arrival, or to none.
    pub fn arriving(&mut self, taped: Option<Taped>) {
        self.arriving = taped;
    }

    /// The run: this engine at A, the operating system at B. It ends where it was left off, unless nothing was open any more.
    pub fn run(&self, options: &Options, left_off: Option<Instant>) -> Run {
        let mut recorded = self.recorded.clone();
        if let Some(full) = self.full {
            // Of the moment at which it was full it has a part.
            for all in &mut recorded {
                all.truncate(all.partition_point(|recorded| recorded.sent < full));
            }
        }
        let mut link = [LinkSpec::default(), LinkSpec::default()];
        for host in HostId::ALL {
            let latency = usual_way(&mut recorded[host.index()]);
            link[Direction::from(host).index()].latency = latency;
        }
        let policy = options.settings.policy;
        let own = options.settings.changed();
        let own = own.map(|(name, value)| (name.to_owned(), value)).collect();
        let [ours, theirs] = self.addresses(options);
        let host = |kind, addresses, settings| HostSpec {
            kind,
            addresses,
            mtu: options.mtu,
            policy,
            settings,
        };
        Run {
            engine: ENGINE_VERSION.to_owned(),
            scenario: Scenario {
                id: "recording".to_owned(),
                title: "recording".to_owned(),
                until: self
                    .full
                    .map(|full| Instant(full.0.saturating_sub(1)))
                    .or(left_off),
                hosts: [
                    host(HostKind::Engine, ours, own),
                    host(HostKind::Recording, theirs, Vec::new()),
                ],
                attacker: None,
                link,
                rules: Vec::new(),
                script: self.script.clone(),
                recorded,
                markers: Vec::new(),
            },
            seed: self.seed,
            interventions: Vec::new(),
            trace_hash: None,
        }
    }

    /// The hosts' addresses; the first of both are of the kind that was used.
    fn addresses(&self, options: &Options) -> [Vec<IpAddr>; 2] {
        let mut theirs: Vec<IpAddr> = Vec::new();
        for (host, all) in HostId::ALL.into_iter().zip(&self.recorded) {
            // A datagram's own form is cut short where its payload is.
            let mut whole = Vec::new();
            for recorded in all {
                whole.clear();
                recorded.write(host.place(), &mut whole);
                let Ok(datagram) = Datagram::parse(&whole) else {
                    continue;
                };
                let address = match host {
                    HostId::A => datagram.destination,
                    HostId::B => datagram.source,
                };
                if !theirs.contains(&address) {
                    theirs.push(address);
                }
            }
        }
        if theirs.is_empty() {
            let silent = options.connect.map(|remote| remote.ip());
            theirs.push(silent.unwrap_or(match options.unspecified() {
                IpAddr::V4(_) => Ipv4Addr::new(192, 0, 2, 1).into(),
                IpAddr::V6(_) => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into(),
            }));
        }
        let mut ours = options.addresses.clone();
        let other_version = |address: &IpAddr| address.is_ipv4() != theirs[0].is_ipv4();
        ours.sort_by_key(other_version);
        [ours, theirs]
    }
}

/// The time that most datagrams took; what went that way need not be written down.
fn usual_way(all: &mut [Recorded]) -> Duration {
    let way = |recorded: &Recorded| match recorded.fate {
        RecordedFate::Arrives { at, .. } => Some(at.since(recorded.sent)),
        _ => None,
    };
    let latency = all.iter().filter_map(way).min().unwrap_or(Duration::ZERO);
    for recorded in all {
        let usual = RecordedFate::Arrives {
            at: recorded.sent + latency,
            corrupt: None,
            copy: None,
        };
        if recorded.fate == usual {
            recorded.fate = RecordedFate::Unknown;
        }
    }
    latency
}

/// Plays a recording: does the engine do again what it did? If so, the run learns the hash of its trace.
pub fn replay(run: &mut Run) -> Replay {
    let Ok(mut history) = History::new(run.clone()) else {
        return Replay::Unplayable;
    };
    if let Progress::More(_) = history.advance_to_end(EVENTS_MAX) {
        return Replay::Unplayable;
    }
    let differs = history.trace().iter().find_map(|record| match record.kind {
        RecordKind::Differs { nth, why } => Some(Replay::Differs(nth, why.id())),
        _ => None,
    });
    differs.unwrap_or_else(|| {
        run.trace_hash = Some(history.trace().hash());
        Replay::Same
    })
}
