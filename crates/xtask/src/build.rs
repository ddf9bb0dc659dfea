//! The page: Rust to wasm, wasm made small, then the page around it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::paths;
use crate::setup::{Need, Setup};
use crate::split;
use crate::steps::{self, Failure, explain};

/// What building the page needs.
pub const NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmPack, Need::PagePackages];

/// A crate that becomes a wasm module in `web/pkg`.
struct Module {
    folder: &'static str,
    name: &'static str,
    /// Whether what the first picture does without is a file of its own.
    split: bool,
}

const MODULES: &[Module] = &[
    Module {
        folder: "crates/playground",
        name: "playground",
        split: true,
    },
    Module {
        folder: "crates/tools",
        name: "tools",
        split: false,
    },
];

impl Module {
    /// The wasm files it ends in.
    fn made(&self) -> Vec<String> {
        let mut files = vec![format!("{}_bg.wasm", self.name)];
        if self.split {
            files.push(format!("{}_rest.wasm", self.name));
        }
        files
    }
}

/// What rustc's wasm uses beyond the first version; all of it is in every browser the page supports.
const FEATURES: &[&str] = &[
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// What makes a module small. Functions that are called from one place stay functions unless they are short: fewer locals
/// a function make bytes that repeat, which gzip likes better than fewer bytes, and what is seldom called can go to the rest.
const SMALL: &[&str] = &[
    "-Oz",
    "--one-caller-inline-max-function-size=40",
    "--converge",
];

/// The scenarios whose texts the first part has; as many as `sim::catalogue` says. The texts of the others are in the rest.
const AT_ONCE: &[&str] = &["three-way-handshake", "four-way-close"];

/// Leaves out what only people would read.
const STRIPPED: &[&str] = &["--strip-debug", "--strip-producers"];

/// Sets up what is missing and builds `web/dist`.
pub fn page() -> Result<(), Failure> {
    Setup::default().ensure(NEEDS)?;
    built_page()
}

/// Builds `web/dist`; what it needs is there.
pub fn built_page() -> Result<(), Failure> {
    for module in MODULES {
        wasm_module(module)?;
    }
    steps::run(
        "building the page (npm run build)",
        "see the message above; `npm run build` in web/ repeats just this step",
        paths::command(paths::find(&["npm", "npm.cmd"]).unwrap_or_else(|| "npm".into()))
            .current_dir(paths::root().join("web"))
            .args(["run", "--silent", "build"]),
    )
}

fn wasm_module(module: &Module) -> Result<(), Failure> {
    let Module { folder, name, .. } = module;
    let raw = paths::target().join("wasm-pack").join(name);
    steps::run(
        &format!("compiling {folder} to wasm (the first time also wasm-bindgen, a few minutes)"),
        "see the compiler's message above",
        paths::command("wasm-pack")
            .args([
                "build",
                folder,
                "--target",
                "web",
                "--profile",
                "page",
                "--no-opt",
                "--no-pack",
            ])
            .args(["--out-name", name, "--out-dir"])
            .arg(&raw),
    )?;
    optimise(&raw, &paths::root().join("web/pkg"), module)
}

/// Copies what wasm-pack made to `package`, the wasm itself made small on the way.
fn optimise(raw: &Path, package: &Path, module: &Module) -> Result<(), Failure> {
    let name = module.name;
    let step = format!("making {name}.wasm small (wasm-opt -Oz)");
    let explained =
        || explain::<std::io::Error>(&step, "is the disk full, or web/pkg not writable?");
    let wasm = format!("{name}_bg.wasm");
    let by = raw.join("optimised-by.txt");
    // Bytes decide, not times: wasm-pack writes its files anew on each run.
    let remembered = raw.join("optimised-from.wasm");
    let bytes = fs::read(raw.join(&wasm)).map_err(explained())?;
    let recipe = recipe().map_err(explained())?;
    fs::create_dir_all(package).map_err(explained())?;
    let there = module
        .made()
        .iter()
        .all(|file| package.join(file).is_file());
    let same = |file: &Path, now: &[u8]| fs::read(file).is_ok_and(|before| before == now);
    if !(there && same(&remembered, &bytes) && same(&by, recipe.as_bytes())) {
        println!("▸ {step}");
        let start = Instant::now();
        small(raw, package, module).map_err(|what| Failure {
            step: step.clone(),
            what,
            advice: "wasm-opt comes with the npm package binaryen; delete web/node_modules and try again".into(),
        })?;
        println!("  {step}: {}", steps::took(start));
        fs::write(&remembered, &bytes).map_err(explained())?;
        fs::write(&by, &recipe).map_err(explained())?;
    }
    // JavaScript that belongs to a crate, which its glue imports by this place. Modules share the folder, each with one of its own in it.
    let snippets = raw.join("snippets");
    if snippets.is_dir() {
        paths::copy_folder(&snippets, &package.join("snippets")).map_err(explained())?;
    }
    for entry in fs::read_dir(raw).map_err(explained())?.flatten() {
        let file = entry.file_name();
        let text = file.to_string_lossy();
        if text.starts_with(name) && !text.contains(".profile.") && text != wasm.as_str() {
            fs::copy(entry.path(), package.join(&file)).map_err(explained())?;
        }
    }
    Ok(())
}

/// All that decides what becomes of a module, beside its bytes.
fn recipe() -> Result<String, std::io::Error> {
    let profile = fs::read_to_string(paths::root().join("web/profile.mjs"))?;
    let sources = [
        include_str!("build.rs"),
        include_str!("data.rs"),
        include_str!("life.rs"),
        include_str!("order.rs"),
        include_str!("outline.rs"),
        include_str!("split.rs"),
        include_str!("tree.rs"),
    ];
    Ok(sources.concat() + &profile)
}

/// The module without what a page has no use for, in one part or two.
fn small(raw: &Path, package: &Path, module: &Module) -> Result<(), String> {
    let work = raw.join("small");
    fs::create_dir_all(&work).map_err(|error| error.to_string())?;
    let file = |name: &str| work.join(name);
    let read =
        |name: &str| fs::read_to_string(file(name)).map_err(|error| format!("{name}: {error}"));
    let write = |name: &str, text: &str| {
        fs::write(file(name), text).map_err(|error| format!("{name}: {error}"))
    };
    let wasm = format!("{}_bg.wasm", module.name);
    let stripped = [SMALL, STRIPPED].concat();
    tool("wasm-dis", &raw.join(&wasm), &file("raw.wat"), &[])?;
    write(
        "silent.wat",
        &split::Module::read(&read("raw.wat")?).silenced(),
    )?;
    tool(
        "wasm-as",
        &file("silent.wat"),
        &file("silent.wasm"),
        &["-g"],
    )?;
    if !module.split {
        return tool(
            "wasm-opt",
            &file("silent.wasm"),
            &file("small.wasm"),
            &stripped,
        )
        .and_then(|()| ordered(&file("small.wasm"), &package.join(&wasm)));
    }
    tool(
        "wasm-opt",
        &file("silent.wasm"),
        &file("whole.wasm"),
        &[SMALL, &["-g"]].concat(),
    )?;
    tool("wasm-dis", &file("whole.wasm"), &file("whole.wat"), &[])?;
    let whole = read("whole.wat")?;
    let whole = split::Module::read(&whole);
    write("profile.wat", &whole.instrumented()?)?;
    tool("wasm-as", &file("profile.wat"), &file("profile.wasm"), &[])?;
    let glue = raw.join(format!("{}.js", module.name));
    let ran = played(&glue, &file("profile.wasm"))?;
    let parts = whole.outlined(&ran)?.split(&later_texts()?);
    let rest = package.join(format!("{}_rest.wasm", module.name));
    write("rest.wat", &parts.rest)?;
    tool("wasm-as", &file("rest.wat"), &file("rest.wasm"), &["-g"])?;
    tool(
        "wasm-opt",
        &file("rest.wasm"),
        &file("rest-small.wasm"),
        &stripped,
    )?;
    ordered(&file("rest-small.wasm"), &rest)?;
    tool("wasm-dis", &rest, &file("rest-small.wat"), &[])?;
    let first = split::without_unneeded(&parts.first, &read("rest-small.wat")?);
    write("first.wat", &first)?;
    tool("wasm-as", &file("first.wat"), &file("first.wasm"), &["-g"])?;
    tool(
        "wasm-opt",
        &file("first.wasm"),
        &file("first-small.wasm"),
        &stripped,
    )?;
    ordered(&file("first-small.wasm"), &package.join(&wasm))?;
    // The first part by itself: if it lacked anything of what it is there for, this would trap.
    played(&glue, &package.join(&wasm)).map(|_| ())
}

/// Plays what the first part is there for; the numbers of what ran, where it says them.
fn played(glue: &Path, wasm: &Path) -> Result<BTreeSet<usize>, String> {
    let profiled = paths::command("node")
        .arg(paths::root().join("web/profile.mjs"))
        .arg(glue)
        .arg(wasm)
        .output()
        .map_err(|error| error.to_string())?;
    if !profiled.status.success() {
        return Err(String::from_utf8_lossy(&profiled.stderr).into_owned());
    }
    Ok(String::from_utf8_lossy(&profiled.stdout)
        .split_whitespace()
        .filter_map(|number| number.parse().ok())
        .collect())
}

/// Scenarios' texts that can come a little later.
fn later_texts() -> Result<Vec<Vec<u8>>, String> {
    let folder = paths::root().join("crates/sim/scenarios");
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .map_err(failed)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .filter(|path| {
            AT_ONCE
                .iter()
                .all(|id| !path.ends_with(format!("{id}.txt")))
        })
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| fs::read(path).map_err(failed))
        .collect()
}

/// The same module in the order that gzip likes.
fn ordered(from: &Path, to: &Path) -> Result<(), String> {
    let text = from.with_extension("wat");
    let sorted = from.with_extension("ordered.wat");
    tool("wasm-dis", from, &text, &[])?;
    let module = fs::read_to_string(&text).map_err(|error| error.to_string())?;
    fs::write(&sorted, split::Module::read(&module).ordered())
        .map_err(|error| error.to_string())?;
    tool("wasm-as", &sorted, to, &[])
}

/// Runs one of binaryen's tools.
fn tool(name: &str, from: &Path, to: &Path, options: &[&str]) -> Result<(), String> {
    let program = paths::root()
        .join("web/node_modules/binaryen/bin")
        .join(name);
    let status = paths::command("node")
        .arg(program)
        .args(FEATURES)
        .args(options)
        .arg(from)
        .arg("-o")
        .arg(to)
        .status()
        .map_err(|error| format!("{name}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} ended with {status}"))
    }
}
