//! The outside judge is not blind: what is wrong in a capture, it sees.

use std::net::IpAddr;

use formats::pcapng::Writer;
use tcp::seq::Seq;
use tcp::wire::{Envelope, Flags, OptionBuffer, SegmentHeader, TcpOption, write_datagram};
use tests::tshark::frames;

fn datagram(source: &str, destination: &str, flags: Flags) -> Vec<u8> {
    let address = |text: &str| text.parse::<IpAddr>().expect("an address");
    let header = SegmentHeader {
        source_port: 49152,
        destination_port: 8080,
        seq: Seq(1_000_000_007),
        ack: Seq(0),
        flags,
        window: 65_535,
        urgent_pointer: 0,
    };
    let mut options = OptionBuffer::default();
    options.push(TcpOption::MaximumSegmentSize(1460));
    let mut bytes = Vec::new();
    let envelope = Envelope::new(address(source), address(destination));
    write_datagram(&mut bytes, &envelope, &header, &options, [b"he", b"llo"]).expect("it fits");
    bytes
}

#[test]
fn tshark_reads_what_was_written_and_sees_faults() {
    let mut writer = Writer::new();
    let a = writer.interface("A");
    let b = writer.interface("B");
    let good = datagram("10.0.0.1", "10.0.0.2", Flags::SYN);
    writer.packet(a, 0, &good, "active-open");
    writer.packet(
        b,
        3_600_000_001,
        &datagram("2001:db8::1", "2001:db8::2", Flags::FIN),
        "",
    );
    let mut bad_tcp = good.clone();
    bad_tcp[36] ^= 1;
    writer.packet(a, 3_600_000_002, &bad_tcp, "");
    let mut bad_ip = good.clone();
    bad_ip[8] ^= 1;
    writer.packet(a, 3_600_000_003, &bad_ip, "");
    let mut bad_offset = good.clone();
    bad_offset[32] = 0xF0;
    writer.packet(a, 3_600_000_004, &bad_offset, "");

    let Some(frames) = frames(&writer.into_bytes()) else {
        return;
    };
    assert_eq!(frames.len(), 5);
    let first = &frames[0];
    assert_eq!(
        (
            first.interface.as_str(),
            first.time_us,
            first.comment.as_str()
        ),
        ("A", 0, "active-open")
    );
    assert_eq!((first.source_port, first.destination_port), (49152, 8080));
    assert_eq!(
        (first.seq, first.ack, first.len, first.mss),
        (1_000_000_007, 0, 5, Some(1460))
    );
    assert_eq!((first.arrow().as_str(), first.length()), (">S", 6));
    assert!(first.checksums_good && !first.malformed, "{first:?}");
    assert!(frames[1].checksums_good, "{:?}", frames[1]);
    assert_eq!(
        (frames[1].arrow().as_str(), frames[1].time_us),
        ("<F", 3_600_000_001)
    );
    assert!(
        !frames[2].checksums_good && !frames[2].remarks.is_empty(),
        "{:?}",
        frames[2]
    );
    assert!(!frames[3].checksums_good, "{:?}", frames[3]);
    assert!(
        frames[4].malformed || !frames[4].remarks.is_empty(),
        "{:?}",
        frames[4]
    );
}
