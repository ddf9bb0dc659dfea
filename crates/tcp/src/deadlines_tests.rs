use super::*;

#[test]
fn the_top_is_always_the_earliest() {
    let mut queue = Deadlines::default();
    let mut model = [Instant::NEVER; 40];
    let mut x = 7u32;
    for _ in 0..20_000 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let slot = (x >> 20) as usize % 40;
        let deadline = if x & 0x300 == 0 {
            Instant::NEVER
        } else {
            Instant(u64::from(x >> 10 & 0xff))
        };
        queue.set(slot, 100 - slot as u32, deadline);
        model[slot] = deadline;
        let expected = (0..40)
            .filter(|&s| model[s] != Instant::NEVER)
            .min_by_key(|&s| (model[s], 100 - s));
        assert_eq!(queue.first(), expected.map(|s| (model[s], s)));
    }
}
