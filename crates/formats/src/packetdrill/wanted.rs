//! What a script should have had at a place, and what stands there: ids for the page's messages, English for the terminal.

use std::fmt;

macro_rules! whats {
    ($($name:ident $id:literal $english:literal)*) => {
        /// What is wanted.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum What {
            /// This very sign.
            Sign(char),
            $($name,)*
        }

        impl What {
            /// All that have words.
            pub const ALL: &[What] = &[$(What::$name),*];

            /// The stable id; the page has a message `wanted-ID` in each language. `sign` needs none: it stands for itself.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    What::Sign(_) => "sign",
                    $(What::$name => $id,)*
                }
            }
        }

        impl fmt::Display for What {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    What::Sign(sign) => write!(f, "«{sign}»"),
                    $(What::$name => f.write_str($english),)*
                }
            }
        }
    };
}

whats! {
    CallName "call-name" "the name of a call"
    Errno "errno" "an errno"
    Value "value" "a value"
    Icmp "icmp" "«icmp»"
    SourcePort "source-port" "a source port"
    DestinationPort "destination-port" "a destination port"
    Acknowledgement "acknowledgement" "an acknowledgement number"
    Window "window" "a window"
    UrgentPointer "urgent-pointer" "an urgent pointer"
    IpField "ip-field" "a field of the IP header"
    TypeOfService "type-of-service" "a type of service"
    TimeToLive "time-to-live" "a time to live"
    FlowLabel "flow-label" "a flow label"
    Flags "flags" "the segment's flags"
    Sequence "sequence" "a sequence number"
    SequenceEnd "sequence-end" "the sequence number after the last"
    PayloadLength "payload-length" "the length of the payload"
    Option "option" "an option"
    Mss "mss" "an MSS"
    ShiftCount "shift-count" "a shift count"
    Blocks "blocks" "a block of sequence numbers"
    Val "val" "«val»"
    Timestamp "timestamp" "a timestamp"
    Ecr "ecr" "«ecr»"
    Hex "hex" "hexadecimal digits"
    IcmpType "icmp-type" "an ICMP type"
    IcmpCode "icmp-code" "an ICMP code"
    Mtu "mtu" "an MTU"
    EndAfterCommand "end-after-command" "the end of the script after a command without a time"
    OptionValue "option-value" "the option's value"
    Command "command" "a command"
    Event "event" "a segment, a call, a command or a block of code"
    Time "time" "a time"
}

/// What stands there instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Found {
    /// These letters.
    Written(String),
    /// A text in quotes.
    Text,
    /// A command in backquotes.
    Command,
    /// A block of code.
    Code,
    /// Nothing more.
    End,
}

impl Found {
    /// The stable id, `found-ID` in the page's messages; empty for what stands for itself.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Found::Written(_) => "",
            Found::Text => "text",
            Found::Command => "command",
            Found::Code => "code",
            Found::End => "end",
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Written(text) => write!(f, "«{text}»"),
            Found::Text => f.write_str("a string"),
            Found::Command => f.write_str("a command"),
            Found::Code => f.write_str("a block of code"),
            Found::End => f.write_str("the end of the script"),
        }
    }
}

/// Something else was wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// What.
    pub what: What,
    /// What stands there.
    pub found: Found,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is wanted here, not {}", self.what, self.found)
    }
}
