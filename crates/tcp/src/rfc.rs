//! A citation as a value.

/// Where a rule is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section {
    /// The RFC's number; 0 for a practice that stands in no RFC.
    pub rfc: u16,
    /// The section as printed, «3.10.7.4».
    pub section: &'static str,
}

/// How strongly the rule binds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// MUST or MUST NOT, or the plain indicative of RFC 9293 3.10.
    Must,
    /// SHOULD or SHOULD NOT.
    Should,
    /// MAY.
    May,
    /// A choice this engine makes where the RFCs leave room.
    Local,
}

impl Level {
    /// `must`, `should`, `may` or `local`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
            Level::May => "may",
            Level::Local => "local",
        }
    }
}
