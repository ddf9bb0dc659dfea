//! What the tests of the player share: acting as the page does, and reading what came of it.

use serde_json::Value;

use crate::json::{Failure, Json, Request};
use crate::player::{Options, Player};

/// A request as the page would make it.
pub(crate) struct Asked(pub(crate) Value);

impl Request for Asked {
    fn number(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }
    fn text(&self, name: &str) -> Option<String> {
        Some(self.0.get(name)?.as_str()?.to_owned())
    }
    fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }
}

pub(crate) fn open(id: &str) -> Player {
    match Player::scenario(id, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{id}: {}", failure.into_text()),
    }
}

pub(crate) fn value(json: Json) -> Value {
    let text = json.into_text();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub(crate) fn act(player: &mut Player, action: Value) -> Result<Value, String> {
    match player.act(&Asked(action)) {
        Ok(json) => Ok(value(json)),
        Err(failure) => Err(failure.code().to_owned()),
    }
}

pub(crate) fn done(player: &mut Player, action: Value) -> Value {
    let said = action.to_string();
    act(player, action).unwrap_or_else(|code| panic!("{said}: {code}"))
}

pub(crate) fn code<T>(result: Result<T, Failure>) -> &'static str {
    result.err().map_or("none", |failure| failure.code())
}

pub(crate) fn rows(player: &Player) -> Vec<Value> {
    let Value::Array(rows) = value(player.book().rows(0, u32::MAX)) else {
        panic!("rows are a list");
    };
    rows
}

/// The flags of all segments in order, `>` from A and `<` from B, `x` behind those the link lost.
pub(crate) fn segments(player: &Player) -> String {
    view::text_ladder::flags_line(&player.score)
}

/// The transitions of a host.
pub(crate) fn path(player: &Player, host: &str) -> Vec<String> {
    let states = rows(player)
        .into_iter()
        .filter(|row| row["kind"] == "state" && row["place"] == host);
    states
        .map(|row| row["key"].as_str().unwrap_or("").to_owned())
        .collect()
}

/// The world without hosts' doings.
pub(crate) const EMPTY: &str =
    "tcp-playground 1\nscenario empty\nattacker 203.0.113.66 latency 30ms\n";

pub(crate) fn empty() -> Player {
    match Player::from_text(EMPTY, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{}", failure.into_text()),
    }
}

pub(crate) fn play(player: &mut Player, ms: f64) {
    let mut left = ms;
    while left > 0.0 {
        player.tick(left.min(16.0));
        left -= 16.0;
    }
}
