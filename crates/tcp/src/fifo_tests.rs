use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::*;

#[test]
fn it_is_a_queue() {
    let (mut fifo, mut model) = (Fifo::default(), VecDeque::new());
    let mut x = 1u32;
    for step in 0..50_000u32 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Long stretches in which it only grows, and others in which it shrinks.
        let grows = if step / 5_000 % 2 == 0 { 200 } else { 60 };
        if x >> 24 < grows {
            fifo.push(step);
            model.push_back(step);
        } else {
            assert_eq!(fifo.first(), model.front().copied());
            assert_eq!(fifo.pop(), model.pop_front());
        }
        assert_eq!(fifo.is_empty(), model.is_empty());
    }
    let mut rest = Vec::new();
    fifo.drain(|item| rest.push(item));
    assert_eq!(rest, Vec::from(model));
    assert!(fifo.is_empty() && fifo.pop().is_none());
}
