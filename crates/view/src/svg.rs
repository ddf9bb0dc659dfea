//! A display list as a complete SVG file: title and description for those who
//! cannot see it, colours that follow light and dark, no script, nothing loaded.

use crate::display::{Anchor, Baseline, Dash, DisplayList, Item, Point, Rect, Shape};
use crate::ink::{Ink, Rgb, Theme};
use crate::text::{FONT_STACK, Font};

/// What a picture says in words, and which themes it carries.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    /// `<title>`: what it is.
    pub title: &'a str,
    /// `<desc>`: what it shows, in full; the text ladder does well. Empty for none.
    pub description: &'a str,
    /// BCP 47 language of both.
    pub language: &'a str,
}

/// Which colours stand in the file.
#[derive(Clone, Debug)]
pub enum Colours<'a> {
    /// Light, and dark where the reader's system asks for it.
    Auto,
    /// Just these.
    Fixed(&'a Theme),
}

/// The list as an SVG document.
#[must_use]
pub fn svg(list: &DisplayList, words: &Words, colours: &Colours) -> String {
    let mut out = Writer {
        text: String::with_capacity(list.items().len() * 96 + 4096),
    };
    let used = used_inks(list);
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t d\"");
    out.attribute("lang", words.language);
    out.raw(" viewBox=\"0 0 ");
    out.number(list.width);
    out.raw(" ");
    out.number(list.height);
    out.raw("\"");
    out.length("width", list.width);
    out.length("height", list.height);
    out.raw(">\n<title id=\"t\">");
    out.escaped(words.title);
    out.raw("</title>\n<desc id=\"d\">");
    out.escaped(words.description);
    out.raw("</desc>\n<style>\n");
    out.style(&used, colours);
    out.raw("</style>\n");
    for item in list.items() {
        out.item(list, item);
    }
    out.raw("</svg>\n");
    out.text
}

fn used_inks(list: &DisplayList) -> Vec<Ink> {
    let mut used: Vec<Ink> = list.items().iter().map(|item| item.ink).collect();
    used.push(Ink::Surface);
    tcp::sorted::sort(&mut used, |a, b| a < b);
    used.dedup();
    used
}

struct Writer {
    text: String,
}

impl Writer {
    fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.raw("&amp;"),
                '<' => self.raw("&lt;"),
                '>' => self.raw("&gt;"),
                '"' => self.raw("&quot;"),
                // XML 1.0 has no place for other control characters, not even escaped.
                c if c < ' ' && !matches!(c, '\n' | '\t') => self.raw("\u{fffd}"),
                c => self.text.push(c),
            }
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.escaped(value);
        self.raw("\"");
    }

    fn length(&mut self, name: &str, value: f32) {
        self.raw(" ");
        self.raw(name);
        self.raw("=\"");
        self.number(value);
        self.raw("\"");
    }

    /// Hundredths of a pixel, without trailing zeros.
    fn number(&mut self, value: f32) {
        let hundredths = (value * 100.0).round() as i64;
        crate::text::push_signed_hundredths(&mut self.text, hundredths);
    }

    fn point(&mut self, at: Point) {
        self.number(at.x);
        self.raw(" ");
        self.number(at.y);
    }

    fn colour(&mut self, colour: Rgb) {
        self.raw("#");
        for shift in (0..24).step_by(4).rev() {
            let digit = (colour >> shift & 0xf) as u8;
            self.text.push(if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            } as char);
        }
    }

    fn style(&mut self, used: &[Ink], colours: &Colours) {
        self.raw("text{font-family:");
        self.raw(FONT_STACK);
        self.raw(";white-space:pre}\n.h{paint-order:stroke;stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}\n");
        for font in Font::ALL {
            self.raw(".t");
            self.raw(font_class(font));
            self.raw("{font-size:");
            self.number(font.size());
            self.raw("px;font-weight:");
            self.number(f32::from(font.weight()));
            self.raw("}\n");
        }
        for ink in used {
            for (prefix, property) in [("f-", "fill"), ("s-", "stroke")] {
                self.raw(".");
                self.raw(prefix);
                self.raw(ink.token());
                self.raw("{");
                self.raw(property);
                self.raw(":var(--");
                self.raw(ink.token());
                self.raw(")}");
            }
            self.raw("\n");
        }
        match colours {
            Colours::Auto => {
                self.variables(used, |ink| ink.light());
                self.raw("@media (prefers-color-scheme:dark){");
                self.variables(used, |ink| ink.dark());
                self.raw("}\n");
            }
            Colours::Fixed(theme) => self.variables(used, |ink| theme.colour(ink)),
        }
    }

    fn variables(&mut self, used: &[Ink], colour: impl Fn(Ink) -> Rgb) {
        self.raw("svg{");
        for ink in used {
            self.raw("--");
            self.raw(ink.token());
            self.raw(":");
            self.colour(colour(*ink));
            self.raw(";");
        }
        self.raw("}\n");
    }

    fn rect(&mut self, rect: Rect, radius: f32) {
        self.raw("<rect");
        self.length("x", rect.x);
        self.length("y", rect.y);
        self.length("width", rect.width.max(0.0));
        self.length("height", rect.height.max(0.0));
        if radius > 0.0 {
            self.length("rx", radius);
        }
    }

    fn filled(&mut self, item: &Item) {
        self.raw(" class=\"f-");
        self.raw(item.ink.token());
        self.raw("\"");
        self.opacity(item.opacity);
        self.raw("/>\n");
    }

    fn stroked(&mut self, item: &Item, width: f32, dash: Dash) {
        self.raw(" fill=\"none\" class=\"s-");
        self.raw(item.ink.token());
        self.raw("\"");
        self.length("stroke-width", width);
        if !dash.pattern().is_empty() {
            self.raw(" stroke-dasharray=\"");
            for (at, length) in dash.pattern().iter().enumerate() {
                if at > 0 {
                    self.raw(" ");
                }
                self.number(*length);
            }
            self.raw("\"");
        }
        self.opacity(item.opacity);
        self.raw("/>\n");
    }

    fn opacity(&mut self, opacity: u8) {
        if opacity < 255 {
            self.length("opacity", f32::from(opacity) / 255.0);
        }
    }

    fn points(&mut self, points: &[Point]) {
        self.raw(" points=\"");
        for (at, p) in points.iter().enumerate() {
            if at > 0 {
                self.raw(" ");
            }
            self.point(*p);
        }
        self.raw("\"");
    }

    fn item(&mut self, list: &DisplayList, item: &Item) {
        match item.shape {
            Shape::Line {
                from,
                to,
                width,
                dash,
            } => {
                self.raw("<path d=\"M");
                self.point(from);
                self.raw("L");
                self.point(to);
                self.raw("\"");
                self.stroked(item, width, dash);
            }
            Shape::Polyline {
                points,
                width,
                dash,
            } => {
                self.raw("<polyline stroke-linejoin=\"round\"");
                self.points(list.points(points));
                self.stroked(item, width, dash);
            }
            Shape::Curve {
                from,
                first,
                second,
                to,
                width,
                dash,
            } => {
                self.raw("<path d=\"M");
                self.point(from);
                self.raw("C");
                for (at, p) in [first, second, to].into_iter().enumerate() {
                    if at > 0 {
                        self.raw(" ");
                    }
                    self.point(p);
                }
                self.raw("\"");
                self.stroked(item, width, dash);
            }
            Shape::Polygon { points } => {
                self.raw("<polygon");
                self.points(list.points(points));
                self.filled(item);
            }
            Shape::Fill { rect, radius } => {
                self.rect(rect, radius);
                self.filled(item);
            }
            Shape::Frame {
                rect,
                radius,
                width,
                dash,
            } => {
                self.rect(rect, radius);
                self.stroked(item, width, dash);
            }
            Shape::Dot { centre, radius } => {
                self.raw("<circle");
                self.length("cx", centre.x);
                self.length("cy", centre.y);
                self.length("r", radius);
                self.filled(item);
            }
            Shape::Text {
                at,
                text,
                font,
                anchor,
                baseline,
                angle,
                halo,
            } => {
                let drop = match baseline {
                    Baseline::Alphabetic => 0.0,
                    Baseline::Middle => font.middle_shift(),
                };
                self.raw("<text");
                if angle == 0.0 {
                    self.length("x", at.x);
                    self.length("y", at.y + drop);
                } else {
                    self.raw(" transform=\"translate(");
                    self.point(at);
                    self.raw(") rotate(");
                    self.number(angle.to_degrees());
                    self.raw(")\"");
                    self.length("y", drop);
                }
                match anchor {
                    Anchor::Start => {}
                    Anchor::Middle => self.raw(" text-anchor=\"middle\""),
                    Anchor::End => self.raw(" text-anchor=\"end\""),
                }
                self.raw(" class=\"f-");
                self.raw(item.ink.token());
                self.raw(" t");
                self.raw(font_class(font));
                self.raw(if halo { " h\"" } else { "\"" });
                self.opacity(item.opacity);
                self.raw(">");
                self.escaped(list.text(text));
                self.raw("</text>\n");
            }
            Shape::Clip { rect } => {
                // A nested viewport clips without an id that two pictures on a page could share.
                self.raw("<svg");
                self.length("x", rect.x);
                self.length("y", rect.y);
                self.length("width", rect.width.max(0.0));
                self.length("height", rect.height.max(0.0));
                self.raw(" viewBox=\"");
                for (at, value) in [rect.x, rect.y, rect.width.max(0.0), rect.height.max(0.0)]
                    .into_iter()
                    .enumerate()
                {
                    if at > 0 {
                        self.raw(" ");
                    }
                    self.number(value);
                }
                self.raw("\">\n");
            }
            Shape::Unclip => self.raw("</svg>\n"),
        }
    }
}

const fn font_class(font: Font) -> &'static str {
    match font {
        Font::Small => "s",
        Font::Label => "l",
        Font::Name => "n",
        Font::Title => "t",
        Font::Large => "g",
        Font::LargeName => "gn",
    }
}
