//! The ladder as text: one line a segment, as the figures of RFC 9293 have it.
//!
//! A's time and state stand left, B's right; in between the segment's flags and
//! numbers on an arrow. A lost segment's arrow ends in `x`, a refused one's in
//! `|`. Calls, timers and what a person did have lines of their own. What was
//! done to a segment stands behind it under its id.

use sim::trace::Place;
use tcp::sorted::sort;
use tcp::state::State;
use tcp::wire::Flags;

use crate::frame::Frame;
use crate::ladder::state_name;
use crate::score::{Arrow, Fate, MarkKind, NONE, OPEN, Score, TimerEnd, mark};
use crate::segment_label::{Form, write_label};
use crate::text::{push_duration, push_number, push_seconds};
use crate::viewport::Options;

/// Which characters arrows are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Charset {
    /// Box drawing: `──────▶`.
    #[default]
    Unicode,
    /// `------>`.
    Ascii,
}

struct Line {
    /// Order: time, then record.
    key: (u64, u32),
    time: [Option<u64>; 2],
    state: [Option<State>; 2],
    middle: Middle,
    note: String,
}

enum Middle {
    Arrow { arrow: u32 },
    Word { text: String, side: usize },
}

/// The ladder up to the frame's moment, with a heading; each line ends in a newline.
#[must_use]
pub fn text_ladder(frame: &Frame, options: &Options, charset: Charset) -> String {
    let mut lines = Vec::new();
    arrow_lines(frame, &mut lines);
    mark_lines(frame, &mut lines);
    timer_lines(frame, &mut lines);
    // What has the same place stays in the order of its making.
    let mut order: Vec<(usize, Line)> = lines.into_iter().enumerate().collect();
    sort(&mut order, |a, b| (a.1.key, a.0) < (b.1.key, b.0));
    let lines: Vec<Line> = order.into_iter().map(|(_, line)| line).collect();
    let mut label = String::new();
    let mut width = 30;
    for line in &lines {
        if let Middle::Arrow { arrow } = line.middle {
            best_label(&mut label, &frame.score.arrows()[arrow as usize], options);
            width = width.max(label.chars().count() + 10);
        }
    }
    let mut out = String::new();
    let name = |state: Option<State>| state.map_or("", |state| state_name(state, options.spelling));
    let states = 13;
    push_padded(&mut out, "", 12);
    push_padded(&mut out, "  A", 2 + states);
    push_padded(&mut out, "", width + 4);
    out.push_str("B\n");
    for line in &lines {
        let mut row = String::new();
        push_time(&mut row, line.time[0]);
        row.push_str("  ");
        push_padded(&mut row, name(line.state[0]), states);
        match &line.middle {
            Middle::Arrow { arrow } => {
                let arrow = &frame.score.arrows()[*arrow as usize];
                best_label(&mut label, arrow, options);
                push_arrow(&mut row, frame, arrow, &label, width, charset);
            }
            Middle::Word { text, side } => {
                let length = text.chars().count();
                if *side == 1 && length < width {
                    push_padded(&mut row, "", width - length);
                }
                row.push_str(text);
                if *side != 1 && length < width {
                    push_padded(&mut row, "", width - length);
                }
            }
        }
        row.push_str("  ");
        push_padded(&mut row, name(line.state[1]), states);
        push_time(&mut row, line.time[1]);
        if !line.note.is_empty() {
            row.push_str("  ");
            row.push_str(&line.note);
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

fn push_padded(out: &mut String, text: &str, width: usize) {
    out.push_str(text);
    for _ in text.chars().count()..width {
        out.push(' ');
    }
}

fn push_time(out: &mut String, time: Option<u64>) {
    let mut text = String::new();
    if let Some(time) = time {
        push_seconds(&mut text, time);
    }
    for _ in text.len()..12 {
        out.push(' ');
    }
    out.push_str(&text);
}

fn best_label(label: &mut String, arrow: &Arrow, options: &Options) {
    for form in [Form::Rich, Form::Full, Form::Flags] {
        if write_label(label, arrow, form, options.numbers) {
            return;
        }
    }
}

fn push_arrow(
    row: &mut String,
    frame: &Frame,
    arrow: &Arrow,
    label: &str,
    width: usize,
    charset: Charset,
) {
    let (dash, right, left) = match charset {
        Charset::Unicode => ('\u{2500}', '\u{25b6}', '\u{25c0}'),
        Charset::Ascii => ('-', '>', '<'),
    };
    let (_, fate) = frame.end_of(arrow);
    let rightward = arrow.rightward();
    let head = match fate {
        Fate::Lost => 'x',
        Fate::Refused => '|',
        Fate::Unknown => ' ',
        Fate::Arrived if rightward => right,
        Fate::Arrived => left,
    };
    let body = width - label.chars().count() - 3;
    let shaft = |row: &mut String| {
        // What is lost or under way ends before the other side.
        let gap = match fate {
            Fate::Lost => body / 3,
            Fate::Unknown => body / 2,
            Fate::Arrived | Fate::Refused => 0,
        };
        let dashes = body - gap;
        if rightward {
            (0..dashes).for_each(|_| row.push(dash));
            row.push(head);
            (0..gap).for_each(|_| row.push(' '));
        } else {
            (0..gap).for_each(|_| row.push(' '));
            row.push(head);
            (0..dashes).for_each(|_| row.push(dash));
        }
    };
    if rightward {
        row.push(dash);
        row.push_str(label);
        row.push(dash);
        shaft(row);
    } else {
        shaft(row);
        row.push(dash);
        row.push_str(label);
        row.push(dash);
    }
}

fn index(place: Place) -> Option<usize> {
    match place {
        Place::A => Some(0),
        Place::B => Some(1),
        Place::Link | Place::Attacker => None,
    }
}

/// The state a socket is in once everything of an instant that has been made has happened. A listener's child that is
/// born at that instant speaks for it; where there is no socket there is no connection: CLOSED.
fn state_after(frame: &Frame, place: Place, socket: u32, time: u64) -> Option<State> {
    index(place).filter(|side| frame.score.has_states[*side])?;
    let mut seen = Vec::new();
    frame.score.bands_in(time, time, 4096, &mut seen);
    let bands = frame.score.bands();
    let mut state = State::Closed;
    let mut child = None;
    for at in seen {
        let band = &bands[at as usize];
        if band.place != place || !frame.has(band.record) {
            continue;
        }
        let lasts = band.end.time == OPEN || band.end.time > time || !frame.has(band.end_record);
        if band.socket == socket && lasts {
            state = band.state;
        } else if band.start.time == time && band.state == State::SynReceived && lasts {
            child = Some(band.state);
        }
    }
    if socket != 0 && state == State::Listen {
        child.or(Some(state))
    } else {
        Some(state)
    }
}

fn arrow_lines(frame: &Frame, lines: &mut Vec<Line>) {
    for (at, arrow) in frame.score.arrows().iter().enumerate() {
        if !frame.has(arrow.made_by()) {
            continue;
        }
        let (end, fate) = frame.end_of(arrow);
        let mut line = Line {
            key: (arrow.sent.time, arrow.send.0),
            time: [None; 2],
            state: [None; 2],
            middle: Middle::Arrow { arrow: at as u32 },
            note: String::new(),
        };
        if let Some(side) = index(arrow.from) {
            line.time[side] = Some(arrow.sent.time);
            line.state[side] = state_after(frame, arrow.from, arrow.from_socket, arrow.sent.time);
        }
        if matches!(fate, Fate::Arrived | Fate::Refused)
            && let Some(side) = index(arrow.to)
        {
            line.time[side] = Some(end.time);
            line.state[side] = state_after(frame, arrow.to, arrow.to_socket, end.time);
        }
        let notes = [
            (mark::RETRANSMISSION, "retransmission"),
            (mark::FORGED, "forged"),
            (mark::EDITED, "edited"),
            (mark::HELD, "held"),
            (mark::CORRUPTED, "corrupted"),
            (mark::COPY | mark::DUPLICATE, "copy"),
        ];
        for (bit, id) in notes {
            if arrow.is(bit) {
                push_note(&mut line.note, id);
            }
        }
        match fate {
            Fate::Lost => push_note(&mut line.note, "lost"),
            Fate::Refused => push_note(&mut line.note, "refused"),
            Fate::Unknown => push_note(&mut line.note, "in flight"),
            Fate::Arrived => {}
        }
        lines.push(line);
    }
}

fn push_note(note: &mut String, id: &str) {
    if !note.is_empty() {
        note.push_str(", ");
    }
    note.push_str(id);
}

fn mark_lines(frame: &Frame, lines: &mut Vec<Line>) {
    for mark in frame.score.marks() {
        if !frame.has(mark.record.0) {
            continue;
        }
        let mut text = String::from("* ");
        match mark.kind {
            MarkKind::Call {
                word,
                number,
                failed,
                ..
            } => {
                text.push_str(word);
                if number > 0 {
                    text.push(' ');
                    push_number(&mut text, u64::from(number));
                }
                if failed {
                    text.push_str(" !");
                }
            }
            MarkKind::Intervention { word: "", .. } => continue,
            // The segment's own line says what became of it.
            MarkKind::Intervention { arrow, .. } if arrow != NONE => continue,
            MarkKind::Intervention { word, .. } => text.push_str(word),
            MarkKind::Limit => text.push_str("limit"),
            MarkKind::Report => text.push_str("error"),
            MarkKind::Differs => text.push_str("differs from the recording"),
            MarkKind::Ended(how) => text.push_str(how.id()),
        }
        lines.push(word_line(
            frame,
            mark.place,
            mark.socket,
            mark.at.time,
            mark.record.0,
            text,
        ));
    }
}

fn timer_lines(frame: &Frame, lines: &mut Vec<Line>) {
    for run in frame.score.timers() {
        if run.how != TimerEnd::Fired || !frame.has(run.end_record) {
            continue;
        }
        let mut text = String::from("* ");
        text.push_str(run.timer.id());
        text.push_str(" (");
        push_duration(&mut text, run.end.time - run.start.time);
        text.push(')');
        lines.push(word_line(
            frame,
            run.place,
            run.socket,
            run.end.time,
            run.end_record,
            text,
        ));
    }
}

fn word_line(
    frame: &Frame,
    place: Place,
    socket: u32,
    time: u64,
    record: u32,
    text: String,
) -> Line {
    let mut line = Line {
        key: (time, record),
        time: [None; 2],
        state: [None; 2],
        middle: Middle::Word {
            text,
            side: index(place).unwrap_or(2),
        },
        note: String::new(),
    };
    match index(place) {
        Some(side) => {
            line.time[side] = Some(time);
            line.state[side] = state_after(frame, place, socket, time);
        }
        None => line.time[0] = Some(time),
    }
    line
}

/// The flags of every segment in order, as packetdrill spells them, with `>` from A and `<` from B, `x` behind a lost one:
/// `>S <S. >.` — the shortest description of a run.
#[must_use]
pub fn flags_line(score: &Score) -> String {
    use core::fmt::Write;
    let mut out = String::new();
    for arrow in score.arrows().iter().filter(|arrow| !arrow.is(mark::COPY)) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push(if arrow.rightward() { '>' } else { '<' });
        let _ = write!(out, "{}", Flags(arrow.flags));
        if arrow.fate == Fate::Lost && arrow.fate_record != NONE {
            out.push('x');
        }
    }
    out
}

#[cfg(test)]
#[path = "text_ladder_tests.rs"]
mod tests;
