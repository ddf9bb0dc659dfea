//! Lifelines, folds, and the bands of the states.

use sim::trace::Place;
use tcp::state::State;

use super::{Layout, Stage};
use crate::display::{Anchor, Dash, Rect, Subject, TextStyle, point};
use crate::ink::Ink;
use crate::score::{Band, NO_LANE, NONE, OPEN};
use crate::text::push_duration;
use crate::time_map::Moment;
use crate::viewport::{Sockets, Spelling};

/// The ground of a band under its name.
pub(crate) const TINT: u8 = 26;
const BANDS_MAX: usize = 600;

/// How a state is spelled.
#[must_use]
pub fn state_name(state: State, spelling: Spelling) -> &'static str {
    match (spelling, state) {
        (Spelling::Rfc, _) => state.name(),
        (Spelling::Netstat, State::Closed) => "CLOSE",
        (Spelling::Netstat, State::SynSent) => "SYN_SENT",
        (Spelling::Netstat, State::SynReceived) => "SYN_RECV",
        (Spelling::Netstat, State::FinWait1) => "FIN_WAIT1",
        (Spelling::Netstat, State::FinWait2) => "FIN_WAIT2",
        (Spelling::Netstat, State::CloseWait) => "CLOSE_WAIT",
        (Spelling::Netstat, State::LastAck) => "LAST_ACK",
        (Spelling::Netstat, State::TimeWait) => "TIME_WAIT",
        (Spelling::Netstat, _) => state.name(),
    }
}

/// A shorter form for narrow bands.
const fn short_name(state: State) -> &'static str {
    match state {
        State::SynSent => "SYN-SNT",
        State::SynReceived => "SYN-RCV",
        State::Established => "ESTAB",
        State::FinWait1 => "FIN-W1",
        State::FinWait2 => "FIN-W2",
        State::CloseWait => "CLS-W",
        State::LastAck => "L-ACK",
        State::TimeWait => "TIME-W",
        State::Closed | State::Listen | State::Closing => state.name(),
    }
}

impl Stage<'_> {
    pub(super) fn lifelines(&mut self) {
        let layout = self.layout;
        let top = layout.head.max(self.shift - layout.lead);
        let bottom = self.now_y.min(layout.height);
        let mut breaks = Vec::new();
        self.each_fold(|fold| breaks.push((fold.0, fold.1)));
        for (side, x) in layout.lifeline.into_iter().enumerate() {
            let mut y = top;
            for (fold_top, fold_bottom) in &breaks {
                let (fold_top, fold_bottom) = (fold_top.min(bottom), fold_bottom.min(bottom));
                if fold_top > y {
                    self.list.line(
                        point(x, y),
                        point(x, fold_top),
                        2.0,
                        Ink::Lifeline,
                        255,
                        Subject::None,
                    );
                }
                if fold_bottom > y {
                    self.list.dashed(
                        point(x, fold_top.max(y)),
                        point(x, fold_bottom),
                        2.0,
                        Dash::Dotted,
                        Ink::Lifeline,
                        255,
                        Subject::None,
                    );
                }
                y = y.max(fold_bottom);
            }
            if bottom > y {
                self.list.line(
                    point(x, y),
                    point(x, bottom),
                    2.0,
                    Ink::Lifeline,
                    255,
                    Subject::None,
                );
            }
            for (off, on) in self.frame.score.power_off(side) {
                if *off <= self.frame.now.0 {
                    let (from, to) = (
                        self.y_time(*off).max(top),
                        self.y_until_now(Moment { time: *on, slot: 0 }),
                    );
                    if to > from {
                        self.list.line(
                            point(x, from),
                            point(x, to),
                            4.0,
                            Ink::Surface,
                            255,
                            Subject::None,
                        );
                        self.list.dashed(
                            point(x, from),
                            point(x, to),
                            1.5,
                            Dash::Dashed,
                            Ink::Lost,
                            255,
                            Subject::None,
                        );
                    }
                }
            }
            if layout.height > bottom.max(layout.head) {
                self.list.line(
                    point(x, bottom.max(layout.head)),
                    point(x, layout.height),
                    1.0,
                    Ink::Faint,
                    255,
                    Subject::None,
                );
            }
        }
    }

    /// Upper and lower edge, length and index of each fold in view that has begun.
    fn each_fold(&self, mut with: impl FnMut((f32, f32, u64, u32))) {
        let (top, bottom) = (
            self.layout.head - self.shift,
            self.layout.height - self.shift,
        );
        for fold in self.frame.score.time.folds_in(top, bottom, self.zoom, 256) {
            if fold.start.0 > self.frame.now.0 {
                break;
            }
            // Until it is over, its length is what has passed.
            let length = fold.length.0.min(self.frame.now.0 - fold.start.0);
            with((
                fold.top + self.shift,
                fold.bottom + self.shift,
                length,
                fold.index,
            ));
        }
    }

    pub(super) fn folds(&mut self) {
        let mut folds = Vec::new();
        self.each_fold(|fold| folds.push(fold));
        let [a, b] = self.layout.lifeline;
        for (top, bottom, _, index) in folds {
            if top > self.now_y {
                continue;
            }
            let subject = Subject::Fold(index);
            let rect = self.fold_rect(top, bottom);
            self.list.fill(rect, 0.0, Ink::Raised, 255, subject);
            for y in [rect.y, rect.bottom()] {
                self.list.dashed(
                    point(a, y),
                    point(b, y),
                    1.0,
                    Dash::Dashed,
                    Ink::Faint,
                    255,
                    Subject::None,
                );
            }
        }
    }

    fn fold_rect(&self, top: f32, bottom: f32) -> Rect {
        let [a, b] = self.layout.lifeline;
        let inset = (bottom - top) * 0.2;
        Rect::new(a, top + inset, b - a, bottom - top - 2.0 * inset)
    }

    /// How long each fold is: over the line of the present moment, which may stand within one.
    pub(super) fn fold_lengths(&mut self) {
        let mut folds = Vec::new();
        self.each_fold(|fold| folds.push(fold));
        let mut text = String::new();
        for (top, bottom, length, index) in folds {
            let rect = self.fold_rect(top, bottom);
            if top > self.now_y || rect.height < self.layout.small.size() {
                continue;
            }
            text.clear();
            push_duration(&mut text, length);
            self.list.write(
                &text,
                rect.centre(),
                TextStyle::new(self.layout.small, Anchor::Middle).halo(),
                Ink::Fold,
                Subject::Fold(index),
            );
        }
    }

    pub(super) fn bands(&mut self) {
        let mut seen = Vec::new();
        self.frame
            .score
            .bands_in(self.from, self.to, BANDS_MAX, &mut seen);
        // A listener's band stands where no child has its lane just then.
        let bands = self.frame.score.bands();
        for index in &seen {
            let band = &bands[*index as usize];
            let Some((side, lane, top, bottom)) = self.placed(band) else {
                continue;
            };
            let record = sim::trace::RecordId(band.record);
            let subject = Subject::Band {
                place: band.place,
                socket: band.socket,
                record,
            };
            let mut from = top;
            let mut before = None;
            if band.state == State::Listen {
                for other in &seen {
                    let other = &bands[*other as usize];
                    if other.socket == band.socket || other.place != band.place {
                        continue;
                    }
                    if let Some((_, same, child_top, child_bottom)) = self.placed(other)
                        && same == lane
                        && child_bottom > from
                        && child_top < bottom
                    {
                        if let Some(child) = before
                            && child_top > from
                        {
                            from = self.closed_child(side, lane, child, from, child_top);
                        }
                        self.band_box(
                            side,
                            lane,
                            band.state,
                            from,
                            child_top,
                            subject,
                            band.record,
                        );
                        if child_bottom >= from {
                            from = child_bottom;
                            before = Some(*other);
                        }
                    }
                }
            }
            if let Some(child) = before {
                from = self.closed_child(side, lane, child, from, bottom);
            }
            self.band_box(side, lane, band.state, from, bottom, subject, band.record);
        }
        for (side, place) in [Place::A, Place::B].into_iter().enumerate() {
            if matches!(self.options.sockets, Sockets::All) {
                self.closed_at_first(side, place);
            }
        }
    }

    /// A child of a listener ends in CLOSED, which is to have no band at all; so that nobody reads LAST-ACK → LISTEN, it is
    /// written for a moment before the listener's band goes on there. Answers where that is.
    fn closed_child(
        &mut self,
        side: usize,
        lane: usize,
        child: Band,
        from: f32,
        until: f32,
    ) -> f32 {
        if child.state == State::SynReceived || child.end_record == NONE {
            return from;
        }
        let layout = self.layout;
        let name = state_name(State::Closed, self.options.spelling);
        let height = if layout.name.width(name) + 6.0 <= layout.lane_width[side] - 7.0 {
            layout.name.size() + 6.0
        } else {
            layout.small.width(name) + 8.0
        };
        let bottom = until.min(from + height);
        let subject = Subject::Record(sim::trace::RecordId(child.end_record));
        self.band_box(
            side,
            lane,
            State::Closed,
            from,
            bottom,
            subject,
            child.end_record,
        );
        bottom
    }

    /// Before its first socket has a TCB a host's connection is CLOSED, which is to say: there is none.
    fn closed_at_first(&mut self, side: usize, place: Place) {
        if !self.frame.score.has_states[side] {
            return;
        }
        let first = self
            .frame
            .score
            .bands()
            .iter()
            .take(64)
            .find(|band| band.place == place && band.lane == 0);
        let until = match first {
            Some(band) if self.frame.has(band.record) => self.y(band.start),
            _ => self.now_y,
        };
        let from = self.shift - self.layout.lead;
        if until - from >= 6.0 {
            self.band_box(
                side,
                0,
                State::Closed,
                from,
                until,
                Subject::Host(place),
                NONE,
            );
        }
    }

    /// Side, lane, upper and lower edge of a band that is to be seen.
    fn placed(&self, band: &Band) -> Option<(usize, usize, f32, f32)> {
        let side = Layout::side(band.place)?;
        let shown = self.frame.has(band.record)
            && band.lane != NO_LANE
            && self.shows_socket(band.place, band.socket);
        let lane = match self.options.sockets {
            Sockets::All => usize::from(band.lane),
            Sockets::Only { .. } => 0,
        };
        if !shown || lane >= self.layout.lanes[side] {
            return None;
        }
        let over =
            band.end.time != OPEN && (band.end_record == NONE || self.frame.has(band.end_record));
        // A lane that is given to another socket later is this one's until then, but no longer than it has lasted.
        let bottom = if over {
            self.y(band.end).min(self.now_y)
        } else {
            self.now_y
        };
        Some((side, lane, self.y(band.start), bottom))
    }

    #[allow(clippy::too_many_arguments)]
    fn band_box(
        &mut self,
        side: usize,
        lane: usize,
        state: State,
        top: f32,
        bottom: f32,
        subject: Subject,
        record: u32,
    ) {
        let layout = self.layout;
        let out = Layout::outward(side);
        let (top, bottom) = (top.max(layout.head - 8.0), bottom.min(layout.height + 8.0));
        if bottom - top < 0.75 {
            return;
        }
        let width = layout.lane_width[side];
        let inner = layout.lifeline[side] + out * (3.0 + lane as f32 * width);
        let outer = inner + out * (width - 3.0);
        let rect = Rect::new(
            inner.min(outer),
            top + 0.5,
            width - 3.0,
            (bottom - top - 1.0).max(0.75),
        );
        let ink = Ink::of_state(state);
        self.list.fill(rect, 3.0, Ink::Surface, 255, Subject::None);
        self.list.fill(rect, 3.0, ink, TINT, subject);
        let edge = Rect {
            x: if side == 0 {
                rect.right() - 4.0
            } else {
                rect.x
            },
            width: 4.0,
            ..rect
        };
        self.list.fill(edge, 1.5, ink, 255, subject);
        if let Some((glow, opacity)) = self.glow(subject, record) {
            self.list
                .frame(rect, 3.0, 2.0, glow, opacity.saturating_mul(2), subject);
        }
        let name = state_name(state, self.options.spelling);
        let (seen_top, seen_bottom) = (rect.y.max(layout.head), rect.bottom().min(layout.height));
        let seen = seen_bottom - seen_top;
        let text_x = rect.x
            + if side == 0 {
                (rect.width - 4.0) / 2.0
            } else {
                4.0 + (rect.width - 4.0) / 2.0
            };
        if layout.name.width(name) + 6.0 <= rect.width - 4.0 {
            // The name stays in view while its band does.
            let half = layout.name.size() * 0.62;
            if seen >= layout.name.size() + 2.0 {
                let y = (seen_top + half + 3.0)
                    .min(seen_bottom - half)
                    .max(seen_top + half);
                self.list.write(
                    name,
                    point(text_x, y),
                    TextStyle::new(layout.name, Anchor::Middle),
                    ink,
                    subject,
                );
            }
            return;
        }
        let font = layout.small;
        for text in [name, short_name(state)] {
            let length = font.width(text);
            if length + 6.0 <= seen {
                // At the upper end: tags of calls stand above the moment that ends a band.
                let y = seen_top + length / 2.0 + 6.0;
                let style =
                    TextStyle::new(font, Anchor::Middle).turned(-core::f32::consts::FRAC_PI_2);
                self.list.write(
                    text,
                    point(text_x, y.min(seen_bottom - length / 2.0 - 3.0)),
                    style,
                    ink,
                    subject,
                );
                return;
            }
        }
    }

    /// Where a moment is, no further than `now`.
    pub(super) fn y_until_now(&self, moment: Moment) -> f32 {
        if moment.time == OPEN {
            self.now_y
        } else {
            self.y(moment).min(self.now_y)
        }
    }
}
