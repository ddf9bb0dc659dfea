//! The little geometry that layouts and hit tests share.

use crate::display::{Point, Rect, point};

/// Sine and cosine of an angle within half a turn either way, to six digits: the same in every build, and without
/// the tables that reduce any angle whatever.
#[must_use]
pub fn sin_cos(angle: f32) -> (f32, f32) {
    let x = f64::from(angle) / 8.0;
    let square = x * x;
    let mut sin = x * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let mut cos =
        1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)));
    for _ in 0..3 {
        (sin, cos) = (2.0 * sin * cos, 1.0 - 2.0 * sin * sin);
    }
    (sin as f32, cos as f32)
}

/// A rectangle turned about its middle.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Turned {
    /// The middle.
    pub centre: Point,
    /// Half the length along the writing.
    pub half_width: f32,
    /// Half the height across it.
    pub half_height: f32,
    /// Cosine and sine of the turn.
    pub along: Point,
}

impl Turned {
    /// A rectangle of a size about a middle, turned clockwise by `angle` radians.
    #[must_use]
    pub fn new(centre: Point, width: f32, height: f32, angle: f32) -> Turned {
        let (sin, cos) = sin_cos(angle);
        Turned {
            centre,
            half_width: width / 2.0,
            half_height: height / 2.0,
            along: point(cos, sin),
        }
    }

    /// An upright one.
    #[must_use]
    pub fn upright(rect: Rect) -> Turned {
        Turned::new(rect.centre(), rect.width, rect.height, 0.0)
    }

    /// Half its height as it stands: how far it reaches up and down.
    #[must_use]
    pub fn reach_y(&self) -> f32 {
        self.half_width * self.along.y.abs() + self.half_height * self.along.x.abs()
    }

    fn reach_x(&self) -> f32 {
        self.half_width * self.along.x.abs() + self.half_height * self.along.y.abs()
    }

    /// A point in the rectangle's own frame.
    fn local(&self, p: Point) -> Point {
        let (x, y) = (p.x - self.centre.x, p.y - self.centre.y);
        point(
            x * self.along.x + y * self.along.y,
            y * self.along.x - x * self.along.y,
        )
    }

    /// How far a point is from it; 0 within.
    #[must_use]
    pub fn distance(&self, p: Point) -> f32 {
        let p = self.local(p);
        let x = (p.x.abs() - self.half_width).max(0.0);
        let y = (p.y.abs() - self.half_height).max(0.0);
        x.hypot(y)
    }

    /// Whether the two share more than an edge (separating axes).
    #[must_use]
    pub fn overlaps(&self, other: &Turned) -> bool {
        let (dx, dy) = (
            other.centre.x - self.centre.x,
            other.centre.y - self.centre.y,
        );
        if dx.abs() >= self.reach_x() + other.reach_x()
            || dy.abs() >= self.reach_y() + other.reach_y()
        {
            return false;
        }
        let apart = |one: &Turned, two: &Turned| {
            let (cos, sin) = (
                one.along.x * two.along.x + one.along.y * two.along.y,
                one.along.x * two.along.y - one.along.y * two.along.x,
            );
            let centre = one.local(two.centre);
            let reach_x = two.half_width * cos.abs() + two.half_height * sin.abs();
            let reach_y = two.half_width * sin.abs() + two.half_height * cos.abs();
            centre.x.abs() >= one.half_width + reach_x
                || centre.y.abs() >= one.half_height + reach_y
        };
        !apart(self, other) && !apart(other, self)
    }

    /// Whether a stretch of a line passes through it.
    #[must_use]
    pub fn crossed_by(&self, from: Point, to: Point) -> bool {
        let (a, b) = (self.local(from), self.local(to));
        let (mut enter, mut leave) = (0.0f32, 1.0f32);
        for (start, step, half) in [
            (a.x, b.x - a.x, self.half_width),
            (a.y, b.y - a.y, self.half_height),
        ] {
            if step.abs() < 1e-6 {
                if start.abs() >= half {
                    return false;
                }
                continue;
            }
            let (one, two) = ((-half - start) / step, (half - start) / step);
            enter = enter.max(one.min(two));
            leave = leave.min(one.max(two));
        }
        enter < leave
    }
}

/// How far a point is from a stretch of a line.
#[must_use]
pub fn distance_to_line(p: Point, from: Point, to: Point) -> f32 {
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let length = dx * dx + dy * dy;
    let share = if length == 0.0 {
        0.0
    } else {
        (((p.x - from.x) * dx + (p.y - from.y) * dy) / length).clamp(0.0, 1.0)
    };
    (p.x - from.x - share * dx).hypot(p.y - from.y - share * dy)
}

/// The point a share of the way between two.
#[must_use]
pub fn between(from: Point, to: Point, share: f32) -> Point {
    point(
        from.x + (to.x - from.x) * share,
        from.y + (to.y - from.y) * share,
    )
}

/// How far apart two points are.
#[must_use]
pub fn distance(from: Point, to: Point) -> f32 {
    (to.x - from.x).hypot(to.y - from.y)
}

/// A point of a cubic curve.
#[must_use]
pub fn on_curve(points: [Point; 4], t: f32) -> Point {
    let u = 1.0 - t;
    let mix = |a: f32, b: f32, c: f32, d: f32| {
        u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
    };
    let [a, b, c, d] = points;
    point(mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_those_of_the_standard_library() {
        for step in -40..=40 {
            let angle = step as f32 * 0.078;
            let ((sin, cos), (wanted_sin, wanted_cos)) = (sin_cos(angle), angle.sin_cos());
            assert!(
                (sin - wanted_sin).abs() < 2e-6 && (cos - wanted_cos).abs() < 2e-6,
                "{angle}: {sin} {cos}"
            );
        }
    }

    #[test]
    fn turned_rectangles_meet_and_miss() {
        let flat = Turned::new(point(0.0, 0.0), 100.0, 10.0, 0.0);
        assert!(flat.overlaps(&Turned::new(point(60.0, 4.0), 30.0, 10.0, 0.3)));
        assert!(!flat.overlaps(&Turned::new(point(0.0, 12.0), 100.0, 10.0, 0.0)));
        // Their upright hulls meet, they do not.
        let slanted = Turned::new(point(0.0, 0.0), 100.0, 6.0, 0.5);
        assert!(!slanted.overlaps(&Turned::new(point(0.0, 20.0), 100.0, 6.0, 0.5)));
    }

    #[test]
    fn a_line_crosses_a_box_only_where_it_passes_through() {
        let flat = Turned::new(point(0.0, 0.0), 100.0, 10.0, 0.0);
        assert!(flat.crossed_by(point(-80.0, -20.0), point(80.0, 20.0)));
        assert!(!flat.crossed_by(point(-80.0, -20.0), point(80.0, -6.0)));
        assert!(!flat.crossed_by(point(60.0, 0.0), point(90.0, 0.0)));
    }
}
