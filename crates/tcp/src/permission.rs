//! Which calls a socket would carry out now: a look ahead for whoever offers
//! them, so that a button can say why it does nothing (RFC 9293 3.10.1-3.10.6).

use crate::error::CallError;
use crate::state::State;
use crate::status::{SocketKind, Status};

/// The calls whose answer depends on the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum StateCall {
    Accept,
    Send,
    Receive,
    Shutdown,
    Close,
    Abort,
}

impl Status {
    /// What the call would be answered with instead of being carried out; `None` if it would be.
    #[must_use]
    pub fn refusal(&self, call: StateCall) -> Option<CallError> {
        match self.kind {
            SocketKind::Idle => Some(CallError::NoConnection),
            SocketKind::Listener => match call {
                StateCall::Accept if self.accept_queue > 0 => None,
                StateCall::Accept => Some(CallError::WouldBlock),
                StateCall::Close | StateCall::Abort => None,
                StateCall::Send | StateCall::Receive | StateCall::Shutdown => {
                    Some(CallError::Unsuitable)
                }
            },
            SocketKind::Connection | SocketKind::TimeWait
                if !self.attached && call != StateCall::Accept =>
            {
                Some(CallError::NoConnection)
            }
            SocketKind::Connection | SocketKind::TimeWait => self.connection_refusal(call),
        }
    }

    fn connection_refusal(&self, call: StateCall) -> Option<CallError> {
        use State::{
            CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen,
            SynReceived, SynSent, TimeWait,
        };
        match (call, self.state) {
            (StateCall::Accept, _) => Some(CallError::Unsuitable),
            (_, Closed) => Some(CallError::NoConnection),
            (StateCall::Abort | StateCall::Close, _) => None,
            // What was called for in SYN-RECEIVED or CLOSE-WAIT and waits behind text.
            (StateCall::Send | StateCall::Shutdown, _) if self.fin_queued => {
                Some(CallError::Closing)
            }
            (StateCall::Send, Listen) => Some(CallError::RemoteUnspecified),
            (StateCall::Send, SynSent | SynReceived | Established | CloseWait) => None,
            (StateCall::Shutdown, SynReceived | Established | CloseWait) => None,
            (StateCall::Shutdown, Listen | SynSent) => Some(CallError::Unsuitable),
            (StateCall::Send | StateCall::Shutdown, _) => Some(CallError::Closing),
            (StateCall::Receive, Closing | LastAck | TimeWait | CloseWait) => None,
            (
                StateCall::Receive,
                Listen | SynSent | SynReceived | Established | FinWait1 | FinWait2,
            ) => (self.receive_queue == 0).then_some(CallError::WouldBlock),
        }
    }
}
