//! `poll`: what it waits for, and what there is to tell.

use tcp::state::State;

use super::super::ast::ExpressionKind;
use super::super::report::Failure;
use super::super::runner::Runner;
use super::arguments::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDHUP};
use super::{Arguments, Operation, Polled};

impl Runner {
    pub(super) fn poll(&mut self, arguments: &Arguments<'_>) -> Result<Operation, Failure> {
        let list = arguments.get(0)?;
        let ExpressionKind::List(entries) = &list.kind else {
            return Err(arguments.wrong(list.place, "a list is wanted here"));
        };
        let mut files = Vec::new();
        for entry in entries {
            let member = |name: &str| match entry.field(name) {
                Some(value) => arguments.value(value),
                None if name == "revents" => Ok(0),
                None => Err(arguments.wrong(entry.place, "«{fd=…, events=…}» is wanted here")),
            };
            files.push(Polled {
                fd: member("fd")?,
                events: member("events")?,
                expected: member("revents")?,
            });
        }
        let timeout = arguments.number(2)?;
        Ok(Operation::Poll {
            files,
            until: u64::try_from(timeout)
                .ok()
                .map(|ms| self.now.saturating_add(ms.saturating_mul(1_000))),
        })
    }

    pub(super) fn poll_events(&mut self, fd: i64, wanted: i64) -> i64 {
        let Some(file) = self.fds.get(&fd).cloned() else {
            return POLLNVAL;
        };
        let socket = file.socket;
        let told = self.told.get(&socket.0).cloned().unwrap_or_default();
        let Ok(status) = self.stack.status(socket) else {
            return POLLHUP | (wanted & (POLLIN | POLLOUT));
        };
        let mut events = 0;
        if file.listening {
            if status.accept_queue > 0 {
                events |= POLLIN;
            }
            return events & wanted;
        }
        let receive_over = told.peer_closed || told.ended || file.read_shut;
        if status.receive_queue > 0 || !file.peeked.is_empty() || receive_over {
            events |= POLLIN;
        }
        if told.peer_closed || told.ended || file.read_shut {
            events |= POLLRDHUP;
        }
        let send_over = file.write_shut || told.ended;
        let open = matches!(
            status.state,
            State::Established | State::CloseWait | State::FinWait1 | State::FinWait2
        );
        let room = status.send_queue < self.settings.send_buffer;
        if (open && room) || send_over {
            events |= POLLOUT;
        }
        let fresh = status.state == State::Closed && !told.ended;
        if fresh {
            events |= POLLOUT | POLLHUP;
        }
        let mut always = 0;
        if told.error.is_some() {
            always |= POLLERR;
        }
        if told.ended || fresh || (receive_over && send_over) {
            always |= POLLHUP;
        }
        (events & wanted) | always & (POLLERR | POLLHUP)
    }
}
