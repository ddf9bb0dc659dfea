//! Standard output and files.

use std::fs;
use std::io::{ErrorKind, Write};

use crate::trouble::Trouble;

/// The name that stands for standard output.
pub const STANDARD: &str = "-";

/// Writes to standard output. A reader that has seen enough (`| head`) is no trouble.
pub fn print(bytes: &[u8]) -> Result<(), Trouble> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Trouble::new(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a file, or standard output for `-`.
pub fn write(file: &str, bytes: &[u8]) -> Result<(), Trouble> {
    if file == STANDARD {
        return print(bytes);
    }
    fs::write(file, bytes).map_err(|error| Trouble::new(format!("{file}: {error}")))
}
