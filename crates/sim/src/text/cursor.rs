//! One line, word by word.

use core::net::IpAddr;

use tcp::time::{Duration, Instant};

use super::{Meant, ParseError, ParseErrorKind};
use crate::run::{Direction, HostId, Ratio};
use crate::trace::Place;

/// A word or a quoted text with its place.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    /// The bytes of a quoted text.
    pub quoted: Option<Vec<u8>>,
    pub column: u32,
}

/// The words of a line and how far they have been read.
pub(super) struct Cursor<'a> {
    pub line: u32,
    words: Vec<Word<'a>>,
    next: usize,
    end_column: u32,
}

/// Boxed, so that what is right does not carry the room for what is wrong.
pub(super) type Parsed<T> = Result<T, Box<ParseError>>;

impl<'a> Cursor<'a> {
    /// Cuts a line into words; a `#` that begins a word begins a comment.
    pub fn new(line: u32, text: &'a str) -> Parsed<Cursor<'a>> {
        let mut words = Vec::new();
        let mut chars = text.char_indices().peekable();
        let mut column = 0;
        let mut end_column = 1;
        while let Some(&(start, c)) = chars.peek() {
            if c.is_whitespace() {
                chars.next();
                column += 1;
                continue;
            }
            if c == '#' {
                break;
            }
            let word_column = column + 1;
            let mut quoted = None;
            if c == '"' {
                chars.next();
                column += 1;
                quoted = Some(quoted_text(
                    line,
                    text,
                    &mut chars,
                    &mut column,
                    word_column,
                )?);
            } else {
                while let Some(&(_, c)) = chars.peek() {
                    if c.is_whitespace() {
                        break;
                    }
                    chars.next();
                    column += 1;
                }
            }
            let end = chars.peek().map_or(text.len(), |&(end, _)| end);
            words.push(Word {
                text: &text[start..end],
                quoted,
                column: word_column,
            });
            end_column = column + 1;
        }
        Ok(Cursor {
            line,
            words,
            next: 0,
            end_column,
        })
    }

    pub fn is_blank(&self) -> bool {
        self.words.is_empty()
    }

    pub fn at_end(&self) -> bool {
        self.next >= self.words.len()
    }

    pub fn peek(&self) -> Option<&str> {
        self.words
            .get(self.next)
            .filter(|w| w.quoted.is_none())
            .map(|w| w.text)
    }

    pub fn column(&self) -> u32 {
        self.words
            .get(self.next)
            .map_or(self.end_column, |w| w.column)
    }

    /// An error at the word that comes next.
    pub fn error(&self, kind: ParseErrorKind) -> Box<ParseError> {
        Box::new(ParseError {
            line: self.line,
            column: self.column(),
            kind,
        })
    }

    /// An error at the word just taken.
    pub fn error_back(&self, kind: ParseErrorKind) -> Box<ParseError> {
        let column = self
            .words
            .get(self.next.wrapping_sub(1))
            .map_or(1, |w| w.column);
        Box::new(ParseError {
            line: self.line,
            column,
            kind,
        })
    }

    pub fn expected(&self, expected: Meant) -> Box<ParseError> {
        let found = self.words.get(self.next).map_or("", |w| w.text);
        self.error(ParseErrorKind::Expected {
            expected,
            found: clip(found),
        })
    }

    /// The next word, whatever it is.
    pub fn word(&mut self, expected: Meant) -> Parsed<&'a str> {
        match self.words.get(self.next) {
            Some(word) if word.quoted.is_none() => {
                self.next += 1;
                Ok(word.text)
            }
            _ => Err(self.expected(expected)),
        }
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let found = self.peek() == Some(word);
        if found {
            self.next += 1;
        }
        found
    }

    pub fn quoted(&mut self) -> Parsed<Vec<u8>> {
        match self.words.get_mut(self.next).and_then(|w| w.quoted.take()) {
            Some(bytes) => {
                self.next += 1;
                Ok(bytes)
            }
            None => Err(self.expected(Meant::Quoted)),
        }
    }

    pub fn next_is_quoted(&self) -> bool {
        self.words
            .get(self.next)
            .is_some_and(|w| w.quoted.is_some())
    }

    /// Takes the next word if `read` makes something of it.
    pub fn try_word<T>(&mut self, read: impl FnOnce(&'a str) -> Option<T>) -> Option<T> {
        let word = self.words.get(self.next).filter(|w| w.quoted.is_none())?;
        let value = read(word.text)?;
        self.next += 1;
        Some(value)
    }

    /// The next word, of which `read` must make something.
    pub fn must<T>(
        &mut self,
        expected: Meant,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Parsed<T> {
        self.try_word(read).ok_or_else(|| self.expected(expected))
    }

    pub fn number<T: TryFrom<u64>>(&mut self, what: Meant) -> Parsed<T> {
        let value: u64 = self.must(what, number)?;
        T::try_from(value).map_err(|_| self.error_back(ParseErrorKind::Range { what }))
    }

    pub fn time(&mut self) -> Parsed<Duration> {
        self.must(Meant::Time, time)
    }

    pub fn instant(&mut self) -> Parsed<Instant> {
        self.time().map(|d| Instant(d.0))
    }

    pub fn ratio(&mut self) -> Parsed<Ratio> {
        self.must(Meant::Ratio, ratio)
    }

    pub fn on_off(&mut self) -> Parsed<bool> {
        self.must(Meant::OnOff, |w| match w {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        })
    }

    /// A time, or `off` for none.
    pub fn time_or_off(&mut self) -> Parsed<Option<Duration>> {
        if self.take("off") {
            Ok(None)
        } else {
            self.time().map(Some)
        }
    }

    pub fn host(&mut self) -> Parsed<HostId> {
        self.must(Meant::Host, host)
    }

    pub fn direction(&mut self) -> Option<Direction> {
        self.try_word(|w| match w {
            "A>B" => Some(Direction::AToB),
            "B>A" => Some(Direction::BToA),
            _ => None,
        })
    }

    pub fn address(&mut self) -> Parsed<IpAddr> {
        self.must(Meant::Address, |w| w.parse().ok())
    }

    /// Nothing more may stand in the line.
    pub fn finish(&self) -> Parsed<()> {
        match self.words.get(self.next) {
            None => Ok(()),
            Some(word) => Err(self.error(ParseErrorKind::Trailing {
                found: clip(word.text),
            })),
        }
    }
}

/// Errors quote what they found, but not a whole novel of it.
pub(super) fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

fn quoted_text(
    line: u32,
    text: &str,
    chars: &mut core::iter::Peekable<core::str::CharIndices<'_>>,
    column: &mut u32,
    word_column: u32,
) -> Parsed<Vec<u8>> {
    let mut bytes = Vec::new();
    let unended = |column| {
        Box::new(ParseError {
            line,
            column,
            kind: ParseErrorKind::Expected {
                expected: Meant::ClosingQuote,
                found: String::new(),
            },
        })
    };
    loop {
        let Some((_, c)) = chars.next() else {
            return Err(unended(word_column));
        };
        *column += 1;
        match c {
            '"' => return Ok(bytes),
            '\\' => {
                let Some((at, c)) = chars.next() else {
                    return Err(unended(word_column));
                };
                *column += 1;
                match c {
                    'n' => bytes.push(b'\n'),
                    'r' => bytes.push(b'\r'),
                    't' => bytes.push(b'\t'),
                    '\\' | '"' => bytes.push(c as u8),
                    'x' => {
                        let byte = text
                            .get(at + 1..at + 3)
                            .and_then(|h| u8::from_str_radix(h, 16).ok());
                        let Some(byte) = byte.filter(|_| !text[at + 1..].starts_with('+')) else {
                            return Err(escape_error(line, *column, c));
                        };
                        bytes.push(byte);
                        chars.next();
                        chars.next();
                        *column += 2;
                    }
                    _ => return Err(escape_error(line, *column, c)),
                }
            }
            _ => {
                let mut buffer = [0; 4];
                bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
        }
    }
}

fn escape_error(line: u32, column: u32, found: char) -> Box<ParseError> {
    Box::new(ParseError {
        line,
        column,
        kind: ParseErrorKind::Expected {
            expected: Meant::Escape,
            found: String::from(found),
        },
    })
}

pub(super) fn host(word: &str) -> Option<HostId> {
    match word {
        "A" => Some(HostId::A),
        "B" => Some(HostId::B),
        _ => None,
    }
}

/// Who emits datagrams.
pub(super) fn origin(word: &str) -> Option<Place> {
    Place::ALL.into_iter().find(|place| place.id() == word)
}

/// Digits only: no sign, no blank.
pub(super) fn number(word: &str) -> Option<u64> {
    if word.is_empty() || !word.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    word.parse().ok()
}

/// `1.5s`: digits, perhaps a point and digits, and a unit; whole microseconds only.
pub(super) fn time(word: &str) -> Option<Duration> {
    let digits_end = word.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (figure, unit) = word.split_at(digits_end);
    let scale: u64 = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "min" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return None,
    };
    let (whole, fraction) = figure.split_once('.').unwrap_or((figure, ""));
    if whole.is_empty() || (figure.contains('.') && fraction.is_empty()) {
        return None;
    }
    let mut micros = number(whole)?.checked_mul(scale)?;
    let mut place = scale;
    for digit in fraction.bytes() {
        if !digit.is_ascii_digit() || !place.is_multiple_of(10) {
            return None;
        }
        place /= 10;
        micros = micros.checked_add(u64::from(digit - b'0') * place)?;
    }
    // The far end of time is kept free for «never».
    (micros <= u64::MAX / 4).then_some(Duration(micros))
}

pub(super) fn ratio(word: &str) -> Option<Ratio> {
    let (numerator, denominator) = word.split_once('/')?;
    let ratio = Ratio {
        numerator: u32::try_from(number(numerator)?).ok()?,
        denominator: u32::try_from(number(denominator)?).ok()?,
    };
    (ratio.denominator > 0 && ratio.numerator <= ratio.denominator).then_some(ratio)
}

/// Bits a second: `2Mbps`, `64kbps`, `9600bps`, `unlimited`.
pub(super) fn bandwidth(word: &str) -> Option<u64> {
    if word == "unlimited" {
        return Some(0);
    }
    let digits_end = word.find(|c: char| !c.is_ascii_digit())?;
    let (figure, unit) = word.split_at(digits_end);
    let scale = match unit {
        "bps" => 1,
        "kbps" => 1_000,
        "Mbps" => 1_000_000,
        "Gbps" => 1_000_000_000,
        _ => return None,
    };
    number(figure)?
        .checked_mul(scale)
        .filter(|bps| (1..=1_000_000_000_000).contains(bps))
}

/// An id or a key: letters, digits, `-`, `_`, `.`.
pub(super) fn key(word: &str) -> Option<String> {
    let fits = word.len() <= 80
        && word.starts_with(|c: char| c.is_ascii_alphanumeric())
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    fits.then(|| String::from(word))
}

/// A socket's name: a letter, then letters, digits and `-`.
pub(super) fn name(word: &str) -> Option<String> {
    let fits = word.len() <= 40
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| String::from(word))
}
