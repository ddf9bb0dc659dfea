//! ABORT (RFC 9293 3.10.5).

use crate::event::Ended;
use crate::host::Host;
use crate::reason::Reason;
use crate::settings::AbortIssuer;
use crate::state::{State, change_state};
use crate::tcb::{Due, Tcb};
use crate::timers;

/// RST where the other end has something to lose (U13); all queues flushed.
pub(crate) fn abort(host: &mut Host, tcb: &mut Tcb, reason: Reason) {
    let tells = matches!(
        tcb.state,
        State::SynReceived
            | State::Established
            | State::FinWait1
            | State::FinWait2
            | State::CloseWait
    );
    if tells {
        host.reset_from(tcb, reason);
        if host.settings.abort_issuer == AbortIssuer::TimeWait {
            // Trap T6: figure 5, note 3 has whoever sends the RST linger.
            timers::cancel_all(host, tcb, reason);
            change_state(
                &mut tcb.state,
                State::TimeWait,
                tcb.id,
                Reason::AbortLingers,
                &mut host.events,
            );
            tcb.recv.clear();
            tcb.pending.clear_ack();
            tcb.pending.clear(Due::Reply);
            crate::arrives::synchronized::enter_time_wait(host, tcb, Reason::AbortLingers);
            return;
        }
    }
    if tcb.state != State::Closed {
        timers::end(host, tcb, Ended::Aborted, reason);
    }
}
