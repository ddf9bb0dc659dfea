//! Labels along the segments: they move along the arrow, change its side,
//! shorten, and at last leave a mark; they never lie on each other.
//!
//! Labels are placed in the order of sending, each against those placed before
//! it, so that what comes later never moves what is there already.

use super::Stage;
use super::arrows::Drawn;
use crate::display::{Anchor, Point, Rect, Shape, TextStyle, point};
use crate::geometry::{Turned, between, distance, distance_to_line, sin_cos};
use crate::segment_label::{Form, write_label};

/// What is taken.
#[derive(Default)]
pub(super) struct Labels {
    boxes: Vec<Turned>,
}

impl Labels {
    /// Nothing may be written here.
    pub(super) fn block(&mut self, box_: Turned) {
        self.boxes.push(box_);
    }

    /// What of it lies between two heights.
    fn between(&self, top: f32, bottom: f32) -> Vec<Turned> {
        let near = |taken: &&Turned| {
            let reach = taken.reach_y();
            taken.centre.y + reach > top && taken.centre.y - reach < bottom
        };
        self.boxes
            .iter()
            .rev()
            .take(LOOK_BACK)
            .filter(near)
            .copied()
            .collect()
    }
}

/// Where along the arrow the middle of a label may stand, best first.
const PLACES: [f32; 7] = [0.5, 0.36, 0.64, 0.26, 0.74, 0.18, 0.82];
/// How many of the boxes placed last a label is held against.
const LOOK_BACK: usize = 200;
/// With more lines than this close by only the shortest forms are tried.
const FEW: usize = 5;
/// With more lines than this close by there is no room for a label, nor for a mark in its place.
const CROWD: usize = 9;
/// Lines before and after in order that a label tries not to lie on.
const NEIGHBOURS: usize = 8;

struct Placed {
    box_: Turned,
    angle: f32,
}

impl Stage<'_> {
    pub(super) fn labels(&mut self, drawn: &[Drawn], mut labels: Labels) {
        self.block_folds(&mut labels);
        let mut text = String::new();
        for at in 0..drawn.len() {
            let one = &drawn[at];
            let arrow = self.frame.score.arrows()[one.arrow as usize];
            let near = &drawn[at.saturating_sub(NEIGHBOURS)..drawn.len().min(at + NEIGHBOURS)];
            let lines: Vec<(Point, Point)> = near
                .iter()
                .filter(|other| other.arrow != one.arrow)
                .map(|other| other.piece)
                .collect();
            // A label over another segment's line is hard to read: rather a shorter one beside it. Only where lines are few may
            // one be crossed; where they are many, at most by the flags alone.
            let close = self.lines_close_by(one, &lines);
            if close > CROWD {
                continue;
            }
            let busy = close > 2;
            let tries = [
                (0, Form::Rich, Form::Numbers),
                (1, if busy { Form::Flags } else { Form::Rich }, Form::Flags),
                (0, Form::Flags, Form::Letters),
            ];
            let tries = if close > FEW { &tries[2..] } else { &tries[..] };
            let (above, below) = (
                one.piece.0.y.min(one.piece.1.y),
                one.piece.0.y.max(one.piece.1.y),
            );
            let margin = 2.0 * self.layout.label.size() + self.layout.stroke;
            let taken = labels.between(above - margin, below + margin);
            let mut done = false;
            'tries: for (crossings, first, last) in tries.iter().copied() {
                for form in Form::ALL
                    .into_iter()
                    .filter(|form| (first..=last).contains(form))
                {
                    if !write_label(&mut text, &arrow, form, self.options.numbers) {
                        continue;
                    }
                    if let Some(placed) =
                        self.place(one, text.chars().count(), &lines, crossings, &taken)
                    {
                        let font = self.layout.label;
                        let style = TextStyle::new(font, Anchor::Middle)
                            .turned(placed.angle)
                            .halo();
                        self.list
                            .write(&text, placed.box_.centre, style, one.ink, one.subject);
                        labels.block(placed.box_);
                        done = true;
                        break 'tries;
                    }
                }
            }
            if !done {
                let centre = between(one.piece.0, one.piece.1, 0.5 * one.reach);
                self.list.push(
                    Shape::Dot {
                        centre,
                        radius: 2.6,
                    },
                    one.ink,
                    255,
                    one.subject,
                );
            }
        }
    }

    /// How many other lines run close by the middle of an arrow.
    fn lines_close_by(&self, one: &Drawn, lines: &[(Point, Point)]) -> usize {
        let middle = between(one.piece.0, one.piece.1, 0.5);
        let near = 2.0 * self.layout.label.size();
        lines
            .iter()
            .filter(|(from, to)| distance_to_line(middle, *from, *to) < near)
            .count()
    }

    fn block_folds(&self, labels: &mut Labels) {
        let (top, bottom) = (
            self.layout.head - self.shift,
            self.layout.height - self.shift,
        );
        let [a, b] = self.layout.lifeline;
        for fold in self.frame.score.time.folds_in(top, bottom, self.zoom, 256) {
            if fold.start.0 <= self.frame.now.0 {
                let inset = (fold.bottom - fold.top) * 0.2;
                let rect = Rect::new(
                    a,
                    fold.top + self.shift + inset,
                    b - a,
                    fold.bottom - fold.top - 2.0 * inset,
                );
                labels.block(Turned::upright(rect));
            }
        }
    }

    fn place(
        &self,
        one: &Drawn,
        characters: usize,
        lines: &[(Point, Point)],
        crossings_max: u32,
        taken: &[Turned],
    ) -> Option<Placed> {
        let font = self.layout.label;
        let (width, height) = (font.width_of(characters) + 4.0, font.size() + 1.0);
        let (from, to) = one.piece;
        let length = distance(from, to);
        if length < 1.0 {
            return None;
        }
        // Written from left to right, whichever way the segment goes.
        let (left, right) = if from.x <= to.x {
            (from, to)
        } else {
            (to, from)
        };
        let angle = (right.y - left.y).atan2(right.x - left.x);
        let steep = angle.abs() > 0.7;
        let off = height / 2.0 + self.layout.stroke + 1.5;
        let mut best: Option<(u32, Placed)> = None;
        for (rank, place) in PLACES.into_iter().enumerate() {
            if best
                .as_ref()
                .is_some_and(|(least, _)| *least <= rank as u32 * 2)
            {
                break;
            }
            // What was lost is written where it was.
            let share = place
                * if one.reach < 1.0 {
                    one.reach.max(0.7)
                } else {
                    1.0
                };
            if !steep
                && (share * length < width / 2.0 + 6.0
                    || (1.0 - share) * length < width / 2.0 + 12.0)
            {
                continue;
            }
            let on = between(from, to, share);
            for (side, sign) in [-1.0f32, 1.0].into_iter().enumerate() {
                let placed = if steep {
                    let centre = point(on.x + sign * (width / 2.0 + 6.0), on.y);
                    Placed {
                        box_: Turned::new(centre, width, height, 0.0),
                        angle: 0.0,
                    }
                } else {
                    let (sin, cos) = sin_cos(angle);
                    let centre = point(on.x - sin * off * sign, on.y + cos * off * sign);
                    Placed {
                        box_: Turned::new(centre, width, height, angle),
                        angle,
                    }
                };
                let [a, b] = self.layout.lifeline;
                let centre = placed.box_.centre;
                if steep && (centre.x - width / 2.0 < a || centre.x + width / 2.0 > b) {
                    continue;
                }
                let most = crossings_max as usize + 1;
                let crossed = |line: &&(Point, Point)| placed.box_.crossed_by(line.0, line.1);
                let crossings = lines.iter().filter(crossed).take(most).count() as u32;
                if crossings > crossings_max
                    || taken.iter().any(|taken| taken.overlaps(&placed.box_))
                {
                    continue;
                }
                let cost = crossings * 20 + rank as u32 * 2 + side as u32 * 3;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, placed));
                }
            }
        }
        best.map(|(_, placed)| placed)
    }
}
