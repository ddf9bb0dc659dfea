//! How inputs made of records are changed: whole records come, go, move and
//! repeat; single bytes change; now and then a long list is made from nothing.

/// Chance from a number (xorshift).
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same number.
    #[must_use]
    pub fn new(seed: u64) -> Dice {
        Dice((seed ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9) | 1)
    }

    /// Below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % bound.max(1)
    }

    /// Any byte; small numbers and the borders of what a byte holds come often.
    pub fn byte(&mut self) -> u8 {
        match self.below(4) {
            0 => self.below(4) as u8,
            1 => [0x7f, 0x80, 0xff, 0xfe][self.below(4)],
            _ => self.below(256) as u8,
        }
    }
}

/// A list made from nothing, up to `length_max` bytes long.
#[must_use]
pub fn fresh(dice: &mut Dice, header: usize, record: usize, length_max: usize) -> Vec<u8> {
    let records = 1 + dice.below((length_max.saturating_sub(header) / record).max(1));
    (0..header + records * record)
        .map(|_| dice.byte())
        .take(length_max)
        .collect()
}

/// Changes `data[..size]` in place and answers its new size, at most `length_max` and `data.len()`.
pub fn mutate(
    data: &mut [u8],
    size: usize,
    length_max: usize,
    seed: u32,
    header: usize,
    record: usize,
) -> usize {
    let dice = &mut Dice::new(u64::from(seed));
    let length_max = length_max.min(data.len());
    let mut bytes = data[..size].to_vec();
    if bytes.len() < header + record || dice.below(400) == 0 {
        bytes = fresh(dice, header, record, length_max);
    }
    for _ in 0..=dice.below(4) {
        let records = bytes.len().saturating_sub(header) / record;
        let place = |dice: &mut Dice| header + dice.below(records) * record;
        let (from, to) = (place(dice), place(dice));
        let count = 1 + dice.below(records.min(8));
        let end = (from + count * record).min(header + records * record);
        match dice.below(10) {
            0 => {
                let new: Vec<u8> = (0..count * record).map(|_| dice.byte()).collect();
                bytes.splice(from..from, new);
            }
            1 if records > count => drop(bytes.drain(from..end)),
            2 => {
                let copy = bytes[from..end].to_vec();
                bytes.splice(to..to, copy);
            }
            3 => (0..record).for_each(|i| bytes.swap(from + i, to + i)),
            4 if header > 0 => {
                let at = dice.below(header);
                bytes[at] = dice.byte();
            }
            5 => {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            6 => {
                let at = dice.below(bytes.len());
                bytes[at] = bytes[at].wrapping_add([1, 0xff][dice.below(2)]);
            }
            _ => {
                let at = from + dice.below(record);
                bytes[at] = dice.byte();
            }
        }
        bytes.truncate(length_max);
        if bytes.len() < header + record {
            break;
        }
    }
    data[..bytes.len()].copy_from_slice(&bytes);
    bytes.len()
}
