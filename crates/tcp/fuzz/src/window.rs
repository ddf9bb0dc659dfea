//! Segments whose numbers lie near the edges of what is expected, with options
//! that do so, too, between calls and honest segments: ten bytes each.

use tcp::seq::Seq;
use tcp::status::Status;
use tcp::wire::{OptionBuffer, SackBlock, SackBlocks, TcpOption, Timestamps};

use super::pair::{Forged, HEADER, Pair};

/// Bytes of a record.
pub const RECORD: usize = 10;

/// Plays an input.
pub fn play(data: &[u8]) {
    let Some((header, records)) = data.split_first_chunk::<HEADER>() else {
        return;
    };
    let mut pair = Pair::brought(header);
    let text = [0x63; 4 * 255];
    for record in records.chunks_exact(RECORD) {
        let &[
            place,
            seq,
            ack,
            flags,
            window,
            length,
            options,
            left,
            right,
            then,
        ] = record
        else {
            return;
        };
        let side = usize::from(place & 1);
        let status = pair.stacks[side]
            .sockets()
            .into_iter()
            .rev()
            .find(|status| status.remote.is_some_and(|remote| remote.port() != 0))
            .or_else(|| pair.stacks[side].status(pair.sockets[side]).ok());
        let Some(status) = status else { continue };
        let edge = status.rcv_nxt.add(status.rcv_wnd);
        let bases = [status.rcv_nxt, edge, status.irs, Seq(0)];
        let acks = [
            status.snd_una,
            status.snd_nxt,
            status.iss,
            status.snd_una.sub(status.snd_wnd),
        ];
        let length = usize::from(length) * 4;
        // A segment that ends, rather than begins, at the place.
        let back = if place & 0x20 != 0 { length as u32 } else { 0 };
        let forged = Forged {
            seq: near(bases[usize::from(place >> 1) & 3], seq).sub(back),
            ack: near(acks[usize::from(place >> 3) & 3], ack),
            flags,
            window: u16::from(window) << (place >> 5),
            urgent_pointer: u16::from(left) * u16::from(right),
            options: laid_out(&status, options, left, right),
            text: &text[..length],
        };
        pair.forge(side, &forged);
        match then >> 5 {
            0..=2 => {}
            3 => pair.deliver_all(),
            4 => pair.wait(side),
            _ => pair.follow(&[then & 0x1f]),
        }
    }
    pair.finish();
}

fn near(base: Seq, by: u8) -> Seq {
    base.add(i32::from(by as i8) as u32)
}

fn laid_out(status: &Status, which: u8, left: u8, right: u8) -> OptionBuffer {
    let mut buffer = OptionBuffer::default();
    if which & 1 != 0 {
        // Ticks of a millisecond: both clocks began together.
        let value = near(Seq(1_000 + u32::from(left) * 8), right).0;
        let _ = buffer.push(TcpOption::NoOperation);
        let _ = buffer.push(TcpOption::NoOperation);
        let _ = buffer.push(TcpOption::Timestamps(Timestamps {
            value,
            echo: u32::from(right) * 16,
        }));
    }
    if which & 2 != 0 {
        let _ = buffer.push(TcpOption::SackPermitted);
        let _ = buffer.push(TcpOption::WindowScale(left));
        let _ = buffer.push(TcpOption::MaximumSegmentSize(u16::from(right) * 8));
    }
    if which & 4 != 0 {
        let from = near(
            if which & 8 != 0 {
                status.snd_nxt
            } else {
                status.snd_una
            },
            left,
        );
        let block = SackBlock {
            left: from,
            right: from.add(u32::from(right) * 16),
        };
        let next = SackBlock {
            left: block.right.add(u32::from(left)),
            right: block.right.add(2 * u32::from(right)),
        };
        let blocks = [block, next, block];
        let _ = buffer.push(TcpOption::Sack(SackBlocks::new(
            &blocks[..usize::from(which >> 4) % 4],
        )));
    }
    if which & 0x40 != 0 {
        let _ = buffer.push(TcpOption::EndOfList);
        let _ = buffer.push(TcpOption::Unknown {
            kind: left,
            data: &[right; 3],
        });
    }
    buffer
}
