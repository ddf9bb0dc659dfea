//! An endpoint is brought to any state and then given any bytes: as a datagram,
//! as a segment or an ICMP message of its connection, or as changes to what the
//! other end really sent.

use tcp::wire::{Envelope, PROTOCOL_ICMP, PROTOCOL_TCP, checksum};

use super::pair::{HEADER, Pair, address};

/// Bytes of a record.
pub const RECORD: usize = 48;

/// Plays an input.
pub fn play(data: &[u8]) {
    let Some((header, records)) = data.split_first_chunk::<HEADER>() else {
        return;
    };
    let mut pair = Pair::brought(header);
    for record in records.chunks(RECORD) {
        let Some((&kind, bytes)) = record.split_first() else {
            return;
        };
        let side = usize::from(kind & 1);
        let bytes = &bytes[..bytes.len().min(usize::from(kind >> 4) * 4)];
        match kind >> 1 & 7 {
            0 => pair.give(side, bytes),
            1 | 2 => {
                let segment = fitting(&pair, side, bytes, kind & 2 == 0);
                pair.give(side, &segment);
            }
            3 => {
                let message = icmp(&pair, side, bytes);
                pair.give(side, &message);
            }
            4 | 5 => {
                // What really comes, with some bytes changed.
                let Some(mut honest) = pair.wire[1 - side].first().cloned() else {
                    continue;
                };
                for change in bytes.chunks_exact(2) {
                    let at = usize::from(change[0]) % honest.len();
                    honest[at] ^= change[1];
                }
                if kind & 2 == 0 {
                    honest.truncate(honest.len() - usize::from(kind >> 4) % honest.len());
                }
                pair.give(side, &honest);
            }
            6 => {
                // Checksums are looked at by now and then only, so that what lies behind them is reached, too.
                let mut settings = pair.stacks[side].settings().clone();
                settings.verify_checksums = !settings.verify_checksums;
                let now = pair.now;
                pair.stacks[side].configure(now, settings);
            }
            _ => pair.follow(bytes),
        }
    }
    pair.finish();
}

/// A segment of the connection; numbers and ports are given as what they differ by from those that fit.
fn fitting(pair: &Pair, side: usize, bytes: &[u8], right_sum: bool) -> Vec<u8> {
    let mut segment = bytes.to_vec();
    segment.resize(segment.len().max(20), 0);
    let (rcv_nxt, snd_una) = pair.stacks[side]
        .sockets()
        .iter()
        .rev()
        .find(|status| status.remote.is_some())
        .map_or((0, 0), |status| (status.rcv_nxt.0, status.snd_una.0));
    let mut xor = |at: usize, with: &[u8]| {
        segment[at..]
            .iter_mut()
            .zip(with)
            .for_each(|(byte, with)| *byte ^= with)
    };
    xor(0, &address(1 - side).port().to_be_bytes());
    xor(2, &address(side).port().to_be_bytes());
    xor(4, &rcv_nxt.to_be_bytes());
    xor(8, &snd_una.to_be_bytes());
    xor(12, &[0x50, 0x10]);
    if right_sum {
        segment[16..18].fill(0);
        let (source, destination) = (address(1 - side).ip(), address(side).ip());
        let mut sum =
            checksum::Sum::pseudo_header(source, destination, PROTOCOL_TCP, segment.len());
        sum.add(&segment);
        let right = sum.finish();
        segment[16..18].copy_from_slice(&right.to_be_bytes());
    }
    enveloped(side, PROTOCOL_TCP, &segment)
}

/// An ICMP message about a segment this side sent, or would have.
fn icmp(pair: &Pair, side: usize, bytes: &[u8]) -> Vec<u8> {
    let mut message = [3, 0, 0, 0, 0, 0, 0, 0].to_vec();
    let quoted = pair.wire[side]
        .last()
        .cloned()
        .unwrap_or_else(|| fitting(pair, 1 - side, &[], false));
    message.extend(&quoted[..quoted.len().min(48)]);
    for (at, change) in message.iter_mut().zip(bytes) {
        *at ^= change;
    }
    message[2..4].fill(0);
    let right = checksum::checksum(&message);
    message[2..4].copy_from_slice(&right.to_be_bytes());
    enveloped(side, PROTOCOL_ICMP, &message)
}

fn enveloped(side: usize, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Envelope::new(address(1 - side).ip(), address(side).ip())
        .write(&mut bytes, protocol, payload.len())
        .expect("it is short");
    bytes.extend(payload);
    bytes
}
