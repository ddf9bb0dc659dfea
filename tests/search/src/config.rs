//! The worlds that are searched.

use tcp::settings::{Policy, Settings};

/// What an end does when it starts, and again after it lost its memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opening {
    /// A listener, whose connections are accepted at once.
    Listen,
    /// The RFC's bare passive OPEN.
    Passive,
    /// Nothing; an active OPEN whenever the application likes.
    Connect,
}

/// What an application can do. Each is possible as long as the end's budget allows.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Call {
    /// OPEN, active or passive, as the configuration has it.
    Open,
    /// SEND of one byte.
    Send,
    /// End our direction.
    Shutdown,
    /// CLOSE.
    Close,
    /// ABORT.
    Abort,
    /// The host loses its memory.
    Reboot,
}

/// One world to be searched.
#[derive(Clone, Debug)]
pub struct Config {
    /// What one types to search it alone.
    pub name: &'static str,
    /// What the ends do first.
    pub openings: [Opening; 2],
    /// How many OPENs each may do.
    pub opens: [u8; 2],
    /// How many bytes each may send in a connection.
    pub data: [u8; 2],
    /// What each may do with a connection beside sending.
    pub calls: [&'static [Call]; 2],
    /// How often each may lose its memory.
    pub reboots: [u8; 2],
    /// Initial sequence numbers, one after another, then from the front again.
    pub isn: [&'static [u32]; 2],
    /// How many segments are on the way in one direction at most; what is more is lost.
    pub capacity: usize,
    /// Segments may be lost.
    pub loss: bool,
    /// Segments may arrive again.
    pub duplication: bool,
    /// Segments may overtake each other.
    pub reordering: bool,
    /// A SYN of a connection long gone (from A's port, SEQ 90) is on the way at the start.
    pub old_syn: bool,
    /// 2MSL passes only when nothing of that connection is on the way.
    pub quiet_time_wait: bool,
    /// From one situation in so many it is tried whether all ends well; 0: from none.
    pub heal_every: u64,
    /// The property that is to fail, where one is.
    pub fails: Option<&'static str>,
    /// Engine settings beside those below.
    pub settings: &'static [(&'static str, &'static str)],
}

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
    capacity: 1,
    loss: true,
    duplication: true,
    reordering: true,
    old_syn: false,
    quiet_time_wait: true,
    heal_every: 1,
    fails: None,
    settings: &[],
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
                heal_every: 4,
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
                name: "two-listeners",
                openings: passive,
                old_syn: true,
                capacity: 2,
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
        let passive = [Opening::Passive, Opening::Passive];
        let long = Config {
            capacity: 3,
            heal_every: 16,
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
                heal_every: 8,
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
                quiet_time_wait: false,
                heal_every: 0,
                fails: Some(crate::watch::Rule::OldIncarnation.name()),
                ..PLAIN
            },
            Config {
                name: "client-server-2",
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "client-server-wrap-2",
                data: [1, 1],
                isn: WRAP,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-2",
                openings: both,
                capacity: 2,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-wrap-data",
                openings: both,
                data: [1, 0],
                isn: WRAP,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "client-server-data",
                data: [1, 1],
                calls: [CLOSINGS, CLOSINGS],
                capacity: 2,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "client-server-aborts",
                data: [1, 0],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "simultaneous-open-aborts",
                openings: both,
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                capacity: 2,
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "bare-passive-again",
                openings: [Opening::Connect, Opening::Passive],
                opens: [2, 2],
                isn: [&[100, 200], &[300, 400]],
                heal_every: 4,
                ..PLAIN
            },
            Config {
                name: "in-order",
                data: [2, 2],
                calls: [ALL_ENDINGS, ALL_ENDINGS],
                duplication: false,
                reordering: false,
                capacity: 3,
                heal_every: 8,
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
                isn: [&[100, 200], &[300, 400]],
                capacity: 2,
                ..long.clone()
            },
            Config {
                name: "two-listeners-3",
                openings: passive,
                old_syn: true,
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

    /// The engine's settings: no limit that counts, no clock that matters, no option but the MSS.
    #[must_use]
    pub fn engine(&self, side: usize) -> Settings {
        let mut settings = Settings::new(Policy::Rfc);
        let numbers: Vec<String> = self.isn[side].iter().map(u32::to_string).collect();
        let listed = format!("listed {}", numbers.join(", "));
        let shared = SETTINGS.iter().chain(self.settings).copied();
        for (name, value) in shared.chain([("isn", listed.as_str())]) {
            settings
                .set(name, value)
                .unwrap_or_else(|e| panic!("{name} {value}: {e:?}"));
        }
        settings
    }
}

/// What every world sets.
pub const SETTINGS: &[(&str, &str)] = &[
    ("congestion", "none"),
    ("syn-ack-retries", "255"),
    ("challenge-ack-limit", "unlimited"),
    ("delayed-ack", "off"),
    ("sws-avoidance", "off"),
    ("error-reports", "off"),
];
