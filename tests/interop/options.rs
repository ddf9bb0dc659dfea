//! Window scale, timestamps and SACK, on and off at either end.

use crate::host::Net;
use crate::judge::{agrees, judged};
use crate::opening::{PORT, as_client, as_server};

const ALL: [(&str, &str); 3] = [
    ("window-scale", "tcp_window_scaling"),
    ("timestamps", "tcp_timestamps"),
    ("sack", "tcp_sack"),
];

/// An option is used if both ends have it, whoever calls.
fn used_by_both(engine_calls: bool) {
    // All, none, and each by itself; the whole matrix takes its time.
    let quick = [
        (0b111, 0b111),
        (0b000, 0b111),
        (0b001, 0b111),
        (0b010, 0b111),
        (0b100, 0b011),
    ];
    for ours in 0..8_u8 {
        for theirs in [0b111, !ours & 0b111] {
            if !tests::is_long() && !quick.contains(&(ours, theirs)) {
                continue;
            }
            let Some(net) = Net::new() else { return };
            let mut settings = Vec::new();
            for (bit, (setting, sysctl)) in ALL.into_iter().enumerate() {
                let on = |set: u8| set & (1 << bit) != 0;
                settings.push("--set".to_owned());
                settings.push(format!("{setting}={}", if on(ours) { "on" } else { "off" }));
                net.sysctl(sysctl, if on(theirs) { "1" } else { "0" });
            }
            let settings: Vec<&str> = settings.iter().map(String::as_str).collect();
            let (peer, engine) = if engine_calls {
                as_client(&net, &settings)
            } else {
                as_server(&net, &settings)
            };
            engine.does("send 3000");
            peer.does("receive 3000");
            peer.does("send 3000");
            engine.does("receive 3000");
            engine.does("acknowledged");
            let status = agrees(&net, &engine, PORT);
            let both = ours & theirs;
            assert_eq!(status["rcv_scale"].is_u64(), both & 1 != 0, "{status}");
            assert_eq!(status["timestamps"], both & 2 != 0, "{status}");
            assert_eq!(status["sack"], both & 4 != 0, "{status}");
            peer.does("close");
            let finished = engine.finish();
            assert!(finished.well);
            judged(&finished, &[]);
        }
    }
}

#[test]
fn the_engine_calls() {
    used_by_both(true);
}

#[test]
fn the_kernel_calls() {
    used_by_both(false);
}
