//! The application's script: what is done with each connection, step by step.

use std::path::PathBuf;

use tcp::state::State;
use tcp::time::Duration;
use tcp::wire::Flags;

/// One step. A step that waits is over when what it waits for has happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Active OPEN; over when the connection is there.
    Connect,
    /// Send so many bytes of pattern.
    Send(u64),
    /// Send a file.
    SendFile(PathBuf),
    /// Send a line of text.
    Text(String),
    /// Wait until so many bytes were received, all in all.
    Receive(u64),
    /// Wait for the other end's FIN.
    EndOfFile,
    /// Write what is received from now on into a file.
    Into(PathBuf),
    /// Send back whatever comes, until the other end's FIN.
    Echo,
    /// Whether the application reads by itself.
    Reading(bool),
    /// Wait until all that was sent is acknowledged.
    Acknowledged,
    /// Do nothing for so long.
    Wait(Duration),
    /// Wait for a state.
    State(State),
    /// End our direction.
    Shutdown,
    /// End our direction and let go.
    Close,
    /// Abort.
    Abort,
    /// Set an option of the socket.
    Option(SocketStep),
    /// Hold back the next arriving segment with all of these flags, and what comes behind it.
    Catch(Flags),
    /// Let what is held back arrive.
    Release,
    /// Print STATUS.
    Status,
    /// Wait for the end, in this way if one is named.
    End(Option<String>),
}

/// Options of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SocketStep {
    /// SO_LINGER.
    Linger(Option<Duration>),
    /// SO_KEEPALIVE, with its interval.
    KeepAlive(Option<Duration>),
    /// TCP_NODELAY.
    NoDelay(bool),
    /// SO_RCVBUF in bytes.
    ReceiveBuffer(u32),
    /// SO_SNDBUF in bytes.
    SendBuffer(u32),
}

/// Reads steps with semicolons or line ends between them.
///
/// # Errors
/// What is wrong, in words.
pub fn parse(text: &str) -> Result<Vec<Step>, String> {
    text.split([';', '\n'])
        .map(str::trim)
        .filter(|step| !step.is_empty() && !step.starts_with('#'))
        .map(step)
        .collect()
}

fn step(text: &str) -> Result<Step, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    let wrong = |what: &str| format!("«{text}»: {word} takes {what}");
    let time = |text: &str| Duration::from_text(text);
    let time_or_off = |text: &str| match text {
        "off" => Some(None),
        other => time(other).map(Some),
    };
    let switch = |text: &str| match text {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    };
    let alone = |step: Step| {
        if rest.is_empty() {
            Ok(step)
        } else {
            Err(wrong("nothing behind it"))
        }
    };
    Ok(match word {
        "connect" => alone(Step::Connect)?,
        "send" => Step::Send(bytes(rest).ok_or_else(|| wrong("a number of bytes"))?),
        "send-file" if !rest.is_empty() => Step::SendFile(rest.into()),
        "text" => Step::Text(format!("{rest}\n")),
        "receive" => Step::Receive(bytes(rest).ok_or_else(|| wrong("a number of bytes"))?),
        "eof" => alone(Step::EndOfFile)?,
        "into" if !rest.is_empty() => Step::Into(rest.into()),
        "echo" => alone(Step::Echo)?,
        "reading" => Step::Reading(switch(rest).ok_or_else(|| wrong("on or off"))?),
        "acknowledged" => alone(Step::Acknowledged)?,
        "wait" => Step::Wait(time(rest).ok_or_else(|| wrong("a time such as 250ms"))?),
        "state" => {
            let state = State::ALL.into_iter().find(|state| state.name() == rest);
            Step::State(state.ok_or_else(|| wrong("a state as RFC 9293 spells it"))?)
        }
        "shutdown" => alone(Step::Shutdown)?,
        "close" => alone(Step::Close)?,
        "abort" => alone(Step::Abort)?,
        "linger" => {
            let time = time_or_off(rest).ok_or_else(|| wrong("a time, or off"))?;
            Step::Option(SocketStep::Linger(time))
        }
        "keep-alive" => {
            let time = time_or_off(rest).ok_or_else(|| wrong("a time, or off"))?;
            Step::Option(SocketStep::KeepAlive(time))
        }
        "no-delay" => {
            let on = switch(rest).ok_or_else(|| wrong("on or off"))?;
            Step::Option(SocketStep::NoDelay(on))
        }
        "receive-buffer" | "send-buffer" => {
            let size = bytes(rest).and_then(|size| u32::try_from(size).ok());
            let size = size.ok_or_else(|| wrong("a number of bytes"))?;
            Step::Option(if word == "send-buffer" {
                SocketStep::SendBuffer(size)
            } else {
                SocketStep::ReceiveBuffer(size)
            })
        }
        "catch" => Step::Catch(match rest {
            "syn" => Flags::SYN,
            "fin" => Flags::FIN,
            "rst" => Flags::RST,
            text => Flags::from_text(text).ok_or_else(|| wrong("flags, such as F."))?,
        }),
        "release" => alone(Step::Release)?,
        "status" => alone(Step::Status)?,
        "end" => Step::End((!rest.is_empty()).then(|| rest.to_owned())),
        _ => return Err(format!("there is no step «{text}»")),
    })
}

/// `1500`, `64k`, `64M`: powers of two.
fn bytes(text: &str) -> Option<u64> {
    let (number, scale) = match text.as_bytes().last()? {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'M' => (&text[..text.len() - 1], 1 << 20),
        _ => (text, 1),
    };
    number.parse::<u64>().ok()?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read() {
        assert_eq!(
            parse("send 64k; # a remark\n; state FIN-WAIT-2; linger 0; end reset"),
            Ok(vec![
                Step::Send(65_536),
                Step::State(State::FinWait2),
                Step::Option(SocketStep::Linger(Some(Duration::ZERO))),
                Step::End(Some("reset".into())),
            ])
        );
        for wrong in ["send", "send x", "close now", "state OPEN", "dance", "into"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
