//! The playground's engine in a terminal.
//!
//! Exit status 0: what was asked holds; 1: it does not; 2: unusable input.
// The one exception is the `ioctl` that attaches to a TUN device.
#![deny(unsafe_code)]

mod commands;
mod output;
mod picture;
mod prose;
mod source;
mod trouble;

use std::process::ExitCode;

use crate::trouble::Trouble;

const USAGE: &str = "\
tcp-playground <command>

  list                       the scenarios' ids, one a line
  run <what> [options]       plays a run and prints its ladder
      <what>                 a scenario's id, a file (- for standard input), or a share link
      --seed N               another seed: where all chance comes from
      --until TIME           stop there: 90s, 250ms, 4min …
      --policy P             both hosts read the RFC as rfc, linux, freebsd or letter
      --trace FILE           the trace, a JSON object a line
      --pcapng FILE          a capture: every segment once, when it is put on the link
      --svg FILE             the ladder as a picture
      --mermaid FILE         a Mermaid sequence diagram
                             FILE may be - for standard output; then no ladder is printed
  packetdrill [options] <script>…
                             runs packetdrill scripts against the engine in virtual time
      --policy P             as above; otherwise linux or freebsd, as the script looks
      --explain              says for a script that fails what the engine did, and why
      --open                 adds a link to each: host A is the engine, host B the script
      --page ADDRESS         where the page is, if not where `cargo xtask serve` puts it
      -D NAME=value          a word of the scripts stands for this
      --ip_version=ipv6, --tolerance_usecs=N …
                             what packetdrill itself takes, before what stands in the script
  tun [options]              puts the engine on a TUN device, to talk to this system's own TCP
                             (Linux; tun --help tells more)

Exit status: 0 when what was asked holds, 1 when it does not, 2 on unusable input.
";

/// How a command ended that had usable input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// What was asked holds.
    Holds,
    /// It does not; the command said why.
    DoesNotHold,
}

fn main() -> ExitCode {
    match dispatch(lexopt::Parser::from_env()) {
        Ok(Verdict::Holds) => ExitCode::SUCCESS,
        Ok(Verdict::DoesNotHold) => ExitCode::from(1),
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::from(2)
        }
    }
}

fn dispatch(mut arguments: lexopt::Parser) -> Result<Verdict, Trouble> {
    use lexopt::prelude::*;
    match arguments.next()? {
        Some(Value(command)) => match &*command.to_string_lossy() {
            "list" => commands::list::command(arguments),
            "packetdrill" => commands::packetdrill::command(arguments),
            "run" => commands::run::command(arguments),
            #[cfg(target_os = "linux")]
            "tun" => commands::tun::command(arguments),
            #[cfg(not(target_os = "linux"))]
            "tun" => Err(Trouble::new("tun: there are TUN devices on Linux only")),
            other => Err(Trouble::usage(format!("there is no command «{other}»"))),
        },
        Some(Short('h') | Long("help")) => {
            output::print(USAGE.as_bytes())?;
            Ok(Verdict::Holds)
        }
        Some(Short('V') | Long("version")) => {
            let version = format!("tcp-playground {}\n", sim::run::ENGINE_VERSION);
            output::print(version.as_bytes())?;
            Ok(Verdict::Holds)
        }
        Some(other) => Err(other.unexpected().into()),
        None => Err(Trouble::usage("a command is missing")),
    }
}
