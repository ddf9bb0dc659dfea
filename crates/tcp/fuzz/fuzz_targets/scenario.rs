//! Any text: it is refused with its place, or read; and what was read prints to a text that reads alike.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match sim::text::parse(text) {
        Err(error) => assert!(error.line >= 1 && error.column >= 1),
        Ok(run) => {
            let printed = sim::text::print(&run);
            let again = sim::text::parse(&printed).unwrap_or_else(|e| panic!("{e}\n{printed}"));
            assert_eq!(sim::text::print(&again), printed);
            let _ = sim::check::play(&run, 300);
        }
    }
});
