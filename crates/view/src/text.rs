//! Text as layout sees it: a monospaced face with fixed metrics.
//!
//! Painters set every font role in a stack of monospaced faces
//! ([`FONT_STACK`]). Layout never asks a browser how wide text came out: it
//! takes [`ADVANCE`] em for every character, which is the widest of the faces
//! in the stack, so the same frame has the same layout everywhere.

/// The faces, first to last, as CSS writes them.
pub const FONT_STACK: &str = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', 'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";

/// Width of every character in em.
pub const ADVANCE: f32 = 0.602;

/// Height of a capital in em.
pub const CAP_HEIGHT: f32 = 0.72;

/// What a text is for; fixes its size and weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Font {
    /// A segment's label on a narrow screen, ticks, units: 10 px.
    Small,
    /// A segment's label: 11.5 px.
    Label,
    /// A state's name, a call: 11.5 px, semibold.
    Name,
    /// A host's name: 14 px, semibold.
    Title,
    /// Projector size of `Small` and `Label`: 16 px.
    Large,
    /// Projector size of `Name` and `Title`: 17 px, semibold.
    LargeName,
}

impl Font {
    /// Every role.
    pub const ALL: [Font; 6] = [
        Font::Small,
        Font::Label,
        Font::Name,
        Font::Title,
        Font::Large,
        Font::LargeName,
    ];

    /// Size in CSS pixels.
    #[must_use]
    pub const fn size(self) -> f32 {
        match self {
            Font::Small => 10.0,
            Font::Label | Font::Name => 11.5,
            Font::Title => 14.0,
            Font::Large => 16.0,
            Font::LargeName => 17.0,
        }
    }

    /// CSS font weight.
    #[must_use]
    pub const fn weight(self) -> u16 {
        match self {
            Font::Small | Font::Label | Font::Large => 400,
            Font::Name | Font::Title | Font::LargeName => 600,
        }
    }

    /// The CSS `font` shorthand without the faces: `600 14px`.
    #[must_use]
    pub const fn css(self) -> &'static str {
        match self {
            Font::Small => "400 10px",
            Font::Label => "400 11.5px",
            Font::Name => "600 11.5px",
            Font::Title => "600 14px",
            Font::Large => "400 16px",
            Font::LargeName => "600 17px",
        }
    }

    /// How wide `characters` are.
    #[must_use]
    pub fn width_of(self, characters: usize) -> f32 {
        characters as f32 * self.size() * ADVANCE
    }

    /// How wide `text` is.
    #[must_use]
    pub fn width(self, text: &str) -> f32 {
        self.width_of(text.chars().count())
    }

    /// How far below a text's middle its baseline is. Painters add it to y for `Baseline::Middle`
    /// (along the text's own downward direction), so that all of them agree.
    #[must_use]
    pub fn middle_shift(self) -> f32 {
        self.size() * CAP_HEIGHT / 2.0
    }
}

/// Appends a whole number.
pub fn push_number(out: &mut String, number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    for digit in &digits[at..] {
        out.push(*digit as char);
    }
}

/// Appends a whole number that may be below zero.
pub fn push_signed(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_number(out, number.unsigned_abs());
}

/// Appends a length of time in the largest unit that suits, with at most two
/// digits after the point (rounded), none of them a trailing zero: `40 ms`, `1.5 s`, `4 min`, `2 h`.
/// Unit signs are the same in every language.
pub fn push_duration(out: &mut String, us: u64) {
    let (unit, name) = match us {
        0 => (1, "s"),
        1..1_000 => (1, "µs"),
        1_000..1_000_000 => (1_000, "ms"),
        1_000_000..60_000_000 => (1_000_000, "s"),
        60_000_000..3_600_000_000 => (60_000_000, "min"),
        _ => (3_600_000_000, "h"),
    };
    let all = us.saturating_mul(100).saturating_add(unit / 2) / unit;
    let hundredths = all % 100;
    push_number(out, all / 100);
    if hundredths > 0 {
        out.push('.');
        out.push((b'0' + (hundredths / 10) as u8) as char);
        if !hundredths.is_multiple_of(10) {
            out.push((b'0' + (hundredths % 10) as u8) as char);
        }
    }
    out.push('\u{a0}');
    out.push_str(name);
}

/// [`push_duration`] as a new text.
#[must_use]
pub fn duration(us: u64) -> String {
    let mut out = String::new();
    push_duration(&mut out, us);
    out
}

/// Appends `us` as seconds with six digits after the point.
pub fn push_seconds(out: &mut String, us: u64) {
    push_number(out, us / 1_000_000);
    out.push('.');
    let mut place = 100_000;
    while place > 0 {
        out.push((b'0' + (us / place % 10) as u8) as char);
        place /= 10;
    }
}

/// Appends a number of hundredths as a decimal fraction without trailing zeros: `-1.5`, `12`.
pub fn push_signed_hundredths(out: &mut String, hundredths: i64) {
    if hundredths < 0 {
        out.push('-');
    }
    let magnitude = hundredths.unsigned_abs();
    push_number(out, magnitude / 100);
    let rest = (magnitude % 100) as u8;
    if rest > 0 {
        out.push('.');
        out.push((b'0' + rest / 10) as char);
        if !rest.is_multiple_of(10) {
            out.push((b'0' + rest % 10) as char);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_short_and_rounded() {
        let said = [
            (0, "0 s"),
            (7, "7 µs"),
            (1_500, "1.5 ms"),
            (40_000, "40 ms"),
            (999_999, "1000 ms"),
            (1_000_000, "1 s"),
            (239_950_000, "4 min"),
            (90_000_000, "1.5 min"),
            (7_200_000_000, "2 h"),
        ];
        for (us, text) in said {
            assert_eq!(duration(us).replace('\u{a0}', " "), text);
        }
        assert_eq!(duration(u64::MAX).chars().last(), Some('h'));
    }

    #[test]
    fn numbers_have_no_trailing_zeros() {
        for (hundredths, text) in [
            (0, "0"),
            (150, "1.5"),
            (-25, "-0.25"),
            (1_200, "12"),
            (105, "1.05"),
        ] {
            let mut out = String::new();
            push_signed_hundredths(&mut out, hundredths);
            assert_eq!(out, text);
        }
        let mut out = String::new();
        push_seconds(&mut out, 61_000_020);
        assert_eq!(out, "61.000020");
    }
}
