use super::*;

fn estimator(minimum_ms: u64) -> RttEstimator {
    RttEstimator::new(
        Duration::from_secs(1),
        Duration::from_millis(minimum_ms),
        Duration::from_secs(60),
        Duration::from_millis(1),
    )
}

#[test]
fn by_hand() {
    let mut rtt = estimator(1);
    assert_eq!((rtt.rto(), rtt.srtt()), (Duration::from_secs(1), None));
    // 2.2: SRTT = 100, RTTVAR = 50, RTO = 100 + 4 × 50.
    rtt.sample(Duration::from_millis(100));
    assert_eq!(rtt.srtt(), Some(Duration::from_millis(100)));
    assert_eq!(
        (rtt.rttvar(), rtt.rto()),
        (Duration::from_millis(50), Duration::from_millis(300))
    );
    // 2.3: RTTVAR = 3/4 × 50 + 1/4 × 80 = 57.5, SRTT = 7/8 × 100 + 1/8 × 180 = 110, RTO = 110 + 230.
    rtt.sample(Duration::from_millis(180));
    assert_eq!(rtt.srtt(), Some(Duration::from_millis(110)));
    assert_eq!(
        (rtt.rttvar(), rtt.rto()),
        (Duration(57_500), Duration::from_millis(340))
    );
    // RTTVAR = 3/4 × 57.5 + 1/4 × 10 = 45.625, SRTT = 110 − 10/8 = 108.75, RTO = 108.75 + 182.5.
    rtt.sample(Duration::from_millis(100));
    assert_eq!(
        (rtt.srtt(), rtt.rttvar()),
        (Some(Duration(108_750)), Duration(45_625))
    );
    assert_eq!(rtt.rto(), Duration(291_250));
}

#[test]
fn bounds_and_granularity() {
    let mut rtt = estimator(1_000);
    rtt.sample(Duration::from_millis(10));
    assert_eq!(rtt.rto(), Duration::from_secs(1), "2.4: at least a second");
    let mut rtt = estimator(1);
    for _ in 0..200 {
        rtt.sample(Duration::from_millis(10));
    }
    assert_eq!(rtt.rto(), Duration(11_000), "SRTT + G");
    rtt.sample(Duration(u64::MAX));
    assert_eq!(
        rtt.rto(),
        Duration::from_secs(60),
        "2.5: at most the maximum"
    );
}

#[test]
fn back_off_doubles_until_a_sample() {
    let mut rtt = estimator(1_000);
    for expected in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(rtt.rto(), Duration::from_secs(expected));
        rtt.back_off();
    }
    for _ in 0..100 {
        rtt.back_off();
    }
    assert_eq!(rtt.rto(), Duration::from_secs(60));
    rtt.sample(Duration::from_millis(500));
    assert_eq!(
        (rtt.rto(), rtt.back_offs()),
        (Duration::from_millis(1_500), 0)
    );
}

#[test]
fn after_a_lost_syn_data_start_with_three_seconds() {
    let mut rtt = estimator(1_000);
    rtt.back_off();
    rtt.established_after_syn_timeout();
    assert_eq!(rtt.rto(), Duration::from_secs(3));
    rtt.sample(Duration::from_millis(200));
    assert_eq!(rtt.rto(), Duration::from_secs(1));
}

#[test]
fn many_samples_in_a_round_trip_weigh_what_one_would() {
    let mut one = estimator(1);
    let mut many = estimator(1);
    for rtt in [&mut one, &mut many] {
        rtt.sample(Duration::from_millis(100));
    }
    one.sample(Duration::from_millis(108));
    for _ in 0..10 {
        many.sample_of_many(Duration::from_millis(108), 10);
    }
    let (one, many) = (one.srtt().unwrap(), many.srtt().unwrap());
    assert_eq!(one, Duration::from_millis(101));
    assert!(one.0.abs_diff(many.0) < 60, "{one:?} {many:?}");
}

#[test]
fn small_changes_are_not_lost() {
    let mut rtt = estimator(1);
    rtt.sample(Duration(1_000));
    for _ in 0..200 {
        rtt.sample(Duration(1_003));
    }
    assert!(rtt.srtt().unwrap().0 >= 1_002);
}
