//! Worlds made at random, as the lines of their run: what shrinks is lines, and
//! what is left is a run that anybody can read and the page opens.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tcp::settings::{SettingInfo, SettingKind, Settings};

/// The run's text, shown as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(pub String);

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}", self.0)
    }
}

/// When the link is healed and every host has power again.
pub const HEALED_S: u64 = 60;

/// In a world that has to come through nobody may give up, refuse, or be switched off for so long.
const GIVING_UP: [&str; 22] = [
    "syn-retries",
    "syn-time-limit",
    "syn-ack-retries",
    "backlog",
    "accept-backlog",
    "syn-cookies",
    "quiet-time",
    "r2",
    "user-timeout",
    "keep-alive",
    "keep-alive-interval",
    "keep-alive-probe-interval",
    "keep-alive-count",
    "linger",
    "sockets",
    "half-open",
    "ephemeral-first",
    "ephemeral-last",
    "icmp-errors",
    "fin-wait-2-limit",
    // Whoever is not in TIME-WAIT any more answers a last FIN with a RST.
    "msl",
    "time-wait-records",
];

/// What takes a protection away without which lies are believed, or what was
/// not read is called read: the rules say nothing about such worlds.
const BELIEVING: [&str; 3] = [
    "verify-checksums",
    "reset-on-unread-data",
    "reset-on-data-after-close",
];

/// A value of any setting, as `set` takes it.
fn value(info: &SettingInfo) -> BoxedStrategy<String> {
    let words = |words: &'static [&'static str]| select(words).prop_map(String::from);
    match info.kind {
        SettingKind::Switch => select(&["on", "off"][..]).prop_map(String::from).boxed(),
        SettingKind::Choice(choices) => words(choices).boxed(),
        SettingKind::Generator(choices) => words(choices)
            .prop_map(|word| match word.as_str() {
                "listed" => "listed 99, 4294967295, 400".into(),
                _ => word,
            })
            .boxed(),
        SettingKind::Integer {
            minimum,
            maximum,
            unlimited,
        } => {
            // Small numbers are where something happens.
            let small = minimum..=maximum.min(minimum.saturating_add(3_000));
            let number =
                prop_oneof![4 => small, 1 => minimum..=maximum].prop_map(|n| n.to_string());
            if unlimited {
                prop_oneof![3 => number, 1 => Just(String::from("unlimited"))].boxed()
            } else {
                number.boxed()
            }
        }
        SettingKind::Time {
            minimum_us,
            maximum_us,
            never,
        } => {
            let short = minimum_us..=maximum_us.min(minimum_us.saturating_add(5_000_000));
            let time = prop_oneof![4 => short, 1 => minimum_us..=maximum_us]
                .prop_map(|us| format!("{us}us"));
            if never {
                prop_oneof![3 => time, 1 => Just(String::from("never"))].boxed()
            } else {
                time.boxed()
            }
        }
    }
}

fn host() -> impl Strategy<Value = &'static str> {
    select(&["A", "B"][..])
}

/// `set A nagle off`
fn setting(without: &'static [&'static str]) -> impl Strategy<Value = String> {
    let names: Vec<&SettingInfo> = Settings::table()
        .iter()
        .filter(|info| !BELIEVING.contains(&info.name) && !without.contains(&info.name))
        .collect();
    let chosen = select(names).prop_flat_map(|info| (Just(info.name), value(info)));
    (host(), chosen).prop_map(|(host, (name, value))| format!("set {host} {name} {value}"))
}

/// `link A>B loss 3/20`
fn line() -> impl Strategy<Value = String> {
    let property = prop_oneof![
        (1u32..400).prop_map(|ms| format!("latency {ms}ms")),
        (1u32..100).prop_map(|ms| format!("jitter {ms}ms")),
        (1u32..30).prop_map(|n| format!("loss {n}/100")),
        (1u32..30).prop_map(|n| format!("duplicate {n}/100")),
        (1u32..30, 1u32..200).prop_map(|(n, ms)| format!("reorder {n}/100 {ms}ms")),
        (1u32..10).prop_map(|n| format!("corrupt {n}/100")),
        (20u32..2_000, 1u32..30).prop_map(|(kbps, n)| format!("bandwidth {kbps}kbps queue {n}")),
        (300u32..1_500).prop_map(|mtu| format!("mtu {mtu}")),
    ];
    (select(&["A>B", "B>A"][..]), property)
        .prop_map(|(way, property)| format!("link {way} {property}"))
}

/// Something that befalls segments or the link before it is healed.
fn mishap() -> impl Strategy<Value = String> {
    let segment = || (host(), 1u32..30).prop_map(|(host, n)| format!("{host}#{n}"));
    prop_oneof![
        segment().prop_map(|s| format!("rule drop {s}")),
        (segment(), 1u32..9_000).prop_map(|(s, ms)| format!("rule delay {s} {ms}ms")),
        (segment(), 0u32..5_000).prop_map(|(s, ms)| format!("rule duplicate {s} after {ms}ms")),
        (segment(), 0u32..400).prop_map(|(s, bit)| format!("rule corrupt {s} bit {bit}")),
        (0u32..20_000, 1u32..9_000)
            .prop_map(|(from, ms)| { format!("at {from}ms cut\nat {}ms heal", from + ms) }),
        (0u32..20_000, 1u32..9_000).prop_map(|(from, ms)| {
            format!("at {from}ms firewall drop\nat {}ms firewall off", from + ms)
        }),
    ]
}

/// A host that loses its memory; it listens and connects again.
fn outage() -> impl Strategy<Value = String> {
    let again = |host: &str, ms: u32| match host {
        "A" => format!("at {ms}ms A.d new connect B:8080\nwhen A.d established send 700"),
        _ => format!("at {ms}ms B.l new listen 8080 as s"),
    };
    prop_oneof![
        (host(), 0u32..30_000).prop_map(move |(host, ms)| format!(
            "at {ms}ms reboot {host}\n{}",
            again(host, ms + 1)
        )),
        (host(), 0u32..20_000, 1u32..9_000).prop_map(move |(host, ms, long)| {
            let on = ms + long;
            format!(
                "at {ms}ms unplug {host}\nat {on}ms plug {host}\n{}",
                again(host, on + 1)
            )
        }),
    ]
}

/// What applications do meanwhile.
fn doing() -> impl Strategy<Value = String> {
    let socket = || select(&["A.c", "B.s"][..]);
    let when = 0u32..50_000;
    prop_oneof![
        3 => (when.clone(), socket(), 1u32..3_000).prop_map(|(ms, s, n)| format!("at {ms}ms {s} send {n}")),
        1 => (when.clone(), socket(), 1u32..60).prop_map(|(ms, s, n)| format!("at {ms}ms {s} send {n} urgent")),
        1 => (socket(), 0u32..9_000)
            .prop_map(|(s, ms)| format!("when {s} established reading off\nwhen {s} established after {ms}ms reading on")),
        1 => (when.clone(), socket(), 1u32..4_000).prop_map(|(ms, s, n)| format!("at {ms}ms {s} receive-buffer {n}")),
        1 => (when, socket(), 1u32..4_000).prop_map(|(ms, s, n)| format!("at {ms}ms {s} send-buffer {n}")),
    ]
}

/// What applications do that ends a connection before its time.
fn ending() -> impl Strategy<Value = String> {
    let socket = select(&["A.c", "B.s", "A.d"][..]);
    let call = select(
        &[
            "close",
            "shutdown",
            "abort",
            "linger 0us",
            "user-timeout 3s",
        ][..],
    );
    (0u32..50_000, socket, call).prop_map(|(ms, s, call)| format!("at {ms}ms {s} {call}"))
}

const HEALING: &str = "link latency 10ms jitter 0ms loss 0/1 duplicate 0/1 reorder 0/1 0ms corrupt 0/1 mtu 65535 bandwidth 1000Mbps";

fn policies() -> impl Strategy<Value = String> {
    let policy = || select(&["rfc", "linux", "freebsd", "letter"][..]);
    (policy(), policy()).prop_map(|(a, b)| format!("policy A {a}\npolicy B {b}"))
}

/// Both ends open, or one of them.
fn opening() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        4 => Just("at 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080"),
        1 => Just("at 0ms B.s passive-open 8080\nat 10ms A.c connect B:8080"),
        1 => Just("at 10ms A.c connect B:8080 from 5000\nat 11ms B.s connect A:5000 from 8080"),
    ]
}

fn text(parts: &[&[String]]) -> Text {
    let mut text = String::from("tcp-playground 1\n");
    for line in parts.iter().copied().flatten() {
        text += line;
        text.push('\n');
    }
    Text(text)
}

/// Anything may happen, with any settings; from [`HEALED_S`] on the link works, and
/// in the end everybody closes whatever they have.
pub fn hard() -> impl Strategy<Value = Text> {
    let lines = (
        vec(setting(&[]), 0..8),
        vec(line(), 0..6),
        vec(mishap(), 0..6),
        vec(outage(), 0..3),
        vec(doing(), 0..6),
        vec(ending(), 0..3),
    );
    (1u64..1_000_000, policies(), opening(), lines).prop_map(
        |(seed, policies, opening, (settings, link, mishaps, outages, doings, endings))| {
            // A host that has forgotten what it gave out needs an ISN that nobody had before (3.4.1).
            let told = |line: &&String| outages.is_empty() || !line.contains(" isn ");
            let settings: Vec<String> = settings.iter().filter(told).cloned().collect();
            let mut closing = vec![format!("at {HEALED_S}s {HEALING}")];
            closing.push(format!("at {HEALED_S}s heal"));
            for socket in [
                "A.c", "A.d#1", "A.d#2", "A.d#3", "B.s#1", "B.s#2", "B.s#3", "B.s#4", "B.s#5",
                "B.s#6",
            ] {
                closing.push(format!("at 400s {socket} close"));
            }
            // Whoever is accepted later still.
            closing.push("at 400s B.l close".into());
            closing.push("when B.s established after 400s close".into());
            let head = [format!("seed {seed}"), policies, opening.into()];
            text(&[
                &head, &settings, &link, &mishaps, &outages, &doings, &endings, &closing,
            ])
        },
    )
}

/// Hardship, but nobody gives up, loses memory or ends before its time: everything must come through.
pub fn gentle() -> impl Strategy<Value = Text> {
    let lines = (
        vec(setting(&GIVING_UP), 0..8),
        vec(line(), 0..6),
        vec(mishap(), 0..4),
        vec(doing(), 0..6),
    );
    (1u64..1_000_000, policies(), opening(), lines).prop_map(
        |(seed, policies, opening, (settings, link, mishaps, doings))| {
            let mut head = vec![format!("seed {seed}"), policies];
            for limit in [
                "syn-retries unlimited",
                "syn-time-limit never",
                "r2 never",
                "user-timeout never",
            ] {
                head.push(format!("set {limit}"));
            }
            head.push("set syn-ack-retries 255".into());
            head.push(opening.into());
            head.push("when A.c established send 500\nwhen B.s established send 300".into());
            let closing = [
                format!("at {HEALED_S}s {HEALING}"),
                format!("at {HEALED_S}s heal"),
                "when A.c established after 300s shutdown".into(),
                "when B.s peer-closed close".into(),
                "when A.c peer-closed close".into(),
            ];
            text(&[&head, &settings, &link, &mishaps, &doings, &closing])
        },
    )
}
