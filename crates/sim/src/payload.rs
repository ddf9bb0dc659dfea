//! The readable pattern that applications send when nobody gives them a text.
//!
//! Byte k of a stream depends only on (host, socket, k): the trace need not
//! keep it, and a receiver's bytes can be checked one by one.

use crate::trace::Place;

/// `A.1 00000032 the quick brown fox\n` is one line: place, socket (last three digits), offset of the line.
const LINE: usize = 32;

/// Appends `len` bytes of a stream's pattern from `offset` on.
pub fn pattern(place: Place, socket: u32, offset: u32, len: usize, into: &mut Vec<u8>) {
    into.reserve(len);
    let mut lines = Lines::new(place, socket, offset);
    let mut left = len;
    let mut from = offset as usize % LINE;
    while left >= LINE - from {
        into.extend_from_slice(&lines.line[from..]);
        left -= LINE - from;
        from = 0;
        lines.step();
    }
    into.extend_from_slice(&lines.line[from..from + left]);
}

/// Whether bytes are a stream's pattern from `offset` on.
#[must_use]
pub fn is_pattern(place: Place, socket: u32, offset: u32, bytes: &[u8]) -> bool {
    let mut lines = Lines::new(place, socket, offset);
    let from = offset as usize % LINE;
    let (first, rest) = bytes.split_at(bytes.len().min(LINE - from));
    if first != &lines.line[from..from + first.len()] {
        return false;
    }
    let (whole, last) = rest.as_chunks::<LINE>();
    for line in whole {
        lines.step();
        if *line != lines.line {
            return false;
        }
    }
    lines.step();
    *last == lines.line[..last.len()]
}

/// One line after the other: counting up in decimal is cheaper than writing each number anew.
struct Lines {
    line: [u8; LINE],
    offset: u32,
}

/// Where the offset's eight digits stand.
const DIGITS: core::ops::Range<usize> = 6..14;

impl Lines {
    fn new(place: Place, socket: u32, offset: u32) -> Lines {
        let offset = offset & !(LINE as u32 - 1);
        let mut line = *b"A.001 00000000 segments on a se\n";
        line[0] = place.id().as_bytes()[0];
        digits(&mut line[2..5], socket);
        digits(&mut line[DIGITS], offset);
        Lines { line, offset }
    }

    fn step(&mut self) {
        self.offset = self.offset.wrapping_add(LINE as u32);
        let [.., tens, units] = &mut self.line[DIGITS] else {
            return;
        };
        // 32 more: the last two digits by hand, the others when there is a carry.
        let low = (*tens - b'0') * 10 + (*units - b'0') + LINE as u8;
        if low < 100 && self.offset != 0 {
            *tens = b'0' + low / 10;
            *units = b'0' + low % 10;
        } else {
            digits(&mut self.line[DIGITS], self.offset);
        }
    }
}

fn digits(into: &mut [u8], mut number: u32) {
    for place in into.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_cut_of_the_stream_is_the_stream() {
        let mut whole = Vec::new();
        pattern(Place::A, 1, 0, 200, &mut whole);
        assert_eq!(
            &whole[..64],
            b"A.001 00000000 segments on a se\nA.001 00000032 segments on a se\n"
        );
        let mut far = Vec::new();
        pattern(Place::A, 1, 99_999_968, 96, &mut far);
        assert_eq!(&far[..37], b"A.001 99999968 segments on a se\nA.001");
        assert_eq!(
            &far[64..78],
            b"A.001 00000032",
            "eight digits, the lowest ones"
        );
        let mut end = Vec::new();
        pattern(Place::A, 1, u32::MAX - 31, 64, &mut end);
        assert_eq!(end[32..], whole[..32], "and over the end of 32 bits");
        for (from, len) in [(0, 200), (1, 31), (31, 2), (40, 100), (199, 1)] {
            let mut part = Vec::new();
            pattern(Place::A, 1, from, len, &mut part);
            assert_eq!(part, whole[from as usize..from as usize + len]);
            assert!(is_pattern(Place::A, 1, from, &part));
            assert!(!is_pattern(Place::B, 1, from, &whole[..]), "another host's");
        }
    }
}
