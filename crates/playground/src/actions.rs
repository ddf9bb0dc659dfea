//! What the page asks for becomes a line of the run format, which its own
//! reader understands or refuses.

use sim::history::{HostSnapshot, Snapshot};
use sim::run::{Action, HostId, Run};
use sim::trace::{RecordId, Trace};
use tcp::status::Status;
use view::text::push_number;

use crate::json::{Failure, Request};
use crate::offers::grabbed;
use crate::player::read;
use crate::rows::flags_text;

/// Where the server of the catalogue's scenarios listens.
pub(crate) const SERVER_PORT: u32 = 8080;
/// What one SEND may hand over; more is not seen better, and every byte is simulated.
const SEND_MAX: u64 = 16 << 20;
/// What one attack may send.
const TIMES_MAX: u64 = 10_000;
/// The latest moment a number of JavaScript can name exactly.
const MICROS_MAX: u64 = 1 << 53;
const U32_MAX: u64 = u32::MAX as u64;
const U16_MAX: u64 = u16::MAX as u64;

/// What actions are about: the world at the playback time.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// What has happened.
    pub trace: &'a Trace,
    /// Hosts, and what is in flight.
    pub snapshot: &'a Snapshot,
    /// Who plays the hosts, and whether somebody off the path has an address of their own.
    pub run: &'a Run,
}

pub(crate) type Answer<T> = Result<T, Failure>;

/// Reads an action object of the page.
///
/// # Errors
/// `unknown-action`, `missing` or `bad-value` (of `name`), `no-socket`, why a segment cannot be grabbed, and what
/// the run format's reader says.
pub fn action(request: &dyn Request, scene: Scene<'_>) -> Answer<Action> {
    let kind = request.text("kind").unwrap_or_default();
    let mut line = Line {
        text: String::from("tcp-playground 1\ndo 0us "),
        request,
        scene,
    };
    line.write(&kind)?;
    let mut run = read(&line.text)?;
    // One `do`, one intervention: a second line cannot be smuggled in, see `word`.
    let intervention = run
        .interventions
        .pop()
        .ok_or_else(|| unknown_action(&kind))?;
    Ok(intervention.action)
}

fn unknown_action(kind: &str) -> Failure {
    Failure::new("unknown-action").about("kind", kind)
}

fn missing(name: &str) -> Failure {
    Failure::new("missing").about("name", name)
}

fn bad_value(name: &str) -> Failure {
    Failure::new("bad-value").about("name", name)
}

struct Line<'a> {
    text: String,
    request: &'a dyn Request,
    scene: Scene<'a>,
}

impl Line<'_> {
    fn write(&mut self, kind: &str) -> Answer<()> {
        match kind {
            "listen" | "open-passive" | "connect" | "accept" | "send" | "receive" | "reading"
            | "closing" | "shutdown" | "close" | "abort" | "status" | "option" => self.call(kind),
            "unplug" | "plug" | "reboot" => {
                self.push(kind);
                self.push(" ");
                self.host("host").map(|_| ())
            }
            "set" => {
                self.push("set ");
                self.host("host")?;
                self.word("name")?;
                self.rest("value")
            }
            "link" => {
                self.push("link");
                self.direction()?;
                self.word("name")?;
                self.rest("value")
            }
            "sample" => {
                self.push("sample ");
                self.target()
            }
            "flood" => {
                self.push("flood ");
                self.target()?;
                self.times_every()
            }
            "sweep" => {
                self.push("sweep ");
                self.forged()?;
                self.times_every()?;
                for (before, name, most) in [
                    (" seq-step ", "seq_step", U32_MAX),
                    (" ack-step ", "ack_step", U32_MAX),
                    (" port-step ", "port_step", U16_MAX),
                ] {
                    self.number(before, name, most)?;
                }
                Ok(())
            }
            "cut" | "heal" => {
                self.push(kind);
                self.direction()
            }
            "firewall" => {
                self.push("firewall ");
                // It stands before the host: what goes there meets it.
                self.push(if self.host_id("host")? == HostId::A {
                    "B>A "
                } else {
                    "A>B "
                });
                match self.request.text("mode").as_deref() {
                    Some("off") => self.push("off"),
                    Some("drop") => self.push("drop"),
                    Some("reject") => {
                        self.push("reject");
                        self.error("prohibited")?;
                    }
                    _ => return Err(bad_value("mode")),
                }
                Ok(())
            }
            "unreachable" => {
                self.push("icmp");
                self.segment()?;
                self.error("host")
            }
            "drop" | "hold" | "release" => {
                self.push(kind);
                self.segment()
            }
            "delay" => {
                self.push(kind);
                self.segment()?;
                self.micros(" ", "by_us")?.ok_or_else(|| missing("by_us"))
            }
            "duplicate" => {
                self.push(kind);
                self.segment()?;
                self.micros(" after ", "by_us").map(|_| ())
            }
            "corrupt" => {
                self.push(kind);
                self.segment()?;
                self.number(" bit ", "bit", U32_MAX)?
                    .ok_or_else(|| missing("bit"))
            }
            "edit" => {
                self.push(kind);
                self.segment()?;
                self.edits()
            }
            "inject" => {
                self.push("inject ");
                self.forged()
            }
            _ => Err(unknown_action(kind)),
        }
    }

    // ---- words ----

    #[inline(never)]
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// A whole number from 0 to `most`, if there is one of this name.
    #[inline(never)]
    fn whole(&self, name: &str, most: u64) -> Answer<Option<u64>> {
        match self.request.number(name) {
            None => Ok(None),
            Some(number) if number >= 0.0 && number <= most as f64 && number.trunc() == number => {
                Ok(Some(number as u64))
            }
            Some(_) => Err(bad_value(name)),
        }
    }

    /// `before` and a number, if there is one.
    #[inline(never)]
    fn number(&mut self, before: &str, name: &str, most: u64) -> Answer<Option<()>> {
        let number = self.whole(name, most)?;
        Ok(number.map(|number| {
            self.push(before);
            push_number(&mut self.text, number);
        }))
    }

    /// The same, or a default.
    #[inline(never)]
    fn number_or(&mut self, before: &str, name: &str, most: u64, default: u32) -> Answer<()> {
        if self.number(before, name, most)?.is_none() {
            self.push(before);
            push_number(&mut self.text, default.into());
        }
        Ok(())
    }

    fn micros(&mut self, before: &str, name: &str) -> Answer<Option<()>> {
        let there = self.number(before, name, MICROS_MAX)?;
        if there.is_some() {
            self.push("us");
        }
        Ok(there)
    }

    /// A space and a text without line ends, from which no second line could come.
    #[inline(never)]
    fn rest(&mut self, name: &str) -> Answer<()> {
        let text = self.request.text(name).ok_or_else(|| missing(name))?;
        if text.contains(['\n', '\r', '#']) {
            return Err(bad_value(name));
        }
        self.push(" ");
        self.push(&text);
        Ok(())
    }

    /// The same without spaces.
    #[inline(never)]
    fn word(&mut self, name: &str) -> Answer<()> {
        if self
            .request
            .text(name)
            .is_some_and(|text| text.contains([' ', '\t']))
        {
            return Err(bad_value(name));
        }
        self.rest(name)
    }

    /// What a router or firewall answers.
    fn error(&mut self, usual: &str) -> Answer<()> {
        if self.request.text("error").is_some() {
            return self.word("error");
        }
        self.push(" ");
        self.push(usual);
        Ok(())
    }

    /// A text in quotes, as the run format writes bytes.
    fn quoted(&mut self, text: &str) {
        let call = sim::run::Call::SendText {
            text: text.as_bytes().to_vec(),
            push: false,
            urgent: false,
            more: false,
        };
        let mut printed = String::new();
        sim::text::print_call(&mut printed, &call);
        self.push(printed.strip_prefix("send ").unwrap_or("\"\""));
    }

    #[inline(never)]
    fn host_id(&self, name: &str) -> Answer<HostId> {
        match self.request.text(name).as_deref() {
            Some("A") => Ok(HostId::A),
            Some("B") => Ok(HostId::B),
            Some(_) => Err(bad_value(name)),
            None => Err(missing(name)),
        }
    }

    fn host(&mut self, name: &str) -> Answer<HostId> {
        let host = self.host_id(name)?;
        self.push(host.id());
        Ok(host)
    }

    /// Where the attacker aims.
    fn target(&mut self) -> Answer<()> {
        self.host("to")?;
        self.number_or(":", "port", U16_MAX, SERVER_PORT)
    }

    /// How often the attacker sends, and how far apart.
    fn times_every(&mut self) -> Answer<()> {
        self.number_or(" times ", "times", TIMES_MAX, 12)?;
        if self.micros(" every ", "every_us")?.is_none() {
            self.push(" every 20ms");
        }
        Ok(())
    }

    fn direction(&mut self) -> Answer<()> {
        match self.request.text("direction").as_deref() {
            None | Some("both") => {}
            Some("a-to-b") => self.push(" A>B"),
            Some("b-to-a") => self.push(" B>A"),
            Some(_) => return Err(bad_value("direction")),
        }
        Ok(())
    }

    // ---- calls ----

    fn call(&mut self, kind: &str) -> Answer<()> {
        let host = self.host("host")?;
        let at = &self.scene.snapshot.hosts[host.index()];
        let number = self.whole("socket", U32_MAX)?.unwrap_or(0) as u32;
        self.push(".");
        if number == 0 && matches!(kind, "listen" | "open-passive" | "connect") {
            self.fresh_name(at, if kind == "connect" { "c" } else { "l" });
            self.push(" new");
        } else {
            let named = at.names.iter().find(|named| named.socket == number);
            let named =
                named.ok_or_else(|| Failure::new("no-socket").numbered("socket", number))?;
            self.push(&named.name);
            self.push("#");
            push_number(&mut self.text, named.instance.into());
        }
        self.push(" ");
        match kind {
            "listen" => {
                self.number_or("listen ", "port", U16_MAX, SERVER_PORT)?;
                self.number(" backlog ", "backlog", U32_MAX)?;
                if self.request.flag("accept") != Some(false) {
                    self.push(" as ");
                    self.fresh_name(at, "s");
                }
            }
            "open-passive" => self.number_or("passive-open ", "port", U16_MAX, SERVER_PORT)?,
            "connect" => {
                self.push("connect ");
                self.push(host.other().id());
                self.number_or(":", "port", U16_MAX, SERVER_PORT)?;
                if self
                    .whole("local_port", U16_MAX)?
                    .is_some_and(|port| port > 0)
                {
                    self.number(" from ", "local_port", U16_MAX)?;
                }
            }
            "accept" => {
                self.push("accept as ");
                self.fresh_name(at, "s");
            }
            "send" => {
                self.push("send ");
                match self.request.text("text") {
                    Some(text) => self.quoted(&text),
                    None => self.number_or("", "bytes", SEND_MAX, 100)?,
                }
                if self.request.flag("push") != Some(false) {
                    self.push(" push");
                }
                if self.request.flag("urgent") == Some(true) {
                    self.push(" urgent");
                }
                if self.request.flag("more") == Some(true) {
                    self.push(" more");
                }
            }
            "receive" => {
                self.push("receive");
                self.number(" ", "bytes", U32_MAX)?;
            }
            "reading" | "closing" => {
                let on = self.request.flag("on").ok_or_else(|| missing("on"))?;
                self.push(kind);
                self.push(if on { " on" } else { " off" });
            }
            "option" => {
                // What is no option's name must not become another call.
                let name = self.request.text("name").ok_or_else(|| missing("name"))?;
                if !OPTIONS.contains(&name.as_str()) {
                    return Err(bad_value("name"));
                }
                self.push(&name);
                self.rest("value")?;
            }
            _ => self.push(kind),
        }
        Ok(())
    }

    /// The first of `c1`, `c2` … that no socket of the host has had.
    fn fresh_name(&mut self, host: &HostSnapshot, letter: &str) {
        let mut number = 1;
        loop {
            let mut name = String::from(letter);
            push_number(&mut name, number);
            if !host.names.iter().any(|named| named.name == name) {
                return self.push(&name);
            }
            number += 1;
        }
    }

    // ---- segments ----

    /// A space and the segment's name, if it is in flight now and has one.
    fn segment(&mut self) -> Answer<()> {
        let id = self.whole("id", U32_MAX)?.ok_or_else(|| missing("id"))? as u32;
        let sent = self
            .scene
            .trace
            .sent(RecordId(id))
            .ok_or_else(|| Failure::unknown_record(id))?;
        if let Some(why) = grabbed(&sent, self.scene) {
            return Err(Failure::new(why).numbered("id", id));
        }
        self.push(" ");
        self.push(sent.place.id());
        self.push("#");
        push_number(&mut self.text, sent.nth.into());
        if sent.tcp {
            self.push(" ");
            self.push(&flags_text(sent.flags));
        }
        Ok(())
    }

    fn edits(&mut self) -> Answer<()> {
        let before = self.text.len();
        for (field, name, most) in [
            (" seq=", "seq", U32_MAX),
            (" ack=", "ack", U32_MAX),
            (" win=", "window", U16_MAX),
            (" urg=", "urgent_pointer", U16_MAX),
            (" sport=", "source_port", U16_MAX),
            (" dport=", "destination_port", U16_MAX),
            (" mss=", "mss", U16_MAX),
        ] {
            self.number(field, name, most)?;
        }
        if self.request.text("flags").is_some() {
            self.push(" flags=");
            self.flags()?;
        }
        if let Some(payload) = self.request.text("payload") {
            self.push(" payload ");
            self.quoted(&payload);
        }
        if self.request.flag("keep_checksum") == Some(true) {
            self.push(" keep-checksum");
        }
        if self.text.len() == before {
            Err(missing("seq"))
        } else {
            Ok(())
        }
    }

    fn flags(&mut self) -> Answer<()> {
        let flags = self
            .request
            .text("flags")
            .unwrap_or_else(|| String::from("R"));
        if tcp::wire::Flags::from_text(&flags).is_none() {
            return Err(bad_value("flags"));
        }
        self.push(&flags);
        Ok(())
    }

    /// A sequence number: a number, `isn+64000` (the ISN the attacker saw last, and so much), or a default.
    fn sequence_or(&mut self, before: &str, name: &str, default: u32) -> Answer<()> {
        let Some(text) = self.request.text(name) else {
            return self.number_or(before, name, U32_MAX, default);
        };
        let rest = text.strip_prefix("isn").ok_or_else(|| bad_value(name))?;
        let digits = rest.strip_prefix(['+', '-']);
        let offset = digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        if !rest.is_empty() && (!offset || digits.is_some_and(|it| it.parse::<u32>().is_err())) {
            return Err(bad_value(name));
        }
        self.push(before);
        self.push(&text);
        Ok(())
    }

    /// A segment for a host's newest connection, as the other end would send it unless fields say otherwise.
    fn forged(&mut self) -> Answer<()> {
        let to = self.host_id("to")?;
        let status = connection(&self.scene.snapshot.hosts[to.index()]);
        let port = |address: Option<core::net::SocketAddr>| {
            address.map_or(SERVER_PORT, |it| it.port().into())
        };
        self.push(to.other().id());
        self.number_or(
            ":",
            "source_port",
            U16_MAX,
            port(status.and_then(|s| s.remote)),
        )?;
        self.push(">");
        self.push(to.id());
        self.number_or(
            ":",
            "destination_port",
            U16_MAX,
            port(status.and_then(|s| s.local)),
        )?;
        self.push(" ");
        self.flags()?;
        self.sequence_or(" seq=", "seq", status.map_or(0, |s| s.rcv_nxt.0))?;
        self.sequence_or(" ack=", "ack", status.map_or(0, |s| s.snd_nxt.0))?;
        self.number(" win=", "window", U16_MAX)?;
        self.number(" mss=", "mss", U16_MAX)?;
        if let Some(payload) = self.request.text("payload") {
            self.push(" ");
            self.quoted(&payload);
        }
        Ok(())
    }
}

/// Socket options by their names in the run format.
const OPTIONS: [&str; 8] = [
    "linger",
    "reuse-address",
    "no-delay",
    "keep-alive",
    "user-timeout",
    "receive-buffer",
    "send-buffer",
    "mss",
];

/// The connection of a host that a forged segment would be for: the youngest that has two ends.
fn connection(host: &HostSnapshot) -> Option<&Status> {
    host.statuses
        .iter()
        .rev()
        .find(|status| status.remote.is_some())
}
