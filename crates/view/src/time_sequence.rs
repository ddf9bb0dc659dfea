//! The time–sequence graph of one direction: what was sent when, what was
//! acknowledged when, how far the window reached; below it round trips, the
//! retransmission time-out and the congestion window.
//!
//! Time runs to the right on the same folded map as the ladder's.

use sim::trace::Place;
use tcp::sorted::sort;
use tcp::status::Status;
use tcp::wire::Flags;

use crate::display::{Anchor, Dash, DisplayList, Point, Rect, Shape, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::ink::Ink;
use crate::ladder::{push_seconds, round_step, subject_of};
use crate::score::{Arrow, Fate, mark};
use crate::segment_label::ink_of;
use crate::text::{Font, push_duration, push_number};
use crate::time_map::Moment;
use crate::viewport::{Numbers, Options, Sockets, Viewport};

/// The sender's estimates at an instant, for the strip below.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub struct Sample {
    pub time_us: u64,
    pub rto_us: u64,
    pub srtt_us: Option<u64>,
    /// Bytes.
    pub cwnd: u32,
    /// Bytes.
    pub ssthresh: u32,
}

impl Sample {
    /// What a STATUS says.
    #[must_use]
    pub fn of(time_us: u64, status: &Status) -> Sample {
        Sample {
            time_us,
            rto_us: status.rto.0,
            srtt_us: status.srtt.map(|srtt| srtt.0),
            cwnd: status.cwnd,
            ssthresh: status.ssthresh,
        }
    }
}

/// No more marks than this are drawn; of more, some are left out evenly.
const MARKS_MAX: usize = 3_000;

/// Which host's data are shown: the one that sent more.
#[must_use]
pub fn busier_sender(frame: &Frame) -> Place {
    let mut bytes = [0u64; 2];
    let arrows = frame.score.arrows();
    for arrow in arrows.iter().step_by(arrows.len() / 2_000 + 1) {
        match arrow.from {
            Place::A => bytes[0] += u64::from(arrow.len),
            Place::B => bytes[1] += u64::from(arrow.len),
            Place::Link | Place::Attacker => {}
        }
    }
    if bytes[1] > bytes[0] {
        Place::B
    } else {
        Place::A
    }
}

/// The connection that is drawn: the socket asked for, else the one whose data come first.
fn socket_of(frame: &Frame, sender: Place, options: &Options) -> Option<(u32, u32)> {
    let wanted = match options.sockets {
        Sockets::Only { place, socket } if place == sender => Some(socket),
        _ => None,
    };
    frame
        .score
        .arrows()
        .iter()
        .find(|arrow| {
            arrow.from == sender
                && arrow.len > 0
                && wanted.is_none_or(|wanted| arrow.from_socket == wanted)
        })
        .map(|arrow| (arrow.from_socket, arrow.seq_base))
}

struct Plot {
    area: Rect,
    /// Pixels of the map at zoom 1 to pixels here.
    stretch: f32,
    scroll: f32,
    low: i64,
    high: i64,
    base: u32,
}

impl Plot {
    fn x(&self, frame: &Frame, moment: Moment) -> f32 {
        self.area.x + frame.score.time.flat(moment.time) * self.stretch - self.scroll
    }

    fn y(&self, at: i64) -> f32 {
        let share = (at - self.low) as f32 / (self.high - self.low).max(1) as f32;
        self.area.bottom() - share * self.area.height
    }

    fn relative(&self, number: u32) -> i64 {
        i64::from(number.wrapping_sub(self.base) as i32)
    }
}

/// Draws the graph of the data `sender` sends. `samples` in order of time. False when it has sent none.
pub fn time_sequence_into(
    frame: &Frame,
    sender: Place,
    samples: &[Sample],
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
    let Some((socket, base)) = socket_of(frame, sender, options) else {
        return false;
    };
    let font = if options.large {
        Font::Large
    } else {
        Font::Small
    };
    let left = font.width_of(8) + 8.0;
    let strip = if samples.is_empty() {
        0.0
    } else {
        (viewport.height * 0.28).clamp(60.0, 160.0)
    };
    let foot = font.size() + 10.0;
    let area = Rect::new(
        left,
        12.0,
        (viewport.width - left - 12.0).max(40.0),
        (viewport.height - strip - foot - 18.0).max(40.0),
    );
    let whole = frame.score.time.flat(frame.now.0).max(1.0);
    let mut plot = Plot {
        area,
        stretch: area.width / whole * viewport.zoom,
        scroll: viewport.scroll,
        low: 0,
        high: 1,
        base,
    };

    // Only what the window of time shows is looked at.
    let time_at = |x: f32| {
        frame
            .score
            .time
            .time_at_flat(((x - area.x + plot.scroll) / plot.stretch).max(0.0))
            .0
    };
    let (from, to) = (time_at(area.x), time_at(area.right()).min(frame.now.0));
    let arrows = frame.score.arrows();
    let first = arrows.partition_point(|arrow| {
        arrow.sent.time.max(if arrow.is(mark::COPY) {
            arrow.ended.time
        } else {
            0
        }) < from
    });
    let mut seen = Vec::new();
    frame.score.arrows_in(from, from, 200, &mut seen);
    let end = arrows.partition_point(|arrow| if arrow.is(mark::COPY) { arrow.ended.time } else { arrow.sent.time } <= to);
    let step = (end.saturating_sub(first)) / MARKS_MAX + 1;
    seen.extend((first as u32..end as u32).step_by(step));
    sort(&mut seen, |a, b| a < b);
    seen.dedup();
    let ours = |arrow: &Arrow| {
        arrow.from == sender && arrow.from_socket == socket && !arrow.is(mark::COPY | mark::ICMP)
    };
    let answers = |arrow: &Arrow| {
        arrow.to == sender
            && arrow.to_socket == socket
            && arrow.fate == Fate::Arrived
            && Flags(arrow.flags).ack()
            && frame.has(arrow.fate_record)
    };
    let edge = |arrow: &Arrow| u32::from(arrow.window) << arrow.window_shift;
    let (mut low, mut high, mut reach) = (i64::MAX, i64::MIN, i64::MIN);
    for index in &seen {
        let arrow = &arrows[*index as usize];
        if !frame.has(arrow.made_by()) {
            continue;
        }
        if ours(arrow) {
            let at = plot.relative(arrow.seq);
            low = low.min(at);
            high = high.max(at + i64::from(arrow.len.max(1)));
        } else if answers(arrow) {
            let at = plot.relative(arrow.ack);
            low = low.min(at);
            reach = reach.max(at + i64::from(edge(arrow)));
        }
    }
    if low > high {
        return false;
    }
    // The window's edge is part of the picture while it is not so far away that the data would be a line.
    let spread = (high - low).max(1_000);
    plot.low = low - spread / 40;
    plot.high = high.max(reach.min(high + spread * 3 / 2)) + spread / 20;
    list.clip(Rect::new(0.0, 0.0, viewport.width, area.bottom() + 1.0));
    grid(frame, &plot, options, font, list);
    list.clip(Rect::new(
        area.x,
        area.y - 6.0,
        area.width + 6.0,
        area.height + 7.0,
    ));
    acknowledged(
        frame,
        &plot,
        seen.iter()
            .map(|at| &arrows[*at as usize])
            .filter(|arrow| answers(arrow)),
        edge,
        list,
    );
    for index in &seen {
        let arrow = &arrows[*index as usize];
        if frame.has(arrow.made_by()) && ours(arrow) {
            segment(frame, &plot, arrow, list);
        }
    }
    list.unclip();
    list.unclip();
    time_axis(frame, &plot, font, area.bottom(), list);
    if strip > 0.0 {
        let below = Rect::new(area.x, area.bottom() + foot + 4.0, area.width, strip - 8.0);
        estimates(frame, &plot, below, samples, font, list);
    }
    true
}

fn grid(frame: &Frame, plot: &Plot, options: &Options, font: Font, list: &mut DisplayList) {
    let area = plot.area;
    let span = (plot.high - plot.low).max(1);
    let wanted = (area.height / (font.size() * 3.2)).max(2.0) as i64;
    let mut step = 1i64;
    while span / step > wanted {
        step = if step.ilog10() as usize == (step * 2).ilog10() as usize
            && step / 10i64.pow(step.ilog10()) == 1
        {
            step * 2
        } else if step / 10i64.pow(step.ilog10()) == 2 {
            step / 2 * 5
        } else {
            step * 2
        };
    }
    let mut at = plot.low.div_euclid(step) * step;
    while at <= plot.high {
        let y = plot.y(at);
        if at >= plot.low && y <= area.bottom() + 0.5 {
            list.line(
                point(area.x, y),
                point(area.right(), y),
                1.0,
                Ink::Faint,
                255,
                Subject::None,
            );
            let mut text = String::new();
            if options.numbers == Numbers::Absolute {
                push_number(&mut text, u64::from(plot.base.wrapping_add(at as u32)));
            } else {
                crate::text::push_signed(&mut text, at);
            }
            list.write(
                &text,
                point(area.x - 5.0, y),
                TextStyle::new(font, Anchor::End),
                Ink::Muted,
                Subject::None,
            );
        }
        at += step;
    }
    let map = &frame.score.time;
    let (from, to) = (
        map.time_at_flat(plot.scroll / plot.stretch),
        map.time_at_flat((plot.scroll + area.width) / plot.stretch),
    );
    for (index, from, to) in map.fold_instants(from, to.min(frame.now), 200) {
        let x = |time: u64| area.x + map.flat(time) * plot.stretch - plot.scroll;
        let rect = Rect::new(x(from), area.y, x(to) - x(from), area.height);
        list.fill(rect, 0.0, Ink::Raised, 255, Subject::Fold(index));
    }
    list.line(
        point(area.x, area.y),
        point(area.x, area.bottom()),
        1.0,
        Ink::Lifeline,
        255,
        Subject::None,
    );
    list.line(
        point(area.x, area.bottom()),
        point(area.right(), area.bottom()),
        1.0,
        Ink::Lifeline,
        255,
        Subject::None,
    );
}

/// The line of SND.UNA as it is acknowledged, and the edge of the announced window above it.
fn acknowledged<'a>(
    frame: &Frame,
    plot: &Plot,
    answers: impl Iterator<Item = &'a Arrow>,
    edge: impl Fn(&Arrow) -> u32,
    list: &mut DisplayList,
) {
    let mut got: Vec<&Arrow> = answers.collect();
    sort(&mut got, |a, b| {
        (a.ended, a.fate_record) < (b.ended, b.fate_record)
    });
    let (mut acks, mut edges): (Vec<Point>, Vec<Point>) = (Vec::new(), Vec::new());
    let mut highest = i64::MIN;
    let step_to = |line: &mut Vec<Point>, x: f32, y: f32| {
        if let Some(last) = line.last().copied() {
            line.push(point(x, last.y));
        }
        line.push(point(x, y));
    };
    for arrow in &got {
        let at = plot.relative(arrow.ack);
        let x = plot.x(frame, arrow.ended);
        if at >= highest {
            highest = at;
            step_to(&mut acks, x, plot.y(at));
            step_to(
                &mut edges,
                x,
                plot.y((at + i64::from(edge(arrow))).min(plot.high * 2)),
            );
        } else {
            continue;
        }
    }
    let now = plot.x(
        frame,
        Moment {
            time: frame.now.0,
            slot: u16::MAX,
        },
    );
    for line in [&mut acks, &mut edges] {
        if let Some(last) = line.last().copied() {
            line.push(point(now, last.y));
        }
    }
    if !edges.is_empty() {
        list.polyline(&edges, 1.4, Dash::Dashed, Ink::Window, 255, Subject::None);
        list.polyline(&acks, 1.8, Dash::Solid, Ink::Ack, 255, Subject::None);
    }
    for arrow in got {
        let at = point(plot.x(frame, arrow.ended), plot.y(plot.relative(arrow.ack)));
        list.push(
            Shape::Dot {
                centre: at,
                radius: 2.2,
            },
            Ink::Ack,
            255,
            subject_of(arrow),
        );
        marked(frame, at, subject_of(arrow), list);
    }
}

fn marked(frame: &Frame, at: Point, subject: Subject, list: &mut DisplayList) {
    for (marked, ink) in [(frame.hover, Ink::Hover), (frame.selection, Ink::Selection)] {
        if marked == subject {
            list.frame(
                Rect::new(at.x - 7.0, at.y - 7.0, 14.0, 14.0),
                7.0,
                2.0,
                ink,
                255,
                Subject::None,
            );
        }
    }
}

/// One segment: a bar from its first number to its last, at the moment it was sent.
fn segment(frame: &Frame, plot: &Plot, arrow: &Arrow, list: &mut DisplayList) {
    let flags = Flags(arrow.flags);
    if arrow.len == 0 && !flags.syn() && !flags.fin() && !flags.rst() {
        return;
    }
    let subject = subject_of(arrow);
    let at = plot.relative(arrow.seq);
    let x = plot.x(frame, arrow.sent);
    let (bottom, top) = (plot.y(at), plot.y(at + i64::from(arrow.len)));
    let again = arrow.is(mark::RETRANSMISSION);
    let ink = if again { Ink::Rst } else { ink_of(arrow) };
    let (middle, half) = ((top + bottom) / 2.0, ((bottom - top) / 2.0).max(2.0));
    list.line(
        point(x, middle - half),
        point(x, middle + half),
        if again { 3.4 } else { 2.4 },
        ink,
        255,
        subject,
    );
    if again {
        // Not by colour alone: a retransmission has feet.
        for y in [middle - half, middle + half] {
            list.line(point(x - 4.0, y), point(x + 4.0, y), 1.4, ink, 255, subject);
        }
    }
    if arrow.fate == Fate::Lost && frame.has(arrow.fate_record) {
        let r = 3.6;
        for sign in [-1.0, 1.0] {
            list.line(
                point(x - r, middle - r * sign),
                point(x + r, middle + r * sign),
                1.8,
                Ink::Lost,
                255,
                subject,
            );
        }
    }
    marked(frame, point(x, middle), subject, list);
}

fn time_axis(frame: &Frame, plot: &Plot, font: Font, y: f32, list: &mut DisplayList) {
    let area = plot.area;
    let map = &frame.score.time;
    let room = font.width_of(8) + 14.0;
    let time_at = |x: f32| {
        let at = ((x - area.x + plot.scroll) / plot.stretch).max(0.0);
        map.time_at_flat(at).0.min(frame.now.0)
    };
    let mut text = String::new();
    let mut right = f32::MIN;
    let mut from = area.x;
    while from < area.right() {
        let to = (from + room).min(area.right());
        // Round by what the eye can tell here: a fold holds minutes in a few pixels.
        let (first, last) = (time_at(from), time_at(to));
        from = to;
        let step = round_step((last - first).max(1));
        let time = last / step * step;
        let x = area.x + map.flat(time) * plot.stretch - plot.scroll;
        text.clear();
        push_seconds(&mut text, time, step);
        text.push_str(" s");
        let half = font.width(&text) / 2.0;
        if x - half < right + 6.0 || x < area.x - 0.5 || x + half > area.right() + 12.0 {
            continue;
        }
        right = x + half;
        list.line(
            point(x, y),
            point(x, y + 4.0),
            1.0,
            Ink::Lifeline,
            255,
            Subject::None,
        );
        let under = point(x, y + 5.0 + font.size() * 0.7);
        list.write(
            &text,
            under,
            TextStyle::new(font, Anchor::Middle),
            Ink::Muted,
            Subject::None,
        );
    }
}

/// Two charts side by side in height: times (RTT, RTO), and bytes (cwnd, ssthresh).
fn estimates(
    frame: &Frame,
    plot: &Plot,
    area: Rect,
    samples: &[Sample],
    font: Font,
    list: &mut DisplayList,
) {
    let seen = samples.partition_point(|sample| sample.time_us <= frame.now.0);
    // A TCB that is gone has no estimates.
    let gone = samples[..seen]
        .iter()
        .rposition(|sample| sample.rto_us > 0)
        .map_or(0, |last| last + 1);
    let until = samples[..seen].get(gone).map(|sample| sample.time_us);
    let samples = &samples[..gone];
    let gap = 8.0;
    let half = (area.height - gap) / 2.0;
    type Value = fn(&Sample) -> Option<u64>;
    type Line = (Ink, &'static str, Value);
    let charts: [(Rect, [Line; 2], bool); 2] = [
        (
            Rect::new(area.x, area.y, area.width, half),
            [
                (Ink::Rto, "RTO", |sample| Some(sample.rto_us)),
                (Ink::Rtt, "SRTT", |sample| sample.srtt_us),
            ],
            true,
        ),
        (
            Rect::new(area.x, area.y + half + gap, area.width, half),
            [
                (Ink::Cwnd, "cwnd", |sample| Some(u64::from(sample.cwnd))),
                // «Arbitrarily high» at first: not drawn then.
                (Ink::Ssthresh, "ssthresh", |sample| {
                    (sample.ssthresh < 1 << 30).then_some(u64::from(sample.ssthresh))
                }),
            ],
            false,
        ),
    ];
    for (chart, lines, times) in charts {
        let most = samples
            .iter()
            .flat_map(|sample| lines.iter().filter_map(move |line| line.2(sample)))
            .max()
            .unwrap_or(0);
        if most == 0 {
            continue;
        }
        // The lines' names stand above them.
        let head = font.size() + 3.0;
        list.line(
            point(chart.x, chart.bottom()),
            point(chart.right(), chart.bottom()),
            1.0,
            Ink::Faint,
            255,
            Subject::None,
        );
        let mut text = String::new();
        if times {
            push_duration(&mut text, most);
        } else {
            push_number(&mut text, most);
        }
        list.write(
            &text,
            point(chart.x - 5.0, chart.y + head),
            TextStyle::new(font, Anchor::End),
            Ink::Muted,
            Subject::None,
        );
        list.clip(Rect::new(
            chart.x,
            chart.y - 2.0,
            chart.width + 2.0,
            chart.height + 4.0,
        ));
        let mut legend = chart.right();
        for (ink, name, value) in lines {
            let mut steps: Vec<Point> = Vec::new();
            for sample in samples {
                let Some(value) = value(sample) else { continue };
                let x = plot.x(
                    frame,
                    Moment {
                        time: sample.time_us,
                        slot: u16::MAX,
                    },
                );
                let y = chart.bottom() - value as f32 / most as f32 * (chart.height - head);
                if let Some(last) = steps.last().copied() {
                    steps.push(point(x, last.y));
                }
                steps.push(point(x, y));
            }
            if let Some(last) = steps.last().copied() {
                steps.push(point(
                    plot.x(
                        frame,
                        Moment {
                            time: until.unwrap_or(frame.now.0),
                            slot: u16::MAX,
                        },
                    ),
                    last.y,
                ));
                list.polyline(&steps, 1.6, Dash::Solid, ink, 255, Subject::None);
                list.write(
                    name,
                    point(legend - 4.0, chart.y + font.size() * 0.5),
                    TextStyle::new(font, Anchor::End).halo(),
                    ink,
                    Subject::None,
                );
                legend -= font.width(name) + 12.0;
            }
        }
        list.unclip();
    }
}

#[cfg(test)]
#[path = "time_sequence_tests.rs"]
mod tests;
