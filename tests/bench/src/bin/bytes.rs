//! `bench engine`, its memory: bytes per connection by state, and allocations on the steady path.
#![allow(missing_docs)]

use bench::counting::{Counting, allocations};
use bench::{ours, states};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// As many as there are, so that one-off costs of a host do not show.
const CONNECTIONS: usize = 1000;

fn main() {
    println!("bytes per connection by state (counted at the allocator over {CONNECTIONS})");
    for row in states::taken(CONNECTIONS) {
        let note = match row.state.name() {
            "CLOSED" => "what the tables keep for the next ones",
            _ => "",
        };
        println!("  {:<13} {:>6.0}  {note}", row.state.name(), row.bytes);
    }
    // Twice the work less once the work is the steady path.
    let count = |mebibytes: u64| {
        let before = allocations();
        let work = ours::bulk(mebibytes << 20);
        (allocations() - before, work.segments)
    };
    let (once, twice) = (count(16), count(32));
    println!(
        "allocations in the second 16 MiB of a bulk transfer: {} for {} segments",
        twice.0.saturating_sub(once.0),
        twice.1 - once.1
    );
    let count = |connections: u64| {
        let before = allocations();
        ours::connections(connections);
        allocations() - before
    };
    let (once, twice) = (count(5_000), count(10_000));
    println!(
        "allocations a connection, both ends together: {:.2}",
        twice.saturating_sub(once) as f64 / 5_000.0
    );
}
