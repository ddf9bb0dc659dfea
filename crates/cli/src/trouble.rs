//! Unusable input, with its place.

use std::fmt;

/// Why a command could not do anything.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// `file:line:column` where there is one.
    place: Option<String>,
    message: String,
    show_usage: bool,
}

impl Trouble {
    /// Something that has no line.
    pub fn new(message: impl Into<String>) -> Trouble {
        Trouble {
            place: None,
            message: message.into(),
            show_usage: false,
        }
    }

    /// Something about the command line.
    pub fn usage(message: impl Into<String>) -> Trouble {
        Trouble {
            show_usage: true,
            ..Trouble::new(message)
        }
    }

    /// Something in a text; line and column (in characters) from 1.
    pub fn at(file: &str, line: u32, column: u32, message: impl Into<String>) -> Trouble {
        Trouble {
            place: Some(format!("{file}:{line}:{column}")),
            ..Trouble::new(message)
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.place.as_deref().unwrap_or("tcp-playground");
        write!(f, "{place}: {}", self.message)?;
        if self.show_usage {
            f.write_str("\nSee tcp-playground --help.")?;
        }
        Ok(())
    }
}

impl From<lexopt::Error> for Trouble {
    fn from(error: lexopt::Error) -> Trouble {
        Trouble::usage(error.to_string())
    }
}
