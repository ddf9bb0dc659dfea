//! Text to run.

use core::net::{IpAddr, Ipv4Addr};

use tcp::settings::Policy;
use tcp::sorted::sort_almost_sorted;
use tcp::time::{Duration, Instant};

use super::cursor::{self, Cursor, Parsed, clip};
use super::{Meant, ParseError, ParseErrorKind};
use crate::run::{
    AttackerSpec, ENGINE_VERSION, HostId, HostKind, HostSpec, Intervention, LinkSpec, Marker, Rule,
    Run, Scenario, ScriptLine, When,
};

/// How many lines of a kind a run may have: a person cannot make more, and a hostile text must not fill the memory.
pub(super) const LINES_MAX: usize = 100_000;

/// Reads a run.
///
/// # Errors
/// The first thing that is wrong.
pub fn parse(text: &str) -> Result<Run, ParseError> {
    run(text).map_err(|error| *error)
}

fn run(text: &str) -> Parsed<Run> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = (1..).zip(text.lines());
    version(&mut lines)?;
    let mut reader = Reader::new();
    for (number, line) in lines {
        let mut cursor = Cursor::new(number, line)?;
        if !cursor.is_blank() {
            reader.line(&mut cursor)?;
            cursor.finish()?;
        }
    }
    Ok(reader.run())
}

fn version<'a>(lines: &mut impl Iterator<Item = (u32, &'a str)>) -> Parsed<()> {
    let mut last = 1;
    for (number, line) in lines {
        last = number;
        let wrong = |column| {
            Box::new(ParseError {
                line: number,
                column,
                kind: ParseErrorKind::Version { found: clip(line) },
            })
        };
        let Ok(mut cursor) = Cursor::new(number, line) else {
            return Err(wrong(1));
        };
        if cursor.is_blank() {
            continue;
        }
        if !cursor.take("tcp-playground") || !cursor.take("1") {
            return Err(wrong(cursor.column()));
        }
        return cursor.finish();
    }
    Err(Box::new(ParseError {
        line: last,
        column: 1,
        kind: ParseErrorKind::Version {
            found: String::new(),
        },
    }))
}

/// The settings of a host or of the link start here; the printer leaves out what is the same.
pub(super) fn host_default(host: HostId) -> HostSpec {
    HostSpec {
        kind: HostKind::Engine,
        addresses: vec![IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1 + host as u8))],
        mtu: 1500,
        policy: Policy::Rfc,
        settings: Vec::new(),
    }
}

struct Reader {
    run: Run,
    seen: Vec<&'static str>,
}

impl Reader {
    fn new() -> Reader {
        let scenario = Scenario {
            id: String::from("untitled"),
            title: String::new(),
            until: None,
            hosts: HostId::ALL.map(host_default),
            attacker: None,
            link: [LinkSpec::default(), LinkSpec::default()],
            rules: Vec::new(),
            script: Vec::new(),
            recorded: [Vec::new(), Vec::new()],
            markers: Vec::new(),
        };
        let run = Run {
            engine: String::from(ENGINE_VERSION),
            scenario,
            seed: 1,
            interventions: Vec::new(),
            trace_hash: None,
        };
        Reader {
            run,
            seen: Vec::new(),
        }
    }

    fn run(mut self) -> Run {
        if self.run.scenario.title.is_empty() {
            self.run.scenario.title.clone_from(&self.run.scenario.id);
        }
        // Stable, so that lines of one moment keep their order.
        sort_almost_sorted(&mut self.run.scenario.markers, |a, b| a.time < b.time);
        for recorded in &mut self.run.scenario.recorded {
            sort_almost_sorted(recorded, |a, b| a.sent < b.sent);
        }
        sort_almost_sorted(&mut self.run.interventions, |a, b| a.time < b.time);
        self.run
    }

    fn once(&mut self, cursor: &Cursor<'_>, what: &'static str) -> Parsed<()> {
        if self.seen.contains(&what) {
            return Err(cursor.error_back(ParseErrorKind::Repeated { what }));
        }
        self.seen.push(what);
        Ok(())
    }

    fn line(&mut self, c: &mut Cursor<'_>) -> Parsed<()> {
        let column_error = c.expected(Meant::LineWord);
        let word = c.word(Meant::Word)?;
        let scenario = &mut self.run.scenario;
        match word {
            "engine" => {
                self.once(c, "engine")?;
                self.run.engine = c.must(Meant::EngineVersion, cursor::key)?;
            }
            "scenario" => {
                self.once(c, "scenario")?;
                self.run.scenario.id = c.must(Meant::ScenarioId, cursor::key)?;
            }
            "title" => {
                self.once(c, "title")?;
                self.run.scenario.title = c.must(Meant::MessageKey, cursor::key)?;
            }
            "seed" => {
                self.once(c, "seed")?;
                self.run.seed = c.number(Meant::Seed)?;
            }
            "until" => {
                self.once(c, "until")?;
                self.run.scenario.until = Some(c.instant()?);
            }
            "trace" => {
                self.once(c, "trace")?;
                let hash = c.must(Meant::TraceHash, |w| {
                    let hex = w.len() == 16 && w.bytes().all(|b| b.is_ascii_hexdigit());
                    if hex {
                        u64::from_str_radix(w, 16).ok()
                    } else {
                        None
                    }
                })?;
                self.run.trace_hash = Some(hash);
            }
            "host" => self.host(c)?,
            "attacker" => {
                self.once(c, "attacker")?;
                let address = c.address()?;
                let latency = if c.take("latency") {
                    c.time()?
                } else {
                    Duration::from_millis(30)
                };
                self.run.scenario.attacker = Some(AttackerSpec { address, latency });
            }
            "policy" => {
                let host = c.try_word(cursor::host);
                let policy = c.must(Meant::PolicyId, Policy::from_id)?;
                for h in hosts(host) {
                    scenario.hosts[h.index()].policy = policy;
                }
            }
            "set" => self.setting(c)?,
            "link" => {
                let direction = c.direction();
                let changes = super::action::link_changes(c)?;
                for link in scenario.links(direction) {
                    changes.iter().for_each(|change| link.change(*change));
                }
            }
            "firewall" => {
                let direction = c.direction();
                let firewall = super::action::firewall(c)?;
                scenario
                    .links(direction)
                    .for_each(|link| link.firewall = firewall);
            }
            "cut" => {
                let direction = c.direction();
                scenario.links(direction).for_each(|link| link.cut = true);
            }
            "rule" => {
                let Some((segment, act)) = super::action::segment_action(c)? else {
                    return Err(c.expected(Meant::Rule));
                };
                room(c, scenario.rules.len(), Meant::Rules)?;
                scenario.rules.push(Rule { segment, act });
            }
            "at" => {
                let when = When::At(c.instant()?);
                self.script(c, when)?;
            }
            "every" => {
                let interval = c.time()?;
                let from = if c.take("from") {
                    c.instant()?
                } else {
                    Instant::ZERO
                };
                if !c.take("times") {
                    return Err(c.expected(Meant::TimesNumber));
                }
                let times = c.number(Meant::Times)?;
                self.script(
                    c,
                    When::Every {
                        interval,
                        from,
                        times,
                    },
                )?;
            }
            "when" if let Some((host, nth)) = c.try_word(super::action::nth_of_host) => {
                if !c.take("arrives") {
                    return Err(c.expected(Meant::Arrives));
                }
                self.script(c, When::Arrives { host, nth })?;
            }
            "recorded" => {
                let host = c.host()?;
                let recorded = super::action::recorded(c)?;
                let all = &mut scenario.recorded[host.index()];
                room(c, all.len(), Meant::Recorded)?;
                all.push(recorded);
            }
            "when" => {
                let socket = super::action::socket(c)?;
                let happening = super::action::happening(c)?;
                let always = c.take("always");
                let after = if c.take("after") {
                    c.time()?
                } else {
                    Duration::ZERO
                };
                let action = super::action::reaction(c, &socket)?;
                room(c, scenario.script.len(), Meant::Script)?;
                scenario.script.push(ScriptLine {
                    when: When::On {
                        socket,
                        happening,
                        always,
                        after,
                    },
                    action,
                });
            }
            "chapter" | "checkpoint" => {
                let marker = Marker {
                    time: c.instant()?,
                    checkpoint: word == "checkpoint",
                    key: c.must(Meant::MessageKey, cursor::key)?,
                };
                room(c, scenario.markers.len(), Meant::Markers)?;
                scenario.markers.push(marker);
            }
            "do" => {
                let time = c.instant()?;
                let action = super::action::action(c)?;
                room(c, self.run.interventions.len(), Meant::Interventions)?;
                self.run.interventions.push(Intervention { time, action });
            }
            _ => return Err(column_error),
        }
        Ok(())
    }

    fn script(&mut self, c: &mut Cursor<'_>, when: When) -> Parsed<()> {
        let action = super::action::action(c)?;
        room(c, self.run.scenario.script.len(), Meant::Script)?;
        self.run.scenario.script.push(ScriptLine { when, action });
        Ok(())
    }

    fn host(&mut self, c: &mut Cursor<'_>) -> Parsed<()> {
        let host = c.host()?;
        self.once(
            c,
            if host == HostId::A {
                "host A"
            } else {
                "host B"
            },
        )?;
        let spec = &mut self.run.scenario.hosts[host.index()];
        spec.kind = c.must(Meant::HostPlayer, |w| match w {
            "engine" => Some(HostKind::Engine),
            "script" => Some(HostKind::Script),
            "recording" => Some(HostKind::Recording),
            _ => None,
        })?;
        let mut addresses = Vec::new();
        while let Some(address) = c.try_word(|w| w.parse::<IpAddr>().ok()) {
            room(c, addresses.len(), Meant::Addresses)?;
            addresses.push(address);
        }
        if !addresses.is_empty() {
            spec.addresses = addresses;
        }
        if c.take("mtu") {
            spec.mtu = super::action::mtu(c)?;
        } else if !c.at_end() {
            return Err(c.expected(Meant::AddressOrMtu));
        }
        Ok(())
    }

    fn setting(&mut self, c: &mut Cursor<'_>) -> Parsed<()> {
        let host = c.try_word(cursor::host);
        let (name, value) = super::action::setting(c)?;
        for h in hosts(host) {
            let settings = &mut self.run.scenario.hosts[h.index()].settings;
            room(c, settings.len(), Meant::Settings)?;
            settings.push((name.clone(), value.clone()));
        }
        Ok(())
    }
}

fn hosts(host: Option<HostId>) -> impl Iterator<Item = HostId> {
    HostId::ALL
        .into_iter()
        .filter(move |h| host.is_none_or(|host| host == *h))
}

fn room(c: &Cursor<'_>, len: usize, what: Meant) -> Parsed<()> {
    if len < LINES_MAX {
        Ok(())
    } else {
        Err(c.error_back(ParseErrorKind::TooMany { what }))
    }
}
