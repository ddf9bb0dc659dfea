use super::*;

#[test]
fn steps_are_round() {
    for (least, step) in [
        (1, 1),
        (3, 5),
        (6, 10),
        (11, 20),
        (21_000, 50_000),
        (500_001, 1_000_000),
    ] {
        assert_eq!(round_step(least), step, "{least}");
    }
}

#[test]
fn seconds_have_the_decimals_of_the_step() {
    for (time, step, words) in [
        (0, 50_000, "0.00"),
        (50_000, 50_000, "0.05"),
        (240_650_000, 50_000, "240.65"),
        (1_000_000, 200_000, "1.0"),
        (3_000_000, 1_000_000, "3"),
        (1_005, 5, "0.001005"),
    ] {
        let mut text = String::new();
        push_seconds(&mut text, time, step);
        assert_eq!(text, words, "{time} by {step}");
    }
}
