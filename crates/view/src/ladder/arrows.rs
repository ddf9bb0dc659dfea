//! Segments on their way.

use sim::trace::Place;

use super::density::Seen;
use super::labels::Labels;
use super::{Layout, Stage};
use crate::display::{Anchor, Dash, Point, Shape, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::geometry::{Turned, between, distance};
use crate::ink::Ink;
use crate::score::{Arrow, Fate, NONE, mark};
use crate::segment_label::ink_of;
use crate::viewport::Sockets;

/// A segment's way over the stage: points with the share of its time at which it is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    points: Vec<(f32, Point)>,
}

impl Way {
    pub(super) fn start(&self) -> Point {
        self.points[0].1
    }

    pub(super) fn end(&self) -> Point {
        self.points[self.points.len() - 1].1
    }

    /// Where the segment is at a share of its time.
    pub(super) fn at(&self, share: f32) -> Point {
        let next = self
            .points
            .partition_point(|(passed, _)| *passed <= share)
            .clamp(1, self.points.len() - 1);
        let ((before, from), (after, to)) = (self.points[next - 1], self.points[next]);
        between(
            from,
            to,
            if after > before {
                ((share - before) / (after - before)).clamp(0.0, 1.0)
            } else {
                1.0
            },
        )
    }

    /// The points up to a share of the time.
    fn until(&self, share: f32) -> Vec<Point> {
        let mut points: Vec<Point> = self
            .points
            .iter()
            .filter(|(passed, _)| *passed < share)
            .map(|(_, p)| *p)
            .collect();
        points.push(self.at(share));
        points
    }

    /// The longest straight piece: where there is most room to write.
    pub(super) fn longest(&self) -> (Point, Point) {
        let mut best = (self.points[0].1, self.points[1].1);
        for pair in self.points.windows(2) {
            let piece = (pair[0].1, pair[1].1);
            if distance(piece.0, piece.1) > distance(best.0, best.1) + 0.5 {
                best = piece;
            }
        }
        best
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

    /// The way of an arrow, and how long it takes.
    fn way(&self, frame: &Frame, arrow: &Arrow) -> (Way, u64, Fate, f32) {
        let (end, fate) = frame.end_of(arrow);
        let sent = arrow.sent.time;
        let mut whole = end;
        let mut reach = 1.0;
        if arrow.fate == Fate::Lost && arrow.fate_record != NONE {
            // It died before its end: the way goes on to where it would have arrived.
            let flight = frame.score.expected_flight(arrow.from).max(1);
            whole.time = (sent + flight).max(end.time + flight / 16);
            reach = ((end.time - sent) as f32 / (whole.time - sent) as f32).clamp(0.08, 0.94);
            whole.slot = arrow.sent.slot;
        }
        let duration = (whole.time - sent).max(1);
        let (x0, x1) = (
            self.layout.x(arrow.from, arrow.to),
            self.layout.x(arrow.to, arrow.from),
        );
        let mut bends = Vec::new();
        frame.score.time.bends(sent, whole.time, 16, &mut bends);
        let mut way = Way::default();
        way.points.push((0.0, point(x0, self.y(arrow.sent))));
        for bend in bends {
            let share = (bend - sent) as f32 / duration as f32;
            way.points
                .push((share, point(x0 + (x1 - x0) * share, self.y_time(bend))));
        }
        let y1 = if whole.slot == arrow.sent.slot && whole.time > sent + duration {
            self.y_time(whole.time)
        } else {
            self.y(whole)
        };
        way.points.push((1.0, point(x1, y1.max(way.start().y))));
        (way, duration, fate, reach)
    }

    pub(super) fn arrows(&mut self, seen: &Seen, mut labels: Labels) {
        let frame = self.frame;
        let score = frame.score;
        let mut drawn = Vec::with_capacity(seen.arrows.len());
        for index in &seen.arrows {
            let arrow = &score.arrows()[*index as usize];
            if !frame.has(arrow.made_by()) || !self.shows_arrow(arrow) {
                continue;
            }
            if arrow.is(mark::RETRANSMISSION) && arrow.original != NONE {
                self.tie(arrow, &score.arrows()[arrow.original as usize]);
            }
            let (way, duration, fate, reach) = self.way(frame, arrow);
            let subject = subject_of(arrow);
            let ink = ink_of(arrow);
            self.arrow(
                arrow,
                &way,
                duration,
                fate,
                reach,
                ink,
                subject,
                &mut labels,
            );
            let piece = way.longest();
            let reach = if piece == (way.start(), way.end()) && fate == Fate::Lost {
                reach
            } else {
                1.0
            };
            drawn.push(Drawn {
                arrow: *index,
                subject,
                ink,
                piece,
                reach,
            });
        }
        self.labels(&drawn, labels);
    }

    #[allow(clippy::too_many_arguments)]
    fn arrow(
        &mut self,
        arrow: &Arrow,
        way: &Way,
        duration: u64,
        fate: Fate,
        reach: f32,
        ink: Ink,
        subject: Subject,
        labels: &mut Labels,
    ) {
        let stroke = self.layout.stroke;
        let gone = (self.frame.now.0.saturating_sub(arrow.sent.time) as f32 / duration as f32)
            .clamp(0.0, 1.0);
        let share = match fate {
            Fate::Unknown => gone,
            Fate::Lost => reach,
            Fate::Arrived | Fate::Refused => 1.0,
        };
        let tip = way.at(share);
        let line = way.until(share);
        let before = if share > 0.02 {
            way.at(share - 0.02)
        } else {
            way.start()
        };
        let dash = if arrow.is(mark::FORGED) {
            Dash::Dashed
        } else if arrow.is(mark::COPY) {
            Dash::Dotted
        } else {
            Dash::Solid
        };
        if fate == Fate::Unknown {
            self.list.dashed(
                tip,
                way.end(),
                1.0,
                Dash::Dotted,
                Ink::Faint,
                255,
                Subject::None,
            );
        }
        let newest = if self.frame.has(arrow.fate_record) {
            arrow.fate_record
        } else {
            arrow.made_by()
        };
        if let Some((glow, opacity)) = self.glow(subject, newest) {
            self.list.polyline(
                &line,
                stroke + 7.0,
                Dash::Solid,
                glow,
                opacity,
                Subject::None,
            );
        }
        if line.len() == 2 {
            self.list.push(
                Shape::Line {
                    from: line[0],
                    to: line[1],
                    width: stroke,
                    dash,
                },
                ink,
                255,
                subject,
            );
        } else {
            self.list.polyline(&line, stroke, dash, ink, 255, subject);
        }
        if Layout::side(arrow.from).is_none() {
            // It comes from off the path: its beginning hangs on nobody's lifeline.
            let Point { x, y } = way.start();
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
            Fate::Unknown => {
                self.list.push(
                    Shape::Dot {
                        centre: tip,
                        radius: 7.0,
                    },
                    Ink::Surface,
                    255,
                    Subject::None,
                );
                self.list.push(
                    Shape::Dot {
                        centre: tip,
                        radius: 5.0,
                    },
                    ink,
                    255,
                    subject,
                );
            }
            Fate::Arrived => self.head_at(before, tip, ink, subject, true),
            Fate::Refused => {
                self.head_at(before, tip, ink, subject, false);
                // A bar before the lifeline: it came, and was not let in.
                let back = if tip.x >= way.start().x { -3.0 } else { 3.0 };
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
            (mark::HELD, "\u{2016}", Ink::Changed),
            (mark::EDITED, "\u{2260}", Ink::Forged),
            (mark::CORRUPTED, "!", Ink::Lost),
            (mark::COPY, "2", Ink::Muted),
        ];
        let mut at = 0.5;
        for (bit, sign, ink) in signs {
            if !arrow.is(bit) {
                continue;
            }
            let centre = way.at(share * at);
            at += 0.1;
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
            self.list.write(
                sign,
                centre,
                TextStyle::new(self.layout.small, Anchor::Middle),
                Ink::Surface,
                subject,
            );
            labels.block(Turned::new(
                centre,
                2.0 * radius + 4.0,
                2.0 * radius + 4.0,
                0.0,
            ));
        }
    }

    /// A thin tie from a retransmission back to what was sent first.
    fn tie(&mut self, arrow: &Arrow, original: &Arrow) {
        if !matches!(arrow.from, Place::A | Place::B) {
            return;
        }
        let x = self.layout.x(arrow.from, arrow.to);
        let inward = if arrow.from == Place::A { 1.0 } else { -1.0 };
        let (top, bottom) = (self.y(original.sent), self.y(arrow.sent));
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
