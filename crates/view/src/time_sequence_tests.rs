use super::*;
use crate::testing::{bulk, conversation};

#[test]
fn pictures() {
    let score = bulk(120);
    let frame = Frame::whole(&score);
    let samples: Vec<Sample> = (0..20)
        .map(|i| Sample {
            time_us: i * 12_000,
            rto_us: 1_000_000 - i * 20_000,
            srtt_us: (i > 2).then_some(100_000 + i * 900),
            cwnd: 14_600 + i as u32 * 1_460,
            ssthresh: if i < 8 { u32::MAX } else { 20_000 },
        })
        .collect();
    let mut list = DisplayList::default();
    assert_eq!(busier_sender(&frame), Place::A);
    assert!(time_sequence_into(
        &frame,
        Place::A,
        &samples,
        &Viewport::new(800.0, 520.0),
        &Options::default(),
        &mut list
    ));
    crate::testing::save("timeseq", &list);
    assert!(!time_sequence_into(
        &frame,
        Place::B,
        &samples,
        &Viewport::new(800.0, 520.0),
        &Options::default(),
        &mut list
    ));
    let score = conversation();
    assert!(time_sequence_into(
        &Frame::whole(&score),
        Place::A,
        &[],
        &Viewport::new(360.0, 400.0),
        &Options::default(),
        &mut list
    ));
    crate::testing::save("timeseq-phone", &list);
}
