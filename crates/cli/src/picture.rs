//! The ladder of a whole run, as text and as a picture.

use sim::run::Run;
use sim::trace::Trace;
use view::frame::Frame;
use view::ladder;
use view::score::Score;
use view::svg::{Colours, Words, svg};
use view::text_ladder::{Charset, text_ladder};
use view::viewport::{Options, Viewport};

/// As wide as a column of text; as high as the run needs.
const WIDTH: f32 = 800.0;

/// A run that was played, ready to be drawn.
pub struct Picture<'a> {
    run: &'a Run,
    score: Score,
    options: Options,
}

impl<'a> Picture<'a> {
    pub fn new(run: &'a Run, trace: &Trace) -> Picture<'a> {
        let mut score = Score::new(run, true);
        score.extend(run, trace);
        Picture {
            run,
            score,
            options: Options::default(),
        }
    }

    /// The ladder as text.
    pub fn text(&self) -> String {
        text_ladder(&Frame::whole(&self.score), &self.options, Charset::Unicode)
    }

    /// An SVG file: the whole ladder, light or dark as the reader's system is.
    pub fn svg(&self) -> String {
        let narrow = Viewport::new(WIDTH, 0.0);
        let height = ladder::content_height(&self.score, &narrow, &self.options);
        let viewport = Viewport::new(WIDTH, height);
        let list = ladder::ladder(&Frame::whole(&self.score), &viewport, &self.options);
        let words = Words {
            title: &format!("TCP: {}", self.run.scenario.id),
            description: &self.text(),
            language: "en",
        };
        svg(&list, &words, &Colours::Auto)
    }
}
