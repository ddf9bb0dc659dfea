//! What makes one world differ from another.

use tcp::event::Timer;
use tcp::settings::{Policy, Settings};
use tcp::state::State;

use crate::watch::Rule;

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

impl Call {
    /// All of them.
    pub const ALL: [Call; 6] = [
        Call::Open,
        Call::Send,
        Call::Shutdown,
        Call::Close,
        Call::Abort,
        Call::Reboot,
    ];
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
    /// Nothing is searched beyond where one of them would come again.
    pub isn_once: bool,
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
    /// The timers that run out; all of them, but where a way is to be found soon.
    pub timers: &'static [Timer],
    /// 2MSL passes only when nothing of that connection is on the way.
    pub quiet_time_wait: bool,
    /// From every situation it is tried whether all ends well once the link is healed.
    pub heals: bool,
    /// No end reaches this state, it says: a rule that is false, to see what becomes of one.
    pub never: Option<State>,
    /// The rule that is to fail, where one is; others are not looked at.
    pub fails: Option<Rule>,
    /// Engine settings beside those below.
    pub settings: &'static [(&'static str, &'static str)],
    /// Settings of one end alone, for a way that is played once: they only choose
    /// deadlines, which the search does not look at.
    pub deadlines: [Vec<(&'static str, &'static str)>; 2],
}

impl Config {
    /// The bounds in a few words.
    #[must_use]
    pub fn bounds(&self) -> String {
        let openings = match self.openings {
            [Opening::Connect, Opening::Connect] => "both connect",
            [Opening::Connect, Opening::Listen] => "client, listener",
            [Opening::Connect, Opening::Passive] => "client, passive OPEN",
            [Opening::Passive, Opening::Passive] => "two passive OPENs",
            _ => "no client",
        };
        let mut all = vec![openings.to_owned(), format!("{} on the way", self.capacity)];
        let pair = |what: &str, [a, b]: [u8; 2]| format!("{what} {a}+{b}");
        if self.opens != [1, 1] {
            all.push(pair("OPENs", self.opens));
        }
        if self.data != [0, 0] {
            all.push(pair("bytes", self.data));
        }
        if self.reboots != [0, 0] {
            all.push(pair("reboots", self.reboots));
        }
        let calls = self.calls.map(<[Call]>::len);
        all.push(
            match calls[0].max(calls[1]) {
                0 | 1 => "close",
                2 => "shutdown, close",
                _ => "shutdown, close, abort",
            }
            .into(),
        );
        let hardships = [
            (self.loss, "loss"),
            (self.duplication, "duplication"),
            (self.reordering, "reordering"),
            (self.old_syn, "an old SYN"),
            (
                self.isn.iter().any(|numbers| numbers[0] > u32::MAX / 2),
                "numbers wrap",
            ),
            (!self.quiet_time_wait, "2MSL at any time"),
            (self.timers.len() < Timer::ALL.len(), "no other timer"),
        ];
        all.extend(
            hardships
                .iter()
                .filter(|(is, _)| *is)
                .map(|(_, what)| (*what).to_owned()),
        );
        all.join(", ")
    }

    /// The engine's settings: no limit that counts, no clock that matters, no option but the MSS.
    #[must_use]
    pub fn engine(&self, side: usize) -> Settings {
        let mut settings = Settings::new(Policy::Rfc);
        let numbers: Vec<String> = self.isn[side].iter().map(u32::to_string).collect();
        let listed = format!("listed {}", numbers.join(", "));
        let all = SETTINGS
            .iter()
            .chain(self.settings)
            .chain(&self.deadlines[side]);
        for (name, value) in all.copied().chain([("isn", listed.as_str())]) {
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
