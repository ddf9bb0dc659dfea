//! The pictures of the whole catalogue: what holds for every one of them, at every width and moment; and a few as reviewed text.
//!
//! `TCP_PLAYGROUND_BLESS=1 cargo test -p view --test pictures` writes the texts anew; look at the difference.
//! `VIEW_SVG=<folder>` keeps every picture as SVG for the eye.

use std::path::Path;

use sim::catalogue;
use sim::history::{History, Snapshot};
use sim::trace::{Place, RecordId};
use tcp::time::Instant;
use view::display::{DisplayList, Item, Shape, Subject, point};
use view::frame::Frame;
use view::geometry::{Turned, between};
use view::hit::{REACH_TOUCH, hit};
use view::ink::Ink;
use view::ladder::{content_height, ladder, scroll_to_follow};
use view::score::Score;
use view::sequence_space::sequence_space_into;
use view::snapshot::snapshot;
use view::state_machine::{Collection, Machine, arc_of, state_machine_into};
use view::svg::{Colours, Words, svg};
use view::text_ladder::{Charset, text_ladder};
use view::time_sequence::time_sequence_into;
use view::viewport::{Numbers, Options, Viewport};

const WIDTHS: [f32; 4] = [320.0, 360.0, 800.0, 1280.0];

struct Played {
    id: &'static str,
    history: History,
    score: Score,
}

/// Every scenario, played to its end (or as far as a picture needs).
fn played() -> Vec<Played> {
    catalogue::ids()
        .map(|id| {
            let run = catalogue::run(id).expect("its id is in the catalogue");
            let mut history = History::new(run).expect("the catalogue's hosts are engines");
            history.advance_to_end(200_000);
            let mut score = Score::new(history.run(), true);
            score.extend(history.run(), history.trace());
            Played { id, history, score }
        })
        .collect()
}

fn frame_at<'a>(played: &'a Played, now: Instant) -> Frame<'a> {
    let records = played.history.trace().count_until(now) as u32;
    Frame {
        now,
        records,
        fresh: records,
        ..Frame::whole(&played.score)
    }
}

/// Some moments of a run: its end, and evenly spread ones.
fn moments(played: &Played) -> Vec<Instant> {
    let map = &played.score.time;
    let end = map.play_ms(map.last());
    (0..=6)
        .map(|part| map.time_at_play(end * f64::from(part) / 6.0))
        .collect()
}

fn keep(name: &str, list: &DisplayList) {
    if let Ok(folder) = std::env::var("VIEW_SVG") {
        let words = Words {
            title: name,
            description: "",
            language: "en",
        };
        std::fs::write(
            format!("{folder}/{name}.svg"),
            svg(list, &words, &Colours::Auto),
        )
        .expect("the folder is there");
    }
}

fn text_box(list: &DisplayList, item: &Item) -> Option<Turned> {
    let Shape::Text {
        at,
        text,
        font,
        angle,
        ..
    } = item.shape
    else {
        return None;
    };
    Some(Turned::new(
        at,
        font.width(list.text(text)),
        font.size() * 0.8,
        angle,
    ))
}

/// Labels of segments: the only halo'd text about a segment.
fn labels(list: &DisplayList) -> Vec<(Turned, &str)> {
    list.items()
        .iter()
        .filter(|item| matches!(item.subject, Subject::Segment(_) | Subject::Copy(_)))
        .filter_map(|item| match item.shape {
            Shape::Text {
                text, halo: true, ..
            } => Some((text_box(list, item)?, list.text(text))),
            _ => None,
        })
        .collect()
}

#[test]
fn labels_never_lie_on_each_other_or_outside() {
    for played in &played() {
        for width in WIDTHS {
            for numbers in [Numbers::Relative, Numbers::Absolute] {
                let options = Options {
                    numbers,
                    ..Options::default()
                };
                for now in moments(played) {
                    let frame = frame_at(played, now);
                    let mut viewport = Viewport::new(width, 740.0);
                    viewport.scroll = scroll_to_follow(&played.score, &viewport, &options, now);
                    let list = ladder(&frame, &viewport, &options);
                    let labels = labels(&list);
                    for (at, (one, text)) in labels.iter().enumerate() {
                        for (other, other_text) in &labels[at + 1..] {
                            assert!(
                                !one.overlaps(other),
                                "{} at {width}: «{text}» lies on «{other_text}»",
                                played.id
                            );
                        }
                        let reach = one.half_width * one.along.x.abs();
                        assert!(
                            one.centre.x - reach >= 0.0 && one.centre.x + reach <= width,
                            "{} at {width}: «{text}» is cut",
                            played.id
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn every_picture_is_finite_balanced_and_alike_twice() {
    for played in &played() {
        for width in WIDTHS {
            let options = Options {
                large: width > 1000.0,
                storyboard: width < 350.0,
                ..Options::default()
            };
            let mut viewport = Viewport::new(width, 700.0);
            viewport.height = content_height(&played.score, &viewport, &options).min(6_000.0);
            let frame = Frame::whole(&played.score);
            let list = ladder(&frame, &viewport, &options);
            assert_eq!(list, ladder(&frame, &viewport, &options));
            let mut depth = 0;
            for item in list.items() {
                match item.shape {
                    Shape::Clip { .. } => depth += 1,
                    Shape::Unclip => depth -= 1,
                    Shape::Line {
                        from, to, width, ..
                    } => {
                        assert!(
                            [from.x, from.y, to.x, to.y, width]
                                .iter()
                                .all(|number| number.is_finite())
                        );
                    }
                    Shape::Fill { rect, .. } | Shape::Frame { rect, .. } => {
                        assert!(
                            rect.width >= 0.0
                                && rect.height >= 0.0
                                && rect.x.is_finite()
                                && rect.y.is_finite()
                        );
                    }
                    _ => {}
                }
                assert!(depth >= 0);
            }
            assert_eq!(depth, 0);
            keep(&format!("{}-{width}", played.id), &list);
        }
    }
}

#[test]
fn scrolling_moves_the_picture_and_changes_nothing_else() {
    for played in &played() {
        let options = Options::default();
        let near = Viewport {
            scroll: 100.0,
            ..Viewport::new(800.0, 700.0)
        };
        let far = Viewport {
            scroll: 260.0,
            ..near
        };
        let frame = Frame::whole(&played.score);
        let (one, two) = (
            ladder(&frame, &near, &options),
            ladder(&frame, &far, &options),
        );
        let (before, after) = (labels(&one), labels(&two));
        // A label seen in both, well inside, stands 160 px higher in the second.
        for (label, text) in &after {
            if label.centre.y < 120.0 || label.centre.y > 420.0 {
                continue;
            }
            let there = before.iter().any(|(other, same)| {
                same == text
                    && (other.centre.y - 160.0 - label.centre.y).abs() < 0.6
                    && (other.centre.x - label.centre.x).abs() < 0.6
            });
            assert!(there, "{}: «{text}» has moved", played.id);
        }
    }
}

#[test]
fn every_segment_can_be_touched() {
    for played in &played() {
        let options = Options::default();
        let viewport = Viewport::new(360.0, 740.0);
        let list = ladder(&Frame::whole(&played.score), &viewport, &options);
        for item in list.items() {
            let (
                Shape::Line {
                    from, to, width, ..
                },
                Subject::Segment(id),
            ) = (item.shape, item.subject)
            else {
                continue;
            };
            let middle = between(from, to, 0.5);
            if width < 1.5 || middle.y < 60.0 || middle.y > 720.0 {
                continue;
            }
            assert!(
                matches!(
                    hit(&list, middle, REACH_TOUCH),
                    Subject::Segment(_) | Subject::Copy(_)
                ),
                "{} {id:?}",
                played.id
            );
            assert!(matches!(
                hit(&list, point(middle.x, middle.y + 11.0), REACH_TOUCH),
                Subject::Segment(_) | Subject::Copy(_)
            ));
        }
    }
}

#[test]
fn what_has_not_happened_is_not_shown() {
    for played in &played() {
        for now in moments(played) {
            let frame = frame_at(played, now);
            let viewport = Viewport::new(800.0, 4_000.0);
            let list = ladder(&frame, &viewport, &Options::default());
            for item in list.items() {
                if let Some(RecordId(record)) = Frame::record_of(item.subject) {
                    assert!(
                        record < frame.records,
                        "{}: record {record} is in the future",
                        played.id
                    );
                }
            }
        }
    }
}

#[test]
fn every_transition_of_the_catalogue_has_an_arc() {
    for played in &played() {
        for transition in played.score.transitions() {
            assert!(
                arc_of(transition.from, transition.to).is_some(),
                "{}: {:?} to {:?}",
                played.id,
                transition.from,
                transition.to
            );
        }
    }
}

#[test]
fn the_other_views_take_every_moment() {
    for played in &mut played() {
        for now in moments(played) {
            let snapshot: Snapshot = played.history.seek(now);
            let frame = frame_at(played, now);
            for width in [320.0, 640.0, 960.0] {
                let viewport = Viewport::new(width, 600.0);
                let mut list = DisplayList::default();
                for place in [Place::A, Place::B] {
                    let machine = Machine {
                        place,
                        socket: None,
                        collected: Collection::default(),
                    };
                    state_machine_into(&frame, &machine, &viewport, &Options::default(), &mut list);
                    // Where a script or a recording plays nobody knows the state, and there is no figure.
                    let known = played.score.has_states[place as usize];
                    assert_eq!(list.items().len() > 40, known, "{}", played.id);
                    assert!(known || list.items().len() == 1);
                }
                for sender in [Place::A, Place::B] {
                    if time_sequence_into(
                        &frame,
                        sender,
                        &[],
                        &viewport,
                        &Options::default(),
                        &mut list,
                    ) {
                        keep(
                            &format!("graph-{}-{}-{width}-{}", played.id, sender.id(), now.0),
                            &list,
                        );
                    }
                }
                if sequence_space_into(&frame, &snapshot, &viewport, &Options::default(), &mut list)
                {
                    for item in list.items() {
                        if let Some(text) = text_box(&list, item) {
                            assert!(
                                text.centre.x.is_finite() && text.centre.y.is_finite(),
                                "{}",
                                played.id
                            );
                        }
                    }
                    keep(&format!("space-{}-{width}-{}", played.id, now.0), &list);
                }
            }
        }
    }
}

#[test]
fn reviewed_pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let bless = std::env::var_os("TCP_PLAYGROUND_BLESS").is_some();
    let all = played();
    let find = |id: &str| {
        all.iter()
            .find(|played| played.id == id)
            .expect("it is in the catalogue")
    };
    let mut wrong = Vec::new();
    let mut check = |name: &str, text: String| {
        let path = folder.join(name);
        if bless {
            std::fs::write(&path, text).expect("the folder can be written");
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            wrong.push(String::from(name));
        }
    };
    for (id, width) in [
        ("three-way-close", 800.0),
        ("three-way-close", 360.0),
        ("simultaneous-open", 800.0),
        ("syn-lost", 360.0),
    ] {
        let played = find(id);
        let options = Options::default();
        let mut viewport = Viewport::new(width, 700.0);
        viewport.height = content_height(&played.score, &viewport, &options);
        let list = ladder(&Frame::whole(&played.score), &viewport, &options);
        check(&format!("{id}-{width}.txt"), snapshot(&list));
    }
    for id in [
        "three-way-close",
        "simultaneous-close",
        "half-open-discovery",
    ] {
        let played = find(id);
        check(
            &format!("{id}-ladder.txt"),
            text_ladder(
                &Frame::whole(&played.score),
                &Options::default(),
                Charset::Unicode,
            ),
        );
    }
    let mut list = DisplayList::default();
    let machine = Machine {
        place: Place::A,
        socket: None,
        collected: Collection::default(),
    };
    state_machine_into(
        &Frame::whole(&find("four-way-close").score),
        &machine,
        &Viewport::new(640.0, 700.0),
        &Options::default(),
        &mut list,
    );
    check("states-four-way-close.txt", snapshot(&list));
    assert!(
        wrong.is_empty(),
        "changed: {wrong:?}; look at them, and bless what is right"
    );
}

#[test]
fn no_viewport_is_too_strange() {
    let all = played();
    for played in all
        .iter()
        .filter(|played| ["three-way-close", "loss-and-recovery", "syn-lost"].contains(&played.id))
    {
        let sizes = [0.0, 1.0, 90.0, 20_000.0, f32::NAN, f32::INFINITY, -5.0];
        for width in sizes {
            for height in sizes {
                for (scroll, zoom) in [
                    (0.0, 0.0),
                    (-500.0, 1.0),
                    (1e9, 1e-9),
                    (3.0, 1e6),
                    (f32::NAN, f32::NAN),
                    (0.0, -1.0),
                ] {
                    let viewport = Viewport {
                        width,
                        height,
                        scroll,
                        zoom,
                    };
                    let frame = Frame::whole(&played.score);
                    let list = ladder(&frame, &viewport, &Options::default());
                    assert!(list.items().len() < 20_000);
                    let mut list = DisplayList::default();
                    let machine = Machine {
                        place: Place::B,
                        socket: Some(9),
                        collected: Collection(u32::MAX),
                    };
                    state_machine_into(&frame, &machine, &viewport, &Options::default(), &mut list);
                    time_sequence_into(
                        &frame,
                        Place::A,
                        &[],
                        &viewport,
                        &Options::default(),
                        &mut list,
                    );
                }
            }
        }
    }
}

#[test]
fn stills_for_the_eye() {
    for (id, part) in [
        ("three-way-close", 0.22),
        ("loss-and-recovery", 0.2),
        ("simultaneous-close", 0.36),
    ] {
        let all = played();
        let played = all
            .iter()
            .find(|played| played.id == id)
            .expect("it is in the catalogue");
        let map = &played.score.time;
        let now = map.time_at_play(map.play_ms(map.last()) * part);
        for storyboard in [false, true] {
            let options = Options {
                storyboard,
                ..Options::default()
            };
            let mut frame = frame_at(played, now);
            frame.fresh = frame.records.saturating_sub(3);
            frame.selection = played
                .score
                .arrows()
                .first()
                .map_or(Subject::None, |arrow| Subject::Segment(arrow.send));
            let mut viewport = Viewport::new(800.0, 600.0);
            viewport.scroll = scroll_to_follow(&played.score, &viewport, &options, now);
            let list = ladder(&frame, &viewport, &options);
            let moving = list.items().iter().any(|item| item.ink == Ink::Changed);
            assert!(storyboard || !moving);
            keep(&format!("still-{id}-{storyboard}"), &list);
        }
        let options = Options {
            large: true,
            ..Options::default()
        };
        keep(
            &format!("large-{id}"),
            &ladder(
                &frame_at(played, now),
                &Viewport::new(1280.0, 800.0),
                &options,
            ),
        );
    }
}
