//! worker-build and wasm-bindgen, compiled once a version and kept for every clone of this user.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process::{command, step};

/// The installed programs.
pub(crate) struct Tools {
    pub(crate) worker_build: PathBuf,
    pub(crate) wasm_bindgen: PathBuf,
    /// Changes when either does.
    pub(crate) version: String,
}

/// Installs both tools in the versions that `Cargo.lock` asks for: wasm-bindgen's crate and its tool must be of one
/// version, and so must worker and worker-build.
pub(crate) fn install(root: &Path, cache: &Path) -> Result<Tools> {
    let lock = fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = |package| {
        locked_version(&lock, package).with_context(|| format!("{package} is not in Cargo.lock"))
    };
    let (worker, bindgen) = (version("worker")?, version("wasm-bindgen")?);
    Ok(Tools {
        // Its own lock file names a crate that not every mirror has, so it is resolved anew.
        wasm_bindgen: tool(root, cache, "wasm-bindgen-cli", bindgen, &[])?.join("wasm-bindgen"),
        worker_build: tool(root, cache, "worker-build", worker, &["--locked"])?
            .join("worker-build"),
        version: format!("worker-build {worker}, wasm-bindgen {bindgen}"),
    })
}

/// The version of a package in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The folder of the tool's programs.
fn tool(
    root: &Path,
    cache: &Path,
    package: &str,
    version: &str,
    options: &[&str],
) -> Result<PathBuf> {
    let home = cache.join("tools").join(format!("{package}-{version}"));
    if home.exists() {
        return Ok(home.join("bin"));
    }
    // Installed beside and then renamed, so that an interrupted installation does not look like a whole one.
    let fresh = cache.join("tools").join(format!(".{package}-{version}.{}", std::process::id()));
    let build = cache.join("tools/.build");
    step(
        &format!("{package} {version}, once (about 90 s)"),
        command(root, "cargo")
            .args(["install", "--debug", "--no-track", "--root"])
            .arg(&fresh)
            .args(options)
            .arg(format!("{package}@{version}"))
            // Both are quick enough unoptimised and take a third of the time to build; they share dependencies.
            .env("CARGO_TARGET_DIR", &build)
            .env("CARGO_PROFILE_DEV_DEBUG", "0"),
    )?;
    fs::rename(&fresh, &home)?;
    Ok(home.join("bin"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_exactly_the_named_package() {
        let lock = "[[package]]\nname = \"worker\"\nversion = \"0.8.7\"\n\n\
                    [[package]]\nname = \"worker-macros\"\nversion = \"0.8.6\"\n";
        assert_eq!(locked_version(lock, "worker"), Some("0.8.7"));
        assert_eq!(locked_version(lock, "worker-macros"), Some("0.8.6"));
        assert_eq!(locked_version(lock, "work"), None);
    }
}
