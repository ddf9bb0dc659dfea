//! A bulk transfer in the simulated world, recorded as the page records it.

use sim::history::{History, Progress, Snapshot};
use tcp::time::Instant;

/// Events simulated between two looks at how many records there are.
const STEPS_AT_ONCE: u32 = 8;

/// The text of a run with more records than anybody asks for: one transfer over a quick link.
const BULK: &str = "\
tcp-playground 1
scenario bulk
seed 1
link latency 1ms bandwidth 100Mbps
at 0ms B.l listen 8080 as s
at 10ms A.c connect B:8080
when A.c established send 1000000000
";

/// A run recorded up to so many records, and a snapshot that seeking fills again and again.
pub struct Recording {
    history: History,
    snapshot: Snapshot,
    end: Instant,
}

impl Recording {
    /// Simulates the transfer until there are at least `records` records, and a handful more at most.
    ///
    /// # Panics
    /// The run ends before that.
    #[must_use]
    pub fn new(records: usize) -> Recording {
        let run = sim::text::parse(BULK).expect("the text above is a run");
        let mut history = History::new(run).expect("it can be played");
        while history.trace().len() < records {
            let progress = history.advance_to_end(STEPS_AT_ONCE);
            assert!(progress != Progress::Reached, "the transfer is too short");
        }
        let end = history.known_until();
        Recording {
            history,
            snapshot: Snapshot::default(),
            end,
        }
    }

    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> usize {
        self.history.trace().len()
    }

    /// What the trace says it takes, spare room not counted, in bytes.
    #[must_use]
    pub fn trace_bytes(&self) -> usize {
        self.history.trace().memory()
    }

    /// How many keyframes there are.
    #[must_use]
    pub fn keyframes(&self) -> usize {
        self.history.keyframes()
    }

    /// Payload that waits in the hosts' queues, in bytes: the average over instants all along the run, hence of its keyframes.
    /// Datagrams on the way are not in it.
    pub fn queued_payload_bytes(&mut self) -> f64 {
        const LOOKS: u32 = 64;
        let mut sum = 0;
        for look in 1..=LOOKS {
            self.seek(1_000_000 / LOOKS * look);
            let statuses = self.snapshot.hosts.iter().flat_map(|host| &host.statuses);
            sum += statuses
                .map(|s| u64::from(s.send_queue) + u64::from(s.receive_queue + s.reassembly_queue))
                .sum::<u64>();
        }
        sum as f64 / f64::from(LOOKS)
    }

    /// The history alone, its snapshot and what was counted left out; for measuring what giving it back frees.
    #[must_use]
    pub fn into_history(self) -> History {
        self.history
    }

    /// Looks at the instant so many millionths into the run; answers the records up to there.
    pub fn seek(&mut self, millionths: u32) -> u32 {
        let time = u128::from(self.end.0) * u128::from(millionths.min(1_000_000)) / 1_000_000;
        self.history
            .seek_into(Instant(time as u64), &mut self.snapshot);
        self.snapshot.records
    }
}
