//! What has to hold of an engine whatever arrives and whatever is called.

use std::collections::{BTreeMap, BTreeSet};

use tcp::event::{Event, EventKind, SocketId};
use tcp::settings::{SettingKind, Settings};
use tcp::stack::Stack;
use tcp::state::State;
use tcp::status::{SocketKind, Status};
use tcp::wire::{Datagram, Segment};

/// Looks at one engine from outside.
#[derive(Default)]
pub struct Judge {
    /// Connections that said how they ended.
    ended: BTreeMap<SocketId, EventKind>,
    /// The last STATUS of each.
    seen: BTreeMap<SocketId, Status>,
    /// By how much each socket may exceed its receive buffer. A TIME-WAIT record keeps the text, and no longer knows why.
    slack: BTreeMap<SocketId, u32>,
    /// The state each was said to be in.
    states: BTreeMap<SocketId, State>,
    /// Connections that a listener begot.
    begotten: BTreeSet<SocketId>,
    /// What the datagram that was just given came to.
    judgements: usize,
    /// Whether that was a RST.
    reset: bool,
}

impl Judge {
    /// A datagram is about to be given.
    pub fn arrives(&mut self, bytes: &[u8]) {
        self.judgements = 0;
        self.reset = Datagram::parse(bytes)
            .ok()
            .and_then(|datagram| Segment::parse(datagram.payload).ok())
            .is_some_and(|segment| segment.flags.rst());
    }

    /// It was given, and everything drained.
    pub fn arrived(&mut self) {
        assert!(self.judgements > 0, "nothing was said of what arrived");
        self.reset = false;
    }

    /// An event came out.
    pub fn event(&mut self, event: Event) {
        if matches!(
            event.kind,
            EventKind::Judged { .. } | EventKind::Refused { .. }
        ) {
            self.judgements += 1;
        }
        let Some(socket) = event.socket else { return };
        // What arrives for a connection that has just ended is still said to be judged by it.
        if !matches!(
            event.kind,
            EventKind::Judged { .. } | EventKind::Refused { .. }
        ) {
            let before = self.ended.get(&socket);
            assert!(before.is_none(), "{event:?} after {before:?}");
        }
        match event.kind {
            EventKind::State { from, to, .. } => {
                assert!(sim::check::is_arc(from, to), "{event:?} is no arc");
                if let Some(known) = self.states.insert(socket, to) {
                    assert_eq!(known, from, "{event:?}");
                }
            }
            EventKind::Begotten { .. } => drop(self.begotten.insert(socket)),
            EventKind::Ended { .. } => drop(self.ended.insert(socket, event.kind)),
            _ => {}
        }
    }

    /// A datagram was sent.
    pub fn sent(&mut self, bytes: &[u8], mtu: usize) {
        let datagram = Datagram::parse(bytes).expect("what we send can be read");
        assert!(datagram.header_checksum_ok());
        assert!(
            bytes.len() <= mtu,
            "{} bytes through an MTU of {mtu}",
            bytes.len()
        );
        let segment = Segment::parse(datagram.payload).expect("what we send can be read");
        assert!(segment.checksum_ok(datagram.source, datagram.destination));
        let flags = segment.flags;
        assert!(
            u8::from(flags.syn()) + u8::from(flags.fin()) + u8::from(flags.rst()) <= 1,
            "{flags:?}"
        );
        assert!(
            flags.ack() || flags.syn() || flags.rst(),
            "{flags:?} without ACK"
        );
        assert!(flags.urg() || segment.urgent_pointer == 0);
        assert_eq!(
            (segment.header()[12] & 15, flags.0 & 0xc0),
            (0, 0),
            "reserved bits"
        );
        let options = segment.parsed_options();
        assert!(
            flags.syn()
                || options.mss.is_none()
                    && options.window_scale.is_none()
                    && !options.sack_permitted
        );
        assert!(!(self.reset && flags.rst()), "a RST answers a RST");
    }

    /// Everything was drained: the variables are in order, and nothing has outgrown its bound.
    pub fn settled(&mut self, stack: &Stack, receive_buffer: u32, send_buffer: u32) {
        let sockets = stack.sockets();
        let settings = stack.settings();
        // An application makes as many as it likes; what a peer begets is limited.
        let begotten = sockets
            .iter()
            .filter(|s| s.kind != SocketKind::TimeWait && self.begotten.contains(&s.socket))
            .count();
        assert!(begotten <= settings.sockets as usize, "{begotten} begotten");
        for status in sockets {
            // Some policies make the buffer whole segments; a scaled window is rounded up rather than taken back.
            let scale = status.window_scale.map_or(0, |(ours, _)| ours);
            let slack = u32::from(status.mss_announced.max(status.mss_effective)) + (1 << scale);
            let known = self.slack.entry(status.socket).or_default();
            let slack = slack.max(*known);
            *known = slack;
            let bound = receive_buffer.max(settings.receive_buffer) + slack;
            assert!(
                status.receive_queue + status.reassembly_queue <= bound,
                "more than {bound}: {status:?}"
            );
            assert!(
                status.send_queue <= send_buffer.max(settings.send_buffer),
                "{status:?}"
            );
            if let Some(fin) = status.fin_seq {
                assert!(
                    status.snd_nxt.at_or_before(fin.add(1)),
                    "numbers beyond the FIN: {status:?}"
                );
            }
            if let Some(before) = self.seen.get(&status.socket)
                && let Some(problem) = sim::check::order(before, &status)
            {
                panic!("{problem}:\n{before:?}\n{status:?}");
            }
            if status.kind == SocketKind::Connection && status.state != State::Listen {
                self.seen.insert(status.socket, status);
            } else {
                self.seen.remove(&status.socket);
            }
        }
    }
}

/// A setting and a value it takes, from two bytes.
#[must_use]
pub fn setting(which: u8, value: u8) -> (&'static str, String) {
    let table = Settings::table();
    let info = &table[usize::from(which) % table.len()];
    let pick = usize::from(value);
    let text = match info.kind {
        SettingKind::Switch => ["off", "on"][pick % 2].into(),
        SettingKind::Integer {
            unlimited: true, ..
        } if value == 255 => "unlimited".into(),
        SettingKind::Integer {
            minimum, maximum, ..
        } => {
            // Buffers of a gigabyte would only make the fuzzer slow.
            let maximum = maximum.min(1 << 20);
            let values = [
                minimum,
                minimum + 1,
                maximum,
                maximum - 1,
                minimum + u32::from(value),
                u32::from(value) << 6,
            ];
            values[pick % values.len()]
                .clamp(minimum, maximum)
                .to_string()
        }
        SettingKind::Time { never: true, .. } if value == 255 => "never".into(),
        SettingKind::Time {
            minimum_us,
            maximum_us,
            ..
        } => {
            let values = [
                minimum_us,
                maximum_us,
                1_000 * u64::from(value),
                1_000_000 * u64::from(value),
                u64::from(value),
            ];
            format!(
                "{}us",
                values[pick % values.len()].clamp(minimum_us, maximum_us)
            )
        }
        SettingKind::Choice(words) => words[pick % words.len()].into(),
        SettingKind::Generator(words) => match words[pick % words.len()] {
            "fixed" => "fixed 4294967000".into(),
            "listed" => "listed 99, 400, 4294967295".into(),
            word => word.into(),
        },
    };
    (info.name, text)
}
