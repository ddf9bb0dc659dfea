use super::*;

const UNIT: u64 = 50_000;

fn map(instants: &[u64]) -> TimeMap {
    let mut map = TimeMap::new(Duration(UNIT), true);
    for instant in instants {
        map.push(*instant);
    }
    map
}

#[test]
fn activity_is_to_scale() {
    let map = map(&[0, 50_000, 100_000, 150_000]);
    assert_eq!(map.y_after(Instant(50_000), 1.0), UNIT_PX);
    assert_eq!(map.y_after(Instant(150_000), 2.0), UNIT_PX * 6.0);
    assert_eq!(map.fold_count(), 0);
}

#[test]
fn four_minutes_take_no_more_room_than_one_second() {
    let short = map(&[0, 1_000_000]);
    let long = map(&[0, 240_000_000]);
    assert_eq!(
        short.y_after(Instant(1_000_000), 1.0),
        long.y_after(Instant(240_000_000), 1.0)
    );
    let fold = long.nth_fold(0, 1.0).unwrap();
    assert_eq!(fold.length.0, 240_000_000);
    assert_eq!(fold.bottom - fold.top, FOLD_PX);
    assert_eq!(fold.top, UNIT_PX * 1.5);
}

#[test]
fn several_segments_of_one_instant_lie_apart() {
    let mut map = map(&[0, 50_000]);
    map.stretch(1);
    map.stretch(3);
    map.push(100_000);
    let at = |slot| map.y(Moment { time: 50_000, slot }, 1.0);
    assert_eq!(at(0), UNIT_PX);
    assert!(at(1) > at(0) && at(2) > at(1));
    assert_eq!(at(3), map.y_after(Instant(50_000), 1.0));
    assert!((map.y_after(Instant(100_000), 1.0) - UNIT_PX * 3.0).abs() < 0.01);
    assert_eq!(map.time_at(UNIT_PX * 1.5, 1.0), Instant(50_000));
}

#[test]
fn there_and_back_is_the_same_instant() {
    let mut map = map(&[0, 50_000]);
    map.stretch(2);
    for instant in [
        100_000,
        1_100_000,
        1_150_000,
        3_000_000,
        3_000_500,
        243_000_000,
    ] {
        map.push(instant);
    }
    let mut previous = -1.0;
    for t in (0..244_000_000).step_by(7_919) {
        let y = map.y_after(Instant(t), 1.0);
        assert!(y >= previous, "the map goes back at {t}");
        previous = y;
        assert!((map.time_at_flat(map.flat(t)).0.abs_diff(t) as f64) <= 6_001.0);
        let play = map.play_ms(Instant(t));
        let back = map.time_at_play(play).0;
        assert!(back.abs_diff(t) <= 2, "{t} came back as {back}");
        // Single precision resolves about 1/1000 pixel here, a share of a microsecond's height otherwise.
        let in_fold_us = 240_000_000.0 / f64::from(FOLD_PX) * 0.001;
        assert!((map.time_at(y, 1.0).0.abs_diff(t) as f64) <= in_fold_us);
    }
}

#[test]
fn an_opening_gap_grows_and_never_outgrows_a_fold() {
    let map = map(&[0, 50_000]);
    let top = map.y_after(Instant(50_000 + UNIT * 3 / 2), 1.0);
    let mut previous = top;
    for s in 1..2_000 {
        let y = map.y_after(Instant(s * 1_000_000), 1.0);
        assert!(y >= previous && y <= top + FOLD_PX);
        previous = y;
    }
}

#[test]
fn zooming_out_never_makes_a_fold_higher_than_its_time_would_be() {
    let map = map(&[0, UNIT * 7, UNIT * 14]);
    for zoom in [0.001, 0.01, 0.3, 1.0] {
        let unfolded = UNIT_PX * 14.0 * zoom;
        assert!(map.y_after(Instant(UNIT * 14), zoom) <= unfolded);
    }
}
