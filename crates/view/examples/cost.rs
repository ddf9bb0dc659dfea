//! What one frame of the ladder costs at 100, 100,000 and 1,000,000 records, in the same viewport:
//! `cargo run --release -p view --example cost`.

#![allow(
    clippy::disallowed_types,
    reason = "it measures what a frame really takes"
)]

use std::time::Instant as Clock;

use sim::history::History;
use view::display::DisplayList;
use view::frame::Frame;
use view::ladder::{ladder_into, zoom_to_fit};
use view::score::Score;
use view::viewport::{Options, Viewport};

fn main() {
    let base = sim::catalogue::text("three-way-handshake").expect("it is in the catalogue");
    for (bytes, steps) in [
        (20_000u32, 400u32),
        (25_000_000, 4_000_000),
        (250_000_000, 4_000_000),
    ] {
        let text =
            format!("{base}\nset link bandwidth 100Mbps\nwhen A.c established send {bytes}\n");
        let text = text.replace("set link", "link");
        let run = sim::text::parse(&text).expect("it is written correctly");
        let mut history = History::new(run).expect("both hosts are engines");
        history.advance_to_end(steps);
        let started = Clock::now();
        let mut score = Score::new(history.run(), true);
        score.extend(history.run(), history.trace());
        let built = started.elapsed();
        let options = Options::default();
        let mut viewport = Viewport::new(1280.0, 800.0);
        let fit = zoom_to_fit(&score, &viewport, &options);
        let mut list = DisplayList::default();
        print!(
            "{:>9} records, score in {:>6} us:",
            score.records(),
            built.as_micros()
        );
        for zoom in [fit, 1.0, 6.0] {
            viewport.zoom = zoom;
            viewport.scroll = (score.time.y_after(score.time.last(), zoom) * 0.5 - 400.0).max(0.0);
            let mut times: Vec<u128> = (0..60)
                .map(|_| {
                    let started = Clock::now();
                    ladder_into(&Frame::whole(&score), &viewport, &options, &mut list);
                    started.elapsed().as_micros()
                })
                .collect();
            times.sort_unstable();
            print!(
                "  zoom {zoom:.4}: {} us, {} items",
                times[30],
                list.items().len()
            );
        }
        println!();
    }
}
