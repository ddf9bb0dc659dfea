//! What a fresh machine lacks, each installed only when missing.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::paths;
use crate::steps::{self, Failure, explain};

/// The wasm-pack that is installed when none, or an older one, is there.
const WASM_PACK: &str = "0.15.1";
/// The other tools that cargo installs.
const CARGO_FUZZ: &str = "0.13.2";
const CARGO_MUTANTS: &str = "27.1.0";
const CARGO_LLVM_COV: &str = "0.9.1";

/// Something a build or a suite cannot do without.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Need {
    /// The standard library for wasm32-unknown-unknown.
    WasmTarget,
    /// wasm-pack.
    WasmPack,
    /// Node.js 20 or newer, and the page's npm packages.
    PagePackages,
    /// The browser suite's npm packages.
    BrowserPackages,
    /// Chromium and ChromeDriver.
    Chromium,
    /// Firefox, for the few specs that look at the page in a second engine.
    Firefox,
    /// A font with Korean glyphs, for the page's pictures.
    KoreanFont,
    /// tshark, the judge of our captures.
    Tshark,
    /// What the suites against the kernel's own TCP use: network namespaces, `ss`, and other programs' sockets.
    KernelPeers,
    /// A nightly toolchain (which is never installed by us) and cargo-fuzz.
    Fuzzer,
    /// cargo-mutants.
    Mutants,
    /// cargo-llvm-cov and the LLVM tools of this toolchain.
    Coverage,
}

/// What has been looked for so far, and what came of it.
#[derive(Default)]
pub struct Setup {
    looked: BTreeMap<Need, Result<(), Failure>>,
}

impl Setup {
    /// Makes sure that all of these are there, trying for each once; answers
    /// the first that cannot be had.
    pub fn ensure(&mut self, needs: &[Need]) -> Result<(), Failure> {
        self.install_system_packages(needs);
        for need in needs {
            self.looked.entry(*need).or_insert_with(|| provide(*need));
        }
        needs.iter().try_for_each(|need| self.looked[need].clone())
    }

    /// All missing system packages in one go, where apt-get and the right to use it are there.
    fn install_system_packages(&self, needs: &[Need]) {
        let missing: Vec<&str> = needs
            .iter()
            .filter(|need| !self.looked.contains_key(need) && !present(**need))
            .flat_map(|need| need.debian_packages())
            .copied()
            .collect();
        if missing.is_empty() {
            return;
        }
        let Some(apt_get) = apt_get() else { return };
        let command = |arguments: &[&str]| {
            let mut command = paths::command(apt_get[0]);
            command
                .args(&apt_get[1..])
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        // What is still missing afterwards is told with its own advice.
        for (step, mut command) in [
            (
                "fetching the lists of Debian packages".to_owned(),
                command(&["update", "-q"]),
            ),
            (
                format!("installing {} through apt-get", missing.join(", ")),
                command(
                    &[
                        &["install", "-y", "-q", "--no-install-recommends"],
                        &missing[..],
                    ]
                    .concat(),
                ),
            ),
        ] {
            if let Err(failure) = steps::run(&step, "see apt-get's message above", &mut command) {
                eprintln!("{failure}");
            }
        }
    }
}

impl Need {
    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Need::Chromium => &["chromium", "chromium-driver"],
            Need::Firefox => &["firefox-esr"],
            Need::KoreanFont => &["fonts-noto-cjk", "fontconfig"],
            Need::Tshark => &["tshark"],
            // There is nothing of the kind elsewhere.
            Need::KernelPeers if cfg!(target_os = "linux") => {
                &["iproute2", "python3", "netcat-openbsd", "curl"]
            }
            _ => &[],
        }
    }
}

/// `apt-get`, as root or through a sudo that asks nothing.
fn apt_get() -> Option<Vec<&'static str>> {
    paths::find(&["apt-get"])?;
    if says("id", &["-u"]).is_some_and(|id| id.trim() == "0") {
        return Some(vec!["apt-get"]);
    }
    says("sudo", &["-n", "true"])
        .map(|_| vec!["sudo", "-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
}

/// Whether a need of the system's is met already.
fn present(need: Need) -> bool {
    match need {
        Need::Chromium => paths::chromium().is_some() && paths::chromedriver().is_some(),
        Need::Firefox => paths::firefox().is_some(),
        Need::KoreanFont => {
            says("fc-list", &[":lang=ko"]).is_some_and(|fonts| !fonts.trim().is_empty())
        }
        Need::Tshark => paths::find(&["tshark"]).is_some(),
        Need::KernelPeers => ["ip", "ss", "python3", "nc", "curl"]
            .iter()
            .all(|tool| paths::find(&[tool]).is_some()),
        _ => true,
    }
}

fn provide(need: Need) -> Result<(), Failure> {
    match need {
        Need::WasmTarget => wasm_target(),
        Need::WasmPack => wasm_pack(),
        Need::PagePackages => node().and_then(|()| npm_packages("web")),
        Need::BrowserPackages => node().and_then(|()| npm_packages("tests/browser")),
        Need::Chromium => or_tell(
            need,
            "Chromium and ChromeDriver, of one version",
            "install both (Debian: apt-get install chromium chromium-driver), or name them in the variables CHROMIUM and CHROMEDRIVER",
        ),
        // The page works without it; only pictures of the Korean page would show boxes.
        Need::KoreanFont => {
            if !present(need) {
                println!(
                    "  no font with Korean glyphs was found (Debian: apt-get install fonts-noto-cjk); pictures of the Korean page will show boxes"
                );
            }
            Ok(())
        }
        Need::Fuzzer => fuzzer(),
        Need::Mutants => cargo_tool("cargo-mutants", "mutants", CARGO_MUTANTS),
        Need::Coverage => {
            llvm_tools().and_then(|()| cargo_tool("cargo-llvm-cov", "llvm-cov", CARGO_LLVM_COV))
        }
        // The suites that need these say themselves what they skip.
        Need::Firefox | Need::Tshark | Need::KernelPeers => {
            if !present(need) {
                let packages = need.debian_packages().join(" ");
                println!(
                    "  some of {packages} (Debian's names) was not found; what needs it will be skipped"
                );
            }
            Ok(())
        }
    }
}

fn or_tell(need: Need, what: &str, advice: &str) -> Result<(), Failure> {
    if present(need) {
        return Ok(());
    }
    Err(Failure {
        step: format!("looking for {what}"),
        what: "not found, and not to be had through apt-get".into(),
        advice: advice.into(),
    })
}

fn wasm_target() -> Result<(), Failure> {
    let arguments = [
        "--print",
        "target-libdir",
        "--target",
        "wasm32-unknown-unknown",
    ];
    if says("rustc", &arguments).is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    steps::run(
        "adding Rust's wasm target",
        "add the target wasm32-unknown-unknown to this Rust by hand; with rustup: rustup target add wasm32-unknown-unknown",
        paths::command("rustup").args(["target", "add", "wasm32-unknown-unknown"]),
    )
}

fn wasm_pack() -> Result<(), Failure> {
    if says("wasm-pack", &["--version"]).is_some_and(|said| version(&said) >= version(WASM_PACK)) {
        return Ok(());
    }
    cargo_install("wasm-pack", WASM_PACK)
}

/// A subcommand of cargo's, of that version or a newer one.
fn cargo_tool(package: &str, subcommand: &str, wanted: &str) -> Result<(), Failure> {
    if says(package, &[subcommand, "--version"])
        .is_some_and(|said| version(&said) >= version(wanted))
    {
        return Ok(());
    }
    cargo_install(package, wanted)
}

fn cargo_install(package: &str, wanted: &str) -> Result<(), Failure> {
    steps::run(
        &format!("installing {package} {wanted} with cargo (a few minutes, once)"),
        &format!(
            "run `cargo install {package} --locked --version {wanted}` by hand and see what it lacks"
        ),
        paths::cargo()
            // Outside the workspace, so that its settings do not reach in.
            .current_dir(std::env::temp_dir())
            .args(["install", package, "--locked", "--version", wanted]),
    )
}

fn fuzzer() -> Result<(), Failure> {
    // Asking for a toolchain by name would make rustup fetch it.
    let there = says("rustup", &["toolchain", "list"])
        .is_some_and(|list| list.lines().any(|line| line.starts_with("nightly-")));
    if !there {
        return Err(Failure {
            step: "looking for a nightly toolchain".into(),
            what: "no nightly toolchain".into(),
            advice: "rustup toolchain install nightly".into(),
        });
    }
    let said = nightly("cargo").args(["fuzz", "--version"]).output();
    if said.is_ok_and(|said| version(&String::from_utf8_lossy(&said.stdout)) >= version(CARGO_FUZZ))
    {
        return Ok(());
    }
    cargo_install("cargo-fuzz", CARGO_FUZZ)
}

/// A program of the nightly toolchain, whichever one runs us.
pub fn nightly(program: &str) -> Command {
    let mut command = paths::command("rustup");
    command
        .args(["run", "nightly", program])
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

fn llvm_tools() -> Result<(), Failure> {
    let folder = says("rustc", &["--print", "target-libdir"]).unwrap_or_default();
    let tools = Path::new(folder.trim()).with_file_name("bin");
    if tools.join("llvm-profdata").is_file() || tools.join("llvm-profdata.exe").is_file() {
        return Ok(());
    }
    steps::run(
        "adding LLVM's tools to this toolchain",
        "add them by hand: rustup component add llvm-tools",
        paths::command("rustup").args(["component", "add", "llvm-tools"]),
    )
}

fn node() -> Result<(), Failure> {
    let said = says("node", &["--version"]).unwrap_or_default();
    if version(&said) >= [20, 0, 0] {
        return Ok(());
    }
    Err(Failure {
        step: "looking for Node.js 20 or newer".into(),
        what: if said.is_empty() {
            "not found".into()
        } else {
            format!("found {}", said.trim())
        },
        advice: "install Node.js 20 or newer, with npm (https://nodejs.org)".into(),
    })
}

/// `npm ci` in `folder`, unless what its lock file names was installed before.
fn npm_packages(folder: &str) -> Result<(), Failure> {
    let place = paths::root().join(folder);
    let lock = place.join("package-lock.json");
    let stamp = place.join("node_modules/.installed-from");
    let step = format!("installing the npm packages of {folder}/");
    let wanted = fs::read(&lock).map_err(explain(
        &step,
        "the repository should have this folder's package-lock.json",
    ))?;
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = paths::find(&["npm", "npm.cmd"]).ok_or_else(|| Failure {
        step: step.clone(),
        what: "npm not found".into(),
        advice: "install npm; it comes with Node.js (Debian: apt-get install npm)".into(),
    })?;
    steps::run(
        &step,
        "see npm's message above; is the npm registry reachable?",
        paths::command(npm)
            .current_dir(&place)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )?;
    fs::write(&stamp, wanted).map_err(explain(&step, "is the disk full?"))
}

/// What a program says on standard output, if it is there and ends well.
fn says(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command: Command = paths::command(program);
    let output = command.args(arguments).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first three numbers in what a program says of its version.
fn version(said: &str) -> [u32; 3] {
    let mut numbers = said
        .split(|character: char| !character.is_ascii_digit())
        .filter(|digits| !digits.is_empty())
        .map(|digits| digits.parse().unwrap_or(0));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}
