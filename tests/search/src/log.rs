//! What a search has found so far, in a file that only grows, so that a search
//! that was killed goes on from its last entry.
//!
//! An entry is what was met since the one before (flights, recipes of ends,
//! situations) and how far the search was then; a check sum at its end tells an
//! entry that was cut off in the middle, which is thrown away. Ends cannot be
//! written down, but what made them can: they are made anew by the engine, in
//! the same order.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::explore::{Explorer, Reach};
use crate::flight::Flight;
use crate::space::{EndId, Recipe, Space};
use crate::world::Packed;

/// The file of one search.
#[derive(Debug)]
pub struct Log {
    file: File,
    path: PathBuf,
    flights: usize,
    ends: usize,
    situations: usize,
}

/// A check sum: FNV-1a over words of eight bytes, and over what is left.
#[must_use]
pub fn sum(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325u64;
    let mut chunks = bytes.chunks_exact(8);
    let mut mix = |word: u64| sum = (sum ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
    for chunk in &mut chunks {
        mix(u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
    }
    for byte in chunks.remainder() {
        mix(u64::from(*byte));
    }
    sum
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(length)?;
        self.0 = tail;
        Some(head)
    }
    fn word(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
    fn long(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}

impl Log {
    /// Opens the file of a search: what is in it, if `version` wrote it, else a search that has not begun.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(path: &Path, config: &Config, version: u64) -> io::Result<(Log, Explorer)> {
        let bytes = fs::read(path).unwrap_or_default();
        let (mut explorer, mut kept) = (Explorer::new(Space::new(config)), 8);
        let ours = bytes.get(..8) == Some(&version.to_le_bytes()[..]);
        if ours {
            kept += restore(&mut explorer, &bytes[8..]);
        }
        drop(bytes);
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        if ours {
            file.set_len(kept as u64)?;
        } else {
            file.set_len(0)?;
        }
        let mut log = Log {
            file,
            path: path.into(),
            flights: explorer.space.flights.all().len(),
            ends: explorer.space.len(),
            // What every search begins with is not written down.
            situations: explorer.known.situations.len(),
        };
        if !ours {
            log.file.write_all(&version.to_le_bytes())?;
        }
        Ok((log, explorer))
    }

    /// Adds what was found since the last entry.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, explorer: &Explorer) -> io::Result<()> {
        let flights = &explorer.space.flights.all()[self.flights..];
        let recipes = &explorer.space.recipes()[self.ends..];
        let situations = &explorer.known.situations[self.situations..];
        let parents = &explorer.known.parents[self.situations..];
        let mut entry = Vec::with_capacity(28 * situations.len() + 1000);
        for count in [flights.len(), recipes.len(), situations.len()] {
            entry.extend((count as u32).to_le_bytes());
        }
        for flight in flights {
            entry.extend([flight.tag, flight.bytes.len() as u8]);
            entry.extend(&*flight.bytes);
        }
        for recipe in recipes {
            entry.extend(recipe.from.0.to_le_bytes());
            entry.extend(recipe.input.to_le_bytes());
        }
        for (situation, parent) in situations.iter().zip(parents) {
            entry.extend(situation.bytes());
            entry.extend(parent.to_le_bytes());
        }
        let reach = &explorer.reach;
        for number in [
            reach.looked_at,
            reach.steps,
            reach.depth,
            reach.deeper,
            reach.healed,
            reach.revived,
            reach.milliseconds,
        ] {
            entry.extend(number.to_le_bytes());
        }
        self.file.write_all(&(entry.len() as u64).to_le_bytes())?;
        self.file.write_all(&entry)?;
        self.file.write_all(&sum(&entry).to_le_bytes())?;
        self.flights += flights.len();
        self.ends += recipes.len();
        self.situations += situations.len();
        Ok(())
    }

    /// The search is over: the file is not needed any more.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn remove(self) -> io::Result<()> {
        drop(self.file);
        fs::remove_file(self.path)
    }
}

/// Takes up every whole entry; answers how many bytes these are.
fn restore(explorer: &mut Explorer, bytes: &[u8]) -> usize {
    let mut reader = Reader(bytes);
    let mut used = 0;
    loop {
        let entry = reader
            .long()
            .and_then(|length| reader.take(usize::try_from(length).ok()?));
        let (Some(entry), Some(check)) = (entry, reader.long()) else {
            return used;
        };
        if sum(entry) != check || take(explorer, entry).is_none() {
            return used;
        }
        used = bytes.len() - reader.0.len();
    }
}

/// One entry. The check sum was right, so that nothing is missing in it.
fn take(explorer: &mut Explorer, entry: &[u8]) -> Option<()> {
    let mut reader = Reader(entry);
    let counts = [reader.word()?, reader.word()?, reader.word()?];
    for _ in 0..counts[0] {
        let head = reader.take(2)?;
        let (tag, length) = (head[0], usize::from(head[1]));
        explorer
            .space
            .flights
            .number(Flight::new(tag, reader.take(length)?));
    }
    for _ in 0..counts[1] {
        let (from, input) = (EndId(reader.word()?), reader.word()?);
        let at = explorer.space.len();
        let recipe = Recipe { from, input };
        assert!(
            explorer.space.cook(recipe),
            "end {at} is not made by {recipe:?}"
        );
    }
    for _ in 0..counts[2] {
        let situation = Packed::of_bytes(reader.take(Packed::SIZE)?.try_into().ok()?);
        let parent = reader.word()?;
        explorer.known.meet(situation, parent);
    }
    explorer.reach = Reach {
        looked_at: reader.long()?,
        steps: reader.long()?,
        depth: reader.long()?,
        deeper: reader.long()?,
        healed: reader.long()?,
        revived: reader.long()?,
        milliseconds: reader.long()?,
    };
    Some(())
}
