//! How much is seen, and how.

/// The window onto a view.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Viewport {
    /// Width in CSS pixels; layouts are made for 320 and more.
    pub width: f32,
    /// Height in CSS pixels.
    pub height: f32,
    /// How far the content is scrolled up, in CSS pixels.
    pub scroll: f32,
    /// 1: the link's latency is [`crate::time_map::UNIT_PX`] high.
    pub zoom: f32,
}

impl Viewport {
    /// At the top, at zoom 1.
    #[must_use]
    pub const fn new(width: f32, height: f32) -> Viewport {
        Viewport {
            width,
            height,
            scroll: 0.0,
            zoom: 1.0,
        }
    }
}

impl Viewport {
    /// Within what layouts can do: whatever a page hands in while it is laid out.
    #[must_use]
    pub fn sane(&self) -> Viewport {
        let within = |value: f32, least: f32, most: f32| {
            if value.is_nan() {
                least
            } else {
                value.max(least).min(most)
            }
        };
        Viewport {
            width: within(self.width, 0.0, 16_384.0),
            height: within(self.height, 0.0, 65_536.0),
            scroll: if self.scroll.is_finite() {
                self.scroll
            } else {
                0.0
            },
            zoom: within(self.zoom, 1e-7, 1e4),
        }
    }
}

/// How sequence numbers are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Numbers {
    /// Counted from each side's ISS: its SYN is 0.
    #[default]
    Relative,
    /// As they stand in the header.
    Absolute,
}

/// Which sockets are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sockets {
    /// All of them, in lanes.
    #[default]
    All,
    /// One connection: what concerns this socket, and the segments it sends or gets.
    Only {
        /// Whose socket.
        place: sim::trace::Place,
        /// Its number.
        socket: u32,
    },
}

/// How states are spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Spelling {
    /// As RFC 9293 does: `SYN-RECEIVED`.
    #[default]
    Rfc,
    /// As Linux's netstat does: `SYN_RECV`, `ESTABLISHED` (ss writes `SYN-RECV`, `ESTAB`).
    Netstat,
}

/// What a person can switch in the views.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options {
    /// Relative or absolute sequence numbers.
    pub numbers: Numbers,
    /// Which sockets are shown.
    pub sockets: Sockets,
    /// How states are spelled.
    pub spelling: Spelling,
    /// Projector: larger letters and thicker lines.
    pub large: bool,
    /// A still per event: no travelling markers, and what the latest step changed is marked.
    pub storyboard: bool,
    /// Leave out timers.
    pub hide_timers: bool,
}
