//! The worlds that are searched.

use tcp::event::Timer;

use crate::config::{Call, Config, Opening};
use crate::watch::Rule;

/// Every ending a connection knows.
const ALL_ENDINGS: &[Call] = &[Call::Shutdown, Call::Close, Call::Abort];
const CLOSINGS: &[Call] = &[Call::Shutdown, Call::Close];
const CLOSE: &[Call] = &[Call::Close];

/// What most worlds share: client and server, one segment each way, nothing lost.
const PLAIN: Config = Config {
    name: "",
    openings: [Opening::Connect, Opening::Listen],
    opens: [1, 1],
    data: [0, 0],
    calls: [CLOSE, CLOSE],
    reboots: [0, 0],
    isn: [&[100], &[300]],
    isn_once: false,
    capacity: 1,
    loss: true,
    duplication: true,
    reordering: true,
    old_syn: false,
    timers: &Timer::ALL,
    quiet_time_wait: true,
    heals: true,
    never: None,
    fails: None,
    settings: &[],
    deadlines: [Vec::new(), Vec::new()],
};

/// Numbers that wrap in the handshake, with the first byte, and with the FIN.
const WRAP: [&[u32]; 2] = [&[u32::MAX], &[u32::MAX - 1]];
/// The next connection's numbers lie so that what is left of the first fits into it.
const REUSE: [&[u32]; 2] = [&[110, 100], &[300, 310]];

impl Config {
    /// Small enough for every test run.
    #[must_use]
    pub fn small() -> Vec<Config> {
        let both = [Opening::Connect, Opening::Connect];
        let passive = [Opening::Passive, Opening::Passive];
        vec![
            Config {
                name: "client-server",
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 1,
                ..PLAIN
            },
            Config {
                name: "client-server-wrap",
                data: [1, 0],
                isn: WRAP,
                ..PLAIN
            },
            Config {
                name: "client-server-wrap-2",
                data: [1, 1],
                isn: WRAP,
                ..PLAIN
            },
            Config {
                name: "bare-passive",
                openings: [Opening::Connect, Opening::Passive],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                ..PLAIN
            },
            Config {
                name: "simultaneous-open",
                openings: both,
                capacity: 1,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-wrap",
                openings: both,
                data: [0, 0],
                isn: WRAP,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-wrap-data",
                openings: both,
                data: [1, 0],
                isn: WRAP,
                ..PLAIN
            },
            Config {
                name: "two-listeners",
                openings: passive,
                old_syn: true,
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "two-listeners-3",
                openings: passive,
                old_syn: true,
                capacity: 3,
                ..PLAIN
            },
            Config {
                name: "reboot",
                calls: [CLOSE, CLOSE],
                reboots: [0, 1],
                isn: [&[100], &[300, 400]],
                ..PLAIN
            },
        ]
    }

    /// The small ones and those for which one has to wait.
    #[must_use]
    pub fn all() -> Vec<Config> {
        let both = [Opening::Connect, Opening::Connect];
        let long = Config {
            capacity: 3,
            ..PLAIN
        };
        let mut all = Config::small();
        all.extend([
            Config {
                name: "time-wait-honoured",
                opens: [2, 1],
                data: [1, 0],
                isn: REUSE,
                loss: false,
                settings: &[("time-wait-protection", "on")],
                ..PLAIN
            },
            Config {
                name: "time-wait-ignored",
                opens: [2, 1],
                data: [1, 0],
                isn: REUSE,
                loss: false,
                capacity: 2,
                settings: &[("time-wait-protection", "on")],
                timers: &[Timer::TimeWait],
                quiet_time_wait: false,
                heals: false,
                fails: Some(Rule::OldIncarnation),
                ..PLAIN
            },
            Config {
                name: "client-server-2",
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-2",
                openings: both,
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "client-server-data",
                data: [1, 1],
                calls: [CLOSINGS, CLOSINGS],
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "client-server-aborts",
                data: [1, 0],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-aborts",
                openings: both,
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                ..PLAIN
            },
            Config {
                name: "bare-passive-again",
                openings: [Opening::Connect, Opening::Passive],
                opens: [2, 2],
                isn: [&[100, 200], &[300, 400]],
                ..PLAIN
            },
            Config {
                name: "in-order",
                data: [2, 2],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                duplication: false,
                reordering: false,
                capacity: 3,
                ..PLAIN
            },
            Config {
                name: "client-server-3",
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                ..long.clone()
            },
            Config {
                name: "reboots-2",
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                reboots: [1, 1],
                opens: [2, 1],
                isn: [&[100, 150, 200], &[300, 350, 400, 450]],
                isn_once: true,
                capacity: 2,
                ..long.clone()
            },
            Config {
                name: "simultaneous-open-data-3",
                openings: both,
                data: [1, 1],
                calls: [CLOSINGS, CLOSINGS],
                isn: WRAP,
                ..long.clone()
            },
            Config {
                name: "client-server-data-3",
                data: [2, 1],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                isn: WRAP,
                ..long
            },
        ]);
        all
    }
}
