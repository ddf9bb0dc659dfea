//! The two dialects, and the one table that says what the settings of either kernel mean to the engine.
#![allow(clippy::unit_arg, reason = "a row of the table stays one line")]

use tcp::settings::{Congestion, IcmpErrors, Policy, Settings, SynCookies};
use tcp::time::Duration;

use super::ast::{Action, Script};

mod commands;

pub(super) use commands::command;

/// Which kernel a script was written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// `google/packetdrill` and the kernel's own self-tests.
    Linux,
    /// `nplab/packetdrill` and the FreeBSD test suite.
    FreeBsd,
}

impl Dialect {
    /// Which dialect a text looks like: FreeBSD's where it names what only FreeBSD has.
    #[must_use]
    pub fn of(text: &str) -> Dialect {
        let freebsd = [
            "net.inet.",
            "net.inet6.",
            "kern.ipc.",
            "sockstat",
            "tcpdrop",
            "TCP_NOOPT",
            "SO_RCVBUF, [65536]",
            "#ifdef FreeBSD",
            "TCPI_ESTABLISHED",
            "TCPI_SYN_",
            "--freebsd",
        ];
        // `fcntl` is asked for the flags, and the SYN has FreeBSD's options, in its suite only.
        if text.contains("net.ipv4.") || text.contains("defaults.sh") {
            return Dialect::Linux;
        }
        // Only BSDs fill lists of options up with ends of list.
        let padded = text.contains("eol>") && text.contains("eol,");
        let looks = padded
            || text.contains("F_GETFL) = 0x02")
            || (text.contains("nop,wscale 6,sackOK,TS val") && text.contains("> S "));
        if looks || freebsd.iter().any(|mark| text.contains(mark)) {
            Dialect::FreeBsd
        } else {
            Dialect::Linux
        }
    }

    /// A stable name: `linux` or `freebsd`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Dialect::Linux => "linux",
            Dialect::FreeBsd => "freebsd",
        }
    }

    /// The dialect of a name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Dialect> {
        [Dialect::Linux, Dialect::FreeBsd]
            .into_iter()
            .find(|dialect| dialect.id() == id)
    }

    /// The policy a script of this dialect runs under unless told otherwise.
    #[must_use]
    pub fn policy(self) -> Policy {
        match self {
            Dialect::Linux => Policy::Linux,
            Dialect::FreeBsd => Policy::FreeBsd,
        }
    }

    /// The names `#ifdef` finds defined.
    #[must_use]
    pub fn defined(self) -> &'static [&'static str] {
        match self {
            Dialect::Linux => &["Linux", "linux", "STANDARD"],
            Dialect::FreeBsd => &["FreeBSD"],
        }
    }
}

/// Why a command or a setting could not be taken.
pub(super) type Refusal = String;

/// What a setting of a kernel means.
enum Meaning {
    /// Nothing that shows: the engine has no such thing, or does as the value says anyhow.
    Nothing,
    /// It changes the engine's settings; `None` for a value that cannot be had.
    Sets(fn(&mut Settings, &str) -> Option<()>),
}

fn number(value: &str) -> Option<u64> {
    let value = value.split_whitespace().next()?;
    match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    }
}

fn switch(value: &str) -> Option<bool> {
    Some(number(value)? != 0)
}

fn small(value: &str) -> Option<u32> {
    u32::try_from(number(value)?).ok()
}

fn millis(value: &str) -> Option<Duration> {
    Some(Duration::from_millis(number(value)?))
}

fn seconds(value: &str) -> Option<Duration> {
    Some(Duration::from_secs(number(value)?))
}

/// The one of two or three numbers, as in `tcp_rmem`.
fn triple(value: &str, index: usize) -> Option<u64> {
    number(value.split_whitespace().nth(index)?)
}

/// Only values the engine behaves like anyhow.
fn only(value: &str, allowed: &[u64]) -> Option<()> {
    allowed.contains(&number(value)?).then_some(())
}

/// How long Linux goes on for so many retransmissions: doubling from 200 ms, no step longer than 120 s.
fn linux_retries(count: u64) -> Duration {
    let steps = (0..=count.min(255)).map(|n| (200_000_u64 << n.min(20)).min(120_000_000));
    Duration(steps.sum())
}

fn congestion(settings: &mut Settings, value: &str) -> Option<()> {
    settings.congestion = match value.trim() {
        "reno" => Congestion::NewReno,
        "newreno" => Congestion::NewReno,
        "cubic" => Congestion::Cubic,
        _ => return None,
    };
    Some(())
}

/// What `name` means. `None`: it is not in the table.
fn meaning(name: &str) -> Option<Meaning> {
    use Meaning::{Nothing, Sets};
    Some(match name {
        // ---- Linux ----
        "net.ipv4.tcp_dsack" => Sets(|s, v| Some(s.duplicate_sack = switch(v)?)),
        "net.ipv4.tcp_sack" => Sets(|s, v| Some(s.sack = switch(v)?)),
        "net.ipv4.tcp_timestamps" => Sets(|s, v| Some(s.timestamps = switch(v)?)),
        "net.ipv4.tcp_window_scaling" => Sets(|s, v| Some(s.window_scale = switch(v)?)),
        "net.ipv4.tcp_ecn" => Sets(|_, v| only(v, &[0, 2])),
        "net.ipv4.tcp_syn_retries" => Sets(|s, v| {
            s.syn_retries = Some(small(v)?.min(255));
            s.syn_time_limit = None;
            Some(())
        }),
        "net.ipv4.tcp_synack_retries" => Sets(|s, v| Some(s.syn_ack_retries = small(v)?.min(255))),
        "net.ipv4.tcp_retries1" => Sets(|s, v| Some(s.r1 = small(v)?.clamp(1, 255))),
        "net.ipv4.tcp_retries2" => Sets(|s, v| Some(s.r2 = Some(linux_retries(number(v)?)))),
        "net.ipv4.tcp_fin_timeout" => Sets(|s, v| Some(s.fin_wait_2_limit = Some(seconds(v)?))),
        "net.ipv4.tcp_rmem" => Sets(|s, v| {
            // The window is half of the space; the scale is what the greatest space needs.
            s.receive_buffer = u32::try_from(triple(v, 1)? / 2).ok()?.max(1);
            let most = triple(v, 2)?;
            s.window_scale_shift = (0..14).find(|n| most >> n <= 0xffff).unwrap_or(14);
            Some(())
        }),
        "net.ipv4.tcp_wmem" => Sets(|s, v| {
            // It grows by itself up to the last number.
            s.send_buffer = u32::try_from(triple(v, 2)?).ok()?.clamp(1, 1 << 30);
            Some(())
        }),
        "net.ipv4.tcp_congestion_control" => Sets(congestion),
        "net.ipv4.tcp_syncookies" => Sets(|s, v| {
            s.syn_cookies = match number(v)? {
                0 => SynCookies::Off,
                1 => SynCookies::Overflow,
                2 => SynCookies::Always,
                _ => return None,
            };
            Some(())
        }),
        "net.ipv4.tcp_keepalive_time" => Sets(|s, v| Some(s.keep_alive_interval = seconds(v)?)),
        "net.ipv4.tcp_keepalive_intvl" => {
            Sets(|s, v| Some(s.keep_alive_probe_interval = seconds(v)?))
        }
        "net.ipv4.tcp_keepalive_probes" => {
            Sets(|s, v| Some(s.keep_alive_count = small(v)?.clamp(2, 255)))
        }
        "net.ipv4.tcp_rfc1337" => Sets(|s, v| Some(s.time_wait_protection = switch(v)?)),
        "net.ipv4.tcp_challenge_ack_limit" => Sets(|s, v| {
            s.challenge_ack_limit = small(v).filter(|n| *n <= 1_000_000);
            Some(())
        }),
        "net.ipv4.tcp_max_syn_backlog" => Sets(|s, v| Some(s.backlog = small(v)?.min(65_536))),
        "net.ipv4.tcp_rto_min_us" => {
            Sets(|s, v| Some(s.rto_minimum = Duration(number(v)?.max(1_000))))
        }
        "net.ipv4.tcp_rto_max_ms" => Sets(|s, v| Some(s.rto_maximum = millis(v)?)),
        "net.ipv4.tcp_syn_linear_timeouts" => {
            Sets(|s, v| Some(s.syn_linear_timeouts = small(v)?.min(127)))
        }
        "net.ipv4.tcp_mtu_probing"
        | "net.ipv4.tcp_abort_on_overflow"
        | "net.ipv4.tcp_thin_linear_timeouts"
        | "net.ipv4.tcp_shrink_window" => Sets(|_, v| only(v, &[0])),
        "net.ipv4.tcp_reordering" => Sets(|_, v| only(v, &[3])),
        "net.ipv4.tcp_ecn_option"
        | "net.ipv4.tcp_ecn_option_beacon"
        | "net.ipv4.tcp_ecn_fallback"
        | "net.ipv4.tcp_frto"
        | "net.ipv4.tcp_fack"
        | "net.ipv4.tcp_slow_start_after_idle"
        | "net.ipv4.tcp_early_retrans"
        | "net.ipv4.tcp_recovery"
        | "net.ipv4.tcp_tso_win_divisor"
        | "net.ipv4.tcp_min_tso_segs"
        | "net.ipv4.tcp_pacing_ss_ratio"
        | "net.ipv4.tcp_pacing_ca_ratio"
        | "net.ipv4.tcp_notsent_lowat"
        | "net.ipv4.tcp_fastopen"
        | "net.ipv4.tcp_fastopen_key"
        | "net.ipv4.tcp_fastopen_blackhole_timeout_sec"
        | "net.ipv4.tcp_limit_output_bytes"
        | "net.ipv4.tcp_moderate_rcvbuf"
        | "net.ipv4.tcp_adv_win_scale"
        | "net.ipv4.tcp_no_metrics_save"
        | "net.ipv4.tcp_invalid_ratelimit"
        | "net.ipv4.tcp_tw_reuse"
        | "net.ipv4.tcp_max_tw_buckets"
        | "net.ipv4.tcp_orphan_retries"
        | "net.ipv4.tcp_autocorking"
        | "net.ipv4.tcp_workaround_signed_windows"
        | "net.ipv4.tcp_comp_sack_delay_ns"
        | "net.ipv4.tcp_comp_sack_slack_ns"
        | "net.ipv4.tcp_comp_sack_nr"
        | "net.ipv4.tcp_comp_sack_rtt_percent"
        | "net.ipv4.tcp_backlog_ack_defer"
        | "net.ipv4.tcp_min_rtt_wlen"
        | "net.ipv4.tcp_base_mss"
        | "net.ipv4.tcp_min_snd_mss"
        | "net.ipv4.tcp_reflect_tos"
        | "net.ipv4.tcp_migrate_req"
        | "net.ipv4.tcp_stdurg"
        | "net.ipv4.tcp_app_win"
        | "net.ipv4.ip_no_pmtu_disc"
        | "net.ipv4.ip_local_port_range"
        | "net.ipv4.ip_nonlocal_bind"
        | "net.ipv4.route.flush"
        | "net.ipv4.icmp_ratelimit"
        | "net.core.somaxconn"
        | "net.core.optmem_max"
        | "net.core.default_qdisc"
        | "net.core.busy_poll"
        | "net.core.wmem_max"
        | "net.core.rmem_max"
        | "net.mptcp.enabled" => Nothing,

        // ---- FreeBSD ----
        "net.inet.tcp.rfc1323" => Sets(|s, v| {
            let value = number(v)?;
            s.window_scale = matches!(value, 1 | 2);
            s.timestamps = matches!(value, 1 | 3);
            Some(())
        }),
        "net.inet.tcp.sack.enable" => Sets(|s, v| Some(s.sack = switch(v)?)),
        "net.inet.tcp.ecn.enable" => Sets(|_, v| only(v, &[0, 2])),
        "net.inet.tcp.rexmit_initial" => Sets(|s, v| Some(s.rto_initial = millis(v)?)),
        "net.inet.tcp.rexmit_min" => Sets(|s, v| Some(s.rto_minimum = millis(v)?)),
        "net.inet.tcp.rexmit_slop" => Sets(|s, v| Some(s.rto_slop = millis(v)?)),
        "net.inet.tcp.rexmit_max" => Sets(|s, v| Some(s.rto_maximum = millis(v)?)),
        "net.inet.tcp.rexmit_drop_options" => Sets(|_, v| only(v, &[0])),
        "net.inet.tcp.recvspace" => {
            Sets(|s, v| Some(s.receive_buffer = small(v)?.clamp(1, 1 << 30)))
        }
        "net.inet.tcp.sendspace" => Sets(|s, v| Some(s.send_buffer = small(v)?.clamp(1, 1 << 30))),
        "kern.ipc.maxsockbuf" => Sets(|s, v| {
            let most = number(v)?;
            s.window_scale_shift = (0..14).find(|n| 0xffff_u64 << n >= most).unwrap_or(14);
            Some(())
        }),
        "net.inet.tcp.syncookies" => Sets(|s, v| {
            s.syn_cookies = if switch(v)? {
                SynCookies::Overflow
            } else {
                SynCookies::Off
            };
            Some(())
        }),
        "net.inet.tcp.syncookies_only" => Sets(|s, v| {
            if switch(v)? {
                s.syn_cookies = SynCookies::Always;
            } else if s.syn_cookies == SynCookies::Always {
                s.syn_cookies = SynCookies::Overflow;
            }
            Some(())
        }),
        "net.inet.tcp.tolerate_missing_ts" => {
            Sets(|s, v| Some(s.tolerate_missing_timestamps = switch(v)?))
        }
        "net.inet.tcp.msl" => Sets(|s, v| Some(s.msl = millis(v)?)),
        "net.inet.tcp.finwait2_timeout" => Sets(|s, v| Some(s.fin_wait_2_limit = Some(millis(v)?))),
        "net.inet.tcp.keepidle" => Sets(|s, v| Some(s.keep_alive_interval = millis(v)?)),
        "net.inet.tcp.keepintvl" => Sets(|s, v| Some(s.keep_alive_probe_interval = millis(v)?)),
        "net.inet.tcp.keepcnt" => Sets(|s, v| Some(s.keep_alive_count = small(v)?.clamp(2, 255))),
        "net.inet.tcp.keepinit" => Sets(|s, v| Some(s.syn_time_limit = Some(millis(v)?))),
        "net.inet.tcp.always_keepalive" => Sets(|s, v| Some(s.keep_alive = switch(v)?)),
        "net.inet.tcp.delayed_ack" => Sets(|s, v| Some(s.delayed_ack = switch(v)?)),
        "net.inet.tcp.delacktime" => Sets(|s, v| Some(s.delayed_ack_time = millis(v)?)),
        "net.inet.tcp.insecure_rst" | "net.inet.tcp.insecure_syn" => {
            Sets(|s, v| Some(s.challenge_ack = !switch(v)?))
        }
        "net.inet.tcp.icmp_may_rst" => Sets(|s, v| {
            s.icmp_errors = if switch(v)? {
                IcmpErrors::WideInSynSent
            } else {
                IcmpErrors::None
            };
            Some(())
        }),
        "net.inet.tcp.insecure_ack" => Sets(|s, v| Some(s.blind_data_check = !switch(v)?)),
        "net.inet.tcp.ack_war_cnt" => {
            Sets(|s, v| Some(s.challenge_ack_limit = small(v).filter(|n| *n > 0)))
        }
        "net.inet.tcp.initcwnd_segments" => {
            Sets(|s, v| Some(s.initial_window = small(v)?.clamp(1, 64)))
        }
        "net.inet.tcp.abc_l_var" => {
            Sets(|s, v| Some(s.slow_start_segments = small(v)?.clamp(1, 255)))
        }
        "net.inet.tcp.cc.algorithm" => Sets(congestion),
        "net.inet.tcp.functions_default" => Sets(|_, v| (v.trim() == "freebsd").then_some(())),
        "net.inet.tcp.blackhole"
        | "net.inet.tcp.drop_synfin"
        | "net.inet.tcp.syncache.rst_on_sock_fail"
        | "net.inet.tcp.pmtud_blackhole_detection" => Sets(|_, v| only(v, &[0, 1])),
        "net.inet.tcp.hostcache.purgenow"
        | "net.inet.tcp.hostcache.purge"
        | "net.inet.tcp.hostcache.enable"
        | "net.inet.tcp.hostcache.expire"
        | "net.inet.tcp.hostcache.prune"
        | "net.inet.tcp.ts_offset_per_conn"
        | "net.inet.tcp.nolocaltimewait"
        | "net.inet.tcp.fast_finwait2_recycle"
        | "net.inet.tcp.per_cpu_timers"
        | "net.inet.tcp.path_mtu_discovery"
        | "net.inet.tcp.mssdflt"
        | "net.inet.tcp.v6mssdflt"
        | "net.inet.tcp.minmss"
        | "net.inet.tcp.tso"
        | "net.inet.tcp.ack_war_timewindow"
        | "net.inet.tcp.rfc3042"
        | "net.inet.tcp.rfc3390"
        | "net.inet.tcp.rfc3465"
        | "net.inet.tcp.rfc6675_pipe"
        | "net.inet.tcp.do_prr"
        | "net.inet.tcp.do_prr_conservative"
        | "net.inet.tcp.do_lrd"
        | "net.inet.tcp.newcwv"
        | "net.inet.tcp.sack.newsack"
        | "net.inet.tcp.sack.lrd"
        | "net.inet.tcp.sack.revised"
        | "net.inet.tcp.sack.tso"
        | "net.inet.tcp.sack.maxholes"
        | "net.inet.tcp.sack.globalmaxholes"
        | "net.inet.tcp.recvbuf_auto"
        | "net.inet.tcp.recvbuf_max"
        | "net.inet.tcp.recvbuf_inc"
        | "net.inet.tcp.sendbuf_auto"
        | "net.inet.tcp.sendbuf_auto_lowat"
        | "net.inet.tcp.sendbuf_max"
        | "net.inet.tcp.sendbuf_inc"
        | "net.inet.tcp.log_in_vain"
        | "net.inet.tcp.log_debug"
        | "net.inet.tcp.soreceive_stream"
        | "net.inet.tcp.cc.abe"
        | "net.inet.tcp.reass.maxqueuelen"
        | "net.inet.tcp.reass.maxsegments"
        | "net.inet.tcp.reass.new_limit"
        | "net.inet.tcp.reass.queueguard"
        | "net.inet.tcp.isn_reseed_interval"
        | "net.inet.tcp.rexmt_dropoptions"
        | "net.inet.tcp.ecn.maxretries"
        | "net.inet.tcp.syncache.rexmtlimit"
        | "net.inet.tcp.syncache.see_other"
        | "net.inet.tcp.fastopen.client_enable"
        | "net.inet.tcp.fastopen.server_enable"
        | "net.inet.icmp.icmplim"
        | "net.inet.icmp.icmplim_jitter"
        | "net.inet.icmp.icmplim_output"
        | "net.inet.ip.portrange.randomized"
        | "net.inet6.ip6.v6only"
        | "net.inet6.icmp6.errppslimit"
        | "kern.ipc.soacceptqueue"
        | "kern.ipc.sendfile"
        | "kern.timecounter.alloweddeviation" => Nothing,
        _ => return None,
    })
}

/// Takes one `name=value` into the settings.
pub(super) fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), Refusal> {
    let name = name
        .trim_start_matches("/proc/sys/")
        .replace('/', ".")
        .replace("net.ipv6.conf.all.", "net.ipv6.");
    match meaning(&name) {
        Some(Meaning::Nothing) => Ok(()),
        Some(Meaning::Sets(change)) => change(settings, value)
            .ok_or_else(|| format!("the engine has nothing for {name}={value}")),
        None => Err(format!("the setting {name} is not in the table")),
    }
}

/// Whether any event of the script uses sockets of IPv6 by its options.
#[must_use]
pub fn wants_ipv6(script: &Script) -> bool {
    script
        .options
        .iter()
        .any(|option| option.name == "ip_version" && option.value.as_deref() == Some("ipv6"))
        || (script
            .options
            .iter()
            .all(|option| option.name != "ip_version")
            && script.events.iter().any(|event| match &event.action {
                Action::Call(call) if call.name == "socket" => {
                    call.arguments
                        .first()
                        .is_some_and(|domain| match &domain.kind {
                            super::ast::ExpressionKind::Word(word) => {
                                word == "AF_INET6" || word == "PF_INET6"
                            }
                            _ => false,
                        })
                }
                _ => false,
            }))
}
