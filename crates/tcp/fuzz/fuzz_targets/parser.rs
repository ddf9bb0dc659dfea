//! Any bytes: datagram, segment, options and ICMP are read or refused, and what was read lies within the bytes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tcp::wire::{Datagram, IcmpMessage, Segment};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(datagram) = Datagram::parse(bytes) {
        assert!(datagram.payload.len() <= bytes.len());
        let _ = datagram.header_checksum_ok();
        if let Ok(segment) = Segment::parse(datagram.payload) {
            let _ = segment.checksum_ok(datagram.source, datagram.destination);
        }
        let _ = IcmpMessage::parse(&datagram);
    }
    if let Ok(segment) = Segment::parse(bytes) {
        assert_eq!(segment.header_len() + segment.payload().len(), bytes.len());
        assert!(segment.options().count() <= 40);
        let _ = segment.parsed_options();
        assert!(segment.length() as usize <= segment.payload().len() + 2);
    }
});
