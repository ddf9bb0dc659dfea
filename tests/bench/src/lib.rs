//! The same work done by this project's engine and by smoltcp: whole connections
//! and a bulk transfer, over a link without delay, with real IPv4 and TCP bytes
//! and with checksums made and verified at both ends.
//!
//! Both harnesses hand datagrams over in buffers that are used again, drive one
//! client and one server in virtual time, and let an application answer what it
//! sees: the server closes when it has seen the client's FIN. Ours also drains
//! every event and counts the reasons in it.

//!
//! Beside it what the world costs: recording, seeking, memory; and what a
//! connection takes in each state. Memory is counted at the allocator.

pub mod counting;
pub mod ours;
pub mod peer;
pub mod recording;
pub mod states;

/// What a piece of work came to, so that both sides can be seen to have done it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Connections that were opened and closed by FIN at both ends.
    pub connections: u64,
    /// Datagrams that crossed the link, both ways.
    pub segments: u64,
    /// Payload bytes the receiving application took.
    pub bytes: u64,
    /// Reasons seen (ours only).
    pub reasons: u64,
}

/// Datagrams on their way to one end, in order. Their buffers stay where they are
/// and are written over again: none is moved, none is given back to the allocator.
#[derive(Default)]
pub struct Link {
    buffers: Vec<Vec<u8>>,
    len: usize,
}

/// Room for any datagram here.
const DATAGRAM_BYTES: usize = 2048;

impl Link {
    /// Whether nothing is on the way.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The buffer for the next datagram, with whatever its last user left in it.
    #[inline]
    pub fn free(&mut self) -> &mut Vec<u8> {
        if self.len == self.buffers.len() {
            self.buffers.push(Vec::with_capacity(DATAGRAM_BYTES));
        }
        &mut self.buffers[self.len]
    }

    /// What was written to [`Link::free`] is on its way.
    #[inline]
    pub fn put(&mut self) {
        self.len += 1;
    }

    /// All that is on the way, the oldest first.
    #[inline]
    #[must_use]
    pub fn datagrams(&self) -> &[Vec<u8>] {
        &self.buffers[..self.len]
    }

    /// All of it was taken.
    #[inline]
    pub fn clear(&mut self) {
        self.len = 0;
    }
}

/// Buffers that are handed over whole, as smoltcp's tokens have it; none is given
/// back to the allocator. (In a [`Link`] they cost smoltcp more, not less.)
#[derive(Default)]
pub struct Pool {
    free: Vec<Vec<u8>>,
}

impl Pool {
    /// A buffer to keep, with whatever its last user left in it.
    #[inline]
    pub fn take(&mut self) -> Vec<u8> {
        self.free
            .pop()
            .unwrap_or_else(|| Vec::with_capacity(DATAGRAM_BYTES))
    }

    /// Buffers that are not needed any more.
    pub fn give_all(&mut self, buffers: &mut Vec<Vec<u8>>) {
        self.free.append(buffers);
    }
}

/// The bytes of the bulk transfer, repeated.
pub const PATTERN: [u8; 16 * 1024] = {
    let mut bytes = [0; 16 * 1024];
    let mut i = 0;
    while i < bytes.len() {
        bytes[i] = b'a' + (i % 23) as u8;
        i += 1;
    }
    bytes
};

/// What Node calls: the same functions with numbers in and out. They answer the
/// number of segments, which the caller can compare.
#[cfg(target_arch = "wasm32")]
#[allow(missing_docs)]
mod wasm {
    #[unsafe(no_mangle)]
    extern "C" fn connections_ours(count: u32) -> u32 {
        super::ours::connections(u64::from(count)).segments as u32
    }
    #[unsafe(no_mangle)]
    extern "C" fn connections_peer(count: u32) -> u32 {
        super::peer::connections(u64::from(count)).segments as u32
    }
    #[unsafe(no_mangle)]
    extern "C" fn bulk_ours(mebibytes: u32) -> u32 {
        super::ours::bulk(u64::from(mebibytes) << 20).segments as u32
    }
    #[unsafe(no_mangle)]
    extern "C" fn bulk_peer(mebibytes: u32) -> u32 {
        super::peer::bulk(u64::from(mebibytes) << 20).segments as u32
    }
    /// Records a run anew and keeps it; answers how many records there are.
    #[unsafe(no_mangle)]
    extern "C" fn record(records: u32) -> u32 {
        let made = super::recording::Recording::new(records as usize);
        let count = made.records() as u32;
        RECORDING.replace(Some(made));
        count
    }
    /// Seeks in the run kept, to so many millionths of it; answers the records up to there.
    #[unsafe(no_mangle)]
    extern "C" fn seek(millionths: u32) -> u32 {
        RECORDING.with_borrow_mut(|kept| kept.as_mut().map_or(0, |r| r.seek(millionths)))
    }
    thread_local! {
        static RECORDING: core::cell::RefCell<Option<super::recording::Recording>> =
            const { core::cell::RefCell::new(None) };
    }
}
