use alloc::vec::Vec;

use super::*;

const KEY: Key = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

#[test]
fn vectors_of_the_authors() {
    // The reference implementation's table, inputs 00 01 02 …, by length.
    let expected: [[u8; 8]; 9] = [
        [0x31, 0x0e, 0x0e, 0xdd, 0x47, 0xdb, 0x6f, 0x72],
        [0xfd, 0x67, 0xdc, 0x93, 0xc5, 0x39, 0xf8, 0x74],
        [0x5a, 0x4f, 0xa9, 0xd9, 0x09, 0x80, 0x6c, 0x0d],
        [0x2d, 0x7e, 0xfb, 0xd7, 0x96, 0x66, 0x67, 0x85],
        [0xb7, 0x87, 0x71, 0x27, 0xe0, 0x94, 0x27, 0xcf],
        [0x8d, 0xa6, 0x99, 0xcd, 0x64, 0x55, 0x76, 0x18],
        [0xce, 0xe3, 0xfe, 0x58, 0x6e, 0x46, 0xc9, 0xcb],
        [0x37, 0xd1, 0x01, 0x8b, 0xf5, 0x00, 0x02, 0xab],
        [0x62, 0x24, 0x93, 0x9a, 0x79, 0xf5, 0xf5, 0x93],
    ];
    for (len, expected) in expected.into_iter().enumerate() {
        assert_eq!(
            sip_hash(&KEY, &KEY[..len]).to_le_bytes(),
            expected,
            "{len} bytes"
        );
    }
    // The worked example in the paper's appendix.
    assert_eq!(sip_hash(&KEY, &KEY[..15]), 0xa129_ca61_49be_45e5);
}

#[test]
fn purpose_ends_and_more_all_count() {
    let a: SocketAddr = "10.0.0.1:1000".parse().unwrap();
    let b: SocketAddr = "10.0.0.2:80".parse().unwrap();
    let base = connection_hash(&KEY, Purpose::InitialSequence, a, b, 0);
    assert_ne!(base, connection_hash(&KEY, Purpose::Cookie, a, b, 0));
    assert_ne!(
        base,
        connection_hash(&KEY, Purpose::InitialSequence, b, a, 0)
    );
    assert_ne!(
        base,
        connection_hash(&KEY, Purpose::InitialSequence, a, b, 1)
    );
    assert_eq!(
        base,
        connection_hash(&KEY, Purpose::InitialSequence, a, b, 0)
    );
}

#[test]
fn an_ipv4_connection_is_hashed_byte_by_byte_as_an_ipv6_one_of_mapped_addresses() {
    let a: SocketAddr = "10.1.2.3:1000".parse().unwrap();
    let b: SocketAddr = "203.0.113.250:65281".parse().unwrap();
    let more = 0x0123_4567_89ab_cdef;
    let mut bytes = Vec::new();
    bytes.push(Purpose::Cookie as u8);
    for (octets, end) in [([10, 1, 2, 3], a), ([203, 0, 113, 250], b)] {
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
        bytes.extend(octets);
        bytes.extend(end.port().to_be_bytes());
    }
    bytes.extend(u64::to_be_bytes(more));
    assert_eq!(
        connection_hash(&KEY, Purpose::Cookie, a, b, more),
        sip_hash(&KEY, &bytes)
    );
}
