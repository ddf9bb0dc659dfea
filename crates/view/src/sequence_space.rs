//! The sequence spaces of both directions, after figures 3 and 4 of RFC 9293.
//!
//! For each direction two bars over one scale: above what the sender knows
//! (SND.UNA, SND.NXT, SND.UNA + SND.WND), below what the receiver knows
//! (RCV.NXT, RCV.NXT + RCV.WND). Numbers may be many bytes or one apart; the
//! scale is by the logarithm of the distance, and each stretch says how long it is.

use sim::history::Snapshot;
use sim::trace::Place;
use tcp::seq::Seq;
use tcp::sorted::sort_almost_sorted;
use tcp::state::State;
use tcp::status::{SocketKind, Status};
use tcp::wire::Flags;

use crate::display::{Anchor, DisplayList, Rect, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::ink::Ink;
use crate::score::mark;
use crate::segment_label::push_sequence;
use crate::text::{Font, push_number};
use crate::viewport::{Numbers, Options, Sockets, Viewport};

/// The variables that stand under the bars; their numbers are those of [`Subject::Variable`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Variable {
    SndUna,
    SndNxt,
    SndUnaPlusWnd,
    RcvNxt,
    RcvNxtPlusWnd,
}

impl Variable {
    /// Every one, in the order of their numbers.
    pub const ALL: [Variable; 5] = [
        Variable::SndUna,
        Variable::SndNxt,
        Variable::SndUnaPlusWnd,
        Variable::RcvNxt,
        Variable::RcvNxtPlusWnd,
    ];

    /// As RFC 9293 writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Variable::SndUna => "SND.UNA",
            Variable::SndNxt => "SND.NXT",
            Variable::SndUnaPlusWnd => "SND.UNA+SND.WND",
            Variable::RcvNxt => "RCV.NXT",
            Variable::RcvNxtPlusWnd => "RCV.NXT+RCV.WND",
        }
    }
}

/// One mark under a bar.
struct Mark {
    variable: Variable,
    at: i64,
    number: u32,
}

/// The connection of a host that is shown: the one asked for, else the newest that is not over.
fn status<'a>(snapshot: &'a Snapshot, place: Place, options: &Options) -> Option<&'a Status> {
    let host = snapshot
        .hosts
        .iter()
        .find(|host| host.host.place() == place)?;
    let wanted = match options.sockets {
        Sockets::Only {
            place: whose,
            socket,
        } if whose == place => Some(socket),
        _ => None,
    };
    host.statuses
        .iter()
        .filter(|status| {
            status.kind == SocketKind::Connection
                && !matches!(status.state, State::Closed | State::Listen)
        })
        .rfind(|status| wanted.is_none_or(|wanted| status.socket.0 == wanted))
}

/// The other end of a connection, if it is there.
fn peer<'a>(
    snapshot: &'a Snapshot,
    place: Place,
    of: Option<&Status>,
    options: &Options,
) -> Option<&'a Status> {
    let Some(of) = of else {
        return status(snapshot, place, options);
    };
    let host = snapshot
        .hosts
        .iter()
        .find(|host| host.host.place() == place)?;
    host.statuses.iter().rfind(|status| {
        status.kind == SocketKind::Connection
            && status.local.is_some()
            && status.local == of.remote
            && status.remote == of.local
    })
}

/// Draws both directions. False when no host has a connection to show.
pub fn sequence_space_into(
    frame: &Frame,
    snapshot: &Snapshot,
    viewport: &Viewport,
    options: &Options,
    list: &mut DisplayList,
) -> bool {
    let viewport = &viewport.sane();
    list.clear(viewport.width, viewport.height);
    list.fill(
        Rect::new(0.0, 0.0, viewport.width, viewport.height),
        0.0,
        Ink::Surface,
        255,
        Subject::None,
    );
    let first = match options.sockets {
        Sockets::Only {
            place: Place::B, ..
        } => Place::B,
        _ => Place::A,
    };
    let other = if first == Place::A {
        Place::B
    } else {
        Place::A
    };
    let one = status(snapshot, first, options);
    let two = peer(snapshot, other, one, options);
    let (a, b) = if first == Place::A {
        (one, two)
    } else {
        (two, one)
    };
    let height = (viewport.height / 2.0).max(150.0);
    let mut drawn = false;
    for (row, (sender, receiver, from)) in
        [(a, b, Place::A), (b, a, Place::B)].into_iter().enumerate()
    {
        let area = Rect::new(
            0.0,
            row as f32 * height - viewport.scroll,
            viewport.width,
            height,
        );
        drawn |= direction(frame, area, from, sender, receiver, options, list);
    }
    drawn
}

/// How high the picture wants to be.
#[must_use]
pub const fn content_height(options: &Options) -> f32 {
    if options.large { 460.0 } else { 330.0 }
}

fn direction(
    frame: &Frame,
    area: Rect,
    from: Place,
    sender: Option<&Status>,
    receiver: Option<&Status>,
    options: &Options,
    list: &mut DisplayList,
) -> bool {
    // A receiver knows the direction's numbers once it has seen the SYN: not before SYN-RECEIVED or ESTABLISHED.
    let receiver = receiver
        .filter(|status| !matches!(status.state, State::Closed | State::Listen | State::SynSent));
    let Some(base) = sender
        .map(|status| status.iss)
        .or(receiver.map(|status| status.irs))
    else {
        return false;
    };
    let relative = |number: Seq| i64::from(number.0.wrapping_sub(base.0) as i32);
    let mark = |variable, number: Seq| Mark {
        variable,
        at: relative(number),
        number: number.0,
    };
    let sent: Vec<Mark> = sender.map_or(Vec::new(), |status| {
        vec![
            mark(Variable::SndUna, status.snd_una),
            mark(Variable::SndNxt, status.snd_nxt),
            mark(Variable::SndUnaPlusWnd, status.snd_una.add(status.snd_wnd)),
        ]
    });
    let received: Vec<Mark> = receiver.map_or(Vec::new(), |status| {
        vec![
            mark(Variable::RcvNxt, status.rcv_nxt),
            mark(Variable::RcvNxtPlusWnd, status.rcv_nxt.add(status.rcv_wnd)),
        ]
    });
    let mut edges: Vec<i64> = sent.iter().chain(&received).map(|mark| mark.at).collect();
    edges.push(0);
    sort_almost_sorted(&mut edges, |a, b| a < b);
    edges.dedup();
    let (label, name) = if options.large && area.width >= 700.0 {
        (Font::Large, Font::LargeName)
    } else if area.width >= 560.0 {
        (Font::Label, Font::Title)
    } else {
        (Font::Small, Font::Name)
    };
    let head = name.size() + 10.0;
    let inset = 12.0;
    let scale = Scale::new(&edges, inset, area.width - inset);
    let bar_height = (area.height * 0.13).clamp(16.0, 34.0);
    let block = (area.height - head) / 2.0;
    let mut title = String::from(from.id());
    title.push_str(if from == Place::A {
        " \u{2192} B"
    } else {
        " \u{2192} A"
    });
    let at = point(inset, area.y + head * 0.55);
    list.write(
        &title,
        at,
        TextStyle::new(name, Anchor::Start),
        Ink::Text,
        Subject::Host(from),
    );
    let to = if from == Place::A { Place::B } else { Place::A };
    for (marks, whose, y) in [
        (&sent, from, area.y + head),
        (&received, to, area.y + head + block),
    ] {
        if marks.is_empty() {
            continue;
        }
        let bar = Rect::new(inset, y + 2.0, area.width - 2.0 * inset, bar_height);
        let spaces: &[(Ink, &str)] = if marks.len() == 3 {
            &[
                (Ink::SpaceDone, "1"),
                (Ink::SpaceFlight, "2"),
                (Ink::SpaceOpen, "3"),
                (Ink::SpaceShut, "4"),
            ]
        } else {
            &[
                (Ink::SpaceDone, "1"),
                (Ink::SpaceOpen, "2"),
                (Ink::SpaceShut, "3"),
            ]
        };
        // Whose idea of the numbers it is: the send space of the one, the receive space of the other.
        let mut owner = String::from(whose.id());
        owner.push_str(if marks.len() == 3 { ": SND" } else { ": RCV" });
        let x = inset
            + if marks.len() == 3 {
                name.width(&title) + 16.0
            } else {
                0.0
            };
        list.write(
            &owner,
            point(x, y - head * 0.45),
            TextStyle::new(label, Anchor::Start),
            Ink::Muted,
            Subject::Host(whose),
        );
        draw_bar(bar, marks, spaces, &scale, label, list);
        for (subject, ink) in [(frame.hover, Ink::Hover), (frame.selection, Ink::Selection)] {
            if let Some((start, end)) = numbers_of(frame, subject, from, base) {
                let (left, right) = (scale.between(start), scale.between(end));
                let rect = Rect::new(
                    left - 1.0,
                    bar.y - 2.0,
                    (right - left).max(1.0) + 2.0,
                    bar.height + 4.0,
                );
                list.frame(rect, 2.0, 2.0, ink, 255, subject);
            }
        }
        draw_marks(frame, bar, marks, whose, &scale, label, base, options, list);
    }
    true
}

/// The numbers that a segment of this direction and connection takes up, counted from the first: SYN and FIN have one each.
fn numbers_of(frame: &Frame, subject: Subject, from: Place, base: Seq) -> Option<(i64, i64)> {
    let Subject::Segment(send) = subject else {
        return None;
    };
    let arrow = &frame.score.arrows()[frame.score.arrow_of(send)? as usize];
    if arrow.from != from || arrow.seq_base != base.0 || arrow.is(mark::ICMP) {
        return None;
    }
    let flags = Flags(arrow.flags);
    let start = i64::from(arrow.seq.wrapping_sub(base.0) as i32);
    let length = i64::from(arrow.len) + i64::from(flags.syn()) + i64::from(flags.fin());
    Some((start, start + length))
}

/// Numbers to pixels: each stretch between two edges gets room by the logarithm of its length.
struct Scale {
    edges: Vec<(i64, f32)>,
    left: f32,
    right: f32,
}

impl Scale {
    fn new(edges: &[i64], left: f32, right: f32) -> Scale {
        let weight =
            |length: i64| 1.0 + (64 - (length.unsigned_abs() + 1).leading_zeros()) as f32 * 0.16;
        let total: f32 = edges.windows(2).map(|pair| weight(pair[1] - pair[0])).sum();
        // Before the first and after the last edge the space goes on.
        let margin = (right - left) * 0.1;
        let room = right - left - 2.0 * margin;
        let mut x = left + margin;
        let mut placed = vec![(edges[0], x)];
        for pair in edges.windows(2) {
            x += weight(pair[1] - pair[0]) / total * room;
            placed.push((pair[1], x));
        }
        Scale {
            edges: placed,
            left,
            right,
        }
    }

    fn x(&self, at: i64) -> f32 {
        self.edges
            .iter()
            .find(|(edge, _)| *edge == at)
            .map_or(self.left, |(_, x)| *x)
    }
}

impl Scale {
    /// Where any number lies: between two edges in proportion, beyond them at the rim.
    fn between(&self, at: i64) -> f32 {
        let after = self.edges.partition_point(|(edge, _)| *edge <= at);
        match (after.checked_sub(1), self.edges.get(after)) {
            (Some(before), Some((next, right))) => {
                let (edge, left) = self.edges[before];
                left + (right - left) * (at - edge) as f32 / (next - edge) as f32
            }
            (Some(before), None) if self.edges[before].0 == at => self.edges[before].1,
            (Some(_), None) => self.right,
            (None, _) => self.left,
        }
    }
}

fn draw_bar(
    bar: Rect,
    marks: &[Mark],
    spaces: &[(Ink, &str)],
    scale: &Scale,
    font: Font,
    list: &mut DisplayList,
) {
    let mut edges: Vec<(i64, f32)> = marks
        .iter()
        .map(|mark| (mark.at, scale.x(mark.at)))
        .collect();
    // A window that shrank may end before SND.NXT.
    sort_almost_sorted(&mut edges, |a, b| a.0 < b.0);
    let mut from = (None, scale.left);
    let ends = edges
        .iter()
        .map(|(at, x)| (Some(*at), *x))
        .chain([(None, scale.right)]);
    for ((ink, number), to) in spaces.iter().zip(ends) {
        let rect = Rect::new(from.1, bar.y, to.1 - from.1, bar.height);
        if rect.width > 0.1 {
            list.fill(rect, 0.0, *ink, 54, Subject::None);
            list.fill(
                Rect::new(rect.x, rect.bottom() - 3.0, rect.width, 3.0),
                0.0,
                *ink,
                255,
                Subject::None,
            );
            let mut text = String::from(*number);
            if let (Some(start), Some(end)) = (from.0, to.0) {
                let mut long = text.clone();
                long.push_str(": ");
                push_number(&mut long, (end - start) as u64);
                if font.width(&long) + 6.0 < rect.width {
                    text = long;
                }
            }
            if font.width(&text) + 3.0 < rect.width {
                list.write(
                    &text,
                    point(rect.centre().x, rect.centre().y - 1.5),
                    TextStyle::new(font, Anchor::Middle),
                    Ink::Text,
                    Subject::None,
                );
            }
        }
        from = to;
    }
}

#[allow(clippy::too_many_arguments)]
fn draw_marks(
    frame: &Frame,
    bar: Rect,
    marks: &[Mark],
    whose: Place,
    scale: &Scale,
    font: Font,
    base: Seq,
    options: &Options,
    list: &mut DisplayList,
) {
    let line = font.size() + 2.0;
    // Rows of labels under the bar; a label takes the first row in which it touches no other.
    let mut rows: Vec<f32> = Vec::new();
    // Words are painted over all lines.
    let (mut lines, mut words) = (DisplayList::default(), DisplayList::default());
    for (nth, mark) in marks.iter().enumerate() {
        let subject = Subject::Variable {
            place: whose,
            variable: mark.variable as u8,
        };
        let x = scale.x(mark.at);
        let mut value = String::new();
        let base = if options.numbers == Numbers::Relative {
            base.0
        } else {
            0
        };
        if options.numbers == Numbers::Relative {
            crate::text::push_signed(&mut value, mark.at);
        } else {
            push_sequence(&mut value, mark.number, base, options.numbers);
        }
        let mut text = String::from(mark.variable.name());
        text.push(' ');
        text.push_str(&value);
        let width = font.width(&text);
        let left = (x - width / 2.0)
            .max(scale.left)
            .min((scale.right - width).max(scale.left));
        let row = rows
            .iter()
            .position(|right| *right + 6.0 <= left)
            .unwrap_or(rows.len());
        if row == rows.len() {
            rows.push(0.0);
        }
        rows[row] = left + width;
        let y = bar.bottom() + 6.0 + line * (row as f32 + 0.5);
        let marked = if frame.selection == subject {
            Some(Ink::Selection)
        } else if frame.hover == subject {
            Some(Ink::Hover)
        } else {
            None
        };
        if let Some(ink) = marked {
            list.frame(
                Rect::new(left - 3.0, y - line / 2.0, width + 6.0, line),
                3.0,
                1.5,
                ink,
                255,
                subject,
            );
        }
        // Variables at one number hang under each other: a line through the upper words would tell nothing more.
        if marks[..nth].iter().all(|before| before.at != mark.at) {
            lines.line(
                point(x, bar.y - 3.0),
                point(x, y - line * 0.5),
                1.5,
                Ink::Text,
                if row == 0 { 255 } else { 120 },
                subject,
            );
        }
        words.write(
            &text,
            point(left, y),
            TextStyle::new(font, Anchor::Start).halo(),
            Ink::Text,
            subject,
        );
    }
    list.append(&lines, point(0.0, 0.0));
    list.append(&words, point(0.0, 0.0));
}

#[cfg(test)]
#[path = "sequence_space_tests.rs"]
mod tests;
