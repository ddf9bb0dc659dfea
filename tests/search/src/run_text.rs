//! A counterexample as a run: the same calls, the same fate for every segment.
//!
//! In the search a timer may run out at any moment; in a run it does so at its
//! deadline. The way is therefore played once more with a clock that moves on by
//! a hundredth of a second a step, and to its deadline where a timer runs out;
//! limits that the way does not need are set so far away that they do not come
//! between. Every segment is held where it enters the link, and let go, copied
//! or dropped when the way says so.

use std::fmt::Write as _;

use tcp::event::Timer;
use tcp::time::{Duration, Instant};

use crate::config::{Call, Config, Opening, SETTINGS};
use crate::end::{Input, byte};
use crate::explore::Counterexample;
use crate::flight::{FlightId, PORTS};
use crate::minimise::minimise;
use crate::replay::{self, Ending};
use crate::space::{BEGIN, Space};
use crate::world::{Action, ROOM, World};

const STEP: Duration = Duration::from_millis(10);
/// How long a segment is on the link once it is let go.
const LATENCY: Duration = Duration::from_millis(1);

/// A counterexample that can be opened.
#[derive(Clone, Debug)]
pub struct Printed {
    /// The run.
    pub text: String,
    /// How the ends stand in the end, as the search has it.
    pub ending: Ending,
    /// Why the run does not come to that, if it does not.
    pub missed: Option<String>,
}

impl Printed {
    /// For whoever reads the run.
    #[must_use]
    pub fn verdict(&self) -> String {
        match &self.missed {
            None => "this run, played by the simulated world, ends as the search says".into(),
            Some(why) => format!("this run does not come to what was found: {why}"),
        }
    }
}

/// The run of a counterexample, without what it does not need.
#[must_use]
pub fn printed(space: &Space, found: &Counterexample) -> Printed {
    verbatim(space, &minimise(space, found))
}

/// The run of a counterexample as it is.
#[must_use]
pub fn verbatim(space: &Space, way: &Counterexample) -> Printed {
    let mut player = Player::new(space, way);
    for (nth, action) in way.actions.iter().enumerate() {
        player.act(action, nth >= way.searched);
    }
    let ending = Ending::of_world(&player.world, &player.space);
    let what = format!("{}: {}", way.violation.rule.name(), way.violation.detail);
    let text = player.text(&what);
    let missed = replay::reaches(&text, &ending).err();
    Printed {
        text,
        ending,
        missed,
    }
}

/// The configuration with deadlines that suit a way.
fn with_deadlines(config: &Config, actions: &[Action]) -> Config {
    let mut config = config.clone();
    for side in 0..2 {
        let expires = |timers: &[Timer]| {
            actions.iter().any(|action| {
                matches!(action, Action::End(at, Input::Expire(_, timer)) if *at == side && timers.contains(timer))
            })
        };
        let resends = expires(&[Timer::Retransmission, Timer::Persist]);
        let deadlines = &mut config.deadlines[side];
        if !expires(&[Timer::User]) {
            deadlines.extend([
                ("user-timeout", "never"),
                ("r2", "never"),
                ("syn-time-limit", "never"),
            ]);
        }
        if !expires(&[Timer::FinWait2]) {
            deadlines.push(("fin-wait-2-limit", "never"));
        }
        if !resends {
            deadlines.extend([("rto-initial", "60s"), ("rto-minimum", "60s")]);
        }
        deadlines.push(match (expires(&[Timer::TimeWait]), resends) {
            (false, _) => ("msl", "1h"),
            (true, false) => ("msl", "1s"),
            (true, true) => ("msl", "2min"),
        });
    }
    config
}

struct Player {
    space: Space,
    world: World,
    now: Instant,
    /// The newest number of each flight among those its host emitted; 0 for what was there before.
    numbers: [Vec<(FlightId, u32)>; 2],
    emitted: [u32; 2],
    rules: String,
    lines: String,
}

impl Player {
    fn new(space: &Space, way: &Counterexample) -> Player {
        let config = with_deadlines(&space.config, &way.actions);
        let mut space = space.exact(&config);
        let world = World::new(&mut space);
        let before = |side: usize| {
            let flights = world.channels[side].flights().iter();
            flights.map(|flight| (*flight, 0)).collect()
        };
        let mut lines = String::new();
        for side in 0..2 {
            if config.openings[side] != Opening::Connect {
                let _ = writeln!(lines, "at 0ms {}", open(&config, side));
            }
        }
        Player {
            numbers: [before(0), before(1)],
            space,
            world,
            now: BEGIN,
            emitted: [0; 2],
            rules: String::new(),
            lines,
        }
    }

    fn advance(&mut self, now: Instant) {
        self.now = now;
        for side in 0..2 {
            self.world.ends[side] = self.space.at_time(self.world.ends[side], now);
        }
    }

    fn act(&mut self, action: &Action, healing: bool) {
        self.now = self.now + STEP;
        if let Action::End(side, Input::Expire(at, timer)) = *action
            && let Some(deadline) = self
                .space
                .end(self.world.ends[side])
                .deadline(at.into(), timer)
        {
            self.now = self.now.max(deadline);
        }
        if matches!(action, Action::End(_, Input::Wait)) {
            // It takes its time by itself.
            let _ = writeln!(self.lines, "# {}: throttled ACKs are over", self.time());
        } else {
            self.line(action);
        }
        self.advance(self.now);
        if matches!(action, Action::Deliver(..) | Action::DeliverCopy(..)) {
            self.advance(self.now + LATENCY);
        }
        let capacity = if healing {
            ROOM
        } else {
            self.space.config.capacity
        };
        let Some(next) = self.world.act(&mut self.space, action, capacity) else {
            self.lines += "# (this step is not possible with a clock)\n";
            return;
        };
        if let Action::End(side, Input::Wait) = action {
            self.now = self.space.end(next.world.ends[*side]).now();
        }
        let side = next.sent.0;
        for flight in next.sent.1 {
            self.emitted[side] += 1;
            let number = self.emitted[side];
            let kept = next.world.channels[side].flights().contains(&flight);
            let verb = if kept { "hold" } else { "drop" };
            let _ = writeln!(self.rules, "rule {verb} {}#{number}", name(side));
            // Without duplication there may be several, and the first of them arrives first.
            self.numbers[side].push((flight, number));
        }
        self.world = next.world;
    }

    fn time(&self) -> String {
        format!("{}us", self.now.since(BEGIN).0)
    }

    fn line(&mut self, action: &Action) {
        let time = self.time();
        let said = match *action {
            Action::Deliver(side, flight) => self.segment(side, flight, "release", true),
            Action::DeliverCopy(side, flight) => self.segment(side, flight, "duplicate", false),
            Action::Lose(side, flight) => self.segment(side, flight, "drop", true),
            Action::End(side, Input::Expire(_, timer)) => {
                format!("# {time}: {}'s {} timer runs out", name(side), timer.id())
            }
            Action::End(side, Input::Call(Call::Open)) => {
                format!("at {time} {}", open(&self.space.config, side))
            }
            Action::End(side, Input::Call(Call::Reboot)) => self.reboot(side),
            Action::End(side, Input::Call(call)) => {
                let word = match call {
                    Call::Send => {
                        let end = self.space.end(self.world.ends[side]);
                        let (tag, gave) = end.sends_next().unwrap_or_default();
                        format!("send \"{}\"", char::from(byte(side, tag, gave)))
                    }
                    Call::Shutdown => "shutdown".into(),
                    Call::Close => "close".into(),
                    _ => "abort".into(),
                };
                format!("at {time} {}.c {word}", name(side))
            }
            Action::End(_, Input::Wait | Input::Arrive(_)) => return,
        };
        let _ = writeln!(self.lines, "{said}");
    }

    fn segment(&mut self, side: usize, flight: FlightId, verb: &str, gone: bool) -> String {
        let (me, other, time) = (name(side), name(1 - side), self.time());
        let known = &mut self.numbers[side];
        let Some(at) = known.iter().position(|(id, _)| *id == flight) else {
            return format!("# {time}: {verb} what {me} never sent");
        };
        let number = known[at].1;
        if gone {
            known.remove(at);
        }
        match number {
            // What was on the way before anything happened was emitted by nobody.
            0 if verb == "drop" => format!("# {time}: the old SYN is lost"),
            0 => format!(
                "do {time} inject {me}:{}>{other}:{} S seq=90 win=65535",
                PORTS[side],
                PORTS[1 - side]
            ),
            _ => format!("do {time} {verb} {me}#{number}"),
        }
    }

    fn reboot(&self, side: usize) -> String {
        let (time, me, config) = (self.time(), name(side), &self.space.config);
        // Its clock does not forget which numbers it gave out.
        let mut numbers = config.isn[side].to_vec();
        let drawn = self.space.end(self.world.ends[side]).drawn();
        numbers.rotate_left(usize::from(drawn) % config.isn[side].len());
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let mut said = format!(
            "do {time} reboot {me}\ndo {time} set {me} isn listed {}",
            numbers.join(", ")
        );
        if config.openings[side] != Opening::Connect {
            let after = self.now.since(BEGIN).0 + 1;
            let _ = write!(said, "\nat {after}us {}", open(config, side));
        }
        said
    }

    fn text(&self, what: &str) -> String {
        let config = &self.space.config;
        let mut text = format!(
            "tcp-playground 1\nscenario {}\n# {what}\nuntil {}us\n",
            config.name,
            (self.now + STEP).since(BEGIN).0
        );
        if config.old_syn {
            text += "attacker 203.0.113.9 latency 1ms\n";
        }
        for (name, value) in SETTINGS.iter().chain(config.settings) {
            let _ = writeln!(text, "set {name} {value}");
        }
        for side in 0..2 {
            let numbers: Vec<String> = config.isn[side].iter().map(u32::to_string).collect();
            let _ = writeln!(text, "set {} isn listed {}", name(side), numbers.join(", "));
            for (setting, value) in &config.deadlines[side] {
                let _ = writeln!(text, "set {} {setting} {value}", name(side));
            }
        }
        let latency = LATENCY.0;
        let _ = writeln!(text, "link latency {latency}us");
        format!("{text}{}{}", self.rules, self.lines)
    }
}

fn name(side: usize) -> char {
    ['A', 'B'][side]
}

fn open(config: &Config, side: usize) -> String {
    let (me, port) = (name(side), PORTS[side]);
    match config.openings[side] {
        Opening::Listen => format!("{me}.l listen {port} as c"),
        Opening::Passive => format!("{me}.c new passive-open {port}"),
        Opening::Connect => {
            let other = 1 - side;
            let to = PORTS[other];
            format!("{me}.c new connect {}:{to} from {port}", name(other))
        }
    }
}
