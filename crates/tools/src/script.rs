//! A packetdrill script as a run for the player.

use formats::packetdrill::{self, Dialect, Failure, Options, Unreplayed};
use tcp::settings::Policy;

/// How a script went.
pub struct Outcome {
    /// The run, host A the engine and host B the script, as far as the script got.
    pub run: Result<String, Unreplayed>,
    /// The dialect it was read in.
    pub dialect: Dialect,
    /// The policy it ran under.
    pub policy: Policy,
    /// How many packets went either way.
    pub packets: usize,
    /// What does not hold: the failure that ended it last, before it those the script only wants to be warned of.
    pub failures: Vec<Failure>,
    /// Whether it held to its end.
    pub passed: bool,
}

/// Runs a script. `dialect` and `policy` are ids; what is none of them leaves the choice to the script.
#[must_use]
pub fn run(text: &str, dialect: &str, policy: &str) -> Outcome {
    let options = Options {
        dialect: Dialect::from_id(dialect),
        policy: Policy::from_id(policy),
        ..Options::default()
    };
    let outcome = packetdrill::run(text, &options);
    let passed = outcome.failure.is_none();
    let mut failures = outcome.warnings;
    failures.extend(outcome.failure);
    Outcome {
        run: packetdrill::replay(text, &options).map(|run| sim::text::print(&run)),
        dialect: options.dialect_of(text),
        policy: outcome.policy,
        packets: outcome.packets.len(),
        failures,
        passed,
    }
}
