//! Builds the workers as they are deployed. wrangler's `[build]` calls this too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::{command, output, say, step};
use crate::setup::Wasm;
use crate::stamp::{self, Fingerprint};

/// One of the three workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worker {
    Api,
    Consumer,
    Cron,
}

impl Worker {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Api, Self::Consumer, Self::Cron];

    /// Its crate's folder below `crates/`.
    const fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Consumer => "consumer",
            Self::Cron => "cron",
        }
    }

    /// Reads a name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match Self::ALL.into_iter().find(|worker| worker.name() == text) {
            Some(worker) => Ok(worker),
            None => bail!("unknown worker {text}; one of api, consumer, cron"),
        }
    }
}

/// Builds the workers one after another: they share a target folder, whose lock would make them wait anyway.
pub(crate) fn all(root: &Path, wasm: &Wasm, workers: &[Worker]) -> Result<()> {
    let metadata = metadata(root)?;
    for worker in workers {
        one(root, wasm, Path::new("crates").join(worker.name()), &[], &metadata)?;
    }
    Ok(())
}

/// Builds what the api is compared with: it shares sources with the api, and is deployed nowhere.
pub(crate) fn bare(root: &Path, wasm: &Wasm) -> Result<()> {
    one(root, wasm, "benches/bare", &["crates/api/src"], &metadata(root)?)
}

fn metadata(root: &Path) -> Result<Value> {
    let metadata = output(command(root, "cargo").args([
        "metadata",
        "--format-version=1",
        "--no-deps",
        "--offline",
    ]))
    .context("cargo metadata failed: the workspace's manifests do not load")?;
    Ok(serde_json::from_str(&metadata)?)
}

/// Builds the worker in `folder`, from its crate, those below and `more`.
fn one(
    root: &Path,
    wasm: &Wasm,
    folder: impl AsRef<Path>,
    more: &[&str],
    metadata: &Value,
) -> Result<()> {
    let package = root.join(folder);
    let name = package.file_name().unwrap_or_default().to_string_lossy();
    let mut inputs = Fingerprint::default();
    inputs.word(&wasm.version).word(&OPTIMISE.join(" "));
    for file in ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"] {
        inputs.path(&root.join(file))?;
    }
    for folder in folders(metadata, &package) {
        inputs.path(&folder.join("Cargo.toml"))?;
        inputs.path(&folder.join("src"))?;
    }
    for folder in more {
        inputs.path(&root.join(folder))?;
    }

    let (fingerprint, stamp) = (inputs.finish(), root.join("target/wasm/stamps").join(&*name));
    let build = package.join("build");
    let label = format!("bundle {name}");
    if stamp::is_current(
        &stamp,
        &fingerprint,
        &[build.join("index.js"), build.join("index_bg.wasm")],
    ) {
        say(&label, "unchanged");
        return Ok(());
    }
    step(
        &label,
        command(root, &wasm.worker_build)
            .arg("--release")
            .arg(&package)
            .envs(wasm.env.iter().map(|(key, value)| (key, value)))
            .env("CARGO_TARGET_DIR", root.join("target/wasm"))
            .env_remove("LD_LIBRARY_PATH"),
    )?;
    optimise(root, wasm, &label, &build.join("index_bg.wasm"))?;
    stamp::write(&stamp, &fingerprint)
}

/// What `worker-build` would have `wasm-opt` do, but for its `--debuginfo`: the names of functions are a tenth of the
/// bytes. And what holds for all that rustc makes: memory begins with the far end of the stack, where nothing is.
/// Functions of like names have like code, which `gzip` sees only where they stand together.
const OPTIMISE: [&str; 12] = [
    "-Oz",
    "--converge",
    "--reorder-functions-by-name",
    "--low-memory-unused",
    "--zero-filled-memory",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

fn optimise(root: &Path, wasm: &Wasm, label: &str, module: &Path) -> Result<()> {
    let smaller = module.with_extension("smaller");
    let mut wasm_opt = command(root, &wasm.optimiser);
    wasm_opt.args(OPTIMISE).arg(module).arg("-o").arg(&smaller);
    step(&format!("{label}: optimise"), &mut wasm_opt)?;
    fs::rename(&smaller, module).with_context(|| format!("replacing {}", module.display()))
}

/// The folders of the package in `package` and of all workspace crates that it is built from.
fn folders(metadata: &Value, package: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![package.to_path_buf()];
    while let Some(folder) = open.pop() {
        let manifest = folder.join("Cargo.toml");
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let this = packages
            .into_iter()
            .find(|package| package["manifest_path"].as_str().map(Path::new) == Some(&manifest));
        if found.insert(folder) {
            let dependencies =
                this.and_then(|this| this["dependencies"].as_array()).into_iter().flatten();
            let built = dependencies.filter(|dependency| dependency["kind"] != "dev");
            open.extend(
                built.filter_map(|dependency| dependency["path"].as_str()).map(PathBuf::from),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_worker_is_built_from_its_crate_and_those_below_but_not_from_what_only_its_tests_use() {
        let metadata = json!({"packages": [
            {"manifest_path": "/r/crates/api/Cargo.toml", "dependencies": [
                {"path": "/r/crates/platform", "kind": null},
                {"path": "/r/crates/testkit", "kind": "dev"},
                {"kind": null}]},
            {"manifest_path": "/r/crates/platform/Cargo.toml", "dependencies": [
                {"path": "/r/crates/core", "kind": null}]},
            {"manifest_path": "/r/crates/core/Cargo.toml", "dependencies": []}]});
        let found: Vec<_> = folders(&metadata, Path::new("/r/crates/api")).into_iter().collect();
        assert_eq!(
            found,
            ["/r/crates/api", "/r/crates/core", "/r/crates/platform"].map(PathBuf::from)
        );
    }

    #[test]
    fn a_worker_that_does_not_exist_is_refused_with_the_choices() {
        assert_eq!(Worker::parse("cron").unwrap(), Worker::Cron);
        assert!(Worker::parse("corn").unwrap_err().to_string().contains("api, consumer, cron"));
    }
}
