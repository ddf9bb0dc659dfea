//! `bench` and `search`: long work that `test` only samples.

use crate::steps::Failure;
use crate::usage;

/// What can be measured: its name, and the steps that measure it.
type Bench = (&'static str, fn() -> Result<(), Failure>);

const BENCHES: &[Bench] = &[];

/// `bench [engine|sim|page]`.
pub fn bench(arguments: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = arguments
        .iter()
        .find(|name| BENCHES.iter().all(|(bench, _)| bench != name))
    {
        return Err(usage(&format!("there is no bench «{unknown}» yet")));
    }
    if BENCHES.is_empty() {
        return Err(usage("there is no bench yet"));
    }
    BENCHES
        .iter()
        .filter(|(name, _)| arguments.is_empty() || arguments.iter().any(|given| given == name))
        .try_for_each(|(_, run)| run())
}

/// `search [args…]`.
pub fn search(_arguments: &[String]) -> Result<(), Failure> {
    Err(usage("there is no search yet"))
}
