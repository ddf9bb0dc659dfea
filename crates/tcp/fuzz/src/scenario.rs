//! Any text: it is refused with its place, or read; and what was read prints to a
//! text that reads alike, and is played.

/// Plays an input.
pub fn play(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    match sim::text::parse(text) {
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1);
            let line = text.lines().nth(error.line as usize - 1).unwrap_or("");
            assert!(
                error.column as usize <= line.chars().count() + 1,
                "{error}\n{text}"
            );
        }
        Ok(run) => {
            let printed = sim::text::print(&run);
            let again = sim::text::parse(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
            assert_eq!(again, run, "{printed}");
            if let Ok((trace, violation)) = sim::check::play(&run, 300) {
                // What a text says may make lies believed (edited numbers, protections off): bytes are judged elsewhere.
                assert!(
                    violation
                        .as_ref()
                        .is_none_or(super::operations::may_be_a_lie),
                    "{violation:?}\n{text}"
                );
                let (twice, _) = sim::check::play(&again, 300).expect("it was played before");
                assert_eq!(trace.hash(), twice.hash(), "{text}");
            }
        }
    }
}
