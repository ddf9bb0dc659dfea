//! The time axis at the left edge: round times where time is to scale. What is
//! folded says its own length.

use super::Stage;
use crate::display::{Anchor, Subject, TextStyle, point};
use crate::ink::Ink;
use crate::text::push_number;

/// More ticks than this no screen has room for.
const TICKS_MAX: usize = 200;
const TICK: f32 = 4.0;
/// Labels are at least so many line heights apart.
const LINES_APART: f32 = 3.4;

/// The smallest of 1, 2, 5, 10, 20 … that is not below `least`.
pub(crate) fn round_step(least: u64) -> u64 {
    let mut power = 1u64;
    loop {
        for factor in [1, 2, 5] {
            if power.saturating_mul(factor) >= least {
                return power.saturating_mul(factor);
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A multiple of `step_us` in seconds, with as many decimals as steps need.
pub(crate) fn push_seconds(text: &mut String, time_us: u64, step_us: u64) {
    push_number(text, time_us / 1_000_000);
    let mut rest = time_us % 1_000_000;
    let mut unit = 100_000;
    let mut step = step_us % 1_000_000;
    if step > 0 {
        text.push('.');
        while step > 0 {
            push_number(text, rest / unit);
            rest %= unit;
            step %= unit;
            unit = (unit / 10).max(1);
        }
    }
}

impl Stage<'_> {
    pub(super) fn axis(&mut self) {
        let layout = self.layout;
        if layout.axis_width == 0.0 {
            return;
        }
        let map = &self.frame.score.time;
        let font = layout.small;
        // How long so many pixels of activity are; `unit` is `UNIT_PX` high.
        let apart = font.size() * LINES_APART;
        let least = map.unit().0 as f32 * apart / (crate::time_map::UNIT_PX * self.zoom);
        let step = round_step((least as u64).max(1));
        let (top, bottom) = (layout.head - self.shift, layout.height - self.shift);
        let folds: Vec<(f32, f32)> = map
            .folds_in(top, bottom, self.zoom, 256)
            .map(|fold| (fold.top + self.shift, fold.bottom + self.shift))
            .collect();
        let x = layout.axis_width;
        let mut text = String::new();
        let mut next = self.from.div_ceil(step) * step;
        let mut last = f32::MIN;
        for _ in 0..TICKS_MAX {
            if next > self.to {
                break;
            }
            let y = self.y_time(next);
            if let Some((_, below)) = folds.iter().find(|(above, below)| *above < y && y < *below) {
                let after = map.time_at(below - self.shift, self.zoom).0;
                next = (after.div_ceil(step) * step).max(next + step);
                continue;
            }
            if y - last >= apart * 0.6 && y > layout.head + font.size() * 0.6 {
                last = y;
                self.list.line(
                    point(x - TICK, y),
                    point(x, y),
                    1.0,
                    Ink::Lifeline,
                    255,
                    Subject::None,
                );
                text.clear();
                push_seconds(&mut text, next, step);
                self.list.write(
                    &text,
                    point(x - TICK - 3.0, y),
                    TextStyle::new(font, Anchor::End),
                    Ink::Muted,
                    Subject::None,
                );
            }
            next += step;
        }
    }
}

#[cfg(test)]
#[path = "axis_tests.rs"]
mod tests;
