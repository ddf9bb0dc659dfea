//! OPEN (RFC 9293 3.10.1).

use crate::event::Timer;
use crate::host::Host;
use crate::reason::Reason;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::timers;

/// Active: a SYN is to be sent. From CLOSED or from LISTEN (arc 22, and arc 5 for a SEND).
pub(crate) fn active(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    let iss = host.next_isn(&tcb.ends);
    tcb.passive = false;
    tcb.iss = iss;
    tcb.snd_una = iss;
    tcb.snd_nxt = iss;
    tcb.rcv_wnd = tcb.receive_room().min(65_535);
    tcb.pending.set(Due::Syn, Reason::SynSent);
    tcb.heard_at = host.now;
    change_state(
        &mut tcb.state,
        State::SynSent,
        tcb.id,
        reason,
        &mut host.events,
    );
    let quiet = host.quiet_until();
    if host.now < quiet {
        timers::set(host, tcb, Timer::Retransmission, quiet, Reason::QuietTime);
    }
}

/// Passive: a TCB waits in LISTEN.
pub(crate) fn passive(host: &mut Host, tcb: &mut Tcb) {
    tcb.passive = true;
    change_state(
        &mut tcb.state,
        State::Listen,
        tcb.id,
        Reason::PassiveOpen,
        &mut host.events,
    );
}
