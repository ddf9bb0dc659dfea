use super::*;

const TEXT: &[u8] = b"The quick brown fox jumps over the lazy dog.";

#[test]
fn pieces_in_any_order_make_the_text() {
    for seed in 0..200u32 {
        let mut queue = ReceiveQueue::default();
        let mut arrived = 0u32;
        let mut out = Vec::new();
        let mut x = seed;
        let mut turns = 0;
        while out.len() < TEXT.len() {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let left = TEXT.len() as u32 - arrived;
            if left > 0 {
                let offset = (x >> 8) % left;
                let len = ((x >> 20) % 7 + 1).min(left - offset);
                let from = (arrived + offset) as usize;
                if let Placed::InOrder(n) = queue.place(offset, &TEXT[from..from + len as usize], 8)
                {
                    arrived += n;
                }
                let ranges: Vec<_> = queue.held_ranges(Seq(0)).collect();
                assert!(ranges.windows(2).all(|w| w[0].1.0 < w[1].0.0));
                assert!(ranges.first().is_none_or(|r| r.0.0 > 0));
                assert!(ranges.len() <= 8);
            }
            if x & 1 == 0 {
                queue.take(&mut out, (x >> 4) as usize % 5);
            }
            turns += 1;
            assert!(turns < 10_000);
        }
        assert_eq!(out, TEXT);
        assert_eq!(queue.held(), 0);
    }
}

#[test]
fn too_many_holes_are_refused_and_filling_one_is_not() {
    let mut queue = ReceiveQueue::default();
    for i in 0..4 {
        assert_eq!(queue.place(10 * i + 5, b"x", 4), Placed::Held);
    }
    assert_eq!(queue.place(50, b"x", 4), Placed::TooManyHoles);
    assert_eq!(queue.place(6, b"x", 4), Placed::Held);
    assert_eq!(queue.place(0, b"abcde", 4), Placed::InOrder(7));
    assert_eq!(queue.held(), 3);
    queue.drop_held();
    assert_eq!((queue.readable(), queue.held()), (7, 0));
}
