//! Segments on their way.

use sim::trace::Place;

use super::density::Seen;
use super::labels::Labels;
use super::{Layout, Stage};
use crate::display::{Anchor, Dash, Point, Shape, Subject, TextStyle, point};
use crate::geometry::{Turned, between, distance};
use crate::ink::Ink;
use crate::score::{Arrow, Fate, NONE, mark};
use crate::segment_label::ink_of;
use crate::viewport::Sockets;
use tcp::sorted::sort;

/// How many ties may run side by side.
const TIES_MAX: usize = 2;

/// So many segments on their way have a rim each, and dots along what is before them.
const TIPS_FEW: usize = 12;

/// A segment's way over the stage: straight, however long it takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    start: Point,
    end: Point,
    /// What of it is done at `now`.
    gone: f32,
    /// What of it is ever done: less than 1 for what was lost.
    reach: f32,
}

impl Way {
    fn at(&self, share: f32) -> Point {
        between(self.start, self.end, share)
    }
}

/// An arrow that has been drawn and wants a label.
pub(super) struct Drawn {
    pub(super) arrow: u32,
    pub(super) subject: Subject,
    pub(super) ink: Ink,
    pub(super) piece: (Point, Point),
    /// Up to where the piece has been (or will be) travelled: less than 1 for what was lost.
    pub(super) reach: f32,
    /// Up to where it is drawn.
    pub(super) share: f32,
}

/// An arrow on the stage.
struct Placed<'a> {
    arrow: &'a Arrow,
    way: Way,
    fate: Fate,
    ink: Ink,
    subject: Subject,
    dash: Dash,
    /// Up to where it is drawn.
    share: f32,
}

impl Placed<'_> {
    fn tip(&self) -> Point {
        self.way.at(self.share)
    }

    /// A little before the tip: where its head points away from.
    fn before(&self) -> Point {
        self.way.at((self.share - 0.02).max(0.0))
    }
}

/// What an arrow is to a hit test and to selection.
#[must_use]
pub fn subject_of(arrow: &Arrow) -> Subject {
    if arrow.is(mark::COPY) {
        Subject::Copy(sim::trace::RecordId(arrow.fate_record))
    } else {
        Subject::Segment(arrow.send)
    }
}

impl Stage<'_> {
    fn shows_arrow(&self, arrow: &Arrow) -> bool {
        let Sockets::Only { place, socket } = self.options.sockets else {
            return true;
        };
        if arrow.from == place {
            arrow.from_socket == socket
        } else {
            arrow.to != place || arrow.to_socket == socket || arrow.to_socket == 0
        }
    }

    /// The way of an arrow, and how it ended as far as that has happened.
    fn way(&self, arrow: &Arrow) -> (Way, Fate) {
        let (end, fate) = self.frame.end_of(arrow);
        let sent = arrow.sent.time;
        let start = point(self.layout.x(arrow.from, arrow.to), self.y(arrow.sent));
        let (mut whole, mut death) = (end, None);
        if arrow.fate == Fate::Lost && arrow.fate_record != NONE {
            // It died before its end: the way goes on to where it would have arrived.
            let flight = self.frame.score.expected_flight(arrow.from).max(1);
            whole.time = (sent + flight).max(end.time + flight / 16);
            whole.slot = arrow.sent.slot;
            death = Some(end);
        }
        let x = self.layout.x(arrow.to, arrow.from);
        let height = (self.y(whole) - start.y).max(0.5);
        let share = |y: f32| (y - start.y) / height;
        let way = Way {
            start,
            end: point(x, start.y + height),
            gone: share(self.now_y).clamp(0.0, 1.0),
            reach: death.map_or(1.0, |death| share(self.y(death)).clamp(0.08, 0.94)),
        };
        (way, fate)
    }

    /// The point of an arrow's way at a height.
    pub(super) fn on_its_way(&self, arrow: &Arrow, y: f32) -> Point {
        let (way, _) = self.way(arrow);
        let height = (way.end.y - way.start.y).max(0.5);
        way.at(((y - way.start.y) / height).clamp(0.0, 1.0))
    }

    pub(super) fn arrows(&mut self, seen: &Seen, mut labels: Labels) {
        let frame = self.frame;
        let score = frame.score;
        let mut drawn = Vec::with_capacity(seen.arrows.len());
        let mut placed = Vec::with_capacity(seen.arrows.len());
        let mut ties = Vec::new();
        for index in &seen.arrows {
            let arrow = &score.arrows()[*index as usize];
            if !frame.has(arrow.made_by()) || !self.shows_arrow(arrow) {
                continue;
            }
            if arrow.is(mark::RETRANSMISSION) && arrow.before != NONE {
                self.tie(arrow, &score.arrows()[arrow.before as usize], &mut ties);
            }
            let (way, fate) = self.way(arrow);
            let subject = subject_of(arrow);
            let ink = ink_of(arrow);
            let share = match fate {
                Fate::Unknown => way.gone,
                Fate::Lost => way.reach,
                Fate::Arrived | Fate::Refused => 1.0,
            };
            placed.push(Placed {
                arrow,
                way,
                fate,
                ink,
                subject,
                dash: if arrow.is(mark::FORGED) {
                    Dash::Dashed
                } else if arrow.is(mark::COPY | mark::DUPLICATE) {
                    Dash::Dotted
                } else {
                    Dash::Solid
                },
                share,
            });
            drawn.push(Drawn {
                arrow: *index,
                subject,
                ink,
                piece: (way.start, way.end),
                reach: if fate == Fate::Lost { way.reach } else { 1.0 },
                share,
            });
        }
        self.shafts(&placed);
        for one in &placed {
            self.end_of(one, &mut labels);
        }
        if !self.options.storyboard {
            self.tips(&placed);
        }
        self.labels(&drawn, labels);
    }

    /// The lines, and the heads of what arrived: those of one style one after the other, which a painter does at once.
    fn shafts(&mut self, placed: &[Placed]) {
        let stroke = self.layout.stroke;
        let under_way = || placed.iter().filter(|one| one.fate == Fate::Unknown);
        // Of many, dots would run together; a fainter line says as much, and is painted in a fraction of the time.
        let (dash, opacity) = if under_way().count() > TIPS_FEW {
            (Dash::Solid, 120)
        } else {
            (Dash::Dotted, 255)
        };
        for one in under_way() {
            self.list.dashed(
                one.tip(),
                one.way.end,
                1.0,
                dash,
                Ink::Faint,
                opacity,
                Subject::None,
            );
        }
        for one in placed {
            let newest = if self.frame.has(one.arrow.fate_record) {
                one.arrow.fate_record
            } else {
                one.arrow.made_by()
            };
            if let Some((glow, opacity)) = self.glow(one.subject, newest) {
                self.list.line(
                    one.way.start,
                    one.tip(),
                    stroke + 7.0,
                    glow,
                    opacity,
                    Subject::None,
                );
            }
        }
        let mut order: Vec<u32> = (0..placed.len() as u32).collect();
        let key = |at: u32| {
            let one = &placed[at as usize];
            (one.dash as u8, one.ink as u8, at)
        };
        sort(&mut order, |a, b| key(*a) < key(*b));
        for at in &order {
            let one = &placed[*at as usize];
            self.list.dashed(
                one.way.start,
                one.tip(),
                stroke,
                one.dash,
                one.ink,
                255,
                one.subject,
            );
        }
        for at in &order {
            let one = &placed[*at as usize];
            if one.fate == Fate::Arrived {
                self.head_at(one.before(), one.tip(), one.ink, one.subject, true);
            }
        }
    }

    /// A dot where each segment on its way is now. A few have a rim each, so that they part where they meet; of many the dots
    /// are smaller, and those of one ink come together.
    fn tips(&mut self, placed: &[Placed]) {
        let mut tips: Vec<&Placed> = placed
            .iter()
            .filter(|one| one.fate == Fate::Unknown)
            .collect();
        let many = tips.len() > TIPS_FEW;
        if many {
            let key = |one: &Placed| (one.ink as u8, one.arrow.made_by());
            sort(&mut tips, |a, b| key(a) < key(b));
        }
        for one in tips {
            let centre = one.tip();
            let mut dot = |radius, ink, subject| {
                self.list
                    .push(Shape::Dot { centre, radius }, ink, 255, subject);
            };
            if many {
                dot(4.0, one.ink, one.subject);
            } else {
                dot(7.0, Ink::Surface, Subject::None);
                dot(5.0, one.ink, one.subject);
            }
        }
    }

    /// How an arrow begins and ends, as far as its line does not say it.
    fn end_of(&mut self, one: &Placed, labels: &mut Labels) {
        let &Placed {
            arrow,
            ref way,
            fate,
            ink,
            subject,
            share,
            ..
        } = one;
        let (start, tip, before) = (way.start, one.tip(), one.before());
        if Layout::side(arrow.from).is_none() {
            // It comes from off the path: its beginning hangs on nobody's lifeline.
            let Point { x, y } = start;
            let r = 5.0;
            self.list.polygon(
                &[
                    point(x - r, y),
                    point(x, y - r),
                    point(x + r, y),
                    point(x, y + r),
                ],
                ink,
                255,
                subject,
            );
        }
        match fate {
            Fate::Unknown if self.options.storyboard => {
                self.head_at(before, tip, ink, subject, true)
            }
            Fate::Unknown | Fate::Arrived => {}
            Fate::Refused => {
                self.head_at(before, tip, ink, subject, false);
                // A bar before the lifeline: it came, and was not let in.
                let back = if tip.x >= start.x { -3.0 } else { 3.0 };
                self.list.line(
                    point(tip.x + back, tip.y - 6.0),
                    point(tip.x + back, tip.y + 6.0),
                    2.5,
                    Ink::Lost,
                    255,
                    subject,
                );
            }
            Fate::Lost => {
                let r = 5.5;
                for sign in [-1.0, 1.0] {
                    let (from, to) = (
                        point(tip.x - r, tip.y - r * sign),
                        point(tip.x + r, tip.y + r * sign),
                    );
                    self.list.line(from, to, 2.6, Ink::Lost, 255, subject);
                }
                labels.block(Turned::new(tip, 2.0 * r + 4.0, 2.0 * r + 4.0, 0.0));
            }
        }
        self.badges(arrow, way, share, subject, labels);
    }

    /// The head of an arrow, filled or hollow.
    fn head_at(&mut self, before: Point, tip: Point, ink: Ink, subject: Subject, filled: bool) {
        let length = distance(before, tip).max(0.001);
        let along = point((tip.x - before.x) / length, (tip.y - before.y) / length);
        let (long, wide) = (6.0 + self.layout.stroke * 2.0, 2.2 + self.layout.stroke);
        let back = point(tip.x - along.x * long, tip.y - along.y * long);
        let corners = [
            tip,
            point(back.x - along.y * wide, back.y + along.x * wide),
            point(back.x + along.y * wide, back.y - along.x * wide),
        ];
        self.list.polygon(
            &corners,
            if filled { ink } else { Ink::Surface },
            255,
            subject,
        );
        if !filled {
            self.list.polyline(
                &[corners[0], corners[1], corners[2], corners[0]],
                1.4,
                Dash::Solid,
                ink,
                255,
                subject,
            );
        }
    }

    /// Small round signs for what was done to a segment on its way.
    fn badges(
        &mut self,
        arrow: &Arrow,
        way: &Way,
        share: f32,
        subject: Subject,
        labels: &mut Labels,
    ) {
        let signs = [
            (mark::HELD, "", Ink::Changed),
            (mark::EDITED, "\u{2260}", Ink::Forged),
            (mark::CORRUPTED, "!", Ink::Lost),
            (mark::COPY | mark::DUPLICATE, "2", Ink::Muted),
        ];
        let mut at = 0.32;
        for (bit, sign, ink) in signs {
            if !arrow.is(bit) {
                continue;
            }
            let centre = way.at(share * at);
            at += 0.12;
            let radius = self.layout.small.size() * 0.72;
            self.list.push(
                Shape::Dot {
                    centre,
                    radius: radius + 1.5,
                },
                Ink::Surface,
                255,
                Subject::None,
            );
            self.list
                .push(Shape::Dot { centre, radius }, ink, 255, subject);
            if sign.is_empty() {
                // The two bars of a pause, drawn: few faces have a sign for it.
                for x in [centre.x - 2.2, centre.x + 2.2] {
                    let (from, to) = (
                        point(x, centre.y - radius * 0.5),
                        point(x, centre.y + radius * 0.5),
                    );
                    self.list.line(from, to, 1.8, Ink::Surface, 255, subject);
                }
            } else {
                let style = TextStyle::new(self.layout.small, Anchor::Middle);
                self.list.write(sign, centre, style, Ink::Surface, subject);
            }
            labels.block(Turned::new(
                centre,
                2.0 * radius + 4.0,
                2.0 * radius + 4.0,
                0.0,
            ));
        }
    }

    /// A thin tie from a retransmission back to the transmission before it. Of many side by side only the first few, and
    /// what is selected or pointed at.
    fn tie(&mut self, arrow: &Arrow, before: &Arrow, ties: &mut Vec<(Place, f32, f32)>) {
        if !matches!(arrow.from, Place::A | Place::B) {
            return;
        }
        let x = self.layout.x(arrow.from, arrow.to);
        let inward = if arrow.from == Place::A { 1.0 } else { -1.0 };
        let (top, bottom) = (self.y(before.sent), self.y(arrow.sent));
        let beside = ties
            .iter()
            .filter(|(place, from, to)| {
                *place == arrow.from && *from < bottom - 1.0 && *to > top + 1.0
            })
            .count();
        let subject = subject_of(arrow);
        if beside >= TIES_MAX && subject != self.frame.selection && subject != self.frame.hover {
            return;
        }
        ties.push((arrow.from, top, bottom));
        let top = top.max(self.layout.head - 400.0);
        let height = bottom - top;
        let bulge = inward * (10.0 + (height * 0.12).min(26.0));
        let share = 0.28;
        self.list.push(
            Shape::Curve {
                from: point(x, top),
                first: point(x + bulge, top + height * share),
                second: point(x + bulge, bottom - height * share),
                to: point(x, bottom),
                width: 1.3,
                dash: Dash::Dashed,
            },
            Ink::Tie,
            255,
            subject_of(arrow),
        );
        self.list.push(
            Shape::Dot {
                centre: point(x, bottom),
                radius: 3.2,
            },
            Ink::Tie,
            255,
            subject_of(arrow),
        );
    }
}
