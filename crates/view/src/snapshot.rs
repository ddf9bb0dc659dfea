//! A display list as text, one item a line, for snapshots and reviews. Whole pixels.

use core::fmt::Write;

use crate::display::{DisplayList, Point, Shape, Subject};

/// The list as text.
#[must_use]
pub fn snapshot(list: &DisplayList) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    let whole = |p: Point| (p.x.round() as i32, p.y.round() as i32);
    for item in list.items() {
        if matches!(item.shape, Shape::Unclip) {
            depth = depth.saturating_sub(1);
            continue;
        }
        let _ = write!(out, "{:1$}", "", depth * 2);
        let _ = match item.shape {
            Shape::Line { from, to, .. } => write!(out, "line {:?} {:?}", whole(from), whole(to)),
            Shape::Polyline { points, .. } => {
                let points: Vec<_> = list.points(points).iter().map(|p| whole(*p)).collect();
                write!(out, "polyline {points:?}")
            }
            Shape::Curve { from, to, .. } => write!(out, "curve {:?} {:?}", whole(from), whole(to)),
            Shape::Polygon { points } => {
                let points: Vec<_> = list.points(points).iter().map(|p| whole(*p)).collect();
                write!(out, "polygon {points:?}")
            }
            Shape::Fill { rect, .. } => {
                write!(
                    out,
                    "fill {:?} {}x{}",
                    whole(crate::display::point(rect.x, rect.y)),
                    rect.width.round(),
                    rect.height.round()
                )
            }
            Shape::Frame { rect, .. } => {
                write!(
                    out,
                    "frame {:?} {}x{}",
                    whole(crate::display::point(rect.x, rect.y)),
                    rect.width.round(),
                    rect.height.round()
                )
            }
            Shape::Dot { centre, radius } => {
                write!(out, "dot {:?} {}", whole(centre), radius.round())
            }
            Shape::Text {
                at, text, angle, ..
            } => {
                write!(
                    out,
                    "text {:?} {:.0}\u{b0} {:?}",
                    whole(at),
                    angle.to_degrees(),
                    list.text(text)
                )
            }
            Shape::Clip { rect } => {
                depth += 1;
                write!(
                    out,
                    "clip {:?} {}x{}",
                    whole(crate::display::point(rect.x, rect.y)),
                    rect.width.round(),
                    rect.height.round()
                )
            }
            Shape::Unclip => Ok(()),
        };
        let _ = write!(out, " {}", item.ink.token());
        if item.opacity < 255 {
            let _ = write!(out, "/{}", item.opacity);
        }
        let _ = match item.subject {
            Subject::None => Ok(()),
            Subject::Segment(id) => write!(out, " segment {}", id.0),
            Subject::Copy(id) => write!(out, " copy {}", id.0),
            Subject::Record(id) => write!(out, " record {}", id.0),
            Subject::Band {
                place,
                socket,
                record,
            } => write!(out, " band {} {socket} {}", place.id(), record.0),
            Subject::Timer {
                place,
                timer,
                record,
            } => write!(out, " timer {} {} {}", place.id(), timer.id(), record.0),
            Subject::Host(place) => write!(out, " host {}", place.id()),
            Subject::Fold(index) => write!(out, " fold {index}"),
            Subject::State { place, state } => {
                write!(out, " state {} {}", place.id(), state.name())
            }
            Subject::Arc { place, arc } => write!(out, " arc {} {arc}", place.id()),
            Subject::Field(cell) => write!(out, " field {cell}"),
            Subject::Variable { place, variable } => {
                write!(out, " variable {} {variable}", place.id())
            }
        };
        out.push('\n');
    }
    out
}
