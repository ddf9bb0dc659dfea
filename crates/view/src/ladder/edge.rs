//! Outside the bands: timers that run down, calls of the application, and
//! other things that happen at one point of a lifeline.

use sim::trace::Place;
use tcp::event::{Ended, Timer};
use tcp::sorted::sort;

use super::labels::Labels;
use super::{Layout, Stage};
use crate::display::{Anchor, Dash, Point, Rect, Shape, Subject, TextStyle, point};
use crate::geometry::Turned;
use crate::ink::Ink;
use crate::score::{Mark, MarkKind, NONE, TimerEnd, TimerRun};
use crate::text::{push_duration, push_number};
use crate::time_map::UNIT_PX;

const TIMERS_MAX: usize = 200;
const MARKS_MAX: usize = 200;
/// Shorter runs of timers are left out.
const TIMER_PX_MIN: f32 = 9.0;

/// What a timer is called on the stage.
#[must_use]
pub(crate) const fn timer_name(timer: Timer) -> &'static str {
    match timer {
        Timer::Retransmission => "RTO",
        Timer::Persist => "persist",
        Timer::DelayedAck => "delayed ACK",
        Timer::SwsOverride => "SWS",
        Timer::KeepAlive => "keep-alive",
        Timer::TimeWait => "2MSL",
        Timer::FinWait2 => "FIN-WAIT-2",
        Timer::User => "user timeout",
    }
}

/// Which timers get room first.
const fn rank(timer: Timer) -> u8 {
    match timer {
        Timer::TimeWait => 0,
        Timer::Retransmission => 1,
        Timer::Persist => 2,
        Timer::KeepAlive => 3,
        Timer::FinWait2 => 4,
        Timer::DelayedAck => 5,
        Timer::SwsOverride => 6,
        Timer::User => 7,
    }
}

/// One timer as it is drawn: upper and lower edge, where it stands now, and which it is.
struct Arc {
    top: f32,
    now: f32,
    bottom: f32,
    run: u32,
}

impl Stage<'_> {
    pub(super) fn timers(&mut self) {
        let mut seen = Vec::new();
        // To scale, so that a run too short to be drawn is not even looked at.
        let shortest =
            self.frame.score.time.unit().0 as f32 * TIMER_PX_MIN * 0.5 / (UNIT_PX * self.zoom);
        self.frame
            .score
            .timers_in(self.from, self.to, shortest as u64, TIMERS_MAX, &mut seen);
        for (side, place) in [Place::A, Place::B].into_iter().enumerate() {
            let mut arcs = Vec::new();
            for index in &seen {
                let run = &self.frame.score.timers()[*index as usize];
                if run.place != place
                    || !self.frame.has(run.record.0)
                    || !self.shows_socket(place, run.socket)
                {
                    continue;
                }
                let over = self.frame.has(run.end_record);
                let top = self.y(run.start);
                let now = if over {
                    self.y_until_now(run.end)
                } else {
                    self.now_y
                };
                let bottom = if over {
                    now
                } else {
                    self.y_time(run.deadline).max(now)
                };
                // A long watch over a whole connection says little and would hide the rest: it shows when it is nearly up.
                let whole = run.deadline - run.start.time;
                let elapsed = self.frame.now.0.saturating_sub(run.start.time);
                let slow = run.timer == Timer::User
                    && !(run.how == TimerEnd::Fired && over)
                    && elapsed * 4 < whole * 3;
                if bottom - top >= TIMER_PX_MIN && !slow {
                    arcs.push(Arc {
                        top,
                        now,
                        bottom,
                        run: *index,
                    });
                }
            }
            let timers = self.frame.score.timers();
            let key = |run: u32| (rank(timers[run as usize].timer), run);
            sort(&mut arcs, |a, b| key(a.run) < key(b.run));
            let columns = if self.layout.narrow { 1 } else { 2 };
            let mut taken: Vec<Vec<(f32, f32)>> = vec![Vec::new(); columns];
            for arc in &arcs {
                let until = arc.bottom.min(self.layout.height + 40.0);
                let free = taken.iter().position(|column| {
                    !column
                        .iter()
                        .any(|(top, bottom)| arc.top < *bottom - 0.5 && *top < until - 0.5)
                });
                if let Some(column) = free {
                    taken[column].push((arc.top, until));
                    let run = timers[arc.run as usize];
                    self.timer(side, column, arc, &run);
                }
            }
        }
    }

    fn timer(&mut self, side: usize, column: usize, arc: &Arc, run: &TimerRun) {
        let layout = self.layout;
        let out = Layout::outward(side);
        let bands = layout.lane_width[side] * layout.lanes[side] as f32;
        let columns = if layout.narrow { 1.0 } else { 2.0 };
        let width = (layout.timers_width - 2.0) / columns;
        let x = layout.lifeline[side] + out * (bands + 3.0 + column as f32 * width);
        let ink = Ink::of_timer(run.timer);
        let subject = Subject::Timer {
            place: run.place,
            timer: run.timer,
            record: run.record,
        };
        let bulge = out * 6.0;
        // An arc: it springs from where it was set, runs along, and comes back where it ends.
        let corner = ((arc.bottom - arc.top) / 2.0).min(7.0);
        let line = x + bulge;
        if let Some((glow, opacity)) = self.glow(subject, run.record.0) {
            self.list.line(
                point(line, arc.top),
                point(line, arc.bottom),
                7.0,
                glow,
                opacity,
                Subject::None,
            );
        }
        self.quarter(
            point(x, arc.top),
            point(line, arc.top + corner),
            ink,
            255,
            subject,
        );
        let (body, middle) = (
            arc.top + corner,
            arc.now.max(arc.top + corner).min(arc.bottom - corner),
        );
        if middle > body {
            self.list.line(
                point(line, body),
                point(line, middle),
                2.0,
                ink,
                255,
                subject,
            );
        }
        let running = !self.frame.has(run.end_record);
        if arc.bottom - corner > middle {
            self.list.dashed(
                point(line, middle),
                point(line, arc.bottom - corner),
                1.2,
                Dash::Dotted,
                ink,
                190,
                subject,
            );
        }
        if running {
            self.list.push(
                Shape::Dot {
                    centre: point(line, middle),
                    radius: 3.0,
                },
                ink,
                255,
                subject,
            );
        }
        self.quarter(
            point(x, arc.bottom),
            point(line, arc.bottom - corner),
            ink,
            if running { 130 } else { 255 },
            subject,
        );
        if !running && run.how == TimerEnd::Fired {
            self.list.push(
                Shape::Dot {
                    centre: point(x, arc.bottom),
                    radius: 3.6,
                },
                ink,
                255,
                subject,
            );
        }
        let mut text = String::from(timer_name(run.timer));
        text.push(' ');
        push_duration(&mut text, run.deadline - run.start.time);
        let font = layout.small;
        let (top, bottom) = (arc.top.max(layout.head), arc.bottom.min(layout.height));
        for text in [text.as_str(), timer_name(run.timer)] {
            let length = font.width(text);
            if length + 4.0 <= bottom - top {
                // While it runs, beside the place where it is now.
                let middle = (top + bottom) / 2.0;
                let beside = (arc.now + length / 2.0 + 10.0).max(top + length / 2.0 + 4.0);
                let y = if running { middle.min(beside) } else { middle };
                let at = point(line + out * (font.size() * 0.5 + 3.5), y);
                let style =
                    TextStyle::new(font, Anchor::Middle).turned(-core::f32::consts::FRAC_PI_2);
                self.list.write(text, at, style, ink, subject);
                break;
            }
        }
    }

    /// A quarter of an ellipse from an end of an arc to its body.
    fn quarter(&mut self, from: Point, to: Point, ink: Ink, opacity: u8, subject: Subject) {
        let k = 0.55;
        self.list.push(
            Shape::Curve {
                from,
                first: point(from.x + (to.x - from.x) * k, from.y),
                second: point(to.x, to.y - (to.y - from.y) * k),
                to,
                width: 1.6,
                dash: Dash::Solid,
            },
            ink,
            opacity,
            subject,
        );
    }

    pub(super) fn marks(&mut self, taken: &mut Labels) {
        let mut lowest = [f32::MIN; 2];
        // Tags give way downward; those a little above the viewport are gone through, too, so that it always comes out alike.
        let map = &self.frame.score.time;
        let since = map
            .time_at(self.layout.head - self.shift - 160.0, self.zoom)
            .0;
        for mark in self
            .frame
            .score
            .marks_in(since, self.to)
            .iter()
            .take(MARKS_MAX)
        {
            if !self.frame.has(mark.record.0) || !self.shows_socket(mark.place, mark.socket) {
                continue;
            }
            let y = self.y(mark.at);
            match (mark.kind, Layout::side(mark.place)) {
                (
                    MarkKind::Call {
                        word,
                        number,
                        failed,
                        ..
                    },
                    Some(side),
                ) => {
                    let tag = self.call(mark, side, y, word, number, failed, &mut lowest[side]);
                    if let Some(tag) = tag {
                        taken.block(Turned::upright(tag));
                    }
                }
                (MarkKind::Intervention { word, arrow, .. }, _) if arrow != NONE => {
                    self.touched(mark, word, arrow, taken);
                }
                (MarkKind::Intervention { word, .. }, side) => {
                    self.sign(mark, mark.kind, side, y);
                    if let Some(side) = side
                        && !word.is_empty()
                    {
                        let tag = self.call(mark, side, y, word, 0, false, &mut lowest[side]);
                        if let Some(tag) = tag {
                            taken.block(Turned::upright(tag));
                        }
                    } else if !word.is_empty() {
                        let [a, b] = self.layout.lifeline;
                        let at = point((a + b) / 2.0 + 10.0, y);
                        let style = TextStyle::new(self.layout.small, Anchor::Start).halo();
                        self.list.write(
                            word,
                            at,
                            style,
                            Ink::Changed,
                            Subject::Record(mark.record),
                        );
                        let width = self.layout.small.width(word) + 24.0;
                        let box_ = Rect::new(at.x - 18.0, y - 8.0, width, 16.0);
                        taken.block(Turned::upright(box_));
                    }
                }
                (kind, side) => self.sign(mark, kind, side, y),
            }
        }
    }

    /// Where a segment was on its way when somebody did something to it.
    fn touched(&mut self, mark: &Mark, word: &str, arrow: u32, taken: &mut Labels) {
        let Some(arrow) = self.frame.score.arrows().get(arrow as usize).copied() else {
            return;
        };
        let centre = self.on_its_way(&arrow, self.y(mark.at));
        let subject = Subject::Record(mark.record);
        if let Some((glow, opacity)) = self.glow(subject, mark.record.0) {
            self.list.push(
                Shape::Dot {
                    centre,
                    radius: 10.0,
                },
                glow,
                opacity,
                Subject::None,
            );
        }
        let Point { x, y } = centre;
        // What is dropped has its cross there.
        if word != "drop" {
            let r = 4.5;
            self.list.polygon(
                &[
                    point(x - r, y),
                    point(x, y - r),
                    point(x + r, y),
                    point(x, y + r),
                ],
                Ink::Changed,
                255,
                subject,
            );
        }
        let font = self.layout.small;
        let at = point(x + 10.0, y - font.size() * 0.75);
        let style = TextStyle::new(font, Anchor::Start).halo();
        self.list.write(word, at, style, Ink::Changed, subject);
        let width = font.width(word) + 18.0;
        let height = font.size() * 2.0;
        taken.block(Turned::upright(Rect::new(
            x - 6.0,
            y - height * 0.75,
            width,
            height,
        )));
    }

    #[allow(clippy::too_many_arguments)]
    fn call(
        &mut self,
        mark: &Mark,
        side: usize,
        y: f32,
        word: &str,
        number: u32,
        failed: bool,
        lowest: &mut f32,
    ) -> Option<Rect> {
        let layout = self.layout;
        let out = Layout::outward(side);
        let subject = Subject::Record(mark.record);
        let mut text = String::from(word);
        if number > 0 {
            text.push(' ');
            push_number(&mut text, u64::from(number));
        }
        let room = if layout.narrow {
            layout.lifeline[0] + 40.0
        } else {
            layout.calls_width
        };
        // Smaller letters before fewer of them.
        let mut font = if layout.narrow {
            layout.small
        } else {
            layout.label
        };
        if font.width(&text) + 10.0 > room {
            font = layout.small;
        }
        if font.width(&text) + 8.0 > room {
            text.truncate(word.len());
        }
        let height = font.size() + 6.0;
        let width = (font.width(&text) + 10.0).min(room);
        let shown = text.as_str();
        let wanted = if layout.narrow {
            y - height / 2.0 - 4.0
        } else {
            y
        };
        let middle = wanted.max(*lowest + height + 2.0);
        let ink = match mark.kind {
            MarkKind::Intervention { .. } => Ink::Changed,
            _ if failed => Ink::Lost,
            _ => Ink::Call,
        };
        if middle - wanted > height * 3.0 {
            // Too many at once: a mark is left.
            let x = layout.lifeline[side] + out * (layout.width * 0.004 + 2.0);
            self.list.push(
                Shape::Dot {
                    centre: point(x, y),
                    radius: 2.2,
                },
                ink,
                255,
                subject,
            );
            return None;
        }
        *lowest = middle;
        let near = if layout.narrow {
            if side == 0 {
                2.0 + width
            } else {
                layout.width - 2.0 - width
            }
        } else {
            let bands = layout.lane_width[side] * layout.lanes[side] as f32;
            layout.lifeline[side] + out * (bands + layout.timers_width)
        };
        let rect = Rect::new(
            near.min(near + out * width),
            middle - height / 2.0,
            width,
            height,
        );
        // The leader: from the tag over the bands to the lifeline.
        let end = point(layout.lifeline[side], y);
        if layout.narrow {
            let foot = point(near - out * 5.0, rect.bottom());
            self.list.line(foot, end, 1.0, ink, 200, subject);
        } else {
            // Up to the band only: a line through it would cut the state's name.
            let bands = layout.lane_width[side] * layout.lanes[side] as f32;
            let foot = point(layout.lifeline[side] + out * (bands + 1.0), y);
            self.list
                .line(point(near, middle), foot, 1.0, ink, 130, subject);
        }
        self.list.push(
            Shape::Dot {
                centre: end,
                radius: 2.6,
            },
            ink,
            255,
            subject,
        );
        if let Some((glow, opacity)) = self.glow(subject, mark.record.0) {
            let around = Rect::new(
                rect.x - 2.0,
                rect.y - 2.0,
                rect.width + 4.0,
                rect.height + 4.0,
            );
            self.list
                .frame(around, 6.0, 2.5, glow, opacity.saturating_mul(2), subject);
        }
        self.list.fill(rect, 4.0, Ink::Raised, 255, subject);
        self.list.frame(rect, 4.0, 1.0, ink, 120, subject);
        self.list.write(
            shown,
            rect.centre(),
            TextStyle::new(font, Anchor::Middle),
            ink,
            subject,
        );
        Some(rect)
    }

    /// A small sign on the lifeline (or in the middle, for what concerns the link).
    fn sign(&mut self, mark: &Mark, kind: MarkKind, side: Option<usize>, y: f32) {
        let subject = Subject::Record(mark.record);
        let [a, b] = self.layout.lifeline;
        let x = side.map_or((a + b) / 2.0, |side| self.layout.lifeline[side]);
        if let Some((glow, opacity)) = self.glow(subject, mark.record.0) {
            self.list.push(
                Shape::Dot {
                    centre: point(x, y),
                    radius: 10.0,
                },
                glow,
                opacity,
                Subject::None,
            );
        }
        let r = 5.0;
        match kind {
            MarkKind::Intervention { word: "", .. } => {}
            MarkKind::Intervention { .. } => {
                self.list.polygon(
                    &[
                        point(x - r, y),
                        point(x, y - r),
                        point(x + r, y),
                        point(x, y + r),
                    ],
                    Ink::Changed,
                    255,
                    subject,
                );
            }
            MarkKind::Ended(how) => {
                let ink = if how == Ended::Aborted {
                    Ink::Call
                } else {
                    Ink::Rst
                };
                let half = 9.0;
                self.list.line(
                    point(x - half, y),
                    point(x + half, y),
                    3.0,
                    ink,
                    255,
                    subject,
                );
            }
            MarkKind::Limit | MarkKind::Report | MarkKind::Differs => {
                self.list.polygon(
                    &[
                        point(x, y - r),
                        point(x + r, y + r * 0.8),
                        point(x - r, y + r * 0.8),
                    ],
                    Ink::Changed,
                    255,
                    subject,
                );
            }
            MarkKind::Call { .. } => {}
        }
    }
}
