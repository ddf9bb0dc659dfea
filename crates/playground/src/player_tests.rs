use serde_json::Value;
use sim::trace::{RecordId, RecordKind};
use tcp::time::Instant;

use crate::playback::{Input, Mode};
use crate::player::{Options, Player, changed};
use crate::testing::{act, code, done, empty, open, path, play, rows, segments, value};
use crate::views::View;

#[test]
fn every_answer_is_json() {
    for id in sim::catalogue::ids() {
        let mut player = open(id);
        player.seek(player.end());
        let all = rows(&player);
        assert_eq!(all.len(), player.record_counts().1);
        for (index, row) in all.iter().enumerate() {
            assert_eq!(row["id"], index, "{id}");
            assert!(row["event"].as_u64().is_some_and(|event| event >= 1));
            let mut bytes = Vec::new();
            let detail = player.book().detail(RecordId(index as u32), &mut bytes);
            let detail = value(detail.unwrap_or_else(|failure| panic!("{}", failure.into_text())));
            if let Some(segment) = detail.get("segment") {
                assert!(!bytes.is_empty());
                assert!(
                    segment["fields"]
                        .as_array()
                        .is_some_and(|fields| fields.len() > 10),
                    "{segment}"
                );
            }
            let why = value(player.book().why(RecordId(index as u32)));
            let last = why
                .as_array()
                .and_then(|chain| chain.last())
                .expect("a chain has an end");
            assert!(
                last.get("cause").is_none(),
                "{id}: the chain of {index} ends in {last}"
            );
        }
        let hosts = value(player.hosts());
        assert_eq!(hosts.as_array().map(Vec::len), Some(2));
        value(player.link());
        value(player.arcs(0));
        value(player.chapters());
        value(player.branches());
        for place in ["A", "B", "link"] {
            value(
                player
                    .actions(place)
                    .unwrap_or_else(|failure| panic!("{}", failure.into_text())),
            );
        }
        for view in View::ALL {
            value(player.view_state(view));
            player.picture(view, 700.0, 500.0);
            if let Some(hit) = player.hit(view, 350.0, 250.0, true) {
                value(hit);
            }
        }
    }
    value(crate::tables::catalogue());
    value(crate::tables::settings());
    value(crate::tables::facts());
}

#[test]
fn fields_cover_the_header_and_the_checksum_works_out() {
    let player = open("mss-negotiation");
    for row in rows(&player).iter().filter(|row| row["kind"] == "send") {
        let id = row["id"].as_u64().expect("a number") as u32;
        let mut bytes = Vec::new();
        let detail = value(
            player
                .book()
                .detail(RecordId(id), &mut bytes)
                .expect("a record"),
        );
        let segment = &detail["segment"];
        let mut covered = vec![false; bytes.len() * 8];
        for field in segment["fields"].as_array().expect("a list") {
            let (bit, bits) = (
                field["bit"].as_u64().expect("a place"),
                field["bits"].as_u64().expect("a width"),
            );
            for place in bit..bit + bits {
                assert!(!covered[place as usize], "bit {place} twice: {field}");
                covered[place as usize] = true;
            }
        }
        assert!(
            covered.iter().all(|covered| *covered),
            "a bit belongs to no field"
        );
        let working = &segment["checksum_working"];
        assert_eq!(working["ok"], true);
        assert_eq!(working["complement"], working["stated"]);
    }
}

#[test]
fn playing_reaches_the_end() {
    let mut player = open("four-way-close");
    player.input(Input::Play);
    let whole = player.play_duration_ms();
    play(&mut player, whole + 100.0);
    assert_eq!(player.playback().mode(), Mode::Ended);
    assert_eq!(player.playback().position(), player.end());
    assert_eq!(player.record_counts().0, player.record_counts().1);
    let (event, events) = player.event_counts();
    assert_eq!(event, events);
}

#[test]
fn steps_visit_every_event_and_come_back() {
    let mut player = open("three-way-close");
    let mut forward = vec![player.playback().position()];
    loop {
        player.step(1);
        if forward.last() == Some(&player.playback().position()) {
            break;
        }
        forward.push(player.playback().position());
    }
    // From the end (which may be later than the last event) back to zero.
    let mut back = vec![player.playback().position()];
    while player.playback().position() > Instant::ZERO {
        player.step(-1);
        back.push(player.playback().position());
    }
    back.reverse();
    forward.dedup();
    back.dedup();
    assert_eq!(forward, back);
    let (_, events) = player.event_counts();
    assert!(
        forward.len() >= events,
        "{} stops for {events} events",
        forward.len()
    );
}

#[test]
fn ticks_say_what_changed() {
    let mut player = open("three-way-handshake");
    assert_ne!(player.tick(0.0), 0);
    assert_eq!(player.tick(0.0), 0, "nothing happened");
    player.select(Some(RecordId(2)));
    assert_ne!(player.tick(0.0) & changed::SELECTION, 0);
    player.input(Input::Play);
    assert_ne!(player.tick(16.0) & changed::PLAYBACK, 0);
    assert_ne!(player.tick(16.0) & changed::PICTURE, 0);
    player.step(1);
    let bits = player.tick(0.0);
    assert_ne!(bits & changed::EVENT, 0);
    assert_ne!(bits & changed::PLAYBACK, 0, "a step pauses");
}

#[test]
fn the_syn_dropped_by_hand_is_sent_again() {
    let mut player = open("three-way-handshake");
    player.seek(player.end());
    let syn = rows(&player)
        .iter()
        .position(|row| row["kind"] == "send")
        .expect("a SYN") as u32;
    player.seek_record(RecordId(syn)).expect("a record");
    let answer = done(&mut player, serde_json::json!({"kind": "drop", "id": syn}));
    assert_eq!(answer["forked"], true);
    let record = answer["record"]
        .as_u64()
        .expect("what was done is a record");
    assert_eq!(segments(&player), ">Sx >S <S. >.");
    let rows = rows(&player);
    assert_eq!(rows[record as usize]["key"], "drop");
    let lost = rows
        .iter()
        .find(|row| row["kind"] == "drop")
        .expect("a loss");
    assert_eq!(lost["reason"], "dropped-by-person");
    let why = value(
        player
            .book()
            .why(RecordId(lost["id"].as_u64().expect("an id") as u32)),
    );
    assert_eq!(
        why[1]["kind"], "intervention",
        "the loss is because of the person: {why}"
    );
    let again = rows
        .iter()
        .find(|row| row["args"].get("retransmission_of").is_some())
        .expect("a retransmission");
    assert_eq!(again["args"]["retransmission_of"], syn);
}

#[test]
fn a_simultaneous_open_by_hand() {
    let mut player = empty();
    done(
        &mut player,
        serde_json::json!({"kind": "connect", "host": "A", "port": 5000, "local_port": 5000}),
    );
    done(
        &mut player,
        serde_json::json!({"kind": "connect", "host": "B", "port": 5000, "local_port": 5000}),
    );
    assert_eq!(
        path(&player, "A"),
        ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]
    );
    assert_eq!(
        path(&player, "B"),
        ["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]
    );
}

#[test]
fn a_connection_by_hand_from_the_empty_world() {
    let mut player = empty();
    done(
        &mut player,
        serde_json::json!({"kind": "listen", "host": "B"}),
    );
    done(
        &mut player,
        serde_json::json!({"kind": "connect", "host": "A"}),
    );
    assert_eq!(segments(&player), ">S <S. >.");
    player.seek(player.end());
    // Both close at once: the simultaneous close.
    for host in ["A", "B"] {
        let offers = value(player.actions(host).expect("a host"));
        let close = offers
            .as_array()
            .expect("a list")
            .iter()
            .filter(|offer| offer["kind"] == "close" && offer["allowed"] == true)
            .max_by_key(|offer| offer["socket"].as_u64())
            .unwrap_or_else(|| panic!("no close in {offers}"))
            .clone();
        done(&mut player, close["action"].clone());
    }
    let closing = ["FIN-WAIT-1", "CLOSING", "TIME-WAIT"];
    for host in ["A", "B"] {
        let path = path(&player, host);
        assert!(
            path.windows(3).any(|three| three == closing),
            "{host}: {path:?}"
        );
    }
}

#[test]
fn offers_keep_their_word() {
    for id in [
        "three-way-handshake",
        "half-close",
        "simultaneous-close",
        "abort",
        "connection-refused",
    ] {
        let mut player = open(id);
        player.seek(player.end());
        let end = player.end().0;
        for part in 0..8 {
            player.seek(Instant(end / 8 * part));
            for place in ["A", "B", "link"] {
                let offers = value(player.actions(place).expect("a place"));
                for offer in offers.as_array().expect("a list") {
                    let result = act(&mut player, offer["action"].clone());
                    if offer["allowed"] == true {
                        let answer = result.unwrap_or_else(|code| {
                            panic!("{id} {part}: {offer} failed with {code}")
                        });
                        if let Some(record) = answer["record"].as_u64() {
                            let rows = rows(&player);
                            let call = rows
                                .iter()
                                .find(|row| row["kind"] == "call" && row["cause"] == record);
                            if let Some(call) = call {
                                assert_eq!(
                                    call["args"]["result"], "ok",
                                    "{id} {part}: {offer} gave {call}"
                                );
                            }
                        }
                        assert!(player.undo());
                    }
                }
            }
        }
    }
}

#[test]
fn undo_brings_everything_back() {
    let mut player = open("four-way-close");
    let (hash, text) = (player.trace_hash(), player.run_text());
    let end = player.end();
    for part in [2, 1, 3] {
        player.seek(Instant(end.0 / 4 * part));
        let host = if part == 1 { "A" } else { "B" };
        done(
            &mut player,
            serde_json::json!({"kind": "unplug", "host": host}),
        );
    }
    assert!(player.undoable().0);
    while player.undo() {}
    assert_eq!(
        (player.trace_hash(), player.run_text()),
        (hash.clone(), text)
    );
    let mut redone = 0;
    while player.redo() {
        redone += 1;
    }
    assert_eq!(redone, 3);
    assert_ne!(player.trace_hash(), hash);
}

#[test]
fn a_link_opens_what_was_on_screen() {
    let mut player = open("half-close");
    player.seek(Instant(player.end().0 / 2));
    done(
        &mut player,
        serde_json::json!({"kind": "reboot", "host": "B"}),
    );
    player.select(Some(RecordId(4)));
    player
        .rename_branch(player.history.current().0, "what if? \"\n#@ at 0")
        .expect("it is there");
    for payload in [player.share_text(), player.snapshot_text()] {
        let again = Player::from_share(&payload)
            .unwrap_or_else(|failure| panic!("{}", failure.into_text()));
        assert_eq!(again.trace_hash(), player.trace_hash());
        assert_eq!(again.playback().position(), player.playback().position());
        assert_eq!(again.selected(), player.selected());
        assert!(again.notice().is_none());
        assert_eq!(again.run_text(), player.run_text());
    }
    let again = Player::from_share(&player.snapshot_text()).expect("it opens");
    assert_eq!(value(again.branches()), value(player.branches()));
    // Whatever comes behind the run is a comment to the other readers of the format.
    assert!(sim::text::parse(&player.snapshot_text()).is_ok());
}

#[test]
fn a_link_from_another_engine_says_where_it_differs() {
    let player = open("three-way-handshake");
    let payload = player.share_text();
    let hash = player.trace_hash();
    let other = payload.replace(&hash, "0123456789abcdef");
    assert_ne!(other, payload);
    let opened = Player::from_share(&other).expect("it still opens");
    let notice = value(opened.notice().expect("a notice"));
    assert_eq!(
        (&notice["expected"], &notice["actual"]),
        (&"0123456789abcdef".into(), &hash.as_str().into())
    );
    assert!(
        notice.get("first_difference").is_none(),
        "the marks are alike"
    );
    // Another seed gives other sequence numbers from the first segment on.
    let seeded = payload.replace("seed 7", "seed 8");
    assert_ne!(seeded, payload);
    let opened = Player::from_share(&seeded).expect("it still opens");
    let notice = value(opened.notice().expect("a notice"));
    let first = notice["first_difference"].as_u64().expect("a record");
    let first_send = rows(&player)
        .iter()
        .position(|row| row["kind"] == "send")
        .expect("a SYN");
    assert_eq!(first, first_send as u64);
}

#[test]
fn comparing_marks_the_first_difference() {
    let mut player = open("simultaneous-open");
    let comparison = value(
        player
            .compare_policy("letter")
            .expect("a policy")
            .expect("a comparison"),
    );
    assert_eq!(comparison["with"]["policy"], "letter");
    assert!(
        comparison["first_difference"]["time_us"]
            .as_u64()
            .is_some_and(|time| time > 0)
    );
    let (_, something) = player.picture(View::Compare, 900.0, 500.0);
    assert!(something);
    assert_eq!(code(player.compare_policy("plan9")), "unknown-policy");
    assert!(
        player
            .compare_branch(None)
            .expect("nothing to find")
            .is_none()
    );
    let (_, something) = player.picture(View::Compare, 900.0, 500.0);
    assert!(!something);
}

#[test]
fn an_act_beside_a_comparison_simulates_the_other_run_a_piece_at_a_time() {
    let text = "tcp-playground 1\nscenario x\nlink latency 5ms bandwidth 20Mbps\nat 0ms B.l listen 8080 as s\n\
                at 10ms A.c connect B:8080\nwhen A.c established send 300000\n";
    let mut player = match Player::from_text(text, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{}", failure.into_text()),
    };
    while player.grow_on() {}
    let _ = player.compare_policy("linux").expect("a policy");
    player.seek(Instant(player.end().0 / 2));
    let latency = serde_json::json!({"kind": "link", "direction": "both", "name": "latency", "value": "90ms"});
    done(&mut player, latency);
    assert!(player.growing(), "the other run is still to come");
    player.seek(player.end());
    let mut pieces = 0;
    while player.grow_on() {
        pieces += 1;
    }
    assert!(pieces > 3, "{pieces} pieces");
    player.seek(player.end());
    player.tick(0.0);
    let words = |player: &Player| player.comparison().map(value);
    let said = words(&player);
    let picture = |player: &mut Player| {
        let (list, _) = player.picture(View::Compare, 900.0, 500.0);
        list.clone()
    };
    let painted = picture(&mut player);
    let _ = player.compare_policy("linux").expect("a policy");
    assert_eq!(said, words(&player));
    assert_eq!(painted, picture(&mut player));
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut player = open("three-way-handshake");
    player.seek(player.end());
    let send = rows(&player)
        .iter()
        .position(|row| row["kind"] == "send")
        .expect("a SYN");
    let refuse =
        |player: &mut Player, action: Value| act(player, action).expect_err("it should be refused");
    assert_eq!(
        refuse(&mut player, serde_json::json!({"kind": "drop", "id": send})),
        "already-delivered"
    );
    player.seek(Instant::ZERO);
    assert_eq!(
        refuse(&mut player, serde_json::json!({"kind": "drop", "id": send})),
        "not-sent-yet"
    );
    assert_eq!(
        refuse(
            &mut player,
            serde_json::json!({"kind": "drop", "id": 9_999})
        ),
        "unknown-record"
    );
    assert_eq!(
        refuse(&mut player, serde_json::json!({"kind": "drop"})),
        "missing"
    );
    assert_eq!(
        refuse(
            &mut player,
            serde_json::json!({"kind": "close", "host": "A", "socket": 77})
        ),
        "no-socket"
    );
    assert_eq!(
        refuse(
            &mut player,
            serde_json::json!({"kind": "connect", "host": "A", "port": 65536})
        ),
        "bad-value"
    );
    assert_eq!(
        refuse(
            &mut player,
            serde_json::json!({"kind": "connect", "host": "A", "port": 1.5})
        ),
        "bad-value"
    );
    let set = |name: &str, value: &str| serde_json::json!({"kind": "set", "host": "A", "name": name, "value": value});
    assert_eq!(refuse(&mut player, set("msl", "soon")), "bad-setting");
    assert_eq!(
        refuse(&mut player, set("no-such-thing", "1")),
        "unknown-setting"
    );
    assert_eq!(
        refuse(&mut player, set("msl", "1s\ndo 0us cut")),
        "bad-value"
    );
    assert_eq!(refuse(&mut player, set("msl 1s", "")), "bad-value");
    let trace = player.trace_hash();
    assert!(!player.undo(), "nothing was done");
    assert_eq!(player.trace_hash(), trace);
}

#[test]
fn settings_and_links_change_from_now_on() {
    let mut player = open("four-way-close");
    done(
        &mut player,
        serde_json::json!({"kind": "set", "host": "A", "name": "msl", "value": "1s"}),
    );
    done(
        &mut player,
        serde_json::json!({"kind": "link", "direction": "a-to-b", "name": "latency", "value": "200ms"}),
    );
    let hosts = value(player.hosts());
    assert_eq!(hosts[0]["settings"]["msl"], "1s");
    let link = value(player.link());
    assert_eq!(link["settings"]["a_to_b"]["latency"], "200ms");
    assert_eq!(link["settings"]["b_to_a"]["latency"], "50ms");
}

#[test]
fn a_host_table_marks_what_the_event_changed() {
    let mut player = open("three-way-handshake");
    player.seek(player.end());
    let established = rows(&player)
        .iter()
        .position(|row| row["key"] == "ESTABLISHED" && row["place"] == "A")
        .expect("A gets there");
    player
        .seek_record(RecordId(established as u32))
        .expect("a record");
    let hosts = value(player.hosts());
    let socket = &hosts[0]["sockets"][0];
    assert_eq!(
        (&socket["state"], &socket["previous_state"]),
        (&"ESTABLISHED".into(), &"SYN-SENT".into())
    );
    assert_eq!(socket["changed"], true);
    let una = socket["values"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|row| row["name"] == "SND.UNA");
    let una = una.expect("it has one");
    assert_eq!(
        (&una["changed"], &una["relative"]),
        (&true.into(), &1.into())
    );
}

#[test]
fn a_garbled_run_says_where() {
    let failure = Player::from_text(
        "tcp-playground 1\nscenario x\n\nat soon A.c connect B:1\n",
        &Options::default(),
    );
    let text = failure.err().expect("it is garbled").into_text();
    let failure: Value = serde_json::from_str(&text).expect("a failure is JSON");
    assert_eq!(
        (&failure["line"], &failure["column"]),
        (&4.into(), &4.into())
    );
    assert!(
        failure["args"]["found"]
            .as_str()
            .is_some_and(|found| found.contains("soon"))
    );
}

#[test]
fn a_child_state_record_is_selected_as_its_band() {
    let mut player = open("three-way-handshake");
    let trace = player.history.trace();
    let state = trace
        .iter()
        .find(|record| matches!(record.kind, RecordKind::State { .. }))
        .expect("a state")
        .id;
    player.select(Some(state));
    assert_eq!(player.selected(), Some(state));
    player.select(Some(RecordId(u32::MAX)));
    assert_eq!(player.selected(), None);
}

#[test]
fn a_long_run_grows_a_piece_a_tick() {
    let text = "tcp-playground 1\nscenario bulk\nat 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080\n\
                when A.c established send 7000000\n";
    let mut player = match Player::from_text(text, &Options::default()) {
        Ok(player) => player,
        Err(failure) => panic!("{}", failure.into_text()),
    };
    assert!(player.growing());
    let first = player.record_counts().1;
    let mut ticks = 0;
    while player.growing() {
        player.tick(0.0);
        ticks += 1;
        assert!(ticks < 10_000, "it never ends");
    }
    assert!(ticks > 3 && player.record_counts().1 > first);
    assert_eq!(player.score.records(), player.record_counts().1);
    let (hash, duration) = (player.trace_hash(), player.play_duration_ms());
    player.seek(Instant(player.end().0 / 2));
    done(
        &mut player,
        serde_json::json!({"kind": "unplug", "host": "B"}),
    );
    assert!(player.undo());
    while player.growing() {
        player.tick(0.0);
    }
    assert_eq!(
        (player.trace_hash(), player.play_duration_ms()),
        (hash, duration)
    );
}

#[test]
fn a_picture_painted_again_is_the_one_that_would_be_made_anew() {
    let mut player = open("loss-and-recovery");
    let half = Instant(player.end().0 / 2);
    let commands: [&dyn Fn(&mut Player); 11] = [
        &|player| player.seek(half),
        &|player| player.select(Some(RecordId(4))),
        &|player| player.hover(Some(RecordId(9))),
        &|player| player.zoom(View::Ladder, 0.5, 10.0, 80.0),
        &|player| player.scroll(View::Ladder, 0.0, 40.0),
        &|player| player.set_folding(false),
        &|player| player.select_field(Some("seq")),
        &|player| assert!(player.collect("CLOSED", "LISTEN")),
        &|player| player.fit(View::Ladder),
        &|player| {
            player.input(Input::Play);
            player.tick(30.0);
        },
        &|player| {
            done(player, serde_json::json!({"kind": "reboot", "host": "B"}));
        },
    ];
    for (number, command) in commands.into_iter().enumerate() {
        command(&mut player);
        for view in View::ALL {
            // Before and after the page has asked what has changed, and once more.
            let first = player.picture(view, 700.0, 500.0).0.clone();
            player.take_changed();
            let second = player.picture(view, 700.0, 500.0).0.clone();
            let kept = player.picture(view, 700.0, 500.0).0.clone();
            player.mark(changed::PICTURE);
            let anew = player.picture(view, 700.0, 500.0).0.clone();
            assert!(
                first == anew && second == anew && kept == anew,
                "{number} {view:?}"
            );
        }
    }
}
