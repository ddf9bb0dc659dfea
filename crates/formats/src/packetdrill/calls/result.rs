//! What a call gave back, against what the script says.

use super::super::ast::{Call, ExpressionKind};
use super::super::report::{Failure, Kind};
use super::super::runner::Runner;
use super::{Arguments, Fd, Returned};

impl Runner {
    /// Compares what a call gave back with what the script says, and opens the file that it may have opened.
    pub(in super::super) fn check_result(
        &mut self,
        call: &Call,
        returned: &Returned,
    ) -> Result<(), Failure> {
        let arguments = Arguments(call);
        let got = match returned.errno {
            Some(errno) => format!("-1 {errno}"),
            None if returned.opened.is_some() => "a new file".to_owned(),
            None => returned.value.to_string(),
        };
        let expected = match &call.result.kind {
            ExpressionKind::Ellipsis => None,
            _ => Some(arguments.value(&call.result)?),
        };
        let wrong = |wanted: String| {
            Failure::new(
                Kind::Result,
                call.place,
                format!("in {}(): expected {wanted}, got {got}", call.name),
            )
        };
        if let Some(socket) = returned.opened {
            let number = match expected {
                Some(number) if number >= 0 => number,
                Some(number) => {
                    let errno = call.errno.as_deref().unwrap_or("");
                    return Err(wrong(format!("{number} {errno}").trim().to_owned()));
                }
                None => self.fds.keys().next_back().map_or(3, |last| last + 1),
            };
            if self.fds.contains_key(&number) {
                return Err(arguments.wrong(
                    call.result.place,
                    &format!("the file {number} is open already"),
                ));
            }
            let nonblocking = self.opened.take().unwrap_or(false);
            self.fds.insert(
                number,
                Fd {
                    socket,
                    nonblocking,
                    listening: false,
                    connecting: false,
                    read_shut: false,
                    write_shut: false,
                    linger: (0, 0),
                    corked: false,
                    waiting: Vec::new(),
                    more_only: false,
                    peeked: Vec::new(),
                    remembered: std::collections::BTreeMap::new(),
                },
            );
            return Ok(());
        }
        let Some(expected) = expected else {
            return Ok(());
        };
        if expected != returned.value {
            let errno = call.errno.as_deref().unwrap_or("");
            return Err(wrong(format!("{expected} {errno}").trim().to_owned()));
        }
        match (&call.errno, returned.errno) {
            (Some(wanted), Some(got)) if same_errno(wanted, got) => Ok(()),
            (Some(wanted), _) if expected == -1 => Err(wrong(format!("-1 {wanted}"))),
            _ => Ok(()),
        }
    }
}

fn same_errno(wanted: &str, got: &str) -> bool {
    let plain = |name: &str| {
        match name {
            "EWOULDBLOCK" => "EAGAIN",
            other => other,
        }
        .to_owned()
    };
    plain(wanted) == plain(got)
}
