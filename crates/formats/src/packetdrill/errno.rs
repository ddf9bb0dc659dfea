//! The names of errors as calls give them.

use tcp::error::CallError;

use super::dialect::Dialect;

/// An errno by its name.
pub(super) type Errno = &'static str;

/// The errno a call gives for what the engine answered.
pub(super) fn of_call_error(error: CallError) -> Errno {
    match error {
        CallError::NoConnection | CallError::RemoteUnspecified => "ENOTCONN",
        CallError::AlreadyExists => "EISCONN",
        CallError::Closing => "EPIPE",
        CallError::Illegal => "EINVAL",
        CallError::NoResources => "ENOBUFS",
        CallError::AddressInUse => "EADDRINUSE",
        CallError::NoPorts => "EADDRNOTAVAIL",
        CallError::WouldBlock => "EAGAIN",
        CallError::Reset => "ECONNRESET",
        CallError::Refused => "ECONNREFUSED",
        CallError::TimedOut => "ETIMEDOUT",
        CallError::Unreachable => "EHOSTUNREACH",
        CallError::Unsuitable => "EINVAL",
    }
}

/// The errno an ICMP error stands for.
pub(super) fn of_icmp(kind: u8, code: u8, six: bool, dialect: Dialect) -> Errno {
    if dialect == Dialect::FreeBsd {
        return match (six, kind, code) {
            (false, 3, 2 | 3 | 9 | 10 | 13) | (true, 1, 1 | 4) => "ECONNREFUSED",
            (true, 4, _) => "ECONNREFUSED",
            (false, 12, _) => "ENOPROTOOPT",
            _ => "EHOSTUNREACH",
        };
    }
    match (six, kind, code) {
        (false, 3, 0 | 6 | 9 | 11) | (true, 1, 0) => "ENETUNREACH",
        (false, 3, 2) => "ENOPROTOOPT",
        (false, 3, 3) | (true, 1, 4) => "ECONNREFUSED",
        (false, 3, 4) | (true, 2, _) => "EMSGSIZE",
        (false, 3, 5) => "EOPNOTSUPP",
        (false, 3, 7) => "EHOSTDOWN",
        (false, 3, 8) => "ENONET",
        (false, 12, _) | (true, 4, _) => "EPROTO",
        (true, 1, 1 | 5 | 6) => "EACCES",
        _ => "EHOSTUNREACH",
    }
}

/// The number of an errno on the system a script was written for, for `SO_ERROR`; 0 for none of these.
pub(super) fn number(errno: &str, dialect: Dialect) -> i64 {
    let (linux, freebsd) = match errno {
        "EPIPE" => (32, 32),
        "EAGAIN" => (11, 35),
        "EINPROGRESS" => (115, 36),
        "ENOPROTOOPT" => (92, 42),
        "EADDRINUSE" => (98, 48),
        "ENETUNREACH" => (101, 51),
        "ECONNABORTED" => (103, 53),
        "ECONNRESET" => (104, 54),
        "ENOBUFS" => (105, 55),
        "EISCONN" => (106, 56),
        "ENOTCONN" => (107, 57),
        "ETIMEDOUT" => (110, 60),
        "ECONNREFUSED" => (111, 61),
        "EHOSTDOWN" => (112, 64),
        "EHOSTUNREACH" => (113, 65),
        "EMSGSIZE" => (90, 40),
        "EPROTO" => (71, 92),
        "EACCES" => (13, 13),
        "ENONET" => (64, 0),
        "EOPNOTSUPP" => (95, 45),
        _ => (0, 0),
    };
    match dialect {
        Dialect::Linux => linux,
        Dialect::FreeBsd => freebsd,
    }
}
