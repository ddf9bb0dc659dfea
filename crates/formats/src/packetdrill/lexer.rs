//! Text to tokens: the longest match wins, as the language's own scanner has it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::ast::{Place, ScriptError};

/// One token.
#[derive(Clone, PartialEq, Debug)]
pub enum Token {
    /// A name.
    Word(String),
    /// A decimal whole number.
    Integer(i64),
    /// A `0x` number.
    Hexadecimal(i64),
    /// A number with a point, as written.
    Decimal(String),
    /// Text in double quotes, escapes still in it.
    Text(String),
    /// Text in back-quotes.
    Command(String),
    /// Text between `%{` and `}%`.
    Code(String),
    /// `--name`.
    Flag(String),
    /// An address.
    Address(IpAddr),
    /// `...`.
    Ellipsis,
    /// Anything else, one character.
    Sign(char),
}

/// A token with its place, and the place of what follows it.
#[derive(Clone, PartialEq, Debug)]
pub struct Lexeme {
    /// The token.
    pub token: Token,
    /// Where it begins.
    pub place: Place,
    /// Whether white space or a comment stands before it.
    pub spaced: bool,
}

struct Scanner<'a> {
    rest: &'a str,
    place: Place,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        for c in taken.chars() {
            if c == '\n' {
                self.place.line += 1;
                self.place.column = 1;
            } else {
                self.place.column += 1;
            }
        }
        self.rest = rest;
        taken
    }

    fn error(&self, message: &str) -> ScriptError {
        ScriptError::new(self.place, message)
    }
}

/// Tokens of a text. `defined` are the names `#ifdef` finds defined.
///
/// # Errors
/// A comment, string, command or block without its end, a conditional without `#endif`, a character no token begins with.
pub fn tokens(text: &str, defined: &[&str]) -> Result<Vec<Lexeme>, ScriptError> {
    let text = conditionals(text, defined)?;
    let mut scanner = Scanner {
        rest: &text,
        place: Place { line: 1, column: 1 },
    };
    let mut lexemes = Vec::new();
    let mut spaced = true;
    while let Some(c) = scanner.peek() {
        if c.is_whitespace() {
            scanner.take(c.len_utf8());
            spaced = true;
            continue;
        }
        if scanner.rest.starts_with("//") || (c == '#' && scanner.place.column == 1) {
            let length = scanner.rest.find('\n').unwrap_or(scanner.rest.len());
            scanner.take(length);
            spaced = true;
            continue;
        }
        if scanner.rest.starts_with("/*") {
            let end = scanner.rest[2..]
                .find("*/")
                .ok_or_else(|| scanner.error("this comment has no end"))?;
            scanner.take(end + 4);
            spaced = true;
            continue;
        }
        let place = scanner.place;
        let token = token(&mut scanner, c)?;
        lexemes.push(Lexeme {
            token,
            place,
            spaced,
        });
        spaced = false;
    }
    Ok(lexemes)
}

fn token(scanner: &mut Scanner<'_>, c: char) -> Result<Token, ScriptError> {
    let rest = scanner.rest;
    if rest.starts_with("...") {
        scanner.take(3);
        return Ok(Token::Ellipsis);
    }
    if let Some(body) = rest.strip_prefix("%{") {
        let end = body
            .find("}%")
            .ok_or_else(|| scanner.error("this %{ has no }%"))?;
        scanner.take(end + 4);
        return Ok(Token::Code(body[..end].to_owned()));
    }
    if c == '"' || c == '`' {
        let end = closing(&rest[1..], c).ok_or_else(|| {
            scanner.error(if c == '"' {
                "this string has no end"
            } else {
                "this command has no end"
            })
        })?;
        let body = rest[1..=end].to_owned();
        scanner.take(end + 2);
        return Ok(if c == '"' {
            Token::Text(body)
        } else {
            Token::Command(body)
        });
    }
    if let Some(name) = rest.strip_prefix("--") {
        let length = word_length(name);
        if length > 0 {
            let name = name[..length].to_owned();
            scanner.take(length + 2);
            return Ok(Token::Flag(name));
        }
    }
    let word = word_length(rest);
    let number = number_length(rest);
    if let Some((address, length)) = address(rest)
        && length > word
        && length > number
    {
        scanner.take(length);
        return Ok(Token::Address(address));
    }
    if number > 0 && number >= word {
        let place = scanner.place;
        let text = scanner.take(number);
        return if text.contains('.') {
            Ok(Token::Decimal(text.to_owned()))
        } else {
            text.parse()
                .map(Token::Integer)
                .map_err(|_| ScriptError::new(place, format!("{text} is too large a number")))
        };
    }
    if let Some(digits) = rest.strip_prefix("0x") {
        let length = digits
            .find(|d: char| !d.is_ascii_hexdigit())
            .unwrap_or(digits.len());
        if length > 0 && length + 2 >= word {
            let place = scanner.place;
            let text = scanner.take(length + 2);
            return u64::from_str_radix(&text[2..], 16)
                .map(|value| Token::Hexadecimal(value as i64))
                .map_err(|_| ScriptError::new(place, format!("{text} is too large a number")));
        }
    }
    if word > 0 {
        return Ok(Token::Word(scanner.take(word).to_owned()));
    }
    if c.is_ascii_graphic() {
        scanner.take(1);
        return Ok(Token::Sign(c));
    }
    Err(scanner.error("no part of the language begins with this character"))
}

/// Where the closing quote stands, skipping what a backslash protects.
fn closing(body: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(text.len())
}

/// Length of a decimal number with an optional minus sign and point; 0 for none.
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let digits = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let whole = digits(sign);
    if bytes.get(sign + whole) == Some(&b'.') {
        let fraction = digits(sign + whole + 1);
        if fraction > 0 {
            return sign + whole + 1 + fraction;
        }
    }
    if whole > 0 { sign + whole } else { 0 }
}

/// The longest address the text begins with. `1:1001` is none: a sequence range has one colon.
fn address(text: &str) -> Option<(IpAddr, usize)> {
    let length = text
        .find(|c: char| !c.is_ascii_hexdigit() && c != ':' && c != '.')
        .unwrap_or(text.len());
    let run = &text[..length];
    if !run.contains("::") && run.matches(':').count() < 7 && run.matches('.').count() < 3 {
        return None;
    }
    (2..=run.len()).rev().find_map(|end| {
        let part = &run[..end];
        part.parse::<Ipv4Addr>()
            .map(IpAddr::V4)
            .or_else(|_| part.parse::<Ipv6Addr>().map(IpAddr::V6))
            .ok()
            .map(|address| (address, end))
    })
}

/// Blanks out the lines that `#ifdef`, `#ifndef`, `#else` and `#endif` exclude, and those lines themselves.
fn conditionals(text: &str, defined: &[&str]) -> Result<String, ScriptError> {
    let mut out = String::with_capacity(text.len());
    let mut open: Vec<(bool, Place)> = Vec::new();
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let place = Place {
            line: index as u32 + 1,
            column: 1,
        };
        let mut words = line.split_whitespace();
        let directive = words.next().unwrap_or("");
        let name = words.next();
        let keep = match directive {
            "#ifdef" | "#ifndef" => {
                let name =
                    name.ok_or_else(|| ScriptError::new(place, "a name is wanted after #ifdef"))?;
                open.push((defined.contains(&name) == (directive == "#ifdef"), place));
                false
            }
            "#else" | "#endif" => {
                let (on, at) = open
                    .pop()
                    .ok_or_else(|| ScriptError::new(place, "there is no #ifdef before this"))?;
                if directive == "#else" {
                    open.push((!on, at));
                }
                false
            }
            "#if" | "#elif" | "#define" | "#undef" | "#include" => {
                return Err(ScriptError::new(
                    place,
                    format!("{directive} is not understood"),
                ));
            }
            _ => open.iter().all(|(on, _)| *on),
        };
        if keep {
            out.push_str(line);
        } else if line.ends_with('\n') {
            out.push('\n');
        }
    }
    match open.pop() {
        Some((_, place)) => Err(ScriptError::new(place, "this has no #endif")),
        None => Ok(out),
    }
}
