//! Why each decision was taken.
//!
//! One table: variant, stable id, RFC (0 = practice), section, level. The id
//! is the key of the prose in `web/`; here is no prose beyond the doc line.

use crate::rfc::{Level, Section};

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $id:literal, $rfc:literal, $section:literal, $level:ident;)*) => {
        /// Why a decision was taken.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Reason { $($(#[$doc])* $variant),* }

        impl Reason {
            /// Every reason there is.
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];

            /// The stable id, as it stands in traces and message files.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Reason::$variant => $id),* }
            }

            /// Where the rule is written down.
            #[must_use]
            pub const fn section(self) -> Section {
                match self { $(Reason::$variant => Section { rfc: $rfc, section: $section }),* }
            }

            /// How strongly it binds.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Reason::$variant => Level::$level),* }
            }
        }
    };
}

reasons! {
    /// An active OPEN sends a SYN.
    ActiveOpen = "active-open", 9293, "3.10.1", Must;
    /// A passive OPEN waits for a SYN.
    PassiveOpen = "passive-open", 9293, "3.10.1", Must;
}
