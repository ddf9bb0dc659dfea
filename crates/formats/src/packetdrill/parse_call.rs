//! System calls and their arguments.

use std::net::IpAddr;

use super::ast::{Call, Expression, ExpressionKind, Field, ScriptError};
use super::lexer::Token;
use super::parser::Parser;
use super::wanted::What;

impl Parser {
    pub(super) fn call(&mut self) -> Result<Call, ScriptError> {
        let end = if self.peek() == Some(&Token::Ellipsis) {
            self.next();
            Some(self.seconds()?)
        } else {
            None
        };
        let place = self.place();
        let name = self.word(What::CallName)?;
        self.expect('(')?;
        let arguments = self.expressions(')')?;
        self.expect('=')?;
        let result = self.expression()?;
        let errno = match self.peek() {
            Some(Token::Word(_)) => Some(self.word(What::Errno)?),
            _ => None,
        };
        if self.is_sign('(') {
            let open = self.place();
            while !self.accept(')') {
                if self.next().is_none() {
                    return Err(ScriptError::new(open, "this note has no end"));
                }
            }
        }
        Ok(Call {
            place,
            end,
            name,
            arguments,
            result,
            errno,
        })
    }

    /// Expressions up to the closing sign, which is consumed.
    fn expressions(&mut self, close: char) -> Result<Vec<Expression>, ScriptError> {
        let mut expressions = Vec::new();
        if self.accept(close) {
            return Ok(expressions);
        }
        loop {
            expressions.push(self.expression()?);
            if self.accept(close) {
                return Ok(expressions);
            }
            self.expect(',')?;
        }
    }

    fn expression(&mut self) -> Result<Expression, ScriptError> {
        let mut left = self.operand()?;
        while self.accept('|') {
            let right = self.operand()?;
            left = Expression {
                place: left.place,
                kind: ExpressionKind::Or(Box::new(left), Box::new(right)),
            };
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expression, ScriptError> {
        let place = self.place();
        let kind = match self.next() {
            Some(Token::Ellipsis) => ExpressionKind::Ellipsis,
            Some(Token::Integer(value) | Token::Hexadecimal(value)) => {
                ExpressionKind::Integer(value)
            }
            Some(Token::Text(text)) => {
                let mut bytes = unescaped(&text);
                while let Some(Token::Text(more)) = self.peek() {
                    bytes.extend(unescaped(&more.clone()));
                    self.next();
                }
                // `"text"...`: the text is only a beginning.
                if self.peek() == Some(&Token::Ellipsis) {
                    self.next();
                }
                ExpressionKind::Text(bytes)
            }
            Some(Token::Address(address)) => ExpressionKind::Address(address),
            Some(Token::Word(word)) => {
                if self.accept('(') {
                    ExpressionKind::Function(word, self.expressions(')')?)
                } else {
                    ExpressionKind::Word(word)
                }
            }
            Some(Token::Sign('[')) => ExpressionKind::List(self.expressions(']')?),
            Some(Token::Sign('{')) => ExpressionKind::Structure(self.fields()?),
            Some(Token::Sign('(')) => {
                let inner = self.expression()?;
                self.expect(')')?;
                inner.kind
            }
            _ => {
                self.back();
                return self.wanted(What::Value);
            }
        };
        Ok(Expression { place, kind })
    }

    fn fields(&mut self) -> Result<Vec<Field>, ScriptError> {
        let mut fields = Vec::new();
        if self.accept('}') {
            return Ok(fields);
        }
        loop {
            fields.push(self.named_field()?);
            if self.accept('}') {
                return Ok(fields);
            }
            self.expect(',')?;
        }
    }

    fn named_field(&mut self) -> Result<Field, ScriptError> {
        let value = self.expression()?;
        if !self.accept('=') {
            return Ok(Field {
                name: None,
                count: None,
                value,
            });
        }
        let (name, count) = match value.kind {
            ExpressionKind::Word(name) => (name, None),
            ExpressionKind::Function(name, mut arguments) if arguments.len() == 1 => {
                (name, arguments.pop())
            }
            _ => {
                return Err(ScriptError::new(
                    value.place,
                    "the name of a member is wanted before «=»",
                ));
            }
        };
        Ok(Field {
            name: Some(name),
            count,
            value: self.expression()?,
        })
    }
}

impl Expression {
    /// An IP address in any of its spellings: bare, quoted, or in `inet_addr("…")`.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match &self.kind {
            ExpressionKind::Address(address) => Some(*address),
            ExpressionKind::Text(text) => std::str::from_utf8(text).ok()?.parse().ok(),
            ExpressionKind::Function(name, arguments)
                if matches!(name.as_str(), "inet_addr" | "inet6_addr" | "inet_pton") =>
            {
                arguments.last()?.address()
            }
            _ => None,
        }
    }
}

/// C escapes to bytes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        let Some((&escape, tail)) = rest.split_first() else {
            bytes.push(b'\\');
            break;
        };
        rest = tail;
        match escape {
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'x' => {
                let digits = rest
                    .iter()
                    .take(2)
                    .take_while(|b| b.is_ascii_hexdigit())
                    .count();
                let value = rest[..digits].iter().fold(0_u8, |value, digit| {
                    value << 4 | (*digit as char).to_digit(16).unwrap_or(0) as u8
                });
                bytes.push(value);
                rest = &rest[digits..];
            }
            b'0'..=b'7' => {
                let digits = rest
                    .iter()
                    .take(2)
                    .take_while(|b| (b'0'..=b'7').contains(b))
                    .count();
                let value = rest[..digits].iter().fold(escape - b'0', |value, digit| {
                    value.wrapping_shl(3) | (digit - b'0')
                });
                bytes.push(value);
                rest = &rest[digits..];
            }
            other => bytes.push(other),
        }
    }
    bytes
}
