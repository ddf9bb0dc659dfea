//! What a call is called with: names for numbers, addresses, lists, each with errors that name it.

use std::net::SocketAddr;

use super::super::ast::{Call, Expression, ExpressionKind, Place};
use super::super::report::{Failure, Kind};

pub(super) const POLLIN: i64 = 1;
pub(super) const POLLPRI: i64 = 2;
pub(super) const POLLOUT: i64 = 4;
pub(super) const POLLERR: i64 = 8;
pub(super) const POLLHUP: i64 = 16;
pub(super) const POLLNVAL: i64 = 32;
pub(super) const POLLRDHUP: i64 = 0x2000;

pub(super) const MSG_OOB: i64 = 1;
pub(super) const MSG_PEEK: i64 = 2;
pub(super) const MSG_DONTWAIT: i64 = 4;
pub(super) const MSG_WAITALL: i64 = 8;
pub(super) const MSG_MORE: i64 = 16;
pub(super) const MSG_IGNORED: i64 = 32;

pub(super) const O_NONBLOCK: i64 = 0x800;

/// What one call may write, in bytes; more than any send buffer takes.
pub(super) const BYTES_MAX: i64 = 1 << 26;

/// What a name stands for. Bits of `MSG_` are our own: their numbers differ between systems and are never shown.
fn constant(name: &str) -> Option<i64> {
    Some(match name {
        "POLLIN" | "POLLRDNORM" => POLLIN,
        "POLLPRI" => POLLPRI,
        "POLLOUT" | "POLLWRNORM" => POLLOUT,
        "POLLERR" => POLLERR,
        "POLLHUP" => POLLHUP,
        "POLLNVAL" => POLLNVAL,
        "POLLRDHUP" => POLLRDHUP,
        "MSG_OOB" => MSG_OOB,
        "MSG_PEEK" => MSG_PEEK,
        "MSG_DONTWAIT" => MSG_DONTWAIT,
        "MSG_WAITALL" => MSG_WAITALL,
        "MSG_MORE" => MSG_MORE,
        "MSG_NOSIGNAL" | "MSG_ZEROCOPY" | "MSG_EOR" | "MSG_DONTROUTE" | "MSG_CONFIRM"
        | "MSG_EOF" => MSG_IGNORED,
        "O_RDWR" => 2,
        "O_RDONLY" => 0,
        "O_WRONLY" => 1,
        "O_NONBLOCK" => O_NONBLOCK,
        "SHUT_RD" => 0,
        "SHUT_WR" => 1,
        "SHUT_RDWR" => 2,
        "SOCK_STREAM" | "SOCK_CLOEXEC" => 0,
        "SOCK_NONBLOCK" => O_NONBLOCK,
        "IPPROTO_TCP" | "SOL_TCP" => 6,
        "TCP_NODELAY" => 1,
        _ => return None,
    })
}

/// Arguments of a call, with errors that name them.
pub(in super::super) struct Arguments<'a>(pub &'a Call);

impl Arguments<'_> {
    pub(in super::super) fn get(&self, index: usize) -> Result<&Expression, Failure> {
        self.0
            .arguments
            .get(index)
            .ok_or_else(|| self.wrong(self.0.place, "has too few arguments"))
    }

    pub(in super::super) fn wrong(&self, place: Place, what: &str) -> Failure {
        Failure::new(Kind::Call, place, format!("in {}(): {what}", self.0.name))
    }

    pub(in super::super) fn number(&self, index: usize) -> Result<i64, Failure> {
        self.value(self.get(index)?)
    }

    pub(in super::super) fn value(&self, expression: &Expression) -> Result<i64, Failure> {
        match &expression.kind {
            ExpressionKind::Integer(value) => Ok(*value),
            ExpressionKind::Word(word) => constant(word)
                .ok_or_else(|| self.wrong(expression.place, &format!("«{word}» is not there"))),
            ExpressionKind::Or(left, right) => Ok(self.value(left)? | self.value(right)?),
            ExpressionKind::List(list) if list.len() == 1 => self.value(&list[0]),
            ExpressionKind::Function(name, arguments)
                if arguments.len() == 1 && matches!(name.as_str(), "htons" | "htonl") =>
            {
                self.value(&arguments[0])
            }
            _ => Err(self.wrong(expression.place, "a number is wanted here")),
        }
    }

    pub(super) fn address(&self, index: usize, default: SocketAddr) -> Result<SocketAddr, Failure> {
        let argument = self.get(index)?;
        if argument.is_ellipsis() {
            return Ok(default);
        }
        let port = argument
            .field("sin_port")
            .or_else(|| argument.field("sin6_port"));
        let ip = argument
            .field("sin_addr")
            .or_else(|| argument.field("sin6_addr"))
            .and_then(Expression::address);
        match (port, ip) {
            (Some(port), Some(ip)) => {
                Ok(SocketAddr::new(ip.to_canonical(), self.value(port)? as u16))
            }
            _ => Err(self.wrong(argument.place, "an address is wanted here")),
        }
    }

    /// The bytes to send: as given, or `length` of the runner's own.
    pub(super) fn data(&self, data: &Expression, length: i64) -> Result<Option<Vec<u8>>, Failure> {
        let length = usize::try_from(length.min(BYTES_MAX))
            .map_err(|_| self.wrong(data.place, "a length cannot be negative"))?;
        match &data.kind {
            ExpressionKind::Text(text) => {
                let mut bytes = text.clone();
                bytes.resize(length, 0);
                Ok(Some(bytes))
            }
            _ => Ok(None),
        }
    }

    /// What a control message says of the bytes left to read.
    pub(super) fn left_by_control(&self, control: &Expression) -> Result<Option<i64>, Failure> {
        let ExpressionKind::List(list) = &control.kind else {
            return Ok(None);
        };
        let Some(message) = list.first() else {
            return Ok(None);
        };
        match (message.field("cmsg_type"), message.field("cmsg_data")) {
            (Some(kind), Some(data))
                if kind.kind == ExpressionKind::Word("TCP_CM_INQ".to_owned()) =>
            {
                Ok(Some(self.value(data)?))
            }
            _ => Err(self.wrong(message.place, "this control message is not there")),
        }
    }

    /// The lengths of a list of `{..., n}`.
    pub(super) fn vectors(&self, list: &Expression) -> Result<usize, Failure> {
        let ExpressionKind::List(list) = &list.kind else {
            return Err(self.wrong(list.place, "a list is wanted here"));
        };
        let mut total = 0;
        for vector in list {
            let ExpressionKind::Structure(fields) = &vector.kind else {
                return Err(self.wrong(vector.place, "«{..., n}» is wanted here"));
            };
            let Some(length) = fields.last() else {
                return Err(self.wrong(vector.place, "«{..., n}» is wanted here"));
            };
            total = self
                .value(&length.value)?
                .max(0)
                .saturating_add(total as i64) as usize;
        }
        Ok(total)
    }
}
