//! Paints a display list on a 2D canvas.
//!
//! The canvas keeps its state between items, so it is told only what changes,
//! and neighbours of one style share one path. Upright and level strokes lie
//! on whole device pixels.
//!
//! To call JavaScript costs more than most of the calls themselves, so they are
//! written down as numbers, and `brush.js` makes them all at once.

use js_sys::Array;
use view::display::{Anchor, Baseline, Dash, DisplayList, Point, Rect, Shape};
use view::geometry::sin_cos;
use view::ink::Ink;
use view::text::Font;
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

#[wasm_bindgen(module = "/src/brush.js")]
extern "C" {
    /// Makes the calls that have been written down; `tables` as in [`Palette::tables`].
    #[wasm_bindgen(js_name = draw)]
    fn carry_out(context: &CanvasRenderingContext2d, orders: &[f32], tables: &Array);
}

/// The calls of a canvas, as `brush.js` knows them; each with its numbers after it.
#[derive(Clone, Copy)]
enum Order {
    BeginPath,
    Fill,
    Stroke,
    /// Two points.
    Line,
    /// Four points.
    Curve,
    /// A point.
    MoveTo,
    /// A point.
    LineTo,
    ClosePath,
    /// Left, top, width, height.
    Rect,
    /// The same and a radius.
    RoundRect,
    /// The middle and the radius.
    Dot,
    /// A place among the words, a point.
    FillText,
    /// The same.
    StrokeText,
    /// Six numbers of a matrix.
    Transform,
    /// A place among the colours.
    FillColour,
    /// The same.
    StrokeColour,
    /// 0 to 255.
    Opacity,
    /// Pixels.
    Width,
    /// A place among the dashes.
    Dash,
    /// A place among the fonts.
    Font,
    /// A place among the alignments.
    Align,
    RoundJoins,
    Save,
    Restore,
    Clip,
    /// Width and height.
    Clear,
}

/// Colours and faces as the canvas wants them. Made once for a theme.
pub struct Palette {
    /// Colours, fonts, alignments, dashes, words: JavaScript keeps what is no number, and is told its place.
    tables: Array,
    words: Words,
    /// Calls on their way to JavaScript.
    orders: Box<[f32]>,
}

/// How many numbers are written down before the calls are made: most pictures have fewer.
const ORDERS: usize = 8_192;

/// How many texts are kept as JavaScript has them.
const WORDS: usize = 512;

/// Texts that were written lately: most of a frame's were in the one before, and decoding one costs more than painting it.
struct Words {
    /// Each with the picture it was written in last.
    known: Vec<(String, u32)>,
    there: Array,
    picture: u32,
}

impl Words {
    /// Where JavaScript finds a text; none if another one stands there that the present picture writes, too.
    fn place_of(&mut self, text: &str) -> Option<usize> {
        let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let place = (hash ^ hash >> 16) as usize % WORDS;
        let (known, picture) = &mut self.known[place];
        if known != text {
            if *picture == self.picture {
                return None;
            }
            known.clear();
            known.push_str(text);
            self.there.set(place as u32, JsValue::from_str(text));
        }
        *picture = self.picture;
        Some(place)
    }
}

impl Palette {
    /// `colours` are CSS colours in the order of [`Ink::ALL`]; what is missing there takes the light theme's default.
    /// `family` is the CSS font family of everything that is written.
    #[must_use]
    pub fn new(colours: &[String], family: &str) -> Palette {
        let colours: Array = Ink::ALL
            .iter()
            .enumerate()
            .map(|(index, ink)| match colours.get(index) {
                Some(colour) if !colour.is_empty() => JsValue::from_str(colour),
                _ => JsValue::from_str(&hex(ink.light())),
            })
            .collect();
        let fonts: Array = Font::ALL
            .iter()
            .map(|font| {
                let mut css = String::from(font.css());
                css.push(' ');
                css.push_str(family);
                JsValue::from_str(&css)
            })
            .collect();
        let aligns: Array = ["start", "center", "end"]
            .into_iter()
            .map(JsValue::from_str)
            .collect();
        let dashes: Array = [Dash::Solid, Dash::Dashed, Dash::Dotted]
            .into_iter()
            .map(|dash| -> Array {
                dash.pattern()
                    .iter()
                    .map(|length| JsValue::from_f64(f64::from(*length)))
                    .collect()
            })
            .collect();
        let words = Words {
            known: vec![(String::new(), 0); WORDS],
            there: Array::new_with_length(WORDS as u32),
            picture: 0,
        };
        let tables = [&colours, &fonts, &aligns, &dashes, &words.there];
        Palette {
            tables: tables.into_iter().collect(),
            words,
            orders: vec![0.0; ORDERS].into(),
        }
    }
}

/// `#rrggbb`.
fn hex(rgb: u32) -> String {
    let mut text = String::with_capacity(7);
    text.push('#');
    for place in (0..6).rev() {
        let digit = (rgb >> (place * 4)) & 15;
        text.push(char::from_digit(digit, 16).unwrap_or('0'));
    }
    text
}

/// Paints a list on a canvas whose bitmap has `ratio` pixels to a CSS pixel; what was there is cleared.
pub fn paint(
    list: &DisplayList,
    context: &CanvasRenderingContext2d,
    palette: &mut Palette,
    ratio: f64,
) {
    palette.words.picture = palette.words.picture.wrapping_add(1);
    let mut brush = Brush::new(context, palette, ratio);
    // A state left over from an earlier painting that a lost clip or a foreign hand changed must not show.
    brush.order(Order::Save, []);
    brush.straight();
    brush.order(Order::Clear, [list.width, list.height].map(f64::from));
    for item in list.items() {
        brush.item(list, item);
    }
    brush.flush();
    for _ in 0..=brush.clips {
        brush.order(Order::Restore, []);
    }
    brush.carry_out();
}

/// How broad the ground around a text with a halo is stroked.
const HALO_PX: f64 = 3.0;

/// What a path under construction will be painted with.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    None,
    Stroke {
        ink: Ink,
        opacity: u8,
        width: f64,
        dash: Dash,
    },
    Fill {
        ink: Ink,
        opacity: u8,
    },
}

struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    palette: &'a mut Palette,
    ratio: f64,
    /// How many numbers are written down.
    written: usize,
    /// Style of the open path.
    open: Style,
    clips: u32,
    /// The transformation is that of a turned text.
    turned: bool,
    // What the canvas has been told; none means its state is not known.
    fill: Option<Ink>,
    stroke: Option<Ink>,
    opacity: Option<u8>,
    width: f64,
    dash: Option<Dash>,
    font: Option<Font>,
    align: Option<Anchor>,
}

impl<'a> Brush<'a> {
    fn new(
        context: &'a CanvasRenderingContext2d,
        palette: &'a mut Palette,
        ratio: f64,
    ) -> Brush<'a> {
        Brush {
            context,
            palette,
            ratio,
            written: 0,
            open: Style::None,
            clips: 0,
            turned: false,
            fill: None,
            stroke: None,
            opacity: None,
            width: -1.0,
            dash: None,
            font: None,
            align: None,
        }
    }

    /// Writes a call down.
    fn order<const N: usize>(&mut self, order: Order, numbers: [f64; N]) {
        if self.written + N >= ORDERS {
            self.carry_out();
        }
        if let Some(place) = self.palette.orders.get_mut(self.written..=self.written + N) {
            place[0] = f32::from(order as u8);
            for (number, place) in numbers.iter().zip(&mut place[1..]) {
                // Single precision tells sixteen thousand pixels apart to a thousandth.
                *place = *number as f32;
            }
            self.written += N + 1;
        }
    }

    /// Makes the calls written down so far. What the canvas has been told it remembers.
    fn carry_out(&mut self) {
        let orders = &self.palette.orders[..self.written];
        carry_out(self.context, orders, &self.palette.tables);
        self.written = 0;
    }

    /// The transformation everything but turned text is painted under.
    fn straight(&mut self) {
        self.turned = false;
        let ratio = self.ratio;
        self.order(Order::Transform, [ratio, 0.0, 0.0, ratio, 0.0, 0.0]);
    }

    fn item(&mut self, list: &DisplayList, item: &view::display::Item) {
        let (ink, opacity) = (item.ink, item.opacity);
        if opacity == 0 && !matches!(item.shape, Shape::Clip { .. } | Shape::Unclip) {
            return;
        }
        if self.turned && !matches!(item.shape, Shape::Text { .. }) {
            self.straight();
        }
        match item.shape {
            Shape::Line {
                from,
                to,
                width,
                dash,
            } => {
                let level = from.y == to.y;
                let upright = from.x == to.x;
                let width = if level || upright {
                    self.whole(width)
                } else {
                    f64::from(width)
                };
                self.begin(Style::Stroke {
                    ink,
                    opacity,
                    width,
                    dash,
                });
                let (mut x, mut y) = (f64::from(from.x), f64::from(from.y));
                let (mut to_x, mut to_y) = (f64::from(to.x), f64::from(to.y));
                if upright {
                    x = self.centred(x, width);
                    to_x = x;
                } else if level {
                    y = self.centred(y, width);
                    to_y = y;
                }
                self.order(Order::Line, [x, y, to_x, to_y]);
            }
            Shape::Polyline {
                points,
                width,
                dash,
            } => {
                self.begin(Style::Stroke {
                    ink,
                    opacity,
                    width: f64::from(width),
                    dash,
                });
                self.through(list.points(points));
            }
            Shape::Curve {
                from,
                first,
                second,
                to,
                width,
                dash,
            } => {
                self.begin(Style::Stroke {
                    ink,
                    opacity,
                    width: f64::from(width),
                    dash,
                });
                let [from, first, second, to] =
                    [from, first, second, to].map(|point| [point.x.into(), point.y.into()]);
                self.order(
                    Order::Curve,
                    [
                        from[0], from[1], first[0], first[1], second[0], second[1], to[0], to[1],
                    ],
                );
            }
            Shape::Polygon { points } => {
                self.begin(Style::Fill { ink, opacity });
                self.through(list.points(points));
                self.order(Order::ClosePath, []);
            }
            Shape::Fill { rect, radius } => {
                self.begin(Style::Fill { ink, opacity });
                let (left, top) = (self.edge(rect.x), self.edge(rect.y));
                let (right, bottom) = (self.edge(rect.right()), self.edge(rect.bottom()));
                // What is thinner than a pixel is still seen.
                let least = 1.0 / self.ratio;
                self.rectangle(
                    left,
                    top,
                    (right - left).max(least),
                    (bottom - top).max(least),
                    radius,
                );
            }
            Shape::Frame {
                rect,
                radius,
                width,
                dash,
            } => {
                let width = self.whole(width);
                self.begin(Style::Stroke {
                    ink,
                    opacity,
                    width,
                    dash,
                });
                let (left, top) = (
                    self.centred(rect.x.into(), width),
                    self.centred(rect.y.into(), width),
                );
                let right = self.centred(rect.right().into(), width);
                let bottom = self.centred(rect.bottom().into(), width);
                self.rectangle(left, top, right - left, bottom - top, radius);
            }
            Shape::Dot { centre, radius } => {
                self.begin(Style::Fill { ink, opacity });
                let (x, y, radius) = (f64::from(centre.x), f64::from(centre.y), f64::from(radius));
                self.order(Order::Dot, [x, y, radius.max(0.0)]);
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
                self.flush();
                self.text(
                    list.text(text),
                    at,
                    font,
                    anchor,
                    baseline,
                    angle,
                    ink,
                    opacity,
                    halo,
                );
            }
            Shape::Clip { rect } => {
                self.flush();
                self.clip(rect);
            }
            Shape::Unclip => {
                self.flush();
                if self.clips > 0 {
                    self.clips -= 1;
                    self.order(Order::Restore, []);
                    self.forget();
                }
            }
        }
    }

    /// Goes on with the open path if it has this style, else paints that one and opens another.
    fn begin(&mut self, style: Style) {
        if self.open != style {
            self.flush();
            self.open = style;
            self.order(Order::BeginPath, []);
        }
    }

    /// Paints the open path.
    fn flush(&mut self) {
        match core::mem::replace(&mut self.open, Style::None) {
            Style::None => {}
            Style::Fill { ink, opacity } => {
                self.fill_with(ink, opacity);
                self.order(Order::Fill, []);
            }
            Style::Stroke {
                ink,
                opacity,
                width,
                dash,
            } => {
                self.stroke_with(ink, opacity, width, dash);
                self.order(Order::Stroke, []);
            }
        }
    }

    fn through(&mut self, points: &[Point]) {
        for (index, point) in points.iter().enumerate() {
            let order = if index == 0 {
                Order::MoveTo
            } else {
                Order::LineTo
            };
            self.order(order, [point.x.into(), point.y.into()]);
        }
    }

    fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, radius: f32) {
        if radius > 0.0 {
            let radius = f64::from(radius).min(width.min(height) / 2.0).max(0.0);
            self.order(Order::RoundRect, [x, y, width, height, radius]);
        } else {
            self.order(Order::Rect, [x, y, width, height]);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one item")]
    fn text(
        &mut self,
        text: &str,
        at: Point,
        font: Font,
        anchor: Anchor,
        baseline: Baseline,
        angle: f32,
        ink: Ink,
        opacity: u8,
        halo: bool,
    ) {
        if text.is_empty() {
            return;
        }
        let word = self.palette.words.place_of(text).or_else(|| {
            // Its place is wanted by another that is still to be written.
            self.carry_out();
            self.palette.words.picture = self.palette.words.picture.wrapping_add(1);
            self.palette.words.place_of(text)
        });
        let word = word.unwrap_or_default() as f64;
        if self.font != Some(font) {
            self.font = Some(font);
            self.order(Order::Font, [f64::from(font as u8)]);
        }
        if self.align != Some(anchor) {
            self.align = Some(anchor);
            self.order(Order::Align, [f64::from(anchor as u8)]);
        }
        let (mut x, mut y) = (f64::from(at.x), f64::from(at.y));
        if angle != 0.0 {
            let (sin, cos) = sin_cos(angle);
            let (sin, cos) = (f64::from(sin) * self.ratio, f64::from(cos) * self.ratio);
            let (right, down) = (x * self.ratio, y * self.ratio);
            self.order(Order::Transform, [cos, sin, -sin, cos, right, down]);
            self.turned = true;
            (x, y) = (0.0, 0.0);
        } else if self.turned {
            self.straight();
        }
        if baseline == Baseline::Middle {
            y += f64::from(font.middle_shift());
        }
        if halo {
            self.stroke_with(Ink::Surface, opacity, HALO_PX, Dash::Solid);
            self.order(Order::StrokeText, [word, x, y]);
        }
        self.fill_with(ink, opacity);
        self.order(Order::FillText, [word, x, y]);
    }

    fn clip(&mut self, rect: Rect) {
        self.clips += 1;
        self.order(Order::Save, []);
        self.order(Order::BeginPath, []);
        let Rect {
            x,
            y,
            width,
            height,
        } = rect;
        self.order(Order::Rect, [x, y, width, height].map(f64::from));
        self.order(Order::Clip, []);
    }

    /// After a `restore` the canvas has the state of an earlier moment.
    fn forget(&mut self) {
        self.fill = None;
        self.stroke = None;
        self.opacity = None;
        self.width = -1.0;
        self.dash = None;
        self.font = None;
        self.align = None;
    }

    fn fill_with(&mut self, ink: Ink, opacity: u8) {
        if self.fill != Some(ink) {
            self.fill = Some(ink);
            self.order(Order::FillColour, [f64::from(ink as u8)]);
        }
        self.fade(opacity);
    }

    fn stroke_with(&mut self, ink: Ink, opacity: u8, width: f64, dash: Dash) {
        if self.stroke != Some(ink) {
            self.stroke = Some(ink);
            self.order(Order::StrokeColour, [f64::from(ink as u8)]);
        }
        if self.width < 0.0 {
            self.order(Order::RoundJoins, []);
        }
        if self.width != width {
            self.width = width;
            self.order(Order::Width, [width]);
        }
        if self.dash != Some(dash) {
            self.dash = Some(dash);
            self.order(Order::Dash, [f64::from(dash as u8)]);
        }
        self.fade(opacity);
    }

    fn fade(&mut self, opacity: u8) {
        if self.opacity != Some(opacity) {
            self.opacity = Some(opacity);
            self.order(Order::Opacity, [f64::from(opacity)]);
        }
    }

    /// A width in whole device pixels, one at least.
    fn whole(&self, width: f32) -> f64 {
        round(f64::from(width) * self.ratio).max(1.0) / self.ratio
    }

    /// The nearest place at which a stroke of a whole width fills device pixels.
    fn centred(&self, at: f64, width: f64) -> f64 {
        let half = width * self.ratio / 2.0;
        (round(at * self.ratio - half) + half) / self.ratio
    }

    /// The nearest edge between device pixels.
    fn edge(&self, at: f32) -> f64 {
        round(f64::from(at) * self.ratio) / self.ratio
    }
}

/// Half up. `f64::round` halves away from zero, for which wasm has no instruction.
fn round(x: f64) -> f64 {
    (x + 0.5).floor()
}
