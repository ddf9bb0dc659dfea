//! What is the same for every run: the catalogue, the settings, the names of things.

use sim::run::LinkSpec;
use sim::trace::{Place, WorldReason};
use tcp::error::CallError;
use tcp::event::{Ended, Timer};
use tcp::reason::Reason;
use tcp::rfc::Section;
use tcp::settings::{Policy, SettingKind, Settings};
use tcp::state::State;
use view::ink::Ink;

use crate::data::{Data, Failure};
use crate::detail;
use crate::hosts::{LINK, spelled};

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
];

/// `{id, group}` of each scenario, group by group.
#[must_use]
pub fn catalogue() -> Data {
    let entry =
        |id: &'static str, group: &'static str| Data::object().with("id", id).with("group", group);
    let mut entries = Vec::new();
    for (group, ids) in GROUPS {
        for id in *ids {
            if sim::catalogue::ids().any(|known| known == *id) {
                entries.push(entry(id, group));
            }
        }
    }
    for id in sim::catalogue::ids() {
        if !GROUPS.iter().any(|(_, ids)| ids.contains(&id)) {
            entries.push(entry(id, "more"));
        }
    }
    Data::List(entries)
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
    Failure::new("unknown-scenario").about("id", id.to_owned())
}

/// Every setting: a host's after the engine's table, then the link's.
#[must_use]
pub fn settings() -> Data {
    let defaults = Settings::new(Policy::Rfc);
    let mut rows: Vec<Data> = Settings::table()
        .iter()
        .map(|info| {
            let row = Data::object().with("name", info.name).with("scope", "host");
            setting_kind(row, info.kind)
                .with("default", defaults.value(info.name))
                .with("rfc", (info.section.rfc != 0).then_some(info.section.rfc))
                .with("section", info.section.section)
        })
        .collect();
    // What a run that says nothing of its link has.
    let link = LinkSpec::default();
    for (name, change) in LINK {
        let default = spelled(name, change(&link));
        rows.push(
            Data::object()
                .with("name", name)
                .with("scope", "link")
                .with("type", link_kind(name))
                .with("choices", Vec::new())
                .with("default", default),
        );
    }
    Data::List(rows)
}

fn link_kind(name: &str) -> &'static str {
    match name {
        "latency" | "jitter" => "duration",
        "loss" | "duplicate" | "corrupt" => "ratio",
        "bandwidth" => "bandwidth",
        _ => "count",
    }
}

fn setting_kind(row: Data, kind: SettingKind) -> Data {
    let words =
        |words: &[&'static str]| Data::List(words.iter().map(|word| Data::from(*word)).collect());
    match kind {
        SettingKind::Switch => row
            .with("type", "flag")
            .with("choices", words(&["on", "off"])),
        SettingKind::Integer {
            minimum,
            maximum,
            unlimited,
        } => row
            .with("type", "count")
            .with(
                "choices",
                words(if unlimited { &["unlimited"] } else { &[] }),
            )
            .with("minimum", minimum)
            .with("maximum", maximum),
        SettingKind::Time {
            minimum_us,
            maximum_us,
            never,
        } => row
            .with("type", "duration")
            .with("choices", words(if never { &["never"] } else { &[] }))
            .with("minimum", minimum_us)
            .with("maximum", maximum_us),
        SettingKind::Choice(choices) => row.with("type", "choice").with("choices", words(choices)),
        SettingKind::Generator(choices) => row
            .with("type", "generator")
            .with("choices", words(choices)),
    }
}

/// The page's names for everything it has messages for.
#[must_use]
pub fn facts() -> Data {
    fn list<T: Copy>(all: &[T], of: impl Fn(T) -> &'static str) -> Data {
        Data::List(all.iter().map(|item| Data::from(of(*item))).collect())
    }
    let reasons = Reason::ALL
        .iter()
        .map(|reason| {
            cited(Data::object().with("id", reason.id()), reason.section())
                .with("level", reason.level().id())
        })
        .collect::<Vec<_>>();
    let endings = [
        Ended::Closed,
        Ended::Reset,
        Ended::Refused,
        Ended::TimedOut,
        Ended::Unreachable,
        Ended::Aborted,
    ];
    Data::object()
        .with("engine_version", sim::run::ENGINE_VERSION)
        .with("format_version", sim::run::FORMAT_VERSION)
        .with("states", list(&State::ALL, State::name))
        .with("timers", list(&Timer::ALL, Timer::id))
        .with(
            "policies",
            list(
                &[Policy::Rfc, Policy::Linux, Policy::FreeBsd, Policy::Letter],
                Policy::id,
            ),
        )
        .with("places", list(&Place::ALL, Place::id))
        .with("record_kinds", list(&RECORD_KINDS, |id| id))
        .with("call_errors", list(&CallError::ALL, CallError::id))
        .with("endings", list(&endings, Ended::id))
        .with("reasons", reasons)
        .with("link_reasons", list(WorldReason::ALL, WorldReason::id))
        .with("colour_roles", list(Ink::ALL, Ink::token))
        .with("header_fields", detail::header_fields())
}

/// Adds `rfc` and `section`; a practice that stands in no RFC has neither.
#[must_use]
pub fn cited(row: Data, section: Section) -> Data {
    if section.rfc == 0 {
        return row;
    }
    row.with("rfc", section.rfc)
        .with("section", section.section)
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
