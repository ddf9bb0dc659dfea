use super::*;
use crate::testing::{conversation, troubles};

#[test]
fn pictures() {
    let score = conversation();
    for (name, place, width, height) in [
        ("sm-a", Place::A, 640.0, 700.0),
        ("sm-b-phone", Place::B, 320.0, 560.0),
    ] {
        let mut list = DisplayList::default();
        let machine = Machine {
            place,
            socket: None,
            collected: Collection(0x0f),
        };
        let mut frame = Frame::whole(&score);
        if place == Place::A {
            frame.records -= 4;
        }
        state_machine_into(
            &frame,
            &machine,
            &Viewport::new(width, height),
            &Options::default(),
            &mut list,
        );
        crate::testing::save(name, &list);
    }
    let score = troubles();
    let mut list = DisplayList::default();
    let machine = Machine {
        place: Place::A,
        socket: None,
        collected: Collection(0x0f),
    };
    state_machine_into(
        &Frame::whole(&score),
        &machine,
        &Viewport::new(960.0, 760.0),
        &Options::default(),
        &mut list,
    );
    crate::testing::save("sm-troubles", &list);
}
