//! What is the same for every run: the catalogue, the settings, the names of things.

use sim::run::LinkSpec;
use sim::trace::{Place, WorldReason};
use tcp::error::CallError;
use tcp::event::{Ended, Timer};
use tcp::reason::Reason;
use tcp::settings::{Policy, SettingKind, Settings};
use tcp::state::State;
use view::ink::Ink;

use crate::detail;
use crate::hosts::{LINK, spelled};
use crate::json::{Failure, Json};
use crate::rows::cite;

/// The catalogue's groups, in order, with what stands in them. What is in no row comes last, as `more`.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "opening",
        &[
            "three-way-handshake",
            "simultaneous-open",
            "connection-refused",
            "mss-negotiation",
            "host-unreachable",
        ],
    ),
    (
        "closing",
        &[
            "four-way-close",
            "three-way-close",
            "server-closes-first",
            "simultaneous-close",
            "time-wait",
            "abort",
            "reset-on-unread-data",
        ],
    ),
    (
        "half-close",
        &[
            "half-close",
            "half-close-peer-gone",
            "half-close-exhaustion",
        ],
    ),
    (
        "loss",
        &[
            "syn-lost",
            "syn-ack-lost",
            "handshake-ack-lost",
            "fin-lost",
            "last-ack-lost",
            "connect-timeout",
            "loss-and-recovery",
        ],
    ),
    (
        "old-duplicates",
        &[
            "old-duplicate-syn",
            "old-duplicate-passive",
            "half-open-discovery",
            "half-open-active",
            "why-2msl",
            "isn-reuse",
            "time-wait-assassination",
        ],
    ),
    (
        "attacks",
        &[
            "isn-prediction",
            "blind-reset",
            "blind-data",
            "syn-flood",
            "syn-cookies",
            "port-exhaustion",
        ],
    ),
    (
        "flow",
        &["zero-window", "keep-alive", "delayed-ack-and-nagle"],
    ),
    ("linux", &["linux-connection", "linux-simultaneous-open"]),
];

/// `{id, group}` of each scenario, group by group.
#[must_use]
pub fn catalogue() -> Json {
    let mut json = Json::list();
    let mut entry = |id: &str, group: &str| {
        json.item();
        json.text("id", id);
        json.text("group", group);
        json.end();
    };
    for (group, ids) in GROUPS {
        for id in *ids {
            if sim::catalogue::text(id).is_some() {
                entry(id, group);
            }
        }
    }
    for id in sim::catalogue::ids() {
        if !GROUPS.iter().any(|(_, ids)| ids.contains(&id)) {
            entry(id, "more");
        }
    }
    json.end_list();
    json
}

/// The run text of a scenario.
///
/// # Errors
/// `unknown-scenario`.
pub fn scenario_text(id: &str) -> Result<&'static str, Failure> {
    sim::catalogue::text(id).ok_or_else(|| unknown_scenario(id))
}

/// The failure for an id the catalogue does not have.
#[must_use]
pub fn unknown_scenario(id: &str) -> Failure {
    Failure::new("unknown-scenario").about("id", id)
}

/// Every setting: a host's after the engine's table, then the link's.
#[must_use]
pub fn settings() -> Json {
    let defaults = Settings::new(Policy::Rfc);
    let mut json = Json::list();
    for info in Settings::table() {
        json.item();
        json.text("name", info.name);
        json.text("scope", "host");
        setting_kind(&mut json, info.kind);
        json.some_text("default", defaults.value(info.name).as_deref());
        if info.section.rfc != 0 {
            json.number("rfc", info.section.rfc.into());
            json.text("section", info.section.section);
        }
        json.end();
    }
    // What a run that says nothing of its link has.
    let link = LinkSpec::default();
    for (name, change) in LINK {
        json.item();
        json.text("name", name);
        json.text("scope", "link");
        json.text("type", link_kind(name));
        words(&mut json, "choices", &[]);
        json.text("default", &spelled(name, change(&link)));
        json.end();
    }
    json.end_list();
    json
}

fn words(json: &mut Json, name: &str, words: &[&str]) {
    json.begin_list(name);
    for word in words {
        json.item_text(word);
    }
    json.end_list();
}

fn link_kind(name: &str) -> &'static str {
    match name {
        "latency" | "jitter" => "duration",
        "loss" | "duplicate" | "corrupt" => "ratio",
        "bandwidth" => "bandwidth",
        _ => "count",
    }
}

fn setting_kind(json: &mut Json, kind: SettingKind) {
    let (kind, choices, range): (_, &[&str], _) = match kind {
        SettingKind::Switch => ("flag", &["on", "off"], None),
        SettingKind::Integer {
            minimum,
            maximum,
            unlimited,
        } => {
            let choices: &[&str] = if unlimited { &["unlimited"] } else { &[] };
            (
                "count",
                choices,
                Some((u64::from(minimum), u64::from(maximum))),
            )
        }
        SettingKind::Time {
            minimum_us,
            maximum_us,
            never,
        } => {
            let choices: &[&str] = if never { &["never"] } else { &[] };
            ("duration", choices, Some((minimum_us, maximum_us)))
        }
        SettingKind::Choice(choices) => ("choice", choices, None),
        SettingKind::Generator(choices) => ("generator", choices, None),
    };
    json.text("type", kind);
    words(json, "choices", choices);
    json.some_wide("minimum", range.map(|range| range.0));
    json.some_wide("maximum", range.map(|range| range.1));
}

fn list<T: Copy>(json: &mut Json, name: &str, all: &[T], of: fn(T) -> &'static str) {
    json.begin_list(name);
    all.iter().for_each(|item| json.item_text(of(*item)));
    json.end_list();
}

/// The page's names for everything it has messages for.
#[must_use]
pub fn facts() -> Json {
    let endings = [
        Ended::Closed,
        Ended::Reset,
        Ended::Refused,
        Ended::TimedOut,
        Ended::Unreachable,
        Ended::Aborted,
    ];
    let policies = [Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter];
    let mut json = Json::object();
    json.text("engine_version", sim::run::ENGINE_VERSION);
    json.number("format_version", sim::run::FORMAT_VERSION);
    list(&mut json, "states", &State::ALL, State::name);
    list(&mut json, "timers", &Timer::ALL, Timer::id);
    list(&mut json, "policies", &policies, Policy::id);
    list(&mut json, "places", &Place::ALL, Place::id);
    words(&mut json, "record_kinds", &RECORD_KINDS);
    list(&mut json, "call_errors", &CallError::ALL, CallError::id);
    list(&mut json, "endings", &endings, Ended::id);
    json.begin_list("reasons");
    for reason in Reason::ALL {
        json.item();
        json.text("id", reason.id());
        cite(&mut json, *reason);
        json.end();
    }
    json.end_list();
    list(&mut json, "link_reasons", WorldReason::ALL, WorldReason::id);
    list(&mut json, "colour_roles", Ink::ALL, Ink::token);
    detail::header_fields(&mut json);
    json.end();
    json
}

/// The kinds of records as `RecordKind::id` names them.
const RECORD_KINDS: [&str; 13] = [
    "intervention",
    "call",
    "send",
    "arrive",
    "drop",
    "state",
    "timer-set",
    "timer-fired",
    "timer-cancelled",
    "deliver",
    "limit",
    "error",
    "ended",
];
