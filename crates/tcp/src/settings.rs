//! Every number and switch a host's TCP has, by name, with its defaults.
//!
//! The names are public: scenario files, the page's host settings and
//! packetdrill's sysctls all go through [`Settings::set`]. The one table is in
//! `table.rs`; what values look like as text is in `value.rs`.

use alloc::string::String;
use core::fmt;

use crate::rfc::Section;

mod choice;
mod table;
mod value;

pub use choice::{
    AbortIssuer, ClosingReply, Congestion, CrossingSynAck, IcmpErrors, IsnGenerator, OptionOrder,
    Policy, SynCookies, SynReceivedSyn, SynText, TimeWaitReuse, TimeWaitRst, WindowRounding,
    ZeroWindowFin,
};
pub use table::Settings;

/// What values a setting takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingKind {
    /// `on` or `off`.
    Switch,
    /// A whole number, both bounds included.
    Integer {
        /// The least.
        minimum: u32,
        /// The most.
        maximum: u32,
        /// Whether `unlimited` is allowed too.
        unlimited: bool,
    },
    /// A length of time, both bounds included, in microseconds: `40ms`, `1s`, `2min`.
    Time {
        /// The least.
        minimum_us: u64,
        /// The most.
        maximum_us: u64,
        /// Whether `never` is allowed too.
        never: bool,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One of these words; `fixed` and `counter` may be followed by a number,
    /// `listed` has to be by numbers with commas: `listed 99, 400`.
    Generator(&'static [&'static str]),
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettingInfo {
    /// The stable name, in kebab case.
    pub name: &'static str,
    /// What values it takes.
    pub kind: SettingKind,
    /// Where the rule it belongs to is written down; RFC 0 for a practice or a limit of this engine.
    pub section: Section,
}

/// Why a setting was not changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SettingError {
    /// There is no setting of this name.
    UnknownName,
    /// The setting does not take this value; the row says what it takes.
    Refused(&'static SettingInfo),
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            SettingKind::Switch => f.write_str("on | off"),
            SettingKind::Integer {
                minimum,
                maximum,
                unlimited,
            } => {
                write!(f, "{minimum} … {maximum}")?;
                if unlimited {
                    f.write_str(" | unlimited")
                } else {
                    Ok(())
                }
            }
            SettingKind::Time {
                minimum_us,
                maximum_us,
                never,
            } => {
                use crate::time::Duration;
                write!(f, "{} … {}", Duration(minimum_us), Duration(maximum_us))?;
                if never {
                    f.write_str(" | never")
                } else {
                    Ok(())
                }
            }
            SettingKind::Choice(words) | SettingKind::Generator(words) => {
                for (i, word) in words.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" | ")?;
                    }
                    f.write_str(word)?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingError::UnknownName => f.write_str("no such setting"),
            SettingError::Refused(info) => write!(f, "{} takes {}", info.name, info.kind),
        }
    }
}

impl core::error::Error for SettingError {}

impl Default for Settings {
    fn default() -> Settings {
        Settings::new(Policy::Rfc)
    }
}

impl Settings {
    /// The row of a name.
    #[must_use]
    pub fn info(name: &str) -> Option<&'static SettingInfo> {
        Settings::table().iter().find(|info| info.name == name)
    }

    /// Whether a setting has another value than its policy gives it. An unknown name does not.
    #[must_use]
    pub fn differs_from_default(&self, name: &str) -> bool {
        self.value(name) != Settings::new(self.policy).value(name)
    }

    /// The names and values that differ from the policy's, in the table's order.
    pub fn changed(&self) -> impl Iterator<Item = (&'static str, String)> {
        let default = Settings::new(self.policy);
        Settings::table().iter().filter_map(move |info| {
            let value = self.value(info.name)?;
            (default.value(info.name).as_ref() != Some(&value)).then_some((info.name, value))
        })
    }
}

#[cfg(test)]
mod tests;
