//! What a test shows, written down while it runs: the ids it claims, and every
//! reason and change of state that really came out of a stack.

use std::cell::RefCell;
use std::collections::BTreeSet;

use tcp::event::{Event, EventKind};
use tcp::reason::Reason;
use tcp::stack::Transmit;
use tcp::state::State;

/// A test of these suites, as the requirement table runs it.
#[derive(Clone, Copy)]
pub struct Case {
    /// The module it stands in.
    pub module: &'static str,
    /// Its function's name.
    pub name: &'static str,
    /// The test itself.
    pub run: fn(),
}

/// What came of running one.
#[derive(Clone, Default)]
pub struct Record {
    pub shown: BTreeSet<String>,
    pub reasons: BTreeSet<&'static str>,
    pub transitions: BTreeSet<(State, State)>,
}

thread_local! {
    static RECORD: RefCell<Record> = RefCell::default();
}

/// The running test shows these: `MUST-12`, `arc 7`, `U3`, `T9`, `setting nagle` …
pub fn shows(ids: &str) {
    RECORD.with_borrow_mut(|record| {
        for id in ids.split(',') {
            record.shown.insert(id.trim().to_owned());
        }
    });
}

/// Notes an event a stack gave out.
pub fn event(event: &Event) {
    RECORD.with_borrow_mut(|record| {
        if let EventKind::State { from, to, .. } = event.kind {
            record.transitions.insert((from, to));
        }
        if let Some(reason) = reason_of(event) {
            record.reasons.insert(reason.id());
        }
    });
}

/// Notes why a datagram was sent.
pub fn transmit(transmit: &Transmit) {
    RECORD.with_borrow_mut(|record| record.reasons.insert(transmit.reason.id()));
}

/// The reason an event carries.
pub fn reason_of(event: &Event) -> Option<Reason> {
    match event.kind {
        EventKind::Judged { reason }
        | EventKind::Refused { reason }
        | EventKind::State { reason, .. }
        | EventKind::TimerSet { reason, .. }
        | EventKind::TimerCancelled { reason, .. }
        | EventKind::Limit { reason }
        | EventKind::Report { reason, .. }
        | EventKind::Ended { reason, .. } => Some(reason),
        _ => None,
    }
}

/// Runs one test and answers what it showed.
pub fn of(case: Case) -> Record {
    RECORD.take();
    (case.run)();
    RECORD.take()
}

/// The tests of a module; [`crate::table`] checks that none is left out.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// The tests of this module.
        pub const CASES: &[$crate::record::Case] = &[$($crate::record::Case {
            module: module_path!(),
            name: stringify!($name),
            run: $name,
        }),*];
        /// This file, so that nothing is forgotten above.
        pub const SOURCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../", file!()));
    };
}
pub(crate) use cases;
