//! One piece of the benchmark's work alone, for a profiler:
//! `connections COUNT`, `bulk MIB`, `peer COUNT`.
#![allow(missing_docs)]

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let amount = arguments
        .next()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1000);
    let work = match what.as_str() {
        "connections" => bench::ours::connections(amount),
        "bulk" => bench::ours::bulk(amount << 20),
        "peer" => bench::peer::connections(amount),
        _ => {
            eprintln!("usage: ours connections COUNT | bulk MIB | peer COUNT");
            std::process::exit(2);
        }
    };
    println!(
        "{} connections, {} segments, {} bytes, {} reasons",
        work.connections, work.segments, work.bytes, work.reasons
    );
}
