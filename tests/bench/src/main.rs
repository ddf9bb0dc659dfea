//! `bench engine`: medians of interleaved runs of the same work by this engine
//! and by smoltcp, and their ratio. Arguments: runs, connections, mebibytes.
#![allow(clippy::disallowed_types)] // It measures real time.

use std::time::Instant;

use bench::{Work, ours, peer};

fn seconds(work: impl FnOnce() -> Work) -> (f64, Work) {
    let start = Instant::now();
    let done = work();
    (start.elapsed().as_secs_f64(), done)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Interleaves the runs, so that a noisy neighbour hits both alike.
fn compare(name: &str, runs: usize, ours: impl Fn() -> Work, peer: impl Fn() -> Work) {
    let (mut mine, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut my_work, mut their_work) = (Work::default(), Work::default());
    for run in 0..=runs {
        let (a, b);
        (a, my_work) = seconds(&ours);
        (b, their_work) = seconds(&peer);
        // The first pair only warms up.
        if run > 0 {
            mine.push(a);
            theirs.push(b);
            ratios.push(b / a);
        }
    }
    let (mine, theirs) = (median(mine), median(theirs));
    let rate = |work: Work, time: f64| match work.bytes {
        0 => format!("{:>10.0} connections/s", work.connections as f64 / time),
        bytes => format!("{:>10.0} MiB/s", bytes as f64 / time / f64::from(1 << 20)),
    };
    println!("{name}");
    println!(
        "  ours     {:.3} s  {}  {} segments  {} reasons",
        mine,
        rate(my_work, mine),
        my_work.segments,
        my_work.reasons
    );
    println!(
        "  smoltcp  {:.3} s  {}  {} segments",
        theirs,
        rate(their_work, theirs),
        their_work.segments
    );
    println!("  ratio    {:.2} (median of {runs} pairs)", median(ratios));
}

fn main() {
    let number = |index: usize, default: u64| {
        std::env::args()
            .nth(index)
            .and_then(|text| text.parse().ok())
            .unwrap_or(default)
    };
    let (runs, count, mebibytes) = (number(1, 5) as usize, number(2, 200_000), number(3, 512));
    compare(
        "whole connections, native",
        runs,
        || ours::connections(count),
        || peer::connections(count),
    );
    compare(
        "bulk transfer, native",
        runs,
        || ours::bulk(mebibytes << 20),
        || peer::bulk(mebibytes << 20),
    );
}
