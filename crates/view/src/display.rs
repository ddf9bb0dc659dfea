//! The display list: a few kinds of items, each with its ink and with the id
//! of what it shows.
//!
//! Everything is in CSS pixels, y downward. Storage is flat: items are small
//! and `Copy`, points and text live in two pools beside them, so that a painter
//! walks one slice and allocates nothing.

use tcp::event::Timer;
use tcp::state::State;

use sim::trace::{Place, RecordId};

use crate::ink::Ink;
use crate::text::Font;

/// A point in CSS pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Downward.
    pub y: f32,
}

/// Shorthand for [`Point`].
#[must_use]
pub const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// An upright rectangle in CSS pixels.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[allow(missing_docs)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Rect {
    /// From its left upper corner and its size.
    #[must_use]
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Rect {
        Rect {
            x,
            y,
            width,
            height,
        }
    }

    /// The right edge.
    #[must_use]
    pub fn right(self) -> f32 {
        self.x + self.width
    }

    /// The lower edge.
    #[must_use]
    pub fn bottom(self) -> f32 {
        self.y + self.height
    }

    /// The middle.
    #[must_use]
    pub fn centre(self) -> Point {
        point(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// Whether the two share more than an edge.
    #[must_use]
    pub fn overlaps(self, other: Rect) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }
}

/// What an item shows: the answer of a hit test, and what selection and hover speak of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Subject {
    /// Decoration.
    #[default]
    None,
    /// A segment, by its `send` record.
    Segment(RecordId),
    /// One copy of a segment that the link duplicated, by the record that ended the copy.
    Copy(RecordId),
    /// Any other record: a call, an intervention, a limit, a report.
    Record(RecordId),
    /// A stretch of one state of one socket, by the `state` record that began it.
    Band {
        /// Which host.
        place: Place,
        /// Its socket.
        socket: u32,
        /// The record that began it.
        record: RecordId,
    },
    /// One run of a timer, by the `timer-set` record.
    Timer {
        /// Which host.
        place: Place,
        /// Which timer.
        timer: Timer,
        /// The record that set it.
        record: RecordId,
    },
    /// A host: its name at the top, its lifeline.
    Host(Place),
    /// An idle stretch that is folded: its place among the folds.
    Fold(u32),
    /// A node of a host's state machine.
    State {
        /// Which host.
        place: Place,
        /// Which state.
        state: State,
    },
    /// An arc of a host's state machine: its place in `state_machine::ARCS`.
    Arc {
        /// Which host.
        place: Place,
        /// Index into the table of arcs.
        arc: u8,
    },
    /// A field of the header picture: its place in the picture's table of cells.
    Field(u16),
    /// A variable of the sequence space of a direction (sender's host).
    Variable {
        /// The host whose variable it is.
        place: Place,
        /// Which: see `sequence_space::Variable`.
        variable: u8,
    },
}

/// How a stroke is broken up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub enum Dash {
    /// Not at all.
    #[default]
    Solid,
    /// 5 on, 4 off.
    Dashed,
    /// 1.5 on, 3 off.
    Dotted,
}

impl Dash {
    /// Lengths on and off in pixels; empty for a solid stroke.
    #[must_use]
    pub const fn pattern(self) -> &'static [f32] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[5.0, 4.0],
            Dash::Dotted => &[1.5, 3.0],
        }
    }
}

/// Which point of the text stands at the item's point, along the line of writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

/// Which height of the text stands at the item's point.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(u8)]
pub enum Baseline {
    /// The line letters stand on.
    #[default]
    Alphabetic,
    /// Half the height of a capital; see [`Font::middle_shift`].
    Middle,
}

/// Some of the points of the list's pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Points {
    start: u32,
    end: u32,
}

/// Some of the text of the list's pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextRange {
    start: u32,
    end: u32,
}

/// The geometry of an item.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Shape {
    /// A straight stroke with butt ends.
    Line {
        from: Point,
        to: Point,
        width: f32,
        dash: Dash,
    },
    /// A stroke through points, with round joins.
    Polyline {
        points: Points,
        width: f32,
        dash: Dash,
    },
    /// One cubic Bézier stroke.
    Curve {
        from: Point,
        first: Point,
        second: Point,
        to: Point,
        width: f32,
        dash: Dash,
    },
    /// A filled polygon.
    Polygon { points: Points },
    /// A filled rectangle with rounded corners.
    Fill { rect: Rect, radius: f32 },
    /// The outline of a rectangle with rounded corners, centred on its edge.
    Frame {
        rect: Rect,
        radius: f32,
        width: f32,
        dash: Dash,
    },
    /// A filled circle.
    Dot { centre: Point, radius: f32 },
    /// One line of text. `angle` in radians, clockwise, about `at`. `halo`: first stroked 3 px wide in
    /// [`Ink::Surface`], so that lines behind do not cut it.
    Text {
        at: Point,
        text: TextRange,
        font: Font,
        anchor: Anchor,
        baseline: Baseline,
        angle: f32,
        halo: bool,
    },
    /// What follows shows only within, until the matching `Unclip`. Clips nest.
    Clip { rect: Rect },
    /// The end of the latest `Clip`.
    Unclip,
}

/// One thing to paint.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Item {
    /// Its geometry.
    pub shape: Shape,
    /// Its colour, by meaning; the painter looks it up in a theme.
    pub ink: Ink,
    /// 0 unseen to 255 full.
    pub opacity: u8,
    /// What it shows.
    pub subject: Subject,
}

/// What is to be painted, back to front.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DisplayList {
    /// Width in CSS pixels.
    pub width: f32,
    /// Height in CSS pixels.
    pub height: f32,
    items: Vec<Item>,
    points: Vec<Point>,
    text: String,
}

impl DisplayList {
    /// An empty list of the given size.
    #[must_use]
    pub fn new(width: f32, height: f32) -> DisplayList {
        DisplayList {
            width,
            height,
            ..DisplayList::default()
        }
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self, width: f32, height: f32) {
        self.width = width;
        self.height = height;
        self.items.clear();
        self.points.clear();
        self.text.clear();
    }

    /// The items, back to front.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The points of a polyline or polygon of this list.
    #[must_use]
    pub fn points(&self, points: Points) -> &[Point] {
        &self.points[points.start as usize..points.end as usize]
    }

    /// The text of an item of this list.
    #[must_use]
    pub fn text(&self, text: TextRange) -> &str {
        &self.text[text.start as usize..text.end as usize]
    }

    /// Adds an item.
    pub fn push(&mut self, shape: Shape, ink: Ink, opacity: u8, subject: Subject) {
        self.items.push(Item {
            shape,
            ink,
            opacity,
            subject,
        });
    }

    /// Adds points to the pool, for an item of this list.
    pub fn add_points(&mut self, points: &[Point]) -> Points {
        let start = self.points.len() as u32;
        self.points.extend_from_slice(points);
        Points {
            start,
            end: self.points.len() as u32,
        }
    }

    /// Adds text to the pool, for an item of this list.
    pub fn add_text(&mut self, text: &str) -> TextRange {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        TextRange {
            start,
            end: self.text.len() as u32,
        }
    }

    /// A solid line.
    pub fn line(
        &mut self,
        from: Point,
        to: Point,
        width: f32,
        ink: Ink,
        opacity: u8,
        subject: Subject,
    ) {
        self.push(
            Shape::Line {
                from,
                to,
                width,
                dash: Dash::Solid,
            },
            ink,
            opacity,
            subject,
        );
    }

    /// A line with a dash.
    pub fn dashed(
        &mut self,
        from: Point,
        to: Point,
        width: f32,
        dash: Dash,
        ink: Ink,
        opacity: u8,
        subject: Subject,
    ) {
        self.push(
            Shape::Line {
                from,
                to,
                width,
                dash,
            },
            ink,
            opacity,
            subject,
        );
    }

    /// A filled rectangle.
    pub fn fill(&mut self, rect: Rect, radius: f32, ink: Ink, opacity: u8, subject: Subject) {
        self.push(Shape::Fill { rect, radius }, ink, opacity, subject);
    }

    /// The outline of a rectangle.
    pub fn frame(
        &mut self,
        rect: Rect,
        radius: f32,
        width: f32,
        ink: Ink,
        opacity: u8,
        subject: Subject,
    ) {
        self.push(
            Shape::Frame {
                rect,
                radius,
                width,
                dash: Dash::Solid,
            },
            ink,
            opacity,
            subject,
        );
    }

    /// A filled polygon.
    pub fn polygon(&mut self, points: &[Point], ink: Ink, opacity: u8, subject: Subject) {
        let points = self.add_points(points);
        self.push(Shape::Polygon { points }, ink, opacity, subject);
    }

    /// A stroke through points.
    pub fn polyline(
        &mut self,
        points: &[Point],
        width: f32,
        dash: Dash,
        ink: Ink,
        opacity: u8,
        subject: Subject,
    ) {
        let points = self.add_points(points);
        self.push(
            Shape::Polyline {
                points,
                width,
                dash,
            },
            ink,
            opacity,
            subject,
        );
    }

    /// Upright text.
    pub fn write(&mut self, text: &str, at: Point, style: TextStyle, ink: Ink, subject: Subject) {
        let text = self.add_text(text);
        let TextStyle {
            font,
            anchor,
            baseline,
            angle,
            halo,
            opacity,
        } = style;
        self.push(
            Shape::Text {
                at,
                text,
                font,
                anchor,
                baseline,
                angle,
                halo,
            },
            ink,
            opacity,
            subject,
        );
    }

    /// Begins a clip.
    pub fn clip(&mut self, rect: Rect) {
        self.push(Shape::Clip { rect }, Ink::Surface, 255, Subject::None);
    }

    /// Ends the latest clip.
    pub fn unclip(&mut self) {
        self.push(Shape::Unclip, Ink::Surface, 255, Subject::None);
    }

    /// Takes over the items of another list, moved by `by`.
    pub fn append(&mut self, other: &DisplayList, by: Point) {
        let (points, text) = (self.points.len() as u32, self.text.len() as u32);
        let shift = |p: Point| point(p.x + by.x, p.y + by.y);
        let shift_rect = |r: Rect| Rect {
            x: r.x + by.x,
            y: r.y + by.y,
            ..r
        };
        let later = |p: Points| Points {
            start: p.start + points,
            end: p.end + points,
        };
        self.points.extend(other.points.iter().map(|p| shift(*p)));
        self.text.push_str(&other.text);
        self.items.extend(other.items.iter().map(|item| Item {
            shape: match item.shape {
                Shape::Line {
                    from,
                    to,
                    width,
                    dash,
                } => Shape::Line {
                    from: shift(from),
                    to: shift(to),
                    width,
                    dash,
                },
                Shape::Polyline {
                    points,
                    width,
                    dash,
                } => Shape::Polyline {
                    points: later(points),
                    width,
                    dash,
                },
                Shape::Curve {
                    from,
                    first,
                    second,
                    to,
                    width,
                    dash,
                } => Shape::Curve {
                    from: shift(from),
                    first: shift(first),
                    second: shift(second),
                    to: shift(to),
                    width,
                    dash,
                },
                Shape::Polygon { points } => Shape::Polygon {
                    points: later(points),
                },
                Shape::Fill { rect, radius } => Shape::Fill {
                    rect: shift_rect(rect),
                    radius,
                },
                Shape::Frame {
                    rect,
                    radius,
                    width,
                    dash,
                } => Shape::Frame {
                    rect: shift_rect(rect),
                    radius,
                    width,
                    dash,
                },
                Shape::Dot { centre, radius } => Shape::Dot {
                    centre: shift(centre),
                    radius,
                },
                Shape::Text {
                    at,
                    text: range,
                    font,
                    anchor,
                    baseline,
                    angle,
                    halo,
                } => Shape::Text {
                    at: shift(at),
                    text: TextRange {
                        start: range.start + text,
                        end: range.end + text,
                    },
                    font,
                    anchor,
                    baseline,
                    angle,
                    halo,
                },
                Shape::Clip { rect } => Shape::Clip {
                    rect: shift_rect(rect),
                },
                Shape::Unclip => Shape::Unclip,
            },
            ..*item
        }));
    }
}

/// How text is set.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub struct TextStyle {
    pub font: Font,
    pub anchor: Anchor,
    pub baseline: Baseline,
    pub angle: f32,
    pub halo: bool,
    pub opacity: u8,
}

impl TextStyle {
    /// Upright, opaque, without halo, on its middle line.
    #[must_use]
    pub const fn new(font: Font, anchor: Anchor) -> TextStyle {
        TextStyle {
            font,
            anchor,
            baseline: Baseline::Middle,
            angle: 0.0,
            halo: false,
            opacity: 255,
        }
    }

    /// With a halo.
    #[must_use]
    pub const fn halo(self) -> TextStyle {
        TextStyle { halo: true, ..self }
    }

    /// Turned clockwise by `angle` radians.
    #[must_use]
    pub const fn turned(self, angle: f32) -> TextStyle {
        TextStyle { angle, ..self }
    }

    /// At an opacity.
    #[must_use]
    pub const fn faded(self, opacity: u8) -> TextStyle {
        TextStyle { opacity, ..self }
    }
}
