//! Two runs side by side (two branches, or the same run under two policies), the
//! first difference marked in both. On a narrow screen one above the other.

use tcp::time::Instant;

use crate::display::{DisplayList, Point, Rect, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::ink::Ink;
use crate::ladder::ladder_with;
use crate::text::Font;
use crate::time_map::Moment;
use crate::viewport::{Options, Viewport};

/// Which of the two a point belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// Left, or above: the present run.
    Here,
    /// Right, or below: what it is compared with.
    There,
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The present run.
    pub here: Frame<'a>,
    /// The other.
    pub there: Frame<'a>,
    /// What stands above each: protocol words only (`rfc`, `linux`), or a branch's own name.
    pub names: [&'a str; 2],
    /// When they part.
    pub difference: Option<Instant>,
}

/// Below this width the ladders stand one above the other.
const SIDE_BY_SIDE: f32 = 640.0;
const HEAD: f32 = 24.0;

/// The part of a viewport that shows a side, and its own viewport.
#[must_use]
pub fn part(viewport: &Viewport, side: Side) -> (Point, Viewport) {
    let Viewport { width, height, .. } = *viewport;
    let second = side == Side::There;
    if width >= SIDE_BY_SIDE {
        let half = (width / 2.0).floor() - 1.0;
        let x = if second { width - half } else { 0.0 };
        (
            point(x, HEAD),
            Viewport {
                width: half,
                height: height - HEAD,
                ..*viewport
            },
        )
    } else {
        let half = (height / 2.0).floor();
        let y = if second { half } else { 0.0 };
        (
            point(0.0, y + HEAD),
            Viewport {
                height: half - HEAD,
                ..*viewport
            },
        )
    }
}

/// Which side a point of the viewport is on.
#[must_use]
pub fn side_at(viewport: &Viewport, at: Point) -> Side {
    let (origin, _) = part(viewport, Side::There);
    let there = if viewport.width >= SIDE_BY_SIDE {
        at.x >= origin.x
    } else {
        at.y >= origin.y - HEAD
    };
    if there { Side::There } else { Side::Here }
}

/// Draws both. Scroll and zoom are those of the present run; the other is scrolled to the same instant.
pub fn compare_into(pair: &Pair, viewport: &Viewport, options: &Options, list: &mut DisplayList) {
    let viewport = &viewport.sane();
    list.clear(viewport.width, viewport.height);
    list.fill(
        Rect::new(0.0, 0.0, viewport.width, viewport.height),
        0.0,
        Ink::Surface,
        255,
        Subject::None,
    );
    let top = pair.here.score.time.time_at(viewport.scroll, viewport.zoom);
    let mut one = DisplayList::default();
    for (side, frame, name) in [
        (Side::Here, &pair.here, pair.names[0]),
        (Side::There, &pair.there, pair.names[1]),
    ] {
        let (origin, mut part) = part(viewport, side);
        if side == Side::There && viewport.scroll > 0.0 {
            part.scroll = frame.score.time.y(
                Moment {
                    time: top.0,
                    slot: 0,
                },
                viewport.zoom,
            );
        }
        let area = Rect::new(origin.x, origin.y, part.width, part.height);
        list.clip(area);
        ladder_with(frame, &part, options, pair.difference, &mut one);
        list.append(&one, origin);
        list.unclip();
        let font = if options.large {
            Font::LargeName
        } else {
            Font::Name
        };
        let style = TextStyle::new(font, crate::display::Anchor::Middle);
        list.write(
            name,
            point(origin.x + part.width / 2.0, origin.y - HEAD / 2.0),
            style,
            Ink::Text,
            Subject::None,
        );
    }
    let (origin, part) = part(viewport, Side::There);
    if viewport.width >= SIDE_BY_SIDE {
        list.line(
            point(origin.x - 1.0, 0.0),
            point(origin.x - 1.0, viewport.height),
            1.0,
            Ink::Faint,
            255,
            Subject::None,
        );
    } else {
        list.line(
            point(0.0, origin.y - HEAD),
            point(part.width, origin.y - HEAD),
            1.0,
            Ink::Faint,
            255,
            Subject::None,
        );
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
