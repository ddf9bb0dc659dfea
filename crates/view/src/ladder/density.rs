//! More segments than pixels: a shade in place of lines.
//!
//! The stage is looked at in cells that stand still in time. A cell with too
//! many sendings is shaded by how many there are, row by row; of the others the
//! segments are drawn one by one. Counting is two binary searches a row.

use super::Stage;
use crate::display::{Anchor, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::ink::Ink;
use crate::score::{Arrow, mark};
use crate::text::push_number;
use crate::time_map::UNIT_PX;
use tcp::sorted::sort;

/// Height of a cell in pixels.
const CELL: f32 = 24.0;
/// Height of a row of shade.
const ROW: f32 = 6.0;
/// Lines closer than this on the average become shade.
const SPACING: f32 = 2.6;
/// Fewer than so many in a cell are always drawn.
const ALWAYS: usize = 9;
/// Never more lines than this, whatever the cells say.
const ARROWS_MAX: usize = 900;
/// How many long-lived arrows from above the viewport are looked for.
const LONG_MAX: usize = 64;

/// What is drawn one by one.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) arrows: Vec<u32>,
}

/// When the record that made an arrow was made; ascending over all arrows.
fn made_at(arrow: &Arrow) -> u64 {
    if arrow.is(mark::COPY) {
        arrow.ended.time
    } else {
        arrow.sent.time
    }
}

/// Rows of one shade, in content pixels.
#[derive(Clone, Copy)]
struct Shade {
    top: f32,
    bottom: f32,
    opacity: u8,
}

impl Stage<'_> {
    pub(super) fn density(&mut self) -> Seen {
        let score = self.frame.score;
        let map = &score.time;
        let mut seen = Seen::default();
        // Cells begin above the viewport, so that what is under way there, and the labels that others gave way to, are the same
        // however far the picture is scrolled.
        let lead = (2.0 * UNIT_PX * self.zoom).clamp(2.0 * CELL, 480.0);
        let first = (((self.layout.head - self.shift - lead) / CELL).floor() * CELL).max(0.0);
        let last = self.layout.height.min(self.now_y) - self.shift;
        let mut top = first;
        let mut from = if top <= 0.0 {
            0
        } else {
            map.time_at(top, self.zoom).0
        };
        if from > 0 {
            // What was sent before the cells begin and is still under way in the viewport.
            let shortest = self.from.saturating_sub(from);
            score.long_arrows_in(
                self.from,
                self.from,
                shortest.max(1),
                LONG_MAX,
                &mut seen.arrows,
            );
        }
        let mut run: Option<(f32, f32, u64, u64)> = None;
        let mut y = top;
        // Far from the origin single precision may no longer tell one cell from the next.
        while y <= last && y + CELL > y {
            y += CELL;
            let to = map
                .time_at(y, self.zoom)
                .0
                .min(self.frame.now.0.saturating_add(1));
            let to = if y > last {
                self.frame.now.0.saturating_add(1)
            } else {
                to
            };
            if to <= from {
                // Within the stretch of one instant: the cell goes on.
                continue;
            }
            let count = score.sent_between(0, from, to) + score.sent_between(1, from, to);
            if count > ALWAYS && count as f32 * SPACING > y - top {
                run = Some(match run {
                    Some((run_top, _, run_from, _)) => (run_top, y, run_from, to),
                    None => (top, y, from, to),
                });
            } else {
                if let Some(run) = run.take() {
                    self.shade(run);
                }
                let arrows = score.arrows();
                let start = arrows.partition_point(|arrow| made_at(arrow) < from);
                let end = arrows.partition_point(|arrow| made_at(arrow) < to);
                let room = ARROWS_MAX.saturating_sub(seen.arrows.len());
                seen.arrows.extend((start as u32..end as u32).take(room));
            }
            (top, from) = (y, to);
        }
        if let Some(run) = run {
            self.shade(run);
        }
        for subject in [self.frame.selection, self.frame.hover] {
            if let Some(record) = Frame::record_of(subject)
                && let Some(arrow) = score.arrow_of(record)
            {
                seen.arrows.push(arrow);
            }
        }
        sort(&mut seen.arrows, |a, b| a < b);
        seen.arrows.dedup();
        seen
    }

    /// The shade of a run of cells: its edges in content pixels, its instants.
    fn shade(&mut self, (top, bottom, from, to): (f32, f32, u64, u64)) {
        let score = self.frame.score;
        let map = &score.time;
        let [a, b] = self.layout.lifeline;
        let places = [sim::trace::Place::A, sim::trace::Place::B];
        let falls = places.map(|place| {
            let flight = score.expected_flight(place) as f32 / map.unit().0 as f32;
            flight * UNIT_PX * self.zoom
        });
        let rows = ((bottom - top) / ROW).ceil() as usize;
        let mut since = from;
        // Rows of one shade are painted in one piece.
        let mut pending: [Option<Shade>; 2] = [None, None];
        for row in 0..rows {
            let (y0, y1) = (
                top + row as f32 * ROW,
                (top + (row + 1) as f32 * ROW).min(bottom),
            );
            let until = map.time_at(y1, self.zoom).0.min(to);
            if until <= since {
                continue;
            }
            if y1 + self.shift + falls[0].max(falls[1]) < self.layout.head {
                since = until;
                continue;
            }
            for (direction, pending) in pending.iter_mut().enumerate() {
                let count = score.sent_between(direction, since, until);
                let opacity = if count == 0 {
                    0
                } else {
                    (24 + 12 * count.ilog2()).min(110) as u8
                };
                match pending {
                    Some(shade) if shade.opacity == opacity => shade.bottom = y1,
                    _ => {
                        let before = pending.replace(Shade {
                            top: y0,
                            bottom: y1,
                            opacity,
                        });
                        self.shade_row(direction, falls[direction], before);
                    }
                }
            }
            let y = (y0 + y1) / 2.0 + self.shift + falls[0] / 2.0;
            let middle = (a + b) / 2.0;
            for (count, ink, x) in [
                (score.lost_between(since, until), Ink::Lost, middle),
                (
                    score.retransmitted_between(since, until),
                    Ink::Tie,
                    a + (b - a) * 0.08,
                ),
            ] {
                if count > 0 {
                    let half = (3.0 + count as f32 * 2.0).min((b - a) * 0.06);
                    self.list.line(
                        point(x - half, y),
                        point(x + half, y),
                        ROW * 0.6,
                        ink,
                        255,
                        Subject::None,
                    );
                }
            }
            since = until;
        }
        for (direction, shade) in pending.into_iter().enumerate() {
            self.shade_row(direction, falls[direction], shade);
        }
        let count = score.sent_between(0, from, to) + score.sent_between(1, from, to);
        let y = ((top + bottom) / 2.0 + self.shift + falls[0] / 2.0)
            .max(self.layout.head + 16.0)
            .min(self.layout.height - 16.0);
        let mut text = String::from("\u{d7}");
        push_number(&mut text, count as u64);
        let at = point(a + (b - a) * 0.28, y);
        self.list.write(
            &text,
            at,
            TextStyle::new(self.layout.name, Anchor::Middle).halo(),
            Ink::Text,
            Subject::None,
        );
    }

    fn shade_row(&mut self, direction: usize, fall: f32, shade: Option<Shade>) {
        let Some(Shade {
            top,
            bottom,
            opacity,
        }) = shade
        else {
            return;
        };
        if opacity == 0 {
            return;
        }
        let [a, b] = self.layout.lifeline;
        let (x0, x1, ink) = if direction == 0 {
            (a, b, Ink::Data)
        } else {
            (b, a, Ink::Ack)
        };
        let (top, bottom) = (top + self.shift, bottom + self.shift);
        let corners = [
            point(x0, top),
            point(x1, top + fall),
            point(x1, bottom + fall),
            point(x0, bottom),
        ];
        self.list.polygon(&corners, ink, opacity, Subject::None);
    }
}
