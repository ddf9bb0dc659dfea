//! Text files that people have read and found right.

use std::fs;
use std::path::Path;

/// Compares `text` with the file, `path` being that from the repository's top;
/// with `TCP_PLAYGROUND_BLESS` set it writes the file instead.
pub fn compare(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("TCP_PLAYGROUND_BLESS").is_some() {
        fs::write(&file, text).expect("the file can be written");
        return;
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    if kept == text {
        return;
    }
    let first = kept
        .lines()
        .zip(text.lines())
        .position(|(a, b)| a != b)
        .unwrap_or(kept.lines().count().min(text.lines().count()));
    panic!(
        "{path} line {}:\n  kept: {}\n  now:  {}\nIf the new one is right: cargo xtask bless",
        first + 1,
        kept.lines().nth(first).unwrap_or("(end)"),
        text.lines().nth(first).unwrap_or("(end)"),
    );
}

/// FNV-1a, 64 bits.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
