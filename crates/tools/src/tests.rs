use formats::packetdrill::{FAILED, Found, Kind, Wanted, What};
use tcp::time::Instant;

use crate::{export, script};

const HOLDS: &str = "\
0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+.000 bind(3, ..., ...) = 0
+.000 listen(3, 1) = 0
+.100 < S 0:0(0) win 65535 <mss 1000>
+.000 > S. 0:0(0) ack 1 <...>
+.100 < . 1:1(0) ack 1 win 65535
+.000 accept(3, ..., ...) = 4
";

#[test]
fn a_script_that_holds_is_a_run() {
    let outcome = script::run(HOLDS, "", "");
    assert!(outcome.passed && outcome.failures.is_empty());
    let run = outcome.run.expect("a run");
    assert!(run.contains("script") && !run.contains(FAILED), "{run}");
    assert_eq!(outcome.packets, 3);
}

#[test]
fn a_script_that_fails_is_a_run_up_to_there_with_the_place_marked() {
    let text = format!("{HOLDS}+.100 < P. 1:11(10) ack 1 win 65535\n+.000 > . 1:1(0) ack 12\n");
    let outcome = script::run(&text, "", "");
    assert!(!outcome.passed);
    let failure = &outcome.failures[0];
    assert_eq!((failure.kind, failure.place.line), (Kind::Packet, 9));
    assert!(failure.packets.is_some() && failure.reason.is_some());
    assert!(outcome.run.expect("a run").contains(FAILED));
}

#[test]
fn a_script_that_cannot_be_read_is_no_run() {
    let outcome = script::run("0 < S 0:0(0 win 5\n", "linux", "");
    assert!(outcome.run.is_err());
    let place = outcome.failures[0].place;
    assert_eq!((outcome.failures[0].kind, place.line), (Kind::Script, 1));
    assert!(place.column > 1);
}

#[test]
fn dialect_and_policy_can_be_chosen() {
    let outcome = script::run(HOLDS, "freebsd", "rfc");
    assert_eq!(
        (outcome.dialect.id(), outcome.policy.id()),
        ("freebsd", "rfc")
    );
}

#[test]
fn a_run_becomes_each_kind_of_file() {
    let text = sim::catalogue::text("four-way-close").expect("it is there");
    let mut played = export::Played::read(text).expect("a run");
    let options = export::options(false, false);
    assert_eq!(played.pcapng()[..4], [0x0a, 0x0d, 0x0d, 0x0a]);
    assert!(played.json_lines().lines().count() > 20);
    assert!(played.mermaid().starts_with("sequenceDiagram"));
    let whole = Instant(10_000_000);
    let svg = played.ladder_svg(whole, &options);
    assert!(svg.starts_with("<svg") && svg.contains("TIME-WAIT"));
    let early = played.ladder_text(Instant(30_000), &options);
    assert!(
        !early.contains("TIME-WAIT") && early.contains("SYN-SENT"),
        "{early}"
    );
    assert!(played.ladder_text(whole, &options).contains("TIME-WAIT"));
}

#[test]
fn what_is_no_run_is_no_file() {
    assert!(export::Played::read("nonsense").is_none());
}

/// The page's words for what a script should have had at a place, in each language.
#[test]
fn whatever_is_wanted_has_its_words() {
    for (language, text) in [
        ("en", include_str!("../../../web/locales/en/tools.ftl")),
        ("ko", include_str!("../../../web/locales/ko/tools.ftl")),
    ] {
        for what in What::ALL {
            let key = format!("\nwanted-{} = ", what.id());
            assert!(text.contains(&key), "{language} has no words for {what}");
        }
        for found in [Found::Text, Found::Command, Found::Code, Found::End] {
            let key = format!("\nfound-{} = ", found.id());
            assert!(text.contains(&key), "{language} has no words for {found}");
        }
    }
}

#[test]
fn a_script_that_cannot_be_read_says_what_is_wanted() {
    let failure = |text: &str| script::run(text, "", "").failures[0].clone();
    let wanted = |text: &str| {
        let failure = failure(text);
        let wanted = *failure.wanted.expect("something is wanted");
        (failure.place.line, failure.place.column, wanted)
    };
    let found = Found::Written("port".into());
    let what = What::Sequence;
    assert_eq!(wanted("+0 < S port"), (1, 8, Wanted { what, found }));
    let (_, _, end) = wanted("+0 socket(1, 2");
    assert_eq!(end.found, Found::End);
    // In the terminal it is English, as ever.
    let message = failure("+0 < S port").message;
    assert_eq!(
        message,
        "reading the script: a sequence number is wanted here, not «port»"
    );
}
