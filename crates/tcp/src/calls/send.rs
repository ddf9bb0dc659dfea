//! SEND (RFC 9293 3.10.2).

use crate::error::CallError;
use crate::stack::SendFlags;
use crate::state::State;
use crate::tcb::Tcb;

/// Queues what fits. In LISTEN, SYN-SENT and SYN-RECEIVED it waits for ESTABLISHED.
pub(crate) fn send(tcb: &mut Tcb, bytes: &[u8], flags: SendFlags) -> Result<usize, CallError> {
    match tcb.state {
        State::Closed => return Err(tcb.error.unwrap_or(CallError::NoConnection)),
        State::FinWait1 | State::FinWait2 | State::Closing | State::LastAck | State::TimeWait => {
            return Err(CallError::Closing);
        }
        _ if tcb.fin_queued => return Err(CallError::Closing),
        _ => {}
    }
    let room = (tcb.options.send_buffer as usize).saturating_sub(tcb.send.len());
    let taken = bytes.get(..room.min(bytes.len())).unwrap_or(bytes);
    if taken.len() < bytes.len() {
        tcb.writable_wanted = true;
        if taken.is_empty() {
            return Err(CallError::WouldBlock);
        }
    }
    tcb.send.extend(taken);
    tcb.more_follows = flags.more && taken.len() == bytes.len();
    if flags.urgent && !taken.is_empty() {
        // SND.UP: one past the last urgent byte (MUST-62).
        tcb.snd_up = tcb.data_start().add(tcb.send.len() as u32);
        tcb.snd_up_valid = true;
    }
    Ok(taken.len())
}
