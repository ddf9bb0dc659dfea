//! Tokens to a script: its options, events and times. Segments are read in `parse_packet`, calls in `parse_call`.

use super::ast::{
    Action, Code, Command, Direction, Event, OptionLine, Place, Script, ScriptError, Time,
};
use super::config::Config;
use super::lexer::{Lexeme, Token, tokens};
use super::wanted::{Found, Wanted, What};

/// Reads a script in either dialect. `definitions` replace words, as `--define=NAME=value` does.
///
/// # Errors
/// The first thing that is not understood, with its place.
pub fn parse(
    text: &str,
    defined: &[&str],
    definitions: &[(String, String)],
) -> Result<Script, ScriptError> {
    let lexemes = tokens(text, defined)?;
    let end = Place {
        line: text.lines().count().max(1) as u32,
        column: text.lines().last().map_or(0, |line| line.chars().count()) as u32 + 1,
    };
    Parser {
        lexemes,
        at: 0,
        end,
    }
    .script(definitions)
}

pub(super) struct Parser {
    lexemes: Vec<Lexeme>,
    at: usize,
    end: Place,
}

/// Thirty years; no sum of such times overflows.
pub(super) const TIME_MAX_US: u64 = 1 << 50;

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<&Token> {
        self.lexemes.get(self.at + ahead).map(|l| &l.token)
    }

    /// Whether white space stands before the next token (true at the end).
    pub(super) fn spaced(&self) -> bool {
        self.lexemes.get(self.at).is_none_or(|l| l.spaced)
    }

    pub(super) fn place(&self) -> Place {
        self.lexemes.get(self.at).map_or(self.end, |l| l.place)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.lexemes.get(self.at).map(|l| l.token.clone());
        self.at += 1;
        token
    }

    /// Steps back over what `next` gave.
    pub(super) fn back(&mut self) {
        self.at -= 1;
    }

    pub(super) fn error<T>(&self, message: impl Into<String>) -> Result<T, ScriptError> {
        Err(ScriptError::new(self.place(), message))
    }

    pub(super) fn wanted<T>(&self, what: What) -> Result<T, ScriptError> {
        let found = self.peek().map_or(Found::End, found);
        Err(ScriptError::wanted(self.place(), Wanted { what, found }))
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.peek() == Some(&Token::Sign(sign))
    }

    pub(super) fn accept(&mut self, sign: char) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, sign: char) -> Result<(), ScriptError> {
        if self.accept(sign) {
            Ok(())
        } else {
            self.wanted(What::Sign(sign))
        }
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(w)) if w == word)
    }

    pub(super) fn accept_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn word(&mut self, what: What) -> Result<String, ScriptError> {
        match self.peek() {
            Some(Token::Word(word)) => {
                let word = word.clone();
                self.at += 1;
                Ok(word)
            }
            _ => self.wanted(what),
        }
    }

    /// A whole number of at most `limit`.
    pub(super) fn number(&mut self, what: What, limit: u64) -> Result<u64, ScriptError> {
        match self.peek() {
            Some(&(Token::Integer(value) | Token::Hexadecimal(value))) => {
                if value < 0 || value as u64 > limit {
                    return self.error(format!("{what} must be between 0 and {limit}"));
                }
                self.at += 1;
                Ok(value as u64)
            }
            _ => self.wanted(what),
        }
    }

    fn script(mut self, definitions: &[(String, String)]) -> Result<Script, ScriptError> {
        let mut script = Script::default();
        while let Some(Token::Flag(name)) = self.peek() {
            let name = name.clone();
            let place = self.place();
            self.at += 1;
            let value = if self.accept('=') {
                Some(self.option_value()?)
            } else {
                None
            };
            script.options.push(OptionLine { place, name, value });
        }
        let own = Config::definitions(&script);
        for (name, value) in definitions.iter().chain(&own) {
            self.substitute(name, value)?;
        }
        if matches!(self.peek(), Some(Token::Command(_))) {
            script.init = Some(self.command()?);
        }
        while self.peek().is_some() {
            if matches!(self.peek(), Some(Token::Command(_))) {
                script.cleanup = Some(self.command()?);
                if self.peek().is_some() {
                    return self.wanted(What::EndAfterCommand);
                }
                break;
            }
            script.events.push(self.event()?);
        }
        Ok(script)
    }

    /// Puts a definition's value in the place of its name, from here on.
    fn substitute(&mut self, name: &str, value: &str) -> Result<(), ScriptError> {
        let value: Vec<Token> = tokens(value, &[])?.into_iter().map(|l| l.token).collect();
        let mut at = self.at;
        while let Some(lexeme) = self.lexemes.get(at).cloned() {
            if matches!(&lexeme.token, Token::Word(word) if word == name) {
                let put = value.iter().map(|token| Lexeme {
                    token: token.clone(),
                    ..lexeme
                });
                self.lexemes.splice(at..=at, put);
                at += value.len();
            } else {
                at += 1;
            }
        }
        Ok(())
    }

    fn option_value(&mut self) -> Result<String, ScriptError> {
        let mut value = String::new();
        loop {
            match self.next() {
                Some(Token::Word(part) | Token::Decimal(part)) => value.push_str(&part),
                Some(Token::Integer(part)) => value.push_str(&part.to_string()),
                Some(Token::Hexadecimal(part)) => value.push_str(&format!("{part:#x}")),
                Some(Token::Address(part)) => value.push_str(&part.to_string()),
                // `--define=NAME="text"` keeps the quotes: they belong to what is put in the name's place.
                Some(Token::Text(part)) if value.ends_with('=') => {
                    value.push_str(&format!("\"{part}\""));
                }
                Some(Token::Text(part)) => value.push_str(&part),
                Some(Token::Command(part)) => value.push_str(&format!("`{part}`")),
                Some(Token::Sign(sign @ ('-' | '/' | '.' | ',' | ':'))) => value.push(sign),
                _ => {
                    self.at -= 1;
                    return self.wanted(What::OptionValue);
                }
            }
            if self.is_sign('=') {
                value.push('=');
                self.at += 1;
                continue;
            }
            if self.spaced() || matches!(self.peek(), None | Some(Token::Flag(_))) {
                return Ok(value);
            }
        }
    }

    fn command(&mut self) -> Result<Command, ScriptError> {
        let place = self.place();
        match self.next() {
            Some(Token::Command(text)) => Ok(Command { place, text }),
            _ => {
                self.at -= 1;
                self.wanted(What::Command)
            }
        }
    }

    fn event(&mut self) -> Result<Event, ScriptError> {
        let place = self.place();
        let time = self.time()?;
        let action = match self.peek() {
            Some(Token::Sign('<')) => self.packet(Direction::Inbound)?,
            Some(Token::Sign('>')) => self.packet(Direction::Outbound)?,
            Some(Token::Command(_)) => Action::Command(self.command()?),
            Some(Token::Code(text)) => {
                let text = text.clone();
                let place = Place {
                    column: self.place().column + 2,
                    ..self.place()
                };
                self.at += 1;
                Action::Code(Code { place, text })
            }
            Some(Token::Word(_) | Token::Ellipsis) => Action::Call(self.call()?),
            _ => return self.wanted(What::Event),
        };
        let outbound = match &action {
            Action::Segment(segment) => segment.direction == Direction::Outbound,
            Action::Icmp(icmp) => icmp.direction == Direction::Outbound,
            _ => false,
        };
        if !outbound && !matches!(time, Time::Relative(_) | Time::Absolute(_)) {
            return Err(ScriptError::new(
                place,
                "«*» and ranges of time belong to expected packets only",
            ));
        }
        Ok(Event {
            place,
            time,
            action,
        })
    }

    fn time(&mut self) -> Result<Time, ScriptError> {
        if self.accept('*') {
            return Ok(Time::Any);
        }
        let place = self.place();
        let relative = self.accept('+');
        let start = self.seconds()?;
        if !self.accept('~') {
            return Ok(if relative {
                Time::Relative(start)
            } else {
                Time::Absolute(start)
            });
        }
        if relative {
            self.expect('+')?;
        }
        let end = self.seconds()?;
        if end < start {
            return Err(ScriptError::new(place, "this range of time is backwards"));
        }
        Ok(if relative {
            Time::RelativeRange(start, end)
        } else {
            Time::AbsoluteRange(start, end)
        })
    }

    /// Seconds with a fraction, as microseconds.
    pub(super) fn seconds(&mut self) -> Result<u64, ScriptError> {
        let micros = match self.peek() {
            Some(Token::Integer(value)) => u64::try_from(*value)
                .ok()
                .and_then(|s| s.checked_mul(1_000_000)),
            Some(Token::Decimal(text)) => micros(text),
            _ => return self.wanted(What::Time),
        };
        match micros {
            Some(micros) if micros < TIME_MAX_US => {
                self.at += 1;
                Ok(micros)
            }
            _ => self.error("this time is out of range"),
        }
    }
}

/// `12.345678` as microseconds; digits beyond the sixth are cut off.
fn micros(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.')?;
    let whole: u64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let mut digits = 0;
    let mut value: u64 = 0;
    for digit in fraction.bytes().take(6) {
        value = value * 10 + u64::from(digit - b'0');
        digits += 1;
    }
    value *= 10_u64.pow(6 - digits);
    whole.checked_mul(1_000_000)?.checked_add(value)
}

/// A token as an error names it.
fn found(token: &Token) -> Found {
    match token {
        Token::Word(word) | Token::Decimal(word) => Found::Written(word.clone()),
        Token::Integer(value) => Found::Written(value.to_string()),
        Token::Hexadecimal(value) => Found::Written(format!("{value:#x}")),
        Token::Text(_) => Found::Text,
        Token::Command(_) => Found::Command,
        Token::Code(_) => Found::Code,
        Token::Flag(name) => Found::Written(format!("--{name}")),
        Token::Address(address) => Found::Written(address.to_string()),
        Token::Ellipsis => Found::Written("...".to_owned()),
        Token::Sign(sign) => Found::Written(sign.to_string()),
    }
}
