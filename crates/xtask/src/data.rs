//! What a module's memory begins with, in the text form that wasm-dis writes.

use std::fmt::Write;

/// The bytes of all data segments as one, with zeroes between them.
pub struct Data {
    start: usize,
    bytes: Vec<u8>,
}

/// A source position, which panics name: path and its length, line, column.
const LOCATION_BYTES: usize = 16;

impl Data {
    /// Puts segments together. Each is ` (data $name (i32.const 1048576) "…")`; others, and none at all, are `None`.
    pub fn read<'a>(segments: impl Iterator<Item = &'a str>) -> Option<Data> {
        let mut parts = Vec::new();
        for segment in segments {
            let (_, rest) = segment.split_once("(i32.const ")?;
            let (start, rest) = rest.split_once(')')?;
            let (_, rest) = rest.split_once('"')?;
            let (text, _) = rest.rsplit_once('"')?;
            parts.push((start.parse::<usize>().ok()?, unescaped(text)?));
        }
        let start = parts.iter().map(|(start, _)| *start).min()?;
        let end = parts.iter().map(|(at, bytes)| at + bytes.len()).max()?;
        let mut bytes = vec![0; end - start];
        for (at, part) in parts {
            bytes[at - start..][..part.len()].copy_from_slice(&part);
        }
        Some(Data { start, bytes })
    }

    /// One segment with all of it. What is zero in it, wasm-opt leaves out again.
    pub fn segment(&self) -> String {
        self.segment_called(0)
    }

    fn segment_called(&self, number: usize) -> String {
        let mut text = format!(" (data $data{number} (i32.const {}) \"", self.start);
        for byte in &self.bytes {
            let _ = write!(text, "\\{byte:02x}");
        }
        text.push_str("\")\n");
        text
    }

    /// Takes a text out, as a segment of another module with the same memory.
    pub fn take(&mut self, text: &[u8]) -> Option<String> {
        let at = self
            .bytes
            .windows(text.len())
            .position(|there| there == text)?;
        let taken = Data {
            start: self.start + at,
            bytes: text.to_vec(),
        };
        self.bytes[at..][..text.len()].fill(0);
        Some(taken.segment_called(at))
    }

    /// Forgets the positions in the source, and the paths in them: panics that say nothing have no use for them.
    pub fn without_locations(mut self) -> Data {
        let locations: Vec<(usize, usize, usize)> = (0..self.bytes.len())
            .step_by(4)
            .filter_map(|at| self.location(at))
            .collect();
        for (at, path, length) in locations {
            self.bytes[at..][..LOCATION_BYTES].fill(0);
            self.bytes[path..][..length].fill(0);
        }
        self
    }

    /// Whether a source position stands there; then also where its path stands, and how long that is.
    fn location(&self, at: usize) -> Option<(usize, usize, usize)> {
        let words = self.bytes.get(at..)?.get(..LOCATION_BYTES)?;
        let word = |index: usize| {
            let bytes = words[4 * index..][..4].try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let path = word(0)?.checked_sub(self.start)?;
        let length = word(1)?;
        let text = self.bytes.get(path..)?.get(..length)?;
        let source = text.ends_with(b".rs") && text.is_ascii() && !text.contains(&0);
        (source && word(2)? > 0 && word(3)? > 0).then_some((at, path, length))
    }
}

/// The bytes of a string in the text form: `\n`, `\"`, `\0a` and plain characters.
fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        out.push(match bytes.next()? {
            b't' => b'\t',
            b'n' => b'\n',
            b'r' => b'\r',
            quoted @ (b'"' | b'\'' | b'\\') => quoted,
            high => {
                let digits = [high, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(segments: &[&str]) -> Data {
        Data::read(segments.iter().copied()).expect("segments")
    }

    #[test]
    fn segments_become_one() {
        let read = data(&[
            " (data $.rodata (i32.const 16) \"a\\n\\\"\\ff\")\n",
            " (data $.rodata.1 (i32.const 22) \"b\")\n",
        ]);
        assert_eq!(
            read.segment(),
            " (data $data0 (i32.const 16) \"\\61\\0a\\22\\ff\\00\\00\\62\")\n"
        );
        assert!(Data::read([" (data $passive \"a\")\n"].into_iter()).is_none());
    }

    #[test]
    fn a_text_is_taken_with_its_place() {
        let mut data = data(&[" (data $.rodata (i32.const 16) \"abc\")\n"]);
        assert_eq!(
            data.take(b"bc").as_deref(),
            Some(" (data $data1 (i32.const 17) \"\\62\\63\")\n")
        );
        assert_eq!(data.take(b"bc"), None);
        assert_eq!(
            data.segment(),
            " (data $data0 (i32.const 16) \"\\61\\00\\00\")\n"
        );
    }

    #[test]
    fn positions_in_the_source_are_forgotten_and_nothing_else() {
        let segment = |position: &str| {
            data(&[&format!(
                " (data $.rodata (i32.const 16) \"src/a.rs{position}rest\")\n"
            )])
            .without_locations()
            .segment()
        };
        let zeroes = "\\00".repeat(24);
        assert_eq!(
            segment("\\10\\00\\00\\00\\08\\00\\00\\00\\07\\00\\00\\00\\01\\00\\00\\00"),
            format!(" (data $data0 (i32.const 16) \"{zeroes}\\72\\65\\73\\74\")\n")
        );
        let no_line = segment("\\10\\00\\00\\00\\08\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00\\00");
        assert!(
            no_line.contains("\\2e\\72\\73"),
            "a text and two numbers: {no_line}"
        );
    }
}
