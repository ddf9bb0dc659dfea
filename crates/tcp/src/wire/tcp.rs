//! The TCP header (RFC 9293 3.1), read and written.

use alloc::vec::Vec;
use core::net::IpAddr;

use super::checksum::{Sum, fold};
use super::ip::V4Envelope;
use super::option::{OptionBuffer, OptionIterator, ParsedOptions};
use super::plain::Plain;
use super::{BuildError, Envelope, Flags, PROTOCOL_TCP, WireError, be16, be32, wire_bytes};
use crate::seq::Seq;

const FIXED: usize = 20;

/// A segment. Its fields are read once; options and payload stay where they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Segment<'a> {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// SEG.SEQ.
    pub seq: Seq,
    /// SEG.ACK; means something only with [`Flags::ACK`].
    pub ack: Seq,
    /// The control bits.
    pub flags: Flags,
    /// SEG.WND, as it stands there, unscaled (MUST-1).
    pub window: u16,
    /// The checksum, as it stands there.
    pub checksum: u16,
    /// SEG.UP; means something only with [`Flags::URG`].
    pub urgent_pointer: u16,
    header_len: u8,
    bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Reads a segment from the payload of a datagram. Reserved bits are ignored.
    /// The checksum is not looked at: see [`Segment::checksum_ok`].
    ///
    /// # Errors
    /// Fewer than 20 bytes, or a data offset that is below 5 or past the end.
    #[inline]
    pub fn parse(bytes: &'a [u8]) -> Result<Segment<'a>, WireError> {
        let fixed: &[u8; FIXED] = bytes.first_chunk().ok_or(WireError::Truncated {
            offset: bytes.len(),
            needed: FIXED,
        })?;
        let header_len = usize::from(fixed[12] >> 4) * 4;
        if header_len < FIXED || header_len > bytes.len() {
            return Err(WireError::DataOffset { found: header_len });
        }
        Ok(Segment {
            source_port: be16(fixed, 0),
            destination_port: be16(fixed, 2),
            seq: Seq(be32(fixed, 4)),
            ack: Seq(be32(fixed, 8)),
            flags: Flags(fixed[13]),
            window: be16(fixed, 14),
            checksum: be16(fixed, 16),
            urgent_pointer: be16(fixed, 18),
            header_len: header_len as u8,
            bytes,
        })
    }

    /// The same for one that was read already. `bytes` are its header and data.
    pub(crate) fn of_parts(bytes: &'a [u8], plain: &Plain<'_>, header_len: u8) -> Segment<'a> {
        let (checksum, urgent_pointer) = plain.others();
        Segment {
            source_port: (plain.key.ports as u16).swap_bytes(),
            destination_port: ((plain.key.ports >> 16) as u16).swap_bytes(),
            seq: plain.seq,
            ack: plain.ack,
            flags: plain.flags,
            window: plain.window,
            checksum,
            urgent_pointer,
            header_len,
            bytes,
        }
    }

    /// Bytes of the header, options included: 20 to 60.
    #[must_use]
    pub const fn header_len(&self) -> usize {
        self.header_len as usize
    }

    /// The header's bytes, options included.
    #[must_use]
    pub fn header(&self) -> &'a [u8] {
        self.bytes.get(..self.header_len()).unwrap_or(&[])
    }

    /// The options' bytes, padding included.
    #[must_use]
    pub fn option_bytes(&self) -> &'a [u8] {
        self.bytes.get(FIXED..self.header_len()).unwrap_or(&[])
    }

    /// The options one by one (MUST-5: in any segment).
    #[must_use]
    pub fn options(&self) -> OptionIterator<'a> {
        OptionIterator::new(self.option_bytes())
    }

    /// The options the engine uses, in one pass.
    #[must_use]
    #[inline]
    pub fn parsed_options(&self) -> ParsedOptions {
        if self.header_len == FIXED as u8 {
            return ParsedOptions::default();
        }
        ParsedOptions::parse(self.option_bytes())
    }

    /// The data.
    #[must_use]
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.bytes.get(self.header_len()..).unwrap_or(&[])
    }

    /// Header and data.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// SEG.LEN: the numbers it takes up, data, SYN and FIN.
    #[must_use]
    #[inline]
    pub fn length(&self) -> u32 {
        self.payload().len() as u32 + self.flags.sequence_length()
    }

    /// Whether the checksum, pseudo-header included, is right (MUST-3).
    #[must_use]
    pub fn checksum_ok(&self, source: IpAddr, destination: IpAddr) -> bool {
        let mut sum = Sum::pseudo_header(source, destination, PROTOCOL_TCP, self.bytes.len());
        match self.bytes.split_first_chunk() {
            Some((fixed, rest)) => {
                sum.add_plain_header(fixed);
                if !rest.is_empty() {
                    sum.add(rest);
                }
            }
            None => sum.add(self.bytes),
        }
        sum.holds()
    }

    /// What the checksum field should say.
    #[must_use]
    pub fn checksum_right(&self, source: IpAddr, destination: IpAddr) -> u16 {
        let mut sum = Sum::pseudo_header(source, destination, PROTOCOL_TCP, self.bytes.len());
        sum.add(self.bytes.get(..16).unwrap_or(&[]));
        sum.add(self.bytes.get(18..).unwrap_or(&[]));
        sum.finish()
    }
}

/// What the fixed part of a header is to say; data offset and checksum follow
/// from the rest, reserved bits are zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SegmentHeader {
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's port.
    pub destination_port: u16,
    /// SEG.SEQ.
    pub seq: Seq,
    /// SEG.ACK; written as given, so give zero where ACK is clear.
    pub ack: Seq,
    /// The control bits.
    pub flags: Flags,
    /// SEG.WND, already scaled.
    pub window: u16,
    /// SEG.UP.
    pub urgent_pointer: u16,
}

/// Appends a whole datagram: IP header, TCP header, options, payload, checksums
/// (MUST-2). The payload may lie in two pieces, as a ring buffer has it.
///
/// # Errors
/// Addresses of two IP versions, or more than 65 535 bytes; `out` is as before then.
pub fn write_datagram(
    out: &mut Vec<u8>,
    envelope: &Envelope,
    header: &SegmentHeader,
    options: &OptionBuffer,
    payload: [&[u8]; 2],
) -> Result<(), BuildError> {
    write_segment(out, envelope, header, options.as_slice(), payload)
}

/// The same, with the options as bytes: a multiple of four, at most forty.
pub(crate) fn write_segment(
    out: &mut Vec<u8>,
    envelope: &Envelope,
    header: &SegmentHeader,
    options: &[u8],
    payload: [&[u8]; 2],
) -> Result<(), BuildError> {
    if let Some(envelope) = envelope.as_v4() {
        return write_v4(out, &envelope, header, options, payload);
    }
    let length = FIXED + options.len() + payload[0].len() + payload[1].len();
    out.reserve(envelope.header_len() + length);
    envelope.write(out, PROTOCOL_TCP, length)?;
    let (mut words, plain) = header.words(options.len());
    let mut sum = Sum::pseudo_header(envelope.source, envelope.destination, PROTOCOL_TCP, length);
    sum.add_number(plain);
    for piece in [options, payload[0], payload[1]] {
        sum.add(piece);
    }
    words[4] |= u32::from(sum.finish()) << 16;
    out.extend_from_slice(&wire_bytes::<5, 20>(&words));
    for piece in [options, payload[0], payload[1]] {
        out.extend_from_slice(piece);
    }
    Ok(())
}

/// The same for IPv4, where nearly all of a segment without text is two headers:
/// they are summed as numbers while they are in registers, and written in one go.
#[inline(never)]
pub(crate) fn write_v4(
    out: &mut Vec<u8>,
    envelope: &V4Envelope,
    header: &SegmentHeader,
    options: &[u8],
    payload: [&[u8]; 2],
) -> Result<(), BuildError> {
    let text = payload[0].len() + payload[1].len();
    let length = FIXED + options.len() + text;
    let [a, b, c, d, e] = envelope.words(PROTOCOL_TCP, length)?;
    let ([f, g, h, i, mut j], mut sum) = header.words(options.len());
    // The pseudo-header (RFC 9293 3.1).
    sum += u64::from(d) + u64::from(e) + u64::from(PROTOCOL_TCP) + length as u64;
    // Options are whole words.
    let (options, _) = options.as_chunks::<4>();
    for word in options {
        sum += u64::from(u32::from_be_bytes(*word));
    }
    let checksum = if text == 0 {
        !fold(sum)
    } else {
        let mut all = Sum::new();
        all.add_number(sum);
        for piece in payload {
            if !piece.is_empty() {
                all.add(piece);
            }
        }
        all.finish()
    };
    j |= u32::from(checksum) << 16;
    out.reserve(FIXED + length);
    out.extend_from_slice(&wire_bytes::<10, 40>(&[a, b, c, d, e, f, g, h, i, j]));
    for word in options {
        out.extend_from_slice(word);
    }
    for piece in payload {
        if !piece.is_empty() {
            out.extend_from_slice(piece);
        }
    }
    Ok(())
}

/// The same with options and without payload, as SYNs are: as many bytes are summed
/// and written as options can have, the ones too many being zeros that are cut off again.
pub(crate) fn write_optioned_v4(
    out: &mut Vec<u8>,
    envelope: &V4Envelope,
    header: &SegmentHeader,
    options: &OptionBuffer,
) {
    let length = FIXED + options.len();
    let Ok([a, b, c, d, e]) = envelope.words(PROTOCOL_TCP, length) else {
        return;
    };
    let ([f, g, h, i, j], sum) = header.words(options.len());
    let sum = sum + u64::from(d) + u64::from(e) + u64::from(PROTOCOL_TCP) + length as u64;
    let sum = sum + u64::from(options.sum());
    let j = j | u32::from(!fold(sum)) << 16;
    let end = out.len() + FIXED + length;
    out.reserve(2 * FIXED + options.all().len());
    out.extend_from_slice(&headers(&[a, b, c, d, e, f, g, h, i, j]));
    out.extend_from_slice(options.all());
    out.truncate(end);
}

/// The same without options and payload, as most segments are that open, close
/// or acknowledge: forty bytes.
#[inline(always)]
pub(crate) fn write_bare_v4(out: &mut Vec<u8>, envelope: &V4Envelope, header: &SegmentHeader) {
    const LENGTH: usize = FIXED;
    let Ok([a, b, c, d, e]) = envelope.words(PROTOCOL_TCP, LENGTH) else {
        return;
    };
    let ([f, g, h, i, j], sum) = header.words(0);
    let sum = sum + u64::from(d) + u64::from(e) + u64::from(PROTOCOL_TCP) + LENGTH as u64;
    let j = j | u32::from(!fold(sum)) << 16;
    out.extend_from_slice(&headers(&[a, b, c, d, e, f, g, h, i, j]));
}

/// Two headers as [`super::plain`] reads them: what it takes up in one piece is put
/// down in one piece, else a receiver on the same machine would wait for the bytes to
/// come together.
#[inline(always)]
fn headers(words: &[u32; 10]) -> [u8; 2 * FIXED] {
    let [a, b, c, d, e, f, g, h, i, j] = *words;
    let pair = |first: u32, second: u32| (u64::from(first) << 32 | u64::from(second)).to_be_bytes();
    let mut bytes = [0; 2 * FIXED];
    bytes[..8].copy_from_slice(&pair(a, b));
    bytes[8..12].copy_from_slice(&c.to_be_bytes());
    bytes[12..20].copy_from_slice(&pair(d, e));
    bytes[20..28].copy_from_slice(&pair(f, g));
    bytes[28..36].copy_from_slice(&pair(h, i));
    bytes[36..].copy_from_slice(&j.to_be_bytes());
    bytes
}

impl SegmentHeader {
    /// The fixed part in words, the checksum missing, and their sum.
    #[inline]
    fn words(&self, options_len: usize) -> ([u32; 5], u64) {
        let header_words = ((FIXED + options_len) / 4) as u32;
        let words = [
            u32::from(self.source_port) << 16 | u32::from(self.destination_port),
            self.seq.0,
            self.ack.0,
            header_words << 28 | u32::from(self.flags.0) << 16 | u32::from(self.window),
            u32::from(self.urgent_pointer),
        ];
        (words, words.iter().map(|word| u64::from(*word)).sum())
    }
}
