//! CLOSE (RFC 9293 3.10.4), for one direction (`shutdown`) or with the socket let go.

use crate::error::CallError;
use crate::event::{Ended, Timer};
use crate::host::Host;
use crate::reason::Reason;
use crate::state::{State, change_state};
use crate::tcb::Tcb;
use crate::time::Duration;
use crate::timers;

/// Ends our direction: a FIN stands behind the send queue from now on.
pub(crate) fn end_sending(host: &mut Host, tcb: &mut Tcb) -> Result<(), CallError> {
    match tcb.state {
        State::Closed => return Err(tcb.error.unwrap_or(CallError::NoConnection)),
        State::Listen => timers::end(host, tcb, Ended::Closed, Reason::CloseInListen),
        State::SynSent => timers::end(host, tcb, Ended::Closed, Reason::CloseInSynSent),
        State::SynReceived if tcb.send.is_empty() => {
            // T8: the SYN stays on the queue, whatever becomes of the FIN.
            tcb.fin_queued = true;
            change_state(
                &mut tcb.state,
                State::FinWait1,
                tcb.id,
                Reason::CloseInSynReceived,
                &mut host.events,
            );
        }
        // «Queue for processing after entering ESTABLISHED state.»
        State::SynReceived => {
            if tcb.fin_queued {
                return Err(CallError::Closing);
            }
            tcb.fin_queued = true;
        }
        State::Established => {
            tcb.fin_queued = true;
            change_state(
                &mut tcb.state,
                State::FinWait1,
                tcb.id,
                Reason::CloseCall,
                &mut host.events,
            );
        }
        State::CloseWait => {
            if tcb.fin_queued {
                return Err(CallError::Closing);
            }
            tcb.fin_queued = true;
            // «Queue this request until all preceding SENDs have been segmentized»: see [`fin_left`].
            if tcb.unsent() == 0 || host.settings.last_ack_at_close {
                enter_last_ack(host, tcb);
            }
        }
        State::FinWait1 | State::FinWait2 | State::Closing | State::LastAck | State::TimeWait => {
            return Err(CallError::Closing);
        }
    }
    Ok(())
}

/// Our FIN was sent for the first time: where text stood before it in CLOSE-WAIT, that is when LAST-ACK is entered.
/// (ESTABLISHED becomes FIN-WAIT-1 «in any case», U14.)
#[inline]
pub(crate) fn fin_left(host: &mut Host, tcb: &mut Tcb) {
    if tcb.state == State::CloseWait {
        enter_last_ack(host, tcb);
    }
}

fn enter_last_ack(host: &mut Host, tcb: &mut Tcb) {
    change_state(
        &mut tcb.state,
        State::LastAck,
        tcb.id,
        Reason::CloseInCloseWait,
        &mut host.events,
    );
}

/// The application lets go.
pub(crate) fn close(host: &mut Host, tcb: &mut Tcb) -> Result<(), CallError> {
    tcb.attached = false;
    tcb.writable_wanted = false;
    if tcb.state == State::Closed {
        return Ok(());
    }
    let synchronized = tcb.state.is_synchronized() && tcb.state != State::TimeWait;
    if synchronized
        && tcb.recv.readable() > 0
        && host.settings.reset_on_unread_data
        && !matches!(tcb.state, State::Closing | State::LastAck)
    {
        host.reset_from(tcb, Reason::RstForUnreadData);
        timers::end(host, tcb, Ended::Aborted, Reason::CloseWithUnreadData);
        return Ok(());
    }
    if tcb.options.linger == Some(Duration::ZERO) && synchronized {
        super::abort::abort(host, tcb, Reason::LingerZero);
        return Ok(());
    }
    tcb.recv.clear();
    // After `shutdown` the direction has ended already: only the letting go is new.
    let answer = end_sending(host, tcb);
    crate::arrives::acknowledgement::start_fin_wait_2_limit(host, tcb);
    if tcb.state != State::Closed {
        start_linger(host, tcb);
    }
    match answer {
        Err(CallError::Closing) => Ok(()),
        other => other,
    }
}

/// SO_LINGER with a time: what is not acknowledged by then is given up.
pub(crate) fn start_linger(host: &mut Host, tcb: &mut Tcb) {
    if let Some(limit) = tcb.options.linger
        && limit > Duration::ZERO
        && !tcb.fin_acknowledged()
    {
        let until = *tcb.linger_until.get_or_insert(host.now + limit);
        timers::set(host, tcb, Timer::User, until, Reason::LingerRuns);
    }
}
