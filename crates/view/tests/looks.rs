//! Colours that can be read, files that parse, and cost that does not grow with the run.

use sim::history::History;
use tcp::state::State;
use view::frame::Frame;
use view::ink::{Contrast, Ink, Rgb, Theme};
use view::ladder::{ladder, zoom_to_fit};
use view::score::Score;
use view::svg::{Colours, Words, svg};
use view::viewport::{Options, Viewport};

fn luminance(colour: Rgb) -> f64 {
    let channel = |shift: u32| {
        let value = f64::from(colour >> shift & 0xff) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn mix(over: Rgb, under: Rgb, opacity: u8) -> Rgb {
    let share = f64::from(opacity) / 255.0;
    [16, 8, 0].into_iter().fold(0, |mixed, shift| {
        let (a, b) = (
            f64::from(over >> shift & 0xff),
            f64::from(under >> shift & 0xff),
        );
        mixed | ((a * share + b * (1.0 - share)).round() as u32) << shift
    })
}

#[test]
fn every_ink_can_be_read_on_its_ground() {
    for (name, theme) in [("light", Theme::light()), ("dark", Theme::dark())] {
        let surface = theme.colour(Ink::Surface);
        for ink in Ink::ALL {
            let least = match ink.contrast() {
                Contrast::Text => 4.5,
                Contrast::Graphic => 3.0,
                Contrast::Free => continue,
            };
            for ground in [surface, theme.colour(Ink::Raised)] {
                let found = contrast(theme.colour(*ink), ground);
                assert!(
                    found >= least,
                    "{} on {ground:06x}, {name}: {found:.2}",
                    ink.token()
                );
            }
        }
        // A state's name stands on a tint of its own colour, in the state picture on a stronger one.
        for state in State::ALL {
            let ink = theme.colour(Ink::of_state(state));
            let found = contrast(ink, mix(ink, surface, 30));
            assert!(
                found >= 4.5,
                "{} on its tint, {name}: {found:.2}",
                state.name()
            );
            assert!(
                contrast(surface, ink) >= 4.5,
                "{} lit, {name}",
                state.name()
            );
        }
    }
}

#[test]
fn tokens_are_unlike_each_other_and_plain() {
    let mut seen = std::collections::BTreeSet::new();
    for ink in Ink::ALL {
        assert!(seen.insert(ink.token()));
        assert!(
            ink.token()
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
    }
}

fn score_of(text: &str, steps: u32) -> Score {
    let run = sim::text::parse(text).expect("it is written correctly");
    let mut history = History::new(run).expect("both hosts are engines");
    history.advance_to_end(steps);
    let mut score = Score::new(history.run(), true);
    score.extend(history.run(), history.trace());
    score
}

fn bulk(bytes: u32) -> String {
    let text = sim::catalogue::text("three-way-handshake").expect("it is in the catalogue");
    let mut out = String::from(text);
    out.push_str(&format!("\nwhen A.c established send {bytes}\n"));
    out
}

#[test]
fn an_svg_file_says_what_it_is_and_breaks_on_nothing() {
    let score = score_of(
        sim::catalogue::text("syn-lost").expect("it is in the catalogue"),
        10_000,
    );
    let list = ladder(
        &Frame::whole(&score),
        &Viewport::new(800.0, 600.0),
        &Options::default(),
    );
    let words = Words {
        title: "A & B <\"quoted\">\u{7}",
        description: "한국어",
        language: "ko",
    };
    let text = svg(&list, &words, &Colours::Auto);
    assert!(text.contains("<title id=\"t\">A &amp; B &lt;&quot;quoted&quot;&gt;\u{fffd}</title>"));
    assert!(text.contains("<desc id=\"d\">한국어</desc>") && text.contains("lang=\"ko\""));
    assert!(
        text.contains("prefers-color-scheme:dark")
            && !text.contains("http://127")
            && !text.contains("<script")
    );
    // Elements are closed in the order in which they were opened.
    let mut open = Vec::new();
    for tag in text.split('<').skip(1) {
        let inside = tag.split('>').next().unwrap_or_default();
        let name = inside
            .trim_start_matches('/')
            .split([' ', '\n'])
            .next()
            .unwrap_or_default();
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty());
}

#[test]
fn a_long_run_costs_no_more_items_than_a_short_one() {
    let (short, long) = (
        score_of(&bulk(60_000), 400),
        score_of(&bulk(60_000_000), 400_000),
    );
    assert!(long.records() > 50_000, "only {} records", long.records());
    let options = Options::default();
    let most = |score: &Score| {
        let mut viewport = Viewport::new(1280.0, 800.0);
        let fit = zoom_to_fit(score, &viewport, &options);
        let mut most = 0;
        for zoom in [fit, fit * 4.0, 0.3, 1.0, 3.0] {
            viewport.zoom = zoom;
            let whole = score.time.y_after(score.time.last(), zoom);
            for part in [0.0, 0.3, 0.6, 0.95] {
                viewport.scroll = (whole * part - 300.0).max(0.0);
                most = most.max(
                    ladder(&Frame::whole(score), &viewport, &options)
                        .items()
                        .len(),
                );
            }
        }
        most
    };
    let (few, many) = (most(&short), most(&long));
    assert!(
        many as f64 <= few as f64 * 1.5,
        "{many} items against {few}"
    );
}
