//! Lines that lose, delay, double, reorder and corrupt: by the command's own
//! seeded rules, and by the kernel's netem where there is one.

use std::time::Duration;

use crate::data::exchange;
use crate::host::{DEVICE, Net};
use crate::judge::{LOSS, PORTS_REUSED, PREVIOUS_MISSING, RST, STALLED};
use crate::opening::{as_client, as_server};

const LONG: Duration = Duration::from_secs(300);

/// A datagram that comes late finds the kernel's connection gone, and is told so.
fn by_rules(rules: &str, seed: u64, len: u64) {
    // One way round is quick, both take their time.
    let quick = seed.is_multiple_of(2);
    for engine_calls in [quick, !quick] {
        if engine_calls != quick && !tests::is_long() {
            continue;
        }
        let Some(net) = Net::new() else { return };
        let seed = seed.to_string();
        let arguments = [
            "--impair",
            rules,
            "--seed",
            &seed,
            "--set",
            "msl=500ms",
            "--time-wait",
        ];
        let (peer, engine) = if engine_calls {
            as_client(&net, &arguments)
        } else {
            as_server(&net, &arguments)
        };
        exchange(
            &net,
            &peer,
            engine,
            len,
            LONG,
            &[LOSS, STALLED, &[PREVIOUS_MISSING, PORTS_REUSED, RST]].concat(),
        );
    }
}

#[test]
fn loss() {
    by_rules("loss 2%", 1, 200_000);
}

#[test]
fn delay_and_jitter() {
    by_rules("delay 10ms jitter 5ms", 2, 200_000);
}

#[test]
fn duplicates() {
    by_rules("duplicate 10%", 3, 200_000);
}

#[test]
fn reordering() {
    by_rules("delay 2ms reorder 5%", 4, 200_000);
}

#[test]
fn corruption() {
    by_rules("corrupt 2%", 5, 200_000);
}

#[test]
fn all_of_it() {
    by_rules(
        "loss 1% duplicate 1% reorder 2% corrupt 1% delay 5ms jitter 2ms",
        6,
        100_000,
    );
}

#[test]
fn all_of_it_with_many_seeds() {
    if tests::long() {
        for seed in 100..108 {
            by_rules(
                "loss 3% duplicate 3% reorder 5% corrupt 2% delay 5ms jitter 5ms",
                seed,
                300_000,
            );
        }
    }
}

/// What leaves the kernel goes through netem; the other way is netem's too, by the rules above.
#[test]
fn netem() {
    let matrix = [
        "loss 2%",
        "delay 10ms 5ms",
        "duplicate 5%",
        "delay 10ms reorder 25% 50%",
        "corrupt 1%",
    ];
    for rules in matrix {
        let Some(net) = Net::new() else { return };
        let mut command = vec!["qdisc", "add", "dev", DEVICE, "root", "netem"];
        command.extend(rules.split(' '));
        if let Err(error) = net.exec("tc", &command) {
            return tests::skip(&format!("the kernel here has no netem: {error}"));
        }
        let (peer, engine) = as_client(&net, &["--set", "msl=500ms", "--time-wait"]);
        exchange(
            &net,
            &peer,
            engine,
            200_000,
            LONG,
            &[LOSS, STALLED, &[PREVIOUS_MISSING]].concat(),
        );
    }
}
