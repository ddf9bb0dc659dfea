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

#[test]
fn an_arc_leads_to_the_record_that_took_it_and_back() {
    let score = conversation();
    let mut frame = Frame::whole(&score);
    let place = Place::A;
    let handshake = arc_of(State::SynSent, State::Established).expect("in the figure");
    let record = record_of(
        &frame,
        Subject::Arc {
            place,
            arc: handshake,
        },
    )
    .expect("A has connected");
    let band = Subject::Band {
        place,
        socket: 1,
        record,
    };
    assert_eq!(entered_by(&frame, place, band), Some(handshake));
    assert_eq!(entered_by(&frame, Place::B, band), None);
    let state = State::Established;
    assert_eq!(
        record_of(&frame, Subject::State { place, state }),
        Some(record)
    );
    // Before it happened the picture stands for nothing yet.
    frame.records = record.0;
    assert_eq!(record_of(&frame, Subject::State { place, state }), None);
    let never = arc_of(State::Closing, State::TimeWait).expect("in the figure");
    assert_eq!(
        record_of(&Frame::whole(&score), Subject::Arc { place, arc: never }),
        None
    );
}
