//! What an application asks of one connection (RFC 9293 3.9.1, 3.10.1 to
//! 3.10.6). Which socket is meant, and what becomes of it afterwards, is the
//! stack's business.

pub(crate) mod abort;
pub(crate) mod close;
pub(crate) mod open;
pub(crate) mod receive;
pub(crate) mod send;
pub(crate) mod status;
