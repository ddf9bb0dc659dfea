//! The world: two hosts, a link, a queue of events. One step is one event.

/// Why a run cannot be played.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RunError {
    /// A host is a packetdrill script or a capture; this world plays only engines.
    HostKind(crate::run::HostId),
    /// A setting the engine does not know, or a value it refuses.
    Setting {
        /// Whose.
        host: crate::run::HostId,
        /// The setting's name.
        name: String,
    },
}
