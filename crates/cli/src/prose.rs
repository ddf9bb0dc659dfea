//! What the crates' typed errors say in English.

use formats::link::LinkError;
use sim::text::ParseError;
use sim::world::RunError;

use crate::trouble::Trouble;

/// Something wrong with a run's text.
pub fn parse_error(file: &str, error: &ParseError) -> Trouble {
    Trouble::at(file, error.line, error.column, error.kind.to_string())
}

/// Something wrong with a run whose text was fine.
pub fn run_error(name: &str, error: &RunError) -> Trouble {
    Trouble::new(match error {
        RunError::Addresses => {
            format!("{name}: the hosts' first addresses are not of one IP version")
        }
        RunError::Setting {
            host,
            name: setting,
        } => format!(
            "{name}: host {} cannot have the setting «{setting}» as given",
            host.id()
        ),
    })
}

/// Something wrong with a share link.
pub fn link_error(error: LinkError) -> Trouble {
    Trouble::new(match error {
        LinkError::Newer => "this link was made by a newer playground",
        LinkError::Garbled => "this link is incomplete or was changed on its way",
        LinkError::TooLong => "this link holds more than any run can be",
    })
}
