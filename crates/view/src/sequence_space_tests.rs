use super::*;

#[test]
fn edges_keep_their_order_and_get_room() {
    let scale = Scale::new(&[-5, 0, 1, 1_000, 66_000], 10.0, 310.0);
    let xs: Vec<f32> = scale.edges.iter().map(|edge| edge.1).collect();
    assert!(xs.windows(2).all(|pair| pair[1] - pair[0] > 20.0), "{xs:?}");
    assert!(xs[0] > 10.0 && xs[4] < 310.0);
}

#[test]
fn any_number_lies_between_its_edges() {
    let scale = Scale::new(&[0, 1, 1_001], 10.0, 310.0);
    let middle = (scale.x(1) + scale.x(1_001)) / 2.0;
    assert!((scale.between(501) - middle).abs() < 0.01);
    assert!((scale.between(1) - scale.x(1)).abs() < 0.01);
    assert!((scale.between(1_001) - scale.x(1_001)).abs() < 0.01);
    assert_eq!((scale.between(-1), scale.between(2_000)), (10.0, 310.0));
}

#[test]
fn a_selected_segment_has_its_numbers_in_its_own_direction_only() {
    let score = crate::testing::conversation();
    let frame = Frame::whole(&score);
    let data = score
        .arrows()
        .iter()
        .find(|arrow| arrow.len > 0 && arrow.from == Place::A)
        .expect("A sends data");
    let subject = Subject::Segment(data.send);
    let (start, end) =
        numbers_of(&frame, subject, Place::A, Seq(data.seq_base)).expect("it has numbers");
    assert_eq!(end - start, i64::from(data.len));
    assert_eq!(
        numbers_of(&frame, subject, Place::B, Seq(data.seq_base)),
        None
    );
}
