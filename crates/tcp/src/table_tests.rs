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
fn ports_are_counted_under_churn() {
    let mut ports = Ports::default();
    let mut model: BTreeMap<u16, Users> = BTreeMap::new();
    let mut x = 99u32;
    for _ in 0..20_000 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let port = (x >> 16) as u16 & 0x3f;
        let users = model.entry(port).or_default();
        match x >> 8 & 3 {
            0 => users.live += 1,
            1 => users.live = users.live.saturating_sub(1),
            2 => users.time_wait += 1,
            _ => users.time_wait = users.time_wait.saturating_sub(1),
        }
        let now = *users;
        ports.change(port, |users| *users = now);
        assert_eq!(ports.users(port), now);
    }
    for port in 0..100 {
        let expected = model.get(&port).copied().unwrap_or_default();
        assert_eq!(ports.users(port), expected);
    }
    for port in 0..64 {
        ports.change(port, |users| *users = Users::default());
    }
    assert_eq!(ports.len, 0);
    assert_eq!(ports.users(7), Users::default());
}
