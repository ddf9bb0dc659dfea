//! What a bad line does to datagrams, by seeded rules: the same seed and the
//! same order of datagrams give the same losses.

use tcp::hash::sip_hash;
use tcp::time::Duration;
use tcp::wire::{Datagram, Flags, PROTOCOL_TCP, Segment};

const MILLION: u64 = 1_000_000;
/// How long a datagram stays behind so that later ones pass it.
const REORDER_TIME: Duration = Duration::from_millis(5);

/// Which way.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From the engine to the operating system.
    Out,
    /// From the operating system to the engine.
    In,
}

/// What each draw is for: one does not change the other.
#[derive(Clone, Copy)]
enum Purpose {
    Loss,
    Duplicate,
    Corrupt,
    Place,
    Reorder,
    Jitter,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Rules {
    /// Parts in a million.
    loss: u64,
    duplicate: u64,
    corrupt: u64,
    reorder: u64,
    delay: Duration,
    jitter: Duration,
    /// The n-th segment (from 1) with these flags (any without) is dropped.
    drops: Vec<(Option<Flags>, u32)>,
    /// How many of each of `drops` have passed.
    passed: Vec<u32>,
    ordinal: u64,
}

/// All rules, both ways.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Impairment {
    seed: u64,
    ways: [Rules; 2],
}

/// What becomes of one datagram.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Fate {
    /// Lost by chance.
    pub lost: bool,
    /// Lost by a `drop` rule.
    pub dropped: bool,
    /// The delays of its copies, one for each that goes on.
    pub copies: Vec<Duration>,
    /// The bit that is turned over, counted from the datagram's first.
    pub corrupted_bit: Option<usize>,
}

impl Impairment {
    /// Reads rules: words in any order, each `in` and `out` for those behind it.
    /// `loss 3% duplicate 1% reorder 2% corrupt 1% delay 20ms jitter 5ms drop S 1`.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str, seed: u64) -> Result<Impairment, String> {
        let mut impairment = Impairment {
            seed,
            ..Impairment::default()
        };
        let mut range = 0..2;
        let mut words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                "out" => range = 0..1,
                "in" => range = 1..2,
                "both" => range = 0..2,
                "drop" => {
                    let (flags, nth) = words
                        .next()
                        .zip(words.next())
                        .ok_or("drop takes flags (or any) and a number")?;
                    let flags = match flags {
                        "any" => None,
                        text => {
                            Some(Flags::from_text(text).ok_or(format!("«{text}» are no flags"))?)
                        }
                    };
                    let nth = nth
                        .parse()
                        .ok()
                        .filter(|nth| *nth > 0)
                        .ok_or(format!("«{nth}» is no number from 1"))?;
                    for rules in &mut impairment.ways[range.clone()] {
                        rules.drops.push((flags, nth));
                        rules.passed.push(0);
                    }
                }
                "loss" | "duplicate" | "corrupt" | "reorder" | "delay" | "jitter" => {
                    let value = words.next().ok_or(format!("{word} takes a value"))?;
                    for rules in &mut impairment.ways[range.clone()] {
                        rules.set(word, value)?;
                    }
                }
                other => return Err(format!("there is no rule «{other}»")),
            }
        }
        Ok(impairment)
    }

    /// What becomes of the next datagram that goes this way.
    pub fn fate(&mut self, way: Way, datagram: &[u8]) -> Fate {
        let seed = self.seed;
        let rules = &mut self.ways[way as usize];
        rules.ordinal += 1;
        let ordinal = rules.ordinal;
        let draw = |purpose: Purpose, copy: u8| {
            let mut key = [0; 16];
            key[..8].copy_from_slice(&seed.to_le_bytes());
            let mut what = [way as u8, purpose as u8, copy, 0, 0, 0, 0, 0, 0, 0, 0];
            what[3..].copy_from_slice(&ordinal.to_le_bytes());
            sip_hash(&key, &what)
        };
        let happens = |purpose, ppm| ppm > 0 && draw(purpose, 0) % MILLION < ppm;
        let mut fate = Fate {
            dropped: rules.dropped(datagram),
            lost: happens(Purpose::Loss, rules.loss),
            ..Fate::default()
        };
        if fate.dropped || fate.lost {
            return fate;
        }
        if happens(Purpose::Corrupt, rules.corrupt) {
            let headers = Datagram::parse(datagram).map_or(0, |d| datagram.len() - d.payload.len());
            let bits = (datagram.len() - headers) as u64 * 8;
            if bits > 0 {
                fate.corrupted_bit = Some(headers * 8 + (draw(Purpose::Place, 0) % bits) as usize);
            }
        }
        let copies = 1 + u8::from(happens(Purpose::Duplicate, rules.duplicate));
        for copy in 0..copies {
            let mut delay = rules.delay;
            if rules.jitter > Duration::ZERO {
                let jitter = draw(Purpose::Jitter, copy) % (rules.jitter.0 + 1);
                delay = delay + Duration(jitter);
            }
            if copy == 0 && happens(Purpose::Reorder, rules.reorder) {
                delay = delay + REORDER_TIME;
            }
            fate.copies.push(delay);
        }
        fate
    }
}

impl Rules {
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        if matches!(name, "delay" | "jitter") {
            let time = Duration::from_text(value)
                .ok_or(format!("{name}: «{value}» is no time such as 20ms"))?;
            match name {
                "delay" => self.delay = time,
                _ => self.jitter = time,
            }
            return Ok(());
        }
        let share = parts_per_million(value)
            .ok_or(format!("{name}: «{value}» is no share such as 3% or 0.5%"))?;
        match name {
            "loss" => self.loss = share,
            "duplicate" => self.duplicate = share,
            "corrupt" => self.corrupt = share,
            _ => self.reorder = share,
        }
        Ok(())
    }

    /// Whether a `drop` rule takes it; every rule that it fits counts it.
    fn dropped(&mut self, datagram: &[u8]) -> bool {
        if self.drops.is_empty() {
            return false;
        }
        let flags = Datagram::parse(datagram)
            .ok()
            .filter(|d| d.protocol == PROTOCOL_TCP)
            .and_then(|d| Segment::parse(d.payload).ok())
            .map(|segment| Flags(segment.flags.0 & !Flags::PSH.0));
        let mut dropped = false;
        for ((wanted, nth), passed) in self.drops.iter().zip(&mut self.passed) {
            if wanted.is_none_or(|wanted| flags == Some(wanted)) {
                *passed += 1;
                dropped |= passed == nth;
            }
        }
        dropped
    }
}

fn parts_per_million(text: &str) -> Option<u64> {
    let (whole, fraction) = {
        let number = text.strip_suffix('%')?;
        number.split_once('.').unwrap_or((number, ""))
    };
    if fraction.len() > 4 || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let share = whole.parse::<u64>().ok()?.checked_mul(10_000)?;
    let share = share + format!("{fraction:0<4}").parse::<u64>().ok()?;
    (share <= MILLION).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        let both = Impairment::parse("loss 3% out delay 20ms, drop S 2; in corrupt 0.25%", 1);
        let both = both.expect("rules");
        assert_eq!(both.ways.each_ref().map(|rules| rules.loss), [30_000; 2]);
        assert_eq!(both.ways[0].delay, Duration::from_millis(20));
        assert_eq!(both.ways[1].delay, Duration::ZERO);
        assert_eq!(both.ways[0].drops, [(Some(Flags::SYN), 2)]);
        assert_eq!(both.ways[1].corrupt, 2_500);
        for wrong in [
            "loss",
            "loss 3",
            "loss 101%",
            "lose 3%",
            "drop S",
            "drop S 0",
            "drop Q 1",
            "delay 5",
        ] {
            assert!(Impairment::parse(wrong, 1).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_losses() {
        let losses = |seed| {
            let mut rules = Impairment::parse("loss 20% duplicate 10%", seed).expect("rules");
            let fates = (0..2_000).map(|_| rules.fate(Way::Out, &[0; 40]));
            fates.collect::<Vec<Fate>>()
        };
        assert_eq!(losses(1), losses(1));
        assert_ne!(losses(1), losses(2));
        let lost = losses(3).iter().filter(|fate| fate.lost).count();
        assert!((300..500).contains(&lost), "{lost} of 2000");
    }

    #[test]
    fn a_drop_rule_takes_the_nth_only() {
        let mut rules = Impairment::parse("in drop any 2", 1).expect("rules");
        let dropped = |rules: &mut Impairment, way| rules.fate(way, &[0; 40]).dropped;
        assert!(!dropped(&mut rules, Way::In));
        assert!(!dropped(&mut rules, Way::Out));
        assert!(dropped(&mut rules, Way::In));
        assert!(!dropped(&mut rules, Way::In));
    }
}
