//! The page's side of the player: convert, call, convert back; nothing else.
//! `web/src/engine.d.ts` declares the same surface with its types.

use js_sys::{JSON, Uint8Array};
use sim::trace::RecordId;
use tcp::settings::Policy;
use tcp::time::Instant;
use wasm_bindgen::prelude::*;
use web_sys::CanvasRenderingContext2d;

use crate::canvas::{Palette, paint};
use crate::json::{Failure, Json, Request};
use crate::playback::{Input, Mode};
use crate::player;
use crate::tables;
use crate::views::View;

#[wasm_bindgen]
extern "C" {
    /// Any object, read and written by names.
    #[wasm_bindgen(js_name = Object)]
    type Bag;
    #[wasm_bindgen(constructor)]
    fn new() -> Bag;
    #[wasm_bindgen(method, structural, indexing_setter)]
    fn put(this: &Bag, name: &str, value: &JsValue);
    #[wasm_bindgen(method, structural, indexing_getter)]
    fn at(this: &Bag, name: &str) -> JsValue;
}

impl Request for Bag {
    fn number(&self, name: &str) -> Option<f64> {
        self.at(name).as_f64()
    }
    fn text(&self, name: &str) -> Option<String> {
        self.at(name).as_string()
    }
    fn flag(&self, name: &str) -> Option<bool> {
        self.at(name).as_bool()
    }
}

fn parsed(text: &str) -> JsValue {
    // It is our own writing: what fails here is a mistake of ours, and then nothing is said.
    JSON::parse(text).unwrap_or(JsValue::UNDEFINED)
}

fn to_js(json: Json) -> JsValue {
    parsed(&json.into_text())
}

fn perhaps(json: Option<Json>) -> JsValue {
    json.map_or(JsValue::UNDEFINED, to_js)
}

fn thrown(failure: Failure) -> JsValue {
    parsed(&failure.into_text())
}

type Answer<T> = Result<T, JsValue>;

fn answer(result: Result<Json, Failure>) -> Answer<JsValue> {
    result.map(to_js).map_err(thrown)
}

/// An object of the page; of anything else every field is missing.
fn bag(value: JsValue) -> Bag {
    if value.is_object() {
        value.unchecked_into()
    } else {
        Bag::new()
    }
}

fn options(value: JsValue) -> Answer<player::Options> {
    let bag = bag(value);
    let bad = |name: &'static str| thrown(Failure::new("bad-option").about("name", name));
    let seed = match bag.text("seed").as_deref() {
        None => None,
        Some("fresh") => Some(getrandom::u64().map_err(|_| bad("seed"))?),
        Some(text) => Some(text.parse().map_err(|_| bad("seed"))?),
    };
    let policy = match bag.text("policy") {
        None => None,
        Some(id) => Some(Policy::from_id(&id).ok_or_else(|| bad("policy"))?),
    };
    Ok(player::Options { seed, policy })
}

fn view(id: &str) -> Answer<View> {
    View::from_id(id).ok_or_else(|| thrown(Failure::new("unknown-view").about("view", id)))
}

/// Whole microseconds of a page's number; what is none counts as 0.
fn instant(us: f64) -> Instant {
    // The conversion saturates, and makes 0 of NaN.
    Instant(us as u64)
}

/// The catalogue in its order.
#[wasm_bindgen]
pub fn catalogue() -> JsValue {
    to_js(tables::catalogue())
}

/// The run text of a catalogue scenario.
#[wasm_bindgen]
pub fn scenario_text(id: &str) -> Answer<String> {
    tables::scenario_text(id).map(str::to_owned).map_err(thrown)
}

/// Every setting of hosts and link.
#[wasm_bindgen]
pub fn settings_table() -> JsValue {
    to_js(tables::settings())
}

/// The names of everything.
#[wasm_bindgen]
pub fn facts() -> JsValue {
    to_js(tables::facts())
}

/// See [`player::Player`].
#[wasm_bindgen]
pub struct Player {
    player: player::Player,
    palette: Option<Palette>,
}

fn wrapped(player: Result<player::Player, Failure>) -> Answer<Player> {
    match player {
        Ok(player) => Ok(Player {
            player,
            palette: None,
        }),
        Err(failure) => Err(thrown(failure)),
    }
}

#[wasm_bindgen]
#[allow(missing_docs)] // Each is said in engine.d.ts, and at what it calls.
impl Player {
    pub fn scenario(id: &str, with: JsValue) -> Answer<Player> {
        wrapped(player::Player::scenario(id, &options(with)?))
    }
    pub fn from_text(text: &str, with: JsValue) -> Answer<Player> {
        wrapped(player::Player::from_text(text, &options(with)?))
    }
    pub fn from_share(payload: &str) -> Answer<Player> {
        wrapped(player::Player::from_share(payload))
    }

    // ---- playback

    pub fn tick(&mut self, elapsed_ms: f64) -> u32 {
        self.player.tick(elapsed_ms)
    }
    pub fn grow(&mut self) -> bool {
        self.player.grow_on()
    }
    pub fn play(&mut self) {
        self.player.input(Input::Play);
    }
    pub fn pause(&mut self) {
        self.player.input(Input::Pause);
    }
    pub fn toggle(&mut self) {
        self.player.input(Input::Toggle);
    }
    pub fn step(&mut self, n: i32) {
        self.player.step(n);
    }
    pub fn step_chapter(&mut self, n: i32) {
        self.player.step_chapter(n);
    }
    pub fn seek(&mut self, time_us: f64) {
        self.player.seek(instant(time_us));
    }
    pub fn seek_play(&mut self, play_ms: f64) {
        self.player.seek_play(play_ms);
    }
    pub fn seek_record(&mut self, id: u32) -> Answer<()> {
        self.player.seek_record(RecordId(id)).map_err(thrown)
    }
    pub fn restart(&mut self) {
        self.player.seek(Instant::ZERO);
    }
    pub fn set_speed(&mut self, factor: f64) {
        self.player.set_speed(factor);
    }
    pub fn set_loop(&mut self, on: bool) {
        self.player.playback_mut().looped = on;
    }
    pub fn set_checkpoints(&mut self, pause: bool) {
        self.player.playback_mut().checkpoints = pause;
    }
    #[wasm_bindgen(getter)]
    pub fn playing(&self) -> bool {
        self.player.playback().mode() == Mode::Playing
    }
    #[wasm_bindgen(getter)]
    pub fn growing(&self) -> bool {
        self.player.growing()
    }
    #[wasm_bindgen(getter)]
    pub fn ended(&self) -> bool {
        self.player.playback().mode() == Mode::Ended
    }
    #[wasm_bindgen(getter)]
    pub fn speed(&self) -> f64 {
        self.player.playback().speed()
    }
    #[wasm_bindgen(getter)]
    pub fn position_us(&self) -> f64 {
        self.player.playback().position().0 as f64
    }
    #[wasm_bindgen(getter)]
    pub fn duration_us(&self) -> f64 {
        self.player.end().0 as f64
    }
    #[wasm_bindgen(getter)]
    pub fn play_ms(&self) -> f64 {
        self.player.playback().play_ms()
    }
    #[wasm_bindgen(getter)]
    pub fn play_duration_ms(&self) -> f64 {
        self.player.play_duration_ms()
    }
    #[wasm_bindgen(getter)]
    pub fn event_index(&self) -> u32 {
        self.player.event_counts().0 as u32
    }
    #[wasm_bindgen(getter)]
    pub fn event_count(&self) -> u32 {
        self.player.event_counts().1 as u32
    }
    #[wasm_bindgen(getter)]
    pub fn records_now(&self) -> u32 {
        self.player.record_counts().0 as u32
    }
    #[wasm_bindgen(getter)]
    pub fn record_count(&self) -> u32 {
        self.player.record_counts().1 as u32
    }
    pub fn event_marks(&self, limit: u32) -> Vec<u32> {
        self.player.event_marks(limit as usize)
    }
    pub fn chapters(&self) -> JsValue {
        to_js(self.player.chapters())
    }

    // ---- pictures

    pub fn set_theme(&mut self, colours: Vec<String>, family: &str, size_px: f64) {
        self.palette = Some(Palette::new(
            &colours,
            if family.is_empty() {
                view::text::FONT_STACK
            } else {
                family
            },
        ));
        self.player.set_letters(size_px);
    }
    pub fn set_option(&mut self, name: &str, on: bool) -> Answer<()> {
        self.player.set_option(name, on).map_err(thrown)
    }
    pub fn paint(
        &mut self,
        name: &str,
        context: &CanvasRenderingContext2d,
        width: f32,
        height: f32,
        ratio: f64,
    ) -> Answer<bool> {
        let which = view(name)?;
        let palette = self
            .palette
            .get_or_insert_with(|| Palette::new(&[], view::text::FONT_STACK));
        let (list, something) = self.player.picture(which, width, height);
        paint(list, context, palette, ratio);
        Ok(something)
    }
    pub fn hit(&self, name: &str, x: f32, y: f32, touch: bool) -> Answer<JsValue> {
        Ok(perhaps(self.player.hit(view(name)?, x, y, touch)))
    }
    pub fn zoom(&mut self, name: &str, factor: f32, x: f32, y: f32) -> Answer<()> {
        self.player.zoom(view(name)?, factor, x, y);
        Ok(())
    }
    pub fn scroll(&mut self, name: &str, dx: f32, dy: f32) -> Answer<()> {
        self.player.scroll(view(name)?, dx, dy);
        Ok(())
    }
    pub fn fit(&mut self, name: &str) -> Answer<()> {
        self.player.fit(view(name)?);
        Ok(())
    }
    pub fn set_follow(&mut self, name: &str, on: bool) -> Answer<()> {
        self.player.set_follow(view(name)?, on);
        Ok(())
    }
    pub fn view_state(&self, name: &str) -> Answer<JsValue> {
        Ok(to_js(self.player.view_state(view(name)?)))
    }
    pub fn reveal(&mut self, name: &str, id: u32) -> Answer<()> {
        self.player
            .reveal(view(name)?, RecordId(id))
            .map_err(thrown)
    }
    pub fn collect(&mut self, from: &str, to: &str) -> bool {
        self.player.collect(from, to)
    }

    // ---- selection

    pub fn select(&mut self, id: Option<u32>) {
        self.player.select(id.map(RecordId));
    }
    pub fn hover(&mut self, id: Option<u32>) {
        self.player.hover(id.map(RecordId));
    }
    pub fn select_field(&mut self, field: Option<String>) {
        self.player.select_field(field.as_deref());
    }
    #[wasm_bindgen(getter)]
    pub fn selected(&self) -> Option<u32> {
        self.player.selected().map(|id| id.0)
    }

    // ---- words and numbers

    pub fn outline(&self, from: u32, count: u32) -> JsValue {
        to_js(self.player.book().rows(from, count))
    }
    pub fn record(&self, id: u32) -> Answer<JsValue> {
        let mut bytes = Vec::new();
        let detail = answer(self.player.book().detail(RecordId(id), &mut bytes))?;
        let segment = detail.unchecked_ref::<Bag>().at("segment");
        if segment.is_object() {
            segment
                .unchecked_ref::<Bag>()
                .put("bytes", &Uint8Array::from(bytes.as_slice()));
        }
        Ok(detail)
    }
    pub fn why(&self, id: u32) -> JsValue {
        to_js(self.player.book().why(RecordId(id)))
    }
    pub fn effects(&self, id: u32) -> JsValue {
        to_js(self.player.book().effects(RecordId(id)))
    }
    pub fn hosts(&mut self) -> JsValue {
        to_js(self.player.hosts())
    }
    pub fn link(&self) -> JsValue {
        to_js(self.player.link())
    }
    pub fn arcs(&self, since: u32) -> JsValue {
        to_js(self.player.arcs(since))
    }

    // ---- acting

    pub fn actions(&self, place: &str) -> Answer<JsValue> {
        answer(self.player.actions(place))
    }
    pub fn segment_actions(&self, id: u32) -> Answer<JsValue> {
        answer(self.player.segment_actions(RecordId(id)))
    }
    pub fn act(&mut self, action: JsValue) -> Answer<JsValue> {
        answer(self.player.act(&bag(action)))
    }
    pub fn run_text_with(&self, action: JsValue) -> Answer<String> {
        self.player.run_text_with(&bag(action)).map_err(thrown)
    }
    #[wasm_bindgen(getter)]
    pub fn seen_us(&self) -> f64 {
        self.player.seen_until().0 as f64
    }
    pub fn see_until(&mut self, time_us: f64) {
        self.player.see_until(instant(time_us));
    }
    pub fn undo(&mut self) -> bool {
        self.player.undo()
    }
    pub fn redo(&mut self) -> bool {
        self.player.redo()
    }
    #[wasm_bindgen(getter)]
    pub fn can_undo(&self) -> bool {
        self.player.undoable().0
    }
    #[wasm_bindgen(getter)]
    pub fn can_redo(&self) -> bool {
        self.player.undoable().1
    }

    // ---- branches

    pub fn branches(&self) -> JsValue {
        to_js(self.player.branches())
    }
    pub fn switch_branch(&mut self, index: u32) -> Answer<()> {
        self.player.switch_branch(index).map_err(thrown)
    }
    pub fn rename_branch(&mut self, index: u32, name: &str) -> Answer<()> {
        self.player.rename_branch(index, name).map_err(thrown)
    }
    pub fn remove_branch(&mut self, index: u32) -> Answer<()> {
        self.player.remove_branch(index).map_err(thrown)
    }
    pub fn compare_branch(&mut self, index: Option<u32>) -> Answer<JsValue> {
        self.player
            .compare_branch(index)
            .map(perhaps)
            .map_err(thrown)
    }
    pub fn compare_policy(&mut self, policy: &str) -> Answer<JsValue> {
        self.player
            .compare_policy(policy)
            .map(perhaps)
            .map_err(thrown)
    }
    pub fn comparison(&self) -> JsValue {
        perhaps(self.player.comparison())
    }
    pub fn name_comparison(&mut self, here: &str, there: &str) {
        self.player.name_comparison(here, there);
    }

    // ---- the run

    #[wasm_bindgen(getter)]
    pub fn scenario_id(&self) -> Option<String> {
        Some(self.player.scenario_id().to_owned()).filter(|id| !id.is_empty())
    }
    #[wasm_bindgen(getter)]
    pub fn seed(&self) -> String {
        self.player.seed()
    }
    pub fn run_text(&self) -> String {
        self.player.run_text()
    }
    pub fn trace_hash(&self) -> String {
        self.player.trace_hash()
    }
    pub fn share_text(&self) -> String {
        self.player.share_text()
    }
    pub fn snapshot_text(&self) -> String {
        self.player.snapshot_text()
    }
    pub fn notice(&self) -> JsValue {
        perhaps(self.player.notice())
    }
    pub fn load_text(&mut self, text: &str) -> Answer<()> {
        self.player.load_text(text).map_err(thrown)
    }
    #[wasm_bindgen(getter)]
    pub fn memory_bytes(&self) -> f64 {
        (core::arch::wasm32::memory_size(0) * 65_536) as f64
    }
}
