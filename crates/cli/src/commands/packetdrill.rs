//! `packetdrill`: scripts against the engine, in virtual time.

use std::fs;

use formats::packetdrill::{self, Options};
use tcp::settings::Policy;

use crate::trouble::Trouble;
use crate::{Verdict, output};

/// Where `cargo xtask serve` puts the page.
const PAGE: &str = "http://127.0.0.1:8037/";

/// `packetdrill [options] <script>…`.
pub fn command(mut arguments: lexopt::Parser) -> Result<Verdict, Trouble> {
    use lexopt::prelude::*;
    let mut options = Options::default();
    let (mut explain, mut open) = (false, false);
    let mut page = PAGE.to_owned();
    let mut files = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Value(file) => files.push(file.to_string_lossy().into_owned()),
            Long("explain") => explain = true,
            Long("open") => open = true,
            Long("page") => page = arguments.value()?.to_string_lossy().into_owned(),
            Long("policy") => {
                let word = arguments.value()?.to_string_lossy().into_owned();
                let policy = Policy::from_id(&word)
                    .ok_or_else(|| Trouble::usage(format!("there is no policy «{word}»")))?;
                options.policy = Some(policy);
            }
            Short('D') | Long("define") => {
                let definition = arguments.value()?.to_string_lossy().into_owned();
                let (name, value) = definition.split_once('=').ok_or_else(|| {
                    Trouble::usage(format!("«{definition}» should be NAME=value"))
                })?;
                options
                    .definitions
                    .push((name.to_owned(), value.to_owned()));
            }
            // What packetdrill itself takes on its command line.
            Long(name) => {
                let name = name.to_owned();
                let value = arguments
                    .optional_value()
                    .map(|value| value.to_string_lossy().into_owned());
                let taken = packetdrill::config::Config::default()
                    .option(&name, value.as_deref().unwrap_or(""));
                match taken {
                    Some(true) => options.overrides.push((name, value.unwrap_or_default())),
                    Some(false) => {
                        return Err(Trouble::usage(format!(
                            "--{name} does not take «{}»",
                            value.unwrap_or_default()
                        )));
                    }
                    None => {
                        return Err(Trouble::usage(format!("there is no option --{name}")));
                    }
                }
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if files.is_empty() {
        return Err(Trouble::usage("packetdrill: which script?"));
    }
    let (mut passed, mut failed) = (0, 0);
    for file in &files {
        let bytes = fs::read(file).map_err(|error| Trouble::new(format!("{file}: {error}")))?;
        let text = String::from_utf8_lossy(&bytes);
        let outcome = packetdrill::run(&text, &options);
        for warning in &outcome.warnings {
            eprintln!("{}", warning.text(file, explain));
        }
        match outcome.failure {
            None => {
                passed += 1;
                output::print(format!("ok     {file}\n").as_bytes())?;
            }
            Some(failure) => {
                failed += 1;
                output::print(format!("FAILED {file}\n").as_bytes())?;
                eprintln!("{}", failure.text(file, explain));
            }
        }
        if open {
            // A script that fails is worth looking at too, up to where it does.
            match packetdrill::replay(&text, &options) {
                Ok(run) => {
                    let fragment = formats::link::fragment_of(&sim::text::print(&run));
                    output::print(format!("       {page}#{fragment}\n").as_bytes())?;
                }
                Err(why) => eprintln!("{file}: no link: {why}"),
            }
        }
    }
    output::print(format!("{passed} passed, {failed} failed\n").as_bytes())?;
    Ok(if failed == 0 {
        Verdict::Holds
    } else {
        Verdict::DoesNotHold
    })
}
