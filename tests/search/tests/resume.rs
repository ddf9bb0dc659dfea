//! A search that is stopped goes on where it was, whatever stopped it.

use std::fs;
use std::path::PathBuf;

use search::config::Config;
use search::explore::Explorer;
use search::log::Log;
use search::space::Space;

const VERSION: u64 = 7;

fn world(name: &str) -> Config {
    let all = Config::small();
    all.into_iter()
        .find(|config| config.name == name)
        .expect("it is there")
}

fn file(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path
}

#[test]
fn stopped_at_any_place_it_finds_the_same() {
    for name in ["reboot", "two-listeners"] {
        let config = world(name);
        let mut straight = Explorer::new(Space::new(&config));
        straight.advance(u64::MAX).expect("nothing is wrong");

        let path = file(&format!("{name}.log"));
        let mut bite = 1;
        let mut sittings = 0;
        let stopped = loop {
            let (mut log, mut explorer) = Log::open(&path, &config, VERSION).expect("it opens");
            sittings += 1;
            explorer.advance(bite).expect("nothing is wrong");
            log.write(&explorer).expect("it is written down");
            // Found after the last entry, and lost with the process.
            explorer.advance(bite / 3).expect("nothing is wrong");
            bite = bite * 3 + 5;
            if explorer.is_complete() {
                break explorer;
            }
        };
        assert!(sittings > 4, "{name}: {sittings} sittings");
        assert_eq!(
            stopped.known.situations, straight.known.situations,
            "{name}"
        );
        assert_eq!(stopped.known.parents, straight.known.parents, "{name}");
        assert_eq!(stopped.reach, straight.reach, "{name}");
        assert_eq!(stopped.space.recipes(), straight.space.recipes(), "{name}");
    }
}

#[test]
fn an_entry_cut_off_or_damaged_is_thrown_away() {
    let config = world("simultaneous-open");
    let path = file("cut-off.log");
    let (mut log, mut explorer) = Log::open(&path, &config, VERSION).expect("it opens");
    explorer.advance(500).expect("nothing is wrong");
    log.write(&explorer).expect("it is written down");
    let whole = fs::metadata(&path).expect("it is there").len();
    explorer.advance(500).expect("nothing is wrong");
    log.write(&explorer).expect("it is written down");
    drop(log);
    let bytes = fs::read(&path).expect("it is there");

    for cut in [bytes.len() - 1, bytes.len() - 9, whole as usize + 3] {
        fs::write(&path, &bytes[..cut]).expect("it can be written");
        let (_, again) = Log::open(&path, &config, VERSION).expect("it opens");
        assert_eq!(again.reach.looked_at, 500);
        assert_eq!(fs::metadata(&path).expect("it is there").len(), whole);
    }
    let mut damaged = bytes.clone();
    damaged[whole as usize + 100] ^= 1;
    fs::write(&path, &damaged).expect("it can be written");
    let (_, again) = Log::open(&path, &config, VERSION).expect("it opens");
    assert_eq!(again.reach.looked_at, 500);

    fs::write(&path, &bytes).expect("it can be written");
    let (_, again) = Log::open(&path, &config, VERSION).expect("it opens");
    assert_eq!(again.reach.looked_at, 1_000, "whole, it counts");
    let (_, other) = Log::open(&path, &config, VERSION + 1).expect("it opens");
    assert_eq!(
        other.reach.looked_at, 0,
        "another program's is not taken up"
    );
}
