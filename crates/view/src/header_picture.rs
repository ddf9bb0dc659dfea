//! The header as RFC 9293 draws it: 32 bits wide, a bit ruler above, a cell for
//! each field and option, the data below. Cells are linked to bits of the segment.

use tcp::wire::{
    Datagram, Flags, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, Segment, TcpOption,
};

use crate::display::{Anchor, DisplayList, Rect, Subject, TextStyle, point};
use crate::ink::Ink;
use crate::segment_label::push_sequence;
use crate::text::{Font, push_number};
use crate::viewport::{Options, Viewport};

/// One field, option, or the data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The stable id: `source-port`, `seq`, `syn`, `mss`, `payload` …
    pub id: &'static str,
    /// First bit, from the start of the TCP (or ICMP) header.
    pub bit: u32,
    /// How many bits.
    pub bits: u32,
    /// Its name as the RFC's picture has it.
    pub name: &'static str,
    /// What it says.
    pub value: String,
    /// It says nothing here: ACK's number without ACK, the urgent pointer without URG.
    pub idle: bool,
}

/// What is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The whole datagram, IP header first.
    pub datagram: &'a [u8],
    /// ISSs of its direction and of the other, 0 where unknown.
    pub bases: (u32, u32),
    /// The selected cell.
    pub selection: Option<u16>,
    /// The cell under the pointer.
    pub hover: Option<u16>,
}

/// The flags in the order of their bits.
const FLAGS: [(&str, &str, Flags); 8] = [
    ("cwr", "CWR", Flags::CWR),
    ("ece", "ECE", Flags::ECE),
    ("urg", "URG", Flags::URG),
    ("ack-flag", "ACK", Flags::ACK),
    ("psh", "PSH", Flags::PSH),
    ("rst", "RST", Flags::RST),
    ("syn", "SYN", Flags::SYN),
    ("fin", "FIN", Flags::FIN),
];

/// The cells of a datagram's TCP header in order, options and data behind; those of an ICMP message; none for anything else.
#[must_use]
pub fn cells(picture: &Picture, options: &Options) -> Vec<Cell> {
    let mut cells = Vec::new();
    let Ok(datagram) = Datagram::parse(picture.datagram) else {
        return cells;
    };
    match (datagram.protocol, Segment::parse(datagram.payload)) {
        (PROTOCOL_TCP, Ok(segment)) => {
            header_cells(&segment, picture, options, &mut cells);
            option_cells(&segment, &mut cells);
            let data = segment.payload();
            if !data.is_empty() {
                let value = preview(data);
                cells.push(Cell {
                    id: "payload",
                    bit: segment.header_len() as u32 * 8,
                    bits: data.len() as u32 * 8,
                    name: "Data",
                    value,
                    idle: false,
                });
            }
        }
        (PROTOCOL_ICMP | PROTOCOL_ICMPV6, _) => icmp_cells(datagram.payload, &mut cells),
        _ => {}
    }
    cells
}

fn number(value: u32) -> String {
    let mut text = String::new();
    push_number(&mut text, u64::from(value));
    text
}

fn hex(value: u16) -> String {
    let mut text = String::from("0x");
    for shift in [12, 8, 4, 0] {
        text.push(char::from(
            b"0123456789abcdef"[usize::from(value >> shift & 15)],
        ));
    }
    text
}

/// How long the data are, and how they begin.
fn preview(data: &[u8]) -> String {
    let mut text = number(data.len() as u32);
    text.push_str("  ");
    for byte in data.iter().take(120) {
        text.push(if (32..127).contains(byte) {
            char::from(*byte)
        } else {
            '\u{b7}'
        });
    }
    text
}

fn header_cells(segment: &Segment, picture: &Picture, options: &Options, cells: &mut Vec<Cell>) {
    let sequence = |value: u32, base: u32| {
        let mut text = String::new();
        push_sequence(&mut text, value, base, options.numbers);
        text
    };
    let flags = segment.flags;
    let mut add = |id, bit, bits, name, value, idle| {
        cells.push(Cell {
            id,
            bit,
            bits,
            name,
            value,
            idle,
        })
    };
    add(
        "source-port",
        0,
        16,
        "Source Port",
        number(u32::from(segment.source_port)),
        false,
    );
    add(
        "destination-port",
        16,
        16,
        "Destination Port",
        number(u32::from(segment.destination_port)),
        false,
    );
    add(
        "seq",
        32,
        32,
        "Sequence Number",
        sequence(segment.seq.0, picture.bases.0),
        false,
    );
    add(
        "ack",
        64,
        32,
        "Acknowledgment Number",
        sequence(segment.ack.0, picture.bases.1),
        !flags.ack(),
    );
    add(
        "data-offset",
        96,
        4,
        "DOffset",
        number(segment.header_len() as u32 / 4),
        false,
    );
    let reserved = segment.header().get(12).map_or(0, |byte| byte & 15);
    add(
        "reserved",
        100,
        4,
        "Rsrvd",
        number(u32::from(reserved)),
        reserved == 0,
    );
    for (at, (id, name, bit)) in FLAGS.into_iter().enumerate() {
        let set = flags.contains(bit);
        add(
            id,
            104 + at as u32,
            1,
            name,
            String::from(if set { "1" } else { "0" }),
            !set,
        );
    }
    add(
        "window",
        112,
        16,
        "Window",
        number(u32::from(segment.window)),
        false,
    );
    add(
        "checksum",
        128,
        16,
        "Checksum",
        hex(segment.checksum),
        false,
    );
    add(
        "urgent-pointer",
        144,
        16,
        "Urgent Pointer",
        number(u32::from(segment.urgent_pointer)),
        !flags.contains(Flags::URG),
    );
}

fn option_cells(segment: &Segment, cells: &mut Vec<Cell>) {
    let bytes = segment.option_bytes();
    let mut at = 0usize;
    for option in segment.options() {
        let rest = bytes.len() - at;
        let stated = usize::from(bytes.get(at + 1).copied().unwrap_or(0));
        let (id, name, length, value) = match option {
            TcpOption::EndOfList => ("end-of-list", "EOL", rest, String::new()),
            TcpOption::NoOperation => ("no-operation", "NOP", 1, String::new()),
            TcpOption::MaximumSegmentSize(mss) => ("mss", "MSS", stated, number(u32::from(mss))),
            TcpOption::WindowScale(shift) => {
                ("window-scale", "WS", stated, number(u32::from(shift)))
            }
            TcpOption::SackPermitted => ("sack-permitted", "SACK OK", stated, String::new()),
            TcpOption::Sack(blocks) => {
                let mut text = String::new();
                for block in blocks.as_slice() {
                    push_number(&mut text, u64::from(block.left.0));
                    text.push('\u{2013}');
                    push_number(&mut text, u64::from(block.right.0));
                    text.push(' ');
                }
                ("sack", "SACK", stated, text)
            }
            TcpOption::Timestamps(stamps) => {
                let mut text = number(stamps.value);
                text.push_str(" / ");
                push_number(&mut text, u64::from(stamps.echo));
                ("timestamps", "TS", stated, text)
            }
            TcpOption::Unknown { kind, .. } => ("unknown", "?", stated, number(u32::from(kind))),
            TcpOption::Illegal(_) => (
                "illegal",
                "!",
                if stated < 2 || stated > rest {
                    rest
                } else {
                    stated
                },
                String::new(),
            ),
        };
        cells.push(Cell {
            id,
            bit: (20 + at) as u32 * 8,
            bits: length as u32 * 8,
            name,
            value,
            idle: false,
        });
        at += length;
    }
}

fn icmp_cells(message: &[u8], cells: &mut Vec<Cell>) {
    if message.len() < 8 {
        return;
    }
    let mut add = |id, bit, bits, name, value| {
        cells.push(Cell {
            id,
            bit,
            bits,
            name,
            value,
            idle: false,
        })
    };
    add("type", 0, 8, "Type", number(u32::from(message[0])));
    add("code", 8, 8, "Code", number(u32::from(message[1])));
    add(
        "checksum",
        16,
        16,
        "Checksum",
        hex(u16::from_be_bytes([message[2], message[3]])),
    );
    add(
        "rest-of-header",
        32,
        32,
        "",
        number(u32::from_be_bytes([
            message[4], message[5], message[6], message[7],
        ])),
    );
    if message.len() > 8 {
        add(
            "payload",
            64,
            (message.len() - 8) as u32 * 8,
            "Data",
            number(message.len() as u32 - 8),
        );
    }
}

struct Grid {
    left: f32,
    top: f32,
    bit: f32,
    row: f32,
    name: Font,
    value: Font,
}

impl Grid {
    fn new(viewport: &Viewport, options: &Options) -> Grid {
        let width = viewport
            .width
            .clamp(280.0, if options.large { 1400.0 } else { 920.0 });
        let left = ((viewport.width - width) / 2.0).max(0.0) + 6.0;
        let large = options.large && width >= 700.0;
        let (name, value) = if large {
            (Font::Large, Font::LargeName)
        } else {
            (Font::Small, Font::Name)
        };
        Grid {
            left,
            top: name.size() * 2.0 + 6.0,
            bit: (width - 12.0) / 32.0,
            row: name.size() + value.size() + 22.0,
            name,
            value,
        }
    }

    /// Rows of a cell with data take one row, however long they are.
    fn rects(&self, cell: &Cell) -> Vec<Rect> {
        let row = |bit: u32| self.top + (bit / 32) as f32 * self.row;
        if cell.id == "payload" {
            // Data begin on a row of their own: header and options fill whole words.
            return vec![Rect::new(
                self.left,
                row(cell.bit),
                self.bit * 32.0,
                self.row,
            )];
        }
        let mut rects = Vec::new();
        let (mut bit, end) = (cell.bit, cell.bit + cell.bits);
        while bit < end {
            let stop = end.min((bit / 32 + 1) * 32);
            let x = self.left + (bit % 32) as f32 * self.bit;
            rects.push(Rect::new(
                x,
                row(bit),
                (stop - bit) as f32 * self.bit,
                self.row,
            ));
            bit = stop;
        }
        rects
    }
}

/// How high the picture is in a viewport of this width.
#[must_use]
pub fn content_height(picture: &Picture, viewport: &Viewport, options: &Options) -> f32 {
    let grid = Grid::new(viewport, options);
    let bottom = cells(picture, options)
        .iter()
        .flat_map(|cell| grid.rects(cell))
        .map(Rect::bottom)
        .fold(grid.top, f32::max);
    bottom + 8.0
}

/// Draws the header of a datagram. False when there is nothing to draw.
pub fn header_picture_into(
    picture: &Picture,
    viewport: &Viewport,
    options: &Options,
    list: &mut DisplayList,
) -> bool {
    let viewport = &viewport.sane();
    list.clear(viewport.width, viewport.height);
    list.fill(
        Rect::new(0.0, 0.0, viewport.width, viewport.height),
        0.0,
        Ink::Surface,
        255,
        Subject::None,
    );
    let cells = cells(picture, options);
    let mut grid = Grid::new(viewport, options);
    grid.top -= viewport.scroll;
    ruler(&grid, list);
    for (index, cell) in cells.iter().enumerate() {
        draw(&grid, cell, index as u16, picture, list);
    }
    !cells.is_empty()
}

fn ruler(grid: &Grid, list: &mut DisplayList) {
    let every = if grid.bit >= grid.name.width("31") + 3.0 {
        1
    } else {
        4
    };
    let bottom = grid.top - 2.0;
    for bit in 0..32u32 {
        let x = grid.left + bit as f32 * grid.bit;
        let tall = bit % 8 == 0;
        list.line(
            point(x, bottom - if tall { 6.0 } else { 3.0 }),
            point(x, bottom),
            1.0,
            Ink::Lifeline,
            255,
            Subject::None,
        );
        if bit % every == 0 || bit == 31 {
            let at = point(x + grid.bit / 2.0, bottom - 6.0 - grid.name.size() * 0.6);
            list.write(
                &number(bit),
                at,
                TextStyle::new(grid.name, Anchor::Middle),
                Ink::Muted,
                Subject::None,
            );
        }
    }
    let right = grid.left + 32.0 * grid.bit;
    list.line(
        point(right, bottom - 6.0),
        point(right, bottom),
        1.0,
        Ink::Lifeline,
        255,
        Subject::None,
    );
}

/// The colour of a cell's meaning.
fn ink_of(id: &str) -> Ink {
    match id {
        "seq" | "payload" => Ink::Data,
        "ack" | "ack-flag" => Ink::Ack,
        "syn" => Ink::Syn,
        "fin" => Ink::Fin,
        "rst" => Ink::Rst,
        "window" => Ink::StateTimeWait,
        "mss" | "window-scale" | "sack-permitted" | "sack" | "timestamps" => Ink::Call,
        "illegal" => Ink::Lost,
        _ => Ink::Text,
    }
}

fn draw(grid: &Grid, cell: &Cell, index: u16, picture: &Picture, list: &mut DisplayList) {
    let subject = Subject::Field(index);
    let ink = if cell.idle {
        Ink::Muted
    } else {
        ink_of(cell.id)
    };
    let rects = grid.rects(cell);
    let set_flag = cell.bits == 1 && !cell.idle;
    for rect in &rects {
        list.fill(
            *rect,
            0.0,
            if set_flag { ink } else { Ink::Raised },
            255,
            subject,
        );
        if !set_flag && !cell.idle && ink != Ink::Text {
            list.fill(*rect, 0.0, ink, 24, subject);
        }
        list.frame(*rect, 0.0, 1.0, Ink::Lifeline, 255, subject);
    }
    for (marked, ink) in [
        (picture.hover, Ink::Hover),
        (picture.selection, Ink::Selection),
    ] {
        if marked == Some(index) {
            for rect in &rects {
                let inner = Rect::new(
                    rect.x + 1.5,
                    rect.y + 1.5,
                    rect.width - 3.0,
                    rect.height - 3.0,
                );
                list.frame(inner, 2.0, 3.0, ink, 255, subject);
            }
        }
    }
    // Words go where there is most room.
    let Some(rect) = rects.iter().copied().reduce(|best, rect| {
        if rect.width > best.width + 0.5 {
            rect
        } else {
            best
        }
    }) else {
        return;
    };
    let middle = rect.centre();
    if cell.bits == 1 {
        let ink = if set_flag { Ink::Surface } else { Ink::Muted };
        let style = TextStyle::new(grid.name, Anchor::Middle);
        if grid.name.width(cell.name) + 2.0 <= rect.width {
            list.write(
                cell.name,
                point(middle.x, rect.y + rect.height * 0.3),
                style,
                ink,
                subject,
            );
        } else {
            let style = style.turned(-core::f32::consts::FRAC_PI_2);
            list.write(
                cell.name,
                point(middle.x, rect.y + grid.name.width_of(3) / 2.0 + 4.0),
                style,
                ink,
                subject,
            );
        }
        list.write(
            &cell.value,
            point(middle.x, rect.bottom() - grid.value.size() * 0.6),
            TextStyle::new(grid.value, Anchor::Middle),
            ink,
            subject,
        );
        return;
    }
    let room = rect.width - 4.0;
    let name_fits = grid.name.width(cell.name) <= room;
    if name_fits && !cell.name.is_empty() {
        let y = if cell.value.is_empty() {
            middle.y
        } else {
            rect.y + 4.0 + grid.name.size() * 0.6
        };
        list.write(
            cell.name,
            point(middle.x, y),
            TextStyle::new(grid.name, Anchor::Middle),
            Ink::Muted,
            subject,
        );
    } else if grid.name.width(cell.name) <= rect.height - 4.0 && cell.value.is_empty() {
        let style = TextStyle::new(grid.name, Anchor::Middle).turned(-core::f32::consts::FRAC_PI_2);
        list.write(cell.name, middle, style, Ink::Muted, subject);
    }
    if !cell.value.is_empty() {
        let y = if name_fits {
            rect.bottom() - 5.0 - grid.value.size() * 0.5
        } else {
            middle.y
        };
        for font in [grid.value, grid.name] {
            let fitting = (room / font.width_of(1)) as usize;
            let length = cell.value.chars().count();
            if length > fitting && font == grid.value && cell.id != "payload" {
                continue;
            }
            let shown: String = if length > fitting {
                let mut cut: String = cell.value.chars().take(fitting.saturating_sub(1)).collect();
                cut.push('\u{2026}');
                cut
            } else {
                cell.value.clone()
            };
            if fitting >= 2 {
                list.write(
                    &shown,
                    point(middle.x, y),
                    TextStyle::new(font, Anchor::Middle),
                    ink,
                    subject,
                );
            }
            break;
        }
    }
}

#[cfg(test)]
#[path = "header_picture_tests.rs"]
mod tests;
