//! Where things are, and which tools there are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's top folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask is two levels below the top")
        .to_path_buf()
}

/// Where cargo builds, whatever `CARGO_TARGET_DIR` and configuration say: the
/// running program lies in a profile's folder of it.
pub fn target() -> PathBuf {
    env::current_exe()
        .ok()
        .and_then(|exe| exe.ancestors().nth(2).map(Path::to_path_buf))
        .unwrap_or_else(|| root().join("target"))
}

/// Where `cargo install` puts programs; not always on the PATH of a fresh machine.
pub fn cargo_bin() -> Option<PathBuf> {
    if let Some(home) = env::var_os("CARGO_HOME") {
        return Some(PathBuf::from(home).join("bin"));
    }
    let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"))?;
    Some(PathBuf::from(home).join(".cargo/bin"))
}

/// The PATH children get: ours, and cargo's own folder after it.
pub fn search_path() -> std::ffi::OsString {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(cargo_bin());
    env::join_paths(folders).unwrap_or(path)
}

/// The full path of the first of these programs that is there.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = search_path();
    names.iter().find_map(|name| {
        if Path::new(name).is_absolute() {
            return Path::new(name).is_file().then(|| PathBuf::from(name));
        }
        env::split_paths(&path)
            .flat_map(|folder| {
                let file = folder.join(name);
                [file.with_extension("exe"), file]
            })
            .find(|file| file.is_file())
    })
}

/// A command run in the top folder, with cargo's folder on its PATH and no standard input.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env("PATH", search_path())
        .stdin(std::process::Stdio::null());
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Chromium (or Chrome), or what `CHROMIUM` names.
pub fn chromium() -> Option<PathBuf> {
    if let Some(given) = env::var_os("CHROMIUM") {
        return Some(given.into());
    }
    find(&[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ])
}

/// Firefox, or what `FIREFOX` names.
pub fn firefox() -> Option<PathBuf> {
    if let Some(given) = env::var_os("FIREFOX") {
        return Some(given.into());
    }
    find(&[
        "firefox-esr",
        "firefox",
        "/Applications/Firefox.app/Contents/MacOS/firefox",
    ])
}

/// ChromeDriver, or what `CHROMEDRIVER` names.
pub fn chromedriver() -> Option<PathBuf> {
    if let Some(given) = env::var_os("CHROMEDRIVER") {
        return Some(given.into());
    }
    find(&["chromedriver"])
}

/// Copies a folder and all that is in it into another, which it makes where there is none.
pub fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}
