//! Play, pause, step, speed, scrub: a transition table, and the clock it rules.
//!
//! Knows neither runs nor browsers. Virtual time is the world's; *play* time is
//! what a spectator spends, in milliseconds at speed 1, and a [`PlayMap`] says
//! how the two go together.

use tcp::time::Instant;

/// Whether the clock runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// It stands.
    #[default]
    Paused,
    /// It runs.
    Playing,
    /// It ran to the end of the run and stands there.
    Ended,
}

/// What can happen to the clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// Let it run.
    Play,
    /// Let it stand.
    Pause,
    /// The one or the other.
    Toggle,
    /// Put it to another time, where it goes on as it did.
    Seek,
    /// Put it to a neighbouring event; it stands there.
    Step,
    /// The run's end was reached while it ran.
    End,
    /// A checkpoint was reached while it ran.
    Checkpoint,
    /// Somebody acted, so the run goes on after all.
    Act,
}

impl Input {
    /// Every input.
    pub const ALL: [Input; 8] = [
        Input::Play,
        Input::Pause,
        Input::Toggle,
        Input::Seek,
        Input::Step,
        Input::End,
        Input::Checkpoint,
        Input::Act,
    ];
}

/// What an input makes of a mode, and whether the clock goes back to zero.
#[must_use]
pub const fn transition(mode: Mode, input: Input) -> (Mode, bool) {
    use Input::{Act, Checkpoint, End, Pause, Play, Seek, Step, Toggle};
    use Mode::{Ended, Paused, Playing};
    match (mode, input) {
        (Paused, Play | Toggle) => (Playing, false),
        (Paused, Pause | Seek | Step | End | Checkpoint | Act) => (Paused, false),
        (Playing, Play | Seek | Act) => (Playing, false),
        (Playing, Pause | Toggle | Step | Checkpoint) => (Paused, false),
        (Playing, End) => (Ended, false),
        (Ended, Play | Toggle) => (Playing, true),
        (Ended, Pause | Seek | Step | Checkpoint) => (Paused, false),
        (Ended, End) => (Ended, false),
        // Who acts at the end wants to see what comes of it.
        (Ended, Act) => (Playing, false),
    }
}

/// How virtual time and play time go together. Both functions never fall.
pub trait PlayMap {
    /// When a spectator sees a virtual instant, in play milliseconds from the beginning.
    fn play_at(&self, time: Instant) -> f64;
    /// What a spectator sees then.
    fn time_at(&self, play_ms: f64) -> Instant;
}

/// The stops a clock may meet on its way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stops {
    /// The end of the run as far as it is known, and whether it will not move any more.
    pub end: Instant,
    /// Whether `end` is the end of the run, not only of what is known of it.
    pub final_end: bool,
    /// The next checkpoint after the present position.
    pub checkpoint: Option<Instant>,
    /// The next event after the present position (for the storyboard).
    pub event: Option<Instant>,
}

/// What an advance met.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Met {
    /// Nothing.
    Nothing,
    /// A checkpoint; it stands there.
    Checkpoint,
    /// The end.
    End,
}

/// The clock.
#[derive(Clone, PartialEq, Debug)]
pub struct Playback {
    mode: Mode,
    position: Instant,
    /// The position in play time; finer than `position`, for slow speeds.
    play_ms: f64,
    /// How long the storyboard has shown its present still.
    still_ms: f64,
    speed: f64,
    /// Begin again at the end.
    pub looped: bool,
    /// Stop at checkpoints.
    pub checkpoints: bool,
    /// A still for each event instead of motion.
    pub storyboard: bool,
}

impl Default for Playback {
    fn default() -> Playback {
        Playback {
            mode: Mode::Paused,
            position: Instant::ZERO,
            play_ms: 0.0,
            still_ms: 0.0,
            speed: 1.0,
            looped: false,
            checkpoints: true,
            storyboard: false,
        }
    }
}

/// How long a still of the storyboard is shown at speed 1.
const STILL_MS: f64 = 1_200.0;

/// A page that was hidden or busy does not jump ahead by more than this.
const ELAPSED_MS_MAX: f64 = 100.0;

/// What `speed` may be.
const SPEED_MIN: f64 = 1.0 / 64.0;
const SPEED_MAX: f64 = 64.0;

impl Playback {
    /// Whether the clock runs.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The virtual time shown.
    #[must_use]
    pub fn position(&self) -> Instant {
        self.position
    }

    /// The same in play time.
    #[must_use]
    pub fn play_ms(&self) -> f64 {
        self.play_ms
    }

    /// How fast play time goes by.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Sets the speed, within a sixty-fourth and sixty-four; what is no number leaves it as it is.
    pub fn set_speed(&mut self, speed: f64) {
        if !speed.is_nan() {
            self.speed = speed.clamp(SPEED_MIN, SPEED_MAX);
        }
    }

    /// Something happens to the clock. Answers whether its mode changed.
    pub fn input(&mut self, input: Input) -> bool {
        let before = self.mode;
        let (mode, rewind) = transition(before, input);
        self.mode = mode;
        if rewind {
            self.position = Instant::ZERO;
            self.play_ms = 0.0;
        }
        self.still_ms = 0.0;
        mode != before
    }

    /// Puts the clock to a virtual time (with the input that says how).
    pub fn put(&mut self, time: Instant, map: &dyn PlayMap, input: Input) -> bool {
        let changed = self.input(input);
        self.position = time;
        self.play_ms = map.play_at(time);
        changed
    }

    /// The map changed under the clock: the same virtual time has another play time.
    pub fn remap(&mut self, map: &dyn PlayMap) {
        self.play_ms = map.play_at(self.position);
    }

    /// Lets `elapsed_ms` of the spectator's time go by.
    pub fn advance(&mut self, elapsed_ms: f64, map: &dyn PlayMap, stops: Stops) -> Met {
        if self.mode != Mode::Playing || elapsed_ms.is_nan() || elapsed_ms < 0.0 {
            return Met::Nothing;
        }
        let elapsed = elapsed_ms.min(ELAPSED_MS_MAX) * self.speed;
        let mut time = if self.storyboard {
            self.still_ms += elapsed;
            if self.still_ms < STILL_MS {
                return Met::Nothing;
            }
            self.still_ms = 0.0;
            stops.event.unwrap_or(stops.end)
        } else {
            self.play_ms += elapsed;
            map.time_at(self.play_ms).max(self.position)
        };
        let mut met = Met::Nothing;
        if time >= stops.end {
            time = stops.end;
            if stops.final_end {
                met = Met::End;
            }
        }
        if let Some(checkpoint) = stops.checkpoint
            && self.checkpoints
            && checkpoint <= time
        {
            time = checkpoint;
            met = Met::Checkpoint;
        }
        self.position = time;
        if self.storyboard || met != Met::Nothing || time >= stops.end {
            self.play_ms = map.play_at(time);
        }
        match met {
            Met::Nothing => {}
            Met::Checkpoint => {
                self.input(Input::Checkpoint);
            }
            Met::End if self.looped => {
                self.position = Instant::ZERO;
                self.play_ms = 0.0;
            }
            Met::End => {
                self.input(Input::End);
            }
        }
        met
    }
}
