use crate::link::{LinkError, fragment_of, text_of};
use crate::pcapng::Writer;

fn blocks(mut bytes: &[u8]) -> Vec<(u32, Vec<u8>)> {
    let word = |at: usize, bytes: &[u8]| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let len = word(4, bytes) as usize;
        assert_eq!(len % 4, 0);
        assert_eq!(
            word(len - 4, bytes) as usize,
            len,
            "both lengths of a block agree"
        );
        found.push((word(0, bytes), bytes[8..len - 4].to_vec()));
        bytes = &bytes[len..];
    }
    found
}

#[test]
fn a_capture_is_whole_blocks() {
    let mut writer = Writer::new();
    let a = writer.interface("A");
    let b = writer.interface("B");
    writer.packet(a, 7, &[0x45, 1, 2, 3, 4], "active-open");
    writer.packet(b, (5 << 32) + 9, &[0x60; 8], "");
    let blocks = blocks(&writer.into_bytes());
    let kinds: Vec<u32> = blocks.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [0x0A0D_0D0A, 1, 1, 6, 6]);
    assert_eq!(
        blocks[3].1[..20],
        [0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0]
    );
    assert_eq!(blocks[3].1[20..28], [0x45, 1, 2, 3, 4, 0, 0, 0]);
    assert_eq!(blocks[3].1[28..43], *b"\x01\0\x0b\0active-open");
    assert_eq!(blocks[4].1[..12], [1, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0]);
}

#[test]
fn a_link_gives_back_its_text() {
    for text in [
        "",
        "tcp-playground 1\n",
        "é한\u{1F600}",
        &"seed 4\n".repeat(10_000),
    ] {
        let fragment = fragment_of(text);
        assert_eq!(text_of(&fragment), Some(Ok(text.to_owned())));
        assert_eq!(
            text_of(&format!("http://h/p?q=1#{fragment}")),
            Some(Ok(text.to_owned()))
        );
    }
    assert!(fragment_of(&"seed 4\n".repeat(10_000)).len() < 1000);
}

#[test]
fn what_is_no_link_is_told_apart_from_a_broken_one() {
    for none in [
        "three-way-handshake",
        "a/file.run",
        "http://h/p",
        "#",
        "vx:",
        "v:",
    ] {
        assert_eq!(text_of(none), None, "{none}");
    }
    for (link, error) in [
        ("v2:AAAA", LinkError::Newer),
        ("#v17z:", LinkError::Newer),
        ("v1:!", LinkError::Garbled),
        ("v1:_w", LinkError::Garbled),
        ("v1z:AAAA", LinkError::Garbled),
    ] {
        assert_eq!(text_of(link), Some(Err(error)), "{link}");
    }
    let bomb = miniz_oxide::deflate::compress_to_vec(&vec![b'a'; 5_000_000], 9);
    let link = format!("v1z:{}", data_encoding::BASE64URL_NOPAD.encode(&bomb));
    assert_eq!(text_of(&link), Some(Err(LinkError::TooLong)));
}
