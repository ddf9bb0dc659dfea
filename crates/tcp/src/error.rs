//! What calls may answer instead of doing what was asked.

/// Why a call was not carried out. Ids are stable; prose is the page's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallError {
    /// «connection does not exist» (RFC 9293 3.10).
    NoConnection,
    /// «connection already exists».
    AlreadyExists,
    /// «connection closing».
    Closing,
    /// «remote socket unspecified».
    RemoteUnspecified,
    /// «connection illegal for this process», or an invalid remote address (MUST-46).
    Illegal,
    /// «insufficient resources».
    NoResources,
    /// The port is taken (by a listener, a connection, or a TIME-WAIT record).
    AddressInUse,
    /// No ephemeral port is left.
    NoPorts,
    /// Nothing to accept or to receive now; try again after an event.
    WouldBlock,
    /// The connection was reset.
    Reset,
    /// The connection was refused.
    Refused,
    /// The connection timed out.
    TimedOut,
    /// The other end could not be reached.
    Unreachable,
    /// The call does not fit this kind of socket or its state.
    Unsuitable,
}

impl CallError {
    /// Every error.
    pub const ALL: [CallError; 14] = [
        CallError::NoConnection,
        CallError::AlreadyExists,
        CallError::Closing,
        CallError::RemoteUnspecified,
        CallError::Illegal,
        CallError::NoResources,
        CallError::AddressInUse,
        CallError::NoPorts,
        CallError::WouldBlock,
        CallError::Reset,
        CallError::Refused,
        CallError::TimedOut,
        CallError::Unreachable,
        CallError::Unsuitable,
    ];

    /// The stable id, in kebab case.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            CallError::NoConnection => "no-connection",
            CallError::AlreadyExists => "already-exists",
            CallError::Closing => "closing",
            CallError::RemoteUnspecified => "remote-unspecified",
            CallError::Illegal => "illegal",
            CallError::NoResources => "no-resources",
            CallError::AddressInUse => "address-in-use",
            CallError::NoPorts => "no-ports",
            CallError::WouldBlock => "would-block",
            CallError::Reset => "reset",
            CallError::Refused => "refused",
            CallError::TimedOut => "timed-out",
            CallError::Unreachable => "unreachable",
            CallError::Unsuitable => "unsuitable",
        }
    }
}
