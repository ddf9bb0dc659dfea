//! TCP options (RFC 9293 3.2, RFC 2018, RFC 7323): read one by one, read all at
//! once, and written.

use core::fmt;

use super::checksum::fold;
use super::{be16, be32};
use crate::seq::Seq;
use crate::settings::OptionOrder;

/// The options of a header never take more.
pub const OPTIONS_MAXIMUM: usize = 40;

const END: u8 = 0;
const NOP: u8 = 1;
const MSS: u8 = 2;
const WINDOW_SCALE: u8 = 3;
const SACK_PERMITTED: u8 = 4;
const SACK: u8 = 5;
const TIMESTAMPS: u8 = 8;

// Whole words as they stand in headers: an option, and NOPs that align it.
const WORD_MSS: u32 = u32::from_be_bytes([MSS, 4, 0, 0]);
const WORD_SCALE: u32 = u32::from_be_bytes([NOP, WINDOW_SCALE, 3, 0]);
const WORD_SACK_PERMITTED: u32 = u32::from_be_bytes([NOP, NOP, SACK_PERMITTED, 2]);
const WORD_TIMESTAMPS: u32 = u32::from_be_bytes([NOP, NOP, TIMESTAMPS, 10]);
const WORD_SACK_TIMESTAMPS: u32 = u32::from_be_bytes([SACK_PERMITTED, 2, TIMESTAMPS, 10]);

/// The two values of a timestamps option (RFC 7323 3.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Timestamps {
    /// TSval: the sender's clock.
    pub value: u32,
    /// TSecr: what it echoes; only meaningful with ACK.
    pub echo: u32,
}

/// A run of bytes that has arrived: `left` is its first number, `right` the one
/// just after its last (RFC 2018 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
#[allow(missing_docs)]
pub struct SackBlock {
    pub left: Seq,
    pub right: Seq,
}

impl SackBlock {
    /// How many numbers it covers.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.right.since(self.left)
    }

    /// Whether it covers none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.left.0 == self.right.0
    }
}

/// Up to four blocks, in the order of the option.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SackBlocks {
    blocks: [SackBlock; 4],
    count: u8,
}

impl SackBlocks {
    /// No blocks.
    pub const EMPTY: SackBlocks = SackBlocks {
        blocks: [SackBlock {
            left: Seq(0),
            right: Seq(0),
        }; 4],
        count: 0,
    };

    /// The first four of `blocks`.
    #[must_use]
    pub fn new(blocks: &[SackBlock]) -> SackBlocks {
        let mut all = SackBlocks::EMPTY;
        for &block in blocks {
            all.push(block);
        }
        all
    }

    /// Adds one at the end; `false` when there is no room.
    pub fn push(&mut self, block: SackBlock) -> bool {
        match self.blocks.get_mut(usize::from(self.count)) {
            Some(place) => {
                *place = block;
                self.count += 1;
                true
            }
            None => false,
        }
    }

    /// The blocks.
    #[must_use]
    pub fn as_slice(&self) -> &[SackBlock] {
        self.blocks.get(..usize::from(self.count)).unwrap_or(&[])
    }

    /// Keeps at most `count` blocks.
    pub fn truncate(&mut self, count: usize) {
        self.count = self.count.min(count.min(4) as u8);
        for block in self.blocks.iter_mut().skip(usize::from(self.count)) {
            *block = SackBlock::default();
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Debug for SackBlocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.as_slice()).finish()
    }
}

/// An option whose length byte cannot be right (MUST-7).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct IllegalOption {
    /// Its kind byte.
    pub kind: u8,
    /// Its length byte; 0 where the header ends before it.
    pub length: u8,
    /// Where it starts, in bytes from the start of the options.
    pub offset: u8,
}

/// One option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TcpOption<'a> {
    /// Kind 0; what follows it is padding.
    EndOfList,
    /// Kind 1.
    NoOperation,
    /// Kind 2, in bytes.
    MaximumSegmentSize(u16),
    /// Kind 3, the shift count as it stands there (RFC 7323 2.3 caps its use at 14).
    WindowScale(u8),
    /// Kind 4.
    SackPermitted,
    /// Kind 5.
    Sack(SackBlocks),
    /// Kind 8.
    Timestamps(Timestamps),
    /// Any other kind, skipped by its length (MUST-6).
    Unknown {
        /// Its kind.
        kind: u8,
        /// What follows the length byte.
        data: &'a [u8],
    },
    /// A length of 0 or 1, past the header's end, or not the one its kind has.
    /// In the first two cases it is the last item: nobody knows where the next starts.
    Illegal(IllegalOption),
}

/// Walks over the options of a header, at any alignment (MUST-64).
#[derive(Clone, Debug)]
pub struct OptionIterator<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> OptionIterator<'a> {
    /// Over the option bytes of a header (without the 20 fixed ones).
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> OptionIterator<'a> {
        OptionIterator { bytes, at: 0 }
    }
}

impl<'a> Iterator for OptionIterator<'a> {
    type Item = TcpOption<'a>;

    fn next(&mut self) -> Option<TcpOption<'a>> {
        let offset = self.at;
        let kind = *self.bytes.get(offset)?;
        match kind {
            END => {
                self.at = self.bytes.len();
                return Some(TcpOption::EndOfList);
            }
            NOP => {
                self.at += 1;
                return Some(TcpOption::NoOperation);
            }
            _ => {}
        }
        let length = self.bytes.get(offset + 1).copied().unwrap_or(0);
        let illegal = TcpOption::Illegal(IllegalOption {
            kind,
            length,
            offset: offset as u8,
        });
        let end = offset + usize::from(length);
        let Some(data) = self.bytes.get(offset + 2..end) else {
            self.at = self.bytes.len();
            return Some(illegal);
        };
        self.at = end;
        Some(match (kind, length) {
            (MSS, 4) => TcpOption::MaximumSegmentSize(be16(data, 0)),
            (WINDOW_SCALE, 3) => TcpOption::WindowScale(data.first().copied().unwrap_or(0)),
            (SACK_PERMITTED, 2) => TcpOption::SackPermitted,
            (SACK, 10 | 18 | 26 | 34) => TcpOption::Sack(blocks_of(data)),
            (TIMESTAMPS, 10) => TcpOption::Timestamps(Timestamps {
                value: be32(data, 0),
                echo: be32(data, 4),
            }),
            (MSS | WINDOW_SCALE | SACK_PERMITTED | SACK | TIMESTAMPS, _) => illegal,
            _ => TcpOption::Unknown { kind, data },
        })
    }
}

fn blocks_of(data: &[u8]) -> SackBlocks {
    let mut blocks = SackBlocks::EMPTY;
    for block in data.chunks_exact(8) {
        blocks.push(SackBlock {
            left: Seq(be32(block, 0)),
            right: Seq(be32(block, 4)),
        });
    }
    blocks
}

/// What the engine uses of a header's options. Of an option that stands there
/// twice the last counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ParsedOptions {
    /// The sender's MSS. To be heeded with SYN only.
    pub mss: Option<u16>,
    /// The sender's shift count, as sent. To be heeded with SYN only.
    pub window_scale: Option<u8>,
    /// The sender can read SACK. To be heeded with SYN only.
    pub sack_permitted: bool,
    /// Timestamps.
    pub timestamps: Option<Timestamps>,
    /// SACK blocks.
    pub sack: SackBlocks,
    /// The first option whose length cannot be right (MUST-7); what could be read before and after it stands in the other fields.
    pub illegal: Option<IllegalOption>,
}

impl ParsedOptions {
    /// Those of a header without any.
    pub const NONE: ParsedOptions = ParsedOptions {
        mss: None,
        window_scale: None,
        sack_permitted: false,
        timestamps: None,
        sack: SackBlocks::EMPTY,
        illegal: None,
    };

    /// Reads the option bytes of a header in one pass.
    #[must_use]
    #[inline(never)]
    pub fn parse(bytes: &[u8]) -> ParsedOptions {
        let mut parsed = ParsedOptions::default();
        // What SYNs and nearly all other segments carry, read straight off; from
        // the first option on that is not of these, or not as it should be, the
        // iterator has its say.
        let mut rest = bytes;
        // As stacks lay them out: each with what aligns it in whole words.
        while let Some((&word, behind)) = rest.split_first_chunk::<4>() {
            let word = u32::from_be_bytes(word);
            if word & 0xffff_0000 == WORD_MSS {
                parsed.mss = Some(word as u16);
            } else if word & 0xffff_ff00 == WORD_SCALE {
                parsed.window_scale = Some(word as u8);
            } else if word == WORD_SACK_PERMITTED {
                parsed.sack_permitted = true;
            } else {
                break;
            }
            rest = behind;
        }
        loop {
            rest = match rest {
                [] | [END, ..] => return parsed,
                [NOP, rest @ ..] => rest,
                [MSS, 4, a, b, rest @ ..] => {
                    parsed.mss = Some(u16::from_be_bytes([*a, *b]));
                    rest
                }
                [WINDOW_SCALE, 3, shift, rest @ ..] => {
                    parsed.window_scale = Some(*shift);
                    rest
                }
                [SACK_PERMITTED, 2, rest @ ..] => {
                    parsed.sack_permitted = true;
                    rest
                }
                [TIMESTAMPS, 10, a, b, c, d, e, f, g, h, rest @ ..] => {
                    parsed.timestamps = Some(Timestamps {
                        value: u32::from_be_bytes([*a, *b, *c, *d]),
                        echo: u32::from_be_bytes([*e, *f, *g, *h]),
                    });
                    rest
                }
                _ => break,
            };
        }
        let others = OptionIterator {
            bytes,
            at: bytes.len() - rest.len(),
        };
        for option in others {
            match option {
                TcpOption::MaximumSegmentSize(mss) => parsed.mss = Some(mss),
                TcpOption::WindowScale(shift) => parsed.window_scale = Some(shift),
                TcpOption::SackPermitted => parsed.sack_permitted = true,
                TcpOption::Sack(blocks) => parsed.sack = blocks,
                TcpOption::Timestamps(timestamps) => parsed.timestamps = Some(timestamps),
                TcpOption::Illegal(illegal) => {
                    parsed.illegal.get_or_insert(illegal);
                }
                TcpOption::EndOfList | TcpOption::NoOperation | TcpOption::Unknown { .. } => {}
            }
        }
        parsed
    }
}

/// What is to be sent, without an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct OptionSet {
    /// Only for segments with SYN (MUST-65).
    pub mss: Option<u16>,
    /// Only for segments with SYN (RFC 7323 2.2).
    pub window_scale: Option<u8>,
    /// Only for segments with SYN (RFC 2018 2).
    pub sack_permitted: bool,
    /// On every segment once both ends have agreed.
    pub timestamps: Option<Timestamps>,
    /// As many of these as there is room for, the first ones first.
    pub sack: SackBlocks,
}

/// Option bytes as they go into a header, always padded to a multiple of four.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OptionBuffer {
    bytes: [u8; OPTIONS_MAXIMUM],
    len: u8,
}

impl OptionBuffer {
    /// No options.
    pub const EMPTY: OptionBuffer = OptionBuffer {
        bytes: [0; OPTIONS_MAXIMUM],
        len: 0,
    };

    /// Appends one option exactly as it is, NOPs and ends of list too; `false`
    /// (and no change) when it does not fit. Illegal ones are not written.
    pub fn push(&mut self, option: TcpOption<'_>) -> bool {
        match option {
            TcpOption::EndOfList => self.put(&[END]),
            TcpOption::NoOperation => self.put(&[NOP]),
            TcpOption::MaximumSegmentSize(mss) => {
                let [a, b] = mss.to_be_bytes();
                self.put(&[MSS, 4, a, b])
            }
            TcpOption::WindowScale(shift) => self.put(&[WINDOW_SCALE, 3, shift]),
            TcpOption::SackPermitted => self.put(&[SACK_PERMITTED, 2]),
            TcpOption::Sack(blocks) => {
                let length = 2 + 8 * blocks.len();
                if length > self.room() {
                    return false;
                }
                self.put(&[SACK, length as u8]);
                for block in blocks.as_slice() {
                    self.put(&block.left.0.to_be_bytes());
                    self.put(&block.right.0.to_be_bytes());
                }
                true
            }
            TcpOption::Timestamps(Timestamps { value, echo }) => {
                let [a, b, c, d] = value.to_be_bytes();
                let [e, f, g, h] = echo.to_be_bytes();
                self.put(&[TIMESTAMPS, 10, a, b, c, d, e, f, g, h])
            }
            TcpOption::Unknown { kind, data } => {
                if 2 + data.len() > self.room() {
                    return false;
                }
                self.put(&[kind, 2 + data.len() as u8]) && self.put(data)
            }
            TcpOption::Illegal(_) => false,
        }
    }

    /// Lays a set out in the order of a policy. Timestamps start at a multiple of
    /// four plus two, so that their values are aligned (RFC 7323 appendix A); SACK
    /// comes last and takes what room is left.
    #[must_use]
    pub fn arranged(order: OptionOrder, set: &OptionSet) -> OptionBuffer {
        // Each option with what aligns it makes whole words, so they are written as words.
        let mut buffer = OptionBuffer::EMPTY;
        let scale = set.window_scale.map(|shift| WORD_SCALE | u32::from(shift));
        if let Some(mss) = set.mss {
            buffer.put_word(WORD_MSS | u32::from(mss));
        }
        match order {
            // MSS, then SACK-permitted fills the two bytes in front of the
            // timestamps, which otherwise are two NOPs.
            OptionOrder::Linux => {
                match (set.sack_permitted, set.timestamps) {
                    (true, Some(timestamps)) => {
                        buffer.put_timestamps(WORD_SACK_TIMESTAMPS, timestamps);
                    }
                    (false, Some(timestamps)) => buffer.put_timestamps(WORD_TIMESTAMPS, timestamps),
                    (true, None) => buffer.put_word(WORD_SACK_PERMITTED),
                    (false, None) => {}
                }
                if let Some(scale) = scale {
                    buffer.put_word(scale);
                }
            }
            OptionOrder::FreeBsd => {
                if let Some(scale) = scale {
                    buffer.put_word(scale);
                }
                match (set.sack_permitted, set.timestamps) {
                    (true, Some(timestamps)) => {
                        buffer.put_timestamps(WORD_SACK_TIMESTAMPS, timestamps);
                    }
                    (false, Some(timestamps)) => buffer.put_timestamps(WORD_TIMESTAMPS, timestamps),
                    // An end of list and zeros pad it.
                    (true, None) => {
                        buffer.push(TcpOption::SackPermitted);
                    }
                    (false, None) => {}
                }
            }
            // By kind number, each brought to a multiple of four by NOPs in front.
            OptionOrder::Rfc => {
                if let Some(scale) = scale {
                    buffer.put_word(scale);
                }
                if set.sack_permitted {
                    buffer.put_word(WORD_SACK_PERMITTED);
                }
                if let Some(timestamps) = set.timestamps {
                    buffer.put_timestamps(WORD_TIMESTAMPS, timestamps);
                }
            }
        }
        let nop = TcpOption::NoOperation;
        let room = buffer.room().saturating_sub(4) / 8;
        if !set.sack.is_empty() && room > 0 {
            let mut blocks = set.sack;
            blocks.truncate(room);
            let _ = buffer.push(nop) && buffer.push(nop) && buffer.push(TcpOption::Sack(blocks));
        }
        buffer
    }

    /// How many SACK blocks still fit beside what `set` holds otherwise.
    #[must_use]
    pub fn sack_room(order: OptionOrder, set: &OptionSet) -> usize {
        let bare = OptionSet {
            sack: SackBlocks::EMPTY,
            ..*set
        };
        (OptionBuffer::arranged(order, &bare)
            .room()
            .saturating_sub(4)
            / 8)
        .min(4)
    }

    /// The bytes, padded with zeros to a multiple of four (MUST-69).
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        self.bytes.get(..self.len()).unwrap_or(&[])
    }

    /// How long they are, padding included: a multiple of four, at most 40.
    #[must_use]
    pub const fn len(&self) -> usize {
        (self.len as usize).next_multiple_of(4)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All the room there is, zeros behind the options.
    pub(crate) fn all(&self) -> &[u8; OPTIONS_MAXIMUM] {
        &self.bytes
    }

    /// The one's-complement sum of the options, as the number it is on the wire.
    pub(crate) fn sum(&self) -> u16 {
        let (longs, _) = self.bytes.as_chunks::<8>();
        let sum = longs.iter().fold(0u64, |sum, long| {
            let (sum, carry) = sum.overflowing_add(u64::from_le_bytes(*long));
            sum.wrapping_add(u64::from(carry))
        });
        fold(sum).swap_bytes()
    }

    fn room(&self) -> usize {
        OPTIONS_MAXIMUM - usize::from(self.len)
    }

    /// Four bytes, given as the number they are on the wire. There is room: all options but SACK take 24 bytes.
    #[inline]
    fn put_word(&mut self, word: u32) {
        self.put(&word.to_be_bytes());
    }

    fn put_timestamps(&mut self, first: u32, timestamps: Timestamps) {
        self.put_word(first);
        self.put_word(timestamps.value);
        self.put_word(timestamps.echo);
    }

    #[inline]
    fn put(&mut self, bytes: &[u8]) -> bool {
        let start = usize::from(self.len);
        match self.bytes.get_mut(start..start + bytes.len()) {
            Some(place) => {
                place.copy_from_slice(bytes);
                self.len += bytes.len() as u8;
                true
            }
            None => false,
        }
    }
}

impl Default for OptionBuffer {
    fn default() -> OptionBuffer {
        OptionBuffer::EMPTY
    }
}

impl fmt::Debug for OptionBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(OptionIterator::new(self.as_slice()))
            .finish()
    }
}
