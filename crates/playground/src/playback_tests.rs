use tcp::time::Instant;

use crate::playback::{Input, Met, Mode, PlayMap, Playback, Stops, transition};

/// One play millisecond to a virtual one, but for a fold: 1 s … 241 s takes half a second.
struct Folded;

impl PlayMap for Folded {
    fn play_at(&self, time: Instant) -> f64 {
        let ms = time.0 as f64 / 1_000.0;
        if ms <= 1_000.0 {
            ms
        } else if ms <= 241_000.0 {
            1_000.0 + (ms - 1_000.0) / 480.0
        } else {
            1_500.0 + (ms - 241_000.0)
        }
    }
    fn time_at(&self, play_ms: f64) -> Instant {
        let ms = if play_ms <= 1_000.0 {
            play_ms
        } else if play_ms <= 1_500.0 {
            1_000.0 + (play_ms - 1_000.0) * 480.0
        } else {
            241_000.0 + (play_ms - 1_500.0)
        };
        Instant((ms * 1_000.0) as u64)
    }
}

const STOPS: Stops = Stops {
    end: Instant(300_000_000),
    final_end: true,
    checkpoint: None,
    event: None,
};

fn ms(ms: u64) -> Instant {
    Instant(ms * 1_000)
}

/// The whole table, so that a change shows in review.
#[test]
fn the_table() {
    let mut table = String::new();
    for mode in [Mode::Paused, Mode::Playing, Mode::Ended] {
        for input in Input::ALL {
            let (to, rewind) = transition(mode, input);
            let rewind = if rewind { " from zero" } else { "" };
            table.push_str(&format!("{mode:?} {input:?} -> {to:?}{rewind}\n"));
        }
    }
    assert_eq!(
        table,
        "Paused Play -> Playing\nPaused Pause -> Paused\nPaused Toggle -> Playing\nPaused Seek -> Paused\n\
         Paused Step -> Paused\nPaused End -> Paused\nPaused Checkpoint -> Paused\nPaused Act -> Paused\n\
         Playing Play -> Playing\nPlaying Pause -> Paused\nPlaying Toggle -> Paused\nPlaying Seek -> Playing\n\
         Playing Step -> Paused\nPlaying End -> Ended\nPlaying Checkpoint -> Paused\nPlaying Act -> Playing\n\
         Ended Play -> Playing from zero\nEnded Pause -> Paused\nEnded Toggle -> Playing from zero\nEnded Seek -> Paused\n\
         Ended Step -> Paused\nEnded End -> Ended\nEnded Checkpoint -> Paused\nEnded Act -> Playing\n"
    );
}

#[test]
fn a_paused_clock_stands() {
    let mut clock = Playback::default();
    assert_eq!(clock.advance(16.0, &Folded, STOPS), Met::Nothing);
    assert_eq!(clock.position(), Instant::ZERO);
}

#[test]
fn it_runs_at_its_speed() {
    let mut clock = Playback::default();
    clock.input(Input::Play);
    clock.set_speed(2.0);
    for _ in 0..10 {
        clock.advance(16.0, &Folded, STOPS);
    }
    assert_eq!(clock.position(), ms(320));
    clock.set_speed(0.5);
    clock.advance(16.0, &Folded, STOPS);
    assert_eq!(clock.position(), ms(328));
    clock.set_speed(f64::NAN);
    assert_eq!(clock.speed(), 0.5);
    clock.set_speed(1e9);
    assert_eq!(clock.speed(), 64.0);
}

#[test]
fn slow_motion_loses_nothing_to_rounding() {
    let mut clock = Playback::default();
    clock.input(Input::Play);
    clock.set_speed(1.0 / 64.0);
    for _ in 0..64_000 {
        clock.advance(0.01, &Folded, STOPS);
    }
    let off = clock.position().0.abs_diff(10_000);
    assert!(off <= 1, "{off} µs off");
}

#[test]
fn a_fold_passes_quickly() {
    let mut clock = Playback::default();
    clock.put(ms(1_000), &Folded, Input::Seek);
    clock.input(Input::Play);
    for _ in 0..5 {
        clock.advance(100.0, &Folded, STOPS);
    }
    assert_eq!(clock.position(), ms(241_000));
}

#[test]
fn it_stops_at_checkpoints_only_when_asked() {
    let stops = Stops {
        checkpoint: Some(ms(50)),
        ..STOPS
    };
    let mut clock = Playback::default();
    clock.input(Input::Play);
    assert_eq!(clock.advance(80.0, &Folded, stops), Met::Checkpoint);
    assert_eq!((clock.position(), clock.mode()), (ms(50), Mode::Paused));
    assert_eq!(clock.play_ms(), 50.0);
    let mut clock = Playback::default();
    clock.checkpoints = false;
    clock.input(Input::Play);
    assert_eq!(clock.advance(80.0, &Folded, stops), Met::Nothing);
    assert_eq!(clock.position(), ms(80));
}

#[test]
fn it_ends_and_begins_again() {
    let stops = Stops {
        end: ms(50),
        ..STOPS
    };
    let mut clock = Playback::default();
    clock.input(Input::Play);
    assert_eq!(clock.advance(80.0, &Folded, stops), Met::End);
    assert_eq!((clock.position(), clock.mode()), (ms(50), Mode::Ended));
    clock.input(Input::Toggle);
    assert_eq!(
        (clock.position(), clock.mode()),
        (Instant::ZERO, Mode::Playing)
    );
    clock.looped = true;
    assert_eq!(clock.advance(80.0, &Folded, stops), Met::End);
    assert_eq!(
        (clock.position(), clock.mode()),
        (Instant::ZERO, Mode::Playing)
    );
}

#[test]
fn it_waits_where_the_run_is_not_known_yet() {
    let stops = Stops {
        end: ms(50),
        final_end: false,
        ..STOPS
    };
    let mut clock = Playback::default();
    clock.input(Input::Play);
    assert_eq!(clock.advance(80.0, &Folded, stops), Met::Nothing);
    assert_eq!((clock.position(), clock.mode()), (ms(50), Mode::Playing));
}

#[test]
fn the_storyboard_goes_from_event_to_event() {
    let stops = Stops {
        event: Some(ms(70)),
        ..STOPS
    };
    let mut clock = Playback::default();
    clock.storyboard = true;
    clock.input(Input::Play);
    for _ in 0..11 {
        clock.advance(100.0, &Folded, stops);
        assert_eq!(clock.position(), Instant::ZERO);
    }
    clock.advance(100.0, &Folded, stops);
    assert_eq!(clock.position(), ms(70));
}

#[test]
fn a_hidden_page_does_not_jump() {
    let mut clock = Playback::default();
    clock.input(Input::Play);
    clock.advance(60_000.0, &Folded, STOPS);
    assert_eq!(clock.position(), ms(100));
    clock.advance(-5.0, &Folded, STOPS);
    clock.advance(f64::NAN, &Folded, STOPS);
    assert_eq!(clock.position(), ms(100));
}
