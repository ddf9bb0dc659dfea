//! `list`: the scenarios' ids.

use crate::trouble::Trouble;
use crate::{Verdict, output};

/// Prints the ids, in the order in which a course would take them.
pub fn command(mut arguments: lexopt::Parser) -> Result<Verdict, Trouble> {
    if let Some(extra) = arguments.next()? {
        return Err(extra.unexpected().into());
    }
    let lines: String = sim::catalogue::ids().flat_map(|id| [id, "\n"]).collect();
    output::print(lines.as_bytes())?;
    Ok(Verdict::Holds)
}
