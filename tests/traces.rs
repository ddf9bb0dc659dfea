//! Every scenario's trace as other tools read it: JSON lines that hang together.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::played;

fn records(id: &str) -> Vec<Value> {
    let history = played(id);
    formats::json_lines::of_trace(history.trace())
        .lines()
        .map(|line| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{id}: {error}: {line}"))
        })
        .collect()
}

fn number(record: &Value, name: &str) -> u64 {
    record[name]
        .as_u64()
        .unwrap_or_else(|| panic!("{name} in {record}"))
}

fn word<'a>(record: &'a Value, name: &str) -> &'a str {
    record[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {record}"))
}

const KINDS: [&str; 13] = [
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

#[test]
fn ids_are_dense_time_never_goes_back_and_causes_come_first() {
    for id in sim::catalogue::ids() {
        let mut now = 0;
        for (index, record) in records(id).iter().enumerate() {
            assert_eq!(number(record, "id"), index as u64, "{id}");
            let time = number(record, "t_us");
            assert!(time >= now, "{id}: {record}");
            now = time;
            let causes = record["cause"]
                .as_array()
                .unwrap_or_else(|| panic!("{id}: {record}"));
            for cause in causes {
                assert!(
                    cause.as_u64().is_some_and(|cause| cause < index as u64),
                    "{id}: {record}"
                );
            }
            assert!(KINDS.contains(&word(record, "kind")), "{id}: {record}");
            assert!(
                ["A", "B", "link", "attacker"].contains(&word(record, "host")),
                "{id}: {record}"
            );
        }
    }
}

/// What needs no cause: what a person, the scenario or the script's clock did, and what a recording says was sent.
#[test]
fn every_effect_has_a_cause_and_every_decision_a_reason() {
    for id in sim::catalogue::ids() {
        for record in records(id) {
            let kind = word(&record, "kind");
            let causes = record["cause"].as_array().map_or(0, Vec::len);
            if !["intervention", "call"].contains(&kind) && record["reason"] != "recorded" {
                assert!(causes > 0, "{id}: nothing caused {record}");
            }
            if [
                "send",
                "arrive",
                "drop",
                "state",
                "timer-set",
                "timer-cancelled",
                "limit",
                "ended",
            ]
            .contains(&kind)
            {
                assert!(!word(&record, "reason").is_empty(), "{id}: {record}");
            }
            if kind == "state" || kind == "ended" {
                assert!(
                    word(&record, "rfc").contains(' ') || word(&record, "rfc") == "practice",
                    "{id}: {record}"
                );
                assert!(
                    ["must", "should", "may", "local"].contains(&word(&record, "level")),
                    "{id}: {record}"
                );
            }
        }
    }
}

#[test]
fn states_of_a_socket_join_up_and_it_ends_once() {
    for id in sim::catalogue::ids() {
        let mut states: BTreeMap<(String, u64), String> = BTreeMap::new();
        let mut ended: BTreeMap<(String, u64), u32> = BTreeMap::new();
        for record in records(id) {
            let kind = word(&record, "kind").to_owned();
            let Some(socket) = record["socket"].as_u64() else {
                continue;
            };
            let key = (word(&record, "host").to_owned(), socket);
            if kind == "state" {
                let from = word(&record, "from");
                let before = states.insert(key, word(&record, "to").to_owned());
                // A child of a listener begins in LISTEN, everybody else in CLOSED.
                let joined = before
                    .as_deref()
                    .map_or(["CLOSED", "LISTEN"].contains(&from), |before| {
                        before == from
                    });
                assert!(joined, "{id}: {before:?} before {record}");
            } else if kind == "ended" {
                *ended.entry(key).or_default() += 1;
            }
        }
        assert!(ended.values().all(|times| *times == 1), "{id}: {ended:?}");
    }
}

#[test]
fn a_segment_is_told_in_full_wherever_it_shows() {
    for id in sim::catalogue::ids() {
        for record in records(id) {
            let kind = word(&record, "kind");
            let segment = &record["segment"];
            assert_eq!(
                segment.is_object(),
                ["send", "arrive", "drop"].contains(&kind),
                "{id}: {record}"
            );
            if segment.is_null() || segment["protocol"].is_u64() {
                continue;
            }
            for name in ["src_port", "dst_port", "seq", "ack", "window", "len"] {
                number(segment, name);
            }
            let bytes = word(segment, "bytes");
            let header = 20
                + 20
                + segment["options"].as_array().map_or(0, |options| {
                    // Every option's bytes, padded to a word.
                    options
                        .iter()
                        .map(option_len)
                        .sum::<usize>()
                        .next_multiple_of(4)
                });
            if !word(segment, "src_addr").contains(':') {
                assert_eq!(
                    bytes.len() / 2,
                    header + number(segment, "len") as usize,
                    "{id}: {record}"
                );
            }
            assert!(
                word(segment, "flags")
                    .chars()
                    .all(|flag| "FSRPAUEC".contains(flag)),
                "{id}: {record}"
            );
        }
    }
}

fn option_len(option: &Value) -> usize {
    match number(option, "kind") {
        0 | 1 => 1,
        2 => 4,
        3 => 3,
        4 => 2,
        5 => 2 + 8 * option["blocks"].as_array().map_or(0, Vec::len),
        8 => 10,
        _ => 2 + word(option, "data").len() / 2,
    }
}
