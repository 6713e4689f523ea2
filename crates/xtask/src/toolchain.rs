//! The standard library for `wasm32-unknown-unknown`.
//!
//! rustup has it, but its server is not reachable everywhere. Debian ships a compiler without that library and with
//! its source, so there it is built once and kept.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::{command, output, step};
use crate::setup::apt_install;

const TARGET: &str = "wasm32-unknown-unknown";
/// rustc, cargo, the library's source, and the linker that Debian's rustc comes without.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_LIBRARY: &str = "/usr/lib/rustlib";
const DEBIAN_LINKER: &str = "/usr/bin/wasm-ld-22";

/// A compiler that can build for [`TARGET`].
pub(crate) struct Compiler {
    /// Variables that select it.
    pub(crate) env: Vec<(&'static str, OsString)>,
    /// Its version.
    pub(crate) version: String,
}

/// Finds or makes a compiler for the target. `DCVAAS_WASM_TARGET` (`rustup` or `debian`) forbids the other way.
pub(crate) fn wasm32(root: &Path, cache: &Path) -> Result<Compiler> {
    let forced = std::env::var("DCVAAS_WASM_TARGET").ok();
    if let Some(way) = forced.as_deref().filter(|way| !["rustup", "debian"].contains(way)) {
        bail!("DCVAAS_WASM_TARGET={way}: one of rustup, debian");
    }
    let may = |way: &str| forced.as_deref().is_none_or(|forced| forced == way);
    if may("rustup") && has_target(root) {
        return rustup(root);
    }
    if may("debian")
        && let Some(sysroot) = built_sysroot(root, cache)
    {
        return debian(&sysroot);
    }
    let mut reasons = Vec::new();
    if may("rustup") {
        match step("rustup target", command(root, "rustup").args(["target", "add", TARGET])) {
            Ok(()) => return rustup(root),
            Err(error) => reasons.push(format!("{error:#}")),
        }
    }
    if may("debian") {
        match build_sysroot(root, cache) {
            Ok(sysroot) => return debian(&sysroot),
            Err(error) => reasons.push(format!("{error:#}")),
        }
    }
    bail!(
        "no standard library for {TARGET}. Either `rustup target add {TARGET}` must work, or, on Debian, \
         `apt-get install {}`.\n\n{}",
        PACKAGES.join(" "),
        reasons.join("\n\n")
    )
}

fn version(rustc: &Path) -> Result<String> {
    output(command(Path::new("/"), rustc).arg("--version"))
        .with_context(|| format!("{} does not run", rustc.display()))
}

fn has_target(root: &Path) -> bool {
    let folder =
        output(command(root, "rustc").args(["--target", TARGET, "--print", "target-libdir"]));
    folder.is_some_and(|folder| Path::new(&folder).exists())
}

fn rustup(root: &Path) -> Result<Compiler> {
    let version = output(command(root, "rustc").arg("--version")).context("rustc does not run")?;
    Ok(Compiler { env: Vec::new(), version })
}

fn debian(sysroot: &Path) -> Result<Compiler> {
    let rustc = sysroot.join("bin/rustc");
    // worker-build asks the `rustc` on the path, cargo the one in RUSTC.
    let mut path = OsString::from(sysroot.join("bin"));
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    Ok(Compiler {
        version: version(&rustc)?,
        env: vec![
            ("PATH", path),
            ("RUSTC", rustc.into_os_string()),
            ("CARGO", DEBIAN_CARGO.into()),
            ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER.into()),
        ],
    })
}

/// Where the library for the installed Debian compiler is kept.
fn sysroot_path(cache: &Path) -> Result<PathBuf> {
    let version = version(Path::new(DEBIAN_RUSTC))?;
    let version = version.split_whitespace().nth(1).context("rustc tells no version")?;
    Ok(cache.join(format!("sysroot-{version}")))
}

fn built_sysroot(root: &Path, cache: &Path) -> Option<PathBuf> {
    let sysroot = sysroot_path(cache).ok()?;
    let works = output(command(root, sysroot.join("bin/rustc")).arg("--version")).is_some();
    (works && Path::new(DEBIAN_LINKER).exists()).then_some(sysroot)
}

/// Builds the library from Debian's source and puts it beside the host's own, in a folder that `rustc --sysroot`
/// takes: nothing outside the cache is written.
fn build_sysroot(root: &Path, cache: &Path) -> Result<PathBuf> {
    let source = Path::new(DEBIAN_LIBRARY).join("src/rust/library/std");
    if [DEBIAN_RUSTC, DEBIAN_CARGO, DEBIAN_LINKER].iter().any(|tool| !Path::new(tool).exists())
        || !source.exists()
    {
        apt_install(root, &PACKAGES)?;
    }
    let sysroot = sysroot_path(cache)?;
    let work = cache.join("sysroot-work");
    fs::create_dir_all(work.join("src"))?;
    fs::write(work.join("src/lib.rs"), "")?;
    fs::write(
        work.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    step(
        &format!("std for {TARGET}"),
        command(&work, DEBIAN_CARGO)
            .args(["build", "--release", "-Zbuild-std=std,panic_abort", "--target", TARGET])
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            // Link-time optimisation of the workers reads the library's bitcode.
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("CARGO_TARGET_DIR", work.join("target"))
            .env_remove("LD_LIBRARY_PATH"),
    )?;

    let fresh = sysroot.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    let library = fresh.join("lib/rustlib");
    let wasm = library.join(TARGET).join("lib");
    fs::create_dir_all(&wasm)?;
    for entry in fs::read_dir(work.join("target").join(TARGET).join("release/deps"))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_owned();
        if path.extension().is_some_and(|extension| extension == "rlib")
            && !name.to_string_lossy().contains("empty")
        {
            fs::copy(&path, wasm.join(name))?;
        }
    }
    for entry in fs::read_dir(DEBIAN_LIBRARY)? {
        let entry = entry?;
        if entry.file_name() != TARGET {
            symlink(entry.path(), library.join(entry.file_name()))?;
        }
    }
    let bin = fresh.join("bin");
    fs::create_dir_all(&bin)?;
    let script =
        format!("#!/bin/sh\nexec {DEBIAN_RUSTC} --sysroot '{}' \"$@\"\n", sysroot.display());
    fs::write(bin.join("rustc"), script)?;
    fs::set_permissions(bin.join("rustc"), fs::Permissions::from_mode(0o755))?;
    fs::rename(&fresh, &sysroot)?;
    fs::remove_dir_all(&work)?;
    Ok(sysroot)
}
