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
    let mut at = offset;
    let end = into.len() + len;
    while into.len() < end {
        let line = line(place, socket, at & !(LINE as u32 - 1));
        let from = at as usize % LINE;
        let take = (LINE - from).min(end - into.len());
        into.extend_from_slice(&line[from..from + take]);
        at = at.wrapping_add(take as u32);
    }
}

/// Whether bytes are a stream's pattern from `offset` on.
#[must_use]
pub fn is_pattern(place: Place, socket: u32, offset: u32, bytes: &[u8]) -> bool {
    let mut at = offset;
    let mut rest = bytes;
    while !rest.is_empty() {
        let line = line(place, socket, at & !(LINE as u32 - 1));
        let from = at as usize % LINE;
        let take = (LINE - from).min(rest.len());
        let (now, later) = rest.split_at(take);
        if now != &line[from..from + take] {
            return false;
        }
        rest = later;
        at = at.wrapping_add(take as u32);
    }
    true
}

fn line(place: Place, socket: u32, offset: u32) -> [u8; LINE] {
    let mut line = *b"A.001 00000000 segments on a se\n";
    line[0] = place.id().as_bytes()[0];
    digits(&mut line[2..5], socket);
    digits(&mut line[6..14], offset);
    line
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
        for (from, len) in [(0, 200), (1, 31), (31, 2), (40, 100), (199, 1)] {
            let mut part = Vec::new();
            pattern(Place::A, 1, from, len, &mut part);
            assert_eq!(part, whole[from as usize..from as usize + len]);
            assert!(is_pattern(Place::A, 1, from, &part));
            assert!(!is_pattern(Place::B, 1, from, &whole[..]), "another host's");
        }
    }
}
