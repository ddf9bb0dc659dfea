//! What the command says on standard output: a JSON object a line.

use std::fmt::Write as _;

use tcp::event::Timer;
use tcp::status::{Recovery, Status};
use tcp::time::Instant;

/// One line: `{"t_us":…,"event":"…", fields… }`.
pub struct Line(String);

impl Line {
    /// A line about an event.
    pub fn new(now: Instant, event: &str) -> Line {
        Line(format!(r#"{{"t_us":{},"event":"{event}""#, now.0))
    }

    /// Adds a number.
    pub fn number(mut self, name: &str, value: u64) -> Line {
        let _ = write!(self.0, r#","{name}":{value}"#);
        self
    }

    /// Adds a text.
    pub fn text(mut self, name: &str, value: &str) -> Line {
        let _ = write!(self.0, r#","{name}":""#);
        for character in value.chars() {
            match character {
                '"' | '\\' => self.0.extend(['\\', character]),
                control if control < ' ' => {
                    let _ = write!(self.0, "\\u{:04x}", u32::from(control));
                }
                other => self.0.push(other),
            }
        }
        self.0.push('"');
        self
    }

    /// Adds what STATUS tells.
    pub fn status(mut self, now: Instant, status: &Status) -> Line {
        if let Some(local) = status.local {
            self = self.text("local", &local.to_string());
        }
        if let Some(remote) = status.remote {
            self = self.text("remote", &remote.to_string());
        }
        self = self.text("state", status.state.name());
        for (name, value) in [
            ("iss", status.iss.0),
            ("snd_una", status.snd_una.0),
            ("snd_nxt", status.snd_nxt.0),
            ("snd_wnd", status.snd_wnd),
            ("irs", status.irs.0),
            ("rcv_nxt", status.rcv_nxt.0),
            ("rcv_wnd", status.rcv_wnd),
            ("send_queue", status.send_queue),
            ("receive_queue", status.receive_queue),
            ("reassembly_queue", status.reassembly_queue),
            ("mss_announced", status.mss_announced.into()),
            ("mss_peer", status.mss_peer.into()),
            ("mss_effective", status.mss_effective.into()),
            ("cwnd", status.cwnd),
            ("ssthresh", status.ssthresh),
            ("sacked", status.sacked),
            ("retransmissions", status.retransmissions),
        ] {
            self = self.number(name, value.into());
        }
        if let Some((ours, theirs)) = status.window_scale {
            self = self
                .number("rcv_scale", ours.into())
                .number("snd_scale", theirs.into());
        }
        let _ = write!(
            self.0,
            r#","timestamps":{},"sack":{}"#,
            status.timestamps, status.sack
        );
        self = self.number("rto_us", status.rto.0);
        if let Some(srtt) = status.srtt {
            self = self
                .number("srtt_us", srtt.0)
                .number("rttvar_us", status.rttvar.0);
        }
        let recovery = match status.recovery {
            Recovery::Open => "open",
            Recovery::Disorder => "disorder",
            Recovery::Fast => "fast",
            Recovery::Timeout => "timeout",
        };
        self = self.text("recovery", recovery);
        self.0.push_str(r#","timers":{"#);
        let mut comma = "";
        for timer in Timer::ALL {
            if let Some(deadline) = status.timers[timer as usize] {
                let left = deadline.since(now).0;
                let _ = write!(self.0, r#"{comma}"{}":{left}"#, timer.id());
                comma = ",";
            }
        }
        self.0.push('}');
        self
    }

    /// The line, with its end.
    pub fn end(mut self) -> String {
        self.0.push_str("}\n");
        self.0
    }
}
