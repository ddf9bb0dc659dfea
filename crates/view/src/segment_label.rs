//! What is written on a segment: flags and numbers, in ever shorter forms.

use tcp::wire::Flags;

use crate::ink::Ink;
use crate::score::{Arrow, mark};
use crate::text::{push_number, push_signed};
use crate::viewport::Numbers;

/// The forms of a label, longest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Form {
    /// `SYN seq=0 mss=1460`, `ACK seq=1 ack=1 win=0`.
    Rich,
    /// `PSH ACK seq=1 ack=1 len=500`.
    Full,
    /// Only what the other end acts upon: `seq=1 len=500` of data, `ACK ack=501`, `SYN ACK ack=1`, `FIN ACK seq=501`.
    Numbers,
    /// `SYN-ACK`; of plain data `seq=1461`.
    Flags,
    /// `S.`; of plain data `1461`.
    Letters,
}

impl Form {
    /// Longest first.
    pub const ALL: [Form; 5] = [
        Form::Rich,
        Form::Full,
        Form::Numbers,
        Form::Flags,
        Form::Letters,
    ];
}

/// Appends `SYN-ACK`, as people say and write it everywhere else; `-` for none at all.
pub fn push_flag_names(out: &mut String, flags: Flags) {
    let mut first = true;
    for name in flags.names() {
        if !first {
            out.push('-');
        }
        out.push_str(name);
        first = false;
    }
    if first {
        out.push('-');
    }
}

/// Appends a sequence number: counted from `base` where it is known and asked for.
pub fn push_sequence(out: &mut String, number: u32, base: u32, numbers: Numbers) {
    if numbers == Numbers::Absolute || base == 0 {
        push_number(out, u64::from(number));
    } else {
        push_signed(out, i64::from(number.wrapping_sub(base) as i32));
    }
}

/// Writes a form of a segment's label into `out` (cleared first). False when the form would be the same as a shorter one.
pub fn write_label(out: &mut String, arrow: &Arrow, form: Form, numbers: Numbers) -> bool {
    out.clear();
    if arrow.is(mark::ICMP) {
        out.push_str("ICMP");
        return form >= Form::Flags;
    }
    if arrow.is(mark::COPY) && form < Form::Flags {
        return false;
    }
    let flags = Flags(arrow.flags);
    // Short of room, a segment of plain data is known by where its data begin rather than by an ACK that they all have.
    let plain_data =
        arrow.len > 0 && !flags.intersects(Flags(Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0));
    if form >= Form::Flags && plain_data {
        if form == Form::Flags {
            out.push_str("seq=");
        }
        push_sequence(out, arrow.seq, arrow.seq_base, numbers);
        return true;
    }
    if form == Form::Letters {
        use core::fmt::Write;
        let _ = write!(out, "{flags}");
        return true;
    }
    let short = form == Form::Numbers;
    if !(short && plain_data) {
        push_flag_names(out, flags);
    }
    if form == Form::Flags {
        return true;
    }
    let key = |out: &mut String, key: &str| {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(key);
        out.push('=');
    };
    let by_seq = plain_data || !flags.ack() || flags.fin();
    if !short || by_seq {
        key(out, "seq");
        push_sequence(out, arrow.seq, arrow.seq_base, numbers);
    }
    if flags.ack() && !(short && by_seq) {
        key(out, "ack");
        push_sequence(out, arrow.ack, arrow.ack_base, numbers);
    }
    if arrow.len > 0 {
        key(out, "len");
        push_number(out, u64::from(arrow.len));
    }
    if form == Form::Rich {
        let mut more = false;
        if arrow.mss > 0 {
            key(out, "mss");
            push_number(out, u64::from(arrow.mss));
            more = true;
        }
        if arrow.window == 0 && !flags.rst() {
            key(out, "win");
            out.push('0');
            more = true;
        }
        return more;
    }
    true
}

/// The ink of a segment.
#[must_use]
pub fn ink_of(arrow: &Arrow) -> Ink {
    let flags = Flags(arrow.flags);
    if arrow.is(mark::FORGED) {
        Ink::Forged
    } else if arrow.is(mark::ICMP) {
        Ink::Icmp
    } else if flags.rst() {
        Ink::Rst
    } else if flags.syn() {
        Ink::Syn
    } else if flags.fin() {
        Ink::Fin
    } else if arrow.len > 0 {
        Ink::Data
    } else {
        Ink::Ack
    }
}
