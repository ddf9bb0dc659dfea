//! The ladder: A left, B right, time downward.
//!
//! From a lifeline outward: the states' bands, the timers, the calls of the
//! application. Between the lifelines: the segments. What is above or below the
//! viewport costs nothing; where there are more segments than pixels there is a
//! shade in place of lines ([`density`]).

mod arrows;
mod axis;
mod columns;
mod density;
mod edge;
mod labels;

pub use arrows::subject_of;
pub(crate) use axis::{push_seconds, round_step};
pub use columns::state_name;

use sim::trace::Place;
use tcp::time::Instant;

use crate::display::{Anchor, DisplayList, Point, Rect, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::ink::Ink;
use crate::score::Score;
use crate::text::Font;
use crate::time_map::Moment;
use crate::viewport::{Options, Sockets, Viewport};

/// Widths and fonts that follow from the viewport: see [`Layout::new`].
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Layout {
    /// Where the lifelines stand.
    pub lifeline: [f32; 2],
    /// Height of the head with the hosts' names.
    pub head: f32,
    /// From the head to time zero.
    pub lead: f32,
    /// Narrow: names of states are turned, calls lie over the bands.
    pub narrow: bool,
    lane_width: [f32; 2],
    lanes: [usize; 2],
    timers_width: f32,
    calls_width: f32,
    /// The column of the time axis, at the left edge; 0 where there is no room for one.
    axis_width: f32,
    label: Font,
    small: Font,
    name: Font,
    title: Font,
    stroke: f32,
    width: f32,
    height: f32,
}

impl Layout {
    /// The columns of a viewport. They depend on how many lanes the score has needed so far, not on the moment shown.
    #[must_use]
    pub fn new(score: &Score, viewport: &Viewport, options: &Options) -> Layout {
        let viewport = viewport.sane();
        let width = viewport.width.max(240.0);
        let narrow = width < if options.large { 900.0 } else { 600.0 };
        let large = options.large;
        let scale = if large { 1.45 } else { 1.0 };
        let (label, small, name, title) = if large {
            (Font::Large, Font::Label, Font::LargeName, Font::LargeName)
        } else if narrow {
            (Font::Small, Font::Small, Font::Name, Font::Title)
        } else {
            (Font::Label, Font::Small, Font::Name, Font::Title)
        };
        let (timers_width, calls_width) = if narrow {
            (if options.hide_timers { 2.0 } else { 22.0 }, 0.0)
        } else {
            let timers = if options.hide_timers { 4.0 } else { 36.0 };
            (timers * scale, (width * 0.1).clamp(62.0, 104.0) * scale)
        };
        // Both sides get the same margin, so that the picture stands in the middle.
        let lanes = match options.sockets {
            Sockets::All => [
                score.lane_count(Place::A).max(1),
                score.lane_count(Place::B).max(1),
            ],
            Sockets::Only { .. } => [1, 1],
        };
        let narrow_lane = if large { 28.0 } else { 20.0 };
        let room = width * if narrow { 0.2 } else { 0.3 } - timers_width - calls_width;
        let fit = ((room / narrow_lane) as usize).clamp(1, 6);
        let lanes = lanes.map(|count| count.min(fit));
        let wide_lane = name.width("SYN-RECEIVED") + 16.0;
        let lane_width = lanes.map(|count| {
            if !narrow && count == 1 && room >= wide_lane {
                wide_lane
            } else {
                narrow_lane
            }
        });
        let bands = (lane_width[0] * lanes[0] as f32).max(lane_width[1] * lanes[1] as f32);
        let margin = 4.0 + calls_width + timers_width + bands;
        // Six digits and a point: a minute and its milliseconds.
        let axis_width = if narrow {
            0.0
        } else {
            small.width_of(6) + 10.0
        };
        Layout {
            lifeline: [margin + axis_width, width - margin],
            head: 30.0 * scale,
            lead: 22.0 * scale,
            narrow,
            lane_width,
            lanes,
            timers_width,
            calls_width,
            axis_width,
            label,
            small,
            name,
            title,
            stroke: if large { 2.4 } else { 1.6 },
            width,
            height: viewport.height,
        }
    }

    /// Where a place is on the stage; an attacker has no lifeline and stands off the path, nearer to neither end.
    fn x(&self, place: Place, other: Place) -> f32 {
        let [a, b] = self.lifeline;
        match (place, other) {
            (Place::A, _) => a,
            (Place::B, _) => b,
            (_, Place::A) => a + (b - a) * 0.58,
            (_, Place::B) => b - (b - a) * 0.58,
            _ => (a + b) / 2.0,
        }
    }

    fn side(place: Place) -> Option<usize> {
        match place {
            Place::A => Some(0),
            Place::B => Some(1),
            Place::Link | Place::Attacker => None,
        }
    }

    /// −1 on A's side, 1 on B's: outward.
    fn outward(side: usize) -> f32 {
        if side == 0 { -1.0 } else { 1.0 }
    }

    /// Where the content begins on the canvas: time zero, unscrolled.
    #[must_use]
    pub fn origin(&self) -> f32 {
        self.head + self.lead
    }
}

/// What the parts of the ladder share while it is drawn.
struct Stage<'a> {
    frame: &'a Frame<'a>,
    layout: Layout,
    options: Options,
    zoom: f32,
    /// Content pixels to canvas pixels.
    shift: f32,
    /// The instants at the upper and lower edge, the lower one not after `now`.
    from: u64,
    to: u64,
    now_y: f32,
    list: &'a mut DisplayList,
}

impl Stage<'_> {
    fn y(&self, moment: Moment) -> f32 {
        self.frame.score.time.y(moment, self.zoom) + self.shift
    }

    fn y_time(&self, time: u64) -> f32 {
        self.y(Moment { time, slot: 0 })
    }

    /// The opacity of the glow under what is selected, pointed at, or new; and its ink.
    fn glow(&self, subject: Subject, record: u32) -> Option<(Ink, u8)> {
        if subject == Subject::None {
            return None;
        }
        if subject == self.frame.selection {
            Some((Ink::Selection, 90))
        } else if subject == self.frame.hover {
            Some((Ink::Hover, 70))
        } else if self.options.storyboard && self.frame.is_fresh(record) {
            Some((Ink::Changed, 80))
        } else {
            None
        }
    }

    fn shows_socket(&self, place: Place, socket: u32) -> bool {
        match self.options.sockets {
            Sockets::All => true,
            Sockets::Only {
                place: whose,
                socket: only,
            } => whose != place || only == socket,
        }
    }
}

/// The ladder of a frame.
#[must_use]
pub fn ladder(frame: &Frame, viewport: &Viewport, options: &Options) -> DisplayList {
    let mut list = DisplayList::default();
    ladder_into(frame, viewport, options, &mut list);
    list
}

/// The ladder of a frame, into a list that is used again.
pub fn ladder_into(frame: &Frame, viewport: &Viewport, options: &Options, list: &mut DisplayList) {
    ladder_with(frame, viewport, options, None, list);
}

/// The ladder with the instant marked from which on it differs from another.
pub(crate) fn ladder_with(
    frame: &Frame,
    viewport: &Viewport,
    options: &Options,
    difference: Option<Instant>,
    list: &mut DisplayList,
) {
    let viewport = &viewport.sane();
    list.clear(viewport.width, viewport.height);
    let layout = Layout::new(frame.score, viewport, options);
    let map = &frame.score.time;
    let shift = layout.origin() - viewport.scroll;
    let now_y = map.y_after(frame.now, viewport.zoom) + shift;
    let from = map.time_at(layout.head - shift - 4.0, viewport.zoom).0;
    let to = map
        .time_at(viewport.height - shift + 4.0, viewport.zoom)
        .0
        .min(frame.now.0);
    list.fill(
        Rect::new(0.0, 0.0, viewport.width, viewport.height),
        0.0,
        Ink::Surface,
        255,
        Subject::None,
    );
    list.clip(Rect::new(
        0.0,
        layout.head,
        viewport.width,
        viewport.height - layout.head,
    ));
    let mut stage = Stage {
        frame,
        layout,
        options: *options,
        zoom: viewport.zoom,
        shift,
        from,
        to,
        now_y,
        list,
    };
    let mut taken = labels::Labels::default();
    stage.folds();
    if let Some(difference) = difference {
        stage.difference(difference, &mut taken);
    }
    stage.bands();
    stage.lifelines();
    stage.axis();
    if !options.hide_timers {
        stage.timers();
    }
    // Tags keep labels off their place, and are painted over the lines that begin beside them.
    let mut tags = DisplayList::default();
    core::mem::swap(stage.list, &mut tags);
    stage.marks(&mut taken);
    core::mem::swap(stage.list, &mut tags);
    let seen = stage.density();
    stage.arrows(&seen, taken);
    stage.list.append(&tags, point(0.0, 0.0));
    stage.now_line();
    stage.fold_lengths();
    stage.list.unclip();
    stage.head();
}

impl Stage<'_> {
    fn head(&mut self) {
        let Layout {
            head,
            width,
            title,
            lifeline,
            ..
        } = self.layout;
        self.list.fill(
            Rect::new(0.0, 0.0, width, head),
            0.0,
            Ink::Surface,
            255,
            Subject::None,
        );
        self.list.line(
            point(0.0, head - 0.5),
            point(width, head - 0.5),
            1.0,
            Ink::Faint,
            255,
            Subject::None,
        );
        if self.layout.axis_width > 0.0 {
            self.list.write(
                "s",
                point(self.layout.axis_width - 7.0, head / 2.0),
                TextStyle::new(self.layout.small, Anchor::End),
                Ink::Muted,
                Subject::None,
            );
        }
        for (x, place) in lifeline.into_iter().zip([Place::A, Place::B]) {
            let subject = Subject::Host(place);
            let radius = head * 0.36;
            self.list.push(
                crate::display::Shape::Dot {
                    centre: point(x, head / 2.0),
                    radius,
                },
                Ink::Raised,
                255,
                subject,
            );
            if let Some((ink, opacity)) = self.glow(subject, u32::MAX) {
                let rect = Rect::new(
                    x - radius - 2.0,
                    head / 2.0 - radius - 2.0,
                    radius * 2.0 + 4.0,
                    radius * 2.0 + 4.0,
                );
                self.list.frame(
                    rect,
                    radius + 2.0,
                    2.0,
                    ink,
                    opacity.saturating_mul(2),
                    subject,
                );
            }
            self.list.write(
                place.id(),
                point(x, head / 2.0),
                TextStyle::new(title, Anchor::Middle),
                Ink::Text,
                subject,
            );
            // Sockets for which there is no lane.
            let side = usize::from(place == Place::B);
            let hidden = self
                .frame
                .score
                .lane_count(place)
                .saturating_sub(self.layout.lanes[side]);
            if hidden > 0 && self.options.sockets == Sockets::All {
                let mut text = String::from("+");
                crate::text::push_number(&mut text, hidden as u64);
                let lanes = self.layout.lane_width[side] * self.layout.lanes[side] as f32;
                let at = point(
                    x + Layout::outward(side) * (lanes - 4.0).max(radius + 14.0),
                    head / 2.0,
                );
                let style = TextStyle::new(self.layout.small, Anchor::Middle);
                self.list.write(&text, at, style, Ink::Muted, subject);
            }
        }
    }

    /// Across the ladder at the instant from which on two runs are not the same: a line, and `≠` on it.
    fn difference(&mut self, difference: Instant, taken: &mut labels::Labels) {
        if difference > self.frame.now {
            return;
        }
        let y = self.y_time(difference.0);
        let [a, b] = self.layout.lifeline;
        let centre = point((a + b) / 2.0, y);
        self.list.dashed(
            point(a, y),
            point(b, y),
            1.6,
            crate::display::Dash::Dashed,
            Ink::Difference,
            255,
            Subject::None,
        );
        self.list.push(
            crate::display::Shape::Dot {
                centre,
                radius: 9.0,
            },
            Ink::Difference,
            255,
            Subject::None,
        );
        self.list.write(
            "\u{2260}",
            centre,
            TextStyle::new(Font::Title, Anchor::Middle),
            Ink::Surface,
            Subject::None,
        );
        taken.block(crate::geometry::Turned::new(centre, 22.0, 22.0, 0.0));
    }

    fn now_line(&mut self) {
        let y = self.now_y;
        if y < self.layout.head || y > self.layout.height {
            return;
        }
        let [a, b] = self.layout.lifeline;
        self.list
            .line(point(a, y), point(b, y), 1.0, Ink::Now, 60, Subject::None);
        for (side, x) in [a, b].into_iter().enumerate() {
            let out = Layout::outward(side);
            self.list.polygon(
                &[
                    point(x, y),
                    point(x + out * 7.0, y - 4.5),
                    point(x + out * 7.0, y + 4.5),
                ],
                Ink::Now,
                255,
                Subject::None,
            );
        }
    }
}

/// How high the whole content is at a zoom, head included, up to the score's last record.
#[must_use]
pub fn content_height(score: &Score, viewport: &Viewport, options: &Options) -> f32 {
    let layout = Layout::new(score, viewport, options);
    layout.origin() + score.time.y_after(score.time.last(), viewport.zoom) + 60.0
}

/// The scroll at which `now` stands two thirds down, but no further than needed, nor past the end: for following playback.
#[must_use]
pub fn scroll_to_follow(
    score: &Score,
    viewport: &Viewport,
    options: &Options,
    now: Instant,
) -> f32 {
    let layout = Layout::new(score, viewport, options);
    let y = layout.origin() + score.time.y_after(now, viewport.zoom);
    let two_thirds = y - layout.head - (viewport.height - layout.head) * 0.66;
    // Where nothing more comes, the rest of the window is better used by what was.
    let end = content_height(score, viewport, options) - viewport.height;
    let seen = y + 60.0 - viewport.height;
    two_thirds.min(end.max(seen)).max(0.0)
}

/// The scroll nearest to the present one at which an instant is well in view.
#[must_use]
pub fn scroll_to_reveal(
    score: &Score,
    viewport: &Viewport,
    options: &Options,
    time: Instant,
) -> f32 {
    let layout = Layout::new(score, viewport, options);
    let y = layout.origin()
        + score.time.y(
            Moment {
                time: time.0,
                slot: 0,
            },
            viewport.zoom,
        );
    let (top, bottom) = (layout.head + 24.0, viewport.height - 80.0);
    let seen = y - viewport.scroll;
    if seen < top {
        (y - top).max(0.0)
    } else if seen > bottom {
        y - bottom
    } else {
        viewport.scroll
    }
}

/// The zoom at which the whole score fits the viewport.
#[must_use]
pub fn zoom_to_fit(score: &Score, viewport: &Viewport, options: &Options) -> f32 {
    let room = viewport.height - Layout::new(score, viewport, options).origin() - 24.0;
    let end = score.time.last();
    let (mut low, mut high) = (1e-6f32, 4.0f32);
    for _ in 0..40 {
        let middle = (low * high).sqrt();
        if score.time.y_after(end, middle) > room {
            high = middle
        } else {
            low = middle
        }
    }
    low
}

/// The instant a point of the canvas stands for.
#[must_use]
pub fn time_at(score: &Score, viewport: &Viewport, options: &Options, at: Point) -> Instant {
    let layout = Layout::new(score, viewport, options);
    score.time.time_at(
        (at.y - layout.origin() + viewport.scroll).max(0.0),
        viewport.zoom,
    )
}

/// The scroll that keeps the instant under `at` where it is when the zoom changes to `zoom`.
#[must_use]
pub fn scroll_to_keep(
    score: &Score,
    viewport: &Viewport,
    options: &Options,
    at: Point,
    zoom: f32,
) -> f32 {
    let layout = Layout::new(score, viewport, options);
    let time = time_at(score, viewport, options, at);
    (score.time.y(
        Moment {
            time: time.0,
            slot: 0,
        },
        zoom,
    ) + layout.origin()
        - at.y)
        .max(0.0)
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
mod tests;
