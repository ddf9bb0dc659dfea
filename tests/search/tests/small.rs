//! The small worlds, searched to their end in every test run, and once more by stateright.

use search::config::{Config, Opening};
use search::explore::Explorer;
use search::model::{ESTABLISHED, judge};
use search::run_text::printed;
use search::space::Space;

fn searched(config: &Config) {
    let mut explorer = Explorer::new(Space::new(config));
    if let Err(broken) = explorer.advance(u64::MAX) {
        let run = printed(&explorer.space, &broken);
        let verdict = run.verdict();
        panic!(
            "{}: {:?}\n{}\n{verdict}",
            config.name, broken.violation, run.text
        );
    }
    assert!(explorer.is_complete());
    let (distinct, reach) = (explorer.known.situations.len(), explorer.reach);
    println!("{}: {distinct} distinct situations, {reach:?}", config.name);

    let outcome = judge(config);
    assert_eq!(outcome.broken, [""; 0], "{}: stateright", config.name);
    assert_eq!(outcome.distinct, distinct, "{}: stateright", config.name);
    // It counts the start as a step, too.
    assert_eq!(
        outcome.steps as u64,
        reach.steps + 1,
        "{}: stateright",
        config.name
    );
    // Figure 11: two ends that only listen never get connected by an old SYN.
    let somebody_connects = config.openings.contains(&Opening::Connect);
    assert_eq!(
        outcome.seen.contains(&ESTABLISHED),
        somebody_connects,
        "{}: who was connected",
        config.name
    );
}

macro_rules! worlds {
    ($($test:ident = $name:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            searched(Config::small().iter().find(|config| config.name == $name).expect("it is there"));
        })*

        #[test]
        fn every_small_world_is_searched() {
            let names: Vec<&str> = Config::small().iter().map(|config| config.name).collect();
            assert_eq!(names, [$($name),*]);
        }
    };
}

worlds! {
    client_server = "client-server",
    client_server_wrap = "client-server-wrap",
    client_server_wrap_2 = "client-server-wrap-2",
    bare_passive = "bare-passive",
    simultaneous_open = "simultaneous-open",
    simultaneous_open_wrap = "simultaneous-open-wrap",
    simultaneous_open_wrap_data = "simultaneous-open-wrap-data",
    two_listeners = "two-listeners",
    two_listeners_3 = "two-listeners-3",
    reboot = "reboot",
}
