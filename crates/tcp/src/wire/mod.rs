//! Bytes to segments and back (RFC 9293 3.1, RFC 791, RFC 8200, RFC 792, RFC 4443).
//!
//! Contract for the other crates (the leaf modules fill it in):
//! - `wire::ip::Datagram::parse(&[u8]) -> Result<Datagram<'_>, WireError>` with `source`, `destination: IpAddr`,
//!   `protocol`, `hop_limit`, `payload: &[u8]`, `header_len`; IPv4 header checksum checked on request.
//! - `wire::tcp::Segment::parse(payload) -> Result<Segment<'_>, WireError>`: `source_port`, `destination_port`, `seq`, `ack`,
//!   `flags: Flags`, `window`, `checksum`, `urgent_pointer`, `options() -> impl Iterator<Item = TcpOption<'_>>` (unknown ones
//!   kept, bad lengths as a typed item), `payload()`, `length()` (SEG.LEN, counts SYN and FIN), `checksum_ok(source, destination)`.
//! - `wire::tcp::Flags(u8)` prints as packetdrill does: `S`, `S.`, `.`, `P.`, `F.`, `R`, `R.`.
//! - builders that append to a `Vec<u8>` and make the checksums.
//! - `wire::icmp`: unreachable (codes), too big, time exceeded; with the quoted segment.
