//! Long steps say what they do, how long they took, and what to do when they fail.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// A step that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was being done.
    pub step: String,
    /// What went wrong.
    pub what: String,
    /// What to do about it.
    pub advice: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "✗ {}: {}\n  → {}",
            self.step,
            self.what,
            self.advice.trim_end()
        )
    }
}

/// Turns an error of the operating system into a [`Failure`].
pub fn explain<E: fmt::Display>(step: &str, advice: &str) -> impl FnOnce(E) -> Failure {
    move |error| Failure {
        step: step.into(),
        what: error.to_string(),
        advice: advice.into(),
    }
}

/// Runs a command as one step, its output passing through.
pub fn run(step: &str, advice: &str, command: &mut Command) -> Result<(), Failure> {
    println!("▸ {step}");
    let start = Instant::now();
    let status = command.status().map_err(|error| Failure {
        step: step.into(),
        what: format!("cannot start {:?}: {error}", command.get_program()),
        advice: advice.into(),
    })?;
    if !status.success() {
        return Err(Failure {
            step: step.into(),
            what: format!("{:?} ended with {status}", command.get_program()),
            advice: advice.into(),
        });
    }
    println!("  {step}: {}", took(start));
    Ok(())
}

/// What a step said and how it ended.
pub struct Said {
    /// Standard output and standard error, line by line as they came.
    pub text: String,
    /// Whether it ended with status 0 in time.
    pub success: bool,
    /// How it ended, in words.
    pub ended: String,
}

/// Runs a command as one step; its output passes through and is kept. A
/// command that takes longer than `limit` is ended with all it started.
pub fn listen(step: &str, command: &mut Command, limit: Duration) -> Said {
    println!("▸ {step}");
    let start = Instant::now();
    let said = hear(command, limit, true);
    println!("  {step}: {}, {}", took(start), said.ended);
    said
}

/// Runs a command whose output is only kept; it is ended like [`listen`]'s.
pub fn listen_quietly(command: &mut Command, limit: Duration) -> Said {
    hear(command, limit, false)
}

fn hear(command: &mut Command, limit: Duration, aloud: bool) -> Said {
    let start = Instant::now();
    let mut child = match command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    {
        Ok(child) => child,
        Err(error) => {
            let ended = format!("cannot start {:?}: {error}", command.get_program());
            return Said {
                text: String::new(),
                success: false,
                ended,
            };
        }
    };
    let (sender, receiver) = mpsc::channel::<String>();
    for pipe in [
        child
            .stdout
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut reader = BufReader::new(pipe);
            let mut line = Vec::new();
            while reader
                .read_until(b'\n', &mut line)
                .is_ok_and(|read| read > 0)
            {
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if sender.send(text).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let mut text = String::new();
    let mut timed_out = false;
    loop {
        match receiver.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                if aloud {
                    let mut out = std::io::stdout();
                    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
                }
                text.push_str(&line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            // A process left behind may hold the pipes open: the command's own end counts.
            Err(mpsc::RecvTimeoutError::Timeout) => {
                if !matches!(child.try_wait(), Ok(None)) {
                    break;
                }
                if start.elapsed() > limit {
                    timed_out = true;
                    end_tree(&mut child);
                    break;
                }
            }
        }
    }
    let status = child.wait();
    let success = !timed_out && status.as_ref().is_ok_and(std::process::ExitStatus::success);
    let ended = match status {
        _ if timed_out => format!("ended by us: it took more than {} s", limit.as_secs()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    Said {
        text,
        success,
        ended,
    }
}

/// Ends a process and all its descendants, as far as `ps` shows them.
fn end_tree(child: &mut Child) {
    let table = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output();
    let pairs: Vec<(u32, u32)> = table
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
        })
        .collect();
    let mut doomed = vec![child.id()];
    let mut next = 0;
    while next < doomed.len() {
        let parent = doomed[next];
        doomed.extend(
            pairs
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    for pid in doomed.iter().skip(1) {
        let _ = Command::new("kill").args(["-9", &pid.to_string()]).status();
    }
    let _ = child.kill();
}

pub fn took(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}
