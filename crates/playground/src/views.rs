//! The views: what window each has onto the run, and the list last painted.

use sim::history::Snapshot;
use sim::trace::{Place, RecordId};
use tcp::state::State;
use view::display::{DisplayList, Subject, point};
use view::frame::Frame;
use view::header_picture::{self, Picture, cells, header_picture_into};
use view::hit::{REACH_MOUSE, REACH_TOUCH};
use view::ladder;
use view::sequence_space::{Variable, sequence_space_into};
use view::state_machine::{self, Collection, Machine, arc_of, state_machine_into};
use view::time_sequence::{Sample, busier_sender, time_sequence_into};
use view::viewport::{Numbers, Options, Spelling, Viewport};

use crate::json::{Failure, Json};
use crate::player::{Player, changed};

/// A picture of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum View {
    Ladder,
    StatesA,
    StatesB,
    SequenceSpace,
    TimeSequence,
    Compare,
    Header,
}

impl View {
    /// Every view.
    pub const ALL: [View; 7] = [
        View::Ladder,
        View::StatesA,
        View::StatesB,
        View::SequenceSpace,
        View::TimeSequence,
        View::Compare,
        View::Header,
    ];

    /// The stable id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            View::Ladder => "ladder",
            View::StatesA => "states-a",
            View::StatesB => "states-b",
            View::SequenceSpace => "sequence-space",
            View::TimeSequence => "time-sequence",
            View::Compare => "compare",
            View::Header => "header",
        }
    }

    /// The view of an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<View> {
        View::ALL.into_iter().find(|view| view.id() == id)
    }
}

/// So many events are each asked for the sender's estimates; of as many more, every other, and so on.
const SAMPLED_EACH: usize = 512;

/// The event that is asked after the `event`-th.
const fn sampled_after(event: usize) -> usize {
    event + 1 + event / SAMPLED_EACH
}

/// The first event from the `from`-th on that is asked.
pub(crate) fn next_sample(from: usize) -> usize {
    let mut event = 0;
    while event < from {
        event = sampled_after(event);
    }
    event
}

const ZOOM_MIN: f32 = 1.0 / 4096.0;
const ZOOM_MAX: f32 = 64.0;
/// A size of letters from which on a page wants the projector's sizes.
const LARGE_PX: f64 = 20.0;
/// Where a view is drawn that has not been on screen yet.
const FIRST_WINDOW: Viewport = Viewport::new(960.0, 600.0);

/// What a picture is made from, in short: while this is the same, so is the picture.
#[derive(Clone, Copy, PartialEq)]
struct Made {
    edition: u32,
    records: usize,
    width: f32,
    height: f32,
    something: bool,
}

/// One view's window, and what was last painted in it.
struct Window {
    viewport: Viewport,
    follow: bool,
    list: DisplayList,
    made: Option<Made>,
}

impl Default for Window {
    fn default() -> Window {
        Window {
            viewport: FIRST_WINDOW,
            follow: true,
            list: DisplayList::default(),
            made: None,
        }
    }
}

/// All windows, and what is switched for all of them.
pub(crate) struct Views {
    windows: [Window; View::ALL.len()],
    pub options: Options,
    field: Option<String>,
    /// Arcs a learner has ever seen taken.
    collected: Collection,
}

impl Default for Views {
    fn default() -> Views {
        Views {
            windows: View::ALL.map(|_| Window::default()),
            options: Options::default(),
            field: None,
            collected: Collection::default(),
        }
    }
}

impl Views {
    /// Another run: windows go back to its beginning.
    pub fn rewind(&mut self) {
        for window in &mut self.windows {
            window.viewport.scroll = 0.0;
            window.follow = true;
        }
    }

    /// Whether pictures move though no instant goes by (within a fold, say).
    pub fn moving(&self) -> bool {
        !self.options.storyboard
    }

    fn window(&mut self, view: View) -> &mut Window {
        &mut self.windows[view as usize]
    }
}

impl Player {
    /// The display list of a view in a window of this size, good for [`Player::hit`] until the next; and whether it shows
    /// anything.
    pub fn picture(&mut self, view: View, width: f32, height: f32) -> (&DisplayList, bool) {
        // What a page hands in may be nonsense while it is laid out.
        let (width, height) = (sane(width), sane(height));
        if let Some(made) = self.still_good(view, width, height) {
            return (&self.views.window(view).list, made.something);
        }
        let mut window = core::mem::take(self.views.window(view));
        window.viewport.width = width;
        window.viewport.height = height;
        match view {
            View::TimeSequence => self.take_samples(),
            View::Compare => self.find_difference(),
            _ => {}
        }
        if window.follow && matches!(view, View::Ladder | View::Compare) {
            let options = &self.views.options;
            window.viewport.scroll =
                ladder::scroll_to_follow(&self.score, &window.viewport, options, self.now.time);
        }
        let something = self.draw(view, &window.viewport, &mut window.list);
        // What has changed and was not told yet may change on until it is.
        window.made = self.edition().map(|edition| Made {
            edition,
            records: self.score.records(),
            width,
            height,
            something,
        });
        let place = self.views.window(view);
        *place = window;
        (&place.list, something)
    }

    /// Whether the list last painted shows what another would: a page paints for many reasons.
    fn still_good(&mut self, view: View, width: f32, height: f32) -> Option<Made> {
        // Beside the run there is another that may have grown.
        let edition = self.edition().filter(|_| view != View::Compare)?;
        let records = self.score.records();
        let made = self.views.window(view).made?;
        let same = Made {
            edition,
            records,
            width,
            height,
            ..made
        };
        (made == same).then_some(made)
    }

    /// Draws a view; answers whether there is anything to show.
    fn draw(&self, view: View, viewport: &Viewport, list: &mut DisplayList) -> bool {
        if view == View::Ladder {
            ladder::ladder_into(&self.frame(), viewport, &self.views.options, list);
            return true;
        }
        self.draw_other(view, viewport, list)
    }

    /// The views beside the ladder; a function of its own because the page fetches their code after the first picture.
    #[inline(never)]
    fn draw_other(&self, view: View, viewport: &Viewport, list: &mut DisplayList) -> bool {
        let frame = self.frame();
        let options = &self.views.options;
        match view {
            View::Ladder => false,
            View::StatesA | View::StatesB => {
                let place = if view == View::StatesA {
                    Place::A
                } else {
                    Place::B
                };
                let machine = Machine {
                    place,
                    socket: None,
                    collected: self.views.collected,
                };
                state_machine_into(&frame, &machine, viewport, options, list);
                // Of a script or a recording only segments are known: the page says so instead.
                self.score.has_states[usize::from(view == View::StatesB)]
            }
            View::SequenceSpace => sequence_space_into(&frame, &self.now, viewport, options, list),
            View::Header => {
                let datagram = self.header_datagram();
                header_picture_into(&self.header(&datagram), viewport, options, list)
            }
            View::TimeSequence => {
                let known = self
                    .samples
                    .partition_point(|sample| sample.time_us <= self.now.time.0);
                let sender = busier_sender(&frame);
                time_sequence_into(
                    &frame,
                    sender,
                    &self.samples[..known],
                    viewport,
                    options,
                    list,
                )
            }
            View::Compare => self.draw_comparison(viewport, list),
        }
    }

    /// Asks the sender for its estimates at each event that has been since this was last called.
    fn take_samples(&mut self) {
        let trace = self.history.trace();
        let events = self.events.count_until(trace, self.now.time);
        if self.sampled >= events {
            return;
        }
        let frame = self.frame();
        let sender = busier_sender(&frame);
        let data = self
            .score
            .arrows()
            .iter()
            .find(|arrow| arrow.from == sender && arrow.len > 0);
        let Some(socket) = data.map(|arrow| arrow.from_socket) else {
            return;
        };
        let host = usize::from(sender == Place::B);
        let mut snapshot = Snapshot::default();
        while self.sampled < events {
            if let Some(time) = self.events.time(self.history.trace(), self.sampled) {
                self.history.seek_into(time, &mut snapshot);
                let statuses = &snapshot.hosts[host].statuses;
                if let Some(status) = statuses.iter().find(|status| status.socket.0 == socket) {
                    self.samples.push(Sample::of(time.0, status));
                }
            }
            // Of a long run not every event: the strip is some hundred pixels wide.
            self.sampled = sampled_after(self.sampled);
        }
    }

    /// The bytes of the selected segment; none if none is selected.
    fn header_datagram(&self) -> Vec<u8> {
        let mut datagram = Vec::new();
        if let Some(id) = self.selected() {
            self.history.trace().datagram(id, &mut datagram);
        }
        datagram
    }

    fn header<'a>(&self, datagram: &'a [u8]) -> Picture<'a> {
        let arrow = self
            .selected_segment()
            .and_then(|send| self.book().arrow(send).copied());
        let mut picture = Picture {
            datagram,
            bases: arrow.map_or((0, 0), |arrow| (arrow.seq_base, arrow.ack_base)),
            selection: None,
            hover: None,
        };
        if let Some(field) = &self.views.field {
            let cells = cells(&picture, &self.views.options);
            picture.selection = cells
                .iter()
                .position(|cell| cell.id == field)
                .map(|at| at as u16);
        }
        picture
    }

    /// What stands at a point of the list last painted.
    #[must_use]
    pub fn hit(&self, view: View, x: f32, y: f32, touch: bool) -> Option<Json> {
        let window = &self.views.windows[view as usize];
        let reach = if touch { REACH_TOUCH } else { REACH_MOUSE };
        let subject = view::hit::hit(&window.list, point(x, y), reach);
        let kind = match subject {
            Subject::None => return None,
            Subject::Segment(_) | Subject::Copy(_) | Subject::Record(_) => "record",
            Subject::Band { .. } | Subject::State { .. } => "state",
            Subject::Timer { .. } => "timer",
            Subject::Host(_) => "host",
            Subject::Fold(_) => "fold",
            Subject::Arc { .. } => "arc",
            Subject::Field(_) | Subject::Variable { .. } => "field",
        };
        let id = match subject {
            Subject::Arc { .. } | Subject::State { .. } => self.transition_at(subject),
            _ => Frame::record_of(subject),
        };
        let place = match subject {
            Subject::Band { place, .. }
            | Subject::Timer { place, .. }
            | Subject::Host(place)
            | Subject::State { place, .. }
            | Subject::Arc { place, .. }
            | Subject::Variable { place, .. } => Some(place),
            _ => None,
        };
        let name = match subject {
            Subject::State { state, .. } => Some(state.name()),
            Subject::Timer { timer, .. } => Some(timer.id()),
            Subject::Field(field) => {
                let datagram = self.header_datagram();
                let cells = cells(&self.header(&datagram), &self.views.options);
                cells.get(usize::from(field)).map(|cell| cell.id)
            }
            Subject::Variable { variable, .. } => {
                Variable::ALL.get(usize::from(variable)).map(|it| it.name())
            }
            _ => None,
        };
        let mut json = Json::object();
        json.text("kind", kind);
        json.some("id", id.map(|id| id.0));
        json.some_text("name", name);
        let host = place.filter(|place| matches!(place, Place::A | Place::B));
        json.some_text("host", host.map(Place::id));
        json.flag("in_flight", id.is_some_and(|id| self.in_flight(id)));
        if view == View::Ladder {
            let time = ladder::time_at(
                &self.score,
                &window.viewport,
                &self.views.options,
                point(x, y),
            );
            json.wide("time_us", time.0);
        }
        json.end();
        Some(json)
    }

    /// Apart from [`Player::hit`], as no first picture has state machines.
    #[inline(never)]
    fn transition_at(&self, subject: Subject) -> Option<RecordId> {
        state_machine::record_of(&self.frame(), subject)
    }

    /// Whether a segment is on its way now.
    #[must_use]
    pub fn in_flight(&self, id: RecordId) -> bool {
        self.now.in_flight.iter().any(|flight| flight.send == id)
    }

    /// Zooms, with the point that stays put.
    pub fn zoom(&mut self, view: View, factor: f32, x: f32, y: f32) {
        let options = self.views.options;
        let viewport = self.views.window(view).viewport;
        let zoom = (viewport.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        if !zoom.is_finite() || zoom == viewport.zoom {
            return;
        }
        let scroll = if matches!(view, View::Ladder | View::Compare) {
            ladder::scroll_to_keep(&self.score, &viewport, &options, point(x, y), zoom)
        } else {
            viewport.scroll
        };
        let window = self.views.window(view);
        window.viewport.zoom = zoom;
        window.viewport.scroll = scroll;
        // Zooming about a point away from the present moment is looking elsewhere; following goes on otherwise.
        self.mark(changed::PICTURE);
    }

    /// Scrolls by hand; ends following.
    pub fn scroll(&mut self, view: View, _dx: f32, dy: f32) {
        let limit = (self.content_height(view) - self.views.window(view).viewport.height).max(0.0);
        let window = self.views.window(view);
        let scroll = window.viewport.scroll + dy;
        if scroll.is_finite() {
            window.viewport.scroll = scroll.max(0.0).min(limit);
            window.follow = false;
            self.mark(changed::PICTURE);
        }
    }

    /// The whole run in the window; if it is there already, the usual scale.
    pub fn fit(&mut self, view: View) {
        let options = self.views.options;
        let viewport = self.views.window(view).viewport;
        let whole = if view == View::Ladder {
            ladder::zoom_to_fit(&self.score, &viewport, &options)
        } else {
            1.0
        };
        let window = self.views.window(view);
        let there = (viewport.zoom - whole).abs() < whole / 1_000.0;
        window.viewport.zoom = if there { 1.0 } else { whole };
        window.viewport.scroll = 0.0;
        window.follow = there;
        self.mark(changed::PICTURE);
    }

    /// Scrolls with the playback, or no longer.
    pub fn set_follow(&mut self, view: View, on: bool) {
        self.views.window(view).follow = on;
        self.mark(changed::PICTURE);
    }

    fn content_height(&self, view: View) -> f32 {
        let viewport = &self.views.windows[view as usize].viewport;
        match view {
            View::Ladder | View::Compare => {
                ladder::content_height(&self.score, viewport, &self.views.options)
            }
            View::Header => {
                let datagram = self.header_datagram();
                header_picture::content_height(
                    &self.header(&datagram),
                    viewport,
                    &self.views.options,
                )
            }
            _ => viewport.height,
        }
    }

    /// Adds a transition to the collection that the state machines show. False if there is no such arc.
    pub fn collect(&mut self, from: &str, to: &str) -> bool {
        let state = |name: &str| State::ALL.into_iter().find(|state| state.name() == name);
        let arc = state(from)
            .zip(state(to))
            .and_then(|(from, to)| arc_of(from, to));
        if let Some(arc) = arc {
            self.views.collected = self.views.collected.with(arc);
            self.mark(changed::PICTURE);
        }
        arc.is_some()
    }

    /// `{zoom, follow, content_width, content_height, scroll_x, scroll_y}`.
    #[must_use]
    pub fn view_state(&self, view: View) -> Json {
        let window = &self.views.windows[view as usize];
        let mut json = Json::object();
        json.fraction("zoom", window.viewport.zoom);
        json.flag("follow", window.follow);
        json.fraction("content_width", window.viewport.width);
        json.fraction("content_height", self.content_height(view));
        json.fraction("scroll_x", 0.0);
        json.fraction("scroll_y", window.viewport.scroll);
        json.end();
        json
    }

    /// Scrolls so that a record is seen.
    ///
    /// # Errors
    /// `unknown-record`.
    pub fn reveal(&mut self, view: View, id: RecordId) -> Result<(), Failure> {
        let record = self.history.trace().record(id);
        let record = record.ok_or_else(|| Failure::unknown_record(id.0))?;
        if view == View::Ladder {
            let options = self.views.options;
            let viewport = self.views.window(view).viewport;
            let scroll = ladder::scroll_to_reveal(&self.score, &viewport, &options, record.time);
            let window = self.views.window(view);
            if window.viewport.scroll != scroll {
                window.viewport.scroll = scroll;
                window.follow = false;
            }
            self.mark(changed::PICTURE);
        }
        Ok(())
    }

    /// What is switched for all views.
    ///
    /// # Errors
    /// `unknown-option`.
    pub fn set_option(&mut self, name: &str, on: bool) -> Result<(), Failure> {
        let options = &mut self.views.options;
        match name {
            "absolute" => {
                options.numbers = if on {
                    Numbers::Absolute
                } else {
                    Numbers::Relative
                }
            }
            "kernel-names" => options.spelling = if on { Spelling::Netstat } else { Spelling::Rfc },
            "timers" => options.hide_timers = !on,
            "large" => options.large = on,
            "storyboard" => {
                options.storyboard = on;
                self.playback.storyboard = on;
            }
            "fold" => self.set_folding(on),
            _ => return Err(Failure::new("unknown-option").about("name", name)),
        }
        self.mark(changed::PICTURE);
        Ok(())
    }

    /// The page's size of letters, which projectors have larger. Colours are the painter's.
    pub fn set_letters(&mut self, size_px: f64) {
        self.views.options.large = size_px >= LARGE_PX;
        self.mark(changed::PICTURE);
    }

    /// Marks a header field.
    pub fn select_field(&mut self, field: Option<&str>) {
        self.views.field = field.map(str::to_owned);
        self.mark(changed::PICTURE);
    }
}

/// A length a layout can be made for.
fn sane(length: f32) -> f32 {
    if length.is_finite() {
        length.clamp(1.0, 16_384.0)
    } else {
        1.0
    }
}
