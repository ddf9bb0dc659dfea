//! Every number and switch a host's TCP has, by name, with its defaults.
//!
//! The names are public: scenario files, the page's host settings and
//! packetdrill's sysctls all go through [`Settings::set`].

/// Which way to read the RFC where stacks differ (design: «Policy»).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)]
pub enum Policy {
    #[default]
    Rfc,
    Linux,
    FreeBsd,
    Letter,
}

/// The settings of one host. Each socket starts with a copy of what concerns it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The policy whose members were taken last; single members may differ.
    pub policy: Policy,
}

impl Settings {
    /// The defaults of a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Settings {
        Settings { policy }
    }
}
