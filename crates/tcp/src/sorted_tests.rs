use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{SortedMap, sort, sort_almost_sorted};

/// A plain linear congruence: enough to mix.
fn numbers(count: usize, most: u32) -> Vec<u32> {
    let mut state = 12_345u32;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % most
        })
        .collect()
}

#[test]
fn sorts_sort() {
    for count in [0, 1, 2, 3, 10, 255, 1_000] {
        for most in [1, 5, 1_000_000] {
            let mut expected = numbers(count, most);
            let (mut heap, mut insertion) = (expected.clone(), expected.clone());
            expected.sort_unstable();
            sort(&mut heap, |a, b| a < b);
            sort_almost_sorted(&mut insertion, |a, b| a < b);
            assert_eq!(heap, expected);
            assert_eq!(insertion, expected);
        }
    }
}

#[test]
fn equal_ones_stay_in_order() {
    let mut pairs: Vec<(u32, usize)> = numbers(500, 7)
        .into_iter()
        .enumerate()
        .map(|(at, n)| (n, at))
        .collect();
    sort_almost_sorted(&mut pairs, |a, b| a.0 < b.0);
    assert!(pairs.windows(2).all(|two| two[0] < two[1]));
}

#[test]
fn the_map_does_what_a_tree_does() {
    let mut map = SortedMap::new();
    let mut tree = BTreeMap::new();
    for (turn, key) in numbers(4_000, 60).into_iter().enumerate() {
        match turn % 5 {
            0 | 1 => assert_eq!(map.insert(key, turn), tree.insert(key, turn)),
            2 => assert_eq!(map.remove(&key), tree.remove(&key)),
            3 => {
                *map.or_insert_with(key, || 7) += 1;
                *tree.entry(key).or_insert(7) += 1;
            }
            _ if turn % 100 == 4 => assert_eq!(map.pop_first(), tree.pop_first()),
            _ => assert_eq!(map.get(&key), tree.get(&key)),
        }
        assert_eq!(map.len(), tree.len());
    }
    assert!(map.iter().eq(tree.iter()));
    map.retain(|key, _| key % 2 == 0);
    tree.retain(|key, _| key % 2 == 0);
    assert!(map.keys().eq(tree.keys()) && map.values().eq(tree.values()));
    assert_eq!(map.first_key_value(), tree.first_key_value());
    map.clear();
    assert!(map.is_empty() && !map.contains_key(&3));
}
