//! Values of settings as text.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write;

use super::SettingKind;
use super::choice::{
    AbortIssuer, ClosingReply, Congestion, CrossingSynAck, IcmpErrors, IsnGenerator, OptionOrder,
    SynCookies, SynReceivedSyn, SynText, TimeWaitReuse, TimeWaitRst, WindowRounding, ZeroWindowFin,
};
use crate::seq::Seq;
use crate::time::Duration;

/// A value that can be read from text within the bounds of its row, and printed.
pub(super) trait Value: Sized {
    fn read(text: &str, kind: &SettingKind) -> Option<Self>;
    fn print(&self) -> String;
}

impl Value for bool {
    fn read(text: &str, _: &SettingKind) -> Option<bool> {
        match text {
            "on" | "true" | "yes" | "1" => Some(true),
            "off" | "false" | "no" | "0" => Some(false),
            _ => None,
        }
    }

    fn print(&self) -> String {
        (if *self { "on" } else { "off" }).to_string()
    }
}

impl Value for u32 {
    fn read(text: &str, kind: &SettingKind) -> Option<u32> {
        let number = number(text)?;
        match *kind {
            SettingKind::Integer {
                minimum, maximum, ..
            } => (minimum..=maximum).contains(&number).then_some(number),
            _ => None,
        }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for u16 {
    fn read(text: &str, kind: &SettingKind) -> Option<u16> {
        u16::try_from(u32::read(text, kind)?).ok()
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for Option<u32> {
    fn read(text: &str, kind: &SettingKind) -> Option<Option<u32>> {
        if text == "unlimited" {
            Some(None)
        } else {
            u32::read(text, kind).map(Some)
        }
    }

    fn print(&self) -> String {
        self.map_or_else(|| "unlimited".to_string(), |n| n.to_string())
    }
}

impl Value for Duration {
    fn read(text: &str, kind: &SettingKind) -> Option<Duration> {
        let duration = Duration::from_text(text)?;
        match *kind {
            SettingKind::Time {
                minimum_us,
                maximum_us,
                ..
            } => (minimum_us..=maximum_us)
                .contains(&duration.0)
                .then_some(duration),
            _ => None,
        }
    }

    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for Option<Duration> {
    fn read(text: &str, kind: &SettingKind) -> Option<Option<Duration>> {
        if text == "never" {
            Some(None)
        } else {
            Duration::read(text, kind).map(Some)
        }
    }

    fn print(&self) -> String {
        self.map_or_else(|| "never".to_string(), |d| d.to_string())
    }
}

macro_rules! choice_values {
    ($($name:ident),*) => {$(
        impl Value for $name {
            fn read(text: &str, _: &SettingKind) -> Option<$name> {
                $name::from_id(text)
            }

            fn print(&self) -> String {
                self.id().to_string()
            }
        }
    )*};
}

choice_values!(
    AbortIssuer,
    ClosingReply,
    Congestion,
    CrossingSynAck,
    IcmpErrors,
    OptionOrder,
    SynCookies,
    SynReceivedSyn,
    SynText,
    TimeWaitReuse,
    TimeWaitRst,
    WindowRounding,
    ZeroWindowFin
);

/// More would not be a lesson but a burden.
const LISTED_MAXIMUM: usize = 64;

impl Value for IsnGenerator {
    fn read(text: &str, _: &SettingKind) -> Option<IsnGenerator> {
        let (word, rest) = match text.split_once([' ', '(']) {
            Some((word, rest)) => (word, rest.trim().trim_end_matches(')')),
            None => (text, ""),
        };
        let seq = |default: u32| {
            if rest.is_empty() {
                Some(Seq(default))
            } else {
                number(rest.trim()).map(Seq)
            }
        };
        match word {
            "rfc9293" if rest.is_empty() => Some(IsnGenerator::Rfc9293),
            "random" if rest.is_empty() => Some(IsnGenerator::Random),
            "clock" if rest.is_empty() => Some(IsnGenerator::Clock),
            "counter" => seq(1).map(IsnGenerator::Counter),
            "fixed" => seq(0).map(IsnGenerator::Fixed),
            "listed" => {
                let mut listed = Vec::new();
                for item in rest.split(',') {
                    if listed.len() == LISTED_MAXIMUM {
                        return None;
                    }
                    listed.push(Seq(number(item.trim())?));
                }
                Some(IsnGenerator::Listed(listed))
            }
            _ => None,
        }
    }

    fn print(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = match self {
            IsnGenerator::Rfc9293 => text.write_str("rfc9293"),
            IsnGenerator::Random => text.write_str("random"),
            IsnGenerator::Clock => text.write_str("clock"),
            IsnGenerator::Counter(seq) => write!(text, "counter {seq}"),
            IsnGenerator::Fixed(seq) => write!(text, "fixed {seq}"),
            IsnGenerator::Listed(listed) => {
                let _ = text.write_str("listed");
                for (i, seq) in listed.iter().enumerate() {
                    let _ = write!(text, "{} {seq}", if i == 0 { "" } else { "," });
                }
                Ok(())
            }
        };
        text
    }
}

/// Decimal digits only: no sign, no spaces.
fn number(text: &str) -> Option<u32> {
    if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}
