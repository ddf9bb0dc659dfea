//! What can be done to whatever is on its way, and that what cannot be done says why.

use serde_json::{Value, json};
use sim::trace::RecordId;
use tcp::time::Instant;

use crate::offers::why_not;
use crate::player::{Options, Player};
use crate::testing::{act, done, rows, value};

fn of_text(text: &str) -> Player {
    match Player::from_text(text, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{}", failure.into_text()),
    }
}

/// The first sending at a place whose reason is `why`.
fn sending(player: &Player, place: &str, why: &str) -> (u32, Instant) {
    let all = rows(player);
    let row = all
        .iter()
        .find(|row| row["kind"] == "send" && row["place"] == place && row["reason"] == why)
        .unwrap_or_else(|| panic!("{place} sends nothing {why} in {all:#?}"));
    let number = |name: &str| row[name].as_u64().expect("a number");
    (number("id") as u32, Instant(number("time_us")))
}

fn end_of(player: &Player, send: u32) -> Value {
    let end = |row: &Value| row["kind"] == "arrive" || row["kind"] == "drop";
    rows(player)
        .into_iter()
        .find(|row| end(row) && row["args"]["send"] == send)
        .unwrap_or(Value::Null)
}

const OPENING: &str = "tcp-playground 1\nscenario x\nattacker 203.0.113.9\nat 0ms B.l listen 8080 as s\n\
                       at 10ms A.c connect B:8080 from 5000\n";

#[test]
fn whatever_is_on_its_way_has_a_name_and_can_be_acted_upon() {
    let worlds = [
        (
            "do 200ms inject A:5000>B:8080 R seq=1",
            "attacker",
            "forged",
        ),
        ("do 200ms sample B:8080", "attacker", "attacker-sample"),
        ("do 20ms icmp A#1 S host", "link", "router-error"),
        ("do 20ms duplicate A#1 S after 10ms", "link", "duplicated"),
    ];
    for (line, place, why) in worlds {
        let text = format!("{OPENING}{line}\n");
        let mut player = of_text(&text);
        player.seek(player.end());
        let (id, sent) = sending(&player, place, why);
        let middle = Instant(sent.0 + 5_000);
        player.seek(middle);
        let offers = value(player.segment_actions(RecordId(id)).expect("a datagram"));
        for offer in offers.as_array().expect("a list") {
            let kind = offer["kind"].as_str().expect("a word");
            let icmp = why == "router-error";
            let refused = match kind {
                "release" => Some(why_not::NOT_HELD),
                "edit" if icmp => Some(why_not::NOT_TCP),
                "unreachable" if icmp => Some(why_not::NOT_ABOUT_ICMP),
                _ => None,
            };
            assert_eq!(
                offer["why_not"],
                refused.map_or(Value::Null, Value::from),
                "{line}: {offer}"
            );
            if refused.is_some() {
                continue;
            }
            let mut action = offer["action"].clone();
            if kind == "edit" {
                action["seq"] = json!(77);
            }
            let before = end_of(&player, id);
            let hash = player.trace_hash();
            let answer = done(&mut player, action);
            let record = answer["record"].as_u64().expect("an intervention");
            let row = &rows(&player)[record as usize];
            assert_eq!(row["args"]["host"], place, "{line}: {row}");
            let after = end_of(&player, id);
            match kind {
                "drop" => assert_eq!(after["reason"], "dropped-by-person", "{line}"),
                "hold" => assert_eq!(after, Value::Null, "{line}: it is held"),
                "delay" => assert!(
                    after["time_us"].as_u64() > before["time_us"].as_u64(),
                    "{line}"
                ),
                _ => assert_ne!(player.trace_hash(), hash, "{line}: {kind} did nothing"),
            }
            // The line it became is read again as the same run.
            let again = of_text(&player.run_text());
            assert_eq!(again.trace_hash(), player.trace_hash(), "{line}: {kind}");
            assert!(player.undo());
            player.seek(middle);
        }
    }
}

#[test]
fn a_scenario_can_have_a_rule_for_a_forged_segment() {
    let player = of_text(&format!(
        "{OPENING}rule drop attacker#2\nat 1s inject A:5000>B:8080 R seq=1\nat 2s inject A:5000>B:8080 R seq=2\n"
    ));
    let all = rows(&player);
    let lost: Vec<&Value> = all
        .iter()
        .filter(|row| row["kind"] == "drop" && row["place"] == "link")
        .collect();
    assert_eq!(lost.len(), 1, "{lost:#?}");
    assert_eq!(lost[0]["reason"], "dropped-by-rule");
    assert_eq!(lost[0]["args"]["seq"], 2);
}

#[test]
fn an_application_told_to_close_by_itself_does() {
    let mut player = of_text("tcp-playground 1\nscenario x\n");
    done(&mut player, json!({"kind": "listen", "host": "B"}));
    let toggle = |player: &Player| {
        let offers = value(player.actions("B").expect("a host"));
        let all = offers.as_array().expect("a list");
        all.iter()
            .find(|offer| offer["kind"] == "closing")
            .unwrap_or_else(|| panic!("no closing in {offers}"))["action"]
            .clone()
    };
    let on = toggle(&player);
    assert_eq!(on["on"], true);
    done(&mut player, on);
    assert_eq!(toggle(&player)["on"], false);
    done(&mut player, json!({"kind": "connect", "host": "A"}));
    player.seek(Instant(500_000));
    done(
        &mut player,
        json!({"kind": "close", "host": "A", "socket": 1}),
    );
    assert_eq!(
        crate::testing::segments(&player),
        ">S <S. >. >F. <F. >.",
        "B's FIN rides on its acknowledgement"
    );
}

#[test]
fn firewalls_and_attacks_are_offered() {
    let mut player = of_text("tcp-playground 1\nscenario x\n");
    let modes = |player: &Player| -> Vec<(String, bool)> {
        let offers = value(player.actions("B").expect("a host"));
        let all = offers.as_array().expect("a list").iter();
        all.filter(|offer| offer["kind"] == "firewall")
            .map(|offer| {
                let mode = offer["action"]["mode"].as_str().expect("a word");
                (mode.to_owned(), offer["allowed"] == true)
            })
            .collect()
    };
    let is = |all: &[(String, bool)], off: &str| {
        all.iter().all(|(mode, allowed)| *allowed == (mode != off)) && all.len() == 3
    };
    assert!(is(&modes(&player), "off"));
    done(
        &mut player,
        json!({"kind": "firewall", "host": "B", "mode": "reject"}),
    );
    assert!(is(&modes(&player), "reject"));
    // Nobody off the path has an address here, so nobody sees answers.
    let offers = value(player.actions("link").expect("a place"));
    let sample = offers
        .as_array()
        .expect("a list")
        .iter()
        .find(|offer| offer["kind"] == "sample");
    assert_eq!(sample.expect("an offer")["why_not"], why_not::NO_ATTACKER);
    done(&mut player, json!({"kind": "flood", "to": "B", "times": 3}));
    let refused = act(
        &mut player,
        json!({"kind": "flood", "to": "B", "times": 100_000}),
    );
    assert_eq!(refused, Err("bad-value".to_owned()));
}

/// The page's words for each reason, in each language.
#[test]
fn every_refusal_has_its_words() {
    for (language, text) in [
        ("en", include_str!("../../../web/locales/en/hands.ftl")),
        ("ko", include_str!("../../../web/locales/ko/hands.ftl")),
    ] {
        let calls = tcp::error::CallError::ALL.iter().map(|error| error.id());
        let other = ["no-socket", "unknown-record", "missing", "bad-value"];
        for id in why_not::ALL.iter().copied().chain(calls).chain(other) {
            let key = format!("\nengine-{id} = ");
            assert!(text.contains(&key), "{language} has no words for {id}");
        }
        for meant in sim::text::Meant::ALL {
            let key = format!("\nmeant-{} = ", meant.id());
            assert!(text.contains(&key), "{language} has no words for {meant}");
        }
    }
}

#[test]
fn a_branch_is_taken_away_and_put_back() {
    let mut player = of_text(OPENING);
    player.seek(player.end());
    player.seek(Instant(100_000));
    done(&mut player, json!({"kind": "unplug", "host": "B"}));
    let list = |player: &Player| value(player.branches());
    let both = list(&player);
    assert_eq!(both.as_array().map(Vec::len), Some(2));
    let (hash, text) = (player.trace_hash(), player.run_text());
    player
        .compare_branch(Some(0))
        .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
    player
        .remove_branch(1)
        .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
    assert_ne!(player.trace_hash(), hash, "the first run is shown");
    assert_eq!(crate::testing::code(player.remove_branch(0)), "last-branch");
    assert_eq!(
        crate::testing::code(player.remove_branch(9)),
        "unknown-branch"
    );
    assert!(player.undo());
    assert_eq!((player.trace_hash(), player.run_text()), (hash, text));
    assert_eq!(list(&player), both);
    // What one compares with may go too.
    player
        .remove_branch(0)
        .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
    assert!(player.comparison().is_none());
    assert!(player.undo());
    assert_eq!(list(&player), both);
}

#[test]
fn a_saved_page_remembers_what_was_seen_and_in_which_order_it_was_done() {
    let mut player = of_text(OPENING);
    player.seek(player.end());
    player.seek(Instant(100_000));
    done(&mut player, json!({"kind": "unplug", "host": "B"}));
    let first = value(player.branches())[0]["trace_hash"].clone();
    // Then on in the first run, at its end.
    let end = {
        player
            .switch_branch(0)
            .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
        player.end()
    };
    player.seek(end);
    done(
        &mut player,
        json!({"kind": "close", "host": "A", "socket": 1}),
    );
    let open = |player: &Player| {
        Player::from_share(&player.snapshot_text())
            .unwrap_or_else(|failure| panic!("{}", failure.into_text()))
    };
    let mut again = open(&player);
    assert_eq!(again.trace_hash(), player.trace_hash());
    assert!(again.undo(), "what was done last is undone first");
    assert_eq!(value(again.branches()).as_array().map(Vec::len), Some(2));
    again.tick(0.0);
    assert_eq!(value(again.branches())[0]["trace_hash"], first);
    assert!(again.undo());
    assert_eq!(value(again.branches()).as_array().map(Vec::len), Some(1));
    assert!(!again.undo());
    // What had been looked at is a future to be kept, in the new instance too.
    let mut player = of_text(OPENING);
    player.seek(player.end());
    player.seek(Instant(100_000));
    let mut again = open(&player);
    let answer = done(&mut again, json!({"kind": "unplug", "host": "B"}));
    assert_eq!(answer["forked"], true);
    // The text with an action is the run that the action makes.
    let action = crate::testing::Asked(json!({"kind": "unplug", "host": "B"}));
    let text = player
        .run_text_with(&action)
        .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
    assert_eq!(of_text(&text).trace_hash(), again.trace_hash());
    assert!(!player.undoable().0, "nothing was done");
    // A single future needs no list of what was done.
    assert!(open(&of_text(&text)).undoable().0);
}
