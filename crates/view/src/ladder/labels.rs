//! Labels along the segments: they move along the arrow, change its side,
//! shorten, and at last leave a mark; they never lie on each other.
//!
//! Labels are placed in the order of sending, each against those placed before
//! it, so that what comes later never moves what is there already.

use super::Stage;
use super::arrows::Drawn;
use crate::display::{Anchor, DisplayList, Point, Rect, Shape, TextStyle, point};
use crate::geometry::{Turned, between, distance, distance_to_line, sin_cos};
use crate::segment_label::{Form, write_label};
use tcp::wire::Flags;

/// What is taken.
#[derive(Default)]
pub(super) struct Labels {
    /// Each with its upper and lower end.
    boxes: Vec<(f32, f32, Turned)>,
}

impl Labels {
    /// Nothing may be written here.
    pub(super) fn block(&mut self, box_: Turned) {
        let (middle, reach) = (box_.centre.y, box_.reach_y());
        self.boxes.push((middle - reach, middle + reach, box_));
    }

    /// What of it lies between two heights.
    fn between(&self, top: f32, bottom: f32, into: &mut Vec<Turned>) {
        let near = self.boxes.iter().rev().take(LOOK_BACK);
        into.clear();
        into.extend(
            near.filter(|(upper, lower, _)| *lower > top && *upper < bottom)
                .map(|(_, _, box_)| *box_),
        );
    }
}

/// Where lines cross strips beside an arrow, from where to where along the strip. Every label of an arrow lies in one of a
/// few strips, so that a strip is looked at once, however many places in it are tried.
#[derive(Default)]
struct Strips {
    crossed: Vec<(f32, f32)>,
    known: [Option<(u32, u32)>; PLACES.len()],
}

impl Strips {
    fn clear(&mut self) {
        self.crossed.clear();
        self.known = [None; PLACES.len()];
    }

    /// How many lines cross the stretch `from..to` of a strip, `most` at most. `across` makes of a point how far along the
    /// strip it is, and how far from its middle; `half` is half the strip's height.
    fn crossings(
        &mut self,
        strip: usize,
        lines: &[(Point, Point)],
        across: &dyn Fn(Point) -> (f32, f32),
        half: f32,
        (from, to): (f32, f32),
        most: usize,
    ) -> u32 {
        let (first, end) = match self.known[strip] {
            Some(known) => known,
            None => {
                let first = self.crossed.len() as u32;
                let pieces = lines
                    .iter()
                    .filter_map(|line| piece(across(line.0), across(line.1), half));
                self.crossed.extend(pieces);
                *self.known[strip].insert((first, self.crossed.len() as u32))
            }
        };
        let crossing = self.crossed[first as usize..end as usize]
            .iter()
            .filter(|(left, right)| *left < to && *right > from);
        crossing.take(most).count() as u32
    }
}

/// How many lines run along an arrow on either side, within a letter's breadth of it and within a word's.
#[derive(Default)]
struct Hedge {
    letter: [u32; 2],
    word: [u32; 2],
}

impl Hedge {
    /// Whether every label crosses more lines than it may, wherever it stands.
    fn leaves_no_room(&self, crossings_max: u32, letters: bool) -> bool {
        let beside = if letters { self.letter } else { self.word };
        beside[0].min(beside[1]) > crossings_max
    }
}

/// From where to where along a strip a line is in it: its ends given along and across the strip.
fn piece(one: (f32, f32), other: (f32, f32), half: f32) -> Option<(f32, f32)> {
    let (near, far) = if one.1 <= other.1 {
        (one, other)
    } else {
        (other, one)
    };
    if near.1 >= half || far.1 <= -half {
        return None;
    }
    let rise = far.1 - near.1;
    let along = |height: f32| near.0 + (far.0 - near.0) * ((height - near.1) / rise);
    let enters = if near.1 >= -half {
        near.0
    } else {
        along(-half)
    };
    let leaves = if far.1 <= half { far.0 } else { along(half) };
    Some((enters.min(leaves), enters.max(leaves)))
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

/// The turn of what is written along an arrow: from left to right, whichever way the segment goes.
fn slope(one: &Drawn) -> f32 {
    let (from, to) = one.piece;
    let (left, right) = if from.x <= to.x {
        (from, to)
    } else {
        (to, from)
    };
    (right.y - left.y).atan2(right.x - left.x)
}

/// Labels of steep arrows stand beside them, upright.
fn is_steep(slope: f32) -> bool {
    slope.abs() > 0.7
}

struct Placed {
    box_: Turned,
    angle: f32,
}

impl Stage<'_> {
    pub(super) fn labels(&mut self, drawn: &[Drawn], mut labels: Labels) {
        self.block_folds(&mut labels);
        let mut text = String::new();
        // What is written lies over the marks; marks of one ink, one after the other, are painted at once.
        let mut written = DisplayList::default();
        let (mut taken, mut strips) = (Vec::new(), Strips::default());
        let mut lines: Vec<(Point, Point)> = Vec::new();
        for at in 0..drawn.len() {
            let one = &drawn[at];
            let arrow = self.frame.score.arrows()[one.arrow as usize];
            let near = &drawn[at.saturating_sub(NEIGHBOURS)..drawn.len().min(at + NEIGHBOURS)];
            lines.clear();
            let others = near.iter().filter(|other| other.arrow != one.arrow);
            lines.extend(others.map(|other| other.piece));
            // A label over another segment's line is hard to read: rather a shorter one beside it. Only where lines are few may
            // one be crossed; where they are many, at most by the flags alone.
            let close = self.lines_close_by(one, &lines);
            if close > CROWD {
                continue;
            }
            let hedge = self.hedge(one, &lines, Flags(arrow.flags));
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
            labels.between(above - margin, below + margin, &mut taken);
            strips.clear();
            let mut done = false;
            'tries: for (crossings, first, last) in tries.iter().copied() {
                if hedge.leaves_no_room(crossings, first == Form::Flags && last == Form::Letters) {
                    continue;
                }
                for form in Form::ALL
                    .into_iter()
                    .filter(|form| (first..=last).contains(form))
                {
                    if !write_label(&mut text, &arrow, form, self.options.numbers) {
                        continue;
                    }
                    if let Some(placed) = self.place(
                        one,
                        text.chars().count(),
                        &lines,
                        crossings,
                        &taken,
                        &mut strips,
                    ) {
                        let font = self.layout.label;
                        let style = TextStyle::new(font, Anchor::Middle)
                            .turned(placed.angle)
                            .halo();
                        written.write(&text, placed.box_.centre, style, one.ink, one.subject);
                        labels.block(placed.box_);
                        done = true;
                        break 'tries;
                    }
                }
            }
            // Ahead of a segment a mark would look like another one on its way.
            if !done && one.share >= 0.5 * one.reach {
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
        self.list.append(&written, point(0.0, 0.0));
    }

    /// How many other lines run close by the middle of an arrow.
    fn lines_close_by(&self, one: &Drawn, lines: &[(Point, Point)]) -> usize {
        let middle = between(one.piece.0, one.piece.1, 0.5);
        let near = 2.0 * self.layout.label.size();
        lines
            .iter()
            .filter(|(from, to)| {
                let (top, bottom) = (from.y.min(to.y), from.y.max(to.y));
                top < middle.y + near
                    && bottom > middle.y - near
                    && distance_to_line(middle, *from, *to) < near
            })
            .count()
    }

    /// The lines that run along an arrow wherever a label may stand, so near that any label lies on them.
    fn hedge(&self, one: &Drawn, lines: &[(Point, Point)], flags: Flags) -> Hedge {
        let (from, to) = one.piece;
        let mut hedge = Hedge::default();
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy);
        if length < 1.0 {
            return hedge;
        }
        let font = self.layout.label;
        let height = font.size() + 1.0;
        let (cos, sin) = (dx / length, dy / length);
        let steep = is_steep(slope(one));
        // The places, from the first to the last, along what a line is looked at along: downward, or along the arrow.
        let span = if steep { dy } else { length };
        let (first, last) = (0.12 * span, 0.84 * span);
        let width = |characters| font.width_of(characters) + 4.0;
        let (near, letter, word) = if steep {
            let shortest = if flags.0 == 0 { 1 } else { 3 };
            (6.0, 6.0 + width(1), 6.0 + width(shortest))
        } else {
            let near = self.layout.stroke + 1.5;
            (near, near + height, near + height)
        };
        for line in lines {
            let [one, other] = [line.0, line.1].map(|p| {
                let (x, y) = (p.x - from.x, p.y - from.y);
                if steep {
                    (y, x - y * dx / dy)
                } else {
                    (x * cos + y * sin, y * cos - x * sin)
                }
            });
            if one.0.min(other.0) > first || one.0.max(other.0) < last {
                continue;
            }
            let rise = (other.1 - one.1) / (other.0 - one.0);
            let (begins, ends) = (
                one.1 + (first - one.0) * rise,
                one.1 + (last - one.0) * rise,
            );
            let side = usize::from(begins > 0.0);
            let (least, most) = (begins.abs().min(ends.abs()), begins.abs().max(ends.abs()));
            if begins * ends > 0.0 && least > near {
                hedge.letter[side] += u32::from(most < letter);
                hedge.word[side] += u32::from(most < word);
            }
        }
        hedge
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
        strips: &mut Strips,
    ) -> Option<Placed> {
        let font = self.layout.label;
        let (width, height) = (font.width_of(characters) + 4.0, font.size() + 1.0);
        let (from, to) = one.piece;
        let length = distance(from, to);
        if length < 1.0 {
            return None;
        }
        let angle = slope(one);
        let steep = is_steep(angle);
        let (sin, cos) = sin_cos(angle);
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
                    let centre = point(on.x - sin * off * sign, on.y + cos * off * sign);
                    Placed {
                        box_: Turned {
                            centre,
                            half_width: width / 2.0,
                            half_height: height / 2.0,
                            along: point(cos, sin),
                        },
                        angle,
                    }
                };
                let [a, b] = self.layout.lifeline;
                let centre = placed.box_.centre;
                if steep && (centre.x - width / 2.0 < a || centre.x + width / 2.0 > b) {
                    continue;
                }
                let most = crossings_max as usize + 1;
                let crossings = if steep {
                    // Upright, at the height of its place on the arrow.
                    let across = |p: Point| (p.x, p.y - on.y);
                    let stretch = (centre.x - width / 2.0, centre.x + width / 2.0);
                    strips.crossings(rank, lines, &across, height / 2.0, stretch, most)
                } else {
                    // Along the arrow, on one side of it.
                    let across = |p: Point| {
                        let (x, y) = (p.x - from.x, p.y - from.y);
                        (x * cos + y * sin, y * cos - x * sin - sign * off)
                    };
                    let at = across(centre).0;
                    let stretch = (at - width / 2.0, at + width / 2.0);
                    strips.crossings(side, lines, &across, height / 2.0, stretch, most)
                };
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
