//! Calls, and the time that passes while one of them blocks.

use super::super::ast::Call;
use super::super::calls::Returned;
use super::super::report::{self, Failure, Kind};
use super::{Blocked, PATIENCE_US, Runner};

impl Runner {
    pub(super) fn call(&mut self, call: &Call, end: Option<u64>) -> Result<(), Failure> {
        if end.is_some() {
            self.finish_blocked()?;
        }
        let mut operation = self.operation(call)?;
        let returned = self.attempt(&mut operation, call.place)?;
        self.drain();
        let blocked = Blocked {
            place: call.place,
            call: call.clone(),
            operation,
            end,
            started: self.now,
        };
        if let Some(returned) = returned {
            self.finish(&blocked, &returned)?;
            return self.settle();
        }
        if end.is_some() {
            self.blocked = Some(blocked);
            return Ok(());
        }
        // A call that the script does not say to block, and yet it does: only time can help.
        let other = self.blocked.replace(blocked);
        self.finish_blocked()?;
        self.blocked = other;
        self.settle()
    }

    /// Lets time pass until the blocked call has returned.
    pub(super) fn finish_blocked(&mut self) -> Result<(), Failure> {
        while let Some(blocked) = &self.blocked {
            let (place, name, started) =
                (blocked.place, blocked.call.name.clone(), blocked.started);
            match self.next_deadline() {
                Some(due) if due < started + PATIENCE_US => self.timeout(due)?,
                _ => {
                    return Err(Failure::new(
                        Kind::Result,
                        place,
                        format!(
                            "in {name}(): the call blocks, and nothing that is pending lets it return"
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, blocked: &Blocked, returned: &Returned) -> Result<(), Failure> {
        self.check_result(&blocked.call, returned)?;
        if let Some(end) = blocked.end {
            let tolerance = self.tolerance(end);
            if self.now.saturating_add(tolerance) < end || self.now > end.saturating_add(tolerance)
            {
                return Err(Failure::new(
                    Kind::Result,
                    blocked.place,
                    format!(
                        "in time: {}() should have returned at {} s, but did at {} s, tolerance {} s",
                        blocked.call.name,
                        report::seconds(end).trim(),
                        report::seconds(self.now).trim(),
                        report::seconds(tolerance).trim()
                    ),
                ));
            }
        }
        Ok(())
    }
}
