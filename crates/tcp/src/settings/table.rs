//! The one table of settings.

use alloc::string::String;

use super::choice::{
    AbortIssuer, ClosingReply, Congestion, CrossingSynAck, IcmpErrors, IsnGenerator, OptionOrder,
    Policy, SynCookies, SynReceivedSyn, SynText, TimeWaitReuse, TimeWaitRst, WindowRounding,
    ZeroWindowFin,
};
use super::value::Value;
use super::{SettingError, SettingInfo, SettingKind};
use crate::rfc::Section;
use crate::time::Duration;

const fn us(n: u64) -> Duration {
    Duration::from_micros(n)
}
const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
const fn s(n: u64) -> Duration {
    Duration::from_secs(n)
}

const SWITCH: SettingKind = SettingKind::Switch;
const fn integer(minimum: u32, maximum: u32) -> SettingKind {
    SettingKind::Integer {
        minimum,
        maximum,
        unlimited: false,
    }
}
const fn integer_or_unlimited(minimum: u32, maximum: u32) -> SettingKind {
    SettingKind::Integer {
        minimum,
        maximum,
        unlimited: true,
    }
}
const fn time(minimum: Duration, maximum: Duration) -> SettingKind {
    SettingKind::Time {
        minimum_us: minimum.0,
        maximum_us: maximum.0,
        never: false,
    }
}
const fn time_or_never(minimum: Duration, maximum: Duration) -> SettingKind {
    SettingKind::Time {
        minimum_us: minimum.0,
        maximum_us: maximum.0,
        never: true,
    }
}
const fn choice(words: &'static [&'static str]) -> SettingKind {
    SettingKind::Choice(words)
}

const DAY: Duration = s(86_400);

/// A row: doc line, `field: type, "name", kind, RFC, section, default;` where the
/// default is that of policy `rfc`, then those of the policies that differ.
macro_rules! settings {
    ($(
        #[doc = $doc:literal]
        $field:ident: $type:ty, $name:literal, $kind:expr, $rfc:literal, $section:literal, $default:expr
        $(, linux $linux:expr)? $(, freebsd $freebsd:expr)? $(, letter $letter:expr)?;
    )*) => {
        /// The settings of one host. Each socket starts with a copy of what concerns it.
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct Settings {
            /// The policy whose members were taken last; single members may differ.
            pub policy: Policy,
            $(#[doc = $doc] pub $field: $type,)*
        }

        static TABLE: &[SettingInfo] = &[$(
            SettingInfo { name: $name, kind: $kind, section: Section { rfc: $rfc, section: $section } }
        ),*];

        impl Settings {
            /// The defaults of a policy.
            #[must_use]
            pub fn new(policy: Policy) -> Settings {
                Settings {
                    policy,
                    $($field: match policy {
                        $(Policy::Linux => $linux,)?
                        $(Policy::FreeBsd => $freebsd,)?
                        $(Policy::Letter => $letter,)?
                        #[allow(unreachable_patterns)]
                        _ => $default,
                    },)*
                }
            }

            /// Every setting, in the order in which a person would want to see them.
            #[must_use]
            pub fn table() -> &'static [SettingInfo] {
                TABLE
            }

            /// The doc line of a setting, for lists and manuals in English.
            #[must_use]
            pub fn documentation(name: &str) -> Option<&'static str> {
                match name {
                    $($name => Some($doc.trim_ascii()),)*
                    _ => None,
                }
            }

            /// Changes one setting. `policy` sets all of them to that policy's defaults.
            ///
            /// # Errors
            /// An unknown name, or a value that the setting does not take.
            pub fn set(&mut self, name: &str, text: &str) -> Result<(), SettingError> {
                let text = text.trim();
                if name == POLICY.name {
                    *self = Settings::new(Policy::from_id(text).ok_or(SettingError::Refused(&POLICY))?);
                    return Ok(());
                }
                let info = Settings::info(name).ok_or(SettingError::UnknownName)?;
                let refused = SettingError::Refused(info);
                match name {
                    $($name => self.$field = <$type as Value>::read(text, &info.kind).ok_or(refused)?,)*
                    _ => return Err(SettingError::UnknownName),
                }
                Ok(())
            }

            /// A setting's value as [`Settings::set`] reads it.
            #[must_use]
            pub fn value(&self, name: &str) -> Option<String> {
                match name {
                    "policy" => Some(self.policy.id().into()),
                    $($name => Some(self.$field.print()),)*
                    _ => None,
                }
            }
        }
    };
}

static POLICY: SettingInfo = SettingInfo {
    name: "policy",
    kind: choice(Policy::IDS),
    section: Section {
        rfc: 0,
        section: "",
    },
};

settings! {
    // ---- where stacks differ ----
    /// What SYN-RECEIVED does with a SYN-ACK whose SEQ is IRS (trap T3)
    crossing_syn_ack: CrossingSynAck, "crossing-syn-ack", choice(CrossingSynAck::IDS), 9293, "3.5",
        CrossingSynAck::Process, linux CrossingSynAck::ProcessAndAck, letter CrossingSynAck::Ack;
    /// What CLOSING answers to a FIN it has seen (trap T4)
    closing_reply: ClosingReply, "closing-reply", choice(ClosingReply::IDS), 9293, "3.6",
        ClosingReply::BareAck, freebsd ClosingReply::Fin;
    /// A retransmitted FIN starts TIME-WAIT over (trap T5)
    time_wait_restart: bool, "time-wait-restart", SWITCH, 9293, "3.10.7.4", true, letter false;
    /// Where ABORT leaves the one who calls it (trap T6)
    abort_issuer: AbortIssuer, "abort-issuer", choice(AbortIssuer::IDS), 9293, "3.10.5", AbortIssuer::Closed;
    /// What SYN-RECEIVED answers to its SYN when that comes again (trap T7)
    syn_received_syn: SynReceivedSyn, "syn-received-syn", choice(SynReceivedSyn::IDS), 9293, "3.10.7.4",
        SynReceivedSyn::Ack, linux SynReceivedSyn::SynAck, freebsd SynReceivedSyn::SynAck;
    /// An ACK of what was never sent is answered in ESTABLISHED
    answer_ack_of_unsent: bool, "answer-ack-of-unsent", SWITCH, 9293, "3.10.7.4", true, linux false;
    /// A timestamp counts only where the ACK beside it can be right
    timestamp_needs_ack: bool, "timestamp-needs-ack", SWITCH, 7323, "4.3", false, linux true;
    /// The announced MSS heeds what is known of the path's MTU (IPv6)
    mss_of_path: bool, "mss-of-path", SWITCH, 9293, "3.7.1", false, freebsd true;
    /// TIME-WAIT answers nothing that has no ACK
    time_wait_needs_ack: bool, "time-wait-needs-ack", SWITCH, 9293, "3.10.7.4", false, freebsd true;
    /// What TIME-WAIT does with a RST (trap T10)
    time_wait_rst: TimeWaitRst, "time-wait-rst", choice(TimeWaitRst::IDS), 9293, "3.10.7.4",
        TimeWaitRst::Assassinate, freebsd TimeWaitRst::Ignore;
    /// What becomes of a FIN when the receive window is closed (trap T11)
    zero_window_fin: ZeroWindowFin, "zero-window-fin", choice(ZeroWindowFin::IDS), 9293, "3.10.7.4",
        ZeroWindowFin::Refuse, linux ZeroWindowFin::Accept;
    /// The RST of a synchronised connection carries ACK = RCV.NXT
    reset_with_ack: bool, "reset-with-ack", SWITCH, 9293, "3.10.5", true, letter false;

    // ---- the handshake ----
    /// Where initial sequence numbers come from
    isn: IsnGenerator, "isn", SettingKind::Generator(IsnGenerator::IDS), 9293, "3.4.1", IsnGenerator::Rfc9293;
    /// How often a SYN is sent again before the OPEN fails
    syn_retries: Option<u32>, "syn-retries", integer_or_unlimited(0, 255), 9293, "3.8.3", None, linux Some(6);
    /// So many more retries of a SYN come first, without back-off
    syn_linear_timeouts: u32, "syn-linear-timeouts", integer(0, 127), 0, "", 0, linux 4;
    /// How long a SYN is tried before the OPEN fails (R2 for a SYN)
    syn_time_limit: Option<Duration>, "syn-time-limit", time_or_never(s(1), DAY), 9293, "3.8.3", Some(s(180)),
        linux None, freebsd Some(s(75));
    /// How often a SYN-ACK is sent again before the connection is given up
    syn_ack_retries: u32, "syn-ack-retries", integer(0, 255), 4987, "2.2", 5, freebsd 3;
    /// What becomes of the text of a SYN
    syn_text: SynText, "syn-text", choice(SynText::IDS), 9293, "3.10.7.2", SynText::Keep, linux SynText::Drop,
        freebsd SynText::DropPassive;
    /// How many connections of one listener may be in SYN-RECEIVED
    backlog: u32, "backlog", integer(0, 65_536), 4987, "2.2", 128;
    /// How many finished connections of one listener may wait for accept
    accept_backlog: u32, "accept-backlog", integer(0, 65_536), 0, "", 128;
    /// When SYNs are answered with cookies
    syn_cookies: SynCookies, "syn-cookies", choice(SynCookies::IDS), 4987, "3.6", SynCookies::Off,
        linux SynCookies::Overflow, freebsd SynCookies::Overflow;
    /// After a start nothing is sent for one MSL
    quiet_time: bool, "quiet-time", SWITCH, 9293, "3.4.3", false;

    // ---- options ----
    /// Order and padding of options
    option_order: OptionOrder, "option-order", choice(OptionOrder::IDS), 9293, "3.2", OptionOrder::Rfc,
        linux OptionOrder::Linux, freebsd OptionOrder::FreeBsd;
    /// The largest MSS to announce; the interface may lower it
    mss: u16, "mss", integer(64, 65_495), 9293, "3.7.1", 1460;
    /// SYNs carry the MSS option
    send_mss_option: bool, "send-mss-option", SWITCH, 9293, "3.7.1", true;
    /// Window scale
    window_scale: bool, "window-scale", SWITCH, 7323, "2", false, linux true, freebsd true;
    /// The shift count to announce
    window_scale_shift: u32, "window-scale-shift", integer(0, 14), 7323, "2.3", 7, freebsd 6;
    /// Timestamps
    timestamps: bool, "timestamps", SWITCH, 7323, "3", false, linux true, freebsd true;
    /// How long one tick of the timestamp clock is
    timestamp_tick: Duration, "timestamp-tick", time(us(1), s(1)), 7323, "5.4", ms(1);
    /// Selective acknowledgement
    sack: bool, "sack", SWITCH, 2018, "2", false, linux true, freebsd true;
    /// What arrives a second time is told by SACK
    duplicate_sack: bool, "duplicate-sack", SWITCH, 2883, "4", false, linux true, freebsd true;

    // ---- sending ----
    /// Congestion control
    congestion: Congestion, "congestion", choice(Congestion::IDS), 5681, "3", Congestion::NewReno,
        linux Congestion::Cubic, freebsd Congestion::Cubic, letter Congestion::Reno;
    /// The initial window in segments
    initial_window: u32, "initial-window", integer(1, 64), 6928, "2", 10, letter 3;
    /// In slow start an acknowledgement opens the window by so many segments at most
    slow_start_segments: u32, "slow-start-segments", integer(1, 255), 3465, "2.2", 1, linux 255, freebsd 2;
    /// Small segments wait while something is unacknowledged (Nagle)
    nagle: bool, "nagle", SWITCH, 9293, "3.7.4", true;
    /// Neither sends nor offers silly small amounts
    sws_avoidance: bool, "sws-avoidance", SWITCH, 9293, "3.8.6.2", true;
    /// How long the sender's silly-window avoidance may hold data back
    sws_override_time: Duration, "sws-override-time", time(ms(100), s(1)), 9293, "3.8.6.2.1", ms(200);
    /// Size of a send buffer in bytes
    send_buffer: u32, "send-buffer", integer(1, 1 << 30), 0, "", 65_536;

    // ---- receiving ----
    /// Size of a receive buffer in bytes
    receive_buffer: u32, "receive-buffer", integer(1, 1 << 30), 0, "", 65_536;
    /// To what the announced window is rounded down
    window_rounding: WindowRounding, "window-rounding", choice(WindowRounding::IDS), 0, "", WindowRounding::None,
        linux WindowRounding::Segments, freebsd WindowRounding::Buffer;
    /// ACKs wait for data to ride on
    delayed_ack: bool, "delayed-ack", SWITCH, 9293, "3.8.6.3", true;
    /// How long they wait at most
    delayed_ack_time: Duration, "delayed-ack-time", time(ms(1), ms(499)), 9293, "3.8.6.3", ms(200),
        linux ms(40), freebsd ms(40);
    /// The ACK of a FIN may wait too, once text has come
    delay_ack_of_fin: bool, "delay-ack-of-fin", SWITCH, 9293, "3.8.6.3", false, linux true;
    /// At least every second full segment is acknowledged at once
    ack_every_second_segment: bool, "ack-every-second-segment", SWITCH, 9293, "3.8.6.3", true;
    /// So many of a connection's first segments with text are acknowledged at once
    quick_acks: u32, "quick-acks", integer(0, 255), 9293, "3.8.6.3", 0, linux 16;
    /// How many segments one connection holds out of order
    reassembly_segments: u32, "reassembly-segments", integer(0, 65_536), 9293, "3.10.7.4", 256;
    /// How many bytes one connection holds out of order
    reassembly_bytes: u32, "reassembly-bytes", integer(0, 1 << 30), 9293, "3.10.7.4", 65_536;

    // ---- retransmission ----
    /// RTO before anything was measured
    rto_initial: Duration, "rto-initial", time(ms(1), s(60)), 6298, "2", s(1);
    /// RTO at least
    rto_minimum: Duration, "rto-minimum", time(ms(1), s(60)), 6298, "2", s(1), linux ms(200), freebsd ms(30);
    /// The minimum holds for how far the RTO lies above the round trip, and a falling round trip lowers it slowly
    rto_above_round_trip: bool, "rto-above-round-trip", SWITCH, 0, "", false, linux true;
    /// What is added to it once it was measured or doubled
    rto_slop: Duration, "rto-slop", time(us(0), s(1)), 0, "", us(0), freebsd ms(200);
    /// RTO at most
    rto_maximum: Duration, "rto-maximum", time(s(1), s(3_600)), 6298, "2", s(60), linux s(120), freebsd s(64);
    /// R1: after so many retransmissions the application is told
    r1: u32, "r1", integer(1, 255), 9293, "3.8.3", 3;
    /// R2: after so long without acknowledgement the connection is given up
    r2: Option<Duration>, "r2", time_or_never(s(1), DAY), 9293, "3.8.3", Some(s(100)),
        linux Some(s(924)), freebsd Some(s(540));
    /// USER TIMEOUT of an OPEN that names none
    user_timeout: Option<Duration>, "user-timeout", time_or_never(ms(1), DAY), 9293, "3.9.1.1", Some(s(300)),
        linux None, freebsd None;
    /// Which ICMP errors end a connection
    icmp_errors: IcmpErrors, "icmp-errors", choice(IcmpErrors::IDS), 9293, "3.9.2.2", IcmpErrors::Hard,
        linux IcmpErrors::AllInHandshake, freebsd IcmpErrors::WideInSynSent;
    /// The application is told of errors that end nothing
    error_reports: bool, "error-reports", SWITCH, 9293, "3.9.1.8", true;

    // ---- keep-alive ----
    /// Keep-alive on sockets that do not say
    keep_alive: bool, "keep-alive", SWITCH, 9293, "3.8.4", false;
    /// How long a connection is idle before the first probe
    keep_alive_interval: Duration, "keep-alive-interval", time(s(1), s(604_800)), 9293, "3.8.4", s(7_200);
    /// How long between unanswered probes
    keep_alive_probe_interval: Duration, "keep-alive-probe-interval", time(s(1), DAY), 9293, "3.8.4", s(75);
    /// How many unanswered probes mean that the other end is gone
    keep_alive_count: u32, "keep-alive-count", integer(2, 255), 9293, "3.8.4", 9, freebsd 8;

    // ---- closing ----
    /// Maximum segment lifetime; TIME-WAIT lasts two of them
    msl: Duration, "msl", time(us(0), s(3_600)), 9293, "3.4.2", s(120), linux s(30), freebsd s(30);
    /// How long FIN-WAIT-2 may last after CLOSE
    fin_wait_2_limit: Option<Duration>, "fin-wait-2-limit", time_or_never(ms(1), DAY), 0, "", Some(s(60)),
        letter None;
    /// CLOSE in CLOSE-WAIT enters LAST-ACK at once, though text has still to go before the FIN
    last_ack_at_close: bool, "last-ack-at-close", SWITCH, 9293, "3.10.4", false, linux true, freebsd true;
    /// CLOSE with unread data sends a RST
    reset_on_unread_data: bool, "reset-on-unread-data", SWITCH, 9293, "3.6.1", true;
    /// Data after CLOSE get a RST
    reset_on_data_after_close: bool, "reset-on-data-after-close", SWITCH, 9293, "3.6.1", true;
    /// How long CLOSE waits for the queue to empty before it aborts; `never` closes in the background
    linger: Option<Duration>, "linger", time_or_never(us(0), DAY), 0, "", None;
    /// When a SYN may open a connection anew out of TIME-WAIT
    time_wait_reuse: TimeWaitReuse, "time-wait-reuse", choice(TimeWaitReuse::IDS), 6191, "2",
        TimeWaitReuse::Timestamps, freebsd TimeWaitReuse::Sequence;
    /// An OPEN takes the place of a TIME-WAIT record whose segments timestamps keep out
    time_wait_open: bool, "time-wait-open", SWITCH, 0, "", false;

    // ---- protections ----
    /// A SYN or a RST that is not exact is challenged
    challenge_ack: bool, "challenge-ack", SWITCH, 5961, "3.2", true;
    /// How many challenge ACKs a host sends in a second
    challenge_ack_limit: Option<u32>, "challenge-ack-limit", integer_or_unlimited(0, 1_000_000), 5961, "7", Some(100),
        linux Some(1_000), freebsd Some(5);
    /// An ACK far below SND.UNA does not let data in
    blind_data_check: bool, "blind-data-check", SWITCH, 5961, "5.2", true;
    /// A segment without the timestamps that were agreed on is taken all the same
    tolerate_missing_timestamps: bool, "tolerate-missing-timestamps", SWITCH, 7323, "3.2", false, linux true;
    /// Old duplicates are told by their timestamps (PAWS)
    paws: bool, "paws", SWITCH, 7323, "5", true;
    /// Segments with a wrong checksum are dropped
    verify_checksums: bool, "verify-checksums", SWITCH, 9293, "3.1", true;
    /// TIME-WAIT ignores RSTs whatever `time-wait-rst` says
    time_wait_protection: bool, "time-wait-protection", SWITCH, 1337, "3", false;

    // ---- limits of the host ----
    /// How many sockets there may be
    sockets: u32, "sockets", integer(1, 1 << 20), 0, "", 65_536;
    /// How many TIME-WAIT records there may be
    time_wait_records: u32, "time-wait-records", integer(0, 1 << 20), 0, "", 32_768, linux 262_144;
    /// How many connections of all listeners may be in SYN-RECEIVED
    half_open: u32, "half-open", integer(0, 1 << 20), 4987, "2.2", 4_096;
    /// The first port an OPEN without one may take
    ephemeral_first: u16, "ephemeral-first", integer(1, 65_535), 6335, "6", 49_152, linux 32_768,
        freebsd 10_000;
    /// The last one
    ephemeral_last: u16, "ephemeral-last", integer(1, 65_535), 6335, "6", 65_535, linux 60_999;
    /// How many answers that belong to no connection may wait to be sent
    out_queue: u32, "out-queue", integer(1, 65_536), 0, "", 1_024;
}
