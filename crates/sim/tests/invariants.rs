//! The invariants of `sim::check` over the catalogue; `worlds` looks at them in worlds made at random.

use sim::catalogue;
use sim::check;

/// In these somebody's forged data are believed, or an old duplicate's: that is what they show.
const BELIEVES_LIES: [&str; 3] = ["blind-data", "why-2msl", "isn-reuse"];

#[test]
fn the_catalogue_breaks_no_rule() {
    for id in catalogue::ids().filter(|id| !BELIEVES_LIES.contains(id)) {
        let run = catalogue::run(id).unwrap();
        let (_, violation) = check::play(&run, 100_000).unwrap();
        assert_eq!(violation, None, "{id}");
    }
    for id in BELIEVES_LIES {
        let run = catalogue::run(id).unwrap();
        let (_, violation) = check::play(&run, 100_000).unwrap();
        assert_eq!(
            violation.map(|v| v.rule),
            Some("prefix"),
            "{id}: the lie is not noticed"
        );
    }
}
