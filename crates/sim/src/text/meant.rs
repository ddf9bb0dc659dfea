//! What a text should have had at a place: an id for the page's messages, English for the terminal.

macro_rules! meant {
    ($($name:ident $id:literal $english:literal)*) => {
        /// What is meant by a place in a run's text.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)]
        pub enum Meant {
            $($name,)*
        }

        impl Meant {
            /// All of them.
            pub const ALL: &[Meant] = &[$(Meant::$name),*];

            /// The stable id; the page has a message `meant-ID` for it in each language.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {
                    $(Meant::$name => $id,)*
                }
            }

            /// As the command line says it.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self {
                    $(Meant::$name => $english,)*
                }
            }
        }
    };
}

meant! {
    Word "word" "a word"
    LineWord "line-word" "the first word of a line: host, link, set, at, when, do …"
    Action "action" "an action: A.name and a call, drop A#1, cut, unplug B, set …"
    Call "call" "a call: listen, connect, send, receive, shutdown, close, abort …"
    EngineVersion "engine-version" "an engine version"
    ScenarioId "scenario-id" "a scenario id"
    MessageKey "message-key" "a message key"
    TraceHash "trace-hash" "a trace hash of 16 hex digits"
    PolicyId "policy" "a policy: rfc, linux, freebsd or letter"
    Rule "rule" "drop, delay, hold, duplicate, corrupt or edit"
    Arrives "arrives" "arrives"
    TimesNumber "times-number" "times and a number"
    EveryTime "every-time" "every and a time"
    HostPlayer "host-kind" "engine, script or recording"
    AddressOrMtu "address-or-mtu" "an IP address or mtu"
    Address "address" "an IP address"
    Host "host" "host A or B"
    Time "time" "a time such as 20ms"
    Ratio "ratio" "a ratio such as 1/100"
    OnOff "on-off" "on or off"
    Quoted "quoted" "text in quotes"
    ClosingQuote "closing-quote" "a closing quote"
    Escape "escape" "an escape \\n \\r \\t \\\\ \\\" or \\xHH"
    Name "name" "a name"
    AsName "as-name" "as and a name"
    Port "port" "port"
    BytesOrText "bytes-or-text" "number of bytes or text in quotes"
    Bytes "bytes" "number of bytes"
    BitNumber "bit-number" "bit and its number"
    Bit "bit" "bit"
    Backlog "backlog" "backlog"
    Segment "segment" "a segment such as A#1"
    Field "field" "a field: seq= ack= win= flags= urg= sport= dport= mss= payload keep-checksum"
    ForgedField "forged-field" "seq= ack= win= or mss= and a number"
    TwoEnds "two-ends" "two ends such as A:5000>B:8080"
    FlagLetters "flags" "flags such as S or R."
    Hex "hex" "a datagram in hex digits"
    Step "step" "step"
    Times "times" "number of times"
    Socket "socket" "a socket such as A.c1"
    Endpoint "endpoint" "an address and port such as B:8080"
    Happening "happening" "established, acceptable, accepted, peer-closed, readable, sent, ended or state and its name"
    State "state" "a state such as FIN-WAIT-2"
    LinkProperty "link-property" "latency, jitter, bandwidth, queue, loss, duplicate, reorder, corrupt or mtu"
    Bandwidth "bandwidth" "a bandwidth such as 2Mbps"
    Queue "queue" "queue length"
    Mtu "mtu" "MTU"
    Firewall "firewall" "drop, reject or off"
    Unreachable "unreachable" "network, host, protocol, port, prohibited or too-big and an MTU"
    Setting "setting" "a setting"
    Value "value" "a value"
    Seed "seed" "seed"
    Rules "rules" "rules"
    Recorded "recorded" "recorded datagrams"
    Script "script" "script lines"
    Markers "markers" "markers"
    Interventions "interventions" "interventions"
    Addresses "addresses" "addresses"
    Settings "settings" "settings"
}

impl core::fmt::Display for Meant {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.english())
    }
}
