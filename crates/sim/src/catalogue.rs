//! The scenarios that come with the playground.

use crate::run::Run;

/// Ids of all scenarios, in the order in which a course would take them.
#[must_use]
pub fn ids() -> impl ExactSizeIterator<Item = &'static str> {
    SCENARIOS.iter().map(|(id, _)| *id)
}

/// The page's first part has these many texts, the rest of it the others; `xtask`'s `AT_ONCE` names them.
const AT_ONCE: usize = 2;

/// The text of a scenario.
#[must_use]
pub fn text(id: &str) -> Option<&'static str> {
    let place = SCENARIOS.iter().position(|(known, _)| *known == id)?;
    Some(if place < AT_ONCE {
        SCENARIOS[place].1
    } else {
        later(place)
    })
}

/// A function of its own, so that it comes with the texts: the page knows a function that is still on its way from one
/// that is there, but not bytes.
#[inline(never)]
fn later(place: usize) -> &'static str {
    SCENARIOS[place].1
}

/// A scenario as a run with its own seed and no interventions.
#[must_use]
pub fn run(id: &str) -> Option<Run> {
    // The suite reads every one of them, so what stands here parses.
    text(id).map(|text| crate::text::parse(text).expect("a scenario of the catalogue parses"))
}

macro_rules! scenarios {
    ($($id:literal)*) => {
        const SCENARIOS: &[(&str, &str)] = &[$(($id, include_str!(concat!("../scenarios/", $id, ".txt")))),*];
    };
}

scenarios! {
    "three-way-handshake"
    "four-way-close"
    "three-way-close"
    "server-closes-first"
    "half-close"
    "half-close-peer-gone"
    "half-close-exhaustion"
    "simultaneous-close"
    "simultaneous-open"
    "connection-refused"
    "syn-lost"
    "syn-ack-lost"
    "handshake-ack-lost"
    "fin-lost"
    "last-ack-lost"
    "connect-timeout"
    "time-wait"
    "old-duplicate-syn"
    "half-open-discovery"
    "half-open-active"
    "old-duplicate-passive"
    "why-2msl"
    "time-wait-assassination"
    "reset-on-unread-data"
    "abort"
    "mss-negotiation"
    "isn-reuse"
    "host-unreachable"
    "isn-prediction"
    "blind-reset"
    "blind-data"
    "syn-flood"
    "syn-cookies"
    "keep-alive"
    "zero-window"
    "loss-and-recovery"
    "delayed-ack-and-nagle"
    "port-exhaustion"
    "linux-connection"
    "linux-simultaneous-open"
}
