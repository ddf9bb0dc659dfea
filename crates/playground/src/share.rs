//! What links and storage hold: the run as text, with what is on screen in
//! comments that other readers of the format pass over.
//!
//! ```text
//! tcp-playground 1
//! …
//! #@ at 150000            the moment shown, in microseconds
//! #@ selected 12          the selected record
//! #@ marks 1 3fa0…        a hash of the trace after each so many records
//! #@ seen 150000          the latest moment that has been looked at
//! #@ done 0 1+ 1          in which branch each thing was done, in order; + where that began the branch
//! #@ branch 0 - 0 name    another branch: its number, its parent's, where it left it, its name …
//! #| tcp-playground 1     … and its run
//! ```

use sim::history::{History, SavedDeed};
use sim::run::Run;
use sim::trace::{RecordId, RecordKind, Trace};
use tcp::time::Instant;
use view::text::push_number;

use crate::acting::hex;
use crate::json::{Failure, Json};
use crate::player::{Notice, Player, changed, read, unplayable};

const NOTE: &str = "#@ ";
const QUOTED: &str = "#|";
/// So many marks tell where a trace first differs.
const MARKS_MAX: usize = 128;
/// How many events are simulated to see whether a link's trace is still the same.
const STEPS_TO_CHECK: u32 = 100_000;

impl Player {
    /// The payload of a link: the present branch, the moment, the selection, the hash.
    #[must_use]
    pub fn share_text(&self) -> String {
        let mut text = self.noted(self.run_text());
        if self.history.end().is_some() {
            let (step, marks) = marks(self.history.trace());
            text.push_str(NOTE);
            text.push_str("marks ");
            push_number(&mut text, step as u64);
            text.push(' ');
            text.push_str(&marks);
            text.push('\n');
        }
        text
    }

    /// A run's text, with the moment and the selection.
    fn noted(&self, mut text: String) -> String {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        note(&mut text, "at", self.playback().position().0);
        if let Some(id) = self.selected() {
            note(&mut text, "selected", id.0.into());
        }
        text
    }

    /// What a page keeps to go on from: the run, the moment, the selection and all branches. It costs what was done, however
    /// long the run is: nothing of the trace is in it.
    #[must_use]
    pub fn snapshot_text(&self) -> String {
        let mut text = self.noted(sim::text::print(self.history.run()));
        note(&mut text, "seen", self.history.seen_until().0);
        let branches = self.history.branches();
        if branches.len() < 2 && branches.iter().all(|info| info.name.is_empty()) {
            return text;
        }
        text.push_str(NOTE);
        text.push_str("done");
        for (place, began) in self.history.deeds() {
            text.push(' ');
            push_number(&mut text, place as u64);
            if began {
                text.push('+');
            }
        }
        text.push('\n');
        for info in branches {
            text.push_str(NOTE);
            text.push_str("branch ");
            push_number(&mut text, info.id.0.into());
            text.push(' ');
            match info.parent {
                Some((parent, time)) => {
                    push_number(&mut text, parent.0.into());
                    text.push(' ');
                    push_number(&mut text, time.0);
                }
                None => text.push_str("- 0"),
            }
            if info.id == self.history.current() {
                text.push_str(" *");
            } else {
                text.push_str(" +");
            }
            text.push_str(&info.name);
            text.push('\n');
            let run = self
                .history
                .run_of(info.id)
                .map(sim::text::print)
                .unwrap_or_default();
            for line in run.lines() {
                text.push_str(QUOTED);
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }

    /// Opens what [`Player::share_text`] or [`Player::snapshot_text`] gave.
    ///
    /// # Errors
    /// As [`Player::from_text`].
    pub fn from_share(payload: &str) -> Result<Player, Failure> {
        let run = read(payload)?;
        let expected = run.trace_hash;
        let notes = Notes::read(payload);
        let mut player = Player::of_history(notes.history(run)?);
        if let Some(expected) = expected {
            let _ = player.history.advance_to_end(STEPS_TO_CHECK);
            if player.history.end().is_some() {
                player.compare_with(expected, &notes);
            }
        }
        if let Some(at) = notes.at {
            player.seek(Instant(at));
        }
        player.select(notes.selected.map(RecordId));
        player.mark(changed::ALL);
        Ok(player)
    }

    fn compare_with(&mut self, expected: u64, notes: &Notes<'_>) {
        let trace = self.history.trace();
        let actual = trace.hash();
        if actual == expected {
            return;
        }
        let difference = notes
            .marks
            .and_then(|(step, marks)| first_unlike(trace, step, marks));
        self.notice = Some(Notice {
            expected,
            actual,
            first_difference: difference,
        });
    }

    /// Where the trace is not the one the payload was made from.
    #[must_use]
    pub fn notice(&self) -> Option<Json> {
        let notice = self.notice.as_ref()?;
        let mut json = Json::object();
        json.text("code", "trace-differs");
        json.text("expected", &hex(notice.expected));
        json.text("actual", &hex(notice.actual));
        json.some("first_difference", notice.first_difference);
        json.end();
        Some(json)
    }
}

fn note(text: &mut String, name: &str, number: u64) {
    text.push_str(NOTE);
    text.push_str(name);
    text.push(' ');
    push_number(text, number);
    text.push('\n');
}

/// One branch of a snapshot.
struct BranchNote {
    id: u32,
    parent: Option<(u32, Instant)>,
    current: bool,
    name: String,
    text: String,
}

#[derive(Default)]
struct Notes<'a> {
    at: Option<u64>,
    selected: Option<u32>,
    marks: Option<(usize, &'a str)>,
    seen: Option<u64>,
    done: Option<Vec<SavedDeed>>,
    branches: Vec<BranchNote>,
}

impl<'a> Notes<'a> {
    /// What the comments say; what cannot be understood says nothing.
    fn read(payload: &'a str) -> Notes<'a> {
        let mut notes = Notes::default();
        for line in payload.lines() {
            if let Some(note) = line.strip_prefix(NOTE) {
                notes.note(note);
            } else if let Some(quoted) = line.strip_prefix(QUOTED)
                && let Some(branch) = notes.branches.last_mut()
            {
                branch.text.push_str(quoted);
                branch.text.push('\n');
            }
        }
        notes
    }

    /// The branches that were noted, or just the run.
    fn history(&self, run: Run) -> Result<History, Failure> {
        let mut branches = Vec::with_capacity(self.branches.len());
        for note in &self.branches {
            let place = |id: u32| self.branches.iter().position(|note| note.id == id);
            let parent = note
                .parent
                .and_then(|(parent, time)| Some((place(parent)?, time)));
            branches.push((read(&note.text)?, parent, note.name.clone()));
        }
        if branches.is_empty() {
            branches.push((run, None, String::new()));
        }
        let current = self
            .branches
            .iter()
            .position(|note| note.current)
            .unwrap_or(0);
        let mut history =
            History::restored(branches, current, self.done.as_deref()).map_err(unplayable)?;
        if let Some(seen) = self.seen {
            history.see_until(Instant(seen));
        }
        Ok(history)
    }

    fn note(&mut self, note: &'a str) {
        let Some((name, rest)) = note.split_once(' ') else {
            return;
        };
        match name {
            "at" => self.at = rest.parse().ok(),
            "seen" => self.seen = rest.parse().ok(),
            "done" => {
                let deed = |word: &str| {
                    let place = word.strip_suffix('+');
                    Some((place.unwrap_or(word).parse().ok()?, place.is_some()))
                };
                self.done = Some(rest.split(' ').filter_map(deed).collect());
            }
            "selected" => self.selected = rest.parse().ok(),
            "marks" => {
                self.marks = rest.split_once(' ').and_then(|(step, marks)| {
                    let step = step.parse().ok().filter(|step| *step > 0)?;
                    Some((step, marks))
                });
            }
            "branch" => {
                let mut words = rest.splitn(4, ' ');
                let Some(id) = words.next().and_then(|word| word.parse().ok()) else {
                    return;
                };
                let parent = words.next().and_then(|word| word.parse().ok());
                let time = words.next().and_then(|word| word.parse().ok());
                let name = words.next().unwrap_or("+");
                self.branches.push(BranchNote {
                    id,
                    parent: parent.zip(time.map(Instant)),
                    current: name.starts_with('*'),
                    name: name.get(1..).unwrap_or_default().to_owned(),
                    text: String::new(),
                });
            }
            _ => {}
        }
    }
}

/// A short hash of the trace after each `step` records, two hex digits each.
fn marks(trace: &Trace) -> (usize, String) {
    let step = trace.len().div_ceil(MARKS_MAX).max(1);
    let mut marks = String::new();
    walk(trace, step, |mark, _| {
        for place in [4, 0] {
            marks.push(char::from_digit(u32::from(mark) >> place & 15, 16).unwrap_or('0'));
        }
        true
    });
    (step, marks)
}

/// The first record of the first stretch whose mark is another.
fn first_unlike(trace: &Trace, step: usize, marks: &str) -> Option<u32> {
    let mut digits = marks.as_bytes().chunks_exact(2);
    let mut found = None;
    walk(trace, step, |mark, first| {
        let there = digits
            .next()
            .and_then(|pair| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok());
        if there != Some(mark) {
            found = Some(first);
        }
        found.is_none()
    });
    found
}

/// Calls `each` with the mark after every `step` records and the first record of that stretch, until it says no.
fn walk(trace: &Trace, step: usize, mut each: impl FnMut(u8, u32) -> bool) {
    let mut hash: u32 = 0x811c_9dc5;
    let mut add = |number: u64| {
        for byte in number.to_le_bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
        hash
    };
    let length = trace.len();
    let mut first = 0;
    for (index, record) in trace.iter().enumerate() {
        add(record.time.0 << 4 | record.place as u64);
        for byte in record.kind.id().bytes() {
            add(byte.into());
        }
        let mut mark = add(record.kind.why().map_or(0, |why| why.id().len() as u64));
        if let RecordKind::Send { .. } = record.kind
            && let Some(sent) = trace.sent(record.id)
        {
            mark = add(u64::from(sent.seq) << 32 | u64::from(sent.ack));
            mark ^= add(u64::from(sent.flags) << 32 | u64::from(sent.datagram_len));
        }
        if (index + 1) % step == 0 || index + 1 == length {
            if !each((mark ^ mark >> 16 ^ mark >> 8) as u8, first) {
                return;
            }
            first = index as u32 + 1;
        }
    }
}
