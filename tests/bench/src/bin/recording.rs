//! `bench sim`: recording, seeking and memory of a bulk transfer. Arguments: runs, seeks, then sizes in records.
#![allow(missing_docs)]
#![allow(clippy::disallowed_types)] // It measures real time.

use std::time::Instant;

use bench::counting::{Counting, live_bytes};
use bench::recording::Recording;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A fixed row of instants that look random, the same on every machine.
fn instants() -> impl Iterator<Item = u32> {
    let mut state = 0x2545_f491_u32;
    std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % 1_000_001
    })
}

fn main() {
    let numbers: Vec<usize> = std::env::args()
        .skip(1)
        .filter_map(|text| text.parse().ok())
        .collect();
    let runs = numbers.first().copied().unwrap_or(5).max(1);
    let seeks = numbers.get(1).copied().unwrap_or(2000).max(1);
    let sizes = match numbers.get(2..) {
        Some(given) if !given.is_empty() => given,
        _ => &[1_000, 10_000, 100_000, 1_000_000],
    };
    println!("recording, seeking, memory, native (median of {runs} recordings, {seeks} seeks)");
    println!(
        "bars: seek within 16.7 ms at 100000 records; at most 128 bytes a record, payload not counted (here it is)"
    );
    println!(
        "   records  records/s  seek mean ms    p99     worst  bytes/record     trace   worlds   keyframes  KiB a world  KiB payload"
    );
    for &size in sizes {
        let mut times = Vec::new();
        let mut kept = None;
        for _ in 0..runs {
            drop(kept.take());
            let start = Instant::now();
            kept = Some(Recording::new(size));
            times.push(start.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        let mut recording = kept.expect("there is at least one run");
        let records = recording.records() as f64;
        let mut latencies: Vec<f64> = instants()
            .take(seeks)
            .map(|at| {
                let start = Instant::now();
                recording.seek(at);
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        let mean = latencies.iter().sum::<f64>() / seeks as f64;
        latencies.sort_by(f64::total_cmp);
        let trace = recording.trace_bytes() as f64;
        let keyframes = recording.keyframes();
        let payload = recording.queued_payload_bytes();
        let before = live_bytes();
        // What giving it back frees is what it took, spare room included.
        drop(recording.into_history());
        let all = before.saturating_sub(live_bytes()) as f64;
        println!(
            "{:>10} {:>10.0} {:>13.3} {:>6.2} {:>9.2} {:>13.0} {:>9.0} {:>8.0} {:>11} {:>12.1} {:>12.1}",
            records,
            records / times[runs / 2],
            mean,
            latencies[(seeks * 99 / 100).min(seeks - 1)],
            latencies[seeks - 1],
            all / records,
            trace / records,
            (all - trace) / records,
            keyframes,
            (all - trace) / (keyframes + 2) as f64 / 1024.0,
            payload / 1024.0,
        );
    }
}
