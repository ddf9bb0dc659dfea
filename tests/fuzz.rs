//! What the fuzzer found, played again; and some inputs made at random, for machines that have no fuzzer.
//!
//! The targets live in `crates/tcp/fuzz`, with the table of how long each was run.

#[allow(dead_code)]
#[path = "../crates/tcp/fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

use targets::mutate::{Dice, fresh, mutate};

/// Minimised inputs that broke something once: a folder a target, a file a finding.
#[test]
fn what_was_found_stays_mended() {
    let findings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/tcp/fuzz/findings");
    let mut played = 0;
    for target in &targets::TARGETS {
        let Ok(files) = fs::read_dir(findings.join(target.name)) else {
            continue;
        };
        for file in files {
            let path = file.expect("the folder can be read").path();
            println!("{}", path.display());
            (target.play)(&fs::read(&path).expect("the file can be read"));
            played += 1;
        }
    }
    assert!(played > 0, "there are findings in {}", findings.display());
}

#[test]
fn inputs_made_at_random_break_nothing() {
    for target in &targets::TARGETS {
        let dice = &mut Dice::new(1);
        // Worlds take their time; of everything else there can be more.
        let inputs = if target.name == "operations" { 40 } else { 300 };
        for _ in 0..inputs {
            (target.play)(&fresh(
                dice,
                target.header,
                target.record,
                target.length_max,
            ));
        }
    }
}

#[test]
fn changed_scenarios_are_read_or_refused() {
    let target = targets::target("scenario");
    for (seed, id) in sim::catalogue::ids().enumerate() {
        let text = sim::catalogue::text(id).expect("it is in the catalogue");
        (target.play)(text.as_bytes());
        let mut bytes = vec![0; target.length_max];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        for round in 0..20 {
            let mut changed = bytes.clone();
            let seed = (seed * 20 + round) as u32;
            let length = mutate(&mut changed, text.len(), target.length_max, seed, 0, 1);
            (target.play)(&changed[..length]);
        }
    }
}

/// Inputs that the fuzzer changes stay within their bounds, and what it makes is long.
#[test]
fn the_mutator_makes_long_inputs_and_keeps_within_bounds() {
    let target = targets::target("operations");
    let (mut bytes, mut length, mut longest) = (vec![0; target.length_max], 0, 0);
    for seed in 0..2_000 {
        length = mutate(
            &mut bytes,
            length,
            target.length_max,
            seed,
            target.header,
            target.record,
        );
        assert!(length <= target.length_max);
        longest = longest.max(length);
    }
    assert!(
        longest > target.length_max * 3 / 4,
        "at most {longest} bytes"
    );
}
