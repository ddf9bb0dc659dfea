use super::*;

#[test]
fn edges_keep_their_order_and_get_room() {
    let scale = Scale::new(&[-5, 0, 1, 1_000, 66_000], 10.0, 310.0);
    let xs: Vec<f32> = scale.edges.iter().map(|edge| edge.1).collect();
    assert!(xs.windows(2).all(|pair| pair[1] - pair[0] > 20.0), "{xs:?}");
    assert!(xs[0] > 10.0 && xs[4] < 310.0);
}
