//! The player: a run, its history, a clock, a selection. Commands go in,
//! pictures and tables come out; nothing here knows of a browser.

use sim::history::{History, Progress, Snapshot};
use sim::run::Run;
use sim::trace::{RecordId, RecordKind};
use sim::world::RunError;
use tcp::settings::Policy;
use tcp::time::Instant;
use view::display::Subject;
use view::frame::Frame;
use view::score::Score;
use view::time_map::TimeMap;
use view::time_sequence::Sample;

use crate::acting::{Coming, Other};
use crate::actions::Scene;
use crate::events::Events;
use crate::json::{Failure, Json};
use crate::playback::{Input, Met, Mode, PlayMap, Playback, Stops};
use crate::rows::Book;
use crate::views::{Views, next_sample};
use crate::{hosts, offers, tables};

/// What has changed since the page last asked: a set of bits.
pub mod changed {
    /// Some view must be painted again.
    pub const PICTURE: u32 = 1;
    /// The playback time moved across an event.
    pub const EVENT: u32 = 2;
    /// Playing, paused, speed, end.
    pub const PLAYBACK: u32 = 4;
    /// The trace: what was done, which branch; and that all of it is known now.
    pub const RUN: u32 = 8;
    /// Selection or hover.
    pub const SELECTION: u32 = 16;
    /// Playback stopped at a checkpoint.
    pub const CHECKPOINT: u32 = 32;
    /// More of the run is simulated and prepared: counts and durations are others.
    pub const LENGTH: u32 = 64;
    /// All but the last two: everything may be another.
    pub const ALL: u32 = 31;
}

/// Events simulated at once when a run is opened: more than any scenario of the catalogue has.
const STEPS_AT_ONCE: u32 = 1_500;
/// Events simulated in one piece, when a frame has time to spare or somebody waits for one: a millisecond or two.
const STEPS_A_PIECE: u32 = 100;
/// Records of the future that pictures and play time are prepared for, a piece.
const RECORDS_A_PIECE: usize = 600;
/// With so many records of the future prepared a tick need not see to more.
const RECORDS_NEAR: usize = 4_000;
/// A run that goes on by itself (keep-alives, say) is not simulated further ahead than this many records …
const RECORDS_AHEAD_MAX: usize = 50_000;

/// What a page may ask for when it opens a run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Instead of the run's own seed.
    pub seed: Option<u64>,
    /// Instead of both hosts' policies.
    pub policy: Option<Policy>,
}

/// A link's run that this engine plays otherwise than the one that made it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// The trace's hash there.
    pub expected: u64,
    /// And here.
    pub actual: u64,
    /// The first record of the first stretch that differs, if the link tells.
    pub first_difference: Option<u32>,
}

/// See the module.
pub struct Player {
    pub(crate) history: History,
    pub(crate) now: Snapshot,
    /// The world before the latest event, and that event's number; made when a table asks for it.
    before: Option<(usize, Snapshot)>,
    pub(crate) events: Events,
    pub(crate) score: Score,
    pub(crate) playback: Playback,
    pub(crate) views: Views,
    pub(crate) other: Option<Other>,
    pub(crate) coming: Option<Coming>,
    /// What stands above the two that are compared.
    pub(crate) compare_names: [String; 2],
    selected: Option<RecordId>,
    pub(crate) selection: Subject,
    pub(crate) hover: Subject,
    changed: u32,
    /// How often the page has been told that pictures are others.
    edition: u32,
    pub(crate) notice: Option<Notice>,
    /// Idle stretches are folded.
    folding: bool,
    /// The sender's estimates, and how many events have been asked for them.
    pub(crate) samples: Vec<Sample>,
    pub(crate) sampled: usize,
}

impl PlayMap for TimeMap {
    fn play_at(&self, time: Instant) -> f64 {
        self.play_ms(time)
    }
    fn time_at(&self, play_ms: f64) -> Instant {
        self.time_at_play(play_ms)
    }
}

impl Player {
    /// A scenario of the catalogue.
    ///
    /// # Errors
    /// `unknown-scenario`.
    pub fn scenario(id: &str, options: &Options) -> Result<Player, Failure> {
        let run = sim::catalogue::run(id).ok_or_else(|| tables::unknown_scenario(id))?;
        Player::of_run(run, options)
    }

    /// A run as text.
    ///
    /// # Errors
    /// What is wrong with the text, with its place; `run-setting` and its like for what cannot be played.
    pub fn from_text(text: &str, options: &Options) -> Result<Player, Failure> {
        Player::of_run(read(text)?, options)
    }

    pub(crate) fn of_run(mut run: Run, options: &Options) -> Result<Player, Failure> {
        if let Some(seed) = options.seed {
            run.seed = seed;
        }
        if let Some(policy) = options.policy {
            for host in &mut run.scenario.hosts {
                host.policy = policy;
            }
        }
        // Said of the run as it was, not as it is now.
        if options.seed.is_some() || options.policy.is_some() {
            run.trace_hash = None;
        }
        Ok(Player::of_history(History::new(run).map_err(unplayable)?))
    }

    pub(crate) fn of_history(mut history: History) -> Player {
        let score = Score::new(history.run(), true);
        let now = history.seek(Instant::ZERO);
        let mut player = Player {
            history,
            now,
            before: None,
            events: Events::default(),
            score,
            playback: Playback::default(),
            views: Views::default(),
            other: None,
            coming: None,
            compare_names: [const { String::new() }; 2],
            selected: None,
            selection: Subject::None,
            hover: Subject::None,
            changed: changed::ALL,
            edition: 0,
            notice: None,
            folding: true,
            samples: Vec::new(),
            sampled: 0,
        };
        player.grow(STEPS_AT_ONCE);
        while player.score.records() < player.history.trace().len() {
            player.take_in();
        }
        player
    }

    /// Replaces the run by another, as text; views, speed and theme stay.
    ///
    /// # Errors
    /// As [`Player::from_text`]; nothing has changed then.
    pub fn load_text(&mut self, text: &str) -> Result<(), Failure> {
        let fresh = Player::from_text(text, &Options::default())?;
        self.replace(fresh);
        Ok(())
    }

    pub(crate) fn replace(&mut self, fresh: Player) {
        let mut playback = Playback::default();
        playback.set_speed(self.playback.speed());
        playback.looped = self.playback.looped;
        playback.checkpoints = self.playback.checkpoints;
        playback.storyboard = self.playback.storyboard;
        let mut views = core::mem::take(&mut self.views);
        views.rewind();
        let folding = self.folding;
        *self = Player {
            playback,
            views,
            edition: self.edition,
            ..fresh
        };
        if !folding {
            self.set_folding(false);
        }
    }

    // ---- simulating ahead ----

    /// Simulates on, and takes in what came of it.
    fn grow(&mut self, steps: u32) {
        let growing = self.growing();
        if self.simulating() {
            let _: Progress = self.history.advance_to_end(steps);
        }
        self.take_in();
        self.grow_other(steps, RECORDS_A_PIECE);
        if growing && !self.growing() {
            self.changed |= changed::RUN | changed::PICTURE;
        }
    }

    /// Simulates and prepares a further piece of the run; answers whether there is yet more. For a page that has time to
    /// spare; a tick does as much in any case.
    pub fn grow_on(&mut self) -> bool {
        self.grow(STEPS_A_PIECE);
        self.growing()
    }

    /// Whether the next tick has more to simulate or to prepare.
    #[must_use]
    pub fn growing(&self) -> bool {
        self.score.records() < self.history.trace().len()
            || self.simulating()
            || self.coming.is_some()
    }

    fn simulating(&self) -> bool {
        let known = self.history.trace().len();
        let ahead = known.saturating_sub(self.now.records as usize);
        self.history.end().is_none() && ahead < RECORDS_AHEAD_MAX
    }

    /// Records of the future that are there and prepared.
    fn ahead(&self) -> usize {
        let known = self.score.records();
        known.saturating_sub(self.now.records as usize)
    }

    /// What has been by now at once, of the future a piece at a time.
    fn take_in(&mut self) {
        let trace = self.history.trace();
        let taken = self.score.records();
        if trace.len() != taken {
            let records = taken.max(self.now.records as usize) + RECORDS_A_PIECE;
            self.score.extend_to(self.history.run(), trace, records);
            self.events.extend(trace);
            self.playback.remap(&self.score.time);
            // Play time grows with what is prepared.
            self.changed |= changed::LENGTH;
        }
    }

    /// The trace goes on otherwise than before: what was made from there on is made anew.
    pub(crate) fn remake(&mut self) {
        let unchanged = self.history.take_unchanged();
        let trace = self.history.trace();
        let records = trace.first_at_or_after(unchanged);
        self.score.rewind(trace, records);
        self.events.rewind(trace, records);
        self.samples
            .truncate(self.samples.partition_point(|s| s.time_us < unchanged.0));
        self.sampled = next_sample(self.events.len()).min(self.sampled);
        self.refresh();
    }

    /// Shows the present moment of what the run has become.
    fn refresh(&mut self) {
        self.before = None;
        // First where one stands, so that no more than that is made at once.
        self.history
            .seek_into(self.playback.position(), &mut self.now);
        self.grow(STEPS_A_PIECE);
        self.show(self.playback.position());
        self.playback.remap(&self.score.time);
        // What was selected may not be there any more.
        let length = self.history.trace().len() as u32;
        if self.selected.is_some_and(|id| id.0 >= length) {
            self.select(None);
        } else {
            self.select(self.selected);
        }
        self.hover = Subject::None;
        self.changed |= changed::ALL;
    }

    /// Makes the world at an instant the one that is shown.
    fn show(&mut self, time: Instant) {
        let records = self.now.records;
        self.history.seek_into(time, &mut self.now);
        self.take_in();
        self.changed |= changed::PICTURE;
        if self.now.records != records {
            self.changed |= changed::EVENT;
        }
    }

    /// What has changed since this was last called.
    pub fn take_changed(&mut self) -> u32 {
        if self.changed & changed::PICTURE != 0 {
            self.edition = self.edition.wrapping_add(1);
        }
        core::mem::take(&mut self.changed)
    }

    /// A number for what all pictures show now; none while they are changing.
    pub(crate) fn edition(&self) -> Option<u32> {
        (self.changed & changed::PICTURE == 0).then_some(self.edition)
    }

    pub(crate) fn mark(&mut self, bits: u32) {
        self.changed |= bits;
    }

    // ---- playback ----

    /// Lets a spectator's time go by; answers [`changed`] bits, earlier commands' included.
    pub fn tick(&mut self, elapsed_ms: f64) -> u32 {
        // While it plays and there is enough to go on with, the page grows it in what time a frame leaves.
        if self.playback.mode() != Mode::Playing || self.ahead() < RECORDS_NEAR {
            self.grow(STEPS_A_PIECE);
        }
        if self.playback.mode() == Mode::Playing {
            let position = self.playback.position();
            let stops = self.stops(position);
            let met = self.playback.advance(elapsed_ms, &self.score.time, stops);
            match met {
                Met::Nothing => {}
                Met::Checkpoint => self.changed |= changed::PLAYBACK | changed::CHECKPOINT,
                Met::End => self.changed |= changed::PLAYBACK,
            }
            if self.playback.position() != position {
                self.show(self.playback.position());
            } else if self.views.moving() {
                self.changed |= changed::PICTURE;
            }
        }
        self.take_changed()
    }

    fn stops(&self, position: Instant) -> Stops {
        let markers = &self.history.run().scenario.markers;
        Stops {
            end: self.end(),
            final_end: self.history.end().is_some(),
            checkpoint: markers
                .iter()
                .filter(|marker| marker.checkpoint && marker.time > position)
                .map(|marker| marker.time)
                .min(),
            event: self.next_event(position),
        }
    }

    fn next_event(&self, after: Instant) -> Option<Instant> {
        let trace = self.history.trace();
        self.events
            .time(trace, self.events.count_until(trace, after))
    }

    /// The end of the run, as far as it is known. After the last event there is
    /// always time to see the states it led to.
    #[must_use]
    pub fn end(&self) -> Instant {
        match self.history.end() {
            Some(end) => end.max(self.score.time.last() + self.score.time.unit()),
            None => self.history.known_until(),
        }
    }

    /// Play, pause, toggle.
    pub fn input(&mut self, input: Input) {
        let position = self.playback.position();
        if self.playback.input(input) {
            self.changed |= changed::PLAYBACK;
        }
        if self.playback.position() != position {
            self.show(self.playback.position());
        }
    }

    fn put(&mut self, time: Instant, input: Input) {
        let time = time.min(self.end());
        if self.playback.put(time, &self.score.time, input) {
            self.changed |= changed::PLAYBACK;
        }
        self.show(time);
    }

    /// To a virtual time; keeps playing if it was.
    pub fn seek(&mut self, time: Instant) {
        self.put(time, Input::Seek);
    }

    /// To a play time.
    pub fn seek_play(&mut self, play_ms: f64) {
        if !play_ms.is_nan() {
            self.seek(self.score.time.time_at_play(play_ms.max(0.0)));
        }
    }

    /// To the moment of a record.
    ///
    /// # Errors
    /// `unknown-record`.
    pub fn seek_record(&mut self, id: RecordId) -> Result<(), Failure> {
        let record = self.history.trace().record(id);
        let record = record.ok_or_else(|| Failure::unknown_record(id.0))?;
        self.put(record.time, Input::Step);
        Ok(())
    }

    /// ±n events; pauses.
    pub fn step(&mut self, n: i32) {
        let trace = self.history.trace();
        let position = self.playback.position();
        let count = self.events.count_until(trace, position);
        let target = if n >= 0 {
            // At the last event there may still be time to go until the end.
            match (count + n as usize).checked_sub(1) {
                Some(index) => self.events.time(trace, index).unwrap_or_else(|| self.end()),
                None => position,
            }
        } else {
            // Between two events, one back is the earlier of them.
            let at_event = count > 0 && self.events.time(trace, count - 1) == Some(position);
            let back = n.unsigned_abs() as usize + usize::from(at_event);
            count
                .checked_sub(back)
                .and_then(|index| self.events.time(trace, index))
                .unwrap_or(Instant::ZERO)
        };
        self.put(target, Input::Step);
    }

    /// To the next or an earlier chapter or checkpoint; pauses.
    pub fn step_chapter(&mut self, n: i32) {
        let position = self.playback.position();
        let markers = self
            .history
            .run()
            .scenario
            .markers
            .iter()
            .map(|marker| marker.time);
        let target = if n >= 0 {
            markers
                .filter(|time| *time > position)
                .min()
                .unwrap_or_else(|| self.end())
        } else {
            markers
                .filter(|time| *time < position)
                .max()
                .unwrap_or(Instant::ZERO)
        };
        self.put(target, Input::Step);
    }

    /// Sets the speed; see [`Playback::set_speed`].
    pub fn set_speed(&mut self, speed: f64) {
        self.playback.set_speed(speed);
        self.changed |= changed::PLAYBACK;
    }

    /// The clock.
    #[must_use]
    pub fn playback(&self) -> &Playback {
        &self.playback
    }

    /// For switches of the clock that need no more than being set.
    pub fn playback_mut(&mut self) -> &mut Playback {
        self.changed |= changed::PLAYBACK | changed::PICTURE;
        &mut self.playback
    }

    /// Play time of the whole run.
    #[must_use]
    pub fn play_duration_ms(&self) -> f64 {
        self.score.time.play_ms(self.end())
    }

    /// Whether idle stretches are folded, in pictures and in play time.
    pub fn set_folding(&mut self, folding: bool) {
        if self.folding != folding {
            self.folding = folding;
            self.score = Score::new(self.history.run(), folding);
            self.refresh();
        }
    }

    /// Events up to now, and altogether.
    #[must_use]
    pub fn event_counts(&self) -> (usize, usize) {
        let now = self.events.count_until(self.history.trace(), self.now.time);
        (now, self.events.len())
    }

    /// Records up to now, and altogether.
    #[must_use]
    pub fn record_counts(&self) -> (usize, usize) {
        (self.now.records as usize, self.history.trace().len())
    }

    /// The play time of every event in milliseconds, in order: the ticks of a slider. Of more than `limit` every n-th.
    #[must_use]
    pub fn event_marks(&self, limit: usize) -> Vec<u32> {
        let trace = self.history.trace();
        let every = self.events.len().div_ceil(limit.max(1)).max(1);
        let marks = (0..self.events.len()).step_by(every);
        marks
            .filter_map(|event| self.events.time(trace, event))
            .map(|time| self.score.time.play_ms(time) as u32)
            .collect()
    }

    /// Chapters and checkpoints, in order of time.
    #[must_use]
    pub fn chapters(&self) -> Json {
        let trace = self.history.trace();
        let mut json = Json::list();
        for marker in &self.history.run().scenario.markers {
            let record = trace.first_at_or_after(marker.time);
            json.item();
            json.wide("time_us", marker.time.0);
            json.wide("play_ms", self.score.time.play_ms(marker.time) as u64);
            json.some("record", (record < trace.len()).then_some(record as u32));
            json.text(
                "kind",
                if marker.checkpoint {
                    "checkpoint"
                } else {
                    "chapter"
                },
            );
            json.text("name", &marker.key);
            json.begin("args");
            json.end();
            json.end();
        }
        json.end_list();
        json
    }

    // ---- selection ----

    /// Selects a record, or nothing.
    pub fn select(&mut self, id: Option<RecordId>) {
        let subject = id.map_or(Subject::None, |id| self.subject_of(id));
        self.selected = id.filter(|_| subject != Subject::None);
        if self.selection != subject {
            self.selection = subject;
            self.changed |= changed::SELECTION | changed::PICTURE;
        }
    }

    /// What the pointer (or the keyboard's own cursor) is over.
    pub fn hover(&mut self, id: Option<RecordId>) {
        let subject = id.map_or(Subject::None, |id| self.subject_of(id));
        if self.hover != subject {
            self.hover = subject;
            self.changed |= changed::SELECTION | changed::PICTURE;
        }
    }

    /// The selected record.
    #[must_use]
    pub fn selected(&self) -> Option<RecordId> {
        self.selected
    }

    /// The selected segment's sending.
    #[must_use]
    pub fn selected_segment(&self) -> Option<RecordId> {
        self.history
            .trace()
            .sent(self.selected?)
            .map(|sent| sent.send)
    }

    /// What pictures show of a record.
    fn subject_of(&self, id: RecordId) -> Subject {
        let trace = self.history.trace();
        let Some(record) = trace.record(id) else {
            return Subject::None;
        };
        let (place, socket) = (record.place, record.socket);
        match record.kind {
            RecordKind::Send { .. } => Subject::Segment(id),
            RecordKind::Arrive { send, .. } | RecordKind::Drop { send, .. } => {
                // The first end belongs to the segment itself, another to a copy.
                match trace.sent(id) {
                    Some(sent) if sent.fate != Some(id) => Subject::Copy(id),
                    _ => Subject::Segment(send),
                }
            }
            RecordKind::State { .. } => Subject::Band {
                place,
                socket,
                record: id,
            },
            RecordKind::TimerSet { timer, .. } => Subject::Timer {
                place,
                timer,
                record: id,
            },
            RecordKind::TimerFired { timer } | RecordKind::TimerCancelled { timer, .. } => {
                let run = self
                    .score
                    .timers()
                    .iter()
                    .rev()
                    .find(|run| run.end_record == id.0);
                run.map_or(Subject::Record(id), |run| Subject::Timer {
                    place,
                    timer,
                    record: run.record,
                })
            }
            _ => Subject::Record(id),
        }
    }

    // ---- words and numbers ----

    /// What rows and details are made from.
    #[must_use]
    pub fn book(&self) -> Book<'_> {
        Book {
            run: self.history.run(),
            trace: self.history.trace(),
            score: &self.score,
            events: &self.events,
        }
    }

    /// The world now, for actions.
    #[must_use]
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            trace: self.history.trace(),
            snapshot: &self.now,
            run: self.history.run(),
        }
    }

    /// Both hosts now, with what the latest event changed.
    pub fn hosts(&mut self) -> Json {
        let trace = self.history.trace();
        let event = self.events.count_until(trace, self.now.time);
        if event > 0
            && self
                .before
                .as_ref()
                .is_none_or(|(number, _)| *number != event)
        {
            // Just before an event the world is as just after the one before it; before the first, as at zero.
            let time = event
                .checked_sub(2)
                .and_then(|index| self.events.time(trace, index));
            let snapshot = match time {
                Some(time) => Some(self.history.seek(time)),
                None => None,
            };
            self.before = snapshot.map(|snapshot| (event, snapshot));
        }
        let before = self.before.as_ref().filter(|(number, _)| *number == event);
        hosts::hosts(
            self.history.run(),
            &self.now,
            before.map(|(_, snapshot)| snapshot),
            self.history.trace(),
        )
    }

    /// The link now.
    #[must_use]
    pub fn link(&self) -> Json {
        hosts::link(&self.now, self.book())
    }

    /// Transitions up to now, from record `since` on.
    #[must_use]
    pub fn arcs(&self, since: u32) -> Json {
        let transitions = self.score.transitions();
        let until = |records: u32| transitions.partition_point(|t| t.record.0 < records);
        let (first, end) = (until(since), until(self.now.records));
        let mut json = Json::list();
        for transition in &transitions[first.min(end)..end] {
            let record = self.history.trace().record(transition.record);
            if let Some(RecordKind::State { from, to, reason }) = record.map(|record| record.kind) {
                json.item();
                json.number("id", transition.record.0);
                json.text("host", transition.place.id());
                json.number("socket", transition.socket);
                json.text("from", from.name());
                json.text("to", to.name());
                json.text("reason", reason.id());
                json.end();
            }
        }
        json.end_list();
        json
    }

    /// What can be done at a place now.
    ///
    /// # Errors
    /// `bad-value` for what is no place.
    pub fn actions(&self, place: &str) -> Result<Json, Failure> {
        match place {
            "A" => Ok(offers::host_offers(sim::run::HostId::A, self.scene())),
            "B" => Ok(offers::host_offers(sim::run::HostId::B, self.scene())),
            "link" | "attacker" => Ok(offers::link_offers(self.scene())),
            _ => Err(Failure::new("bad-value").about("name", "place")),
        }
    }

    /// What can be done to a segment now.
    ///
    /// # Errors
    /// `unknown-record`.
    pub fn segment_actions(&self, id: RecordId) -> Result<Json, Failure> {
        offers::segment_offers(id, self.scene())
    }

    /// The frame that is shown.
    #[must_use]
    pub fn frame(&self) -> Frame<'_> {
        let trace = self.history.trace();
        let first = match self.now.records {
            0 => 0,
            records => trace
                .record(RecordId(records - 1))
                .map_or(0, |last| trace.first_at_or_after(last.time)),
        };
        Frame {
            score: &self.score,
            now: self.now.time,
            in_flight: &self.now.in_flight,
            selection: self.selection,
            hover: self.hover,
            fresh: first as u32,
            records: self.now.records,
        }
    }
}

/// Reads a run; errors as the page gets them.
pub(crate) fn read(text: &str) -> Result<Run, Failure> {
    sim::text::parse(text).map_err(|error| {
        let (meant, found) = error.kind.fields();
        Failure::new(error.kind.id())
            .about("expected", meant)
            .about("found", found)
            .at(error.line, error.column)
    })
}

pub(crate) fn unplayable(error: RunError) -> Failure {
    match error {
        RunError::Addresses => Failure::new("addresses"),
        RunError::Setting { host, name } => Failure::new("run-setting")
            .about("host", host.id())
            .about("name", &name),
    }
}
