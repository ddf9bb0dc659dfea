//! One connection and how far its application has come with its script.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;

use sha2::{Digest as _, Sha256};
use sim::payload;
use sim::trace::Place;
use tcp::event::{Ended, SocketId};
use tcp::state::State;
use tcp::time::Instant;

use super::script::Step;

/// An echo reads no further than this ahead of what it could send.
pub const ECHO_LIMIT: usize = 1 << 18;
/// So much is offered to SEND at once.
const CHUNK: usize = 1 << 16;

/// Where the bytes of a `send` come from.
pub enum Source {
    /// So many bytes of pattern are left.
    Pattern(u64),
    /// A file; whether its end was reached.
    File(File, bool),
    /// All of it is waiting already.
    Spent,
}

/// An application with one connection.
pub struct Application {
    /// From 1.
    pub number: u32,
    /// Its socket.
    pub socket: SocketId,
    /// The socket's state as events told it.
    pub state: State,
    /// Whether OPEN was called (or the connection accepted).
    pub opened: bool,
    /// Whether the connection was once there.
    pub established: bool,
    /// How it ended.
    pub ended: Option<Ended>,
    /// Steps to come; the first may be under way.
    pub steps: VecDeque<Step>,
    /// The first step is under way since then.
    pub since: Option<Instant>,
    /// No more steps will come.
    pub script_over: bool,
    /// It called `close` or `abort`.
    pub let_go: bool,
    /// It did not go as the script wants.
    pub failed: bool,
    /// The step `end` has seen how it ended.
    pub end_expected: bool,
    /// Its summary was printed.
    pub told: bool,
    /// It reads by itself.
    pub reading: bool,
    /// There may be something to receive.
    pub readable: bool,
    /// The other end's FIN was read.
    pub end_of_file: bool,
    /// It sends back what it receives.
    pub echoing: bool,
    /// Bytes that SEND has not taken yet.
    pub waiting: VecDeque<u8>,
    /// What fills them.
    pub source: Source,
    /// Bytes SEND took, and their hash.
    pub sent: u64,
    pub sent_hash: Sha256,
    /// Bytes received, and their hash.
    pub received: u64,
    pub received_hash: Sha256,
    /// Where they go besides.
    pub into: Option<File>,
}

impl Application {
    pub fn new(number: u32, socket: SocketId, steps: VecDeque<Step>) -> Application {
        Application {
            number,
            socket,
            state: State::Closed,
            opened: false,
            established: false,
            ended: None,
            steps,
            since: None,
            script_over: true,
            let_go: false,
            failed: false,
            end_expected: false,
            told: false,
            reading: true,
            readable: false,
            end_of_file: false,
            echoing: false,
            waiting: VecDeque::new(),
            source: Source::Spent,
            sent: 0,
            sent_hash: Sha256::new(),
            received: 0,
            received_hash: Sha256::new(),
            into: None,
        }
    }

    /// Whether its script is done and its connection needs nobody any more:
    /// closed, or in TIME-WAIT.
    pub fn finished(&self) -> bool {
        self.script_over
            && self.steps.is_empty()
            && (self.ended.is_some() || self.state == State::TimeWait || !self.opened)
    }

    /// Fills what waits for SEND from its source.
    pub fn refill(&mut self) -> Result<(), std::io::Error> {
        if self.waiting.len() >= CHUNK {
            return Ok(());
        }
        match &mut self.source {
            Source::Spent => {}
            Source::Pattern(left) => {
                let len = (*left).min(CHUNK as u64) as usize;
                let offset = (self.sent + self.waiting.len() as u64) as u32;
                let mut bytes = Vec::new();
                payload::pattern(Place::A, self.socket.0, offset, len, &mut bytes);
                self.waiting.extend(bytes);
                *left -= len as u64;
                if *left == 0 {
                    self.source = Source::Spent;
                }
            }
            Source::File(file, over) => {
                let mut bytes = vec![0; CHUNK];
                let len = file.read(&mut bytes)?;
                self.waiting.extend(&bytes[..len]);
                *over = len == 0;
                if *over {
                    self.source = Source::Spent;
                }
            }
        }
        Ok(())
    }

    /// Whether everything it wants to send was taken.
    pub fn all_taken(&self) -> bool {
        self.waiting.is_empty() && matches!(self.source, Source::Spent)
    }
}

/// A hash in hexadecimal digits.
pub fn hex(hash: &Sha256) -> String {
    let digest = hash.clone().finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
