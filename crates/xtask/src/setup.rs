//! Makes a fresh machine able to build and run everything. Each step looks first and does only what is missing.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process::{command, output, say, step};
use crate::stamp::{self, Fingerprint};
use crate::{toolchain, tools};

/// Packages of a Linux distribution need the administrator; this names the way to them.
pub(crate) fn apt_install(root: &Path, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if output(command(root, "apt-get").arg("--version")).is_none() {
        bail!(
            "these Debian packages (or their like) are needed, and there is no apt-get here: {list}"
        );
    }
    let is_root = output(command(root, "id").arg("-u")).as_deref() == Some("0");
    let sudo = !is_root && output(command(root, "sudo").args(["-n", "true"])).is_some();
    if !is_root && !sudo {
        bail!("please install these packages and start again: sudo apt-get install {list}");
    }
    let apt = |args: &[&str]| {
        let mut apt = command(root, if sudo { "sudo" } else { "apt-get" });
        if sudo {
            apt.arg("apt-get");
        }
        apt.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        apt
    };
    step("apt: list of packages", &mut apt(&["update", "-q"]))?;
    step(
        &format!("apt: {list}"),
        apt(&["install", "-y", "-q", "--no-install-recommends"]).args(packages),
    )
}

/// What a build of the workers needs in its environment.
pub(crate) struct Wasm {
    /// Variables for `worker-build`.
    pub(crate) env: Vec<(&'static str, OsString)>,
    /// The program itself.
    pub(crate) worker_build: PathBuf,
    /// Makes its result smaller.
    pub(crate) optimiser: PathBuf,
    /// Changes when any tool does.
    pub(crate) version: String,
}

/// Everything that any command needs.
pub(crate) fn all(root: &Path) -> Result<Wasm> {
    let wasm = wasm(root)?;
    say("set up", "done");
    Ok(wasm)
}

/// The tools that turn the workers into bundles.
pub(crate) fn wasm(root: &Path) -> Result<Wasm> {
    npm(root)?;
    let compiler = toolchain::wasm32(root, &cache()?)?;
    let tools = tools::install(root, &cache()?)?;
    let bin = root.join("node_modules/.bin");
    let mut env = compiler.env;
    env.extend([
        ("WASM_BINDGEN_BIN", tools.wasm_bindgen.into_os_string()),
        ("ESBUILD_BIN", bin.join("esbuild").into_os_string()),
    ]);
    let packages = Fingerprint::default().path(&root.join("package-lock.json"))?.finish();
    let version = format!("{} {} {packages}", compiler.version, tools.version);
    Ok(Wasm { env, worker_build: tools.worker_build, optimiser: bin.join("wasm-opt"), version })
}

/// The pinned Node, which comes as an npm package because wrangler refuses the older ones of distributions.
pub(crate) fn node(root: &Path) -> PathBuf {
    root.join("node_modules/.bin/node")
}

/// Installs what `package-lock.json` says, when it says something new.
pub(crate) fn npm(root: &Path) -> Result<()> {
    let mut inputs = Fingerprint::default();
    for file in ["package.json", "package-lock.json", "frontend/package.json"] {
        inputs.path(&root.join(file))?;
    }
    let (fingerprint, stamp) = (inputs.finish(), root.join("node_modules/.dcvaas-stamp"));
    if stamp::is_current(&stamp, &fingerprint, &[node(root)]) {
        return Ok(());
    }
    if output(command(root, "npm").arg("--version")).is_none() {
        bail!("npm is needed: install Node 20 or newer");
    }
    // Exact from nothing; afterwards only the difference, since `ci` would first remove what may be in use.
    let how = if node(root).exists() { "install" } else { "ci" };
    step("npm packages", command(root, "npm").args([how, "--loglevel=error"]))?;
    stamp::write(&stamp, &fingerprint)
}

/// The fuzzer of APIs, in an environment of its own, kept for every clone of this user.
pub(crate) fn schemathesis(root: &Path) -> Result<PathBuf> {
    const VERSION: &str = "4.32.5";
    let home = cache()?.join("tools").join(format!("schemathesis-{VERSION}"));
    let program = home.join("bin/schemathesis");
    if program.exists() {
        return Ok(program);
    }
    if output(command(root, "python3").args(["-c", "import ensurepip, venv"])).is_none() {
        apt_install(root, &["python3", "python3-venv"])?;
    }
    // Made in its place, since an environment cannot be moved: `--clear` takes away half a one.
    let make = ["-m", "venv", "--clear"];
    step("python environment", command(root, "python3").args(make).arg(&home))?;
    let install = ["install", "--quiet", "--disable-pip-version-check"];
    let wanted = format!("schemathesis=={VERSION}");
    step("schemathesis, once", command(root, home.join("bin/pip")).args(install).arg(wanted))?;
    Ok(program)
}

/// Where tools are kept for every clone of this user.
fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = base.or_else(|| env::home_dir().map(|home| home.join(".cache")));
    Ok(base.context("HOME is not set")?.join("dcvaas"))
}
