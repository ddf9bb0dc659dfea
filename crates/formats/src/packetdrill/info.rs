//! `tcpi_` fields, out of what STATUS tells.

use tcp::state::State;
use tcp::status::{Recovery, Status};

use super::dialect::Dialect;

/// A state's number in the kernels' headers.
fn state_number(state: State, dialect: Dialect) -> i128 {
    let (linux, freebsd) = match state {
        State::Closed => (7, 0),
        State::Listen => (10, 1),
        State::SynSent => (2, 2),
        State::SynReceived => (3, 3),
        State::Established => (1, 4),
        State::CloseWait => (8, 5),
        State::FinWait1 => (4, 6),
        State::Closing => (11, 7),
        State::LastAck => (9, 8),
        State::FinWait2 => (5, 9),
        State::TimeWait => (6, 10),
    };
    match dialect {
        Dialect::Linux => linux,
        Dialect::FreeBsd => freebsd,
    }
}

fn state_named(name: &str) -> Option<State> {
    let name = name
        .strip_prefix("TCPI_")
        .or_else(|| name.strip_prefix("TCPS_"))
        .or_else(|| name.strip_prefix("TCP_"))?;
    Some(match name {
        "CLOSED" | "CLOSE" => State::Closed,
        "LISTEN" => State::Listen,
        "SYN_SENT" => State::SynSent,
        "SYN_RECEIVED" | "SYN_RECV" | "SYN_RCVD" => State::SynReceived,
        "ESTABLISHED" => State::Established,
        "CLOSE_WAIT" => State::CloseWait,
        "FIN_WAIT_1" | "FIN_WAIT1" => State::FinWait1,
        "CLOSING" => State::Closing,
        "LAST_ACK" => State::LastAck,
        "FIN_WAIT_2" | "FIN_WAIT2" => State::FinWait2,
        "TIME_WAIT" => State::TimeWait,
        _ => return None,
    })
}

/// The value of a name in a block of code; none if there is nothing of that name.
pub(super) fn lookup(
    name: &str,
    status: Option<&Status>,
    dialect: Dialect,
    _now: u64,
) -> Option<i128> {
    if let Some(state) = state_named(name) {
        return Some(state_number(state, dialect));
    }
    let constant = match name {
        "TCPI_OPT_TIMESTAMPS" => Some(1),
        "TCPI_OPT_SACK" => Some(2),
        "TCPI_OPT_WSCALE" => Some(4),
        "TCPI_OPT_ECN" => Some(8),
        "TCPI_OPT_ECN_SEEN" => Some(16),
        "TCPI_OPT_SYN_DATA" => Some(32),
        "TCP_CA_Open" => Some(0),
        "TCP_CA_Disorder" => Some(1),
        "TCP_CA_CWR" => Some(2),
        "TCP_CA_Recovery" => Some(3),
        "TCP_CA_Loss" => Some(4),
        "TCP_INFINITE_SSTHRESH" => Some(0x7fff_ffff),
        _ => None,
    };
    if constant.is_some() {
        return constant;
    }
    let Some(status) = status else {
        // Nothing is left of the connection.
        return (name == "tcpi_state").then(|| state_number(State::Closed, dialect));
    };
    let mss = i128::from(status.mss_effective.max(1));
    let micros = |duration: tcp::time::Duration| i128::from(duration.0);
    let outstanding = i128::from(status.snd_nxt.since(status.snd_una));
    let in_segments = dialect == Dialect::Linux;
    Some(match name {
        "tcpi_state" => state_number(status.state, dialect),
        "tcpi_options" => {
            i128::from(status.timestamps)
                | i128::from(status.sack) << 1
                | i128::from(status.window_scale.is_some()) << 2
        }
        "tcpi_snd_wscale" => i128::from(status.window_scale.map_or(0, |(_, peer)| peer)),
        "tcpi_rcv_wscale" => i128::from(status.window_scale.map_or(0, |(own, _)| own)),
        "tcpi_rto" => micros(status.rto),
        "tcpi_rtt" => status.srtt.map_or(0, micros),
        "tcpi_rttvar" => micros(status.rttvar),
        "tcpi_snd_mss" => mss,
        "tcpi_advmss" => i128::from(status.mss_announced),
        "tcpi_snd_cwnd" if in_segments => i128::from(status.cwnd) / mss,
        "tcpi_snd_cwnd" => i128::from(status.cwnd),
        "tcpi_snd_ssthresh" if status.ssthresh >= 0x3fff_ffff => 0x7fff_ffff,
        "tcpi_snd_ssthresh" if in_segments => i128::from(status.ssthresh) / mss,
        "tcpi_snd_ssthresh" => i128::from(status.ssthresh),
        "tcpi_snd_wnd" => i128::from(status.snd_wnd),
        "tcpi_rcv_space" | "tcpi_rcv_wnd" => i128::from(status.rcv_wnd),
        "tcpi_snd_nxt" => i128::from(status.snd_nxt.0),
        "tcpi_rcv_nxt" => i128::from(status.rcv_nxt.0),
        "tcpi_unacked" => (outstanding + mss - 1) / mss,
        "tcpi_retransmits" | "tcpi_backoff" => i128::from(status.retransmissions),
        "tcpi_notsent_bytes" => {
            i128::from(status.send_queue) - outstanding.min(i128::from(status.send_queue))
        }
        "tcpi_ca_state" => match status.recovery {
            Recovery::Open => 0,
            Recovery::Disorder => 1,
            Recovery::Fast => 3,
            Recovery::Timeout => 4,
        },
        "tcpi_sacked" => (i128::from(status.sacked) + mss - 1) / mss,
        "tcpi_reordering" => 3,
        _ => return None,
    })
}
