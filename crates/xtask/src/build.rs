//! The page: Rust to wasm, wasm made small, then the page around it.

use std::fs;
use std::path::Path;

use crate::paths;
use crate::setup::{Need, Setup};
use crate::steps::{self, Failure, explain};

/// What building the page needs.
pub const NEEDS: &[Need] = &[Need::WasmTarget, Need::WasmPack, Need::PagePackages];

/// The crates that become wasm modules in `web/pkg`, with the modules' names.
const MODULES: &[(&str, &str)] = &[
    ("crates/playground", "playground"),
    ("crates/tools", "tools"),
];

/// Sets up what is missing and builds `web/dist`.
pub fn page() -> Result<(), Failure> {
    Setup::default().ensure(NEEDS)?;
    built_page()
}

/// Builds `web/dist`; what it needs is there.
pub fn built_page() -> Result<(), Failure> {
    for (folder, name) in MODULES {
        wasm_module(folder, name)?;
    }
    steps::run(
        "building the page (npm run build)",
        "see the message above; `npm run build` in web/ repeats just this step",
        paths::command(paths::find(&["npm", "npm.cmd"]).unwrap_or_else(|| "npm".into()))
            .current_dir(paths::root().join("web"))
            .args(["run", "--silent", "build"]),
    )
}

fn wasm_module(folder: &str, name: &str) -> Result<(), Failure> {
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
    optimise(&raw, &paths::root().join("web/pkg"), name)
}

/// Copies what wasm-pack made to `package`, the wasm itself made small on the way.
fn optimise(raw: &Path, package: &Path, name: &str) -> Result<(), Failure> {
    let step = format!("making {name}.wasm small (wasm-opt -Oz)");
    let explained =
        || explain::<std::io::Error>(&step, "is the disk full, or web/pkg not writable?");
    let module = format!("{name}_bg.wasm");
    let (from, to) = (raw.join(&module), package.join(&module));
    // Bytes decide, not times: wasm-pack writes its files anew on each run.
    let remembered = raw.join("optimised-from.wasm");
    let bytes = fs::read(&from).map_err(explained())?;
    fs::create_dir_all(package).map_err(explained())?;
    if !(to.is_file() && fs::read(&remembered).is_ok_and(|before| before == bytes)) {
        let wasm_opt = paths::root().join("web/node_modules/binaryen/bin/wasm-opt");
        steps::run(
            &step,
            "wasm-opt comes with the npm package binaryen; delete web/node_modules and try again",
            paths::command("node")
                .arg(wasm_opt)
                .args(["-Oz", "--strip-debug", "--strip-producers"])
                .arg(&from)
                .arg("-o")
                .arg(&to),
        )?;
        fs::write(&remembered, &bytes).map_err(explained())?;
    }
    for entry in fs::read_dir(raw).map_err(explained())?.flatten() {
        let file = entry.file_name();
        let text = file.to_string_lossy();
        if text.starts_with(name) && text != module.as_str() {
            fs::copy(entry.path(), package.join(&file)).map_err(explained())?;
        }
    }
    Ok(())
}
