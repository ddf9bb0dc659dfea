//! The page's side: text in, text out. `web/src/tools/engine.d.ts` declares the same surface with its types.

use tcp::time::Instant;
use wasm_bindgen::prelude::*;

use crate::export::{self, Played};
use crate::script;
use formats::packetdrill::{Found, Unreplayed, What};

/// How a packetdrill script went.
#[wasm_bindgen]
pub struct Outcome(script::Outcome);

#[wasm_bindgen]
#[allow(missing_docs)] // Each is said in engine.d.ts, and at what it reads.
impl Outcome {
    #[wasm_bindgen(getter)]
    pub fn run(&self) -> Option<String> {
        self.0.run.as_ref().ok().cloned()
    }
    /// The packet from which on the run would be another, counted from 1; 0 where there is nothing to replay.
    #[wasm_bindgen(getter)]
    pub fn differs(&self) -> u32 {
        match self.0.run {
            Err(Unreplayed::Differs(nth)) => nth as u32,
            _ => 0,
        }
    }
    #[wasm_bindgen(getter)]
    pub fn passed(&self) -> bool {
        self.0.passed
    }
    #[wasm_bindgen(getter)]
    pub fn dialect(&self) -> String {
        self.0.dialect.id().to_owned()
    }
    #[wasm_bindgen(getter)]
    pub fn policy(&self) -> String {
        self.0.policy.id().to_owned()
    }
    #[wasm_bindgen(getter)]
    pub fn packets(&self) -> u32 {
        self.0.packets as u32
    }
    #[wasm_bindgen(getter)]
    pub fn failures(&self) -> Vec<Failure> {
        self.0.failures.iter().cloned().map(Failure).collect()
    }
}

/// What does not hold.
#[wasm_bindgen]
pub struct Failure(formats::packetdrill::Failure);

#[wasm_bindgen]
#[allow(missing_docs)]
impl Failure {
    #[wasm_bindgen(getter)]
    pub fn kind(&self) -> String {
        self.0.kind.id().to_owned()
    }
    #[wasm_bindgen(getter)]
    pub fn line(&self) -> u32 {
        self.0.place.line
    }
    #[wasm_bindgen(getter)]
    pub fn column(&self) -> u32 {
        self.0.place.column
    }
    #[wasm_bindgen(getter)]
    pub fn message(&self) -> String {
        self.0.message.clone()
    }
    /// What should have stood there: an id, or the sign itself.
    #[wasm_bindgen(getter)]
    pub fn wanted(&self) -> Option<String> {
        let wanted = self.0.wanted.as_ref()?;
        Some(match wanted.what {
            What::Sign(_) => wanted.what.to_string(),
            what => what.id().to_owned(),
        })
    }
    /// What stands there: an id, or what is written.
    #[wasm_bindgen(getter)]
    pub fn found(&self) -> Option<String> {
        let wanted = self.0.wanted.as_ref()?;
        Some(match &wanted.found {
            Found::Written(_) => wanted.found.to_string(),
            found => found.id().to_owned(),
        })
    }
    #[wasm_bindgen(getter)]
    pub fn expected(&self) -> Option<String> {
        self.0
            .packets
            .as_ref()
            .map(|(expected, _)| expected.clone())
    }
    #[wasm_bindgen(getter)]
    pub fn actual(&self) -> Option<String> {
        self.0.packets.as_ref().map(|(_, actual)| actual.clone())
    }
    #[wasm_bindgen(getter)]
    pub fn reason(&self) -> Option<String> {
        self.0.reason.map(|reason| reason.id().to_owned())
    }
    #[wasm_bindgen(getter)]
    pub fn log(&self) -> Vec<String> {
        self.0.reasons.clone()
    }
}

/// Runs a script.
#[wasm_bindgen]
pub fn packetdrill(text: &str, dialect: &str, policy: &str) -> Outcome {
    Outcome(script::run(text, dialect, policy))
}

/// A run as a file: `pcapng`, `jsonl`, `mermaid`, `svg` or `text`, the last two up to a moment.
#[wasm_bindgen]
pub fn exported(
    run: &str,
    form: &str,
    until_us: f64,
    absolute: bool,
    kernel_names: bool,
) -> Option<Vec<u8>> {
    let mut played = Played::read(run)?;
    // The conversion saturates, and makes 0 of NaN.
    let until = Instant(until_us as u64);
    let options = export::options(absolute, kernel_names);
    Some(match form {
        "pcapng" => played.pcapng(),
        "jsonl" => played.json_lines().into_bytes(),
        "mermaid" => played.mermaid().into_bytes(),
        "svg" => played.ladder_svg(until, &options).into_bytes(),
        "text" => played.ladder_text(until, &options).into_bytes(),
        _ => return None,
    })
}
