//! Structured answers before they become JavaScript values.
//!
//! A tree of names and numbers: the player fills it, the bindings convert it
//! in one place, and native tests read it without a browser.

use std::borrow::Cow;

/// An answer. Enumerations are stable ids, times microseconds.
#[derive(Clone, PartialEq, Debug)]
pub enum Data {
    /// `undefined`: the field does not apply.
    Nothing,
    /// A boolean.
    Flag(bool),
    /// A whole number up to 2^53, or a ratio of pixels and milliseconds.
    Number(f64),
    /// An id or a text.
    Text(Cow<'static, str>),
    /// Octets.
    Bytes(Vec<u8>),
    /// An array.
    List(Vec<Data>),
    /// An object; fields in order.
    Fields(Vec<(&'static str, Data)>),
}

impl Data {
    /// An object without fields yet.
    #[must_use]
    pub fn object() -> Data {
        Data::Fields(Vec::new())
    }

    /// The object with one more field; [`Data::Nothing`] is left out.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Data>) -> Data {
        self.put(name, value.into());
        self
    }

    /// Adds a field to an object; [`Data::Nothing`] is left out.
    pub fn put(&mut self, name: &'static str, value: Data) {
        if let Data::Fields(fields) = self
            && value != Data::Nothing
        {
            fields.push((name, value));
        }
    }

    /// A field of an object.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Data> {
        match self {
            Data::Fields(fields) => fields.iter().find(|f| f.0 == name).map(|f| &f.1),
            _ => None,
        }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Data::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Data] {
        match self {
            Data::List(items) => items,
            _ => &[],
        }
    }
}

impl From<bool> for Data {
    fn from(value: bool) -> Data {
        Data::Flag(value)
    }
}

macro_rules! numbers {
    ($($from:ty)*) => {
        $(impl From<$from> for Data {
            #[inline]
            fn from(value: $from) -> Data {
                Data::Number(value as f64)
            }
        })*
    };
}
numbers!(u8 u16 u32 u64 usize i32 f64);

impl From<&'static str> for Data {
    fn from(value: &'static str) -> Data {
        Data::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Data {
    fn from(value: String) -> Data {
        Data::Text(Cow::Owned(value))
    }
}

impl From<Vec<Data>> for Data {
    fn from(value: Vec<Data>) -> Data {
        Data::List(value)
    }
}

impl<T: Into<Data>> From<Option<T>> for Data {
    fn from(value: Option<T>) -> Data {
        value.map_or(Data::Nothing, Into::into)
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

impl Request for Data {
    fn number(&self, name: &str) -> Option<f64> {
        self.field(name)?.number()
    }
    fn text(&self, name: &str) -> Option<String> {
        Some(self.field(name)?.text()?.to_owned())
    }
    fn flag(&self, name: &str) -> Option<bool> {
        match self.field(name)? {
            Data::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

/// Why something asked for could not be done: a key of the page's messages,
/// the place in a text where there is one, and what the message speaks of.
#[derive(Clone, PartialEq, Debug)]
pub struct Failure {
    /// The key.
    pub code: &'static str,
    /// Line and column, from 1.
    pub place: Option<(u32, u32)>,
    /// Arguments of the message.
    pub args: Vec<(&'static str, Data)>,
}

impl Failure {
    /// A failure without arguments.
    #[must_use]
    pub fn new(code: &'static str) -> Failure {
        Failure {
            code,
            place: None,
            args: Vec::new(),
        }
    }

    /// The same with one argument more.
    #[must_use]
    pub fn about(mut self, name: &'static str, value: impl Into<Data>) -> Failure {
        self.args.push((name, value.into()));
        self
    }

    /// As the page gets it: `{code, line?, column?, args}`.
    #[must_use]
    pub fn data(self) -> Data {
        let (line, column) = self.place.unzip();
        Data::object()
            .with("code", self.code)
            .with("line", line)
            .with("column", column)
            .with("args", Data::Fields(self.args))
    }
}
