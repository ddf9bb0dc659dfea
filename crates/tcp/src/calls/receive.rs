//! RECEIVE (RFC 9293 3.10.3).

use alloc::vec::Vec;

use crate::error::CallError;
use crate::output::window_news;
use crate::reason::Reason;
use crate::state::State;
use crate::tcb::{Due, Tcb};

/// Takes what is in order; nothing after the FIN; an error when nothing more can come otherwise.
pub(crate) fn receive(tcb: &mut Tcb, into: &mut Vec<u8>, limit: usize) -> Result<usize, CallError> {
    if matches!(
        tcb.state,
        State::Listen | State::SynSent | State::SynReceived
    ) || tcb.early_text > 0
    {
        // Text of a SYN is kept back until ESTABLISHED (U15), or what CLOSE makes of it.
        return Err(CallError::WouldBlock);
    }
    if tcb.recv.readable() == 0 {
        return match (tcb.state, tcb.error) {
            (_, Some(error)) => Err(error),
            _ if tcb.peer_closed => Ok(0),
            (State::Closed, None) => Err(CallError::NoConnection),
            _ => Err(CallError::WouldBlock),
        };
    }
    let taken = tcb.recv.take(into, limit);
    if tcb.rcv_up_valid && tcb.rcv_nxt.sub(tcb.recv.readable()).at_or_after(tcb.rcv_up) {
        tcb.rcv_up_valid = false;
    }
    if tcb.receiving() && window_news(tcb) {
        tcb.pending.set(Due::Ack, Reason::WindowUpdateSent);
    }
    Ok(taken)
}
