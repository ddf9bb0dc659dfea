//! What `run` is given: a scenario's id, a file, or a share link.

use std::fs;
use std::io::Read as _;

use sim::run::Run;

use crate::output::STANDARD;
use crate::prose;
use crate::trouble::Trouble;

/// A run, and what to call it in messages.
pub struct Source {
    pub name: String,
    pub run: Run,
}

/// Finds out what is meant, and reads it.
pub fn read(given: &str) -> Result<Source, Trouble> {
    if let Some(text) = formats::link::text_of(given) {
        let text = text.map_err(prose::link_error)?;
        return parsed("the link's run", &text);
    }
    if let Some(run) = sim::catalogue::run(scenario_in_address(given).unwrap_or(given)) {
        return Ok(Source {
            name: given.into(),
            run,
        });
    }
    if given == STANDARD {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        read.map_err(|error| Trouble::new(format!("standard input: {error}")))?;
        return parsed("standard input", text_of(given, &bytes)?);
    }
    match fs::read(given) {
        Ok(bytes) => parsed(given, text_of(given, &bytes)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(unknown(given)),
        Err(error) => Err(Trouble::new(format!("{given}: {error}"))),
    }
}

fn parsed(name: &str, text: &str) -> Result<Source, Trouble> {
    let run = sim::text::parse(text).map_err(|error| prose::parse_error(name, &error))?;
    Ok(Source {
        name: name.into(),
        run,
    })
}

/// Bytes as UTF-8, or the place of the first that is none.
fn text_of<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, Trouble> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let line = good.matches('\n').count() + 1;
        let column = good
            .rsplit('\n')
            .next()
            .map_or(0, |rest| rest.chars().count())
            + 1;
        Trouble::at(name, line as u32, column as u32, "this byte is no UTF-8")
    })
}

/// The id in `…?scenario=id`, as the page's own address has it.
fn scenario_in_address(given: &str) -> Option<&str> {
    let (_, query) = given.split_once('?')?;
    let query = query.split('#').next()?;
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("scenario="))
}

fn unknown(given: &str) -> Trouble {
    let near = sim::catalogue::ids()
        .map(|id| (distance(id, given), id))
        .min()
        .filter(|(distance, _)| *distance <= 4);
    let hint = near.map_or_else(
        || "`tcp-playground list` prints the scenarios".to_owned(),
        |(_, id)| format!("did you mean «{id}»?"),
    );
    Trouble::new(format!(
        "«{given}» is no scenario, no file and no share link; {hint}"
    ))
}

/// How many letters one would have to change, add or leave out.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, theirs) in other.iter().enumerate() {
            let cost = usize::from(letter != *theirs);
            let best = (before + cost).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("three-way-close", "three-way-clsoe"), 2);
        assert_eq!(distance("", "xyz"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn places_of_bad_bytes() {
        assert_eq!(text_of("f", "é\n".as_bytes()), Ok("é\n"));
        assert_eq!(
            text_of("f", b"a\n\xc3\xa9b\xff"),
            Err(Trouble::at("f", 2, 3, "this byte is no UTF-8"))
        );
    }

    #[test]
    fn an_address_may_name_a_scenario() {
        assert_eq!(
            scenario_in_address("http://h/embed.html?lang=ko&scenario=abort#x"),
            Some("abort")
        );
        assert_eq!(scenario_in_address("abort"), None);
    }
}
