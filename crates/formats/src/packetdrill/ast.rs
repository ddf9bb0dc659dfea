//! A packetdrill script as it was written, every piece with its place.

use std::fmt;
use std::net::IpAddr;

use super::wanted::Wanted;

/// Where something stands in its file; both count from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// What is wrong with a script, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScriptError {
    /// The place of the first piece that could not be used.
    pub place: Place,
    /// What is wrong with it.
    pub message: String,
    /// What should have stood there, where that is what is wrong.
    pub wanted: Option<Box<Wanted>>,
}

impl ScriptError {
    /// An error at a place.
    pub fn new(place: Place, message: impl Into<String>) -> ScriptError {
        ScriptError {
            place,
            message: message.into(),
            wanted: None,
        }
    }

    /// Something else should stand at this place.
    pub(super) fn wanted(place: Place, wanted: Wanted) -> ScriptError {
        ScriptError {
            wanted: Some(Box::new(wanted.clone())),
            ..ScriptError::new(place, wanted.to_string())
        }
    }
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl std::error::Error for ScriptError {}

/// A whole script.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Script {
    /// The `--name=value` lines at its head.
    pub options: Vec<OptionLine>,
    /// The shell command before the first event.
    pub init: Option<Command>,
    /// What happens, in order.
    pub events: Vec<Event>,
    /// The shell command after the last event.
    pub cleanup: Option<Command>,
}

/// `--name` or `--name=value`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionLine {
    /// Where it stands.
    pub place: Place,
    /// Without the dashes.
    pub name: String,
    /// What follows the equals sign.
    pub value: Option<String>,
}

/// One thing that happens at a time.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Where its time stands.
    pub place: Place,
    /// When.
    pub time: Time,
    /// What.
    pub action: Action,
}

/// When an event happens; microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Time {
    /// `+t`: so long after the event before it.
    Relative(u64),
    /// `t`: so long after the start.
    Absolute(u64),
    /// `*`: whenever.
    Any,
    /// `+a~+b`.
    RelativeRange(u64, u64),
    /// `a~b`.
    AbsoluteRange(u64, u64),
}

/// What happens.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// A TCP segment, injected or expected.
    Segment(Segment),
    /// An ICMP message.
    Icmp(Icmp),
    /// A system call.
    Call(Call),
    /// A shell command.
    Command(Command),
    /// A `%{ … }%` block.
    Code(Code),
}

/// Text between back-quotes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// Where it begins.
    pub place: Place,
    /// The command line.
    pub text: String,
}

/// Text between `%{` and `}%`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Code {
    /// Where the text begins.
    pub place: Place,
    /// The statements.
    pub text: String,
}

/// Which way a packet goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// `<`: injected.
    Inbound,
    /// `>`: expected of the engine.
    Outbound,
}

/// What a script says of the IP header.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct IpSpec {
    /// The ECN bits, where given.
    pub ecn: Option<Ecn>,
    /// The whole type-of-service byte, where given.
    pub tos: Option<u8>,
    /// Time to live or hop limit, where given.
    pub ttl: Option<u8>,
    /// The IPv6 flow label, where given.
    pub flow_label: Option<u32>,
}

/// The ECN bits as scripts name them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ecn {
    /// `noecn`, `ect1`, `ect0`, `ce`: the two bits.
    Bits(u8),
    /// `ect01`: either of both.
    Either,
}

/// The flags of a segment as scripts write them.
pub mod flag {
    /// FIN.
    pub const FIN: u16 = 0x01;
    /// SYN.
    pub const SYN: u16 = 0x02;
    /// RST.
    pub const RST: u16 = 0x04;
    /// PSH.
    pub const PSH: u16 = 0x08;
    /// ACK.
    pub const ACK: u16 = 0x10;
    /// URG.
    pub const URG: u16 = 0x20;
    /// ECE.
    pub const ECE: u16 = 0x40;
    /// CWR.
    pub const CWR: u16 = 0x80;
    /// AE, once called NS.
    pub const AE: u16 = 0x100;
}

/// A TCP segment line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Segment {
    /// Where its direction sign stands.
    pub place: Place,
    /// Which way.
    pub direction: Direction,
    /// What is said of the IP header.
    pub ip: IpSpec,
    /// `source > destination` ports, where given.
    pub ports: Option<(u16, u16)>,
    /// See [`flag`].
    pub flags: u16,
    /// First sequence number in script numbers; none for `...(n)`: any.
    pub seq: Option<u32>,
    /// Bytes of payload.
    pub len: u16,
    /// The acknowledgement number in script numbers.
    pub ack: Option<u32>,
    /// The window field, not scaled.
    pub window: Option<u16>,
    /// The urgent pointer field.
    pub urgent: Option<u16>,
    /// The options; none for `<...>`: any.
    pub options: Option<Vec<TcpOption>>,
}

/// A TCP option in script numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TcpOption {
    /// `eol`.
    EndOfList,
    /// `nop`.
    NoOperation,
    /// `mss n`.
    MaximumSegmentSize(u16),
    /// `wscale n`.
    WindowScale(u8),
    /// `sackOK`.
    SackPermitted,
    /// `sack a:b …`.
    Sack(Vec<(u32, u32)>),
    /// `TS val a ecr b`.
    Timestamps {
        /// The sender's clock.
        value: u32,
        /// What it echoes.
        echo: u32,
    },
    /// `hex 0200…`: bytes as they stand, legal or not (an addition of this runner), and options it has no name for.
    Bytes(Vec<u8>),
}

/// An ICMP line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Icmp {
    /// Where its direction sign stands.
    pub place: Place,
    /// Which way.
    pub direction: Direction,
    /// `unreachable`, `time_exceeded` …
    pub kind: String,
    /// `port_unreachable` …
    pub code: Option<String>,
    /// The `mtu n` of «too big».
    pub mtu: Option<u32>,
    /// First sequence number and payload length of the quoted segment.
    pub quoted: Option<(u32, u16)>,
}

/// A system call line.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// Where its name stands.
    pub place: Place,
    /// When it returns, for `start...end`; microseconds, on the event's own scale.
    pub end: Option<u64>,
    /// Its name.
    pub name: String,
    /// Its arguments.
    pub arguments: Vec<Expression>,
    /// What it returns.
    pub result: Expression,
    /// The `errno` name after a result of -1.
    pub errno: Option<String>,
}

/// An argument or a result, with its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Expression {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub kind: ExpressionKind,
}

/// The forms an argument takes.
#[derive(Clone, PartialEq, Debug)]
pub enum ExpressionKind {
    /// `...`: the runner's choice.
    Ellipsis,
    /// A whole number.
    Integer(i64),
    /// A name.
    Word(String),
    /// Text in quotes.
    Text(Vec<u8>),
    /// An address written without quotes.
    Address(IpAddr),
    /// `a | b`.
    Or(Box<Expression>, Box<Expression>),
    /// `name(arguments)`, as in `htons(8080)`.
    Function(String, Vec<Expression>),
    /// `[…]`.
    List(Vec<Expression>),
    /// `{…}`.
    Structure(Vec<Field>),
}

/// One member of a structure: `name=value`, `name(count)=value`, or a bare value.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// The count in parentheses, where it has one.
    pub count: Option<Expression>,
    /// Its value.
    pub value: Expression,
}

impl Expression {
    /// The member of that name, if this is a structure that has one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Expression> {
        match &self.kind {
            ExpressionKind::Structure(fields) => fields
                .iter()
                .find(|field| field.name.as_deref() == Some(name))
                .map(|field| &field.value),
            _ => None,
        }
    }

    /// Whether it is `...`.
    #[must_use]
    pub fn is_ellipsis(&self) -> bool {
        matches!(self.kind, ExpressionKind::Ellipsis)
    }
}
