//! Applications go on with their scripts.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;

use sha2::Digest as _;
use sim::payload;
use sim::run::Call;
use sim::trace::Place;
use tcp::error::CallError;
use tcp::event::{Ended, SocketId};
use tcp::stack::{SendFlags, SocketOption};
use tcp::state::State;

use super::application::{Application, ECHO_LIMIT, Source, hex};
use super::driver::Driver;
use super::report::Line;
use super::script::{SocketStep, Step};
use crate::output;
use crate::trouble::Trouble;

/// So many bytes are a short text.
const TEXT_MAX: usize = 64;

/// What came of a try at a step.
enum Outcome {
    /// It is over.
    Done,
    /// It waits.
    Waits,
    /// It cannot be done: why.
    Failed(String),
}

impl From<Result<(), CallError>> for Outcome {
    fn from(answer: Result<(), CallError>) -> Outcome {
        match answer {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Failed(error.id().into()),
        }
    }
}

impl Driver {
    /// Lets every application do what it can; answers whether any did something.
    pub fn applications(&mut self) -> Result<bool, Trouble> {
        if std::mem::replace(&mut self.playing, true) {
            // A step is under way (it releases what was held back, say): its turn comes again.
            return Ok(false);
        }
        let news = self.each_application();
        self.playing = false;
        news
    }

    fn each_application(&mut self) -> Result<bool, Trouble> {
        let mut news = false;
        for index in 0..self.applications.len() {
            loop {
                // What has arrived is read before anything else is done, but not before it is known where it goes.
                let mut more = match self.applications[index].steps.front() {
                    Some(Step::Into(_)) => false,
                    _ => self.read(index)?,
                };
                while !self.turn_over && self.step(index)? {
                    more = true;
                }
                more |= self.read(index)?;
                more |= self.write(index)?;
                if !more {
                    break;
                }
                news = true;
            }
            self.tell_end(index)?;
        }
        // A call has consequences even if its step goes on waiting.
        Ok(std::mem::take(&mut self.called) | news)
    }

    /// Tries the first step; answers whether it is over.
    fn step(&mut self, index: usize) -> Result<bool, Trouble> {
        let now = self.now();
        let application = &mut self.applications[index];
        let before_opening = matches!(
            application.steps.front(),
            Some(
                Step::Option(_)
                    | Step::Connect
                    | Step::Catch(_)
                    | Step::Reading(_)
                    | Step::Wait(_)
                    | Step::Into(_)
            )
        );
        let nothing_yet = application.steps.is_empty() && !application.script_over;
        if !application.opened && !before_opening && !nothing_yet && !application.failed {
            application.steps.push_front(Step::Connect);
        }
        let Some(step) = application.steps.front().cloned() else {
            // A script that ends without letting go closes.
            if application.script_over && !application.let_go && application.ended.is_none() {
                application.steps.push_front(Step::Close);
                return Ok(true);
            }
            return Ok(false);
        };
        let first = application.since.is_none();
        application.since.get_or_insert(now);
        let outcome = match self.perform(index, &step, first)? {
            // Nothing that a step could wait for comes after the end.
            Outcome::Waits
                if self.applications[index].ended.is_some() && !matches!(step, Step::Wait(_)) =>
            {
                Outcome::Failed("the connection has ended".into())
            }
            other => other,
        };
        let application = &mut self.applications[index];
        let line = match outcome {
            Outcome::Waits => return Ok(false),
            Outcome::Done => Line::new(now, "done"),
            Outcome::Failed(why) => {
                application.failed = true;
                application.script_over = true;
                application.steps.clear();
                if !application.opened {
                    application.told = true;
                }
                Line::new(now, "failed").text("why", &why)
            }
        };
        application.steps.pop_front();
        application.since = None;
        let line = line
            .number("connection", application.number.into())
            .text("step", &format!("{step:?}"));
        output::print(line.end().as_bytes())?;
        Ok(true)
    }

    fn perform(&mut self, index: usize, step: &Step, first: bool) -> Result<Outcome, Trouble> {
        let now = self.now();
        let socket = self.applications[index].socket;
        Ok(match step {
            Step::Connect => {
                if !self.applications[index].opened {
                    self.applications[index].opened = true;
                    let answer = self.connect(socket)?;
                    return Ok(match answer {
                        Ok(()) if self.is_holding() => Outcome::Done,
                        Ok(()) => Outcome::Waits,
                        Err(error) => {
                            self.applications[index].opened = false;
                            Outcome::Failed(error.id().into())
                        }
                    });
                }
                let application = &self.applications[index];
                match application.ended {
                    Some(Ended::Closed) | None if application.established => Outcome::Done,
                    None => Outcome::Waits,
                    // A step `end` may want exactly this.
                    Some(_) => Outcome::Done,
                }
            }
            Step::Send(len) => self.sending(index, first, || Ok(Source::Pattern(*len)))?,
            Step::SendFile(path) => self.sending(index, first, || {
                let file = File::open(path);
                file.map(|file| Source::File(file, false))
                    .map_err(|error| Trouble::new(format!("{}: {error}", path.display())))
            })?,
            Step::Text(text) => {
                if first {
                    self.applications[index].waiting.extend(text.bytes());
                }
                self.sending(index, false, || Ok(Source::Spent))?
            }
            Step::Receive(len) => waits(self.applications[index].received >= *len),
            Step::EndOfFile => waits(self.applications[index].end_of_file),
            Step::Into(path) => {
                let file = File::create(path)
                    .map_err(|error| Trouble::new(format!("{}: {error}", path.display())))?;
                self.applications[index].into = Some(file);
                Outcome::Done
            }
            Step::Echo => {
                let application = &mut self.applications[index];
                application.echoing = true;
                waits(application.end_of_file && application.all_taken())
            }
            Step::Reading(on) => {
                let application = &mut self.applications[index];
                application.reading = *on;
                application.readable = true;
                self.called(socket, Call::Reading(*on), Ok(()))?.into()
            }
            Step::Acknowledged => {
                let status = self.stack.status(socket);
                waits(status.is_ok_and(|status| status.send_queue == 0))
            }
            Step::Wait(time) => {
                let since = self.applications[index].since.unwrap_or(now);
                waits(now >= since + *time)
            }
            Step::State(state) => waits(self.applications[index].state == *state),
            Step::Shutdown => {
                let answer = self.stack.shutdown(now, socket);
                self.called(socket, Call::Shutdown, answer)?.into()
            }
            Step::Close => {
                self.applications[index].let_go = true;
                let answer = self.stack.close(now, socket);
                self.called(socket, Call::Close, answer)?.into()
            }
            Step::Abort => {
                self.applications[index].let_go = true;
                let answer = self.stack.abort(now, socket);
                self.called(socket, Call::Abort, answer)?.into()
            }
            Step::Option(option) => {
                let (option, call) = match *option {
                    SocketStep::Linger(time) => (SocketOption::Linger(time), Call::Linger(time)),
                    SocketStep::KeepAlive(time) => {
                        (SocketOption::KeepAlive(time), Call::KeepAlive(time))
                    }
                    SocketStep::NoDelay(on) => (SocketOption::NoDelay(on), Call::NoDelay(on)),
                    SocketStep::ReceiveBuffer(size) => {
                        (SocketOption::ReceiveBuffer(size), Call::ReceiveBuffer(size))
                    }
                    SocketStep::SendBuffer(size) => {
                        (SocketOption::SendBuffer(size), Call::SendBuffer(size))
                    }
                };
                let answer = self.stack.set_option(now, socket, option);
                self.called(socket, call, answer)?.into()
            }
            Step::Catch(flags) => {
                if first {
                    self.catch(*flags);
                    output::print(Line::new(now, "catching").end().as_bytes())?;
                }
                waits(self.is_holding())
            }
            Step::Release => {
                self.release()?;
                Outcome::Done
            }
            Step::Status => {
                let line = Line::new(now, "status")
                    .number("connection", self.applications[index].number.into());
                let line = match self.stack.status(socket) {
                    Ok(status) => line.status(now, &status),
                    Err(error) => line.text("error", error.id()),
                };
                output::print(line.end().as_bytes())?;
                Outcome::Done
            }
            Step::End(how) => {
                let application = &mut self.applications[index];
                match (application.ended, how) {
                    (None, _) => Outcome::Waits,
                    (Some(ended), Some(how)) if ended.id() != how => {
                        Outcome::Failed(format!("it ended as {}", ended.id()))
                    }
                    (Some(_), _) => {
                        application.end_expected = true;
                        Outcome::Done
                    }
                }
            }
        })
    }

    /// A step that sends is over when SEND has taken everything.
    fn sending(
        &mut self,
        index: usize,
        first: bool,
        source: impl FnOnce() -> Result<Source, Trouble>,
    ) -> Result<Outcome, Trouble> {
        if first {
            self.applications[index].source = source()?;
        }
        self.write(index)?;
        Ok(waits(self.applications[index].all_taken()))
    }

    /// SEND as much as fits.
    fn write(&mut self, index: usize) -> Result<bool, Trouble> {
        let mut news = false;
        loop {
            let now = self.now();
            let application = &mut self.applications[index];
            application
                .refill()
                .map_err(|error| Trouble::new(format!("send-file: {error}")))?;
            if application.waiting.is_empty() || application.let_go {
                return Ok(news);
            }
            let bytes = application.waiting.make_contiguous();
            let socket = application.socket;
            match self.stack.send(now, socket, bytes, SendFlags::default()) {
                Ok(taken) => {
                    application.sent += taken as u64;
                    application.sent_hash.update(&bytes[..taken]);
                    let sent: Vec<u8> = application.waiting.drain(..taken).collect();
                    news = true;
                    let call = send_call(socket, application.sent - taken as u64, sent);
                    let _ = self.called(socket, call, Ok(()))?;
                }
                Err(CallError::WouldBlock) => return Ok(news),
                Err(error) => {
                    application.waiting.clear();
                    application.source = Source::Spent;
                    if application.ended.is_none() {
                        application.failed = true;
                        let line = Line::new(now, "failed")
                            .number("connection", application.number.into())
                            .text("step", "send")
                            .text("why", error.id());
                        output::print(line.end().as_bytes())?;
                    }
                    return Ok(true);
                }
            }
        }
    }

    /// RECEIVE what there is.
    fn read(&mut self, index: usize) -> Result<bool, Trouble> {
        let mut news = false;
        loop {
            let now = self.now();
            let application = &mut self.applications[index];
            let full = application.echoing && application.waiting.len() > ECHO_LIMIT;
            let may = application.opened && application.reading && !application.let_go && !full;
            if !application.readable || application.end_of_file || !may {
                return Ok(news);
            }
            let socket = application.socket;
            let mut bytes = Vec::new();
            match self.stack.receive(now, socket, &mut bytes, usize::MAX) {
                Ok(0) => {
                    application.end_of_file = true;
                    let line = Line::new(now, "eof")
                        .number("connection", application.number.into())
                        .number("received", application.received);
                    output::print(line.end().as_bytes())?;
                }
                Ok(len) => {
                    application.received += len as u64;
                    application.received_hash.update(&bytes);
                    if application.echoing {
                        application.waiting.extend(&bytes);
                    }
                    if let Some(file) = &mut application.into {
                        file.write_all(&bytes)
                            .map_err(|error| Trouble::new(format!("into: {error}")))?;
                    }
                }
                Err(_) => {
                    application.readable = false;
                    return Ok(news);
                }
            }
            news = true;
            let _ = self.called(socket, Call::Receive(None), Ok(()))?;
        }
    }

    /// Prints, once, what came of a connection that is over.
    fn tell_end(&mut self, index: usize) -> Result<(), Trouble> {
        let application = &self.applications[index];
        if application.told || !application.finished() {
            return Ok(());
        }
        self.summary(index)
    }

    /// Prints what came of a connection.
    pub fn summary(&mut self, index: usize) -> Result<(), Trouble> {
        let now = self.now();
        let application = &mut self.applications[index];
        application.told = true;
        let bad = matches!(
            application.ended,
            Some(Ended::Reset | Ended::Refused | Ended::TimedOut | Ended::Unreachable)
        );
        application.failed |= bad && !application.end_expected;
        let line = Line::new(now, "summary")
            .number("connection", application.number.into())
            .text("state", application.state.name())
            .text("ended", application.ended.map_or("no", |ended| ended.id()))
            .text("result", if application.failed { "failed" } else { "ok" })
            .number("sent", application.sent)
            .text("sent_sha256", &hex(&application.sent_hash))
            .number("received", application.received)
            .text("received_sha256", &hex(&application.received_hash));
        output::print(line.end().as_bytes())
    }

    /// A new application for a connection.
    pub fn begin(&mut self, socket: SocketId) -> usize {
        self.begun += 1;
        let steps: VecDeque<Step> = self.options.steps.iter().cloned().collect();
        let mut application = Application::new(self.begun, socket, steps);
        application.script_over = !self.options.interactive || self.input_over;
        if let Some(pending) = self.pending_steps.take() {
            application.steps.extend(pending);
        }
        if let Ok(status) = self.stack.status(socket) {
            application.state = status.state;
            application.readable = true;
            application.established = status.state.is_synchronized();
            application.opened = status.state != State::Closed;
        }
        self.applications.push(application);
        self.applications.len() - 1
    }
}

/// A SEND as a run says it: short texts as they are, anything else by its length.
fn send_call(socket: SocketId, offset: u64, bytes: Vec<u8>) -> Call {
    let (push, urgent, more) = (false, false, false);
    if bytes.len() > TEXT_MAX || payload::is_pattern(Place::A, socket.0, offset as u32, &bytes) {
        let bytes = bytes.len() as u32;
        return Call::Send {
            bytes,
            push,
            urgent,
            more,
        };
    }
    let text = bytes;
    Call::SendText {
        text,
        push,
        urgent,
        more,
    }
}

fn waits(over: bool) -> Outcome {
    if over { Outcome::Done } else { Outcome::Waits }
}
