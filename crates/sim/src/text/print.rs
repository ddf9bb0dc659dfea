//! Run to text: only what differs from the defaults.

use core::fmt::Write;

use tcp::time::{Duration, Instant};
use tcp::wire::Flags;

use super::parse::host_default;
use crate::recording::{Recorded, RecordedFate};
use crate::run::{
    Action, AddressName, Attack, Call, Direction, Edit, Endpoint, Firewall, Forged, Happening,
    HostId, HostKind, HostSpec, LinkChange, LinkSpec, Number, PortName, Ratio, Run, SegmentAct,
    SegmentName, SocketName, Unreachable, Variable, When,
};

/// Writes a run so that `parse` gives the same again.
#[must_use]
pub fn print(run: &Run) -> String {
    let mut o = String::with_capacity(512);
    // Writing to a String cannot fail.
    let _ = print_run(&mut o, run);
    o
}

/// One action as it stands behind a time.
pub fn print_action(o: &mut String, act: &Action) {
    let _ = action(o, act);
}

/// One call as it stands behind a socket's name.
pub fn print_call(o: &mut String, asked: &Call) {
    let _ = call(o, asked);
}

/// A length of time in the largest unit that keeps it whole (minutes and hours are written in seconds).
pub fn print_time(o: &mut String, time: Duration) {
    let _ = duration(o, time);
}

type Done = core::fmt::Result;

fn print_run(o: &mut String, run: &Run) -> Done {
    let scenario = &run.scenario;
    writeln!(o, "tcp-playground {}", crate::run::FORMAT_VERSION)?;
    writeln!(o, "engine {}", run.engine)?;
    writeln!(o, "scenario {}", scenario.id)?;
    if scenario.title != scenario.id {
        writeln!(o, "title {}", scenario.title)?;
    }
    writeln!(o, "seed {}", run.seed)?;
    if let Some(until) = scenario.until {
        o.push_str("until ");
        instant(o, until)?;
        o.push('\n');
    }
    if let Some(hash) = run.trace_hash {
        writeln!(o, "trace {hash:016x}")?;
    }
    for id in HostId::ALL {
        host(o, id, &scenario.hosts[id.index()])?;
    }
    if let Some(attacker) = &scenario.attacker {
        write!(o, "attacker {} latency ", attacker.address)?;
        duration(o, attacker.latency)?;
        o.push('\n');
    }
    policies_and_settings(o, &scenario.hosts)?;
    links(o, &scenario.link)?;
    for rule in &scenario.rules {
        o.push_str("rule ");
        segment_action(o, rule.segment, &rule.act)?;
        o.push('\n');
    }
    for line in &scenario.script {
        script_line(o, &line.when, &line.action)?;
        o.push('\n');
    }
    recordings(o, &scenario.recorded)?;
    for marker in &scenario.markers {
        o.push_str(if marker.checkpoint {
            "checkpoint "
        } else {
            "chapter "
        });
        instant(o, marker.time)?;
        writeln!(o, " {}", marker.key)?;
    }
    for intervention in &run.interventions {
        o.push_str("do ");
        instant(o, intervention.time)?;
        o.push(' ');
        action(o, &intervention.action)?;
        o.push('\n');
    }
    Ok(())
}

fn host(o: &mut String, id: HostId, spec: &HostSpec) -> Done {
    let default = host_default(id);
    if (spec.kind, &spec.addresses, spec.mtu) == (default.kind, &default.addresses, default.mtu) {
        return Ok(());
    }
    let kind = match spec.kind {
        HostKind::Engine => "engine",
        HostKind::Script => "script",
        HostKind::Recording => "recording",
    };
    write!(o, "host {} {kind}", id.id())?;
    for address in &spec.addresses {
        write!(o, " {address}")?;
    }
    if spec.mtu != default.mtu {
        write!(o, " mtu {}", spec.mtu)?;
    }
    o.push('\n');
    Ok(())
}

fn policies_and_settings(o: &mut String, [a, b]: &[HostSpec; 2]) -> Done {
    let default = host_default(HostId::A).policy;
    if a.policy == b.policy {
        if a.policy != default {
            writeln!(o, "policy {}", a.policy.id())?;
        }
    } else {
        for (id, spec) in [(HostId::A, a), (HostId::B, b)] {
            if spec.policy != default {
                writeln!(o, "policy {} {}", id.id(), spec.policy.id())?;
            }
        }
    }
    if a.settings == b.settings {
        for (name, value) in &a.settings {
            writeln!(o, "set {name} {value}")?;
        }
    } else {
        for (id, spec) in [(HostId::A, a), (HostId::B, b)] {
            for (name, value) in &spec.settings {
                writeln!(o, "set {} {name} {value}", id.id())?;
            }
        }
    }
    Ok(())
}

fn links(o: &mut String, [there, back]: &[LinkSpec; 2]) -> Done {
    if there == back {
        return link(o, None, there);
    }
    link(o, Some(Direction::AToB), there)?;
    link(o, Some(Direction::BToA), back)
}

fn link(o: &mut String, direction: Option<Direction>, spec: &LinkSpec) -> Done {
    let changes = spec.changes();
    if !changes.is_empty() {
        o.push_str("link");
        direction_word(o, direction);
        link_changes(o, &changes)?;
        o.push('\n');
    }
    if !spec.firewall.is_off() {
        o.push_str("firewall");
        direction_word(o, direction);
        firewall(o, spec.firewall)?;
        o.push('\n');
    }
    if spec.cut {
        o.push_str("cut");
        direction_word(o, direction);
        o.push('\n');
    }
    Ok(())
}

fn direction_word(o: &mut String, direction: Option<Direction>) {
    o.push_str(match direction {
        None => "",
        Some(Direction::AToB) => " A>B",
        Some(Direction::BToA) => " B>A",
    });
}

fn link_changes(o: &mut String, changes: &[LinkChange]) -> Done {
    for change in changes {
        match *change {
            LinkChange::Latency(time) => labelled_time(o, " latency ", time)?,
            LinkChange::Jitter(time) => labelled_time(o, " jitter ", time)?,
            LinkChange::Bandwidth(0) => o.push_str(" bandwidth unlimited"),
            LinkChange::Bandwidth(bps) => {
                let (figure, unit) = [
                    (1_000_000_000, "Gbps"),
                    (1_000_000, "Mbps"),
                    (1_000, "kbps"),
                    (1, "bps"),
                ]
                .into_iter()
                .find(|(scale, _)| bps % scale == 0)
                .map_or((bps, "bps"), |(scale, unit)| (bps / scale, unit));
                write!(o, " bandwidth {figure}{unit}")?;
            }
            LinkChange::Queue(length) => write!(o, " queue {length}")?,
            LinkChange::Loss(r) => ratio(o, " loss ", r)?,
            LinkChange::Duplicate(r) => ratio(o, " duplicate ", r)?,
            LinkChange::Reorder(r, time) => {
                ratio(o, " reorder ", r)?;
                labelled_time(o, " ", time)?;
            }
            LinkChange::Corrupt(r) => ratio(o, " corrupt ", r)?,
            LinkChange::Mtu(mtu) => write!(o, " mtu {mtu}")?,
        }
    }
    Ok(())
}

fn ratio(o: &mut String, label: &str, r: Ratio) -> Done {
    write!(o, "{label}{}/{}", r.numerator, r.denominator)
}

fn labelled_time(o: &mut String, label: &str, time: Duration) -> Done {
    o.push_str(label);
    duration(o, time)
}

fn instant(o: &mut String, time: Instant) -> Done {
    duration(o, Duration(time.0))
}

fn duration(o: &mut String, time: Duration) -> Done {
    let us = time.0;
    if !us.is_multiple_of(1_000) {
        write!(o, "{us}us")
    } else if !us.is_multiple_of(1_000_000) || us == 0 {
        write!(o, "{}ms", us / 1_000)
    } else {
        write!(o, "{}s", us / 1_000_000)
    }
}

fn script_line(o: &mut String, when: &When, act: &Action) -> Done {
    match when {
        When::At(time) => {
            o.push_str("at ");
            instant(o, *time)?;
        }
        When::Every {
            interval,
            from,
            times,
        } => {
            o.push_str("every ");
            duration(o, *interval)?;
            if *from != Instant::ZERO {
                o.push_str(" from ");
                instant(o, *from)?;
            }
            write!(o, " times {times}")?;
        }
        When::Arrives { host, nth } => write!(o, "when {}#{nth} arrives", host.id())?,
        When::On {
            socket,
            happening: what,
            always,
            after,
        } => {
            o.push_str("when ");
            socket_name(o, socket)?;
            happening(o, *what)?;
            if *always {
                o.push_str(" always");
            }
            if *after != Duration::ZERO {
                o.push_str(" after ");
                duration(o, *after)?;
            }
            if let Action::Call {
                socket: actor,
                fresh: false,
                call: asked,
            } = act
                && actor == socket
            {
                o.push(' ');
                return call(o, asked);
            }
        }
    }
    o.push(' ');
    action(o, act)
}

/// Both hosts' datagrams, as they came one after the other.
fn recordings(o: &mut String, [a, b]: &[Vec<Recorded>; 2]) -> Done {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    loop {
        let a_first = match (a.peek(), b.peek()) {
            (Some(a), Some(b)) => a.sent < b.sent,
            (a, _) => a.is_some(),
        };
        let (host, next) = if a_first {
            (HostId::A, a.next())
        } else {
            (HostId::B, b.next())
        };
        let Some(next) = next else { return Ok(()) };
        write!(o, "recorded {} ", host.id())?;
        instant(o, next.sent)?;
        match next.fate {
            RecordedFate::Unknown => {}
            RecordedFate::Lost => o.push_str(" lost"),
            RecordedFate::Arrives { at, corrupt, copy } => {
                o.push_str(" arrives ");
                instant(o, at)?;
                if let Some(bit) = corrupt {
                    write!(o, " bit {bit}")?;
                }
                if let Some(copy) = copy {
                    o.push_str(" copy ");
                    instant(o, copy)?;
                }
            }
        }
        o.push(' ');
        hex(o, &next.bytes)?;
        if next.filler > 0 {
            write!(o, " +{}", next.filler)?;
        }
        o.push('\n');
    }
}

fn hex(o: &mut String, bytes: &[u8]) -> Done {
    for byte in bytes {
        write!(o, "{byte:02x}")?;
    }
    Ok(())
}

fn happening(o: &mut String, happening: Happening) -> Done {
    match happening {
        Happening::Established => o.push_str(" established"),
        Happening::Acceptable => o.push_str(" acceptable"),
        Happening::Accepted => o.push_str(" accepted"),
        Happening::PeerClosed => o.push_str(" peer-closed"),
        Happening::Readable(1) => o.push_str(" readable"),
        Happening::Readable(bytes) => write!(o, " readable {bytes}")?,
        Happening::Sent(bytes) => write!(o, " sent {bytes}")?,
        Happening::Ended => o.push_str(" ended"),
        Happening::State(state) => write!(o, " state {}", state.name())?,
    }
    Ok(())
}

fn action(o: &mut String, act: &Action) -> Done {
    match act {
        Action::Call {
            socket,
            fresh,
            call: asked,
        } => {
            socket_name(o, socket)?;
            o.push_str(if *fresh { " new " } else { " " });
            call(o, asked)
        }
        Action::Segment { segment, act } => segment_action(o, *segment, act),
        Action::Inject(forged) => {
            o.push_str("inject");
            forged_fields(o, forged)
        }
        Action::Attack(attack) => attack_words(o, attack),
        Action::Cut(direction) => {
            o.push_str("cut");
            direction_word(o, *direction);
            Ok(())
        }
        Action::Heal(direction) => {
            o.push_str("heal");
            direction_word(o, *direction);
            Ok(())
        }
        Action::Firewall(direction, what) => {
            o.push_str("firewall");
            direction_word(o, *direction);
            firewall(o, *what)
        }
        Action::Emit { host, datagram } => {
            write!(o, "emit {} ", host.id())?;
            hex(o, datagram)
        }
        Action::Icmp { segment, error } => {
            o.push_str("icmp ");
            segment_name(o, *segment)?;
            unreachable_words(o, *error)
        }
        Action::Unplug(host) => write!(o, "unplug {}", host.id()),
        Action::Plug(host) => write!(o, "plug {}", host.id()),
        Action::Reboot(host) => write!(o, "reboot {}", host.id()),
        Action::Set { host, name, value } => {
            o.push_str("set ");
            if let Some(host) = host {
                write!(o, "{} ", host.id())?;
            }
            write!(o, "{name} {value}")
        }
        Action::Link { direction, changes } => {
            o.push_str("link");
            direction_word(o, *direction);
            link_changes(o, changes)
        }
    }
}

fn attack_words(o: &mut String, attack: &Attack) -> Done {
    match attack {
        Attack::Sample { target } => {
            o.push_str("sample ");
            endpoint(o, *target)
        }
        Attack::Flood {
            target,
            count,
            interval,
        } => {
            o.push_str("flood ");
            endpoint(o, *target)?;
            write!(o, " times {count} every ")?;
            duration(o, *interval)
        }
        Attack::Sweep {
            forged,
            count,
            interval,
            seq_step,
            ack_step,
            port_step,
        } => {
            o.push_str("sweep");
            forged_fields(o, forged)?;
            write!(o, " times {count} every ")?;
            duration(o, *interval)?;
            let steps = [
                ("seq", *seq_step),
                ("ack", *ack_step),
                ("port", u32::from(*port_step)),
            ];
            for (word, step) in steps.into_iter().filter(|(_, step)| *step != 0) {
                write!(o, " {word}-step {step}")?;
            }
            Ok(())
        }
    }
}

fn forged_fields(o: &mut String, forged: &Forged) -> Done {
    o.push(' ');
    endpoint(o, forged.source)?;
    o.push('>');
    endpoint(o, forged.destination)?;
    write!(o, " {}", Flags(forged.flags))?;
    if forged.seq != Number::Absolute(0) {
        number(o, " seq=", &forged.seq)?;
    }
    if forged.ack != Number::Absolute(0) {
        number(o, " ack=", &forged.ack)?;
    }
    if forged.window != 65535 {
        write!(o, " win={}", forged.window)?;
    }
    if let Some(mss) = forged.mss {
        write!(o, " mss={mss}")?;
    }
    if !forged.payload.is_empty() {
        o.push(' ');
        quoted(o, &forged.payload)?;
    }
    Ok(())
}

fn number(o: &mut String, label: &str, n: &Number) -> Done {
    o.push_str(label);
    let offset = match n {
        Number::Absolute(value) => return write!(o, "{value}"),
        Number::Relative(offset) => return write!(o, "{offset:+}"),
        Number::Sample(offset) => {
            o.push_str("isn");
            *offset
        }
        Number::Variable(socket, variable, offset) => {
            socket_name(o, socket)?;
            o.push_str(match variable {
                Variable::SndUna => ".snd_una",
                Variable::SndNxt => ".snd_nxt",
                Variable::RcvNxt => ".rcv_nxt",
                Variable::Iss => ".iss",
                Variable::Irs => ".irs",
            });
            *offset
        }
    };
    if offset == 0 {
        Ok(())
    } else {
        write!(o, "{offset:+}")
    }
}

fn segment_name(o: &mut String, segment: SegmentName) -> Done {
    write!(o, "{}#{}", segment.origin.id(), segment.nth)?;
    if let Some(flags) = segment.flags {
        write!(o, " {}", Flags(flags))?;
    }
    Ok(())
}

fn segment_action(o: &mut String, segment: SegmentName, act: &SegmentAct) -> Done {
    o.push_str(match act {
        SegmentAct::Drop => "drop ",
        SegmentAct::Delay(_) => "delay ",
        SegmentAct::Hold => "hold ",
        SegmentAct::Release => "release ",
        SegmentAct::Duplicate(_) => "duplicate ",
        SegmentAct::Corrupt(_) => "corrupt ",
        SegmentAct::Edit(_) => "edit ",
    });
    segment_name(o, segment)?;
    match act {
        SegmentAct::Drop
        | SegmentAct::Hold
        | SegmentAct::Release
        | SegmentAct::Duplicate(Duration::ZERO) => {}
        SegmentAct::Delay(time) => labelled_time(o, " ", *time)?,
        SegmentAct::Duplicate(time) => labelled_time(o, " after ", *time)?,
        SegmentAct::Corrupt(bit) => write!(o, " bit {bit}")?,
        SegmentAct::Edit(edits) => {
            for edit in edits {
                match edit {
                    Edit::Seq(n) => number(o, " seq=", n)?,
                    Edit::Ack(n) => number(o, " ack=", n)?,
                    Edit::Window(v) => write!(o, " win={v}")?,
                    Edit::Flags(v) => write!(o, " flags={}", Flags(*v))?,
                    Edit::Urgent(v) => write!(o, " urg={v}")?,
                    Edit::SourcePort(v) => write!(o, " sport={v}")?,
                    Edit::DestinationPort(v) => write!(o, " dport={v}")?,
                    Edit::Mss(v) => write!(o, " mss={v}")?,
                    Edit::Payload(bytes) => {
                        o.push_str(" payload ");
                        quoted(o, bytes)?;
                    }
                    Edit::KeepChecksum => o.push_str(" keep-checksum"),
                }
            }
        }
    }
    Ok(())
}

fn socket_name(o: &mut String, socket: &SocketName) -> Done {
    write!(o, "{}.{}", socket.host.id(), socket.name)?;
    if let Some(instance) = socket.instance {
        write!(o, "#{instance}")?;
    }
    Ok(())
}

fn endpoint(o: &mut String, end: Endpoint) -> Done {
    match end.address {
        AddressName::Host(host) => o.push_str(host.id()),
        AddressName::Attacker => o.push_str("attacker"),
        AddressName::Ip(core::net::IpAddr::V4(ip)) => write!(o, "{ip}")?,
        AddressName::Ip(core::net::IpAddr::V6(ip)) => write!(o, "[{ip}]")?,
    }
    match end.port {
        PortName::Number(port) => write!(o, ":{port}"),
        PortName::Newest => {
            o.push_str(":newest");
            Ok(())
        }
    }
}

fn firewall(o: &mut String, what: Firewall) -> Done {
    match what {
        Firewall::Off => o.push_str(" off"),
        Firewall::Drop => o.push_str(" drop"),
        Firewall::Reject(error) => {
            o.push_str(" reject");
            unreachable_words(o, error)?;
        }
    }
    Ok(())
}

fn unreachable_words(o: &mut String, error: Unreachable) -> Done {
    o.push_str(match error {
        Unreachable::Network => " network",
        Unreachable::Host => " host",
        Unreachable::Protocol => " protocol",
        Unreachable::Port => " port",
        Unreachable::Prohibited => " prohibited",
        Unreachable::TooBig(mtu) => return write!(o, " too-big {mtu}"),
    });
    Ok(())
}

fn call(o: &mut String, asked: &Call) -> Done {
    let on_off = |on: bool| if on { "on" } else { "off" };
    match asked {
        Call::Bind(port) => write!(o, "bind {port}"),
        Call::Listen {
            port,
            backlog,
            accept_as,
        } => {
            o.push_str("listen");
            if let Some(port) = port {
                write!(o, " {port}")?;
            }
            if let Some(backlog) = backlog {
                write!(o, " backlog {backlog}")?;
            }
            if let Some(name) = accept_as {
                write!(o, " as {name}")?;
            }
            Ok(())
        }
        Call::PassiveOpen { port, remote } => {
            o.push_str("passive-open");
            if let Some(port) = port {
                write!(o, " {port}")?;
            }
            if let Some(remote) = remote {
                o.push_str(" from ");
                endpoint(o, *remote)?;
            }
            Ok(())
        }
        Call::Connect { remote, local_port } => {
            o.push_str("connect ");
            endpoint(o, *remote)?;
            if let Some(port) = local_port {
                write!(o, " from {port}")?;
            }
            Ok(())
        }
        Call::Accept { accept_as } => write!(o, "accept as {accept_as}"),
        Call::Send {
            bytes,
            push,
            urgent,
            more,
        } => {
            write!(o, "send {bytes}")?;
            send_flags(o, *push, *urgent, *more);
            Ok(())
        }
        Call::SendText {
            text,
            push,
            urgent,
            more,
        } => {
            o.push_str("send ");
            quoted(o, text)?;
            send_flags(o, *push, *urgent, *more);
            Ok(())
        }
        Call::Receive(None) => o.write_str("receive"),
        Call::Receive(Some(bytes)) => write!(o, "receive {bytes}"),
        Call::Reading(on) => write!(o, "reading {}", on_off(*on)),
        Call::Closing(on) => write!(o, "closing {}", on_off(*on)),
        Call::Shutdown => o.write_str("shutdown"),
        Call::Close => o.write_str("close"),
        Call::Abort => o.write_str("abort"),
        Call::Status => o.write_str("status"),
        Call::Linger(time) => time_or_off(o, "linger ", *time),
        Call::ReuseAddress(on) => write!(o, "reuse-address {}", on_off(*on)),
        Call::NoDelay(on) => write!(o, "no-delay {}", on_off(*on)),
        Call::KeepAlive(time) => time_or_off(o, "keep-alive ", *time),
        Call::UserTimeout(time) => time_or_off(o, "user-timeout ", *time),
        Call::ReceiveBuffer(bytes) => write!(o, "receive-buffer {bytes}"),
        Call::SendBuffer(bytes) => write!(o, "send-buffer {bytes}"),
        Call::MaximumSegmentSize(bytes) => write!(o, "mss {bytes}"),
    }
}

fn send_flags(o: &mut String, push: bool, urgent: bool, more: bool) {
    for (set, word) in [(push, " push"), (urgent, " urgent"), (more, " more")] {
        if set {
            o.push_str(word);
        }
    }
}

fn time_or_off(o: &mut String, label: &str, time: Option<Duration>) -> Done {
    o.push_str(label);
    match time {
        Some(time) => duration(o, time),
        None => o.write_str("off"),
    }
}

fn quoted(o: &mut String, bytes: &[u8]) -> Done {
    o.push('"');
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => o.push_str("\\\""),
                '\\' => o.push_str("\\\\"),
                '\n' => o.push_str("\\n"),
                '\r' => o.push_str("\\r"),
                '\t' => o.push_str("\\t"),
                // Line ends of any kind and what cannot be seen.
                c if (c as u32) < 0x20 || c == '\u{7f}' => write!(o, "\\x{:02x}", c as u32)?,
                c => o.push(c),
            }
        }
        for byte in chunk.invalid() {
            write!(o, "\\x{byte:02x}")?;
        }
    }
    o.push('"');
    Ok(())
}
