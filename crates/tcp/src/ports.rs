//! Local ports: who may bind to one, and which an OPEN without one gets.

use core::net::SocketAddr;

use crate::ends::Ends;
use crate::error::CallError;
use crate::hash::{Purpose, connection_hash};
use crate::host::Host;
use crate::sockets::{Slot, Sockets};
use crate::state::State;
use crate::table::Users;

/// Whether a socket may be bound to `local`.
pub(crate) fn may_bind(
    sockets: &Sockets,
    local: SocketAddr,
    reuse_address: bool,
    but: usize,
) -> Result<(), CallError> {
    let users = sockets.ports.users(local.port());
    if users.live == 0 && (reuse_address || users.time_wait == 0) {
        return Ok(());
    }
    let overlaps = |other: SocketAddr| {
        other.port() == local.port()
            && (other.ip() == local.ip()
                || other.ip().is_unspecified()
                || local.ip().is_unspecified())
    };
    for (at, slot) in sockets.slots() {
        let taken = match slot {
            _ if at == but => false,
            Slot::Free => false,
            Slot::Idle(idle) => idle.local.is_some_and(overlaps),
            Slot::Listener(listener) => overlaps(listener.local),
            // MUST-42: LISTEN beside SYN-SENT and SYN-RECEIVED; and beside a bare LISTEN for somebody else.
            Slot::Connection(tcb) => {
                let beside = match tcb.state {
                    State::Closed | State::SynSent | State::SynReceived => true,
                    State::Listen => !tcb.remote_open,
                    _ => false,
                };
                overlaps(tcb.ends.local()) && !reuse_address && !beside
            }
            Slot::TimeWait(record) => {
                record.state == State::TimeWait && overlaps(record.ends.local()) && !reuse_address
            }
        };
        if taken {
            return Err(CallError::AddressInUse);
        }
    }
    Ok(())
}

/// A port for the local end of `ends`, whose port is 0. `remote` says whether its
/// remote end is who the connection will be to; else it says nothing. Where the search
/// starts depends on a keyed hash of the ends (RFC 6056 3.3.3); a port that only
/// others' connections use is taken when no other is left.
pub(crate) fn ephemeral(
    host: &mut Host,
    sockets: &Sockets,
    ends: &Ends,
    remote: bool,
) -> Result<u16, CallError> {
    let first = u32::from(host.settings.ephemeral_first);
    let last = u32::from(host.settings.ephemeral_last);
    let (first, last) = (first.min(last), first.max(last));
    let count = last - first + 1;
    // Mostly the next connection goes where the last one went.
    let offset = match &host.ephemeral_offset {
        Some((known, offset)) if known == ends => *offset,
        _ => {
            let (local, remote) = (ends.local(), ends.remote());
            let purpose = Purpose::EphemeralPort;
            let offset = connection_hash(&host.secret, purpose, local, remote, 0) as u32;
            host.ephemeral_offset = Some((*ends, offset));
            offset
        }
    };
    let start = offset.wrapping_add(host.next_ephemeral) % count;
    let mut shared = None;
    for step in 0..count {
        let place = start + step;
        let port = first + if place < count { place } else { place - count };
        if sockets.ports.users(port as u16) == Users::default() {
            host.next_ephemeral = host.next_ephemeral.wrapping_add(step + 1);
            return Ok(port as u16);
        }
        if remote && shared.is_none() {
            let ends = ends.with_local_port(port as u16);
            if sockets.between(&ends).is_none() && sockets.listening_for(&ends).is_none() {
                shared = Some((step, port));
            }
        }
    }
    let (step, port) = shared.ok_or(CallError::NoPorts)?;
    host.next_ephemeral = host.next_ephemeral.wrapping_add(step + 1);
    Ok(port as u16)
}
