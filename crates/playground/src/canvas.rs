//! Paints a display list on a 2D canvas.
//!
//! The canvas keeps its state between items, so it is told only what changes,
//! and neighbours of one style share one path. Upright and level strokes lie
//! on whole device pixels.

use core::cell::RefCell;

use js_sys::{Array, JsString};
use view::display::{Anchor, Baseline, Dash, DisplayList, Point, Rect, Shape};
use view::geometry::sin_cos;
use view::ink::Ink;
use view::text::Font;
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

#[wasm_bindgen]
extern "C" {
    /// The same object as web-sys's, for the properties that take a text: these setters take one that
    /// JavaScript has already, instead of decoding it from memory each time.
    #[wasm_bindgen(js_name = CanvasRenderingContext2D, extends = CanvasRenderingContext2d)]
    type Context;
    #[wasm_bindgen(method, setter, structural, js_name = fillStyle)]
    fn set_fill(this: &Context, colour: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = strokeStyle)]
    fn set_stroke(this: &Context, colour: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = font)]
    fn set_face(this: &Context, font: &JsString);
    #[wasm_bindgen(method, setter, structural, js_name = textAlign)]
    fn set_align(this: &Context, align: &JsString);
    #[wasm_bindgen(method, structural, js_name = fillText)]
    fn fill_words(this: &Context, text: &JsString, x: f64, y: f64);
    #[wasm_bindgen(method, structural, js_name = strokeText)]
    fn stroke_words(this: &Context, text: &JsString, x: f64, y: f64);
}

/// Colours and faces as the canvas wants them. Made once for a theme.
pub struct Palette {
    colours: Vec<JsString>,
    fonts: Vec<JsString>,
    aligns: [JsString; 3],
    dashes: [Array; 3],
    words: RefCell<Words>,
}

/// How many texts are kept as JavaScript has them.
const WORDS: usize = 512;

/// Texts that were written lately: most of a frame's were in the one before, and decoding one costs more than painting it.
struct Words(Vec<Option<(String, JsString)>>);

impl Words {
    fn of(&mut self, text: &str) -> &JsString {
        let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let place = &mut self.0[(hash ^ hash >> 16) as usize % WORDS];
        if place.as_ref().is_none_or(|(known, _)| known != text) {
            *place = None;
        }
        let (_, word) = place.get_or_insert_with(|| (String::from(text), JsString::from(text)));
        word
    }
}

impl Palette {
    /// `colours` are CSS colours in the order of [`Ink::ALL`]; what is missing there takes the light theme's default.
    /// `family` is the CSS font family of everything that is written.
    #[must_use]
    pub fn new(colours: &[String], family: &str) -> Palette {
        let colours = Ink::ALL
            .iter()
            .enumerate()
            .map(|(index, ink)| match colours.get(index) {
                Some(colour) if !colour.is_empty() => JsString::from(colour.as_str()),
                _ => JsString::from(hex(ink.light()).as_str()),
            })
            .collect();
        let fonts = Font::ALL
            .iter()
            .map(|font| {
                let mut css = String::from(font.css());
                css.push(' ');
                css.push_str(family);
                JsString::from(css.as_str())
            })
            .collect();
        let mut words = Vec::new();
        words.resize_with(WORDS, || None);
        Palette {
            words: RefCell::new(Words(words)),
            colours,
            fonts,
            aligns: ["start", "center", "end"].map(JsString::from),
            dashes: [Dash::Solid, Dash::Dashed, Dash::Dotted].map(|dash| {
                dash.pattern()
                    .iter()
                    .map(|length| JsValue::from_f64(f64::from(*length)))
                    .collect()
            }),
        }
    }

    /// The colour of an ink.
    #[must_use]
    pub fn colour(&self, ink: Ink) -> &JsString {
        &self.colours[ink as usize]
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
    palette: &Palette,
    ratio: f64,
) {
    // A state left over from an earlier painting that a lost clip or a foreign hand changed must not show.
    context.save();
    let mut brush = Brush::new(context, palette, ratio);
    brush.straight();
    context.clear_rect(0.0, 0.0, f64::from(list.width), f64::from(list.height));
    for item in list.items() {
        brush.item(list, item);
    }
    brush.flush();
    for _ in 0..=brush.clips {
        context.restore();
    }
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
    context: &'a Context,
    palette: &'a Palette,
    ratio: f64,
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
    fn new(context: &'a CanvasRenderingContext2d, palette: &'a Palette, ratio: f64) -> Brush<'a> {
        Brush {
            context: context.unchecked_ref(),
            palette,
            ratio,
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

    /// The transformation everything but turned text is painted under.
    fn straight(&mut self) {
        self.turned = false;
        // Fails on nothing: the numbers are finite.
        let _ = self
            .context
            .set_transform(self.ratio, 0.0, 0.0, self.ratio, 0.0, 0.0);
    }

    fn item(&mut self, list: &DisplayList, item: &view::display::Item) {
        let (ink, opacity) = (item.ink, item.opacity);
        if opacity == 0 && !matches!(item.shape, Shape::Clip { .. } | Shape::Unclip) {
            return;
        }
        if self.turned && !matches!(item.shape, Shape::Text { .. }) {
            self.straight();
        }
        let context = self.context;
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
                context.move_to(x, y);
                context.line_to(to_x, to_y);
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
                context.move_to(from.x.into(), from.y.into());
                context.bezier_curve_to(
                    first.x.into(),
                    first.y.into(),
                    second.x.into(),
                    second.y.into(),
                    to.x.into(),
                    to.y.into(),
                );
            }
            Shape::Polygon { points } => {
                self.begin(Style::Fill { ink, opacity });
                self.through(list.points(points));
                context.close_path();
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
                context.move_to(x + radius, y);
                let _ = context.arc(x, y, radius.max(0.0), 0.0, core::f64::consts::TAU);
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
                    context.restore();
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
            self.context.begin_path();
        }
    }

    /// Paints the open path.
    fn flush(&mut self) {
        match core::mem::replace(&mut self.open, Style::None) {
            Style::None => {}
            Style::Fill { ink, opacity } => {
                self.fill_with(ink, opacity);
                self.context.fill();
            }
            Style::Stroke {
                ink,
                opacity,
                width,
                dash,
            } => {
                self.stroke_with(ink, opacity, width, dash);
                self.context.stroke();
            }
        }
    }

    fn through(&self, points: &[Point]) {
        let mut points = points.iter();
        if let Some(first) = points.next() {
            self.context.move_to(first.x.into(), first.y.into());
        }
        for point in points {
            self.context.line_to(point.x.into(), point.y.into());
        }
    }

    fn rectangle(&self, x: f64, y: f64, width: f64, height: f64, radius: f32) {
        if radius > 0.0 {
            let radius = f64::from(radius).min(width.min(height) / 2.0).max(0.0);
            let _ = self
                .context
                .round_rect_with_f64(x, y, width, height, radius);
        } else {
            self.context.rect(x, y, width, height);
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
        if self.font != Some(font) {
            self.font = Some(font);
            self.context.set_face(&self.palette.fonts[font as usize]);
        }
        if self.align != Some(anchor) {
            self.align = Some(anchor);
            self.context
                .set_align(&self.palette.aligns[anchor as usize]);
        }
        let (mut x, mut y) = (f64::from(at.x), f64::from(at.y));
        if angle != 0.0 {
            let (sin, cos) = sin_cos(angle);
            let (sin, cos) = (f64::from(sin) * self.ratio, f64::from(cos) * self.ratio);
            let (right, down) = (x * self.ratio, y * self.ratio);
            // The numbers are finite.
            let _ = self.context.set_transform(cos, sin, -sin, cos, right, down);
            self.turned = true;
            (x, y) = (0.0, 0.0);
        } else if self.turned {
            self.straight();
        }
        if baseline == Baseline::Middle {
            y += f64::from(font.middle_shift());
        }
        let mut words = self.palette.words.borrow_mut();
        let word = words.of(text);
        if halo {
            self.stroke_with(Ink::Surface, opacity, HALO_PX, Dash::Solid);
            self.context.stroke_words(word, x, y);
        }
        self.fill_with(ink, opacity);
        self.context.fill_words(word, x, y);
    }

    fn clip(&mut self, rect: Rect) {
        self.context.save();
        self.clips += 1;
        self.context.begin_path();
        self.context.rect(
            rect.x.into(),
            rect.y.into(),
            rect.width.into(),
            rect.height.into(),
        );
        self.context.clip();
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
            self.context.set_fill(self.palette.colour(ink));
        }
        self.fade(opacity);
    }

    fn stroke_with(&mut self, ink: Ink, opacity: u8, width: f64, dash: Dash) {
        if self.stroke != Some(ink) {
            self.stroke = Some(ink);
            self.context.set_stroke(self.palette.colour(ink));
        }
        if self.width < 0.0 {
            self.context.set_line_join("round");
        }
        if self.width != width {
            self.width = width;
            self.context.set_line_width(width);
        }
        if self.dash != Some(dash) {
            self.dash = Some(dash);
            let _ = self
                .context
                .set_line_dash(&self.palette.dashes[dash as usize]);
        }
        self.fade(opacity);
    }

    fn fade(&mut self, opacity: u8) {
        if self.opacity != Some(opacity) {
            self.opacity = Some(opacity);
            self.context.set_global_alpha(f64::from(opacity) / 255.0);
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
