//! Structured answers as JSON text, which a page reads in one go.
//!
//! Names and ids are ours and need no escapes; texts are escaped. The methods
//! are few, small and never inlined: what calls them stays small, too.

use view::text::push_number;

/// A JSON text under construction.
#[derive(Clone, PartialEq, Debug)]
pub struct Json(String);

impl Json {
    /// An object, open.
    #[must_use]
    pub fn object() -> Json {
        Json(String::from("{"))
    }

    /// A list, open.
    #[must_use]
    pub fn list() -> Json {
        Json(String::from("["))
    }

    /// The text as far as it goes.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    /// Puts a comma where one is due.
    fn comma(&mut self) {
        if !matches!(self.0.as_bytes().last(), Some(b'{' | b'[' | b':')) {
            self.0.push(',');
        }
    }

    #[inline(never)]
    fn key(&mut self, name: &str) {
        self.comma();
        self.0.push('"');
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    #[inline(never)]
    fn quoted(&mut self, text: &str) {
        self.0.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => {
                    self.0.push('\\');
                    self.0.push(c);
                }
                '\0'..='\u{1f}' => {
                    self.0.push_str("\\u00");
                    for digit in [c as u32 >> 4, c as u32 & 15] {
                        self.0.push(char::from_digit(digit, 16).unwrap_or('0'));
                    }
                }
                _ => self.0.push(c),
            }
        }
        self.0.push('"');
    }

    /// Opens an object in a field.
    #[inline(never)]
    pub fn begin(&mut self, name: &str) {
        self.key(name);
        self.0.push('{');
    }

    /// Opens an object in a list.
    #[inline(never)]
    pub fn item(&mut self) {
        self.comma();
        self.0.push('{');
    }

    /// Closes an object.
    #[inline(never)]
    pub fn end(&mut self) {
        self.0.push('}');
    }

    /// Opens a list in a field.
    #[inline(never)]
    pub fn begin_list(&mut self, name: &str) {
        self.key(name);
        self.0.push('[');
    }

    /// Closes a list.
    #[inline(never)]
    pub fn end_list(&mut self) {
        self.0.push(']');
    }

    /// A whole number. Beyond 2^53 a page would round it.
    #[inline(never)]
    pub fn wide(&mut self, name: &str, number: u64) {
        self.key(name);
        push_number(&mut self.0, number);
    }

    /// A whole number of 32 bits.
    #[inline(never)]
    pub fn number(&mut self, name: &str, number: u32) {
        self.wide(name, number.into());
    }

    /// A number that may not be there; then the field is not either.
    #[inline(never)]
    pub fn some(&mut self, name: &str, number: Option<u32>) {
        if let Some(number) = number {
            self.wide(name, number.into());
        }
    }

    /// The same for 64 bits.
    #[inline(never)]
    pub fn some_wide(&mut self, name: &str, number: Option<u64>) {
        if let Some(number) = number {
            self.wide(name, number);
        }
    }

    /// A number with up to four digits after the point; what is not finite or below zero is 0.
    pub fn fraction(&mut self, name: &str, number: f32) {
        let whole = (number * 10_000.0) as u64;
        self.wide(name, whole / 10_000);
        let rest = whole % 10_000;
        self.0.push('.');
        for scale in [1_000, 100, 10, 1] {
            self.0.push((b'0' + (rest / scale % 10) as u8) as char);
        }
    }

    /// A boolean.
    #[inline(never)]
    pub fn flag(&mut self, name: &str, flag: bool) {
        self.key(name);
        self.0.push_str(if flag { "true" } else { "false" });
    }

    /// A text.
    #[inline(never)]
    pub fn text(&mut self, name: &str, text: &str) {
        self.key(name);
        self.quoted(text);
    }

    /// A text that may not be there.
    #[inline(never)]
    pub fn some_text(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// What writes itself.
    #[inline(never)]
    pub fn shown(&mut self, name: &str, value: &dyn core::fmt::Display) {
        self.text(name, &value.to_string());
    }

    /// A number in a list.
    #[inline(never)]
    pub fn item_number(&mut self, number: u32) {
        self.comma();
        push_number(&mut self.0, number.into());
    }

    /// A text in a list.
    #[inline(never)]
    pub fn item_text(&mut self, text: &str) {
        self.comma();
        self.quoted(text);
    }

    /// Takes in another text as a field's value.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.key(name);
        self.0.push_str(json);
    }
}

/// What the page hands in: an object whose fields are asked for by name.
pub trait Request {
    /// A number; none when it is missing or something else.
    fn number(&self, name: &str) -> Option<f64>;
    /// A text.
    fn text(&self, name: &str) -> Option<String>;
    /// A boolean.
    fn flag(&self, name: &str) -> Option<bool>;
}

/// Why something asked for could not be done: a key of the page's messages,
/// the place in a text where there is one, and what the message speaks of.
///
/// Boxed, so that what succeeds does not carry the room for what fails.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure(Box<Parts>);

#[derive(Clone, PartialEq, Debug)]
struct Parts {
    code: &'static str,
    place: Option<(u32, u32)>,
    args: Json,
}

impl Failure {
    /// A failure without arguments. `code` is the key.
    #[must_use]
    #[inline(never)]
    pub fn new(code: &'static str) -> Failure {
        Failure(Box::new(Parts {
            code,
            place: None,
            args: Json::object(),
        }))
    }

    /// The key.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The same with one argument more.
    #[must_use]
    #[inline(never)]
    pub fn about(mut self, name: &str, value: &str) -> Failure {
        self.0.args.text(name, value);
        self
    }

    /// The same with a number.
    #[must_use]
    #[inline(never)]
    pub fn numbered(mut self, name: &str, value: u32) -> Failure {
        self.0.args.number(name, value);
        self
    }

    /// The same with a place in a text: line and column, from 1.
    #[must_use]
    pub fn at(mut self, line: u32, column: u32) -> Failure {
        self.0.place = Some((line, column));
        self
    }

    /// The one for a record that is not there, or not of the kind that is asked about.
    #[must_use]
    #[inline(never)]
    pub fn unknown_record(id: u32) -> Failure {
        Failure::new("unknown-record").numbered("id", id)
    }

    /// As the page gets it: `{code, line?, column?, args}`.
    #[must_use]
    pub fn into_text(mut self) -> String {
        self.0.args.end();
        let mut json = Json::object();
        json.text("code", self.0.code);
        if let Some((line, column)) = self.0.place {
            json.number("line", line);
            json.number("column", column);
        }
        json.raw("args", &self.0.args.0);
        json.end();
        json.0
    }
}
