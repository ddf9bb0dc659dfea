//! The bindings in a real browser: what a page calls, and what is painted.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Reflect};
use playground::bindings::{Player, catalogue, facts, scenario_text, settings_table};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

wasm_bindgen_test_configure!(run_in_browser);

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn text(object: &JsValue, name: &str) -> String {
    field(object, name)
        .as_string()
        .unwrap_or_else(|| panic!("no text {name} in {object:?}"))
}

fn number(object: &JsValue, name: &str) -> f64 {
    field(object, name)
        .as_f64()
        .unwrap_or_else(|| panic!("no number {name} in {object:?}"))
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).expect("a plain object takes fields");
    }
    object.into()
}

fn open(id: &str) -> Player {
    Player::scenario(id, JsValue::UNDEFINED).unwrap_or_else(|error| panic!("{id}: {error:?}"))
}

fn ids() -> Vec<String> {
    Array::from(&catalogue())
        .iter()
        .map(|entry| text(&entry, "id"))
        .collect()
}

fn failure(result: Result<impl Sized, JsValue>) -> JsValue {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error,
    }
}

#[wasm_bindgen_test]
fn every_scenario_opens_and_plays() {
    assert_eq!(ids().len(), sim::catalogue::ids().len());
    for id in ids() {
        let mut player = open(&id);
        assert!(player.record_count() > 0, "{id}");
        assert!(player.duration_us() > 0.0, "{id}");
        assert!(player.play_duration_ms() > 0.0, "{id}");
        player.play();
        let bits = player.tick(16.0);
        assert!(player.playing(), "{id}");
        assert!(bits & 1 != 0, "{id}: nothing to paint");
        let before = player.play_ms();
        player.tick(16.0);
        assert!(player.play_ms() > before, "{id}: it does not move");
        assert!(!scenario_text(&id).expect("it has a text").is_empty());
    }
}

#[wasm_bindgen_test]
fn traces_are_those_of_the_native_build() {
    for line in include_str!("trace_hashes.txt").lines() {
        let mut words = line.split(' ');
        let id = words.next().expect("an id");
        let run = sim::catalogue::run(id).expect("a scenario of the catalogue");
        let mut history = sim::history::History::new(run).expect("it can be played");
        let _ = history.advance_to_end(u32::MAX);
        let hash = format!("{:016x}", history.trace().hash());
        assert_eq!(Some(hash.as_str()), words.next(), "{id}");
    }
}

/// Worlds made at random: each begins with `== HASH RECORDS`.
#[wasm_bindgen_test]
fn traces_of_random_worlds_are_those_of_the_native_build() {
    let sample = include_str!("../../sim/tests/worlds/sample.txt");
    let mut played = 0;
    for world in sample.split("== ").skip(1) {
        let (head, text) = world.split_once('\n').expect("a line of its own");
        let run = sim::text::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut history = sim::history::History::new(run).expect("it can be played");
        let _ = history.advance_to_end(u32::MAX);
        let trace = history.trace();
        let found = format!("{:016x} {}", trace.hash(), trace.len());
        assert_eq!(found, head, "\n{text}");
        played += 1;
    }
    assert_eq!(played, 40);
}

/// A counterexample of the exhaustive search is a run like any other.
#[wasm_bindgen_test]
fn a_counterexample_of_the_search_opens() {
    let text = include_str!("../../../tests/search/counterexamples/time-wait-ignored.txt");
    let mut player = Player::from_text(text, JsValue::UNDEFINED).expect("it opens");
    assert!(player.record_count() > 0);
    assert!(player.duration_us() > 2_000_000.0);
    player.play();
    assert!(player.tick(16.0) & 1 != 0, "nothing to paint");
}

struct Canvas {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    ratio: f64,
}

impl Canvas {
    fn new(width: u32, height: u32, ratio: f64) -> Canvas {
        let document = web_sys::window()
            .and_then(|window| window.document())
            .expect("a document");
        let canvas: HtmlCanvasElement = document
            .create_element("canvas")
            .expect("a canvas")
            .unchecked_into();
        canvas.set_width((f64::from(width) * ratio) as u32);
        canvas.set_height((f64::from(height) * ratio) as u32);
        let context = canvas
            .get_context("2d")
            .expect("a context")
            .expect("a 2D context")
            .unchecked_into();
        Canvas {
            canvas,
            context,
            ratio,
        }
    }

    fn paint(&self, player: &mut Player, view: &str) -> bool {
        let width = f64::from(self.canvas.width()) / self.ratio;
        let height = f64::from(self.canvas.height()) / self.ratio;
        player
            .paint(view, &self.context, width as f32, height as f32, self.ratio)
            .expect("a view that is there")
    }

    fn pixels(&self) -> Vec<u8> {
        let (width, height) = (self.canvas.width(), self.canvas.height());
        let data = self
            .context
            .get_image_data(0.0, 0.0, width.into(), height.into())
            .expect("pixels");
        data.data().0
    }
}

fn themed(player: &mut Player, surface: &str) {
    let roles = Array::from(&field(&facts(), "colour_roles"));
    let colours = roles
        .iter()
        .map(|role| {
            if role == "surface" {
                surface.to_owned()
            } else {
                String::from("#ff00ff")
            }
        })
        .collect();
    player.set_theme(colours, "monospace", 16.0);
}

fn share(pixels: &[u8], colour: [u8; 3]) -> f64 {
    let same = pixels
        .chunks_exact(4)
        .filter(|pixel| pixel[..3] == colour)
        .count();
    same as f64 / (pixels.len() / 4) as f64
}

#[wasm_bindgen_test]
fn the_ladder_is_painted_in_the_page_colours() {
    let mut player = open("three-way-handshake");
    themed(&mut player, "#102030");
    let canvas = Canvas::new(640, 480, 1.0);
    player.seek(player.duration_us());
    assert!(canvas.paint(&mut player, "ladder"));
    let pixels = canvas.pixels();
    assert!(
        share(&pixels, [0x10, 0x20, 0x30]) > 0.3,
        "little of the surface is seen"
    );
    assert!(
        share(&pixels, [0xff, 0x00, 0xff]) > 0.001,
        "nothing is drawn"
    );
}

#[wasm_bindgen_test]
fn time_and_selection_change_the_picture() {
    let mut player = open("three-way-handshake");
    let canvas = Canvas::new(640, 480, 2.0);
    canvas.paint(&mut player, "ladder");
    let start = canvas.pixels();
    player.seek(player.duration_us());
    canvas.paint(&mut player, "ladder");
    let end = canvas.pixels();
    assert!(start != end, "the whole run looks like its beginning");
    canvas.paint(&mut player, "ladder");
    assert!(
        canvas.pixels() == end,
        "the same frame painted twice differs"
    );
    let segment = (0..player.record_count()).find(|id| {
        let row = Array::from(&player.outline(*id, 1)).get(0);
        text(&row, "kind") == "send"
    });
    player.select(segment);
    canvas.paint(&mut player, "ladder");
    assert!(canvas.pixels() != end, "a selection is not seen");
}

#[wasm_bindgen_test]
fn upright_lines_are_sharp_at_any_pixel_ratio() {
    for ratio in [1.0, 1.5, 2.0, 3.0] {
        let mut player = open("three-way-handshake");
        themed(&mut player, "#000000");
        player.seek(player.duration_us());
        let canvas = Canvas::new(480, 360, ratio);
        canvas.paint(&mut player, "ladder");
        let pixels = canvas.pixels();
        // Magenta or black, hardly anything between, but for letters and slanted lines.
        let pure = share(&pixels, [0, 0, 0]) + share(&pixels, [0xff, 0, 0xff]);
        assert!(
            pure > 0.7,
            "at {ratio} only {pure} of the pixels are of a pure colour"
        );
    }
}

#[wasm_bindgen_test]
fn every_view_takes_any_size() {
    let mut player = open("four-way-close");
    player.seek(player.duration_us() / 2.0);
    for view in [
        "ladder",
        "states-a",
        "states-b",
        "sequence-space",
        "time-sequence",
        "compare",
        "header",
    ] {
        for (width, height) in [(320, 200), (1280, 800), (1, 1)] {
            let canvas = Canvas::new(width, height, 1.0);
            canvas.paint(&mut player, view);
        }
        let odd = Canvas::new(10, 10, 1.0);
        for size in [0.0, -5.0, f32::NAN, f32::INFINITY, 1e9] {
            player
                .paint(view, &odd.context, size, size, 1.0)
                .expect("a view that is there");
        }
        assert!(
            field(&player.view_state(view).expect("a view"), "zoom")
                .as_f64()
                .is_some()
        );
    }
}

#[wasm_bindgen_test]
fn a_point_of_a_segment_hits_it() {
    let mut player = open("three-way-handshake");
    let canvas = Canvas::new(640, 480, 1.0);
    player.seek(player.duration_us());
    canvas.paint(&mut player, "ladder");
    let mut segments = std::collections::BTreeSet::new();
    for y in (0..480).step_by(3) {
        let hit = player
            .hit("ladder", 320.0, y as f32, false)
            .expect("a view");
        if !hit.is_undefined() && text(&hit, "kind") == "record" {
            segments.insert(number(&hit, "id") as u32);
        }
    }
    assert!(segments.len() >= 3, "only {segments:?}");
    let id = *segments.first().expect("one");
    let detail = player.record(id).expect("it is a record");
    let bytes = field(&field(&detail, "segment"), "bytes");
    assert!(bytes.is_instance_of::<js_sys::Uint8Array>());
    assert!(js_sys::Uint8Array::new(&bytes).length() >= 40);
}

#[wasm_bindgen_test]
fn mistakes_get_typed_answers() {
    let error = failure(Player::scenario("no-such-thing", JsValue::UNDEFINED));
    assert_eq!(text(&error, "code"), "unknown-scenario");
    assert_eq!(text(&field(&error, "args"), "id"), "no-such-thing");
    let error = failure(Player::from_text(
        "tcp-playground 1\nscenario x\nbogus \"line\"\n",
        JsValue::UNDEFINED,
    ));
    assert_eq!(
        (number(&error, "line"), number(&error, "column")),
        (3.0, 1.0)
    );
    let error = failure(Player::from_text("{\"json\": true}", JsValue::UNDEFINED));
    assert_eq!(text(&error, "code"), "version");
    assert!(Player::from_share("").is_err());
    let with = object(&[("policy", "windows".into())]);
    assert_eq!(
        text(&failure(Player::scenario("four-way-close", with)), "code"),
        "bad-option"
    );
    let with = object(&[("seed", "minus one".into())]);
    assert_eq!(
        text(&failure(Player::scenario("four-way-close", with)), "code"),
        "bad-option"
    );

    let mut player = open("three-way-handshake");
    assert_eq!(
        text(&failure(player.record(u32::MAX)), "code"),
        "unknown-record"
    );
    assert_eq!(
        text(&failure(player.seek_record(u32::MAX)), "code"),
        "unknown-record"
    );
    assert_eq!(
        text(&failure(player.switch_branch(9)), "code"),
        "unknown-branch"
    );
    assert_eq!(
        text(&failure(player.compare_policy("windows")), "code"),
        "unknown-policy"
    );
    assert_eq!(
        text(&failure(player.view_state("nowhere")), "code"),
        "unknown-view"
    );
    assert_eq!(
        text(&failure(player.set_option("nothing", true)), "code"),
        "unknown-option"
    );
    for action in [
        JsValue::UNDEFINED,
        JsValue::NULL,
        7.into(),
        "connect".into(),
    ] {
        assert_eq!(text(&failure(player.act(action)), "code"), "unknown-action");
    }
    let action = object(&[("kind", "connect".into()), ("host", "C".into())]);
    assert_eq!(text(&failure(player.act(action)), "code"), "bad-value");
    assert!(player.load_text("nonsense").is_err());
    assert_eq!(player.scenario_id().as_deref(), Some("three-way-handshake"));
    for n in [i32::MIN, i32::MAX, 0] {
        player.step(n);
        player.step_chapter(n);
    }
    for number in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
        player.seek(number);
        player.seek_play(number);
        player.set_speed(number);
        player.tick(number);
        player
            .zoom("ladder", number as f32, 0.0, 0.0)
            .expect("a view");
        player
            .scroll("ladder", number as f32, number as f32)
            .expect("a view");
    }
}

#[wasm_bindgen_test]
fn a_fresh_seed_is_another_each_time() {
    let fresh = || {
        let with = object(&[("seed", "fresh".into())]);
        Player::scenario("three-way-handshake", with)
            .expect("it opens")
            .seed()
    };
    let (one, other) = (fresh(), fresh());
    assert_ne!(one, other);
    assert!(one.bytes().all(|digit| digit.is_ascii_digit()));
    let with = object(&[("seed", "18446744073709551615".into())]);
    let player = Player::scenario("three-way-handshake", with).expect("it opens");
    assert_eq!(player.seed(), "18446744073709551615");
}

#[wasm_bindgen_test]
fn acting_forks_and_a_reload_brings_everything_back() {
    let mut player = open("three-way-handshake");
    let hash = player.trace_hash();
    let syn = (0..player.record_count())
        .find(|id| text(&Array::from(&player.outline(*id, 1)).get(0), "kind") == "send")
        .expect("something is sent");
    player.seek(player.duration_us());
    player.seek_record(syn).expect("it is a record");
    let offers = Array::from(&player.segment_actions(syn).expect("a segment"));
    let drop = offers
        .iter()
        .find(|offer| text(offer, "kind") == "drop")
        .expect("an offer");
    assert_eq!(field(&drop, "allowed"), JsValue::TRUE);
    let done = player
        .act(field(&drop, "action"))
        .expect("it can be dropped");
    assert_eq!(field(&done, "forked"), JsValue::TRUE);
    assert_ne!(player.trace_hash(), hash);
    assert_eq!(Array::from(&player.branches()).length(), 2);

    player.select(Some(syn));
    let snapshot = player.snapshot_text();
    let mut again = Player::from_share(&snapshot).expect("what was kept opens");
    assert_eq!(again.trace_hash(), player.trace_hash());
    assert_eq!(again.position_us(), player.position_us());
    assert_eq!(again.selected(), Some(syn));
    assert_eq!(Array::from(&again.branches()).length(), 2);
    assert!(again.notice().is_undefined());
    assert!(again.undo());
    assert_eq!(again.trace_hash(), hash);
    let link = Player::from_share(&player.share_text()).expect("a link opens");
    assert_eq!(link.trace_hash(), player.trace_hash());
    assert!(player.undo());
    assert_eq!(player.trace_hash(), hash);
    assert!(player.redo());
    assert_ne!(player.trace_hash(), hash);
}

#[wasm_bindgen_test]
fn tables_are_there() {
    let facts = facts();
    assert_eq!(Array::from(&field(&facts, "states")).length(), 11);
    assert!(Array::from(&field(&facts, "reasons")).length() > 20);
    let settings = Array::from(&settings_table());
    assert!(
        settings
            .iter()
            .any(|row| text(&row, "name") == "latency" && text(&row, "default") == "50ms")
    );
    let mut player = open("three-way-handshake");
    player.seek(player.duration_us());
    let hosts = Array::from(&player.hosts());
    assert_eq!(hosts.length(), 2);
    let sockets = Array::from(&field(&hosts.get(0), "sockets"));
    assert!(
        sockets
            .iter()
            .any(|socket| text(&socket, "state") == "ESTABLISHED")
    );
    assert!(player.memory_bytes() > 0.0);
}
