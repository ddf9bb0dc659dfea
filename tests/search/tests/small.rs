//! The small worlds, searched to their end in every test run.

use search::config::{Config, Opening};
use search::model::{ESTABLISHED, search};
use search::run_text::run_text;

fn searched(config: &Config) {
    let outcome = search(config, None, 1, |_, _| {});
    println!(
        "{}: {} distinct situations, {} steps, depth {}{}",
        config.name,
        outcome.distinct,
        outcome.steps,
        outcome.depth,
        if outcome.complete { ", to the end" } else { "" }
    );
    if let Some(broken) = &outcome.broken {
        let what = broken
            .violation
            .as_ref()
            .map_or(String::new(), |violation| violation.detail.clone());
        let run = run_text(config, &broken.actions, &what);
        assert_eq!(
            Some(broken.property),
            config.fails,
            "{}: {what}\n{:?}\n{run}",
            config.name,
            broken.actions
        );
        sim::text::parse(&run).unwrap_or_else(|e| panic!("the run cannot be read: {e}\n{run}"));
    } else {
        assert!(
            outcome.complete,
            "{} was not searched to its end",
            config.name
        );
        assert_eq!(config.fails, None, "{}: nothing was broken", config.name);
        // Figure 11: two ends that only listen never get connected by an old SYN.
        let somebody_connects = config.openings.contains(&Opening::Connect);
        assert_eq!(
            outcome.seen.contains(&ESTABLISHED),
            somebody_connects,
            "{}: who was connected",
            config.name
        );
    }
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
    bare_passive = "bare-passive",
    simultaneous_open = "simultaneous-open",
    simultaneous_open_wrap = "simultaneous-open-wrap",
    two_listeners = "two-listeners",
    reboot = "reboot",
}
