//! ICMP errors find their connection (RFC 9293 3.9.2.2, MUST-54 to MUST-56,
//! SHLD-25, SHLD-26; RFC 5927 4.1).

use core::net::SocketAddr;

use crate::ends::Ends;
use crate::event::{Ended, EventKind, Report};
use crate::reason::Reason;
use crate::settings::IcmpErrors;
use crate::sockets::Slot;
use crate::stack::Stack;
use crate::state::State;
use crate::tcb::{Due, Tcb};
use crate::timers;
use crate::wire::{Datagram, IcmpKind, IcmpMessage, Unreachable};

/// Below this no path MTU is believed (RFC 791, RFC 8200 5).
const LEAST_MTU_V4: u32 = 68;
const LEAST_MTU_V6: u32 = 1280;

pub(crate) fn arrives(stack: &mut Stack, datagram: &Datagram<'_>) {
    let Ok(message) = IcmpMessage::parse(datagram) else {
        return stack.refuse(Reason::IcmpNotAnError);
    };
    if stack.host.settings.verify_checksums && !message.checksum_ok() {
        return stack.refuse(Reason::ChecksumWrong);
    }
    let Ok(quoted) = message.quoted() else {
        return stack.refuse(Reason::IcmpQuoteUnreadable);
    };
    let ends = Ends::new(
        SocketAddr::new(quoted.source, quoted.source_port),
        SocketAddr::new(quoted.destination, quoted.destination_port),
    );
    let Some(at) = stack.sockets.between(&ends) else {
        return stack.refuse(Reason::IcmpForNoConnection);
    };
    let tcb = match stack.sockets.slot_mut(at) {
        Some(Slot::Connection(tcb)) => tcb,
        Some(Slot::TimeWait(record)) => {
            let id = record.id;
            return stack.host.events.refused(id, Reason::IcmpInTimeWait);
        }
        _ => return stack.refuse(Reason::IcmpForNoConnection),
    };
    let host = &mut stack.host;
    // Only what is in flight can have caused an error; anything else is forged or old.
    let in_flight = quoted.seq.since(tcb.snd_una) < tcb.outstanding().max(1);
    if !in_flight {
        host.events.refused(tcb.id, Reason::IcmpOutsideFlight);
        return;
    }
    match message.kind {
        IcmpKind::SourceQuench => host.events.refused(tcb.id, Reason::SourceQuench),
        IcmpKind::TooBig { mtu } => {
            let (before, least) = (
                tcb.mss_effective(host.mtu),
                if tcb.ends.is_v4() {
                    LEAST_MTU_V4
                } else {
                    LEAST_MTU_V6
                },
            );
            // Routers older than RFC 1191 say nothing: 576 then.
            let mtu = if mtu == 0 { 576 } else { mtu.max(least) };
            if mtu >= u32::from(tcb.path_mtu.min(host.mtu)) {
                host.events.refused(tcb.id, Reason::PathMtuNotLower);
                return;
            }
            host.events.judged(tcb.id, Reason::PathMtuLowered);
            tcb.path_mtu = mtu as u16;
            let now = tcb.mss_effective(host.mtu);
            if now < before {
                tcb.congestion.change_smss(now);
                if tcb.syn_acknowledged() && tcb.outstanding() > 0 {
                    // What was too big is lost: again at once, in smaller pieces (RFC 1191 6.4).
                    tcb.lost_until = Some(tcb.snd_nxt);
                    tcb.rtx_next = tcb.snd_una;
                    tcb.pending.set(Due::Retransmit, Reason::PathMtuLowered);
                    tcb.timed = None;
                }
            }
        }
        kind => {
            let handshake = matches!(tcb.state, State::SynSent | State::SynReceived);
            let ends = match host.settings.icmp_errors {
                IcmpErrors::Hard => kind.is_hard(),
                IcmpErrors::HardInHandshake => kind.is_hard() && handshake,
                IcmpErrors::AllInHandshake => {
                    tcb.state == State::SynSent || (kind.is_hard() && handshake)
                }
                IcmpErrors::WideInSynSent => {
                    let wide = kind.is_hard()
                        || matches!(
                            kind,
                            IcmpKind::Unreachable(Unreachable::Prohibited)
                                | IcmpKind::TimeExceeded { reassembly: false }
                        );
                    tcb.state == State::SynSent && wide
                }
                IcmpErrors::None => false,
            };
            if ends {
                let reason = if kind.is_hard() {
                    Reason::IcmpHardError
                } else {
                    Reason::IcmpEndsAttempt
                };
                host.events.judged(tcb.id, reason);
                unreachable(stack, at, reason);
                return;
            }
            host.events.judged(tcb.id, Reason::IcmpSoftError);
            tcb.soft_error = true;
            if host.settings.error_reports {
                let kind = EventKind::Report {
                    report: Report::SoftError,
                    reason: Reason::IcmpSoftError,
                };
                host.events.push(tcb.id, kind);
            }
        }
    }
    stack.settle(at);
}

fn unreachable(stack: &mut Stack, at: usize, reason: Reason) {
    let tcb: &mut Tcb = match stack.sockets.slot_mut(at) {
        Some(Slot::Connection(tcb)) => tcb,
        _ => return,
    };
    timers::end(&mut stack.host, tcb, Ended::Unreachable, reason);
    stack.settle(at);
}
