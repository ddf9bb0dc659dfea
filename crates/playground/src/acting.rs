//! Acting on the run: interventions, undo, branches, and two futures side by side.

use sim::history::{BranchId, Difference, History, Progress, first_difference};
use sim::run::{Intervention, Run};
use sim::trace::{RecordId, RecordKind, Trace};
use tcp::settings::Policy;
use tcp::time::Instant;
use view::compare::{Pair, compare_into};
use view::display::DisplayList;
use view::frame::Frame;
use view::score::Score;
use view::viewport::Viewport;

use crate::actions;
use crate::events::Events;
use crate::json::{Failure, Json, Request};
use crate::playback::Input;
use crate::player::{Player, changed, unplayable};
use crate::rows::Book;

/// How many events of another future are simulated for a comparison.
const STEPS_OF_OTHER: u32 = 20_000;

/// What the run is compared with.
pub struct Other {
    /// Another branch, or the same run under another policy.
    of: Which,
    run: Run,
    trace: Trace,
    /// Its score.
    pub score: Score,
    events: Events,
    difference: Option<Difference>,
    /// How long the present run's trace was when they were compared.
    compared: usize,
}

/// What the run will be compared with once that is simulated: the run has changed, and the same under another policy
/// with it. Until then the one from before stands beside it, which up to the act is the same.
pub struct Coming {
    policy: Policy,
    history: History,
    /// Events that may still be simulated.
    steps: u32,
    score: Score,
}

#[derive(Clone, Copy, PartialEq)]
enum Which {
    Branch(BranchId),
    Policy(Policy),
}

impl Other {
    fn new(of: Which, run: Run, trace: Trace) -> Other {
        let mut score = Score::new(&run, true);
        score.extend(&run, &trace);
        Other::with(of, run, trace, score)
    }

    /// With a score that has all of the trace.
    fn with(of: Which, run: Run, trace: Trace, score: Score) -> Other {
        let mut events = Events::default();
        events.extend(&trace);
        Other {
            of,
            run,
            trace,
            score,
            events,
            difference: None,
            compared: usize::MAX,
        }
    }

    fn book(&self) -> Book<'_> {
        Book {
            run: &self.run,
            trace: &self.trace,
            score: &self.score,
            events: &self.events,
        }
    }
}

impl Player {
    /// Carries out an action at the playback time. In the past that forks. Answers `{forked, branch, record}`.
    ///
    /// # Errors
    /// Why not: see [`actions::action`].
    pub fn act(&mut self, request: &dyn Request) -> Result<Json, Failure> {
        let action = actions::action(request, self.scene())?;
        let before = self.history.branches().len();
        let branch = self.history.apply(self.now.time, action);
        let forked = self.history.branches().len() > before;
        self.playback.input(Input::Act);
        self.refresh_other();
        self.remake();
        let mut json = Json::object();
        json.flag("forked", forked);
        json.number("branch", branch.0);
        json.some("record", self.latest_intervention());
        json.end();
        Ok(json)
    }

    /// The record of what a person did last at this instant.
    fn latest_intervention(&self) -> Option<u32> {
        let trace = self.history.trace();
        let mut id = self.now.records;
        while let Some(before) = id.checked_sub(1) {
            let record = trace.record(RecordId(before))?;
            if record.time < self.now.time {
                return None;
            }
            if matches!(
                record.kind,
                RecordKind::Intervention {
                    scripted: false,
                    ..
                }
            ) {
                return Some(before);
            }
            id = before;
        }
        None
    }

    /// Takes back the last intervention, and shows the moment it was made at. False if there is none.
    pub fn undo(&mut self) -> bool {
        let time = self.history.undo();
        self.gone_to(time)
    }

    /// Does again what was undone last.
    pub fn redo(&mut self) -> bool {
        let time = self.history.redo();
        self.gone_to(time)
    }

    fn gone_to(&mut self, time: Option<Instant>) -> bool {
        let Some(time) = time else { return false };
        self.refresh_other();
        self.remake();
        self.seek(time);
        self.mark(changed::ALL);
        true
    }

    /// Whether there is something to undo, to redo.
    #[must_use]
    pub fn undoable(&self) -> (bool, bool) {
        (self.history.can_undo(), self.history.can_redo())
    }

    // ---- branches ----

    /// Every branch, the first run's first.
    #[must_use]
    pub fn branches(&self) -> Json {
        let current = self.history.current();
        let mut json = Json::list();
        for info in self.history.branches() {
            json.item();
            json.number("index", info.id.0);
            json.text("name", &info.name);
            json.some("parent", info.parent.map(|(parent, _)| parent.0));
            json.wide("fork_us", info.parent.map_or(0, |(_, time)| time.0));
            json.flag("active", info.id == current);
            let trace = self.history.trace_of(info.id);
            json.number("record_count", trace.map_or(0, Trace::len) as u32);
            json.some_text(
                "trace_hash",
                trace.map(|trace| hex(trace.hash())).as_deref(),
            );
            json.number("interventions", info.interventions as u32);
            json.end();
        }
        json.end_list();
        json
    }

    /// Shows another branch, at the same moment.
    ///
    /// # Errors
    /// `unknown-branch`.
    pub fn switch_branch(&mut self, index: u32) -> Result<(), Failure> {
        if !self.history.switch(BranchId(index)) {
            return Err(unknown_branch(index));
        }
        self.refresh_other();
        self.remake();
        let position = self.playback.position().min(self.end());
        self.seek(position);
        self.mark(changed::ALL);
        Ok(())
    }

    /// Names a branch.
    ///
    /// # Errors
    /// `unknown-branch`.
    pub fn rename_branch(&mut self, index: u32, name: &str) -> Result<(), Failure> {
        // A name is one line of what is saved.
        let name = name.replace(|c: char| c.is_control(), " ");
        if !self.history.rename(BranchId(index), &name) {
            return Err(unknown_branch(index));
        }
        self.mark(changed::RUN);
        Ok(())
    }

    /// Takes a branch away; `undo` puts it back.
    ///
    /// # Errors
    /// `unknown-branch`, and `last-branch` if there is no other.
    pub fn remove_branch(&mut self, index: u32) -> Result<(), Failure> {
        let branch = BranchId(index);
        if self.history.run_of(branch).is_none() {
            return Err(unknown_branch(index));
        }
        let showing = self.history.current();
        if !self.history.remove(branch, self.playback.position()) {
            return Err(Failure::new("last-branch"));
        }
        if matches!(&self.other, Some(other) if other.of == Which::Branch(branch)) {
            self.other = None;
        }
        if self.history.current() != showing {
            self.refresh_other();
            self.remake();
            let position = self.playback.position().min(self.end());
            self.seek(position);
        }
        self.mark(changed::ALL);
        Ok(())
    }

    // ---- two futures ----

    /// Puts another branch beside this one; `None` for nothing. Answers `{with, first_difference}`.
    ///
    /// # Errors
    /// `unknown-branch`.
    pub fn compare_branch(&mut self, index: Option<u32>) -> Result<Option<Json>, Failure> {
        self.mark(changed::PICTURE);
        self.coming = None;
        let Some(index) = index else {
            self.other = None;
            return Ok(None);
        };
        let branch = BranchId(index);
        let run = self
            .history
            .run_of(branch)
            .cloned()
            .ok_or_else(|| unknown_branch(index))?;
        let simulated = self.history.trace_of(branch).cloned();
        // Only the present branch is simulated to its end for sure.
        let trace = match simulated {
            Some(trace) if branch == self.history.current() => trace,
            _ => played(&run)?,
        };
        self.other = Some(Other::new(Which::Branch(branch), run, trace));
        self.find_difference();
        Ok(self.comparison())
    }

    /// Puts the same run under another policy beside this one.
    ///
    /// # Errors
    /// `unknown-policy`.
    pub fn compare_policy(&mut self, policy: &str) -> Result<Option<Json>, Failure> {
        let policy = Policy::from_id(policy)
            .ok_or_else(|| Failure::new("unknown-policy").about("policy", policy))?;
        let run = under(self.history.run(), policy);
        let trace = played(&run)?;
        self.coming = None;
        self.other = Some(Other::new(Which::Policy(policy), run, trace));
        self.mark(changed::PICTURE);
        self.find_difference();
        Ok(self.comparison())
    }

    /// The run has changed: so may what it is compared with.
    fn refresh_other(&mut self) {
        if let Some(Other {
            of: Which::Policy(policy),
            ..
        }) = self.other
        {
            let run = under(self.history.run(), policy);
            let score = Score::new(&run, true);
            self.coming = History::new(run).ok().map(|history| Coming {
                policy,
                history,
                steps: STEPS_OF_OTHER,
                score,
            });
            if self.coming.is_none() {
                self.other = None;
            }
        }
    }

    /// Goes on with what the run will be compared with: a piece of simulating it or of preparing it.
    pub(crate) fn grow_other(&mut self, steps: u32, records: usize) {
        let Some(coming) = &mut self.coming else {
            return;
        };
        let history = &mut coming.history;
        if coming.steps > 0 && history.end().is_none() {
            let _: Progress = history.advance_to_end(steps.min(coming.steps));
            coming.steps = coming.steps.saturating_sub(steps);
            return;
        }
        let (trace, known) = (history.trace(), coming.score.records());
        if known < trace.len() {
            coming
                .score
                .extend_to(history.run(), trace, known + records);
            return;
        }
        if let Some(coming) = self.coming.take() {
            let (run, trace) = (coming.history.run().clone(), coming.history.trace().clone());
            let which = Which::Policy(coming.policy);
            self.other = Some(Other::with(which, run, trace, coming.score));
            self.find_difference();
            // What stands in words beside the picture is written anew, too.
            self.mark(changed::PICTURE | changed::SELECTION);
        }
    }

    /// What the run is compared with, and where they part.
    #[must_use]
    pub fn comparison(&self) -> Option<Json> {
        let other = self.other.as_ref()?;
        let mut json = Json::object();
        json.begin("with");
        match other.of {
            Which::Branch(branch) => json.number("branch", branch.0),
            Which::Policy(policy) => json.text("policy", policy.id()),
        }
        json.end();
        if let Some(id) = other.difference.map(|difference| difference.record) {
            let here = self.history.trace().record(id).map(|record| record.time);
            let there = other.trace.record(id).map(|record| record.time);
            json.begin("first_difference");
            json.wide(
                "time_us",
                here.into_iter()
                    .chain(there)
                    .min()
                    .unwrap_or(Instant::ZERO)
                    .0,
            );
            if here.is_some() {
                json.begin("here");
                self.book().row(&mut json, id);
                json.end();
            }
            if there.is_some() {
                json.begin("there");
                other.book().row(&mut json, id);
                json.end();
            }
            json.end();
        }
        json.end();
        Some(json)
    }

    /// Looks for the difference again where the present run has become another.
    pub(crate) fn find_difference(&mut self) {
        let trace = self.history.trace();
        if let Some(other) = &mut self.other
            && self.coming.is_none()
            && other.compared != trace.len()
        {
            other.compared = trace.len();
            other.difference = first_difference(trace, &other.trace);
        }
    }

    /// Draws both runs side by side; false if there is nothing to compare with.
    pub(crate) fn draw_comparison(&self, viewport: &Viewport, list: &mut DisplayList) -> bool {
        let Some(other) = &self.other else {
            list.clear(viewport.width, viewport.height);
            return false;
        };
        let here = self.frame();
        let records = other.trace.count_until(here.now);
        let first = match records.checked_sub(1) {
            Some(last) => {
                let last = other.trace.record(RecordId(last as u32));
                last.map_or(0, |last| other.trace.first_at_or_after(last.time))
            }
            None => 0,
        };
        let there = Frame {
            now: here.now,
            records: records as u32,
            fresh: first as u32,
            ..Frame::whole(&other.score)
        };
        let pair = Pair {
            here,
            there,
            names: [&self.compare_names[0], &self.compare_names[1]],
            difference: other.difference.map(|difference| difference.time),
        };
        compare_into(&pair, viewport, &self.views.options, list);
        true
    }

    /// What stands above the two runs that are compared: words of the page, in its reader's language.
    pub fn name_comparison(&mut self, here: &str, there: &str) {
        if self.compare_names != [here, there] {
            self.compare_names = [String::from(here), String::from(there)];
            self.mark(changed::PICTURE);
        }
    }

    // ---- the run ----

    /// The run as text as it would be with an action at the playback time; nothing is done, so nothing can go wrong.
    ///
    /// # Errors
    /// Why it could not be done: see [`actions::action`].
    pub fn run_text_with(&self, request: &dyn Request) -> Result<String, Failure> {
        let (time, action) = (self.now.time, actions::action(request, self.scene())?);
        let mut run = self.history.run().clone();
        run.trace_hash = None;
        run.interventions.retain(|earlier| earlier.time <= time);
        run.interventions.push(Intervention { time, action });
        Ok(sim::text::print(&run))
    }

    /// The latest instant that has been looked at in the present branch.
    #[must_use]
    pub fn seen_until(&self) -> Instant {
        self.history.seen_until()
    }

    /// Says so: what is done before it begins another branch.
    pub fn see_until(&mut self, time: Instant) {
        self.history.see_until(time);
    }

    /// 16 hex digits over the trace as far as it is simulated.
    #[must_use]
    pub fn trace_hash(&self) -> String {
        hex(self.history.trace().hash())
    }

    /// The scenario's id.
    #[must_use]
    pub fn scenario_id(&self) -> &str {
        &self.history.run().scenario.id
    }

    /// The seed, in decimal.
    #[must_use]
    pub fn seed(&self) -> String {
        let mut text = String::new();
        view::text::push_number(&mut text, self.history.run().seed);
        text
    }

    /// The run as text.
    #[must_use]
    pub fn run_text(&self) -> String {
        let mut run = self.history.run().clone();
        run.trace_hash = self.history.end().map(|_| self.history.trace().hash());
        sim::text::print(&run)
    }
}

fn unknown_branch(index: u32) -> Failure {
    Failure::new("unknown-branch").numbered("branch", index)
}

fn under(run: &Run, policy: Policy) -> Run {
    let mut run = run.clone();
    for host in &mut run.scenario.hosts {
        host.policy = policy;
    }
    run
}

/// The trace of a run from its beginning to its end, or as far as a comparison looks.
fn played(run: &Run) -> Result<Trace, Failure> {
    let mut history = History::new(run.clone()).map_err(unplayable)?;
    let _ = history.advance_to_end(STEPS_OF_OTHER);
    Ok(history.trace().clone())
}

/// 16 hex digits.
pub(crate) fn hex(number: u64) -> String {
    let digits = (0..16)
        .rev()
        .map(|place| (number >> (place * 4)) as u32 & 15);
    digits
        .filter_map(|digit| char::from_digit(digit, 16))
        .collect()
}
