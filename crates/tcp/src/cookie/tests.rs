use super::*;

const KEY: Key = *b"a secret of B's.";

fn ends() -> (SocketAddr, SocketAddr) {
    (
        "10.0.0.2:8080".parse().unwrap(),
        "10.0.0.1:49152".parse().unwrap(),
    )
}

#[test]
fn a_cookie_comes_back_with_its_mss_class() {
    let (b, a) = ends();
    for (announced, kept) in [
        (1460, 1460),
        (1459, 1452),
        (536, 536),
        (535, 64),
        (9000, 8960),
        (0, 64),
        (65535, 8960),
    ] {
        let now = Instant(1_000_000_000);
        let cookie = make(&KEY, now, b, a, Seq(77), announced);
        assert_eq!(verify(&KEY, now, b, a, Seq(77), cookie), Ok(kept));
    }
}

#[test]
fn a_cookie_is_good_for_its_ends_its_time_and_its_peer_only() {
    let (b, a) = ends();
    let made = Instant(70_000_000);
    let cookie = make(&KEY, made, b, a, Seq(5), 1460);
    let check = |now: Instant, local, remote, irs, cookie| {
        verify(&KEY, now, local, remote, Seq(irs), cookie)
    };
    assert_eq!(check(made, b, a, 6, cookie), Err(CookieRefusal::Forged));
    assert_eq!(check(made, a, b, 5, cookie), Err(CookieRefusal::Forged));
    assert_eq!(
        check(made, b, a, 5, cookie.add(1)),
        Err(CookieRefusal::Forged)
    );
    assert_eq!(
        check(made, b, a, 5, Seq(cookie.0 ^ 1 << 24)),
        Err(CookieRefusal::Forged),
        "the class is bound"
    );
    assert_eq!(
        check(made, b, a, 5, Seq(cookie.0 ^ 1 << 31)),
        Err(CookieRefusal::Forged),
        "the time is bound"
    );
    assert_eq!(
        verify(&[9; 16], made, b, a, Seq(5), cookie),
        Err(CookieRefusal::Forged)
    );
    // Made in tick 1; good in ticks 1 to 3.
    assert_eq!(check(Instant(4 * TICK.0 - 1), b, a, 5, cookie), Ok(1460));
    assert_eq!(
        check(Instant(4 * TICK.0), b, a, 5, cookie),
        Err(CookieRefusal::Expired)
    );
    // From before the owner's zero: nobody can have made it.
    assert_eq!(
        check(Instant::ZERO, b, a, 5, cookie),
        Err(CookieRefusal::Forged)
    );
}

#[test]
fn options_ride_in_the_timestamp_and_the_clock_never_runs_ahead() {
    for scale in (0..=14).map(Some).chain([None]) {
        for sack_permitted in [false, true] {
            let options = CookieOptions {
                window_scale: scale,
                sack_permitted,
            };
            for clock in [0, 1, 31, 32, 1_000_000, u32::MAX] {
                let value = options.into_timestamp(clock);
                assert!(clock.wrapping_sub(value) < 32);
                assert_eq!(CookieOptions::from_timestamp(value), options);
            }
        }
    }
}
