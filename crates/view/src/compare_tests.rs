use super::*;
use crate::testing::{conversation, troubles};

#[test]
fn pictures() {
    let (one, two) = (conversation(), troubles());
    let pair = Pair {
        here: Frame::whole(&one),
        there: Frame::whole(&two),
        names: ["rfc", "linux"],
        difference: Some(Instant(20_000)),
    };
    let mut list = DisplayList::default();
    compare_into(
        &pair,
        &Viewport::new(1280.0, 700.0),
        &Options::default(),
        &mut list,
    );
    crate::testing::save("compare", &list);
    compare_into(
        &pair,
        &Viewport::new(360.0, 740.0),
        &Options::default(),
        &mut list,
    );
    crate::testing::save("compare-phone", &list);
}

#[test]
fn each_point_has_its_side() {
    for viewport in [Viewport::new(1000.0, 600.0), Viewport::new(360.0, 740.0)] {
        for side in [Side::Here, Side::There] {
            let (origin, part) = part(&viewport, side);
            let middle = point(origin.x + part.width / 2.0, origin.y + part.height / 2.0);
            assert_eq!(side_at(&viewport, middle), side);
        }
    }
}
