//! A script as a run that the page can open: host A is the engine with the script's calls, host B sends the script's packets.

use std::net::SocketAddr;

use sim::history::{History, Progress};
use sim::run::{
    Action, ENGINE_VERSION, HostId, HostKind, HostSpec, LinkSpec, Marker, Run, Scenario,
    ScriptLine, SocketName, When,
};
use sim::trace::Place;
use tcp::event::SocketId;
use tcp::settings::Settings;
use tcp::time::{Duration, Instant};

use super::ast::Direction;
use super::packet::Wire;
use super::runner::{Account, Deed, Logged, Options, Pace, SEED, account};

/// The longest and the shortest way of a packet, in microseconds.
const LATENCY_MAX_US: u64 = 50_000;
const LATENCY_MIN_US: u64 = 1_000;

/// The chapter of a run at which its script failed.
pub const FAILED: &str = "script-failed";

/// So long after its last line the run ends.
const REST_US: u64 = 1_000_000;

/// More events than any script makes.
const EVENTS_MAX: u32 = 5_000_000;

/// Why a script is no run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreplayed {
    /// It cannot be read, or there is not one packet in it.
    Nothing,
    /// As a run, the engine would send something else, from this packet on (counted from 1).
    Differs(usize),
}

impl core::fmt::Display for Unreplayed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Unreplayed::Nothing => write!(f, "there is nothing to replay"),
            Unreplayed::Differs(nth) => {
                write!(f, "as a run, packet {nth} of the engine would be another")
            }
        }
    }
}

impl core::error::Error for Unreplayed {}

/// What the run calls a socket of the engine.
pub(super) fn name(socket: SocketId) -> String {
    format!("s{}", socket.0)
}

/// A script as a run, as far as it got.
///
/// The engine sends in it what it sends under [`super::run`]; that is tried before
/// the run is given out. A chapter [`FAILED`] marks where the script failed. Packets of one moment arrive a microsecond apart, and
/// everything happens to the engine as much later as a packet's way takes.
///
/// # Errors
/// There is nothing to replay, or the run would not be the same.
pub fn replay(text: &str, options: &Options) -> Result<Run, Unreplayed> {
    let first = account(text, options, Pace::default()).map_err(|_| Unreplayed::Nothing)?;
    if first.outcome.packets.is_empty() {
        return Err(Unreplayed::Nothing);
    }
    let latency = latency_us(&first.outcome.packets);
    let pace = Pace {
        start: latency,
        one_by_one: true,
    };
    let account = account(text, options, pace).map_err(|_| Unreplayed::Nothing)?;
    let mut run = run_of(&account, latency);
    compare(&mut run, &account.outcome.packets)?;
    Ok(run)
}

/// As long as a packet's way can take without an answer leaving before what it answers has arrived.
fn latency_us(packets: &[Logged]) -> u64 {
    let mut sent = None;
    let mut shortest = u64::MAX;
    for packet in packets {
        match (packet.direction, sent) {
            (Direction::Outbound, _) => sent = Some(packet.time_us),
            (Direction::Inbound, Some(sent)) => {
                shortest = shortest.min(packet.time_us.saturating_sub(sent));
            }
            (Direction::Inbound, None) => {}
        }
    }
    (shortest / 2).clamp(LATENCY_MIN_US, LATENCY_MAX_US)
}

fn run_of(account: &Account, latency: u64) -> Run {
    let mut lines: Vec<(u64, Action)> = Vec::new();
    let mut settings = account.settings.clone();
    for (time, deed) in &account.deeds {
        match deed {
            Deed::Call(socket, call) => lines.push((
                *time,
                Action::Call {
                    socket: SocketName {
                        host: HostId::A,
                        name: name(*socket),
                        instance: None,
                    },
                    fresh: false,
                    call: call.clone(),
                },
            )),
            Deed::Set(new) => {
                for (name, value) in differences(&settings, new) {
                    let host = Some(HostId::A);
                    lines.push((*time, Action::Set { host, name, value }));
                }
                settings = (**new).clone();
            }
        }
    }
    // A packet leaves so early that it arrives when the script says: by the engine's clock that is when the script's says so.
    let mut free = 0;
    for packet in &account.outcome.packets {
        if packet.direction == Direction::Inbound {
            let time = packet.time_us.max(free);
            free = time + 1;
            let datagram = packet.bytes.clone();
            let host = HostId::B;
            lines.push((time, Action::Emit { host, datagram }));
        }
    }
    lines.sort_by_key(|(time, _)| *time);
    let last = lines.last().map_or(0, |(time, _)| *time);
    let last = account
        .outcome
        .packets
        .last()
        .map_or(last, |packet| last.max(packet.time_us));
    let failed = account.outcome.failure.is_some().then(|| Marker {
        time: Instant(account.ended),
        checkpoint: false,
        key: FAILED.to_owned(),
    });
    let last = last.max(failed.as_ref().map_or(0, |marker| marker.time.0));
    let host = |kind, address: SocketAddr, settings| HostSpec {
        kind,
        addresses: vec![address.ip()],
        mtu: account.mtu,
        policy: account.settings.policy,
        settings,
    };
    let changed = account.settings.changed();
    let own = changed.map(|(name, value)| (name.to_owned(), value));
    let link = LinkSpec {
        latency: Duration(latency),
        ..LinkSpec::default()
    };
    Run {
        engine: ENGINE_VERSION.to_owned(),
        scenario: Scenario {
            id: "packetdrill".to_owned(),
            title: "packetdrill".to_owned(),
            until: Some(Instant(last + 2 * latency + REST_US)),
            hosts: [
                host(HostKind::Engine, account.local, own.collect()),
                host(HostKind::Script, account.remote, Vec::new()),
            ],
            attacker: None,
            link: [link.clone(), link],
            rules: Vec::new(),
            script: lines
                .into_iter()
                .map(|(time, action)| ScriptLine {
                    when: When::At(Instant(time)),
                    action,
                })
                .collect(),
            recorded: [Vec::new(), Vec::new()],
            markers: failed.into_iter().collect(),
        },
        seed: SEED,
        interventions: Vec::new(),
        trace_hash: None,
    }
}

/// What has to be set to come from one to the other.
fn differences(from: &Settings, to: &Settings) -> Vec<(String, String)> {
    Settings::table()
        .iter()
        .filter_map(|info| {
            let value = to.value(info.name)?;
            (from.value(info.name).as_ref() != Some(&value)).then(|| (info.name.to_owned(), value))
        })
        .collect()
}

/// Plays the run: does the engine send what it sent? If so, the run learns the hash of its trace.
fn compare(run: &mut Run, packets: &[Logged]) -> Result<(), Unreplayed> {
    let mut history = History::new(run.clone()).map_err(|_| Unreplayed::Nothing)?;
    if let Progress::More(_) = history.advance_to_end(EVENTS_MAX) {
        return Err(Unreplayed::Nothing);
    }
    let trace = history.trace();
    let mut sent = crate::sends(trace).filter(|sent| sent.place == Place::A);
    let expected = packets
        .iter()
        .filter(|packet| packet.direction == Direction::Outbound);
    let mut bytes = Vec::new();
    for (nth, packet) in (1..).zip(expected) {
        let same = sent.next().is_some_and(|sent| {
            bytes.clear();
            trace.datagram(sent.send, &mut bytes) && looks_same(&bytes, &packet.bytes)
        });
        if !same {
            return Err(Unreplayed::Differs(nth));
        }
    }
    run.trace_hash = Some(trace.hash());
    Ok(())
}

/// The application of a run writes other bytes, but as many of them.
fn looks_same(one: &[u8], other: &[u8]) -> bool {
    let without_payload = |bytes: &[u8]| {
        let mut wire = Wire::read(bytes).ok()?;
        wire.payload.fill(0);
        Some(wire)
    };
    match (without_payload(one), without_payload(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}
