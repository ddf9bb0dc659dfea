//! A run as a file for other programs. Each function plays the run's text anew.

use sim::history::{History, Progress};
use tcp::time::Instant;
use view::frame::Frame;
use view::ladder;
use view::score::Score;
use view::svg::{Colours, Words};
use view::text_ladder::{Charset, text_ladder};
use view::viewport::{Numbers, Options, Spelling, Viewport};

/// More events than any run of a person makes.
const EVENTS_MAX: u32 = 50_000_000;

/// The width of the picture, in its own pixels.
const WIDTH: f32 = 960.0;

/// A run that was played to its end.
pub struct Played(History);

impl Played {
    /// Plays a run's text; none where it is no run, or one without an end.
    #[must_use]
    pub fn read(text: &str) -> Option<Played> {
        let run = sim::text::parse(text).ok()?;
        let mut history = History::new(run).ok()?;
        match history.advance_to_end(EVENTS_MAX) {
            Progress::More(_) => None,
            _ => Some(Played(history)),
        }
    }

    /// A capture: every datagram once, when it is put on the link.
    #[must_use]
    pub fn pcapng(&self) -> Vec<u8> {
        formats::pcapng::of_trace(self.0.trace())
    }

    /// The trace, one JSON object a line.
    #[must_use]
    pub fn json_lines(&self) -> String {
        formats::json_lines::of_trace(self.0.trace())
    }

    /// A Mermaid sequence diagram.
    #[must_use]
    pub fn mermaid(&self) -> String {
        formats::mermaid::of_trace(self.0.trace())
    }

    /// The ladder as text, up to a moment.
    #[must_use]
    pub fn ladder_text(&mut self, until: Instant, options: &Options) -> String {
        self.with_frame(until, |frame| text_ladder(frame, options, Charset::Unicode))
    }

    /// The ladder as an SVG document, up to a moment; light or dark as its reader's system is.
    #[must_use]
    pub fn ladder_svg(&mut self, until: Instant, options: &Options) -> String {
        let title = format!("TCP: {}", self.0.run().scenario.id);
        self.with_frame(until, |frame| {
            let narrow = Viewport::new(WIDTH, 0.0);
            let height = ladder::content_height(frame.score, &narrow, options);
            let list = ladder::ladder(frame, &Viewport::new(WIDTH, height), options);
            let words = Words {
                title: &title,
                description: &text_ladder(frame, options, Charset::Unicode),
                language: "en",
            };
            view::svg::svg(&list, &words, &Colours::Auto)
        })
    }

    fn with_frame<T>(&mut self, until: Instant, draw: impl FnOnce(&Frame<'_>) -> T) -> T {
        let snapshot = self.0.seek(until);
        let trace = self.0.trace();
        let mut score = Score::new(self.0.run(), true);
        score.extend(self.0.run(), trace);
        let whole = Frame::whole(&score);
        let records = trace.count_until(until) as u32;
        draw(&Frame {
            now: until,
            in_flight: &snapshot.in_flight,
            fresh: records,
            records,
            ..whole
        })
    }
}

/// What a reader has switched that shows in a ladder.
#[must_use]
pub fn options(absolute: bool, kernel_names: bool) -> Options {
    Options {
        numbers: if absolute {
            Numbers::Absolute
        } else {
            Numbers::Relative
        },
        spelling: if kernel_names {
            Spelling::Netstat
        } else {
            Spelling::Rfc
        },
        ..Options::default()
    }
}
