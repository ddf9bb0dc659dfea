//! The state machine of one host after figure 5 of RFC 9293: eleven states (CLOSED
//! twice, as there), twenty arcs, and the arcs of the notes and the prose once they
//! have been taken.

use sim::trace::{Place, RecordId};
use tcp::sorted::sort_almost_sorted;
use tcp::state::State;

use crate::display::{Anchor, Dash, DisplayList, Point, Rect, Shape, Subject, TextStyle, point};
use crate::frame::Frame;
use crate::geometry::{Turned, distance, on_curve};
use crate::ink::Ink;
use crate::ladder::state_name;
use crate::score::NONE;
use crate::text::{Font, push_number};
use crate::viewport::{Options, Viewport};

/// One arc of the picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arc {
    /// Before.
    pub from: State,
    /// After.
    pub to: State,
    /// What happens, in the figure's words; empty where several things do it.
    pub event: &'static str,
    /// What is done, in the figure's words; empty for nothing.
    pub action: &'static str,
    /// Whether it stands in the figure itself; the others are drawn once taken.
    pub in_figure: bool,
}

const fn arc(from: State, to: State, event: &'static str, action: &'static str) -> Arc {
    Arc {
        from,
        to,
        event,
        action,
        in_figure: true,
    }
}

const fn note(from: State, to: State, event: &'static str, action: &'static str) -> Arc {
    Arc {
        from,
        to,
        event,
        action,
        in_figure: false,
    }
}

/// The arcs, the figure's twenty first. Their places here are what [`Subject::Arc`] and a collection's bits count.
pub const ARCS: [Arc; 30] = {
    use State::*;
    [
        arc(Closed, Listen, "passive OPEN", "create TCB"),
        arc(Closed, SynSent, "active OPEN", "snd SYN"),
        arc(Listen, Closed, "CLOSE", "delete TCB"),
        arc(Listen, SynReceived, "rcv SYN", "snd SYN-ACK"),
        arc(Listen, SynSent, "SEND", "snd SYN"),
        arc(SynSent, Closed, "CLOSE", "delete TCB"),
        arc(SynSent, SynReceived, "rcv SYN", "snd SYN-ACK"),
        arc(SynSent, Established, "rcv SYN-ACK", "snd ACK"),
        arc(SynReceived, Listen, "rcv RST", ""),
        arc(SynReceived, Established, "rcv ACK of SYN", ""),
        arc(SynReceived, FinWait1, "CLOSE", "snd FIN"),
        arc(Established, FinWait1, "CLOSE", "snd FIN"),
        arc(Established, CloseWait, "rcv FIN", "snd ACK"),
        arc(FinWait1, FinWait2, "rcv ACK of FIN", ""),
        arc(FinWait1, Closing, "rcv FIN", "snd ACK"),
        arc(FinWait2, TimeWait, "rcv FIN", "snd ACK"),
        arc(Closing, TimeWait, "rcv ACK of FIN", ""),
        arc(CloseWait, LastAck, "CLOSE", "snd FIN"),
        arc(LastAck, Closed, "rcv ACK of FIN", ""),
        arc(TimeWait, Closed, "2MSL", "delete TCB"),
        note(FinWait1, TimeWait, "rcv FIN, ACK of FIN", "snd ACK"),
        note(SynReceived, Closed, "", ""),
        note(Established, Closed, "", ""),
        note(FinWait1, Closed, "", ""),
        note(FinWait2, Closed, "", ""),
        note(CloseWait, Closed, "", ""),
        note(Closing, Closed, "", ""),
        note(TimeWait, SynReceived, "rcv SYN", "snd SYN-ACK"),
        note(SynReceived, CloseWait, "rcv FIN", "snd ACK"),
        note(SynSent, CloseWait, "rcv SYN-FIN-ACK", "snd ACK"),
    ]
};

/// The arc between two states.
#[must_use]
pub fn arc_of(from: State, to: State) -> Option<u8> {
    ARCS.iter()
        .position(|arc| arc.from == from && arc.to == to)
        .map(|at| at as u8)
}

/// A set of arcs, a bit each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Collection(pub u32);

impl Collection {
    /// With one more.
    #[must_use]
    pub const fn with(self, arc: u8) -> Collection {
        Collection(self.0 | 1 << arc)
    }

    /// Whether it holds one.
    #[must_use]
    pub const fn has(self, arc: u8) -> bool {
        self.0 >> arc & 1 == 1
    }
}

/// The record an arc or a node stands for: the latest time that the path shown went along it, or into it.
#[must_use]
pub fn record_of(frame: &Frame, subject: Subject) -> Option<RecordId> {
    let (Subject::Arc { place, .. } | Subject::State { place, .. }) = subject else {
        return None;
    };
    let transitions = frame.score.transitions();
    let mut at = frame
        .score
        .latest_transition(place, None, frame.records)
        .unwrap_or(NONE);
    while at != NONE {
        let transition = &transitions[at as usize];
        let there = match subject {
            Subject::Arc { arc, .. } => arc_of(transition.from, transition.to) == Some(arc),
            Subject::State { state, .. } => transition.to == state,
            _ => false,
        };
        if there {
            return Some(transition.record);
        }
        at = transition.previous;
    }
    None
}

/// The arc that a state of a host, pointed at elsewhere, was entered by.
fn entered_by(frame: &Frame, place: Place, subject: Subject) -> Option<u8> {
    let Subject::Band {
        place: whose,
        record,
        ..
    } = subject
    else {
        return None;
    };
    let transitions = frame.score.transitions();
    let at = transitions.partition_point(|transition| transition.record < record);
    let transition = transitions.get(at)?;
    (whose == place && transition.record == record)
        .then(|| arc_of(transition.from, transition.to))?
}

/// What the state machine shows beside the frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Machine {
    /// Whose.
    pub place: Place,
    /// Which socket; `None` for the one that changed last.
    pub socket: Option<u32>,
    /// Arcs that have ever been triggered.
    pub collected: Collection,
}

/// Which edge of a node, and where along it from −1 to 1.
#[derive(Clone, Copy)]
enum Port {
    Top(f32),
    Bottom(f32),
    Left(f32),
    Right(f32),
}

/// The second CLOSED, at the lower end.
const END: usize = 11;

/// Column (0 to 2) and row (0 to 6) of each state by its number, then of the second CLOSED.
const GRID: [(u8, u8); 12] = [
    (1, 0),
    (1, 1),
    (2, 2),
    (0, 2),
    (1, 3),
    (0, 4),
    (0, 5),
    (2, 4),
    (1, 5),
    (2, 5),
    (1, 6),
    (2, 6),
];

/// From which port of which node to which an arc goes.
fn ports(arc: usize) -> ((usize, Port), (usize, Port)) {
    use Port::*;
    let node = |state: State| state as usize;
    let Arc { from, to, .. } = ARCS[arc];
    let (start, end) = match arc {
        0 => (Bottom(-0.45), Top(-0.45)),
        1 => (Right(-0.35), Top(0.5)),
        2 => (Top(0.45), Bottom(0.45)),
        3 => (Bottom(-0.5), Right(-0.6)),
        4 => (Bottom(0.5), Left(-0.6)),
        5 => (Top(-0.2), Right(0.5)),
        6 => (Left(0.0), Right(0.0)),
        7 => (Left(0.6), Top(0.5)),
        8 => (Top(0.0), Left(0.2)),
        9 => (Right(0.6), Top(-0.5)),
        10 => (Bottom(-0.4), Top(-0.4)),
        11 => (Bottom(-0.5), Right(-0.4)),
        12 => (Bottom(0.5), Left(-0.2)),
        13 => (Bottom(-0.4), Top(-0.4)),
        14 => (Right(0.4), Top(0.2)),
        15 => (Bottom(-0.2), Left(0.2)),
        16 => (Bottom(0.2), Top(0.2)),
        17 | 18 => (Bottom(0.2), Top(0.2)),
        19 => (Right(0.0), Left(0.0)),
        20 => (Bottom(0.6), Top(-0.5)),
        21 => (Top(-0.6), Left(0.0)),
        22 => (Right(0.0), Left(-0.6)),
        23 => (Right(0.0), Top(-0.7)),
        24 => (Right(0.0), Top(-0.7)),
        25 => (Right(0.0), Right(0.0)),
        26 => (Right(0.0), Top(-0.5)),
        27 => (Left(-0.5), Left(0.4)),
        28 => (Bottom(0.6), Left(-0.5)),
        _ => (Bottom(0.4), Top(0.4)),
    };
    let to = if to == State::Closed && !matches!(arc, 2 | 5 | 21) {
        END
    } else {
        node(to)
    };
    ((node(from), start), (to, end))
}

struct Stage<'a> {
    nodes: [Rect; 12],
    font: Font,
    small: Font,
    wide: bool,
    stroke: f32,
    list: &'a mut DisplayList,
}

/// How an arc stands out.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Rank {
    Plain,
    Collected,
    Taken,
    Last,
}

/// Draws the state machine of a host.
pub fn state_machine_into(
    frame: &Frame,
    machine: &Machine,
    viewport: &Viewport,
    options: &Options,
    list: &mut DisplayList,
) {
    let viewport = &viewport.sane();
    list.clear(viewport.width, viewport.height);
    list.fill(
        Rect::new(0.0, 0.0, viewport.width, viewport.height),
        0.0,
        Ink::Surface,
        255,
        Subject::None,
    );
    let place = machine.place;
    let known = match place {
        Place::A => frame.score.has_states[0],
        Place::B => frame.score.has_states[1],
        Place::Link | Place::Attacker => false,
    };
    // Of a script or a recording nobody knows the state: a figure with none lit would read as CLOSED.
    if !known {
        return;
    }
    let mut stage = Stage::new(viewport, options, list);
    // The path of one connection: its transitions, its listener's before them.
    let transitions = frame.score.transitions();
    let mut path = Vec::new();
    let mut at = frame
        .score
        .latest_transition(place, machine.socket, frame.records)
        .unwrap_or(NONE);
    let latest = (at != NONE).then(|| transitions[at as usize]);
    while at != NONE && path.len() < 200 {
        path.push(transitions[at as usize]);
        at = transitions[at as usize].previous;
    }
    path.reverse();
    let current = latest.map_or(State::Closed, |transition| transition.to);
    let mut steps: Vec<Vec<u32>> = vec![Vec::new(); ARCS.len()];
    for (step, transition) in path.iter().enumerate() {
        if let Some(arc) = arc_of(transition.from, transition.to) {
            steps[usize::from(arc)].push(step as u32 + 1);
        }
    }
    let last = latest.and_then(|transition| arc_of(transition.from, transition.to));
    let rank = |arc: u8| {
        if last == Some(arc) {
            Rank::Last
        } else if !steps[usize::from(arc)].is_empty() {
            Rank::Taken
        } else if machine.collected.has(arc) {
            Rank::Collected
        } else {
            Rank::Plain
        }
    };
    let mut taken: Vec<Turned> = stage
        .nodes
        .iter()
        .map(|node| Turned::upright(*node))
        .collect();
    let curves: Vec<[Point; 4]> = (0..ARCS.len()).map(|arc| stage.curve(arc)).collect();
    let shown: Vec<u8> = (0..ARCS.len() as u8)
        .filter(|arc| ARCS[usize::from(*arc)].in_figure || rank(*arc) >= Rank::Taken)
        .collect();
    let mut order = shown.clone();
    sort_almost_sorted(&mut order, |one, two| rank(*one) < rank(*two));
    let selected = entered_by(frame, place, frame.selection);
    let hovered = entered_by(frame, place, frame.hover);
    for arc in &order {
        let subject = Subject::Arc { place, arc: *arc };
        let marked = if subject == frame.selection || selected == Some(*arc) {
            Some((Ink::Selection, 90))
        } else if subject == frame.hover || hovered == Some(*arc) {
            Some((Ink::Hover, 70))
        } else {
            None
        };
        stage.arc(
            curves[usize::from(*arc)],
            rank(*arc),
            subject,
            ARCS[usize::from(*arc)].to,
            marked,
        );
    }
    // Numbers of the steps first, then words: the path matters more.
    for arc in &order {
        let steps = &steps[usize::from(*arc)];
        if !steps.is_empty() {
            let badge = stage.badge(
                curves[usize::from(*arc)],
                steps,
                Subject::Arc { place, arc: *arc },
                rank(*arc) == Rank::Last,
                &taken,
            );
            taken.push(badge);
        }
    }
    for arc in order.iter().rev() {
        let rank = rank(*arc);
        if stage.wide || rank == Rank::Last {
            stage.words(
                *arc,
                rank,
                &curves,
                &shown,
                Subject::Arc { place, arc: *arc },
                &mut taken,
            );
        }
    }
    let visited = |state: State| {
        path.iter()
            .any(|transition| transition.from == state || transition.to == state)
    };
    let ended = path.iter().any(|transition| transition.to == State::Closed);
    for node in 0..12 {
        let state = if node == END {
            State::Closed
        } else {
            State::ALL[node]
        };
        let lit = state == current
            && if node == END {
                ended
            } else {
                state != State::Closed || !ended
            };
        let visited = match node {
            END => ended,
            0 => {
                path.is_empty()
                    || path
                        .iter()
                        .any(|transition| transition.from == State::Closed)
            }
            _ => visited(state),
        };
        stage.node(node, state, lit, visited, frame, place, options);
    }
}

impl<'a> Stage<'a> {
    fn new(viewport: &Viewport, options: &Options, list: &'a mut DisplayList) -> Stage<'a> {
        let (width, height) = (viewport.width.max(240.0), viewport.height.max(300.0));
        let wide = width >= 520.0;
        let (font, small) = match (options.large && wide, wide) {
            (true, _) => (Font::LargeName, Font::Large),
            (_, true) => (Font::Name, Font::Small),
            _ => (Font::Small, Font::Small),
        };
        let node_width = font.width("SYN-RECEIVED") + if wide { 18.0 } else { 8.0 };
        let node_height = font.size() + if wide { 16.0 } else { 13.0 };
        // Room beside the outer nodes for the arcs that go round.
        let side = if wide { 26.0 } else { 10.0 };
        let column = |column: u8| {
            let (first, last) = (side + node_width / 2.0, width - side - node_width / 2.0);
            first + (last - first) * f32::from(column) / 2.0
        };
        let (top, bottom) = (10.0 + node_height / 2.0, height - 10.0 - node_height / 2.0);
        let row = |row: u8| top + (bottom - top) * f32::from(row) / 6.0;
        let nodes = GRID.map(|(c, r)| {
            Rect::new(
                column(c) - node_width / 2.0,
                row(r) - node_height / 2.0,
                node_width,
                node_height,
            )
        });
        Stage {
            nodes,
            font,
            small,
            wide,
            stroke: if options.large { 2.0 } else { 1.3 },
            list,
        }
    }

    fn port(&self, (node, port): (usize, Port)) -> (Point, Point) {
        let rect = self.nodes[node];
        let Point { x, y } = rect.centre();
        let (w, h) = (rect.width / 2.0, rect.height / 2.0);
        match port {
            Port::Top(at) => (point(x + w * at, y - h), point(0.0, -1.0)),
            Port::Bottom(at) => (point(x + w * at, y + h), point(0.0, 1.0)),
            Port::Left(at) => (point(x - w, y + h * at), point(-1.0, 0.0)),
            Port::Right(at) => (point(x + w, y + h * at), point(1.0, 0.0)),
        }
    }

    fn curve(&self, arc: usize) -> [Point; 4] {
        let (start, end) = ports(arc);
        let ((from, out), (to, into)) = (self.port(start), self.port(end));
        let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
        let pull = |normal: Point| {
            let reach = if normal.x == 0.0 { dy } else { dx };
            (reach * 0.62)
                .max(if dx < 4.0 || dy < 4.0 { 12.0 } else { 18.0 })
                .min(220.0)
        };
        let (a, b) = (pull(out), pull(into));
        [
            from,
            point(from.x + out.x * a, from.y + out.y * a),
            point(to.x + into.x * b, to.y + into.y * b),
            to,
        ]
    }

    fn arc(
        &mut self,
        curve: [Point; 4],
        rank: Rank,
        subject: Subject,
        to: State,
        marked: Option<(Ink, u8)>,
    ) {
        let (ink, opacity, width) = match rank {
            Rank::Plain => (Ink::Lifeline, 135, self.stroke),
            Rank::Collected => (Ink::Lifeline, 255, self.stroke * 1.35),
            Rank::Taken => (Ink::of_state(to), 255, self.stroke * 1.7),
            Rank::Last => (Ink::of_state(to), 255, self.stroke * 2.4),
        };
        let dash = Dash::Solid;
        let [from, first, second, tip] = curve;
        let before = on_curve(curve, 0.9);
        let length = distance(before, tip).max(0.01);
        let along = point((tip.x - before.x) / length, (tip.y - before.y) / length);
        let (long, wide) = (5.0 + width * 1.8, 2.2 + width * 0.8);
        let back = point(tip.x - along.x * long, tip.y - along.y * long);
        if let Some((glow, glow_opacity)) = marked {
            self.list.push(
                Shape::Curve {
                    from,
                    first,
                    second,
                    to: tip,
                    width: width + 6.0,
                    dash,
                },
                glow,
                glow_opacity,
                Subject::None,
            );
        }
        self.list.push(
            Shape::Curve {
                from,
                first,
                second,
                to: back,
                width,
                dash,
            },
            ink,
            opacity,
            subject,
        );
        let corners = [
            tip,
            point(back.x - along.y * wide, back.y + along.x * wide),
            point(back.x + along.y * wide, back.y - along.x * wide),
        ];
        self.list.polygon(&corners, ink, opacity, subject);
    }

    fn badge(
        &mut self,
        curve: [Point; 4],
        steps: &[u32],
        subject: Subject,
        last: bool,
        taken: &[Turned],
    ) -> Turned {
        let mut text = String::new();
        // A state that is gone through again and again is not worth a list.
        let from = steps.len().saturating_sub(2);
        if from > 0 {
            text.push('\u{2026}');
        }
        for (at, step) in steps[from..].iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            push_number(&mut text, u64::from(*step));
        }
        let font = self.small;
        let height = font.size() + 5.0;
        let width = (font.width(&text) + 7.0).max(height);
        let place = |t: f32| Turned::new(on_curve(curve, t), width, height, 0.0);
        let badge = [0.5, 0.4, 0.6, 0.3, 0.7]
            .into_iter()
            .map(place)
            .find(|badge| !taken.iter().any(|taken| taken.overlaps(badge)))
            .unwrap_or_else(|| place(0.5));
        let rect = Rect::new(
            badge.centre.x - width / 2.0,
            badge.centre.y - height / 2.0,
            width,
            height,
        );
        let (ground, ink) = if last {
            (Ink::Text, Ink::Surface)
        } else {
            (Ink::Surface, Ink::Text)
        };
        self.list.fill(rect, height / 2.0, ground, 255, subject);
        self.list
            .frame(rect, height / 2.0, 1.2, Ink::Text, 255, subject);
        self.list.write(
            &text,
            badge.centre,
            TextStyle::new(font, Anchor::Middle),
            ink,
            subject,
        );
        badge
    }

    /// Event over action beside an arc, where there is room: not over a node, a badge or other words, rather not over arcs.
    fn words(
        &mut self,
        arc: u8,
        rank: Rank,
        curves: &[[Point; 4]],
        shown: &[u8],
        subject: Subject,
        taken: &mut Vec<Turned>,
    ) {
        let Arc { event, action, .. } = ARCS[usize::from(arc)];
        if event.is_empty() {
            return;
        }
        let font = self.small;
        let lines = if action.is_empty() { 1.0 } else { 2.0 };
        let width = font.width(event).max(font.width(action)) + 4.0;
        let line_height = font.size() + 2.0;
        let height = line_height * lines + 1.0;
        let bounds = Rect::new(2.0, 2.0, self.list.width - 4.0, self.list.height - 4.0);
        let curve = curves[usize::from(arc)];
        let mut best: Option<(u32, Turned)> = None;
        for (position, t) in [0.5, 0.38, 0.62, 0.28, 0.72, 0.18, 0.82]
            .into_iter()
            .enumerate()
        {
            let on = on_curve(curve, t);
            let (before, after) = (on_curve(curve, t - 0.05), on_curve(curve, t + 0.05));
            let length = distance(before, after).max(0.01);
            let across = point(
                -(after.y - before.y) / length,
                (after.x - before.x) / length,
            );
            // Beside the arc, or a little further out where its badge is in the way.
            for (sign, further) in [
                (-1.0f32, 0.0),
                (1.0, 0.0),
                (-1.0, 12.0),
                (1.0, 12.0),
                (-1.0, 26.0),
                (1.0, 26.0),
            ] {
                let off =
                    4.0 + further + across.x.abs() * width / 2.0 + across.y.abs() * height / 2.0;
                let centre = point(on.x + across.x * off * sign, on.y + across.y * off * sign);
                let wanted = Turned::new(centre, width, height, 0.0);
                let rect = Rect::new(
                    centre.x - width / 2.0,
                    centre.y - height / 2.0,
                    width,
                    height,
                );
                let outside = rect.x < bounds.x
                    || rect.right() > bounds.right()
                    || rect.y < bounds.y
                    || rect.bottom() > bounds.bottom();
                if outside || taken.iter().any(|taken| taken.overlaps(&wanted)) {
                    continue;
                }
                let crossings = shown
                    .iter()
                    .filter(|other| crosses(curves[usize::from(**other)], &wanted))
                    .count() as u32;
                let cost = crossings * 10 + position as u32 + further as u32 / 3;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, wanted));
                }
            }
        }
        let Some((_, place)) = best else { return };
        let ink = if rank >= Rank::Taken {
            Ink::Text
        } else {
            Ink::Muted
        };
        let style = TextStyle::new(font, Anchor::Middle).halo();
        let Point { x, y } = place.centre;
        if action.is_empty() {
            self.list.write(event, place.centre, style, ink, subject);
        } else {
            self.list
                .write(event, point(x, y - line_height / 2.0), style, ink, subject);
            self.list.write(
                action,
                point(x, y + line_height / 2.0),
                style,
                Ink::Muted,
                subject,
            );
        }
        taken.push(place);
    }

    #[allow(clippy::too_many_arguments)]
    fn node(
        &mut self,
        node: usize,
        state: State,
        lit: bool,
        visited: bool,
        frame: &Frame,
        place: Place,
        options: &Options,
    ) {
        let rect = self.nodes[node];
        let radius = rect.height * 0.3;
        let ink = Ink::of_state(state);
        let subject = Subject::State { place, state };
        self.list
            .fill(rect, radius, Ink::Surface, 255, Subject::None);
        if lit {
            let around = Rect::new(
                rect.x - 4.0,
                rect.y - 4.0,
                rect.width + 8.0,
                rect.height + 8.0,
            );
            self.list.fill(around, radius + 4.0, ink, 60, Subject::None);
            self.list.fill(rect, radius, ink, 255, subject);
        } else if visited {
            self.list.fill(rect, radius, ink, 30, subject);
            self.list
                .frame(rect, radius, self.stroke * 1.3, ink, 255, subject);
        } else {
            self.list.fill(rect, radius, Ink::Raised, 255, subject);
            self.list
                .frame(rect, radius, 1.0, Ink::Lifeline, 255, subject);
        }
        let marked = if frame.selection == subject {
            Some(Ink::Selection)
        } else if frame.hover == subject {
            Some(Ink::Hover)
        } else {
            None
        };
        if let Some(marked) = marked {
            let around = Rect::new(
                rect.x - 3.0,
                rect.y - 3.0,
                rect.width + 6.0,
                rect.height + 6.0,
            );
            self.list
                .frame(around, radius + 3.0, 2.0, marked, 255, subject);
        }
        let text = if lit {
            Ink::Surface
        } else if visited {
            ink
        } else {
            Ink::Muted
        };
        let name = state_name(state, options.spelling);
        self.list.write(
            name,
            rect.centre(),
            TextStyle::new(self.font, Anchor::Middle),
            text,
            subject,
        );
    }
}

fn crosses(curve: [Point; 4], area: &Turned) -> bool {
    let mut before = curve[0];
    (1..=12).any(|step| {
        let next = on_curve(curve, step as f32 / 12.0);
        let crossed = area.crossed_by(before, next);
        before = next;
        crossed
    })
}

#[cfg(test)]
#[path = "state_machine_tests.rs"]
mod tests;
