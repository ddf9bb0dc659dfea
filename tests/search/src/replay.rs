//! A printed run, played by the simulated world: does it come to what was found?

use sim::history::{History, Progress};
use tcp::state::State;
use tcp::status::{SocketKind, Status};

use crate::space::Space;
use crate::world::World;

/// How one connection stands: its state, ISS, SND.UNA, SND.NXT, IRS and RCV.NXT.
pub type Standing = (&'static str, [u32; 5]);

/// How all connections stand that are not CLOSED, by host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ending(pub [Vec<Standing>; 2]);

fn standing(status: &Status) -> Standing {
    let numbers = [
        status.iss,
        status.snd_una,
        status.snd_nxt,
        status.irs,
        status.rcv_nxt,
    ];
    (status.state.name(), numbers.map(|number| number.0))
}

fn sorted(statuses: impl Iterator<Item = Standing>) -> Vec<Standing> {
    let mut all: Vec<Standing> = statuses.collect();
    all.sort_unstable();
    all
}

impl Ending {
    /// As the search has it.
    #[must_use]
    pub fn of_world(world: &World, space: &Space) -> Ending {
        Ending([0, 1].map(|side| {
            let statuses = world.statuses(space, side).iter();
            sorted(statuses.map(|(_, status)| standing(status)))
        }))
    }

    /// As a history has it at its end.
    #[must_use]
    pub fn of_history(history: &mut History) -> Ending {
        let end = history.known_until();
        let snapshot = history.seek(end);
        Ending(snapshot.hosts.map(|host| {
            let connections = host.statuses.iter().filter(|status| {
                let kind = matches!(status.kind, SocketKind::Connection | SocketKind::TimeWait);
                kind && status.state != State::Closed
            });
            sorted(connections.map(standing))
        }))
    }
}

/// Whether a run ends so.
///
/// # Errors
/// It cannot be read or played, or ends otherwise: why.
pub fn reaches(text: &str, ending: &Ending) -> Result<(), String> {
    let run = sim::text::parse(text).map_err(|error| error.to_string())?;
    let mut history = History::new(run).map_err(|error| error.to_string())?;
    if history.advance_to_end(1_000_000) != Progress::Reached {
        return Err("it does not come to its end".into());
    }
    let reached = Ending::of_history(&mut history);
    if reached == *ending {
        Ok(())
    } else {
        Err(format!("it ends as {reached:?}, not as {ending:?}"))
    }
}
