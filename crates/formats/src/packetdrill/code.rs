//! What stands in `%{ … }%`: assertions over `tcpi_` fields, in the small part of Python that scripts use.

use std::collections::BTreeMap;

use super::ast::{Code, Place, ScriptError};

/// A value of an expression.
#[derive(Clone, PartialEq, Debug)]
enum Value {
    Integer(i128),
    Real(f64),
    Text(String),
    List(Vec<Value>),
}

impl Value {
    fn real(&self) -> Option<f64> {
        match self {
            Value::Integer(value) => Some(*value as f64),
            Value::Real(value) => Some(*value),
            _ => None,
        }
    }

    fn truth(&self) -> bool {
        match self {
            Value::Integer(value) => *value != 0,
            Value::Real(value) => *value != 0.0,
            Value::Text(text) => !text.is_empty(),
            Value::List(list) => !list.is_empty(),
        }
    }
}

/// Why a block did not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CodeError {
    /// Something in it is not understood, or not there.
    NotUnderstood(ScriptError),
    /// An assertion is false; the values of the names in it.
    False {
        /// Where the assertion stands.
        place: Place,
        /// The assertion as written.
        text: String,
        /// `name = value` of each field in it.
        values: Vec<(String, i128)>,
    },
}

/// Variables that blocks of one script have set.
#[derive(Clone, Debug, Default)]
pub struct Variables(BTreeMap<String, Value>);

/// Runs the statements of a block. `lookup` gives the value of a `tcpi_` field or a constant; `None` if there is none of that name.
///
/// # Errors
/// The first assertion that does not hold, or the first thing that is not understood.
pub fn run(
    code: &Code,
    variables: &mut Variables,
    lookup: &dyn Fn(&str) -> Option<i128>,
) -> Result<(), CodeError> {
    let bytes = code.text.as_bytes();
    let mut start = 0;
    while start < bytes.len() {
        let end = statement_end(bytes, start);
        let text = &code.text[start..end];
        // A backslash continues a line, also one that has only just begun.
        let body = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\\');
        let place = place_of(code, start + (text.len() - body.len()));
        let text = body.trim();
        if !text.is_empty() && !text.starts_with('#') {
            statement(text, place, variables, lookup)?;
        }
        start = end + 1;
    }
    Ok(())
}

/// Where the statement ends: at a newline or semicolon outside brackets, quotes and continued lines.
fn statement_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut at = start;
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'\\' => at += 1,
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => {}
            b'"' | b'\'' => quote = Some(byte),
            b'#' => {
                while at + 1 < bytes.len() && bytes[at + 1] != b'\n' {
                    at += 1;
                }
            }
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth = depth.saturating_sub(1),
            b'\n' | b';' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn place_of(code: &Code, offset: usize) -> Place {
    let before = &code.text[..offset];
    match before.rfind('\n') {
        None => Place {
            line: code.place.line,
            column: code.place.column + before.chars().count() as u32,
        },
        Some(last) => Place {
            line: code.place.line + before.matches('\n').count() as u32,
            column: before[last + 1..].chars().count() as u32 + 1,
        },
    }
}

fn statement(
    text: &str,
    place: Place,
    variables: &mut Variables,
    lookup: &dyn Fn(&str) -> Option<i128>,
) -> Result<(), CodeError> {
    if text.starts_with("print") || text.starts_with("import ") || text == "pass" {
        return Ok(());
    }
    let assertion = text
        .strip_prefix("assert")
        .filter(|rest| rest.starts_with([' ', '\t', '(']));
    let (target, body) = match assertion {
        Some(body) => (None, body),
        None => match assignment(text) {
            Some((name, body)) => (Some(name), body),
            None => {
                return Err(CodeError::NotUnderstood(ScriptError::new(
                    place,
                    format!("only assertions are understood here, not «{text}»"),
                )));
            }
        },
    };
    let mut evaluation = Evaluation {
        rest: body,
        variables,
        lookup,
        used: Vec::new(),
    };
    let value = evaluation
        .disjunction()
        .and_then(|value| {
            evaluation.skip();
            // What follows a comma is the message of the assertion.
            if evaluation.rest.is_empty() || evaluation.rest.starts_with(',') {
                Ok(value)
            } else {
                Err("this is not understood".to_owned())
            }
        })
        .map_err(|message| {
            let offset = body.len() - evaluation.rest.len() + (text.len() - body.len());
            let column = place.column + text[..offset].chars().count() as u32;
            CodeError::NotUnderstood(ScriptError::new(Place { column, ..place }, message))
        })?;
    let used = evaluation.used;
    match target {
        Some(name) => {
            variables.0.insert(name.to_owned(), value);
            Ok(())
        }
        None if value.truth() => Ok(()),
        None => Err(CodeError::False {
            place,
            text: text.to_owned(),
            values: used,
        }),
    }
}

/// `name = expression`, but not `name == expression`.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, body) = text.split_once('=')?;
    let name = name.trim();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !body.starts_with('=')).then_some((name, body))
}

struct Evaluation<'a> {
    rest: &'a str,
    variables: &'a Variables,
    lookup: &'a dyn Fn(&str) -> Option<i128>,
    used: Vec<(String, i128)>,
}

type Outcome = Result<Value, String>;

impl Evaluation<'_> {
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            match self.rest.strip_prefix('\\') {
                Some(rest) => self.rest = rest,
                None => return,
            }
        }
    }

    fn accept(&mut self, sign: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn accept_word(&mut self, word: &str) -> bool {
        self.skip();
        match self.rest.strip_prefix(word) {
            Some(rest) if !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn disjunction(&mut self) -> Outcome {
        let mut left = self.conjunction()?;
        while self.accept_word("or") {
            let right = self.conjunction()?;
            if !left.truth() {
                left = right;
            }
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Outcome {
        let mut left = self.negation()?;
        while self.accept_word("and") {
            let right = self.negation()?;
            if left.truth() {
                left = right;
            }
        }
        Ok(left)
    }

    fn negation(&mut self) -> Outcome {
        if self.accept_word("not") {
            let value = self.negation()?;
            return Ok(Value::Integer(i128::from(!value.truth())));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Outcome {
        let mut left = self.arithmetic(0)?;
        let mut holds = true;
        let mut compared = false;
        loop {
            let operator = ["==", "!=", "<=", ">=", "<>"]
                .into_iter()
                .find(|sign| self.accept(sign))
                .or_else(|| self.single("<"))
                .or_else(|| self.single(">"))
                .or_else(|| self.accept_word("in").then_some("in"));
            let Some(operator) = operator else { break };
            let right = self.arithmetic(0)?;
            holds &= compare(&left, operator, &right)?;
            compared = true;
            left = right;
        }
        Ok(if compared {
            Value::Integer(i128::from(holds))
        } else {
            left
        })
    }

    /// A one-character comparison that is not the beginning of a shift.
    fn single(&mut self, sign: &'static str) -> Option<&'static str> {
        self.skip();
        let doubled = self.rest.strip_prefix(sign)?.starts_with(sign);
        if doubled {
            return None;
        }
        self.accept(sign).then_some(sign)
    }

    fn arithmetic(&mut self, level: usize) -> Outcome {
        const LEVELS: [&[&str]; 6] = [
            &["|"],
            &["^"],
            &["&"],
            &["<<", ">>"],
            &["+", "-"],
            &["*", "//", "/", "%"],
        ];
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.arithmetic(level + 1)?;
        while let Some(operator) = operators.iter().find(|sign| self.accept(sign)) {
            let right = self.arithmetic(level + 1)?;
            left = operate(&left, operator, &right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Outcome {
        if self.accept("-") {
            return match self.unary()? {
                Value::Integer(value) => Ok(Value::Integer(-value)),
                Value::Real(value) => Ok(Value::Real(-value)),
                _ => Err("a number is wanted here".to_owned()),
            };
        }
        if self.accept("~") {
            return match self.unary()? {
                Value::Integer(value) => Ok(Value::Integer(!value)),
                _ => Err("a whole number is wanted here".to_owned()),
            };
        }
        if self.accept("+") {
            return self.unary();
        }
        self.operand()
    }

    fn operand(&mut self) -> Outcome {
        self.skip();
        if self.accept("(") {
            let list = self.items(")")?;
            return Ok(match <[Value; 1]>::try_from(list) {
                Ok([value]) => value,
                Err(list) => Value::List(list),
            });
        }
        if self.accept("[") {
            return Ok(Value::List(self.items("]")?));
        }
        let rest = self.rest;
        let first = rest.chars().next();
        if let Some(quote @ ('"' | '\'')) = first {
            let end = rest[1..].find(quote).ok_or("this string has no end")?;
            self.rest = &rest[end + 2..];
            return Ok(Value::Text(rest[1..=end].to_owned()));
        }
        let word = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
            .unwrap_or(rest.len());
        let word = &rest[..word];
        if word.is_empty() {
            return Err("a value is wanted here".to_owned());
        }
        if word.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let value = if let Some(digits) = word.strip_prefix("0x") {
                i128::from_str_radix(digits, 16).ok().map(Value::Integer)
            } else if word.contains('.') || word.contains('e') {
                word.parse().ok().map(Value::Real)
            } else {
                word.trim_end_matches('L').parse().ok().map(Value::Integer)
            };
            let value = value.ok_or("this is not a number")?;
            self.rest = &rest[word.len()..];
            return Ok(value);
        }
        match word {
            "True" | "False" => {
                self.rest = &rest[word.len()..];
                return Ok(Value::Integer(i128::from(word == "True")));
            }
            "abs" | "min" | "max" | "int" | "float" | "len" | "round" => {
                self.rest = &rest[word.len()..];
                if !self.accept("(") {
                    return Err("«(» is wanted here".to_owned());
                }
                let arguments = self.items(")")?;
                return function(word, &arguments);
            }
            _ => {}
        }
        if let Some(value) = self.variables.0.get(word) {
            self.rest = &rest[word.len()..];
            return Ok(value.clone());
        }
        let value = (self.lookup)(word).ok_or_else(|| format!("«{word}» is not there"))?;
        self.rest = &rest[word.len()..];
        if word.starts_with("tcpi_") && !self.used.iter().any(|(name, _)| name == word) {
            self.used.push((word.to_owned(), value));
        }
        Ok(Value::Integer(value))
    }

    fn items(&mut self, close: &str) -> Result<Vec<Value>, String> {
        let mut items = Vec::new();
        while !self.accept(close) {
            items.push(self.disjunction()?);
            if !self.accept(",") {
                if self.accept(close) {
                    break;
                }
                return Err(format!("«{close}» is wanted here"));
            }
        }
        Ok(items)
    }
}

fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
    if operator == "in" {
        return match right {
            Value::List(list) => Ok(list.contains(left)),
            _ => Err("a list is wanted after «in»".to_owned()),
        };
    }
    let ordering = match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => match (left.real(), right.real()) {
            (Some(left), Some(right)) => left.partial_cmp(&right),
            _ => None,
        },
    };
    let ordering = ordering.ok_or("these two cannot be compared")?;
    Ok(match operator {
        "==" => ordering.is_eq(),
        "!=" | "<>" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        ">" => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
}

fn operate(left: &Value, operator: &str, right: &Value) -> Outcome {
    const WRONG: &str = "these two do not fit this operation";
    if let (Value::Integer(left), Value::Integer(right)) = (left, right) {
        let (left, right) = (*left, *right);
        let value = match operator {
            "|" => Some(left | right),
            "^" => Some(left ^ right),
            "&" => Some(left & right),
            "<<" => u32::try_from(right).ok().and_then(|n| left.checked_shl(n)),
            ">>" => u32::try_from(right).ok().and_then(|n| left.checked_shr(n)),
            "+" => left.checked_add(right),
            "-" => left.checked_sub(right),
            "*" => left.checked_mul(right),
            "//" => left.checked_div_euclid(right),
            "%" => left.checked_rem_euclid(right),
            _ if right != 0 => return Ok(Value::Real(left as f64 / right as f64)),
            _ => None,
        };
        return value.map(Value::Integer).ok_or_else(|| WRONG.to_owned());
    }
    let (Some(left), Some(right)) = (left.real(), right.real()) else {
        return Err(WRONG.to_owned());
    };
    Ok(Value::Real(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right != 0.0 => left / right,
        _ => return Err(WRONG.to_owned()),
    }))
}

fn function(name: &str, arguments: &[Value]) -> Outcome {
    let pick = |less: bool| {
        let mut best: Option<&Value> = None;
        for value in arguments {
            if best.is_none_or(|best| {
                compare(value, if less { "<" } else { ">" }, best).unwrap_or(false)
            }) {
                best = Some(value);
            }
        }
        best.cloned()
    };
    let value = match (name, arguments) {
        ("abs", [Value::Integer(value)]) => Some(Value::Integer(value.abs())),
        ("abs", [Value::Real(value)]) => Some(Value::Real(value.abs())),
        ("int", [value]) => value.real().map(|v| Value::Integer(v as i128)),
        ("round", [value]) => value.real().map(|v| Value::Integer(v.round() as i128)),
        ("float", [value]) => value.real().map(Value::Real),
        ("len", [Value::List(list)]) => Some(Value::Integer(list.len() as i128)),
        ("min", _) => pick(true),
        ("max", _) => pick(false),
        _ => None,
    };
    value.ok_or_else(|| format!("these arguments do not fit {name}()"))
}
