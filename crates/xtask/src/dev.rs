//! The local stack: builds what it consists of, then becomes the Node program that runs it.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};

use crate::bundle::{self, Worker};
use crate::process::{command, now, say, seconds, step};
use crate::setup;
use crate::stamp::{self, Fingerprint};

/// Refuses wrong options before anything is built.
pub(crate) fn check(options: &[String]) -> Result<Vec<String>> {
    let mut words = options.iter();
    while let Some(option) = words.next() {
        match option.as_str() {
            "--fresh" => {}
            "--port" | "--simulator-port" | "--control-port" => {
                let value = words.next().with_context(|| format!("{option} needs a port"))?;
                if !value.parse::<u16>().is_ok_and(|port| port > 0) {
                    bail!("{option} {value}: a port is one of 1..65535");
                }
            }
            _ => bail!(
                "{option}: one of --fresh, --port, --simulator-port, --control-port is expected"
            ),
        }
    }
    Ok(options.to_vec())
}

/// Runs the stack until Ctrl-C.
pub(crate) fn run(root: &Path, options: &[String]) -> Result<()> {
    build(root)?;
    become_node(root, "tests/stack/main.mjs", options)
}

/// Builds everything that a stack consists of.
pub(crate) fn build(root: &Path) -> Result<()> {
    let start = now();
    programs(root)?;
    frontend(root)?;
    say("everything is built", &seconds(start));
    Ok(())
}

/// Builds the workers and the native programs, side by side: a worker's last steps leave cores idle.
pub(crate) fn programs(root: &Path) -> Result<()> {
    let wasm = setup::wasm(root)?;
    thread::scope(|scope| {
        let natives = scope.spawn(|| natives(root));
        let bundles = bundle::all(root, &wasm, &Worker::ALL);
        let natives =
            natives.join().unwrap_or_else(|_| bail!("the build of the native programs panicked"));
        bundles.and(natives)
    })
}

/// Builds the simulator, and what seeds the database. With the features of the tests, which share what it compiles.
fn natives(root: &Path) -> Result<()> {
    let programs = "--workspace --all-features --bin dcvaas-simulator --bin dcvaas-seed";
    step("simulator and seed", command(root, "cargo").arg("build").args(programs.split(' ')))
}

/// Builds the dashboard, when its sources changed.
pub(crate) fn frontend(root: &Path) -> Result<()> {
    let mut inputs = Fingerprint::default();
    for path in ["frontend", "package-lock.json"] {
        inputs.path(&root.join(path))?;
    }
    let (fingerprint, stamp) = (inputs.finish(), root.join("target/frontend.stamp"));
    if stamp::is_current(&stamp, &fingerprint, &[root.join("frontend/dist/index.html")]) {
        say("dashboard", "unchanged");
        return Ok(());
    }
    step("dashboard", command(root, "npm").args(["run", "build", "-w", "frontend"]))?;
    stamp::write(&stamp, &fingerprint)
}

/// Replaces this process, so that signals reach the stack itself and nothing is left in between.
pub(crate) fn become_node(root: &Path, script: &str, options: &[String]) -> Result<()> {
    let error = command(root, setup::node(root)).arg(script).args(options).exec();
    Err(error).with_context(|| format!("cannot start {script}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked_before_anything_is_built() {
        let check =
            |text: &str| check(&text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        assert!(check("").is_ok());
        assert!(check("--fresh --port 9000 --simulator-port 9001 --control-port 9002").is_ok());
        for wrong in ["--port", "--port 0", "--port 70000", "--port x", "--prot 1", "9000"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
