use super::*;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

#[test]
fn agrees_with_a_plain_map_under_churn() {
    let mut table = Table::default();
    let mut model: Vec<(u32, u32)> = Vec::new();
    let mut x = 12345u32;
    for step in 0..20_000u32 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hash = (x >> 16) & 0x3f; // many collisions
        if x & 0x8000 != 0 || model.is_empty() {
            table.insert(hash, step);
            model.push((hash, step));
        } else {
            let at = (x as usize >> 3) % model.len();
            let (h, v) = model.swap_remove(at);
            table.remove(h, v);
        }
        if step % 97 == 0 {
            for &(h, v) in &model {
                assert_eq!(table.find(h, |value| value == v), Some(v));
            }
        }
    }
    for &(h, v) in &model {
        table.remove(h, v);
        assert_eq!(table.find(h, |value| value == v), None);
    }
    assert_eq!(table.len, 0);
}

#[test]
fn counts() {
    let mut counts = Counts::default();
    let mut model: BTreeMap<u32, u32> = BTreeMap::new();
    for i in 0..1000u32 {
        counts.increase(i % 37);
        *model.entry(i % 37).or_default() += 1;
    }
    for _ in 0..5 {
        counts.decrease(3);
    }
    *model.get_mut(&3).unwrap() -= 5;
    for (k, v) in model {
        assert_eq!(counts.count(k), v);
    }
    assert_eq!(counts.count(99), 0);
    counts.decrease(99);
}
