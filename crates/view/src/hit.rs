//! What a point shows, asked of the list that was painted.

use crate::display::{Anchor, Baseline, DisplayList, Item, Point, Shape, Subject, point};
use crate::geometry::{Turned, distance, distance_to_line, on_curve, sin_cos};

/// Reach of a mouse in pixels.
pub const REACH_MOUSE: f32 = 8.0;
/// Reach of a finger in pixels: what it aims at is 24 px wide at least, and more if nothing else is near.
pub const REACH_TOUCH: f32 = 18.0;

/// The subject at a point: the nearest segment in reach, else what is painted on top there, else the nearest thing in
/// reach. `Subject::None` where there is nothing.
#[must_use]
pub fn hit(list: &DisplayList, at: Point, reach: f32) -> Subject {
    let mut clips: Vec<bool> = Vec::new();
    let mut best: Option<(u8, f32, Subject)> = None;
    for item in list.items() {
        match item.shape {
            Shape::Clip { rect } => {
                clips.push(
                    at.x >= rect.x
                        && at.x <= rect.right()
                        && at.y >= rect.y
                        && at.y <= rect.bottom(),
                );
                continue;
            }
            Shape::Unclip => {
                clips.pop();
                continue;
            }
            _ => {}
        }
        if item.subject == Subject::None || clips.contains(&false) {
            continue;
        }
        let away = how_far(list, item, at);
        if away > reach {
            continue;
        }
        // A thin thing that is missed by a little goes before a broad one that is hit.
        let rank = match item.subject {
            Subject::Segment(_) | Subject::Copy(_) => 0,
            Subject::Record(_) | Subject::Arc { .. } => 1,
            Subject::Timer { .. } if away <= reach * 0.75 => 2,
            _ if away == 0.0 => 3,
            _ => 4,
        };
        // Of equal ones the later is on top.
        if best.is_none_or(|(best_rank, least, _)| {
            rank < best_rank || (rank == best_rank && away <= least)
        }) {
            best = Some((rank, away, item.subject));
        }
    }
    best.map_or(Subject::None, |(_, _, subject)| subject)
}

/// How far a point is from an item; 0 on it.
fn how_far(list: &DisplayList, item: &Item, at: Point) -> f32 {
    match item.shape {
        Shape::Line {
            from, to, width, ..
        } => (distance_to_line(at, from, to) - width / 2.0).max(0.0),
        Shape::Polyline { points, .. } => along(list.points(points).iter().copied(), at),
        Shape::Curve {
            from,
            first,
            second,
            to,
            ..
        } => {
            let curve = [from, first, second, to];
            along((0..=16).map(|step| on_curve(curve, step as f32 / 16.0)), at)
        }
        Shape::Polygon { points } => {
            let points = list.points(points);
            if inside(points, at) {
                0.0
            } else {
                along(points.iter().copied().chain(points.first().copied()), at)
            }
        }
        Shape::Fill { rect, .. } | Shape::Frame { rect, .. } => Turned::upright(rect).distance(at),
        Shape::Dot { centre, radius } => (distance(centre, at) - radius).max(0.0),
        Shape::Text {
            at: origin,
            text,
            font,
            anchor,
            baseline,
            angle,
            ..
        } => {
            let width = font.width(list.text(text));
            let (sin, cos) = sin_cos(angle);
            let across = match anchor {
                Anchor::Start => width / 2.0,
                Anchor::Middle => 0.0,
                Anchor::End => -width / 2.0,
            };
            let up = match baseline {
                Baseline::Middle => 0.0,
                Baseline::Alphabetic => font.middle_shift(),
            };
            let centre = point(
                origin.x + across * cos + up * sin,
                origin.y + across * sin - up * cos,
            );
            Turned::new(centre, width, font.size(), angle).distance(at)
        }
        Shape::Clip { .. } | Shape::Unclip => f32::INFINITY,
    }
}

fn along(points: impl Iterator<Item = Point>, at: Point) -> f32 {
    let mut least = f32::INFINITY;
    let mut before = None;
    for p in points {
        if let Some(before) = before {
            least = least.min(distance_to_line(at, before, p));
        }
        before = Some(p);
    }
    least
}

fn inside(points: &[Point], at: Point) -> bool {
    let mut within = false;
    let mut before = points.len().wrapping_sub(1);
    for (index, p) in points.iter().enumerate() {
        let q = points[before];
        if (p.y > at.y) != (q.y > at.y) && at.x < (q.x - p.x) * (at.y - p.y) / (q.y - p.y) + p.x {
            within = !within;
        }
        before = index;
    }
    within
}
